//! How long it takes to decide whether awards suffice when none may count twice, as their number grows.
//!
//! ```text
//! cargo bench --bench counting              # 50, 100 and 200 awards
//! cargo bench --bench counting -- --quick   # fewer runs
//! ```
//! Each family is met exactly or misses by one award or half a credit, which is known from how it is made and asserted.
//! So is every witness (no award in two parts) and, for families that are flows, every reason (fewer awards than
//! places). Times never are.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::{Duration, Instant};

use credpath::{Audit, Catalog, EvaluateOptions, LearnerRecord, State};

const SIZES: [usize; 3] = [50, 100, 200];

fn main() {
    let quick = !std::env::args().any(|argument| argument == "--bench")
        || std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    let runs = if quick { 3 } else { 21 };
    println!("median of {runs}; evaluate decides, audit also gives the witness or the reason\n");
    println!("{:<44}{:>8}{:>12}{:>12}   answer", "family", "awards", "evaluate", "audit");
    for family in FAMILIES {
        for met in [true, false] {
            let mut before: Option<Duration> = None;
            for size in SIZES {
                let instance = (family.make)(size, met);
                let (evaluate, audit, answer) = measure(&instance, met, family.is_flow, runs);
                let growth = before.map_or(String::new(), |before| format!(", x{:.1}", ratio(evaluate, before)));
                let name = format!("{}, {}", family.name, if met { "met" } else { "not met" });
                println!("{name:<44}{size:>8}{:>12}{:>12}   {answer}{growth}", shown(evaluate), shown(audit));
                before = Some(evaluate);
            }
        }
    }
}

struct Family {
    name: &'static str,
    is_flow: bool,
    make: fn(usize, bool) -> String,
}

const FAMILIES: [Family; 6] = [
    Family { name: "n slots for one pool of n awards", is_flow: true, make: slots },
    Family { name: "two pools that overlap", is_flow: true, make: two_pools },
    Family { name: "a chain of pools that overlap", is_flow: true, make: chain },
    Family { name: "a sum and a count over one pool", is_flow: false, make: sum_and_count },
    Family { name: "the same, half of the pool capped", is_flow: false, make: capped_sum_and_count },
    Family { name: "20 sums by level", is_flow: false, make: sums_by_level },
];

/// The time to evaluate and to audit, and what came out.
fn measure(catalog: &str, met: bool, is_flow: bool, runs: usize) -> (Duration, Duration, &'static str) {
    let catalog = Catalog::parse("bench.toml", catalog).unwrap_or_else(|error| panic!("{error}"));
    let target = catalog.credential("target").expect("every family has one");
    let taken: Vec<&str> =
        catalog.credentials().map(|(_, credential)| &*credential.id).filter(|id| id.starts_with('p')).collect();
    let record: LearnerRecord = taken.iter().copied().collect();
    let as_of = "2026-11-22".parse().expect("a date");
    let (mut evaluate, mut audit) = (Vec::new(), Vec::new());
    let mut answer = "";
    for _ in 0..runs {
        let start = Instant::now();
        let evaluation = catalog.evaluate(&record, as_of, &EvaluateOptions::default());
        let decided = evaluation.meets_requirements(target);
        evaluate.push(start.elapsed());
        let start = Instant::now();
        let explained = evaluation.audit(target);
        audit.push(start.elapsed());
        let state = explained.stack.as_ref().expect("a stack").state;
        answer = match state {
            State::Undecided => "undecided",
            State::Met => {
                assert!(met && decided);
                check_witness(&explained);
                "witness checked"
            }
            State::Unmet => {
                assert!(!met && !decided);
                if is_flow {
                    check_shortage(&explained, &taken);
                    "shortage checked"
                } else {
                    "refused"
                }
            }
        };
    }
    evaluate.sort_unstable();
    audit.sort_unstable();
    (evaluate[runs / 2], audit[runs / 2], answer)
}

/// No award is used in two parts: the witness names each once. That it suffices is counted here for the parts that
/// count.
fn check_witness(audit: &Audit) {
    let stack = audit.stack.as_ref().expect("a stack");
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let mut slots: BTreeMap<&str, usize> = BTreeMap::new();
    for by in &stack.witness {
        assert!(used.insert(&by.award().credential), "{} is used twice", by.award().credential);
        *slots.entry(by.slot()).or_default() += 1;
    }
    let counted = stack.parts.iter().filter(|part| part.kind == credpath::PartKind::AtLeast);
    let needed: u64 = counted.map(|part| part.need.hundredths() / 100).sum();
    assert!(stack.witness.len() as u64 >= needed);
}

/// Every award that a contested part could use is named, and they are fewer than it takes.
fn check_shortage(audit: &Audit, taken: &[&str]) {
    let conflict = audit.stack.as_ref().and_then(|stack| stack.conflict.as_ref()).expect("a reason");
    let named: BTreeSet<&str> = conflict.awards.iter().map(|award| &*award.credential).collect();
    let members = conflict.parts.iter().flat_map(|part| &part.members);
    assert!(members.filter(|&member| taken.contains(&&**member)).all(|member| named.contains(&**member)));
    let needs: u64 = conflict.parts.iter().map(|part| u64::from(part.needs.expect("a number"))).sum();
    assert_eq!(Some(needs), conflict.needs);
    assert!(needs > (conflict.awards.len() + conflict.members.len()) as u64);
}

/// What an award carries, in half credits: few different amounts, as in real catalogs.
fn half_credits(number: usize) -> usize {
    [2, 3, 4, 6, 8, 12][number * 7 % 6]
}

/// Awards `p000` and so on, and one target.
fn catalog(size: usize, target: &str) -> String {
    let mut text = String::new();
    for number in 0..size {
        let (credits, level) = (credits(half_credits(number)), 1 + number % 5);
        writeln!(text, "[credential.p{number:03}]\ncredits = {credits}\nlevel = {level}").expect("a string takes it");
    }
    text + "[credential.target]\n" + target
}

fn credits(half: usize) -> String {
    format!("{}.{}", half / 2, half % 2 * 5)
}

fn list(range: std::ops::Range<usize>) -> String {
    format!("[{}]", range.map(|number| format!("\"p{number:03}\"")).collect::<Vec<_>>().join(", "))
}

fn distinct(parts: &[String]) -> String {
    format!("stack = {{ all_of = [{}], distinct = true }}\n", parts.join(", "))
}

fn slots(size: usize, met: bool) -> String {
    let pool = format!("{{ at_least = 1, from = {} }}", list(0..size));
    catalog(size, &distinct(&vec![pool; size + usize::from(!met)]))
}

fn two_pools(size: usize, met: bool) -> String {
    let (third, half) = (size / 3, size / 2);
    let parts = [
        format!("{{ at_least = {half}, from = {} }}", list(0..size - third)),
        format!("{{ at_least = {}, from = {} }}", size - half + usize::from(!met), list(third..size)),
    ];
    catalog(size, &distinct(&parts))
}

fn chain(size: usize, met: bool) -> String {
    let width = size / 10;
    let pool = |number: usize| {
        let needed = if number == 4 { width + usize::from(!met) } else { width };
        format!("{{ at_least = {needed}, from = {} }}", list(number * width..(number + 2).min(10) * width))
    };
    catalog(size, &distinct(&(0..10).map(pool).collect::<Vec<_>>()))
}

/// Half credits of the pool without so many of the smallest.
fn without_smallest(range: std::ops::Range<usize>, taken: usize) -> usize {
    let mut amounts: Vec<usize> = range.map(half_credits).collect();
    amounts.sort_unstable();
    amounts.iter().skip(taken).sum()
}

fn sum_and_count(size: usize, met: bool) -> String {
    let counted = size / 4;
    let most = without_smallest(0..size, counted);
    let parts = [
        format!("{{ credits = {}, from = {} }}", credits(most + usize::from(!met)), list(0..size)),
        format!("{{ at_least = {counted}, from = {} }}", list(0..size)),
    ];
    catalog(size, &distinct(&parts))
}

fn capped_sum_and_count(size: usize, met: bool) -> String {
    let (half, counted) = (size / 2, size / 4);
    let cap = without_smallest(0..half, 0) * 4 / 5;
    let capped = |taken: usize| without_smallest(0..half, taken).min(cap);
    let most = (0..=counted).map(|taken| capped(taken) + without_smallest(half..size, counted - taken)).max();
    let most = most.expect("there is a way") + usize::from(!met);
    let uncapped = list(half..size);
    let parts = [
        format!(
            "{{ credits = {}, from = [{}, {{ up_to = {}, from = {} }}] }}",
            credits(most),
            &uncapped[1..uncapped.len() - 1],
            credits(cap),
            list(0..half)
        ),
        format!("{{ at_least = {counted}, from = {} }}", list(0..size)),
    ];
    catalog(size, &distinct(&parts))
}

/// Four sums for each level, from awards at that level or above. Met: 19 of 20 parts of what there is at each level, in
/// four parts; not met: the two highest levels have to give half a credit more than they carry.
fn sums_by_level(size: usize, met: bool) -> String {
    let at_level = |level: usize| (0..size).filter(|number| 1 + number % 5 == level).map(half_credits).sum::<usize>();
    let mut parts = Vec::new();
    for level in 1..=5 {
        for quarter in 0..4 {
            let mut half = if met { at_level(level) * 17 / 80 } else { at_level(level) / 8 };
            if !met && level >= 4 {
                half = (at_level(level) + quarter) / 4 + usize::from(level == 5 && quarter == 3);
            }
            parts.push(format!("{{ credits = {}, from = {{ level = {{ min = {level} }} }} }}", credits(half)));
        }
    }
    catalog(size, &distinct(&parts))
}

fn shown(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    if micros < 1e3 { format!("{micros:.0} us") } else { format!("{:.2} ms", micros / 1e3) }
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
