//! Rules written out: pools and filters as lists, names, waivers (semantics 2, 3.4, 3.6, 3.7).

use super::super::edition::Feature;
use super::super::model::*;
use super::kept::Kept;
use super::{canonical, reach};
use std::collections::{BTreeMap, BTreeSet};

/// A requirement of a rule, with pools and filters written out and what is waived marked.
pub struct Requirement {
    pub conditions: Conditions,
    /// 3.7: each waiver of it, with the last day on which that holds.
    waivers: Vec<Option<Date>>,
    pub what: What,
}

pub enum What {
    /// In a rule of `owner`.
    Credential {
        id: Id,
        owner: Id,
    },
    Group {
        kind: Kind,
        distinct: bool,
        span: Option<Period>,
        average: Option<Amount>,
        parts: Vec<Requirement>,
    },
}

impl Requirement {
    /// 3.7.
    pub fn is_waived(&self, day: Date) -> bool {
        self.waivers.iter().any(|until| until.is_none_or(|last| day <= last))
    }
}

/// The catalog with what every rule needs: pools and filters written out, names and equivalents, and the waivers
/// and substitutions of a record.
pub struct Rules<'a> {
    pub catalog: &'a Catalog,
    /// Under the catalog's own ids.
    pub record: Record,
    pub prerequisite: BTreeMap<Id, Requirement>,
    pub corequisite: BTreeMap<Id, Requirement>,
    pub stack: BTreeMap<Id, Requirement>,
    /// The substitutions whose places exist.
    pub(super) substitutions: Vec<Substitution>,
    /// 3.4: every name an award of the credential counts under, everywhere.
    names: BTreeMap<Id, BTreeSet<Id>>,
    /// The same for the leaves of the rules of one credential, given first, if it is different there.
    names_within: BTreeMap<(Id, Id), BTreeSet<Id>>,
    /// The least id among the credential and its equivalents.
    pub same: BTreeMap<Id, Id>,
    /// 5.2: the credential or an equivalent of it is repeatable.
    pub repeatable: BTreeSet<Id>,
    /// 7: what new awards carry in plans.
    pub kept: Kept,
    /// Not the contract: in sums and counts, awards and members add in every place at once. Only to see, by comparing,
    /// whether the rule of 2.2 that each adds once decided something.
    pub places_do_not_compete: bool,
    /// For `span`, try every set of awards and not only the awards of every window. Only to check that this
    /// makes no difference.
    pub every_choice_for_span: bool,
    /// For `distinct`, try every way to give each unit to one part or to none. Only to check that this makes
    /// no difference.
    pub every_division: bool,
    /// Not the contract: for `distinct`, every award is a unit of its own. Only to see whether 5.2 decided something.
    pub awards_are_units: bool,
}

impl<'a> Rules<'a> {
    /// Waivers and substitutions are those of the record (3.6, 3.7); those whose place does not exist do nothing.
    pub fn new(catalog: &'a Catalog, record: &Record) -> Rules<'a> {
        let all = &catalog.credentials;
        let record = canonical(catalog, record);
        let exists = |id: Id| all.contains_key(id);
        let placed = |s: &&Substitution| exists(s.stands_for) && s.within.is_none_or(exists);
        let substitutions: Vec<Substitution> = record.substitutions.iter().filter(placed).cloned().collect();
        let ids: BTreeSet<Id> = all.keys().copied().chain(substitutions.iter().map(|s| s.used)).collect();
        let names = |id: Id, owner: Option<Id>| names(catalog, &substitutions, id, owner);
        let mut names_within = BTreeMap::new();
        for owner in substitutions.iter().filter_map(|s| s.within) {
            names_within.extend(ids.iter().map(|id| ((owner, *id), names(id, Some(owner)))));
        }
        let family = |id: &Id| reach(id, |n| equivalents(catalog, n));
        let mut written = [BTreeMap::new(), BTreeMap::new(), BTreeMap::new()];
        for (id, c) in all {
            for (n, rule) in [&c.prerequisite, &c.corequisite, &c.stack].into_iter().enumerate() {
                let waivers = |part: &Part| waivers(catalog, &record, id, part, n == 2);
                if let Some(rule) = rule {
                    let mut rule = written_out(catalog, id, rule, &waivers);
                    if n == 0 {
                        rule.waivers.extend(waivers_of(&record, id, Waived::Prerequisite));
                    }
                    written[n].insert(*id, rule);
                }
            }
        }
        let [prerequisite, corequisite, stack] = written;
        Rules {
            catalog,
            prerequisite,
            corequisite,
            stack,
            names: ids.iter().map(|id| (*id, names(id, None))).collect(),
            names_within,
            same: all.keys().map(|id| (*id, *family(id).first().unwrap())).collect(),
            repeatable: all.keys().filter(|id| family(id).iter().any(|n| all[n].repeatable)).copied().collect(),
            substitutions,
            record,
            kept: Kept::new(),
            places_do_not_compete: false,
            every_choice_for_span: false,
            every_division: false,
            awards_are_units: false,
        }
    }

    /// 3.4, and 3.6 for substitutions that hold everywhere.
    pub fn counts_as(&self, award_of: Id, name: Id) -> bool {
        self.names.get(award_of).is_some_and(|names| names.contains(name))
    }

    /// 3.4, 3.6: the same for a leaf in the rules of `owner`.
    pub fn counts_as_within(&self, owner: Id, award_of: Id, name: Id) -> bool {
        match self.names_within.get(&(owner, award_of)) {
            Some(names) => names.contains(name),
            None => self.counts_as(award_of, name),
        }
    }
}

/// 3.4, 3.6: under which names an award counts for leaves in the rules of a credential, or elsewhere.
fn names(catalog: &Catalog, substitutions: &[Substitution], id: Id, owner: Option<Id>) -> BTreeSet<Id> {
    reach(id, |n| {
        let here = |s: &&Substitution| s.used == n && (s.within.is_none() || s.within == owner);
        let mut next: Vec<Id> = substitutions.iter().filter(here).map(|s| s.stands_for).collect();
        next.extend(equivalents(catalog, n));
        next.extend(catalog.credentials.get(n).iter().flat_map(|c| &c.counts_as));
        next
    })
}

fn waivers_of(record: &Record, owner: Id, place: Waived) -> Vec<Option<Date>> {
    let here = |w: &&Waiver| w.credential == owner && w.place == place;
    record.waivers.iter().filter(here).map(|w| w.until).collect()
}

/// 3.7: the waivers of a part of a rule. A group is waived by its name; a component in every rule, in the first
/// edition only in the stack.
fn waivers(catalog: &Catalog, record: &Record, owner: Id, part: &Part, in_stack: bool) -> Vec<Option<Date>> {
    match part {
        Part::Group { name: Some(name), .. } => waivers_of(record, owner, Waived::Requirement(name)),
        Part::Credential { id, .. } if in_stack || catalog.edition.has(Feature::ComponentsOfPrerequisites) => {
            let family = reach(id, |n| equivalents(catalog, n));
            family.into_iter().flat_map(|n| waivers_of(record, owner, Waived::Component(n))).collect()
        }
        _ => Vec::new(),
    }
}

/// 2.3, 3.7: a rule of `owner` with its pools and filters written out as lists, and the parts that are waived marked.
fn written_out(catalog: &Catalog, owner: Id, part: &Part, waivers: &dyn Fn(&Part) -> Vec<Option<Date>>) -> Requirement {
    let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
    let what = match part {
        Part::Credential { id, .. } => What::Credential { id, owner },
        Part::Group { kind, members, distinct, span, average, .. } => {
            let parts = listed(catalog, owner, members);
            let parts = parts.iter().map(|p| written_out(catalog, owner, p, waivers)).collect();
            What::Group { kind: *kind, distinct: *distinct, span: *span, average: *average, parts }
        }
    };
    Requirement { conditions: conditions.clone(), waivers: waivers(part), what }
}

/// 2.3: the members of a group in a rule of `owner`.
pub fn listed(catalog: &Catalog, owner: Id, members: &Members) -> Vec<Part> {
    match members {
        Members::List(parts) => parts
            .iter()
            .flat_map(|part| match part {
                Part::Group { kind: Kind::Each, members, .. } => listed(catalog, owner, members),
                part => vec![part.clone()],
            })
            .collect(),
        Members::Pool(name) => listed(catalog, owner, &catalog.pools[name]),
        Members::Filter(filter) => {
            let selected = catalog.credentials.values().filter(|c| c.id != owner && selects(filter, c));
            selected.map(|c| leaf(c.id)).collect()
        }
    }
}

/// 2.3: what a filter selects: taken credentials only, unless `type` is given.
pub fn selects(filter: &Filter, c: &Credential) -> bool {
    (filter.kind.is_some() || c.stack.is_none()) && matches(filter, c)
}

/// 2.3: every key that is given must match.
fn matches(filter: &Filter, c: &Credential) -> bool {
    filter.tags.as_ref().is_none_or(|tags| tags.iter().any(|t| c.tags.contains(t)))
        && filter.without_tags.as_ref().is_none_or(|tags| !tags.iter().any(|t| c.tags.contains(t)))
        && filter.kind.is_none_or(|kind| super::type_of(c) == kind)
        && filter.issuer.as_ref().is_none_or(|list| c.issuer.is_some_and(|i| list.contains(&i)))
        && filter.level.is_none_or(|(min, max)| {
            c.level.is_some_and(|l| min.is_none_or(|min| min <= l) && max.is_none_or(|max| l <= max))
        })
        && filter
            .credits
            .is_none_or(|(min, max)| min.is_none_or(|min| min <= c.credits) && max.is_none_or(|max| c.credits <= max))
        && match &filter.except {
            None => true,
            Some(Except::Ids(ids)) => !ids.contains(&c.id),
            Some(Except::Filter(except)) => !matches(except, c),
        }
}

/// 1: the other members of every set of equivalents that names the credential.
pub fn equivalents(catalog: &Catalog, id: Id) -> Vec<Id> {
    catalog.equivalent.iter().filter(|set| set.contains(&id)).flatten().copied().collect()
}
