//! Claims that are fixed: issued credentials of a type under a policy, each judged on the day on which it was issued,
//! by the awards made up to then ([semantics 5.5](crate::semantics#5.5)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::sharing::claimants::{ClaimDay, ClaimantId, Claimants, MOST_CLAIMANTS};
use crate::evaluate::standing::Standing;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// The fixed claims among all claimants.
#[derive(Debug, Default)]
pub(crate) struct FixedClaims {
    /// For each issued credential, the claimants for the days on which it was issued, of which any one may be taken;
    /// one that uses nothing is left out.
    pub(crate) all: Vec<Vec<ClaimantId>>,
    /// True if what some of them use could not be decided, or they are too many.
    pub(crate) undecided: bool,
    /// What it took to find out.
    pub(crate) work: u64,
}

/// The conferred credentials that policies are about and of which a current award was issued, each with the days of
/// such awards.
pub(crate) fn issued(progress: &Progress<'_>) -> BTreeMap<CredentialId, BTreeSet<Date>> {
    let catalog = progress.catalog;
    let mut issued: BTreeMap<CredentialId, BTreeSet<Date>> = BTreeMap::new();
    for admitted in progress.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued()) {
        let Evidence { credential, awarded, .. } = admitted.evidence;
        if admitted.evidence.is_award_of(credential)
            && catalog.network.has_stack(credential)
            && catalog.has_policy_on(credential)
        {
            issued.entry(credential).or_default().insert(awarded.unwrap_or_else(|| progress.date()));
        }
    }
    issued
}

impl FixedClaims {
    /// Those of a learner, as the progress has it; `scope` says how other days are judged.
    pub(crate) fn admit(
        claimants: &mut Claimants<'_>,
        progress: &Progress<'_>,
        standing: &Standing,
        scope: Scope,
    ) -> Self {
        let mut fixed = Self::default();
        if claimants.catalog.sharing().is_empty() {
            return fixed;
        }
        let issued = issued(progress);
        let mut on_day: BTreeMap<Date, Vec<CredentialId>> = BTreeMap::new();
        for (&credential, days) in &issued {
            for &day in days {
                on_day.entry(day).or_default().push(credential);
            }
        }
        if on_day.values().map(Vec::len).sum::<usize>() > MOST_CLAIMANTS {
            fixed.undecided = true;
            return fixed;
        }
        let mut unmet: BTreeSet<CredentialId> = BTreeSet::new();
        for (day, credentials) in on_day {
            unmet.extend(fixed.admit_day(claimants, standing, Scope { date: day, ..scope }, &credentials));
        }
        for (credential, days) in issued.into_iter().filter(|(credential, _)| !unmet.contains(credential)) {
            let on = days.into_iter().filter_map(|day| claimants.find(Some(day), credential));
            fixed.all.push(on.collect());
        }
        fixed
    }

    /// Takes in what was issued on a day; gives what had not met its rules by then.
    fn admit_day(
        &mut self,
        claimants: &mut Claimants<'_>,
        standing: &Standing,
        scope: Scope,
        credentials: &[CredentialId],
    ) -> Vec<CredentialId> {
        let catalog = claimants.catalog;
        let cone = Cone::of(catalog, &standing.exceptions, credentials.iter().copied());
        let progress = Progress::run_within(catalog, standing, scope, Some(&cone));
        self.work += progress.touched() / 8 + catalog.len() as u64 / 8 + scope.steps - progress.steps_left();
        let met = |credential: CredentialId| {
            let top = catalog.network.top(Rule::stack(credential));
            top.map_or(Met::No, |top| progress.met(top))
        };
        self.undecided |= !progress.undecided.is_empty();
        let (met, unmet): (Vec<CredentialId>, Vec<CredentialId>) =
            credentials.iter().partition(|&&credential| met(credential) == Met::Yes);
        claimants.learn(&progress);
        let ever = |credential: CredentialId| standing.issued.iter().any(|award| award.is_award_of(credential));
        let is_claimed = |credential: CredentialId| !ever(credential);
        let usable = Usable::new(&progress);
        let mut day = ClaimDay::new(&usable, Some(scope.date), &is_claimed);
        self.undecided |= !claimants.admit(&mut day, met);
        unmet
    }
}
