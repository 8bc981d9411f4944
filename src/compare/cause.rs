//! The rule because of which a learner meets the requirements of a credential under one version of a catalog and not
//! under the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part, Rule, RuleKind};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Admitted, AwardId, Evidence, Origin};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::{Progress, STACK};
use crate::plan::answers::plan::PurposeRule;
use crate::value::ids::CredentialId;

use crate::compare::answer::{Cause, RestsOn};
use crate::compare::fields;
use crate::compare::holder::meets;
use crate::compare::versions::{CommonId, Versions, direct, suppliers, waits};
use crate::compare::words::asks;

/// Something that the rules of one version give a learner, and those of the other do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Conferral {
    credential: CredentialId,
    /// Whether only its stack was met, which lets an award of it last.
    only_stack: bool,
}

/// Looks for the cause. The learner meets the requirements of a credential on side `from`, where it has this number,
/// and not on the other.
pub(crate) fn cause(
    versions: &Versions<'_>,
    from: usize,
    [meeting, missing]: [&Progress<'_>; 2],
    target: CredentialId,
) -> Cause {
    let tracing = Tracing { versions, from, meeting, missing, came: order_of(meeting) };
    let mut given = Conferral { credential: target, only_stack: false };
    loop {
        let Conferral { credential: own, only_stack } = given;
        let Some(there) = versions.across(from, own) else { return tracing.told(given, None) };
        let before = tracing.lost_before(given);
        if let [only] = before[..]
            && !only_stack
            && versions.same_rules(if from == 0 { [own, there] } else { [there, own] })
        {
            given = only;
            continue;
        }
        let all = tracing.supposing(&before);
        let (catalog, other) = (versions.catalogs[from], versions.catalogs[1 - from]);
        let taken_now = catalog.network.has_stack(own) && !other.network.has_stack(there) && own != target;
        if taken_now || !is_given(&all, Conferral { credential: there, only_stack }) {
            return tracing.told(given, Some(&all));
        }
        // Some of what came before is what it lacks; what came earlier still is the reason for that.
        let mut needed = before;
        for place in (0..needed.len()).rev() {
            let mut fewer = needed.clone();
            fewer.remove(place);
            if is_given(&tracing.supposing(&fewer), Conferral { credential: there, only_stack }) {
                needed = fewer;
            }
        }
        match needed.first() {
            Some(&first) => given = first,
            None => return tracing.told(given, Some(&all)),
        }
    }
}

/// The order in which the rules gave what they gave.
fn order_of(progress: &Progress<'_>) -> BTreeMap<Conferral, usize> {
    let mut came = BTreeMap::new();
    for (place, Admitted { evidence, again, .. }) in progress.evidence.iter().enumerate() {
        if *again || evidence.origin == Origin::Qualified {
            came.entry(Conferral { credential: evidence.credential, only_stack: *again }).or_insert(place);
        }
    }
    came
}

fn is_given(progress: &Progress<'_>, given: Conferral) -> bool {
    let Conferral { credential, only_stack } = given;
    if only_stack { progress.rules(credential) & STACK != 0 } else { meets(progress, credential) == Met::Yes }
}

struct Tracing<'t, 'c> {
    versions: &'t Versions<'c>,
    from: usize,
    meeting: &'t Progress<'t>,
    missing: &'t Progress<'t>,
    came: BTreeMap<Conferral, usize>,
}

impl<'t> Tracing<'t, '_> {
    /// Everything that the rules could draw on, that had come before, and that does not come on the other side; in the
    /// order of ids.
    fn lost_before(&self, given: Conferral) -> Vec<Conferral> {
        let Self { versions, from, .. } = self;
        let other = versions.catalogs[1 - from];
        let drawn = versions.across(*from, given.credential).map(|there| direct(other, there)).unwrap_or_default();
        let until = self.came.get(&given).copied().unwrap_or(usize::MAX);
        let mut lost = Vec::new();
        for there in drawn {
            let Some(own) = versions.across(1 - from, there) else { continue };
            let came = |only_stack| {
                self.came.get(&Conferral { credential: own, only_stack }).is_some_and(|&place| place < until)
            };
            if came(false) && !self.missing.is_conferred(there) {
                lost.push(Conferral { credential: own, only_stack: false });
            }
            if came(true) && waits(other, there) && self.missing.rules(there) & STACK == 0 {
                lost.push(Conferral { credential: own, only_stack: true });
            }
        }
        lost
    }

    /// The other side if it gave this as well.
    fn supposing(&self, given: &[Conferral]) -> Progress<'t> {
        let mut progress = self.missing.clone();
        let (catalog, date) = (progress.catalog, progress.date());
        let mut number = AwardId::NONE;
        for Admitted { evidence, again, .. } in &self.meeting.evidence {
            let came = Conferral { credential: evidence.credential, only_stack: *again };
            let counts = (*again || evidence.origin == Origin::Qualified) && given.contains(&came);
            let Some(there) = self.versions.across(self.from, evidence.credential).filter(|_| counts) else { continue };
            let (grade, origin) = if *again {
                number = number.before();
                (evidence.grade, Origin::Issued(number))
            } else {
                (Grade::None, Origin::Qualified)
            };
            let given = Evidence::new(catalog, there, evidence.awarded.unwrap_or(date), grade, origin);
            // What is recorded of an award is so on both sides.
            progress.suppose(if *again { given.with_amounts(evidence.own_amounts()) } else { given });
        }
        progress.settle();
        progress
    }

    /// The cause in words and lines: the first part of the rule that is not met on the other side.
    fn told(&self, given: Conferral, there: Option<&Progress<'_>>) -> Cause {
        let Conferral { credential: own, only_stack } = given;
        let catalogs = [self.versions.catalogs[self.from], self.versions.catalogs[1 - self.from]];
        let mut cause = Cause {
            credential: self.id(self.versions.common[self.from][own]),
            rule: PurposeRule::Stack,
            asks: String::new(),
            older_line: None,
            newer_line: None,
            rests_on: Vec::new(),
        };
        let other = self.versions.across(self.from, own);
        let unmet = other.zip(there).and_then(|(other, progress)| {
            let rules = Rule::all(other);
            let unmet = rules.into_iter().filter(|rule| rule.is_stack() || !only_stack);
            let rule = unmet
                .filter(|&rule| catalogs[1].network.top(rule).is_some())
                .find(|&rule| !progress.rule_is_met(rule))?;
            Some((rule, progress))
        });
        let rule = unmet.map(|(rule, _)| rule);
        let kind = rule.map_or(RuleKind::Stack, Rule::kind);
        cause.rule = kind.into();
        let here = catalogs[0].network.top(Rule::new(own, kind));
        let mut parts = [here, None];
        if let Some((rule, progress)) = unmet {
            let (matching, failing) = self.failing(here, catalogs[1].network.top(rule), progress);
            parts = [matching, failing];
            cause.asks = failing.map(|part| asks(catalogs[1], part)).unwrap_or_default();
        }
        let lines = [0, 1].map(|side| parts[side].map(|part| catalogs[side].line(part)));
        [cause.older_line, cause.newer_line] = if self.from == 0 { lines } else { [lines[1], lines[0]] };
        if let (Some(other), Some(rule), Some(here)) = (other, rule, here) {
            cause.rests_on = self.rests_on(here, catalogs[1].network.top(rule), [own, other]);
        }
        cause
    }

    /// The first part that is not met, and the part on the first side that it stands for.
    fn failing(
        &self,
        here: Option<Part>,
        there: Option<Part>,
        progress: &Progress<'_>,
    ) -> (Option<Part>, Option<Part>) {
        let networks = [&self.versions.catalogs[self.from].network, &self.versions.catalogs[1 - self.from].network];
        let (mut here, mut there) = (here, there);
        while let Some(Part::Group(group)) = there {
            let described = networks[1].group(group);
            let parts = networks[1].parts(group);
            let all = described.measure == Measure::Count && described.threshold as usize == parts.len();
            let inner = all.then(|| parts.iter().position(|&part| progress.met(part) != Met::Yes)).flatten();
            let Some(place) = inner else { break };
            // Without anything that it stands for, it is new.
            here = match here {
                Some(Part::Group(matching)) => self.matching(networks[0].parts(matching), parts, place),
                Some(leaf) => self.matching(&[leaf], parts, place),
                None => None,
            };
            there = Some(parts[place]);
        }
        (here, there)
    }

    /// Of the parts on the first side, the one that a part on the other stands for: the same one, else what is left in
    /// its place.
    fn matching(&self, parts: &[Part], others: &[Part], place: usize) -> Option<Part> {
        let same = |here: Part, there: Part| {
            let both = if self.from == 0 { [here, there] } else { [there, here] };
            match both {
                [Part::Leaf(old), Part::Leaf(new)] => {
                    let named = [(0, old), (1, new)]
                        .map(|(side, leaf)| self.versions.catalogs[side].network.leaf(leaf).credential);
                    self.versions.across(0, named[0]) == Some(named[1])
                }
                [Part::Group(_), Part::Group(_)] => self.versions.same_part(both, true),
                _ => false,
            }
        };
        let twin = parts.iter().copied().find(|&part| same(part, others[place]));
        let left = || {
            let like = |part: &Part| {
                matches!((part, others[place]), (Part::Leaf(_), Part::Leaf(_)) | (Part::Group(_), Part::Group(_)))
            };
            let mut free = parts.iter().filter(|&&part| !others.iter().any(|&other| same(part, other)));
            free.find(|part| like(part)).copied()
        };
        twin.or_else(left)
    }

    /// The differences in what the rule rests on, where the rule itself is written the same.
    fn rests_on(&self, here: Part, there: Option<Part>, [own, other]: [CredentialId; 2]) -> Vec<RestsOn> {
        let Some(there) = there else { return Vec::new() };
        let numbers = if self.from == 0 { [own, other] } else { [other, own] };
        let parts = if self.from == 0 { [here, there] } else { [there, here] };
        let leaves = [0, 1].map(|side| self.versions.catalogs[side].network.leaves_below(parts[side]));
        let as_written = leaves[0].len() == leaves[1].len()
            && leaves[0].iter().zip(&leaves[1]).all(|(&old, &new)| self.versions.same_leaf([old, new], false))
            && self.same_groups(parts);
        if !as_written {
            return Vec::new();
        }
        let mut found: BTreeSet<RestsOn> = BTreeSet::new();
        for (&old, &new) in leaves[0].iter().zip(&leaves[1]) {
            let named =
                [(0, old), (1, new)].map(|(side, leaf)| self.versions.catalogs[side].network.leaf(leaf).credential);
            let ids = [0, 1].map(|side| {
                suppliers(self.versions.catalogs[side], named[side])
                    .map(|credential| self.versions.common[side][credential])
                    .collect::<BTreeSet<CommonId>>()
            });
            let unit = self.versions.catalogs[0].network.unit_of(old);
            for &common in ids[0].union(&ids[1]) {
                let is_named = self.versions.common[0][named[0]] == common;
                let numbers = self.versions.pairs[common];
                found.extend(fields::that_matter(self.versions, numbers, unit.filter(|_| is_named)));
            }
            for &common in ids[0].symmetric_difference(&ids[1]) {
                found.insert(RestsOn { credential: self.id(common), field: "counts_as".to_owned() });
            }
        }
        let [old, new] = self.versions.catalogs;
        if found.is_empty() && old.header().grades != new.header().grades {
            found.insert(RestsOn {
                credential: self.id(self.versions.common[0][numbers[0]]),
                field: "grades".to_owned(),
            });
        }
        found.into_iter().collect()
    }

    fn same_groups(&self, parts: [Part; 2]) -> bool {
        let [old, new] = [0, 1].map(|side| self.versions.catalogs[side].network.groups_below(parts[side]));
        old.len() == new.len() && old.into_iter().zip(new).all(|(old, new)| self.versions.same_group([old, new]))
    }

    fn id(&self, common: CommonId) -> String {
        self.versions.name(common).to_owned()
    }
}
