//! 2.2: what `at_least` counts; 2, 2.3: parts from pools and filters, and what filters say.

use super::*;
use crate::reference::edition::Feature;
use crate::reference::model::*;

fn at_least(n: u32, ids: &[Id]) -> Part {
    group(Kind::AtLeast(n), leaves(ids))
}

fn three(rule: Rule) -> Catalog {
    catalog(vec![credential("a"), credential("b"), credential("c"), stack("s", rule)])
}

#[test]
fn equivalents_are_one_member() {
    let mut c = three(at_least(2, &["a", "b", "c"]));
    assert!(met(&c, &held(&["a", "b"]), "s"));
    c.equivalent = vec![vec!["a", "b"]];
    assert!(!met(&c, &held(&["a", "b"]), "s") && met(&c, &held(&["b", "c"]), "s"));
    // In the first edition it is two parts.
    c.edition = c.edition.without(Feature::UnitsInAtLeast);
    assert!(met(&c, &held(&["a"]), "s"));
    // Written twice is one member as well; nobody ever fills it twice.
    let c = three(at_least(2, &["a", "a"]));
    assert_eq!(status(&c, &held(&["a"]), "s"), "Unattainable");
}

#[test]
fn a_unit_fills_one_member() {
    // A cross-listed class.
    let mut c = three(at_least(2, &["a", "b"]));
    c.credentials.insert("x", Credential { counts_as: vec!["a", "b"], ..credential("x") });
    assert!(!met(&c, &held(&["x"]), "s"));
    assert!(met(&c, &held(&["x", "a"]), "s") && met(&c, &held(&["x", "b"]), "s"));
    // It fills several parts of an all_of.
    c.credentials.insert("s", stack("s", group(Kind::AllOf, leaves(&["a", "b"]))));
    assert!(met(&c, &held(&["x"]), "s"));
}

#[test]
fn a_repeatable_member_is_filled_once_per_award() {
    let mut c = three(at_least(3, &["a", "b"]));
    assert_eq!(status(&c, &[], "s"), "Unattainable");
    c.credentials.insert("a", repeatable(credential("a")));
    assert_eq!(status(&c, &[], "s"), "Locked");
    assert!(met(&c, &held(&["a", "a", "b"]), "s") && met(&c, &held(&["a", "a", "a"]), "s"));
    assert!(!met(&c, &held(&["a", "a"]), "s") && !met(&c, &held(&["a", "b", "b"]), "s"));
    // 3.7: a waiver fills it once more.
    let waived = |awards: &[Award]| Record { waivers: vec![waiver("s", Waived::Component("a"))], ..having(awards) };
    let met = |awards: &[Award]| verdict(&c, &waived(awards), "s").met;
    assert!(!met(&held(&["b"])) && met(&held(&["a", "b"])) && met(&held(&["a", "a"])));
}

#[test]
fn groups_count_one_each_freely() {
    let pair = || group(Kind::AllOf, leaves(&["a", "b"]));
    let c = three(group(Kind::AtLeast(3), vec![pair(), leaf("a"), leaf("b"), leaf("c")]));
    assert!(met(&c, &held(&["a", "b"]), "s"));
    // Unless the group is distinct: then each has awards of its own.
    let c = three(distinct(Kind::AtLeast(3), vec![pair(), leaf("a"), leaf("b"), leaf("c")]));
    assert!(!met(&c, &held(&["a", "b"]), "s"));
    assert!(met(&c, &held(&["a", "b", "c"]), "s"), "a, b, and c by themselves");
    let c = three(distinct(Kind::AtLeast(2), vec![pair(), leaf("a"), leaf("c")]));
    assert!(met(&c, &held(&["a", "b", "c"]), "s") && !met(&c, &held(&["a", "b"]), "s"));
}

#[test]
fn parts_come_from_pools_and_filters() {
    let tagged = |id, tag| Credential { tags: vec![tag], ..credential(id) };
    let filter = Filter { tags: Some(vec!["t"]), ..Filter::default() };
    let parts = vec![leaf("a"), each(Members::Pool("p")), each(Members::Filter(filter))];
    let mut c = catalog(vec![
        tagged("a", "u"),
        tagged("b", "u"),
        tagged("c", "t"),
        tagged("d", "t"),
        stack("s", group(Kind::AllOf, parts)),
    ]);
    c.pools.insert("p", Members::List(vec![leaf("b")]));
    assert!(met(&c, &held(&["a", "b", "c", "d"]), "s"));
    for id in ["a", "b", "c", "d"] {
        let others: Vec<Id> = ["a", "b", "c", "d"].into_iter().filter(|other| *other != id).collect();
        assert_eq!(status(&c, &held(&others), "s"), "Started", "{id} is one of all");
    }
}

#[test]
fn filters_say_what_they_leave_out() {
    let member = |id, tags: &[Id], credits| Credential { tags: tags.to_vec(), ..carrying(id, credits) };
    let with = |filter: Filter| {
        let rule = group_from(Kind::AtLeast(1), Members::Filter(Filter { tags: Some(vec!["t"]), ..filter }));
        catalog(vec![
            member("a", &["t"], 100),
            member("b", &["t", "u"], 200),
            member("c", &["t"], 300),
            stack("s", rule),
        ])
    };
    let selected = |filter: Filter| -> Vec<Id> {
        let c = with(filter);
        ["a", "b", "c"].into_iter().filter(|id| met(&c, &held(&[id]), "s")).collect()
    };
    let plain = Filter::default;
    assert_eq!(selected(plain()), ["a", "b", "c"]);
    assert_eq!(selected(Filter { without_tags: Some(vec!["u"]), ..plain() }), ["a", "c"]);
    assert_eq!(selected(Filter { credits: Some((Some(200), None)), ..plain() }), ["b", "c"]);
    assert_eq!(selected(Filter { credits: Some((None, Some(200))), ..plain() }), ["a", "b"]);
    assert_eq!(selected(Filter { except: Some(Except::Ids(vec!["a", "c"])), ..plain() }), ["b"]);
    let except = Filter { credits: Some((None, Some(200))), ..plain() };
    assert_eq!(selected(Filter { except: Some(Except::Filter(Box::new(except))), ..plain() }), ["c"]);
}
