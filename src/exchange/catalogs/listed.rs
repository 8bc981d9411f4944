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
    pub(crate) id: String,
    pub(crate) span: Range<usize>,
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

    /// The id that a row defines, unless something is wrong with it.
    pub(crate) fn define(&mut self, row: &CsvRow, column: usize) -> Option<String> {
        let (id, place) = (row.cell(column), self.table.place(row, column));
        if let Some(fault) = faulty_name(id, place.clone(), "an id", self.limits.id_bytes) {
            self.faults.push(fault.help("every row needs an id of its own"));
            return None;
        }
        if let Some(first) = self.places.get(id) {
            let fault = Diagnostic::new(Code::DuplicateKey, place, format!("`{}` is defined twice", excerpt(id)));
            let fault = fault.label("again here").also(first.clone(), "first here");
            self.faults.push(fault.about(id).help("keep one of the rows, or give the other one an id of its own"));
            return None;
        }
        if self.places.len() == self.limits.credentials {
            let most = self.limits.credentials;
            let fault = Diagnostic::new(Code::LimitExceeded, place, format!("there are more than {most} credentials"));
            self.faults.push(fault.help(RAISE));
            return None;
        }
        self.places.insert(id.to_owned(), place);
        Some(id.to_owned())
    }

    /// Notes that a rule names an id.
    pub(crate) fn name(&mut self, named: NamedInRow<'t>) {
        self.named.push(named);
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
        for NamedInRow { row, column, id, span } in std::mem::take(&mut self.named) {
            if self.places.contains_key(&id) {
                continue;
            }
            if let Some(fault) = faulty_name(&id, span.clone(), "an id", self.limits.id_bytes) {
                self.faults.push(fault);
            } else if are_added {
                if self.document.credentials.insert(id.clone(), CredentialDocument::default()).is_none() {
                    let what = format!("the table has no row for `{}`, so nothing more is known of it", excerpt(&id));
                    self.lose(row, column, what);
                }
            } else {
                let message = format!("the table has no row for `{}`", excerpt(&id));
                let fault = Diagnostic::new(Code::UnknownCredential, span, message);
                // To compare every unknown id with every id there is takes too long in a table made for that.
                let is_many = self.faults.len() > MOST_SUGGESTED;
                let near = (!is_many).then(|| nearest(&id, self.places.keys().map(String::as_str))).flatten();
                self.faults.push(match near {
                    Some(near) => fault.help(format!("did you mean `{near}`?")),
                    None => fault.help("add a row for it, or ask for what is not listed to be added"),
                });
            }
        }
    }
}

/// Ids for which a near one is looked for.
const MOST_SUGGESTED: usize = 200;
