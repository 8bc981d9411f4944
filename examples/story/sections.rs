//! What a story tells, section by section.

use std::collections::{BTreeMap, BTreeSet};

use credpath::{
    Amount, CredentialId, HeldUntil, NextStep, NextStepsOutcome, Note, Objective, Plan, PlanStep, Schedule,
    ScheduleOutcome, ScheduledStep, Status, StepKind, StepRole, View,
};

use crate::story::answers::{Answers, NEAR};
use crate::story::words::{clean, counted, money, outline, purpose, takes, title, titled, verb};
use crate::story::{Block, Fact, Item, Line, Section, Story, Table};

/// What lapses in so many days is told with what to do next.
const SOON: i64 = 92;
/// What another plan does instead is listed, up to so many.
const MOST_SWAPPED: usize = 5;

impl Answers<'_> {
    pub(crate) fn story(&self) -> Story {
        let supposing = match self.evaluation.view() {
            View::Earned => "",
            View::InProgress => ", if all that is in progress is completed",
            View::Planned => ", if all that is in progress or planned is completed",
        };
        let sections = vec![
            self.to_do(),
            self.lapsing(),
            self.held(),
            section("map", "The way there as a map", vec![Block::Picture(self.map.svg())]),
            self.audited(),
            self.planned(),
            self.other_ways(),
            self.near(),
            self.granted(),
        ];
        Story {
            title: format!("The way to {}", clean(&self.catalog().get(self.target).title)),
            as_of: format!("As of {}{supposing}", self.evaluation.as_of()),
            sections: sections.into_iter().filter(|section| !section.blocks.is_empty()).collect(),
        }
    }

    fn catalog(&self) -> &credpath::Catalog {
        &self.input.catalog
    }

    fn currency(&self) -> Option<&str> {
        self.catalog().header().currency.as_deref()
    }

    fn titled(&self, id: &str) -> Line {
        titled(self.catalog(), id)
    }

    /// Title and id of a credential by its number.
    fn named(&self, id: CredentialId) -> Line {
        self.titled(&self.catalog().get(id).id)
    }

    fn calendar(&self) -> Option<&Schedule> {
        self.schedule.as_ref().and_then(|outcome| outcome.schedule())
    }

    // What to do next, and what it comes to.

    fn to_do(&self) -> Section {
        let mut blocks = Vec::new();
        let mut told = BTreeSet::new();
        match self.steps().zip(self.plan()) {
            Some((_, plan)) if plan.steps.is_empty() => {
                let until = match self.evaluation.held_until(self.target) {
                    HeldUntil::Date(last) => format!(", to {last}: see what lapses"),
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
            item.notes.push(format!("by {until}, then the requirements are met no more").into());
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
                let told = none.to_string();
                let causes: Vec<&str> = told.lines().skip(1).map(str::trim).collect();
                format!("it has no place on the calendar ({})", clean(causes.join("; ").trim_end_matches('.')))
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

    fn facts(&self, plan: &Plan) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: String| facts.push(Fact { name: name.to_owned(), value: value.into() });
        let (cost, hours, not_stated) = if let Some(schedule) = self.calendar() {
            let days = days_between(schedule);
            // What nobody stated takes a day on the calendar, and longer in truth.
            let open = |one: &ScheduledStep| one.hours.is_none() && one.kind != StepKind::Claim;
            let least = if schedule.entries.iter().any(open) { "not before " } else { "" };
            fact("Finish", format!("{least}{}, with {}", schedule.finish, self.load));
            fact("Time", format!("{} from {}", counted(days.div_ceil(7), "week"), schedule.start));
            (schedule.cost, schedule.hours, &schedule.not_stated)
        } else {
            if let Some(outcome) = &self.schedule {
                fact("Finish", outcome.to_string().trim().replace('\n', " "));
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
    fn credits(&self, step: &PlanStep) -> u64 {
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
    fn renewing(&self, terms: &credpath::RenewalTerms) -> String {
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
                item = item.with(format!(": by {until}, then the requirements are met no more"));
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

    // What lapses, what is there.

    fn lapsing(&self) -> Section {
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
            blocks.push(Block::Heading("The least that keeps all of it".to_owned()));
            blocks.push(Block::Outline(outline(&self.joint.to_string())));
        }
        section("lapses", &heading, blocks)
    }

    fn held(&self) -> Section {
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

    // Why, and how.

    fn audited(&self) -> Section {
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

    fn planned(&self) -> Section {
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
            blocks.push(Block::Outline(outline(&outcome.to_string())));
        }
        section("plan", "The plan", blocks)
    }

    fn row(&self, plan: &Plan, step: &PlanStep, when: Line) -> Vec<Line> {
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

    fn other_ways(&self) -> Section {
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
        let blocks = if items.is_empty() {
            items.into_iter().map(|_| Block::Items(Vec::new())).collect()
        } else {
            vec![Block::Items(items)]
        };
        section("other", "Other ways", blocks)
    }

    /// What another plan does instead of what, and what difference that makes.
    fn swap(&self, plan: &Plan, other: &Plan) -> Line {
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

    fn near(&self) -> Section {
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

    // What the answer takes for granted.

    fn granted(&self) -> Section {
        let mut items: Vec<Item> = Vec::new();
        let said = if self.load_is_said { "as was said" } else { "supposed, as nothing was said" };
        items.push(Item::of(format!("The pace is {}, {said}.", self.load)));
        items.push(Item::of("What is taken is completed on its day, with a sufficient grade."));
        if let Some((next, plan)) = self.steps().zip(self.plan()) {
            let proven = next.plan.optimality == credpath::Optimality::Proven;
            let count = self.alternatives.plans.len();
            let objective = next.plan.objective;
            let objective = match objective {
                Objective::Cost => format!("{objective}, as far as costs are stated"),
                Objective::Hours => format!("{objective}, as far as hours are stated"),
                Objective::Credentials => objective.to_string(),
                _ => format!("{objective}, as far as cost and hours are stated"),
            };
            items.push(Item::of(if self.instead.is_some() {
                format!("Of the {count} best plans by {objective}, this is the best on the calendar.")
            } else if proven {
                format!("No plan is better by {objective}: that is proven.")
            } else {
                format!("The plan is the best by {objective} that was found within the limit of work.")
            }));
            let stated = self.calendar().map_or(&plan.not_stated, |schedule| &schedule.not_stated);
            items.extend(self.not_stated(&stated.cost, &stated.hours));
            if !stated.hours.is_empty() && self.calendar().is_some() {
                items.push(Item::of("On the calendar, what has neither hours nor a duration takes one day."));
            }
            items.extend(plan.claims.iter().map(|claim| Item::of(clean(&claim.to_string()))));
        }
        items.extend(self.notes());
        items.push(Item::of("Meeting the stated requirements is no entitlement: the awarding body decides."));
        section("granted", "What this takes for granted", vec![Block::Items(items)])
    }

    /// What nobody stated.
    fn not_stated(&self, cost: &[String], hours: &[String]) -> Vec<Item> {
        let lists = if cost == hours { vec![("cost and hours", cost)] } else { vec![("cost", cost), ("hours", hours)] };
        let stated = lists.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(what, ids)| {
            let titles = Line::joined(ids.iter().map(|id| title(self.catalog(), id)), "; ");
            Item::of(format!("Nobody stated {what} of these, which come on top: ")).with(titles).with(".")
        });
        stated.collect()
    }

    /// The remarks of the audit; awards without a date are told together.
    fn notes(&self) -> Vec<Item> {
        let mut undated = Vec::new();
        let mut items = Vec::new();
        for note in &self.audit.notes {
            match note {
                Note::Undated { credential } => undated.push(title(self.catalog(), credential)),
                Note::NotIssued { credential } => {
                    let counts = " counts as its requirements are met; nobody has issued it.";
                    items.push(Item::of(self.titled(credential)).with(counts));
                }
                other => items.push(Item::of(clean(&capital(&other.to_string())))),
            }
        }
        if !undated.is_empty() {
            let titles = Line::joined(undated, ", ");
            items.push(
                Item::of("No date is known of ").with(titles).with("; where a rule asks for one, it is not met."),
            );
        }
        items
    }
}

impl Item {
    fn with(mut self, more: impl Into<Line>) -> Self {
        self.text = self.text.and(more);
        self
    }
}

fn section(anchor: &'static str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { anchor, heading: heading.to_owned(), blocks }
}

/// With a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The days of an entry.
fn days(entry: &ScheduledStep) -> String {
    if entry.begin == entry.finish {
        format!("{}", entry.begin)
    } else {
        format!("{} to {}", entry.begin, entry.finish)
    }
}

/// How many days a schedule takes, its first and its last among them.
fn days_between(schedule: &Schedule) -> u64 {
    let day = |date: credpath::Date| date.to_string().parse::<jiff::civil::Date>();
    match (day(schedule.start), day(schedule.finish)) {
        (Ok(start), Ok(finish)) => u64::try_from(finish.duration_since(start).as_hours() / 24 + 1).unwrap_or(0),
        _ => 0,
    }
}

/// What is more or less, if anything is.
fn difference(own: Amount, other: Amount, words: impl Fn(Amount) -> String) -> Option<String> {
    let by = |more: Amount, less: Amount| Amount::from_hundredths(more.hundredths() - less.hundredths());
    match own.cmp(&other) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(format!("{} more", words(by(other, own)))),
        std::cmp::Ordering::Greater => Some(format!("{} less", words(by(own, other)))),
    }
}

/// Whether there is a plan.
pub(crate) fn is_found(next: &NextStepsOutcome) -> bool {
    matches!(next, NextStepsOutcome::Steps(_))
}
