//! What lapses, what is there, and what is missing.

use std::collections::{BTreeMap, BTreeSet};

use credpath::{HeldUntil, Status};

use crate::story::answers::Answers;
use crate::story::sections::section;
use crate::story::words::{clean, outline, takes, title};
use crate::story::{Block, Item, Line, Section, Table};

impl Answers<'_> {
    pub(crate) fn lapsing(&self) -> Section {
        let currency = self.currency();
        let mut rows = Vec::new();
        for due in &self.renewals.due {
            let mut ways: Vec<Line> = Vec::new();
            if due.by_components {
                ways.push("lasts while its components do: renew these".into());
            }
            if let Some(terms) = &due.renewal {
                ways.push(format!("renew it: {}", self.renewing(terms)).into());
            }
            let again = if due.again.conferred { "claim it again" } else { "take it again" };
            ways.push(format!("{again}: {}", takes(due.again.cost, due.again.hours, currency)).into());
            let mut by: BTreeMap<String, Vec<Line>> = BTreeMap::new();
            for way in &due.renewed_by {
                let takes = takes(way.cost, way.hours, currency);
                by.entry(takes).or_default().push(title(self.catalog(), &way.credential));
            }
            for (takes, titles) in by {
                let renews = if titles.len() == 1 { "renews" } else { "renew" };
                let titles = Line::joined(titles, " or ");
                ways.push(Line::from("earn ").and(titles).and(format!(", which {renews} it: {takes}")));
            }
            rows.push(vec![self.titled(&due.credential), due.last_day.to_string().into(), Line::joined(ways, "; or ")]);
        }
        let heading = self
            .said_until
            .map_or_else(|| "What lapses within a year".to_owned(), |day| format!("What lapses up to {day}"));
        if rows.is_empty() {
            return section("lapses", &heading, Vec::new());
        }
        let columns = ["Credential", "Last valid day", "What keeps it"].map(str::to_owned).to_vec();
        let caption = format!("Held, and lapsing up to {}", self.renewals.until);
        let mut blocks = vec![Block::Table(Table { caption, columns, rows })];
        if self.renewals.due.len() > 1 {
            blocks.push(Block::Heading("The least that keeps what can be kept".to_owned()));
            blocks.push(Block::Outline(outline(&self.joint.to_string())));
        }
        section("lapses", &heading, blocks)
    }

    pub(crate) fn held(&self) -> Section {
        let awarded: BTreeSet<String> = self
            .evaluation
            .awards()
            .into_iter()
            .filter(|award| award.is_current(self.evaluation.as_of()))
            .map(|award| award.credential)
            .collect();
        let with = |status| self.evaluation.statuses().filter(move |&(_, found)| found == status).map(|(id, _)| id);
        let held = |id| {
            let by_name = awarded.contains(&self.catalog().get(id).id);
            let until = match self.evaluation.held_until(id) {
                HeldUntil::Date(last) => format!(", to {last}"),
                HeldUntil::Undecided => ", until when is not decided within the work limit".to_owned(),
                HeldUntil::NoEnd | HeldUntil::NotHeld => String::new(),
            };
            Item::of(self.named(id).and(until).and(if by_name { "" } else { ", by an award that counts as it" }))
        };
        let plain = |status| with(status).map(|id| Item::of(self.named(id))).collect::<Vec<_>>();
        let qualified = self.evaluation.qualified().map(|id| Item::of(self.named(id))).collect();
        let mut blocks = Vec::new();
        let lists = [
            ("Held", with(Status::Held).map(held).collect()),
            ("Qualified for, though nobody has issued it", qualified),
            ("In progress", plain(Status::InProgress)),
            ("Lapsed", plain(Status::Lapsed)),
        ];
        for (heading, items) in lists.into_iter().filter(|(_, items): &(_, Vec<Item>)| !items.is_empty()) {
            blocks.extend([Block::Heading(heading.to_owned()), Block::Items(items)]);
        }
        section("held", "What is there", blocks)
    }

    pub(crate) fn audited(&self) -> Section {
        let text = self.audit.to_string();
        // The first line is the title; what is taken for granted has a section of its own.
        let lines = text.lines().skip(1).filter(|line| !line.starts_with("  note: ")).collect::<Vec<_>>().join("\n");
        let mut blocks = vec![Block::Outline(outline(&lines))];
        let plan = self.plan().map(|plan| &plan.uncounted[..]).unwrap_or_default();
        let uncounted: BTreeSet<String> =
            self.evaluation.uncounted().iter().chain(plan).map(|award| clean(&award.to_string())).collect();
        if !uncounted.is_empty() {
            blocks.push(Block::Heading("In the record, but not counted".to_owned()));
            blocks.push(Block::Items(uncounted.into_iter().map(Item::of).collect()));
        }
        let misplaced: Vec<Item> =
            self.evaluation.misplaced().iter().map(|one| Item::of(clean(&one.to_string()))).collect();
        if !misplaced.is_empty() {
            blocks.extend([Block::Heading("Exceptions without effect".to_owned()), Block::Items(misplaced)]);
        }
        section("audit", "The requirements: what is there and what is missing", blocks)
    }
}
