//! The plan, other ways, and what else is near.

use std::collections::{BTreeMap, BTreeSet};

use credpath::{Amount, Infeasible, Plan, PlanStep, Schedule, ScheduleOutcome, ScheduledStep, StepKind};

use crate::story::answers::{Answers, NEAR};
use crate::story::sections::{capital, difference, section};
use crate::story::words::{clean, counted, money, purpose, takes, title, verb};
use crate::story::{Block, Item, Line, Section, Table};

/// What another plan does instead is listed, up to so many.
const MOST_SWAPPED: usize = 5;

impl Answers<'_> {
    pub(crate) fn planned(&self) -> Section {
        let Some(plan) = self.plan().filter(|plan| !plan.steps.is_empty()) else {
            return section("plan", "The plan", Vec::new());
        };
        let mut blocks = Vec::new();
        let rows = match self.calendar() {
            Some(schedule) => self.rows_of_schedule(plan, schedule),
            None => plan.steps.iter().map(|step| self.row(plan, step, Line::default())).collect(),
        };
        let columns = ["Step", "When", "Takes", "For"].map(str::to_owned).to_vec();
        let caption = format!("The steps, with {}", self.load);
        blocks.push(Block::Table(Table { caption, columns, rows }));
        if self.calendar().is_none()
            && let Some(outcome) = &self.schedule
        {
            blocks.extend(self.no_day(outcome).into_iter().map(Block::Text));
        }
        section("plan", "The plan", blocks)
    }

    /// Why there is no day on which the plan is finished.
    pub(crate) fn no_day(&self, outcome: &ScheduleOutcome) -> Vec<Line> {
        match outcome {
            ScheduleOutcome::Infeasible(none) => {
                let before = format!("The plan has no place on the calendar from {} on: ", none.start);
                vec![Line::from(before).and(self.obstacle(none)).and(".")]
            }
            other => other.to_string().lines().map(|line| clean(line.trim()).into()).collect(),
        }
    }

    /// What stands in the way of a schedule, and at what.
    pub(crate) fn obstacle(&self, none: &Infeasible) -> Line {
        title(self.catalog(), &none.credential).and(format!(": {}", clean(&none.obstacle.to_string())))
    }

    pub(crate) fn row(&self, plan: &Plan, step: &PlanStep, when: Line) -> Vec<Line> {
        let times = if step.times > 1 { format!(", {} times", step.times) } else { String::new() };
        let what = Line::from(format!("{} ", capital(verb(step.kind)))).and(self.titled(&step.credential)).and(times);
        vec![what, when, takes(step.cost, step.hours, self.currency()).into(), self.purposes(plan, &step.credential)]
    }

    /// What a step of a plan is for, each purpose once.
    fn purposes(&self, plan: &Plan, id: &str) -> Line {
        let mut told: Vec<Line> = Vec::new();
        for step in plan.steps.iter().filter(|step| step.credential == id) {
            let again = matches!(step.kind, StepKind::Retake | StepKind::Renew);
            told.extend(step.purposes.iter().map(|one| purpose(self.catalog(), one, &plan.target, again)));
        }
        let mut seen = BTreeSet::new();
        told.retain(|line| seen.insert(line.clone()));
        Line::joined(told, "; ")
    }

    /// The entries of a schedule; the same thing several times, one after the other, is one row.
    fn rows_of_schedule(&self, plan: &Plan, schedule: &Schedule) -> Vec<Vec<Line>> {
        let same = |a: &ScheduledStep, b: &ScheduledStep| {
            a.credential == b.credential && a.kind == b.kind && a.added.is_some() == b.added.is_some()
        };
        let mut rows = Vec::new();
        for group in schedule.entries.chunk_by(same) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let times = if group.len() > 1 { format!(", {} times", group.len()) } else { String::new() };
            let what =
                Line::from(format!("{} ", capital(verb(first.kind)))).and(self.titled(&first.credential)).and(times);
            let when = if first.begin == last.finish {
                first.begin.to_string()
            } else {
                format!("{} to {}", first.begin, last.finish)
            };
            let sum = |of: fn(&ScheduledStep) -> Option<Amount>| {
                let all: Option<Vec<Amount>> = group.iter().map(of).collect();
                all.map(|all| Amount::from_hundredths(all.iter().map(|one| one.hundredths()).sum()))
            };
            let takes = takes(sum(|one| one.cost), sum(|one| one.hours), self.currency());
            let purposes = match &first.added {
                Some(added) => {
                    let needs = title(self.catalog(), &added.needed_for);
                    let why = added.until.map_or("would be too old".to_owned(), |until| format!("ends on {until}"));
                    let why = if added.first { String::new() } else { format!("; the award before it {why}") };
                    Line::from("added for ").and(needs).and(format!(" on {}{why}", added.needed_on))
                }
                None => self.purposes(plan, &first.credential),
            };
            rows.push(vec![what, when.into(), takes.into(), purposes]);
        }
        rows
    }

    pub(crate) fn other_ways(&self) -> Section {
        let Some(plan) = self.plan() else { return section("other", "Other ways", Vec::new()) };
        let mut items = Vec::new();
        let is_best = |other: &Plan| self.steps().is_some_and(|next| next.plan.steps == other.steps);
        let is_another = |other: &&Plan| other.steps != plan.steps && !is_best(other);
        let quicker = |other: &&Plan| is_another(other) && other.hours < plan.hours;
        let others = [
            ("With fewer hours: ", self.trade_offs.plans.iter().find(quicker)),
            ("", self.alternatives.plans.iter().find(is_another)),
        ];
        for (name, other) in others {
            if let Some(other) = other {
                items.push(Item::of(name).with(self.swap(plan, other)));
            }
        }
        let blocks = if items.is_empty() { Vec::new() } else { vec![Block::Items(items)] };
        section("other", "Other ways", blocks)
    }

    /// What another plan does instead of what, and what difference that makes.
    pub(crate) fn swap(&self, plan: &Plan, other: &Plan) -> Line {
        let times = |plan: &Plan| -> BTreeMap<String, u32> {
            plan.steps.iter().map(|step| (step.credential.clone(), step.times)).collect()
        };
        let (own, others) = (times(plan), times(other));
        let beyond = |these: &BTreeMap<String, u32>, those: &BTreeMap<String, u32>| {
            let more = these.iter().filter_map(|(id, &times)| {
                let more = times.saturating_sub(those.get(id).copied().unwrap_or(0));
                (more > 0).then(|| {
                    title(self.catalog(), id).and(if more > 1 { format!(", {more} times") } else { String::new() })
                })
            });
            let mut more: Vec<Line> = more.collect();
            let beyond = more.len().saturating_sub(MOST_SWAPPED);
            if beyond > 1 {
                more.truncate(MOST_SWAPPED);
                more.push(format!("{beyond} more").into());
            }
            Line::joined(more, " and ")
        };
        let (without, with) = (beyond(&own, &others), beyond(&others, &own));
        let line = match (without.is_empty(), with.is_empty()) {
            (false, false) => with.and(" instead of ").and(without),
            (true, false) => with.and(" as well"),
            _ => Line::from("without ").and(without),
        };
        let cost = difference(plan.cost, other.cost, |amount| money(amount, self.currency()));
        let hours = difference(plan.hours, other.hours, |amount| counted(amount, "hour"));
        let whole =
            [plan, other].iter().all(|plan| plan.not_stated.cost.is_empty() && plan.not_stated.hours.is_empty());
        let stated = if whole { "" } else { ", as far as that is stated" };
        line.and(match (cost, hours) {
            (None, None) => ": as much money and as many hours".to_owned(),
            (Some(cost), None) => format!(": {cost}, and as many hours"),
            (None, Some(hours)) => format!(": as much money, and {hours}"),
            (Some(cost), Some(hours)) => format!(": {cost}, and {hours}"),
        })
        .and(stated)
    }

    pub(crate) fn near(&self) -> Section {
        let mut blocks = Vec::new();
        let nearest = self.nearest.plans.iter().filter(|plan| !plan.steps.is_empty()).map(|plan| {
            let taken = plan.steps.iter().filter(|step| step.credential != plan.target);
            let taken: Vec<Line> = taken.map(|step| title(self.catalog(), &step.credential)).collect();
            let claimed = self.catalog().credential(&plan.target).is_some_and(|id| self.catalog().is_conferred(id));
            let by = if taken.is_empty() {
                Line::from(if claimed { ": to claim" } else { ": to take" })
            } else {
                Line::from(": by ").and(Line::joined(taken, ", "))
            };
            Item::of(self.titled(&plan.target)).with(by)
        });
        let nearest: Vec<Item> = nearest.collect();
        if !nearest.is_empty() {
            blocks.extend([Block::Heading("Nearest".to_owned()), Block::Items(nearest)]);
        }
        let keys = self.keys.iter().take(NEAR).map(|key| {
            let opened = key.qualifies_for.iter().map(|id| title(self.catalog(), id));
            Item::of(self.titled(&key.credential)).with(": would bring ").with(Line::joined(opened, ", "))
        });
        let keys: Vec<Item> = keys.collect();
        if !keys.is_empty() {
            blocks.extend([Block::Heading("One award away".to_owned()), Block::Items(keys)]);
        }
        section("near", "What else is near", blocks)
    }
}
