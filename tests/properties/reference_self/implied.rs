//! 8.1: what records show.

use super::*;
use crate::reference::check::Which;
use crate::reference::drawing::Drawing;
use crate::reference::implied::{Implied, Records};
use crate::reference::model::*;

fn numbers() -> Drawing {
    let mut state: u64 = 1;
    let next = |_| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 32) as u32
    };
    Drawing::new((0..20_000).map(next).collect())
}

fn judged(c: &Catalog, kind: Records) -> Implied {
    Implied::of(c, Some(NOW), kind, &mut numbers(), 150)
}

/// For the parts of an all_of that is the stack of s: whether each is implied by the others.
fn implied(c: &Catalog, kind: Records) -> Vec<bool> {
    let judged = judged(c, kind);
    let group = judged.part_at("s", Which::Stack, 0).unwrap();
    judged.parts[group].parts.iter().map(|part| judged.shows_not(&judged.rest(*part), *part).is_none()).collect()
}

fn with(parts: Vec<Part>) -> Catalog {
    let credentials = vec![
        carrying("a", 300),
        Credential { prerequisite: Some(leaf("a")), ..credential("b") },
        stack("p", leaf("a")),
        stack("s", group(Kind::AllOf, parts)),
    ];
    Catalog { grades: Some(vec!["C", "B", "A"]), ..catalog(credentials) }
}

#[test]
fn records_show_what_is_not_implied() {
    let grade = |g| leaf_if("a", Conditions { grade: Some(Grade::Text(g)), ..Conditions::default() });
    let any = |parts| implied(&with(parts), Records::Any);
    assert_eq!(any(vec![leaf("a"), grade("B")]), [true, false]);
    assert_eq!(any(vec![grade("A"), grade("B")]), [false, true]);
    let within = leaf_if("a", Conditions { within: Some(years(1)), ..Conditions::default() });
    assert_eq!(any(vec![leaf("a"), within]), [true, false]);
    let lapsed = leaf_if("a", Conditions { lapsed: true, ..Conditions::default() });
    assert_eq!(any(vec![leaf("a"), lapsed]), [false, true]);
    let by = leaf_if("a", Conditions { issuer: Some(vec!["x"]), ..Conditions::default() });
    assert_eq!(any(vec![leaf("a"), by]), [true, false]);
    let until = |year| leaf_if("a", Conditions { until: Some(date(year, 1, 1)), ..Conditions::default() });
    assert_eq!(any(vec![until(2024), until(2025)]), [false, true]);
    // An award may carry less than the catalog says.
    let sum = |need| group(Kind::Credits(need), leaves(&["a"]));
    assert_eq!(any(vec![leaf("a"), sum(300)]), [true, false]);
    assert_eq!(any(vec![sum(100), sum(300)]), [true, false]);
    // Who has a qualifies for p; but p may have been issued to somebody else.
    assert_eq!(any(vec![leaf("a"), leaf("p")]), [false, true]);
    // Nothing is said of what neither implies.
    assert_eq!(any(vec![leaf("a"), leaf("b")]), [false, false]);
}

#[test]
fn who_earned_everything_in_order_shows_less() {
    let c = with(leaves(&["a", "b"]));
    assert_eq!(implied(&c, Records::Earned), [true, false]);
    let c = with(leaves(&["a", "p"]));
    assert_eq!(implied(&c, Records::Earned), [true, true]);
}

#[test]
fn choices_that_are_none() {
    // Whoever meets the rest has b, so the choice between b and p is none; between a and p it is one.
    let choice = |ids: &[Id]| group(Kind::AnyOf, leaves(ids));
    let judged_of = |parts| judged(&with(parts), Records::Any);
    let found = |judged: &Implied, line| judged.part_at("s", Which::Stack, line).unwrap();
    let j = judged_of(vec![leaf("b"), choice(&["b", "p"])]);
    assert!(j.no_false_choice(found(&j, 3)).is_none() && j.no_false_choice(found(&j, 4)).is_some());
    let j = judged_of(vec![leaf("b"), choice(&["a", "p"])]);
    assert!(j.no_false_choice(found(&j, 3)).is_some() && j.no_false_choice(found(&j, 4)).is_some());
    // a implies p, so a is shadowed; p is not.
    assert!(j.not_shadowed(found(&j, 3)).is_none() && j.not_shadowed(found(&j, 4)).is_some());
    // Together two equal parts are not redundant.
    let j = judged_of(leaves(&["a", "a"]));
    let both = [found(&j, 1), found(&j, 2)];
    assert!(both.iter().all(|part| j.not_redundant(&[*part].into()).is_none()));
    assert!(j.not_redundant(&both.into()).is_some());
}
