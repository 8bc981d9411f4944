//! Digests of answers: for each catalog of the examples and each kind of question one number over all answers as text.
//! The data stand in the program, so that it runs anywhere, without files: print what [`digests`] gives.

#![allow(dead_code, unreachable_pub, reason = "several programs share it")]

mod hash;

use std::fmt::{self, Display, Formatter};

use credpath::{
    Among, Catalog, CheckOptions, CohortOptions, CompareOptions, Date, EvaluateOptions, JointRenewalOptions,
    LearnerRecord, Pace, PlanOptions, RenewalOptions, ScheduleOptions,
};
use serde::Serialize;

use self::hash::Hash;

/// A catalog of the examples with the records that are made for it.
struct Example {
    name: &'static str,
    catalog: &'static str,
    records: &'static [&'static str],
}

macro_rules! example {
    ($name:literal, [$($record:literal),*]) => {
        Example {
            name: $name,
            catalog: include_str!(concat!("../../examples/catalogs/", $name, ".toml")),
            records: &["", $(include_str!(concat!("../../examples/records/", $record, ".toml"))),*],
        }
    };
}

const EXAMPLES: [Example; 7] = [
    example!("compliance", ["compliance-cook", "compliance-lifeguard"]),
    example!("comptia", ["comptia-analyst", "comptia-technician"]),
    example!("hku-space", ["hku-learner", "hku-programme-or-stack"]),
    example!("nursing", ["nursing-beginner", "nursing-second-term"]),
    example!("renewals", ["compliance-cook"]),
    example!("vcc-drafting", ["vcc-drafting-direct-entry", "vcc-drafting-two-programs"]),
    example!("vcc-health", ["vcc-health-care-aide", "vcc-health-diploma-student"]),
];

/// All answers to one kind of question under one catalog as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub catalog: &'static str,
    pub question: &'static str,
    pub of_answers: u64,
}

impl Display for Digest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:016x}", self.catalog, self.question, self.of_answers)
    }
}

impl Hash {
    /// The answer as data, and as people read it.
    fn add_answer(&mut self, answer: &(impl Serialize + Display)) {
        self.add_data(answer);
        self.add(&answer.to_string());
    }

    fn add_data(&mut self, answer: &impl Serialize) {
        self.add(&serde_json::to_string(answer).expect("answers are data"));
    }
}

/// A learner under a catalog, and the days that questions are about.
struct Asking<'a> {
    catalog: &'a Catalog,
    records: &'a [LearnerRecord],
    as_of: Date,
    until: Date,
}

type Question = fn(&Asking<'_>, &mut Hash);

const QUESTIONS: [(&str, Question); 10] = [
    ("evaluate", evaluations),
    ("audit", audits),
    ("plan", plans),
    ("proof", proofs),
    ("next", next_steps),
    ("schedule", schedules),
    ("renewals", renewals),
    ("check", checks),
    ("compare", comparisons),
    ("cohort", cohorts),
];

/// The digests of all examples, one for each catalog and kind of question.
pub fn digests() -> Vec<Digest> {
    let day = |year| Date::new(year, 11, 22).expect("a date");
    let mut found = Vec::new();
    for Example { name, catalog, records } in EXAMPLES {
        let catalog = Catalog::parse("catalog.toml", catalog).expect("a catalog");
        let record = |text: &&str| LearnerRecord::parse("record.toml", text).expect("a record");
        let records: Vec<LearnerRecord> = records.iter().map(record).collect();
        let asking = Asking { catalog: &catalog, records: &records, as_of: day(2026), until: day(2027) };
        for (question, ask) in QUESTIONS {
            let mut hash = Hash::default();
            ask(&asking, &mut hash);
            found.push(Digest { catalog: name, question, of_answers: hash.0 });
        }
    }
    found
}

fn evaluations(asking: &Asking<'_>, hash: &mut Hash) {
    for record in asking.records {
        hash.add_data(&asking.catalog.evaluate(record, asking.as_of, &EvaluateOptions::default()).report());
    }
}

fn audits(asking: &Asking<'_>, hash: &mut Hash) {
    for record in asking.records {
        for (target, _) in asking.catalog.credentials() {
            hash.add_answer(&asking.catalog.audit(record, asking.as_of, target, &EvaluateOptions::default()));
        }
    }
}

/// The proofs and how much work it took are part of it.
fn plans(asking: &Asking<'_>, hash: &mut Hash) {
    for record in asking.records {
        for (target, _) in asking.catalog.credentials() {
            hash.add_answer(&asking.catalog.plan(record, asking.as_of, target, &PlanOptions::default()));
        }
    }
}

fn proofs(asking: &Asking<'_>, hash: &mut Hash) {
    for record in asking.records {
        for (target, _) in asking.catalog.credentials() {
            let outcome = asking.catalog.plan(record, asking.as_of, target, &PlanOptions::default());
            if let Some(Ok(proof)) = outcome.plan().map(|plan| plan.portable_proof(asking.catalog, record)) {
                hash.add(&proof.formula);
                hash.add(&proof.proof);
            }
        }
    }
}

fn next_steps(asking: &Asking<'_>, hash: &mut Hash) {
    let options = PlanOptions::default();
    for record in asking.records {
        for (target, _) in asking.catalog.credentials().step_by(5) {
            hash.add_answer(&asking.catalog.next_steps(record, asking.as_of, target, &options));
        }
        hash.add_answer(&asking.catalog.nearest(record, asking.as_of, &Among::default(), 5, &options));
    }
}

fn schedules(asking: &Asking<'_>, hash: &mut Hash) {
    let options = ScheduleOptions::new(Pace::HoursPerWeek("10".parse().expect("an amount")));
    for record in asking.records {
        for (target, _) in asking.catalog.credentials() {
            let outcome = asking.catalog.plan(record, asking.as_of, target, &PlanOptions::default());
            if let Some(plan) = outcome.plan() {
                hash.add_answer(&asking.catalog.schedule(record, plan, &options));
            }
        }
    }
}

fn renewals(asking: &Asking<'_>, hash: &mut Hash) {
    let Asking { catalog, as_of, until, .. } = *asking;
    for record in asking.records {
        hash.add_answer(&catalog.renewals(record, as_of, until, &RenewalOptions::default()));
        hash.add_answer(&catalog.joint_renewal(record, as_of, until, &JointRenewalOptions::default()));
    }
}

fn checks(asking: &Asking<'_>, hash: &mut Hash) {
    let found = asking.catalog.check(&CheckOptions::default());
    hash.add_data(&found.report());
    hash.add(&found.to_string());
}

/// The catalog against the same without its first credential's price, and back.
fn comparisons(asking: &Asking<'_>, hash: &mut Hash) {
    let mut other = asking.catalog.document().expect("a catalog as data");
    if let Some(first) = other.credentials.values_mut().next() {
        first.cost = None;
    }
    let other = Catalog::compile(&other).expect("a catalog");
    let options = CompareOptions::default();
    for answer in [asking.catalog.compare(&other, &options), other.compare(asking.catalog, &options)] {
        hash.add_answer(&answer);
    }
}

/// As many learners as are split among threads.
fn cohorts(asking: &Asking<'_>, hash: &mut Hash) {
    let learners: Vec<&LearnerRecord> = asking.records.iter().cycle().take(2000).collect();
    let options = CohortOptions::default().one_award_away(true);
    hash.add_answer(&asking.catalog.cohort(asking.as_of, &options).report(learners.iter().copied()));
}
