//! What exclusions rule out: credentials that nobody can earn for them, pairs that nobody can earn together, and choices that close a
//! target.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Rule;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::plan::question::reach::{Goal, ReachQuestion, Reached, Wanted};

use crate::check::check::Check;
use crate::check::derivation::Taken;
use crate::check::earnability::Faults;
use crate::check::ground::Ground;
use crate::finding::witness::{Because, Witness};
use crate::value::ids::{CredentialId, IdVec};

/// For each credential, a set of credentials that can be earned together and has it, if there is one.
pub(crate) struct Examples {
    /// Whether there is one.
    earnable: IdVec<CredentialId, bool>,
    /// Where exclusions had to be kept apart; any other can be derived.
    sets: BTreeMap<CredentialId, Vec<CredentialId>>,
    /// Those in each set that an exclusion names.
    contested: IdVec<CredentialId, Vec<CredentialId>>,
}

/// Something that a cause can do without, or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Prerequisite(CredentialId),
    Stack(CredentialId),
    /// Who excludes whom, as it is written.
    Exclusion(CredentialId, CredentialId),
    Closed(CredentialId),
}

impl Item {
    /// The credential that is not offered, if it says that one is not.
    pub(crate) fn closed(self) -> Option<CredentialId> {
        match self {
            Self::Closed(credential) => Some(credential),
            _ => None,
        }
    }
}

impl Check<'_> {
    /// Finds for every credential a set with it that can be earned; where exclusions leave none, tells why.
    pub(crate) fn exclusions(&mut self, ground: &Ground<'_>, faults: Faults) -> Examples {
        let mut examples = Examples::none(self.catalog.len());
        let (mut excluded, mut open) = (Vec::new(), BTreeSet::new());
        let earned: Vec<CredentialId> = ground.numbers().filter(|&credential| ground.is_earned(credential)).collect();
        let contested = &ground.contested;
        let mut first = excluded_on_first_ways(ground, &earned);
        for credential in earned {
            let first = first.get_mut(&credential).filter(|excluded| ground.is_compatible(excluded));
            if !contested[credential] || first.is_some() {
                examples.earnable[credential] = true;
                examples.contested[credential] = first.map(std::mem::take).unwrap_or_default();
                continue;
            }
            match ground.ask(&[Goal::Credential(credential)], Wanted::Small) {
                Reached::With(set, _) => {
                    examples.put(ground, credential, set.into_iter().map(|(member, _)| member).collect());
                }
                Reached::Never => excluded.push(credential),
                Reached::Undecided => {
                    open.insert(credential);
                    let message = format!("whether exclusions leave a way to {}", self.quoted(credential));
                    let place = self.written(credential).places.id.clone();
                    self.leave_open(Code::ContradictoryExclusion, credential, &place, message);
                }
            }
        }
        let Faults { told: mended, closed, left } = faults;
        let mut told: BTreeSet<CredentialId> = mended.union(&closed).copied().collect();
        excluded.extend(left);
        excluded.sort_unstable();
        let (excluded, mut left): (Vec<CredentialId>, Vec<CredentialId>) =
            excluded.into_iter().partition(|&credential| contested[credential]);
        left.extend(self.contradictions(ground, excluded, open, &mut told));
        left.sort_unstable();
        self.consequences(ground, left, (&told, &mended, &examples));
        examples
    }

    /// Tells of credentials that exclusions rule out, those first that would be ruled out if all others were simply there; some are already.
    /// Of those that are `open`, any may be one of them. Gives those that could be earned then.
    fn contradictions(
        &mut self,
        ground: &Ground<'_>,
        mut left: Vec<CredentialId>,
        mut open: BTreeSet<CredentialId>,
        free: &mut BTreeSet<CredentialId>,
    ) -> Vec<CredentialId> {
        let (known, mut follow) = (open.clone(), Vec::new());
        while !left.is_empty() {
            // What is free now may have been all that was wrong with some.
            if !free.is_empty() {
                let mut stay = Vec::new();
                for credential in left {
                    match possible(ground, credential, free) {
                        Reached::Never => stay.push(credential),
                        Reached::With(..) => follow.push(credential),
                        Reached::Undecided => drop(open.insert(credential)),
                    }
                }
                left = stay;
            }
            let mut all: BTreeSet<CredentialId> = free.iter().chain(&left).chain(&open).copied().collect();
            let (mut roots, mut others) = (BTreeSet::new(), Vec::new());
            for credential in left {
                all.remove(&credential);
                match possible(ground, credential, &all) {
                    Reached::Never => drop(roots.insert(credential)),
                    Reached::With(..) => others.push(credential),
                    Reached::Undecided => drop(open.insert(credential)),
                }
                all.insert(credential);
            }
            if roots.is_empty() && open.is_empty() && !others.is_empty() {
                // Each could be earned if the others could.
                roots.insert(others.remove(0));
            }
            if roots.is_empty() {
                open.extend(others.drain(..));
            }
            for &credential in &roots {
                let (cause, smallest) = cause(ground, &[Goal::Credential(credential)], [credential], free);
                self.contradiction(credential, (&cause, smallest));
            }
            free.extend(roots);
            left = others;
        }
        for credential in open.into_iter().filter(|credential| !known.contains(credential)) {
            self.leave_why(Code::ContradictoryExclusion, credential);
        }
        follow
    }

    /// Leaves open why nobody can earn the credential; that nobody can is certain.
    pub(crate) fn leave_why(&mut self, code: Code, credential: CredentialId) {
        let message = format!("why nobody can earn {}", self.quoted(credential));
        let place = self.written(credential).places.id.clone();
        self.leave_open(code, credential, &place, message);
    }

    fn contradiction(&mut self, credential: CredentialId, (cause, smallest): (&[Item], bool)) {
        let message = format!("nobody can earn {}: exclusions rule out what it needs", self.quoted(credential));
        let place = self.written(credential).places.id.clone();
        let diagnostic = self
            .with_cause(Diagnostic::new(Code::ContradictoryExclusion, place.clone(), message), cause)
            .help("drop the exclusion, or one of the needs");
        self.find(credential, diagnostic, Severity::Error);
        if !smallest {
            let message = format!("whether less than this rules out {}", self.quoted(credential));
            self.leave_open(Code::ContradictoryExclusion, credential, &place, message);
        }
    }

    /// Adds the cause, and labels where its exclusions are written.
    pub(crate) fn with_cause(&self, mut diagnostic: Diagnostic, cause: &[Item]) -> Diagnostic {
        let id = |credential: CredentialId| self.catalog.id(credential).to_owned();
        let mut because = Vec::new();
        for &item in cause {
            because.push(match item {
                Item::Prerequisite(credential) => self.because_of(Rule::prerequisite(credential)),
                Item::Stack(credential) => self.because_of(Rule::stack(credential)),
                Item::Closed(credential) => Because::NotOffered { credential: id(credential) },
                Item::Exclusion(by, excludes) => {
                    let listed = &self.written(by).places.excludes;
                    let place = listed.iter().find(|(other, _)| *other == excludes).map(|(_, place)| place.clone());
                    let place = place.unwrap_or_else(|| self.written(by).places.id.clone());
                    diagnostic =
                        diagnostic.also(place, format!("{} excludes {}", self.quoted(by), self.quoted(excludes)));
                    Because::Exclusion { credential: id(by), excludes: id(excludes) }
                }
            });
        }
        diagnostic.secondary.truncate(6);
        diagnostic.witness(Witness::Cause { because })
    }

    /// Tells of conferred credentials that nobody can earn together, although neither excludes the other.
    pub(crate) fn strong_conflicts(&mut self, ground: &Ground<'_>, examples: &Examples) {
        if ground.exclusions.is_empty() {
            return;
        }
        let earnable =
            |&credential: &CredentialId| self.catalog.network.has_stack(credential) && examples.has(credential);
        let conferred: Vec<CredentialId> = ground.numbers().filter(earnable).collect();
        // Only what an exclusion can reach conflicts with anything.
        let reached: Vec<CredentialId> =
            conferred.into_iter().filter(|&credential| ground.contested[credential]).collect();
        for (place, &one) in reached.iter().enumerate() {
            let mut conflicts = Vec::new();
            for &other in &reached[place + 1..] {
                if Self::exclude(ground, one, other) {
                    continue;
                }
                match Self::together(ground, examples, one, other) {
                    Some(true) => {}
                    Some(false) => conflicts.push(other),
                    None => {
                        let message =
                            format!("whether {} and {} can be earned together", self.quoted(one), self.quoted(other));
                        let place = self.written(one).places.id.clone();
                        self.leave_open(Code::StrongConflict, one, &place, message);
                    }
                }
            }
            if let Some(&first) = conflicts.first() {
                self.strong_conflict(ground, one, first, &conflicts);
            }
        }
    }

    fn strong_conflict(
        &mut self,
        ground: &Ground<'_>,
        one: CredentialId,
        first: CredentialId,
        conflicts: &[CredentialId],
    ) {
        let goals = [Goal::Credential(one), Goal::Credential(first)];
        let (cause, _) = cause(ground, &goals, [one, first], &BTreeSet::new());
        let message = format!("nobody can earn {} together with {}", self.quoted(one), self.some_quoted(conflicts));
        let diagnostic = Diagnostic::new(Code::StrongConflict, self.written(one).places.id.clone(), message)
            .help("if that is meant, say so by `excludes`; otherwise mend the exclusion that it comes from");
        let mut diagnostic = self.with_cause(diagnostic, &cause);
        if let Some(Witness::Cause { because }) = diagnostic.witness.take() {
            let with = conflicts.iter().map(|&other| self.catalog.id(other).to_owned()).collect();
            diagnostic.witness = Some(Witness::Conflict { with, because });
        }
        self.find(one, diagnostic, Severity::Warning);
    }

    fn exclude(ground: &Ground<'_>, one: CredentialId, other: CredentialId) -> bool {
        ground.exclusions.binary_search(&(one.min(other), one.max(other))).is_ok()
    }

    /// Whether somebody can earn both; `None` if that is left open.
    fn together(ground: &Ground<'_>, examples: &Examples, one: CredentialId, other: CredentialId) -> Option<bool> {
        if Self::exclude(ground, one, other) {
            return Some(false);
        }
        let [these, those] = [one, other].map(|credential| &examples.contested[credential]);
        if !these.iter().any(|&this| those.iter().any(|&that| Self::exclude(ground, this, that))) {
            return Some(true);
        }
        match ground.ask(&[Goal::Credential(one), Goal::Credential(other)], Wanted::Any) {
            Reached::With(..) => Some(true),
            Reached::Never => Some(false),
            Reached::Undecided => None,
        }
    }

    /// Tells of credentials on the way to a declared target that close it.
    pub(crate) fn dead_ends(&mut self, ground: &Ground<'_>, examples: &Examples) {
        let targets: BTreeSet<CredentialId> = self.options.targets.iter().copied().collect();
        for target in targets.into_iter().filter(|&target| target.index() < self.catalog.len()) {
            if !examples.has(target) {
                continue;
            }
            let cone = ground.cone([target]);
            let on_the_way = |&credential: &CredentialId| cone.credentials[credential] && examples.has(credential);
            for credential in ground.numbers().filter(on_the_way).collect::<Vec<CredentialId>>() {
                let place = self.written(credential).places.id.clone();
                match Self::together(ground, examples, credential, target) {
                    Some(true) => {}
                    Some(false) => {
                        let (one, of) = (self.quoted(credential), self.quoted(target));
                        let goals = [Goal::Credential(credential), Goal::Credential(target)];
                        let (cause, _) = cause(ground, &goals, [credential, target], &BTreeSet::new());
                        let message = format!("whoever takes {one} can never earn {of}");
                        let diagnostic = Diagnostic::new(Code::DeadEnd, place, message)
                            .help(format!("{one} is on a way to {of}, so tell learners, or mend the exclusion"));
                        let diagnostic = self.with_cause(diagnostic, &cause);
                        self.find(credential, diagnostic, Severity::Warning);
                    }
                    None => {
                        let message = format!("whether {} closes {}", self.quoted(credential), self.quoted(target));
                        self.leave_open(Code::DeadEnd, credential, &place, message);
                    }
                }
            }
        }
    }
}

impl Examples {
    fn none(credentials: usize) -> Self {
        Self {
            earnable: IdVec::filled(false, credentials),
            sets: BTreeMap::new(),
            contested: IdVec::filled(Vec::new(), credentials),
        }
    }

    fn put(&mut self, ground: &Ground<'_>, credential: CredentialId, set: Vec<CredentialId>) {
        let contested = set.iter().copied().filter(|&member| ground.excluded[member]).collect();
        self.contested[credential] = contested;
        self.earnable[credential] = true;
        self.sets.insert(credential, set);
    }

    /// Whether there is a set that can be earned together and has the credential.
    pub(crate) fn has(&self, credential: CredentialId) -> bool {
        self.earnable[credential]
    }

    /// Such a set; the derivation, unless exclusions do not allow that.
    pub(crate) fn with(&self, ground: &Ground<'_>, credential: CredentialId) -> Vec<CredentialId> {
        self.sets
            .get(&credential)
            .cloned()
            .unwrap_or_else(|| ground.derivation([Goal::Credential(credential)], Taken::First))
    }
}

/// For each of the credentials that rest on exclusions, which credentials that exclude others its derivation has, as far as there is work.
fn excluded_on_first_ways(ground: &Ground<'_>, earned: &[CredentialId]) -> BTreeMap<CredentialId, Vec<CredentialId>> {
    let mut in_turn: Vec<CredentialId> =
        earned.iter().copied().filter(|&credential| ground.contested[credential]).collect();
    in_turn.sort_unstable_by_key(|&credential| (ground.turn(credential), credential));
    let mut found: BTreeMap<CredentialId, Vec<CredentialId>> = BTreeMap::new();
    for credential in in_turn {
        if ground.is_exhausted() {
            break;
        }
        let supports = ground.supports(credential, Taken::First);
        let mut excluded: Vec<CredentialId> =
            supports.iter().filter_map(|other| found.get(other)).flatten().copied().collect();
        ground.spend(4 * supports.len() + excluded.len() + 1);
        excluded.extend(ground.excluded[credential].then_some(credential));
        excluded.sort_unstable();
        excluded.dedup();
        found.insert(credential, excluded);
    }
    found
}

/// Whether the credential can be earned if some others are simply there.
pub(crate) fn possible(ground: &Ground<'_>, credential: CredentialId, free: &BTreeSet<CredentialId>) -> Reached {
    if ground.is_exhausted() {
        return Reached::Undecided;
    }
    // What is simply there neither excludes nor is excluded: no exclusion that is written at it, or names it, stands.
    let stands = |(by, excluded): (CredentialId, CredentialId)| !free.contains(&by) && !free.contains(&excluded);
    let exclusions = ground.kept_apart(&ground.exclusions, stands);
    ground.put(
        &ReachQuestion {
            goals: &[Goal::Credential(credential)],
            without: &[],
            never: &[],
            at_most: &[],
            supposed: &|rule| free.contains(&rule.credential()),
            offered: &|other| ground.offered[other] || free.contains(&other),
            exclusions: &exclusions,
            evaluated: false,
        },
        Wanted::Any,
    )
}

/// Rules, exclusions and closed offerings that together rule out the goals, none of which can be left out; and whether it is certain that
/// none can.
pub(crate) fn cause(
    ground: &Ground<'_>,
    goals: &[Goal],
    of: impl IntoIterator<Item = CredentialId>,
    free: &BTreeSet<CredentialId>,
) -> (Vec<Item>, bool) {
    let cone = ground.cone(of);
    let inside = |credential: CredentialId| cone.credentials[credential] && !free.contains(&credential);
    let mut kept: BTreeSet<Item> = BTreeSet::new();
    let reached = |credential: CredentialId| cone.credentials[credential];
    let pairs: Vec<(CredentialId, CredentialId)> =
        ground.exclusions.iter().copied().filter(|&(one, other)| reached(one) && reached(other)).collect();
    kept.extend(ground.written(&pairs).into_iter().map(|(by, excluded)| Item::Exclusion(by, excluded)));
    for credential in ground.numbers().filter(|&credential| inside(credential)) {
        let network = &ground.catalog.network;
        kept.extend(network.top(Rule::prerequisite(credential)).map(|_| Item::Prerequisite(credential)));
        kept.extend(network.top(Rule::stack(credential)).map(|_| Item::Stack(credential)));
        if !ground.offered[credential] {
            kept.insert(Item::Closed(credential));
        }
    }
    let mut certain = true;
    let mut open: Vec<Vec<Item>> = vec![kept.iter().copied().collect()];
    while let Some(some) = open.pop() {
        let without: BTreeSet<Item> = kept.iter().filter(|item| !some.contains(item)).copied().collect();
        ground.spend(kept.len() / 8);
        match ruled_out(ground, goals, &without, &pairs) {
            Reached::Never => kept = without,
            Reached::Undecided if ground.is_exhausted() => return (kept.into_iter().collect(), false),
            answer if some.len() == 1 => certain &= matches!(answer, Reached::With(..)),
            _ => {
                let (first, second) = some.split_at(some.len() / 2);
                open.push(second.to_vec());
                open.push(first.to_vec());
            }
        }
    }
    (kept.into_iter().collect(), certain)
}

/// The goals, with nothing in their way but these.
fn ruled_out(
    ground: &Ground<'_>,
    goals: &[Goal],
    items: &BTreeSet<Item>,
    pairs: &[(CredentialId, CredentialId)],
) -> Reached {
    let exclusions = ground.kept_apart(pairs, |(by, excluded)| items.contains(&Item::Exclusion(by, excluded)));
    let stands = |rule: Rule| {
        let credential = rule.credential();
        items.contains(&if rule.is_stack() { Item::Stack(credential) } else { Item::Prerequisite(credential) })
    };
    ground.put(
        &ReachQuestion {
            goals,
            without: &[],
            never: &[],
            at_most: &[],
            supposed: &|rule| !stands(rule),
            offered: &|credential| !items.contains(&Item::Closed(credential)),
            exclusions: &exclusions,
            evaluated: false,
        },
        Wanted::Any,
    )
}
