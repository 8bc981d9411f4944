//! Credentials and pairs that exclusions rule out: credentials that nobody can earn for them, pairs that nobody can
//! earn together, and choices that close a target.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{Reached, Wanted};

use crate::check::cause::{CauseItem, cause, possible};
use crate::check::derivation::Preference;
use crate::check::examples::Examples;
use crate::check::facts::Facts;
use crate::check::faults::{Faults, RuledOut};
use crate::check::findings::Findings;
use crate::check::pass::Pass;
use crate::finding::witness::Witness;
use crate::value::ids::CredentialId;
use crate::value::text::counted;

/// Finds for every credential a set with it that can be earned; where exclusions leave none, tells why. `mended` cannot
/// be earned because of their own rules, `closed` are not offered, and `left` need what cannot be earned.
pub(crate) fn exclusions<'c>(facts: &Facts<'c>, faults: &Faults) -> (Findings<'c>, Examples, RuledOut) {
    let mut pass = Pass::new(facts);
    let (examples, ruled_out) = pass.keep_apart(faults);
    (pass.findings, examples, ruled_out)
}

/// Tells of conferred credentials that nobody can earn together, although neither excludes the other.
pub(crate) fn strong_conflicts<'c>(facts: &Facts<'c>, examples: &Examples) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.strong_conflicts(examples);
    pass.findings
}

/// Tells of credentials on the way to a declared target that close it.
pub(crate) fn dead_ends<'c>(facts: &Facts<'c>, examples: &Examples) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.dead_ends(examples);
    pass.findings
}

impl Pass<'_, '_> {
    fn keep_apart(&mut self, faults: &Faults) -> (Examples, RuledOut) {
        let facts = self.facts;
        let mut examples = Examples::none(self.facts.catalog.len());
        let (mut excluded, mut open) = (Vec::new(), BTreeSet::new());
        let earned: Vec<CredentialId> = facts.numbers().filter(|&credential| facts.is_earned(credential)).collect();
        let contested = &facts.contested;
        let mut first = excluded_on_first_ways(facts, &earned);
        for credential in earned {
            let first = first.get_mut(&credential).filter(|excluded| facts.is_compatible(excluded));
            if !contested[credential] || first.is_some() {
                examples.earnable[credential] = true;
                examples.contested[credential] = first.map(std::mem::take).unwrap_or_default();
                continue;
            }
            match facts.ask(&[Goal::Credential(credential)], Wanted::Small) {
                Reached::With(set, _) => {
                    examples.put(facts, credential, set.into_iter().map(|(member, _)| member).collect());
                }
                Reached::Never => excluded.push(credential),
                Reached::Undecided => {
                    open.insert(credential);
                    let message = format!("whether exclusions leave a way to {}", self.facts.quoted(credential));
                    self.open_credential(Code::ContradictoryExclusion, credential, message);
                }
            }
        }
        let mut told: BTreeSet<CredentialId> = faults.told.union(&faults.closed).copied().collect();
        excluded.extend(&faults.left);
        excluded.sort_unstable();
        let (excluded, mut left): (Vec<CredentialId>, Vec<CredentialId>) =
            excluded.into_iter().partition(|&credential| contested[credential]);
        left.extend(self.contradictions(excluded, open, &mut told));
        left.sort_unstable();
        (examples, RuledOut { left, told })
    }

    /// Tells of credentials that exclusions rule out, those first that would be ruled out if all others were simply
    /// there; some are already. Of those that are `open`, any may be one of them. Gives those that could be earned
    /// then.
    fn contradictions(
        &mut self,
        mut left: Vec<CredentialId>,
        mut open: BTreeSet<CredentialId>,
        free: &mut BTreeSet<CredentialId>,
    ) -> Vec<CredentialId> {
        let facts = self.facts;
        let (known, mut follow) = (open.clone(), Vec::new());
        while !left.is_empty() {
            // What is free now may have been all that was wrong with some.
            if !free.is_empty() {
                let mut stay = Vec::new();
                for credential in left {
                    match possible(facts, credential, free) {
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
                match possible(facts, credential, &all) {
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
                let (cause, smallest) = cause(facts, &[Goal::Credential(credential)], [credential], free);
                self.contradiction(credential, &cause, smallest);
            }
            free.extend(roots);
            left = others;
        }
        for credential in open.into_iter().filter(|credential| !known.contains(credential)) {
            self.leave_why(Code::ContradictoryExclusion, credential);
        }
        follow
    }

    fn contradiction(&mut self, credential: CredentialId, cause: &[CauseItem], smallest: bool) {
        let message = format!("nobody can earn {}: exclusions rule out what it needs", self.facts.quoted(credential));
        let place = self.facts.place_of_id(credential);
        let diagnostic = self
            .facts
            .with_cause(Diagnostic::new(Code::ContradictoryExclusion, place.clone(), message), cause)
            .help("drop the exclusion, or one of the needs");
        self.findings.find(credential, diagnostic, Severity::Error);
        if !smallest {
            let message = format!("whether less than this rules out {}", self.facts.quoted(credential));
            self.findings.leave_open(Code::ContradictoryExclusion, credential, &place, message);
        }
    }

    fn strong_conflicts(&mut self, examples: &Examples) {
        let facts = self.facts;
        if facts.exclusions.is_empty() {
            return;
        }
        let earnable =
            |&credential: &CredentialId| self.facts.catalog.network.has_stack(credential) && examples.has(credential);
        let conferred: Vec<CredentialId> = facts.numbers().filter(earnable).collect();
        // Only what an exclusion can reach conflicts with anything.
        let reached: Vec<CredentialId> =
            conferred.into_iter().filter(|&credential| facts.contested[credential]).collect();
        for (place, &one) in reached.iter().enumerate() {
            let mut conflicts = Vec::new();
            for &other in &reached[place + 1..] {
                if Self::exclude(facts, one, other) {
                    continue;
                }
                match Self::together(facts, examples, one, other) {
                    Some(true) => {}
                    Some(false) => conflicts.push(other),
                    None => {
                        let message = format!(
                            "whether {} and {} can be earned together",
                            self.facts.quoted(one),
                            self.facts.quoted(other)
                        );
                        self.open_credential(Code::StrongConflict, one, message);
                    }
                }
            }
            if let Some(&first) = conflicts.first() {
                self.strong_conflict(one, first, &conflicts);
            }
        }
    }

    fn strong_conflict(&mut self, one: CredentialId, first: CredentialId, conflicts: &[CredentialId]) {
        let facts = self.facts;
        let goals = [Goal::Credential(one), Goal::Credential(first)];
        let (cause, _) = cause(facts, &goals, [one, first], &BTreeSet::new());
        let message =
            format!("nobody can earn {} together with {}", self.facts.quoted(one), self.facts.some_quoted(conflicts));
        let diagnostic = Diagnostic::new(Code::StrongConflict, self.facts.place_of_id(one), message)
            .help("if that is meant, say so by `excludes`; otherwise mend the exclusion that it comes from");
        let mut diagnostic = self.facts.with_cause(diagnostic, &cause);
        if let Some(Witness::Cause { because }) = diagnostic.witness.take() {
            let with = conflicts.iter().map(|&other| self.facts.catalog.id(other).to_owned()).collect();
            diagnostic.witness = Some(Witness::Conflict { with, because });
        }
        self.findings.find(one, diagnostic, Severity::Warning);
    }

    fn exclude(facts: &Facts<'_>, one: CredentialId, other: CredentialId) -> bool {
        facts.exclusions.binary_search(&(one.min(other), one.max(other))).is_ok()
    }

    /// Whether somebody can earn both; `None` if that is left open.
    fn together(facts: &Facts<'_>, examples: &Examples, one: CredentialId, other: CredentialId) -> Option<bool> {
        if Self::exclude(facts, one, other) {
            return Some(false);
        }
        let [these, those] = [one, other].map(|credential| &examples.contested[credential]);
        if !these.iter().any(|&this| those.iter().any(|&that| Self::exclude(facts, this, that))) {
            return Some(true);
        }
        match facts.ask(&[Goal::Credential(one), Goal::Credential(other)], Wanted::Any) {
            Reached::With(..) => Some(true),
            Reached::Never => Some(false),
            Reached::Undecided => None,
        }
    }

    fn dead_ends(&mut self, examples: &Examples) {
        let facts = self.facts;
        // Ids of two catalogs may have one number: they are told apart before they are put in order.
        let asked = self.facts.options.targets.iter().copied();
        let (targets, foreign): (Vec<_>, Vec<_>) = asked.partition(|&target| self.facts.catalog.knows(target));
        let targets: BTreeSet<CredentialId> = targets.into_iter().collect();
        if !foreign.is_empty() {
            let what = counted(foreign.len(), "target");
            let message = format!("what closes {what} of another catalog, which this one does not know");
            self.findings.leave_open(Code::DeadEnd, CredentialId::default(), &(0..0), message);
        }
        for target in targets {
            if !examples.has(target) {
                continue;
            }
            let cone = facts.cone([target]);
            let on_the_way = |&credential: &CredentialId| cone.credentials[credential] && examples.has(credential);
            for credential in facts.numbers().filter(on_the_way).collect::<Vec<CredentialId>>() {
                let place = self.facts.place_of_id(credential);
                match Self::together(facts, examples, credential, target) {
                    Some(true) => {}
                    Some(false) => {
                        let (one, of) = (self.facts.quoted(credential), self.facts.quoted(target));
                        let goals = [Goal::Credential(credential), Goal::Credential(target)];
                        let (cause, _) = cause(facts, &goals, [credential, target], &BTreeSet::new());
                        let message = format!("whoever takes {one} can never earn {of}");
                        let diagnostic = Diagnostic::new(Code::DeadEnd, place, message)
                            .help(format!("{one} is on a way to {of}, so tell learners, or mend the exclusion"));
                        let diagnostic = self.facts.with_cause(diagnostic, &cause);
                        self.findings.find(credential, diagnostic, Severity::Warning);
                    }
                    None => {
                        let message =
                            format!("whether {} closes {}", self.facts.quoted(credential), self.facts.quoted(target));
                        self.findings.leave_open(Code::DeadEnd, credential, &place, message);
                    }
                }
            }
        }
    }
}

/// For each of the credentials that rest on exclusions, which credentials that exclude others its derivation has, as
/// far as there is work.
fn excluded_on_first_ways(facts: &Facts<'_>, earned: &[CredentialId]) -> BTreeMap<CredentialId, Vec<CredentialId>> {
    let mut in_turn: Vec<CredentialId> =
        earned.iter().copied().filter(|&credential| facts.contested[credential]).collect();
    in_turn.sort_unstable_by_key(|&credential| (facts.turn(credential), credential));
    let mut found: BTreeMap<CredentialId, Vec<CredentialId>> = BTreeMap::new();
    let together = !facts.catalog.network.corequisite_uses.is_empty();
    loop {
        let mut changed = false;
        for &credential in &in_turn {
            // Of what is begun together, what is known of some only is no way.
            if facts.is_exhausted() {
                return if together { BTreeMap::new() } else { found };
            }
            let supports = facts.supports(credential, Preference::First);
            let mut excluded: Vec<CredentialId> =
                supports.iter().filter_map(|other| found.get(other)).flatten().copied().collect();
            facts.spend(4 * supports.len() + excluded.len() + 1);
            excluded.extend(facts.excluded[credential].then_some(credential));
            excluded.sort_unstable();
            excluded.dedup();
            changed |= found.get(&credential) != Some(&excluded);
            found.insert(credential, excluded);
        }
        // What is begun together rests on each other, so that none comes first.
        if !changed || !together {
            return found;
        }
    }
}
