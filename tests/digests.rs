//! Answers are to be the same everywhere, to the last byte: at each level of optimisation, with one thread and with
//! many. On 32 bits, `examples/wasm` asks the like. What they are is kept as one number for each catalog of the
//! examples and each kind of question, so that a difference says where it is.
//!
//! Where answers have changed on purpose, `CREDPATH_KEEP=1 cargo test --all-features --test digests` keeps the new
//! ones.

#[path = "digests/mod.rs"]
mod answers;

use std::fs;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/digests/kept.txt");

#[test]
fn answers_are_the_same_everywhere() {
    let lines: Vec<String> = answers::digests().iter().map(ToString::to_string).collect();
    let found = lines.join("\n") + "\n";
    if std::env::var_os("CREDPATH_KEEP").is_some() {
        fs::write(KEPT, &found).expect("the kept digests can be written");
    }
    let kept = fs::read_to_string(KEPT).expect("the kept digests");
    let changed: Vec<&str> = found.lines().filter(|line| !kept.lines().any(|kept| kept == *line)).collect();
    assert!(changed.is_empty(), "other answers than were kept:\n{}", changed.join("\n"));
    assert_eq!(found.lines().count(), kept.lines().count());
}
