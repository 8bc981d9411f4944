//! What is out of place is refused, in words that say what, whose, and what would be right.

use std::fs;
use std::sync::Arc;

use credpath::{Catalog, CohortOptions};
use credpath_datafusion::table::register_functions;
use credpath_datafusion::{AwardTable, Dictionary, Question, made_up};
use datafusion::prelude::SessionContext;
use tempfile::TempDir;

use crate::{AS_OF, Cohort, catalog_of, date, refused};

#[test]
fn awards_of_another_catalog_are_refused() {
    let cohort = Cohort::new("comptia.toml", 50, 1, &CohortOptions::default());
    let own = cohort.table.dictionary();
    let other = catalog_of("vcc-health.toml");
    let told = format!(
        "the awards have a dictionary for catalog {}, and are asked about under catalog {}; ask under the catalog that \
         they were written for, or write them anew for this one",
        own.catalog,
        other.fingerprint()
    );
    let refused = Question::new(other, date(AS_OF), CohortOptions::default(), own.clone()).unwrap_err();
    assert_eq!(refused.to_string(), told);
}

#[tokio::test]
async fn places_of_another_dictionary_are_refused() {
    let cohort = Cohort::new("comptia.toml", 50, 2, &CohortOptions::default());
    let mut dictionary = cohort.table.dictionary().clone();
    dictionary.credentials.reverse();
    let catalog = catalog_of("comptia.toml");
    let question = Arc::new(Question::new(catalog, date(AS_OF), CohortOptions::default(), dictionary).unwrap());
    let told = cohort.table.register(&SessionContext::new(), &question).await.unwrap_err().to_string();
    assert!(told.ends_with("has another dictionary than the question; places in the one mean nothing in the other"));

    // Files of two dictionaries make no table.
    let other = TempDir::new().unwrap();
    made_up::write(other.path(), &catalog_of("vcc-health.toml"), 50, 1).unwrap();
    let further = cohort.folder().join("awards/part-0009.parquet");
    fs::copy(other.path().join("awards/part-0000.parquet"), &further).unwrap();
    let told = AwardTable::open(cohort.folder()).unwrap_err().to_string();
    assert!(
        told.contains("part-0009.parquet has another dictionary than") && told.contains("part-0000.parquet"),
        "{told}"
    );
    fs::remove_file(&further).unwrap();
    fs::write(&further, "no Parquet").unwrap();
    assert!(AwardTable::open(cohort.folder()).unwrap_err().to_string().contains("part-0009.parquet: "));
    let nothing = TempDir::new().unwrap();
    fs::create_dir(nothing.path().join("awards")).unwrap();
    let told = AwardTable::open(nothing.path()).unwrap_err().to_string();
    assert!(told.ends_with("awards has no Parquet files; `write` makes some"), "{told}");
}

#[tokio::test]
async fn awards_that_say_what_cannot_be_are_refused() {
    let catalog = Catalog::parse("c", "credential = { a = {}, b = { stack = 'a' } }").unwrap();
    let dictionary = Dictionary::of(&catalog);
    let question = Arc::new(Question::new(catalog, date(AS_OF), CohortOptions::default(), dictionary).unwrap());
    let session = SessionContext::new();
    register_functions(&session, &question);
    for (query, due) in [
        ("SELECT credpath_statuses('a')", "credpath_statuses takes a list of awards, as array_agg gathers them"),
        ("SELECT credpath_statuses()", "credpath_statuses"),
        (
            "SELECT credpath_statuses(make_array(1))",
            "takes a list of awards, each a struct with its columns; these are Int64",
        ),
        (
            "SELECT credpath_statuses(make_array(named_struct('credential', 0)))",
            "`credential` of the awards of credpath_statuses is Int64; it has to be Int32",
        ),
        (
            "SELECT credpath_statuses(make_array(named_struct('credential', 0::INT, 'date', '2026-01-01'::DATE)))",
            "credpath_statuses knows no `date` of awards, but credential, awarded, valid_until",
        ),
        (
            "SELECT credpath_statuses(make_array(named_struct('awarded', '2026-01-01'::DATE)))",
            "the awards of credpath_statuses have no `credential`, the place of its id in the dictionary",
        ),
        (
            "SELECT credpath_report('x', make_array(named_struct('credential', 0::INT)))",
            "takes a whole number as the key of a learner; this is Utf8",
        ),
        (
            "SELECT credpath_report(learner, awards) FROM \
             (VALUES (41, make_array(named_struct('credential', 1::INT))), \
             (42, make_array(named_struct('credential', 2::INT)))) \
             AS cohort (learner, awards)",
            "award of learner 42 has 2 as `credential`; it is a place in the dictionary of 2 credentials",
        ),
        (
            "SELECT credpath_statuses(make_array(named_struct('credential', 0::INT, 'status', 9::TINYINT UNSIGNED)))",
            "an award of the learner in row 0 has 9 as `status`; it is a code from 0 to 3",
        ),
        (
            "SELECT credpath_report(42, \
             make_array(named_struct('credential', NULL::INT, 'awarded', '2026-01-01'::DATE)))",
            "an award of learner 42 names no credential; where there is no award, nothing else is told of it",
        ),
        (
            "SELECT credpath_report(NULL::BIGINT, make_array(named_struct('credential', 0::INT)))",
            "the learner in row 0 has no key; every learner has a number of their own",
        ),
        (
            "SELECT credpath_report(DISTINCT 42, make_array(named_struct('credential', 0::INT)))",
            "credpath_report has no DISTINCT: every learner is one",
        ),
    ] {
        let told = refused(&session, query).await;
        assert!(told.contains(due), "{query}: {told}");
    }
}

/// A question is the same after it has travelled, and what is none is told.
#[test]
fn questions_travel() {
    let cohort = Cohort::new("vcc-health.toml", 10, 1, &crate::all("vcc-health.toml"));
    let written = cohort.question.written();
    assert_eq!(Question::read(written).unwrap(), *cohort.question);
    assert!(
        Question::read(b"{}").unwrap_err().to_string().starts_with("this is no question as it is written: missing")
    );
    let forged = String::from_utf8(written.to_vec()).unwrap().replace("practical", "impractical");
    let told = Question::read(forged.as_bytes()).unwrap_err().to_string();
    assert!(told.starts_with("the awards have a dictionary for catalog"), "{told}");
}
