//! What a plan has to satisfy, as rows over whole numbers: the rules read backwards from the target.
//!
//! A variable says whether a credential is taken, how often, or whether a requirement is met; a row says that something which holds
//! needs enough of something else. For every plan there are values that satisfy all rows: so what the rows make impossible is
//! impossible, and what they make dear is dear. The converse is not claimed: sets that support only themselves, and spans, satisfy
//! the rows; whether a set of steps is a plan, [`Closure`](super::closure::Closure) says.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::amount::Amount;
use crate::catalog::Catalog;
use crate::catalog::network::{Conditions, Measure, PLAIN, Part, Rule, Unit, to_u32};
use crate::date::Date;
use crate::evaluate::progress::{Admitted, Progress};
use crate::evaluate::standing::{Evidence, Grade, Origin, UnitOfAwards};
use crate::evaluate::usable::Usable;

use super::obstacles::Obstacle;
use super::options::Objective;

/// No variable, no head.
pub(super) const NONE: u32 = u32::MAX;

/// What a variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Name {
    /// The credential is awarded anew.
    Step(u32),
    /// How often, if it is repeatable.
    Times(u32),
    /// The awards of the record that wait for the credential's components are current.
    Waiting(u32),
    /// The group is satisfied.
    Group(u32),
    /// The leaf is filled; in a sum, by an award that adds so much.
    Leaf { leaf: u32, level: u32 },
    /// What the group passes on, up to its cap, beyond what it passes on already.
    Passed(u32),
    /// How much of a unit of awards goes to an arm.
    Share { region: u32, unit: u32, arm: u32 },
    /// A unit of awards is used for a leaf: by an award that is there, or by a new one.
    Use { region: u32, unit: u32, leaf: u32, new: bool },
}

impl Name {
    /// Whether it is an amount, and not a yes or no.
    pub(super) fn is_amount(self) -> bool {
        matches!(self, Self::Passed(_) | Self::Times(_))
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    pub(super) name: Name,
    /// It is from 0 to this.
    pub(super) upper: i64,
}

/// If the head is 1, or if there is no head, the terms add up to `need` or more; in general, to `need` times the head or more.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) terms: Vec<(u32, i64)>,
    pub(super) head: u32,
    pub(super) need: i64,
    /// Whether the row is a rule that the closure follows: its terms are what supports its head.
    pub(super) supports: bool,
}

/// A credential that may be awarded anew.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) credential: u32,
    pub(super) variable: u32,
    /// The variable that counts it, if it is repeatable.
    pub(super) times: Option<u32>,
    pub(super) obstacles: Vec<Obstacle>,
    /// What it takes each time, in hundredths.
    pub(super) cost: i64,
    pub(super) hours: i64,
    /// Whether it is claimed, and not taken.
    pub(super) claimed: bool,
}

/// A group that is judged as a whole.
#[derive(Debug)]
pub(super) struct Region {
    pub(super) top: u32,
    pub(super) variable: u32,
    /// The awards that can fill its leaves already, and which of them fills which leaf.
    pub(super) evidence: Vec<Admitted>,
    pub(super) usable: Vec<(u32, u32)>,
    /// What a variable lets fill which leaves, if it is not 0.
    pub(super) sources: BTreeMap<u32, Supplied>,
}

#[derive(Debug, Default)]
pub(super) struct Supplied {
    pub(super) evidence: Vec<Evidence>,
    /// Leaves, and which of the evidence fills them.
    pub(super) leaves: Vec<(u32, u32)>,
}

#[derive(Debug)]
pub(super) struct Statement<'p, 'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) progress: &'p Progress<'c>,
    pub(super) variables: Vec<Variable>,
    pub(super) rows: Vec<Row>,
    /// By the number of the credential.
    pub(super) steps: Vec<Step>,
    /// The step of each variable that stands for one, or counts one.
    pub(super) step_of: Vec<u32>,
    pub(super) regions: Vec<Region>,
}

/// Where an award could come from.
#[derive(Debug, Clone)]
struct Source {
    variable: u32,
    /// The variable that counts it, if it is repeatable.
    times: Option<u32>,
    evidence: Evidence,
}

/// A unit of awards that could be used for a leaf.
#[derive(Debug, Default)]
struct Candidate {
    /// What an award that is there adds.
    old: Option<i64>,
    /// The awards that are not there yet.
    new: BTreeSet<u32>,
    /// The most that one of these would add.
    most: i64,
}

/// What there is of a unit in a region.
#[derive(Debug, Default)]
struct Stock {
    old: bool,
    new: BTreeSet<u32>,
    /// The variable that counts it, if there can be more than one.
    times: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum UnitOf {
    Awards(UnitOfAwards),
    /// New awards of a repeatable credential: each is a unit of its own, and none differs from another.
    New(u32),
}

/// Parts that have to be met by different awards are arms.
#[derive(Debug, Clone, Copy)]
struct Arm {
    around: u32,
    group: u32,
}

/// A joint region while its rows are made.
#[derive(Debug, Default)]
struct Area {
    number: u32,
    candidates: BTreeMap<u32, BTreeMap<u32, Candidate>>,
    stocks: Vec<Stock>,
    /// The place in the region of each piece of evidence that is there.
    places: BTreeMap<u32, u32>,
    arms: Vec<Arm>,
    arm_of: BTreeMap<u32, u32>,
    /// The arms of a group that want a unit, where there are several.
    contested: BTreeMap<(u32, u32), BTreeSet<u32>>,
}

/// Terms, and what there is without them.
#[derive(Debug, Default)]
struct Sum {
    terms: Vec<(u32, i64)>,
    fixed: i64,
}

/// What a part needs to count.
enum Counts {
    Already,
    By(Vec<(u32, i64)>),
}

pub(super) struct Builder<'p, 'c> {
    statement: Statement<'p, 'c>,
    usable: Option<Usable<'p, 'c>>,
    date: Date,
    known: HashMap<Name, u32>,
    /// The number of each credential's step, one more; 0 if there is none.
    numbers: Vec<u32>,
    /// Heads whose rules are still to be read: the credential, the variable, and whether it stands for awards that wait.
    open: VecDeque<(u32, u32, bool)>,
    /// The credential whose rules are being read.
    own: u32,
    /// How many awards of a repeatable credential its places could use together.
    places: BTreeMap<u32, i64>,
    waiting: BTreeMap<u32, Vec<Evidence>>,
    /// Variables that are at most as large as another one.
    as_often: Vec<(u32, u32)>,
}

impl<'p, 'c> Builder<'p, 'c> {
    pub(super) fn new(progress: &'p Progress<'c>) -> Self {
        let catalog = progress.catalog;
        let statement = Statement {
            catalog,
            progress,
            variables: Vec::new(),
            rows: Vec::new(),
            steps: Vec::new(),
            step_of: Vec::new(),
            regions: Vec::new(),
        };
        Self {
            statement,
            usable: None,
            date: progress.date(),
            known: HashMap::new(),
            numbers: vec![0; catalog.len()],
            open: VecDeque::new(),
            own: NONE,
            places: BTreeMap::new(),
            waiting: progress.waiting().map(|(credential, awards)| (credential, awards.to_vec())).collect(),
            as_often: Vec::new(),
        }
    }

    /// The rows for an award that counts as the target. The first row says that there is one.
    pub(super) fn build(mut self, target: u32) -> Statement<'p, 'c> {
        let class = self.catalog().names.class(target);
        let sources = self.sources_of(class, None, &Conditions::default());
        let terms = sources.iter().map(|source| (source.variable, 1)).collect();
        self.row(terms, NONE, 1, true);
        while let Some((credential, head, waiting)) = self.open.pop_front() {
            self.own = credential;
            for rule in [Rule::prerequisite(credential), Rule::stack(credential)] {
                // An award that waits for components does not wait for the prerequisite.
                if rule.is_stack() || !waiting {
                    self.rule(rule, head);
                }
            }
        }
        self.bound_times();
        let Self { mut statement, .. } = self;
        statement.steps.sort_by_key(|step| step.credential);
        statement.step_of = vec![NONE; statement.variables.len()];
        for (step, number) in statement.steps.iter().zip(0..) {
            statement.step_of[step.variable as usize] = number;
            if let Some(times) = step.times {
                statement.step_of[times as usize] = number;
            }
        }
        statement
    }

    fn rule(&mut self, rule: Rule, head: u32) {
        if let Some(top) = self.catalog().network.top(rule)
            && !self.statement.progress.rule_is_met(rule)
        {
            self.demand(top, head, None);
        }
    }

    fn catalog(&self) -> &'c Catalog {
        self.statement.catalog
    }

    fn variable(&mut self, name: Name, upper: i64) -> u32 {
        if let Some(&known) = self.known.get(&name) {
            return known;
        }
        let number = to_u32(self.statement.variables.len());
        self.statement.variables.push(Variable { name, upper });
        self.known.insert(name, number);
        number
    }

    /// The number of the step of a credential.
    fn step(&mut self, credential: u32) -> usize {
        if let Some(number) = self.numbers[credential as usize].checked_sub(1) {
            return number as usize;
        }
        let number = self.statement.steps.len();
        self.numbers[credential as usize] = to_u32(number + 1);
        let variable = self.variable(Name::Step(credential), 1);
        let repeats = self.catalog().names.repeatable(credential);
        let times = repeats.then(|| self.variable(Name::Times(credential), 1));
        let (cost, hours) = price(self.statement.progress, credential);
        let claimed = self.catalog().network.has_stack(credential);
        self.statement.steps.push(Step { credential, variable, times, obstacles: Vec::new(), cost, hours, claimed });
        self.open.push_back((credential, variable, false));
        number
    }

    /// Repeatable credentials are counted: at least once if awarded at all, and no more often than all places could use.
    fn bound_times(&mut self) {
        let counted: Vec<(u32, u32, u32)> = self
            .statement
            .steps
            .iter()
            .filter_map(|step| step.times.map(|times| (step.credential, step.variable, times)))
            .collect();
        for (credential, variable, times) in counted {
            let most = self.places.get(&credential).copied().unwrap_or(0).max(1);
            self.statement.variables[times as usize].upper = most;
            self.row(vec![(times, 1)], variable, 1, false);
            self.row(vec![(variable, most)], times, 1, false);
        }
        for (variable, times) in std::mem::take(&mut self.as_often) {
            self.statement.variables[variable as usize].upper = self.statement.variables[times as usize].upper;
        }
    }

    fn row(&mut self, terms: Vec<(u32, i64)>, head: u32, need: i64, supports: bool) {
        if need <= 0 && head == NONE && terms.iter().all(|&(_, times)| times >= 0) {
            return;
        }
        let mut row = Row { terms, head, need, supports };
        row.merge();
        row.terms.retain(|&(variable, times)| variable != head && times != 0);
        let most = match head {
            NONE => need,
            _ => need.saturating_mul(self.statement.variables[head as usize].upper),
        };
        if row.terms.iter().all(|&(_, times)| times > 0) {
            row.terms.iter_mut().for_each(|(_, times)| *times = (*times).min(most));
            let divisor = row.terms.iter().fold(0, |divisor, &(_, times)| common_divisor(divisor, times));
            if divisor > 1 && row.is_of_one(&self.statement.variables) {
                row.terms.iter_mut().for_each(|(_, times)| *times /= divisor);
                row.need = row.need / divisor + i64::from(row.need % divisor > 0);
            }
        }
        self.statement.rows.push(row);
    }

    /// Awards that are not there yet and would fill a leaf.
    fn sources(&mut self, leaf: u32) -> Vec<Source> {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let class = self.catalog().names.class(described.credential);
        let within = network.rule_of(leaf).credential();
        let conditions = &network.conditions[described.conditions as usize];
        let sources = self.sources_of(class, Some(within), conditions);
        for source in &sources {
            if source.times.is_some() {
                *self.places.entry(source.evidence.credential).or_default() += self.places_at(leaf);
            }
        }
        sources
    }

    /// How many awards of one repeatable credential a leaf could use.
    fn places_at(&self, leaf: u32) -> i64 {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            match network.group(group).measure {
                Measure::Count => break,
                Measure::Sum(_) if described.weight == 0 => return 0,
                Measure::Sum(_) => return i64::from(network.group(group).threshold.div_ceil(described.weight)),
                Measure::UpTo(_) => above = network.group_above(Part::Group(group)),
            }
        }
        1
    }

    fn sources_of(&mut self, class: u32, within: Option<u32>, conditions: &Conditions) -> Vec<Source> {
        let catalog = self.catalog();
        let exceptions = &self.statement.progress.exceptions;
        let alone = exceptions.substitutions.is_empty() && catalog.names.down(class).is_empty();
        let classes =
            if alone { vec![class] } else { exceptions.counting_as(&catalog.names, class, within) };
        let mut sources = Vec::new();
        for &credential in classes.iter().flat_map(|&class| catalog.names.members(class)) {
            if credential == self.own {
                continue;
            }
            let evidence =
                Evidence::new(catalog, credential, self.date, Grade::Sufficient, Origin::Issued(NONE - credential));
            let counts = |evidence: &Evidence| {
                (conditions.lapsed || evidence.lasts(self.date)) && evidence.meets(conditions, self.date)
            };
            if counts(&evidence) {
                let number = self.step(credential);
                let Step { variable, times, .. } = self.statement.steps[number];
                sources.push(Source { variable, times, evidence });
            }
            if conditions.lapsed {
                // There, lapsed awards count already.
                continue;
            }
            let waiting = self.waiting.get(&credential).into_iter().flatten();
            let waiting: Vec<Evidence> =
                waiting.filter(|evidence| evidence.meets(conditions, self.date)).cloned().collect();
            for evidence in waiting {
                let fresh = !self.known.contains_key(&Name::Waiting(credential));
                let variable = self.variable(Name::Waiting(credential), 1);
                if fresh {
                    self.open.push_back((credential, variable, true));
                }
                sources.push(Source { variable, times: None, evidence });
            }
        }
        sources
    }


    /// The part is needed if the head is 1.
    fn demand(&mut self, part: Part, head: u32, area: Option<&mut Area>) {
        let network = &self.catalog().network;
        match (part, area) {
            (Part::Group(group), None) if network.group(group).region != PLAIN || self.is_joined(group) => {
                if !self.statement.progress.is_met(part) {
                    let variable = self.region(group);
                    self.row(vec![(variable, 1)], head, 1, true);
                }
            }
            (Part::Group(group), area) => match network.group(group).measure {
                Measure::Count => self.count(group, head, area),
                Measure::Sum(_) => self.sum(group, head, area),
                Measure::UpTo(_) => {}
            },
            (Part::Leaf(leaf), area) => {
                let supports = area.is_none();
                if let Counts::By(terms) = self.fillers(leaf, area) {
                    self.row(terms, head, 1, supports);
                }
            }
        }
    }

    /// Whether only a substitution makes the sum a joint region.
    fn is_joined(&self, group: u32) -> bool {
        self.statement.progress.region(group) != PLAIN
    }

    /// What would fill a leaf that is not filled already: together, any one of these.
    fn fillers(&mut self, leaf: u32, area: Option<&mut Area>) -> Counts {
        let progress = self.statement.progress;
        let Some(area) = area else {
            if progress.is_met(Part::Leaf(leaf)) {
                return Counts::Already;
            }
            let mut variables: Vec<u32> = self.sources(leaf).iter().map(|source| source.variable).collect();
            variables.sort_unstable();
            variables.dedup();
            return Counts::By(variables.into_iter().map(|variable| (variable, 1)).collect());
        };
        if progress.exceptions.is_waived(Part::Leaf(leaf)) {
            return Counts::Already;
        }
        let units: Vec<u32> = area.candidates.get(&leaf).into_iter().flat_map(BTreeMap::keys).copied().collect();
        let mut terms = Vec::new();
        for unit in units {
            let Sum { terms: more, fixed } = self.use_of(unit, leaf, area);
            if fixed > 0 {
                return Counts::Already;
            }
            terms.extend(more);
        }
        Counts::By(terms)
    }

    /// So many of the group's parts are needed if the head is 1.
    fn count(&mut self, group: u32, head: u32, mut area: Option<&mut Area>) {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        let mut need = i64::from(network.group(group).threshold);
        let satisfied = |part: Part, area: Option<&Area>| match area {
            None => progress.is_met(part),
            Some(_) => progress.exceptions.is_waived(part),
        };
        let mut unmet = Vec::new();
        for part in network.parts_in_id_order(group) {
            if satisfied(part, area.as_deref()) { need -= 1 } else { unmet.push(part) }
        }
        if need <= 0 {
            return;
        }
        if need == unmet.len() as i64 {
            for part in unmet {
                self.demand(part, head, area.as_deref_mut());
            }
            return;
        }
        let mut terms = Vec::new();
        for part in unmet {
            match self.counted(part, need == 1, area.as_deref_mut()) {
                Counts::Already => need -= 1,
                Counts::By(more) => terms.extend(more),
            }
        }
        if need > 0 {
            self.row(terms, head, need, area.is_none());
        }
    }

    /// The terms by which a part counts among others; together they may count for more than one only if any one will do.
    fn counted(&mut self, part: Part, any: bool, area: Option<&mut Area>) -> Counts {
        let network = &self.catalog().network;
        match part {
            Part::Leaf(leaf) => {
                let supports = area.is_none();
                match self.fillers(leaf, area) {
                    Counts::By(terms) if !any && !self.is_one(&terms) => {
                        let variable = self.variable(Name::Leaf { leaf, level: 0 }, 1);
                        self.row(terms, variable, 1, supports);
                        Counts::By(vec![(variable, 1)])
                    }
                    counts => counts,
                }
            }
            Part::Group(group) => {
                let described = network.group(group);
                let plain = area.is_none() && described.region == PLAIN && !self.is_joined(group);
                if any && plain && described.measure == Measure::Count {
                    let lacks = described.threshold.saturating_sub(self.statement.progress.have(group));
                    if lacks == 1 {
                        let unmet = network.parts_in_id_order(group).into_iter();
                        let unmet: Vec<Part> = unmet.filter(|&part| !self.statement.progress.is_met(part)).collect();
                        let mut terms = Vec::new();
                        for part in unmet {
                            if let Counts::By(more) = self.counted(part, true, None) {
                                terms.extend(more);
                            }
                        }
                        return Counts::By(terms);
                    }
                }
                let fresh = !self.known.contains_key(&Name::Group(group));
                let whole = area.is_none() && !plain;
                let variable = if whole { self.region(group) } else { self.variable(Name::Group(group), 1) };
                if fresh && !whole {
                    self.demand(part, variable, area);
                }
                Counts::By(vec![(variable, 1)])
            }
        }
    }

    /// Whether the terms add up to no more than one.
    fn is_one(&self, terms: &[(u32, i64)]) -> bool {
        matches!(terms, [(variable, 1)] if self.statement.variables[*variable as usize].upper == 1)
    }

    /// The sum is needed if the head is 1.
    fn sum(&mut self, sum: u32, head: u32, mut area: Option<&mut Area>) {
        let network = &self.catalog().network;
        let supports = area.is_none();
        let additions = area.as_deref_mut().map(|area| self.additions(sum, area));
        let flow = self.flow(sum, additions.as_ref());
        let need = i64::from(network.group(sum).threshold) - flow.fixed;
        if need <= 0 {
            return;
        }
        // What cannot be told apart need not be counted: amounts are divided by what divides them all.
        let divisor = flow.divisor().max(1);
        let terms = self.emit(&flow, divisor, supports);
        self.row(terms, head, need / divisor + i64::from(need % divisor > 0), supports);
    }

    /// What a sum, or an `up_to` within one, would get.
    fn flow(&mut self, group: u32, additions: Option<&BTreeMap<u32, Sum>>) -> Flow {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        let mut flow = Flow::default();
        if additions.is_none() {
            flow.fixed = i64::from(progress.have(group));
        }
        for &part in network.parts(group) {
            match (part, additions) {
                (Part::Leaf(leaf), Some(additions)) => {
                    if let Some(Sum { terms, fixed }) = additions.get(&leaf) {
                        flow.terms.extend(terms);
                        flow.fixed += fixed;
                    }
                }
                (Part::Leaf(leaf), None) => flow.terms.extend(self.plain_additions(leaf)),
                (Part::Group(inner), _) => {
                    let passed = self.flow(inner, additions);
                    let cap = i64::from(network.group(inner).threshold);
                    let full = passed.fixed.min(cap);
                    if additions.is_some() {
                        flow.fixed += full;
                    }
                    if full < cap && !(passed.terms.is_empty() && passed.passed.is_empty()) {
                        flow.passed.push((inner, cap - full, passed));
                    }
                }
            }
        }
        flow
    }

    /// The terms of a flow, in whole divisors.
    fn emit(&mut self, flow: &Flow, divisor: i64, supports: bool) -> Vec<(u32, i64)> {
        let mut terms: Vec<(u32, i64)> =
            flow.terms.iter().map(|&(variable, amount)| (variable, amount / divisor)).collect();
        for (group, room, passed) in &flow.passed {
            let more = self.emit(passed, divisor, supports);
            let room = room / divisor;
            let counted = |variable: u32| matches!(self.statement.variables[variable as usize].name, Name::Times(_));
            let most = more.iter().map(|&(variable, amount)| {
                amount.saturating_mul(self.statement.variables[variable as usize].upper)
            });
            if most.fold(0, i64::saturating_add) <= room && !more.iter().any(|&(variable, _)| counted(variable)) {
                terms.extend(more);
            } else {
                let variable = self.variable(Name::Passed(*group), room);
                self.row(more, variable, 1, supports);
                terms.push((variable, 1));
            }
        }
        terms
    }

    /// What would add to a leaf of a plain sum, beyond what adds to it already.
    fn plain_additions(&mut self, leaf: u32) -> Vec<(u32, i64)> {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let unit = network.unit_of(leaf).unwrap_or(Unit::Credits);
        let sources = self.sources(leaf);
        let adds = |source: &Source| i64::from(source.evidence.adds(unit, described.weight));
        if self.catalog().names.repeatable(described.credential) {
            let each = sources.iter().map(|source| (source.times.unwrap_or(source.variable), adds(source)));
            return each.filter(|&(_, amount)| amount > 0).collect();
        }
        // Of a unit the award counts that adds most: each further amount is added by all awards that add as much or more.
        let already = self.statement.progress.adds_at(leaf).map_or(0, i64::from);
        let amounts: BTreeSet<i64> = sources.iter().map(adds).filter(|&amount| amount > already).collect();
        let mut terms = Vec::new();
        let mut below = already;
        for (level, amount) in (0..).zip(amounts) {
            let by: BTreeSet<u32> =
                sources.iter().filter(|source| adds(source) >= amount).map(|source| source.variable).collect();
            let by: Vec<(u32, i64)> = by.into_iter().map(|variable| (variable, 1)).collect();
            let variable = match by[..] {
                [(variable, _)] => variable,
                _ => {
                    let variable = self.variable(Name::Leaf { leaf, level }, 1);
                    self.row(by, variable, 1, true);
                    variable
                }
            };
            terms.push((variable, amount - below));
            below = amount;
        }
        terms
    }

    /// The rows of a joint region; the variable that says whether it is satisfied.
    fn region(&mut self, top: u32) -> u32 {
        if let Some(&known) = self.known.get(&Name::Group(top)) {
            return known;
        }
        let variable = self.variable(Name::Group(top), 1);
        let number = to_u32(self.statement.regions.len());
        let region = Region { top, variable, evidence: Vec::new(), usable: Vec::new(), sources: BTreeMap::new() };
        self.statement.regions.push(region);
        let mut area = Area { number, arms: vec![Arm { around: 0, group: NONE }], ..Area::default() };
        let mut units: BTreeMap<UnitOf, u32> = BTreeMap::new();
        let network = &self.catalog().network;
        for leaf in network.leaves_below(Part::Group(top)) {
            if !network.is_shadowed(leaf) {
                self.gather(leaf, &mut area, &mut units);
            }
        }
        self.open_arms(top, &mut area);
        match network.group(top).measure {
            Measure::Count => self.count(top, variable, Some(&mut area)),
            Measure::Sum(_) => self.sum(top, variable, Some(&mut area)),
            Measure::UpTo(_) => {}
        }
        variable
    }

    /// Lists what can fill a leaf, and what could.
    fn gather(&mut self, leaf: u32, area: &mut Area, units: &mut BTreeMap<UnitOf, u32>) {
        let catalog = self.catalog();
        let (network, progress) = (&catalog.network, self.statement.progress);
        let described = network.leaf(leaf);
        let amount = |evidence: &Evidence| match network.unit_of(leaf) {
            Some(unit) => i64::from(evidence.adds(unit, described.weight)),
            None => 1,
        };
        let old = self.usable.get_or_insert_with(|| Usable::new(progress)).at(leaf, u32::MAX);
        let sources = self.sources(leaf);
        let region = &mut self.statement.regions[area.number as usize];
        let mut unit_number = |unit: UnitOf, area: &mut Area| {
            let next = to_u32(units.len());
            let number = *units.entry(unit).or_insert(next);
            if number == next {
                area.stocks.push(Stock::default());
            }
            number
        };
        for number in old {
            let admitted = &progress.evidence[number as usize];
            let place = *area.places.entry(number).or_insert_with(|| {
                region.evidence.push(admitted.clone());
                to_u32(region.evidence.len() - 1)
            });
            region.usable.push((leaf, place));
            let evidence = &admitted.evidence;
            let unit = unit_number(UnitOf::Awards(evidence.unit(&catalog.names, leaf)), area);
            area.stocks[unit as usize].old = true;
            let candidate = area.candidates.entry(leaf).or_default().entry(unit).or_default();
            candidate.old = candidate.old.max(Some(amount(evidence)));
        }
        for Source { variable, times, evidence } in sources {
            let supplied = region.sources.entry(variable).or_default();
            let place = supplied.evidence.iter().position(|known| *known == evidence);
            let place = place.unwrap_or_else(|| {
                supplied.evidence.push(evidence.clone());
                supplied.evidence.len() - 1
            });
            supplied.leaves.push((leaf, to_u32(place)));
            let unit = match times {
                Some(_) => UnitOf::New(evidence.credential),
                None => UnitOf::Awards(evidence.unit(&catalog.names, leaf)),
            };
            let unit = unit_number(unit, area);
            area.stocks[unit as usize].times = times;
            area.stocks[unit as usize].new.insert(variable);
            let candidate = area.candidates.entry(leaf).or_default().entry(unit).or_default();
            candidate.new.insert(variable);
            candidate.most = candidate.most.max(amount(&evidence));
        }
    }

    /// Parts that must be met by different awards become arms.
    fn open_arms(&mut self, top: u32, area: &mut Area) {
        let network = &self.catalog().network;
        let mut open = vec![(Part::Group(top), 0)];
        while let Some((part, arm)) = open.pop() {
            match part {
                Part::Leaf(leaf) => _ = area.arm_of.insert(leaf, arm),
                Part::Group(group) => {
                    let differ = network.parts_differ(group);
                    for &part in network.parts(group).iter().rev() {
                        let mut inner = arm;
                        if differ {
                            inner = to_u32(area.arms.len());
                            area.arms.push(Arm { around: arm, group });
                        }
                        open.push((part, inner));
                    }
                }
            }
        }
        for (leaf, candidates) in &area.candidates {
            let mut arm = area.arm_of.get(leaf).copied().unwrap_or(0);
            while arm != 0 {
                let Arm { around, group } = area.arms[arm as usize];
                for &unit in candidates.keys() {
                    area.contested.entry((unit, group)).or_default().insert(arm);
                }
                arm = around;
            }
        }
        area.contested.retain(|_, arms| arms.len() > 1);
    }

    /// The variable that says how much of a unit an arm gets; none if nothing else wants it.
    fn share(&mut self, unit: u32, arm: u32, area: &mut Area) -> Option<u32> {
        if arm == 0 {
            return None;
        }
        let Arm { around, group } = area.arms[arm as usize];
        let Some(arms) = area.contested.get(&(unit, group)).cloned() else {
            return self.share(unit, around, area);
        };
        let name = |arm| Name::Share { region: area.number, unit, arm };
        if let Some(&known) = self.known.get(&name(arm)) {
            return Some(known);
        }
        let times = area.stocks[unit as usize].times;
        let shares: Vec<u32> = arms.iter().map(|&arm| self.variable(name(arm), 1)).collect();
        if let Some(times) = times {
            self.as_often.extend(shares.iter().map(|&share| (share, times)));
        }
        let supply = self.supply(unit, around, area);
        self.give(supply, shares);
        self.known.get(&Name::Share { region: area.number, unit, arm }).copied()
    }

    /// What there is of a unit for an arm.
    fn supply(&mut self, unit: u32, arm: u32, area: &mut Area) -> Sum {
        if let Some(share) = self.share(unit, arm, area) {
            return Sum { terms: vec![(share, 1)], fixed: 0 };
        }
        let stock = &area.stocks[unit as usize];
        match stock.times {
            _ if stock.old => Sum { terms: Vec::new(), fixed: 1 },
            Some(times) => Sum { terms: vec![(times, 1)], fixed: 0 },
            None => Sum { terms: stock.new.iter().map(|&variable| (variable, 1)).collect(), fixed: 0 },
        }
    }

    /// The uses together are no more than the supply.
    fn give(&mut self, supply: Sum, uses: Vec<u32>) {
        let mut terms = supply.terms;
        terms.extend(uses.into_iter().map(|variable| (variable, -1)));
        self.row(terms, NONE, -supply.fixed, false);
    }

    /// What of a unit can fill a leaf.
    fn use_of(&mut self, unit: u32, leaf: u32, area: &mut Area) -> Sum {
        let arm = area.arm_of.get(&leaf).copied().unwrap_or(0);
        let share = self.share(unit, arm, area);
        let Some(candidate) = area.candidates.get(&leaf).and_then(|candidates| candidates.get(&unit)) else {
            return Sum::default();
        };
        match share {
            None if candidate.old.is_some() => Sum { terms: Vec::new(), fixed: 1 },
            None => Sum { terms: candidate.new.iter().map(|&variable| (variable, 1)).collect(), fixed: 0 },
            Some(share) if candidate.takes_all(&area.stocks[unit as usize]) => {
                Sum { terms: vec![(share, 1)], fixed: 0 }
            }
            Some(share) => {
                let (new, many) = (candidate.new.clone(), None);
                let used = self.used_anew((unit, leaf), &new, many, area.number);
                self.row(vec![(share, 1)], used, 1, false);
                Sum { terms: vec![(used, 1)], fixed: 0 }
            }
        }
    }

    /// The variable that says that a new award of a unit is used for a leaf; how often, if the unit is counted.
    fn used_anew(&mut self, (unit, leaf): (u32, u32), new: &BTreeSet<u32>, times: Option<u32>, region: u32) -> u32 {
        let name = Name::Use { region, unit, leaf, new: true };
        if let Some(&known) = self.known.get(&name) {
            return known;
        }
        let used = self.variable(name, 1);
        let terms = match times {
            Some(times) => {
                self.as_often.push((used, times));
                vec![(times, 1)]
            }
            None => new.iter().map(|&variable| (variable, 1)).collect(),
        };
        self.row(terms, used, 1, false);
        used
    }

    /// What adds to each leaf of a joint sum. There an award adds once, and a member adds once.
    fn additions(&mut self, sum: u32, area: &mut Area) -> BTreeMap<u32, Sum> {
        let catalog = self.catalog();
        let (network, names) = (&catalog.network, &catalog.names);
        let mut pairs: Vec<(u32, u32)> = Vec::new();
        let (mut leaves_of, mut units_of) = (BTreeMap::<u32, usize>::new(), BTreeMap::<u32, BTreeSet<u32>>::new());
        let member = |leaf: u32| {
            let credential = network.leaf(leaf).credential;
            (!names.repeatable(credential)).then(|| names.unit(credential))
        };
        for leaf in network.leaves_below(Part::Group(sum)) {
            for (&unit, candidate) in area.candidates.get(&leaf).into_iter().flatten() {
                if candidate.old.unwrap_or(0).max(candidate.most) > 0 {
                    pairs.push((unit, leaf));
                    *leaves_of.entry(unit).or_default() += 1;
                    if let Some(member) = member(leaf) {
                        units_of.entry(member).or_default().insert(unit);
                    }
                }
            }
        }
        let mut additions: BTreeMap<u32, Sum> = BTreeMap::new();
        let (mut once, mut members) = (BTreeMap::<u32, Vec<u32>>::new(), BTreeMap::<u32, Vec<u32>>::new());
        for (unit, leaf) in pairs {
            let arm = area.arm_of.get(&leaf).copied().unwrap_or(0);
            let share = self.share(unit, arm, area);
            let stock = &area.stocks[unit as usize];
            let Some(candidate) = area.candidates.get(&leaf).and_then(|candidates| candidates.get(&unit)) else {
                continue;
            };
            let (old, new, most) = (candidate.old, candidate.new.clone(), candidate.most);
            let all = candidate.takes_all(stock);
            let more = most - old.unwrap_or(0);
            let times = stock.times.filter(|_| member(leaf).is_none());
            let adds = additions.entry(leaf).or_default();
            let alone = leaves_of[&unit] == 1 && member(leaf).is_none_or(|member| units_of[&member].len() == 1);
            if !alone {
                let mut uses = Vec::new();
                if let Some(old) = old {
                    let used = self.variable(Name::Use { region: area.number, unit, leaf, new: false }, 1);
                    adds.terms.push((used, old));
                    uses.push(used);
                }
                if more > 0 {
                    let used = self.used_anew((unit, leaf), &new, times, area.number);
                    adds.terms.push((used, most));
                    uses.push(used);
                }
                once.entry(unit).or_default().extend(&uses);
                if let Some(member) = member(leaf) {
                    members.entry(member).or_default().extend(uses);
                }
                continue;
            }
            if more > 0 && old.is_none() && all && stock.times.is_none() == times.is_none() {
                // Whatever there is of the unit adds the same.
                let all = match (share, times) {
                    (Some(share), _) => Some(share),
                    (None, Some(times)) => Some(times),
                    (None, None) => new.iter().next().copied().filter(|_| new.len() == 1),
                };
                if let Some(all) = all {
                    adds.terms.push((all, most));
                    continue;
                }
            }
            match (old, share) {
                (Some(old), Some(share)) => adds.terms.push((share, old)),
                (Some(old), None) => adds.fixed += old,
                (None, _) => {}
            }
            if more > 0 {
                let used = self.used_anew((unit, leaf), &new, times, area.number);
                if let Some(share) = share {
                    self.row(vec![(share, 1)], used, 1, false);
                }
                adds.terms.push((used, more));
            }
        }
        let arm = network.leaves_below(Part::Group(sum)).first().and_then(|leaf| area.arm_of.get(leaf).copied());
        for (unit, uses) in once {
            let supply = self.supply(unit, arm.unwrap_or(0), area);
            self.give(supply, uses);
        }
        for uses in members.into_values() {
            self.give(Sum { terms: Vec::new(), fixed: 1 }, uses);
        }
        additions
    }
}

/// What goes into a sum, and what comes in by way of `up_to` groups: the group, what it has room for, and what goes into it.
#[derive(Debug, Default)]
struct Flow {
    terms: Vec<(u32, i64)>,
    fixed: i64,
    passed: Vec<(u32, i64, Flow)>,
}

impl Flow {
    /// What divides all amounts.
    fn divisor(&self) -> i64 {
        let own = self.terms.iter().fold(0, |divisor, &(_, amount)| common_divisor(divisor, amount));
        self.passed.iter().fold(own, |divisor, (_, room, passed)| {
            common_divisor(common_divisor(divisor, *room), passed.divisor())
        })
    }
}

impl Candidate {
    /// Whether any award of the unit that there is or could be fills the leaf.
    fn takes_all(&self, stock: &Stock) -> bool {
        self.old.is_some() || !stock.old && self.new == stock.new
    }
}

/// What a new award of the credential takes, cost and hours: while one is current it is renewed, unless every award counts by itself.
pub(super) fn price(progress: &Progress<'_>, credential: u32) -> (i64, i64) {
    let described = progress.catalog.at(credential);
    let renewal = described.renewal.filter(|_| is_renewal(progress, credential));
    let (cost, hours) = renewal.map_or((described.cost, described.hours), |renewal| (renewal.cost, renewal.hours));
    let hundredths = |amount: Amount| i64::try_from(amount.hundredths()).unwrap_or(i64::MAX);
    (hundredths(cost), hundredths(hours))
}

/// Whether a new award of the credential renews one that is current.
pub(super) fn is_renewal(progress: &Progress<'_>, credential: u32) -> bool {
    let current = |admitted: &Admitted| {
        admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential)
    };
    !progress.catalog.names.repeatable(credential) && progress.evidence.iter().any(current)
}

impl Statement<'_, '_> {
    /// What each variable adds to what a plan should be best in.
    pub(super) fn prices(&self, objective: Objective) -> Vec<i64> {
        let mut prices = vec![0; self.variables.len()];
        for step in &self.steps {
            let counted = if step.claimed { 0 } else { 100 };
            prices[step.times.unwrap_or(step.variable) as usize] = match objective {
                Objective::Cost => step.cost,
                Objective::Hours => step.hours,
                Objective::Credentials => counted,
                Objective::Weighted { cost, hours, credentials } => {
                    i64::from(cost) * step.cost + i64::from(hours) * step.hours + i64::from(credentials) * counted
                }
            };
        }
        prices
    }

    /// The least and the greatest value of every variable.
    pub(super) fn bounds(&self) -> Vec<(i64, i64)> {
        let mut bounds: Vec<(i64, i64)> = self.variables.iter().map(|variable| (0, variable.upper)).collect();
        for step in self.steps.iter().filter(|step| !step.obstacles.is_empty()) {
            for variable in [Some(step.variable), step.times].into_iter().flatten() {
                bounds[variable as usize].1 = 0;
            }
        }
        bounds
    }
}

impl Row {
    /// Whether the terms are needed once at the most.
    fn is_of_one(&self, variables: &[Variable]) -> bool {
        self.head == NONE || variables[self.head as usize].upper == 1 && !variables[self.head as usize].name.is_amount()
    }

    /// Each variable once, in order.
    fn merge(&mut self) {
        self.terms.sort_unstable_by_key(|&(variable, _)| variable);
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
    }
}

/// The greatest number that divides both; 0 divides nothing but 0.
pub(super) fn common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a.saturating_abs() } else { common_divisor(b, a % b) }
}
