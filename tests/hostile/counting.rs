//! Groups that are hard to count, exceptions by the thousand, claims without number.

use std::fmt::Write as _;

use credpath::{
    Catalog, EvaluateOptions, LearnerRecord, Limits, Optimality, PlanLimit, PlanOptions, PlanOutcome, Status,
};

use crate::generate::Random;
use crate::support::{as_of, credentials, ids, read_record, read_with, repeated, small_stack};

/// Asks everything of one credential, and gives its status.
fn ask(name: &str, text: String, record: String) -> Status {
    small_stack(name, move || {
        let catalog = read_with(&text, &Limits::default()).unwrap_or_else(|codes| panic!("{codes:?}"));
        let record = read_record(&record).unwrap_or_else(|codes| panic!("{codes:?}"));
        let target = catalog.credential("target").expect("a target");
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        let status = evaluation.status(target);
        let audit = evaluation.audit(target);
        assert!(!audit.to_string().is_empty() && audit.status == status);
        _ = (evaluation.first_view(target), evaluation.misplaced().len(), evaluation.claims(&[target]));
        status
    })
}

fn held(ids: impl IntoIterator<Item = String>) -> String {
    ids.into_iter().map(|id| format!("[[award]]\ncredential = \"{id}\"\n")).collect::<Vec<_>>().concat()
}

#[test]
fn distinct_groups_nested_as_deep_as_allowed() {
    for (operator, end) in [("all_of = ", ""), ("at_least = 2, from = ", ", \"c\"")] {
        let mut rule = "\"a\"".to_owned();
        for _ in 0..34 {
            rule = format!("{{ {operator}[{rule}, {{ any_of = [\"a\", \"b\"] }}, \"b\"{end}], distinct = true }}");
        }
        let text = format!("[credential]\na = {{}}\nb = {{}}\nc = {{}}\n[credential.target]\nstack = {rule}\n");
        _ = ask("nested", text, held(["a".to_owned(), "b".to_owned()]));
    }
    // By way of pools, requirements nest as deep as the limit says, whatever the brackets.
    let pools = repeated(60, |at| {
        let inner = if at == 59 {
            "\"a\"".to_owned()
        } else {
            format!("{{ at_least = 2, from = \"p{}\", distinct = true }}", at + 1)
        };
        format!("[pool.p{at}]\nmembers = [{inner}, \"a\", \"b\", \"r\"]\n")
    });
    let text = format!(
        "[credential]\na = {{}}\nb = {{}}\nr = {{ repeatable = true }}\n{pools}\n[credential.target]\nstack = {{ \
         at_least = 2, from = \"p0\", distinct = true }}\n"
    );
    assert_eq!(ask("pools", text, held(["a", "b", "r", "r"].map(str::to_owned))), Status::Qualified);
}

#[test]
fn many_slots_over_many_awards() {
    // One slot more than awards, each slot open to all of them: those who enumerate never return.
    let pool = ids("p", 300);
    let slots = vec![format!("{{ any_of = [{pool}] }}"); 301].join(", ");
    let text = format!(
        "{}[credential.target]\nstack = {{ all_of = [{slots}], distinct = true }}\n",
        credentials("p", 300, "")
    );
    assert_eq!(ask("slots", text, held((0..300).map(|at| format!("p{at}")))), Status::Unattainable);
}

#[test]
fn sums_that_hide_a_partition() {
    // Two sums of half of everything each, over amounts that look like noise: as hard as can be. Any answer will do, in
    // time.
    let mut random = Random::new(5);
    for awards in [12, 24, 48, 96] {
        let amounts: Vec<usize> = (0..awards).map(|_| 100_000 + random.below(900_000)).collect();
        let half = amounts.iter().sum::<usize>() / 2;
        let members = ids("p", awards);
        let mut text = String::new();
        for (at, amount) in amounts.iter().enumerate() {
            writeln!(text, "[credential.p{at}]\ncredits = {}.{:02}", amount / 100, amount % 100).unwrap();
        }
        let sum = format!("{{ credits = {}.{:02}, from = [{members}] }}", half / 100, half % 100);
        write!(text, "[credential.target]\nstack = {{ all_of = [{sum}, {sum}], distinct = true }}\n").unwrap();
        _ = ask("partition", text, held((0..awards).map(|at| format!("p{at}"))));
    }
}

#[test]
fn spans_in_distinct_groups() {
    let parts = vec![format!("{{ at_least = 3, from = [{}], span = \"2 days\" }}", ids("p", 12)); 4].join(", ");
    let text =
        format!("{}[credential.target]\nstack = {{ all_of = [{parts}], distinct = true }}\n", credentials("p", 12, ""));
    let record = repeated(12, |at| format!("[[award]]\ncredential = \"p{at}\"\nawarded = 2026-01-{:02}\n", 1 + 2 * at));
    assert_ne!(ask("spans", text, record), Status::Qualified);
}

#[test]
fn groups_side_by_side_by_the_thousand() {
    // Whatever looks at the groups of a rule one after the other must not do so by calling itself.
    let capped = vec!["{ up_to = 1, from = [\"a\"] }"; 15_000].join(", ");
    let text = format!(
        "[credential]\na = {{ credits = 3 }}\n[credential.target]\nstack = {{ credits = 5, from = [{capped}, \"a\"] \
         }}\n"
    );
    _ = ask("capped", text, held(["a".to_owned()]));
    let spanned = vec!["{ any_of = [\"a\", \"b\"], span = \"1 day\" }"; 5_000].join(", ");
    let text = format!(
        "[credential]\na = {{}}\nb = {{}}\n[credential.target]\nstack = {{ all_of = [{spanned}], distinct = true }}\n"
    );
    _ = ask(
        "spanned",
        text,
        "award = [{ credential = 'a', awarded = 2026-01-01 }, { credential = 'b', awarded = 2026-02-01 }]".to_owned(),
    );
}

#[test]
fn many_sums_over_many_awards() {
    // As rows and columns this is more than there is room for.
    let mut random = Random::new(11);
    let members = ids("p", 150);
    let sums: Vec<String> =
        (0..150).map(|_| format!("{{ credits = {}, from = [{members}] }}", 1 + random.below(30))).collect();
    let mut text = String::new();
    for at in 0..150 {
        writeln!(text, "[credential.p{at}]\ncredits = {}.{:02}", random.below(40), random.below(100)).unwrap();
    }
    write!(text, "[credential.target]\nstack = {{ all_of = [{}], distinct = true }}\n", sums.join(", ")).unwrap();
    _ = ask("sums", text, held((0..150).map(|at| format!("p{at}"))));
}

#[test]
fn exceptions_by_the_thousand() {
    let text = format!(
        "{}[credential.target]\nstack = {{ name = \"core\", all_of = [{}], distinct = true }}\n",
        credentials("p", 300, ""),
        ids("p", 300)
    );
    let waivers = repeated(6_000, |at| {
        format!("[[waiver]]\ncredential = \"target\"\ncomponent = \"p{}\"\nreason = \"{at}\"\n", at % 400)
    });
    assert_eq!(ask("waivers", text.clone(), waivers), Status::Qualified);
    let everything = repeated(30, |at| format!("[[substitution]]\nuse = \"p{at}\"\nfor = \"p{}\"\n", at + 1))
        + &repeated(8_000, |at| format!("[[substitution]]\nuse = \"elsewhere{at}\"\nfor = \"p{}\"\n", at % 300))
        + &held((0..2_000).map(|at| format!("p{}", at % 300)));
    assert_eq!(ask("substitutions", text.clone(), everything), Status::Qualified);
    let misplaced =
        repeated(9_000, |at| format!("[[waiver]]\ncredential = \"target{at}\"\nrequirement = \"cor{at}\"\n"));
    assert_eq!(ask("misplaced", text, misplaced), Status::Locked);
}

#[test]
fn claims_without_number() {
    let text = credentials("p", 30, "credits = 3")
        + &repeated(40, |at| {
            let members: Vec<String> = (0..3).map(|step| format!("\"p{}\"", (at * 7 + step * 11) % 30)).collect();
            format!("[credential.c{at}]\ntype = \"Certificate\"\nstack = {{ all_of = [{}] }}\n", members.join(", "))
        })
        + &"[[sharing]]\nbetween = [\"Certificate\", \"Certificate\"]\nmax_awards = 0\n".repeat(20);
    small_stack("claims", move || {
        let catalog = Catalog::parse("claims", &text).expect("a valid catalog");
        let record: LearnerRecord = (0..30).map(|at| format!("p{at}")).collect();
        let targets: Vec<_> = catalog.credentials().map(|(id, _)| id).collect();
        let claims = catalog.claims(&record, as_of(), &targets, &EvaluateOptions::default());
        // Whether that is the best or not: what is claimed never overlaps.
        assert!(!claims.claimed.is_empty() && claims.shared.is_empty() && !claims.to_string().is_empty());
    });
}

#[test]
fn claims_that_all_hold_together() {
    let text = "[credential.a]\n".to_owned()
        + &credentials("m", 300, "type = \"C\"\nstack = \"a\"")
        + &"[[sharing]]\nbetween = [\"C\", \"C\"]\nmax_awards = 9\n".repeat(300);
    small_stack("claims", move || {
        let catalog = Catalog::parse("claims", &text).expect("a valid catalog");
        let targets: Vec<_> = catalog.credentials().map(|(id, _)| id).collect();
        let claims = catalog.claims(&["a"].into_iter().collect(), as_of(), &targets, &EvaluateOptions::default());
        assert!(claims.proven && claims.claimed.len() == 300);
    });
}

/// Plans whose claims are under a policy, within little work: whatever comes out verifies.
fn plan_within(name: &str, text: String, record: String) {
    small_stack(name, move || {
        let catalog = Catalog::parse("plans", &text).expect("a valid catalog");
        let record = read_record(&record).unwrap_or_else(|codes| panic!("{codes:?}"));
        let target = catalog.credential("target").expect("a target");
        for work in [10_000, 300_000] {
            let options = PlanOptions::default().work(work);
            let outcome = catalog.plan(&record, as_of(), target, &options);
            assert!(!outcome.to_string().is_empty());
            if let Some(plan) = outcome.plan() {
                assert_eq!(plan.verify(&catalog, &record), Ok(()));
            }
        }
    });
}

#[test]
fn plans_of_many_claims_that_may_share_nothing() {
    for (policy, pool) in [("max_awards = 0", 60), ("max_awards = 1", 30), ("max_credits = 6", 60)] {
        let members = ids("p", pool);
        let text = credentials("p", pool, "credits = 3\ncost = 1")
            + &repeated(20, |at| {
                let own: Vec<String> = (0..5).map(|step| format!("\"p{}\"", (at * 7 + step * 11) % pool)).collect();
                format!(
                    "[credential.c{at}]\ntype = \"C\"\nstack = {{ any_of = [{{ at_least = 2, from = [{}] }}, {{ \
                     at_least = 3, from = [{members}] }}] }}\n",
                    own.join(", ")
                )
            })
            + &format!("[credential.target]\nstack = {{ all_of = [{}] }}\n", ids("c", 20))
            + &format!("[[sharing]]\nbetween = [\"C\", \"C\"]\n{policy}\n");
        plan_within(policy, text, held((0..pool / 2).map(|at| format!("p{at}"))));
    }
}

#[test]
fn plans_beside_many_issued_claims() {
    let text = credentials("p", 40, "credits = 3\ncost = 1")
        + &credentials("c", 399, &format!("type = \"C\"\nstack = {{ at_least = 3, from = [{}] }}", ids("p", 40)))
        + &format!("[credential.target]\ntype = \"C\"\nstack = {{ at_least = 3, from = [{}] }}\n", ids("p", 40))
        + "[[sharing]]\nbetween = [\"C\", \"C\"]\nmax_awards = 1\n";
    let record = held((0..40).map(|at| format!("p{at}")))
        + &repeated(399, |at| {
            format!("[[award]]\ncredential = \"c{at}\"\nawarded = {}-{:02}-11\n", 1990 + at / 12, at % 12 + 1)
        });
    plan_within("issued", text, record);
}

#[test]
fn plans_past_the_most_claims_that_are_judged_together() {
    let text = credentials("p", 450, "cost = 1")
        + &repeated(450, |at| format!("[credential.c{at}]\ntype = \"C\"\nstack = \"p{at}\"\n"))
        + &format!("[credential.target]\nstack = {{ at_least = 2, from = [{}] }}\n", ids("c", 450))
        + "[[sharing]]\nbetween = [\"C\", \"C\"]\nmax_awards = 0\n";
    small_stack("past", move || {
        let catalog = Catalog::parse("plans", &text).expect("a valid catalog");
        let target = catalog.credential("target").expect("a target");
        // Few of so many claims are made.
        let outcome = catalog.plan(&LearnerRecord::default(), as_of(), target, &PlanOptions::default());
        let found = outcome.plan().expect("a plan");
        assert_eq!((found.cost.to_string(), found.optimality), ("2".to_owned(), Optimality::Proven));
        // Where so many were issued, nobody can say what they use: another claim beside them is not decided.
        let issued = (1..450).map(|at| format!("c{at}"));
        let record: LearnerRecord = issued.chain(["p0".to_owned()]).collect();
        let target = catalog.credential("c0").expect("a target");
        let outcome = catalog.plan(&record, as_of(), target, &PlanOptions::default());
        let PlanOutcome::Undecided(open) = outcome else { panic!("{outcome}") };
        assert_eq!(open.limit, PlanLimit::Evaluation);
    });
}

#[test]
fn substitutions_in_circles() {
    // A circle of names, entered anew within many credentials: each award must not be counted once for each of all
    // ways.
    let text = credentials("x", 50, "repeatable = true")
        + &credentials("t", 50, "stack = { all_of = [\"x49\"] }")
        + "[credential.target]\nstack = { credits = 1, from = [\"x0\", \"x9\"] }\n";
    let record = repeated(15, |at| format!("[[substitution]]\nuse = \"x{at}\"\nfor = \"x{}\"\n", (at + 1) % 15))
        + &repeated(17, |at| format!("[[substitution]]\nuse = \"x0\"\nfor = \"x0\"\nwithin = \"t{at}\"\n"))
        + &repeated(9_000, |at| format!("[[award]]\ncredential = \"x0\"\nhours = {at}\n"));
    _ = ask("circles", text, record);
}
