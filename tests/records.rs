//! What a record says of awards and exceptions, by whatever road it comes, and what every answer tells of awards that
//! do not count.

use credpath::{
    Award, AwardStatus, Catalog, CohortOptions, Date, EvaluateOptions, LearnerRecord, PlanOptions, PlanOutcome, Status,
    StepKind, Verification, View, Waived, WhyUncounted,
};
use serde_json::{Value, json};

const CATALOG: &str = r#"
    catalog.grades = ["D", "C", "B", "A"]
    [credential]
    hardware = { title = "Hardware", ids = ["ce-1"], cost = 100 }
    networks = { valid_for = "1 year", cost = 50 }
    technician = { type = "Certificate", stack = { all_of = [{ credential = "hardware", grade = "C" }, "networks"] } }
"#;

fn catalog() -> Catalog {
    Catalog::parse("catalog.toml", CATALOG).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn record(text: &str) -> LearnerRecord {
    LearnerRecord::parse("record.toml", text).unwrap()
}

#[test]
fn every_key_of_a_record_comes_by_toml_and_by_serde() {
    let toml = record(
        r#"
        [[award]]
        credential = "ce-1"
        id = "urn:1"
        awarded = 2025-05-01
        status = "revoked"
        revoked_on = 2026-05-01
        verification = "verified"
        [[waiver]]
        credential = "technician"
        component = "ce-1"
        until = 2027-06-30
        [[waiver]]
        credential = "technician"
        prerequisite = true
        "#,
    );
    let award = Award {
        id: Some("urn:1".to_owned()),
        status: AwardStatus::Revoked,
        revoked_on: Some(day("2026-05-01")),
        verification: Verification::Verified,
        ..Award::new("ce-1").on(day("2025-05-01"))
    };
    assert_eq!(toml.awards, [award]);
    assert_eq!(toml.waivers[0].until, Some(day("2027-06-30")));
    assert_eq!(toml.waivers[1].waived, Waived::Prerequisite);
    let json = serde_json::to_value(&toml).unwrap();
    let expected = json!({
        "award": [{
            "credential": "ce-1", "id": "urn:1", "awarded": "2025-05-01", "status": "revoked",
            "revoked_on": "2026-05-01", "verification": "verified",
        }],
        "waiver": [
            { "credential": "technician", "component": "ce-1", "until": "2027-06-30" },
            { "credential": "technician", "prerequisite": true },
        ],
    });
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<LearnerRecord>(json).unwrap(), toml);
    let unchecked = serde_json::to_value(Award::new("sql")).unwrap();
    assert_eq!(unchecked, json!({ "credential": "sql", "status": "completed" }));
}

#[test]
fn a_waiver_says_what_it_waives_by_every_road() {
    for wrong in [
        json!({ "credential": "a" }),
        json!({ "credential": "a", "prerequisite": false }),
        json!({ "credential": "a", "prerequisite": true, "component": "b" }),
        json!({ "credential": "a", "requirement": "x", "component": "b" }),
        json!({ "credential": "a", "component": "b", "until": "2026-13-01" }),
    ] {
        let record = json!({ "waiver": [wrong] });
        assert!(serde_json::from_value::<LearnerRecord>(record.clone()).is_err(), "{record}");
    }
}

#[test]
fn verified_awards_alone_are_asked_for_everywhere_alike() {
    let catalog = catalog();
    let (technician, date) = (catalog.credential("technician").unwrap(), day("2026-11-28"));
    let record = record(
        r#"
        award = [
            { credential = "hardware", awarded = 2026-05-01, grade = "A", verification = "verified" },
            { credential = "networks", awarded = 2026-05-01 },
        ]
        "#,
    );
    let options = EvaluateOptions::default().verified_only(true);
    let evaluation = catalog.evaluate(&record, date, &options);
    assert_eq!(catalog.evaluate(&record, date, &EvaluateOptions::default()).status(technician), Status::Qualified);
    assert_eq!(evaluation.status(technician), Status::Started);
    assert_eq!(evaluation.uncounted()[0].why, WhyUncounted::NotVerified);
    assert!(evaluation.audit(technician).to_string().contains("not counted: awarded 2026-05-01: not verified"));
    assert!(!evaluation.awards().iter().all(|award| award.is_current(date)));

    let options = CohortOptions::default().evaluate(options);
    let report = catalog.cohort(date, &options).report([&record]);
    assert_eq!(report.of("technician").unwrap().statuses.of(Status::Started), 1);
    assert_eq!(report.uncounted[0].to_string(), "networks, not verified (1 learner)");

    let steps = |options: &PlanOptions| match catalog.plan(&record, date, technician, options) {
        PlanOutcome::Plan(plan) => {
            plan.verify(&catalog, &record).unwrap();
            plan.steps.iter().map(|step| (step.credential.clone(), step.kind)).collect::<Vec<_>>()
        }
        other => panic!("{other}"),
    };
    assert_eq!(steps(&PlanOptions::default()), [("technician".to_owned(), StepKind::Claim)]);
    let verified = PlanOptions::default().verified_only(true);
    assert_eq!(steps(&verified), [("networks".to_owned(), StepKind::Take), ("technician".to_owned(), StepKind::Claim)]);
}

/// What is not taken whatever the rules is told of a learner in a cohort as of the learner alone, with whatever status,
/// verification and day; what is only not completed yet is no news to a registrar.
#[test]
fn a_cohort_sets_aside_what_each_learner_is_told_of() {
    let (catalog, date) = (catalog(), day("2026-11-28"));
    let (mut looked_at, mut failed_in_progress) = (0, 0);
    for status in [AwardStatus::Completed, AwardStatus::InProgress, AwardStatus::Planned, AwardStatus::Revoked] {
        for verification in [Verification::Unchecked, Verification::Verified, Verification::Failed] {
            for awarded in ["2026-05-01", "2026-12-01"] {
                let mut award = Award::new("hardware");
                (award.awarded, award.grade) = (Some(day(awarded)), Some("A".to_owned()));
                (award.status, award.verification) = (status, verification);
                let mut record = LearnerRecord::default();
                record.awards.push(award);
                for (view, verified_only) in View::ALL.into_iter().flat_map(|view| [(view, false), (view, true)]) {
                    let options = EvaluateOptions::default().view(view).verified_only(verified_only);
                    let evaluation = catalog.evaluate(&record, date, &options);
                    let alone = evaluation.uncounted().iter().map(|uncounted| &uncounted.why);
                    let alone: Vec<_> = alone.filter(|why| !matches!(why, WhyUncounted::NotCompleted { .. })).collect();
                    let cohort = catalog.cohort(date, &CohortOptions::default().evaluate(options.clone()));
                    let together = cohort.report([&LearnerRecord::default(), &record]).uncounted;
                    assert_eq!(
                        together.iter().map(|told| &told.why).collect::<Vec<_>>(),
                        alone,
                        "{record:?} {options:?}"
                    );
                    if verification == Verification::Failed {
                        assert_eq!(alone, [&WhyUncounted::FailedVerification], "{record:?} {options:?}");
                        failed_in_progress += usize::from(status == AwardStatus::InProgress);
                    }
                    looked_at += 1;
                }
            }
        }
    }
    assert_eq!((looked_at, failed_in_progress), (4 * 3 * 2 * 6, 2 * 6));
}

/// Everything that an answer tells of awards which do not count.
fn told(value: &impl serde::Serialize) -> Vec<Value> {
    fn look(value: &Value, found: &mut Vec<Value>) {
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    if key == "uncounted" {
                        found.extend(inner.as_array().unwrap().iter().cloned());
                    } else {
                        look(inner, found);
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|inner| look(inner, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    look(&serde_json::to_value(value).unwrap(), &mut found);
    found
}

#[test]
fn every_answer_tells_what_does_not_count() {
    let catalog = catalog();
    let (technician, date) = (catalog.credential("technician").unwrap(), day("2026-11-28"));
    let record = record(
        r#"
        award = [
            { credential = "Hardware", awarded = 2024-01-10 },
            { credential = "hardware", awarded = 2025-01-10, grade = "D" },
            { credential = "hardware", awarded = 2027-01-10, grade = "A" },
            { credential = "networks", awarded = 2024-03-01 },
            { credential = "pottery" },
        ]
        "#,
    );
    let evaluation = catalog.evaluate(&record, date, &EvaluateOptions::default());
    let unknown = "`Hardware`, awarded 2024-01-10: the catalog does not know this id; did you mean `hardware`?";
    let pottery = "`pottery`, without a date: the catalog does not know this id";
    let future = "Hardware, awarded 2027-01-10: dated after 2026-11-28";
    let low = "Hardware, awarded 2025-01-10: grade D where C is asked for";
    let lapsed = "networks, awarded 2024-03-01: lapsed, its last valid day was 2025-02-28";

    let overview: Vec<String> = evaluation.uncounted().iter().map(ToString::to_string).collect();
    assert_eq!(overview, [unknown, future, lapsed, pottery]);
    let concerning: Vec<String> = evaluation.uncounted_for([technician]).iter().map(ToString::to_string).collect();
    assert_eq!(concerning, [unknown, low, future, lapsed, pottery]);

    let audit = evaluation.audit(technician);
    assert_eq!(
        audit.to_string(),
        "\
technician
  nothing toward it yet as of 2026-11-28

  components:
    ✗ all of these: 0 of 2
      ✗ Hardware (grade C or better)
        not counted: `Hardware`, awarded 2024-01-10: the catalog does not know this id; did you mean `hardware`?
        not counted: awarded 2025-01-10: grade D where C is asked for
        not counted: awarded 2027-01-10: dated after 2026-11-28
      ✗ networks
        not counted: awarded 2024-03-01: lapsed, its last valid day was 2025-02-28
    still missing: Hardware with grade C or better, networks

  not counted: `pottery`, without a date: the catalog does not know this id
"
    );

    let claims = evaluation.claims(&[technician]);
    let plan = catalog.plan(&record, date, technician, &PlanOptions::default());
    let next = catalog.next_steps(&record, date, technician, &PlanOptions::default());
    for text in [claims.to_string(), plan.to_string(), next.to_string()] {
        for line in [unknown, pottery, future, low, lapsed] {
            assert!(text.contains(&format!("not counted: {line}\n")), "{line} in\n{text}");
        }
    }
    for answers in [told(&audit), told(&claims), told(&plan), told(&next)] {
        let reasons: Vec<&Value> = answers.iter().map(|told| &told["why"]).collect();
        for reason in ["unknown-id", "dated-after", "lapsed", "grade"] {
            assert!(reasons.iter().any(|why| why.get(reason).is_some()), "{reason} in {reasons:?}");
        }
    }
    assert_eq!(
        told(&audit)[0],
        json!({
            "award": { "credential": "Hardware", "awarded": "2024-01-10", "status": "completed" },
            "why": { "unknown-id": { "nearest": "hardware" } },
        })
    );

    let report = catalog.cohort(date, &CohortOptions::default()).report([&LearnerRecord::default(), &record]);
    assert_eq!(
        report.uncounted.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["Hardware, dated after 2026-11-28 (1 learner)"]
    );
    assert_eq!(report.uncounted[0].learners, [1]);
    let unknown: Vec<(&str, Option<&str>)> =
        report.unknown_awards.ids.iter().map(|id| (&*id.id, id.nearest.as_deref())).collect();
    assert_eq!(unknown, [("Hardware", Some("hardware")), ("pottery", None)]);
}

/// An audited award is current up to the day before it is revoked, and adds to sums alone.
#[test]
fn audited_awards_are_what_they_are_on_each_day() {
    let text = r#"
        catalog.grades = ["F", "A"]
        catalog.grade_points = { F = 0, A = 4 }
        [credential]
        a = { credits = 3 }
        b = { credits = 3, valid_for = "1 year" }
        places = { stack = { at_least = 2, from = ["a", "b"], average = 3 } }
        sum = { stack = { credits = 6, from = ["a", "b"], average = 3 } }
    "#;
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let record = record(
        r#"
        [[award]]
        credential = "a"
        awarded = 2026-01-10
        grade = "A"
        status = "revoked"
        revoked_on = 2026-09-01
        [[award]]
        credential = "b"
        awarded = 2026-02-01
        grade = "A"
        "#,
    );
    let evaluation = catalog.evaluate(&record, day("2026-03-01"), &EvaluateOptions::default());
    let current = |id: &str, on: &str| {
        let audit = evaluation.audit(catalog.credential(id).unwrap());
        audit.awards.iter().map(|award| award.is_current(day(on))).collect::<Vec<_>>()
    };
    let of_a = ["2026-01-09", "2026-01-10", "2026-08-31", "2026-09-01"].map(|on| current("a", on));
    assert_eq!(of_a, [[false], [true], [true], [false]]);
    let of_b = ["2026-01-31", "2026-02-01", "2027-01-31", "2027-02-01"].map(|on| current("b", on));
    assert_eq!(of_b, [[false], [true], [true], [false]]);
    let adding = |id: &str| {
        let audit = evaluation.audit(catalog.credential(id).unwrap());
        let stack = audit.stack.as_ref().unwrap();
        stack.parts.iter().map(|part| part.adding.len()).collect::<Vec<_>>()
    };
    assert_eq!((adding("places"), adding("sum")), (vec![0, 0], vec![1, 1]));
}

/// What is current by one renewal and is renewed again rests on all of them: without any of these it would have lapsed.
#[test]
fn a_renewal_of_a_renewal_names_all_that_it_rests_on() {
    let text = r#"
        [credential]
        aplus = { valid_for = "3 years" }
        netplus = { valid_for = "3 years", renews = ["aplus"] }
        secplus = { valid_for = "3 years", renews = ["netplus"] }
        role = { stack = "aplus" }
    "#;
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let awards = [("aplus", "2023-01-01"), ("netplus", "2024-06-01"), ("secplus", "2026-02-01")];
    let role = catalog.credential("role").unwrap();
    let qualifies = |without: Option<&str>| {
        let awards = awards.iter().filter(|(id, _)| Some(*id) != without);
        let awards = awards.map(|&(id, awarded)| Award::new(id).on(day(awarded)));
        let record = LearnerRecord { awards: awards.collect(), ..LearnerRecord::default() };
        let evaluation = catalog.evaluate(&record, day("2028-01-01"), &EvaluateOptions::default());
        let audit = evaluation.audit(role);
        (evaluation.status(role) == Status::Qualified).then_some(audit)
    };
    let stack = qualifies(None).unwrap().stack.unwrap();
    let [used] = &stack.witness[..] else { panic!("one award is used") };
    let renewal = used.renewal().unwrap();
    let mut rests_on: Vec<&str> = renewal.awards.iter().map(|award| award.credential.as_str()).collect();
    rests_on.push(&used.award().credential);
    for (id, _) in awards {
        assert!(qualifies(Some(id)).is_none() && rests_on.contains(&id), "{id} of {rests_on:?}");
    }
}

/// Where a place says why an award does not count there, that is told of it, and not what holds everywhere as well.
#[test]
fn each_award_that_does_not_count_is_told_once() {
    let text = r#"
        [credential]
        networks = { valid_for = "1 year", issuer = "there" }
        former = { stack = { credential = "networks", lapsed = true, issuer = ["here"] } }
        other = { stack = "former" }
    "#;
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let record = record(r#"award = [{ credential = "networks", awarded = 2024-03-01 }]"#);
    let evaluation = catalog.evaluate(&record, day("2026-11-28"), &EvaluateOptions::default());
    let concerning = |id: &str| -> Vec<String> {
        let told = evaluation.uncounted_for(["networks", id].map(|id| catalog.credential(id).unwrap()));
        told.iter().map(ToString::to_string).collect()
    };
    assert_eq!(concerning("former"), ["networks, awarded 2024-03-01: issuer there where here is asked for"]);
    let lapsed = "networks, awarded 2024-03-01: lapsed, its last valid day was 2025-02-28";
    assert_eq!(concerning("other"), [lapsed]);
}

#[test]
fn nothing_is_told_where_everything_counts_as_expected() {
    let catalog = catalog();
    let date = day("2026-11-28");
    // Older awards of what was renewed since are history.
    let record = record(
        r#"
        award = [
            { credential = "hardware", awarded = 2025-01-10, grade = "B" },
            { credential = "networks", awarded = 2024-03-01 },
            { credential = "networks", awarded = 2026-03-01 },
        ]
        "#,
    );
    let evaluation = catalog.evaluate(&record, date, &EvaluateOptions::default());
    let technician = catalog.credential("technician").unwrap();
    assert_eq!(evaluation.uncounted(), []);
    assert_eq!(told(&evaluation.audit(technician)), Vec::<Value>::new());
    assert_eq!(told(&catalog.plan(&record, date, technician, &PlanOptions::default())), Vec::<Value>::new());
    assert_eq!(catalog.cohort(date, &CohortOptions::default()).report([&record]).uncounted, []);
}

#[test]
fn of_attempts_the_best_counts_and_a_later_one_is_told() {
    let catalog =
        Catalog::parse("c", "[credential]\nalgebra = {}\ncore = { stack = { credential = 'algebra', grade = 55 } }")
            .unwrap();
    let record = record(
        "award = [{ credential = 'algebra', awarded = 2023-02-01, grade = 78 }, { credential = 'algebra', awarded = \
         2024-02-01, grade = 41 }]",
    );
    let core = catalog.credential("core").unwrap();
    let audit = catalog.audit(&record, day("2026-11-28"), core, &EvaluateOptions::default());
    assert_eq!(audit.status, Status::Qualified);
    let told = &audit.stack.as_ref().unwrap().uncounted;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].to_string(), "algebra, awarded 2024-02-01: grade 41 where 55 is asked for");
}

/// What a text may not say, no other road may bring: each fault has the same code by all three.
#[test]
fn every_road_has_the_same_guards() {
    let long = "x".repeat(129);
    let wrong = [
        (r#"{"award": [{"credential": ""}]}"#, "invalid-id", "award[0].credential"),
        (r#"{"award": [{"credential": " a"}]}"#, "invalid-id", "award[0].credential"),
        (r#"{"award": [{"credential": "a\u0007"}]}"#, "invalid-id", "award[0].credential"),
        (r#"{"award": [{"credential": "a\u202e"}]}"#, "invalid-id", "award[0].credential"),
        (
            &format!(r#"{{"award": [{{"credential": "a"}}, {{"credential": "{long}"}}]}}"#),
            "invalid-id",
            "award[1].credential",
        ),
        (r#"{"award": [{"credential": "a", "id": ""}]}"#, "invalid-id", "award[0].id"),
        (r#"{"award": [{"credential": "a", "id": "u "}]}"#, "invalid-id", "award[0].id"),
        (r#"{"award": [{"credential": "a", "revoked_on": "2026-01-01"}]}"#, "invalid-value", "award[0].revoked_on"),
        (r#"{"waiver": [{"credential": "", "prerequisite": true}]}"#, "invalid-id", "waiver[0].credential"),
        (r#"{"waiver": [{"credential": "a", "component": "\t"}]}"#, "invalid-id", "waiver[0].component"),
        (r#"{"waiver": [{"credential": "a", "requirement": ""}]}"#, "invalid-id", "waiver[0].requirement"),
        (r#"{"substitution": [{"use": "", "for": "b"}]}"#, "invalid-id", "substitution[0].use"),
        (r#"{"substitution": [{"use": "a", "for": "b\n"}]}"#, "invalid-id", "substitution[0].for"),
        (r#"{"substitution": [{"use": "a", "for": "b", "within": ""}]}"#, "invalid-id", "substitution[0].within"),
        (r#"{"pursued": [{"credential": "", "under": "2025"}]}"#, "invalid-id", "pursued[0].credential"),
        (r#"{"pursued": [{"credential": "a", "under": ""}]}"#, "invalid-id", "pursued[0].under"),
    ];
    for (json, code, path) in wrong {
        let by_serde = serde_json::from_str::<LearnerRecord>(json).unwrap_err().to_string();
        assert!(by_serde.starts_with(&format!("error[{code}]: {path}: ")), "{json}: {by_serde}");
        let mut value: toml::Table = serde_json::from_str(json).unwrap();
        if let Some(day) = value.get_mut("award").and_then(|awards| awards[0].get_mut("revoked_on")) {
            *day = toml::Value::Datetime(day.as_str().unwrap().parse().unwrap());
        }
        let by_text = LearnerRecord::parse("r", &value.to_string()).unwrap_err();
        let found: Vec<_> = by_text.diagnostics().iter().map(|fault| (fault.code.as_str(), &*fault.message)).collect();
        assert_eq!(found[0].0, code, "{json}");
        assert!(by_serde.ends_with(found[0].1), "{by_serde}: {found:?}");
    }
    let large = r#"{"award": [{"credential": "a", "credits": "10000000.01"}]}"#;
    assert!(serde_json::from_str::<LearnerRecord>(large).is_err());
    let over = Award { credits: Some(credpath::Amount::from_hundredths(1_000_000_001)), ..Award::new("a") };
    let over = LearnerRecord { awards: vec![over], ..LearnerRecord::default() }.check().unwrap_err();
    assert_eq!(over.diagnostics()[0].code.as_str(), "invalid-amount");
}

#[test]
fn all_faults_of_a_record_are_told_at_once() {
    let json = r#"{"award": [{"credential": ""}, {"credential": "a", "id": " "}], "pursued": [{"credential": "", "under": "x"}]}"#;
    let error = serde_json::from_str::<LearnerRecord>(json).unwrap_err().to_string();
    assert_eq!(
        error,
        "error[invalid-id]: award[0].credential: an id cannot be empty; \
         error[invalid-id]: award[1].id: the id of an award cannot begin or end with white space; \
         error[invalid-id]: pursued[0].credential: an id cannot be empty"
    );
    let record = LearnerRecord { awards: vec![Award::new(""); 300], ..LearnerRecord::default() };
    let invalid = record.check().unwrap_err();
    assert_eq!(invalid.report().unlisted(), 100);
    // Where it has no text, each value is shown where it stands.
    let shown = invalid.to_string();
    assert!(shown.contains("award[0].credential = \"\"\n"), "{shown}");
    let json = serde_json::to_string(&record).unwrap();
    let by_serde = serde_json::from_str::<LearnerRecord>(&json).unwrap_err().to_string();
    assert!(by_serde.ends_with("; and 100 more"), "{by_serde}");
}

#[test]
fn a_record_that_is_too_large_is_refused_by_every_road() {
    let ids = (0..20_000).map(|number| format!("credential-number-{number:040}"));
    let record: LearnerRecord = ids.collect();
    let told = record.check().unwrap_err().diagnostics()[0].clone();
    assert_eq!((told.code.as_str(), told.message.contains("1048576 bytes")), ("limit-exceeded", true), "{told:?}");
    let json = serde_json::to_string(&record).unwrap();
    let by_serde = serde_json::from_str::<LearnerRecord>(&json).unwrap_err().to_string();
    assert!(by_serde.starts_with("error[limit-exceeded]"), "{by_serde}");
    assert!(
        by_serde.contains("; serde reads under the default limits; `LearnerRecord::parse_with` reads"),
        "{by_serde}"
    );
    assert_eq!(record.check_with(&credpath::Limits::large()), Ok(()));
}

/// A format in which values do not say what they are, such as bincode: it can only give what it is asked for.
#[derive(Clone)]
struct Positional;

impl<'de> serde::Deserializer<'de> for Positional {
    type Error = serde::de::value::Error;

    fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("the format does not describe itself"))
    }

    fn deserialize_seq<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(serde::de::value::SeqDeserializer::new(std::iter::repeat_n(Positional, 9)))
    }

    fn deserialize_struct<V: serde::de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_u32<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_u32(1)
    }

    fn deserialize_bool<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_bool(true)
    }

    fn deserialize_string<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_str("a")
    }

    fn deserialize_u64<V: serde::de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_u64(1)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 u8 u16 f32 f64 char str bytes byte_buf unit unit_struct newtype_struct tuple tuple_struct map enum
        identifier ignored_any
    }
}

impl serde::de::IntoDeserializer<'_, serde::de::value::Error> for Positional {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// What leaves out what is not there cannot be read by its place: it is refused, and never read as something else.
#[test]
fn formats_that_do_not_describe_themselves_are_refused() {
    fn refused<T: serde::de::DeserializeOwned>() {
        let error = T::deserialize(Positional).err().expect("it is refused").to_string();
        assert_eq!(error, "the format does not describe itself", "{}", std::any::type_name::<T>());
    }
    refused::<LearnerRecord>();
    refused::<credpath::Stamp>();
    refused::<credpath::Plan>();
    refused::<credpath::Audit>();
    refused::<credpath::EvaluationReport>();
    refused::<credpath::CohortReport>();
    refused::<credpath::Claims>();
    refused::<credpath::Renewals>();
    refused::<credpath::JointRenewal>();
    refused::<credpath::Comparison>();
    refused::<credpath::Schedule>();
    refused::<EvaluateOptions>();
    refused::<PlanOptions>();
}
