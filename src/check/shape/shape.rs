//! Faults in the shape of rules: what a look at one rule, or at what is said of a few credentials, shows.
//!
//! Whether a part can be met is asked of the evaluator: of a learner who holds everything. Findings about what stands in a pool are told
//! once, wherever the pool is used.

use crate::check::shape::{conditions, credentials, groups, impossible, members, pools, time, totals, validity};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::catalog::requirement::{Members, Requirement};
use crate::check::check::Check;
use crate::check::ground::{Ground, Learner};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, LeafId};

/// Finds all of them.
pub(crate) fn find<'c>(check: &mut Check<'c>, ground: &Ground<'c>) {
    let everything = ground.holder(ground.numbers());
    let usable = Usable::new(&everything.progress);
    let looks = check.options.work.min(MOST_LOOKS);
    let mut shape = Shape {
        check,
        day: ground.day,
        everything: &everything,
        usable,
        looks,
        filters: BTreeSet::new(),
        stated: BTreeSet::new(),
        excused: BTreeSet::new(),
        told: BTreeMap::new(),
    };
    shape.read_places();
    conditions::find(&mut shape);
    impossible::find(&mut shape);
    groups::find(&mut shape);
    members::find(&mut shape);
    pools::find(&mut shape);
    credentials::find(&mut shape);
    totals::find(&mut shape);
    validity::find(&mut shape);
    time::find(&mut shape);
}

/// Names that are looked at, in all, to find which awards fit which places. Whoever lets more of them count as each other is told what
/// was left open.
const MOST_LOOKS: u64 = 5_000_000;

/// What the parts of this module share.
pub(crate) struct Shape<'s, 'c> {
    pub(crate) check: &'s mut Check<'c>,
    /// The day on which the learner holds everything.
    pub(crate) day: Date,
    pub(crate) everything: &'s Learner<'c>,
    /// What the learner who holds everything has.
    pub(crate) usable: Usable<'s, 'c>,
    pub(crate) looks: u64,
    /// Where filters begin in the text, and groups that say whether their parts have to be distinct.
    filters: BTreeSet<usize>,
    pub(crate) stated: BTreeSet<usize>,
    /// Leaves that no award fills, because a condition chooses among what a filter selects.
    pub(crate) excused: BTreeSet<LeafId>,
    /// What was told, by what it is about and where.
    told: BTreeMap<(Code, usize, usize, String), usize>,
}

impl<'c> Shape<'_, 'c> {
    pub(crate) fn catalog(&self) -> &'c Catalog {
        self.check.catalog
    }

    /// What the evaluator makes of the learner who holds everything.
    pub(crate) fn progress(&self) -> &Progress<'c> {
        &self.everything.progress
    }

    /// Whether it is certain that the learner who holds everything does not meet a part.
    pub(crate) fn is_unmet(&self, part: Part) -> bool {
        self.everything.met(part) == Met::No
    }

    /// How grave a fault is in a rule: an error if it stands in the way of the whole rule, else a warning.
    pub(crate) fn severity_in(&self, rule: Rule) -> Severity {
        let top = self.catalog().network.top(rule);
        if top.is_some_and(|top| self.is_unmet(top)) { Severity::Error } else { Severity::Warning }
    }

    /// Every requirement that is written, those in pools included.
    fn written(&self) -> Vec<&Requirement> {
        let document = &self.check.document;
        let rules = document.credentials.iter().flat_map(|written| written.prerequisite.iter().chain(&written.stack));
        let pooled = document.pools.iter().filter_map(|pool| listed_in(&pool.members)).flatten();
        let mut open: Vec<&Requirement> = rules.chain(pooled).collect();
        let mut next = 0;
        while let Some(requirement) = open.get(next) {
            let inner = requirement.members().and_then(listed_in);
            open.extend(inner.into_iter().flatten());
            next += 1;
        }
        open
    }

    fn read_places(&mut self) {
        let (mut filters, mut stated) = (BTreeSet::new(), BTreeSet::new());
        let pools = self.check.document.pools.iter().map(|pool| &pool.members);
        let written = self.written();
        for members in written.iter().filter_map(|requirement| requirement.members()).chain(pools) {
            if let Members::Filter(_, place) = members {
                filters.insert(place.start);
            }
        }
        stated.extend(written.iter().filter(|group| group.distinct.is_some()).map(|group| group.place.start));
        (self.filters, self.stated) = (filters, stated);
    }

    /// Whether a leaf is written as such, and not selected by a filter.
    pub(crate) fn is_written(&self, leaf: LeafId) -> bool {
        !self.filters.contains(&self.catalog().network.place(Part::Leaf(leaf)).start)
    }

    /// Notes a finding, unless the same was told at the same place; then the graver one stays.
    pub(crate) fn tell(&mut self, credential: CredentialId, diagnostic: Diagnostic, severity: Severity) {
        let diagnostic = diagnostic.severity(severity).about(self.catalog().id(credential));
        self.tell_of_all(diagnostic);
    }

    /// The same for what is not about one credential.
    pub(crate) fn tell_of_all(&mut self, diagnostic: Diagnostic) {
        let Range { start, end } = diagnostic.primary.span;
        // What stands in a pool may be met by way of both rules.
        let subjects = diagnostic.subjects.iter().map(String::as_str);
        let subjects: Vec<&str> = subjects.filter(|&name| !RULES.contains(&name)).collect();
        let found = &mut self.check.found;
        match self.told.entry((diagnostic.code, start, end, subjects.join("\n"))) {
            Entry::Vacant(vacant) => {
                vacant.insert(found.len());
                found.push(diagnostic);
            }
            Entry::Occupied(told) => {
                let told = &mut found[*told.get()];
                if diagnostic.severity < told.severity {
                    *told = diagnostic;
                }
            }
        }
    }

    /// The credentials whose awards fit a leaf by the names that they bear; `None` once too many names have been looked at.
    pub(crate) fn fitting(&mut self, leaf: LeafId) -> Option<Vec<CredentialId>> {
        if self.looks == 0 {
            return None;
        }
        let names = &self.catalog().names;
        let class = names.class(self.catalog().network.leaf(leaf).credential);
        let classes = Names::closure(class, |class| names.down(class));
        let fitting: Vec<CredentialId> = classes.into_iter().flat_map(|class| names.members(class)).copied().collect();
        self.looks = self.looks.saturating_sub(fitting.len() as u64);
        (self.looks > 0).then_some(fitting)
    }

    /// Both rules of every credential, as far as it has them.
    pub(crate) fn rules(&self) -> impl Iterator<Item = (CredentialId, Rule)> + use<'c> {
        let network = &self.catalog().network;
        let both = |credential| Rule::all(credential).map(move |rule| (credential, rule));
        (CredentialId::first(self.catalog().len())).flat_map(both).filter(|&(_, rule)| network.top(rule).is_some())
    }

    /// The id of a credential, shortened to be read.
    pub(crate) fn id(&self, credential: CredentialId) -> String {
        crate::read::reader::excerpt(self.catalog().id(credential))
    }

    /// Ids, in byte order, each once.
    pub(crate) fn ids(&self, credentials: impl IntoIterator<Item = CredentialId>) -> Vec<String> {
        let credentials: BTreeSet<CredentialId> = credentials.into_iter().collect();
        credentials.into_iter().map(|credential| self.catalog().id(credential).to_owned()).collect()
    }
}

/// The members that a list has.
pub(crate) fn listed_in(members: &Members) -> Option<&Vec<Requirement>> {
    match members {
        Members::List(list) => Some(list),
        Members::Pool(_) | Members::Filter(..) => None,
    }
}

/// What rules are called in a message.
const RULES: [&str; 2] = ["prerequisite", "stack"];

pub(crate) fn called(rule: Rule) -> &'static str {
    RULES[usize::from(rule.is_stack())]
}

/// A few names, and how many more there are.
pub(crate) fn some(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let short: Vec<String> = names.iter().map(|name| crate::read::reader::excerpt(name)).collect();
    let short: Vec<&str> = short.iter().map(String::as_str).collect();
    if short.len() <= SHOWN {
        return crate::read::reader::listed(&short);
    }
    format!("`{}` and {} more", short[..SHOWN - 1].join("`, `"), short.len() - SHOWN + 1)
}
