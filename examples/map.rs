//! The pathways of a catalog as a map: a picture, or text for a tool that draws.
//!
//! Without arguments: a built-in learner's way to a credential of a real catalog, as SVG. With arguments, yours:
//! `map CATALOG.toml RECORD|none [TARGET] [--draw svg|mermaid|dot] [OPTION…]`. Without a target it shows the whole
//! catalog; with `none` for the record, no learner.

mod input;

use std::process::ExitCode;

use credpath::MapOptions;
use input::wishes::{Wish, wish};
use input::{BuiltIn, Input};

const USAGE: &str = "usage: map [CATALOG.toml RECORD|none [TARGET]] [--draw svg|mermaid|dot] [OPTION…]
the way to TARGET, the id or the title of a credential; without it, the whole catalog
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for no learner
for example: cargo run --release --example map -- \
    examples/catalogs/vcc-health.toml none access-practical-nursing --draw mermaid";

const CATALOG: BuiltIn = ("examples/catalogs/vcc-health.toml", include_str!("catalogs/vcc-health.toml"));
const RECORD: BuiltIn =
    ("examples/records/vcc-health-care-aide.toml", include_str!("records/vcc-health-care-aide.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "access-practical-nursing";

const DRAWING: &[Wish] = &[
    wish("draw", "svg|mermaid|dot", "how it is drawn; else as SVG"),
    wish("listed-from", "NUMBER", "so many members of a group stand in one box; else 5"),
];

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[DRAWING], answer)
}

fn answer(input: &Input) -> Result<String, String> {
    let Input { catalog, record, as_of, options, targets, built_in, nobody, json, given } = input;
    let target = match &targets[..] {
        [] if !built_in => None,
        [] | [_] => Some(input.target(TARGET, USAGE)?),
        several => return Err(input::one_target(several, USAGE)),
    };
    let mut asked = target.map_or_else(MapOptions::whole, MapOptions::of);
    asked.listed_from = given.number("listed-from")?.unwrap_or(asked.listed_from);
    let map = if *nobody { catalog.map(&asked) } else { catalog.evaluate(record, *as_of, options).map(&asked) };
    if *json {
        return input::to_json(&map);
    }
    Ok(match given.get("draw") {
        Some("mermaid") => map.mermaid(),
        Some("dot") => map.dot(),
        _ => map.svg(),
    })
}
