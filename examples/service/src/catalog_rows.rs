//! A catalog as rows of a database, and the [`CatalogDocument`] that they say: nothing is written as text to be parsed
//! again, and no type is guessed.

use credpath::{CatalogDocument, CredentialDocument, Fingerprint, HeaderDocument, PoolDocument, SharingDocument};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, Transaction, params};

use crate::column::{amount, hundredths, json, some_to_json, to_json};

/// How many versions are kept, so that plans can be verified that were made under them.
const KEPT: i64 = 50;

/// The number of the version that is in force; none if there is none yet.
pub(crate) fn version_in_force(database: &Connection) -> Result<Option<i64>> {
    database.query_row("SELECT max(version) FROM catalog", [], |row| row.get(0))
}

/// The number of the latest version with this fingerprint, if it is kept.
pub(crate) fn version_of(database: &Connection, fingerprint: Fingerprint) -> Result<Option<i64>> {
    let mut query = database.prepare_cached("SELECT max(version) FROM catalog WHERE fingerprint = ?")?;
    query.query_row([fingerprint.to_string()], |row| row.get(0))
}

/// What the rows of a version say; an empty catalog if it has none.
pub(crate) fn read(database: &Connection, version: i64) -> Result<CatalogDocument> {
    let mut document = CatalogDocument::default();
    let mut head = database.prepare_cached("SELECT header, sharing FROM catalog WHERE version = ?")?;
    let head: Option<(Option<HeaderDocument>, Option<Vec<SharingDocument>>)> =
        head.query_row([version], |row| Ok((json(row, "header")?, json(row, "sharing")?))).optional()?;
    if let Some((header, sharing)) = head {
        (document.header, document.sharing) = (header.unwrap_or_default(), sharing.unwrap_or_default());
    }
    let mut pools = database.prepare_cached("SELECT id, members FROM pool WHERE version = ?")?;
    let mut rows = pools.query([version])?;
    while let Some(row) = rows.next()? {
        if let Some(pool) = json::<PoolDocument>(row, "members")? {
            document.pools.insert(row.get("id")?, pool);
        }
    }
    let mut credentials = database.prepare_cached("SELECT * FROM credential WHERE version = ?")?;
    let mut rows = credentials.query([version])?;
    while let Some(row) = rows.next()? {
        document.credentials.insert(row.get("id")?, credential(row)?);
    }
    Ok(document)
}

fn credential(row: &Row<'_>) -> Result<CredentialDocument> {
    let mut credential: CredentialDocument = json(row, "other")?.unwrap_or_default();
    credential.title = row.get("title")?;
    credential.kind = row.get("type")?;
    credential.issuer = row.get("issuer")?;
    credential.level = row.get("level")?;
    credential.credits = amount(row, "credits")?;
    credential.hours = amount(row, "hours")?;
    credential.cost = amount(row, "cost")?;
    credential.prerequisite = json(row, "prerequisite")?;
    credential.corequisite = json(row, "corequisite")?;
    credential.stack = json(row, "stack")?;
    Ok(credential)
}

/// Writes a new version, which is in force from now on, and forgets the oldest.
pub(crate) fn write(database: &Transaction<'_>, document: &CatalogDocument, fingerprint: Fingerprint) -> Result<()> {
    let version = version_in_force(database)?.unwrap_or(0) + 1;
    let CatalogDocument { header, sharing, .. } = document;
    let head = params![version, fingerprint.to_string(), to_json(header)?, to_json(sharing)?];
    database.execute("INSERT INTO catalog (version, fingerprint, header, sharing) VALUES (?, ?, ?, ?)", head)?;
    let mut pools = database.prepare_cached("INSERT INTO pool (version, id, members) VALUES (?, ?, ?)")?;
    for (id, pool) in &document.pools {
        pools.execute(params![version, id, to_json(pool)?])?;
    }
    for (id, credential) in &document.credentials {
        write_credential(database, version, id, credential)?;
    }
    database.execute("DELETE FROM catalog WHERE version <= ?", [version - KEPT])?;
    Ok(())
}

fn write_credential(database: &Connection, version: i64, id: &str, credential: &CredentialDocument) -> Result<()> {
    let mut other = credential.clone();
    let (title, kind, issuer) = (other.title.take(), other.kind.take(), other.issuer.take());
    let level = other.level.take();
    let (credits, hours, cost) = (other.credits.take(), other.hours.take(), other.cost.take());
    let prerequisite = some_to_json(other.prerequisite.take().as_ref())?;
    let corequisite = some_to_json(other.corequisite.take().as_ref())?;
    let stack = some_to_json(other.stack.take().as_ref())?;
    let mut insert = database.prepare_cached(
        "INSERT INTO credential (version, id, title, type, issuer, level, credits, hours, cost, prerequisite,
         corequisite, stack, other) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    insert.execute(params![
        version,
        id,
        title,
        kind,
        issuer,
        level,
        hundredths(credits),
        hundredths(hours),
        hundredths(cost),
        prerequisite,
        corequisite,
        stack,
        to_json(&other)?,
    ])?;
    Ok(())
}

/// Notes the fingerprint of a version whose rows somebody else has changed.
pub(crate) fn set_fingerprint(database: &Connection, version: i64, fingerprint: Fingerprint) -> Result<()> {
    let noted = params![fingerprint.to_string(), version];
    database.execute("UPDATE catalog SET fingerprint = ? WHERE version = ?", noted).map(|_| ())
}
