//! All answers to every case in `tests/cases`, and not only those that were worked by hand: kept as one number for each
//! case, a file for each kind of question, so that nothing that is said of these records changes unawares. What is
//! right is told by `tests/cases.rs` and the properties; here a difference says where to look.
//!
//! Where answers have changed on purpose, `CREDPATH_KEEP=1 cargo test --test worked` keeps the new ones. With
//! `CREDPATH_ANSWERS=FOLDER` they are written there, a file for each case, to be compared with those of another commit.

#[path = "digests/hash.rs"]
mod hash;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use credpath::{
    AuditedPart, Catalog, CohortOptions, CompareOptions, CredentialId, Date, EvaluateOptions, JointRenewalOptions,
    LearnerRecord, PlanOptions, RenewalOptions, State, Status, View,
};
use serde::Serialize;
use toml::{Table, Value};

use crate::hash::Hash;

/// Work for each plan and joint renewal: these learners need little, and faults are not to make it much.
const WORK: u64 = 2_000_000;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The answers of one kind to a case, as text.
type Answer = fn(&Case<'_>) -> String;

/// A file with its cases.
struct File {
    name: String,
    catalog: Catalog,
    older: Option<Catalog>,
    /// Whether the catalog is in the file: small, and there for what the cases are about.
    is_own: bool,
    cases: Vec<Value>,
}

/// A case as it is asked about.
struct Case<'f> {
    file: &'f File,
    record: LearnerRecord,
    as_of: Date,
    view: View,
}

impl File {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let document: Table = fs::read_to_string(path).unwrap().parse().unwrap();
        let parse = |text: &str| Catalog::parse(&name, text).unwrap();
        let own = document.get("catalog_text").map(|text| parse(text.as_str().unwrap()));
        let is_own = own.is_some();
        let elsewhere = || parse(&fs::read_to_string(root().join(document["catalog"].as_str().unwrap())).unwrap());
        let catalog = own.unwrap_or_else(elsewhere);
        let older = document.get("older_text").map(|text| parse(text.as_str().unwrap()));
        Self { catalog, older, is_own, cases: document["case"].as_array().unwrap().clone(), name }
    }

    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.cases.iter().map(|case| {
            let text = |key: &str| case.get(key).map(|text| text.as_str().unwrap());
            let named = |name: &str| View::ALL.into_iter().find(|view| view.to_string() == name).unwrap();
            Case {
                file: self,
                record: LearnerRecord::parse("record", text("record").unwrap_or_default()).unwrap(),
                as_of: case["as_of"].to_string().parse().unwrap(),
                view: text("view").map_or(View::Earned, named),
            }
        })
    }
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Of each file a line with a number for each case. The first file with other answers than were kept is told.
fn assert_kept(kind: &str, answer: Answer) {
    let path = root().join("tests/worked").join(kind).with_extension("txt");
    let keep = std::env::var_os("CREDPATH_KEEP").is_some();
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let (mut lines, mut due) = (String::new(), kept.lines());
    for file in files() {
        let file = File::read(&file);
        let mut line = file.name.clone();
        for (number, case) in file.cases().enumerate() {
            let answers = answer(&case);
            if let Some(folder) = std::env::var_os("CREDPATH_ANSWERS") {
                fs::write(Path::new(&folder).join(format!("{}-{number}-{kind}.txt", file.name)), &answers).unwrap();
            }
            let mut hash = Hash::default();
            hash.add(&answers);
            // Half of it is enough to tell one answer from another.
            _ = write!(line, " {:08x}", hash.0 & 0xffff_ffff);
        }
        if !keep {
            assert_eq!(Some(&*line), due.next(), "other answers to {kind} than were kept");
        }
        lines += &(line + "\n");
    }
    if keep {
        fs::write(&path, lines).unwrap();
    } else {
        assert_eq!(due.next(), None, "kept of no case");
    }
}

#[test]
fn evaluations_are_as_they_were_kept() {
    assert_kept("evaluate", evaluations);
}

#[test]
fn audits_are_as_they_were_kept() {
    assert_kept("audit", audits);
}

#[test]
fn claims_are_as_they_were_kept() {
    assert_kept("claims", claims);
}

#[test]
fn plans_are_as_they_were_kept() {
    assert_kept("plan", plans);
}

#[test]
fn proofs_are_as_they_were_kept() {
    assert_kept("proof", proofs);
}

#[test]
fn renewals_are_as_they_were_kept() {
    assert_kept("renewals", renewals);
}

#[test]
fn cohorts_are_as_they_were_kept() {
    assert_kept("cohort", cohorts);
}

#[test]
fn comparisons_are_as_they_were_kept() {
    assert_kept("compare", comparisons);
}

impl Case<'_> {
    fn credentials(&self) -> impl Iterator<Item = CredentialId> {
        self.file.catalog.credentials().map(|(credential, _)| credential)
    }

    fn options(&self) -> EvaluateOptions {
        EvaluateOptions::default().view(self.view)
    }

    /// Whether plans are worth the time: those under the catalogs of the examples are asked for elsewhere.
    fn is_planned_for(&self) -> bool {
        self.file.is_own
    }
}

/// An answer as data. The work that it took is no part of it.
fn data(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap() + "\n"
}

fn evaluations(case: &Case<'_>) -> String {
    let mut issued_only = EvaluateOptions::default();
    issued_only.qualification_counts = false;
    let mut verified_only = EvaluateOptions::default();
    verified_only.verified_only = true;
    let views = View::ALL.map(|view| EvaluateOptions::default().view(view));
    let mut text = String::new();
    for options in views.into_iter().chain([issued_only, verified_only]) {
        let evaluation = case.file.catalog.evaluate(&case.record, case.as_of, &options);
        text += &data(&evaluation.report());
        for credential in case.credentials() {
            _ = writeln!(text, "{:?}", evaluation.held_until(credential));
        }
    }
    text
}

fn audits(case: &Case<'_>) -> String {
    let evaluation = case.file.catalog.evaluate(&case.record, case.as_of, &case.options());
    let audits = case.credentials().map(|credential| evaluation.audit(credential));
    audits.map(|audit| data(&audit) + &audit.to_string()).collect()
}

fn claims(case: &Case<'_>) -> String {
    if case.file.catalog.sharing().is_empty() {
        return String::new();
    }
    let all: Vec<CredentialId> = case.credentials().collect();
    let claims = case.file.catalog.claims(&case.record, case.as_of, &all, &case.options());
    data(&claims) + &claims.to_string()
}

fn plans(case: &Case<'_>) -> String {
    let mut text = String::new();
    for credential in case.credentials().filter(|_| case.is_planned_for()) {
        let options = PlanOptions::default().view(case.view).work(WORK);
        let outcome = case.file.catalog.plan(&case.record, case.as_of, credential, &options);
        _ = writeln!(text, "{outcome}");
        if let Some(plan) = outcome.plan() {
            text += &data(&(&plan.steps, &plan.not_stated, &plan.essential, &plan.claims));
            assert_eq!(plan.verify(&case.file.catalog, &case.record), Ok(()), "{plan}");
        }
    }
    text
}

/// The proofs for others. How long they are is for the search to say, and so what is kept here changes with it.
fn proofs(case: &Case<'_>) -> String {
    let mut text = String::new();
    for credential in case.credentials().filter(|_| case.is_planned_for()) {
        let options = PlanOptions::default().view(case.view).work(WORK);
        let outcome = case.file.catalog.plan(&case.record, case.as_of, credential, &options);
        if let Some(Ok(proof)) = outcome.plan().map(|plan| plan.portable_proof(&case.file.catalog, &case.record)) {
            _ = writeln!(text, "{}{}{} {}", proof.formula, proof.proof, proof.lower_bound, proof.is_attained);
        }
    }
    text
}

fn renewals(case: &Case<'_>) -> String {
    let Case { file: File { catalog, .. }, record, as_of, .. } = case;
    let mut options = JointRenewalOptions::default();
    options.work = WORK;
    let mut text = String::new();
    for years in [1, 3].into_iter().filter(|_| case.is_planned_for()) {
        let until = Date::new(as_of.year() + years, 6, 30).unwrap();
        let due = catalog.renewals(record, *as_of, until, &RenewalOptions::default());
        let joint = catalog.joint_renewal(record, *as_of, until, &options);
        assert_eq!(joint.verify(catalog, record), Ok(()), "{joint}");
        text += &(data(&due) + &due.to_string() + &joint.to_string());
    }
    text
}

/// Both ways between the two versions of a catalog, where there are two.
fn comparisons(case: &Case<'_>) -> String {
    let Some(older) = &case.file.older else { return String::new() };
    let (newer, options) = (&case.file.catalog, CompareOptions::default());
    let both = [older.compare(newer, &options), newer.compare(older, &options)];
    both.iter().map(|comparison| data(comparison) + &comparison.to_string()).collect()
}

fn cohorts(case: &Case<'_>) -> String {
    let options = CohortOptions::default().evaluate(case.options()).one_award_away(true);
    data(&case.file.catalog.cohort(case.as_of, &options).report([&case.record]))
}

/// However few search steps there are, what is said is what would be said with many, or that it is undecided.
#[test]
fn few_steps_say_nothing_else() {
    let mut undecided = 0;
    for file in files() {
        let file = File::read(&file);
        for (number, case) in file.cases().enumerate().filter(|_| file.is_own) {
            let evaluate = |options: &EvaluateOptions| file.catalog.evaluate(&case.record, case.as_of, options);
            let all = evaluate(&case.options());
            for steps in [0, 1, 4, 16, 64] {
                let mut options = case.options();
                options.search_steps = steps;
                let few = evaluate(&options);
                for credential in case.credentials() {
                    let name = format!("{} {number}, {} in {steps}", file.name, file.catalog.get(credential).id);
                    let (one, other) = (few.status(credential), all.status(credential));
                    let is_open = one == Status::Undecided;
                    assert!(is_open || one == other, "{name}: {one} and {other}");
                    assert!(all.meets_requirements(credential) || !few.meets_requirements(credential), "{name}");
                    undecided += usize::from(is_open);
                    if steps != 16 {
                        continue;
                    }
                    let (one, other) = (few.audit(credential), all.audit(credential));
                    for (one, other) in [(&one.prerequisite, &other.prerequisite), (&one.stack, &other.stack)] {
                        let states = one.iter().zip(other).flat_map(|(one, other)| states(one, other));
                        for (one, other) in states {
                            assert!(one == State::Undecided || one == other, "{name}: {one:?} and {other:?}");
                        }
                    }
                }
            }
        }
    }
    assert!(undecided > 50, "{undecided}");
}

/// The states of a part in two audits, and of all that is in it.
fn states(one: &AuditedPart, other: &AuditedPart) -> Vec<(State, State)> {
    let inner = one.parts.iter().zip(&other.parts).flat_map(|(one, other)| states(one, other));
    [(one.state, other.state)].into_iter().chain(inner).collect()
}
