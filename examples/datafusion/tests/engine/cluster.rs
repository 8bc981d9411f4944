//! The same answers from a scheduler and two executors, who learn of the question by the query alone.

use credpath_datafusion::cluster::Cluster;
use credpath_datafusion::table::{report_query, statuses_query};

use crate::{Cohort, all, refused, statuses, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_answers_as_the_library_does() {
    let cohort = Cohort::new("comptia.toml", 4000, 5, &all("comptia.toml"));
    let cluster = Cluster::start(2, 3).await.unwrap();
    let session = cluster.session().await.unwrap();
    cohort.table.register(&session, &cohort.question).await.unwrap();
    assert_eq!(text(&session, &report_query()).await, cohort.report());
    assert!(cluster.shuffled().unwrap() > 0);
    assert_eq!(statuses(&session, &statuses_query()).await, cohort.statuses());

    // A further question, of another catalog, to the same executors.
    let other = Cohort::new("vcc-health.toml", 2000, 3, &all("vcc-health.toml").counts_only(true));
    let session = cluster.session().await.unwrap();
    other.table.register(&session, &other.question).await.unwrap();
    assert_eq!(text(&session, &report_query()).await, other.report());

    // What is wrong on an executor is told to who asks.
    let query = "SELECT credpath_report(learner, awards) FROM (SELECT learner, array_agg(award) AS awards FROM (\
        SELECT learner, named_struct('credential', credential + 1000::INT) AS award FROM awards) GROUP BY learner)";
    let told = refused(&session, query).await;
    assert!(told.contains("as `credential`; it is a place in the dictionary of 49 credentials"), "{told}");
}
