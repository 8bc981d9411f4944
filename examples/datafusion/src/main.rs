//! Made-up learners in Parquet, and the report on them: by `DataFusion`, by Ballista, or by the library alone.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use credpath::{Catalog, CohortOptions, Date};
use credpath_datafusion::cluster::Cluster;
use credpath_datafusion::table::report_query;
use credpath_datafusion::whole::Whole;
use credpath_datafusion::{AwardTable, Question, made_up};
use datafusion::arrow::array::AsArray;
use datafusion::physical_plan::display::DisplayableExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};

const USAGE: &str = "\
credpath-datafusion write CATALOG FOLDER LEARNERS [FILES]
    writes made-up learners and their awards, as Parquet
credpath-datafusion ask CATALOG FOLDER DATE [datafusion|ballista|library] [PARTITIONS]
    writes the report on them: the same bytes, whoever is asked";

#[tokio::main]
async fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match *given {
        ["write", catalog, folder, learners] => write(catalog, folder, learners, "4"),
        ["write", catalog, folder, learners, files] => write(catalog, folder, learners, files),
        ["ask", catalog, folder, date] => ask(catalog, folder, date, "datafusion", "4").await,
        ["ask", catalog, folder, date, who] => ask(catalog, folder, date, who, "4").await,
        ["ask", catalog, folder, date, who, partitions] => ask(catalog, folder, date, who, partitions).await,
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn read(catalog: &str) -> Result<Catalog, Box<dyn Error>> {
    let text = fs::read_to_string(catalog).map_err(|error| format!("{catalog}: {error}"))?;
    Ok(Catalog::parse(catalog, &text)?)
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&number| number > 0).ok_or_else(|| format!("{text} is no number from 1 on"))
}

fn write(catalog: &str, folder: &str, learners: &str, files: &str) -> Result<(), Box<dyn Error>> {
    let (catalog, phase) = (read(catalog)?, Phase::new());
    let written = made_up::write(Path::new(folder), &catalog, count(learners)? as u64, count(files)?)?;
    phase.told("written");
    eprintln!(
        "{} learners ({} bytes), {} awards ({} bytes)",
        written.learners, written.learner_bytes, written.awards, written.award_bytes
    );
    Ok(())
}

async fn ask(catalog: &str, folder: &str, date: &str, who: &str, partitions: &str) -> Result<(), Box<dyn Error>> {
    let (date, partitions): (Date, _) = (date.parse()?, count(partitions)?);
    let table = AwardTable::open(Path::new(folder))?;
    let options = CohortOptions::default().one_award_away(true).counts_only(true);
    let question = Arc::new(Question::new(read(catalog)?, date, options, table.dictionary().clone())?);
    let report = match who {
        "datafusion" => {
            let session = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(partitions));
            by_engine(&session, &table, &question, true).await?
        }
        "ballista" => {
            let cluster = Cluster::start(2, partitions).await?;
            let report = by_engine(&cluster.session().await?, &table, &question, false).await?;
            eprintln!("{} bytes written by executors for each other", cluster.shuffled()?);
            report
        }
        "library" => {
            let phase = Phase::new();
            let whole = Whole::read(Path::new(folder))?;
            phase.told("read");
            let phase = Phase::new();
            let report = serde_json::to_string(&whole.report(&question)?)?;
            phase.told("judged");
            report
        }
        _ => return Err(format!("nobody is called {who}; it is datafusion, ballista or library").into()),
    };
    println!("{report}");
    Ok(())
}

async fn by_engine(
    session: &SessionContext,
    table: &AwardTable,
    question: &Arc<Question>,
    here: bool,
) -> Result<String, Box<dyn Error>> {
    let phase = Phase::new();
    table.register(session, question).await?;
    let plan = session.sql(&report_query()).await?.create_physical_plan().await?;
    phase.told("planned");
    let phase = Phase::new();
    let rows = datafusion::physical_plan::collect(Arc::clone(&plan), session.task_ctx()).await?;
    phase.told("answered");
    if here {
        eprintln!("{}", DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(false));
    }
    let report = rows.iter().find(|rows| rows.num_rows() > 0).ok_or("the engine has no answer")?;
    Ok(report.column(0).as_string::<i32>().value(0).to_owned())
}

/// A part of the work, with the time that it takes.
struct Phase(Instant);

impl Phase {
    fn new() -> Self {
        Self(Instant::now())
    }

    fn told(&self, what: &str) {
        eprintln!("{what}: {:.2} s{}", self.0.elapsed().as_secs_f64(), most_memory());
    }
}

/// The most memory that the process ever had, where the system tells.
fn most_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map(|most| format!(", at most {} of memory", most.trim())).unwrap_or_default()
}
