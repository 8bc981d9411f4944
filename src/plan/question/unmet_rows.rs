//! That a learner does not meet the requirements of a credential of another catalog, as rows beside those of a
//! statement.
//!
//! The rules are read forwards: what is held and met brings about what follows. Whatever a learner holds, what follows
//! from it satisfies the rows; so if the rows are impossible together with the credential being missed, nobody misses
//! it. Spans, and what must be met by different awards, say nothing here; whether a learner really misses the
//! credential, only the other evaluator says.

use crate::solve::ids::VariableId;
use crate::solve::number::{common_divisor, divided_up};
use crate::solve::row::{LinearTerm, Row};
use crate::value::ids::{CredentialId, GroupId, Id, LeafId, RegionId, to_u32};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::progress::progress::Progress;

use crate::plan::model::statement::{Name, Statement, Variable};

/// The other catalog, and what it has to do with the first one.
pub(crate) struct OtherCatalog<'q, 'c> {
    /// A learner who has nothing there; what is qualified for counts.
    pub(crate) start: &'q Progress<'c>,
    /// The credential whose requirements are not to be met.
    pub(crate) target: CredentialId,
    /// The number that a credential of the other catalog has in the first one.
    pub(crate) same: &'q dyn Fn(CredentialId) -> Option<CredentialId>,
    /// True if a credential, by its number in the first catalog, is conferred by the other on everybody on whom the
    /// first confers it.
    pub(crate) follows: &'q dyn Fn(CredentialId) -> bool,
    /// True if a part of a rule in the other catalog is met if one in the first is.
    pub(crate) implied: &'q dyn Fn(Part, Part) -> bool,
}

/// The conditions on which something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// It is met by nothing at all.
    Always,
    /// It may be met or not, and nothing is said of it.
    Open,
    By(VariableId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fact {
    /// The requirements of the credential are met.
    Qualified(CredentialId),
    /// Its stack is.
    Stack(CredentialId),
}

struct RefusalRows<'s, 'q, 'p, 'c> {
    statement: &'s mut Statement<'p, 'c>,
    other: &'q OtherCatalog<'q, 'q>,
    rows: Vec<Row>,
    /// The variables of the first catalog that say whose requirements are met there.
    qualified: BTreeMap<CredentialId, VariableId>,
    known: BTreeMap<Fact, VariableId>,
    /// Facts whose rules are still to be read.
    open: VecDeque<Fact>,
}

/// The rows; their variables are added to the statement.
pub(crate) fn rows(statement: &mut Statement<'_, '_>, other: &OtherCatalog<'_, '_>) -> Vec<Row> {
    let qualified = statement.variables.entries().filter_map(|(number, variable)| match variable.name {
        Name::Qualified(credential) => Some((credential, number)),
        _ => None,
    });
    let qualified = qualified.collect();
    let (known, open) = (BTreeMap::new(), VecDeque::new());
    let mut reading = RefusalRows { statement, other, rows: Vec::new(), qualified, known, open };
    let target = other.target;
    let [before, beside] = [Rule::prerequisite(target), Rule::corequisite(target)].map(|rule| reading.rule(rule));
    let met = [before, beside, reading.stack(target)];
    // Not all of what is open is met.
    let known = met.iter().all(|level| *level != Level::Open);
    let terms: Vec<LinearTerm> = met.iter().filter_map(|level| level.variable()).map(|level| (level, -1)).collect();
    if known {
        let need = 1 - i64::from(to_u32(terms.len()));
        reading.row(terms, None, need);
    }
    while let Some(key) = reading.open.pop_front() {
        reading.read(key);
    }
    reading.rows
}

impl Level {
    fn variable(self) -> Option<VariableId> {
        match self {
            Self::By(variable) => Some(variable),
            Self::Always | Self::Open => None,
        }
    }
}

impl RefusalRows<'_, '_, '_, '_> {
    fn catalog(&self) -> &Catalog {
        self.other.start.catalog
    }

    fn variable(&mut self, upper: i64) -> VariableId {
        let number = VariableId::at(self.statement.variables.len());
        self.statement.variables.push(Variable { name: Name::Other(number), upper });
        self.statement.step_of.push(None);
        number
    }

    fn upper(&self, variable: VariableId) -> i64 {
        self.statement.variables[variable].upper
    }

    fn row(&mut self, terms: Vec<LinearTerm>, head: Option<VariableId>, need: i64) {
        let mut row = Row { terms, head, need };
        row.merge();
        self.rows.push(row);
    }

    /// Whatever brings it about.
    fn any(&mut self, by: &BTreeSet<VariableId>) -> Level {
        let mut by = by.iter();
        match (by.next(), by.len()) {
            (None, _) => Level::Open,
            (Some(&only), 0) => Level::By(only),
            (Some(&first), _) => {
                let variable = self.variable(1);
                for &source in [first].iter().chain(by) {
                    self.row(vec![(variable, 1)], Some(source), 1);
                }
                Level::By(variable)
            }
        }
    }

    /// All of these together.
    fn all(&mut self, levels: &[Level]) -> Level {
        if levels.contains(&Level::Open) {
            return Level::Open;
        }
        let by: BTreeSet<VariableId> = levels.iter().filter_map(|level| level.variable()).collect();
        match by.len() {
            0 => Level::Always,
            1 => self.any(&by),
            many => {
                let variable = self.variable(1);
                let mut terms: Vec<LinearTerm> = by.into_iter().map(|other| (other, -1)).collect();
                terms.push((variable, 1));
                self.row(terms, None, 1 - i64::from(to_u32(many)));
                Level::By(variable)
            }
        }
    }

    fn rule(&mut self, rule: Rule) -> Level {
        match self.catalog().network.top(rule) {
            Some(top) if !self.other.start.rule_is_met(rule) => self.part(top),
            _ => Level::Always,
        }
    }

    fn stack(&mut self, credential: CredentialId) -> Level {
        if self.other.start.rule_is_met(Rule::stack(credential)) || !self.catalog().network.has_stack(credential) {
            return Level::Always;
        }
        Level::By(self.named(Fact::Stack(credential)))
    }

    /// The variable for something that is read later: circles and chains are of any length.
    fn named(&mut self, key: Fact) -> VariableId {
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let variable = self.variable(1);
        self.known.insert(key, variable);
        self.open.push_back(key);
        variable
    }

    fn read(&mut self, key: Fact) {
        let variable = self.named(key);
        let level = match key {
            Fact::Stack(credential) => self.rule(Rule::stack(credential)),
            Fact::Qualified(credential) => {
                let met = [self.rule(Rule::prerequisite(credential)), self.stack(credential)];
                self.all(&met)
            }
        };
        if let Level::By(level) = level {
            self.row(vec![(variable, 1)], Some(level), 1);
        }
        if let Fact::Qualified(credential) = key
            && let Some(first) = (self.other.same)(credential)
            && self.statement.catalog.network.has_stack(first)
            && (self.other.follows)(first)
            && let Some(&qualified) = self.qualified.get(&first)
        {
            self.row(vec![(variable, 1)], Some(qualified), 1);
        }
    }

    fn part(&mut self, part: Part) -> Level {
        if self.other.start.is_met(part) {
            return Level::Always;
        }
        match part {
            Part::Leaf(leaf) => {
                let by = self.sources(leaf).into_iter().map(|(variable, _)| variable).collect();
                self.any(&by)
            }
            Part::Group(group) if self.catalog().network.group(group).region != RegionId::PLAIN => self.region(group),
            Part::Group(group) => match self.catalog().network.group(group).measure {
                Measure::Count => self.count(group),
                Measure::Sum(_) => self.sum(group),
                Measure::UpTo(_) => Level::Open,
            },
        }
    }

    /// The awards that fill a leaf: a variable, and one that counts it if that matters.
    fn sources(&mut self, leaf: LeafId) -> Vec<(VariableId, VariableId)> {
        let start = self.other.start;
        let (catalog, date) = (start.catalog, start.date());
        let described = catalog.network.leaf(leaf);
        let conditions = &catalog.network.conditions[described.conditions];
        let classes = Names::closure(catalog.names.class(described.credential), |class| catalog.names.down(class));
        let mut found = Vec::new();
        for &credential in classes.iter().flat_map(|&class| catalog.names.members(class)) {
            let award = start.new_award(credential, Origin::Issued(AwardId::NONE));
            let step = (self.other.same)(credential).and_then(|first| self.statement.step(first));
            if let Some(step) = step
                && (conditions.lapsed || award.lasts(date))
                && award.meets(conditions, date)
            {
                let step = &self.statement.steps[step];
                let (variable, times) = (step.variable, step.times);
                if conditions.lapsed || !award.depends() {
                    let times = times.filter(|_| catalog.names.repeatable(credential));
                    found.push((variable, times.unwrap_or(variable)));
                } else {
                    let stack = self.stack(credential);
                    if let Level::By(current) = self.all(&[Level::By(variable), stack]) {
                        found.push((current, current));
                    }
                }
            }
            let qualification = Evidence::new(catalog, credential, date, Grade::None, Origin::Qualified);
            let conferred = catalog.network.has_stack(credential) && !start.is_conferred(credential);
            if conferred && qualification.meets(conditions, date) {
                let variable = self.named(Fact::Qualified(credential));
                found.push((variable, variable));
            }
        }
        found
    }

    fn count(&mut self, group: GroupId) -> Level {
        let network = &self.other.start.catalog.network;
        let mut need = i64::from(network.group(group).threshold);
        let mut terms: Vec<LinearTerm> = Vec::new();
        for &part in network.parts(group) {
            match self.part(part) {
                Level::Always => need -= 1,
                Level::Open => {}
                Level::By(variable) => terms.push((variable, 1)),
            }
        }
        self.reached(terms, need)
    }

    /// A variable that is 1 if the terms, none of them negative, come to `need` or more.
    fn reached(&mut self, mut terms: Vec<LinearTerm>, need: i64) -> Level {
        for (_, amount) in &mut terms {
            *amount = (*amount).min(need);
        }
        let most = terms.iter().map(|&(variable, amount)| amount.saturating_mul(self.upper(variable)));
        let most = most.fold(0, i64::saturating_add);
        if need <= 0 {
            return Level::Always;
        }
        if most < need {
            return Level::Open;
        }
        if terms.iter().all(|&(variable, amount)| amount == need && self.upper(variable) == 1) {
            return self.any(&terms.into_iter().map(|(variable, _)| variable).collect());
        }
        let variable = self.variable(1);
        let mut terms: Vec<LinearTerm> = terms.into_iter().map(|(other, amount)| (other, -amount)).collect();
        terms.push((variable, most - need + 1));
        self.row(terms, None, 1 - need);
        Level::By(variable)
    }

    fn sum(&mut self, sum: GroupId) -> Level {
        let need = i64::from(self.catalog().network.group(sum).threshold) - i64::from(self.other.start.have(sum));
        let terms = self.flow(sum);
        let divisor = common_divisor(terms.iter().map(|&(_, amount)| amount)).max(1);
        let terms = terms.into_iter().map(|(variable, amount)| (variable, amount / divisor)).collect();
        self.reached(terms, if need > 0 { divided_up(need, divisor) } else { need })
    }

    /// The terms that add to a sum, or to an `up_to` within one, beyond what it has.
    fn flow(&mut self, group: GroupId) -> Vec<LinearTerm> {
        let start = self.other.start;
        let (network, names) = (&start.catalog.network, &start.catalog.names);
        let mut terms: Vec<LinearTerm> = Vec::new();
        for &part in network.parts(group) {
            match part {
                Part::Leaf(leaf) if network.leaf(leaf).weight == 0 => {}
                Part::Leaf(leaf) => {
                    let described = network.leaf(leaf);
                    let weight = i64::from(described.weight);
                    let sources = self.sources(leaf);
                    if names.repeatable(described.credential) {
                        terms.extend(sources.into_iter().map(|(_, times)| (times, weight)));
                    } else if !start.is_met(part) {
                        let level = self.any(&sources.into_iter().map(|(variable, _)| variable).collect());
                        terms.extend(level.variable().map(|variable| (variable, weight)));
                    }
                }
                // One that is met already is among what there is.
                Part::Group(inner) if !network.is_up_to(inner) => {
                    terms.extend(self.part(part).variable().map(|variable| (variable, 1)));
                }
                Part::Group(inner) => {
                    let cap = i64::from(network.group(inner).threshold);
                    let room = cap - i64::from(start.have(inner)).min(cap);
                    let flow = self.flow(inner);
                    terms.extend(self.capped(flow, room));
                }
            }
        }
        terms
    }

    /// The terms that an `up_to` with some room passes on.
    fn capped(&mut self, flow: Vec<LinearTerm>, room: i64) -> Vec<LinearTerm> {
        let most = flow.iter().map(|&(variable, amount)| amount.saturating_mul(self.upper(variable)));
        let most = most.fold(0, i64::saturating_add);
        if most <= room || room == 0 {
            return if room == 0 { Vec::new() } else { flow };
        }
        let (passed, full) = (self.variable(room), self.variable(1));
        let mut terms: Vec<LinearTerm> = flow.into_iter().map(|(variable, amount)| (variable, -amount)).collect();
        terms.extend([(passed, 1), (full, most - room)]);
        self.row(terms, None, 0);
        self.row(vec![(passed, 1)], Some(full), room);
        vec![(passed, 1)]
    }

    /// A joint region is met if one in the first catalog is that implies it; of any other nothing is said.
    fn region(&mut self, group: GroupId) -> Level {
        let implied = self.other.implied;
        let by: BTreeSet<VariableId> = self
            .statement
            .regions
            .iter()
            .filter(|region| implied(Part::Group(region.top), Part::Group(group)))
            .map(|region| region.variable)
            .collect();
        self.any(&by)
    }
}
