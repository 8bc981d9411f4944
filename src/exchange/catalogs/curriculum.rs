//! Curricula in the table of Curricular Analytics: what they say of themselves, and their courses.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::RequirementDocument;
use crate::document::rules::{all_of, credential};
use crate::exchange::catalogs::listed::{ListedCourses, NamedInRow, last_filled};
use crate::exchange::imported::{Imported, InvalidImport};
use crate::exchange::table::{CsvRow, CsvTable, TableFormat, heading};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::reader::{excerpt, faulty_name};
use crate::value::setters::setters;

/// The columns of the courses that are read.
pub(crate) const COURSE_COLUMNS: [&str; 10] = [
    "Course ID",
    "Course Name",
    "Prefix",
    "Number",
    "Prerequisites",
    "Corequisites",
    "Strict-Corequisites",
    "Credit Hours",
    "Institution",
    "Canonical Name",
];

/// How a curriculum is read.
///
/// ```
/// use credpath::{Charset, CurriculumOptions, TableFormat};
///
/// let options = CurriculumOptions::default().format(TableFormat::default().charset(Charset::Latin1)).id("bs-physics");
/// assert_eq!(options.id.as_deref(), Some("bs-physics"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CurriculumOptions {
    /// How the table is written.
    pub format: TableFormat,
    /// The id of the degree; else it is what the table calls the curriculum.
    pub id: Option<String>,
    /// Whether a course that is named and not listed becomes one of which nothing more is known; else it is a fault.
    pub adds_unlisted: bool,
    /// Bounds on the input, as of [`CourseTableOptions`](crate::CourseTableOptions).
    pub limits: Limits,
}

setters! { CurriculumOptions {
    /// How the table is written.
    format: value => TableFormat,
    /// The id of the degree.
    id: some text => String,
    /// Whether a course that is named and not listed becomes one of its own.
    adds_unlisted: value => bool,
    /// Bounds on the input.
    limits: value => Limits,
} }

/// Reads a curriculum, or the courses of a degree plan, in the table of Curricular Analytics.
///
/// Every course becomes a taken credential of the type `Course` under its `Course ID`, with `PREFIX NUMBER` as a
/// further id where no two courses share it, its institution as the issuer, and its canonical name as a tag. The
/// curriculum becomes a degree that all its courses earn; its degree type and CIP are tags. A strict corequisite, which
/// is taken at the same time, is a corequisite both ways: neither of the two can be begun without the other. Terms are
/// an advised order, and lost, like metrics, which [`Catalog::curricular_metrics`](crate::Catalog::curricular_metrics)
/// has anew.
///
/// # Errors
/// [`InvalidImport`] with everything that is wrong, each with its place.
///
/// ```
/// use credpath::{Catalog, CurriculumOptions, catalogs};
///
/// let table = "Curriculum,Physics
/// Courses
/// Course ID,Course Name,Prefix,Number,Prerequisites,Corequisites,Strict-Corequisites,Credit Hours
/// 1,Calculus,MATH,101,,,,4
/// 2,Mechanics,PHYS,101,1,,3,3
/// 3,Mechanics Laboratory,PHYS,102,,,,1
/// ";
/// let imported = catalogs::from_curriculum("physics.csv", table.as_bytes(), &CurriculumOptions::default())?;
/// let catalog = Catalog::compile(&imported.value)?;
/// let laboratory = catalog.credential("PHYS 102").expect("a further id");
/// assert_eq!(catalog.requires(laboratory)[0].named, "2");
/// assert!(catalog.is_conferred(catalog.credential("Physics").expect("the degree")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_curriculum(
    name: &str,
    bytes: &[u8],
    options: &CurriculumOptions,
) -> Result<Imported<CatalogDocument>, InvalidImport> {
    let limits = &options.limits;
    let most_rows = limits.credentials.saturating_add(MOST_OTHER_ROWS);
    let table = CsvTable::read(name, bytes, options.format, limits.catalog_bytes, most_rows, limits)?;
    let mut reader = CurriculumReader {
        table: &table,
        courses: ListedCourses::new(&table, limits),
        columns: [None; COURSE_COLUMNS.len()],
        header: None,
        head: BTreeMap::new(),
        filled: last_filled(&table.rows),
        section: Section::Head,
        required: Vec::new(),
        corequisites: BTreeMap::new(),
        strict: Vec::new(),
        numbers: BTreeMap::new(),
    };
    for (at, row) in table.rows.iter().enumerate() {
        reader.row(row, at);
    }
    if reader.header.is_none() {
        let fault = Diagnostic::new(Code::MissingKey, 0..0, "no row begins with `Course ID`");
        let help = "above the courses stands a row that names their columns; the separator is a comma unless stated";
        reader.courses.fault(fault.help(help));
    }
    reader.finish(options)
}

/// Rows that are no courses: of the head, of sections.
const MOST_OTHER_ROWS: usize = 10_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Head,
    Courses,
    Additional,
    /// Learning outcomes and the like.
    Other,
}

/// What is said of the whole, and where.
struct HeadValue<'t> {
    value: String,
    row: &'t CsvRow,
    place: Range<usize>,
}

/// A course that is taken at the same time as another one.
struct StrictPair {
    course: String,
    with: String,
}

/// A course with a number, and its row.
struct Numbered<'t> {
    course: String,
    row: &'t CsvRow,
}

struct CurriculumReader<'t> {
    table: &'t CsvTable,
    courses: ListedCourses<'t>,
    columns: [Option<usize>; COURSE_COLUMNS.len()],
    /// The row that names the columns.
    header: Option<&'t CsvRow>,
    /// The number of the last row in which each column has something in it.
    filled: Vec<Option<usize>>,
    head: BTreeMap<String, HeadValue<'t>>,
    section: Section,
    required: Vec<String>,
    corequisites: BTreeMap<String, Vec<String>>,
    strict: Vec<StrictPair>,
    numbers: BTreeMap<String, Vec<Numbered<'t>>>,
}

impl<'t> CurriculumReader<'t> {
    fn row(&mut self, row: &'t CsvRow, at: usize) {
        let first = heading(row.cell(0));
        let alone = row.cells().skip(1).all(str::is_empty);
        match first.as_str() {
            "courseid" if self.section != Section::Other => self.header(row, at),
            "additionalcourses" if alone => self.section = Section::Additional,
            "courses" if alone => self.section = Section::Head,
            "courselearningoutcomes" | "curriculumlearningoutcomes" | "degreerequirements" if alone => {
                self.section = Section::Other;
                self.courses.lose(row, row.cell(0), "a catalog has no place for this section");
            }
            _ => match self.section {
                Section::Head => self.head(row, first),
                Section::Courses | Section::Additional => self.course(row),
                Section::Other => {}
            },
        }
    }

    fn head(&mut self, row: &'t CsvRow, key: String) {
        if row.cells().skip(2).any(|cell| !cell.is_empty()) {
            self.courses.lose(row, &excerpt(row.cell(0)), "only the first value behind a heading is read");
        }
        let value = row.cell(1);
        if value.is_empty() {
            return;
        }
        match key.as_str() {
            "curriculum" | "institution" | "degreetype" | "systemtype" | "cip" => {
                let place = self.table.place(row, 1);
                let value = HeadValue { value: value.to_owned(), row, place };
                if let Some(before) = self.head.insert(key, value) {
                    let message = format!("`{}` is given twice", excerpt(row.cell(0)));
                    let fault = Diagnostic::new(Code::DuplicateKey, self.table.place(row, 0), message);
                    self.courses.fault(fault.label("again here").also(before.place, "first here"));
                }
            }
            _ => self.courses.lose(row, &excerpt(row.cell(0)), "a catalog has no place for this"),
        }
    }

    /// The row that names the columns; what stands below in other columns is lost.
    fn header(&mut self, header: &'t CsvRow, at: usize) {
        self.columns = self.table.columns(header, COURSE_COLUMNS, &mut self.courses.faults);
        self.header = Some(header);
        for needed in ["Course ID", "Course Name", "Credit Hours"] {
            let column = COURSE_COLUMNS.iter().position(|name| *name == needed).and_then(|at| self.columns[at]);
            if column.is_none() {
                self.courses.fault(self.table.missing_column(header, needed));
            }
        }
        for (column, name) in header.cells().enumerate() {
            let is_filled = self.filled.get(column).copied().flatten().is_some_and(|last| last > at);
            if is_filled && !self.columns.contains(&Some(column)) {
                let what = match heading(name).as_str() {
                    "term" => "the term of a course is an advised order and no rule",
                    "complexity" | "blocking" | "delay" | "centrality" => "what is computed from the rules is no rule",
                    _ => "a catalog has no place for this column",
                };
                self.courses.lose(header, &excerpt(name), what);
            }
        }
        self.section = if self.section == Section::Additional { Section::Additional } else { Section::Courses };
    }

    fn text(&self, row: &CsvRow, column: usize) -> Option<String> {
        let text = self.columns[column].map(|column| row.cell(column)).unwrap_or_default();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn course(&mut self, row: &'t CsvRow) {
        self.courses.faults.extend(self.header.and_then(|header| self.table.long_row(header, row)));
        let [Some(id_column), ..] = self.columns else { return };
        let Some(id) = self.courses.define(row, id_column) else { return };
        let mut course = CredentialDocument {
            title: self.text(row, 1),
            kind: Some("Course".to_owned()),
            issuer: self.text(row, 8),
            tags: self.text(row, 9).into_iter().collect(),
            ..CredentialDocument::default()
        };
        self.credits(row, &mut course);
        let prerequisites = self.list(row, 4);
        course.prerequisite = all(prerequisites);
        let corequisites = self.list(row, 5);
        self.corequisites.entry(id.clone()).or_default().extend(corequisites);
        let strict = self.list(row, 6);
        self.strict.extend(strict.into_iter().map(|with| StrictPair { course: id.clone(), with }));
        let number: Vec<String> = [2, 3].into_iter().filter_map(|column| self.text(row, column)).collect();
        if !number.is_empty() {
            self.numbers.entry(number.join(" ")).or_default().push(Numbered { course: id.clone(), row });
        }
        if self.section == Section::Courses {
            self.required.push(id.clone());
        }
        self.courses.document.credentials.insert(id, course);
    }

    fn credits(&mut self, row: &CsvRow, course: &mut CredentialDocument) {
        let Some(column) = self.columns[7] else { return };
        let (text, place) = (row.cell(column), self.table.place(row, column));
        let fault = |code, message: String| {
            Diagnostic::new(code, place.clone(), message).help("write a number such as 3 or 7.5; 0 if there are none")
        };
        if text.is_empty() {
            self.courses.fault(fault(Code::MissingKey, "the course has no credit hours".to_owned()));
            return;
        }
        match text.parse() {
            Ok(credits) => course.credits = Some(credits),
            Err(error) => {
                self.courses.fault(fault(Code::InvalidAmount, format!("`{}`: {error}", excerpt(text))));
            }
        }
    }

    /// The ids in a cell, with semicolons between them, each noted as named.
    fn list(&mut self, row: &'t CsvRow, which: usize) -> Vec<String> {
        let Some(column) = self.columns[which] else { return Vec::new() };
        let (mut ids, mut start) = (Vec::new(), 0);
        for item in row.cell(column).split(';') {
            let id = item.trim();
            let at = start + (item.len() - item.trim_start().len());
            start += item.len() + 1;
            if !id.is_empty() {
                let (column_name, part) = (COURSE_COLUMNS[which], at..at + id.len());
                if !self.courses.name(NamedInRow { row, column: column_name, at: column, id: id.to_owned(), part }) {
                    break;
                }
                ids.push(id.to_owned());
            }
        }
        ids
    }

    fn finish(mut self, options: &CurriculumOptions) -> Result<Imported<CatalogDocument>, InvalidImport> {
        self.courses.settle_unlisted(options.adds_unlisted);
        self.further_ids();
        let named = self.corequisites.iter();
        let mut seen: BTreeMap<String, BTreeSet<String>> =
            named.map(|(id, named)| (id.clone(), named.iter().cloned().collect())).collect();
        for StrictPair { course, with } in std::mem::take(&mut self.strict) {
            for (one, other) in [(&course, &with), (&with, &course)] {
                if seen.entry(one.clone()).or_default().insert(other.clone()) {
                    self.corequisites.entry(one.clone()).or_default().push(other.clone());
                }
            }
        }
        for (id, named) in std::mem::take(&mut self.corequisites) {
            if let Some(course) = self.courses.document.credentials.get_mut(&id) {
                course.corequisite = all(named);
            }
        }
        self.degree(options);
        self.courses.imported()
    }

    /// The numbers that tell courses apart become further ids.
    fn further_ids(&mut self) {
        for (number, courses) in std::mem::take(&mut self.numbers) {
            let is_id = self.courses.document.credentials.contains_key(&number);
            match &courses[..] {
                [Numbered { course, .. }] if !is_id => {
                    if let Some(course) = self.courses.document.credentials.get_mut(course) {
                        course.ids.push(number);
                    }
                }
                [Numbered { course, .. }] if *course == number => {}
                _ => {
                    for Numbered { row, .. } in courses {
                        let what =
                            format!("another course is called `{}` too, so it is no further id", excerpt(&number));
                        self.courses.lose(row, "Number", what);
                    }
                }
            }
        }
    }

    fn degree(&mut self, options: &CurriculumOptions) {
        let mut take = |key: &str| self.head.remove(key);
        let [name, institution, kind, system, cip] =
            ["curriculum", "institution", "degreetype", "systemtype", "cip"].map(&mut take);
        let name_of = |given: &Option<HeadValue<'_>>| given.as_ref().map(|given| given.value.clone());
        self.courses.document.header.credit_unit =
            name_of(&system).map(|system| format!("{} credit hour", system.to_lowercase()));
        let Some(id) = options.id.clone().or_else(|| name_of(&name)) else {
            for HeadValue { row, .. } in [institution, kind, cip].into_iter().flatten() {
                let what = "the curriculum has no name, so there is no degree of which this could be said";
                self.courses.lose(row, &excerpt(row.cell(0)), what);
            }
            return;
        };
        let place = name.as_ref().map_or(0..0, |name| name.place.clone());
        let help = "give the degree an id of its own in the options";
        if let Some(fault) = faulty_name(&id, place.clone(), "an id", options.limits.id_bytes) {
            self.courses.fault(fault.help(help));
        }
        if self.courses.document.credentials.contains_key(&id) {
            let message = format!("a course has the id `{}`, which is that of the degree", excerpt(&id));
            self.courses.fault(Diagnostic::new(Code::DuplicateKey, place.clone(), message).help(help));
        }
        if self.required.is_empty() {
            self.courses.fault(Diagnostic::new(Code::MissingKey, place, "the curriculum has no courses"));
        }
        let cip = name_of(&cip).map(|cip| format!("CIP {cip}"));
        let degree = CredentialDocument {
            title: name_of(&name),
            issuer: name_of(&institution),
            kind: Some(degree_kind(kind.as_ref().map_or("", |kind| &kind.value)).to_owned()),
            tags: name_of(&kind).into_iter().chain(cip).collect(),
            stack: Some(all_of(std::mem::take(&mut self.required).into_iter().map(credential))),
            ..CredentialDocument::default()
        };
        self.courses.document.credentials.insert(id, degree);
    }
}

/// The type of credential that a degree type is.
pub(crate) fn degree_kind(degree_type: &str) -> &'static str {
    match degree_type {
        "AA" | "AS" | "AAS" => "AssociateDegree",
        "BA" | "BS" => "BachelorDegree",
        _ => "Degree",
    }
}

/// All of some ids; one is not a group.
fn all(mut ids: Vec<String>) -> Option<RequirementDocument> {
    match ids.len() {
        0 => None,
        1 => Some(credential(ids.remove(0))),
        _ => Some(all_of(ids.into_iter().map(credential))),
    }
}
