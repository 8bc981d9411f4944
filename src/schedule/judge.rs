//! What is possible on which day: the evaluator, asked on that day with the awards that were made by then.

use crate::value::ids::{CredentialId, Id};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::network::{Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{AwardId, Evidence, Grade, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::plan::model::amounts::is_renewal;
use crate::plan::model::replay::Replay;
use crate::value::date::{Date, Period};
use crate::value::term::CalendarTerm;

use crate::schedule::assigned::AssignedAwards;
use crate::schedule::model::{JobId, Timing, Turns};
use crate::schedule::timetable::{Asked, Earlier, Timetable};

/// An award that counts beside those which the jobs bring: a job's at another date, or one of a credential that is kept
/// up for nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Supposed {
    pub(crate) credential: CredentialId,
    pub(crate) number: AwardId,
    pub(crate) date: Date,
}

pub(crate) struct Judge<'j> {
    pub(crate) catalog: &'j Catalog,
    pub(crate) standing: &'j Standing,
    as_of: Date,
    target: CredentialId,
    /// The credentials that count as the target by their names.
    pub(crate) targets: &'j BTreeSet<CredentialId>,
    cone: &'j Cone,
    /// Periods and dates in the rules that age an award.
    pub(crate) withins: BTreeSet<CalendarTerm>,
    pub(crate) spans: BTreeSet<Period>,
    pub(crate) sinces: BTreeSet<Date>,
    /// How long awards have to be held before rules count them.
    held_for: BTreeSet<CalendarTerm>,
    /// True if no day is like another only by the awards that were made before.
    pub(crate) timeless: bool,
    /// Credentials that are supposed never to lapse, once held or part of the plan.
    pub(crate) kept: BTreeSet<CredentialId>,
    /// What claims under a policy on sharing use.
    pub(crate) assigned: AssignedAwards,
    pub(crate) cones: BTreeMap<CredentialId, Cone>,
    days: BTreeMap<i32, Progress<'j>>,
    known: HashMap<AskedOnDay, bool>,
    /// The work of the evaluator so far.
    pub(crate) spent: u64,
    /// True if something could not be decided: then nothing is proven.
    pub(crate) undecided: bool,
}

/// A day on which an award will have been held for long enough for some rule.
pub(crate) struct Ripe {
    pub(crate) day: i32,
    pub(crate) credential: CredentialId,
    /// The job that brings the award, if it is not of the record.
    pub(crate) job: Option<JobId>,
}

/// A question with all that its answer depends on.
#[derive(PartialEq, Eq, Hash)]
struct AskedOnDay {
    asked: Asked,
    day: i32,
    /// The jobs awarded before, with their days, and the claims on the same day.
    awards: Vec<(JobId, i32)>,
    claims: Vec<JobId>,
    begun: Vec<JobId>,
    timing: Option<Timing>,
}

/// Days for which the state of the evaluator is kept.
const MOST_DAYS: usize = 64;
/// Answers that are kept.
const MOST_KNOWN: usize = 200_000;

impl<'j> Judge<'j> {
    pub(crate) fn new(
        catalog: &'j Catalog,
        standing: &'j Standing,
        as_of: Date,
        target: CredentialId,
        targets: &'j BTreeSet<CredentialId>,
        cone: &'j Cone,
    ) -> Self {
        let network = &catalog.network;
        let inside = cone.credentials.entries().filter(|&(_, &inside)| inside).map(|(credential, _)| credential);
        let inside: Vec<CredentialId> = inside.collect();
        let tops = inside.iter().flat_map(|&id| Rule::all(id));
        let (mut withins, mut spans, mut sinces) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut held_for, mut untils) = (BTreeSet::new(), BTreeSet::new());
        for top in tops.filter_map(|rule| network.top(rule)) {
            for leaf in network.leaves_below(top) {
                let conditions = &network.conditions[network.leaf(leaf).conditions];
                withins.extend(conditions.within.iter().copied());
                sinces.extend(conditions.since);
                untils.extend(conditions.until);
                held_for.extend(conditions.held_for.iter().copied());
            }
            if let Part::Group(_) = top {
                spans.extend(network.groups_below(top).into_iter().filter_map(|group| network.extras(group).span));
            }
        }
        let ends = standing.ends().next().is_some();
        let lapses = inside.iter().any(|&id| matches!(catalog.terms(id).valid_for, Validity::For(_)));
        let later = standing.issued.iter().any(|evidence| evidence.awarded.is_some_and(|awarded| awarded > as_of));
        let asked = !withins.is_empty() || !sinces.is_empty() || !untils.is_empty() || !held_for.is_empty();
        let timeless = !ends && !lapses && !later && spans.is_empty() && !asked;
        Self {
            catalog,
            standing,
            as_of,
            target,
            targets,
            cone,
            withins,
            spans,
            sinces,
            held_for,
            timeless,
            kept: BTreeSet::new(),
            assigned: AssignedAwards::default(),
            cones: BTreeMap::new(),
            days: BTreeMap::new(),
            known: HashMap::new(),
            spent: 0,
            undecided: false,
        }
    }

    /// Supposes that these credentials never lapse.
    pub(crate) fn keep(&mut self, kept: BTreeSet<CredentialId>) {
        if self.kept != kept {
            self.kept = kept;
            self.known.clear();
        }
    }

    /// True if something ages, so that the order of steps has a say in what they are good for.
    pub(crate) fn dates_matter(&self) -> bool {
        !self.sinces.is_empty() || !self.spans.is_empty() || !self.held_for.is_empty()
    }

    /// When what the rules say changes by itself.
    pub(crate) fn turns(&self) -> Turns {
        let ends = self.standing.ends();
        let made = self.standing.issued.iter().filter_map(|evidence| evidence.awarded);
        let ripe = made.flat_map(|awarded| self.held_for.iter().filter_map(move |term| term.first_held(awarded)));
        let mut terms = self.withins.iter().chain(&self.held_for);
        let most = self.held_for.iter().map(|term| term.most_days()).max().unwrap_or(0);
        Turns {
            days: ends.chain(self.sinces.iter().copied()).chain(ripe).map(Date::number).collect(),
            by_days: terms.all(|term| term.counts_days()) && self.spans.iter().all(|span| span.months() == 0),
            held: i32::try_from(most).unwrap_or(i32::MAX),
        }
    }

    /// When awards that a job may need will have been held for as long as a rule may ask for: those of the record, and
    /// those that other jobs bring.
    pub(crate) fn ripening(&mut self, at: Timetable<'_>, job: JobId) -> Vec<Ripe> {
        if self.held_for.is_empty() {
            return Vec::new();
        }
        let (of, standing) = (at.model.jobs[job].credential, self.standing);
        let recorded = standing.issued.iter().map(|evidence| (evidence.credential, None, evidence.awarded));
        let made = at.model.jobs.entries().filter(|&(other, _)| other != job);
        let made = made.map(|(other, by)| (by.credential, Some(other), Date::numbered(at.slots.ends[other])));
        let mut found = Vec::new();
        for (credential, job, awarded) in recorded.chain(made) {
            if let Some(awarded) = awarded.filter(|_| self.rules_ask(of, credential)) {
                let days = self.held_for.iter().filter_map(|term| term.first_held(awarded)).map(Date::number);
                found.extend(days.map(|day| Ripe { day, credential, job }));
            }
        }
        found
    }

    /// True if awards of the credential can come to count no longer.
    pub(crate) fn ages(&self, credential: CredentialId) -> bool {
        let relevant = self.cone.credentials[credential];
        let until = self.issued_of(credential).any(|evidence| evidence.until.is_some());
        let ends = until || matches!(self.catalog.terms(credential).valid_for, Validity::For(_));
        relevant && (ends || !self.withins.is_empty() || !self.spans.is_empty())
    }

    fn issued_of(&self, credential: CredentialId) -> impl Iterator<Item = &Evidence> {
        self.standing.issued.iter().filter(move |evidence| evidence.is_award_of(credential))
    }

    /// The state of the evaluator before any of the steps.
    fn before(&mut self, day: i32) -> Progress<'j> {
        let day = if self.timeless { self.as_of.number() } else { day };
        if let Some(progress) = self.days.get(&day) {
            self.spent += 1 + self.catalog.network.len() as u64 / 64;
            return progress.clone();
        }
        let options = EvaluateOptions { qualification_counts: false, ..EvaluateOptions::default() };
        let date = Date::numbered(day).unwrap_or(Date::LAST);
        let progress =
            Progress::run_within(self.catalog, self.standing, Scope::certain(date, &options), Some(self.cone));
        self.spent += 1 + progress.touched() + self.catalog.network.len() as u64 / 64;
        if self.days.len() >= MOST_DAYS {
            self.days.clear();
        }
        self.days.insert(day, progress.clone());
        progress
    }

    /// The evaluator on a day, with the awards of these jobs, and further ones.
    pub(crate) fn on(&mut self, at: Timetable<'_>, day: i32, jobs: &[JobId], supposed: &[Supposed]) -> Replay<'j> {
        let Timetable { model, slots } = at;
        let mut replay = Replay::new(&self.before(day));
        let catalog = self.catalog;
        let made = jobs.iter().map(|&job| {
            let date = Date::numbered(slots.ends[job]).unwrap_or(Date::LAST);
            Evidence::new(catalog, model.jobs[job].credential, date, Grade::Sufficient, Origin::Issued(number(job)))
        });
        let lasting = |&Supposed { credential, number, date }: &Supposed| {
            let mut award = Evidence::new(catalog, credential, date, Grade::Sufficient, Origin::Issued(number));
            award.until = None;
            award
        };
        replay.receive(made.chain(supposed.iter().map(lasting)));
        if !self.kept.is_empty() {
            let numbers = (model.jobs.len()..).map(|place| number(JobId::at(place)));
            let kept: Vec<Supposed> = self
                .kept
                .iter()
                .zip(numbers)
                .flat_map(|(&credential, number)| {
                    let days = self.dates(at, day).into_iter();
                    days.map(move |date| Supposed { credential, number, date })
                })
                .collect();
            replay.receive(kept.iter().map(lasting));
        }
        self.undecided |= replay.is_undecided();
        self.spent += 1 + jobs.len() as u64;
        replay
    }

    /// The days that an award could be moved to so as to serve best on that day: the day itself; for a span, those of
    /// other awards too.
    fn dates(&self, at: Timetable<'_>, day: i32) -> Vec<Date> {
        let mut days: BTreeSet<Date> = Date::numbered(day).into_iter().collect();
        if !self.spans.is_empty() {
            let made = at.slots.ends.iter().filter_map(|&end| Date::numbered(end));
            let recorded = self.standing.issued.iter().filter_map(|evidence| evidence.awarded);
            days.extend(made.chain(recorded).filter(|date| date.number() <= day));
        }
        days.into_iter().collect()
    }

    /// True if it is possible, or held.
    pub(crate) fn is_met(&mut self, at: Timetable<'_>, asked: Asked) -> bool {
        let earlier = at.earlier(asked);
        let date = |day: i32| if self.timeless { 0 } else { day };
        let question = AskedOnDay {
            asked,
            day: date(at.day(asked)),
            awards: earlier.arrived.iter().map(|&job| (job, date(at.slots.ends[job]))).collect(),
            claims: earlier.claims.clone(),
            begun: earlier.begun.clone(),
            timing: match asked {
                Asked::Job(job) => Some(at.model.jobs[job].timing),
                Asked::Target => None,
            },
        };
        self.spent += 1;
        if let Some(&met) = self.known.get(&question) {
            return met;
        }
        let met = self.holds(at, asked, &earlier, &[]);
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(question, met);
        met
    }

    /// Forgets what was found for other jobs.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
    }

    /// True if it would be, if these jobs had been awarded so as to serve best.
    pub(crate) fn would_be_met(&mut self, at: Timetable<'_>, asked: Asked, moved: &[JobId]) -> bool {
        let dates = self.dates(at, at.day(asked));
        let supposed: Vec<Supposed> = moved
            .iter()
            .flat_map(|&job| {
                let (credential, from) = (at.model.jobs[job].credential, at.slots.ends[job]);
                let dates = dates.iter().filter(move |date| date.number() > from);
                dates.map(move |&date| Supposed { credential, number: number(job), date })
            })
            .collect();
        self.holds(at, asked, &at.earlier(asked), &supposed)
    }

    /// The claims of one day in an order in which each is possible.
    pub(crate) fn in_order(&mut self, at: Timetable<'_>, claims: Vec<JobId>) -> Vec<JobId> {
        let mut left = claims;
        let mut order: Vec<JobId> = Vec::new();
        while let Some(&any) = left.first() {
            let arrived = at.arrived(Asked::Job(any)).into_iter().filter(|job| !left.contains(job));
            let arrived: Vec<JobId> = arrived.chain(order.iter().copied()).collect();
            let next = left.iter().position(|&job| {
                let earlier = Earlier { arrived: arrived.clone(), claims: vec![job], begun: Vec::new() };
                self.holds(at, Asked::Job(job), &earlier, &[])
            });
            order.push(left.remove(next.unwrap_or(0)));
        }
        order
    }

    /// The answer, if these are the awards that may count.
    pub(crate) fn holds(&mut self, at: Timetable<'_>, asked: Asked, earlier: &Earlier, supposed: &[Supposed]) -> bool {
        let (jobs, day) = (&at.model.jobs, at.day(asked));
        if !self.assigned.is_empty() {
            self.spent += (1 + self.catalog.len() as u64 / 64) * (1 + earlier.claims.len() as u64);
        }
        let mut replay = self.on(at, day, &earlier.arrived, supposed);
        let Asked::Job(wanted) = asked else { return replay.holds(self.target) };
        let ignored = !self.kept.is_empty();
        let date = Date::numbered(day).unwrap_or(Date::LAST);
        let underway = |&job: &JobId| {
            let (credential, origin) = (jobs[job].credential, Origin::Issued(number(job)));
            (credential, Evidence::new(self.catalog, credential, date, Grade::Sufficient, origin))
        };
        let underway: Vec<(CredentialId, Evidence)> = earlier.begun.iter().map(underway).collect();
        let possible = |replay: &Replay<'_>, job: JobId| {
            let job = &jobs[job];
            let current = || is_renewal(replay.progress(), job.credential);
            replay.is_possible_beside(job.credential, underway.iter().cloned())
                && (ignored || job.timing != Timing::WhileCurrent || current())
                && self.assigned.suffice(at.model, job.credential, replay.progress())
        };
        let mut left: BTreeSet<JobId> = earlier.claims.iter().copied().collect();
        while let Some(&claim) = left.iter().find(|&&claim| possible(&replay, claim)) {
            if claim == wanted {
                return true;
            }
            left.remove(&claim);
            let credential = jobs[claim].credential;
            replay.receive([Evidence::new(
                self.catalog,
                credential,
                date,
                Grade::Sufficient,
                Origin::Issued(number(claim)),
            )]);
        }
        !jobs[wanted].claim && possible(&replay, wanted)
    }

    /// True if what is asked would be, if claims could use whatever meets their stacks.
    pub(crate) fn would_be_met_otherwise(&mut self, at: Timetable<'_>, asked: Asked) -> bool {
        let assigned = std::mem::take(&mut self.assigned);
        let holds = self.holds(at, asked, &at.earlier(asked), &[]);
        self.assigned = assigned;
        holds
    }

    /// The evaluator on the day of a job, before it.
    pub(crate) fn before_job(&mut self, at: Timetable<'_>, job: JobId) -> Replay<'j> {
        self.on(at, at.slots.begins[job], &at.arrived(Asked::Job(job)), &[])
    }

    /// The last day on which an own award is current, of those that are on the day of the job; `i32::MAX` if one has no
    /// end.
    pub(crate) fn current_until(&mut self, at: Timetable<'_>, job: JobId) -> Option<i32> {
        let replay = self.before_job(at, job);
        let credential = at.model.jobs[job].credential;
        let own = replay.progress().evidence.iter().filter(|admitted| {
            admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential)
        });
        own.map(|admitted| admitted.evidence.until.map_or(i32::MAX, Date::number)).max()
    }

    /// The last day of the own awards that were made before the job begins; none if one of them has no end, or there is
    /// none.
    pub(crate) fn last_day_before(&mut self, at: Timetable<'_>, job: JobId) -> Option<i32> {
        let replay = self.before_job(at, job);
        let credential = at.model.jobs[job].credential;
        let own = replay.progress().evidence.iter().map(|admitted| &admitted.evidence);
        let own = own.filter(|evidence| evidence.is_issued() && evidence.is_award_of(credential));
        own.map(|evidence| evidence.until.map(Date::number)).reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    pub(crate) fn target_id(&self) -> &'j str {
        self.catalog.id(self.target)
    }
}

/// Jobs are told apart as awards by numbers that no award of a record has.
pub(crate) fn number(job: JobId) -> AwardId {
    AwardId::from_end(1 + job.index())
}
