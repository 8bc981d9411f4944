//! Fields of a credential beside its rules that are said differently.

use std::collections::BTreeSet;

use crate::catalog::catalog::{Catalog, Credential, Renewal};
use crate::catalog::network::{Rule, RuleKind, Unit};
use crate::value::amount::Amount;
use crate::value::ids::CredentialId;

use crate::compare::answer::{FieldChange, RestsOn};
use crate::compare::required::changed_requirement;
use crate::compare::versions::{VersionPair, Versions};
use crate::compare::words::{asks, difference};

/// The fields that differ, in the order of the documentation.
pub(crate) fn changed(versions: &Versions<'_>, [old, new]: [CredentialId; 2]) -> Vec<FieldChange> {
    let is_renamed = versions.catalogs[0].id(old) != versions.catalogs[1].id(new);
    let [before, after] = [described(versions.catalogs[0], old), described(versions.catalogs[1], new)];
    let before = before.into_iter().map(|(field, text)| (field, versions.in_newer_words(field, text)));
    let mut found: Vec<FieldChange> = before
        .zip(after)
        .filter(|(before, after)| before.1 != after.1)
        .map(|((field, older), (_, newer))| FieldChange { field: field.to_owned(), older, newer })
        .collect();
    if is_renamed {
        found = but_renamed(versions, [old, new], found);
    }
    for kind in RuleKind::ALL {
        let told = |side: usize, top| {
            format!("{} (line {})", asks(versions.catalogs[side], top), versions.catalogs[side].line(top))
        };
        let [older, newer] =
            match [(0, old), (1, new)].map(|(side, own)| versions.catalogs[side].network.top(Rule::new(own, kind))) {
                [Some(old), Some(new)] if !versions.same_part([old, new], false) => difference(versions, [old, new]),
                [Some(old), None] => [told(0, old), String::new()],
                [None, Some(new)] => [String::new(), told(1, new)],
                [Some(_), Some(_)] | [None, None] => continue,
            };
        found.push(FieldChange { field: kind.key().to_owned(), older, newer });
    }
    found.extend(changed_requirement(versions, [old, new]));
    found
}

/// Every field but the id and the rules, as text; a title only if one is given.
pub(crate) fn but_the_id(catalog: &Catalog, own: CredentialId) -> Vec<String> {
    let mut fields: Vec<String> = described(catalog, own).into_iter().map(|(_, text)| text).collect();
    let title = &catalog.at(own).title;
    if title == catalog.id(own) {
        fields[0].clear();
    }
    fields
}

/// The fields that differ of a credential that was renamed, without those that say only that it was.
fn but_renamed(versions: &Versions<'_>, pair: [CredentialId; 2], mut changes: Vec<FieldChange>) -> Vec<FieldChange> {
    let ids = [0, 1].map(|side| versions.catalogs[side].id(pair[side]));
    let titles = [0, 1].map(|side| versions.catalogs[side].at(pair[side]).title.as_str());
    let further = [0, 1].map(|side| {
        let own = versions.catalogs[side].at(pair[side]).ids.iter().map(String::as_str);
        own.filter(|id| !ids.contains(id)).collect::<BTreeSet<&str>>()
    });
    changes.retain(|change| match change.field.as_str() {
        "title" => titles != ids,
        "ids" => further[0] != further[1],
        _ => true,
    });
    changes
}

/// Every field but the rules, as text.
fn described(catalog: &Catalog, own: CredentialId) -> Vec<(&'static str, String)> {
    let described = catalog.at(own);
    let Credential { title, ids, kind, issuer, level, credits, hours, cost, renewal, duration, .. } = described;
    let Credential { valid_for, study, offered, tags, repeatable, counts_as, renews, excludes, source, note, .. } =
        described;
    let maybe = |text: &Option<String>| text.clone().unwrap_or_default();
    let stated = |amount: Option<Amount>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.join(", ")
    };
    let names = &catalog.names;
    let equivalents = names.members(names.class(own)).iter();
    let equivalents = equivalents.filter(|&&other| other != own && names.unit(other) == names.unit(own));
    let equivalents: Vec<&str> = equivalents.map(|&other| catalog.id(other)).collect();
    vec![
        ("title", title.clone()),
        ("ids", sorted(ids)),
        ("type", kind.clone()),
        ("issuer", maybe(issuer)),
        ("level", level.map(|level| level.to_string()).unwrap_or_default()),
        ("credits", credits.to_string()),
        ("hours", stated(*hours)),
        ("cost", stated(*cost)),
        ("renewal", renewal.map(told_renewal).unwrap_or_default()),
        ("duration", duration.map(|duration| duration.to_string()).unwrap_or_default()),
        ("valid_for", valid_for.to_string()),
        ("study", study.to_string()),
        ("offered", offered.to_string()),
        ("tags", sorted(tags)),
        ("repeatable", repeatable.to_string()),
        ("counts_as", sorted(counts_as)),
        ("renews", sorted(renews)),
        ("equivalent", equivalents.join(", ")),
        ("excludes", sorted(excludes)),
        ("source", maybe(source)),
        ("note", maybe(note)),
    ]
}

/// What is said of a renewal, but for what it requires.
fn told_renewal(renewal: Renewal) -> String {
    let Renewal { cost, hours, window, keeps_cycle } = renewal;
    let window = window.map(|window| format!(", within {window} of the last day")).unwrap_or_default();
    format!("{cost} and {hours} hours{window}{}", if keeps_cycle { ", from the old last day" } else { "" })
}

/// The fields of a credential that the rules naming it rest on, and that differ; its amount only where it stands in a
/// sum.
pub(crate) fn that_matter(versions: &Versions<'_>, pair: VersionPair, unit: Option<Unit>) -> Vec<RestsOn> {
    let [Some(old), Some(new)] = pair else { return Vec::new() };
    let matters = |field: &str| match field {
        "valid_for" | "issuer" | "repeatable" | "counts_as" | "equivalent" => true,
        "credits" => unit == Some(Unit::Credits),
        "hours" => unit == Some(Unit::Hours),
        _ => false,
    };
    let credential = versions.name(versions.common[0][old]);
    changed(versions, [old, new])
        .into_iter()
        .filter(|change| matters(&change.field))
        .map(|change| RestsOn { credential: credential.to_owned(), field: change.field })
        .collect()
}
