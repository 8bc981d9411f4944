//! Questions about what the fixpoint found.

use crate::catalog::network::{Part, Rule};
use crate::evaluate::evidence::{Evidence, EvidenceId};
use crate::evaluate::outcome::Met;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, GroupId, Id, LeafId, RegionId};

use crate::evaluate::progress::progress::{DONE, Progress, mark};

impl Progress<'_> {
    /// Whether the credential is held, by an award or by qualification
    /// ([`HELD`](crate::evaluate::progress::progress::HELD),
    /// [`QUALIFIED`](crate::evaluate::progress::progress::QUALIFIED)), under any of its names.
    pub(crate) fn marks(&self, credential: CredentialId) -> u8 {
        self.marks[self.catalog.names.class(credential)]
    }

    /// The rules of the credential that are met (bits of [`mark`]), and whether its stack is
    /// [`STARTED`](crate::evaluate::progress::progress::STARTED).
    pub(crate) fn rules(&self, credential: CredentialId) -> u8 {
        self.rules[credential]
    }

    pub(crate) fn rule_is_met(&self, rule: Rule) -> bool {
        self.rules[rule.credential()] & mark(rule.kind()) != 0
    }

    /// Whether all rules of a conferred credential are met.
    pub(crate) fn is_conferred(&self, credential: CredentialId) -> bool {
        self.catalog.network.has_stack(credential) && self.rules[credential] & DONE != 0
    }

    /// Whether the rules of a credential are met: of one that is taken, if taking is supposed.
    pub(crate) fn is_complete(&self, credential: CredentialId) -> bool {
        self.rules[credential] & DONE != 0
    }

    /// Whether a group or leaf is satisfied. Groups inside a joint region have no state of their own here.
    pub(crate) fn is_met(&self, part: Part) -> bool {
        match part {
            Part::Group(group) => self.groups[group].met != 0,
            Part::Leaf(leaf) => self.leaf_met.contains(leaf),
        }
    }

    /// If regions could not be decided: the same, supposing that they are satisfied. The two runs
    /// tell Kleene's three values: what is met in the first is certain, what is not met in this one certainly is not.
    pub(crate) fn possibly(&self) -> Option<Self> {
        if self.undecided.is_empty() {
            return None;
        }
        let mut progress = self.clone();
        progress.scope.undecided_met = true;
        for &region in &self.undecided {
            progress.satisfied(progress.top(region));
        }
        progress.settle();
        Some(progress)
    }

    /// Whether a group or leaf is satisfied, also inside a joint region, where it is judged by itself. What rests on
    /// other regions that could not be decided counts as not met.
    pub(crate) fn met(&self, part: Part) -> Met {
        let mut steps = self.scope.steps;
        self.met_within(part, &mut steps)
    }

    /// The same within so many search steps; those that it takes are taken off.
    pub(crate) fn met_within(&self, part: Part, steps: &mut u64) -> Met {
        if self.is_met(part) {
            return Met::Yes;
        }
        if !self.is_inside(part) || self.is_decided(part) {
            return Met::No;
        }
        let usable = Usable::within(self, *steps);
        let met = usable.met(part);
        *steps = usable.left().saturating_sub((self.evidence.len() + self.catalog.len()) as u64 / 4);
        met
    }

    /// Whether a part is a group of a joint region, which has no state of its own here unless it is the top.
    pub(crate) fn is_inside(&self, part: Part) -> bool {
        matches!(part, Part::Group(group) if self.region(group) != RegionId::PLAIN)
    }

    /// Whether a part is the top of a joint region that was judged, so that what is not met by now cannot be.
    fn is_decided(&self, part: Part) -> bool {
        let Part::Group(group) = part else { return false };
        let region = self.region(group);
        region != RegionId::PLAIN && self.top(region) == group && !self.undecided.contains(&region)
    }

    /// The evidence before this one satisfied the group.
    pub(crate) fn sufficed(&self, group: GroupId) -> Option<EvidenceId> {
        self.groups[group].met.checked_sub(1).map(|before| EvidenceId::at(before as usize))
    }

    pub(crate) fn have(&self, group: GroupId) -> u32 {
        self.groups[group].have
    }

    /// The hundredths that a filled leaf of a plain sum adds, if nothing else adds there.
    pub(crate) fn adds_at(&self, leaf: LeafId) -> Option<u32> {
        let weight = self.catalog.network.leaf(leaf).weight;
        self.is_met(Part::Leaf(leaf)).then(|| self.adds.get(&leaf).copied().unwrap_or(weight))
    }

    /// The awards that wait for the components of their credentials.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (CredentialId, &[Evidence])> {
        self.work.waiting.iter().map(|(&credential, awards)| (credential, &awards[..]))
    }

    pub(crate) fn date(&self) -> Date {
        self.scope.date
    }

    /// Search steps that were not needed.
    pub(crate) fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Leaves that evidence was followed to: what the run cost.
    pub(crate) fn touched(&self) -> u64 {
        self.touched
    }
}
