//! Plain tables of courses: an id, a title, amounts, and rules as text.

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::RequirementDocument;
use crate::exchange::catalogs::listed::{ListedCourses, NamedInRow, last_filled};
use crate::exchange::catalogs::losing::Losing;
use crate::exchange::catalogs::rule_text::{RuleText, written_rule};
use crate::exchange::exported::Exported;
use crate::exchange::imported::{Imported, InvalidImport};
use crate::exchange::table::{CsvRow, CsvTable, Separator, TableFormat, written_row};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::reader::excerpt;
use crate::value::amount::Amount;
use crate::value::setters::setters;

/// The columns that are read, in the order in which they are written.
const COLUMNS: [&str; 9] = ["id", "title", "type", "credits", "hours", "cost", "prerequisite", "corequisite", "stack"];

/// How a plain table of courses is read.
///
/// ```
/// use credpath::{CourseTableOptions, Separator, TableFormat};
///
/// let options = CourseTableOptions::default()
///     .format(TableFormat::default().separator(Separator::Semicolon))
///     .currency("CAD")
///     .adds_unlisted(true);
/// assert!(options.adds_unlisted);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CourseTableOptions {
    /// How the table is written.
    pub format: TableFormat,
    /// The currency of what is in the column `cost`, three letters.
    pub currency: Option<String>,
    /// Whether an id that a rule names and no row defines becomes a credential of which nothing more is known; else it
    /// is a fault.
    pub adds_unlisted: bool,
    /// Bounds on the input: [`catalog_bytes`](Limits::catalog_bytes), [`credentials`](Limits::credentials),
    /// [`nesting`](Limits::nesting), [`id_bytes`](Limits::id_bytes), [`errors`](Limits::errors).
    pub limits: Limits,
}

setters! { CourseTableOptions {
    /// How the table is written.
    format: value => TableFormat,
    /// The currency of what is in the column `cost`, three letters.
    currency: some text => String,
    /// Whether an id that no row defines becomes a credential of its own.
    adds_unlisted: value => bool,
    /// Bounds on the input.
    limits: value => Limits,
} }

/// Reads a plain table of courses. Its first row names the columns: `id`, and any of `title`, `type`, `credits`,
/// `hours`, `cost`, `prerequisite`, `corequisite` and `stack`; what other columns say is lost, and said to be. `name`
/// stands in messages.
///
/// A rule is made of ids, `and`, `or` and parentheses, `2 of (a, b, c)`, `12 credits from (a, b)` and `40 hours from
/// (a, b)`. Words beside each other are one id, `MATH 101`; any id may stand in quotes, with `\` before a quote in it.
/// What could be read in two ways is a fault: `a and b or c`, `a, b`.
///
/// # Errors
/// [`InvalidImport`] with everything that is wrong, each with its place: a column that is not there, an id that is
/// defined twice or named and not defined, a rule that cannot be read, an amount that is none, a limit.
///
/// ```
/// use credpath::{Catalog, CourseTableOptions, catalogs};
///
/// let table = "id,title,credits,prerequisite
/// math-1,Calculus,4,
/// phys-1,Mechanics,4,
/// phys-2,Waves,3,math-1 and (phys-1 or chem-1)
/// ";
/// let invalid = catalogs::from_table("courses.csv", table.as_bytes(), &CourseTableOptions::default()).unwrap_err();
/// assert_eq!(invalid.to_string(), "\
/// error[unknown-credential]: the table has no row for `chem-1`
///  --> courses.csv:4:38
///   |
/// 4 | phys-2,Waves,3,math-1 and (phys-1 or chem-1)
///   |                                      ^^^^^^
///   |
///   = help: add a row for it, or ask for what is not listed to be added
/// ");
/// let options = CourseTableOptions::default().adds_unlisted(true);
/// let imported = catalogs::from_table("courses.csv", table.as_bytes(), &options)?;
/// assert_eq!(imported.losses[0].place, "line 4, column prerequisite");
/// assert_eq!(Catalog::compile(&imported.value)?.edges().len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_table(
    name: &str,
    bytes: &[u8],
    options: &CourseTableOptions,
) -> Result<Imported<CatalogDocument>, InvalidImport> {
    let limits = &options.limits;
    let most_rows = limits.credentials.saturating_add(1);
    let table = CsvTable::read(name, bytes, options.format, limits.catalog_bytes, most_rows, limits)?;
    let Some((header, rows)) = table.rows.split_first() else {
        let fault = Diagnostic::new(Code::Syntax, 0..0, "the table is empty");
        return Err(table.refused(vec![fault.help("its first row names the columns, one of them `id`")], limits));
    };
    let mut courses = ListedCourses::new(&table, limits);
    let columns = table.columns(header, COLUMNS, &mut courses.faults);
    let [Some(id), ..] = columns else {
        return Err(table.refused(vec![table.missing_column(header, "id")], limits));
    };
    lose_other_columns(&mut courses, header, rows, &columns);
    let mut reader = CourseReader { table: &table, columns, deepest: limits.nesting / 2, courses };
    for row in rows {
        if let Some(fault) = table.long_row(header, row) {
            reader.courses.fault(fault);
        }
        if let Some(id) = reader.courses.define(row, id) {
            let course = reader.course(row);
            reader.courses.document.credentials.insert(id, course);
        }
    }
    let mut courses = reader.courses;
    courses.settle_unlisted(options.adds_unlisted);
    courses.document.header.currency.clone_from(&options.currency);
    courses.imported()
}

/// Notes columns that are not read and have something in them.
fn lose_other_columns(courses: &mut ListedCourses<'_>, header: &CsvRow, rows: &[CsvRow], read: &[Option<usize>]) {
    let filled = last_filled(rows);
    for (column, heading) in header.cells().enumerate() {
        if !read.contains(&Some(column)) && filled.get(column).is_some_and(Option::is_some) {
            courses.lose(header, &excerpt(heading), "a catalog has no place for this column");
        }
    }
}

struct CourseReader<'t> {
    table: &'t CsvTable,
    columns: [Option<usize>; COLUMNS.len()],
    deepest: usize,
    courses: ListedCourses<'t>,
}

impl<'t> CourseReader<'t> {
    fn course(&mut self, row: &'t CsvRow) -> CredentialDocument {
        let [_, title, kind, credits, hours, cost, prerequisite, corequisite, stack] = self.columns;
        let text = |column: Option<usize>| {
            column.map(|column| row.cell(column)).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        CredentialDocument {
            title: text(title),
            kind: text(kind),
            credits: self.amount(row, credits),
            hours: self.amount(row, hours),
            cost: self.amount(row, cost),
            prerequisite: self.rule(row, prerequisite, "prerequisite"),
            corequisite: self.rule(row, corequisite, "corequisite"),
            stack: self.rule(row, stack, "stack"),
            ..CredentialDocument::default()
        }
    }

    fn amount(&mut self, row: &CsvRow, column: Option<usize>) -> Option<Amount> {
        let column = column.filter(|&column| !row.cell(column).is_empty())?;
        let text = row.cell(column);
        let amount = text.parse::<Amount>();
        if let Err(error) = amount {
            let message = format!("`{}`: {error}", excerpt(text));
            let fault = Diagnostic::new(Code::InvalidAmount, self.table.place(row, column), message);
            self.courses.fault(fault.help("write a number such as 3 or 7.5, without a unit"));
        }
        amount.ok()
    }

    fn rule(&mut self, row: &'t CsvRow, column: Option<usize>, heading: &'static str) -> Option<RequirementDocument> {
        let column = column.filter(|&column| !row.cell(column).is_empty())?;
        match RuleText::read(row.cell(column), self.deepest) {
            Ok(RuleText { requirement, named }) => {
                for named in named {
                    let (at, id, part) = (column, named.id, named.span);
                    if !self.courses.name(NamedInRow { row, column: heading, at, id, part }) {
                        return None;
                    }
                }
                Some(requirement)
            }
            Err(mut fault) => {
                fault.primary.span = self.table.within(row, column, &fault.primary.span);
                for label in &mut fault.secondary {
                    label.span = self.table.within(row, column, &label.span);
                }
                self.courses.fault(*fault);
                None
            }
        }
    }
}

/// Writes the credentials of a document as a plain table, which [`from_table`] reads; what the table has no
/// place for is named.
///
/// ```
/// use credpath::{CatalogDocument, Separator, catalogs};
///
/// let text = "credential = { sql = { credits = 5 }, r = {}, analyst = { stack = { any_of = ['sql', 'r'] } } }";
/// let exported = catalogs::to_table(&CatalogDocument::parse("c.toml", text)?, Separator::Comma);
/// assert_eq!(exported.text.lines().nth(1), Some("analyst,,,,,,,,sql or r"));
/// assert!(exported.losses.is_empty());
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[must_use]
pub fn to_table(document: &CatalogDocument, separator: Separator) -> Exported {
    let mut losing = Losing::new(document, "a table of courses", &[]);
    let mut text = written_row(COLUMNS, separator);
    for (id, credential) in &document.credentials {
        losing.credential(id, credential, &COLUMNS);
        let title = losing.text(id, "title", credential.title.as_ref());
        let kind = losing.text(id, "type", credential.kind.as_ref());
        let mut rule = |key: &str, rule: Option<&RequirementDocument>| {
            let unfolded = losing.rule(id, key, rule)?;
            let written = written_rule(&unfolded);
            if written.is_none() {
                losing.lost(id, key, "the rule says more than ids, `and`, `or`, `of` and `from` can");
            }
            written
        };
        let rules = [
            rule("prerequisite", credential.prerequisite.as_ref()),
            rule("corequisite", credential.corequisite.as_ref()),
            rule("stack", credential.stack.as_ref()),
        ];
        let amounts = [credential.credits, credential.hours, credential.cost];
        let amounts = amounts.map(|amount| amount.map(|amount| amount.to_string()));
        let texts = [Some(id.clone()), title, kind];
        let cells = texts.into_iter().chain(amounts).chain(rules).map(Option::unwrap_or_default).collect::<Vec<_>>();
        text.push_str(&written_row(cells.iter().map(String::as_str), separator));
    }
    losing.exported(text)
}
