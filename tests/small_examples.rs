//! The small examples print what their first lines show, and stay small.
#![allow(dead_code, reason = "each has a `main`")]

#[path = "../examples/small/audit.rs"]
mod audit;
#[path = "../examples/small/check.rs"]
mod check;
#[path = "../examples/small/cohort.rs"]
mod cohort;
#[path = "../examples/small/columns.rs"]
mod columns;
#[path = "../examples/small/evaluate.rs"]
mod evaluate;
#[path = "../examples/small/next_steps.rs"]
mod next_steps;
#[path = "../examples/small/plan.rs"]
mod plan;
#[path = "../examples/small/time_out.rs"]
mod time_out;
#[path = "../examples/small/what_if.rs"]
mod what_if;

/// The most lines of a program, those that say what it prints left out.
const MOST_LINES: usize = 30;

#[test]
fn they_print_what_they_show() {
    let programs = [
        (include_str!("../examples/small/audit.rs"), audit::run()),
        (include_str!("../examples/small/check.rs"), check::run()),
        (include_str!("../examples/small/cohort.rs"), cohort::run()),
        (include_str!("../examples/small/columns.rs"), columns::run()),
        (include_str!("../examples/small/evaluate.rs"), evaluate::run()),
        (include_str!("../examples/small/next_steps.rs"), next_steps::run()),
        (include_str!("../examples/small/plan.rs"), plan::run()),
        (include_str!("../examples/small/time_out.rs"), time_out::run()),
        (include_str!("../examples/small/what_if.rs"), what_if::run()),
    ];
    for (source, printed) in programs {
        let (shown, program): (Vec<&str>, Vec<&str>) = source.lines().partition(|line| line.starts_with("//!"));
        let shown: Vec<&str> = shown.iter().map(|line| line[3..].strip_prefix(' ').unwrap_or_default()).collect();
        let shown = shown.join("\n");
        let (_, shown) = shown.split_once("```text\n").expect("an output is shown");
        let (shown, _) = shown.split_once("```").expect("the output ends");
        assert_eq!(shown.trim_end(), printed.unwrap().trim_end());
        let lines = program.iter().skip_while(|line| line.is_empty()).count();
        assert!(lines <= MOST_LINES, "{lines} lines are too many to copy:\n{source}");
    }
}

#[test]
fn every_one_of_them_is_looked_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/small");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 9);
}
