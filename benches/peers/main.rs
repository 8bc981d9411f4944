//! Plans beside the solvers that one would otherwise take: their models, for `peers.py` to run others on.
//!
//! ```text
//! cargo bench --bench peers -- --into DIR                          # all families
//! cargo bench --bench peers -- --into DIR --quick                  # the smaller ones
//! cargo bench --bench peers -- --only deep_5                       # those whose names contain this
//! cargo bench --bench peers -- --into DIR CATALOG RECORD TARGET …  # instances of your own, three arguments each
//! ```
//! For each instance, `DIR/NAME.json` has the model, pruned to what the target depends on and not presolved, with what
//! the planner made of it: the value, whether it is proven, and the processor time that it took. `DIR/NAME.toml` is the
//! catalog. Without `--into` nothing is written.
//!
//! The model is the plain one of `tests/reference/milp.rs`, made from the text of the catalog. The planner is given the
//! catalog: its time is all of `Catalog::plan`, which also makes the rows, settles ties and says what every plan
//! contains. The catalog's fingerprint, which is found once for all that is asked of it, was found before.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

#[path = "../generate/mod.rs"]
mod generate;
#[path = "../../tests/reference/milp.rs"]
mod milp;

use std::path::{Path, PathBuf};
use std::time::Instant;

use credpath::{Catalog, Date, LearnerRecord, Limits, Optimality, PlanOptions};
use generate::{Layer, Random, hard};
use milp::{Goal, Rules};
use serde_json::json;

/// Runs are repeated until they have taken so many milliseconds in all: clocks of processors may tick in several of
/// them.
const ENOUGH: f64 = 200.0;

/// A question for all solvers.
struct Instance {
    name: String,
    catalog: String,
    record: String,
    target: String,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let option = |flag: &str| arguments.iter().position(|argument| argument == flag).map(|at| &arguments[at + 1]);
    let (into, only) = (option("--into").map(PathBuf::from), option("--only"));
    let is_of_an_option = |at: usize| at > 0 && matches!(arguments[at - 1].as_str(), "--into" | "--only");
    let files: Vec<&String> = arguments
        .iter()
        .enumerate()
        .filter(|&(at, argument)| !argument.starts_with("--") && !is_of_an_option(at))
        .map(|(_, argument)| argument)
        .collect();
    let instances = if files.is_empty() { families(quick) } else { files.chunks(3).map(of_files).collect() };
    let named = |instance: &Instance| only.is_none_or(|only| instance.name.contains(only.as_str()));
    for instance in instances.into_iter().filter(named) {
        measure(&instance, into.as_deref());
    }
}

fn of_files(paths: &[&String]) -> Instance {
    let [catalog, record, target] = paths else { panic!("give each instance as CATALOG RECORD TARGET") };
    let read =
        |path: &String| std::fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read `{path}`: {error}"));
    let name = Path::new(catalog).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Instance { name, catalog: read(catalog), record: read(record), target: (*target).clone() }
}

fn families(quick: bool) -> Vec<Instance> {
    let sizes: &[usize] = if quick { &[100, 1_000] } else { &[100, 1_000, 10_000, 100_000] };
    let mut instances = Vec::new();
    for &size in sizes {
        for seed in 1..=if size > 10_000 { 1 } else { 4 } {
            instances.push(realistic(seed, size));
        }
    }
    let deep = [(4, 20), (5, 24), (6, 30), (8, 60)];
    let knapsacks = [(100, 5), (200, 10), (300, 20)];
    let covers = [(100, 150), (200, 300), (400, 600)];
    let divided = [(5, 48), (9, 120), (19, 400)];
    let of_each = |all: usize| if quick { 1 } else { all };
    let mut add = |name: &str, sizes: &[(usize, usize)], make: fn(usize, usize) -> hard::Hard| {
        for &(size, other) in &sizes[..of_each(sizes.len())] {
            let hard::Hard { text, target } = make(size, other);
            instances.push(Instance {
                name: format!("{name}_{size}x{other}"),
                catalog: text,
                record: String::new(),
                target,
            });
        }
    };
    add("deep", &deep, |layers, width| hard::deep(0, layers, width));
    add("knapsacks", &knapsacks, |n, pools| hard::knapsacks(0, n, pools, false));
    add("cover", &covers, |n, rows| hard::set_cover(0, n, rows));
    add("divided", &divided, |sums, courses| hard::divided(0, sums, courses));
    instances
}

/// A degree of a layered catalog, for a learner who has nothing.
fn realistic(seed: u64, size: usize) -> Instance {
    let model = generate::Catalog::generate(seed, size);
    let is_degree = |at: &usize| model.credentials[*at].layer == Layer::Degree;
    let degrees: Vec<usize> = (0..model.credentials.len()).filter(is_degree).collect();
    let target = model.credentials[*Random::new(seed).pick(&degrees)].id.clone();
    Instance { name: format!("layered_{size}_{seed}"), catalog: model.to_toml(), record: String::new(), target }
}

fn measure(instance: &Instance, into: Option<&Path>) {
    let Instance { name, catalog: text, record, target } = instance;
    let catalog = Catalog::parse_with("catalog.toml", text, &Limits::large()).unwrap_or_else(|error| panic!("{error}"));
    let record = LearnerRecord::parse("record.toml", record).unwrap_or_else(|error| panic!("{error}"));
    let id = catalog.credential(target).unwrap_or_else(|| panic!("there is no credential {target}"));
    let as_of: Date = generate::AS_OF.to_string().parse().expect("a calendar date");
    // It is found once for a catalog, and every report begins with it.
    let _ = catalog.fingerprint();
    let clock = Clock::new();
    let find = || catalog.plan(&record, as_of, id, &PlanOptions::default());
    let (before, mut runs) = (clock.milliseconds(), 1);
    let outcome = find();
    while clock.milliseconds() - before < ENOUGH && runs < 200 {
        runs += 1;
        drop(find());
    }
    let time = (clock.milliseconds() - before) / f64::from(runs);
    let plan = outcome.plan().unwrap_or_else(|| panic!("{name}: no plan to {target}"));
    plan.verify(&catalog, &record).unwrap_or_else(|flaw| panic!("the plan to {target}: {flaw}"));
    let proven = plan.optimality == Optimality::Proven;
    println!(
        "{name:<20} {:>10} {:<10} {time:>10.1} ms, {} nodes, {} pivots",
        plan.value().to_string(),
        if proven { "proven" } else { "not proven" },
        plan.effort.nodes,
        plan.effort.pivots
    );
    let Some(into) = into else { return };
    let rules = Rules::parse(text).unwrap_or_else(|refused| panic!("{name}: no model, {refused}"));
    let model = rules
        .model(&instance.record, &generate::AS_OF.to_string(), target)
        .unwrap_or_else(|refused| panic!("{name}: no model, {refused}"));
    let least = match plan.optimality {
        Optimality::Within { lower_bound } => lower_bound,
        Optimality::Proven => plan.value(),
    };
    let rows: Vec<_> = model.rows().map(|(terms, need)| json!({ "terms": terms, "least": need })).collect();
    let columns = model.columns(Goal::Cost).map(|(cost, upper)| json!({ "cost": cost, "upper": upper }));
    let data = json!({
        "name": name,
        "columns": columns.collect::<Vec<_>>(),
        "rows": rows,
        "ours": {
            "value": plan.value().hundredths(), "least": least.hundredths(), "proven": proven, "milliseconds": time,
        },
    });
    std::fs::create_dir_all(into).expect("a folder can be made there");
    std::fs::write(into.join(format!("{name}.json")), data.to_string()).expect("a model can be written there");
    std::fs::write(into.join(format!("{name}.toml")), text).expect("a catalog can be written there");
}

/// The time that this process was on a processor, where the system tells; else the time on the wall.
struct Clock {
    start: Instant,
}

impl Clock {
    fn new() -> Self {
        Self { start: Instant::now() }
    }

    fn milliseconds(&self) -> f64 {
        let told = std::fs::read_to_string("/proc/self/schedstat").ok();
        let nanoseconds: Option<f64> = told.and_then(|told| told.split(' ').next()?.parse().ok());
        nanoseconds.map_or_else(|| self.start.elapsed().as_secs_f64() * 1e3, |nanoseconds| nanoseconds / 1e6)
    }
}
