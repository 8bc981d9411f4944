//! Requirements as data ([semantics 2](crate::semantics#2)).

use serde::{Deserialize, Serialize};

use crate::document::credential_document::TermDocument;
use crate::document::filter_document::FilterDocument;
use crate::document::tables::from_tables_alone;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::points::GradePoints;

/// A requirement, or a part of one, as data. The functions in [`rules`](crate::rules) make them.
///
/// ```
/// use credpath::rules::{all_of, at_least, credential};
/// use credpath::{RequirementDocument, RequirementKind};
///
/// let built = all_of(["sql".into(), at_least(2).from(["ethics", "law", "logic"]), credential("exam").grade("B")]);
/// let read: RequirementDocument = serde_json::from_str(r#"{ "all_of": [
///     "sql",
///     { "at_least": 2, "from": ["ethics", "law", "logic"] },
///     { "credential": "exam", "grade": "B" }
/// ] }"#)?;
/// assert_eq!(built, read);
/// assert!(matches!(read.kind, RequirementKind::AllOf(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequirementDocument {
    /// The thing that is asked for.
    pub kind: RequirementKind,
    /// A name for the group, by which waivers and explanations refer to it.
    pub name: Option<String>,
    /// Whether no award may count for two of its parts.
    pub distinct: Option<bool>,
    /// The least mean of the points of what is counted.
    pub average: Option<GradePoints>,
    /// The longest time from the first to the last award that is used, such as "2 years".
    pub span: Option<String>,
    /// How long ago an award may have been made at most.
    pub within: Option<TermDocument>,
    /// The first day on which an award may have been made.
    pub since: Option<Date>,
    /// The last day on which an award may have been made.
    pub until: Option<Date>,
    /// How long ago an award has to have been made at least.
    pub held_for: Option<TermDocument>,
    /// The least grade: a word, or a number as its text.
    pub grade: Option<String>,
    /// The issuers that an award may have; any, if none are given.
    pub issuer: Option<Vec<String>>,
    /// Whether an award counts after it has lapsed.
    pub lapsed: Option<bool>,
}

/// The thing that a requirement asks for.
///
/// ```
/// use credpath::{MembersDocument, RequirementDocument, RequirementKind};
///
/// let sum: RequirementDocument = serde_json::from_str(r#"{ "credits": 12, "from": "electives" }"#)?;
/// let of = MembersDocument::Pool("electives".to_owned());
/// assert_eq!(sum.kind, RequirementKind::Credits { needed: 12.into(), from: of });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequirementKind {
    /// The credential with this id.
    Credential(String),
    /// All of these.
    AllOf(Vec<RequirementDocument>),
    /// Any of these.
    AnyOf(Vec<RequirementDocument>),
    /// So many of the members.
    AtLeast {
        /// How many.
        needed: u32,
        /// The members.
        from: MembersDocument,
    },
    /// Members that carry so many credits in sum.
    Credits {
        /// How many.
        needed: Amount,
        /// The members.
        from: MembersDocument,
    },
    /// Members that carry so many hours in sum.
    Hours {
        /// How many.
        needed: Amount,
        /// The members.
        from: MembersDocument,
    },
    /// In a sum: so much of the members at most.
    UpTo {
        /// The most that they add.
        most: Amount,
        /// The members.
        from: MembersDocument,
    },
    /// In a list: all members of the pool with this name.
    Pool(String),
    /// In a list: all credentials that the filter selects.
    Filter(FilterDocument),
}

/// The members of a group, or of a pool, as data.
///
/// ```
/// use credpath::MembersDocument;
///
/// let members: MembersDocument = serde_json::from_str(r#"["sql", { "any_of": ["law", "logic"] }]"#)?;
/// assert!(matches!(members, MembersDocument::List(list) if list.len() == 2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MembersDocument {
    /// These parts.
    List(Vec<RequirementDocument>),
    /// The members of the pool with this name.
    Pool(String),
    /// What the filter selects.
    Filter(FilterDocument),
}

/// A named list of members, as data.
///
/// ```
/// use credpath::PoolDocument;
///
/// let read: PoolDocument = serde_json::from_str(r#"{ "members": ["law", "logic"] }"#)?;
/// assert_eq!(read, PoolDocument::of(["law", "logic"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct PoolDocument {
    /// Its members.
    pub members: MembersDocument,
}

impl PoolDocument {
    /// The pool of these members.
    #[must_use]
    pub fn of(members: impl Into<MembersDocument>) -> Self {
        Self { members: members.into() }
    }
}

impl From<RequirementKind> for RequirementDocument {
    fn from(kind: RequirementKind) -> Self {
        Self {
            kind,
            name: None,
            distinct: None,
            average: None,
            span: None,
            within: None,
            since: None,
            until: None,
            held_for: None,
            grade: None,
            issuer: None,
            lapsed: None,
        }
    }
}

impl RequirementDocument {
    /// Whether it says nothing but the id of a credential, so that it is written as that.
    pub(crate) fn plain(&self) -> Option<&str> {
        match &self.kind {
            RequirementKind::Credential(id) if *self == Self::from(self.kind.clone()) => Some(id),
            _ => None,
        }
    }

    /// With a name.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// With no award counting for two of its parts.
    #[must_use]
    pub fn distinct(self) -> Self {
        Self { distinct: Some(true), ..self }
    }

    /// With a least mean of the points of what is counted.
    #[must_use]
    pub fn average(self, points: GradePoints) -> Self {
        Self { average: Some(points), ..self }
    }

    /// With all awards that are used made within a period, such as "2 years".
    #[must_use]
    pub fn span(self, period: impl Into<String>) -> Self {
        Self { span: Some(period.into()), ..self }
    }

    /// With awards made so long ago at most, such as "5 years".
    #[must_use]
    pub fn within(self, term: impl Into<TermDocument>) -> Self {
        Self { within: Some(term.into()), ..self }
    }

    /// With awards made on that day or after it.
    #[must_use]
    pub fn since(self, day: Date) -> Self {
        Self { since: Some(day), ..self }
    }

    /// With awards made on that day or before it.
    #[must_use]
    pub fn until(self, day: Date) -> Self {
        Self { until: Some(day), ..self }
    }

    /// With awards made so long ago at least, such as "12 months".
    #[must_use]
    pub fn held_for(self, term: impl Into<TermDocument>) -> Self {
        Self { held_for: Some(term.into()), ..self }
    }

    /// With at least a grade: a word, or a number as its text.
    #[must_use]
    pub fn grade(self, grade: impl Into<String>) -> Self {
        Self { grade: Some(grade.into()), ..self }
    }

    /// With awards of one of these issuers.
    #[must_use]
    pub fn issuer<I: Into<String>>(self, issuers: impl IntoIterator<Item = I>) -> Self {
        Self { issuer: Some(issuers.into_iter().map(Into::into).collect()), ..self }
    }

    /// With awards counting after they have lapsed.
    #[must_use]
    pub fn lapsed(self) -> Self {
        Self { lapsed: Some(true), ..self }
    }
}

impl From<&str> for RequirementDocument {
    fn from(id: &str) -> Self {
        RequirementKind::Credential(id.to_owned()).into()
    }
}

impl<P: Into<RequirementDocument>> From<Vec<P>> for MembersDocument {
    fn from(parts: Vec<P>) -> Self {
        Self::List(parts.into_iter().map(Into::into).collect())
    }
}

impl<P: Into<RequirementDocument>, const N: usize> From<[P; N]> for MembersDocument {
    fn from(parts: [P; N]) -> Self {
        Self::List(parts.into_iter().map(Into::into).collect())
    }
}

impl From<FilterDocument> for MembersDocument {
    fn from(filter: FilterDocument) -> Self {
        Self::Filter(filter)
    }
}

/// A pool or filter that was made to stand in a list stands for its members where a list is asked for; anything else is
/// the one member.
impl From<RequirementDocument> for MembersDocument {
    fn from(part: RequirementDocument) -> Self {
        // One with anything said beside it stays what it is, for the compiler to complain about.
        let says_more = part != RequirementDocument::from(part.kind.clone());
        match part.kind {
            RequirementKind::Pool(name) if !says_more => Self::Pool(name),
            RequirementKind::Filter(filter) if !says_more => Self::Filter(filter),
            _ => Self::List(vec![part]),
        }
    }
}

from_tables_alone!(PoolDocument);
