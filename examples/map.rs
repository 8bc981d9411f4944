//! The pathways of a catalog as a map: a picture, or text for a tool that draws.
//!
//! Without arguments: a built-in learner's way to a credential of a real catalog, as SVG. With arguments, yours:
//! `map CATALOG.toml RECORD.toml|none [TARGET] [--draw svg|mermaid|dot] [--as-of YYYY-MM-DD] [--view
//! earned|in-progress|planned] [--format text|json]`. Without a target it shows the whole catalog; with `none` for the
//! record, no learner.

mod input;

use std::process::ExitCode;

use credpath::MapOptions;
use input::{BuiltIn, Input};

const USAGE: &str =
    "usage: map [CATALOG.toml RECORD.toml|none [TARGET]] [--draw svg|mermaid|dot] [--as-of YYYY-MM-DD] \
    [--view earned|in-progress|planned] [--format text|json]
TARGET is the id or the title of a credential, to show the way to it; without it, the whole catalog
--draw says how it is drawn, else as SVG; `none` stands for no learner
--as-of is the day of the answer, else today; --view supposes that what is in progress, or planned, is completed
for example: cargo run --release --example map -- \
    examples/catalogs/vcc-health.toml none access-practical-nursing --draw mermaid";

const CATALOG: BuiltIn = ("examples/catalogs/vcc-health.toml", include_str!("catalogs/vcc-health.toml"));
const RECORD: BuiltIn =
    ("examples/records/vcc-health-care-aide.toml", include_str!("records/vcc-health-care-aide.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "access-practical-nursing";

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &["draw"], answer)
}

fn answer(input: &Input) -> Result<String, String> {
    let Input { catalog, record, as_of, options, targets, built_in, nobody, json, further } = input;
    let target = match &targets[..] {
        [] if !built_in => None,
        [] | [_] => Some(input.target(TARGET, USAGE)?),
        _ => return Err(USAGE.to_owned()),
    };
    let asked = target.map_or_else(MapOptions::whole, MapOptions::of);
    let map = if *nobody { catalog.map(&asked) } else { catalog.evaluate_with(record, *as_of, options).map(&asked) };
    if *json {
        return input::to_json(&map);
    }
    match further.get("draw").map_or("svg", String::as_str) {
        "svg" => Ok(map.svg()),
        "mermaid" => Ok(map.mermaid()),
        "dot" => Ok(map.dot()),
        other => Err(format!("nothing draws `{other}`; there is `svg`, `mermaid` and `dot`")),
    }
}
