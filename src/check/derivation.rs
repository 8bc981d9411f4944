//! Sets of credentials that can be earned one after the other, as everything that can be was earned.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::catalog::network::{Measure, Part, Rule, RuleKind};
use crate::evaluate::evidence::EvidenceId;
use crate::plan::model::statement::Goal;
use crate::value::ids::{CredentialId, GroupId, LeafId, RegionId};

use crate::check::facts::Facts;

/// The tie-breaking of a derivation: the one that is taken of those that would do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Preference {
    First,
    Last,
}

impl Preference {
    /// Sorts what was met or awarded in certain turns.
    fn sort<T: Ord + Copy>(self, turns: &mut [(EvidenceId, T)]) {
        match self {
            Self::First => turns.sort_unstable(),
            Self::Last => turns.sort_unstable_by_key(|&turn| Reverse(turn)),
        }
    }
}

/// The evidence for a part that a derivation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needed {
    /// Enough to meet it that had come before a turn.
    One(EvidenceId),
    /// All that had come before a turn: of each leaf the first award, or every one where several may be needed.
    Before(EvidenceId, bool),
}

impl Facts<'_> {
    /// A set of credentials that can be earned one after the other and brings the goals, which can be reached,
    /// exclusions aside; small, not smallest. Of what does as well, what was earned first is taken, or last.
    pub(crate) fn derivation(&self, goals: impl IntoIterator<Item = Goal>, taken: Preference) -> Vec<CredentialId> {
        let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
        let mut parts: Vec<(Part, Needed)> = Vec::new();
        for goal in goals {
            match goal {
                Goal::Credential(credential) => found.extend(seen.insert(credential).then_some(credential)),
                Goal::Part(part) => parts.push((part, Needed::One(EvidenceId::END))),
            }
        }
        found.extend(self.taken(parts, taken).into_iter().filter(|&filler| seen.insert(filler)));
        let mut next = 0;
        while let Some(&credential) = found.get(next) {
            next += 1;
            found.extend(self.supports(credential, taken).into_iter().filter(|&filler| seen.insert(filler)));
        }
        self.spend(4 * found.len());
        found.sort_unstable();
        found
    }

    /// The credentials that a derivation takes for the rules of a credential.
    pub(crate) fn supports(&self, credential: CredentialId, taken: Preference) -> Vec<CredentialId> {
        let turn = self.turn(credential).unwrap_or(EvidenceId::END);
        // What was begun together may rest on what came with it.
        let together = self.all.came_by.get(&credential).copied().unwrap_or(turn);
        let before = |rule: Rule| if rule.kind() == RuleKind::Corequisite { together } else { turn };
        let tops = Rule::all(credential).filter_map(|rule| Some((self.catalog.network.top(rule)?, before(rule))));
        self.taken(tops.map(|(top, before)| (top, Needed::One(before))).collect(), taken)
    }

    fn taken(&self, mut parts: Vec<(Part, Needed)>, taken: Preference) -> Vec<CredentialId> {
        let mut found = Vec::new();
        while let Some((part, needed)) = parts.pop() {
            match part {
                Part::Leaf(leaf) => found.extend(self.taken_fillers(leaf, needed, taken)),
                Part::Group(group) => parts.extend(self.taken_parts(group, needed, taken)),
            }
        }
        found
    }

    fn taken_fillers(&self, leaf: LeafId, needed: Needed, taken: Preference) -> Vec<CredentialId> {
        let (before, every) = match needed {
            Needed::One(before) => (before, false),
            Needed::Before(turn, every) => (turn, every),
        };
        let turns = self.fillers(leaf).into_iter().filter_map(|filler| Some((self.turn(filler)?, filler)));
        let mut turns: Vec<(EvidenceId, CredentialId)> = turns.filter(|&(turn, _)| turn < before).collect();
        taken.sort(&mut turns);
        turns.truncate(if every { usize::MAX } else { 1 });
        turns.into_iter().map(|(_, filler)| filler).collect()
    }

    /// Parts of a group that satisfied it, and what is needed of each.
    fn taken_parts(&self, group: GroupId, needed: Needed, taken: Preference) -> Vec<(Part, Needed)> {
        let network = &self.catalog.network;
        let described = network.group(group);
        let parts = network.parts(group).iter().copied();
        let Needed::One(before) = needed else {
            return parts.map(|part| (part, needed)).collect();
        };
        let joint = described.region != RegionId::PLAIN;
        if let Some(members) = self.adding_up(group, before, taken) {
            return members.into_iter().map(|part| (part, needed)).collect();
        }
        if joint || described.measure != Measure::Count {
            let before = Needed::Before(self.all.sufficed(group).unwrap_or_default(), joint);
            return parts.map(|part| (part, before)).collect();
        }
        let mut met: Vec<(EvidenceId, Part)> = parts.filter_map(|part| Some((self.met_at(part)?, part))).collect();
        met.retain(|&(turn, _)| turn < before);
        taken.sort(&mut met);
        met.truncate(described.threshold as usize);
        met.into_iter().map(|(_, part)| (part, needed)).collect()
    }

    /// Members of a plain sum that come to enough and had come before a turn; `None` if that takes more than adding up.
    /// In a plain sum no award could fill two places.
    fn adding_up(&self, group: GroupId, before: EvidenceId, taken: Preference) -> Option<Vec<Part>> {
        let network = &self.catalog.network;
        let described = network.group(group);
        if described.region != RegionId::PLAIN || described.measure == Measure::Count {
            return None;
        }
        let members = network.parts(group).iter().map(|&part| Some((self.met_at(part)?, part)));
        let mut members: Vec<(EvidenceId, Part)> = members.flatten().filter(|&(turn, _)| turn < before).collect();
        taken.sort(&mut members);
        let (mut left, mut found) = (described.threshold, Vec::new());
        for (_, part) in members {
            let Part::Leaf(leaf) = part else { return None };
            if left > 0 {
                left = left.saturating_sub(network.leaf(leaf).weight);
                found.push(part);
            }
        }
        (left == 0).then_some(found)
    }

    /// The turn in which a part that counts by itself was met.
    fn met_at(&self, part: Part) -> Option<EvidenceId> {
        match part {
            Part::Leaf(leaf) => self.fillers(leaf).into_iter().filter_map(|filler| self.turn(filler)).min(),
            Part::Group(group) => self.all.sufficed(group).map(EvidenceId::before),
        }
    }
}
