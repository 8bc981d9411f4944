//! What is there while the claims of a plan are made one after the other: the evaluator takes the steps that nobody
//! limits as soon as they become possible.

use std::collections::BTreeSet;

use crate::evaluate::evidence::{Admitted, EvidenceId, Origin};
use crate::evaluate::progress::progress::{Progress, STACK};
use crate::evaluate::sharing::claimants::{ClaimantId, Claimants};
use crate::evaluate::sharing::round::{Grounds, MadeClaims};
use crate::plan::model::replay::Replay;
use crate::value::ids::{CredentialId, IdVec};

/// From when on a piece of evidence is there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Arrival {
    /// From the start.
    Before,
    /// Once a step is taken.
    ByStep(CredentialId),
    /// Once the stack of its credential is met, which it waits for.
    OnceStacked(CredentialId),
    /// Once it is an award of the credential by renewal: by an award that a step brings, or one of the record.
    ByRenewal { by: Option<CredentialId>, credential: CredentialId },
}

impl Arrival {
    /// Of evidence as it is after some steps.
    pub(crate) fn of(admitted: &Admitted, after: &Replay<'_>) -> Self {
        let by = after.brought(admitted.evidence.origin).map(|brought| brought.credential);
        match by {
            by if admitted.evidence.renewal().is_some() => {
                Self::ByRenewal { by, credential: admitted.evidence.credential }
            }
            Some(by) => Self::ByStep(by),
            None if admitted.again => Self::OnceStacked(admitted.evidence.credential),
            None => Self::Before,
        }
    }

    /// Whether it is there after some of the steps.
    pub(crate) fn is_there(self, after: &Replay<'_>) -> bool {
        match self {
            Self::Before => true,
            Self::ByStep(credential) => after.has_taken(credential),
            Self::ByRenewal { by, credential } => {
                let brought_by = |origin: Origin| after.brought(origin).map(|brought| brought.credential);
                let is_it = |admitted: &Admitted| {
                    let Admitted { evidence, .. } = admitted;
                    evidence.credential == credential
                        && evidence.renewal().is_some()
                        && brought_by(evidence.origin) == by
                };
                after.progress().evidence.iter().any(is_it)
            }
            Self::OnceStacked(credential) => after.progress().rules(credential) & STACK != 0,
        }
    }
}

/// The steps of a plan as grounds of its claims.
pub(crate) struct PlanGrounds<'g> {
    pub(crate) start: &'g Progress<'g>,
    pub(crate) claimants: &'g Claimants<'g>,
    pub(crate) arrivals: &'g IdVec<EvidenceId, Arrival>,
    /// All steps, in an order in which they can be taken.
    pub(crate) steps: &'g [(CredentialId, u32)],
    replay: Replay<'g>,
    /// Steps that are no claims under a policy, and are not taken yet.
    left: Vec<(CredentialId, u32)>,
}

impl<'g> PlanGrounds<'g> {
    pub(crate) fn new(
        start: &'g Progress<'g>,
        claimants: &'g Claimants<'g>,
        arrivals: &'g IdVec<EvidenceId, Arrival>,
        steps: &'g [(CredentialId, u32)],
    ) -> Self {
        Self { start, claimants, arrivals, steps, replay: Replay::new(start), left: Vec::new() }
    }

    /// Takes what has become possible; the work of it.
    fn go_on(&mut self) -> u64 {
        let before = self.replay.taken().len();
        self.replay.take_in_passes(&self.left);
        self.left.retain(|&(credential, _)| !self.replay.has_taken(credential));
        let taken = self.replay.taken().len() - before + 1;
        // Each pass goes through what is left.
        (taken * (self.left.len() + taken)) as u64 / 16 + 1
    }
}

impl Grounds for PlanGrounds<'_> {
    fn begin(&mut self) -> u64 {
        self.replay = Replay::new(self.start);
        let is_free = |step: &&(CredentialId, u32)| self.claimants.find(None, step.0).is_none();
        self.left = self.steps.iter().filter(is_free).copied().collect();
        let work = self.go_on();
        work + self.replay.work(self.start)
    }

    fn made(&mut self, claimant: ClaimantId) -> u64 {
        let claimed = &self.claimants.all[claimant];
        if claimed.fixed.is_some() {
            return 0;
        }
        let before = self.replay.work(self.start);
        let steps = self.steps.iter().copied().filter(|step| step.0 == claimed.credential);
        for (credential, times) in steps {
            self.replay.take(credential, times);
        }
        let work = self.go_on();
        work + self.replay.work(self.start) - before
    }

    fn is_there(&self, evidence: EvidenceId) -> bool {
        self.arrivals[evidence].is_there(&self.replay)
    }

    fn can_make(&self, claimant: ClaimantId) -> bool {
        let claimed = &self.claimants.all[claimant];
        claimed.fixed.is_some() || self.replay.is_possible(claimed.credential)
    }

    /// Whatever was claimed may have opened the way to a step.
    fn needed(&self, mut demanded: BTreeSet<ClaimantId>, made: &MadeClaims) -> BTreeSet<ClaimantId> {
        demanded.extend(made.keys().copied().filter(|&claimant| self.claimants.all[claimant].fixed.is_none()));
        demanded
    }
}
