//! Evaluation: what a learner holds and qualifies for on a date, why, and until when.

use crate::evaluate::exceptions::Misplaced;
use crate::evaluate::expected::Expected;
use crate::evaluate::options::{Accepted, EvaluateOptions, View};
use crate::evaluate::uncounted::Uncounted;
use crate::evaluate::validity;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::OnceLock;

use crate::catalog::catalog::Catalog;
use crate::evaluate::beginning::Beginnings;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::progress::progress::{HELD, Progress, QUALIFIED, STARTED};
use crate::evaluate::progress::scope::{Scope, Supposing};
use crate::evaluate::standing::Standing;
use crate::evaluate::supposed_renewals::SupposedRenewals;
use crate::evaluate::validity::{Components, MetPeriod};
use crate::record::record::{AwardStatus, LearnerRecord};
use crate::value::codes::coded;
use crate::value::date::Date;
use crate::value::names::named;

/// The status of a credential for a learner: the first of these that applies ([semantics 4.2](crate::semantics#4.2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// A current award, under any of its names.
    Held,
    /// The learner meets its requirements, or those of a credential that counts as it.
    Qualified,
    /// The work limit was met before the requirements could be decided.
    Undecided,
    /// An award is in progress.
    InProgress,
    /// An award was current once.
    Lapsed,
    /// Not to be reached even by taking everything that is still offered.
    Unattainable,
    /// Can be taken: its prerequisite is met and it is offered on the date. If it has a corequisite, that is met, or it
    /// can be begun together with others so that it is ([`Evaluation::begun_with`]).
    Eligible,
    /// Some component is there.
    Started,
    /// None of these.
    Locked,
}

named! {
    Status, "status":
    Held = "held",
    Qualified = "qualified",
    Undecided = "undecided",
    InProgress = "in-progress",
    Lapsed = "lapsed",
    Unattainable = "unattainable",
    Eligible = "eligible",
    Started = "started",
    Locked = "locked",
}

coded! {
    Status:
    Held = 0,
    Qualified = 1,
    Undecided = 2,
    InProgress = 3,
    Lapsed = 4,
    Unattainable = 5,
    Eligible = 6,
    Started = 7,
    Locked = 8,
}

/// The meaning of a learner record under a catalog on a date.
///
/// Everything that statuses need is computed at once; dates, and what is unattainable, when first asked for.
pub struct Evaluation<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) record: &'c LearnerRecord,
    pub(crate) as_of: Date,
    pub(crate) options: EvaluateOptions,
    pub(crate) standing: Standing,
    /// The certain answers.
    pub(crate) progress: Progress<'c>,
    /// The possible answers, where something is undecided.
    pub(crate) possible: Option<Progress<'c>>,
    in_progress: IdVec<ClassId, bool>,
    attainable: OnceLock<Attainable<'c>>,
    beginnings: OnceLock<Beginnings>,
    lapsed: OnceLock<Lapsed>,
    expected: OnceLock<Expected>,
    uncounted: OnceLock<Vec<Uncounted>>,
    periods: OnceLock<IdVec<CredentialId, MetPeriod>>,
    first_views: OnceLock<IdVec<CredentialId, Option<View>>>,
}

/// For each class, whether an award that counts under its names was current once.
struct Lapsed {
    certainly: IdVec<ClassId, bool>,
    possibly: IdVec<ClassId, bool>,
}

/// Everything that could be reached by taking all that is still offered.
struct Attainable<'c> {
    certainly: Progress<'c>,
    possibly: Option<Progress<'c>>,
}

impl Catalog {
    /// What the learner holds and qualifies for on the date. Total and pure: it depends on nothing but its arguments.
    /// Every credential is judged by itself; which can be claimed together, where the catalog limits sharing,
    /// [`Catalog::claims`] says.
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     credential.networks = {}
    ///     credential.hardware = { valid_for = "3 years" }
    ///     credential.technician = { type = "Certificate", stack = { all_of = ["hardware", "networks"] } }
    /// "#)?;
    /// let record = LearnerRecord::parse("record.toml", r#"
    ///     award = [
    ///         { credential = "hardware", awarded = 2025-03-01 },
    ///         { credential = "networks", awarded = 2025-06-01 },
    ///     ]
    /// "#)?;
    /// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    ///
    /// let technician = catalog.credential("technician").expect("defined above");
    /// assert_eq!(evaluation.status(technician), Status::Qualified);
    /// assert_eq!(evaluation.qualified_since(technician), Some("2025-06-01".parse()?));
    /// assert_eq!(evaluation.valid_until(technician), Some("2028-02-29".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn evaluate<'c>(&'c self, record: &'c LearnerRecord, as_of: Date, options: &EvaluateOptions) -> Evaluation<'c> {
        let standing = Standing::new(self, record, as_of, options.accepted());
        Evaluation::of(self, record, as_of, options, standing)
    }
}

impl<'c> Evaluation<'c> {
    /// What follows from what counts of a record.
    pub(crate) fn of(
        catalog: &'c Catalog,
        record: &'c LearnerRecord,
        as_of: Date,
        options: &EvaluateOptions,
        standing: Standing,
    ) -> Self {
        let progress = Progress::run(catalog, &standing, Scope::certain(as_of, options));
        let possible = progress.possibly();
        let mut in_progress = IdVec::new();
        if !standing.in_progress.is_empty() {
            in_progress = standing.reached(catalog, &standing.in_progress.iter().collect::<Vec<_>>());
        }
        Self {
            catalog,
            record,
            as_of,
            options: options.clone(),
            standing,
            progress,
            possible,
            in_progress,
            attainable: OnceLock::new(),
            beginnings: OnceLock::new(),
            lapsed: OnceLock::new(),
            expected: OnceLock::new(),
            uncounted: OnceLock::new(),
            periods: OnceLock::new(),
            first_views: OnceLock::new(),
        }
    }

    /// The catalog that was asked.
    #[must_use]
    pub fn catalog(&self) -> &'c Catalog {
        self.catalog
    }

    /// The date that the answers are for.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// The status of a credential.
    #[must_use]
    pub fn status(&self, id: CredentialId) -> Status {
        if !self.catalog.knows(id) {
            return Status::Unattainable;
        }
        let credential = id;
        let class = self.catalog.names.class(credential);
        let marks = self.progress.marks(credential);
        let rules = self.progress.rules(credential);
        let possible = self.possible.as_ref();
        if marks & HELD != 0 {
            Status::Held
        } else if possible.is_some_and(|possible| possible.marks(credential) & HELD != 0) {
            Status::Undecided
        } else if marks & QUALIFIED != 0 || self.progress.is_conferred(credential) {
            Status::Qualified
        } else if self.standing.renewals_open
            || possible.is_some_and(|possible| possible.marks(credential) != 0 || possible.is_conferred(credential))
        {
            Status::Undecided
        } else if self.in_progress.get(class).is_some_and(|&reached| reached) {
            Status::InProgress
        } else if self.lapsed().certainly[class] {
            Status::Lapsed
        } else if self.lapsed().possibly[class] {
            Status::Undecided
        } else {
            match self.is_attainable(credential) {
                Some(false) => return Status::Unattainable,
                None => return Status::Undecided,
                Some(true) => {}
            }
            if self.catalog.is_conferred(id) {
                return if rules & STARTED != 0 {
                    Status::Started
                } else if possible.is_some_and(|possible| possible.rules(credential) & STARTED != 0) {
                    Status::Undecided
                } else {
                    Status::Locked
                };
            }
            match self.can_be_begun(credential) {
                Some(true) => Status::Eligible,
                Some(false) => Status::Locked,
                None => Status::Undecided,
            }
        }
    }

    pub(crate) fn beginnings(&self) -> &Beginnings {
        self.beginnings.get_or_init(|| Beginnings::new(&self.progress, self.possible.as_ref()))
    }

    /// Every credential with its status, in the byte order of the ids.
    pub fn statuses(&self) -> impl Iterator<Item = (CredentialId, Status)> {
        self.catalog.credentials().map(|(id, _)| (id, self.status(id)))
    }

    /// The conferred credentials whose own requirements are met and of which no current award is held, in an order in
    /// which each can be conferred ([semantics 4.3](crate::semantics#4.3)): at every turn the first in the byte order
    /// of the ids that can be.
    pub fn qualified(&self) -> impl Iterator<Item = CredentialId> {
        let unheld = |&&credential: &&CredentialId| self.progress.marks(credential) & HELD == 0;
        self.progress.conferred.iter().filter(unheld).map(|id| id.tagged(self.catalog.identity.tag))
    }

    /// The first day of the time up to the as-of date in which the credential's own requirements were met throughout,
    /// judged by the awards known on the as-of date ([semantics 4.5](crate::semantics#4.5)). `None` if they are not
    /// met, if it is not conferred, or if they were met ever since.
    #[must_use]
    pub fn qualified_since(&self, id: CredentialId) -> Option<Date> {
        self.period(id).since
    }

    /// The last day of the time from the as-of date on in which the credential's own requirements stay met, if nothing
    /// new is earned ([semantics 4.5](crate::semantics#4.5)). `None` if they are not met, if it is not conferred, or if
    /// they stay met without end.
    #[must_use]
    pub fn valid_until(&self, id: CredentialId) -> Option<Date> {
        self.period(id).until
    }

    /// Whether the dates of the credential, [`qualified_since`](Self::qualified_since) and
    /// [`valid_until`](Self::valid_until), were found. With very many awards and conditions on time the search ends at
    /// a fixed amount of work, and on a day on which something is undecided; a date that was not found by then is
    /// `None`, and this says so.
    #[must_use]
    pub fn dates_are_complete(&self, id: CredentialId) -> bool {
        self.period(id).complete
    }

    /// Whether the credential is conferred and its own requirements are certainly met, whether or not an award of it is
    /// held.
    #[must_use]
    pub fn meets_requirements(&self, id: CredentialId) -> bool {
        self.catalog.knows(id) && self.progress.is_conferred(id)
    }

    /// Ids in the record that the catalog does not know, each once, in byte order. They count for nothing by
    /// themselves; a substitution may say what one stands for ([semantics 3.6](crate::semantics#3.6)).
    #[must_use]
    pub fn unknown_awards(&self) -> &[String] {
        &self.standing.unknown
    }

    /// The awards of the record that count for nothing, each with the reason: the catalog does not know what they are
    /// of, they are dated after the as-of date, they were revoked, their verification failed, or they have lapsed and
    /// nothing else is held in their place. In the order of awards. What does not count for a rule because of what that
    /// rule asks for, its [`audit`](Self::audit) tells (semantics 3.10).
    #[must_use]
    pub fn uncounted(&self) -> &[Uncounted] {
        self.uncounted.get_or_init(|| self.expected().nowhere(self))
    }

    /// The awards of the record that do not count where these credentials, or rules of theirs that are not met, could
    /// have been expected to count them; and those of ids that the catalog does not know. In the order of awards.
    #[must_use]
    pub fn uncounted_for(&self, credentials: impl IntoIterator<Item = CredentialId>) -> Vec<Uncounted> {
        self.expected().of(self, credentials.into_iter().filter(|&id| self.catalog.knows(id)))
    }

    /// The awards by the names under which they could be expected to count.
    pub(crate) fn expected(&self) -> &Expected {
        self.expected.get_or_init(|| Expected::new(self))
    }

    /// The waivers and substitutions of the record that have no place in the catalog, and so no effect.
    #[must_use]
    pub fn misplaced(&self) -> &[Misplaced] {
        &self.standing.exceptions.misplaced
    }

    /// The view that was asked for.
    #[must_use]
    pub fn view(&self) -> View {
        self.options.view
    }

    /// The first view in which the credential is [`Held`](Status::Held) or [`Qualified`](Status::Qualified), whatever
    /// view was asked for; `None` if it is not in any.
    #[must_use]
    pub fn first_view(&self, id: CredentialId) -> Option<View> {
        self.first_views().get(id).copied().flatten().filter(|_| self.catalog.knows(id))
    }

    /// The first view of every credential.
    fn first_views(&self) -> &IdVec<CredentialId, Option<View>> {
        self.first_views.get_or_init(|| {
            let mut first = IdVec::filled(None, self.catalog.len());
            let has = |status| self.record.awards.iter().any(|award| award.status == status);
            let (in_progress, planned) = (has(AwardStatus::InProgress), has(AwardStatus::Planned));
            for view in View::ALL.into_iter().rev() {
                let differs = match view {
                    View::Earned => true,
                    View::InProgress => in_progress,
                    View::Planned => planned,
                };
                if !differs {
                    continue;
                }
                let scope = Scope::certain(self.as_of, &self.options);
                let other = (view != self.options.view).then(|| {
                    let standing = Standing::new(
                        self.catalog,
                        self.record,
                        self.as_of,
                        Accepted { view, ..self.options.accepted() },
                    );
                    Progress::run(self.catalog, &standing, scope)
                });
                let progress = other.as_ref().unwrap_or(&self.progress);
                for credential in numbers(self.catalog) {
                    if progress.marks(credential) != 0 || progress.is_conferred(credential) {
                        first[credential] = Some(view);
                    }
                }
            }
            first
        })
    }

    /// The dates of one credential. Those of all are found together for a report; one alone is found by itself.
    pub(crate) fn period(&self, id: CredentialId) -> MetPeriod {
        if !self.catalog.knows(id) {
            return MetPeriod { complete: true, ..MetPeriod::NONE };
        }
        if !self.progress.is_conferred(id) {
            let undecided = self.possible.as_ref().is_some_and(|possible| possible.is_conferred(id));
            return MetPeriod { complete: !undecided, ..MetPeriod::NONE };
        }
        match self.periods.get() {
            Some(periods) => periods[id],
            None => validity::periods(self, [id])[0],
        }
    }

    /// The dates of every credential.
    pub(crate) fn periods(&self) -> &IdVec<CredentialId, MetPeriod> {
        self.periods.get_or_init(|| {
            let mut periods = IdVec::filled(MetPeriod::NONE, self.catalog.len());
            let met: Vec<CredentialId> =
                numbers(self.catalog).filter(|&credential| self.progress.is_conferred(credential)).collect();
            for (credential, period) in met.iter().zip(validity::periods(self, met.iter().copied())) {
                periods[*credential] = period;
            }
            periods
        })
    }

    fn lapsed(&self) -> &Lapsed {
        self.lapsed.get_or_init(|| {
            let catalog = self.catalog;
            // It was current on the day of the award, unless it had ended before; or while its components were.
            let once = |evidence: &Evidence| evidence.awarded.is_none_or(|awarded| evidence.lasts(awarded));
            let mut components = Components::default();
            if self.standing.issued.iter().any(Evidence::depends) {
                components = validity::were_current(self);
            }
            let reached = |met: &BTreeSet<CredentialId>| {
                let current = |evidence: &&Evidence| {
                    if evidence.depends() { met.contains(&evidence.credential) } else { once(evidence) }
                };
                let awards: Vec<&Evidence> = self.standing.issued.iter().filter(current).collect();
                self.standing.reached(catalog, &awards)
            };
            Lapsed { certainly: reached(&components.certainly), possibly: reached(&components.possibly) }
        })
    }

    /// Whether the credential can still be reached, if that is decided.
    fn is_attainable(&self, credential: CredentialId) -> Option<bool> {
        if always_attainable(self.catalog)[credential] { Some(true) } else { self.attainable().reaches(credential) }
    }

    fn attainable(&self) -> &Attainable<'c> {
        self.attainable.get_or_init(|| {
            let scope = Scope { supposing: Supposing::WhatIsOffered, ..Scope::certain(self.as_of, &self.options) };
            // Whoever takes everything also claims what they qualify for. It is one question, with one limit.
            let scope = Scope { qualification_counts: true, steps: self.progress.steps_left(), ..scope };
            let mut certainly = Progress::run(self.catalog, &self.standing, scope);
            let accepted = self.options.accepted();
            let renewals = SupposedRenewals::new(self.catalog, self.record, self.as_of, accepted, &self.standing);
            let settled = renewals.add_to(&mut certainly);
            let mut possibly = certainly.possibly().or_else(|| (!settled).then(|| certainly.clone()));
            if let Some(possibly) = &mut possibly {
                renewals.add_all_to(possibly);
            }
            Attainable { certainly, possibly }
        })
    }
}

impl Attainable<'_> {
    /// Whether the credential can be reached, if that is decided.
    fn reaches(&self, credential: CredentialId) -> Option<bool> {
        if self.certainly.marks(credential) != 0 {
            return Some(true);
        }
        match &self.possibly {
            Some(possibly) if possibly.marks(credential) != 0 => None,
            _ => Some(false),
        }
    }
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let qualified: Vec<&str> = self.qualified().map(|id| self.catalog.id(id)).collect();
        f.debug_struct("Evaluation").field("as_of", &self.as_of).field("qualified", &qualified).finish_non_exhaustive()
    }
}

/// For each credential, whether it is within everybody's reach on every date, as most are; found once for a catalog.
pub(crate) fn always_attainable(catalog: &Catalog) -> &IdVec<CredentialId, bool> {
    catalog.attainable_by_anybody(|| {
        let scope = Scope {
            supposing: Supposing::WhatIsAlwaysOffered,
            ..Scope::certain(Date::FIRST, &EvaluateOptions::default())
        };
        let timely = without_last_days(catalog);
        let progress = Progress::run_within(catalog, &Standing::default(), scope, timely.as_ref());
        numbers(catalog).map(|credential| progress.marks(credential) != 0).collect()
    })
}

/// The credentials in whose rules no place counts only what was awarded up to some day: such a place is filled on the
/// first date that there is, and not on later ones. `None` if that is all of them.
fn without_last_days(catalog: &Catalog) -> Option<Cone> {
    let network = &catalog.network;
    if network.conditions.iter().all(|conditions| conditions.until.is_none()) {
        return None;
    }
    let mut timely = Cone { credentials: IdVec::filled(true, catalog.len()) };
    for (number, leaf) in network.leaves.entries() {
        if network.conditions[leaf.conditions].until.is_some() {
            timely.credentials[network.rule_of(number).credential()] = false;
        }
    }
    Some(timely)
}

/// The credentials of a catalog by number.
fn numbers(catalog: &Catalog) -> impl Iterator<Item = CredentialId> + use<> {
    CredentialId::first(catalog.len())
}
