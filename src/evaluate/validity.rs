//! Since when and until when: the same network, run on other days ([semantics 4.5](crate::semantics#4.5)).

use crate::value::ids::{CredentialId, Id, IdVec, LeafId};
use crate::value::term::CalendarTerm;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Above, Network, Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::Filled;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness::witness;
use crate::value::date::{Date, Period};

/// The days between which the requirements of a credential are met, the as-of date among them; an end that is `None` is
/// open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MetPeriod {
    pub(crate) since: Option<Date>,
    pub(crate) until: Option<Date>,
    /// Whether both ends were found.
    pub(crate) complete: bool,
}

impl MetPeriod {
    /// That of requirements which are not met.
    pub(crate) const NONE: Self = Self { since: None, until: None, complete: true };
}

/// Leaves followed on all days together before the search for dates ends, for each search step that the evaluation was
/// given: by default about a second.
const MOST_TOUCHED: u64 = 10;
/// The same in any case.
const ALWAYS_TOUCHED: u64 = 5_000_000;

fn most_touched(options: &EvaluateOptions) -> u64 {
    options.search_steps.saturating_mul(MOST_TOUCHED).saturating_add(ALWAYS_TOUCHED)
}

/// The periods of credentials whose requirements are met on the as-of date, in the order given.
///
/// A witness holds for some days around the one it was found on, all days up to where one of its awards begins or
/// ceases to count. The day beyond is looked at next, for a witness of its own, until there is none.
pub(crate) fn periods(evaluation: &Evaluation, credentials: impl IntoIterator<Item = CredentialId>) -> Vec<MetPeriod> {
    let credentials: Vec<CredentialId> = credentials.into_iter().collect();
    let cone = Cone::of(evaluation.catalog, &evaluation.standing.exceptions, credentials.iter().copied());
    let mut search = DateSearch { evaluation, cone: &cone, credentials: &credentials, touched: 0 };
    let starts = search.ends(|reach| reach.start, Date::previous);
    let ends = search.ends(|reach| reach.end, Date::next);
    let period = |(start, end): (End, End)| MetPeriod {
        since: start.date(),
        until: end.date(),
        complete: start != End::NotFound && end != End::NotFound,
    };
    starts.into_iter().zip(ends).map(period).collect()
}

/// One end of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotFound,
    Open,
    On(Date),
}

impl End {
    fn date(self) -> Option<Date> {
        match self {
            Self::NotFound | Self::Open => None,
            Self::On(date) => Some(date),
        }
    }
}

/// The days on which a witness holds.
#[derive(Debug, Clone, Copy, Default)]
struct HoldingDays {
    start: Option<Date>,
    end: Option<Date>,
}

impl HoldingDays {
    fn from(&mut self, start: Option<Date>) {
        self.start = self.start.max(start);
    }

    fn to(&mut self, end: Option<Date>) {
        self.end = self.end.into_iter().chain(end).min();
    }
}

struct DateSearch<'s, 'e, 'c> {
    evaluation: &'e Evaluation<'c>,
    cone: &'s Cone,
    credentials: &'s [CredentialId],
    touched: u64,
}

impl DateSearch<'_, '_, '_> {
    /// For each credential the last day in one direction up to which it is met throughout.
    fn ends(&mut self, end: fn(HoldingDays) -> Option<Date>, beyond: fn(Date) -> Option<Date>) -> Vec<End> {
        let mut found = vec![End::NotFound; self.credentials.len()];
        // The day to look at next, with the credentials that are known to be met up to a last day before it.
        let mut open: BTreeMap<Date, Vec<(usize, End)>> = BTreeMap::new();
        open.insert(self.evaluation.as_of, (0..self.credentials.len()).map(|index| (index, End::NotFound)).collect());
        while let Some((day, known)) = open.pop_first() {
            let indices: Vec<usize> = known.iter().map(|&(index, _)| index).collect();
            let Some(reaches) = self.reaches(day, &indices) else { return found };
            for ((index, last), reach) in known.into_iter().zip(reaches) {
                let Some(reach) = reach else {
                    found[index] = last;
                    continue;
                };
                match end(reach).and_then(|last| Some((beyond(last)?, last))) {
                    Some((next, last)) => open.entry(next).or_default().push((index, End::On(last))),
                    None => found[index] = End::Open,
                }
            }
        }
        found
    }

    /// For each of the credentials, the reach of a witness on the day, `None` if it is not met then. Nothing at all if
    /// the day cannot be decided, or the work limit is met.
    fn reaches(&mut self, day: Date, indices: &[usize]) -> Option<Vec<Option<HoldingDays>>> {
        let Evaluation { catalog, standing, as_of, options, .. } = self.evaluation;
        let scope = Scope { date: day, ..Scope::certain(*as_of, options) };
        let progress = Progress::run_within(catalog, standing, scope, Some(self.cone));
        self.touched += progress.touched() + day_cost(self.evaluation);
        if !progress.undecided.is_empty() || self.touched > most_touched(options) {
            return None;
        }
        let mut reaching = Reaching { catalog, usable: Usable::new(&progress), of_evidence: IdVec::new() };
        for number in progress.evidence.ids() {
            let reach = reaching.evidence(number);
            reaching.of_evidence.push(reach);
        }
        let reach = |&index: &usize| {
            let credential = self.credentials[index];
            progress.is_conferred(credential).then(|| reaching.rules(credential, true, EvidenceId::END))
        };
        let reaches = indices.iter().map(reach).collect();
        (!reaching.usable.is_spent()).then_some(reaches)
    }
}

/// The times for which the evidence of one day holds.
struct Reaching<'p, 'c> {
    catalog: &'c Catalog,
    usable: Usable<'p, 'c>,
    of_evidence: IdVec<EvidenceId, HoldingDays>,
}

impl Reaching<'_, '_> {
    /// The time for which a piece of evidence counts as current, given those before it.
    fn evidence(&self, number: EvidenceId) -> HoldingDays {
        let Admitted { evidence, current, .. } = &self.usable.progress.evidence[number];
        let by_qualification = evidence.origin == Origin::Qualified;
        let depends = evidence.depends();
        let mut reach = HoldingDays::default();
        if *current && (by_qualification || depends) {
            reach = self.rules(evidence.credential, by_qualification, number);
        }
        if !by_qualification {
            reach.from(evidence.awarded);
            reach.to(evidence.until.filter(|_| *current));
        }
        reach
    }

    /// The time for which the stack of a credential, and its prerequisite if it counts, are met by a witness among the
    /// first pieces of evidence.
    fn rules(&self, credential: CredentialId, prerequisite: bool, limit: EvidenceId) -> HoldingDays {
        let network = &self.catalog.network;
        let mut reach = HoldingDays::default();
        for (counts, rule) in [(prerequisite, Rule::prerequisite(credential)), (true, Rule::stack(credential))] {
            if let Some(top) = network.top(rule).filter(|_| counts) {
                let witness = witness(
                    &self.usable,
                    self.catalog,
                    top,
                    limit.min(EvidenceId::at(self.usable.progress.evidence.len())),
                );
                for filled in &witness.filled {
                    self.narrow(&mut reach, filled);
                }
                self.narrow_by_spans(&mut reach, &witness.filled);
                let exceptions = &self.usable.progress.exceptions;
                for &part in &witness.waived {
                    reach.to(exceptions.waived_until(part));
                }
            }
        }
        reach
    }

    /// Narrows a reach to the days on which the evidence fills its leaf.
    fn narrow(&self, reach: &mut HoldingDays, filled: &Filled) {
        let evidence = &self.usable.progress.evidence[filled.evidence].evidence;
        let conditions = &self.catalog.network.conditions[self.catalog.network.leaf(filled.leaf).conditions];
        let counted = self.of_evidence[filled.evidence];
        if conditions.lapsed && evidence.is_issued() {
            reach.from(evidence.awarded);
            reach.to(evidence.last_standing());
        } else {
            reach.from(counted.start);
            reach.to(counted.end);
        }
        if evidence.origin == Origin::Qualified {
            // It is dated on whatever day it is looked at, so it always is recent, but may come too early or too late.
            reach.from(conditions.since);
            reach.to(conditions.until);
        } else if let Some(awarded) = evidence.awarded {
            reach.to(conditions.within.iter().filter_map(|term| term.last_within(awarded)).min());
            reach.from(conditions.held_for.iter().filter_map(|term| term.first_held(awarded)).max());
        }
    }

    /// Under a span, an award by qualification moves away from the others as days pass.
    fn narrow_by_spans(&self, reach: &mut HoldingDays, witness: &[Filled]) {
        let network = &self.catalog.network;
        let evidence = |filled: &Filled| &self.usable.progress.evidence[filled.evidence].evidence;
        for filled in witness.iter().filter(|filled| evidence(filled).origin == Origin::Qualified) {
            let mut above = network.above(filled.leaf);
            while let Above::Group(group) = above {
                if let Some(span) = network.extras(group).span {
                    let below: BTreeSet<LeafId> = network.leaves_below(Part::Group(group)).into_iter().collect();
                    let others = witness.iter().filter(|filled| below.contains(&filled.leaf)).map(evidence);
                    let first =
                        others.filter(|evidence| evidence.is_issued()).filter_map(|evidence| evidence.awarded).min();
                    reach.to(first.and_then(|first| first.after(span)));
                }
                above = network.group(group).above;
            }
        }
    }
}

/// Credentials with awards that depend on components and were current on some day up to the as-of date: certainly, and
/// possibly where something was undecided then.
#[derive(Default)]
pub(crate) struct Components {
    pub(crate) certainly: BTreeSet<CredentialId>,
    pub(crate) possibly: BTreeSet<CredentialId>,
}

pub(crate) fn were_current(evaluation: &Evaluation) -> Components {
    let (catalog, standing) = (evaluation.catalog, &evaluation.standing);
    let depending = |evidence: &&Evidence| evidence.depends();
    let mut wanted: BTreeSet<CredentialId> =
        standing.issued.iter().filter(depending).map(|evidence| evidence.credential).collect();
    // What is known of the as-of date need not be asked for again.
    let mut certainly = depending_and_current(&evaluation.progress);
    let mut possibly = evaluation.possible.as_ref().map(depending_and_current).unwrap_or_default();
    wanted.retain(|credential| !certainly.contains(credential));
    if wanted.is_empty() {
        return Components { certainly, possibly };
    }
    let cone = Cone::of(catalog, &standing.exceptions, wanted.iter().copied());
    let turns = TurningDays::new(evaluation, &cone);
    let scope = Scope::certain(evaluation.as_of, &evaluation.options);
    let mut touched = 0;
    // Nothing ceases up to the as-of date after the last one, so all that is met there is met on that date.
    for most in turns.before_losses(evaluation.as_of) {
        let mut day = Some(most);
        while let Some(date) = day {
            if wanted.is_subset(&certainly) {
                return Components { certainly, possibly };
            }
            if touched > most_touched(&evaluation.options) {
                possibly.extend(wanted);
                return Components { certainly, possibly };
            }
            let run = |scope| Progress::run_within(catalog, standing, scope, Some(&cone));
            let progress = run(Scope { date, ..scope });
            touched += progress.touched() + day_cost(evaluation);
            certainly.extend(depending_and_current(&progress));
            if progress.undecided.is_empty() {
                break;
            }
            possibly.extend(depending_and_current(&run(Scope { date, undecided_met: true, ..scope })));
            // With less, it may be decided.
            day = turns.gain_before(date);
        }
    }
    Components { certainly, possibly }
}

/// The credentials with an award that depends on components and is current.
fn depending_and_current(progress: &Progress<'_>) -> BTreeSet<CredentialId> {
    let current = progress.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
    current.filter(|admitted| admitted.evidence.depends()).map(|admitted| admitted.evidence.credential).collect()
}

/// Until when a credential stays held (see [`Evaluation::held_until`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldUntil {
    /// It is not held on the as-of date.
    NotHeld,
    /// This is the last day.
    Date(Date),
    /// There is no last day.
    NoEnd,
    /// The work limit was met before this could be decided.
    Undecided,
}

impl Evaluation<'_> {
    /// The last day up to which an award of the credential, under any of its names, is current on every day from the
    /// as-of date on, if nothing new is awarded. This is about awards, [`valid_until`](Self::valid_until) about
    /// requirements.
    ///
    /// ```
    /// use credpath::{Award, Catalog, EvaluateOptions, HeldUntil, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("c", "credential.card = { valid_for = '3 years' }")?;
    /// let card = catalog.credential("card").expect("defined above");
    /// let award = |day: &str| day.parse().map(|day| Award::new("card").on(day));
    /// let awards = vec![award("2024-03-01")?, award("2026-02-01")?];
    /// let record = LearnerRecord { awards, ..LearnerRecord::default() };
    /// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    /// assert_eq!(evaluation.held_until(card), HeldUntil::Date("2029-01-31".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn held_until(&self, id: CredentialId) -> HeldUntil {
        let (catalog, credential) = (self.catalog, id);
        if !catalog.knows(id) {
            return HeldUntil::NotHeld;
        }
        if self.progress.marks(credential) & HELD == 0 {
            let undecided = self.possible.as_ref().is_some_and(|possible| possible.marks(credential) & HELD != 0);
            return if undecided { HeldUntil::Undecided } else { HeldUntil::NotHeld };
        }
        let names = &catalog.names;
        let counting = self.standing.exceptions.counting_as(names, names.class(credential), None);
        let counts = |evidence: &&Evidence| {
            evidence.is_issued() && evidence.within().is_none() && counting.contains(&names.class(evidence.named()))
        };
        let admitted = || self.progress.evidence.iter().map(|admitted| &admitted.evidence).filter(counts);
        let depending: BTreeSet<CredentialId> =
            admitted().filter(|award| award.depends()).map(|award| award.credential).collect();
        let mut day = self.as_of;
        for award in admitted().filter(|award| !award.depends() && award.lasts(self.as_of)) {
            match award.until {
                Some(until) => day = day.max(until),
                None => return HeldUntil::NoEnd,
            }
        }
        if depending.is_empty() { HeldUntil::Date(day) } else { self.held_by_components(credential, &depending, day) }
    }

    /// The same, where it is held up to a day at least, and after that at the most by awards that depend on components.
    fn held_by_components(
        &self,
        credential: CredentialId,
        depending: &BTreeSet<CredentialId>,
        mut last: Date,
    ) -> HeldUntil {
        let cone = Cone::of(self.catalog, &self.standing.exceptions, depending.iter().copied());
        let turns = TurningDays::new(self, &cone);
        let scope = Scope::certain(self.as_of, &self.options);
        let mut touched = 0;
        while let Some(date) = last.next() {
            let held = |scope| {
                let progress = Progress::run_within(self.catalog, &self.standing, scope, Some(&cone));
                (progress.marks(credential) & HELD != 0, !progress.undecided.is_empty(), progress.touched())
            };
            let (is_held, undecided, cost) = held(Scope { date, ..scope });
            touched += cost + day_cost(self);
            let most = most_touched(&self.options);
            if touched > most || !is_held && undecided && held(Scope { date, undecided_met: true, ..scope }).0 {
                return HeldUntil::Undecided;
            }
            if !is_held {
                return HeldUntil::Date(last);
            }
            // Up to the next day on which something ceases, it stays as it is, or there is more.
            match turns.losses.range(date..).find(|&&turn| turn > date) {
                Some(turn) => last = turn.previous().unwrap_or(date),
                None => return HeldUntil::NoEnd,
            }
        }
        HeldUntil::NoEnd
    }
}

/// The cost of a run beside the leaves that it follows.
fn day_cost(evaluation: &Evaluation) -> u64 {
    (evaluation.catalog.network.len() / 64 + evaluation.standing.issued.len()) as u64
}

/// The days on which something in the cone can begin or cease to hold. On a day that is of the first alone, whatever
/// was met the day before is met still.
struct TurningDays {
    /// An award is made, or has been held for long enough; a condition's first day comes.
    gains: BTreeSet<Date>,
    /// An award has passed its last day, is revoked, or is too old for a condition; a waiver has ended; a condition's
    /// last day has passed, up to which awards by qualification can meet it.
    losses: BTreeSet<Date>,
}

impl TurningDays {
    fn new(evaluation: &Evaluation, cone: &Cone) -> Self {
        let network = &evaluation.catalog.network;
        let (mut asked, mut spanned) = (BTreeSet::new(), BTreeSet::new());
        for (credential, _) in cone.credentials.entries().filter(|&(_, &inside)| inside) {
            for top in Rule::all(credential).filter_map(|rule| network.top(rule)) {
                asked.extend(network.leaves_below(top).into_iter().map(|leaf| network.leaf(leaf).conditions));
                spanned.extend(spans(network, top));
            }
        }
        let conditions = || asked.iter().map(|&number| &network.conditions[number]);
        let within: BTreeSet<CalendarTerm> = conditions().flat_map(|conditions| &conditions.within).copied().collect();
        let held_for: BTreeSet<CalendarTerm> =
            conditions().flat_map(|conditions| &conditions.held_for).copied().collect();
        let mut gains: BTreeSet<Date> = conditions().filter_map(|conditions| conditions.since).collect();
        let mut losses: BTreeSet<Date> =
            conditions().filter_map(|conditions| conditions.until).filter_map(Date::next).collect();
        // By a substitution, an award can matter although nothing depends on its credential.
        let substituted = !evaluation.standing.exceptions.substitutions.is_empty();
        let inside = |evidence: &&Evidence| substituted || cone.credentials[evidence.credential];
        losses.extend(evaluation.standing.exceptions.last_days().filter_map(Date::next));
        for evidence in evaluation.standing.issued.iter().filter(inside) {
            losses.extend(evidence.until.and_then(Date::next));
            losses.extend(evidence.revoked);
            if let Some(awarded) = evidence.awarded {
                gains.insert(awarded);
                losses.extend(spanned.iter().filter_map(|&span| awarded.after(span)).filter_map(Date::next));
                losses.extend(within.iter().filter_map(|term| term.last_within(awarded)).filter_map(Date::next));
                gains.extend(held_for.iter().filter_map(|term| term.first_held(awarded)));
            }
        }
        Self { gains, losses }
    }

    /// The days before those on which something ceases, up to a day; the last first. Between two of them, nothing is
    /// met that is not met on the later one.
    fn before_losses(&self, last: Date) -> impl Iterator<Item = Date> {
        self.losses.range(..=last).rev().filter_map(|loss| loss.previous())
    }

    /// The day before the last gain up to a day, if nothing ceases between.
    fn gain_before(&self, day: Date) -> Option<Date> {
        let gain = *self.gains.range(..=day).next_back()?;
        let ceases = self.losses.range(gain..=day).next().is_some();
        gain.previous().filter(|_| !ceases)
    }
}

/// The spans at or below a part.
fn spans(network: &Network, top: Part) -> Vec<Period> {
    let mut found = Vec::new();
    let mut open = vec![top];
    while let Some(part) = open.pop() {
        if let Part::Group(group) = part {
            found.extend(network.extras(group).span);
            open.extend(network.parts(group));
        }
    }
    found
}
