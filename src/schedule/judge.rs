//! What is possible on which day: the evaluator, asked on that day with the awards that were made by then.

use crate::value::ids::{CredentialId, Id};
use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalog::catalog::{Catalog, Validity};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::plan::model::replay::Replay;
use crate::value::date::{Date, Period};
use crate::value::term::CalendarTerm;

use crate::schedule::asked_days::AskedDays;
use crate::schedule::assigned::AssignedAwards;
use crate::schedule::kept::KeptUp;
use crate::schedule::model::{JobId, Model, Timing, Turns};
use crate::schedule::renewing::{MadeAward, RenewalJudge};
use crate::schedule::timetable::{Asked, Earlier, Timetable};

pub(crate) struct Judge<'j> {
    pub(crate) catalog: &'j Catalog,
    pub(crate) standing: &'j Standing,
    pub(crate) as_of: Date,
    pub(crate) target: CredentialId,
    pub(crate) cone: &'j Cone,
    /// Periods and dates in the rules that age an award.
    pub(crate) withins: BTreeSet<CalendarTerm>,
    pub(crate) spans: BTreeSet<Period>,
    pub(crate) sinces: BTreeSet<Date>,
    /// Credentials of which rules ask how old awards are.
    aged: BTreeSet<CredentialId>,
    /// How long awards have to be held before rules count them.
    pub(crate) held_for: BTreeSet<CalendarTerm>,
    /// True if no day is like another only by the awards that were made before.
    pub(crate) timeless: bool,
    /// Credentials that are supposed to be kept up beside the jobs.
    pub(crate) kept: Vec<KeptUp>,
    pub(crate) renewing: RenewalJudge<'j>,
    /// What claims under a policy on sharing use.
    pub(crate) assigned: AssignedAwards,
    pub(crate) cones: BTreeMap<CredentialId, Cone>,
    days: BTreeMap<i32, Progress<'j>>,
    known: HashMap<AskedOnDay, bool>,
    /// Jobs named in the questions whose answers are known.
    named: usize,
    /// The work of the evaluator so far.
    pub(crate) spent: u64,
    /// True if something could not be decided: then nothing is proven.
    pub(crate) undecided: bool,
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

/// Days for which the state of the evaluator is kept, and rules and credentials of all of these together.
const MOST_DAYS: usize = 64;
const MOST_KEPT: usize = 2_000_000;
/// Jobs in questions whose answers are kept, each question counting as a few more.
const MOST_NAMED: usize = 2_000_000;

impl<'j> Judge<'j> {
    pub(crate) fn new(
        catalog: &'j Catalog,
        standing: &'j Standing,
        as_of: Date,
        target: CredentialId,
        cone: &'j Cone,
        renewing: RenewalJudge<'j>,
    ) -> Self {
        let inside = cone.credentials.entries().filter(|&(_, &inside)| inside).map(|(credential, _)| credential);
        let inside: Vec<CredentialId> = inside.collect();
        let AskedDays { withins, spans, sinces, untils, held_for, aged } = AskedDays::of(catalog, &inside, &renewing);
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
            cone,
            withins,
            spans,
            sinces,
            held_for,
            timeless,
            aged,
            kept: Vec::new(),
            renewing,
            assigned: AssignedAwards::default(),
            cones: BTreeMap::new(),
            days: BTreeMap::new(),
            known: HashMap::new(),
            named: 0,
            spent: 0,
            undecided: false,
        }
    }

    /// Whether there are terms on which the credential is renewed.
    pub(crate) fn has_terms(&self, credential: CredentialId) -> bool {
        self.catalog.at(credential).renewal.is_some() && !self.catalog.names.repeatable(credential)
    }

    /// Whether some rule asks for what has been held for some time.
    pub(crate) fn asks_for_holding(&self) -> bool {
        !self.held_for.is_empty()
    }

    /// Whether a job, on the terms of a renewal, need not meet the rules of its credential.
    pub(crate) fn spares_rules(&self, model: &Model, job: JobId) -> bool {
        self.catalog.renewal_spares_rules(model.jobs[job].credential)
    }

    /// Whether what is kept up may be what a renewal of the credential asks for.
    pub(crate) fn is_renewed_anyway(&self, credential: CredentialId) -> bool {
        let mut kept = self.kept.iter().map(|kept| kept.credential);
        kept.any(|kept| kept == credential || self.renewing.asks(credential, kept))
    }

    /// Supposes that these credentials are kept up.
    pub(crate) fn keep(&mut self, kept: Vec<KeptUp>) {
        self.kept = kept;
        self.forget();
    }

    /// Supposes nothing, and forgets what was found: another search begins.
    pub(crate) fn begin_anew(&mut self) {
        self.undecided = false;
        self.keep(Vec::new());
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

    /// True if awards of the credential can come to count no longer.
    pub(crate) fn ages(&self, credential: CredentialId) -> bool {
        let relevant = self.cone.credentials[credential];
        let until = self.issued_of(credential).any(|evidence| evidence.until.is_some());
        let ends = until || matches!(self.catalog.terms(credential).valid_for, Validity::For(_));
        relevant && (ends || self.grows_old(credential))
    }

    /// True if rules may ask how old awards of the credential are. By a substitution, they may ask that of any.
    pub(crate) fn grows_old(&self, credential: CredentialId) -> bool {
        self.aged.contains(&credential)
            || !(self.standing.exceptions.substitutions.is_empty() || self.withins.is_empty() && self.spans.is_empty())
    }

    pub(crate) fn issued_of(&self, credential: CredentialId) -> impl Iterator<Item = &Evidence> {
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
        let size = 1 + self.catalog.network.len() + self.catalog.len();
        if self.days.len() >= MOST_DAYS.min(MOST_KEPT / size).max(1) {
            self.days.clear();
        }
        self.days.insert(day, progress.clone());
        progress
    }

    /// The evaluator on a day, with the awards of these jobs; and these awards too, which are supposed to last.
    pub(crate) fn on(&mut self, at: Timetable<'_>, day: i32, jobs: &[JobId], supposed: &[MadeAward]) -> Replay<'j> {
        let before = self.before(day);
        let mut replay = Replay::new(&before);
        let catalog = self.catalog;
        let made = self.awards(at, jobs);
        let lasting = |&MadeAward { credential, number, date }: &MadeAward| {
            let mut award = Evidence::new(catalog, credential, date, Grade::Sufficient, Origin::Issued(number));
            award.until = None;
            award
        };
        replay.receive(made.into_iter().chain(supposed.iter().map(lasting)));
        if !self.kept.is_empty() {
            let days = if self.spans.is_empty() { BTreeSet::new() } else { self.dates(at, day) };
            self.spent += self.kept.len() as u64 * (1 + days.len() as u64);
            replay.receive(self.kept.iter().flat_map(|kept| kept.awards(catalog, at.model, day, &days)));
        }
        self.undecided |= replay.is_undecided();
        self.spent += jobs.len() as u64 + replay.work(&before);
        replay
    }

    /// The days that an award could be moved to so as to serve best on that day: the day itself; for a span, those of
    /// other awards too.
    fn dates(&self, at: Timetable<'_>, day: i32) -> BTreeSet<Date> {
        let mut days: BTreeSet<Date> = Date::numbered(day).into_iter().collect();
        if !self.spans.is_empty() {
            let made = at.slots.ends.iter().filter_map(|&end| Date::numbered(end));
            let recorded = self.standing.issued.iter().filter_map(|evidence| evidence.awarded);
            days.extend(made.chain(recorded).filter(|date| date.number() <= day));
        }
        days
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
        self.named += question.awards.len() + question.claims.len() + question.begun.len() + 16;
        if self.named >= MOST_NAMED {
            self.forget();
        }
        self.known.insert(question, met);
        met
    }

    /// Forgets what was found for other jobs.
    pub(crate) fn forget(&mut self) {
        self.known.clear();
        self.named = 0;
    }

    /// True if it would be, if these jobs had been awarded so as to serve best.
    pub(crate) fn would_be_met(&mut self, at: Timetable<'_>, asked: Asked, moved: &[JobId]) -> bool {
        let dates = self.dates(at, at.day(asked));
        let supposed: Vec<MadeAward> = moved
            .iter()
            .flat_map(|&job| {
                let (credential, from) = (at.model.jobs[job].credential, at.slots.ends[job]);
                let dates = dates.iter().filter(move |date| date.number() > from);
                dates.map(move |&date| MadeAward { credential, number: number(job), date })
            })
            .collect();
        self.holds(at, asked, &at.earlier(asked), &supposed)
    }

    /// True if it would be, if these jobs had been awarded on the day, whenever they are.
    pub(crate) fn would_be_met_with(&mut self, at: Timetable<'_>, asked: Asked, jobs: &[JobId]) -> bool {
        let day = at.day(asked);
        let date = Date::numbered(day).unwrap_or(Date::LAST);
        let mut dates = self.dates(at, day);
        dates.insert(date);
        let award = |&job: &JobId| {
            let (credential, number) = (at.model.jobs[job].credential, number(job));
            dates.iter().map(move |&date| MadeAward { credential, number, date })
        };
        let supposed: Vec<MadeAward> = jobs.iter().flat_map(award).collect();
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
    pub(crate) fn holds(&mut self, at: Timetable<'_>, asked: Asked, earlier: &Earlier, supposed: &[MadeAward]) -> bool {
        let day = at.day(asked);
        if !self.assigned.is_empty() {
            self.spent += (1 + self.catalog.len() as u64 / 64) * (1 + earlier.claims.len() as u64);
        }
        let mut replay = self.on(at, day, &earlier.arrived, supposed);
        let Asked::Job(wanted) = asked else {
            return replay.holds(self.target) || !self.kept.is_empty() && replay.counts(self.target);
        };
        let catalog = self.catalog;
        let date = Date::numbered(day).unwrap_or(Date::LAST);
        let new = |job: JobId| {
            let (credential, origin) = (at.model.jobs[job].credential, Origin::Issued(number(job)));
            (credential, Evidence::new(catalog, credential, date, Grade::Sufficient, origin))
        };
        let underway: Vec<(CredentialId, Evidence)> = earlier.begun.iter().map(|&job| new(job)).collect();
        let mut made: Vec<MadeAward> =
            earlier.arrived.iter().map(|&job| made(at, job)).chain(supposed.iter().copied()).collect();
        let mut left: BTreeSet<JobId> = earlier.claims.iter().copied().collect();
        loop {
            let mut possible = None;
            for &claim in &left {
                if self.is_possible(at, claim, &replay, &underway, &made, !supposed.is_empty()) {
                    possible = Some(claim);
                    break;
                }
            }
            let Some(claim) = possible else { break };
            if claim == wanted {
                return true;
            }
            left.remove(&claim);
            made.push(MadeAward { credential: at.model.jobs[claim].credential, number: number(claim), date });
            // With its own last day, which an earlier award of the same may put off.
            let arrived: Vec<JobId> = earlier.arrived.iter().copied().chain([claim]).collect();
            let award =
                self.awards(at, &arrived).into_iter().find(|award| award.origin == Origin::Issued(number(claim)));
            replay.receive(award);
        }
        !at.model.jobs[wanted].claim && self.is_possible(at, wanted, &replay, &underway, &made, !supposed.is_empty())
    }

    /// Whether a job can begin with what the evaluator knows, these being underway, and these made.
    fn is_possible(
        &mut self,
        at: Timetable<'_>,
        job: JobId,
        replay: &Replay<'_>,
        underway: &[(CredentialId, Evidence)],
        made: &[MadeAward],
        supposed: bool,
    ) -> bool {
        let job = &at.model.jobs[job];
        match job.timing {
            Timing::WhileCurrent if !self.is_renewed_anyway(job.credential) => {
                let verdict = self.renewing.verdict(replay.progress(), job.credential, made, supposed);
                self.spent += verdict.work;
                self.undecided |= verdict.is_undecided;
                let spared = self.catalog.renewal_spares_rules(job.credential);
                verdict.is_possible && (spared || replay.is_possible_beside(job.credential, underway.iter().cloned()))
            }
            Timing::WhileCurrent | Timing::Either if self.catalog.renewal_spares_rules(job.credential) => true,
            _ => {
                replay.is_possible_beside(job.credential, underway.iter().cloned())
                    && self.assigned.suffice(at.model, job.credential, replay.progress())
            }
        }
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

    pub(crate) fn target_id(&self) -> &'j str {
        self.catalog.id(self.target)
    }
}

/// The award of a job.
fn made(at: Timetable<'_>, job: JobId) -> MadeAward {
    let date = Date::numbered(at.slots.ends[job]).unwrap_or(Date::LAST);
    MadeAward { credential: at.model.jobs[job].credential, number: number(job), date }
}

/// Jobs are told apart as awards by numbers that no award of a record has.
pub(crate) fn number(job: JobId) -> AwardId {
    AwardId::from_end(1 + job.index())
}
