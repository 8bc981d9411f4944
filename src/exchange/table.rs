//! Tables of others: rows with their places, of a text whose separator is stated.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::exchange::charset::{Charset, decode};
use crate::exchange::imported::InvalidImport;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;
use crate::read::near::nearest;
use crate::read::reader::{RAISE, excerpt};
use crate::value::names::named;

/// What stands between the cells of a table.
///
/// ```
/// use credpath::{Separator, TableFormat};
///
/// assert_eq!(TableFormat::default().separator(Separator::Semicolon).separator, Separator::Semicolon);
/// assert_eq!("tab".parse(), Ok(Separator::Tab));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum Separator {
    /// A comma.
    #[default]
    Comma,
    /// A semicolon.
    Semicolon,
    /// A tab.
    Tab,
    /// A vertical bar.
    Bar,
}

named!(Separator, "separator": Comma = "comma", Semicolon = "semicolon", Tab = "tab", Bar = "bar");

impl Separator {
    /// The character.
    #[must_use]
    pub const fn character(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Bar => '|',
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
        }
    }
}

/// How a table is written; nothing of it is guessed.
///
/// ```
/// use credpath::{Charset, Separator, TableFormat};
///
/// let format = TableFormat::default().separator(Separator::Tab).charset(Charset::Latin1);
/// assert_eq!(format.charset, Some(Charset::Latin1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableFormat {
    /// What stands between cells: a comma.
    pub separator: Separator,
    /// The encoding; if none is stated, UTF-8, or UTF-16 if a byte order mark says so.
    pub charset: Option<Charset>,
}

impl TableFormat {
    /// With what stands between cells.
    #[must_use]
    pub fn separator(self, separator: Separator) -> Self {
        Self { separator, ..self }
    }

    /// With a stated encoding.
    #[must_use]
    pub fn charset(self, charset: Charset) -> Self {
        Self { charset: Some(charset), ..self }
    }
}

/// A table that was read: its rows, empty lines left out.
#[derive(Debug)]
pub(crate) struct CsvTable {
    pub(crate) name: String,
    pub(crate) text: String,
    separator: u8,
    pub(crate) rows: Vec<CsvRow>,
}

/// A row of a table.
#[derive(Debug)]
pub(crate) struct CsvRow {
    /// The line that it begins on, from 1.
    pub(crate) line: usize,
    /// Where it lies in the text, without the line end.
    pub(crate) span: Range<usize>,
    cells: csv::StringRecord,
}

impl CsvRow {
    /// A cell, trimmed; the empty text where the row has no such cell.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }

    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// The cells, trimmed.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(str::trim)
    }

    /// Whether there is nothing in any cell.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells().all(str::is_empty)
    }
}

impl CsvTable {
    /// Reads the rows of a table of at most so many bytes and rows.
    pub(crate) fn read(
        name: &str,
        bytes: &[u8],
        format: TableFormat,
        most_bytes: usize,
        most_rows: usize,
        limits: &Limits,
    ) -> Result<Self, InvalidImport> {
        let refused = |text: &str, fault| InvalidImport(Diagnostics::new(name, text, vec![fault], limits.errors));
        if bytes.len() > most_bytes {
            let message = format!("the table has {} bytes; the limit is {most_bytes}", bytes.len());
            return Err(refused("", Diagnostic::new(Code::LimitExceeded, 0..0, message).help(RAISE)));
        }
        let text = decode(bytes, format.charset).map_err(|wrong| refused(&wrong.text, *wrong.fault))?;
        let separator = format.separator.byte();
        let rows = rows(&text, separator, most_rows).map_err(|fault| refused(&text, *fault))?;
        Ok(Self { name: name.to_owned(), text, separator, rows })
    }

    /// Where a cell lies in the text, its quotes included; the end of its row, if it has no such cell.
    pub(crate) fn place(&self, row: &CsvRow, column: usize) -> Range<usize> {
        let untrimmed = self.untrimmed(row, column);
        let cell = &self.text[untrimmed.clone()];
        let start = untrimmed.start + (cell.len() - cell.trim_start().len());
        start..start + cell.trim().len()
    }

    /// Where a cell lies in the text, with the white space around it.
    fn untrimmed(&self, row: &CsvRow, column: usize) -> Range<usize> {
        let raw = &self.text[row.span.clone()];
        let within = raw_cells(raw, self.separator).into_iter().nth(column).unwrap_or(raw.len()..raw.len());
        row.span.start + within.start..row.span.start + within.end
    }

    /// Where a part of what a cell says lies in the text: without the quotes around it, and with what is escaped
    /// before.
    pub(crate) fn within(&self, row: &CsvRow, column: usize, part: &Range<usize>) -> Range<usize> {
        // A quote behind white space begins no quoted cell: it is one of the text.
        let cell = self.untrimmed(row, column);
        let Some(quoted) = self.text[cell.clone()].strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) else {
            let start = self.place(row, column).start;
            return start + part.start..start + part.end;
        };
        let (start, end) = (cell.start + 1 + (quoted.len() - quoted.trim_start().len()), cell.end - 1);
        // A quote that is escaped takes two bytes in the text and one in the cell.
        let at = |offset: usize| {
            let (mut raw, mut said) = (start, 0);
            while said < offset && raw < end {
                raw += if self.text.as_bytes()[raw..].starts_with(b"\"\"") { 2 } else { 1 };
                said += 1;
            }
            raw
        };
        at(part.start)..at(part.end)
    }

    /// The columns that have something in any of some rows.
    pub(crate) fn filled(rows: &[CsvRow]) -> BTreeSet<usize> {
        let mut filled = BTreeSet::new();
        for row in rows {
            filled.extend((0..).zip(row.cells()).filter(|(_, cell)| !cell.is_empty()).map(|(column, _)| column));
        }
        filled
    }

    /// A row with more cells than there are columns was split where it should not have been. Empty cells do not count.
    pub(crate) fn long_row(&self, header: &CsvRow, row: &CsvRow) -> Option<Diagnostic> {
        let (due, found) = (header.len(), row.len());
        if row.cells().skip(due).all(str::is_empty) {
            return None;
        }
        let message = format!("this row has {found} cells, and there are {due} columns");
        let fault = Diagnostic::new(Code::Syntax, self.place(row, due), message).label("belongs to no column");
        Some(fault.help("put a cell that has the separator in it into quotes"))
    }

    /// Refuses the table for faults that were found in it.
    pub(crate) fn refused(&self, faults: Vec<Diagnostic>, limits: &Limits) -> InvalidImport {
        InvalidImport(Diagnostics::new(&self.name, &self.text, faults, limits.errors))
    }

    /// How a cell is named in a loss.
    pub(crate) fn named(row: &CsvRow, column: &str) -> String {
        format!("line {}, column {column}", row.line)
    }

    /// The column that each of some names heads: by its name, letter case and what stands between words aside. A name
    /// that heads two columns is a fault.
    pub(crate) fn columns<const N: usize>(
        &self,
        header: &CsvRow,
        names: [&str; N],
        faults: &mut Vec<Diagnostic>,
    ) -> [Option<usize>; N] {
        let headings: Vec<String> = header.cells().map(heading).collect();
        names.map(|name| {
            let mut found = (0..).zip(&headings).filter(|(_, is)| **is == heading(name)).map(|(column, _)| column);
            let first = found.next()?;
            if let Some(second) = found.next() {
                let fault = Diagnostic::new(
                    Code::DuplicateKey,
                    self.place(header, second),
                    format!("two columns are headed `{}`", excerpt(header.cell(second))),
                );
                let fault = fault.label("again here").also(self.place(header, first), "first here");
                faults.push(fault.help("keep one of them, or give the other one another name"));
            }
            Some(first)
        })
    }

    /// That a column is not there, with the heading that was most likely meant for it.
    pub(crate) fn missing_column(&self, header: &CsvRow, name: &str) -> Diagnostic {
        let message = format!("the table has no column `{name}`");
        let row = self.place(header, 0).start..header.span.end;
        let fault = Diagnostic::new(Code::MissingKey, row, message);
        match nearest(name, header.cells()) {
            Some(meant) => fault.help(format!("is it the column `{meant}`?")),
            None => fault.help("the first row names the columns; if they are not apart, state the separator"),
        }
    }
}

/// A heading without what people write differently.
pub(crate) fn heading(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).flat_map(char::to_lowercase).collect()
}

fn rows(text: &str, separator: u8, most: usize) -> Result<Vec<CsvRow>, Box<Diagnostic>> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut rows: Vec<CsvRow> = Vec::new();
    let (mut line, mut counted) = (1, 0);
    let mut cells = csv::StringRecord::new();
    let mut start = 0;
    loop {
        // The text is decoded and rows may differ in length, so that nothing can be wrong with reading it.
        let more = reader.read_record(&mut cells).unwrap_or_default();
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        if !more {
            return Ok(rows);
        }
        let raw = &text[start..end];
        let begin = start + (raw.len() - raw.trim_start_matches(['\r', '\n']).len());
        let span = begin..(start + raw.trim_end_matches(['\r', '\n']).len()).max(begin);
        start = end;
        line += text[counted..begin].matches('\n').count();
        counted = begin;
        if let Some(fault) = wrong_quotes(&text[span.clone()], separator) {
            let place = span.start + fault.primary.span.start..span.start + fault.primary.span.end;
            return Err(Box::new(
                Diagnostic::new(fault.code, place, fault.message).help(fault.help.unwrap_or_default()),
            ));
        }
        let row = CsvRow { line, span, cells: std::mem::take(&mut cells) };
        if row.is_empty() {
            continue;
        }
        if rows.len() == most {
            let message = format!("the table has more than {most} rows");
            return Err(Box::new(Diagnostic::new(Code::LimitExceeded, row.span, message).help(RAISE)));
        }
        rows.push(row);
    }
}

/// Where the cells of a row lie in it.
fn raw_cells(raw: &str, separator: u8) -> Vec<Range<usize>> {
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in raw.bytes().enumerate() {
        match byte {
            b'"' if raw.as_bytes()[start] == b'"' => quoted = !quoted,
            byte if byte == separator && !quoted => {
                cells.push(start..at);
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(start..raw.len());
    cells
}

/// A quote that does not end, or that ends before its cell does; its place is within the row.
fn wrong_quotes(raw: &str, separator: u8) -> Option<Diagnostic> {
    if !raw.contains('"') {
        return None;
    }
    raw_cells(raw, separator).into_iter().find_map(|place| {
        let inside = raw[place.clone()].strip_prefix('"')?;
        let closed = inside.strip_suffix('"');
        let fault = |message: &str, help: &str| Some(Diagnostic::new(Code::Syntax, place.clone(), message).help(help));
        let doubled = |text: &str| text.replace("\"\"", "");
        match closed {
            Some(inside) if !doubled(inside).contains('"') => None,
            None if !doubled(inside).contains('"') => fault(
                "this cell begins with a quote that does not end",
                "end it with a quote, or double it if it is meant",
            ),
            _ => fault(
                "this cell goes on behind the quote that ends it",
                "double the quotes that belong to the text, as in \"the \"\"new\"\" rules\"",
            ),
        }
    })
}

/// A cell as it is written: in quotes, where it needs them.
pub(crate) fn written_cell(text: &str, separator: Separator) -> String {
    let special = |c: char| matches!(c, '"' | '\n' | '\r') || c == separator.character();
    if text.contains(special) || text.trim() != text {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A row as it is written, with its line end.
pub(crate) fn written_row<'t>(cells: impl IntoIterator<Item = &'t str>, separator: Separator) -> String {
    let cells: Vec<String> = cells.into_iter().map(|cell| written_cell(cell, separator)).collect();
    let mut row = cells.join(&separator.character().to_string());
    row.push('\n');
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<CsvTable, String> {
        CsvTable::read("t.csv", text.as_bytes(), TableFormat::default(), 1 << 20, 100, &Limits::default())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn rows_have_lines_and_cells_have_places() {
        let text = "id, title\r\n\r\na,\"one, \"\"two\"\"\"\r\n\"b\r\nc\",x\"\"y\r\n,\nd";
        let table = table(text).unwrap();
        let read: Vec<(usize, Vec<&str>)> = table.rows.iter().map(|row| (row.line, row.cells().collect())).collect();
        let due =
            [(1, vec!["id", "title"]), (3, vec!["a", "one, \"two\""]), (4, vec!["b\r\nc", "x\"\"y"]), (7, vec!["d"])];
        assert_eq!(read, due);
        let place = |row: usize, column| &text[table.place(&table.rows[row], column)];
        assert_eq!(place(0, 1), "title");
        assert_eq!(place(1, 1), "\"one, \"\"two\"\"\"");
        assert_eq!(place(2, 1), "x\"\"y");
        assert_eq!(place(3, 4), "");
        assert_eq!(&text[table.within(&table.rows[2], 0, &(0..4))], "b\r\nc");
        assert_eq!(&text[table.within(&table.rows[1], 1, &(5..9))], "\"\"two");
        assert_eq!(&text[table.within(&table.rows[0], 1, &(1..3))], "it");
    }

    #[test]
    fn quotes_that_do_not_fit_are_refused() {
        let open = table("id,title\na,\"one\nb,two\n").unwrap_err();
        assert!(open.contains("t.csv:2:3") && open.contains("begins with a quote that does not end"), "{open}");
        let behind = table("id,title\na,\"one\" two\n").unwrap_err();
        assert!(behind.contains("goes on behind the quote"), "{behind}");
        let many = table(&"a\n".repeat(101)).unwrap_err();
        assert!(many.contains("more than 100 rows"), "{many}");
    }

    #[test]
    fn a_cell_comes_back_as_it_was() {
        let cells = ["plain", "a,b", "say \"no\"", " padded ", "two\nlines", "", "a;b"];
        for separator in [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Bar] {
            let format = TableFormat::default().separator(separator);
            let text = written_row(cells, separator);
            let table = CsvTable::read("t", text.as_bytes(), format, 1000, 10, &Limits::default()).unwrap();
            assert!(table.rows[0].cells.iter().eq(cells), "{text}");
        }
    }

    #[test]
    fn columns_are_found_by_their_headings() {
        let table = table("ID,Credit Hours,credit-hours,Titel\n").unwrap();
        let mut faults = Vec::new();
        let [id, hours, title] = table.columns(&table.rows[0], ["id", "Credit Hours", "Title"], &mut faults);
        assert_eq!((id, hours, title), (Some(0), Some(1), None));
        assert_eq!(faults[0].message, "two columns are headed `credit-hours`");
        let missing = table.missing_column(&table.rows[0], "Title");
        assert_eq!(missing.help.as_deref(), Some("is it the column `Titel`?"));
    }
}
