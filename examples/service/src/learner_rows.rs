//! Learner records as rows, a row for each award; and the plans that were made for learners, as they were answered.

use credpath::{Award, LearnerRecord, PlanOutcome};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, Transaction, params};

use crate::column::{amount, hundredths, json, named, to_json};

/// The record of a learner, if there is such a learner.
pub(crate) fn read(database: &Connection, learner: &str) -> Result<Option<LearnerRecord>> {
    let mut query = database.prepare_cached("SELECT waivers, substitutions, pursued FROM learner WHERE id = ?")?;
    let record = query.query_row([learner], |row| {
        let waivers = json(row, "waivers")?.unwrap_or_default();
        let substitutions = json(row, "substitutions")?.unwrap_or_default();
        let pursued = json(row, "pursued")?.unwrap_or_default();
        Ok(LearnerRecord { waivers, substitutions, pursued, ..LearnerRecord::default() })
    });
    let Some(mut record) = record.optional()? else { return Ok(None) };
    let mut query = database.prepare_cached("SELECT * FROM award WHERE learner = ? ORDER BY place")?;
    record.awards = query.query_map([learner], award)?.collect::<Result<_>>()?;
    Ok(Some(record))
}

fn award(row: &Row<'_>) -> Result<Award> {
    let mut award = Award::new(row.get::<_, String>("credential")?);
    award.id = row.get("id")?;
    award.awarded = named(row, "awarded")?;
    award.valid_until = named(row, "valid_until")?;
    award.credits = amount(row, "credits")?;
    award.hours = amount(row, "hours")?;
    award.grade = row.get("grade")?;
    award.issuer = row.get("issuer")?;
    award.status = named(row, "status")?.unwrap_or_default();
    award.revoked_on = named(row, "revoked_on")?;
    award.verification = named(row, "verification")?.unwrap_or_default();
    Ok(award)
}

/// Writes the record of a learner, in place of what was there.
pub(crate) fn write(database: &Transaction<'_>, learner: &str, record: &LearnerRecord) -> Result<()> {
    let (waivers, substitutions) = (to_json(&record.waivers)?, to_json(&record.substitutions)?);
    database.execute(
        "INSERT INTO learner (id, waivers, substitutions, pursued) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET waivers = ?2, substitutions = ?3, pursued = ?4",
        params![learner, waivers, substitutions, to_json(&record.pursued)?],
    )?;
    database.execute("DELETE FROM award WHERE learner = ?", [learner])?;
    let mut insert = database.prepare_cached(
        "INSERT INTO award (learner, place, credential, id, awarded, valid_until, credits, hours, grade, issuer, status,
         revoked_on, verification) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    for (place, award) in record.awards.iter().enumerate() {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        insert.execute(params![
            learner,
            place,
            award.credential,
            award.id,
            award.awarded.map(|day| day.to_string()),
            award.valid_until.map(|day| day.to_string()),
            hundredths(award.credits),
            hundredths(award.hours),
            award.grade,
            award.issuer,
            award.status.to_string(),
            award.revoked_on.map(|day| day.to_string()),
            award.verification.to_string(),
        ])?;
    }
    Ok(())
}

/// The ids of all learners, in byte order.
pub(crate) fn all(database: &Connection) -> Result<Vec<String>> {
    let mut query = database.prepare_cached("SELECT id FROM learner ORDER BY id")?;
    query.query_map([], |row| row.get(0))?.collect()
}

/// Keeps the answer to a question for a plan, and gives it a number.
pub(crate) fn keep_plan(database: &Connection, learner: &str, outcome: &PlanOutcome) -> Result<i64> {
    let kept = params![learner, to_json(outcome)?];
    database.execute("INSERT INTO plan (learner, answer) VALUES (?, ?)", kept)?;
    Ok(database.last_insert_rowid())
}

/// A plan as it was kept.
#[derive(Debug)]
pub(crate) struct KeptPlan {
    pub(crate) learner: String,
    pub(crate) outcome: Option<PlanOutcome>,
}

/// The kept answer with this number, if there is one.
pub(crate) fn kept_plan(database: &Connection, id: i64) -> Result<Option<KeptPlan>> {
    let mut query = database.prepare_cached("SELECT learner, answer FROM plan WHERE id = ?")?;
    query.query_row([id], |row| Ok(KeptPlan { learner: row.get("learner")?, outcome: json(row, "answer")? })).optional()
}
