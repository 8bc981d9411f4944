//! 4.6, 3.9, 1: corequisites, awards that renew others, windows.

use super::*;
use crate::reference::evaluate::{offered, offering_over};
use crate::reference::model::*;
use crate::reference::plan::{Problem, Steps, plan};

fn with(corequisite: Rule, c: Credential) -> Credential {
    Credential { corequisite: Some(corequisite), ..c }
}

fn after(prerequisite: Rule, c: Credential) -> Credential {
    Credential { prerequisite: Some(prerequisite), ..c }
}

#[test]
fn what_asks_for_each_other_is_begun_together() {
    let mut c = catalog(vec![
        with(leaf("lab"), credential("lecture")),
        with(leaf("lecture"), credential("lab")),
        stack("s", group(Kind::AllOf, leaves(&["lecture", "lab"]))),
    ]);
    let statuses = |c: &Catalog, awards: &[Award]| ["lecture", "lab", "s"].map(|id| status(c, awards, id));
    assert_eq!(statuses(&c, &[]), ["Eligible", "Eligible", "Locked"]);
    assert_eq!(statuses(&c, &held(&["lab"])), ["Eligible", "Held", "Started"]);
    let best = |c: &Catalog| plan(c, &having(&[]), NOW, "s", &PlanOptions::default());
    assert_eq!(best(&c).best().unwrap().steps, ["lab", "lecture", "s"].map(|id| (id, 1)).into());
    let record = having(&[]);
    let problem = Problem::new(&c, &record, NOW, "lab", View::Earned);
    assert_eq!(problem.minimal(), [Steps::from([("lab", 1), ("lecture", 1)])], "nobody has the lab alone");
    assert_eq!(problem.replay(&[("lecture", 1), ("lab", 1)]), Ok(()));
    assert!(problem.replay(&[("lab", 1)]).is_err());
    // If one of them cannot be begun, neither can the other.
    c.credentials.get_mut("lab").unwrap().prerequisite = Some(leaf("x"));
    c.credentials.insert("x", credential("x"));
    assert_eq!(statuses(&c, &[]), ["Locked", "Locked", "Locked"]);
    assert_eq!(statuses(&c, &held(&["x"])), ["Eligible", "Eligible", "Locked"]);
    c.credentials.get_mut("x").unwrap().offered_until = Some(NOW.previous());
    assert_eq!(statuses(&c, &[]), ["Unattainable"; 3]);
    assert!(best(&c).plans.is_empty());
}

#[test]
fn together_is_no_way_round_a_prerequisite() {
    // Each is a prerequisite of what the other asks for: nothing comes first.
    let c = catalog(vec![after(leaf("b"), credential("a")), with(leaf("a"), credential("b"))]);
    assert_eq!(["a", "b"].map(|id| status(&c, &[], id)), ["Unattainable"; 2]);
    // A conferred credential has to be held.
    let c = catalog(vec![with(leaf("p"), credential("a")), stack("p", leaf("a"))]);
    assert_eq!(status(&c, &[], "a"), "Unattainable");
    assert_eq!(status(&c, &held(&["p"]), "a"), "Eligible");
    // An award that is there is not examined again.
    assert_eq!(status(&c, &held(&["a"]), "p"), "Qualified");
}

#[test]
fn the_greatest_set_counts() {
    // a and b with each other; c with either of them, and with d, which is closed.
    let c = catalog(vec![
        with(leaf("b"), credential("a")),
        with(leaf("a"), credential("b")),
        with(group(Kind::AllOf, leaves(&["a", "d"])), credential("c")),
        Credential { offered_until: Some(NOW.previous()), ..credential("d") },
    ]);
    assert_eq!(["a", "b", "c"].map(|id| status(&c, &[], id)), ["Eligible", "Eligible", "Unattainable"]);
    assert_eq!(status(&c, &held(&["d"]), "c"), "Eligible");
}

#[test]
fn a_higher_credential_renews() {
    let lasting = |id, period| Credential { valid_for: ValidFor::Period(period), ..credential(id) };
    let mut c = catalog(vec![
        lasting("a", years(3)),
        Credential { renews: vec!["a"], ..lasting("n", years(2)) },
        Credential { renews: vec!["n"], ..lasting("z", years(5)) },
        stack("s", leaf("a")),
    ]);
    let a = award("a", date(2020, 1, 1));
    let n = |year| award("n", date(year, 6, 1));
    let status_on = |c: &Catalog, day, awards: &[Award]| on(day, c, &having(awards))["a"].status;
    let until = |awards: &[Award]| on(date(2022, 7, 1), &c, &having(awards))["s"].valid_until;
    assert_eq!(until(std::slice::from_ref(&a)), Some(date(2022, 12, 31)));
    // Renewed on 1 June 2022 for three years, though n lasts two.
    assert_eq!(until(&[a.clone(), n(2022)]), Some(date(2025, 5, 31)));
    // Too late: it was over.
    assert_eq!(status_on(&c, date(2023, 7, 1), &[a.clone(), n(2023)]), "Lapsed");
    // In a chain: n is current, so z renews it, and with it a, to the last day of z.
    let z = award("z", date(2024, 5, 1));
    assert_eq!(status_on(&c, date(2029, 4, 30), &[a.clone(), n(2022), z.clone()]), "Held");
    assert_eq!(status_on(&c, date(2029, 5, 1), &[a.clone(), n(2022), z.clone()]), "Lapsed");
    assert_eq!(status_on(&c, date(2029, 4, 30), &[a.clone(), z]), "Lapsed", "there was no n to renew");
    // Without an end, if what renews has none.
    c.credentials.get_mut("n").unwrap().valid_for = ValidFor::Forever;
    assert_eq!(on(date(2022, 7, 1), &c, &having(&[a.clone(), n(2022)]))["s"].valid_until, None);
    // It is an award of that day, by who made it.
    let recent = Conditions { since: Some(date(2022, 1, 1)), issuer: Some(vec!["x"]), ..Conditions::default() };
    c.credentials.insert("s", stack("s", leaf_if("a", recent)));
    let by = |issuer| Award { issuer, ..n(2022) };
    assert!(met(&c, &[a.clone(), by(Some("x"))], "s") && !met(&c, &[a, by(None)], "s"));
}

#[test]
fn plans_renew_by_another() {
    let lasting = |id, cost| Credential { valid_for: ValidFor::Period(years(1)), cost, ..credential(id) };
    let fresh = Conditions { within: Some(months(1)), ..Conditions::default() };
    let c = catalog(vec![
        lasting("a", 900),
        Credential { renews: vec!["a"], ..lasting("n", 100) },
        stack("s", leaf_if("a", fresh)),
    ]);
    let steps = |awards: &[Award]| -> Vec<Id> {
        let answer = plan(&c, &having(awards), NOW, "s", &PlanOptions::default());
        answer.best().unwrap().steps.keys().copied().collect()
    };
    assert_eq!(steps(&[award("a", date(2025, 6, 1))]), ["n", "s"]);
    assert_eq!(steps(&[award("a", date(2025, 2, 1))]), ["a", "s"]);
}

#[test]
fn windows_open_again() {
    let window = |from, until| (Some(from), Some(until));
    let spring = window(date(2026, 2, 1), date(2026, 2, 20));
    let autumn = window(date(2026, 9, 1), date(2026, 9, 30));
    let several = Credential { windows: Some(Windows::Several(vec![autumn, spring])), ..credential("a") };
    assert!(!offered(&several, NOW) && !offering_over(&several, NOW));
    assert!(offered(&several, date(2026, 2, 20)) && offered(&several, date(2026, 9, 1)));
    assert!(offering_over(&several, date(2026, 10, 1)));
    let yearly = |from, until| Credential { windows: Some(Windows::Yearly(from, until)), ..credential("a") };
    let september = yearly((9, 1), (9, 30));
    assert!(!offered(&september, NOW) && offered(&september, date(2031, 9, 30)) && !offering_over(&september, NOW));
    let winter = yearly((12, 15), (1, 15));
    let days = [date(2025, 12, 15), date(2026, 1, 15), date(2026, 1, 16), date(2026, 12, 14)];
    assert_eq!(days.map(|day| offered(&winter, day)), [true, true, false, false]);
    let c = catalog(vec![several]);
    assert_eq!(status(&c, &[], "a"), "Locked");
}
