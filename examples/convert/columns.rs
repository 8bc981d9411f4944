//! The columns of a table of awards, as they are said on the command line.

use credpath::{RecordColumns, TableFormat};

use crate::input::wishes::Given;

/// How the table is laid out that is read.
pub(crate) fn columns(given: &Given, table: TableFormat) -> Result<RecordColumns, String> {
    let halves = |name: &'static str, told: &'static str| {
        let half = move |given: &String| {
            let (one, other) =
                given.split_once('=').ok_or_else(|| format!("--{name} {given}: it is written as {told}"))?;
            Ok::<_, String>((one.trim().to_owned(), other.trim().to_owned()))
        };
        given.all(name).iter().map(half).collect::<Result<Vec<_>, String>>()
    };
    let headings = halves("column", "awarded=Completed on")?;
    let mut columns = match given.get("columns") {
        None if !headings.is_empty() => {
            let credential = headings.iter().find(|(field, _)| field == "credential");
            let credential =
                credential.ok_or("--column credential=HEADING is missing: which column says what was awarded")?;
            RecordColumns::new(&*credential.1)
        }
        named => columns_named(named.unwrap_or("own")),
    };
    for (field, heading) in headings {
        columns = match &*field {
            "credential" => columns.credential(heading),
            "title" => columns.title(heading),
            "id" => columns.id(heading),
            "awarded" => columns.awarded(heading),
            "valid-until" => columns.valid_until(heading),
            "credits" => columns.credits(heading),
            "hours" => columns.hours(heading),
            "grade" => columns.grade(heading),
            "issuer" => columns.issuer(heading),
            "status" => columns.status(heading),
            "revoked-on" => columns.revoked_on(heading),
            "learner" => columns.learner(heading),
            other => {
                return Err(format!("--column {other}=…: no award says `{other}`; `--help` lists what it can say"));
            }
        };
    }
    for (word, status) in halves("word", "passed=completed")? {
        columns = match &*status {
            "none" => columns.no_award(&word),
            status => columns.status_word(&word, status.parse().map_err(|error| format!("--word {word}: {error}"))?),
        };
    }
    columns = given.all("failing").iter().fold(columns, RecordColumns::failing_grade);
    if let Some(order) = given.read("date-order")? {
        columns = columns.date_order(order);
    }
    if let Some(year) = given.number("years-from")? {
        columns = columns.two_digit_years_from(year);
    }
    let columns = columns.format(table);
    Ok(match given.get("learner") {
        Some(learner) => columns.only(learner),
        None => columns,
    })
}

fn columns_named(name: &str) -> RecordColumns {
    match name {
        "canvas" => RecordColumns::canvas_grades(),
        "canvas-outcomes" => RecordColumns::canvas_outcomes(),
        "credly" => RecordColumns::credly(),
        "credly-bulk" => RecordColumns::credly_bulk(),
        // What the table has no column for, no award says; that is told.
        _ => RecordColumns::own().columns_may_lack(true),
    }
}
