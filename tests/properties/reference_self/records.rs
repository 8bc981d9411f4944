//! 3: ids of awards, revocations, verification, waivers, and other ids of credentials.

use super::*;
use crate::reference::edition::Feature;
use crate::reference::model::*;

#[test]
fn awards_with_one_id_are_one() {
    let c = catalog(vec![repeatable(carrying("a", 100)), stack("s", group(Kind::Credits(200), leaves(&["a"])))]);
    let badge = |id| Award { id, ..award("a", NOW) };
    assert!(met(&c, &[badge(None), badge(None)], "s"));
    assert!(met(&c, &[badge(Some("1")), badge(Some("2"))], "s"));
    assert!(!met(&c, &[badge(Some("1")), badge(Some("1"))], "s"));
    assert!(met(&c, &[badge(Some("1")), badge(None), badge(Some("1"))], "s"));
}

#[test]
fn a_revoked_award_counted_before() {
    let c = catalog(vec![credential("a"), stack("s", leaf("a"))]);
    let revoked = |revoked_on| Award { status: AwardStatus::Revoked, revoked_on, ..award("a", date(2025, 1, 1)) };
    let record = having(&[revoked(Some(NOW))]);
    let before = on(NOW.previous(), &c, &record);
    assert_eq!((before["a"].status, before["s"].status), ("Held", "Qualified"));
    assert_eq!(before["s"].valid_until, Some(NOW.previous()));
    assert_eq!(on(NOW, &c, &record)["a"].status, "Lapsed");
    assert_eq!(status(&c, &[revoked(None)], "a"), "Eligible", "it never counted");
    assert_eq!(status(&c, &[revoked(Some(date(2024, 1, 1)))], "a"), "Eligible");
    // What is revoked is gone, not merely expired.
    let lapsed = Conditions { lapsed: true, ..Conditions::default() };
    let c = catalog(vec![credential("a"), stack("s", leaf_if("a", lapsed))]);
    assert!(!met(&c, &[revoked(Some(NOW))], "s"));
}

#[test]
fn the_callers_word_counts() {
    let c = catalog(vec![credential("a")]);
    let with = |verification, only_verified| {
        let record = having(&[Award { verification, ..award("a", NOW) }]);
        verdict(&c, &Record { only_verified, ..record }, "a").status
    };
    use Verification::*;
    assert_eq!([Unchecked, Verified, Failed].map(|v| with(v, false)), ["Held", "Held", "Eligible"]);
    assert_eq!([Unchecked, Verified, Failed].map(|v| with(v, true)), ["Eligible", "Held", "Eligible"]);
}

#[test]
fn waivers_end() {
    let c = catalog(vec![credential("a"), stack("s", leaf("a"))]);
    let until =
        |until| Record { waivers: vec![Waiver { until, ..waiver("s", Waived::Component("a")) }], ..having(&[]) };
    assert_eq!(verdict(&c, &until(Some(NOW)), "s").status, "Qualified");
    assert_eq!(verdict(&c, &until(Some(NOW)), "s").valid_until, Some(NOW));
    assert_eq!(verdict(&c, &until(None), "s").valid_until, None);
    assert_eq!(verdict(&c, &until(Some(NOW.previous())), "s").status, "Locked");
}

#[test]
fn waivers_reach_prerequisites() {
    let pair = group(Kind::AllOf, leaves(&["a", "b"]));
    let mut c = catalog(vec![
        credential("a"),
        credential("b"),
        Credential { prerequisite: Some(named(PREREQUISITE, pair)), ..credential("n") },
    ]);
    let of = |place| Record { waivers: vec![waiver("n", place)], ..having(&held(&["b"])) };
    assert_eq!(verdict(&c, &of(Waived::Component("a")), "n").status, "Eligible");
    assert_eq!(verdict(&c, &of(Waived::Component("b")), "n").status, "Locked");
    assert_eq!(verdict(&c, &of(Waived::Prerequisite), "n").status, "Eligible");
    // A group may have any name.
    assert_eq!(verdict(&c, &of(Waived::Requirement(PREREQUISITE)), "n").status, "Eligible");
    let inner = named(PREREQUISITE, group(Kind::AnyOf, leaves(&["b"])));
    c.credentials.get_mut("n").unwrap().prerequisite = Some(group(Kind::AllOf, vec![leaf("a"), inner]));
    assert_eq!(verdict(&c, &of(Waived::Requirement(PREREQUISITE)), "n").status, "Locked");
    // In the first edition the name stands for all of it, and components for those of the stack.
    c.edition = c.edition.without(Feature::PrerequisiteWaiver).without(Feature::ComponentsOfPrerequisites);
    assert_eq!(verdict(&c, &of(Waived::Requirement(PREREQUISITE)), "n").status, "Eligible");
    assert_eq!(verdict(&c, &of(Waived::Component("a")), "n").status, "Locked");
}

#[test]
fn records_may_use_other_ids() {
    let a = Credential { ids: vec!["ce-1"], ..carrying("a", 300) };
    let c = catalog(vec![
        a,
        stack("s", leaf("a")),
        stack("t", group(Kind::Credits(300), leaves(&["b"]))),
        carrying("b", 100),
    ]);
    assert_eq!(status(&c, &held(&["ce-1"]), "s"), "Qualified");
    let waived = Record { waivers: vec![waiver("s", Waived::Component("ce-1"))], ..having(&[]) };
    assert_eq!(verdict(&c, &waived, "s").status, "Qualified");
    // It is a known credential: the amount is that of the credential in the rule.
    let substituted = Record { substitutions: vec![substitution("ce-1", "b", None)], ..having(&held(&["a"])) };
    assert!(!verdict(&c, &substituted, "t").met && verdict(&c, &substituted, "b").status == "Held");
}
