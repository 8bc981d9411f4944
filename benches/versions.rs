//! How much of what registrars change is decided when two versions are compared: each rule of each example catalog is
//! edited in each way that a registrar would, and the edited catalog is compared with the one that it came of.
//!
//! ```text
//! cargo bench --bench versions               # every edit
//! cargo bench --bench versions -- --quick    # one in twelve
//! ```
//! For each kind of edit it prints how many there were, how many left anything undecided, and the time that all of them
//! took. Times are printed, never asserted.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use credpath::{
    Amount, Catalog, CatalogDocument, CompareOptions, CredentialDocument, Date, GradePoints, MembersDocument,
    RequirementDocument, RequirementKind, TermDocument, Verdict,
};

const CATALOGS: [&str; 7] = ["compliance", "comptia", "hku-space", "nursing", "renewals", "vcc-drafting", "vcc-health"];

/// What came of the edits of one kind.
#[derive(Default)]
struct Tally {
    edits: usize,
    undecided: usize,
    time: Duration,
}

/// A change of a rule, or of what a credential says of itself.
struct Edit {
    kind: &'static str,
    catalog: CatalogDocument,
    what: String,
}

/// One of the rules of a credential.
type RuleOf = fn(&mut CredentialDocument) -> &mut Option<RequirementDocument>;

fn main() {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let (every, tells) = (if quick { 12 } else { 1 }, given("--tell"));
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for name in CATALOGS {
        let path = format!("examples/catalogs/{name}.toml");
        let text = std::fs::read_to_string(&path).expect("an example catalog");
        let document = CatalogDocument::parse(&path, &text).expect("a document");
        let older = Catalog::compile(&document).expect("a catalog");
        for edit in edits(&document).into_iter().step_by(every) {
            // An edit may make what is no catalog, such as a circle.
            let Ok(newer) = Catalog::compile(&edit.catalog) else { continue };
            let start = Instant::now();
            let compared = older.compare(&newer, &CompareOptions::default());
            let time = start.elapsed();
            let tally = tallies.entry(edit.kind).or_default();
            let open: Vec<&str> = compared
                .changed
                .iter()
                .filter(|changed| changed.verdict == Verdict::Undecided)
                .map(|changed| &changed.credential[..])
                .collect();
            tally.edits += 1;
            tally.undecided += usize::from(!open.is_empty());
            tally.time += time;
            if tells && !open.is_empty() {
                println!("{name}, {}, {}: {} open, {:.2} s", edit.kind, edit.what, open.join(" "), time.as_secs_f64());
            }
        }
    }
    println!("{:>24} {:>7} {:>10} {:>10}", "edit", "edits", "undecided", "ms each");
    let mut all = Tally::default();
    for (kind, tally) in &tallies {
        row(kind, tally);
        all.edits += tally.edits;
        all.undecided += tally.undecided;
        all.time += tally.time;
    }
    row("all", &all);
}

fn row(kind: &str, tally: &Tally) {
    let each = tally.time.as_secs_f64() * 1000.0 / f64::from(u32::try_from(tally.edits.max(1)).unwrap_or(u32::MAX));
    println!("{kind:>24} {:>7} {:>10} {each:>10.2}", tally.edits, tally.undecided);
}

/// All edits of a catalog, in the order of its credentials.
fn edits(document: &CatalogDocument) -> Vec<Edit> {
    let mut found = Vec::new();
    for id in document.credentials.keys() {
        let mut edit = |kind, what: &str, change: &dyn Fn(&mut CredentialDocument)| {
            let mut catalog = document.clone();
            if let Some(credential) = catalog.credentials.get_mut(id) {
                change(credential);
            }
            if catalog != *document {
                found.push(Edit { kind, catalog, what: format!("{id} {what}") });
            }
        };
        let own = &document.credentials[id];
        edit("valid for less", "", &|own| own.valid_for = own.valid_for.as_ref().map(|_| TermDocument::from("1 year")));
        edit("valid for longer", "", &|own| {
            own.valid_for = own.valid_for.as_ref().map(|_| TermDocument::from("9 years"));
        });
        edit("credits of it", "", &|own| {
            own.credits = own.credits.map(|credits| Amount::from_hundredths(credits.hundredths() / 2));
        });
        let rules: [(&str, RuleOf); 3] = [
            ("prerequisite", |own| &mut own.prerequisite),
            ("corequisite", |own| &mut own.corequisite),
            ("stack", |own| &mut own.stack),
        ];
        for (rule, of) in rules {
            let mut own = own.clone();
            let Some(written) = of(&mut own).clone() else { continue };
            for path in paths(&written) {
                let part = at(&mut written.clone(), &path).clone();
                for (kind, part) in changed(document, id, &part) {
                    let what = format!("{rule} {path:?}");
                    edit(kind, &what, &|own| {
                        if let Some(written) = of(own) {
                            *at(written, &path) = part.clone();
                        }
                    });
                }
            }
        }
    }
    found
}

/// The places of all parts of a rule, each by the numbers of the parts on the way to it.
fn paths(written: &RequirementDocument) -> Vec<Vec<usize>> {
    let mut found = vec![Vec::new()];
    for (number, part) in parts(&mut written.clone()).iter().enumerate() {
        found.extend(paths(part).into_iter().map(|path| [vec![number], path].concat()));
    }
    found
}

fn at<'d>(mut written: &'d mut RequirementDocument, path: &[usize]) -> &'d mut RequirementDocument {
    for &number in path {
        written = &mut parts(written)[number];
    }
    written
}

/// The parts that are listed in a requirement.
fn parts(written: &mut RequirementDocument) -> &mut [RequirementDocument] {
    listing(written).map_or(&mut [], Vec::as_mut_slice)
}

/// The ways in which a registrar would change a part.
fn changed(
    document: &CatalogDocument,
    id: &str,
    part: &RequirementDocument,
) -> Vec<(&'static str, RequirementDocument)> {
    let mut found = Vec::new();
    let mut change = |kind, to: &dyn Fn(&mut RequirementDocument)| {
        let mut changed = part.clone();
        to(&mut changed);
        if changed != *part {
            found.push((kind, changed));
        }
    };
    change("threshold up", &|part| threshold(part, true));
    change("threshold down", &|part| threshold(part, false));
    let listed = parts(&mut part.clone()).len();
    for number in 0..listed.min(3) {
        change("part dropped", &|part| drop(listing(part).map(|parts| parts.remove(number))));
    }
    let other = document.credentials.keys().find(|other| *other != id && !format!("{part:?}").contains(&other[..]));
    change("part added", &|part| {
        if let (Some(parts), Some(other)) = (listing(part), other) {
            parts.push(RequirementDocument::from(RequirementKind::Credential(other.clone())));
        }
    });
    change("within", &|part| {
        let shorter = if part.within.is_some() { "1 year" } else { "5 years" };
        part.within = Some(TermDocument::from(shorter));
    });
    change("within dropped", &|part| part.within = None);
    change("since", &|part| part.since = Date::new(2024, 1, 1));
    if document.header.grades.len() > 1 {
        change("grade", &|part| part.grade = document.header.grades.get(document.header.grades.len() / 2).cloned());
        change("grade dropped", &|part| part.grade = None);
    }
    change("issuer", &|part| part.issuer = Some(vec!["somebody".to_owned()]));
    if listed > 1 {
        change("span", &|part| part.span = Some(if part.span.is_some() { "1 year" } else { "3 years" }.to_owned()));
        change("span dropped", &|part| part.span = None);
        change("distinct", &|part| part.distinct = if part.distinct == Some(true) { None } else { Some(true) });
    }
    let is_average = matches!(part.kind, RequirementKind::AtLeast { .. } | RequirementKind::Credits { .. });
    if is_average && (document.header.grades.is_empty() || !document.header.grade_points.is_empty()) {
        let mean: GradePoints = "2.5".parse().expect("points");
        change("average", &|part| part.average = Some(mean));
        change("average dropped", &|part| part.average = None);
    }
    found
}

fn listing(part: &mut RequirementDocument) -> Option<&mut Vec<RequirementDocument>> {
    match &mut part.kind {
        RequirementKind::AllOf(parts)
        | RequirementKind::AnyOf(parts)
        | RequirementKind::AtLeast { from: MembersDocument::List(parts), .. }
        | RequirementKind::Credits { from: MembersDocument::List(parts), .. }
        | RequirementKind::Hours { from: MembersDocument::List(parts), .. }
        | RequirementKind::UpTo { from: MembersDocument::List(parts), .. } => Some(parts),
        _ => None,
    }
}

fn threshold(part: &mut RequirementDocument, up: bool) {
    match &mut part.kind {
        RequirementKind::AtLeast { needed, .. } => *needed = if up { *needed + 1 } else { needed.saturating_sub(1) },
        RequirementKind::Credits { needed, .. }
        | RequirementKind::Hours { needed, .. }
        | RequirementKind::UpTo { most: needed, .. } => {
            let hundredths = needed.hundredths();
            *needed = Amount::from_hundredths(if up { hundredths + 300 } else { hundredths.saturating_sub(300) });
        }
        _ => {}
    }
}
