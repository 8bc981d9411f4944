//! Random documents of the shape that each format has: they come back as they were, and of any document what was named
//! as lost was lost. One pathway in two encodings is one catalog, whichever the two are.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use credpath::rules::{all_of, any_of, at_least};
use credpath::{
    CatalogDocument, CredentialDocument, LearnerRecord, Loss, Objective, PlanOptions, RequirementDocument,
    RequirementKind, Verdict,
};
use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::subsequence;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::out::WAYS;
use crate::reference::generate::{case, cases};
use crate::reference::write::write_catalog;
use crate::{compared, compiled};

fn title() -> impl Strategy<Value = String> {
    "[A-Z][a-zé ,;|\"'&<]{0,8}[a-z]"
}

/// Some of these, and how many of them are asked for.
fn a_group(from: Vec<String>) -> impl Strategy<Value = RequirementDocument> {
    let most = from.len().min(4);
    (subsequence(from, 1..=most), 0_u32..5).prop_map(|(some, kind)| {
        let mut parts: Vec<RequirementDocument> = some.iter().map(|id| id.as_str().into()).collect();
        match (kind, parts.len()) {
            (_, 1) => parts.remove(0),
            (0 | 1, _) => all_of(parts),
            (2, _) => any_of(parts),
            (number, many) => at_least(number.min(many as u32)).from(parts),
        }
    })
}

/// Badges, and elements of which each counts badges and elements before it.
fn a_pathway_of_badgr() -> impl Strategy<Value = CatalogDocument> {
    let elements = (1_usize..5).prop_flat_map(|many| {
        let stack = |number: usize| {
            let before = (0..number).map(|number| format!("e{number}"));
            a_group((0..4).map(|number| format!("b{number}")).chain(before).collect())
        };
        (0..many).map(|number| (of(title()), of(title()), any::<bool>(), of(stack(number)))).collect::<Vec<_>>()
    });
    let badges = vec((of(title()), of(0_usize..4)), 4);
    (elements, badges, of(title())).prop_map(|(elements, badges, name)| {
        let mut document = CatalogDocument::default();
        document.header.title = name;
        for (number, (title, note, completes, stack)) in elements.into_iter().enumerate() {
            let mut element = CredentialDocument::default();
            if completes && stack.is_some() {
                element.kind = Some("Badge".to_owned());
                element.ids = vec![format!("https://badges.example/done-{number}")];
            }
            (element.title, element.note, element.stack) = (title, note, stack);
            document.credentials.insert(format!("e{number}"), element);
        }
        let named: BTreeSet<String> = compiled_names(&document);
        for (number, (title, counts_as)) in badges.into_iter().enumerate() {
            let element = counts_as.map(|element| format!("e{element}"));
            let has_stack = |id: &String| document.credentials.get(id).is_some_and(|element| element.stack.is_some());
            let element = element.filter(has_stack);
            let id = format!("b{number}");
            let mut badge = CredentialDocument::default();
            // A badge that no element knows of is an element itself.
            badge.kind = (named.contains(&id) || element.is_some()).then(|| "Badge".to_owned());
            (badge.title, badge.counts_as) = (title, element.into_iter().collect());
            document.credentials.insert(id, badge);
        }
        document
    })
}

/// The ids that stacks name.
fn compiled_names(document: &CatalogDocument) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for credential in document.credentials.values() {
        let text = serde_json::to_string(&credential.stack).unwrap();
        names.extend((0..4).map(|number| format!("b{number}")).filter(|id| text.contains(&format!("{id:?}"))));
    }
    names
}

/// Courses with numbers, each after some of those before it, and perhaps a degree.
fn a_curriculum() -> impl Strategy<Value = CatalogDocument> {
    let requisites = || btree_set(0_usize..8, 0..3);
    let course = (title(), of("[A-Z]{2,4} [0-9]{3}[A-Z]?"), of(title()), of("[A-Z][a-z]{2,8}"), 0_u16..30);
    let courses = vec((course, requisites(), requisites(), requisites()), 1..8);
    let degree = of((title(), of(title()), 0_usize..4, any::<u8>(), of("[0-9]{2}\\.[0-9]{4}")));
    (courses, degree, of(prop_oneof![Just("semester"), Just("quarter")])).prop_map(|(courses, degree, system)| {
        let mut document = CatalogDocument::default();
        document.header.credit_unit = system.map(|system| format!("{system} credit hour"));
        let many = courses.len();
        let mut numbers = BTreeSet::new();
        let mut corequisites: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (at, ((title, number, issuer, tag, halves), before, with, at_once)) in courses.into_iter().enumerate() {
            let id = (at + 1).to_string();
            let earlier = |ids: BTreeSet<usize>| ids.into_iter().filter(move |&other| other < at);
            let mut course = CredentialDocument::default();
            course.kind = Some("Course".to_owned());
            (course.title, course.issuer) = (Some(title), issuer);
            course.tags = tag.into_iter().collect();
            course.ids = number.into_iter().filter(|number| numbers.insert(number.clone())).collect();
            course.credits = Some(format!("{}.{}", halves / 2, halves % 2 * 5).parse().unwrap());
            course.prerequisite = listed(earlier(before).map(|other| (other + 1).to_string()));
            for other in earlier(with).map(|other| (other + 1).to_string()) {
                corequisites.entry(id.clone()).or_default().insert(other);
            }
            for other in earlier(at_once).map(|other| (other + 1).to_string()) {
                corequisites.entry(other.clone()).or_default().insert(id.clone());
                corequisites.entry(id.clone()).or_default().insert(other);
            }
            document.credentials.insert(id, course);
        }
        for (id, with) in corequisites {
            document.credentials.get_mut(&id).unwrap().corequisite = listed(with);
        }
        if let Some((name, issuer, kind, chosen, cip)) = degree {
            let mut degree = CredentialDocument::default();
            let kinds =
                [("", "Degree"), ("BS", "BachelorDegree"), ("BA", "BachelorDegree"), ("AAS", "AssociateDegree")];
            degree.kind = Some(kinds[kind].1.to_owned());
            let kind = Some(kinds[kind].0.to_owned()).filter(|kind| !kind.is_empty());
            degree.tags = kind.into_iter().chain(cip.map(|cip| format!("CIP {cip}"))).collect();
            (degree.title, degree.issuer) = (Some(name.clone()), issuer);
            let required = (0..many).filter(|at| *at == 0 || chosen >> at & 1 == 1);
            degree.stack = Some(all_of(required.map(|at| (at + 1).to_string().as_str().into()).collect::<Vec<_>>()));
            document.credentials.insert(name, degree);
        }
        document
    })
}

/// A list of courses that are all required.
fn listed(ids: impl IntoIterator<Item = String>) -> Option<RequirementDocument> {
    let mut parts: Vec<RequirementDocument> = ids.into_iter().map(|id| id.as_str().into()).collect();
    match parts.len() {
        0 => None,
        1 => Some(parts.remove(0)),
        _ => Some(all_of(parts)),
    }
}

/// Courses and stacks of what comes before them, of which every format has a place for some.
fn a_shared_pathway() -> impl Strategy<Value = CatalogDocument> {
    let rule = |number: usize| {
        let before: Vec<String> = (0..4).chain(5..number).map(|number| number.to_string()).collect();
        (a_group(before.clone()), subsequence(before, 1..=3)).prop_map(|(group, all)| [Some(group), listed(all)])
    };
    let stacks = (5_usize..8).prop_flat_map(move |end| (5..end).map(rule).collect::<Vec<_>>());
    let taken = vec((of(title()), of(0_usize..4)), 5);
    (taken, stacks, any::<bool>()).prop_map(|(taken, stacks, choices)| {
        let mut document = CatalogDocument::default();
        for (number, (title, after)) in taken.into_iter().enumerate() {
            let mut course = CredentialDocument::default();
            (course.title, course.kind) = (title, Some("Course".to_owned()));
            course.credits = Some(u16::into(3));
            course.prerequisite =
                after.filter(|&after| choices && after < number).map(|after| after.to_string().as_str().into());
            document.credentials.insert(number.to_string(), course);
        }
        for (number, rules) in (5..).zip(stacks) {
            let mut stacked = CredentialDocument::default();
            stacked.kind = Some("Degree".to_owned());
            stacked.stack = rules[usize::from(!choices)].clone();
            document.credentials.insert(number.to_string(), stacked);
            // A curriculum has one degree, of courses alone.
            if !choices {
                break;
            }
        }
        document
    })
}

/// A document whose corequisites stand in the order of their ids: those that are strict are read last.
fn in_order(document: &CatalogDocument) -> CatalogDocument {
    let mut document = document.clone();
    for course in document.credentials.values_mut() {
        if let Some(RequirementKind::AllOf(parts)) = course.corequisite.as_mut().map(|rule| &mut rule.kind) {
            parts.sort_by_key(|part| serde_json::to_string(part).unwrap());
        }
    }
    document
}

/// What a path such as `credential.sql.stack` leads to. A credential that got a number has its id as a further one.
fn at_place(document: &CatalogDocument, place: &str) -> Option<Value> {
    let whole = serde_json::to_value(document).unwrap();
    if let Some(key) = place.strip_prefix("catalog.") {
        return whole.get("catalog")?.get(key).cloned();
    }
    let (id, key) = place.strip_prefix("credential.")?.rsplit_once('.')?;
    let id = serde_json::from_str(id).unwrap_or_else(|_| id.to_owned());
    let numbered = || document.credentials.iter().find(|(_, one)| one.ids.contains(&id)).map(|(number, _)| number);
    let id = if document.credentials.contains_key(&id) { &id } else { numbered()? };
    whole.get("credential")?.get(id)?.get(key).cloned()
}

/// Whether what was named as lost is not as it was.
fn is_true(loss: &Loss, document: &CatalogDocument, back: &CatalogDocument) -> bool {
    if loss.place.starts_with("sharing[") {
        return back.sharing.len() < document.sharing.len();
    }
    at_place(document, &loss.place) != at_place(back, &loss.place)
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_pathway_comes_back_from_badgr(document in a_pathway_of_badgr()) {
        let way = &WAYS[3];
        let exported = (way.out)(&document);
        prop_assert_eq!(&exported.losses, &[]);
        let back = (way.back)(exported.text.as_bytes()).unwrap();
        prop_assert_eq!(back.losses, []);
        let comparison = compared(&document, &back.value);
        prop_assert!(comparison.added.is_empty() && comparison.removed.is_empty() && comparison.renamed.is_empty());
        // Of a rule its elements stand before its badges; nothing else moves.
        let differs = |changed: &credpath::Compared| {
            changed.verdict != Verdict::Unchanged || changed.fields.iter().any(|change| change.field != "stack")
        };
        prop_assert!(!comparison.changed.iter().any(differs), "{}\n{}", comparison, exported.text);
        let again = (way.out)(&back.value);
        prop_assert_eq!(again.losses, []);
        prop_assert_eq!((way.back)(again.text.as_bytes()).unwrap().value, back.value);
    }

    #[test]
    fn a_curriculum_comes_back_as_it_was(document in a_curriculum()) {
        let way = &WAYS[1];
        let exported = (way.out)(&document);
        prop_assert_eq!(&exported.losses, &[], "{}", document.to_toml());
        let back = (way.back)(exported.text.as_bytes()).unwrap();
        prop_assert_eq!(back.losses, []);
        prop_assert_eq!(in_order(&back.value), in_order(&document), "{}\n{}", document.to_toml(), exported.text);
    }

    #[test]
    fn what_is_named_as_lost_is_lost(case in case(), pathway in a_shared_pathway()) {
        let random = CatalogDocument::parse("c", &write_catalog(&case.catalog, None)).unwrap();
        for (document, way) in
            [&random, &pathway].into_iter().flat_map(|document| WAYS.iter().map(move |way| (document, way)))
        {
            let exported = (way.out)(document);
            let Ok(back) = (way.back)(exported.text.as_bytes()) else { continue };
            for loss in &exported.losses {
                prop_assert!(
                    is_true(loss, document, &back.value),
                    "{}: {}\n{}\n{}",
                    way.name,
                    loss,
                    document.to_toml(),
                    exported.text
                );
            }
        }
    }
}

/// Every path to what a document says of itself and of its credentials, but for their rules.
fn places(document: &CatalogDocument) -> Vec<String> {
    let whole = serde_json::to_value(document).unwrap();
    let keys = |of: &Value| of.as_object().into_iter().flat_map(|of| of.keys().cloned()).collect::<Vec<_>>();
    let own = whole.get("catalog").into_iter().flat_map(keys).map(|key| format!("catalog.{key}"));
    let of_credentials = document.credentials.keys().flat_map(|id| {
        let stated = keys(&whole["credential"][id]).into_iter();
        let stated = stated.filter(|key| !["prerequisite", "corequisite", "stack"].contains(&key.as_str()));
        stated.map(move |key| format!("credential.{}.{key}", serde_json::to_string(id).unwrap()))
    });
    own.chain(of_credentials).collect()
}

/// Whether all that was is there still; a further id may have come.
fn is_kept(was: Option<Value>, is: Option<Value>) -> bool {
    match (&was, &is) {
        (Some(Value::Array(were)), Some(Value::Array(are))) => were.iter().all(|one| are.contains(one)),
        _ => was == is,
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn what_is_not_named_as_lost_is_there(case in case(),
        heading in of("[ A]{0,3}"),
        texts in vec(of("[ A\u{a0}\n]{0,3}"), 6),
        address in of("(https://x\\.example/)?[ab ]{0,2}"),) {
        let mut document = CatalogDocument::parse("c", &write_catalog(&case.catalog, None)).unwrap();
        document.header.title = heading;
        if let Some(credential) = document.credentials.values_mut().next() {
            credential.title = texts[0].clone();
            credential.kind = texts[1].clone();
            credential.issuer = texts[2].clone();
            credential.note = texts[3].clone();
            credential.source = texts[4].clone();
            credential.tags.extend(texts[5].clone());
            credential.ids.extend(address);
        }
        if credpath::Catalog::compile(&document).is_err() {
            return Ok(());
        }
        for way in &WAYS {
            let exported = (way.out)(&document);
            let Ok(back) = (way.back)(exported.text.as_bytes()) else { continue };
            let named = |place: &str| {
                exported.losses.iter().any(|loss| {
                    let quoted = |key: &str| loss.place.ends_with(&format!(".{key}"));
                    loss.place == place
                        || place.replace('"', "") == loss.place.replace('"', "")
                            && quoted(place.rsplit('.').next().unwrap())
                })
            };
            for place in places(&document) {
                prop_assert!(
                    named(&place) || is_kept(at_place(&document, &place), at_place(&back.value, &place)),
                    "{}: {} was {:?}, is {:?}\n{}\n{}",
                    way.name,
                    place,
                    at_place(&document, &place),
                    at_place(&back.value, &place),
                    document.to_toml(),
                    exported.text
                );
            }
        }
    }
}

/// What says nothing of who earns what, so that an encoding without it is of the same pathway.
fn describes(loss: &Loss) -> bool {
    ["title", "type", "credits", "ids"].iter().any(|key| loss.place.ends_with(&format!(".{key}")))
}

/// What a plan to each credential takes, if each costs something else.
fn costs(document: &CatalogDocument) -> Vec<(String, Option<String>, Option<u64>)> {
    let mut priced = document.clone();
    for (id, credential) in &mut priced.credentials {
        let price = 10 + id.bytes().map(u16::from).sum::<u16>() * 7 % 90;
        credential.cost = Some(price.into());
    }
    let catalog = compiled(&priced);
    let day = "2026-11-29".parse().unwrap();
    let cost = |id, objective| {
        let options = PlanOptions::default().objective(objective);
        let outcome = catalog.plan(&LearnerRecord::default(), day, id, &options);
        outcome.plan().cloned()
    };
    let all = catalog.credentials();
    all.map(|(id, one)| {
        let cheapest = cost(id, Objective::Cost).map(|plan| plan.cost.to_string());
        let fewest = cost(id, Objective::Credentials).map(|plan| plan.credentials);
        (one.id.clone(), cheapest, fewest)
    })
    .collect()
}

#[test]
fn one_pathway_in_two_encodings_is_one_catalog_whichever_they_are() {
    let seen: RefCell<BTreeMap<(&str, &str), usize>> = RefCell::default();
    let ran = TestRunner::new(cases(200)).run(&a_shared_pathway(), |document| {
        let encoded = WAYS.iter().filter_map(|way| {
            let exported = (way.out)(&document);
            let is_same = exported.losses.iter().all(describes);
            is_same.then(|| (way.name, (way.back)(exported.text.as_bytes()).unwrap().value))
        });
        // The crate's own encoding is one of them.
        let own = CatalogDocument::parse("c", &document.to_toml()).unwrap();
        let encoded: Vec<(&str, CatalogDocument)> = encoded.chain([("toml", own)]).collect();
        let costs: Vec<_> = encoded.iter().map(|(_, document)| costs(document)).collect();
        for (at, (name, one)) in encoded.iter().enumerate() {
            for (other_name, other) in &encoded[..at] {
                let comparison = compared(one, other);
                prop_assert!(comparison.added.is_empty() && comparison.removed.is_empty());
                prop_assert!(comparison.renamed.is_empty(), "{name} and {other_name}: {comparison}");
                let is_changed = comparison.changed.iter().any(|changed| changed.verdict != Verdict::Unchanged);
                prop_assert!(!is_changed, "{name} and {other_name}: {comparison}\n{}", document.to_toml());
                *seen.borrow_mut().entry((name, other_name)).or_default() += 1;
            }
            prop_assert_eq!(&costs[at], &costs[0], "{} and {}", name, encoded[0].0);
        }
        Ok(())
    });
    ran.unwrap();
    // Every pair came up, and often.
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 10, "{seen:?}");
    assert!(seen.values().all(|&times| times >= 10), "{seen:?}");
}
