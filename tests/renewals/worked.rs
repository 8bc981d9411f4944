//! Joint renewals worked by hand.

use std::sync::{Arc, Mutex};

use credpath::{
    Catalog, CompareOptions, CredentialId, Date, EvaluateOptions, JointOutcome, JointPlan, JointRenewal,
    JointRenewalOptions, LearnerRecord, Objective, Optimality, PlanLimit, RenewalOptions, StepKind, Watcher,
    WhyNotKept, WorkDone,
};

fn ask(catalog: &str, record: &str, until: &str, options: &JointRenewalOptions) -> JointRenewal {
    let catalog = Catalog::parse("catalog", catalog).unwrap();
    let record = LearnerRecord::parse("record", record).unwrap();
    let joint = catalog.joint_renewal(&record, "2026-11-29".parse().unwrap(), until.parse().unwrap(), options);
    assert_eq!(joint.verify(&catalog, &record), Ok(()), "{joint}");
    serde_json::to_string(&joint).unwrap();
    joint
}

fn default(catalog: &str, record: &str, until: &str) -> JointRenewal {
    ask(catalog, record, until, &JointRenewalOptions::default())
}

fn id(catalog: &str, id: &str) -> CredentialId {
    Catalog::parse("catalog", catalog).unwrap().credential(id).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn steps(joint: &JointRenewal) -> Vec<(&str, StepKind)> {
    let steps = joint.plan().unwrap_or_else(|| panic!("{joint}")).steps.iter();
    steps.map(|step| (step.credential.as_str(), step.kind)).collect()
}

const LICENCE: &str = r#"
[credential]
course = { cost = 40, hours = 8, repeatable = true }
[credential.licence]
cost = 500
hours = 20
valid_for = "2 years"
renewal = { cost = 100, hours = 0, window = "3 months", requires = { hours = 12, from = ["course"] } }
"#;

#[test]
fn where_nothing_lapses_there_is_nothing_to_do() {
    let record = "award = [{ credential = 'licence', awarded = 2026-06-01 }, { credential = 'unheard-of' }]";
    let joint = default(LICENCE, record, "2027-06-30");
    assert_eq!(joint.to_string(), "Nothing to do to stay current through 2027-06-30, as of 2026-11-29.\n");
    assert!(joint.plan().unwrap().steps.is_empty() && joint.cannot.is_empty());
}

/// Current through 2027-06-30 is what is valid on that day still.
#[test]
fn what_lasts_to_the_horizon_needs_nothing() {
    let record = "award = [{ credential = 'licence', awarded = 2025-07-01 }]";
    let joint = default(LICENCE, record, "2027-06-30");
    assert_eq!((joint.lasting.as_slice(), joint.plan().unwrap().steps.len()), (&["licence".to_owned()][..], 0));
    assert_eq!(steps(&default(LICENCE, record, "2027-07-01")).len(), 2);
}

#[test]
fn what_has_lapsed_is_told_and_not_planned() {
    let options = JointRenewalOptions::default().credentials([id(LICENCE, "licence"), id(LICENCE, "course")]);
    let joint = ask(LICENCE, "award = [{ credential = 'licence', awarded = 2024-07-01 }]", "2027-06-30", &options);
    let why: Vec<&WhyNotKept> = joint.cannot.iter().map(|cannot| &cannot.why).collect();
    let lapsed = Some(day("2026-06-30"));
    assert_eq!(why, [&WhyNotKept::NotHeld { lapsed: None }, &WhyNotKept::NotHeld { lapsed }]);
}

/// 12 hours take two courses; the window opens three months before 2027-05-31. What is taken now counts then.
#[test]
fn a_window_that_is_yet_to_open_is_waited_for() {
    let joint = default(LICENCE, "award = [{ credential = 'licence', awarded = 2025-06-01 }]", "2027-12-31");
    assert_eq!(steps(&joint), [("course", StepKind::Take), ("licence", StepKind::Renew)]);
    let plan = joint.plan().unwrap();
    assert_eq!((plan.steps[0].times, plan.steps[1].from), (2, Some(day("2027-02-28"))));
    assert_eq!((plan.cost.to_string(), plan.hours.to_string()), ("180".to_owned(), "16".to_owned()));
    // From the day on which it is renewed, as it keeps no cycle.
    assert_eq!(plan.kept[0].lasts_until, Some(day("2029-02-27")));
}

/// The course of 2024 was before the licence; that of 2026 counts.
#[test]
fn what_was_made_since_counts() {
    let record = "award = [
        { credential = 'course', awarded = 2024-05-01 }, { credential = 'licence', awarded = 2025-02-01 },
        { credential = 'course', awarded = 2026-05-01 },
    ]";
    let joint = default(LICENCE, record, "2027-12-31");
    assert_eq!(joint.plan().unwrap().steps[0].times, 1);
    // On the very day is not after it.
    let on_the_day = record.replace("2026-05-01", "2025-02-01");
    assert_eq!(default(LICENCE, &on_the_day, "2027-12-31").plan().unwrap().steps[0].times, 2);
}

#[test]
fn what_cannot_be_had_leaves_taking_it_again_or_nothing() {
    let closed = LICENCE.replace("repeatable = true", "repeatable = true, offered = { until = 2026-01-01 }");
    let record = "award = [{ credential = 'licence', awarded = 2025-02-01 }]";
    assert_eq!(steps(&default(&closed, record, "2027-12-31")), [("licence", StepKind::Retake)]);
    let no_more =
        closed.replace("cost = 500", "cost = 500\nprerequisite = { credential = 'course', since = 2026-06-01 }");
    let joint = default(&no_more, record, "2027-12-31");
    assert!(matches!(joint.cannot[0].why, WhyNotKept::Blocked { .. }), "{joint}");
    assert!(joint.to_string().contains("cannot be kept: licence, last valid day 2027-01-31\n"), "{joint}");
    assert!(joint.to_string().contains("closed after 2026-01-01"), "{joint}");
}

/// What taking it anew costs is not stated, so that it would look free: it is taken anew only if there is nothing else.
#[test]
fn what_is_not_stated_is_no_bargain() {
    let unstated = LICENCE.replace("cost = 500\n", "");
    let record = "award = [{ credential = 'licence', awarded = 2025-02-01 }]";
    assert_eq!(steps(&default(&unstated, record, "2027-12-31")).len(), 2);
    let closed = unstated.replace("repeatable = true", "repeatable = true, offered = { until = 2026-01-01 }");
    let joint = default(&closed, record, "2027-12-31");
    assert_eq!(steps(&joint), [("licence", StepKind::Retake)]);
    assert_eq!(joint.plan().unwrap().not_stated.cost, ["licence"]);
}

/// Renewed now, it lasts two years; that is not through 2029.
#[test]
fn what_would_lapse_again_is_told() {
    let short = LICENCE.replace(", window = \"3 months\"", "");
    let joint = default(&short, "award = [{ credential = 'licence', awarded = 2025-02-01 }]", "2029-12-31");
    assert_eq!(joint.cannot[0].why, WhyNotKept::TooShort { lasts_until: day("2028-11-28") });
    assert!(joint.to_string().ends_with(": whatever is done now, it lasts to 2028-11-28 only\n"), "{joint}");
}

/// A role lasts while its trainings do. One of two trainings will do for the second part; that which is current lapses.
#[test]
fn a_role_is_kept_by_the_cheapest_of_its_components() {
    let catalog = r#"
        [credential]
        safety = { cost = 30, hours = 1, valid_for = "1 year" }
        forklift = { cost = 300, hours = 8, valid_for = "2 years" }
        crane = { cost = 200, hours = 8, valid_for = "2 years" }
        [credential.yard]
        valid_for = "while-components"
        cost = 0
        hours = 0
        stack = { all_of = ["safety", { any_of = ["forklift", "crane"] }] }
    "#;
    let record = "award = [
        { credential = 'safety', awarded = 2026-01-01 }, { credential = 'forklift', awarded = 2025-03-01 },
        { credential = 'yard', awarded = 2026-01-02 },
    ]";
    let options = JointRenewalOptions::default().credentials([id(catalog, "yard")]);
    let joint = ask(catalog, record, "2027-06-30", &options);
    assert_eq!(steps(&joint), [("crane", StepKind::Take), ("safety", StepKind::Renew)]);
    assert!(joint.plan().unwrap().kept[0].by_components);
    // All that lapses together: the forklift as well, and then the crane is of no use.
    let joint = default(catalog, record, "2027-06-30");
    assert_eq!(steps(&joint), [("forklift", StepKind::Renew), ("safety", StepKind::Renew)]);
}

#[test]
fn what_excludes_each_other_is_not_renewed_together() {
    let catalog = r#"
        [credential]
        a = { cost = 1, hours = 1, valid_for = "1 year", excludes = ["b"] }
        b = { cost = 1, hours = 1, valid_for = "1 year" }
    "#;
    let record = "award = [{ credential = 'a', awarded = 2026-01-01 }, { credential = 'b', awarded = 2026-01-01 }]";
    let joint = default(catalog, record, "2027-06-30");
    let ids: Vec<&str> = joint.cannot.iter().map(|cannot| cannot.credential.as_str()).collect();
    assert_eq!(ids, ["a", "b"], "{joint}");
    let avoided = JointRenewalOptions::default().avoid([id(LICENCE, "licence")]);
    let joint = ask(LICENCE, "award = [{ credential = 'licence', awarded = 2025-02-01 }]", "2027-06-30", &avoided);
    assert!(joint.to_string().contains("licence: is to be avoided"), "{joint}");
}

#[test]
fn a_budget_that_is_too_small_leaves_nothing() {
    let options = JointRenewalOptions::default().budget("179".parse().unwrap());
    let joint = ask(LICENCE, "award = [{ credential = 'licence', awarded = 2025-02-01 }]", "2027-06-30", &options);
    assert!(matches!(joint.outcome, JointOutcome::NotTogether { .. }), "{joint}");
    assert!(joint.to_string().contains("180 is needed at least"), "{joint}");
}

/// A work limit of one step leaves it undecided, and never says what is not so.
#[test]
fn a_work_limit_is_told() {
    let record = "award = [{ credential = 'licence', awarded = 2025-02-01 }]";
    for work in [0, 1, 10, 100, 1000, 10_000] {
        let joint = ask(LICENCE, record, "2027-12-31", &JointRenewalOptions::default().work(work));
        match &joint.outcome {
            JointOutcome::Undecided { limit, lower_bound } => {
                assert_eq!(*limit, PlanLimit::Work);
                assert!(*lower_bound <= "180".parse().unwrap(), "{joint}");
            }
            JointOutcome::Plan(plan) if plan.optimality == Optimality::Proven => {
                assert_eq!(plan.cost.to_string(), "180");
            }
            JointOutcome::Plan(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Renewals are judged each by itself, and what counts for one counts for another, whatever policy binds what is
/// claimed.
#[test]
fn policies_are_about_claims() {
    let catalog = r#"
        [[sharing]]
        between = ["License", "License"]
        max_awards = 0
        [credential]
        course = { cost = 40, hours = 12 }
        exam = { cost = 0, hours = 0 }
        [credential.one]
        type = "License"
        stack = "exam"
        cost = 500
        hours = 0
        valid_for = "2 years"
        renewal = { cost = 10, hours = 0, requires = { hours = 12, from = ["course"] } }
        [credential.two]
        type = "License"
        stack = "exam"
        cost = 500
        hours = 0
        valid_for = "2 years"
        renewal = { cost = 10, hours = 0, requires = { hours = 12, from = ["course"] } }
    "#;
    let record = "award = [
        { credential = 'exam', awarded = 2025-01-01 }, { credential = 'one', awarded = 2025-02-01 },
        { credential = 'two', awarded = 2025-02-01 },
    ]";
    let joint = default(catalog, record, "2027-12-31");
    assert_eq!(steps(&joint), [("course", StepKind::Take), ("one", StepKind::Renew), ("two", StepKind::Renew)]);
}

/// A waiver of a component, or of a group by its name, holds for what the renewal requires as well.
#[test]
fn waivers_reach_what_a_renewal_requires() {
    let catalog = r#"
        [credential]
        talk = { cost = 90, hours = 1 }
        course = { cost = 40, hours = 12 }
        [credential.licence]
        cost = 500
        hours = 0
        valid_for = "2 years"
        renewal = { cost = 10, hours = 0, requires = { all_of = [
            "talk", { name = "learning", hours = 12, from = ["course"] },
        ] } }
    "#;
    let award = "award = [{ credential = 'licence', awarded = 2025-02-01 }]\n";
    let waived = |what: &str| format!("{award}[[waiver]]\ncredential = 'licence'\n{what}");
    let cost = |record: &str| default(catalog, record, "2027-12-31").plan().unwrap().cost.to_string();
    assert_eq!(cost(award), "140");
    assert_eq!(cost(&waived("component = 'talk'")), "50");
    assert_eq!(cost(&waived("requirement = 'learning'")), "100");
    let misplaced = |record: &str| {
        let (catalog, record) = (Catalog::parse("c", catalog).unwrap(), LearnerRecord::parse("r", record).unwrap());
        let evaluation = catalog.evaluate(&record, day("2026-11-29"), &EvaluateOptions::default());
        evaluation.misplaced().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(misplaced(&waived("component = 'talk'")), [""; 0]);
    assert_eq!(misplaced(&waived("requirement = 'learning'")), [""; 0]);
    assert_eq!(misplaced(&waived("component = 'course'")).len(), 1, "it only adds to a sum");
    assert_eq!(misplaced(&waived("component = 'licence'")).len(), 1);
    // The hours are lent by another course, within the licence alone.
    let lent = "[[substitution]]\nuse = 'elsewhere'\nfor = 'course'\nwithin = 'licence'\n";
    let record = format!("{award}{lent}").replace(" }]", " }, { credential = 'elsewhere', awarded = 2025-05-01 }]");
    assert_eq!((cost(&record).as_str(), misplaced(&record)), ("100", Vec::new()));
    let renewals = Catalog::parse("c", catalog).unwrap().renewals(
        &LearnerRecord::parse("r", &waived("component = 'talk'")).unwrap(),
        day("2026-11-29"),
        day("2027-12-31"),
        &RenewalOptions::default(),
    );
    assert!(renewals.to_string().contains("talk: met by waiver"), "{renewals}");
}

#[test]
fn a_comparison_tells_what_renewals_require() {
    let old = r#"
        [credential]
        course = { hours = 8, repeatable = true }
        talk = { hours = 2, repeatable = true }
        [credential.licence]
        valid_for = "2 years"
        renewal = { requires = { all_of = [{ hours = 12, from = ["course", "talk"] }, "talk"] } }
    "#;
    let compare = |new: String| {
        let [old, new] = [old, &new].map(|text| Catalog::parse("c", text).unwrap());
        let comparison = old.compare(&new, &CompareOptions::default());
        let fields = comparison.changed.iter().flat_map(|changed| &changed.fields);
        fields.map(|change| (change.field.clone(), change.older.clone(), change.newer.clone())).collect::<Vec<_>>()
    };
    let is = |field: &str, older: &str, newer: &str| vec![(field.to_owned(), older.to_owned(), newer.to_owned())];
    assert_eq!(compare(old.to_owned()), []);
    assert_eq!(
        compare(old.replace("hours = 12", "hours = 16")),
        is(
            "renewal.requires",
            "all of 2 parts: 12 hours of `course`, `talk`; `talk` (line 7)",
            "all of 2 parts: 16 hours of `course`, `talk`; `talk` (line 7)"
        )
    );
    assert_eq!(
        compare(old.replace("[\"course\", \"talk\"]", "[\"course\", { credential = \"talk\", within = \"1 year\" }]")),
        is(
            "renewal.requires",
            "12 hours of `course`, `talk` (line 7)",
            "12 hours of `course`, `talk` (awarded within 1 year) (line 7)"
        )
    );
    let none = compare(old.replace(
        "renewal = { requires = { all_of = [{ hours = 12, from = [\"course\", \"talk\"] }, \"talk\"] } }",
        "renewal = { window = \"2 months\", keeps_cycle = true }",
    ));
    assert_eq!(
        none[0],
        (
            "renewal".to_owned(),
            "0 and 0 hours".to_owned(),
            "0 and 0 hours, within 2 months of the last day, from the old last day".to_owned()
        )
    );
    assert_eq!((none[1].0.as_str(), none[1].2.as_str()), ("renewal.requires", ""));
}

/// Whatever the days are, and whatever the record calls itself, there is an answer.
#[test]
fn no_input_is_too_strange() {
    let days = ["0001-01-01", "2024-02-29", "2026-11-29", "9999-12-31"];
    let catalog = Catalog::parse("catalog", LICENCE).unwrap();
    let awards = ["\u{1}renewal licence", "\u{1}required licence", "\u{1}kept licence", "\u{1}together "];
    // No text, and no other format, says such ids.
    let dated = |id: &&str| credpath::Award::new(*id).on(day("2025-02-01"));
    let exceptions = serde_json::json!({
        "waiver": { "credential": awards[3], "component": awards[2] },
        "substitutions": [{ "use": awards[0], "for": "course" }, { "use": "course", "for": awards[1] }],
    });
    let read = |key: &str| exceptions[key].clone();
    let strange = LearnerRecord {
        awards: awards.iter().chain(&["licence"]).map(dated).collect(),
        waivers: vec![serde_json::from_value(read("waiver")).unwrap()],
        substitutions: serde_json::from_value(read("substitutions")).unwrap(),
        ..LearnerRecord::default()
    };
    assert_eq!(strange.check().unwrap_err().diagnostics().len(), 8);
    let plain = LearnerRecord::parse("r", "award = [{ credential = 'licence', awarded = 2025-02-01 }]").unwrap();
    for record in [&strange, &plain] {
        for as_of in days {
            for until in days {
                let joint = catalog.joint_renewal(record, day(as_of), day(until), &JointRenewalOptions::default());
                assert_eq!(joint.verify(&catalog, record), Ok(()), "{joint}");
            }
        }
        let joint = catalog.joint_renewal(record, day(days[2]), day("2027-12-31"), &JointRenewalOptions::default());
        assert_eq!(joint.plan().map(|plan| plan.cost.to_string()).as_deref(), Some("180"), "{joint}");
    }
}

/// What was changed afterwards is found out.
#[test]
fn a_changed_answer_is_found_out() {
    let (catalog, record) = (
        Catalog::parse("catalog", LICENCE).unwrap(),
        LearnerRecord::parse("r", "award = [{ credential = 'licence', awarded = 2025-02-01 }]").unwrap(),
    );
    let joint = catalog.joint_renewal(&record, day("2026-11-29"), day("2027-12-31"), &JointRenewalOptions::default());
    let changed = |change: &dyn Fn(&mut JointPlan)| {
        let mut changed = joint.clone();
        match &mut changed.outcome {
            JointOutcome::Plan(plan) => change(plan),
            other => panic!("{other:?}"),
        }
        changed.verify(&catalog, &record)
    };
    assert_eq!(changed(&|_| ()), Ok(()));
    assert!(changed(&|plan| drop(plan.steps.remove(0))).is_err());
    assert!(changed(&|plan| plan.steps[0].times = 1).is_err());
    assert!(changed(&|plan| plan.cost = "170".parse().unwrap()).is_err());
    assert!(changed(&|plan| plan.kept.clear()).is_err());
    assert!(changed(&|plan| plan.proof = None).is_err());
    assert!(changed(&|plan| plan.steps[1].from = Some(day("2026-12-01"))).is_err());
    let other = LearnerRecord::parse("r", "award = [{ credential = 'licence', awarded = 2025-03-01 }]").unwrap();
    assert!(joint.verify(&catalog, &other).is_err());
    let mut later = joint.clone();
    later.until = day("2029-12-31");
    assert!(later.verify(&catalog, &record).is_err());
    let mut other = joint.clone();
    other.objective = Objective::Hours;
    assert!(other.verify(&catalog, &record).is_err());
    // What is said to be out of reach is looked at whether or not there is a plan.
    let blocked = "[credential]\nnever = { offered = { until = 2020-01-01 } }\n\
        card = { valid_for = '5 years', offered = { until = 2020-01-01 } }";
    let lost = default(blocked, "award = [{ credential = 'card', awarded = 2022-01-01 }]", "2028-06-30");
    assert_eq!(lost.cannot.len(), 1, "{lost}");
    let mut other = joint.clone();
    other.cannot.clone_from(&lost.cannot);
    assert!(other.verify(&catalog, &record).is_err());
    other.outcome = JointOutcome::NotTogether { causes: Vec::new() };
    assert!(other.verify(&catalog, &record).is_err());
}

/// A renewal on stated terms asks for what its terms say, and for no prerequisite or stack: the school is closed, and
/// the exam is not on record.
#[test]
fn a_renewal_asks_for_its_terms_alone() {
    let catalog = r#"
        [credential]
        school = { cost = 900, offered = { until = 2020-12-31 } }
        exam = { cost = 200 }
        card = { cost = 100, valid_for = "1 year", prerequisite = "school", renewal = { cost = 30 } }
        licence = { cost = 0, valid_for = "1 year", stack = "exam", renewal = { cost = 50 } }
        log = { cost = 90, valid_for = "1 year", repeatable = true, prerequisite = "school", renewal = { cost = 1 } }
    "#;
    let award = |id: &str| format!("award = [{{ credential = '{id}', awarded = 2026-01-10 }}]");
    let joint = default(catalog, &award("card"), "2027-06-30");
    assert_eq!(steps(&joint), [("card", StepKind::Renew)]);
    // At 50, and not claimed again for nothing after the exam.
    let joint = default(catalog, &award("licence"), "2027-06-30");
    assert_eq!(steps(&joint), [("licence", StepKind::Renew)]);
    let plan = joint.plan().unwrap();
    assert_eq!((plan.cost.to_string(), plan.credentials), ("50".to_owned(), 0));
    // What can be earned many times comes beside what is there, and asks for its rules each time.
    let joint = default(catalog, &award("log"), "2027-06-30");
    assert!(matches!(joint.cannot[0].why, WhyNotKept::Blocked { .. }), "{joint}");
}

/// The window of the card opens on 2027-02-10. What has to be held for three months on 2027-06-30 was renewed by
/// 2027-03-30, for six months by 2026-12-30: the card is taken anew for that.
#[test]
fn what_waits_for_its_window_is_made_on_that_day() {
    let catalog = |asked: &str| {
        format!(
            "[credential]\n\
             card = {{ cost = 100, valid_for = '1 year', renewal = {{ cost = 30, window = '3 months' }} }}\n\
             role = {{ cost = 0, valid_for = 'while-components', stack = {{ credential = 'card', {asked} }} }}"
        )
    };
    let record =
        "award = [{ credential = 'card', awarded = 2026-05-11 }, { credential = 'role', awarded = 2026-05-12 }]";
    let ask = |asked: &str| {
        let joint = default(&catalog(asked), record, "2027-06-30");
        assert!(joint.cannot.is_empty(), "{joint}");
        steps(&joint).into_iter().map(|(id, kind)| (id.to_owned(), kind)).collect::<Vec<_>>()
    };
    let (renewed, anew) = (vec![("card".to_owned(), StepKind::Renew)], vec![("card".to_owned(), StepKind::Retake)]);
    assert_eq!(ask("held_for = '3 months'"), renewed);
    assert_eq!(ask("held_for = '6 months'"), anew);
    assert_eq!(ask("until = 2027-02-10"), renewed);
    assert_eq!(ask("until = 2027-02-09"), anew);
    // Nothing that is made from now on counts: the card alone is kept.
    let joint = default(&catalog("until = 2026-11-28"), record, "2027-06-30");
    assert_eq!(steps(&joint), [("card", StepKind::Renew)]);
    assert_eq!(joint.cannot[0].credential, "role");
}

/// One work limit bounds all of it: what is read again, what can be kept, why the rest cannot, and the plan.
#[test]
fn the_work_limit_is_for_all_of_it() {
    use std::fmt::Write;
    let mut catalog = "[credential]\nclosed = { offered = { until = 2020-01-01 } }\n".to_owned();
    let mut record = "award = [".to_owned();
    for number in 0..60 {
        writeln!(catalog, "c{number} = {{ cost = 1, valid_for = '1 year', prerequisite = 'closed' }}").unwrap();
        write!(record, "{{ credential = 'c{number}', awarded = 2026-01-10 }}, ").unwrap();
    }
    record.push(']');
    let full = default(&catalog, &record, "2027-06-30");
    assert_eq!(full.cannot.len(), 60);
    for work in [1, 1_000, full.effort.work / 2, full.effort.work - 1] {
        let joint = ask(&catalog, &record, "2027-06-30", &JointRenewalOptions::default().work(work));
        let limit = PlanLimit::Work;
        assert!(matches!(joint.outcome, JointOutcome::Undecided { limit: met, .. } if met == limit), "{joint}");
        assert!(joint.effort.work <= work, "{} of {work}", joint.effort.work);
    }
    let work = full.effort.work;
    let again = ask(&catalog, &record, "2027-06-30", &JointRenewalOptions::default().work(work));
    assert_eq!((again.outcome, again.cannot), (full.outcome, full.cannot));
}

/// A sum of hours over many courses for each of some licences; and who has them.
fn sums(courses: usize, licences: usize) -> (String, String) {
    use std::fmt::Write;
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut catalog = "[credential]\n".to_owned();
    let hours: Vec<u64> = (0..courses).map(|_| 1 + random(6)).collect();
    for (course, hours) in hours.iter().enumerate() {
        let cost = 150 * hours + 10 * random(12);
        writeln!(catalog, "c{course:03} = {{ cost = {cost}, hours = {hours} }}").unwrap();
    }
    let mut record = "award = [".to_owned();
    for licence in 0..licences {
        let among: Vec<usize> = (0..courses).filter(|_| random(100) < 45).collect();
        let list: Vec<String> = among.iter().map(|course| format!("'c{course:03}'")).collect();
        let needed = among.iter().map(|&course| hours[course]).sum::<u64>() * (35 + random(20)) / 100;
        let requires = format!("{{ hours = {needed}, from = [{}] }}", list.join(", "));
        writeln!(catalog, "l{licence} = {{ valid_for = '2 years', renewal = {{ cost = 5, requires = {requires} }} }}")
            .unwrap();
        write!(record, "{{ credential = 'l{licence}', awarded = 2025-06-01 }}, ").unwrap();
    }
    record.push(']');
    (catalog, record)
}

/// Where the work ends while the plan is sought, what was found by then is told, and its telling is paid from the same
/// limit.
#[test]
fn what_is_found_before_the_work_ends_is_told() {
    let (catalog, record) = sums(40, 5);
    let (mut work, mut within, mut proven) = (64, 0, 0);
    while work < 4_000_000 {
        let joint = ask(&catalog, &record, "2027-12-31", &JointRenewalOptions::default().work(work));
        assert!(joint.effort.work <= work, "{} of {work}", joint.effort.work);
        if let Some(plan) = joint.plan() {
            assert_eq!(plan.kept.len(), 5, "{joint}");
            match plan.optimality {
                Optimality::Proven => proven += 1,
                Optimality::Within { .. } => within += 1,
            }
        }
        work += work / 16 + 1;
    }
    assert!(within > 0 && proven > 0, "{within} within, {proven} proven");
}

/// Whoever watches sees all of the work, before the plan and in it, and stops it wherever they want.
#[test]
fn who_watches_may_stop_it() {
    let (catalog, record) = sums(120, 12);
    let mut outcomes = [0; 2];
    for looks in 1..40 {
        let shown: Arc<Mutex<Vec<WorkDone>>> = Arc::default();
        let seen = Arc::clone(&shown);
        let watcher = Watcher::new(move |done| {
            let mut seen = seen.lock().unwrap();
            seen.push(*done);
            seen.len() < looks
        });
        let options = JointRenewalOptions::default().watcher(watcher);
        let joint = ask(&catalog, &record, "2027-12-31", &options);
        let shown = shown.lock().unwrap();
        assert!(shown.is_sorted_by(|a, b| a.work < b.work && a.limit == b.limit), "{shown:?}");
        assert!(shown.len() <= looks && shown.iter().all(|done| done.limit == options.work), "{shown:?}");
        match &joint.outcome {
            JointOutcome::Plan(plan) if shown.len() == looks => {
                outcomes[0] += usize::from(plan.optimality != Optimality::Proven);
            }
            JointOutcome::Undecided { .. } => outcomes[1] += 1,
            _ => assert!(shown.len() < looks, "it was not stopped"),
        }
    }
    assert!(outcomes.iter().all(|&many| many > 0), "{outcomes:?}");
}

/// Thousands of licences of one year, none of which lasts for five: each is told with its own last day.
#[test]
fn many_licences_that_are_too_short_are_told() {
    let many = 8_000;
    let (mut catalog, mut record) = ("[credential]\n".to_owned(), "award = [\n".to_owned());
    for licence in 0..many {
        catalog += &format!("l{licence} = {{ cost = 1, valid_for = '1 year' }}\n");
        record += &format!("{{ credential = 'l{licence}', awarded = 2026-03-01 }},\n");
    }
    let catalog = Catalog::parse("catalog", &catalog).unwrap();
    let record = LearnerRecord::parse("record", &(record + "]")).unwrap();
    let options = JointRenewalOptions::default();
    let joint = catalog.joint_renewal(&record, day("2026-11-29"), day("2031-11-29"), &options);
    let lasts_until = day("2027-11-28");
    assert_eq!(joint.cannot.len(), many);
    assert!(joint.cannot.iter().all(|cannot| cannot.why == WhyNotKept::TooShort { lasts_until }));
    assert!(joint.plan().is_some_and(|plan| plan.steps.is_empty()));
}
