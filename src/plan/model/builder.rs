//! The rules read backwards from a target, row by row.

use crate::plan::model::amounts::Price;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::Term;
use crate::value::ids::{ClassId, CredentialId, GroupId, IdVec, LeafId, RegionId, to_u32};
use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::evidence::{AwardId, Evidence, Grade, Origin};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;

use crate::plan::model::region::Area;
use crate::plan::model::statement::Goal;
use crate::plan::model::statement::{
    MOST_TIMES, Name, Row, Statement, Step, StepId, StockId, Variable, common_divisor,
};

/// Where an award could come from.
#[derive(Debug, Clone)]
pub(crate) struct AwardSource {
    pub(crate) variable: VariableId,
    /// The variable that counts it, if it is repeatable.
    pub(crate) times: Option<VariableId>,
    pub(crate) evidence: Evidence,
}

/// Terms, and what there is without them.
#[derive(Debug, Default)]
pub(crate) struct Affine {
    pub(crate) terms: Vec<Term>,
    pub(crate) fixed: i64,
}

/// What a part needs to count.
pub(crate) enum Counts {
    Already,
    By(Vec<Term>),
}

/// What has rules to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// A new award.
    Award,
    /// Awards that wait for components, and not for the prerequisite.
    Waiting,
    /// That the learner qualifies.
    Qualified,
}

pub(crate) struct Builder<'p, 'c> {
    pub(crate) statement: Statement<'p, 'c>,
    pub(crate) usable: Option<Usable<'p, 'c>>,
    pub(crate) date: Date,
    pub(crate) known: HashMap<Name, VariableId>,
    /// The step of each credential, if it has one.
    pub(crate) numbers: IdVec<CredentialId, Option<StepId>>,
    /// Heads whose rules are still to be read: the credential, the variable, and what it stands for.
    pub(crate) open: VecDeque<(CredentialId, VariableId, Head)>,
    /// True if what is read may be met by what the learner qualifies for, as in an evaluation; otherwise only by awards.
    pub(crate) evaluated: bool,
    /// The variables known of the other of these two readings.
    pub(crate) known_otherwise: HashMap<Name, VariableId>,
    /// The credential whose rules are being read.
    pub(crate) own: Option<CredentialId>,
    /// True if that is its stack.
    pub(crate) in_stack: bool,
    /// The part that is being read.
    pub(crate) part: Option<Part>,
    /// How many awards of a repeatable credential its places could use together.
    pub(crate) places: BTreeMap<CredentialId, i64>,
    pub(crate) waiting: BTreeMap<CredentialId, Vec<Evidence>>,
    /// Variables that are at most as large as another one.
    pub(crate) as_often: Vec<(VariableId, VariableId)>,
    /// True if a learner may hold whatever they like, and what they qualify for counts.
    pub(crate) holds_anything: bool,
}

/// What may be of use more often is not told apart by how often it is awarded.
const MOST_COUNTED: i64 = 64;

impl<'p, 'c> Builder<'p, 'c> {
    pub(crate) fn new(progress: &'p Progress<'c>) -> Self {
        let catalog = progress.catalog;
        let statement = Statement {
            catalog,
            progress,
            variables: IdVec::new(),
            rows: IdVec::new(),
            steps: IdVec::new(),
            step_of: IdVec::new(),
            regions: IdVec::new(),
            is_endless: false,
        };
        Self {
            statement,
            usable: None,
            date: progress.date(),
            known: HashMap::new(),
            numbers: IdVec::filled(None, catalog.len()),
            open: VecDeque::new(),
            evaluated: false,
            known_otherwise: HashMap::new(),
            own: None,
            in_stack: false,
            part: None,
            places: BTreeMap::new(),
            waiting: progress.waiting().map(|(credential, awards)| (credential, awards.to_vec())).collect(),
            as_often: Vec::new(),
            holds_anything: false,
        }
    }

    /// The rows for learners who meet the requirements of a credential: every award may be held directly, whatever its rules say, and
    /// what a learner qualifies for counts. The first row says that they meet them.
    pub(crate) fn build_for_holders(mut self, target: CredentialId) -> Statement<'p, 'c> {
        self.holds_anything = true;
        let variable = self.qualified(target);
        self.row(vec![(variable, 1)], None, 1, true);
        self.finish(true, &|_| false)
    }

    /// The rows for an award that counts as the target. The first row says that there is one. With `counts`, there are variables for how
    /// often something is awarded at least.
    pub(crate) fn build(mut self, target: CredentialId, counts: bool) -> Statement<'p, 'c> {
        let class = self.catalog().names.class(target);
        let sources = self.sources_of(class, None, &Conditions::default());
        let terms = sources.iter().map(|source| (source.variable, 1)).collect();
        self.row(terms, None, 1, true);
        self.finish(counts, &|_| false)
    }

    /// The rows for all of the goals, some rules counting as met. `None` if nothing at all brings one of them. The first row says that
    /// they are met, if there is one. What the learner qualifies for helps to meet a part, and there are variables for how often something is
    /// awarded at least, if so asked.
    pub(crate) fn build_for(
        mut self,
        goals: &[Goal],
        evaluated: bool,
        counts: bool,
        supposed: &dyn Fn(Rule) -> bool,
    ) -> Option<Statement<'p, 'c>> {
        let (mut terms, mut need) = (Vec::new(), 0);
        // The first row is theirs, whatever rows are found on the way to it.
        self.statement.rows.push(Row { terms: Vec::new(), head: None, need: 0, supports: true, part: None });
        self.read_evaluated(evaluated);
        for goal in goals {
            match *goal {
                Goal::Credential(credential) => {
                    let number = self.step(credential);
                    terms.push((self.statement.steps[number].variable, 1));
                    need += 1;
                }
                Goal::Part(part) if self.statement.progress.is_met(part) => {}
                Goal::Part(part) => match self.counted(part, false, None) {
                    Counts::By(more) if more.is_empty() => return None,
                    Counts::By(more) => {
                        terms.extend(more);
                        need += 1;
                    }
                    Counts::Already => {}
                },
            }
        }
        if need == 0 {
            self.statement.rows.clear();
            return Some(self.statement);
        }
        // A credential may help to meet a goal that is a part of its own rule, and not to meet the rule: these are not the same.
        let of_credentials = |name: &Name| matches!(name, Name::Step(_) | Name::Times(_) | Name::Qualified(_));
        self.known.retain(|name, _| of_credentials(name));
        let first = &mut self.statement.rows[RowId::TARGET];
        (first.terms, first.need) = (terms, need);
        first.merge();
        Some(self.finish(counts, supposed))
    }

    /// Reads on as in an evaluation, or so that only awards count.
    fn read_evaluated(&mut self, evaluated: bool) {
        if self.evaluated != evaluated {
            std::mem::swap(&mut self.known, &mut self.known_otherwise);
            self.evaluated = evaluated;
        }
    }

    fn finish(mut self, counts: bool, supposed: &dyn Fn(Rule) -> bool) -> Statement<'p, 'c> {
        while let Some((credential, head, stands_for)) = self.open.pop_front() {
            self.own = Some(credential);
            // Where anything may be held, what is qualified for counts everywhere.
            self.read_evaluated(stands_for == Head::Qualified && !self.holds_anything);
            for rule in Rule::all(credential) {
                // An award that waits for components does not wait for the prerequisite.
                if (rule.is_stack() || stands_for != Head::Waiting) && !supposed(rule) {
                    self.rule(rule, Some(head));
                }
            }
        }
        self.bound_times(counts);
        let Self { mut statement, .. } = self;
        statement.steps.as_mut_slice().sort_by_key(|step| step.credential);
        statement.step_of = IdVec::filled(None, statement.variables.len());
        for (number, step) in statement.steps.entries() {
            statement.step_of[step.variable] = Some(number);
            if let Some(times) = step.times {
                statement.step_of[times] = Some(number);
            }
            if self.holds_anything {
                let waiting = [Name::Waiting(step.credential), Name::WaitingTimes(step.credential)];
                for variable in waiting.iter().filter_map(|name| self.known.get(name)) {
                    statement.step_of[*variable] = Some(number);
                }
            }
        }
        statement
    }

    pub(crate) fn rule(&mut self, rule: Rule, head: Option<VariableId>) {
        self.in_stack = rule.is_stack();
        if let Some(top) = self.catalog().network.top(rule)
            && !self.statement.progress.rule_is_met(rule)
        {
            self.demand(top, head, None);
        }
    }

    pub(crate) fn catalog(&self) -> &'c Catalog {
        self.statement.catalog
    }

    pub(crate) fn variable(&mut self, name: Name, upper: i64) -> VariableId {
        if let Some(&known) = self.known.get(&name) {
            return known;
        }
        let number = self.statement.variables.push(Variable { name, upper });
        self.known.insert(name, number);
        number
    }

    /// The number of the step of a credential.
    pub(crate) fn step(&mut self, credential: CredentialId) -> StepId {
        if let Some(number) = self.numbers[credential] {
            return number;
        }
        let variable = self.variable(Name::Step(credential), 1);
        let repeats = self.catalog().names.repeatable(credential);
        let times = repeats.then(|| self.variable(Name::Times(credential), 1));
        let Price { cost, hours } = Price::of(self.statement.progress, credential);
        let claimed = !self.holds_anything && self.catalog().network.has_stack(credential);
        let (at_least, barriers) = (Vec::new(), Vec::new());
        let number =
            self.statement.steps.push(Step { credential, variable, times, at_least, barriers, cost, hours, claimed });
        self.numbers[credential] = Some(number);
        if !self.holds_anything {
            self.open.push_back((credential, variable, Head::Award));
        }
        number
    }

    /// The variable that says that the requirements of a credential are met.
    fn qualified(&mut self, credential: CredentialId) -> VariableId {
        let fresh = !self.known.contains_key(&Name::Qualified(credential));
        let variable = self.variable(Name::Qualified(credential), 1);
        if fresh {
            self.open.push_back((credential, variable, Head::Qualified));
        }
        variable
    }

    /// The variables that say that chosen awards which last while their components do are current, and how many of them.
    fn waiting(&mut self, credential: CredentialId) -> (VariableId, Option<VariableId>) {
        let fresh = !self.known.contains_key(&Name::Waiting(credential));
        let variable = self.variable(Name::Waiting(credential), 1);
        let number = self.step(credential);
        let Step { variable: held, times, .. } = self.statement.steps[number];
        let counted = times.map(|_| self.variable(Name::WaitingTimes(credential), 1));
        if fresh {
            self.open.push_back((credential, variable, Head::Waiting));
            self.row(vec![(held, 1)], Some(variable), 1, true);
            if let (Some(counted), Some(times)) = (counted, times) {
                self.as_often.push((counted, times));
                self.row(vec![(times, 1)], Some(counted), 1, false);
            }
        }
        (variable, counted)
    }

    /// Repeatable credentials are counted: at least once if awarded at all, and no more often than all places could use.
    pub(crate) fn bound_times(&mut self, counts: bool) {
        let counted: Vec<(CredentialId, VariableId, VariableId)> = self
            .statement
            .steps
            .iter()
            .filter_map(|step| step.times.map(|times| (step.credential, step.variable, times)))
            .collect();
        for (credential, variable, times) in counted {
            let wanted = self.places.get(&credential).copied().unwrap_or(0).max(1);
            let most = wanted.min(i64::from(MOST_TIMES));
            self.statement.is_endless |= wanted > most;
            self.statement.variables[times].upper = most;
            self.row(vec![(times, 1)], Some(variable), 1, false);
            self.row(vec![(variable, most)], Some(times), 1, false);
            for often in (2..=most).filter(|_| counts && most <= MOST_COUNTED) {
                let at_least = self.variable(Name::AtLeast { credential, times: often }, 1);
                self.row(vec![(at_least, most - often + 1), (times, -1)], None, 1 - often, false);
                if let Some(number) = self.numbers[credential] {
                    self.statement.steps[number].at_least.push(at_least);
                }
            }
        }
        for (variable, times) in std::mem::take(&mut self.as_often) {
            let upper = self.statement.variables[times].upper;
            self.statement.variables[variable].upper = upper;
            if let Name::WaitingTimes(credential) = self.statement.variables[variable].name {
                let waiting = self.variable(Name::Waiting(credential), 1);
                self.row(vec![(waiting, upper)], Some(variable), 1, true);
            }
        }
    }

    pub(crate) fn row(&mut self, terms: Vec<Term>, head: Option<VariableId>, need: i64, supports: bool) {
        if need <= 0 && head.is_none() && terms.iter().all(|&(_, times)| times >= 0) {
            return;
        }
        let mut row = Row { terms, head, need, supports, part: self.part };
        row.merge();
        row.terms.retain(|&(variable, times)| Some(variable) != head && times != 0);
        let most = match head {
            None => need,
            Some(head) => need.saturating_mul(self.statement.variables[head].upper),
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
    pub(crate) fn sources(&mut self, leaf: LeafId) -> Vec<AwardSource> {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let class = self.catalog().names.class(described.credential);
        let within = network.rule_of(leaf).credential();
        let conditions = &network.conditions[described.conditions];
        let sources = self.sources_of(class, Some(within), conditions);
        for source in &sources {
            if source.times.is_some() {
                *self.places.entry(source.evidence.credential).or_default() += self.places_at(leaf);
            }
        }
        sources
    }

    /// How many awards of one repeatable credential a leaf could use.
    pub(crate) fn places_at(&self, leaf: LeafId) -> i64 {
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

    pub(crate) fn sources_of(
        &mut self,
        class: ClassId,
        within: Option<CredentialId>,
        conditions: &Conditions,
    ) -> Vec<AwardSource> {
        let catalog = self.catalog();
        let exceptions = &self.statement.progress.exceptions;
        let alone = exceptions.substitutions.is_empty() && catalog.names.down(class).is_empty();
        let classes = if alone { vec![class] } else { exceptions.counting_as(&catalog.names, class, within) };
        let mut sources = Vec::new();
        for &credential in classes.iter().flat_map(|&class| catalog.names.members(class)) {
            let own = Some(credential) == self.own;
            let evidence = Evidence::new(
                catalog,
                credential,
                self.date,
                Grade::Sufficient,
                Origin::Issued(AwardId::from_end(credential.index())),
            );
            let counts = |evidence: &Evidence| {
                (conditions.lapsed || evidence.lasts(self.date)) && evidence.meets(conditions, self.date)
            };
            if self.holds_anything {
                sources.extend(self.held(credential, evidence, conditions));
                continue;
            }
            // Nothing is the first of its own supports. What waits for the components does not wait for the prerequisite.
            if !own && counts(&evidence) {
                let number = self.step(credential);
                let Step { variable, times, .. } = self.statement.steps[number];
                sources.push(AwardSource { variable, times, evidence });
            }
            if self.evaluated && !own && catalog.network.has_stack(credential) {
                let evidence = Evidence::new(catalog, credential, self.date, Grade::None, Origin::Qualified);
                if evidence.meets(conditions, self.date) {
                    let variable = self.qualified(credential);
                    sources.push(AwardSource { variable, times: None, evidence });
                }
            }
            if conditions.lapsed || own && self.in_stack {
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
                    self.open.push_back((credential, variable, Head::Waiting));
                }
                sources.push(AwardSource { variable, times: None, evidence });
            }
        }
        sources
    }

    /// What fills a leaf with these conditions if the credential is held directly, or qualified for.
    fn held(&mut self, credential: CredentialId, award: Evidence, conditions: &Conditions) -> Vec<AwardSource> {
        let catalog = self.catalog();
        let own = Some(credential) == self.own;
        let mut sources = Vec::new();
        let lasts = conditions.lapsed || award.lasts(self.date);
        if lasts && award.meets(conditions, self.date) {
            let number = self.step(credential);
            let Step { variable, times, .. } = self.statement.steps[number];
            if conditions.lapsed || !award.depends(catalog) {
                sources.push(AwardSource { variable, times, evidence: award });
            } else if !(own && self.in_stack) {
                let (variable, times) = self.waiting(credential);
                sources.push(AwardSource { variable, times, evidence: award });
            }
        }
        let qualification = Evidence::new(catalog, credential, self.date, Grade::None, Origin::Qualified);
        let conferred = catalog.network.has_stack(credential) && !self.statement.progress.is_conferred(credential);
        // Nothing is the first of its own supports.
        if conferred && !own && qualification.meets(conditions, self.date) {
            let variable = self.qualified(credential);
            sources.push(AwardSource { variable, times: None, evidence: qualification });
        }
        sources
    }

    /// The part is needed if the head is 1.
    pub(crate) fn demand(&mut self, part: Part, head: Option<VariableId>, area: Option<&mut Area>) {
        let network = &self.catalog().network;
        self.part = Some(part);
        match (part, area) {
            (Part::Group(group), None) if network.group(group).region != RegionId::PLAIN || self.is_joined(group) => {
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

    /// True if only a substitution makes the sum a joint region.
    pub(crate) fn is_joined(&self, group: GroupId) -> bool {
        self.statement.progress.region(group) != RegionId::PLAIN
    }

    /// What would fill a leaf that is not filled already: together, any one of these.
    pub(crate) fn fillers(&mut self, leaf: LeafId, area: Option<&mut Area>) -> Counts {
        let progress = self.statement.progress;
        let Some(area) = area else {
            if progress.is_met(Part::Leaf(leaf)) {
                return Counts::Already;
            }
            let mut variables: Vec<VariableId> = self.sources(leaf).iter().map(|source| source.variable).collect();
            variables.sort_unstable();
            variables.dedup();
            return Counts::By(variables.into_iter().map(|variable| (variable, 1)).collect());
        };
        if progress.exceptions.is_waived(Part::Leaf(leaf)) {
            return Counts::Already;
        }
        let units: Vec<StockId> = area.candidates.get(&leaf).into_iter().flat_map(BTreeMap::keys).copied().collect();
        let mut terms = Vec::new();
        for unit in units {
            let Affine { terms: more, fixed } = self.use_of(unit, leaf, area);
            if fixed > 0 {
                return Counts::Already;
            }
            terms.extend(more);
        }
        Counts::By(terms)
    }

    /// So many of the group's parts are needed if the head is 1.
    pub(crate) fn count(&mut self, group: GroupId, head: Option<VariableId>, mut area: Option<&mut Area>) {
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
        if need == i64::from(to_u32(unmet.len())) {
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
            self.part = Some(Part::Group(group));
            self.row(terms, head, need, area.is_none());
        }
    }

    /// The terms by which a part counts among others; together they may count for more than one only if any one will do.
    pub(crate) fn counted(&mut self, part: Part, any: bool, area: Option<&mut Area>) -> Counts {
        let network = &self.catalog().network;
        match part {
            Part::Leaf(leaf) => {
                let supports = area.is_none();
                match self.fillers(leaf, area) {
                    Counts::By(terms) if !any && !self.is_one(&terms) => {
                        let variable = self.variable(Name::Leaf { leaf, level: 0 }, 1);
                        self.row(terms, Some(variable), 1, supports);
                        Counts::By(vec![(variable, 1)])
                    }
                    counts => counts,
                }
            }
            Part::Group(group) => {
                let described = network.group(group);
                let plain = area.is_none() && described.region == RegionId::PLAIN && !self.is_joined(group);
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
                    self.demand(part, Some(variable), area);
                }
                Counts::By(vec![(variable, 1)])
            }
        }
    }

    /// True if the terms add up to no more than one.
    pub(crate) fn is_one(&self, terms: &[Term]) -> bool {
        matches!(terms, [(variable, 1)] if self.statement.variables[*variable].upper == 1)
    }
}
