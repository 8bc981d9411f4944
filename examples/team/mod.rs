//! The cohort's page: where everybody stands, who is near, what lapses when, where skills are thin.

use std::collections::{BTreeMap, BTreeSet};

use credpath::{Catalog, CohortReport, CredentialReport, Date, Status};

use crate::story::words::{clean, counted, titled};
use crate::story::{Bar, Block, Fact, Line, Part, Section, Story, Table};

/// A report with what it is told with.
pub(crate) struct Team<'t> {
    pub(crate) catalog: &'t Catalog,
    pub(crate) report: &'t CohortReport,
    /// The last day of the time in which lapses were looked for.
    pub(crate) until: Date,
    /// Lines that could not be read.
    pub(crate) skipped: u64,
    /// Names in a cell; of more, the number is told.
    pub(crate) named: usize,
    /// The name of a learner, by place.
    pub(crate) name: &'t dyn Fn(u64) -> String,
}

impl Team<'_> {
    pub(crate) fn story(&self) -> Story {
        let sections = vec![
            self.glance(),
            self.standing(),
            self.listed("earned", "Qualified for, though nobody has issued it", |of| &of.qualified),
            self.listed("near", "One award away", |of| &of.one_award_away),
            self.beside(),
            self.lapses(),
            self.skills(),
        ];
        let title = self.catalog.header().title.as_deref().unwrap_or("The cohort");
        Story {
            title: clean(title),
            as_of: format!("{} as of {}", counted(self.report.learners, "learner"), self.report.as_of),
            sections: sections.into_iter().filter(|section| !section.blocks.is_empty()).collect(),
        }
    }

    fn glance(&self) -> Section {
        let report = self.report;
        let sum = |of: fn(&CredentialReport) -> usize| report.credentials.iter().map(of).sum::<usize>().to_string();
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| facts.push(Fact { name: name.to_owned(), value: value.into() });
        fact("Learners", report.learners.to_string());
        fact("Earned, not awarded", sum(|of| of.qualified.len()));
        fact("One award away", sum(|of| of.one_award_away.len()));
        fact("Lapsing", format!("{} up to {}", report.lapses.len(), self.until));
        let unknown = report.unknown_awards.ids.len() as u64 + report.unknown_awards.unlisted;
        for (name, number) in [
            ("Lines left out", self.skipped),
            ("Unknown ids", unknown),
            ("Exceptions without effect", report.misplaced.len() as u64),
            ("Not decided when it lapses", report.lapses_undecided),
        ] {
            if number > 0 {
                fact(name, number.to_string());
            }
        }
        section("glance", "At a glance", vec![Block::Facts(facts)])
    }

    /// The credentials that somebody has something of, each with how many stand where.
    fn standing(&self) -> Section {
        let bar = |of: &CredentialReport| {
            let told = of.statuses.iter().filter(|&(status, number)| number > 0 && status != Status::Locked);
            let parts = told.map(|(status, number)| Part { class: class(status), words: words(status), number });
            Bar { name: titled(self.catalog, &of.credential), parts: parts.collect(), of: self.report.learners }
        };
        let begun = |of: &&CredentialReport| {
            of.statuses.iter().any(|(status, number)| {
                number > 0 && !matches!(status, Status::Locked | Status::Eligible | Status::Unattainable)
            })
        };
        let bars: Vec<Bar> = self.report.credentials.iter().filter(begun).map(bar).collect();
        let blocks = if bars.is_empty() { Vec::new() } else { vec![Block::Bars(bars)] };
        section("standing", "Where everybody stands", blocks)
    }

    /// Credentials with the learners of some list, the longest first.
    fn listed(&self, anchor: &'static str, heading: &str, list: fn(&CredentialReport) -> &Vec<u64>) -> Section {
        let mut of: Vec<&CredentialReport> = self.report.credentials.iter().filter(|of| !list(of).is_empty()).collect();
        of.sort_by_key(|of| std::cmp::Reverse(list(of).len()));
        let row = |of: &CredentialReport| {
            let learners = list(of);
            vec![titled(self.catalog, &of.credential), learners.len().to_string().into(), self.names(learners)]
        };
        let rows = of.into_iter().map(row).collect();
        table(anchor, heading, ["Credential", "Learners", "Who"], rows)
    }

    /// Those who hold a credential beside those who nearly do, where holders were asked for.
    fn beside(&self) -> Section {
        let row = |of: &CredentialReport| {
            let held = of.held.as_ref()?;
            let near: BTreeSet<u64> = of.qualified.iter().chain(&of.one_award_away).copied().collect();
            let near: Vec<u64> = near.into_iter().collect();
            Some(vec![titled(self.catalog, &of.credential), self.names(held), self.names(&near)])
        };
        let rows = self.report.credentials.iter().filter_map(row).collect();
        table("holders", "Who holds it, and who nearly does", ["Credential", "Hold it", "Nearly do"], rows)
    }

    fn lapses(&self) -> Section {
        let mut months: BTreeMap<String, BTreeMap<&str, Vec<u64>>> = BTreeMap::new();
        for lapse in &self.report.lapses {
            let month = format!("{:04}-{:02}", lapse.until.year(), lapse.until.month());
            months.entry(month).or_default().entry(&lapse.credential).or_default().push(lapse.learner);
        }
        let mut rows = Vec::new();
        for (month, credentials) in months {
            for (id, learners) in credentials {
                let number = learners.len().to_string();
                let month = Line::from(month.clone());
                rows.push(vec![month, titled(self.catalog, id), number.into(), self.names(&learners)]);
            }
        }
        table("lapses", "What lapses, month by month", ["Month", "Credential", "Learners", "Who"], rows)
    }

    /// Skills, the thinnest first; and who could fill a gap soonest.
    fn skills(&self) -> Section {
        let mut rows = Vec::new();
        for tag in &self.report.coverage {
            let carrying = || self.report.credentials.iter().filter(|of| self.carries(&of.credential, &tag.tag));
            let first: BTreeSet<u64> = carrying().flat_map(|of| &of.qualified).copied().collect();
            let next: BTreeSet<u64> = carrying().flat_map(|of| &of.one_award_away).copied().collect();
            let next: Vec<u64> = next.difference(&first).copied().collect();
            let soonest = if first.is_empty() { next } else { first.into_iter().collect() };
            let soonest = if tag.held > 0 { Line::default() } else { self.names(&soonest) };
            let number = |number: u64| Line::from(number.to_string());
            let tag_name = Line::from(clean(&tag.tag));
            rows.push(vec![tag_name, number(tag.held), number(tag.qualified), number(tag.one_award_away), soonest]);
        }
        let columns = ["Skill", "Held by", "Qualified", "One award away", "Could fill the gap soonest"];
        table("skills", "How far skills are covered", columns, rows)
    }

    fn carries(&self, id: &str, tag: &str) -> bool {
        let tags = self.catalog.credential(id).map(|id| &self.catalog.get(id).tags);
        tags.is_some_and(|tags| tags.iter().any(|known| known == tag))
    }

    fn names(&self, learners: &[u64]) -> Line {
        let mut named: Vec<String> = learners.iter().take(self.named).map(|&one| clean(&(self.name)(one))).collect();
        if learners.len() > self.named {
            named.push(format!("{} more", learners.len() - self.named));
        }
        if named.is_empty() {
            return "nobody".into();
        }
        named.join(", ").into()
    }
}

fn section(anchor: &'static str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { anchor, heading: heading.to_owned(), blocks }
}

/// A section of one table, if that has rows.
fn table<const N: usize>(anchor: &'static str, heading: &str, columns: [&str; N], rows: Vec<Vec<Line>>) -> Section {
    if rows.is_empty() {
        return section(anchor, heading, Vec::new());
    }
    let columns = columns.map(str::to_owned).to_vec();
    section(anchor, heading, vec![Block::Table(Table { caption: heading.to_owned(), columns, rows })])
}

fn words(status: Status) -> &'static str {
    match status {
        Status::Held => "hold it",
        Status::Qualified => "qualify for it",
        Status::Undecided => "not decided",
        Status::InProgress => "in progress",
        Status::Lapsed => "lapsed",
        Status::Unattainable => "cannot reach it",
        Status::Eligible => "can begin it",
        Status::Started => "started",
        Status::Locked => "not open yet",
    }
}

/// The pattern of a part of a bar.
fn class(status: Status) -> &'static str {
    match status {
        Status::Held => "full",
        Status::Qualified => "striped",
        Status::InProgress | Status::Started => "dotted",
        _ => "plain",
    }
}
