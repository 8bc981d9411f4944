//! The rules read backwards from a target, row by row.

use crate::plan::model::amounts::Price;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::{LinearTerm, Row};
use crate::value::ids::{CredentialId, IdVec, LeafId};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Part, Rule, RuleKind};
use crate::evaluate::evidence::Evidence;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;

use crate::plan::model::renewed_sources::RenewedAwards;
use crate::plan::model::statement::{Goal, MOST_TIMES, Name, RenewedId, StatedRow, Statement, Step, StepId, Variable};

/// An *affine expression*: terms, and what there is without them.
#[derive(Debug, Default)]
pub(crate) struct Affine {
    pub(crate) terms: Vec<LinearTerm>,
    pub(crate) fixed: i64,
}

/// The terms that a part needs to count.
pub(crate) enum Counts {
    Already,
    By(Vec<LinearTerm>),
}

/// Something that has rules to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// A new award.
    Award,
    /// Awards that wait for components, and not for the prerequisite.
    Waiting,
    /// That the learner qualifies.
    Qualified,
    /// An award that another one is besides.
    Renewed(RenewedId),
}

/// A variable whose rules are still to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenHead {
    pub(crate) credential: CredentialId,
    pub(crate) variable: VariableId,
    pub(crate) head: Head,
}

/// The place in the rules that is being read: rows that are written on the way to something are of that place.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadAt {
    /// The credential whose rules are read. Nothing is the first of its own supports.
    pub(crate) own: Option<CredentialId>,
    /// True if that is its stack.
    pub(crate) in_stack: bool,
    /// True if that is its corequisite, to which its own award counts.
    pub(crate) in_corequisite: bool,
    pub(crate) part: Option<Part>,
}

/// Writes a statement.
pub(crate) struct Builder<'p, 'c> {
    pub(crate) statement: Statement<'p, 'c>,
    pub(crate) usable: Option<Usable<'p, 'c>>,
    pub(crate) date: Date,
    pub(crate) known: HashMap<Name, VariableId>,
    /// The step of each credential, if it has one.
    pub(crate) numbers: IdVec<CredentialId, Option<StepId>>,
    /// Heads whose rules are still to be read.
    pub(crate) open: VecDeque<OpenHead>,
    /// True if what is read may be met by what the learner qualifies for, as in an evaluation; otherwise only by
    /// awards.
    pub(crate) evaluated: bool,
    /// The variables known of the other of these two readings.
    pub(crate) known_otherwise: HashMap<Name, VariableId>,
    pub(crate) at: ReadAt,
    /// The number of awards of a repeatable credential that its places could use together.
    pub(crate) places: BTreeMap<CredentialId, i64>,
    pub(crate) waiting: BTreeMap<CredentialId, Vec<Evidence>>,
    pub(crate) renewed: RenewedAwards,
    /// Variables that are at most as large as another one.
    pub(crate) as_often: Vec<(VariableId, VariableId)>,
    /// True if a learner may hold whatever they like, and what they qualify for counts.
    pub(crate) holds_anything: bool,
    /// Where policies limit what claims share: the leaves of which it is known what could fill them.
    pub(crate) looked_at: Option<BTreeSet<LeafId>>,
}

/// Whatever may be of use more often is not told apart by the times that it is awarded.
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
            renewed_by: BTreeMap::new(),
            limited: BTreeMap::new(),
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
            at: ReadAt::default(),
            places: BTreeMap::new(),
            waiting: progress.waiting().map(|(credential, awards)| (credential, awards.to_vec())).collect(),
            renewed: RenewedAwards::default(),
            as_often: Vec::new(),
            holds_anything: false,
            looked_at: None,
        }
    }

    /// What is claimed under a policy may have to be met by other awards than those that are there: whatever could fill
    /// its places is of use.
    pub(crate) fn within_policies(self) -> Self {
        Self { looked_at: Some(BTreeSet::new()), ..self }
    }

    /// The rows for learners who meet the requirements of a credential: every award may be held directly, whatever its
    /// rules say, and what a learner qualifies for counts. The first row says that they meet them.
    pub(crate) fn build_for_holders(mut self, target: CredentialId) -> Statement<'p, 'c> {
        self.holds_anything = true;
        let variable = self.qualified(target);
        self.row(vec![(variable, 1)], None, 1, true);
        self.finish(true, &|_| false)
    }

    /// The rows for an award that counts as the target. The first row says that there is one. With `counts`, there are
    /// variables for how often something is awarded at least.
    pub(crate) fn build(mut self, target: CredentialId, counts: bool) -> Statement<'p, 'c> {
        let class = self.catalog().names.class(target);
        // The first row is the target's, whatever rows are found on the way to it.
        self.statement.rows.push(StatedRow { row: Row::at_least(Vec::new(), 0), is_rule: true, part: None });
        let sources = self.sources_of(class, None, &Conditions::default());
        let terms = sources.iter().map(|source| (source.variable, 1)).collect();
        let first = &mut self.statement.rows[RowId::TARGET].row;
        *first = Row::at_least(terms, 1);
        first.merge();
        self.finish(counts, &|_| false)
    }

    /// The rows for all of the goals, some rules counting as met. `None` if nothing at all brings one of them. The
    /// first row says that they are met, if there is one. What the learner qualifies for helps to meet a part, if so
    /// asked.
    pub(crate) fn build_for(
        mut self,
        goals: &[Goal],
        evaluated: bool,
        supposed: &dyn Fn(Rule) -> bool,
    ) -> Option<Statement<'p, 'c>> {
        let (mut terms, mut need) = (Vec::new(), 0);
        // The first row is theirs, whatever rows are found on the way to it.
        self.statement.rows.push(StatedRow { row: Row::at_least(Vec::new(), 0), is_rule: true, part: None });
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
        // A credential may help to meet a goal that is a part of its own rule, and not to meet the rule: these are not
        // the same.
        let of_credentials = |name: &Name| matches!(name, Name::Step(_) | Name::Times(_) | Name::Qualified(_));
        self.known.retain(|name, _| of_credentials(name));
        let first = &mut self.statement.rows[RowId::TARGET].row;
        *first = Row::at_least(terms, need);
        first.merge();
        Some(self.finish(false, supposed))
    }

    /// Reads on as in an evaluation, or so that only awards count.
    fn read_evaluated(&mut self, evaluated: bool) {
        if self.evaluated != evaluated {
            std::mem::swap(&mut self.known, &mut self.known_otherwise);
            self.evaluated = evaluated;
        }
    }

    fn finish(mut self, counts: bool, supposed: &dyn Fn(Rule) -> bool) -> Statement<'p, 'c> {
        while let Some(OpenHead { credential, variable, head }) = self.open.pop_front() {
            self.at = ReadAt { own: Some(credential), ..ReadAt::default() };
            // Where anything may be held, what is qualified for counts everywhere.
            self.read_evaluated(head == Head::Qualified && !self.holds_anything);
            if let Head::Renewed(number) = head {
                self.renewed_rows(number, variable);
            }
            for rule in Rule::all(credential) {
                let asked = match head {
                    Head::Award | Head::Qualified => true,
                    // An award that waits for components does not wait for the prerequisite.
                    Head::Waiting => rule.is_stack(),
                    Head::Renewed(_) => rule.is_stack() && self.depends(credential),
                };
                if asked && !supposed(rule) {
                    self.rule(rule, Some(variable));
                }
            }
            let is_claim = head == Head::Award && !self.statement.progress.renewable.contains(&credential);
            if is_claim && self.looked_at.is_some() && self.catalog().has_policy_on(credential) {
                self.fill_otherwise(credential, variable);
            }
        }
        self.at = ReadAt::default();
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

    /// True if awards of the credential depend on components to be current.
    fn depends(&self, credential: CredentialId) -> bool {
        self.catalog().terms(credential).valid_for == Validity::WhileComponents
    }

    pub(crate) fn rule(&mut self, rule: Rule, head: Option<VariableId>) {
        self.at.in_stack = rule.is_stack();
        self.at.in_corequisite = rule.kind() == RuleKind::Corequisite;
        if let Some(top) = self.catalog().network.top(rule)
            && !self.statement.progress.rule_is_met(rule)
        {
            self.demand(top, head, None);
        }
    }

    /// Notes whatever could fill the places of a stack, filled or not.
    fn fill_otherwise(&mut self, credential: CredentialId, variable: VariableId) {
        let network = &self.catalog().network;
        let Some(top) = network.top(Rule::stack(credential)) else { return };
        self.at.in_stack = true;
        self.at.in_corequisite = false;
        let mut fills = BTreeSet::new();
        for leaf in network.leaves_below(top).into_iter().filter(|&leaf| !network.is_shadowed(leaf)) {
            fills.extend(self.sources(leaf).iter().map(|source| source.variable));
        }
        self.statement.limited.insert(variable, fills);
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
        let price = Price::of(self.statement.progress, credential);
        let price = Price { claimed: price.claimed && !self.holds_anything, ..price };
        let (at_least, barriers) = (Vec::new(), Vec::new());
        let number = self.statement.steps.push(Step { credential, variable, times, at_least, barriers, price });
        self.numbers[credential] = Some(number);
        if !self.holds_anything {
            self.open.push_back(OpenHead { credential, variable, head: Head::Award });
        }
        number
    }

    /// The variable that says that the requirements of a credential are met.
    pub(crate) fn qualified(&mut self, credential: CredentialId) -> VariableId {
        let fresh = !self.known.contains_key(&Name::Qualified(credential));
        let variable = self.variable(Name::Qualified(credential), 1);
        if fresh {
            self.open.push_back(OpenHead { credential, variable, head: Head::Qualified });
        }
        variable
    }

    /// Repeatable credentials are counted: at least once if awarded at all, and no more often than all places could
    /// use.
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
            if let Some(&renewed) = self.renewed.counted.get(&variable) {
                self.row(vec![(renewed, upper)], Some(variable), 1, true);
            }
            if let Name::WaitingTimes(credential) = self.statement.variables[variable].name {
                let waiting = self.variable(Name::Waiting(credential), 1);
                self.row(vec![(waiting, upper)], Some(variable), 1, true);
            }
        }
    }

    pub(crate) fn row(&mut self, terms: Vec<LinearTerm>, head: Option<VariableId>, need: i64, is_rule: bool) {
        if need <= 0 && head.is_none() && terms.iter().all(|&(_, times)| times >= 0) {
            return;
        }
        let mut row = Row { terms, head, need };
        row.merge();
        // What a step brings to its own corequisite is there whenever it is needed.
        if let Some(&(_, own)) = row.terms.iter().find(|&&(variable, _)| Some(variable) == head)
            && self.at.in_corequisite
        {
            row.need -= own;
            if row.need <= 0 {
                return;
            }
        }
        row.terms.retain(|&(variable, times)| Some(variable) != head && times != 0);
        let need = row.need;
        let most = match head {
            None => need,
            Some(head) => need.saturating_mul(self.statement.variables[head].upper),
        };
        if row.terms.iter().all(|&(_, times)| times > 0) {
            row.terms.iter_mut().for_each(|(_, times)| *times = (*times).min(most));
            if self.statement.is_of_one(head) {
                row.divide();
            }
        }
        self.statement.rows.push(StatedRow { row, is_rule, part: self.at.part });
    }
}
