//! Which options apply to which formats: what would be ignored is told in place of that.

use crate::conversion::formats::AnyFormat;
use crate::input::wishes::Given;

/// Options that say something of these formats, where they are read or written.
struct Applies {
    options: &'static [&'static str],
    reading: &'static [&'static str],
    writing: &'static [&'static str],
}

const APPLIES: &[Applies] = &[
    applies(&["separator"], &["table", "curriculum", "csv"], &["table"]),
    applies(&["charset"], &["table", "curriculum", "csv"], &[]),
    applies(&["unlisted"], &["table", "curriculum", "ctdl", "badgr"], &[]),
    applies(&["unstated-is-all", "keep-addresses"], &["ctdl", "badgr"], &[]),
    applies(&["language"], &["ctdl"], &[]),
    applies(&["id"], &["curriculum"], &[]),
    applies(&["target"], &[], &["curriculum"]),
    applies(&["base"], &[], &["ctdl"]),
    applies(&["offset"], OF_OTHERS, &["clr-2"]),
    applies(&["alias", "catalog"], OF_OTHERS, &[]),
    applies(&["columns", "column", "word", "failing", "date-order", "years-from", "learner"], &["csv"], &[]),
];

/// Formats of records that are not the crate's own.
const OF_OTHERS: &[&str] = &["csv", "clr-2", "open-badges-2", "open-badges-3", "europass"];

const fn applies(
    options: &'static [&'static str],
    reading: &'static [&'static str],
    writing: &'static [&'static str],
) -> Applies {
    Applies { options, reading, writing }
}

/// Whether all options that are given apply to what is read and what is written; nothing is written of a list.
pub(crate) fn check(given: &Given, from: AnyFormat, to: Option<AnyFormat>) -> Result<(), String> {
    let (from, to) = (from.to_string(), to.map(|to| to.to_string()));
    let is_idle =
        |rule: &Applies| !rule.reading.contains(&&*from) && !to.as_deref().is_some_and(|to| rule.writing.contains(&to));
    let told = |rule: &Applies| {
        let ways = [("reading", rule.reading), ("writing", rule.writing)];
        let ways = ways.into_iter().filter(|(_, formats)| !formats.is_empty());
        ways.map(|(way, formats)| format!("{way} {}", formats.join(", "))).collect::<Vec<_>>().join(", or for ")
    };
    let here = to.as_ref().map_or_else(|| format!("reading {from}"), |to| format!("reading {from} and writing {to}"));
    let mut idle = Vec::new();
    for rule in APPLIES.iter().filter(|rule| is_idle(rule)) {
        for option in rule.options.iter().filter(|option| given.has(option)) {
            idle.push(format!("--{option} says nothing of {here}: it is for {}; leave it out", told(rule)));
        }
    }
    if idle.is_empty() { Ok(()) } else { Err(idle.join("\n")) }
}
