//! 2.5: `until`, `held_for`, `grade` on groups, and whoever may issue.

use super::*;
use crate::reference::edition::Feature;
use crate::reference::evaluate::evaluate;
use crate::reference::model::*;
use crate::reference::plan::{Cause, plan};

fn none() -> Conditions {
    Conditions::default()
}

#[test]
fn until_is_inclusive() {
    let until = |day| leaf_if("a", Conditions { until: Some(day), ..none() });
    let c = |day| catalog(vec![credential("a"), stack("s", until(day))]);
    let a = [award("a", date(2020, 6, 1))];
    assert!(met(&c(date(2020, 6, 1)), &a, "s"));
    assert_eq!(status(&c(date(2020, 5, 31)), &a, "s"), "Unattainable", "a new award comes too late");
    let undated = [Award { awarded: None, ..award("a", NOW) }];
    assert!(met(&c(date(2020, 5, 31)), &undated, "s"), "before every date");
    assert_eq!(status(&c(NOW), &[], "s"), "Locked");
    // Of nested ones the earliest.
    let nested = under(Conditions { until: Some(date(2020, 6, 1)), ..none() }, group(Kind::AllOf, vec![until(NOW)]));
    let c = catalog(vec![credential("a"), stack("s", nested)]);
    assert!(met(&c, &a, "s") && !met(&c, &[award("a", date(2020, 6, 2))], "s"));
}

#[test]
fn held_that_long() {
    let rule = leaf_if("a", Conditions { held_for: Some(months(12)), ..none() });
    let c = catalog(vec![credential("a"), stack("s", rule)]);
    assert!(met(&c, &[award("a", date(2025, 3, 1))], "s"));
    assert_eq!(status(&c, &[award("a", date(2025, 3, 2))], "s"), "Unattainable", "as of this day");
    assert!(met(&c, &[Award { awarded: None, ..award("a", NOW) }], "s"));
    let record = having(&[award("a", date(2025, 3, 1)), award("a", date(2025, 9, 1))]);
    assert_eq!(verdict(&c, &record, "s").qualified_since, Some(NOW));
    let answer = plan(&c, &having(&[]), NOW, "s", &PlanOptions::default());
    assert_eq!(answer.cause, Some(Cause::Rules), "only time helps");
}

#[test]
fn a_grade_on_a_group_is_about_what_is_graded() {
    let grade = |g| Conditions { grade: Some(Grade::Text(g)), ..none() };
    let mut c = catalog(vec![
        credential("a"),
        credential("b"),
        stack("p", leaf("b")),
        stack("s", under(grade("B"), group(Kind::AllOf, leaves(&["a", "p"])))),
        stack("t", group(Kind::AllOf, vec![leaf_if("a", grade("B")), leaf_if("p", grade("B"))])),
    ]);
    c.grades = Some(vec!["C", "B", "A"]);
    let awards = [graded("a", "B"), graded("b", "C")];
    assert!(met(&c, &awards, "s"), "p has met rules of its own");
    assert!(!met(&c, &awards, "t"), "on the leaf it is asked for");
    assert!(met(&c, &[awards.as_slice(), &[graded("p", "B")]].concat(), "t"));
    assert!(!met(&c, &[graded("a", "C"), graded("b", "A")], "s"));
    c.edition = c.edition.without(Feature::GradeOnGroups);
    assert!(!met(&c, &awards, "s"));
}

#[test]
fn anybody_issues_what_has_no_issuer() {
    let by = |list: &[Id]| Conditions { issuer: Some(list.to_vec()), ..none() };
    let nested = |one: &[Id], other: &[Id]| under(by(one), group(Kind::AllOf, vec![leaf_if("a", by(other))]));
    let mut c = catalog(vec![
        credential("a"),
        stack("s", leaf_if("a", by(&["x"]))),
        stack("t", nested(&["x", "y"], &["y", "z"])),
        stack("u", nested(&["x"], &["y"])),
    ]);
    assert_eq!(status(&c, &[], "s"), "Locked", "x may issue it");
    assert_eq!(status(&c, &[], "t"), "Locked", "y may");
    assert_eq!(status(&c, &[], "u"), "Unattainable", "nobody is x and y");
    // Who issued what is there has to be known.
    assert!(!met(&c, &held(&["a"]), "s"));
    assert!(met(&c, &[Award { issuer: Some("x"), ..award("a", NOW) }], "s"));
    let answer = plan(&c, &having(&[]), NOW, "s", &PlanOptions::default());
    assert_eq!(answer.best().map(|best| best.steps.len()), Some(2));
    let under_way = having(&[Award { status: AwardStatus::InProgress, ..award("a", NOW) }]);
    assert!(evaluate(&c, &under_way, NOW, View::InProgress).verdicts["s"].met);
    c.credentials.get_mut("a").unwrap().issuer = Some("z");
    assert_eq!(status(&c, &[], "s"), "Unattainable");
    c.credentials.get_mut("a").unwrap().issuer = None;
    c.edition = c.edition.without(Feature::AnyIssuer);
    assert_eq!(status(&c, &[], "s"), "Unattainable");
}
