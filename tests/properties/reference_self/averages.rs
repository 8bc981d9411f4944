//! 2.7: the average of what is counted.

use super::*;
use crate::reference::model::*;
use crate::reference::plan::plan;

/// A is 4 points, B 3, C 2, D 1; F has none.
fn with_points(credentials: Vec<Credential>) -> Catalog {
    let points = [("A", 400), ("B", 300), ("C", 200), ("D", 100)];
    let grades = Some(vec!["F", "D", "C", "B", "A"]);
    Catalog { grades, grade_points: points.into_iter().collect(), ..catalog(credentials) }
}

fn courses(rule: Rule) -> Catalog {
    with_points(vec![carrying("a", 300), carrying("b", 300), carrying("c", 600), stack("s", rule)])
}

#[test]
fn the_learner_chooses_what_is_averaged() {
    let c = courses(averaging(300, group(Kind::AtLeast(2), leaves(&["a", "b", "c"]))));
    let grades = |a, b, c: &'static str| [graded("a", a), graded("b", b), graded("c", c)];
    assert!(met(&c, &grades("A", "C", "F"), "s"), "a mean of 3");
    assert!(!met(&c, &grades("B", "C", "F"), "s"), "two and a half");
    assert!(met(&c, &grades("B", "B", "D"), "s"), "c is not chosen");
    assert!(!met(&c, &[graded("a", "A"), award("b", NOW)], "s"), "without a grade b is not chosen");
    assert!(met(&c, &[graded("a", "D"), graded("a", "A"), graded("b", "C")], "s"), "the better attempt");
    // One more does not count for less.
    assert!(met(&c, &[graded("a", "A"), graded("b", "C"), graded("c", "D")], "s"));
}

#[test]
fn sums_are_weighted_by_credits() {
    let c = courses(averaging(300, group(Kind::Credits(900), leaves(&["a", "b", "c"]))));
    // 3 credits of 4 points and 6 of 2: 24 of 27.
    assert!(!met(&c, &[graded("a", "A"), graded("c", "C")], "s"));
    assert!(met(&c, &[graded("a", "D"), graded("c", "A")], "s"), "3 of 1 and 6 of 4 are 27");
    assert!(met(&c, &[graded("a", "A"), graded("b", "B"), graded("c", "C")], "s") == (12 + 9 + 12 >= 36));
    assert!(met(&c, &[graded("a", "A"), graded("b", "A"), graded("c", "C")], "s"), "24 and 12 are 36");
    // An own amount is the weight.
    let light = Award { credits: Some(100), ..graded("a", "D") };
    assert!(!met(&c, &[light.clone(), graded("c", "A")], "s"), "7 credits only");
    assert!(met(&c, &[light, graded("b", "C"), graded("c", "A")], "s"), "1 + 6 + 24 of 30");
}

#[test]
fn under_a_cap_the_best_add() {
    let capped = |cap| group(Kind::UpTo(cap), leaves(&["a", "b"]));
    let c = courses(averaging(300, group(Kind::Credits(900), vec![capped(300), leaf("c")])));
    // Of a and b 3 credits add: those of a, with 4 points; 12 and 18 are 30 of 27.
    assert!(met(&c, &[graded("a", "A"), graded("b", "D"), graded("c", "B")], "s"));
    assert!(!met(&c, &[graded("a", "C"), graded("b", "D"), graded("c", "B")], "s"), "6 and 18");
    // Half of b: 12, 1.5 and 18 of 31.5.
    let c = courses(averaging(300, group(Kind::Credits(1050), vec![capped(450), leaf("c")])));
    assert!(met(&c, &[graded("a", "A"), graded("b", "D"), graded("c", "B")], "s"));
    let c = courses(averaging(301, group(Kind::Credits(1050), vec![capped(450), leaf("c")])));
    assert!(!met(&c, &[graded("a", "A"), graded("b", "D"), graded("c", "B")], "s"), "31.5 of 31.605");
}

#[test]
fn distinct_parts_average_apart() {
    let good = averaging(350, group(Kind::AtLeast(1), leaves(&["a", "b"])));
    let c = courses(distinct(Kind::AllOf, vec![good.clone(), leaf("a")]));
    assert!(met(&c, &[graded("a", "D"), graded("b", "A")], "s"));
    assert!(!met(&c, &[graded("a", "A"), graded("b", "D")], "s"), "a cannot be both");
    let c = courses(group(Kind::AllOf, vec![good, leaf("a")]));
    assert!(met(&c, &[graded("a", "A"), graded("b", "D")], "s"));
}

#[test]
fn waived_parts_carry_no_points() {
    let c = courses(averaging(300, group(Kind::AtLeast(2), leaves(&["a", "b"]))));
    let waived = |awards: &[Award]| Record { waivers: vec![waiver("s", Waived::Component("a"))], ..having(awards) };
    assert!(!verdict(&c, &waived(&[graded("b", "C")]), "s").met);
    assert!(verdict(&c, &waived(&[graded("b", "B")]), "s").met);
}

#[test]
fn what_is_supposed_has_the_best_grade() {
    let rule = |average| averaging(average, group(Kind::AtLeast(2), leaves(&["a", "b"])));
    assert_eq!(status(&courses(rule(401)), &[], "s"), "Unattainable");
    assert_eq!(status(&courses(rule(400)), &[], "s"), "Locked");
    // The rest has to make up for a C: b alone does not reach 3.5, so a is taken again.
    let c = courses(rule(350));
    let steps = |grade| -> Vec<Id> {
        let answer = plan(&c, &having(&[graded("a", grade)]), NOW, "s", &PlanOptions::default());
        answer.best().unwrap().steps.keys().copied().collect()
    };
    assert_eq!(steps("C"), ["a", "b", "s"]);
    assert_eq!(steps("B"), ["b", "s"]);
    // Numbers are their own points.
    let mut c = courses(rule(8000));
    (c.grades, c.grade_points) = (None, Default::default());
    let numbered = |id, grade| Award { grade: Some(Grade::Number(grade)), ..award(id, NOW) };
    assert!(met(&c, &[numbered("a", 7000), numbered("b", 9000)], "s"));
    assert!(!met(&c, &[numbered("a", 7000), numbered("b", 8999)], "s"));
    assert_eq!(status(&c, &[], "s"), "Locked");
}
