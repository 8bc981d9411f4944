//! The pathway map as data: boxes, groups, arrows.

use serde::{Deserialize, Serialize};

use crate::audit::audit::{PartKind, State, WrittenConditions};
use crate::evaluate::evaluation::Status;
use crate::plan::answers::plan::PurposeRule;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::setters::setters;
use crate::value::stamp::Stamp;

/// So many members of a group that have no rules of their own stand in the group itself.
const LISTED_FROM: usize = 5;

/// What a map shows.
///
/// ```
/// use credpath::{Catalog, MapOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = {}
///     law = {}
///     analyst = { stack = "sql" }
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// assert_eq!(catalog.map(&MapOptions::of(analyst)).boxes.len(), 2);
/// assert_eq!(catalog.map(&MapOptions::whole()).boxes.len(), 3);
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MapOptions {
    /// The credential whose pathway is shown, with all that leads to it by rules; none for the whole catalog. Where the
    /// catalog does not [know](crate::Catalog::knows) it, the map is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<CredentialId>,
    /// How many members of a group that have no rules of their own are needed for them to stand in the group, one
    /// below the other, and not each in a box. At least 2.
    pub listed_from: usize,
}

setters! { MapOptions {
    /// The credential whose pathway is shown.
    target: some => CredentialId,
    /// How many members of a group it takes for them to stand in the group.
    listed_from: value => usize,
} }

impl MapOptions {
    /// The pathway to a credential.
    #[must_use]
    pub fn of(target: CredentialId) -> Self {
        Self { target: Some(target), ..Self::whole() }
    }

    /// The whole catalog.
    #[must_use]
    pub fn whole() -> Self {
        Self { target: None, listed_from: LISTED_FROM }
    }
}

/// [`MapOptions::whole`].
impl Default for MapOptions {
    fn default() -> Self {
        Self::whole()
    }
}

/// The pathways of a catalog as a map: credentials in boxes, groups of requirements, and arrows from what is asked for
/// to what asks for it. It is drawn by [`svg`](Self::svg), [`mermaid`](Self::mermaid) and [`dot`](Self::dot).
///
/// A group that several rules write in the same way stands there once. Members of a group that have no rules of their
/// own are listed in it if they are many. What a renewal requires is not shown. A map is a picture, and not the
/// catalog: of titles, names and units that are longer than 200 characters it has the beginning, with an ellipsis.
///
/// ```
/// use credpath::{Catalog, MapEnd, MapOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { title = "SQL" }
///     law = {}
///     analyst = { stack = { any_of = ["sql", "law"] } }
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let map = catalog.map(&MapOptions::of(analyst));
/// assert_eq!(map.boxes.iter().map(|shown| shown.credential.as_str()).collect::<Vec<_>>(), ["analyst", "law", "sql"]);
/// assert_eq!(map.groups[0].words(), "any 1 of 2");
/// assert_eq!((map.arrows[0].from, map.arrows[0].to), (MapEnd::Group(0), MapEnd::Box(0)));
/// assert!(map.mermaid().starts_with("flowchart LR"));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PathwayMap {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The title of the target, or that of the catalog.
    pub title: String,
    /// Id of the target, if the map is of the pathway to one; empty if that is of another catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The date on which the learner is looked at, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// The credentials that are shown in boxes of their own, in the order of their ids.
    pub boxes: Vec<MapBox>,
    /// The groups of the requirements; what is inside a group stands before it.
    pub groups: Vec<MapGroup>,
    /// From what is asked for to what asks for it, in the order of what asks.
    pub arrows: Vec<MapArrow>,
}

/// A credential on a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapBox {
    /// Its id.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// Its type, as the catalog has it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it is conferred, that is, earned by its components. Any other is taken.
    pub conferred: bool,
    /// Whether the map is of the pathway to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub target: bool,
    /// How it stands with the learner, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What counts as it, directly or not, or is equivalent to it: the first ten, in the order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_by: Vec<MapName>,
    /// How many count as it besides.
    #[serde(default, skip_serializing_if = "is_none")]
    pub also_by_more: usize,
}

/// A credential that is named on a map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapName {
    /// Its id.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
}

/// A group of requirements on a map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapGroup {
    /// The kind of group.
    pub kind: PartKind,
    /// The amount that it asks for: parts, credits or hours; for `up_to`, how much can count.
    pub need: Amount,
    /// The number of its parts, those that are listed among them.
    pub parts: usize,
    /// The catalog's unit of credits, if it says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_unit: Option<String>,
    /// Its name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether each award may count for one of its parts only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub distinct: bool,
    /// The conditions that are written at it: they concern all that leads to it.
    #[serde(default, skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
    /// Whether the learner has it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The members that stand in it and have no arrow, in the order in which they are written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listed: Vec<MapMember>,
}

/// A member that is listed in its group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapMember {
    /// Its id.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The conditions that are written at it.
    #[serde(default, skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
    /// How it stands with the learner, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// An arrow from what is asked for to what asks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MapArrow {
    /// What asks: a credential, or a group.
    pub to: MapEnd,
    /// The rule that it belongs to.
    pub rule: PurposeRule,
    /// What is asked for.
    pub from: MapEnd,
    /// The conditions that are written where it is named; those of groups stand at the groups.
    #[serde(default, skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
}

/// One end of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapEnd {
    /// The box with this number, from 0.
    Box(usize),
    /// The group with this number, from 0.
    Group(usize),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "asked for in this way by serde")]
fn is_none(number: &usize) -> bool {
    *number == 0
}

impl PathwayMap {
    /// The arrows that lead to something, in order.
    pub(crate) fn into(&self, end: MapEnd) -> impl Iterator<Item = &MapArrow> {
        let start = self.arrows.partition_point(|arrow| arrow.to < end);
        self.arrows.iter().skip(start).take_while(move |arrow| arrow.to == end)
    }
}
