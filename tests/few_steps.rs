//! Whatever the limit on search steps, what is said is what would be said without one, or that it is undecided: here,
//! where it is met on the way to something that is asked besides.

use std::collections::BTreeSet;

use credpath::{Award, Catalog, CredentialId, Date, EvaluateOptions, HeldUntil, LearnerRecord, Status, WhyLeftOut};

fn day() -> Date {
    "2026-11-22".parse().expect("a day")
}

fn few(steps: u64) -> EvaluateOptions {
    EvaluateOptions::default().search_steps(steps)
}

/// Numbers of steps, close together where little can be done.
fn limits() -> impl Iterator<Item = u64> {
    (0..400).chain((400..6_000).step_by(37))
}

/// Courses of several credits, and what else a catalog has.
fn catalog(rest: &str) -> Catalog {
    let text = format!(
        "[credential]\na = {{ credits = 3 }}\nb = {{ credits = 4 }}\nc = {{ credits = 5 }}\nd = {{ credits = 2 }}\n{rest}"
    );
    Catalog::parse("catalog", &text).unwrap_or_else(|error| panic!("{error}"))
}

/// What can be held is divided among two sums, and is a search; on the day that one award lapses the division is
/// another one, and then there is none.
#[test]
fn until_when_something_is_held() {
    let catalog = Catalog::parse(
        "catalog",
        r#"
            [credential]
            a = { credits = 5 }
            b = { credits = 4, valid_for = "3 years" }
            c = { credits = 3 }
            d = { credits = 3, valid_for = "1 year" }
            e = { credits = 2 }
            f = { credits = 4, valid_for = "2 years" }
            both = { valid_for = "while-components", stack = { distinct = true, all_of = [
                { credits = 7, from = ["a", "b", "c", "d", "e", "f"] },
                { credits = 7, from = ["a", "b", "c", "d", "e", "f"] },
            ] } }
            under = { valid_for = "while-components", stack = "both" }
        "#,
    )
    .expect("a catalog");
    let record = LearnerRecord::parse(
        "record",
        r#"
            award = [
                { credential = "a", awarded = 2026-01-10 }, { credential = "b", awarded = 2026-01-10 },
                { credential = "c", awarded = 2026-01-10 }, { credential = "d", awarded = 2026-01-10 },
                { credential = "e", awarded = 2026-01-10 }, { credential = "f", awarded = 2026-01-10 },
                { credential = "both", awarded = 2026-02-01 }, { credential = "under", awarded = 2026-02-01 },
            ]
        "#,
    )
    .expect("a record");
    for id in ["both", "under"] {
        let id = catalog.credential(id).expect("of the catalog");
        // 21 credits, 18 without d, and 14 without f, which still do: a with e, b with c.
        let told = catalog.evaluate(&record, day(), &EvaluateOptions::default()).held_until(id);
        assert_eq!(told, HeldUntil::Date("2029-01-09".parse().expect("a day")));
        let mut seen = BTreeSet::new();
        for steps in limits() {
            let evaluation = catalog.evaluate(&record, day(), &few(steps));
            let held = evaluation.held_until(id);
            let is_held = evaluation.status(id) == Status::Held;
            assert!(held == told || held == HeldUntil::Undecided, "{steps}: {held:?}");
            seen.insert((is_held, held == told));
        }
        // Also where it is certain that it is held, and not until when.
        assert_eq!(seen, BTreeSet::from([(false, false), (true, false), (true, true)]));
    }
}

/// What can only be begun together asks for a division among what is held and what each would bring.
#[test]
fn what_can_be_begun_together() {
    let catalog = catalog(
        r#"
            theory = { credits = 4, corequisite = { distinct = true, all_of = [
                { credits = 9, from = ["a", "b", "c", "d", "practice", "theory"] },
                { credits = 9, from = ["a", "b", "c", "d", "practice", "theory"] },
            ] } }
            practice = { credits = 4, corequisite = "theory" }
            alone = { credits = 4, corequisite = { distinct = true, all_of = [
                { credits = 9, from = ["a", "b", "c", "d"] }, { credits = 9, from = ["a", "b", "c", "d"] },
            ] } }
        "#,
    );
    let record = LearnerRecord::from_iter(["a", "b", "c", "d"]);
    let all = catalog.evaluate(&record, day(), &EvaluateOptions::default());
    let status = |id: &str| all.status(catalog.credential(id).expect("of the catalog"));
    // 14 credits are held, 22 with both.
    assert_eq!(["theory", "practice", "alone"].map(status), [Status::Eligible, Status::Eligible, Status::Unattainable]);
    let mut seen = BTreeSet::new();
    for steps in limits() {
        let few = catalog.evaluate(&record, day(), &few(steps));
        for (id, told) in all.statuses() {
            let status = few.status(id);
            assert!(status == told || status == Status::Undecided, "{} in {steps}: {status}", catalog.get(id).id);
            seen.insert((catalog.get(id).id.clone(), status == told));
            if let Some(with) = few.begun_with(id) {
                assert_eq!(Some(with), all.begun_with(id));
            }
        }
    }
    for id in ["theory", "practice", "alone"] {
        assert!(seen.contains(&(id.to_owned(), true)) && seen.contains(&(id.to_owned(), false)), "{id}");
    }
}

/// Which claims hold together is found within the same steps.
#[test]
fn what_can_be_claimed_together() {
    let catalog = catalog(
        r#"
            e = { credits = 4 }
            one = { type = "Certificate", stack = { credits = 9, from = ["a", "b", "c", "d", "e"] } }
            two = { type = "Certificate", stack = { credits = 8, from = ["a", "b", "c", "d", "e"] } }
            three = { type = "Certificate", stack = { credits = 5, from = ["one", "c", "d", "e"] } }

            [[sharing]]
            between = ["Certificate", "Certificate"]
            max_awards = 0
        "#,
    );
    let record = LearnerRecord::from_iter(["a", "b", "c", "d", "e"]);
    let targets = ["one", "two", "three"].map(|id| catalog.credential(id).expect("of the catalog"));
    let all = catalog.claims(&record, day(), &targets, &EvaluateOptions::default());
    let mut seen = BTreeSet::new();
    for steps in limits() {
        let found = catalog.claims(&record, day(), &targets, &few(steps));
        seen.insert(found.proven);
        if !found.proven {
            continue;
        }
        assert_eq!((&found.claimed, &found.shared), (&all.claimed, &all.shared), "{steps}");
        for (few, told) in found.left_out.iter().zip(&all.left_out) {
            assert_eq!(few.credential, told.credential);
            let (WhyLeftOut::Conflict { over, give_up, .. }, WhyLeftOut::Conflict { over: all, give_up: least, .. }) =
                (&few.why, &told.why)
            else {
                panic!("{few:?} in {steps}")
            };
            // What the steps did not suffice to find is not told.
            assert!((over == all || over.is_empty()) && (give_up == least || give_up.is_none()), "{few:?} in {steps}");
        }
        assert_eq!(found.left_out.len(), all.left_out.len());
    }
    assert_eq!(seen, BTreeSet::from([false, true]));
}

/// Of more than 400 parties each that is left aside is named: none is lost, and none is told twice.
#[test]
fn more_parties_than_are_looked_at() {
    let page = |at: usize| format!("page-{at} = {{ type = \"Page\", stack = \"a\" }}\n");
    let pages: Vec<String> = (0..404).map(page).collect();
    let limit = "[[sharing]]\nbetween = [\"Certificate\", \"Certificate\"]\nmax_awards = 0\n";
    let catalog = catalog(&format!("{}{limit}", pages.concat()));
    let targets: Vec<CredentialId> =
        catalog.credentials().filter(|(_, described)| described.kind == "Page").map(|(id, _)| id).collect();
    let claims = catalog.claims(&LearnerRecord::from_iter(["a"]), day(), &targets, &EvaluateOptions::default());
    assert!(claims.left_out.iter().all(|left_out| left_out.why == WhyLeftOut::Undecided) && !claims.proven);
    let claimed = claims.claimed.iter().map(|claim| &claim.credential);
    let told: Vec<&String> = claimed.chain(claims.left_out.iter().map(|left_out| &left_out.credential)).collect();
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), 404);
    assert_eq!((told.len(), claims.claimed.len() >= 400, claims.left_out.len() >= 3), (404, true, true));
}

/// What was issued on more than 400 days is not looked into. That leaves open what may share with it, and nothing else.
#[test]
fn what_was_issued_on_more_days_than_are_looked_at() {
    let catalog = catalog(
        r#"
            old = { type = "Certificate", stack = "a" }
            new = { type = "Certificate", stack = "a" }
            free = { type = "Badge", stack = "a" }

            [[sharing]]
            between = ["Certificate", "Certificate"]
            max_awards = 0
        "#,
    );
    let targets = ["new", "free"].map(|id| catalog.credential(id).expect("of the catalog"));
    let why = |issued: usize| {
        let date = |year, month, day| Date::new(year, month, day).expect("a day");
        let days = (2020..2026)
            .flat_map(|year| (1..=12).flat_map(move |month| (1..=28).map(move |day| (year, month, day))))
            .map(|(year, month, day)| date(year, month, day));
        let mut record = LearnerRecord::from_iter(["a"]);
        record.awards.extend(days.take(issued).map(|day| Award::new("old").on(day)));
        let claims = catalog.claims(&record, day(), &targets, &EvaluateOptions::default());
        assert_eq!(claims.claimed.iter().map(|claim| claim.credential.as_str()).collect::<Vec<_>>(), ["free"]);
        assert_eq!(claims.left_out.len(), 1);
        claims.left_out[0].why.clone()
    };
    assert!(matches!(why(390), WhyLeftOut::Conflict { with, .. } if with == ["old"]));
    assert_eq!(why(401), WhyLeftOut::Undecided);
}
