//! Credentials whose id changed between two versions, and nothing else ([semantics 8.2](crate::semantics#8.2)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::value::ids::CredentialId;

use crate::compare::fields;
use crate::compare::versions::{CommonId, Versions};

/// A credential by its numbers in the older version and in the newer one.
pub(crate) type RenamedPair = [CredentialId; 2];

/// Both versions, with renamed credentials as one.
pub(crate) fn versions(catalogs: [&Catalog; 2]) -> Versions<'_> {
    let only = |side: usize| -> Vec<CredentialId> {
        let is_only = |id: &str| catalogs[1 - side].credential(id).is_none_or(|own| catalogs[1 - side].id(own) != id);
        catalogs[side].credentials().filter(|(_, described)| is_only(&described.id)).map(|(own, _)| own).collect()
    };
    let [removed, added] = [only(0), only(1)];
    if removed.is_empty() || added.is_empty() {
        return Versions::new(catalogs, &[]);
    }
    let known = by_ids(catalogs, &removed, &added);
    let mut alike = by_fields(catalogs, &removed, &added);
    // Each that is not the same after all may be one on which others rest.
    for _ in 0..MOST_ROUNDS {
        let renamed: Vec<RenamedPair> = known.iter().chain(&alike).copied().collect();
        let versions = Versions::new(catalogs, &renamed);
        let named_by = [0, 1].map(|side| named_by(&versions, side));
        let before = alike.len();
        alike.retain(|&pair| is_same(&versions, &named_by, pair));
        if alike.len() == before {
            return versions;
        }
    }
    Versions::new(catalogs, &known)
}

/// What seemed to be renamed and was not is taken out so often, with what rests on it; if there is more of it then,
/// everything is gone and new that no further id says is the same.
const MOST_ROUNDS: usize = 64;

/// For each credential of a version, which ones name it.
type NamedBy = BTreeMap<CredentialId, BTreeSet<CommonId>>;

fn named_by(versions: &Versions<'_>, side: usize) -> NamedBy {
    let network = &versions.catalogs[side].network;
    let mut found = NamedBy::new();
    for (leaf, described) in network.leaves.entries() {
        let owner = versions.common[side][network.rule_of(leaf).credential()];
        found.entry(described.credential).or_default().insert(owner);
    }
    found
}

/// Those of which one version knows the id that the other one gives to it, each with no other.
fn by_ids(catalogs: [&Catalog; 2], removed: &[CredentialId], added: &[CredentialId]) -> Vec<RenamedPair> {
    let is_added = |new: &CredentialId| added.binary_search(new).is_ok();
    let is_removed = |old: &CredentialId| removed.binary_search(old).is_ok();
    let newer = removed.iter().filter_map(|&old| {
        let new = catalogs[1].credential(catalogs[0].id(old)).filter(is_added)?;
        Some([old, new])
    });
    let older = added.iter().filter_map(|&new| {
        let old = catalogs[0].credential(catalogs[1].id(new)).filter(is_removed)?;
        Some([old, new])
    });
    let pairs: BTreeSet<RenamedPair> = newer.chain(older).collect();
    let mut often: [BTreeMap<CredentialId, usize>; 2] = Default::default();
    for pair in &pairs {
        for (often, own) in often.iter_mut().zip(pair) {
            *often.entry(*own).or_default() += 1;
        }
    }
    pairs.into_iter().filter(|pair| often.iter().zip(pair).all(|(often, own)| often[own] == 1)).collect()
}

/// Those of which all is said alike but the id and the rules, each with no other; what a record means by either id is
/// told by the version alone that has it.
fn by_fields(catalogs: [&Catalog; 2], removed: &[CredentialId], added: &[CredentialId]) -> Vec<RenamedPair> {
    let mut found: BTreeMap<Vec<String>, [Vec<CredentialId>; 2]> = BTreeMap::new();
    for (side, all) in [removed, added].into_iter().enumerate() {
        for &own in all.iter().filter(|&&own| catalogs[1 - side].credential(catalogs[side].id(own)).is_none()) {
            found.entry(fields::but_the_id(catalogs[side], own)).or_default()[side].push(own);
        }
    }
    let one = |pair: &[Vec<CredentialId>; 2]| match [&pair[0][..], &pair[1][..]] {
        [[old], [new]] => Some([*old, *new]),
        _ => None,
    };
    found.values().filter_map(one).collect()
}

/// Whether the rules are written the same, and so is what names the credential: something does, or it has a title.
fn is_same(versions: &Versions<'_>, named_by: &[NamedBy; 2], pair: RenamedPair) -> bool {
    let [older, newer] = [0, 1].map(|side: usize| named_by[side].get(&pair[side]));
    let has_title = versions.catalogs[0].at(pair[0]).title != versions.catalogs[0].id(pair[0]);
    let same_rules = Rule::all(pair[0]).zip(Rule::all(pair[1])).all(|(old, new)| {
        match [0, 1].map(|side: usize| versions.catalogs[side].network.top([old, new][side])) {
            [Some(old), Some(new)] => versions.same_part([old, new], false),
            [None, None] => true,
            _ => false,
        }
    });
    same_rules && older == newer && (has_title || older.is_some())
}
