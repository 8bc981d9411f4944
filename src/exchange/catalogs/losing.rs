//! What of a document the format that it is written in has no place for.

use crate::document::catalog_document::{CatalogDocument, HeaderDocument};
use crate::document::credential_document::CredentialDocument;
use crate::document::nesting::rule_too_deep;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::exchange::exported::Exported;
use crate::exchange::imported::Loss;
use crate::read::limits::Limits;
use crate::read::paths::path_key;

/// A document that is being written, and what is lost of it so far.
pub(crate) struct Losing<'d> {
    document: &'d CatalogDocument,
    /// What it is written as, with its article.
    format: &'static str,
    losses: Vec<Loss>,
    limits: Limits,
    /// How many nodes pools may still add to what is written; not to be had for each rule anew.
    nodes: usize,
}

impl<'d> Losing<'d> {
    /// Begins with what the document says as a whole; the format has a place for these keys of its head.
    pub(crate) fn new(document: &'d CatalogDocument, format: &'static str, placed: &[&str]) -> Self {
        let limits = Limits::default();
        let nodes = limits.requirement_nodes;
        let mut losing = Self { document, format, losses: Vec::new(), limits, nodes };
        for key in keys_of_header(&document.header).into_iter().filter(|key| !placed.contains(key)) {
            losing.no_place(format!("catalog.{key}"));
        }
        for policy in 0..document.sharing.len() {
            losing.no_place(format!("sharing[{policy}]"));
        }
        losing
    }

    /// The text that was written, with what it does not say, in the order of the document.
    pub(crate) fn exported(mut self, text: String) -> Exported {
        self.losses.sort_by(|one, other| one.place.cmp(&other.place));
        self.losses.dedup();
        Exported { text, losses: self.losses }
    }

    /// Notes whatever a credential says that the format has no place for; it has one for these keys.
    pub(crate) fn credential(&mut self, id: &str, credential: &CredentialDocument, placed: &[&str]) {
        for key in keys_of_credential(credential).into_iter().filter(|key| !placed.contains(key)) {
            self.no_place(format!("credential.{}.{key}", path_key(id)));
        }
    }

    fn no_place(&mut self, place: String) {
        let what = format!("{} has no place for it", self.format);
        self.losses.push(Loss { place, what });
    }

    /// A text as the formats keep it; white space at its ends, and a text that is empty, are lost.
    pub(crate) fn text(&mut self, id: &str, key: &str, text: Option<&String>) -> Option<String> {
        self.kept(format!("credential.{}.{key}", path_key(id)), text)
    }

    /// The title of the whole, as such a text.
    #[cfg(feature = "json")]
    pub(crate) fn title(&mut self) -> Option<String> {
        self.kept("catalog.title".to_owned(), self.document.header.title.as_ref())
    }

    fn kept(&mut self, place: String, text: Option<&String>) -> Option<String> {
        let text = text?;
        let kept: String = text.trim().chars().filter(|&c| c != '\0').collect();
        if kept != *text || kept.is_empty() {
            let what =
                "white space at the ends of a text, NUL, and a text without anything else, are not kept".to_owned();
            self.losses.push(Loss { place, what });
        }
        (!kept.is_empty()).then_some(kept)
    }

    /// Notes that something of the whole is lost.
    #[cfg(feature = "csv")]
    pub(crate) fn whole(&mut self, place: &str, what: &str) {
        self.losses.push(Loss { place: place.to_owned(), what: what.to_owned() });
    }

    /// Notes that something of a credential is lost.
    pub(crate) fn lost(&mut self, id: &str, key: &str, what: impl Into<String>) {
        let place = format!("credential.{}.{key}", path_key(id));
        self.losses.push(Loss { place, what: what.into() });
    }

    /// A rule with the members of pools in their places, as if they had been written there. A rule that is nested too
    /// deeply to be written, or to which pools add too much, is noted as lost.
    pub(crate) fn rule(
        &mut self,
        id: &str,
        key: &str,
        rule: Option<&RequirementDocument>,
    ) -> Option<RequirementDocument> {
        let rule = rule?;
        let mut unfolding = Unfolding { document: self.document, nodes: &mut self.nodes, open: Vec::new() };
        let written = (!rule_too_deep(rule, self.limits.nesting)).then(|| unfolding.rule(rule)).flatten();
        let written = written.filter(|rule| !rule_too_deep(rule, self.limits.nesting));
        if written.is_none() {
            self.lost(id, key, "the rule is too large or nested too deeply to be written");
        }
        written
    }
}

/// Pools unfolded, as long as there are nodes left.
struct Unfolding<'d, 'n> {
    document: &'d CatalogDocument,
    nodes: &'n mut usize,
    /// The pools that are being unfolded: one that is made of itself has no members.
    open: Vec<&'d str>,
}

impl Unfolding<'_, '_> {
    /// Pays for a node that stands in a pool; what stands in the rule itself is there already.
    fn pay(&mut self) -> Option<()> {
        if !self.open.is_empty() {
            *self.nodes = self.nodes.checked_sub(1)?;
        }
        Some(())
    }

    fn rule(&mut self, rule: &RequirementDocument) -> Option<RequirementDocument> {
        self.pay()?;
        let kind = match &rule.kind {
            RequirementKind::AllOf(parts) => RequirementKind::AllOf(self.parts(parts)?),
            RequirementKind::AnyOf(parts) => RequirementKind::AnyOf(self.parts(parts)?),
            RequirementKind::AtLeast { needed, from } => {
                RequirementKind::AtLeast { needed: *needed, from: self.members(from)? }
            }
            RequirementKind::Credits { needed, from } => {
                RequirementKind::Credits { needed: *needed, from: self.members(from)? }
            }
            RequirementKind::Hours { needed, from } => {
                RequirementKind::Hours { needed: *needed, from: self.members(from)? }
            }
            RequirementKind::UpTo { most, from } => RequirementKind::UpTo { most: *most, from: self.members(from)? },
            kind @ (RequirementKind::Credential(_) | RequirementKind::Pool(_) | RequirementKind::Filter(_)) => {
                kind.clone()
            }
        };
        Some(RequirementDocument { kind, ..rule.clone() })
    }

    fn parts(&mut self, parts: &[RequirementDocument]) -> Option<Vec<RequirementDocument>> {
        let mut unfolded = Vec::new();
        for part in parts {
            match &part.kind {
                RequirementKind::Pool(name) if *part == RequirementDocument::from(part.kind.clone()) => {
                    match self.pool(name)? {
                        MembersDocument::List(members) => unfolded.extend(members),
                        MembersDocument::Pool(_) | MembersDocument::Filter(_) => unfolded.push(part.clone()),
                    }
                }
                _ => unfolded.push(self.rule(part)?),
            }
        }
        Some(unfolded)
    }

    fn members(&mut self, members: &MembersDocument) -> Option<MembersDocument> {
        match members {
            MembersDocument::List(parts) => self.parts(parts).map(MembersDocument::List),
            MembersDocument::Pool(name) => self.pool(name),
            MembersDocument::Filter(_) => Some(members.clone()),
        }
    }

    /// The members of a pool; of one that is not there, is made of itself, or filters, its name: no format has a place
    /// for a filter, which may be large.
    fn pool(&mut self, name: &str) -> Option<MembersDocument> {
        self.pay()?;
        let known = self.document.pools.get_key_value(name).filter(|(name, _)| !self.open.contains(&name.as_str()));
        let Some((name, pool)) = known.filter(|(_, pool)| !matches!(pool.members, MembersDocument::Filter(_))) else {
            return Some(MembersDocument::Pool(name.to_owned()));
        };
        let is_deep = self.open.len() > 64;
        self.open.push(name);
        let members = (!is_deep).then(|| self.members(&pool.members)).flatten();
        self.open.pop();
        members
    }
}

/// The keys that the head of a catalog gives.
fn keys_of_header(header: &HeaderDocument) -> Vec<&'static str> {
    let HeaderDocument {
        title,
        version,
        teach_out,
        currency,
        credit_unit,
        level_framework,
        grades,
        grade_points,
        equivalent,
    } = header;
    let keys = [
        ("title", title.is_some()),
        ("version", version.is_some()),
        ("teach_out", teach_out.is_some()),
        ("currency", currency.is_some()),
        ("credit_unit", credit_unit.is_some()),
        ("level_framework", level_framework.is_some()),
        ("grades", !grades.is_empty()),
        ("grade_points", !grade_points.is_empty()),
        ("equivalent", !equivalent.is_empty()),
    ];
    keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
}

/// The keys that a credential gives; what says no more than its default is as if it were not given.
fn keys_of_credential(credential: &CredentialDocument) -> Vec<&'static str> {
    let CredentialDocument {
        title,
        ids,
        kind,
        issuer,
        level,
        credits,
        hours,
        cost,
        duration,
        study,
        valid_for,
        renewal,
        renews,
        offered,
        tags,
        repeatable,
        counts_as,
        excludes,
        prerequisite,
        corequisite,
        stack,
        source,
        note,
    } = credential;
    let keys = [
        ("title", title.is_some()),
        ("ids", !ids.is_empty()),
        ("type", kind.is_some()),
        ("issuer", issuer.is_some()),
        ("level", level.is_some()),
        ("credits", credits.is_some()),
        ("hours", hours.is_some()),
        ("cost", cost.is_some()),
        ("duration", duration.is_some()),
        ("study", *study == Some(false)),
        ("valid_for", valid_for.is_some()),
        ("renewal", renewal.is_some()),
        ("renews", !renews.is_empty()),
        ("offered", offered.is_some()),
        ("tags", !tags.is_empty()),
        ("repeatable", *repeatable == Some(true)),
        ("counts_as", !counts_as.is_empty()),
        ("excludes", !excludes.is_empty()),
        ("prerequisite", prerequisite.is_some()),
        ("corequisite", corequisite.is_some()),
        ("stack", stack.is_some()),
        ("source", source.is_some()),
        ("note", note.is_some()),
    ];
    keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
}
