//! Catalogs in which the cheapest plan is hard to find: one target, and choices that cut across each other.

use std::fmt::Write as _;

use super::Random;

/// A catalog and the id of its target.
pub(crate) struct Hard {
    pub(crate) text: String,
    pub(crate) target: String,
}

/// Credit sums over `pools` pools, each about half of the `n` credentials and half of what they carry (several
/// knapsacks in one). With `correlated`, what carries more costs more, so that no credential is much better value than
/// another.
pub(crate) fn knapsacks(seed: u64, n: usize, pools: usize, correlated: bool) -> Hard {
    let mut random = Random::new(seed);
    let mut text = String::new();
    let credits: Vec<u32> = (0..n).map(|_| random.between(1, 6)).collect();
    for (at, &credits) in credits.iter().enumerate() {
        let cost = if correlated { credits * 150 + random.between(0, 12) * 10 } else { random.between(5, 300) * 10 };
        add(&mut text, at, cost, credits, "");
    }
    let mut parts = Vec::new();
    for _ in 0..pools {
        let members: Vec<usize> = (0..n).filter(|_| random.percent(45)).collect();
        let offered: u32 = members.iter().map(|&at| credits[at]).sum();
        parts.push(format!("{{ credits = {}, from = [{}] }}", offered * random.between(35, 55) / 100, ids(&members)));
    }
    finish(text, n, &parts)
}

/// `rows` requirements, each met by any of some of the `n` credentials (a set cover).
pub(crate) fn set_cover(seed: u64, n: usize, rows: usize) -> Hard {
    let mut random = Random::new(seed);
    let mut text = String::new();
    for at in 0..n {
        add(&mut text, at, random.between(5, 300) * 10, 3, "");
    }
    let all: Vec<usize> = (0..n).collect();
    let mut parts = Vec::new();
    for _ in 0..rows {
        let count = random.between(3, 12);
        parts.push(format!("{{ any_of = [{}] }}", ids(&random.choose(&all, count))));
    }
    finish(text, n, &parts)
}

/// `sums` of credits that may not count a course twice: each of its own share of the `n` courses, and the last one of
/// all of them. A credit costs the same everywhere, so that nearly everything is as good as something else.
pub(crate) fn divided(seed: u64, sums: usize, n: usize) -> Hard {
    let mut random = Random::new(seed);
    let mut text = String::new();
    for at in 0..n {
        let credits = if random.percent(25) { 4 } else { 3 };
        add(&mut text, at, credits, credits, "");
    }
    let groups = sums - 1;
    let needs = |random: &mut Random| 3 * random.between(1, 3);
    let mut parts: Vec<String> = (0..groups)
        .map(|group| {
            let members: Vec<usize> = (n * group / groups..n * (group + 1) / groups).collect();
            format!("{{ credits = {}, from = [{}] }}", needs(&mut random), ids(&members))
        })
        .collect();
    parts.push(format!("{{ credits = {}, from = [{}] }}", 2 * needs(&mut random), ids(&(0..n).collect::<Vec<_>>())));
    add(&mut text, n, 0, 30, &format!("stack = {{ all_of = [{}], distinct = true }}\n", parts.join(", ")));
    Hard { text, target: format!("c{n}") }
}

/// Layers of `width` credentials, each with a choice between combinations of the layer below, much of which they share.
pub(crate) fn deep(seed: u64, layers: usize, width: usize) -> Hard {
    let mut random = Random::new(seed);
    let mut text = String::new();
    for at in 0..layers * width {
        let (cost, credits) = (random.between(5, 100) * 10, random.between(1, 6));
        let layer = at / width;
        let rule = if layer == 0 {
            String::new()
        } else {
            let below: Vec<usize> = ((layer - 1) * width..layer * width).collect();
            format!("prerequisite = {}\n", choice(&mut random, &below))
        };
        add(&mut text, at, cost, credits, &rule);
    }
    let top: Vec<usize> = ((layers - 1) * width..layers * width).collect();
    let parts: Vec<String> = random.choose(&top, 3).into_iter().map(|at| format!("\"c{at}\"")).collect();
    finish(text, layers * width, &parts)
}

/// Two of four, or one of a few combinations.
fn choice(random: &mut Random, below: &[usize]) -> String {
    if random.percent(30) {
        return format!("{{ at_least = 2, from = [{}] }}", ids(&random.choose(below, 4)));
    }
    let mut routes = Vec::new();
    for _ in 0..random.between(2, 3) {
        let count = random.between(2, 3);
        routes.push(format!("{{ all_of = [{}] }}", ids(&random.choose(below, count))));
    }
    format!("{{ any_of = [{}] }}", routes.join(", "))
}

fn add(text: &mut String, at: usize, cost: u32, credits: u32, rule: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "[credential.c{at}]\ncost = {cost}\nhours = {}\ncredits = {credits}\n{rule}", credits * 10);
}

fn finish(mut text: String, n: usize, parts: &[String]) -> Hard {
    add(&mut text, n, 500, 30, &format!("stack = {{ all_of = [{}] }}\n", parts.join(", ")));
    Hard { text, target: format!("c{n}") }
}

fn ids(members: &[usize]) -> String {
    members.iter().map(|at| format!("\"c{at}\"")).collect::<Vec<_>>().join(", ")
}
