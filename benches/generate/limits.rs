//! Questions that take much work for their size: what limits have to bound.

use std::fmt::Write;

use super::random::Random;

/// A catalog with a credential `target`, and a record.
pub(crate) struct Costly {
    pub(crate) catalog: String,
    pub(crate) record: String,
}

/// A family of such questions, by size.
pub(crate) struct CostlyFamily {
    pub(crate) name: &'static str,
    pub(crate) make: fn(usize) -> Costly,
    /// Sizes that are small, and that take long.
    pub(crate) sizes: [usize; 2],
}

pub(crate) const FAMILIES: [CostlyFamily; 12] = [
    CostlyFamily { name: "at least half within a span", make: span_at_least, sizes: [50, 400] },
    CostlyFamily { name: "a sum within a span", make: span_sum, sizes: [50, 400] },
    CostlyFamily { name: "spans within a span", make: span_nested, sizes: [40, 200] },
    CostlyFamily { name: "many spans over one pool", make: span_many, sizes: [20, 80] },
    CostlyFamily { name: "caps that can be reached", make: caps_enough, sizes: [20, 60] },
    CostlyFamily { name: "caps that cannot be reached", make: caps_short, sizes: [20, 60] },
    CostlyFamily { name: "many sums under caps", make: caps_many, sizes: [10, 30] },
    CostlyFamily { name: "sums that may not share", make: sums_distinct, sizes: [24, 48] },
    CostlyFamily { name: "a wide rule", make: wide, sizes: [20, 80] },
    CostlyFamily { name: "a ladder of choices", make: ladder, sizes: [30, 120] },
    CostlyFamily { name: "a knapsack", make: knapsack, sizes: [30, 100] },
    CostlyFamily { name: "a web of prerequisites", make: web, sizes: [30, 120] },
];

fn joined(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().concat()
}

fn list(names: impl IntoIterator<Item = String>) -> String {
    names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn range(from: usize, number: usize, of: usize) -> String {
    list((from..from + number).map(|at| format!("m{}", at % of)))
}

/// So many courses, with something said of each.
fn courses(number: usize, mut of: impl FnMut(usize) -> String) -> String {
    joined((0..number).map(|at| format!("[credential.m{at}]\n{}", of(at))))
}

/// Awards on days that lie two days apart, and of every third none.
fn awards(prefix: &str, number: usize) -> String {
    let mut record = String::new();
    for at in (0..number).filter(|at| at % 3 != 1) {
        let (year, day) = (2018 + 2 * at / 330, 2 * at % 330);
        let (month, day) = (1 + day / 28, 1 + day % 28);
        writeln!(record, "[[award]]\ncredential = \"{prefix}{at}\"\nawarded = {year}-{month:02}-{day:02}").unwrap();
    }
    record
}

fn target(rule: &str) -> String {
    format!("[credential.target]\nstack = {rule}\n")
}

fn span_at_least(size: usize) -> Costly {
    let rule = format!("{{ at_least = {}, from = [{}], span = \"200 days\" }}", size / 4 + 20, range(0, size, size));
    Costly {
        catalog: courses(size, |at| format!("cost = {}\n", 10 + at * 7 % 23)) + &target(&rule),
        record: awards("m", size),
    }
}

fn span_sum(size: usize) -> Costly {
    let rule = format!("{{ credits = {}, from = [{}], span = \"200 days\" }}", size + 60, range(0, size, size));
    let catalog = courses(size, |at| format!("credits = {}\ncost = {}\n", 2 + at % 3, 10 + at * 7 % 23));
    Costly { catalog: catalog + &target(&rule), record: awards("m", size) }
}

fn span_nested(size: usize) -> Costly {
    let inner = (0..size / 10)
        .map(|part| format!("{{ at_least = 4, from = [{}], span = \"9 days\" }}", range(10 * part, 10, size)));
    let inner = inner.collect::<Vec<_>>().join(", ");
    let rule = format!("{{ at_least = {}, from = [{inner}], span = \"300 days\" }}", size / 20 + 1);
    Costly { catalog: courses(size, |_| String::new()) + &target(&rule), record: awards("m", size) }
}

fn span_many(size: usize) -> Costly {
    let mut catalog = courses(size, |_| String::new());
    for number in 0..10 {
        let rule = format!(
            "{{ at_least = {}, from = [{}], span = \"{} days\" }}",
            6 + number % 5,
            range(0, size, size),
            4 + number
        );
        write!(catalog, "[credential.u{number}]\nstack = {rule}\n").unwrap();
    }
    let rule = format!("{{ all_of = [{}] }}", list((0..10).map(|at| format!("u{at}"))));
    Costly { catalog: catalog + &target(&rule), record: awards("m", size) }
}

/// Each award counts as one of four courses; sums of them under caps.
fn caps(size: usize, credits: impl Fn(usize) -> String, rule: &str) -> Costly {
    let names = |at: usize| [1, 3, 7, 12].map(|by| format!("m{}", (5 * at + by) % size));
    let catalog = joined((0..size).map(|at| format!("[credential.c{at}]\ncounts_as = [{}]\n", list(names(at)))));
    let record = joined((0..size).map(|at| format!("[[award]]\ncredential = \"c{at}\"\nawarded = 2020-01-01\n")));
    let courses = courses(size, |at| format!("credits = {}\n", credits(at)));
    Costly { catalog: catalog + &courses + &target(rule), record }
}

fn capped(size: usize, first: usize, cap: impl Fn(usize) -> usize) -> String {
    let groups = (0..size.div_ceil(9))
        .map(|part| format!("{{ up_to = {}, from = [{}] }}", cap(part), range(first + 9 * part, 9, size)));
    groups.collect::<Vec<_>>().join(", ")
}

fn caps_enough(size: usize) -> Costly {
    let rule = format!("{{ credits = {}, from = [{}] }}", 7 * size.div_ceil(9), capped(size, 0, |_| 7));
    caps(size, |at| (1 + at % 4).to_string(), &rule)
}

fn caps_short(size: usize) -> Costly {
    let rule = format!("{{ credits = {}, from = [{}] }}", 7 * size.div_ceil(9) + 1, capped(size, 0, |_| 7));
    caps(size, |at| (1 + at % 4).to_string(), &rule)
}

fn caps_many(size: usize) -> Costly {
    let sums = (0..5).map(|number| {
        let groups = capped(size, number, |part| 17 + (3 * part + number) % 7);
        format!("{{ credits = {}, from = [{groups}] }}", 19 * size.div_ceil(9))
    });
    let rule = format!("{{ all_of = [{}] }}", sums.collect::<Vec<_>>().join(", "));
    caps(size, |at| format!("{}.{:02}", 1 + at % 4, at * 37 % 100), &rule)
}

fn sums_distinct(size: usize) -> Costly {
    let quarter = size / 4;
    let part = |credits: usize, from: usize, number: usize| {
        format!("{{ credits = {credits}, from = [{}] }}", range(from, number, size))
    };
    let parts = [
        part(3, 0, quarter),
        part(3, quarter, quarter),
        part(6, 2 * quarter, quarter),
        part(3, 3 * quarter, quarter),
        part(6, 0, size),
    ];
    let catalog = courses(size, |at| {
        let credits = if at % 4 == 3 { 4 } else { 3 };
        format!("credits = {credits}\ncost = {credits}\n")
    });
    let rule = format!("{{ all_of = [{}], distinct = true }}", parts.join(", "));
    Costly { catalog: catalog + &target(&rule), record: String::new() }
}

fn wide(size: usize) -> Costly {
    let all = range(0, size, size);
    let sums = (0..size / 2)
        .map(|number| format!("{{ credits = {}, from = [{all}, {{ up_to = 3, from = [{all}] }}] }}", size + number));
    let rule = format!("{{ all_of = [{}] }}", sums.collect::<Vec<_>>().join(", "));
    Costly { catalog: courses(size, |_| "credits = 2\n".to_owned()) + &target(&rule), record: awards("m", size / 2) }
}

fn ladder(size: usize) -> Costly {
    let mut random = Random::new(3);
    let mut catalog = "[credential.a0]\n[credential.b0]\nexcludes = [\"a0\"]\n".to_owned();
    for at in 1..size {
        for side in ["a", "b"] {
            let cost = 1 + random.below(9);
            let below = list([format!("a{}", at - 1), format!("b{}", at - 1)]);
            write!(catalog, "[credential.{side}{at}]\ncost = {cost}\nprerequisite = {{ any_of = [{below}] }}\n")
                .unwrap();
        }
    }
    let last = list([format!("a{}", size - 1), format!("b{}", size - 1)]);
    Costly { catalog: catalog + &target(&format!("{{ any_of = [{last}] }}")), record: String::new() }
}

fn knapsack(size: usize) -> Costly {
    let mut random = Random::new(4);
    let catalog = courses(size, |_| {
        let credits = 100 + random.below(900);
        format!(
            "credits = {}.{:02}\ncost = {}.{:02}\n",
            credits / 100,
            credits % 100,
            10 + credits / 100,
            credits % 100
        )
    });
    let rule = format!("{{ credits = {}, from = [{}] }}", size, range(0, size, size));
    Costly { catalog: catalog + &target(&rule), record: String::new() }
}

fn web(size: usize) -> Costly {
    let mut random = Random::new(5);
    let catalog = courses(size, |at| {
        let others = list((0..3).map(|_| format!("m{}", random.below(size))));
        let prerequisite =
            if at % 5 == 0 { String::new() } else { format!("prerequisite = {{ any_of = [{others}] }}\n") };
        format!("cost = {}\nhours = {}\n{prerequisite}", 1 + random.below(40), 1 + random.below(50))
    });
    let rule = format!("{{ at_least = {}, from = [{}] }}", size / 3, range(0, size, size));
    Costly { catalog: catalog + &target(&rule), record: String::new() }
}
