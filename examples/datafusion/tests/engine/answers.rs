//! What the functions answer is what the library answers, however the engine cuts the work up.

use std::sync::Arc;

use credpath::{AwardColumns, CohortOptions, CohortReport};
use credpath_datafusion::table::{LEARNERS_WITH_AWARDS, register_functions, report_query, statuses_query};
use credpath_datafusion::{Dictionary, Question};
use datafusion::arrow::array::AsArray;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::{AS_OF, Cohort, all, catalog_of, date, statuses, text};

#[tokio::test]
async fn statuses_are_those_of_the_library() {
    let cohort = Cohort::new("vcc-health.toml", 3000, 5, &CohortOptions::default());
    let expected = cohort.statuses();
    assert_eq!(expected.len(), 3000, "those without awards as well");
    for (partitions, batch_size) in [(1, 8192), (3, 500)] {
        let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(batch_size);
        let session = cohort.session(config).await;
        assert_eq!(statuses(&session, &statuses_query()).await, expected, "{partitions} partitions");
    }
}

#[tokio::test]
async fn reports_are_those_of_the_library_to_the_byte() {
    for catalog in ["vcc-health.toml", "comptia.toml"] {
        for options in [all(catalog), all(catalog).counts_only(true)] {
            let cohort = Cohort::new(catalog, 4000, 5, &options);
            let expected = cohort.report();
            for (partitions, batch_size) in [(1, 8192), (2, 700), (7, 100)] {
                let config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(batch_size);
                let session = cohort.session(config).await;
                assert_eq!(text(&session, &report_query()).await, expected, "{catalog}, {partitions} partitions");
            }
        }
    }
}

/// Rows that are handed on as they come, without being gathered before.
#[tokio::test]
async fn awards_may_come_one_by_one() {
    let cohort = Cohort::new("comptia.toml", 2000, 3, &all("comptia.toml"));
    let mut config = SessionConfig::new().with_target_partitions(3).with_batch_size(256);
    let options = config.options_mut();
    options.execution.skip_partial_aggregation_probe_rows_threshold = 0;
    options.execution.skip_partial_aggregation_probe_ratio_threshold = 0.0;
    let session = cohort.session(config).await;
    assert_eq!(text(&session, &report_query()).await, cohort.report());
}

/// Learners beside their awards by a join, which leaves one entry that says nothing.
#[tokio::test]
async fn learners_may_be_joined() {
    let cohort = Cohort::new("vcc-health.toml", 2000, 3, &all("vcc-health.toml"));
    let session = cohort.session(SessionConfig::new().with_target_partitions(3)).await;
    let query = "SELECT credpath_report(learner, awards) FROM (\
        SELECT learners.learner, array_agg(named_struct('credential', credential, 'awarded', awarded, \
            'valid_until', valid_until, 'status', status, 'grade', grade, 'issuer', issuer)) AS awards \
        FROM learners LEFT JOIN awards ON learners.learner = awards.learner GROUP BY learners.learner)";
    assert_eq!(text(&session, query).await, cohort.report());
}

/// With little memory, what is gathered goes to disk and comes back in another order. In one partition nothing depends
/// on who of several asks for memory first.
#[tokio::test]
async fn gathering_may_spill() {
    let cohort = Cohort::new("comptia.toml", 20_000, 4, &CohortOptions::default());
    let runtime = RuntimeEnvBuilder::new().with_memory_limit(10 << 20, 1.0).build_arc().unwrap();
    let config = SessionConfig::new().with_target_partitions(1).with_batch_size(1024);
    let session = SessionContext::new_with_config_rt(config, runtime);
    cohort.table.register(&session, &cohort.question).await.unwrap();
    let plan = session.sql(&report_query()).await.unwrap().create_physical_plan().await.unwrap();
    let rows = datafusion::physical_plan::collect(Arc::clone(&plan), session.task_ctx()).await.unwrap();
    assert_eq!(rows[0].column(0).as_string::<i32>().value(0), cohort.report());
    assert!(spills(plan.as_ref()) > 0, "there was memory enough");
}

fn spills(plan: &dyn datafusion::physical_plan::ExecutionPlan) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or_default();
    own + plan.children().iter().map(|input| spills(input.as_ref())).sum::<usize>()
}

/// A report for each group: partial ones are put together within it.
#[tokio::test]
async fn groups_have_reports_of_their_own() {
    let cohort = Cohort::new("comptia.toml", 1500, 4, &CohortOptions::default());
    let session = cohort.session(SessionConfig::new().with_target_partitions(3).with_batch_size(200)).await;
    let query = format!("SELECT credpath_report(learner, awards) FROM ({LEARNERS_WITH_AWARDS}) GROUP BY learner % 3");
    let rows = session.sql(&query).await.unwrap().collect().await.unwrap();
    let mut reports: Vec<CohortReport> = Vec::new();
    for rows in &rows {
        reports
            .extend(rows.column(0).as_string::<i32>().iter().map(|text| serde_json::from_str(text.unwrap()).unwrap()));
    }
    assert_eq!(reports.len(), 3);
    assert!(reports.iter().all(|report| report.learners == 500 && report.keyed));
    let whole: CohortReport = serde_json::from_str(&cohort.report()).unwrap();
    for (place, of) in whole.credentials.iter().enumerate() {
        let parts = reports.iter().map(|report| report.credentials[place].counts.qualified);
        assert_eq!(parts.sum::<u64>(), of.counts.qualified, "{}", of.credential);
    }
}

/// No date, no such id, no awards, nobody: as the library takes them.
#[tokio::test]
async fn odd_rows_are_what_the_library_takes_them_for() {
    let catalog = catalog_of("comptia.toml");
    let mut dictionary = Dictionary::of(&catalog);
    let (sound, unknown) = (0, i32::try_from(dictionary.credentials.len()).unwrap());
    dictionary.credentials.push("sekurity-plus".to_owned());
    let question = Arc::new(Question::new(catalog, date(AS_OF), CohortOptions::default(), dictionary).unwrap());
    let session = SessionContext::new();
    register_functions(&session, &question);
    let award = |credential: i32, awarded: &str| {
        format!("named_struct('credential', {credential}::INT, 'awarded', {awarded}::DATE)")
    };
    let rows = [
        format!("(7, make_array({}, {}))", award(sound, "NULL"), award(unknown, "'2026-01-01'")),
        "(8, NULL)".to_owned(),
        format!("(9, make_array({}))", award(sound, "'2027-01-01'")),
    ];
    let query = format!(
        "SELECT credpath_report(learner, awards) FROM (VALUES {}) AS cohort (learner, awards)",
        rows.join(", ")
    );
    let due = question.ask(|cohort, dictionary| {
        let day = |text: &str| date(text).days_since_1970();
        let columns = AwardColumns {
            offsets: &[0, 2, 2, 3],
            credential: &[sound, unknown, sound],
            awarded: &[AwardColumns::NO_DAY, day("2026-01-01"), day("2027-01-01")],
            learner: &[7, 8, 9],
            ..AwardColumns::default()
        };
        cohort.report_columns(dictionary, &columns).unwrap()
    });
    assert_eq!(
        (due.unknown_awards.ids[0].id.as_str(), due.uncounted[0].learners.as_slice()),
        ("sekurity-plus", &[9][..])
    );
    assert_eq!(text(&session, &query).await, serde_json::to_string(&due).unwrap());

    let nobody = query.replace(" AS cohort (learner, awards)", " AS cohort (learner, awards) WHERE learner < 0");
    let due = question.ask(|cohort, dictionary| cohort.report_columns(dictionary, &AwardColumns::default()).unwrap());
    assert_eq!(text(&session, &nobody).await, serde_json::to_string(&due).unwrap());
}
