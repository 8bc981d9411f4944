//! Records from tables: one award to a row.

use std::collections::BTreeMap;

use crate::exchange::imported::{Imported, InvalidImport, Loss};
use crate::exchange::records::columns::{AwardColumn, RecordColumns};
use crate::exchange::records::intake::{Intake, UnplacedFault};
use crate::exchange::table::{CsvRow, CsvTable};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::excerpt;
use crate::record::award::copies;
use crate::record::record::{Award, AwardStatus, LearnerRecord};
use crate::value::date::Date;

/// Bytes that a row is estimated to take up.
const ROW_BYTES: usize = 256;

/// Faults that are kept; of more than are listed only the number is told.
const MOST_FAULTS: usize = 10_000;

/// A table that is being read.
struct RowReader<'t, 'i, 'o, 'c> {
    table: &'t CsvTable,
    layout: &'t RecordColumns,
    intake: &'i mut Intake<'o, 'c>,
    header: &'t CsvRow,
    /// Where each column that there is stands.
    columns: BTreeMap<AwardColumn, usize>,
    faults: Vec<Diagnostic>,
    losses: Vec<Loss>,
}

/// Reads the awards of one learner.
pub(crate) fn import(
    name: &str,
    bytes: &[u8],
    intake: &mut Intake<'_, '_>,
    layout: &RecordColumns,
) -> Result<Imported<LearnerRecord>, InvalidImport> {
    let limits = &intake.options.limits;
    let most_rows = limits.memory_bytes / ROW_BYTES;
    let table = CsvTable::read(name, bytes, layout.format, limits.record_bytes, most_rows, limits)?;
    let Some((header, rows)) = table.rows.split_first() else {
        let fault = Diagnostic::new(Code::Syntax, 0..0, "the table is empty");
        return Err(table.refused(vec![fault.help("its first row names the columns")], limits));
    };
    let (faults, losses, columns) = (Vec::new(), Vec::new(), BTreeMap::new());
    let mut reader = RowReader { table: &table, layout, intake, header, columns, faults, losses };
    reader.find_columns();
    let mut awards: Vec<Award> = Vec::new();
    let mut lines: Vec<&CsvRow> = Vec::new();
    for row in rows {
        if let Some(fault) = table.long_row(header, row) {
            reader.fault(fault);
        }
    }
    if reader.faults.is_empty() {
        for row in reader.own_rows(rows) {
            if let Some(award) = reader.award(row) {
                awards.push(award);
                lines.push(row);
            }
        }
    }
    let RowReader { faults, mut losses, .. } = reader;
    if !faults.is_empty() {
        return Err(table.refused(faults, limits));
    }
    let is_copy = copies(&awards);
    let copied = |place: usize| is_copy.get(place).is_some_and(|&is| is);
    for (place, row) in lines.iter().enumerate().filter(|(place, _)| copied(*place)) {
        let id = awards[place].id.as_deref().map(excerpt).unwrap_or_default();
        let what = format!("the award `{id}` is there more than once: it is taken once");
        losses.push(Loss { place: format!("line {}", row.line), what });
    }
    let kept = awards.into_iter().enumerate().filter(|(place, _)| !copied(*place)).map(|(_, award)| award);
    Ok(Imported { value: LearnerRecord { awards: kept.collect(), ..LearnerRecord::default() }, losses })
}

impl<'t> RowReader<'t, '_, '_, '_> {
    fn fault(&mut self, fault: Diagnostic) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    fn fault_at(&mut self, row: &CsvRow, column: usize, fault: UnplacedFault) {
        let fault = fault.at(self.table.place(row, column));
        self.fault(fault);
    }

    fn heading(&self, column: usize) -> &'t str {
        self.header.cell(column)
    }

    fn loss(&mut self, row: &CsvRow, column: usize, what: String) {
        let place = CsvTable::named(row, &excerpt(self.heading(column)));
        self.losses.push(Loss { place, what });
    }

    /// Finds out where the columns stand, and which of the table's are not asked for.
    fn find_columns(&mut self) {
        for (&column, heading) in &self.layout.headings {
            let [found] = self.table.columns(self.header, [heading.as_str()], &mut self.faults);
            match found {
                Some(found) => _ = self.columns.insert(column, found),
                None if self.layout.may_lack && !self.layout.needs(column) => {
                    let what = format!("the table has no column `{}`, so no award says it", excerpt(heading));
                    self.losses.push(Loss { place: format!("line {}", self.header.line), what });
                }
                None => {
                    let missing = self.table.missing_column(self.header, heading);
                    self.fault(match lacking(column).filter(|_| self.layout.needs(column)) {
                        Some(why) => missing.label(why),
                        None => missing,
                    });
                }
            }
        }
        if self.layout.only.is_some() && !self.layout.headings.contains_key(&AwardColumn::Learner) {
            let fault = Diagnostic::new(Code::InvalidValue, self.header.span.clone(), "no column tells learners apart");
            self.fault(fault.help("state which does, by `RecordColumns::learner`"));
        }
        let table = self.table;
        // What is empty in every row loses nothing.
        let mut others = CsvTable::filled(&table.rows[1..]);
        for own in self.columns.values() {
            others.remove(own);
        }
        for column in others.range(..self.header.len()) {
            self.loss(self.header, *column, "the column has no place in a record".to_owned());
        }
    }

    /// The rows of the learner who is asked for.
    fn own_rows(&mut self, rows: &'t [CsvRow]) -> Vec<&'t CsvRow> {
        let Some(&column) = self.columns.get(&AwardColumn::Learner) else { return rows.iter().collect() };
        if let Some(only) = &self.layout.only {
            let own: Vec<&CsvRow> = rows.iter().filter(|row| row.cell(column) == only).collect();
            if own.is_empty() {
                let message = format!("no row is of the learner `{}`", excerpt(only));
                self.fault_at(self.header, column, UnplacedFault::new(Code::InvalidValue, message));
            }
            return own;
        }
        let other = rows.first().and_then(|first| rows.iter().find(|row| row.cell(column) != first.cell(column)));
        if let Some(other) = other {
            let fault = UnplacedFault::new(Code::InvalidValue, "the table tells of several learners");
            self.fault_at(other, column, fault.help("state whose awards are meant, by `RecordColumns::only`"));
        }
        rows.iter().collect()
    }

    /// What a cell says, and in which column, if anything.
    fn cell<'r>(&self, row: &'r CsvRow, column: AwardColumn) -> Option<FilledCell<'r>> {
        let column = *self.columns.get(&column)?;
        Some(FilledCell { column, text: row.cell(column) }).filter(|cell| !cell.text.is_empty())
    }

    fn award(&mut self, row: &CsvRow) -> Option<Award> {
        let status = self.status(row)?;
        let grade = self.cell(row, AwardColumn::Grade).filter(|_| status == AwardStatus::Completed);
        if let Some(cell) = grade.filter(|cell| self.layout.failing.contains(&cell.text.to_lowercase())) {
            self.loss(
                row,
                cell.column,
                format!("the grade `{}` means that it was failed: no award", excerpt(cell.text)),
            );
            return None;
        }
        let (id, title) = (self.cell(row, AwardColumn::Credential), self.cell(row, AwardColumn::Title));
        let column = id.as_ref().or(title.as_ref()).map(|cell| cell.column);
        let column = column.or(self.columns.get(&AwardColumn::Credential).copied()).unwrap_or(0);
        let text = |cell: &Option<FilledCell<'_>>| cell.as_ref().map(|cell| cell.text.to_owned());
        let matched = match self.intake.credential(text(&id).as_deref(), text(&title).as_deref()) {
            Ok(matched) => matched,
            Err(fault) => {
                self.fault_at(row, column, fault);
                return None;
            }
        };
        if let Some(loss) = matched.loss {
            self.loss(row, column, loss);
        }
        let issuer = self.cell(row, AwardColumn::Issuer).and_then(|cell| self.intake.issuer(&[Some(cell.text)]));
        let award = Award {
            credential: matched.id,
            id: self.parsed(row, AwardColumn::Id, |_, text| Intake::award_id(text)),
            awarded: self.day(row, AwardColumn::Awarded),
            valid_until: self.parsed(row, AwardColumn::ValidUntil, |reader, text| {
                reader.intake.last_day(text, reader.key(AwardColumn::ValidUntil), reader.layout.form)
            }),
            credits: self.parsed(row, AwardColumn::Credits, |reader, text| {
                Intake::amount(text, reader.key(AwardColumn::Credits))
            }),
            hours: self
                .parsed(row, AwardColumn::Hours, |reader, text| Intake::amount(text, reader.key(AwardColumn::Hours))),
            grade: self.cell(row, AwardColumn::Grade).map(|cell| cell.text.to_owned()),
            issuer,
            status,
            revoked_on: self.day(row, AwardColumn::RevokedOn),
            verification: self.intake.options.verification,
        };
        if award.revoked_on.is_some() && status != AwardStatus::Revoked {
            let column = self.cell(row, AwardColumn::RevokedOn).map_or(0, |cell| cell.column);
            let fault = UnplacedFault::new(Code::InvalidValue, "a day of revocation is said of what is not revoked");
            self.fault_at(row, column, fault.help("say in the column of the status that it is revoked"));
        }
        Some(award)
    }

    fn key(&self, column: AwardColumn) -> &'t str {
        self.layout.headings.get(&column).map_or("", String::as_str)
    }

    fn day(&mut self, row: &CsvRow, column: AwardColumn) -> Option<Date> {
        self.parsed(row, column, |reader, text| reader.intake.day(text, reader.key(column), reader.layout.form))
    }

    /// What a cell says, parsed; a fault at its place if it cannot be.
    fn parsed<T>(
        &mut self,
        row: &CsvRow,
        column: AwardColumn,
        parse: impl FnOnce(&Self, &str) -> Result<T, UnplacedFault>,
    ) -> Option<T> {
        let cell = self.cell(row, column)?;
        match parse(self, cell.text) {
            Ok(parsed) => Some(parsed),
            Err(fault) => {
                self.fault_at(row, cell.column, fault);
                None
            }
        }
    }

    /// The state of the award; nothing if there is none.
    fn status(&mut self, row: &CsvRow) -> Option<AwardStatus> {
        let Some(&column) = self.columns.get(&AwardColumn::Status) else { return Some(AwardStatus::Completed) };
        let cell = FilledCell { column, text: row.cell(column) };
        let word = cell.text.to_lowercase();
        if let Some(meant) = self.layout.words.get(&word) {
            if meant.is_none() {
                let said = if word.is_empty() { "nothing".to_owned() } else { format!("`{}`", excerpt(cell.text)) };
                self.loss(row, cell.column, format!("{said} means that there is no award"));
            }
            return *meant;
        }
        match word.as_str() {
            "" | "completed" => Some(AwardStatus::Completed),
            "in-progress" => Some(AwardStatus::InProgress),
            "planned" => Some(AwardStatus::Planned),
            "revoked" => Some(AwardStatus::Revoked),
            _ => {
                let message = format!("nobody said what the status `{}` means", excerpt(cell.text));
                let fault = UnplacedFault::new(Code::InvalidValue, message);
                let help = "state it, by `RecordColumns::status_word` or `RecordColumns::no_award`";
                self.fault_at(row, cell.column, fault.help(help));
                None
            }
        }
    }
}

/// Why a table has to have a column that is stated.
fn lacking(column: AwardColumn) -> Option<&'static str> {
    match column {
        AwardColumn::Learner => Some("nothing else tells whose rows are asked for"),
        AwardColumn::Status => Some("without it every award would be a completed one"),
        _ => None,
    }
}

/// A cell of a row.
struct FilledCell<'r> {
    column: usize,
    text: &'r str,
}
