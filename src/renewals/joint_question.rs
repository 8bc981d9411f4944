//! The question for a joint renewal: what is to be kept, by what the learner has ([semantics
//! 7.9](crate::semantics#7.9)).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::joint_rules::{KeptTogether, RenewableAward, UNWRITTEN};
use crate::evaluate::evidence::{Evidence, last_day};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::standing::Standing;
use crate::plan::answers::plan::PlanLimit;
use crate::plan::model::amounts::Price;
use crate::plan::model::replay;
use crate::plan::question::options::PlanOptions;
use crate::record::record::LearnerRecord;
use crate::renewals::due::RenewalOptions;
use crate::renewals::find::{RenewalFinder, renewed_until};
use crate::renewals::joint::{CannotKeep, JointRenewalOptions, WhyNotKept};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id};
use crate::value::meter::Meter;

/// What is asked, and how it stands with what the learner has.
pub(crate) struct JointQuestion<'q> {
    pub(crate) catalog: &'q Catalog,
    pub(crate) record: &'q LearnerRecord,
    pub(crate) as_of: Date,
    pub(crate) until: Date,
    /// What is kept on the horizon if nothing is done.
    pub(crate) later: Progress<'q>,
    /// What is to be kept.
    pub(crate) asked: KeptTogether,
    /// What is asked about and needs nothing.
    pub(crate) lasting: BTreeSet<CredentialId>,
    /// What is asked about and not held.
    pub(crate) not_held: Vec<CannotKeep>,
    /// The last days of own awards, as far as these lapse.
    pub(crate) last_days: BTreeMap<CredentialId, Date>,
    /// What states how it is renewed, and not what taking it anew takes by the objective: it is taken anew only if
    /// nothing else keeps it, since what nobody stated would always look cheaper.
    pub(crate) not_anew: BTreeSet<CredentialId>,
    /// The options of the plan.
    pub(crate) plan: PlanOptions,
    /// The limit that was met before all of this was found out: that of work, or on what awards renew besides.
    pub(crate) limit: Option<PlanLimit>,
}

impl<'q> JointQuestion<'q> {
    pub(crate) fn new(
        catalog: &'q Catalog,
        record: &'q LearnerRecord,
        as_of: Date,
        until: Date,
        options: &JointRenewalOptions,
        meter: &mut Meter,
    ) -> Self {
        let until = until.max(as_of);
        let JointRenewalOptions { objective, budget, avoid, view, verified_only, work, .. } = options;
        let standing = Standing::new(catalog, record, as_of, options.accepted());
        let now = replay::start(catalog, &standing, as_of);
        let asked = KeptTogether {
            as_of,
            until,
            kept: BTreeSet::new(),
            renewable: BTreeMap::new(),
            cycles: BTreeMap::new(),
            lasting: BTreeSet::new(),
        };
        let plan = PlanOptions {
            objective: *objective,
            budget: *budget,
            avoid: avoid.clone(),
            view: *view,
            verified_only: *verified_only,
            work: *work,
            ..PlanOptions::default()
        };
        let mut question = Self {
            catalog,
            record,
            as_of,
            until,
            later: replay::start(catalog, &standing, until),
            asked,
            lasting: BTreeSet::new(),
            not_held: Vec::new(),
            last_days: BTreeMap::new(),
            not_anew: BTreeSet::new(),
            plan,
            limit: standing.renewals_open.then_some(PlanLimit::Evaluation),
        };
        let begun = run_work(&now) + run_work(&question.later) + record.awards.len() as u64;
        if meter.spend(begun).and_then(|()| question.find_renewable(options, meter)).is_none() {
            question.limit = Some(PlanLimit::Work);
        }
        question.find_lasting(&standing);
        let named: Option<BTreeSet<CredentialId>> =
            options.credentials.as_ref().map(|ids| ids.iter().copied().filter(|&id| catalog.knows(id)).collect());
        let due = || question.last_days.iter().filter(|&(_, &last)| last <= until).map(|(&credential, _)| credential);
        for credential in named.unwrap_or_else(|| due().collect()) {
            question.ask(&now, &standing, credential);
        }
        question
    }

    /// How what the learner has can be renewed, offerings and requirements aside; `None` if the work ends.
    fn find_renewable(&mut self, options: &JointRenewalOptions, meter: &mut Meter) -> Option<()> {
        let Self { catalog, record, as_of, .. } = *self;
        let (view, verified_only) = (options.view, options.verified_only);
        let evaluate = EvaluateOptions { view, verified_only, ..EvaluateOptions::default() };
        let evaluation = catalog.evaluate(record, as_of, &evaluate);
        let renewals = RenewalOptions { evaluate: evaluate.clone(), credentials: None };
        meter.spend(run_work(&evaluation.progress))?;
        let finder = RenewalFinder { evaluation: &evaluation, options: &renewals };
        for (credential, own) in finder.own_awards() {
            // Until when components last is found by asking on the days on which one of them ends.
            let depends = own.iter().any(|award| award.depends());
            meter.spend(own.len() as u64 + if depends { run_work(&evaluation.progress) } else { 0 })?;
            let described = catalog.at(credential);
            let expiring = finder.expiring(credential, &own);
            let last = expiring.as_ref().map(|award| award.last_day);
            self.last_days.extend(last.map(|last| (credential, last)));
            if let Some(last) = last.filter(|_| catalog.keeps_cycle(credential)) {
                self.asked.cycles.extend(renewed_until(described, last, as_of).map(|last| (credential, last)));
            }
            let Some(renewal) = described.renewal else { continue };
            let lasting = |award: &&&Evidence| (award.until.is_none(), award.until, award.awarded);
            let awarded = own.iter().max_by_key(lasting).and_then(|award| award.awarded);
            let from = renewal.window.zip(last).map(|(window, last)| last.before(window)).filter(|&from| from > as_of);
            let day = from.unwrap_or(as_of);
            let renewed_until = match last {
                Some(last) => renewed_until(described, last, day),
                None => last_day(described.valid_for, day),
            };
            let since = awarded.map_or(Some(Date::FIRST), Date::next).unwrap_or(Date::LAST);
            if Price::with(catalog, credential, None).missing(self.plan.objective) > 0 {
                self.not_anew.insert(credential);
            }
            self.asked.renewable.insert(credential, RenewableAward { since, renewed_until, from });
        }
        Some(())
    }

    /// What lasts while its components do, and has no other end before the horizon.
    fn find_lasting(&mut self, standing: &Standing) {
        for award in standing.issued.iter().filter(|award| award.depends() && !award.is_substituted()) {
            if award.stands(self.until) && award.lasts(self.until) {
                self.asked.lasting.insert(award.credential);
            }
        }
    }

    fn ask(&mut self, now: &Progress<'_>, standing: &Standing, credential: CredentialId) {
        if credential >= CredentialId::at(self.catalog.len()) {
            return;
        }
        if self.later.marks(credential) & HELD != 0 {
            self.lasting.insert(credential);
        } else if now.marks(credential) & HELD != 0 {
            self.asked.kept.insert(credential);
        } else {
            let own = standing.issued.iter().filter(|award| award.is_award_of(credential));
            let lapsed = own.filter(|award| !award.is_substituted()).filter_map(|award| award.until).max();
            let why = WhyNotKept::NotHeld { lapsed: lapsed.filter(|&last| last < self.as_of) };
            self.not_held.push(self.cannot(credential, why));
        }
    }

    pub(crate) fn cannot(&self, credential: CredentialId, why: WhyNotKept) -> CannotKeep {
        let described = self.catalog.at(credential);
        let last_day = self.last_days.get(&credential).copied();
        CannotKeep { credential: described.id.clone(), title: described.title.clone(), last_day, why }
    }
}

/// The work of a run of the evaluator: the leaves that it touched, and what was laid out for it.
pub(crate) fn run_work(progress: &Progress<'_>) -> u64 {
    1 + progress.touched() + (progress.catalog.network.len() + progress.catalog.len()) as u64 / 16
}

/// The record without what bears an id that no catalog can have, and stands for nothing written.
pub(crate) fn as_written(record: &LearnerRecord) -> Cow<'_, LearnerRecord> {
    let is_unwritten = |id: &str| id.starts_with(UNWRITTEN);
    let exceptions = record.waivers.iter().map(|waiver| &waiver.credential);
    let substituted = record.substitutions.iter().flat_map(|one| [&one.used, &one.stands_for]);
    let within = record.substitutions.iter().filter_map(|one| one.within.as_ref());
    let awarded = record.awards.iter().map(|award| &award.credential);
    if !awarded.chain(exceptions).chain(substituted).chain(within).any(|id| is_unwritten(id)) {
        return Cow::Borrowed(record);
    }
    let mut kept = record.clone();
    kept.awards.retain(|award| !is_unwritten(&award.credential));
    kept.waivers.retain(|waiver| !is_unwritten(&waiver.credential));
    kept.substitutions.retain(|one| {
        let within = one.within.as_deref().is_some_and(is_unwritten);
        !is_unwritten(&one.used) && !is_unwritten(&one.stands_for) && !within
    });
    Cow::Owned(kept)
}
