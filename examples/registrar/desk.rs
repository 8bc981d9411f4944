//! Findings by programme and cause, the comparison with last year, who loses what, and the awards to be issued.

use std::collections::BTreeMap;
use std::fmt::Write;

use credpath::{
    Catalog, CheckOptions, CompareOptions, CredentialId, Date, Diagnostic, Diagnostics, EvaluateOptions, ImpactOptions,
    LearnerRecord, Severity, compare_findings,
};

use crate::input::lines::cell;
use crate::registrar_page::shown;
use crate::story::words::{clean, counted, outline, titled};
use crate::story::{Block, Fact, Item, Line, Section, Story};

/// Lines of a rule that are shown.
const LINES: usize = 8;
/// Findings with one cause in one programme that are shown in full; of more, the places are told.
const IN_FULL: usize = 4;

/// What lies on a registrar's desk.
pub(crate) struct Desk<'d> {
    pub(crate) catalog: &'d Catalog,
    pub(crate) older: Option<&'d Catalog>,
    /// Learners with their names.
    pub(crate) records: &'d [(String, LearnerRecord)],
    /// Lines of records that could not be read.
    pub(crate) skipped: usize,
    /// What is looked for, and with how much work; a comparison takes as much.
    pub(crate) check: CheckOptions,
    pub(crate) evaluate: EvaluateOptions,
    pub(crate) as_of: Date,
}

impl Desk<'_> {
    pub(crate) fn story(&self) -> Story {
        let options = self.check.clone().as_of(self.as_of).findings(usize::MAX);
        let findings = self.catalog.check(&options);
        let mut sections = vec![self.summary(&findings, &options), self.found(&findings)];
        sections.extend(self.open(&findings));
        sections.extend(self.changes());
        sections.extend(self.losses());
        sections.extend(self.to_issue());
        let header = self.catalog.header();
        let version = header.version.as_deref().map(|version| format!(", {version}")).unwrap_or_default();
        let title = header.title.as_deref().unwrap_or("The catalog");
        Story { title: clean(&format!("{title}{version}")), as_of: format!("Checked as of {}", self.as_of), sections }
    }

    fn summary(&self, findings: &Diagnostics, options: &CheckOptions) -> Section {
        let fact = |name: &str, value: String| Fact { name: name.to_owned(), value: value.into() };
        let count = |severity| findings.count(severity).to_string();
        let mut facts = vec![
            fact("Credentials", self.catalog.len().to_string()),
            fact("Errors", count(Severity::Error)),
            fact("Warnings", count(Severity::Warning)),
            fact("Notes", count(Severity::Note)),
        ];
        if !findings.undecided().is_empty() {
            facts.push(fact("Undecided", format!("{} within the limit of work", findings.undecided().len())));
        }
        if self.skipped > 0 {
            facts.push(fact("Records left out", format!("{}, which cannot be read", self.skipped)));
        }
        let mut blocks = Vec::new();
        if let Some(older) = self.older {
            // Targets are numbered as in the catalog that is checked.
            let same = |&target: &CredentialId| older.credential(&self.catalog.get(target).id);
            let targets: Vec<CredentialId> = options.targets.iter().filter_map(same).collect();
            let known = older.check(&options.clone().targets(targets));
            let change = compare_findings(&known, findings);
            facts.push(fact(
                "Since the older version",
                format!("{} new, {} mended", change.new.len(), change.fixed.len()),
            ));
            let new = change.new.iter().map(|one| Item::of(format!("{}: {}", one.severity, clean(&one.message))));
            let new: Vec<Item> = new.collect();
            if !new.is_empty() {
                blocks.extend([Block::Heading("New since the older version".to_owned()), Block::Items(new)]);
            }
        }
        blocks.insert(0, Block::Facts(facts));
        section("summary", "At a glance", blocks)
    }

    /// The findings by programme, the one with the gravest first; within it by cause.
    fn found(&self, findings: &Diagnostics) -> Section {
        let mut by_programme: BTreeMap<Option<&str>, Vec<&Diagnostic>> = BTreeMap::new();
        for finding in findings.as_slice() {
            by_programme.entry(finding.credential.as_deref()).or_default().push(finding);
        }
        let mut programmes: Vec<_> = by_programme.into_iter().collect();
        programmes.sort_by_key(|(_, of)| {
            let gravest = of.iter().map(|one| one.severity).min();
            (gravest, of.iter().map(|one| one.primary.span.start).min())
        });
        let mut blocks = Vec::new();
        for (programme, mut of) in programmes {
            let name = programme.map_or_else(|| Line::from("The catalog as a whole"), |id| titled(self.catalog, id));
            blocks.push(Block::Heading(name.text()));
            of.sort_by_key(|one| (one.severity, one.code, one.primary.span.start));
            for cause in of.chunk_by(|a, b| (a.severity, a.code) == (b.severity, b.code)) {
                self.write_cause(&mut blocks, findings, cause);
            }
        }
        if blocks.is_empty() {
            blocks.push(Block::Text("Nothing was found.".into()));
        }
        section("findings", "Findings by programme", blocks)
    }

    fn write_cause(&self, blocks: &mut Vec<Block>, findings: &Diagnostics, cause: &[&Diagnostic]) {
        for finding in cause.iter().take(IN_FULL) {
            let (first, _) = findings.position(finding.primary.span.start);
            let (last, _) = findings.position(finding.primary.span.end);
            blocks.push(Block::Text(
                format!("{}, line {first}: {}", capital(finding.severity), clean(&finding.message)).into(),
            ));
            let lines = findings.text().lines().enumerate().skip(first - 1).take((last + 1 - first).min(LINES));
            let written: Vec<String> =
                lines.map(|(number, line)| format!("{} | {}", number + 1, clean(line))).collect();
            blocks.push(Block::Written(written.join("\n")));
            if let Some(witness) = &finding.witness {
                let table = shown::table(self.catalog, witness);
                if !table.rows.is_empty() {
                    blocks.push(Block::Table(table));
                }
            }
            let to_do = finding.help.as_deref().unwrap_or_else(|| finding.code.explain());
            blocks.push(Block::Text(format!("What to do: {}", clean(to_do)).into()));
        }
        if cause.len() > IN_FULL {
            let lines = cause[IN_FULL..].iter().map(|one| findings.position(one.primary.span.start).0.to_string());
            let lines: Vec<String> = lines.collect();
            let more = counted(lines.len(), "finding");
            blocks.push(Block::Text(format!("{more} more of this kind, on lines {}", lines.join(", ")).into()));
        }
    }

    /// What the limit of work left open.
    fn open(&self, findings: &Diagnostics) -> Option<Section> {
        let items = findings.undecided().iter().map(|open| {
            let line = format!(", line {}: {}", open.line, clean(&open.message));
            Item::of(titled(self.catalog, &open.credential).and(line))
        });
        let items: Vec<Item> = items.collect();
        (!items.is_empty())
            .then(|| section("undecided", "Not decided within the limit of work", vec![Block::Items(items)]))
    }

    fn changes(&self) -> Option<Section> {
        let mut options = CompareOptions::default().as_of(self.as_of).work(self.check.work);
        options.watcher.clone_from(&self.check.watcher);
        let comparison = self.older?.compare(self.catalog, &options);
        Some(section(
            "changes",
            "Compared with the older version",
            vec![Block::Outline(outline(&comparison.to_string()))],
        ))
    }

    fn losses(&self) -> Option<Section> {
        if self.records.is_empty() {
            return None;
        }
        let records = self.records.iter().map(|(name, record)| (name.clone(), record));
        let mut options = ImpactOptions::default();
        options.plan.watcher.clone_from(&self.check.watcher);
        (options.plan.view, options.plan.verified_only) = (self.evaluate.view, self.evaluate.verified_only);
        let impact = self.older?.impact(self.catalog, records, self.as_of, &options);
        Some(section("losses", "Who loses or gains what", vec![Block::Outline(outline(&impact.to_string()))]))
    }

    fn to_issue(&self) -> Option<Section> {
        if self.records.is_empty() {
            return None;
        }
        let columns = Award::COLUMNS.map(capital).to_vec();
        let row = |award: Award| award.cells().map(|text| Line::from(clean(&text))).to_vec();
        let rows: Vec<Vec<Line>> = self.awards().map(row).collect();
        let text =
            format!("{} to be issued, by {}", counted(rows.len(), "award"), counted(self.records.len(), "record"));
        let table = crate::story::Table { caption: text, columns, rows };
        Some(section("awards", "Qualified for, though nobody has issued it", vec![Block::Table(table)]))
    }

    /// What each learner has earned and nobody has issued.
    fn awards(&self) -> impl Iterator<Item = Award> {
        self.records.iter().flat_map(|(learner, record)| {
            let evaluation = self.catalog.evaluate(record, self.as_of, &self.evaluate);
            let qualified: Vec<_> = evaluation.qualified().collect();
            let awards = qualified.into_iter().map(|id| {
                let audit = evaluation.audit(id);
                let grounds: Vec<LearnerRecord> = audit.rules().map(|rule| audit.evidence(rule)).collect();
                let mut evidence: Vec<String> = Vec::new();
                let mut exceptions: Vec<String> = Vec::new();
                for ground in &grounds {
                    evidence.extend(ground.awards.iter().map(|award| {
                        let day = award.awarded.map(|day| format!(" {day}")).unwrap_or_default();
                        format!("{}{day}", award.credential)
                    }));
                    exceptions.extend(ground.waivers.iter().map(ToString::to_string));
                    exceptions.extend(ground.substitutions.iter().map(ToString::to_string));
                }
                for list in [&mut evidence, &mut exceptions] {
                    list.sort();
                    list.dedup();
                }
                let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
                Award {
                    learner: learner.clone(),
                    credential: audit.credential.clone(),
                    title: audit.title.clone(),
                    since: day(audit.qualified_since),
                    until: day(audit.valid_until),
                    evidence: evidence.join("; "),
                    exceptions: exceptions.join("; "),
                }
            });
            awards.collect::<Vec<_>>()
        })
    }

    /// The awards to be issued, as comma-separated values.
    pub(crate) fn csv(&self) -> String {
        let mut csv = Award::COLUMNS.join(",") + "\n";
        for award in self.awards() {
            _ = writeln!(csv, "{}", award.cells().map(|text| cell(&text)).join(","));
        }
        csv
    }
}

/// An award to be issued.
struct Award {
    learner: String,
    credential: String,
    title: String,
    since: String,
    until: String,
    evidence: String,
    exceptions: String,
}

impl Award {
    const COLUMNS: [&'static str; 7] = ["learner", "credential", "title", "since", "until", "evidence", "exceptions"];

    fn cells(self) -> [String; 7] {
        let Self { learner, credential, title, since, until, evidence, exceptions } = self;
        [learner, credential, title, since, until, evidence, exceptions]
    }
}

fn section(anchor: &'static str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { anchor, heading: heading.to_owned(), blocks }
}

/// With a capital letter.
fn capital(word: impl std::fmt::Display) -> String {
    let word = word.to_string();
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
