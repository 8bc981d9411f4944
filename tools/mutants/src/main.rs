//! Puts faults into credpath's sources on purpose and tells which of them no test sees.
//!
//! All faults are built at once, each behind a switch, and one at a time is switched on: building anew for each of
//! thousands of faults would take days. A fault is *caught* if a test program fails, or does not end in time.

mod prepare;
mod run;
mod switches;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;

const HELP: &str = "\
Puts faults into the sources and tells which of them no test sees.

mutants prepare CHECKOUT COPY PART...   copies the checkout and puts a switch at every place of its files under src \
whose
                                        path begins with one of the parts: `plan/answers/verify`, `evaluate`
mutants run COPY TEST...                builds the tests of the copy and switches on one fault after another; a test \
is a
                                        program and its filter: `cases`, `lib`, `\"properties plans\"`; the quickest \
                                        that comes to a fault is tried first
    --every N          one fault in N only, of each folder
    --about N          about N faults of each folder, in even steps
    --from K           beginning with the K-th
    --seconds N        a test that takes longer than this with a fault has seen it (default: 300)
    --only NUMBERS     these faults alone, separated by commas
    --in PARTS         those of files under src whose path begins with one of these, separated by commas
";

enum Command {
    Prepare { checkout: PathBuf, copy: PathBuf, parts: Vec<String> },
    Run(run::Options),
}

fn main() -> ExitCode {
    let done = command().map_err(|error| format!("{error}\n\n{HELP}")).and_then(|command| match command {
        Command::Prepare { checkout, copy, parts } => prepare::prepare(&checkout, &copy, &parts),
        Command::Run(options) => run::run(&options),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<Command, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut words, mut every, mut from, mut seconds) = (Vec::new(), 1, 0, 300);
    let (mut only, mut within, mut about) = (Vec::new(), Vec::new(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("every") => every = parser.value()?.parse::<usize>()?.max(1),
            Long("about") => about = Some(parser.value()?.parse()?),
            Long("from") => from = parser.value()?.parse()?,
            Long("seconds") => seconds = parser.value()?.parse()?,
            Long("only") => {
                only = parser.value()?.string()?.split(',').filter_map(|number| number.trim().parse().ok()).collect();
            }
            Long("in") => within = parser.value()?.string()?.split(',').map(str::to_owned).collect(),
            Value(word) => words.push(word.string()?),
            _ => return Err(argument.unexpected()),
        }
    }
    let mut words = words.into_iter();
    let mut next = |what: &str| words.next().ok_or_else(|| lexopt::Error::from(format!("{what} is missing")));
    match next("the command")?.as_str() {
        "prepare" => Ok(Command::Prepare {
            checkout: next("the checkout")?.into(),
            copy: next("the copy")?.into(),
            parts: words.collect(),
        }),
        "run" => Ok(Command::Run(run::Options {
            copy: next("the copy")?.into(),
            tests: words.collect(),
            every,
            about,
            from,
            limit: Duration::from_secs(seconds),
            only,
            within,
        })),
        other => Err(format!("{other} is no command").into()),
    }
}
