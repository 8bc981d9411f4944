//! What renewals require, compared as it is written.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::value::ids::CredentialId;

use crate::compare::answer::FieldChange;
use crate::compare::versions::Versions;
use crate::compare::words::{asks, words};

/// What renewing a credential requires, where that is written differently: the first part that is, as far down as words
/// tell them apart.
pub(crate) fn changed_requirement(versions: &Versions<'_>, pair: [CredentialId; 2]) -> Option<FieldChange> {
    let sides = [0, 1].map(|side| required(versions.catalogs[side], pair[side]));
    let told = |side: Option<(&Catalog, Part)>| {
        side.map(|(catalog, part)| format!("{} (line {})", asks(catalog, part), catalog.line(part))).unwrap_or_default()
    };
    let field = "renewal.requires".to_owned();
    let ([Some((old, mut older)), Some((new, mut newer))], newer_words) = (sides, versions) else {
        let [older, newer] = sides.map(told);
        return (older != newer).then_some(FieldChange { field, older, newer });
    };
    let whole = |side: usize, catalog: &Catalog, part: Part| written(newer_words, side, catalog, part);
    if whole(0, old, older) == whole(1, new, newer) {
        return None;
    }
    while asks(old, older) == asks(new, newer) {
        let inside = [(old, older), (new, newer)].map(|(catalog, part)| parts(catalog, part));
        let mut pairs = inside[0].iter().zip(&inside[1]);
        let deeper = pairs.find(|&(&before, &after)| whole(0, old, before) != whole(1, new, after));
        let Some((&before, &after)) = deeper else { break };
        (older, newer) = (before, after);
    }
    Some(FieldChange { field, older: told(Some((old, older))), newer: told(Some((new, newer))) })
}

/// What renewing the credential requires.
fn required(catalog: &Catalog, credential: CredentialId) -> Option<(&Catalog, Part)> {
    let rules = catalog.renewal_rules.as_deref()?;
    let required = *rules.of.get(&credential)?;
    Some((&rules.catalog, rules.catalog.network.top(Rule::stack(required))?))
}

fn parts(catalog: &Catalog, part: Part) -> Vec<Part> {
    match part {
        Part::Group(group) => catalog.network.parts_in_id_order(group),
        Part::Leaf(_) => Vec::new(),
    }
}

/// All that a part asks for, in words; what was renamed under its newer id.
fn written(versions: &Versions<'_>, side: usize, catalog: &Catalog, part: Part) -> String {
    let mut text = match part {
        Part::Leaf(leaf) => {
            let credential = catalog.network.leaf(leaf).credential;
            // Those of the catalog have the same numbers here.
            let own = versions.common[side].get(credential).map(|&common| versions.name(common));
            let id = own.unwrap_or_else(|| catalog.id(credential));
            words(catalog, part).replacen(catalog.id(credential), id, 1)
        }
        Part::Group(_) => words(catalog, part),
    };
    let mut inside: Vec<String> =
        parts(catalog, part).into_iter().map(|part| written(versions, side, catalog, part)).collect();
    inside.sort_unstable();
    for one in inside {
        text.extend(["[", &one, "]"]);
    }
    text
}
