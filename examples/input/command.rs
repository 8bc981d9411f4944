//! The words and options of a command line, by the tables of what a program takes: what is read, what is refused and
//! what the help says come from one place.

use super::wishes::{self, Given, Wish};

/// What was given on the command line.
#[derive(Debug, Default)]
pub(crate) struct Command {
    /// What is no option, in its order.
    pub(crate) words: Vec<String>,
    pub(crate) given: Given,
    /// Whether help is asked for, and nothing else.
    pub(crate) help: bool,
}

impl Command {
    /// Reads the command line of this program; `most` is how many words it takes.
    pub(crate) fn read(usage: &str, groups: &[&[Wish]], most: usize) -> Result<Self, String> {
        Self::of(lexopt::Parser::from_env(), groups, most).map_err(|error| format!("{error}\n{usage}"))
    }

    pub(crate) fn of(mut parser: lexopt::Parser, groups: &[&[Wish]], most: usize) -> Result<Self, lexopt::Error> {
        use lexopt::prelude::*;
        let mut command = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("help") | Short('h') => command.help = true,
                Long(name) => match groups.iter().copied().flatten().find(|wish| wish.name == name) {
                    Some(wish) if wish.takes.is_empty() => command.given.take(wish.name, String::new()),
                    Some(wish) => command.given.take(wish.name, due(wish, parser.value()?.string()?)?),
                    None => return Err(unknown(name, groups).into()),
                },
                Value(word) if command.words.len() == most => {
                    return Err(format!("`{}` is one too many", word.to_string_lossy()).into());
                }
                Value(word) => command.words.push(word.string()?),
                Short(_) => return Err(argument.unexpected()),
            }
        }
        Ok(command)
    }
}

/// The value of an option, if it is one of those that it takes.
fn due(wish: &Wish, value: String) -> Result<String, String> {
    let words = wish.words();
    if words.is_empty() || words.contains(&value.as_str()) {
        return Ok(value);
    }
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    Err(match &quoted[..] {
        [first @ .., last] if !first.is_empty() => {
            format!("--{} `{value}`: it is {} or {last}", wish.name, first.join(", "))
        }
        _ => format!("--{} `{value}`: it is {}", wish.name, quoted.concat()),
    })
}

/// An option that there is not, and the one that was clearly meant.
fn unknown(name: &str, groups: &[&[Wish]]) -> String {
    let most = name.chars().count().max(3) / 3;
    let far = |wish: &&Wish| strsim::damerau_levenshtein(name, wish.name);
    let all = || groups.iter().copied().flatten();
    let near = all().map(|wish| far(&wish)).min().filter(|&far| far <= most);
    let meant: Vec<&Wish> = all().filter(|wish| Some(far(wish)) == near).collect();
    match meant[..] {
        [one] => format!("there is no option `--{name}`; did you mean `--{}`?", one.name),
        _ => format!("there is no option `--{name}`; `--help` tells which there are"),
    }
}

/// The help of a program: its usage with a line for each option before the example.
pub(crate) fn help(usage: &str, groups: &[&[Wish]]) -> String {
    let options = wishes::help(groups);
    match usage.split_once("for example: ") {
        Some((usage, example)) => format!("{usage}{options}for example: {example}"),
        None => format!("{usage}\n{options}"),
    }
}
