//! The reach of everybody: the learner who begins with nothing, the one who holds everything, and sets of credentials
//! that can be earned together.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::document::Document;
use crate::catalog::names::Names;
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Evidence, EvidenceId, Origin};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::{Scope, Supposing};
use crate::evaluate::standing::Standing;
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{Beginner, ReachQuestion, Reached, Wanted};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec, LeafId, UnitId};
use crate::value::meter::Meter;

use crate::check::again::read_again;
use crate::check::learner::TrialLearner;
use crate::check::options::CheckOptions;

/// The most work for one question, in search steps.
const WORK_OF_A_QUESTION: u64 = 2_000_000;
/// Into so many shares the work that is left is divided at the least, so that no one question takes all of it.
const FEWEST_SHARES: u64 = 16;
/// The work that judging the rules of one learner may take in any case.
pub(crate) const WORK_OF_A_RULE: u64 = 10_000;

/// The facts of a catalog that the passes of a check look at, and the account of work that all of them draw on.
pub(crate) struct Facts<'c> {
    pub(crate) catalog: &'c Catalog,
    /// The catalog as it is written.
    pub(crate) document: Document,
    pub(crate) options: &'c CheckOptions,
    pub(crate) day: Date,
    /// The scope of an evaluation on the day, in which only what is certain counts.
    scope: Scope,
    /// Whether each credential can be begun at all.
    pub(crate) offered: IdVec<CredentialId, bool>,
    /// Pairs that exclude each other.
    pub(crate) exclusions: Vec<(CredentialId, CredentialId)>,
    /// For each pair of units, which exclusions that are written keep them apart: who says so, and whom it excludes.
    exclusions_written: BTreeMap<(UnitId, UnitId), Vec<(CredentialId, CredentialId)>>,
    /// Whether a pair has the credential.
    pub(crate) excluded: IdVec<CredentialId, bool>,
    /// Whether what the credential rests on has one that a pair has.
    pub(crate) contested: IdVec<CredentialId, bool>,
    beginner: Beginner<'c>,
    /// The credentials that new learners can begin.
    pub(crate) supposing: Supposing,
    /// Everything that can be earned one after the other is, exclusions aside.
    pub(crate) all: Progress<'c>,
    /// The same, supposing that what could not be decided is met.
    possibly: Option<Progress<'c>>,
    /// For each credential, after how many pieces of evidence it was earned there.
    turns: IdVec<CredentialId, Option<EvidenceId>>,
    pub(crate) exceptions: Exceptions,
    /// An award of each credential on the day, of a repeatable one as many as help; and whether it is current then.
    awards: IdVec<CredentialId, (Evidence, bool)>,
    /// Whether it matters that what somebody qualifies for counts beside awards: they may not be able to claim it, or a
    /// claim would bring more, because the award has a grade, or is one more where each counts.
    evaluated: bool,
    /// A learner who holds everything there is, once one is asked for.
    everything: OnceCell<TrialLearner<'c>>,
    /// The account of work that may still be done.
    work: Rc<RefCell<Meter>>,
}

impl<'c> Facts<'c> {
    pub(crate) fn new(catalog: &'c Catalog, options: &'c CheckOptions) -> Self {
        let day = options.as_of.unwrap_or_else(|| catalog.latest_begin());
        let search_steps = (options.work / FEWEST_SHARES).clamp(WORK_OF_A_RULE, WORK_OF_A_QUESTION);
        let scope = Scope::certain(day, &EvaluateOptions { search_steps, ..EvaluateOptions::default() });
        let first = options.as_of.unwrap_or(Date::FIRST);
        let scope = Scope { suiting: Some(first), ..scope };
        let beginner = Beginner::new(catalog, day, first);
        let exclusions = beginner.exclusions();
        let mut excluded = IdVec::filled(false, catalog.len());
        for &(one, other) in &exclusions {
            (excluded[one], excluded[other]) = (true, true);
        }
        let exclusions_written = exclusions_written(catalog);
        let numbers = CredentialId::first(catalog.len());
        let offered: IdVec<CredentialId, bool> =
            numbers.map(|credential| !catalog.terms(credential).offered.is_over(first)).collect();
        let limited = |credential: CredentialId| excluded[credential] || !offered[credential];
        let conferred = CredentialId::first(catalog.len()).filter(|&credential| catalog.network.has_stack(credential));
        // Whoever claims a credential may have what those lack who only qualify: a grade, an issuer, time.
        let by_anybody = conferred.clone().any(|credential| catalog.terms(credential).issuer.is_none());
        let is_apart =
            |conditions: &Conditions| !conditions.admit_qualification() || by_anybody && conditions.ask_who_awards();
        let apart = |credential: CredentialId| limited(credential) || catalog.names.repeatable(credential);
        let evaluated = catalog.network.conditions.iter().any(is_apart) || conferred.clone().any(apart);
        let supposing = if options.as_of.is_some() { Supposing::WhatIsOffered } else { Supposing::WhatIsEverOffered };
        let scope_of_all = Scope { supposing, qualification_counts: false, ..scope };
        let all = Progress::run(catalog, &Standing::default(), scope_of_all);
        // What joint regions leave undecided could be met.
        let possibly = all.possibly();
        let awards = awards(&all, day);
        let turns = turns(&all, &awards);
        let contested =
            resting_on(catalog, CredentialId::first(catalog.len()).filter(|&credential| excluded[credential]));
        Self {
            catalog,
            document: read_again(catalog.text().1),
            options,
            day,
            scope,
            offered,
            exclusions,
            exclusions_written,
            excluded,
            contested,
            beginner,
            supposing,
            all,
            possibly,
            turns,
            exceptions: Exceptions::default(),
            awards,
            evaluated,
            everything: OnceCell::new(),
            work: Rc::new(RefCell::new(Meter::watched_by(options.work, options.watcher.as_ref()))),
        }
    }

    /// Takes so much off the work that may still be done.
    pub(crate) fn spend(&self, work: usize) {
        self.spend_steps(work as u64);
    }

    /// The same for search steps.
    pub(crate) fn spend_steps(&self, steps: u64) {
        self.work.borrow_mut().spend_at_most(steps);
    }

    /// The work that may still be done.
    fn left(&self) -> u64 {
        self.work.borrow().left
    }

    /// Whether there is no work left, so that what is still asked stays open.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.left() == 0
    }

    /// Looks at something with its share of the work that is left, as if there were so many questions; what it does not
    /// use is left to the others.
    pub(crate) fn sharing<T>(&self, questions: usize, look: impl FnOnce() -> T) -> T {
        let left = self.left();
        let share = (left / questions.max(1) as u64).max(WORK_OF_A_RULE).min(left);
        let portion = self.work.borrow().portion(share);
        let whole = self.work.replace(portion);
        let found = look();
        let spent = self.work.replace(whole);
        self.work.borrow_mut().take_back(&spent);
        found
    }

    /// The scope of an evaluation on the day, which takes a share of the work that is left at the most.
    fn scope(&self) -> Scope {
        Scope { steps: self.steps(), ..self.scope }
    }

    /// The search steps that judging one learner may take: a share of the work that is left at the most.
    pub(crate) fn steps(&self) -> u64 {
        self.scope.steps.min(self.left() / FEWEST_SHARES).max(WORK_OF_A_RULE)
    }

    /// `None` if there is no work left, to leave what is being looked at.
    pub(crate) fn go_on(&self) -> Option<()> {
        (!self.is_exhausted()).then_some(())
    }

    /// The exclusions that are written of pairs: who excludes whom.
    pub(crate) fn exclusions_between(
        &self,
        pairs: &[(CredentialId, CredentialId)],
    ) -> BTreeSet<(CredentialId, CredentialId)> {
        self.spend(pairs.len() / 8 + 1);
        let units: BTreeSet<(UnitId, UnitId)> = pairs.iter().map(|&pair| units(self.catalog, pair)).collect();
        units.iter().filter_map(|units| self.exclusions_written.get(units)).flatten().copied().collect()
    }

    /// Those of the pairs that something stands for of what is written of them.
    pub(crate) fn kept_apart(
        &self,
        pairs: &[(CredentialId, CredentialId)],
        stands: impl Fn((CredentialId, CredentialId)) -> bool,
    ) -> Vec<(CredentialId, CredentialId)> {
        self.spend((pairs.len() + self.exclusions_written.values().map(Vec::len).sum::<usize>()) / 8 + 1);
        let stand =
            |(_, written): &(_, &Vec<(CredentialId, CredentialId)>)| written.iter().any(|&exclusion| stands(exclusion));
        let apart: BTreeSet<(UnitId, UnitId)> =
            self.exclusions_written.iter().filter(stand).map(|(&units, _)| units).collect();
        pairs.iter().copied().filter(|&pair| apart.contains(&units(self.catalog, pair))).collect()
    }

    /// Everybody at the beginning, once everything that can be earned is, exclusions aside, by rules that stand beside
    /// those of the catalog. What is not decided counts as met.
    pub(crate) fn earning_everything<'r>(&self, rules: &'r Catalog) -> Progress<'r> {
        let scope = Scope { supposing: self.supposing, undecided_met: true, ..self.scope() };
        let progress = Progress::run(rules, &Standing::default(), scope);
        self.spend(usize::try_from(progress.touched() / 8).unwrap_or(usize::MAX) + rules.len() / 64 + 1);
        progress
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = CredentialId> + Clone + use<> {
        CredentialId::first(self.catalog.len())
    }

    /// Whether it can be earned, exclusions aside.
    pub(crate) fn is_earned(&self, credential: CredentialId) -> bool {
        self.all.is_complete(credential) && self.offered[credential]
    }

    /// Whether it is certain that it cannot be earned, exclusions aside or not.
    pub(crate) fn is_unearnable(&self, credential: CredentialId) -> bool {
        let possibly = self.possibly.as_ref().unwrap_or(&self.all);
        !possibly.is_complete(credential) || !self.offered[credential]
    }

    /// The turn in which it is earned, exclusions aside: after so many pieces of evidence.
    pub(crate) fn turn(&self, credential: CredentialId) -> Option<EvidenceId> {
        self.turns[credential]
    }

    /// A learner with an award of each of these, to whom nothing counts that they only qualify for.
    pub(crate) fn holder_of_awards(&self, awards: impl IntoIterator<Item = CredentialId>) -> TrialLearner<'c> {
        let scope = Scope { qualification_counts: false, ..self.scope() };
        self.given(TrialLearner::new(Progress::run(self.catalog, &Standing::default(), scope), &self.work), awards)
    }

    /// A learner who can be given awards.
    pub(crate) fn learner(&self) -> TrialLearner<'c> {
        TrialLearner::new(Progress::run(self.catalog, &Standing::default(), self.scope()), &self.work)
    }

    /// Somebody with an empty record, who can be given awards of any kind.
    pub(crate) fn record_holder<'l>(&self, cone: &'l Cone) -> TrialLearner<'l>
    where
        'c: 'l,
    {
        let scope =
            Scope::certain(self.day, &EvaluateOptions { search_steps: self.steps(), ..EvaluateOptions::default() });
        TrialLearner::new(Progress::run_within(self.catalog, &Standing::default(), scope, Some(cone)), &self.work)
    }

    /// A learner who holds everything there is.
    pub(crate) fn everything(&self) -> &TrialLearner<'c> {
        self.everything.get_or_init(|| self.holder(self.numbers()))
    }

    /// A learner with an award of each of these, of repeatable ones as often as helps.
    pub(crate) fn holder(&self, credentials: impl IntoIterator<Item = CredentialId>) -> TrialLearner<'c> {
        self.given(self.learner(), credentials)
    }

    /// A learner with an award of each of these, of whom only what lies in a cone is asked.
    pub(crate) fn holder_within<'l>(
        &self,
        credentials: impl IntoIterator<Item = CredentialId>,
        cone: &'l Cone,
    ) -> TrialLearner<'l>
    where
        'c: 'l,
    {
        self.given(self.learner_within(cone), credentials)
    }

    fn learner_within<'l>(&self, cone: &'l Cone) -> TrialLearner<'l>
    where
        'c: 'l,
    {
        let progress = Progress::run_within(self.catalog, &Standing::default(), self.scope(), Some(cone));
        TrialLearner::new(progress, &self.work)
    }

    /// Takes off what the learner's evaluation took.
    pub(crate) fn spend_on(&self, learner: &TrialLearner<'_>) {
        self.spend(usize::try_from(learner.progress.touched() / 8).unwrap_or(usize::MAX) + self.catalog.len() / 64 + 1);
    }

    fn give(&self, learner: &mut TrialLearner<'_>, award: Evidence) {
        let lasts = self.lasts(award.credential);
        learner.receive(award, lasts);
    }

    fn given<'l>(
        &self,
        mut learner: TrialLearner<'l>,
        credentials: impl IntoIterator<Item = CredentialId>,
    ) -> TrialLearner<'l> {
        for credential in credentials {
            self.give(&mut learner, self.award(credential));
        }
        learner.settle();
        self.spend_on(&learner);
        learner
    }

    /// The same learner as everybody at the beginning, for whom some credentials are simply there, and everything that
    /// then can be earned is.
    pub(crate) fn supposing(&self, supposing: Supposing, given: &[CredentialId]) -> Progress<'c> {
        // What is not decided counts as there: only what is certain is told of.
        let scope = Scope { supposing, qualification_counts: false, undecided_met: true, ..self.scope() };
        let mut progress = Progress::run(self.catalog, &Standing::default(), scope);
        for &credential in given {
            progress.suppose(self.award(credential));
        }
        progress.settle();
        progress
    }

    /// Whether an award of the credential is current on the day that it is made.
    pub(crate) fn lasts(&self, credential: CredentialId) -> bool {
        self.awards[credential].1
    }

    /// An award of the credential, and of a repeatable one as many as help.
    pub(crate) fn award(&self, credential: CredentialId) -> Evidence {
        self.awards[credential].0.clone()
    }

    /// The credentials whose awards fill a leaf, in id order.
    pub(crate) fn fillers(&self, leaf: LeafId) -> Vec<CredentialId> {
        let Catalog { names, network, .. } = self.catalog;
        let described = network.leaf(leaf);
        let conditions = &network.conditions[described.conditions];
        let classes = Names::closure(names.class(described.credential), |class| names.down(class));
        let fits = |&credential: &CredentialId| {
            let (award, lasts) = &self.awards[credential];
            (conditions.lapsed || *lasts) && award.meets(conditions, self.day)
        };
        let members = classes.into_iter().flat_map(|class| names.members(class)).copied();
        let mut fillers: Vec<CredentialId> = members.filter(fits).collect();
        fillers.sort_unstable();
        fillers
    }

    /// All that a record can bring of the rules of a credential: what can be taken counts by its awards alone, whatever
    /// it asks for, and only what is conferred by its rules.
    pub(crate) fn cone_of_records(&self, credential: CredentialId) -> Cone {
        let network = &self.catalog.network;
        let counts = |rule: Rule| rule.credential() == credential || network.has_stack(rule.credential());
        let cone = Cone::following(self.catalog, &self.exceptions, [credential], counts);
        self.spend(self.catalog.len() / 32 + cone.credentials.iter().filter(|inside| **inside).count());
        cone
    }

    pub(crate) fn cone(&self, credentials: impl IntoIterator<Item = CredentialId>) -> Cone {
        let cone = Cone::of(self.catalog, &self.exceptions, credentials);
        self.spend(self.catalog.len() / 32 + cone.credentials.iter().filter(|inside| **inside).count());
        cone
    }

    /// Whether none of these credentials excludes another. They are sorted.
    pub(crate) fn is_compatible(&self, credentials: &[CredentialId]) -> bool {
        let has = |credential: &CredentialId| credentials.binary_search(credential).is_ok();
        !credentials.iter().any(|&credential| self.excluded[credential])
            || !self.exclusions.iter().any(|(one, other)| has(one) && has(other))
    }

    /// Credentials that can be earned together, in an order in which they can.
    pub(crate) fn in_order(&self, set: &[(CredentialId, u32)]) -> Vec<CredentialId> {
        self.beginner.in_order(set)
    }

    /// Puts a question, with all exclusions and offerings as they are.
    pub(crate) fn ask(&self, goals: &[Goal], wanted: Wanted) -> Reached {
        let question = ReachQuestion {
            goals,
            supposed: &|_| false,
            offered: &|credential| self.offered[credential],
            exclusions: &self.exclusions,
            // Claims have a price, and what the learner qualifies for none.
            evaluated: self.evaluated || wanted == Wanted::Cheapest,
        };
        self.put(&question, wanted)
    }

    /// Puts a question of any kind.
    pub(crate) fn put(&self, question: &ReachQuestion<'_>, wanted: Wanted) -> Reached {
        if self.is_exhausted() {
            return Reached::Undecided;
        }
        let before = self.left();
        let mut left = before;
        let answer = self.beginner.ask(question, wanted, &mut left, self.most_of_a_question());
        self.spend_steps(before - left);
        answer
    }

    /// Looks at a question with the work that one may take.
    pub(crate) fn for_a_question<T>(&self, look: impl FnOnce(&mut u64) -> T) -> T {
        let given = self.most_of_a_question().min(self.left());
        let mut left = given;
        let answer = look(&mut left);
        self.spend_steps(given - left);
        answer
    }

    fn most_of_a_question(&self) -> u64 {
        (self.left() / FEWEST_SHARES).clamp(WORK_OF_A_RULE, WORK_OF_A_QUESTION)
    }
}

/// An award of each credential on the day; and whether it is current then.
fn awards(all: &Progress<'_>, day: Date) -> IdVec<CredentialId, (Evidence, bool)> {
    let award = |credential| all.new_award(credential, Origin::Supposed);
    let with_lasts = |award: Evidence| {
        let lasts = award.lasts(day);
        (award, lasts)
    };
    CredentialId::first(all.catalog.len()).map(award).map(with_lasts).collect()
}

/// For each credential, after how many pieces of evidence it was earned.
fn turns(
    all: &Progress<'_>,
    awards: &IdVec<CredentialId, (Evidence, bool)>,
) -> IdVec<CredentialId, Option<EvidenceId>> {
    let mut turns = IdVec::filled(None, awards.len());
    for (turn, admitted) in all.evidence.entries() {
        let credential = admitted.evidence.credential;
        // What is never current comes when it is made: a rule may count what has lapsed.
        if admitted.current || !awards[credential].1 {
            turns[credential].get_or_insert(turn);
        }
    }
    turns
}

/// For each credential, whether its rules rest on any of these, or it is one of them.
pub(crate) fn resting_on(
    catalog: &Catalog,
    credentials: impl IntoIterator<Item = CredentialId>,
) -> IdVec<CredentialId, bool> {
    let Catalog { names, network, .. } = catalog;
    let mut found = IdVec::filled(false, catalog.len());
    let mut open: Vec<CredentialId> = credentials.into_iter().collect();
    while let Some(credential) = open.pop() {
        if std::mem::replace(&mut found[credential], true) {
            continue;
        }
        for class in Names::closure(names.class(credential), |class| names.up(class)) {
            open.extend(network.uses(class).map(|leaf| network.rule_of(leaf).credential()));
        }
    }
    found
}

/// The units of two credentials, in order.
fn units(catalog: &Catalog, pair: (CredentialId, CredentialId)) -> (UnitId, UnitId) {
    let (one, other) = pair;
    let [one, other] = [one, other].map(|credential| catalog.names.unit(credential));
    (one.min(other), one.max(other))
}

/// For each pair of units, which exclusions are written that keep them apart.
fn exclusions_written(catalog: &Catalog) -> BTreeMap<(UnitId, UnitId), Vec<(CredentialId, CredentialId)>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for by in CredentialId::first(catalog.len()) {
        let excluded = catalog.at(by).excludes.iter().filter_map(|id| catalog.credential(id));
        for exclusion in excluded.map(|id| (by, id)) {
            found.entry(units(catalog, exclusion)).or_default().push(exclusion);
        }
    }
    found
}
