//! What to do next, and what the way comes to.

use std::collections::BTreeSet;

use credpath::{
    Amount, CredentialId, HeldUntil, NextStep, Objective, Plan, PlanStep, ScheduleOutcome, ScheduledStep, Status,
    StepKind, StepRole,
};

use crate::story::answers::{Answers, NEAR};
use crate::story::sections::{capital, days, days_between, section};
use crate::story::words::{clean, counted, money, outline, takes, title, verb};
use crate::story::{Block, Fact, Item, Line, Section};

/// What lapses in so many days is told with what to do next.
const SOON: i64 = 92;

impl Answers<'_> {
    pub(crate) fn to_do(&self) -> Section {
        let mut blocks = Vec::new();
        let mut told = BTreeSet::new();
        match self.steps().zip(self.plan()) {
            Some((_, plan)) if plan.steps.is_empty() => {
                let until = match self.evaluation.held_until(self.target) {
                    HeldUntil::Date(last) => {
                        let id = &self.catalog().get(self.target).id;
                        let lapses = self.renewals.due.iter().any(|due| due.credential == *id);
                        let told = if lapses { "; what keeps it is told with what lapses" } else { "" };
                        format!(" to {last}{told}")
                    }
                    _ => String::new(),
                };
                blocks.push(Block::Text(format!("Nothing has to be done: an award is current{until}.").into()));
            }
            Some((next, plan)) => {
                let first = |step: &&NextStep| plan.steps.iter().any(|own| own.credential == step.credential);
                // What closes first is told first.
                let mut steps: Vec<&NextStep> = next.steps.iter().filter(first).collect();
                steps.sort_by_key(|step| (step.closes.is_none(), step.closes));
                let now: Vec<Item> = steps.iter().take(NEAR).map(|step| self.first_step(step)).collect();
                told.extend(steps.iter().take(NEAR).map(|step| step.credential.as_str()));
                let more = steps.len().saturating_sub(now.len());
                if now.is_empty() {
                    blocks.push(Block::Text("Nothing on the way can be begun on this day.".into()));
                }
                blocks.push(Block::Items(now));
                if more > 0 {
                    blocks.push(Block::Text(format!("{more} more of the plan can be begun as well.").into()));
                }
                let later: Vec<Item> = next.later.iter().filter(first).map(|step| self.first_step(step)).collect();
                if !later.is_empty() {
                    blocks.extend([Block::Heading("Opens later".to_owned()), Block::Items(later)]);
                }
                blocks.extend(self.not_the_best().map(Block::Text));
                blocks.push(Block::Facts(self.facts(plan)));
            }
            None => blocks.push(Block::Outline(outline(&self.next.to_string()))),
        }
        let soon = self.to_renew();
        if !soon.is_empty() {
            blocks.extend([Block::Heading("To keep, as it lapses soon".to_owned()), Block::Items(soon)]);
        }
        let claims = self.claims(&told);
        if !claims.is_empty() {
            let heading = "To claim as well, as the requirements are met".to_owned();
            blocks.extend([Block::Heading(heading), Block::Items(claims)]);
        }
        section("next", "What to do next", blocks)
    }

    fn first_step(&self, step: &NextStep) -> Item {
        let takes = takes(step.cost, step.hours, self.currency());
        let verb = verb(step.kind);
        let mut item = Item::of(capital(verb)).with(" ").with(self.titled(&step.credential)).with(format!(": {takes}"));
        match (step.closes, step.opens) {
            (Some(closes), opens) => {
                let again = opens.map(|opens| format!("; it opens again on {opens}")).unwrap_or_default();
                item.notes.push(format!("begin by {closes}{again}").into());
            }
            (None, Some(opens)) => item.notes.push(format!("not before {opens}").into()),
            (None, None) => {}
        }
        let times = self.plan().and_then(|plan| plan.steps.iter().find(|own| own.credential == step.credential));
        if let Some(times) = times.map(|own| own.times).filter(|&times| times > 1) {
            item.notes.push(format!("the first of {times} times").into());
        }
        let dates = self.calendar().and_then(|plan| plan.entries.iter().find(|one| one.credential == step.credential));
        if let Some(entry) = dates {
            item.notes.push(format!("on the calendar: {}", days(entry)).into());
        }
        if !step.begun_with.is_empty() {
            let others = step.begun_with.iter().map(|id| title(self.catalog(), id));
            item.notes.push(Line::from("begin it together with ").and(Line::joined(others, ", ")));
        }
        match step.role {
            StepRole::Essential => item.notes.push("every plan needs it".into()),
            StepRole::Optimal | StepRole::Alternative => {}
        }
        let id = self.catalog().credential(&step.credential);
        if let Some(id) = id.filter(|&id| self.evaluation.status(id) == Status::InProgress) {
            let completed = if self.catalog().is_conferred(id) { "" } else { ": to be completed, not begun anew" };
            item.notes.push(format!("it is in progress{completed}").into());
        }
        if let Some(until) = id.and_then(|id| self.evaluation.valid_until(id)) {
            item.notes.push(format!("by {until}, then the requirements are no longer met").into());
        }
        if !step.unlocks.is_empty() {
            let opened = step.unlocks.iter().map(|id| title(self.catalog(), id));
            item.notes.push(Line::from("opens ").and(Line::joined(opened, ", ")));
        }
        item
    }

    /// Where the plan that is told of is not the best one: which that is, and why not.
    fn not_the_best(&self) -> Option<Line> {
        let (instead, best) = self.instead.as_ref().zip(self.steps().map(|next| &next.plan))?;
        let why = match &instead.best {
            ScheduleOutcome::Schedule(other) if other.added_cost > Amount::ZERO => {
                let more = money(other.added_cost, self.currency());
                format!("on the calendar, {more} come on top, to make again what would lapse on the way")
            }
            ScheduleOutcome::Schedule(other) => format!("on the calendar, it finishes on {}", other.finish),
            ScheduleOutcome::Infeasible(none) => {
                format!("it has no place on the calendar ({})", self.obstacle(none).text())
            }
            _ => "its place on the calendar is not decided within the limit of work".to_owned(),
        };
        let by = match instead.plan.objective {
            Objective::Cost => "cost",
            Objective::Hours => "hours",
            Objective::Credentials => "the number of credentials",
            _ => "weight",
        };
        let line = Line::from(format!("By {by} alone another plan comes first: ")).and(self.swap(&instead.plan, best));
        Some(line.and(format!(". It is not told of here: {why}.")))
    }

    pub(crate) fn facts(&self, plan: &Plan) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| facts.push(Fact { name: name.to_owned(), value: value.into() });
        let (cost, hours, not_stated) = if let Some(schedule) = self.calendar() {
            let days = days_between(schedule);
            // What nobody stated takes a day on the calendar, and longer in truth.
            let open = |one: &ScheduledStep| one.hours.is_none() && one.kind != StepKind::Claim;
            let least = if schedule.entries.iter().any(open) { "not before " } else { "" };
            fact("Finish", format!("{least}{}, with {}", schedule.finish, self.load));
            let weeks = counted(days.div_ceil(7), "week");
            let least = if least.is_empty() { "" } else { "at least " };
            fact("Time", format!("{least}{weeks} from {}", schedule.start));
            (schedule.cost, schedule.hours, &schedule.not_stated)
        } else {
            if let Some(outcome) = &self.schedule {
                let told: Vec<String> = self.no_day(outcome).iter().map(Line::text).collect();
                fact("Finish", told.join(" "));
            }
            (plan.cost, plan.hours, &plan.not_stated)
        };
        // What nobody stated comes on top; where that is all, there is no sum.
        let sum = |amount: Amount, told: String, missing: &[String]| match (amount, missing) {
            (_, []) => told,
            (Amount::ZERO, _) => "not stated".to_owned(),
            _ => format!("at least {told}"),
        };
        fact("Cost", sum(cost, money(cost, self.currency()), &not_stated.cost));
        fact("Hours", sum(hours, hours.to_string(), &not_stated.hours));
        if let Some(schedule) = self.calendar().filter(|schedule| schedule.added_cost > Amount::ZERO) {
            let added = money(schedule.added_cost, self.currency());
            let hours = counted(schedule.added_hours, "hour");
            fact("Of that", format!("{added} and {hours} to make again what would lapse on the way"));
        }
        let credits: u64 = plan.steps.iter().map(|step| self.credits(step)).sum();
        if credits > 0 {
            let unit = self.catalog().header().credit_unit.clone().unwrap_or_else(|| "credits".to_owned());
            fact("Credits", format!("{} {} by what is taken", Amount::from_hundredths(credits), clean(&unit)));
        }
        let taken = plan.credentials;
        fact("To take", if taken == 0 { "nothing".to_owned() } else { counted(taken, "credential") });
        facts
    }

    /// Hundredths of credits of a step.
    pub(crate) fn credits(&self, step: &PlanStep) -> u64 {
        let Some(id) = self.catalog().credential(&step.credential) else { return 0 };
        if self.catalog().is_conferred(id) {
            return 0;
        }
        self.catalog().get(id).credits.hundredths().saturating_mul(step.times.into())
    }

    /// What lapses within a few months, with its last day.
    fn to_renew(&self) -> Vec<Item> {
        let last = crate::input::later(self.evaluation.as_of(), SOON).unwrap_or(self.renewals.until);
        let due = self.renewals.due.iter().filter(|due| due.last_day <= last && !due.by_components);
        let item = |due: &credpath::DueRenewal| {
            let again = if due.again.conferred { "claim it again" } else { "take it again" };
            let (verb, takes) = match &due.renewal {
                Some(terms) => ("renew it", self.renewing(terms)),
                None => (again, takes(due.again.cost, due.again.hours, self.currency())),
            };
            Item::of(self.titled(&due.credential)).with(format!(": {verb} by {}: {takes}", due.last_day))
        };
        due.map(item).collect()
    }

    /// What a renewal takes, from when on it is possible, and whether something is lacking.
    pub(crate) fn renewing(&self, terms: &credpath::RenewalTerms) -> String {
        let from = match terms.from {
            Some(from) if from > self.renewals.as_of => format!(", from {from} on"),
            _ => String::new(),
        };
        let lacks = if terms.meets_requirements() { "" } else { "; what it requires is not there yet" };
        format!("{}{from}{lacks}", takes(Some(terms.cost), Some(terms.hours), self.currency()))
    }

    /// What the learner qualifies for and nobody has issued, those that end soonest first.
    fn claims(&self, told: &BTreeSet<&str>) -> Vec<Item> {
        let others = |id: &CredentialId| !told.contains(self.catalog().get(*id).id.as_str());
        let mut claims: Vec<_> =
            self.evaluation.qualified().filter(others).map(|id| (self.evaluation.valid_until(id), id)).collect();
        claims.sort_by_key(|&(until, id)| (until.is_none(), until, id));
        let item = |(until, id)| {
            let mut item = Item { text: self.named(id), notes: Vec::new() };
            if let Some(until) = until {
                item = item.with(format!(": by {until}, then the requirements are no longer met"));
            }
            let offered = &self.catalog().get(id).offered;
            let as_of = self.evaluation.as_of();
            match (offered.contains(as_of), offered.opens(as_of)) {
                (true, _) => {}
                (false, Some(opens)) => item.notes.push(format!("it can be claimed from {opens} on").into()),
                (false, None) => item.notes.push("it can no longer be claimed".into()),
            }
            if self.evaluation.sharing_is_limited(id) {
                item.notes.push("judged by itself: what it may share with other credentials is limited".into());
            }
            item
        };
        claims.into_iter().map(item).collect()
    }
}
