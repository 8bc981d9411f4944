//! The service under load for as long as `CREDPATH_SOAK` says, in seconds: catalogs come into force while learners are
//! asked about, clients hang up, others send what is no record, and every answer is still the library's, under the
//! catalog that it says it is of. What the process takes up of memory stays what it was.
//!
//! `CREDPATH_SOAK=300 cargo test --release --test soak -- --ignored --nocapture`

mod kit;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use credpath::{Catalog, CatalogDocument, EvaluateOptions, LearnerRecord, PlanOptions};
use serde_json::{Value, json};

use kit::{Running, hard};

const DAY: &str = "2026-11-22";

/// What was done, by kind.
#[derive(Debug, Default)]
struct Tally {
    answers: AtomicU64,
    in_force: AtomicU64,
    left: AtomicU64,
    hostile: AtomicU64,
    busy: AtomicU64,
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Kibibytes of the process that are in memory.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Two versions of the rules: a wide choice, and one in which everything costs something else.
fn versions() -> Result<[(String, Catalog); 2], Box<dyn Error>> {
    let rules = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogs/vcc-health.toml"))?;
    let dearer = format!("{rules}\n[credential.soak]\ncost = 5\n");
    let [one, other] = [rules, dearer].map(|text| {
        let document = CatalogDocument::parse("body", &text)?;
        Catalog::compile(&document).map(|catalog| (text, catalog))
    });
    Ok([one?, other?])
}

/// What a learner holds of these.
fn held(ids: &[&str], learner: usize) -> LearnerRecord {
    ids.iter().skip(learner).step_by(5).take(learner * 2).copied().collect()
}

/// Asks about a learner, and compares with what the library says under the catalog that the answer is of.
fn ask(
    service: &Running,
    versions: &[(String, Catalog); 2],
    round: usize,
    tally: &Tally,
) -> Result<(), Box<dyn Error>> {
    let of = |answer: &Value, stamp: &Value| {
        let made_under = stamp["catalog"].clone();
        let known = versions.iter().map(|(_, catalog)| catalog);
        let mut known = known.filter(|catalog| json!(catalog.fingerprint()) == made_under);
        known.next().ok_or_else(|| format!("of no catalog: {answer}"))
    };
    let ids: Vec<&str> = versions[0].1.credentials().map(|(_, known)| known.id.as_str()).collect();
    let (learner, target) = (round % 8, ids[round * 7 % ids.len()]);
    let record = held(&ids, learner);
    let day = DAY.parse()?;
    let answer = match round % 3 {
        0 => service.ask("GET", &format!("/learners/l{learner}/status?as_of={DAY}"), "")?,
        1 => service.ask("GET", &format!("/learners/l{learner}/audits/{target}?as_of={DAY}"), "")?,
        _ => {
            let question = json!({ "target": target, "as_of": DAY, "options": { "work": 500_000 } });
            service.ask("POST", &format!("/learners/l{learner}/plans"), &question.to_string())?
        }
    };
    if answer.status == 503 {
        count(&tally.busy);
        return Ok(());
    }
    let answer = answer.good()?;
    let same = match round % 3 {
        0 => {
            answer
                == serde_json::to_value(of(&answer, &answer["stamp"])?.evaluate(
                    &record,
                    day,
                    &EvaluateOptions::default(),
                ))?
        }
        1 => {
            let catalog = of(&answer, &answer["audit"]["stamp"])?;
            let id = catalog.credential(target).ok_or("in both")?;
            answer["audit"] == serde_json::to_value(catalog.audit(&record, day, id, &EvaluateOptions::default()))?
        }
        _ => {
            let outcome = answer["outcome"].as_object().and_then(|outcome| outcome.values().next());
            let outcome = outcome.ok_or("no outcome")?;
            let catalog = of(&answer, &outcome["stamp"])?;
            let id = catalog.credential(target).ok_or("in both")?;
            let mut options = PlanOptions::default();
            options.work = 500_000;
            answer["outcome"] == serde_json::to_value(catalog.plan(&record, day, id, &options))?
        }
    };
    count(&tally.answers);
    if same { Ok(()) } else { Err(format!("not what the library says: {answer}").into()) }
}

/// Sends what is no record, no catalog, no question; nothing of it may be taken, and nothing may fail.
fn hostile(service: &Running, round: usize) -> Result<(), Box<dyn Error>> {
    let bodies = [
        format!("{}1{}", "{\"award\":[".repeat(200), "]}".repeat(200)),
        format!("award = {}1{}", "[".repeat(5_000), "]".repeat(5_000)),
        json!({ "award": [{ "credential": "x".repeat(500_000) }] }).to_string(),
        "[[award]]\ncredential = 'a\u{0}b'".to_owned(),
        json!({ "award": [{ "credential": "sql", "awarded": "9999-99-99" }] }).to_string(),
        " ".repeat(3 << 20),
        "[award".to_owned(),
    ];
    let body = &bodies[round % bodies.len()];
    let answer = match service.ask("PUT", "/learners/hostile", body) {
        // It is refused before all of it was sent.
        Err(_) if body.len() > 1 << 20 => return Ok(()),
        answer => answer?,
    };
    if [400, 413, 422, 503].contains(&answer.status) { Ok(()) } else { Err(format!("taken: {answer:?}").into()) }
}

fn change(service: &Running, versions: &[(String, Catalog); 2], round: usize) -> Result<(), Box<dyn Error>> {
    let (text, _) = &versions[round % 2];
    let in_force = service.in_force()?;
    let answer = service.ask("PUT", &format!("/catalog?replaces={in_force}"), text)?;
    if [200, 503].contains(&answer.status) { Ok(()) } else { Err(format!("not in force: {answer:?}").into()) }
}

/// A service with two versions of its rules and eight learners, and another whose searches have no end.
struct Loaded {
    versions: [(String, Catalog); 2],
    service: Running,
    endless: Running,
    question: String,
    tally: Tally,
}

impl Loaded {
    fn on(file: &Path) -> Result<Self, Box<dyn Error>> {
        let versions = versions()?;
        let (service, endless) = (Running::with_file(file)?, Running::in_memory()?);
        service.put_catalog(&versions[0].0)?;
        endless.put_catalog(&hard(160, 12))?;
        endless.ask("PUT", "/learners/ada", "{}")?.good()?;
        let ids: Vec<&str> = versions[0].1.credentials().map(|(_, known)| known.id.as_str()).collect();
        for learner in 0..8 {
            let record = serde_json::to_string(&held(&ids, learner))?;
            service.ask("PUT", &format!("/learners/l{learner}"), &record)?.good()?;
        }
        let question = json!({ "target": "target", "as_of": DAY, "options": { "work": u64::MAX } }).to_string();
        Ok(Self { versions, service, endless, question, tally: Tally::default() })
    }

    /// One of the kinds of work, once.
    fn work(&self, kind: usize, round: usize) -> Result<(), Box<dyn Error>> {
        let Self { versions, service, endless, question, tally } = self;
        match kind {
            0 => {
                count(&tally.in_force);
                thread::sleep(Duration::from_millis(50));
                change(service, versions, round)
            }
            1 => {
                count(&tally.hostile);
                thread::sleep(Duration::from_millis(20));
                hostile(service, round)
            }
            2 => {
                count(&tally.left);
                endless.ask_and_leave("/learners/ada/plans", question, Duration::from_millis(100))
            }
            asking => ask(service, versions, asking * 11 + round, tally),
        }
    }
}

#[test]
#[ignore = "takes as long as it is told to"]
fn soak() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::var("CREDPATH_SOAK").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(20);
    let file = std::env::temp_dir().join(format!("credpath-soak-{}.db", std::process::id()));
    let loaded = &Loaded::on(&file)?;
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut memory = Vec::new();
    let failed: Vec<String> = thread::scope(|scope| {
        let goes_on = move |_: &usize| Instant::now() < end;
        let rounds = move |kind: usize| {
            let work = |round| loaded.work(kind, round).map_err(|error| error.to_string());
            (0..).take_while(goes_on).try_for_each(work)
        };
        let threads: Vec<_> = (0..6).map(|kind| scope.spawn(move || rounds(kind))).collect();
        while Instant::now() < end {
            thread::sleep(Duration::from_secs((seconds / 20).max(1)));
            memory.push(resident().unwrap_or(0));
        }
        let ended = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("panicked".to_owned())));
        ended.filter_map(Result::err).collect()
    });
    let health = loaded.endless.until(|health| health["searching"] == json!(0))?;
    println!("{seconds} s: {:?}, {} searches stopped for clients that had gone", loaded.tally, health["abandoned"]);
    println!("resident, KiB: {memory:?}");
    assert_eq!(failed, Vec::<String>::new());
    let (early, late) = (memory[memory.len() / 4], memory[memory.len() - 1]);
    assert!(late < early + early / 4 + (16 << 10), "from {early} KiB to {late} KiB");
    fs::remove_file(&file)?;
    Ok(())
}
