//! Policies on sharing: which credentials may use the same awards ([semantics 5.5](crate::semantics#5.5)).

use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::catalog::names::Names;
use crate::value::amount::Amount;
use crate::value::ids::CredentialId;
use crate::value::text::{counted, printable};

/// A limit on what two credentials may share when they are claimed together, by their types: one `[[sharing]]` table of
/// a catalog. It holds both ways round, and says nothing of a third credential. Where no table names a pair of types,
/// they share freely.
///
/// ```
/// use credpath::Catalog;
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [[sharing]]
///     between = ["Minor", "Major"]
///     max_awards = 2
/// "#)?;
/// assert_eq!(catalog.sharing()[0].max_awards, Some(2));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sharing {
    /// The types of the two credentials, in byte order; the same type twice for two credentials of one type.
    pub between: [String; 2],
    /// The most awards that both may use. All awards of one credential are one, unless it is repeatable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_awards: Option<u32>,
    /// The most credits that the awards which both use may carry, in the catalog's credit unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_credits: Option<Amount>,
    /// If only some awards are limited, the ids of the credentials that its filter selects, in byte order: theirs are,
    /// and those of their equivalents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<Vec<String>>,
}

/// The policies of a catalog.
#[derive(Debug)]
pub(crate) struct Policies {
    pub(crate) written: Vec<Sharing>,
    /// For each, what it selects and the equivalents of that, sorted, if it is about some awards only.
    limited: Vec<Option<Vec<CredentialId>>>,
    /// For each, where it stands in the text.
    places: Vec<Range<usize>>,
}

/// A policy, where it stands in the text, and what its filter selects, if it has one.
#[derive(Debug)]
pub(crate) struct PlacedSharing {
    pub(crate) policy: Sharing,
    pub(crate) place: Range<usize>,
    pub(crate) selected: Option<Rc<[CredentialId]>>,
}

impl Sharing {
    /// Whether it is about credentials of these two types.
    #[must_use]
    pub fn applies(&self, one: &str, other: &str) -> bool {
        let [a, b] = &self.between;
        (a == one && b == other) || (a == other && b == one)
    }

    /// Whether all that it allows another one allows as well, which awards these are about aside.
    pub(crate) fn allows_no_more_than(&self, other: &Self) -> bool {
        let awards = other.max_awards.is_none_or(|most| self.max_awards.is_some_and(|own| own <= most));
        awards && other.max_credits.is_none_or(|most| self.max_credits.is_some_and(|own| own <= most))
    }

    /// Whether it is about credentials of this type at all.
    #[must_use]
    pub fn names(&self, kind: &str) -> bool {
        self.between.iter().any(|named| named == kind)
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { between: [one, other], max_awards, max_credits, of } = self;
        write!(f, "{} and {} may share ", printable(one), printable(other))?;
        match max_awards {
            Some(0) => f.write_str("no award")?,
            Some(most) => f.write_str(&counted(*most, "award"))?,
            None => {}
        }
        if let Some(most) = max_credits {
            write!(f, "{}{most} credits", if max_awards.is_some() { " and " } else { "" })?;
        }
        match of {
            Some(_) => f.write_str(" of those that the policy is about"),
            None => Ok(()),
        }
    }
}

impl Policies {
    /// Those that are written, in an order of their own.
    pub(crate) fn new(mut written: Vec<PlacedSharing>, id: impl Fn(CredentialId) -> String, names: &Names) -> Self {
        for PlacedSharing { policy, selected, .. } in &mut written {
            policy.of = selected.as_ref().map(|selected| selected.iter().map(|&credential| id(credential)).collect());
        }
        // In what order they are written decides nothing.
        written.sort_by(|a, b| (&a.policy, &a.selected, a.place.start).cmp(&(&b.policy, &b.selected, b.place.start)));
        let mut policies = Self { written: Vec::new(), limited: Vec::new(), places: Vec::new() };
        for PlacedSharing { policy, place, selected } in written {
            policies.written.push(policy);
            policies.limited.push(selected.map(|selected| with_equivalents(&selected, names)));
            policies.places.push(place);
        }
        policies
    }

    /// Each with its place in the text.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (&Sharing, &Range<usize>)> {
        self.written.iter().zip(&self.places)
    }

    /// Whether awards of the credential are limited by a policy, by its place.
    pub(crate) fn limits(&self, policy: usize, credential: CredentialId) -> bool {
        let limited = self.limited.get(policy).and_then(Option::as_ref);
        limited.is_none_or(|limited| limited.binary_search(&credential).is_ok())
    }
}

fn with_equivalents(selected: &[CredentialId], names: &Names) -> Vec<CredentialId> {
    let same = |credential: CredentialId| {
        let members = names.members(names.class(credential)).iter().copied();
        members.filter(move |&other| names.unit(other) == names.unit(credential))
    };
    let mut limited: Vec<CredentialId> = selected.iter().flat_map(|&credential| same(credential)).collect();
    limited.sort_unstable();
    limited.dedup();
    limited
}
