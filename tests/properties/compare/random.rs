//! Random pairs of catalogs: one and an edit of it, or two that share nothing but ids.

use std::fmt;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::reference::edition::Edition;
use crate::reference::generate::{Case, IDS, case_of};
use crate::reference::model::*;
use crate::reference::write::write_catalog;

pub(crate) const ALL_IDS: [Id; 7] = IDS;

#[derive(Clone)]
pub(crate) struct Pair {
    pub older: Catalog,
    pub newer: Catalog,
    pub as_of: Option<Date>,
}

/// The texts as the engine would read them.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (older, newer) = (write_catalog(&self.older, None), write_catalog(&self.newer, None));
        write!(f, "as of {:?}\n{older}\n# newer\n{newer}", self.as_of)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Edited {
    pub pair: Pair,
    /// The credential of which only the rules were edited, if there is one.
    pub only_rules_of: Option<Id>,
}

fn case() -> impl Strategy<Value = Case> {
    case_of(Edition::current())
}

pub(crate) fn unrelated() -> impl Strategy<Value = Pair> {
    (case(), case(), any::<bool>()).prop_map(|(older, newer, dated)| Pair {
        as_of: dated.then_some(older.as_of),
        older: older.catalog,
        newer: newer.catalog,
    })
}

/// A catalog and one or two edits of it, in one of the two orders.
pub(crate) fn edited() -> impl Strategy<Value = Edited> {
    let edit = || (0..16_u32, any::<Index>(), any::<Index>(), any::<Index>());
    (case(), case(), edit(), prop::option::weighted(0.3, edit()), any::<[bool; 2]>()).prop_map(
        |(case, other, first, second, [turned, dated])| {
            let (one, mut changed) = (case.catalog.clone(), case.catalog);
            let touched: Vec<Option<Id>> = [Some(first), second]
                .into_iter()
                .flatten()
                .map(|edit| apply(&mut changed, &other.catalog, edit))
                .collect();
            let only_rules_of = touched[0].filter(|id| touched.iter().all(|other| *other == Some(*id)));
            let (older, newer) = if turned { (changed, one) } else { (one, changed) };
            Edited { pair: Pair { older, newer, as_of: dated.then_some(case.as_of) }, only_rules_of }
        },
    )
}

/// Edits one credential. Gives its id if only its rules were edited.
fn apply(
    catalog: &mut Catalog,
    other: &Catalog,
    (kind, which, place, choice): (u32, Index, Index, Index),
) -> Option<Id> {
    let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
    // What has a stack is edited most.
    let conferred: Vec<Id> = ids.iter().copied().filter(|id| catalog.credentials[id].stack.is_some()).collect();
    let of_rules = kind < 10 && !conferred.is_empty();
    let id = if of_rules { *which.get(&conferred) } else { *which.get(&ids) };
    let stolen = |rule: &Option<Rule>| {
        let mut rule = rule.clone();
        rule.iter_mut().for_each(|rule| fit(rule, &ids));
        rule
    };
    let others: Vec<&Credential> = other.credentials.values().collect();
    let source = *choice.get(&others);
    let another = *choice.get(&ids);
    let credential = catalog.credentials.get_mut(id).unwrap();
    match kind {
        0 if source.stack.is_some() => credential.stack = stolen(&source.stack),
        1 => credential.prerequisite = stolen(&source.prerequisite),
        2 if choice.index(3) == 0 => credential.prerequisite = Some(leaf(another)),
        2..=9 => {
            let mut groups = Vec::new();
            let rules = credential.prerequisite.iter_mut().chain(&mut credential.stack);
            rules.for_each(|rule| list_parts(rule, false, &mut groups));
            let number = place.index(groups.len().max(1));
            if let Some((part, in_sum)) = groups.into_iter().nth(number) {
                edit_part((part, in_sum), kind, choice, another);
            }
        }
        10 => credential.credits = [0, 100, 150, 300][choice.index(4)],
        11 => credential.repeatable = !credential.repeatable,
        12 if credential.stack.is_none() => credential.valid_for = source.valid_for,
        12 => credential.valid_for = [ValidFor::Forever, ValidFor::WhileComponents][choice.index(2)],
        13 => credential.counts_as = if another == id { Vec::new() } else { vec![another] },
        14 if another != id => catalog.equivalent = vec![vec![id, another]],
        15 => credential.issuer = source.issuer,
        _ => {
            // A credential more, if there is an id for it.
            if let Some(&new) = ALL_IDS.get(ids.len()) {
                let tags = source.tags.clone();
                let added = Credential { id: new, tags, stack: stolen(&source.stack), ..self::credential(new) };
                catalog.credentials.insert(new, added);
            }
        }
    }
    // A taken credential cannot last while its components do.
    let credential = catalog.credentials.get_mut(id).unwrap();
    if credential.stack.is_none() && credential.valid_for == ValidFor::WhileComponents {
        credential.valid_for = ValidFor::Forever;
    }
    // What is conferred is not begun.
    if credential.stack.is_some() {
        credential.corequisite = None;
    }
    (of_rules && kind != 0 || kind == 1 || of_rules && source.stack.is_some()).then_some(id)
}

/// The innermost groups of a part, or the part itself; each with whether it stands in a sum.
fn list_parts<'p>(part: &'p mut Part, in_sum: bool, found: &mut Vec<(&'p mut Part, bool)>) {
    let holds_groups = match part {
        Part::Group { members: Members::List(parts), .. } => {
            parts.iter().any(|part| matches!(part, Part::Group { .. }))
        }
        _ => false,
    };
    if !holds_groups {
        found.push((part, in_sum));
    } else if let Part::Group { kind, members: Members::List(parts), .. } = part {
        let sums = is_sum(*kind);
        parts.iter_mut().for_each(|part| list_parts(part, sums, found));
    }
}

fn is_sum(kind: Kind) -> bool {
    matches!(kind, Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_))
}

fn edit_part((part, in_sum): (&mut Part, bool), kind: u32, choice: Index, another: Id) {
    match part {
        Part::Credential { id, conditions } => match kind {
            9 => conditions.lapsed = !conditions.lapsed,
            8 if !in_sum => *part = group(Kind::AnyOf, vec![leaf(id), leaf(another)]),
            7 if !in_sum => *part = group(Kind::AllOf, vec![leaf(id), leaf(another)]),
            _ => *id = another,
        },
        Part::Group { kind: of, members, distinct, .. } => match (kind, members) {
            (2 | 3, _) => {
                let up = choice.index(2) == 0;
                match of {
                    Kind::AtLeast(n) => *n = if up { *n + 1 } else { n.saturating_sub(1) },
                    Kind::Credits(x) | Kind::Hours(x) | Kind::UpTo(x) => {
                        *x = if up { *x + 100 } else { (*x - 100).max(0) }
                    }
                    Kind::AllOf => *of = Kind::AnyOf,
                    Kind::AnyOf => *of = Kind::AllOf,
                    Kind::Each => {}
                }
            }
            (4, Members::List(parts)) if !parts.is_empty() => _ = parts.remove(choice.index(parts.len())),
            (5 | 6, Members::List(parts)) => parts.push(leaf(another)),
            (7, _) => *distinct = !*distinct && !is_sum(*of),
            (_, Members::List(parts)) => {
                for part in parts {
                    if let Part::Credential { id, .. } = part {
                        *id = another;
                        break;
                    }
                }
            }
            _ => {}
        },
    }
}

/// Makes a rule of another catalog one of this.
fn fit(part: &mut Part, ids: &[Id]) {
    match part {
        Part::Credential { id, conditions } => {
            *id = ids[IDS.iter().position(|known| known == id).unwrap() % ids.len()];
            conditions.grade = None;
        }
        Part::Group { members, conditions, name, average, .. } => {
            // The other catalog may have other grades, worth other points.
            conditions.grade = None;
            *average = None;
            *name = None;
            if let Members::List(parts) = members {
                parts.iter_mut().for_each(|part| fit(part, ids));
            }
        }
    }
}
