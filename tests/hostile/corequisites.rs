//! Corequisites: chains, circles and ladders of any length, and what cannot be begun together with anything.

use credpath::{CheckOptions, EvaluateOptions, Limits, PlanOptions, Status};

use super::support::{as_of, credentials, ids, read_record, read_with, refused, repeated, small_stack, statuses};
use super::{UNKNOWN_CREDENTIAL, WRONG_TYPE};

/// Each asks for the next one, the last one for something else.
fn chain(n: usize, last: &str) -> String {
    let next = |at: usize| if at + 1 < n { format!("c{}", at + 1) } else { last.to_owned() };
    repeated(n, |at| format!("[credential.c{at}]\ncorequisite = \"{}\"\n", next(at)))
}

#[test]
fn what_is_no_corequisite() {
    refused("a number", "[credential.a]\ncorequisite = 3\n", &[WRONG_TYPE]);
    refused("an unknown one", "[credential.a]\ncorequisite = \"b\"\n", &[UNKNOWN_CREDENTIAL]);
    let text = credentials("c", 10_000, "corequisite = \"b\"\nstack = \"b\"");
    refused("of what is conferred", format!("[credential.b]\n{text}"), &["conferred-corequisite"]);
}

#[test]
fn long_chains_and_circles() {
    let n = 50_000;
    let asked = ["c0", "c1", "c49999"];
    assert_eq!(statuses("a circle", chain(n, "c0"), &[], &asked), [Status::Eligible; 3]);
    let open = format!("{}[credential.end]\n", chain(n, "end"));
    assert_eq!(statuses("a chain", open, &[], &asked), [Status::Eligible; 3]);
    let closed = format!("{}[credential.end]\noffered = {{ until = 2020-01-01 }}\n", chain(n, "end"));
    assert_eq!(statuses("a chain that is over", closed, &[], &asked), [Status::Unattainable; 3]);
    let later = format!("{}[credential.end]\noffered = {{ from = 2030-01-01 }}\n", chain(n, "end"));
    assert_eq!(statuses("a chain that opens later", later, &[], &asked), [Status::Locked; 3]);
    // The first one lacks a prerequisite as well: so nobody is the first.
    let knot = format!("{}[credential.end]\nprerequisite = \"c0\"\n", chain(n, "end"));
    assert_eq!(statuses("a knot", knot, &[], &asked), [Status::Unattainable; 3]);
    let with = small_stack("what goes round", move || {
        let catalog = read_with(&chain(10_000, "c0"), &Limits::large()).expect("a valid catalog");
        let record = read_record("").expect("a valid record");
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        let first = catalog.credential("c0").expect("a known id");
        (evaluation.begun_with(first).map(|with| with.len()), evaluation.audit(first).begun_with.len())
    });
    assert_eq!(with, (Some(9_999), 9_999));
}

#[test]
fn ladders_beside_what_never_comes() {
    // Pairs, each after the one before, and as many that wait for what never comes: asked again for every pair, these
    // would take for ever.
    let n = 10_000;
    let before = |at: usize| at.checked_sub(1).map_or(String::new(), |at| format!("prerequisite = \"a{at}\"\n"));
    let pair = |at: usize| {
        let first = format!("[credential.a{at}]\n{}corequisite = \"b{at}\"\n", before(at));
        format!("{first}[credential.b{at}]\ncorequisite = \"a{at}\"\n")
    };
    let idle = credentials("idle", n, "corequisite = \"never\"");
    let text = format!("{}{idle}[credential.never]\noffered = []\n", repeated(n, pair));
    let asked = ["a0", "b0", "a9999", "b9999", "idle0", "idle9999"];
    let expected = [
        Status::Eligible,
        Status::Eligible,
        Status::Locked,
        Status::Locked,
        Status::Unattainable,
        Status::Unattainable,
    ];
    assert_eq!(statuses("a ladder", text.clone(), &[], &asked), expected);
    // And where names are lent.
    let found = small_stack("a ladder of other names", move || {
        let catalog = read_with(&text, &Limits::large()).expect("a valid catalog");
        let record = read_record("substitution = [{ use = 'a0', for = 'b3' }]").expect("a valid record");
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        asked.map(|id| evaluation.status(catalog.credential(id).expect("a known id")))
    });
    assert_eq!(found, expected);
}

#[test]
fn pools_of_corequisites() {
    // Each of very many asks for half of all of them.
    let n = 600;
    let body = format!("credits = 1\ncorequisite = {{ credits = {}, from = \"all\" }}", n / 2);
    let text = format!("{}[pool.all]\nmembers = [{}]\n", credentials("c", n, &body), ids("c", n));
    assert_eq!(statuses("half of all", text.clone(), &[], &["c0", "c599"]), [Status::Eligible; 2]);
    let text = text.replace("credits = 300", "credits = 601");
    assert_eq!(statuses("more than all", text, &[], &["c0", "c599"]), [Status::Unattainable; 2]);
}

#[test]
fn plans_and_checks_of_circles() {
    let (steps, verified) = small_stack("a plan round a circle", || {
        let text = format!("{}[credential.all]\nstack = \"c7\"\n", chain(200, "c0"));
        let catalog = read_with(&text, &Limits::large()).expect("a valid catalog");
        let record = read_record("").expect("a valid record");
        let target = catalog.credential("all").expect("a known id");
        let outcome = catalog.plan(&record, as_of(), target, &PlanOptions::default());
        let plan = outcome.plan().expect("a plan");
        (plan.steps.len(), plan.verify(&catalog, &record))
    });
    assert_eq!((steps, verified), (201, Ok(())));
    let found = small_stack("a check of a circle", || {
        // One that is none, and one through a prerequisite.
        let knot = chain(500, "end").replace('c', "d").replace("dredential.d", "credential.d");
        let knot = knot.replace("dorequisite", "corequisite");
        let text = format!("{}{knot}[credential.end]\nprerequisite = \"d0\"\n", chain(2_000, "c0"));
        let catalog = read_with(&text, &Limits::large()).expect("a valid catalog");
        let found = catalog.check(&CheckOptions::default());
        found.as_slice().iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>()
    });
    assert!(found.contains(&"blocking-cycle") && !found.contains(&"harmless-cycle"), "{found:?}");
}
