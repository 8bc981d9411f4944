//! The reference by itself: examples worked by hand out of the contract's second edition.

#![allow(clippy::pedantic, reason = "a plain list of cases")]

#[path = "reference_self/averages.rs"]
mod averages;
#[path = "reference_self/conditions.rs"]
mod conditions;
#[path = "reference_self/counting.rs"]
mod counting;
#[path = "reference_self/implied.rs"]
mod implied;
#[path = "reference_self/later.rs"]
mod later;
#[path = "reference_self/records.rs"]
mod records;
#[path = "reference_self/sharing.rs"]
mod sharing;
#[path = "reference_self/terms.rs"]
mod terms;

use std::collections::BTreeMap;

use crate::reference::edition::Edition;
use crate::reference::evaluate::{Verdict, evaluate};
use crate::reference::model::*;

const NOW: Date = Date { year: 2026, month: 3, day: 1 };

/// With all features on.
fn catalog(credentials: Vec<Credential>) -> Catalog {
    let credentials = credentials.into_iter().map(|c| (c.id, c)).collect();
    Catalog { credentials, edition: Edition::second(), ..Catalog::default() }
}

fn stack(id: Id, rule: Rule) -> Credential {
    Credential { stack: Some(rule), ..credential(id) }
}

fn repeatable(c: Credential) -> Credential {
    Credential { repeatable: true, ..c }
}

fn carrying(id: Id, credits: Amount) -> Credential {
    Credential { credits, ..credential(id) }
}

fn leaves(ids: &[Id]) -> Vec<Part> {
    ids.iter().map(|id| leaf(id)).collect()
}

fn having(awards: &[Award]) -> Record {
    Record { awards: awards.to_vec(), ..Record::default() }
}

fn held(ids: &[Id]) -> Vec<Award> {
    ids.iter().map(|id| award(id, NOW)).collect()
}

fn graded(id: Id, grade: &'static str) -> Award {
    Award { grade: Some(Grade::Text(grade)), ..award(id, NOW) }
}

fn on(day: Date, catalog: &Catalog, record: &Record) -> BTreeMap<Id, Verdict> {
    evaluate(catalog, record, day, View::Earned).verdicts
}

fn verdict(catalog: &Catalog, record: &Record, id: Id) -> Verdict {
    on(NOW, catalog, record)[id].clone()
}

fn status(catalog: &Catalog, awards: &[Award], id: Id) -> &'static str {
    verdict(catalog, &having(awards), id).status
}

fn met(catalog: &Catalog, awards: &[Award], id: Id) -> bool {
    verdict(catalog, &having(awards), id).met
}
