//! 5.5: what claims may share, and plans.

use super::*;
use crate::reference::edition::Feature;
use crate::reference::evaluate::claims;
use crate::reference::model::*;
use crate::reference::plan::{Answer, Cause, Problem, Steps, plan};

const POLICY: Sharing =
    Sharing { between: ("Certificate", "Degree"), max_awards: Some(0), max_credits: None, of: None };

fn typed(id: Id, kind: Id, rule: Rule) -> Credential {
    Credential { kind: Some(kind), ..stack(id, rule) }
}

fn under_policy(policy: Sharing, credentials: Vec<Credential>) -> Catalog {
    let courses = ["a", "b", "c"].map(|id| carrying(id, 100));
    Catalog { sharing: vec![policy], ..catalog([courses.to_vec(), credentials].concat()) }
}

fn two() -> Part {
    group(Kind::AtLeast(2), leaves(&["a", "b", "c"]))
}

fn claimed(c: &Catalog, awards: &[Award], targets: &[Id]) -> Vec<Id> {
    claims(c, &having(awards), NOW, targets)
}

#[test]
fn only_what_is_selected_is_limited() {
    let with = |of, max_awards| {
        let policy = Sharing { max_awards: Some(max_awards), of, ..POLICY };
        let mut c = under_policy(policy, vec![typed("p", "Certificate", two()), typed("q", "Degree", two())]);
        for id in ["a", "b"] {
            c.credentials.get_mut(id).unwrap().tags = vec!["t"];
        }
        claimed(&c, &held(&["a", "b", "c"]), &["p", "q"]).len()
    };
    let tagged = |tag| Some(Filter { tags: Some(vec![tag]), ..Filter::default() });
    assert_eq!(with(None, 0), 1);
    assert_eq!(with(tagged("t"), 0), 2, "a and c, b and c");
    assert_eq!(with(tagged("u"), 0), 2);
    let all = Some(Filter { credits: Some((Some(100), None)), ..Filter::default() });
    assert_eq!(with(all, 0), 1);
}

#[test]
fn an_equivalent_is_limited_as_well() {
    let of = Some(Filter { tags: Some(vec!["t"]), ..Filter::default() });
    let rule = || leaf("a");
    let policy = Sharing { of, ..POLICY };
    let mut c = under_policy(policy, vec![typed("p", "Certificate", rule()), typed("q", "Degree", rule())]);
    c.credentials.get_mut("b").unwrap().tags = vec!["t"];
    assert_eq!(claimed(&c, &held(&["a"]), &["p", "q"]).len(), 2);
    c.equivalent = vec![vec!["a", "b"]];
    assert_eq!(claimed(&c, &held(&["a"]), &["p", "q"]).len(), 1);
}

#[test]
fn what_is_issued_is_judged_on_its_own_date() {
    let c = under_policy(POLICY, vec![typed("p", "Certificate", leaf("a")), typed("q", "Degree", two())]);
    let made = |q| {
        let days = [("a", date(2025, 1, 1)), ("b", date(2025, 2, 1)), ("c", date(2026, 1, 1)), ("q", q)];
        days.map(|(id, day)| award(id, day))
    };
    assert_eq!(claimed(&c, &made(date(2025, 6, 1)), &["p"]), [] as [Id; 0], "q rests on a and b");
    assert_eq!(claimed(&c, &made(date(2026, 2, 1)), &["p"]), ["p"], "q rests on b and c");
    assert_eq!(claimed(&c, &made(date(2025, 1, 15)), &["p"]), ["p"], "its rules were not met");
    let mut first = c.clone();
    first.edition = c.edition.without(Feature::SharingOfParts);
    assert_eq!(claimed(&first, &made(date(2025, 6, 1)), &["p"]), ["p"]);
    // What has lapsed since was there then.
    let mut lapsing = c.clone();
    lapsing.credentials.get_mut("b").unwrap().valid_for = ValidFor::Period(months(6));
    assert_eq!(claimed(&lapsing, &made(date(2025, 6, 1)), &["p"]), [] as [Id; 0]);
}

#[test]
fn what_nobody_issued_is_claimed_as_well() {
    let mut c = under_policy(
        POLICY,
        vec![
            typed("p", "Certificate", leaf("a")),
            typed("q", "Degree", group(Kind::AllOf, leaves(&["p", "b"]))),
            typed("r", "Degree", leaf("a")),
        ],
    );
    // q takes p, p takes a; so r cannot.
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["q", "r"]), ["q"]);
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["r"]), ["r"]);
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["q"]), ["q"], "p is one unit to q");
    assert_eq!(claimed(&c, &held(&["a", "b", "p"]), &["q", "r"]), ["q"]);
    let mut first = c.clone();
    first.edition = c.edition.without(Feature::SharingOfParts);
    assert_eq!(claimed(&first, &held(&["a", "b"]), &["q", "r"]), ["q", "r"]);
    // p shares with q itself, too.
    c.credentials.insert("q", typed("q", "Degree", group(Kind::AllOf, leaves(&["p", "a"]))));
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["q"]), [] as [Id; 0]);
    // If somebody issued p on another award, q may use a.
    c.credentials.insert("p", typed("p", "Certificate", group(Kind::AnyOf, leaves(&["a", "b"]))));
    assert_eq!(claimed(&c, &held(&["a", "b", "p"]), &["q"]), ["q"]);
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["q"]), ["q"]);
    assert_eq!(claimed(&c, &held(&["a"]), &["q"]), [] as [Id; 0]);
}

#[test]
fn nothing_rests_on_itself() {
    // Each by its award or by the other; only one of the awards is limited.
    let either = |id, other| group(Kind::AnyOf, leaves(&[id, other]));
    let c = under_policy(
        POLICY,
        vec![
            typed("p", "Certificate", either("a", "q")),
            typed("q", "Certificate", either("b", "p")),
            typed("r", "Degree", group(Kind::AllOf, leaves(&["a", "b"]))),
        ],
    );
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["p", "q"]), ["p", "q"]);
    assert_eq!(claimed(&c, &held(&["a", "b"]), &["p", "r"]).len(), 1, "p by q, and q by b");
}

fn priced(c: Catalog, prices: &[(Id, Amount)]) -> Catalog {
    let mut c = c;
    for (id, cost) in prices {
        c.credentials.get_mut(id).unwrap().cost = *cost;
    }
    c
}

fn steps(answer: &Answer) -> Vec<Id> {
    answer.best().map_or(Vec::new(), |best| best.steps.keys().copied().collect())
}

#[test]
fn plans_obey_the_policies() {
    let s = |rule| typed("s", "Degree", group(Kind::AllOf, vec![leaf("p"), rule]));
    let p = typed("p", "Certificate", leaf("a"));
    let c = under_policy(POLICY, vec![p.clone(), s(group(Kind::AnyOf, leaves(&["a", "b"])))]);
    let c = priced(c, &[("a", 100), ("b", 300)]);
    let best = |c: &Catalog, awards: &[Award]| plan(c, &having(awards), NOW, "s", &PlanOptions::default());
    assert_eq!(steps(&best(&c, &[])), ["a", "b", "p", "s"]);
    let mut free = c.clone();
    free.edition = c.edition.without(Feature::PlansShare);
    assert_eq!(steps(&best(&free, &[])), ["a", "p", "s"]);
    // What is issued counts as it was.
    let days = [("a", date(2025, 1, 1)), ("p", date(2025, 2, 1))].map(|(id, day)| award(id, day));
    assert_eq!(steps(&best(&c, &days)), ["b", "s"]);
    let earlier = [("a", date(2025, 1, 1)), ("p", date(2024, 2, 1))].map(|(id, day)| award(id, day));
    assert_eq!(steps(&best(&c, &earlier)), ["s"], "p was issued for whatever reason");
    // Only a would do.
    let c = under_policy(POLICY, vec![p, s(leaf("a"))]);
    assert_eq!(best(&c, &[]).cause, Some(Cause::Rules));
    // A repeatable one is taken twice.
    let mut c = c;
    c.credentials.get_mut("a").unwrap().repeatable = true;
    let answer = best(&c, &[]);
    assert_eq!(answer.best().unwrap().steps, Steps::from([("a", 2), ("p", 1), ("s", 1)]));
    let record = having(&[]);
    let problem = Problem::new(&c, &record, NOW, "s", View::Earned);
    assert_eq!(problem.replay(&[("a", 2), ("p", 1), ("s", 1)]), Ok(()));
    assert!(problem.replay(&[("a", 1), ("p", 1), ("s", 1)]).is_err());
}
