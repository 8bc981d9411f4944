//! Plans (semantics 7, 7.1, 7.4, 7.5) by brute force: every set of steps that can be carried out is tried, and of those
//! which reach the target the ones are kept out of which no step can be left.
//!
//! # Choices
//!
//! Where the contract is silent or can be read in two ways, the reference does this, beside what [`super`] lists:
//!
//! 1. (7) A set of steps says how often each credential is newly awarded. One set is part of another if it awards
//!    none more often. A credential is awarded once at most, unless it or an equivalent is repeatable. Two equivalents
//!    are two steps.
//! 2. (7) Which sets are minimal is decided by the rules alone. Windows, exclusions, budget, issuers, tags and `avoid`
//!    forbid with a set whatever holds it, so for them this makes no difference. With `must_include` it does: a
//!    step that is asked for but not needed is in no plan.
//! 3. (7, 7.9) A step is possible when its prerequisite is met, its corequisite too, and its stack if it has one: also if
//!    it is taken again. What is renewed (6) on terms that the catalog states asks for none of them, unless it lasts as
//!    its components do or can be repeated; then it is no claim under a policy on sharing. All the awards of a step
//!    with a count come at once.
//! 4. (3.3, 7) A `while-components` award of the record that is not current becomes so as soon as the steps so far
//!    meet its stack: that is no step and costs nothing. One that is newly claimed is current from its turn on.
//! 5. (7) A step of a conferred credential is a claim, also if it was issued before. One of a taken credential is a
//!    renewal if an award of just this id is current at the start, a retake if there is one that does not lapse or is not, and
//!    otherwise taken anew, as a repeatable one always is: it comes beside what there is. Awards are those that
//!    count by 3.1 in the view.
//! 6. (1, 7) `renewal` is the price of a step, claims too, if an award of just this id is current at the start; then
//!    all awards of the step cost that, also of a repeatable credential. If none is, all of them cost what taking it
//!    anew does, even if a `while-components` award becomes current on the way.
//! 7. (3.6, 7) Substitutions lend their names to new awards too, waivers hold in plans, and what counts under the
//!    target's name by a substitution that holds everywhere is the target.
//! 8. (7.4) Two of the awards that are current at the start or new, at least one of them new, must not exclude each
//!    other. An award of the record that becomes current on the way (4) is not looked at. No credential excludes
//!    itself: where equivalents exclude each other, the one that is there can be renewed, and a repeatable one can be
//!    taken often, but no other one beside it. `counts_as` and substitutions carry no exclusion.
//! 9. (7.4) A step's window must not be over; it may have yet to begin (4.2), unless `offered_now`. That is one of the
//!    caller's filters, as are all options but the objective and the view.
//! 10. (7.4) `avoid` and `must_include` mean just these ids. A list of issuers or tags without entries allows none.
//!     `tags` is not about claims, even of what was issued before.
//! 11. (7.2) The cause is the first of rules, windows, exclusions, filters that leaves no plan together with those
//!     before it.
//! 12. (7) If the target is current already, the one plan is empty; a filter that asks for a step then leaves none. A
//!     `while-components` award that is current by 4.1 only because a component qualifies is not: the plan claims
//!     that component.
//! 13. (7.1) In `Weighted` a credential weighs 1, like an hour and a unit of money. Among plans of the same value,
//!     those of less cost go first, then of fewer hours, then of fewer credentials, then those that award the greatest
//!     id in which they differ less often.
//! 14. (7.7) What is essential is an id of which every allowed plan has a step, for whatever reason: also because the
//!     caller asked for it, or because a filter forbids the others.

use super::edition::Feature;
use super::evaluate::*;
use super::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// How often each credential is newly awarded.
pub type Steps = BTreeMap<Id, u32>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub steps: Steps,
    pub cost: Amount,
    pub hours: Amount,
    /// Claims are not counted.
    pub credentials: u32,
    /// 1.1: steps whose cost, or hours, nobody stated.
    pub missing_costs: u32,
    pub missing_hours: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    Rules,
    Windows,
    Exclusions,
    Filters,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    Take,
    Retake,
    Renew,
    Claim,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    /// Of all its awards together, like the hours.
    pub cost: Amount,
    pub hours: Amount,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Every minimal plan that is allowed, the best one first.
    pub plans: Vec<Plan>,
    /// In every one of them, in id order; empty without a plan.
    pub essential: Vec<Id>,
    /// Why there is none.
    pub cause: Option<Cause>,
}

impl Answer {
    pub fn best(&self) -> Option<&Plan> {
        self.plans.first()
    }
}

/// Every allowed plan, and the best one.
pub fn plan(catalog: &Catalog, record: &Record, as_of: Date, target: Id, options: &PlanOptions) -> Answer {
    Problem::new(catalog, record, as_of, target, options.view).answer(options)
}

/// A target to be reached from a record.
pub struct Problem<'a> {
    pub rules: Rules<'a>,
    pub(super) as_of: Date,
    target: Id,
    pub(super) view: View,
    /// The issued awards at the start, by credential, each with whether it is current.
    pub start: BTreeSet<(Id, bool)>,
    /// The credentials of which a new award may be of use, and how many of them.
    pub limits: Steps,
}

impl<'a> Problem<'a> {
    pub fn new(catalog: &'a Catalog, record: &Record, as_of: Date, target: Id, view: View) -> Problem<'a> {
        let rules = Rules::new(catalog, record);
        let start = rules.issued(as_of, view, &[]).all().collect();
        let mut problem = Problem { rules, as_of, target, view, start, limits: Steps::new() };
        problem.limits = problem.limits();
        problem.rules.kept = problem.rules.kept_amounts(as_of, view);
        let Problem { rules, limits, .. } = &problem;
        if !rules.kept.is_empty() && !rules.reached_by_everything(as_of, view, target, limits) {
            problem.rules.kept.clear();
        }
        problem
    }

    pub fn answer(&self, options: &PlanOptions) -> Answer {
        self.answer_out_of(self.minimal(), options)
    }

    /// 7.1, 7.2, 7.4: the plans among all minimal sets.
    pub fn answer_out_of(&self, minimal: Vec<Steps>, options: &PlanOptions) -> Answer {
        let mut plans: Vec<Plan> = minimal.into_iter().map(|steps| self.priced(steps)).collect();
        let mut cause = plans.is_empty().then_some(Cause::Rules);
        let mut only = |why: Cause, allowed: &dyn Fn(&Plan) -> bool| {
            plans.retain(|p| allowed(p));
            if plans.is_empty() && cause.is_none() {
                cause = Some(why);
            }
        };
        only(Cause::Windows, &|p| p.steps.keys().all(|id| !offering_over(self.credential(id), self.as_of)));
        only(Cause::Exclusions, &|p| self.no_exclusion(&p.steps));
        only(Cause::Filters, &|p| self.passes(p, options));
        plans.sort_by_key(|p| self.rank(p, options.objective));
        let essential = match plans.split_first() {
            Some((best, others)) => {
                best.steps.keys().filter(|id| others.iter().all(|p| p.steps.contains_key(*id))).copied().collect()
            }
            None => Vec::new(),
        };
        Answer { plans, essential, cause }
    }

    /// 7: the minimal sets of steps by which the target is reached. They are found step by step, beginning with none: a
    /// set that can be carried out is one more step after a set that can be. What holds a set that is enough
    /// already is not minimal.
    pub fn minimal(&self) -> Vec<Steps> {
        let mut found: Vec<Steps> = Vec::new();
        // By their sizes: of one size none is part of another.
        let mut sets = BTreeMap::from([(0, BTreeSet::from([Steps::new()]))]);
        while let Some((size, of_size)) = sets.pop_first() {
            for set in of_size.into_iter().filter(|set| !found.iter().any(|f| is_part(f, set))).collect::<Vec<_>>() {
                let world = self.after(&set);
                if self.rules.reached(&world, self.target) && self.obeys_policies(&set) {
                    found.push(set);
                    continue;
                }
                let open = self.limits.iter().filter(|(id, limit)| set.get(*id).is_none_or(|n| n < *limit));
                for group in self.next_groups(&world, open.map(|(id, _)| *id).collect()) {
                    let mut set = set.clone();
                    group.iter().for_each(|id| *set.entry(id).or_default() += 1);
                    sets.entry(size + group.len()).or_default().insert(set);
                }
            }
        }
        found
    }

    /// 4.6: what is possible next of these: single steps, and smallest groups of credentials that can only be begun
    /// together.
    fn next_groups(&self, world: &World, open: Vec<Id>) -> Vec<Vec<Id>> {
        let (alone, others): (Vec<Id>, Vec<Id>) = open.into_iter().partition(|id| self.possible(world, id));
        let mut groups: Vec<Vec<Id>> = alone.into_iter().map(|id| vec![id]).collect();
        let may = |id: &Id| self.rules.corequisite.contains_key(id) && self.rules.prerequisite_met(world, id);
        let others: Vec<Id> = others.into_iter().filter(may).collect();
        let mut sets: Vec<u32> = (1..1 << others.len()).collect();
        sets.sort_by_key(|set| set.count_ones());
        let mut smallest: Vec<u32> = Vec::new();
        for set in sets {
            let chosen = others.iter().enumerate().filter(|(i, _)| set & 1 << i != 0).map(|(_, id)| *id);
            let chosen: BTreeSet<Id> = chosen.collect();
            let holds_smaller = smallest.iter().any(|other| set & other == *other);
            if !holds_smaller && self.begun_together(world, chosen.clone()) {
                smallest.push(set);
                groups.push(chosen.into_iter().collect());
            }
        }
        groups
    }

    /// The same to the letter: every set, every order of its steps, and then those that hold no other. Slow.
    pub fn minimal_to_the_letter(&self) -> Vec<Steps> {
        let mut sets = vec![Steps::new()];
        for (id, limit) in &self.limits {
            for set in sets.clone() {
                sets.extend((1..=*limit).map(|n| {
                    let mut set = set.clone();
                    set.insert(id, n);
                    set
                }));
            }
        }
        sets.retain(|set| {
            let reached = self.rules.reached(&self.after(set), self.target);
            reached && self.some_order(&Steps::new(), set) && self.obeys_policies(set)
        });
        let is_minimal = |set: &Steps| !sets.iter().any(|other| other != set && is_part(other, set));
        sets.iter().filter(|set| is_minimal(set)).cloned().collect()
    }

    fn some_order(&self, done: &Steps, all: &Steps) -> bool {
        let open = all.iter().filter(|(id, n)| done.get(*id).is_none_or(|m| m < *n));
        let open: Vec<Id> = open.map(|(id, _)| *id).collect();
        open.is_empty()
            || self.next_groups(&self.after(done), open).into_iter().any(|group| {
                let mut more = done.clone();
                group.iter().for_each(|id| *more.entry(id).or_default() += 1);
                self.some_order(&more, all)
            })
    }

    /// Whether the steps can be taken in this order, and lead to the target in the end. Those that are begun together
    /// follow each other.
    pub fn replay(&self, order: &[(Id, u32)]) -> Result<(), String> {
        let (mut done, mut left) = (Steps::new(), order);
        while let Some((id, _)) = left.first() {
            let world = self.after(&done);
            let together = |n: &usize| self.begun_together(&world, left[..*n].iter().map(|(id, _)| *id).collect());
            let Some(n) = (1..=left.len()).find(together) else {
                return Err(format!("{id} is not possible after {done:?}"));
            };
            left[..n].iter().for_each(|(id, times)| *done.entry(id).or_default() += times);
            left = &left[n..];
        }
        let reached = self.rules.reached(&self.after(&done), self.target);
        if !self.obeys_policies(&done) {
            return Err(format!("{done:?} breaks a policy"));
        }
        reached.then_some(()).ok_or_else(|| format!("{} is not reached", self.target))
    }

    /// Whether the steps can be taken in some order, without regard to policies, and lead to the target.
    pub fn can_take_all(&self, steps: &Steps) -> bool {
        self.some_order(&Steps::new(), steps) && self.rules.reached(&self.after(steps), self.target)
    }

    /// The same in groups of so many, each of which is begun together, and of which nothing could be begun by itself if
    /// there are several.
    pub fn replay_in_groups(&self, order: &[(Id, u32)], sizes: &[usize]) -> Result<(), String> {
        let (mut done, mut left) = (Steps::new(), order);
        for &size in sizes {
            let world = self.after(&done);
            let group = left.get(..size).ok_or("a group is too large")?;
            let together = self.begun_together(&world, group.iter().map(|(id, _)| *id).collect());
            if !together || size > 1 && group.iter().any(|(id, _)| self.possible(&world, id)) {
                return Err(format!("{group:?} is not begun together after {done:?}"));
            }
            group.iter().for_each(|(id, times)| *done.entry(id).or_default() += times);
            left = &left[size..];
        }
        self.replay(order)
    }

    fn credential(&self, id: Id) -> &Credential {
        &self.rules.catalog.credentials[id]
    }

    /// What is there after the steps.
    fn after(&self, steps: &Steps) -> World {
        let new: Vec<Id> = steps.iter().flat_map(|(id, n)| vec![*id; *n as usize]).collect();
        self.rules.issued(self.as_of, self.view, &new)
    }

    /// 1, 4.6: taken once the prerequisite holds, and the corequisite with it; claimed once the stack does too.
    pub(super) fn possible(&self, world: &World, id: Id) -> bool {
        self.begun_together(world, BTreeSet::from([id]))
    }

    fn begun_together(&self, world: &World, ids: BTreeSet<Id>) -> bool {
        match ids.first() {
            Some(id) if ids.len() == 1 && self.is_renewed(id) => true,
            Some(id) if self.credential(id).stack.is_some() => {
                ids.len() == 1 && self.rules.prerequisite_met(world, id) && self.rules.stack_met(world, id)
            }
            _ => self.rules.can_be_begun(world, &|id| ids.contains(id)) == ids,
        }
    }

    /// 7.7: it can be begun, alone or together with others, or claimed now.
    pub fn can_begin(&self, id: Id) -> bool {
        let world = self.after(&Steps::new());
        let is_open = |id: Id| offered(self.credential(id), self.as_of);
        let is_claim = self.credential(id).stack.is_some();
        if is_claim || self.is_renewed(id) {
            self.possible(&world, id) && is_open(id)
        } else {
            self.rules.can_be_begun(&world, &is_open).contains(id)
        }
    }

    /// 7.9: whether a new award renews one that is current, on terms that say all that it takes.
    pub(super) fn is_renewed(&self, id: Id) -> bool {
        let c = self.credential(id);
        let asks_for_nothing = c.renewal.is_some() && c.valid_for != ValidFor::WhileComponents;
        asks_for_nothing && !self.is_repeatable(id) && self.start.contains(&(id, true))
    }

    /// What a step is called and takes.
    pub fn step(&self, id: Id, times: u32) -> Step {
        let c = self.credential(id);
        let is_current = self.start.contains(&(id, true));
        let kind = if c.stack.is_some() {
            StepKind::Claim
        } else if self.is_repeatable(id) {
            StepKind::Take
        } else if is_current && (c.renewal.is_some() || c.valid_for != ValidFor::Forever) {
            StepKind::Renew
        } else if is_current || self.start.contains(&(id, false)) {
            StepKind::Retake
        } else {
            StepKind::Take
        };
        let anew = Renewal { cost: c.cost, hours: c.hours };
        let price = if is_current { c.renewal.unwrap_or(anew) } else { anew };
        Step { kind, cost: price.cost * Amount::from(times), hours: price.hours * Amount::from(times) }
    }

    fn priced(&self, steps: Steps) -> Plan {
        let mut plan = Plan { cost: 0, hours: 0, credentials: 0, missing_costs: 0, missing_hours: 0, steps };
        for (id, times) in &plan.steps {
            let step = self.step(id, *times);
            let c = self.credential(id);
            let renewed = c.renewal.is_some() && self.start.contains(&(*id, true));
            plan.missing_costs += u32::from(c.not_stated.cost && !renewed);
            plan.missing_hours += u32::from(c.not_stated.hours && !renewed);
            plan.cost += step.cost;
            plan.hours += step.hours;
            if step.kind != StepKind::Claim {
                plan.credentials += times;
            }
        }
        plan
    }

    /// 7.1: the least is the best.
    fn rank(&self, plan: &Plan, objective: Objective) -> (Amount, u32, Amount, Amount, u32, Vec<u32>) {
        let times = self.rules.catalog.credentials.keys().rev();
        let times = times.map(|id| plan.steps.get(id).copied().unwrap_or(0)).collect();
        (plan.value(objective), plan.missing(objective), plan.cost, plan.hours, plan.credentials, times)
    }

    /// 5.2: whether each award of the credential is a unit of its own.
    pub fn is_repeatable(&self, id: Id) -> bool {
        self.rules.repeatable.contains(id)
    }

    /// Equivalent, or one credential of the catalog.
    pub fn same(&self, one: Id, other: Id) -> bool {
        let same = &self.rules.same;
        same.contains_key(one) && same.get(one) == same.get(other)
    }

    /// 7.4: whether the two, or equivalents of them, exclude each other. Nothing excludes itself.
    pub fn exclude(&self, one: Id, other: Id) -> bool {
        one != other
            && self.rules.catalog.credentials.values().any(|c| {
                c.excludes.iter().any(|e| {
                    (self.same(c.id, one) && self.same(e, other)) || (self.same(c.id, other) && self.same(e, one))
                })
            })
    }

    fn no_exclusion(&self, steps: &Steps) -> bool {
        let current = || self.start.iter().filter(|(_, current)| *current).map(|(id, _)| *id);
        steps.keys().all(|id| !current().chain(steps.keys().copied()).any(|other| self.exclude(id, other)))
    }

    /// 7.4: the caller's filters.
    fn passes(&self, plan: &Plan, options: &PlanOptions) -> bool {
        let each_step = plan.steps.keys().all(|id| {
            let c = self.credential(id);
            options.issuers.as_ref().is_none_or(|list| c.issuer.is_some_and(|i| list.contains(&i)))
                && (c.stack.is_some()
                    || options.tags.as_ref().is_none_or(|list| c.tags.iter().any(|t| list.contains(t))))
                && !c.tags.iter().any(|t| options.without_tags.contains(t))
                && !options.avoid.contains(id)
                && (!options.offered_now || offered(c, self.as_of))
        });
        each_step
            && options.budget.is_none_or(|most| plan.cost <= most)
            && options.must_include.iter().all(|id| plan.steps.contains_key(id))
    }

    /// New awards of what counts as the target are of use, of what counts in the rules of something that is of use, and
    /// so on; awards of the record that become current have a name that is of use too. No rule needs more awards of a
    /// credential than `most_in` says, and all rules may use the same ones.
    fn limits(&self) -> Steps {
        let mut limits = Steps::new();
        let counts_as_target =
            |id: &&Id| self.rules.may_become(id).iter().any(|name| self.rules.counts_as(name, self.target));
        limits.extend(self.rules.catalog.credentials.keys().filter(counts_as_target).map(|id| (*id, 1)));
        loop {
            let before = limits.clone();
            for id in self.rules.catalog.credentials.keys() {
                let of_use = || {
                    before
                        .keys()
                        .filter(|o| !self.is_renewed(o))
                        .flat_map(|o| {
                            [&self.rules.prerequisite, &self.rules.corequisite, &self.rules.stack].map(|r| r.get(o))
                        })
                        .flatten()
                };
                // 3.9: it may be of use as what it renews.
                let names = self.rules.may_become(id);
                let most_in = |rule| names.iter().map(|name| self.most_in(rule, name)).max().unwrap_or(0);
                let each = of_use().map(most_in);
                // Claims that may not share need awards of their own.
                let most = if self.rules.plans_share() { each.sum() } else { each.max().unwrap_or(0) };
                let most = if self.is_repeatable(id) { most } else { most.min(1) };
                if most > limits.get(id).copied().unwrap_or(0) {
                    limits.insert(id, most);
                }
            }
            if limits == before {
                return limits;
            }
        }
    }

    /// No more new awards of a credential than this are ever needed for a requirement. One is needed for a leaf; the
    /// parts of a group can do with the same ones, unless they must be distinct. In a sum each but the last adds all of
    /// its amount, or fills an `up_to`; if the member named is not repeatable, one adds.
    fn most_in(&self, part: &Requirement, id: Id) -> u32 {
        match &part.what {
            What::Credential { id: name, owner } => u32::from(self.rules.counts_as_within(owner, id, name)),
            What::Group { kind: Kind::Credits(need), parts, .. } => self.most_in_sum(parts, id, *need, false),
            What::Group { kind: Kind::Hours(need), parts, .. } => self.most_in_sum(parts, id, *need, true),
            What::Group { kind: Kind::UpTo(_) | Kind::Each, .. } => panic!("no requirement by itself"),
            What::Group { kind: Kind::AtLeast(n), distinct, parts, average, .. }
                if average.is_some() || self.rules.has(Feature::UnitsInAtLeast) =>
            {
                self.most_in_count(parts, id, *n, *distinct)
            }
            What::Group { distinct, parts, .. } => {
                let most = parts.iter().map(|p| self.most_in(p, id));
                if *distinct { most.sum() } else { most.max().unwrap_or(0) }
            }
        }
    }

    /// 2.2: one is needed for each leaf that it fills, of a repeatable member as many as all; and what the groups need.
    fn most_in_count(&self, parts: &[Requirement], id: Id, need: u32, distinct: bool) -> u32 {
        let (mut leaves, mut of_groups) = (0, Vec::new());
        for part in parts {
            match &part.what {
                What::Credential { id: name, owner } if self.rules.counts_as_within(owner, id, name) => {
                    leaves += if self.is_repeatable(name) { need } else { 1 };
                }
                What::Credential { .. } => {}
                What::Group { .. } => of_groups.push(self.most_in(part, id)),
            }
        }
        let leaves = leaves.min(need);
        if distinct { leaves + of_groups.iter().sum::<u32>() } else { of_groups.into_iter().fold(leaves, u32::max) }
    }

    fn most_in_sum(&self, parts: &[Requirement], id: Id, need: Amount, hours: bool) -> u32 {
        let (mut once, mut least, mut up_to) = (0, None, 0);
        let mut stack: Vec<&Requirement> = parts.iter().collect();
        while let Some(part) = stack.pop() {
            match &part.what {
                What::Group { parts, .. } => {
                    up_to += 1;
                    stack.extend(parts);
                }
                What::Credential { id: name, owner } if self.rules.counts_as_within(owner, id, name) => {
                    let c = self.credential(name);
                    let amount = if hours { c.hours } else { c.credits };
                    if amount > 0 && self.is_repeatable(name) {
                        least = Some(least.map_or(amount, |least: Amount| least.min(amount)));
                    } else if amount > 0 {
                        once += 1;
                    }
                }
                What::Credential { .. } => {}
            }
        }
        let repeated = least.map_or(0, |least| (need + least - 1) / least + up_to);
        once + u32::try_from(repeated).unwrap()
    }
}

impl Plan {
    /// 1.1: how many amounts are missing in the sum that is minimised.
    pub fn missing(&self, objective: Objective) -> u32 {
        match objective {
            Objective::Cost => self.missing_costs,
            Objective::Hours => self.missing_hours,
            Objective::Credentials => 0,
            Objective::Weighted { cost, hours, .. } => {
                u32::from(cost > 0) * self.missing_costs + u32::from(hours > 0) * self.missing_hours
            }
        }
    }

    /// 7.1: in hundredths of whatever the objective is about.
    pub fn value(&self, objective: Objective) -> Amount {
        let credentials = 100 * Amount::from(self.credentials);
        match objective {
            Objective::Cost => self.cost,
            Objective::Hours => self.hours,
            Objective::Credentials => credentials,
            Objective::Weighted { cost: c, hours: h, credentials: n } => {
                self.cost * Amount::from(c) + self.hours * Amount::from(h) + credentials * Amount::from(n)
            }
        }
    }
}

/// Whether one set has no step that the other has not, and none more often.
pub fn is_part(one: &Steps, other: &Steps) -> bool {
    one.iter().all(|(id, n)| other.get(id).is_some_and(|m| n <= m))
}
