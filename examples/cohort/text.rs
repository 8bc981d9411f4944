//! A report on a cohort as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use credpath::{Catalog, CohortReport, CredentialReport, Date, Status, TagCoverage};

use crate::everybody::lines::Told;

/// So many lines of a list are shown.
const SHOWN: usize = 12;

/// The institution's report.
pub(crate) struct Text<'r> {
    pub(crate) catalog: &'r Catalog,
    pub(crate) report: &'r CohortReport,
    pub(crate) told: &'r Told,
    pub(crate) until: Date,
}

impl Text<'_> {
    pub(crate) fn written(&self) -> String {
        let Self { catalog, report, told, until } = self;
        let mut text = format!("{} learners as of {}", report.learners, report.as_of);
        if let Some(title) = &catalog.header().title {
            _ = write!(text, ", under {title}");
        }
        text.push('\n');
        if told.skipped > 0 {
            let (lines, were) = if told.skipped == 1 { ("line", "was") } else { ("lines", "were") };
            _ = writeln!(text, "{} {lines} could not be read and {were} skipped", told.skipped);
        }
        let misplaced = report.misplaced.iter().map(|&learner| told.name(learner)).collect();
        let mut sections = vec![
            ("In the records, but unknown to the catalog".to_owned(), self.unknown()),
            ("With waivers or substitutions that have no place in the catalog".to_owned(), misplaced),
            ("Qualified for, though nobody has issued it".to_owned(), self.listed(|of| &of.qualified)),
            ("One award away".to_owned(), self.listed(|of| &of.one_award_away)),
            (format!("Awards that lapse by {until}"), self.lapsing()),
            ("Holders of something in each field, the thinnest first".to_owned(), self.coverage()),
        ];
        for of in report.credentials.iter().filter(|of| of.held.is_some()) {
            let held = of.held.iter().flatten().map(|&learner| told.name(learner)).collect();
            sections.push((format!("Holders of {}", of.title), held));
        }
        for (heading, lines) in sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            _ = writeln!(text, "\n{heading}");
            for line in lines.iter().take(SHOWN) {
                _ = writeln!(text, "  {line}");
            }
            if lines.len() > SHOWN {
                _ = writeln!(text, "  and {} more", lines.len() - SHOWN);
            }
        }
        _ = write!(text, "\nWhat is conferred\n{}", self.conferred());
        let undecided: u64 =
            report.credentials.iter().map(|of| of.statuses.of(Status::Undecided) + of.one_award_away_undecided).sum();
        if undecided + report.lapses_undecided > 0 {
            let all = undecided + report.lapses_undecided;
            _ = writeln!(text, "\n{all} answers were not decided within the work limit");
        }
        text
    }

    fn unknown(&self) -> Vec<String> {
        let unknown = &self.report.unknown_awards;
        let ids = unknown.ids.iter().map(|id| (id.learners, id.id.escape_debug().to_string())).collect();
        let mut ids: Vec<String> =
            longest_first(ids).into_iter().map(|(learners, id)| format!("{learners:>7}  `{id}`")).collect();
        if unknown.unlisted > 0 {
            ids.push(format!("{:>7}  awards of further ids", unknown.unlisted));
        }
        ids
    }

    /// Of each credential, whom a list has.
    fn listed(&self, list: fn(&CredentialReport) -> &Vec<u64>) -> Vec<String> {
        let counted = self.report.credentials.iter().map(|of| (list(of).len() as u64, of));
        let line = |(learners, of): (u64, &CredentialReport)| {
            let alone = if of.sharing_is_limited { " (judged by itself: what it may share is limited)" } else { "" };
            format!("{learners:>7}  {}: {}{alone}", of.title, self.told.names(list(of)))
        };
        longest_first(counted.filter(|(learners, _)| *learners > 0).collect()).into_iter().map(line).collect()
    }

    fn lapsing(&self) -> Vec<String> {
        // They come by their last day.
        let mut lapsing: BTreeMap<&str, (Date, Vec<u64>)> = BTreeMap::new();
        for lapse in &self.report.lapses {
            lapsing.entry(&lapse.credential).or_insert((lapse.until, Vec::new())).1.push(lapse.learner);
        }
        let lines = lapsing.into_iter().map(|(id, (first, mut learners))| {
            learners.sort_unstable();
            let title = self.report.of(id).map_or(id, |of| &of.title);
            let count = learners.len();
            (count as u64, format!("{count:>7}  {title}: {}, the first on {first}", self.told.names(&learners)))
        });
        longest_first(lines.collect()).into_iter().map(|(_, line)| line).collect()
    }

    fn coverage(&self) -> Vec<String> {
        let line = |tag: &TagCoverage| {
            let (held, qualified, nearly) = (tag.held, tag.qualified, tag.one_award_away);
            format!("{held:>7}  {}: {qualified} more qualify, {nearly} are one award away", tag.tag)
        };
        self.report.coverage.iter().map(line).collect()
    }

    /// Of everything that is conferred, how many stand where.
    fn conferred(&self) -> String {
        let mut table = format!("  {:>7} {:>9} {:>7} {:>7}  credential\n", "held", "qualified", "lapsed", "started");
        let is_conferred = |of: &&CredentialReport| {
            self.catalog.credential(&of.credential).is_some_and(|id| self.catalog.is_conferred(id))
        };
        for of in self.report.credentials.iter().filter(is_conferred) {
            let [held, qualified, lapsed, started] =
                [Status::Held, Status::Qualified, Status::Lapsed, Status::Started].map(|status| of.statuses.of(status));
            _ = writeln!(table, "  {held:>7} {qualified:>9} {lapsed:>7} {started:>7}  {}", of.title);
        }
        table
    }
}

/// The longest lists first; of equals, in the order of ids, as they come.
fn longest_first<T>(mut lists: Vec<(u64, T)>) -> Vec<(u64, T)> {
    lists.sort_by_key(|(learners, _)| std::cmp::Reverse(*learners));
    lists
}
