//! Ids that a table of courses defines, and ids that its rules name.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::exchange::imported::{Imported, InvalidImport, Loss};
use crate::exchange::table::{CsvRow, CsvTable};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::near::nearest;
use crate::read::reader::{RAISE, excerpt, faulty_name};

/// The credentials of a table so far, with what is wrong and what is lost.
pub(crate) struct ListedCourses<'t> {
    table: &'t CsvTable,
    limits: &'t Limits,
    pub(crate) document: CatalogDocument,
    pub(crate) faults: Vec<Diagnostic>,
    losses: Vec<RowLoss>,
    places: BTreeMap<String, Range<usize>>,
    named: Vec<NamedInRow<'t>>,
}

/// A loss, and the line that it stands on.
struct RowLoss {
    line: usize,
    loss: Loss,
}

/// An id that the rule of a row names.
pub(crate) struct NamedInRow<'t> {
    pub(crate) row: &'t CsvRow,
    pub(crate) column: &'static str,
    /// The number of the column.
    pub(crate) at: usize,
    pub(crate) id: String,
    /// The part of what the cell says that names it.
    pub(crate) part: Range<usize>,
}

/// The number of the last row in which each column has something in it.
pub(crate) fn last_filled(rows: &[CsvRow]) -> Vec<Option<usize>> {
    let mut last = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (column, _) in row.cells().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            last.resize(last.len().max(column + 1), None);
            last[column] = Some(at);
        }
    }
    last
}

impl<'t> ListedCourses<'t> {
    pub(crate) fn new(table: &'t CsvTable, limits: &'t Limits) -> Self {
        Self {
            table,
            limits,
            document: CatalogDocument::default(),
            faults: Vec::new(),
            losses: Vec::new(),
            places: BTreeMap::new(),
            named: Vec::new(),
        }
    }

    /// Notes that something is wrong.
    pub(crate) fn fault(&mut self, fault: Diagnostic) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// The id that a row defines, unless something is wrong with it.
    pub(crate) fn define(&mut self, row: &CsvRow, column: usize) -> Option<String> {
        let (id, place) = (row.cell(column), self.table.place(row, column));
        if let Some(fault) = faulty_name(id, place.clone(), "an id", self.limits.id_bytes) {
            self.fault(fault.help("every row needs an id of its own"));
            return None;
        }
        if let Some(first) = self.places.get(id) {
            let fault = Diagnostic::new(Code::DuplicateKey, place, format!("`{}` is defined twice", excerpt(id)));
            let fault = fault.label("again here").also(first.clone(), "first here");
            self.fault(fault.about(id).help("keep one of the rows, or give the other one an id of its own"));
            return None;
        }
        if self.places.len() == self.limits.credentials {
            let most = self.limits.credentials;
            let fault = Diagnostic::new(Code::LimitExceeded, place, format!("there are more than {most} credentials"));
            self.fault(fault.help(RAISE));
            return None;
        }
        self.places.insert(id.to_owned(), place);
        Some(id.to_owned())
    }

    /// Notes that a rule names an id, unless there are too many of them.
    pub(crate) fn name(&mut self, named: NamedInRow<'t>) -> bool {
        let most = self.limits.requirement_nodes;
        let has_place = self.named.len() < most;
        if has_place {
            self.named.push(named);
        } else {
            let message = format!("rules name more than {most} courses");
            self.fault(Diagnostic::new(Code::LimitExceeded, named.row.span.clone(), message).help(RAISE));
        }
        has_place
    }

    /// Notes that a cell holds what the document cannot say.
    pub(crate) fn lose(&mut self, row: &CsvRow, column: &str, what: impl Into<String>) {
        let loss = Loss { place: CsvTable::named(row, column), what: what.into() };
        self.losses.push(RowLoss { line: row.line, loss });
    }

    /// The document with its losses, in the order of the table; or the table is refused.
    pub(crate) fn imported(mut self) -> Result<Imported<CatalogDocument>, InvalidImport> {
        if !self.faults.is_empty() {
            return Err(self.table.refused(self.faults, self.limits));
        }
        self.losses.sort_by_key(|lost| lost.line);
        let losses = self.losses.into_iter().map(|lost| lost.loss).collect();
        Ok(Imported { value: self.document, losses })
    }

    /// Ids that are named and not defined: credentials of their own if they are to be added, else faults.
    pub(crate) fn settle_unlisted(&mut self, are_added: bool) {
        for NamedInRow { row, column, at, id, part } in std::mem::take(&mut self.named) {
            if self.places.contains_key(&id) {
                continue;
            }
            // A place is looked for in the whole row, so only for faults that are listed.
            let (table, is_listed) = (self.table, self.faults.len() < self.limits.errors);
            let span = || if is_listed { table.within(row, at, &part) } else { row.span.clone() };
            if let Some(mut fault) = faulty_name(&id, 0..0, "an id", self.limits.id_bytes) {
                fault.primary.span = span();
                self.fault(fault);
            } else if are_added {
                if self.document.credentials.insert(id.clone(), CredentialDocument::default()).is_none() {
                    let what = format!("the table has no row for `{}`, so nothing more is known of it", excerpt(&id));
                    self.lose(row, column, what);
                }
            } else {
                let message = format!("the table has no row for `{}`", excerpt(&id));
                let fault = Diagnostic::new(Code::UnknownCredential, span(), message);
                // To compare every unknown id with every id there is takes too long in a table made for that.
                let is_many = self.faults.len() > MOST_SUGGESTED;
                let near = (!is_many).then(|| nearest(&id, self.places.keys().map(String::as_str))).flatten();
                self.fault(match near {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help("add a row for it, or ask for what is not listed to be added"),
                });
            }
        }
    }
}

/// Faults that are kept; of more than are listed only the number is told.
const MOST_FAULTS: usize = 10_000;

/// Ids for which a near one is looked for.
const MOST_SUGGESTED: usize = 200;
