//! How long it takes to find the best plan and to prove that it is the best, as the catalog grows; beside a general
//! solver.
//!
//! ```text
//! cargo bench --bench plan                                  # up to 100,000 credentials, and the hard families
//! cargo bench --bench plan -- --quick                       # few instances, without the largest
//! cargo bench --bench plan -- CATALOG RECORD TARGET ...     # instances of your own, three arguments each
//! ```
//! Catalogs and learners are generated from seeds, so two runs differ only in their times. Every plan is verified, and
//! where both solvers finish they must agree on the minimum; times are never asserted.
//!
//! The other solver is microlp, on the plain model in `tests/reference/milp.rs`. It is asked for the least cost and
//! nothing else, and making the model is not timed; the planner's time is all of `Catalog::plan`, which also settles
//! ties and says what every plan contains. microlp is stopped after some seconds, and the planner at its work limit: a
//! time that would have gone on is shown with `>=`. So is a ratio that would be larger, while `<=` says that the
//! planner had no proof in that time where microlp had one.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod generate;
#[path = "../tests/reference/milp.rs"]
mod milp;

use std::fmt;
use std::hint::black_box;
use std::rc::Rc;
use std::time::{Duration, Instant};

use credpath::{Amount, Catalog, Date, LearnerRecord, Limits, Optimality, Plan, PlanOptions};
use generate::{Layer, Random, hard};
use milp::{Answer, Goal, Rules};

/// Awards of the learners who have begun.
const AWARDS: usize = 15;
/// Runs shorter than this are repeated twice, and their median counts.
const SHORT: Duration = Duration::from_millis(200);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let extent = Extent { quick, limit: Duration::from_secs(if quick { 1 } else { 10 }) };
    let files: Vec<String> = arguments.iter().filter(|argument| !argument.starts_with("--")).cloned().collect();
    println!("microlp is stopped after {} s\n", extent.limit.as_secs());
    if !files.is_empty() {
        let columns = files.chunks(3).map(|files| extent.measure(files[files.len() - 1].clone(), [of_files(files)]));
        return print_table("files", &columns.collect::<Vec<_>>());
    }
    let sizes: &[usize] = if quick { &[100, 1_000, 10_000] } else { &[100, 1_000, 10_000, 100_000] };
    let realistic = sizes.iter().map(|&size| extent.measure(size.to_string(), extent.realistic(size)));
    print_table("layered catalogs, of credentials", &realistic.collect::<Vec<_>>());
    for family in FAMILIES {
        let sizes = &family.sizes[..if quick { 2 } else { 3 }];
        let columns = sizes.iter().map(|&(size, other)| {
            let seeds = if quick { 2 } else { 5 };
            let instances = (0..seeds).map(|seed| {
                let hard = (family.make)(seed, size, other);
                instance(&hard.text, &hard.target)
            });
            extent.measure(format!("{size}x{other}"), instances)
        });
        print_table(family.name, &columns.collect::<Vec<_>>());
    }
}

struct Family {
    name: &'static str,
    make: fn(u64, usize, usize) -> hard::Hard,
    sizes: [(usize, usize); 3],
}

const FAMILIES: [Family; 5] = [
    Family {
        name: "knapsacks, credentials x pools",
        make: |seed, n, pools| hard::knapsacks(seed, n, pools, false),
        sizes: [(60, 5), (100, 5), (200, 5)],
    },
    Family {
        name: "knapsacks in which credits cost alike",
        make: |seed, n, pools| hard::knapsacks(seed, n, pools, true),
        sizes: [(40, 4), (60, 4), (100, 4)],
    },
    Family {
        name: "set cover, credentials x requirements",
        make: hard::set_cover,
        sizes: [(60, 90), (100, 150), (200, 300)],
    },
    Family { name: "deep and shared, layers x credentials", make: hard::deep, sizes: [(4, 20), (5, 24), (6, 30)] },
    Family {
        name: "sums that share nothing, sums x courses",
        make: hard::divided,
        sizes: [(5, 48), (9, 120), (19, 400)],
    },
];

/// How much is measured.
struct Extent {
    quick: bool,
    /// The time microlp has for each instance.
    limit: Duration,
}

/// A question for both solvers.
struct Instance {
    catalog: Rc<Catalog>,
    rules: Rc<Rules>,
    record: String,
    target: String,
}

/// What came of one instance.
struct Run {
    time: Duration,
    first: Duration,
    proven: bool,
    gap: f64,
    effort: [u64; 3],
    /// None if the instance is not modelled.
    other: Option<Other>,
}

struct Other {
    time: Duration,
    finished: bool,
}

/// All runs of one size.
struct Column {
    name: String,
    runs: Vec<Run>,
}

impl Extent {
    /// Instances of several seeds. For each, some targets of the upper layers, and for each target a learner who has
    /// nothing and one who has begun.
    fn realistic(&self, size: usize) -> Vec<Instance> {
        let seeds = if self.quick || size > 10_000 { 2 } else { 4 };
        let layers: &[Layer] =
            if self.quick { &[Layer::Degree] } else { &[Layer::Degree, Layer::Degree, Layer::Diploma] };
        let mut instances = Vec::new();
        for seed in 1..=seeds {
            let model = generate::Catalog::generate(seed, size);
            let text = model.to_toml();
            let (catalog, rules) =
                (Rc::new(parse(&text)), Rc::new(Rules::parse(&text).expect("the model knows its shape")));
            let mut random = Random::new(seed);
            for layer in layers {
                let of_layer = |at: &usize| model.credentials[*at].layer == *layer;
                let targets: Vec<usize> = (0..model.credentials.len()).filter(of_layer).collect();
                let target = *random.pick(&targets);
                for awards in [0, AWARDS] {
                    instances.push(Instance {
                        catalog: Rc::clone(&catalog),
                        rules: Rc::clone(&rules),
                        record: generate::record_text(&model, &model.awards_towards(seed, target, awards)),
                        target: model.credentials[target].id.clone(),
                    });
                }
            }
        }
        instances
    }

    fn measure(&self, name: String, instances: impl IntoIterator<Item = Instance>) -> Column {
        Column { name, runs: instances.into_iter().map(|instance| self.run(&instance)).collect() }
    }

    fn run(&self, instance: &Instance) -> Run {
        let Instance { catalog, target, .. } = instance;
        let record = LearnerRecord::parse("record.toml", &instance.record).unwrap_or_else(|error| panic!("{error}"));
        let id = catalog.credential(target).unwrap_or_else(|| panic!("there is no credential {target}"));
        let find = |work: u64| {
            let options = PlanOptions::default().work(work);
            let (time, outcome) = timed(|| catalog.plan(&record, as_of(), id, &options));
            (time, outcome.plan().cloned())
        };
        let most = PlanOptions::default().work / if self.quick { 4 } else { 1 };
        let (time, found) = find(most);
        let plan = found.unwrap_or_else(|| panic!("no plan to {target}"));
        plan.verify(catalog, &record).unwrap_or_else(|flaw| panic!("the plan to {target}: {flaw}"));
        Run {
            time: again_if_short(time, || find(most).0),
            first: first_plan(find),
            proven: plan.optimality == Optimality::Proven,
            gap: gap(&plan),
            effort: [plan.effort.work, plan.effort.nodes, plan.effort.pivots],
            other: self.other(instance, &plan),
        }
    }

    fn other(&self, instance: &Instance, plan: &Plan) -> Option<Other> {
        let model = match instance.rules.model(&instance.record, &generate::AS_OF.to_string(), &instance.target) {
            Ok(model) => model,
            Err(refused) => {
                println!("{}: no model, {refused}", instance.target);
                return None;
            }
        };
        let (time, answer) = timed(|| model.solve(Goal::Cost, self.limit));
        match &answer {
            Answer::Optimal(least) => {
                let value = plan.value().hundredths();
                let agree = if plan.optimality == Optimality::Proven { value == *least } else { value >= *least };
                assert!(agree, "{}: the plan costs {value} hundredths, the minimum is {least}", instance.target);
            }
            Answer::Infeasible => panic!("{}: there is a plan, and microlp finds none", instance.target),
            Answer::Failed(why) => println!("{}: microlp gave up, {why}", instance.target),
            Answer::Unfinished => {}
        }
        let again = || timed(|| model.solve(Goal::Cost, self.limit)).0;
        Some(Other { time: again_if_short(time, again), finished: matches!(answer, Answer::Optimal(_)) })
    }
}

/// How far the plan may be above the minimum, in percent of its value.
fn gap(plan: &Plan) -> f64 {
    if let Optimality::Within { lower_bound } = plan.optimality {
        100.0 * (1.0 - amount(lower_bound) / amount(plan.value()))
    } else {
        0.0
    }
}

/// The time until there is a plan at all, with a bound that says how far it may be from the best. The planner shows its
/// work only when it ends, so the work limit is doubled until it ends with a plan, and that last search is timed, from
/// its beginning: up to twice the time that the first plan takes.
fn first_plan(find: impl Fn(u64) -> (Duration, Option<Plan>)) -> Duration {
    let mut work = 1_000;
    loop {
        if let (time, Some(_)) = find(work) {
            return again_if_short(time, || find(work).0);
        }
        work *= 2;
    }
}

fn of_files(paths: &[String]) -> Instance {
    let [catalog, record, target] = paths else { panic!("give each instance as CATALOG RECORD TARGET") };
    let read = |path| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read `{path}`: {error}"));
    Instance { record: read(record), ..instance(&read(catalog), target) }
}

/// For a learner who has nothing yet.
fn instance(catalog: &str, target: &str) -> Instance {
    let rules = Rules::parse(catalog).unwrap_or_else(|refused| panic!("no model: {refused}"));
    let (catalog, rules) = (Rc::new(parse(catalog)), Rc::new(rules));
    Instance { catalog, rules, record: String::new(), target: target.to_owned() }
}

fn print_table(name: &str, columns: &[Column]) {
    print!("{name:<40}");
    for column in columns {
        print!("{:>14}{:>9}", column.name, "growth");
    }
    println!();
    let line = |name: &str, value: &dyn Fn(&[Run]) -> Option<Value>| {
        print!("{name:<40}");
        let mut before: Option<Value> = None;
        for column in columns {
            let value = value(&column.runs);
            let growth = value.as_ref().and_then(|value| value.growth(before.as_ref()?));
            let shown = value.as_ref().map_or_else(|| "n/a".to_owned(), Value::to_string);
            print!("{shown:>14}{:>9}", growth.unwrap_or_default());
            before = value;
        }
        println!();
    };
    line("instances", &|runs| Some(Value::Count(runs.len())));
    line("plan: proven", &|runs| Some(Value::Count(runs.iter().filter(|run| run.proven).count())));
    line("plan: furthest from proven, %", &|runs| {
        Some(Value::Percent(runs.iter().map(|run| run.gap).fold(0.0, f64::max)))
    });
    line("plan, ms", &|runs| quantile(runs.iter().map(|run| (run.time, run.proven)), 50));
    line("plan, ms (p90)", &|runs| quantile(runs.iter().map(|run| (run.time, run.proven)), 90));
    line("first plan with a bound, ms", &|runs| quantile(runs.iter().map(|run| (run.first, true)), 50));
    for (at, name) in ["plan: work", "plan: nodes", "plan: pivots"].into_iter().enumerate() {
        line(name, &|runs| {
            let mut all: Vec<u64> = runs.iter().map(|run| run.effort[at]).collect();
            all.sort_unstable();
            Some(Value::Effort(*all.get(all.len() / 2)?))
        });
    }
    line("microlp: proven", &|runs| Some(Value::Count(others(runs).filter(|(_, finished)| *finished).count())));
    line("microlp, ms", &|runs| quantile(others(runs), 50));
    line("microlp, ms (p90)", &|runs| quantile(others(runs), 90));
    line("microlp / plan (geometric mean)", &ratio);
    println!();
}

fn others(runs: &[Run]) -> impl Iterator<Item = (Duration, bool)> {
    runs.iter().filter_map(|run| run.other.as_ref()).map(|other| (other.time, other.finished))
}

/// How many times as long microlp takes. Instances that neither finishes say nothing.
fn ratio(runs: &[Run]) -> Option<Value> {
    let both = runs.iter().filter_map(|run| Some((run, run.other.as_ref()?)));
    let told: Vec<_> = both.filter(|(run, other)| run.proven || other.finished).collect();
    let logarithm = |(run, other): &(&Run, &Other)| (other.time.as_secs_f64() / run.time.as_secs_f64()).ln();
    let sum: f64 = told.iter().map(logarithm).sum();
    let sign = match (told.iter().all(|(run, _)| run.proven), told.iter().all(|(_, other)| other.finished)) {
        (true, true) => "",
        (true, false) => ">= ",
        (false, true) => "<= ",
        (false, false) => "about ",
    };
    (!told.is_empty()).then(|| Value::Ratio(sign, (sum / number(told.len() as u64)).exp()))
}

/// What is shown in a table.
enum Value {
    Count(usize),
    Percent(f64),
    /// In milliseconds; a sign says what is known if the end was not reached.
    Time(&'static str, f64),
    Effort(u64),
    Ratio(&'static str, f64),
}

impl Value {
    fn growth(&self, before: &Value) -> Option<String> {
        let (now, before) = match (self, before) {
            (Value::Time(_, now), Value::Time(_, before)) => (*now, *before),
            (Value::Effort(now), Value::Effort(before)) => (number(*now), number(*before)),
            _ => return None,
        };
        (before > 0.0).then(|| format!("x{:.1}", now / before))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Count(count) => write!(f, "{count}"),
            Value::Effort(effort) => write!(f, "{effort}"),
            Value::Percent(percent) => write!(f, "{percent:.1}"),
            Value::Time(sign, time) if *time < 10.0 => write!(f, "{sign}{time:.3}"),
            Value::Time(sign, time) => write!(f, "{sign}{time:.1}"),
            Value::Ratio(sign, ratio) => write!(f, "{sign}{ratio:.2}"),
        }
    }
}

/// Each time says whether its end was reached. What did not end takes longer than it says, and so does a quantile at or
/// above it.
fn quantile(times: impl Iterator<Item = (Duration, bool)>, percent: usize) -> Option<Value> {
    let mut times: Vec<_> = times.collect();
    times.sort_unstable();
    let place = (times.len() * percent / 100).min(times.len().checked_sub(1)?);
    let sign = if times[..=place].iter().all(|(_, finished)| *finished) { "" } else { ">= " };
    Some(Value::Time(sign, times[place].0.as_secs_f64() * 1e3))
}

/// The median of this time and two more, if it is short enough for that.
fn again_if_short(time: Duration, run: impl Fn() -> Duration) -> Duration {
    if time >= SHORT {
        return time;
    }
    let mut times = [time, run(), run()];
    times.sort_unstable();
    times[1]
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

fn parse(text: &str) -> Catalog {
    Catalog::parse_with("catalog.toml", text, &Limits::large()).unwrap_or_else(|error| panic!("{error}"))
}

fn as_of() -> Date {
    generate::AS_OF.to_string().parse().expect("a calendar date")
}

fn amount(amount: Amount) -> f64 {
    number(amount.hundredths())
}

#[expect(clippy::cast_precision_loss, reason = "numbers for people to read")]
fn number(count: u64) -> f64 {
    count as f64
}
