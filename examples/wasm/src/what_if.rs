//! What would change if the learner had something more: the same question about two records.

use credpath::{
    Award, Catalog, CredentialId, EvaluateOptions, Header, LearnerRecord, PlanOptions, PlanOutcome, Status,
};
use serde::Serialize;

use crate::Asked;

/// The learner as they are and as they would be.
#[derive(Serialize)]
pub(crate) struct WhatIf<'c> {
    header: &'c Header,
    credentials: Vec<Compared<'c>>,
    /// Ids that are supposed and that the catalog does not have.
    unknown: Vec<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target<'c>>,
}

#[derive(Serialize)]
struct Compared<'c> {
    credential: &'c str,
    title: &'c str,
    now: Standing,
    /// If it would be another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    then: Option<Standing>,
}

/// A status by its name, and as the library says it of this credential.
#[derive(Serialize)]
struct Standing {
    status: Status,
    words: &'static str,
}

/// The way to one credential, in words, now and then.
#[derive(Serialize)]
struct Target<'c> {
    credential: &'c str,
    audit: String,
    now: String,
    then: String,
}

pub(crate) fn answer<'c>(asked: &'c Asked, also: &'c [String], target: Option<&'c str>) -> WhatIf<'c> {
    let Asked { catalog, record, as_of } = asked;
    let (supposed, unknown): (Vec<&String>, Vec<&String>) =
        also.iter().partition(|id| catalog.credential(id).is_some());
    let mut unknown: Vec<&str> = unknown.into_iter().map(String::as_str).collect();
    let mut richer = record.clone();
    richer.awards.extend(supposed.into_iter().map(|id| Award {
        // As good as it can be, where the catalog names its grades: one that is asked for is no obstacle then.
        grade: catalog.header().grades.last().cloned(),
        ..Award::new(id).on(*as_of)
    }));
    let options = EvaluateOptions::default();
    let (now, then) = (catalog.evaluate(record, *as_of, &options), catalog.evaluate(&richer, *as_of, &options));
    let compared = catalog.credentials().map(|(id, described)| {
        let standing = |status: Status| Standing { status, words: status.words(catalog.is_conferred(id)) };
        let (now, then) = (now.status(id), then.status(id));
        Compared {
            credential: &described.id,
            title: &described.title,
            now: standing(now),
            then: (then != now).then(|| standing(then)),
        }
    });
    // Whoever edits the catalog may have taken the target out of it.
    unknown.extend(target.filter(|id| catalog.credential(id).is_none()));
    let target = match target.and_then(|id| catalog.credential(id)) {
        None => None,
        Some(target) => {
            let way = |record: &LearnerRecord| way(asked, catalog, record, target);
            let (audit, now, then) = (then.audit(target).to_string(), way(record), way(&richer));
            Some(Target { credential: &catalog.get(target).id, audit, now, then })
        }
    };
    WhatIf { header: catalog.header(), credentials: compared.collect(), unknown, target }
}

/// The best plan in words, within so much work that a page does not stand still.
fn way(asked: &Asked, catalog: &Catalog, record: &LearnerRecord, target: CredentialId) -> String {
    let outcome = catalog.plan(record, asked.as_of, target, &PlanOptions::default().work(20_000_000));
    match outcome {
        PlanOutcome::Plan(plan) => plan.to_string(),
        PlanOutcome::Unattainable(why) => why.to_string(),
        PlanOutcome::Undecided(why) => why.to_string(),
        _ => "an answer that this page does not know".to_owned(),
    }
}
