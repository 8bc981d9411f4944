//! A text that was read, kept so that the tables of single credentials can be read anew: what was read of all others
//! stays, at the places to which they move.

use std::ops::Range;

use crate::catalog::document;
use crate::catalog::document::{Document, WrittenCredential};
use crate::catalog::lookup::Lookup;
use crate::catalog::requirement::{Kind, Listed, Members, Requirement};
use crate::read::limits::Limits;
use crate::read::parse::{estimate, parse};
use crate::read::reader::Reader;
use crate::value::ids::{CredentialId, Id};

/// A text in which every credential has a table, in the order of the ids, and what was read of it.
pub(crate) struct KeptText {
    pub(crate) text: String,
    /// Where the table of each credential stands, by its number.
    pub(crate) tables: Vec<Range<usize>>,
    pub(crate) document: Document,
    /// What parsing the text costs, by estimate.
    pub(crate) estimate: usize,
}

/// A table that comes in place of the one of a credential.
pub(crate) struct NewTable {
    pub(crate) credential: CredentialId,
    pub(crate) text: String,
}

impl KeptText {
    /// The text with other tables for some credentials, in the order of their numbers. Their ids are as they were, and
    /// so are their further ids and the issuers that they name. `None` if there is a fault in one of them, or a limit
    /// is met.
    pub(crate) fn with_tables(self, changed: &[NewTable], limits: &Limits) -> Option<Self> {
        let Self { text: old, mut tables, mut document, estimate: mut cost } = self;
        let mut text = String::with_capacity(old.len());
        let (mut copied, mut by) = (0, 0);
        let mut changed = changed.iter().peekable();
        for (number, table) in CredentialId::first(tables.len()).zip(&mut tables) {
            let Some(new) = changed.next_if(|new| new.credential == number) else {
                if by != 0 {
                    shift(table, by);
                    document.credentials[number].shift(by);
                }
                continue;
            };
            let before = old.get(table.clone())?;
            cost = (cost + estimate(&new.text, limits).ok()?).checked_sub(estimate(before, limits).ok()?)?;
            text.push_str(old.get(copied..table.start)?);
            copied = table.end;
            *table = text.len()..text.len() + new.text.len();
            text.push_str(&new.text);
            by = isize::try_from(table.end).ok()? - isize::try_from(copied).ok()?;
            let written = read(&new.text, &mut document.lookup, limits)?;
            document.credentials[number] = written;
            document.credentials[number].shift(isize::try_from(table.start).ok()?);
        }
        text.push_str(old.get(copied..)?);
        for policy in &mut document.sharing {
            shift(&mut policy.place, by);
            policy.of.iter_mut().for_each(|(_, place)| shift(place, by));
        }
        let within = text.len() <= limits.catalog_bytes && cost <= limits.memory_bytes;
        within.then_some(Self { text, tables, document, estimate: cost })
    }
}

/// Reads the one table of a text; `None` if there is a fault in it.
fn read(text: &str, lookup: &mut Lookup, limits: &Limits) -> Option<WrittenCredential> {
    let (table, mut reader) = parse(text, usize::MAX, limits).ok()?;
    let (key, value) = table.get_ref().get("credential")?.get_ref().as_table()?.iter().next()?;
    let written = document::credential(&mut reader, key, value, lookup);
    Reader::is_content(&reader).then_some(written)
}

fn shift(place: &mut Range<usize>, by: isize) {
    *place = place.start.saturating_add_signed(by)..place.end.saturating_add_signed(by);
}

impl WrittenCredential {
    /// Moves every place in it.
    fn shift(&mut self, by: isize) {
        let Self { prerequisite, corequisite, stack, renewal, places, .. } = self;
        places.iter_mut().for_each(|place| shift(place, by));
        let rules = [prerequisite, corequisite, stack, renewal];
        let mut open: Vec<&mut Requirement> = rules.into_iter().flatten().collect();
        while let Some(Requirement { place, kind, .. }) = open.pop() {
            shift(place, by);
            let mut lists = match kind {
                Kind::Credential(_) => Vec::new(),
                Kind::AllOf(members)
                | Kind::AtLeast(_, members)
                | Kind::Sum(_, _, members)
                | Kind::UpTo(_, members) => {
                    vec![members]
                }
            };
            while let Some(members) = lists.pop() {
                match members {
                    Members::Pool(_) => {}
                    Members::Filter(_, place) => shift(place, by),
                    Members::List(listed) => {
                        for listed in listed {
                            match listed {
                                Listed::Requirement(requirement) => open.push(requirement),
                                Listed::Members(members, place) => {
                                    shift(place, by);
                                    lists.push(members);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
