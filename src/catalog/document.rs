//! The catalog as it is written: every table read, every name looked up, every place kept. `compile` makes the network
//! of it.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::catalog::beside::Beside;
use crate::catalog::catalog::{Credential, Header, Renewal, Validity};
use crate::catalog::further_ids::FurtherIds;
use crate::catalog::lookup::Lookup;
use crate::catalog::network::RuleKind;
use crate::catalog::requirement::{GroupNames, Members, Requirement};
use crate::catalog::sharing_tables;
use crate::catalog::sharing_tables::WrittenSharing;
use crate::catalog::windows;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::reader;
use crate::read::reader::{RAISE, Reader, Table, TableKey, Value, excerpt, some_listed};
use crate::value::ids::{CredentialId, Id, IdVec, PoolId};

/// A catalog that has been read.
#[derive(Clone, Default)]
pub(crate) struct Document {
    pub(crate) header: Header,
    pub(crate) equivalent: Vec<Vec<CredentialId>>,
    pub(crate) sharing: Vec<WrittenSharing>,
    pub(crate) credentials: IdVec<CredentialId, WrittenCredential>,
    pub(crate) pools: IdVec<PoolId, Pool>,
    pub(crate) lookup: Lookup,
}

/// A credential and its rules as written.
#[derive(Clone)]
pub(crate) struct WrittenCredential {
    pub(crate) credential: Arc<Credential>,
    pub(crate) counts_as: Vec<CredentialId>,
    pub(crate) renews: Vec<CredentialId>,
    pub(crate) prerequisite: Option<Requirement>,
    pub(crate) corequisite: Option<Requirement>,
    pub(crate) stack: Option<Requirement>,
    /// What renewing it requires.
    pub(crate) renewal: Option<Requirement>,
    pub(crate) places: Places,
    /// What it stands for, if the catalog does not have it and it was put beside what is written.
    pub(crate) beside: Option<Beside>,
}

impl WrittenCredential {
    /// The rules that it has, as written.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (RuleKind, &Requirement)> {
        let written = RuleKind::ALL.into_iter().map(|kind| {
            let rule = match kind {
                RuleKind::Prerequisite => &self.prerequisite,
                RuleKind::Corequisite => &self.corequisite,
                RuleKind::Stack => &self.stack,
            };
            Some((kind, rule.as_ref()?))
        });
        written.flatten()
    }
}

/// Where a credential and what is said of it are written.
#[derive(Clone, Default)]
pub(crate) struct Places {
    pub(crate) id: Range<usize>,
    /// The values, by their keys.
    values: Vec<(&'static str, Range<usize>)>,
    /// Each id in the list `excludes`, with its number.
    pub(crate) excludes: Vec<(CredentialId, Range<usize>)>,
}

impl Places {
    /// What is written in one place.
    pub(crate) fn at(id: Range<usize>) -> Self {
        Self { id, ..Self::default() }
    }

    /// Where the value of a key is written; the id if it is not given.
    pub(crate) fn value(&self, key: &str) -> Range<usize> {
        let given = self.values.iter().find(|(known, _)| *known == key);
        given.map_or_else(|| self.id.clone(), |(_, place)| place.clone())
    }

    /// All of them.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Range<usize>> {
        let Self { id, values, excludes } = self;
        let within = values.iter_mut().map(|(_, place)| place).chain(excludes.iter_mut().map(|(_, place)| place));
        std::iter::once(id).chain(within)
    }
}

/// A named list of members.
#[derive(Clone)]
pub(crate) struct Pool {
    pub(crate) place: Range<usize>,
    /// Where the last of it ends in the text.
    pub(crate) end: usize,
    pub(crate) members: Members,
}

const CREDENTIAL_KEYS: &[&str] = &[
    "title",
    "ids",
    "type",
    "issuer",
    "level",
    "credits",
    "hours",
    "cost",
    "renewal",
    "duration",
    "study",
    "valid_for",
    "offered",
    "tags",
    "prerequisite",
    "corequisite",
    "stack",
    "counts_as",
    "renews",
    "repeatable",
    "excludes",
    "source",
    "note",
];

/// Reads the whole document; `None` if it is too large to go on.
pub(crate) fn read(reader: &mut Reader, table: &toml::Spanned<Table>, limits: &Limits) -> Option<Document> {
    let table = table.get_ref();
    reader.known_keys(table, &["catalog", "credential", "pool", "sharing"], "a catalog");
    let mut document = Document::default();
    let credentials = table.get("credential").and_then(|value| reader.table(value, "credential"));
    let pools = table.get("pool").and_then(|value| reader.table(value, "pool"));
    if let Some(credentials) = credentials
        && credentials.len() > limits.credentials
    {
        let message = format!("the catalog has {} credentials; the limit is {}", credentials.len(), limits.credentials);
        let place = credentials.keys().map(toml::Spanned::span).min_by_key(|span| span.start).unwrap_or(0..0);
        reader.push(Diagnostic::new(Code::LimitExceeded, place, message).help(RAISE));
        return None;
    }
    // The parser keeps tables in the byte order of their keys, so numbers follow the order of the ids.
    let lookup = &mut document.lookup;
    for (index, key) in credentials.into_iter().flat_map(Table::keys).enumerate() {
        reader.id(key.get_ref(), key.span());
        lookup.ids.push(key.get_ref().as_ref().into());
        lookup.credentials.insert(key.get_ref().as_ref().into(), CredentialId::at(index));
    }
    if let Some(credentials) = credentials {
        lookup.further = FurtherIds::read(reader, credentials, &lookup.ids);
    }
    for (index, key) in pools.into_iter().flat_map(Table::keys).enumerate() {
        reader.id(key.get_ref(), key.span());
        lookup.pools.insert(key.get_ref().as_ref().into(), PoolId::at(index));
    }
    if let Some(value) = table.get("catalog") {
        header(reader, value, &mut document);
    }
    document.sharing = sharing_tables::read(reader, table, &document.lookup);
    let mut written_ones = Vec::with_capacity(credentials.map_or(0, Table::len));
    for (key, value) in credentials.into_iter().flatten() {
        written_ones.push(credential(reader, key, value, &mut document.lookup));
    }
    document.credentials = written_ones.into();
    for (key, value) in pools.into_iter().flatten() {
        let members = pool(reader, key.get_ref(), value, &mut document.lookup);
        let within = value.get_ref().as_table().and_then(|table| table.get("members"));
        let end = within.map_or(0, |members| members.span().end).max(value.span().end).max(key.span().end);
        document.pools.push(Pool { place: key.span(), end, members });
    }
    Some(document)
}

const HEADER_KEYS: [&str; 9] = [
    "title",
    "version",
    "teach_out",
    "currency",
    "credit_unit",
    "level_framework",
    "grades",
    "grade_points",
    "equivalent",
];

fn header(reader: &mut Reader, value: &Value, document: &mut Document) {
    let Some(table) = reader.table(value, "catalog") else { return };
    reader.known_keys(table, &HEADER_KEYS, "`[catalog]`");
    let header = &mut document.header;
    header.title = text(reader, table, "title");
    header.version = text(reader, table, "version");
    header.teach_out = table.get("teach_out").and_then(|value| reader.date(value, "teach_out"));
    header.credit_unit = text(reader, table, "credit_unit");
    header.level_framework = text(reader, table, "level_framework");
    if let Some(value) = table.get("currency")
        && let Some(currency) = reader.text(value, "currency")
    {
        if currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            header.currency = Some(currency.to_owned());
        } else {
            let message = "`currency` must be a code of three capital letters";
            reader.push(
                Diagnostic::new(Code::InvalidValue, value.span(), message).help("for example \"CAD\" or \"EUR\""),
            );
        }
    }
    if let Some(value) = table.get("grades") {
        grades(reader, value, header);
    }
    if let Some(value) = table.get("grade_points") {
        grade_points(reader, value, header);
    }
    document.lookup.header = header.clone();
    if let Some(value) = table.get("equivalent") {
        match value.get_ref().as_array() {
            Some(sets) => {
                for set in sets {
                    if set.get_ref().is_array() {
                        document.equivalent.push(document.lookup.credentials(reader, set, "equivalent"));
                    } else {
                        reader.wrong_member(set, "equivalent", "a list of ids");
                    }
                }
            }
            None => reader.wrong_type(value, "equivalent", "a list of lists of ids"),
        }
    }
}

/// Reads the grades, from worst to best.
fn grades(reader: &mut Reader, value: &Value, header: &mut Header) {
    let mut known = HashSet::new();
    for (grade, span) in reader.texts(value, "grades") {
        if !known.insert(grade.clone()) {
            let message = format!("the grade `{}` is listed twice", excerpt(&grade));
            reader.push(
                Diagnostic::new(Code::InvalidGrade, span, message).help("list every grade once, from worst to best"),
            );
            continue;
        }
        header.grades.push(grade);
    }
}

/// Reads what each of the grades, which are known by now, is worth in an average.
fn grade_points(reader: &mut Reader, value: &Value, header: &mut Header) {
    let Some(table) = reader.table(value, "grade_points") else { return };
    if header.grades.is_empty() {
        let message = "without `grades`, grades are numbers, and each is its own points";
        let help = "leave `grade_points` out, or list the grades: `grades = [\"C\", \"B\", \"A\"]`";
        return reader.push(Diagnostic::new(Code::InvalidGrade, value.span(), message).help(help));
    }
    for (key, value) in table {
        let word: &str = key.get_ref();
        if header.grades.iter().any(|known| known == word) {
            let points = reader.points(value, word);
            header.grade_points.extend(points.map(|points| (word.to_owned(), points)));
            continue;
        }
        let message = format!("the catalog has no grade `{}`", excerpt(word));
        let diagnostic = Diagnostic::new(Code::InvalidGrade, key.span(), message);
        let grades: Vec<&str> = header.grades.iter().map(String::as_str).collect();
        reader.push(match reader.nearest(word, grades.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("its grades, from worst to best, are {}", some_listed(&grades))),
        });
    }
}

fn text(reader: &mut Reader, table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(|value| reader.text(value, key)).map(str::to_owned)
}

/// Reads the table of one credential.
pub(crate) fn credential(reader: &mut Reader, key: &TableKey, value: &Value, lookup: &mut Lookup) -> WrittenCredential {
    let id: &str = key.get_ref();
    let empty = Table::new();
    let table = reader.table(value, id).unwrap_or(&empty);
    reader.known_keys(table, CREDENTIAL_KEYS, "a credential");
    let mut amount = |key| table.get(key).and_then(|value| reader.amount(value, key));
    let (credits, hours, cost) = (amount("credits").unwrap_or_default(), amount("hours"), amount("cost"));
    let ids = |reader: &mut Reader, key| {
        let numbers = table.get(key).map(|value| lookup.credentials(reader, value, key)).unwrap_or_default();
        let texts = table.get(key).map(|value| reader.texts(value, key)).unwrap_or_default();
        (numbers, texts)
    };
    let without_place = |texts: &[(String, Range<usize>)]| texts.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    let (counts_as, counts_as_ids) = ids(reader, "counts_as");
    let (renews, renews_ids) = ids(reader, "renews");
    let (excluded, excludes) = ids(reader, "excludes");
    let known = |name: &str| CREDENTIAL_KEYS.iter().find(|&&key| key == name).copied();
    let values = table.iter().filter_map(|(key, value)| Some((known(key.get_ref())?, value.span())));
    let places = Places {
        id: key.span(),
        values: values.collect(),
        excludes: excluded.into_iter().zip(excludes.iter().map(|(_, place)| place.clone())).collect(),
    };
    let tags = table.get("tags").map(|value| reader.texts(value, "tags")).unwrap_or_default();
    let issuer = text(reader, table, "issuer").inspect(|issuer| _ = lookup.issuer(issuer));
    // What is wrong with further ids was told when all of them were read.
    let ids = table.get("ids").into_iter().flat_map(reader::texts_of).map(str::to_owned).collect();
    let credential = Arc::new(Credential {
        id: id.to_owned(),
        ids,
        title: text(reader, table, "title").unwrap_or_else(|| id.to_owned()),
        kind: text(reader, table, "type").unwrap_or_else(|| "MicroCredential".to_owned()),
        issuer,
        level: table.get("level").and_then(|value| reader.whole(value, "level", -1000, 1000)),
        credits,
        hours,
        cost,
        renewal: table.get("renewal").and_then(|value| renewal(reader, value)),
        duration: table.get("duration").and_then(|value| reader.period(value, "duration")),
        study: table.get("study").and_then(|value| reader.flag(value, "study")).unwrap_or(true),
        valid_for: validity(reader, table),
        offered: table.get("offered").map(|value| windows::read(reader, value)).unwrap_or_default(),
        tags: tags.into_iter().map(|(tag, _)| tag).collect(),
        repeatable: table.get("repeatable").and_then(|value| reader.flag(value, "repeatable")).unwrap_or(false),
        counts_as: without_place(&counts_as_ids),
        renews: without_place(&renews_ids),
        excludes: without_place(&excludes),
        source: text(reader, table, "source"),
        note: text(reader, table, "note"),
    });
    let mut names = Vec::new();
    let mut rule = |key| table.get(key).and_then(|value| Requirement::read(reader, value, key, lookup, &mut names));
    let (prerequisite, corequisite, stack) = (rule("prerequisite"), rule("corequisite"), rule("stack"));
    reject_conferred_corequisite(reader, id, table);
    let renewal = required_by_renewal(reader, table, lookup, &mut names);
    reject_repeated_names(reader, id, names);
    WrittenCredential { credential, counts_as, renews, prerequisite, corequisite, stack, renewal, places, beside: None }
}

/// Complains about a corequisite of what is not begun.
fn reject_conferred_corequisite(reader: &mut Reader, id: &str, table: &Table) {
    if let (Some(value), true) = (table.get("corequisite"), table.contains_key("stack")) {
        let message = format!("`{}` has a `stack`, so it is not begun but conferred", excerpt(id));
        let diagnostic = Diagnostic::new(Code::ConferredCorequisite, value.span(), message);
        reader.push(diagnostic.help("write a `prerequisite`, or put it into the `stack`"));
    }
}

/// Complains about groups of one credential that have the same name.
fn reject_repeated_names(reader: &mut Reader, id: &str, mut names: GroupNames) {
    names.sort_by_key(|(name, place)| (name.clone(), place.start));
    for pair in names.windows(2) {
        if let [(name, first), (again, second)] = pair
            && name == again
        {
            let message = format!("two groups of `{}` have the name `{}`", excerpt(id), excerpt(name));
            let diagnostic = Diagnostic::new(Code::InvalidValue, second.clone(), message);
            reader.push(
                diagnostic.also(first.clone(), "first here").help("give each group of a credential a name of its own"),
            );
        }
    }
}

/// What renewing a credential requires.
fn required_by_renewal(
    reader: &mut Reader,
    table: &Table,
    lookup: &mut Lookup,
    names: &mut GroupNames,
) -> Option<Requirement> {
    let renewal = table.get("renewal").and_then(|value| value.get_ref().as_table())?;
    Requirement::read(reader, renewal.get("requires")?, "requires", lookup, names)
}

fn renewal(reader: &mut Reader, value: &Value) -> Option<Renewal> {
    let table = reader.table(value, "renewal")?;
    reader.known_keys(table, &["cost", "hours", "requires", "window", "keeps_cycle"], "`renewal`");
    let mut amount = |key| table.get(key).and_then(|value| reader.amount(value, key)).unwrap_or_default();
    let (cost, hours) = (amount("cost"), amount("hours"));
    let window = table.get("window").and_then(|value| reader.period(value, "window"));
    let keeps_cycle = table.get("keeps_cycle").and_then(|value| reader.flag(value, "keeps_cycle")).unwrap_or(false);
    Some(Renewal { cost, hours, window, keeps_cycle })
}

fn validity(reader: &mut Reader, table: &Table) -> Validity {
    let Some(value) = table.get("valid_for") else { return Validity::Forever };
    if value.get_ref().as_str() != Some("while-components") {
        return reader.term(value, "valid_for").map_or(Validity::Forever, Validity::For);
    }
    if !table.contains_key("stack") {
        let message = "`valid_for = \"while-components\"` needs a `stack`";
        reader.push(
            Diagnostic::new(Code::NoComponents, value.span(), message)
                .help("give a `stack`, or a length of time such as \"3 years\""),
        );
    }
    Validity::WhileComponents
}

fn pool(reader: &mut Reader, name: &str, value: &Value, lookup: &mut Lookup) -> Members {
    let members = reader.table(value, name).and_then(|table| {
        reader.known_keys(table, &["members"], "a pool");
        let members = table.get("members");
        if members.is_none() {
            let message = format!("the pool `{}` has no `members`", excerpt(name));
            let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
            let help = "write `members = [\"id\", …]`, or a filter such as `members = { tags = [\"elective\"] }`";
            reader.missing_key(table, &["members"], "members", diagnostic.help(help));
        }
        members
    });
    members.and_then(|members| Members::read(reader, members, "members", lookup, &mut Vec::new())).unwrap_or_default()
}
