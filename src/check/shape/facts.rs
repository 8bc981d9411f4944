//! The facts that faults in the shape of rules are found by: a learner who holds everything, and where in the text what
//! stands.
//!
//! Whether a part can be met is asked of the evaluator: of a learner who holds everything.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::document::{Document, WrittenCredential};
use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::catalog::requirement::{Listed, Members, Requirement};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::finding::diagnostic::Severity;
use crate::read::reader::{excerpt, listed};
use crate::value::ids::{CredentialId, Id, LeafId};

use crate::check::facts::Facts;
use crate::check::learner::TrialLearner;

/// Names that are looked at, in all, to find which awards fit which places. Whoever lets more of them count as each
/// other is told what was left open.
const MOST_LOOKS: u64 = 5_000_000;

/// The facts that all passes over the shape of rules share.
pub(crate) struct ShapeFacts<'s, 'c> {
    pub(crate) facts: &'s Facts<'c>,
    pub(crate) everything: &'s TrialLearner<'c>,
    /// The awards of the learner who holds everything, by the leaves that they can fill.
    pub(crate) usable: Usable<'s, 'c>,
    /// Names that may still be looked at.
    looks: Cell<u64>,
    /// The places in the text where filters begin, and groups that say whether their parts have to be distinct.
    filters: BTreeSet<usize>,
    pub(crate) stated: BTreeSet<usize>,
}

impl<'s, 'c> ShapeFacts<'s, 'c> {
    pub(crate) fn new(facts: &'s Facts<'c>, everything: &'s TrialLearner<'c>) -> Self {
        let document = &facts.document;
        let pools = document.pools.iter().map(|pool| &pool.members);
        let written = written(document);
        let members = written.iter().filter_map(|requirement| requirement.members()).chain(pools);
        let listed =
            |members: &'s Members| std::iter::once(members).chain(members.listed().iter().filter_map(Listed::members));
        let members = members.flat_map(listed);
        let filter = |members: &Members| match members {
            Members::Filter(_, place) => Some(place.start),
            Members::List(_) | Members::Pool(_) => None,
        };
        Self {
            facts,
            everything,
            usable: Usable::new(&everything.progress),
            looks: Cell::new(facts.options.work.min(MOST_LOOKS)),
            filters: members.filter_map(filter).collect(),
            stated: written.iter().filter(|group| group.distinct.is_some()).map(|group| group.place.start).collect(),
        }
    }

    pub(crate) fn catalog(&self) -> &'c Catalog {
        self.facts.catalog
    }

    /// The evaluator's state for the learner who holds everything.
    pub(crate) fn progress(&self) -> &Progress<'c> {
        &self.everything.progress
    }

    /// Whether it is certain that the learner who holds everything does not meet a part.
    pub(crate) fn is_unmet(&self, part: Part) -> bool {
        self.everything.met(part) == Met::No
    }

    /// The severity of a fault in a rule: an error if it stands in the way of the whole rule, else a warning.
    pub(crate) fn severity_in(&self, rule: Rule) -> Severity {
        let top = self.catalog().network.top(rule);
        if top.is_some_and(|top| self.is_unmet(top)) { Severity::Error } else { Severity::Warning }
    }

    /// Whether a leaf is written as such, and not selected by a filter.
    pub(crate) fn is_written(&self, leaf: LeafId) -> bool {
        !self.filters.contains(&self.catalog().network.place(Part::Leaf(leaf)).start)
    }

    /// The credentials whose awards fit a leaf by the names that they bear; `None` once too many names have been looked
    /// at.
    pub(crate) fn fitting(&self, leaf: LeafId) -> Option<Vec<CredentialId>> {
        if self.looks.get() == 0 {
            return None;
        }
        let names = &self.catalog().names;
        let class = names.class(self.catalog().network.leaf(leaf).credential);
        let classes = Names::closure(class, |class| names.down(class));
        let fitting: Vec<CredentialId> = classes.into_iter().flat_map(|class| names.members(class)).copied().collect();
        self.look(fitting.len()).then_some(fitting)
    }

    /// Takes so many names off those that may still be looked at. Whether there are any left.
    pub(crate) fn look(&self, names: usize) -> bool {
        self.looks.set(self.looks.get().saturating_sub(names as u64));
        self.looks.get() > 0
    }

    /// Both rules of every credential, as far as it has them.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (CredentialId, Rule)> + use<'c> {
        let network = &self.catalog().network;
        let both = |credential| Rule::all(credential).map(move |rule| (credential, rule));
        (CredentialId::first(self.catalog().len())).flat_map(both).filter(|&(_, rule)| network.top(rule).is_some())
    }

    /// The id of a credential, shortened to be read.
    pub(crate) fn id(&self, credential: CredentialId) -> String {
        excerpt(self.catalog().id(credential))
    }

    /// Ids, in byte order, each once.
    pub(crate) fn ids(&self, credentials: impl IntoIterator<Item = CredentialId>) -> Vec<String> {
        let credentials: BTreeSet<CredentialId> = credentials.into_iter().collect();
        credentials.into_iter().map(|credential| self.catalog().id(credential).to_owned()).collect()
    }
}

/// Every requirement that is written, those in pools included.
fn written(document: &Document) -> Vec<&Requirement> {
    let rules = document.credentials.iter().flat_map(WrittenCredential::rules).map(|(_, rule)| rule);
    let pooled = document.pools.iter().flat_map(|pool| pool.members.listed()).filter_map(Listed::requirement);
    let mut open: Vec<&Requirement> = rules.chain(pooled).collect();
    let mut next = 0;
    while let Some(requirement) = open.get(next) {
        let inner = requirement.members().map(Members::listed).unwrap_or_default();
        open.extend(inner.iter().filter_map(Listed::requirement));
        next += 1;
    }
    open
}

/// The name of a rule in messages.
pub(crate) fn called(rule: Rule) -> &'static str {
    rule.kind().key()
}

/// A few names, and how many more there are.
pub(crate) fn some(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let short: Vec<String> = names.iter().map(|name| excerpt(name)).collect();
    let short: Vec<&str> = short.iter().map(String::as_str).collect();
    if short.len() <= SHOWN {
        return listed(&short);
    }
    format!("`{}` and {} more", short[..SHOWN - 1].join("`, `"), short.len() - SHOWN + 1)
}
