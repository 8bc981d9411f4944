//! A document as the TOML that means it.

use std::fmt::Write as _;
use std::ops::Range;

use crate::document::catalog_document::{CatalogDocument, HeaderDocument, SharingDocument};
use crate::document::credential_document::{
    CredentialDocument, OfferedDocument, RenewalDocument, TermDocument, WindowDocument,
};
use crate::document::filter_document::{ExceptDocument, FilterDocument, RangeDocument};
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::document::toml_text::{TomlEntry, TomlText, key, write_entries};

impl CatalogDocument {
    /// The document as TOML: what [`Catalog::parse`](crate::Catalog::parse) reads. Its order is always the same (the
    /// head, the pools, the credentials by id, the policies; in each the order of the contract), and long requirements
    /// are broken over lines. It goes as deep as requirements nest, by recursion:
    /// [`Catalog::compile`](crate::Catalog::compile) refuses what nests too deeply first.
    ///
    /// ```
    /// use credpath::rules::credits;
    /// use credpath::{CatalogDocument, CredentialDocument};
    ///
    /// let mut document = CatalogDocument::default();
    /// let mut course = CredentialDocument::default();
    /// course.stack = Some(credits(3).from(["intro", "lab"]).within("2 years"));
    /// document.credentials.insert("basics".to_owned(), course);
    /// assert_eq!(
    ///     document.to_toml(),
    ///     "[credential.basics]\nstack = { credits = 3, from = [\"intro\", \"lab\"], within = \"2 years\" }\n",
    /// );
    /// ```
    #[must_use]
    pub fn to_toml(&self) -> String {
        self.written().text
    }

    /// As TOML, with the place of each credential's table.
    pub(crate) fn written(&self) -> TextWithTables {
        let Self { header, credentials, pools, sharing } = self;
        let mut out = String::new();
        let mut tables = Vec::with_capacity(credentials.len());
        let table = |out: &mut String, header: &str, entries: Vec<TomlEntry>| {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{header}");
            write_entries(&entries, out);
        };
        if !header.is_empty() {
            table(&mut out, "[catalog]", of_header(header));
            if !header.grade_points.is_empty() {
                out.push_str("\n[catalog.grade_points]\n");
                for (grade, points) in &header.grade_points {
                    let _ = writeln!(out, "{} = {points}", key(grade));
                }
            }
        }
        for (name, pool) in pools {
            let members = TomlEntry { key: "members", value: members(&pool.members) };
            table(&mut out, &format!("[pool.{}]", key(name)), vec![members]);
        }
        for (id, credential) in credentials {
            out.push_str(if out.is_empty() { "" } else { "\n" });
            let start = out.len();
            write_credential(id, credential, &mut out);
            tables.push(start..out.len());
        }
        for policy in sharing {
            table(&mut out, "[[sharing]]", of_sharing(policy));
        }
        TextWithTables { text: out, tables }
    }
}

/// A document as TOML.
pub(crate) struct TextWithTables {
    pub(crate) text: String,
    /// The tables of the credentials, in the order of their ids.
    pub(crate) tables: Vec<Range<usize>>,
}

/// Writes the table of a credential, with its header.
pub(crate) fn write_credential(id: &str, credential: &CredentialDocument, out: &mut String) {
    let _ = writeln!(out, "[credential.{}]", key(id));
    write_entries(&of_credential(credential), out);
}

/// The entries of a table, without the keys that have no value.
#[derive(Default)]
struct EntriesOfTable(Vec<TomlEntry>);

impl EntriesOfTable {
    fn set(&mut self, key: &'static str, value: Option<TomlText>) {
        self.0.extend(value.map(|value| TomlEntry { key, value }));
    }

    fn text(&mut self, key: &'static str, text: Option<&String>) {
        self.set(key, text.map(|text| TomlText::text(text)));
    }

    fn texts(&mut self, key: &'static str, texts: &[String]) {
        self.set(key, (!texts.is_empty()).then(|| TomlText::texts(texts)));
    }

    fn some_texts(&mut self, key: &'static str, texts: Option<&Vec<String>>) {
        self.set(key, texts.map(|texts| TomlText::texts(texts)));
    }

    fn scalar(&mut self, key: &'static str, value: Option<&impl ToString>) {
        self.set(key, value.map(TomlText::scalar));
    }

    fn term(&mut self, key: &'static str, term: Option<&TermDocument>) {
        let table = |term: &TermDocument, to: &str| {
            let mut entries = Self::default();
            entries.set("period", Some(TomlText::text(&term.period)));
            entries.set("to", Some(TomlText::text(to)));
            TomlText::Table(entries.0)
        };
        let written = |term: &TermDocument| match &term.to {
            None => TomlText::text(&term.period),
            Some(to) => table(term, to),
        };
        self.set(key, term.map(written));
    }

    fn requirement(&mut self, key: &'static str, required: Option<&RequirementDocument>) {
        self.set(key, required.map(requirement));
    }
}

fn of_header(header: &HeaderDocument) -> Vec<TomlEntry> {
    let mut entries = EntriesOfTable::default();
    entries.text("title", header.title.as_ref());
    entries.text("version", header.version.as_ref());
    entries.scalar("teach_out", header.teach_out.as_ref());
    entries.text("currency", header.currency.as_ref());
    entries.text("credit_unit", header.credit_unit.as_ref());
    entries.text("level_framework", header.level_framework.as_ref());
    entries.texts("grades", &header.grades);
    let sets = header.equivalent.iter().map(|set| TomlText::texts(set)).collect::<Vec<_>>();
    entries.set("equivalent", (!sets.is_empty()).then_some(TomlText::List(sets)));
    entries.0
}

fn of_credential(credential: &CredentialDocument) -> Vec<TomlEntry> {
    let mut entries = EntriesOfTable::default();
    entries.text("title", credential.title.as_ref());
    entries.texts("ids", &credential.ids);
    entries.text("type", credential.kind.as_ref());
    entries.text("issuer", credential.issuer.as_ref());
    entries.scalar("level", credential.level.as_ref());
    entries.scalar("credits", credential.credits.as_ref());
    entries.scalar("hours", credential.hours.as_ref());
    entries.scalar("cost", credential.cost.as_ref());
    entries.text("duration", credential.duration.as_ref());
    entries.scalar("study", credential.study.as_ref());
    entries.term("valid_for", credential.valid_for.as_ref());
    entries.set("renewal", credential.renewal.as_ref().map(renewal));
    entries.texts("renews", &credential.renews);
    entries.set("offered", credential.offered.as_ref().map(offered));
    entries.texts("tags", &credential.tags);
    entries.scalar("repeatable", credential.repeatable.as_ref());
    entries.texts("counts_as", &credential.counts_as);
    entries.texts("excludes", &credential.excludes);
    entries.requirement("prerequisite", credential.prerequisite.as_ref());
    entries.requirement("corequisite", credential.corequisite.as_ref());
    entries.requirement("stack", credential.stack.as_ref());
    entries.text("source", credential.source.as_ref());
    entries.text("note", credential.note.as_ref());
    entries.0
}

fn of_sharing(policy: &SharingDocument) -> Vec<TomlEntry> {
    let mut entries = EntriesOfTable::default();
    entries.texts("between", &policy.between);
    entries.scalar("max_awards", policy.max_awards.as_ref());
    entries.scalar("max_credits", policy.max_credits.as_ref());
    entries.set("of", policy.of.as_ref().map(filter));
    entries.0
}

fn renewal(renewal: &RenewalDocument) -> TomlText {
    let mut entries = EntriesOfTable::default();
    entries.scalar("cost", renewal.cost.as_ref());
    entries.scalar("hours", renewal.hours.as_ref());
    entries.requirement("requires", renewal.requires.as_ref());
    entries.text("window", renewal.window.as_ref());
    entries.scalar("keeps_cycle", renewal.keeps_cycle.as_ref());
    TomlText::Table(entries.0)
}

fn offered(offered: &OfferedDocument) -> TomlText {
    let window = |window: &WindowDocument| {
        let mut entries = EntriesOfTable::default();
        entries.scalar("from", window.from.as_ref());
        entries.scalar("until", window.until.as_ref());
        entries.set("yearly", window.yearly.as_ref().map(|days| TomlText::texts(days)));
        TomlText::Table(entries.0)
    };
    match offered {
        OfferedDocument::Window(one) => window(one),
        OfferedDocument::Windows(windows) => TomlText::List(windows.iter().map(window).collect()),
    }
}

fn requirement(required: &RequirementDocument) -> TomlText {
    if let Some(id) = required.plain() {
        return TomlText::text(id);
    }
    let parts = |parts: &[RequirementDocument]| TomlText::List(parts.iter().map(requirement).collect());
    let mut entries = EntriesOfTable::default();
    let mut measured = |key, needed: TomlText, from: &MembersDocument| {
        entries.set(key, Some(needed));
        entries.set("from", Some(members(from)));
    };
    match &required.kind {
        RequirementKind::AtLeast { needed, from } => measured("at_least", TomlText::scalar(needed), from),
        RequirementKind::Credits { needed, from } => measured("credits", TomlText::scalar(needed), from),
        RequirementKind::Hours { needed, from } => measured("hours", TomlText::scalar(needed), from),
        RequirementKind::UpTo { most, from } => measured("up_to", TomlText::scalar(most), from),
        RequirementKind::Credential(id) => entries.text("credential", Some(id)),
        RequirementKind::AllOf(all) => entries.set("all_of", Some(parts(all))),
        RequirementKind::AnyOf(any) => entries.set("any_of", Some(parts(any))),
        RequirementKind::Pool(name) => entries.text("pool", Some(name)),
        RequirementKind::Filter(selects) => entries.set("filter", Some(filter(selects))),
    }
    entries.text("name", required.name.as_ref());
    entries.scalar("distinct", required.distinct.as_ref());
    entries.scalar("average", required.average.as_ref());
    entries.text("span", required.span.as_ref());
    entries.term("within", required.within.as_ref());
    entries.scalar("since", required.since.as_ref());
    entries.scalar("until", required.until.as_ref());
    entries.term("held_for", required.held_for.as_ref());
    entries.text("grade", required.grade.as_ref());
    entries.some_texts("issuer", required.issuer.as_ref());
    entries.scalar("lapsed", required.lapsed.as_ref());
    TomlText::Table(entries.0)
}

fn members(members: &MembersDocument) -> TomlText {
    match members {
        MembersDocument::List(parts) => TomlText::List(parts.iter().map(requirement).collect()),
        MembersDocument::Pool(name) => TomlText::text(name),
        MembersDocument::Filter(selects) => filter(selects),
    }
}

fn filter(filter: &FilterDocument) -> TomlText {
    let mut filters = vec![filter];
    while let Some(ExceptDocument::Filter(inner)) = filters.last().and_then(|filter| filter.except.as_deref()) {
        filters.push(inner);
    }
    // From the inside to the outside.
    let mut except = None;
    while let Some(FilterDocument { tags, without_tags, kinds, issuers, level, credits, except: own }) = filters.pop() {
        let mut entries = EntriesOfTable::default();
        entries.some_texts("tags", tags.as_ref());
        entries.some_texts("without_tags", without_tags.as_ref());
        entries.some_texts("type", kinds.as_ref());
        entries.some_texts("issuer", issuers.as_ref());
        entries.set("level", level.as_ref().map(range));
        entries.set("credits", credits.as_ref().map(range));
        let ids = match own.as_deref() {
            Some(ExceptDocument::Credentials(ids)) => Some(TomlText::texts(ids)),
            Some(ExceptDocument::Filter(_)) | None => None,
        };
        entries.set("except", ids.or(except.take()));
        except = Some(TomlText::Table(entries.0));
    }
    except.unwrap_or(TomlText::Table(Vec::new()))
}

fn range<T: ToString + PartialEq>(range: &RangeDocument<T>) -> TomlText {
    match range {
        RangeDocument { min: Some(min), max: Some(max) } if min == max => TomlText::scalar(min),
        RangeDocument { min, max } => {
            let mut entries = EntriesOfTable::default();
            entries.scalar("min", min.as_ref());
            entries.scalar("max", max.as_ref());
            TomlText::Table(entries.0)
        }
    }
}
