//! Documents written as a curriculum in the table of Curricular Analytics.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::{RequirementDocument, RequirementKind};
use crate::exchange::catalogs::curriculum::{COURSE_COLUMNS, degree_kind};
use crate::exchange::catalogs::losing::Losing;
use crate::exchange::exported::Exported;
use crate::exchange::table::{Separator, written_row};

/// What the format is called in losses.
const FORMAT: &str = "a curriculum";

/// Writes a document as a curriculum in the table of Curricular Analytics, which
/// [`from_curriculum`](crate::catalogs::from_curriculum) reads. `target` is the id of the degree; if none is given it
/// is the one credential that has a stack. All of its components are courses of the curriculum, all else additional
/// courses.
///
/// There courses have numbers: ids that are none become their `Number`, which is read as a further id. A curriculum
/// knows no choices, so that whatever is not a list of courses that are all required is lost.
///
/// ```
/// use credpath::{CatalogDocument, catalogs};
///
/// let text = "[credential]
///     \"1\" = { type = 'Course', title = 'Calculus', ids = ['MATH 101'], credits = 4 }
///     \"2\" = { type = 'Course', title = 'Mechanics', credits = 3, prerequisite = '1' }
///     Physics = { type = 'Degree', stack = { all_of = ['1', '2'] } }";
/// let exported = catalogs::to_curriculum(&CatalogDocument::parse("c.toml", text)?, None);
/// assert!(exported.text.contains("\n2,Mechanics,,,1,,,3,,\n"), "{}", exported.text);
/// assert_eq!(exported.losses, []);
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[must_use]
pub fn to_curriculum(document: &CatalogDocument, target: Option<&str>) -> Exported {
    let mut losing = Losing::new(document, FORMAT, &["credit_unit"]);
    let degree = degree(document, target);
    let mut required = None;
    if let Some((id, degree)) = degree {
        required = losing.rule(id, "stack", degree.stack.as_ref()).and_then(|stack| plain_list(&stack));
        required = required.filter(|ids| !ids.is_empty());
        if required.is_none() {
            losing.lost(
                id,
                "stack",
                "a curriculum asks for all of its courses, of which it has one at least, and for nothing else",
            );
        }
    }
    let degree = degree.filter(|_| required.is_some());
    let required: BTreeSet<String> = required.into_iter().flatten().collect();
    let courses: BTreeMap<&str, &CredentialDocument> = document
        .credentials
        .iter()
        .map(|(id, course)| (id.as_str(), course))
        .filter(|(id, _)| degree.is_none_or(|(degree, _)| degree != *id))
        .collect();
    let mut writer = CurriculumWriter::new(losing, &courses);
    writer.head(document, degree);
    writer.section("Courses", |id| degree.is_none() || required.contains(id));
    if degree.is_some() && courses.keys().any(|id| !required.contains(*id)) {
        writer.section("Additional Courses", |id| !required.contains(id));
    }
    writer.losing.exported(writer.text)
}

/// The degree: the target, or the only credential that has a stack.
fn degree<'d>(document: &'d CatalogDocument, target: Option<&str>) -> Option<(&'d str, &'d CredentialDocument)> {
    let mut conferred = document.credentials.iter().filter(|(id, credential)| match target {
        Some(target) => *id == target,
        None => credential.stack.is_some(),
    });
    let (id, degree) = conferred.next()?;
    conferred.next().is_none().then_some((id, degree))
}

/// The ids of a rule that asks for all of them and for nothing else.
fn plain_list(rule: &RequirementDocument) -> Option<Vec<String>> {
    if let Some(id) = rule.plain() {
        return Some(vec![id.to_owned()]);
    }
    match &rule.kind {
        RequirementKind::AllOf(parts) if *rule == RequirementDocument::from(rule.kind.clone()) => {
            parts.iter().map(|part| part.plain().map(str::to_owned)).collect()
        }
        _ => None,
    }
}

struct CurriculumWriter<'d> {
    losing: Losing<'d>,
    courses: &'d BTreeMap<&'d str, &'d CredentialDocument>,
    /// The number of each course.
    numbers: BTreeMap<&'d str, String>,
    /// Whether numbers are the ids that the courses have.
    are_ids: bool,
    corequisites: BTreeMap<&'d str, Vec<String>>,
    text: String,
}

impl<'d> CurriculumWriter<'d> {
    fn new(mut losing: Losing<'d>, courses: &'d BTreeMap<&'d str, &'d CredentialDocument>) -> Self {
        let is_number = |id: &&str| id.len() < 10 && id.parse::<u32>().is_ok_and(|number| number.to_string() == **id);
        let are_ids = courses.keys().all(is_number);
        let number = |(at, id): (usize, &&'d str)| (*id, if are_ids { (*id).to_owned() } else { (at + 1).to_string() });
        let numbers = courses.keys().enumerate().map(number).collect();
        let corequisites = courses
            .iter()
            .map(|(id, course)| (*id, listed(&mut losing, courses, id, "corequisite", course.corequisite.as_ref())))
            .collect();
        Self { losing, courses, numbers, are_ids, corequisites, text: String::new() }
    }

    fn line<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) {
        let mut cells: Vec<&str> = cells.into_iter().collect();
        cells.resize(COURSE_COLUMNS.len(), "");
        self.text.push_str(&written_row(cells, Separator::Comma));
    }

    fn head(&mut self, document: &CatalogDocument, degree: Option<(&str, &CredentialDocument)>) {
        let unit = document.header.credit_unit.as_deref();
        let system = unit.and_then(|unit| unit.strip_suffix(" credit hour"));
        let system = system.filter(|system| matches!(*system, "semester" | "quarter"));
        if unit.is_some() && system.is_none() {
            self.losing.whole("catalog.credit_unit", "a curriculum counts semester or quarter credit hours");
        }
        if let Some((id, degree)) = degree {
            let placed = ["title", "type", "issuer", "tags", "stack"];
            self.losing.credential(id, degree, &placed);
            let title = self.losing.text(id, "title", degree.title.as_ref());
            let name = title.as_deref().unwrap_or(id);
            if name != id {
                self.losing.lost(id, "title", "a curriculum has a name alone, which is read as its id as well");
            }
            let kinds = ["AA", "AS", "AAS", "BA", "BS"];
            let kind = degree.tags.iter().find(|tag| kinds.contains(&tag.as_str()));
            let cip = degree.tags.iter().find_map(|tag| tag.strip_prefix("CIP "));
            let cip = cip.filter(|cip| !cip.is_empty() && cip.trim() == *cip);
            if degree.kind.as_deref() != Some(degree_kind(kind.map_or("", String::as_str))) {
                self.losing.lost(id, "type", "the type of a degree follows from its degree type");
            }
            if degree.tags.len() > usize::from(kind.is_some()) + usize::from(cip.is_some()) {
                self.losing.lost(id, "tags", "a curriculum has no tags but its degree type and its CIP");
            }
            self.line(["Curriculum", name]);
            let issuer = self.losing.text(id, "issuer", degree.issuer.as_ref()).unwrap_or_default();
            self.line(["Institution", &issuer]);
            self.line(["Degree Type", kind.map_or("", String::as_str)]);
            self.line(["System Type", system.unwrap_or_default()]);
            self.line(["CIP", cip.unwrap_or_default()]);
        } else {
            self.line(["Curriculum"]);
            self.line(["System Type", system.unwrap_or_default()]);
        }
    }

    fn section(&mut self, heading: &str, is_in: impl Fn(&str) -> bool) {
        self.line([heading]);
        self.line(COURSE_COLUMNS);
        let courses = self.courses;
        for (id, course) in courses.iter().filter(|(id, _)| is_in(id)) {
            self.course(id, course);
        }
    }

    fn course(&mut self, id: &str, course: &CredentialDocument) {
        let placed = ["title", "ids", "type", "issuer", "credits", "tags", "prerequisite", "corequisite"];
        self.losing.credential(id, course, &placed);
        if course.kind.as_deref() != Some("Course") {
            self.losing.lost(id, "type", "whatever a curriculum lists is a course");
        }
        if course.tags.len() > 1 {
            self.losing.lost(id, "tags", "a course has one canonical name");
        }
        let further = if self.are_ids { &course.ids[course.ids.len().min(1)..] } else { &course.ids[..] };
        if !further.is_empty() {
            self.losing.lost(id, "ids", "a course has one number");
        }
        let name = if self.are_ids { course.ids.first().map_or("", String::as_str) } else { id };
        // Where white space would be lost between the two, all of it is the number.
        let parts = name.rsplit_once(' ').filter(|(prefix, _)| !prefix.is_empty() && prefix.trim() == *prefix);
        let (prefix, number) = parts.unwrap_or(("", name));
        let required = listed(&mut self.losing, self.courses, id, "prerequisite", course.prerequisite.as_ref());
        let (strict, others): (Vec<String>, Vec<String>) =
            self.corequisites[id].iter().cloned().partition(|other| self.names_back(id, other));
        // What is taken at the same time is said by the second of the two.
        let strict: Vec<String> = strict.into_iter().filter(|other| other.as_str() < id).collect();
        let [required, others, strict] = [required, others, strict].map(|ids| self.numbered(&ids));
        let credits = course.credits.unwrap_or_default().to_string();
        let own = self.numbers[id].clone();
        let title = self.losing.text(id, "title", course.title.as_ref()).unwrap_or_else(|| id.to_owned());
        let issuer = self.losing.text(id, "issuer", course.issuer.as_ref()).unwrap_or_default();
        let canonical = self.losing.text(id, "tags", course.tags.first()).unwrap_or_default();
        self.line([&own, &title, prefix, number, &required, &others, &strict, &credits, &issuer, &canonical]);
    }

    fn names_back(&self, id: &str, other: &str) -> bool {
        id != other && self.corequisites.get(other).is_some_and(|named| named.iter().any(|named| named == id))
    }

    fn numbered(&self, ids: &[String]) -> String {
        let numbers: Vec<&str> = ids.iter().map(|id| self.numbers[id.as_str()].as_str()).collect();
        numbers.join(";")
    }
}

/// The courses that a rule asks for; whatever else it says is noted as lost.
fn listed(
    losing: &mut Losing<'_>,
    courses: &BTreeMap<&str, &CredentialDocument>,
    id: &str,
    key: &str,
    rule: Option<&RequirementDocument>,
) -> Vec<String> {
    let Some(rule) = losing.rule(id, key, rule) else { return Vec::new() };
    let ids = plain_list(&rule).filter(|ids| ids.iter().all(|id| courses.contains_key(id.as_str())));
    if ids.is_none() {
        losing.lost(id, key, "a curriculum asks for courses that are all required, and for nothing else");
    }
    ids.unwrap_or_default()
}
