//! Causes: rules, exclusions and closed offerings that together rule something out, none of which can be left out. That
//! is an irreducible infeasible subset (a MUS), found by a deletion filter that tries halves first.

use std::collections::BTreeSet;

use crate::catalog::network::{Rule, RuleKind};
use crate::finding::diagnostic::Diagnostic;
use crate::finding::witness::{Because, Witness};
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{ReachQuestion, Reached, Wanted};
use crate::value::ids::CredentialId;

use crate::check::facts::Facts;

/// Something that a cause can do without, or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CauseItem {
    Prerequisite(CredentialId),
    Corequisite(CredentialId),
    Stack(CredentialId),
    /// An exclusion as it is written: the credential that says so, and the one that it excludes.
    Exclusion(CredentialId, CredentialId),
    Closed(CredentialId),
}

impl CauseItem {
    /// The credential that is not offered, if it says that one is not.
    pub(crate) fn closed(self) -> Option<CredentialId> {
        match self {
            Self::Closed(credential) => Some(credential),
            _ => None,
        }
    }
}

impl Facts<'_> {
    /// Adds the cause, and labels where its exclusions are written.
    pub(crate) fn with_cause(&self, mut diagnostic: Diagnostic, cause: &[CauseItem]) -> Diagnostic {
        let id = |credential: CredentialId| self.catalog.id(credential).to_owned();
        let mut because = Vec::new();
        for &item in cause {
            because.push(match item {
                CauseItem::Prerequisite(credential) => self.because_of(Rule::prerequisite(credential)),
                CauseItem::Corequisite(credential) => self.because_of(Rule::corequisite(credential)),
                CauseItem::Stack(credential) => self.because_of(Rule::stack(credential)),
                CauseItem::Closed(credential) => Because::NotOffered { credential: id(credential) },
                CauseItem::Exclusion(by, excludes) => {
                    let listed = &self.written(by).places.excludes;
                    let place = listed.iter().find(|(other, _)| *other == excludes).map(|(_, place)| place.clone());
                    let place = place.unwrap_or_else(|| self.written(by).places.id.clone());
                    diagnostic =
                        diagnostic.also(place, format!("{} excludes {}", self.quoted(by), self.quoted(excludes)));
                    Because::Exclusion { credential: id(by), excludes: id(excludes) }
                }
            });
        }
        diagnostic.secondary.truncate(6);
        diagnostic.witness(Witness::Cause { because })
    }
}

/// Whether the credential can be earned if some others are simply there.
pub(crate) fn possible(facts: &Facts<'_>, credential: CredentialId, free: &BTreeSet<CredentialId>) -> Reached {
    if facts.is_exhausted() {
        return Reached::Undecided;
    }
    // What is simply there neither excludes nor is excluded: no exclusion that is written at it, or names it, stands.
    let stands = |(by, excluded): (CredentialId, CredentialId)| !free.contains(&by) && !free.contains(&excluded);
    let exclusions = facts.kept_apart(&facts.exclusions, stands);
    facts.put(
        &ReachQuestion {
            goals: &[Goal::Credential(credential)],
            supposed: &|rule| free.contains(&rule.credential()),
            offered: &|other| facts.offered[other] || free.contains(&other),
            exclusions: &exclusions,
            evaluated: false,
        },
        Wanted::Any,
    )
}

/// Rules, exclusions and closed offerings that together rule out the goals, none of which can be left out; and whether
/// it is certain that none can.
pub(crate) fn cause(
    facts: &Facts<'_>,
    goals: &[Goal],
    of: impl IntoIterator<Item = CredentialId>,
    free: &BTreeSet<CredentialId>,
) -> (Vec<CauseItem>, bool) {
    let cone = facts.cone(of);
    let inside = |credential: CredentialId| cone.credentials[credential] && !free.contains(&credential);
    let mut kept: BTreeSet<CauseItem> = BTreeSet::new();
    let reached = |credential: CredentialId| cone.credentials[credential];
    let pairs: Vec<(CredentialId, CredentialId)> =
        facts.exclusions.iter().copied().filter(|&(one, other)| reached(one) && reached(other)).collect();
    kept.extend(facts.exclusions_between(&pairs).into_iter().map(|(by, excluded)| CauseItem::Exclusion(by, excluded)));
    for credential in facts.numbers().filter(|&credential| inside(credential)) {
        let network = &facts.catalog.network;
        kept.extend(network.top(Rule::prerequisite(credential)).map(|_| CauseItem::Prerequisite(credential)));
        kept.extend(network.top(Rule::corequisite(credential)).map(|_| CauseItem::Corequisite(credential)));
        kept.extend(network.top(Rule::stack(credential)).map(|_| CauseItem::Stack(credential)));
        if !facts.offered[credential] {
            kept.insert(CauseItem::Closed(credential));
        }
    }
    let mut certain = true;
    let mut open: Vec<Vec<CauseItem>> = vec![kept.iter().copied().collect()];
    while let Some(some) = open.pop() {
        let without: BTreeSet<CauseItem> = kept.iter().filter(|item| !some.contains(item)).copied().collect();
        facts.spend(kept.len() / 8);
        match ruled_out(facts, goals, &without, &pairs) {
            Reached::Never => kept = without,
            Reached::Undecided if facts.is_exhausted() => return (kept.into_iter().collect(), false),
            answer if some.len() == 1 => certain &= matches!(answer, Reached::With(..)),
            _ => {
                let (first, second) = some.split_at(some.len() / 2);
                open.push(second.to_vec());
                open.push(first.to_vec());
            }
        }
    }
    (kept.into_iter().collect(), certain)
}

/// The goals, with nothing in their way but these.
fn ruled_out(
    facts: &Facts<'_>,
    goals: &[Goal],
    items: &BTreeSet<CauseItem>,
    pairs: &[(CredentialId, CredentialId)],
) -> Reached {
    let exclusions = facts.kept_apart(pairs, |(by, excluded)| items.contains(&CauseItem::Exclusion(by, excluded)));
    let stands = |rule: Rule| {
        let credential = rule.credential();
        items.contains(&match rule.kind() {
            RuleKind::Prerequisite => CauseItem::Prerequisite(credential),
            RuleKind::Corequisite => CauseItem::Corequisite(credential),
            RuleKind::Stack => CauseItem::Stack(credential),
        })
    };
    facts.put(
        &ReachQuestion {
            goals,
            supposed: &|rule| !stands(rule),
            offered: &|credential| !items.contains(&CauseItem::Closed(credential)),
            exclusions: &exclusions,
            evaluated: false,
        },
        Wanted::Any,
    )
}
