//! Steps taken one after the other, each judged by the evaluator.

use crate::value::ids::{CredentialId, Id, to_u32};
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::beginning::Companions;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::{HELD, Progress, QUALIFIED};
use crate::evaluate::progress::scope::{Scope, Supposing};
use crate::evaluate::standing::Standing;
use crate::value::date::Date;

/// A learner on the way.
#[derive(Debug, Clone)]
pub(crate) struct Replay<'c> {
    progress: Progress<'c>,
    /// The number of awards that were taken or claimed.
    awards: usize,
    /// What was taken or claimed, and how often, in order.
    taken: Vec<(CredentialId, u32)>,
    /// Steps that were looked at to see whether they are possible.
    looked_at: u64,
}

/// An award that a step brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BroughtAward {
    pub(crate) credential: CredentialId,
    /// Which it is of all that the step brought, from 1 on.
    pub(crate) number: u32,
}

/// Where plans start: nothing is held by qualification ([semantics 7](crate::semantics#7)).
pub(crate) fn start<'c>(catalog: &'c Catalog, standing: &Standing, as_of: Date) -> Progress<'c> {
    Progress::run(catalog, standing, scope(as_of))
}

/// What the learner would have who takes or claims everything that is still offered, as it becomes possible.
pub(crate) fn everything<'c>(catalog: &'c Catalog, standing: &Standing, as_of: Date) -> Progress<'c> {
    let mut standing = standing.clone();
    standing.in_progress.clear();
    Progress::run(catalog, &standing, Scope { supposing: Supposing::WhatIsOffered, ..scope(as_of) })
}

fn scope(as_of: Date) -> Scope {
    let options = EvaluateOptions { qualification_counts: false, ..EvaluateOptions::default() };
    Scope::certain(as_of, &options)
}

/// The same of a learner who has nothing, and can wait, from a day on, until what is asked of the days of awards suits.
pub(crate) fn start_from_nothing(catalog: &Catalog, date: Date, from: Date) -> Progress<'_> {
    Progress::run(catalog, &Standing::default(), Scope { suiting: Some(from), ..scope(date) })
}

impl<'c> Replay<'c> {
    pub(crate) fn new(progress: &Progress<'c>) -> Self {
        Self { progress: progress.clone(), awards: 0, taken: Vec::new(), looked_at: 0 }
    }

    /// True if the credential can be taken or claimed now by itself, its offering aside.
    pub(crate) fn is_possible(&self, credential: CredentialId) -> bool {
        self.is_open(credential) && self.begun_among([credential]).contains(&credential)
    }

    /// The same, while others are underway, each of which will bring an award: they count for corequisites.
    pub(crate) fn is_possible_beside(
        &self,
        credential: CredentialId,
        underway: impl IntoIterator<Item = (CredentialId, Evidence)>,
    ) -> bool {
        let own = || [(credential, self.progress.tried_award(credential, false))];
        self.is_open(credential)
            && (!self.progress.lacks_corequisite(credential)
                || self.progress.begun_beside(own(), underway).contains(&credential))
    }

    /// True if the credentials can be begun together now, none of them by itself; offerings aside.
    pub(crate) fn is_group(&self, credentials: &BTreeSet<CredentialId>) -> bool {
        self.greatest_group(credentials.iter().copied()) == *credentials
            && !credentials.iter().any(|&credential| self.is_possible(credential))
    }

    /// True if the rules of a credential are met but for its corequisite.
    pub(crate) fn is_open(&self, credential: CredentialId) -> bool {
        let network = &self.progress.catalog.network;
        let met = |rule| network.top(rule).is_none() || self.progress.rule_is_met(rule);
        met(Rule::prerequisite(credential)) && met(Rule::stack(credential))
    }

    /// Of credentials whose other rules are met, those that can be begun together.
    fn begun_among(&self, credentials: impl IntoIterator<Item = CredentialId> + Clone) -> BTreeSet<CredentialId> {
        if credentials.clone().into_iter().all(|credential| !self.progress.lacks_corequisite(credential)) {
            return credentials.into_iter().collect();
        }
        let award = |credential| (credential, self.progress.tried_award(credential, false));
        self.progress.begun_together(credentials.into_iter().map(award), false).credentials
    }

    /// Of credentials, none of which is possible by itself, the greatest set that can be begun together.
    fn greatest_group(&self, credentials: impl IntoIterator<Item = CredentialId>) -> BTreeSet<CredentialId> {
        let network = &self.progress.catalog.network;
        let lacking = |&credential: &CredentialId| {
            !network.has_stack(credential) && self.progress.lacks_corequisite(credential) && self.is_open(credential)
        };
        self.begun_among(credentials.into_iter().filter(lacking).collect::<Vec<_>>())
    }

    /// What can be begun, alone or together with others, of all that is offered on the date; or of what will be, too.
    /// Nothing where no credential has a corequisite.
    pub(crate) fn beginnings(&self, later: bool) -> BTreeSet<CredentialId> {
        let Progress { catalog, scope, .. } = &self.progress;
        if catalog.network.corequisite_uses.is_empty() {
            return BTreeSet::new();
        }
        let is_offered = |&credential: &CredentialId| {
            let offered = &catalog.terms(credential).offered;
            let in_time = if later { !offered.is_over(scope.date) } else { offered.contains(scope.date) };
            in_time && !catalog.network.has_stack(credential) && self.is_open(credential)
        };
        self.begun_among(CredentialId::first(catalog.len()).filter(is_offered).collect::<Vec<_>>())
    }

    /// What has to be begun together with one of the credentials that can be.
    pub(crate) fn begun_with(
        &self,
        credential: CredentialId,
        among: &BTreeSet<CredentialId>,
    ) -> impl Iterator<Item = CredentialId> {
        let companions = Companions { progress: &self.progress, among, supposed: false };
        let alone = self.is_possible(credential) || !among.contains(&credential);
        if alone { Vec::new() } else { companions.of(credential) }.into_iter()
    }

    /// Of credentials that can be begun together, the least that one of them needs: so it holds no smaller group.
    fn smallest_group(&self, among: BTreeSet<CredentialId>) -> BTreeSet<CredentialId> {
        /// Members of members looked at before a group is taken as it is.
        const MOST_LOOKED_AT: usize = 100_000;
        let mut group = among;
        let mut left = MOST_LOOKED_AT;
        while left > group.len() {
            let companions = Companions { progress: &self.progress, among: &group, supposed: false };
            let needs = |&member: &CredentialId| -> BTreeSet<CredentialId> {
                companions.of(member).into_iter().chain([member]).collect()
            };
            let smaller =
                group.iter().take(left / group.len().max(1)).map(needs).find(|needs| needs.len() < group.len());
            left = left.saturating_sub(group.len() * group.len());
            match smaller {
                Some(smaller) => group = smaller,
                None => break,
            }
        }
        group
    }

    /// Takes or claims it, as often as given.
    pub(crate) fn take(&mut self, credential: CredentialId, times: u32) {
        self.take_together(&[(credential, times)]);
    }

    /// Takes these together, each as often as given.
    pub(crate) fn take_together(&mut self, group: &[(CredentialId, u32)]) {
        for &(credential, times) in group {
            for _ in 0..times {
                self.awards += 1;
                let origin = Origin::Issued(AwardId::from_end(self.awards));
                self.progress.receive(self.progress.new_award(credential, origin));
            }
            self.taken.push((credential, times));
        }
        self.progress.settle();
    }

    /// What was taken or claimed, and how often, in order.
    pub(crate) fn taken(&self) -> &[(CredentialId, u32)] {
        &self.taken
    }

    /// Steps that were looked at, again and again, to see whether they are possible.
    pub(crate) fn looked_at(&self) -> u64 {
        self.looked_at
    }

    pub(crate) fn has_taken(&self, credential: CredentialId) -> bool {
        self.taken.iter().any(|taken| taken.0 == credential)
    }

    /// What an award is that was taken or claimed; `None` for one of the record.
    pub(crate) fn brought(&self, origin: Origin) -> Option<BroughtAward> {
        let Origin::Issued(award) = origin else { return None };
        let mut left = award.number_from_end().checked_sub(1).filter(|&place| place < self.awards)?;
        for &(credential, times) in &self.taken {
            match left.checked_sub(times as usize) {
                Some(beyond) => left = beyond,
                None => return Some(BroughtAward { credential, number: to_u32(left + 1) }),
            }
        }
        None
    }

    /// Steps of work that it took, from where it began on.
    pub(crate) fn work(&self, start: &Progress<'_>) -> u64 {
        let steps = start.steps_left().saturating_sub(self.progress.steps_left());
        // What is copied to begin with is looked at in words, of which many are one step.
        let copied = self.progress.catalog.len() as u64 / 64;
        (self.progress.touched() - start.touched()) / 8 + steps + copied + self.taken.len() as u64 + self.looked_at + 1
    }

    /// Takes in awards that were made on other days.
    pub(crate) fn receive(&mut self, awards: impl IntoIterator<Item = Evidence>) {
        for award in awards {
            self.progress.receive(award);
        }
        self.progress.settle();
    }

    /// The state of the learner now, as the evaluator has it.
    pub(crate) fn progress(&self) -> &Progress<'c> {
        &self.progress
    }

    /// True if an award that counts as the credential is current.
    pub(crate) fn holds(&self, credential: CredentialId) -> bool {
        self.progress.marks(credential) & HELD != 0
    }

    /// True if such an award is current or supposed to be.
    pub(crate) fn counts(&self, credential: CredentialId) -> bool {
        self.progress.marks(credential) & (HELD | QUALIFIED) != 0
    }

    /// True if the evaluator could not decide everything.
    pub(crate) fn is_undecided(&self) -> bool {
        !self.progress.undecided.is_empty()
    }

    /// Takes whatever of these is possible, alone or together with others of them, going through them again and again
    /// until nothing more is.
    pub(crate) fn take_in_passes(&mut self, steps: &[(CredentialId, u32)]) {
        let mut left = steps.to_vec();
        loop {
            let before = left.len();
            self.looked_at += before as u64;
            left.retain(|&(credential, times)| {
                let possible = self.is_possible(credential);
                if possible {
                    self.take(credential, times);
                }
                !possible
            });
            if left.len() == before {
                let group = self.greatest_group(left.iter().map(|step| step.0));
                if group.is_empty() {
                    return;
                }
                let (together, others): (Vec<_>, Vec<_>) = left.iter().partition(|step| group.contains(&step.0));
                self.take_together(&together);
                left = others;
            }
        }
    }

    /// Takes whatever more of these is possible while something else is underway.
    pub(crate) fn take_beside(&mut self, underway: CredentialId, steps: &[(CredentialId, u32)]) {
        if self.progress.catalog.network.corequisite_uses.is_empty() {
            return;
        }
        let award = (underway, self.progress.tried_award(underway, false));
        let mut left: Vec<(CredentialId, u32)> = steps.to_vec();
        loop {
            left.retain(|step| !self.has_taken(step.0));
            self.looked_at += left.len() as u64;
            let lacking = |step: &&(CredentialId, u32)| self.is_open(step.0);
            let candidates: Vec<CredentialId> = left.iter().filter(lacking).map(|step| step.0).collect();
            let awards =
                candidates.iter().map(|&credential| (credential, self.progress.tried_award(credential, false)));
            let begun = self.progress.begun_beside(awards, [award.clone()]);
            let group: Vec<(CredentialId, u32)> = left.iter().copied().filter(|step| begun.contains(&step.0)).collect();
            if group.is_empty() {
                return;
            }
            self.take_together(&group);
        }
    }

    /// Takes whatever of these is possible, until nothing more is; those it took, at every turn the first in the order
    /// of ids.
    pub(crate) fn take_all(&mut self, steps: &[(CredentialId, u32)]) -> Vec<(CredentialId, u32)> {
        self.take_all_when(steps, |_, _| true).into_iter().flatten().collect()
    }

    /// The same, each as soon as something else besides is so; what can only be begun together is one group, the others
    /// are one each.
    pub(crate) fn take_all_when(
        &mut self,
        steps: &[(CredentialId, u32)],
        is_so: impl Fn(&Self, CredentialId) -> bool,
    ) -> Vec<Vec<(CredentialId, u32)>> {
        let mut left: BTreeSet<(CredentialId, u32)> = steps.iter().copied().collect();
        let mut taken = Vec::new();
        loop {
            let next = left.iter().find(|step| self.is_possible(step.0) && is_so(self, step.0));
            let group: Vec<(CredentialId, u32)> = if let Some(&step) = next {
                vec![step]
            } else {
                let ready = left.iter().map(|step| step.0).filter(|&credential| is_so(self, credential));
                let group = self.smallest_group(self.greatest_group(ready));
                left.iter().copied().filter(|step| group.contains(&step.0)).collect()
            };
            if group.is_empty() {
                return taken;
            }
            for step in &group {
                left.remove(step);
            }
            self.take_together(&group);
            taken.push(group);
        }
    }
}
