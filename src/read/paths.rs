//! Where in a document something stands, as a path such as `credential.analyst.stack.all_of[1]`.

use std::fmt::Write as _;
use std::ops::Range;

use toml::de::DeTable;

use crate::finding::diagnostic::Diagnostics;
use crate::read::reader::{Table, Value};

/// A value in a document, and where it is.
struct PlacedValue<'t> {
    step: PathStep<'t>,
    above: Option<usize>,
    /// The whole of it, and its key if it has one.
    spans: [Range<usize>; 2],
}

/// One step of a path: to the member of a table, or to an item of a list.
#[derive(Clone, Copy)]
pub(crate) enum PathStep<'t> {
    Key(&'t str),
    Item(usize),
}

/// The longest key that is told whole, and the longest id that is told of a credential: a path is for people, and a key
/// may be as long as the text.
const LONGEST_KEY: usize = 200;

/// Gives every diagnostic about a text that was parsed the path of the innermost value around its place, and the
/// credential that it is in.
pub(crate) fn with_paths(text: &str, mut found: Diagnostics) -> Diagnostics {
    let list = found.as_mut_slice();
    if list.is_empty() {
        return found;
    }
    let (table, _) = DeTable::parse_recoverable(text);
    let nodes = nodes(table.get_ref());
    let mut innermost: Vec<Option<(usize, usize)>> = vec![None; list.len()];
    for (number, node) in nodes.iter().enumerate() {
        for span in &node.spans {
            let first = list.partition_point(|found| found.primary.span.start < span.start);
            let within =
                list[first..].iter().take_while(|found| found.primary.span.start < span.end.max(span.start + 1));
            for (best, found) in innermost[first..].iter_mut().zip(within) {
                let is_inner = best.is_none_or(|(length, _)| span.len() <= length);
                if is_inner && found.primary.span.end <= span.end.max(found.primary.span.start) {
                    *best = Some((span.len(), number));
                }
            }
        }
    }
    for (fault, best) in list.iter_mut().zip(innermost) {
        let Some((_, number)) = best else { continue };
        let steps = steps(&nodes, number);
        if let [PathStep::Key("credential"), PathStep::Key(id), ..] = steps[..] {
            fault.credential.get_or_insert_with(|| id.chars().take(LONGEST_KEY).collect());
        }
        fault.path = Some(path(&steps));
    }
    found
}

/// All values, each after the one that it is in.
fn nodes<'t>(table: &'t Table<'t>) -> Vec<PlacedValue<'t>> {
    let mut nodes: Vec<PlacedValue<'t>> = Vec::new();
    let mut open: Vec<(Option<usize>, &'t Value<'t>)> = Vec::new();
    let enter = |nodes: &mut Vec<PlacedValue<'t>>, open: &mut Vec<_>, above, table: &'t Table<'t>| {
        for (key, value) in table {
            open.push((Some(nodes.len()), value));
            nodes.push(PlacedValue { step: PathStep::Key(key.get_ref()), above, spans: [value.span(), key.span()] });
        }
    };
    enter(&mut nodes, &mut open, None, table);
    while let Some((at, value)) = open.pop() {
        if let Some(table) = value.get_ref().as_table() {
            enter(&mut nodes, &mut open, at, table);
        }
        for (item, value) in value.get_ref().as_array().into_iter().flat_map(|list| list.iter()).enumerate() {
            open.push((Some(nodes.len()), value));
            nodes.push(PlacedValue { step: PathStep::Item(item), above: at, spans: [value.span(), value.span()] });
        }
    }
    nodes
}

/// The steps from the top to a value.
fn steps<'t>(nodes: &[PlacedValue<'t>], number: usize) -> Vec<PathStep<'t>> {
    let up = std::iter::successors(Some(number), |&number| nodes[number].above);
    let mut steps: Vec<PathStep<'t>> = up.map(|number| nodes[number].step).collect();
    steps.reverse();
    steps
}

/// A path as it is told: `credential.analyst.stack.all_of[1]`.
pub(crate) fn path(steps: &[PathStep<'_>]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            PathStep::Item(item) => {
                let _ = write!(path, "[{item}]");
            }
            PathStep::Key(key) => {
                path.push_str(if path.is_empty() { "" } else { "." });
                path.push_str(&path_key(key));
            }
        }
    }
    path
}

/// A key as it stands in a path: as it is if it is of letters, digits, `-`, `_`, `@` and `:`, else in quotes. A long
/// one is cut.
pub(crate) fn path_key(key: &str) -> String {
    let shown: String = key.chars().take(LONGEST_KEY).collect();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_@:".contains(&byte);
    let is_bare = !key.is_empty() && shown.bytes().all(is_plain);
    if is_bare { shown } else { format!("{shown:?}") }
}
