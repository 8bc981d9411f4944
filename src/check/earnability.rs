//! Credentials that nobody can ever earn, exclusions aside, and what is to blame: closed offerings, and circles in
//! which none can be first.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::{Because, Witness};
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::Reached;
use crate::value::ids::CredentialId;

use crate::check::cause::{CauseItem, cause, possible};
use crate::check::examples::Examples;
use crate::check::facts::Facts;
use crate::check::faults::{Faults, RuledOut};
use crate::check::findings::Findings;
use crate::check::learner::TrialLearner;
use crate::check::needs::needed_by;
use crate::check::pass::Pass;

/// Tells of every credential that cannot be earned, exclusions aside, why, once; but for those that need nothing but
/// others. `known` says what is told of its rules.
pub(crate) fn earnability<'c>(facts: &Facts<'c>, known: &Findings<'c>) -> (Findings<'c>, Faults) {
    let mut pass = Pass::new(facts);
    let faults = pass.unearnable(known);
    (pass.findings, faults)
}

/// Tells of credentials that cannot be earned and are to blame for nothing: either they need what is not offered, or
/// they only depend on others.
pub(crate) fn consequences<'c>(
    facts: &Facts<'c>,
    faults: &Faults,
    ruled_out: &RuledOut,
    examples: &Examples,
) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.consequences(faults, ruled_out, examples);
    pass.findings
}

impl Pass<'_, '_> {
    fn unearnable(&mut self, known: &Findings<'_>) -> Faults {
        let facts = self.facts;
        for credential in facts.numbers() {
            if !facts.is_earned(credential) && !facts.is_unearnable(credential) {
                let message = format!("whether anybody can earn {}", self.facts.quoted(credential));
                self.open_credential(Code::Unearnable, credential, message);
            }
        }
        let unearned = facts.numbers().filter(|&credential| facts.is_unearnable(credential));
        // What its own rules rule out is told of the rules.
        let everything = facts.everything();
        let (impossible, unearned): (Vec<CredentialId>, Vec<CredentialId>) =
            unearned.partition(|&credential| everything.lacking(credential).is_some());
        let own: Vec<CredentialId> =
            unearned.iter().copied().filter(|&credential| needs_itself(facts, credential)).collect();
        let (closed, mut unearned): (BTreeSet<CredentialId>, BTreeSet<CredentialId>) =
            unearned.into_iter().partition(|&credential| !facts.offered[credential]);
        for &credential in &closed {
            self.closed(credential);
        }
        let offered = own.iter().filter(|&credential| facts.offered[*credential]);
        let mut told: BTreeSet<CredentialId> = impossible.iter().chain(offered).copied().collect();
        unearned.retain(|credential| !told.contains(credential));
        let known = told_of_rules(facts.catalog, known);
        for &credential in told.iter().filter(|credential| !known.contains(credential)) {
            self.never_met(everything, credential);
        }
        for credential in self.blocking_cycles([impossible, own].concat()) {
            if unearned.remove(&credential) {
                told.insert(credential);
            }
        }
        Faults { told, closed, left: unearned.into_iter().collect() }
    }

    fn consequences(&mut self, faults: &Faults, ruled_out: &RuledOut, examples: &Examples) {
        let mended = &faults.told;
        let facts = self.facts;
        // What is not offered is all that is missing to these.
        let near = facts.numbers().filter(|&other| examples.has(other) || !facts.offered[other]);
        let near = facts.holder_of_awards(near);
        let given: Vec<CredentialId> = mended.iter().copied().collect();
        let then = facts.supposing(facts.supposing, &given);
        let offered: BTreeSet<CredentialId> =
            facts.numbers().filter(|&other| !facts.offered[other] || mended.contains(&other)).collect();
        for &credential in &ruled_out.left {
            let missing = if near.lacking(credential).is_some() {
                Some(false)
            } else if facts.contested[credential] {
                match (possible(facts, credential, mended), possible(facts, credential, &offered)) {
                    (Reached::Undecided, _) | (_, Reached::Undecided) => None,
                    (without, with) => Some(without == Reached::Never && with != Reached::Never),
                }
            } else {
                Some(!then.is_complete(credential))
            };
            let Some(missing) = missing else {
                self.leave_why(Code::Unearnable, credential);
                continue;
            };
            let cause = missing.then(|| cause(facts, &[Goal::Credential(credential)], [credential], mended));
            match cause {
                Some((cause, smallest)) if cause.iter().any(|item| item.closed().is_some()) => {
                    // A cause that may not be the smallest may name offerings that make no difference.
                    if smallest {
                        self.needs_closed(credential, &cause);
                    } else {
                        self.leave_why(Code::Unearnable, credential);
                    }
                }
                _ => self.following(credential, &ruled_out.told),
            }
        }
    }

    /// Its own rules rule it out, and no finding about a part of them says so: what stands in a pool is told of once,
    /// whoever uses it.
    fn never_met(&mut self, everything: &TrialLearner<'_>, credential: CredentialId) {
        let facts = self.facts;
        let idle: BTreeSet<CredentialId> = needed_by(facts, credential)
            .into_iter()
            .filter(|&other| other != credential && !facts.lasts(other))
            .collect();
        if !idle.is_empty() {
            // No award of these is ever current, which is told of them.
            return self.following(credential, &idle);
        }
        let others = facts.holder(facts.numbers().filter(|&other| other != credential));
        let Some(rule) = everything.lacking(credential).or_else(|| others.lacking(credential)) else { return };
        let who = if everything.lacks(rule) { "who holds everything" } else { "who holds everything else" };
        let message = format!("nobody can earn {}: not even {who} meets this rule", self.facts.quoted(credential));
        let diagnostic = Diagnostic::new(Code::Unearnable, self.facts.place_of(rule), message)
            .help("ask for less, or for what can be had")
            .witness(Witness::Cause { because: vec![self.facts.because_of(rule)] });
        self.findings.find(credential, diagnostic, Severity::Error);
    }

    fn closed(&mut self, credential: CredentialId) {
        let id = self.facts.quoted(credential);
        let since = if self.facts.catalog.terms(credential).offered.is_empty() {
            "no day lies in its offering"
        } else {
            "it is no longer offered"
        };
        let message = format!("nobody can begin {id}: {since}");
        let witness = Witness::Cause {
            because: vec![Because::NotOffered { credential: self.facts.catalog.id(credential).to_owned() }],
        };
        let place = self.facts.written(credential).places.value("offered");
        let help = "who holds it keeps it; offer it again, or take it out of the rules that need it";
        let diagnostic = Diagnostic::new(Code::Unearnable, place, message).help(help).witness(witness);
        self.findings.find(credential, diagnostic, Severity::Note);
    }

    /// It would be within reach if what it needs were offered.
    fn needs_closed(&mut self, credential: CredentialId, cause: &[CauseItem]) {
        let facts = self.facts;
        let closed: Vec<CredentialId> = cause.iter().filter_map(|item| item.closed()).collect();
        let are = if closed.len() == 1 { "which is" } else { "which are" };
        let names = self.facts.some_quoted(&closed);
        let message = format!("nobody can earn {}: it needs {names}, {are} not offered", self.facts.quoted(credential));
        let rules = Rule::all(credential);
        let rule =
            rules.into_iter().find(|&rule| !facts.all.rule_is_met(rule) && facts.catalog.network.top(rule).is_some());
        let place = self.facts.place_of(rule.unwrap_or(Rule::stack(credential)));
        let mut diagnostic = Diagnostic::new(Code::Unearnable, place, message);
        for &other in closed.iter().take(4) {
            diagnostic = diagnostic.also(self.facts.written(other).places.value("offered"), "not offered");
        }
        let diagnostic =
            self.facts.with_cause(diagnostic, cause).help("name what is offered in its place, or offer it again");
        self.findings.find(credential, diagnostic, Severity::Error);
    }

    /// It only depends on others that are told of: those that its rules name, or else all that it rests on.
    fn following(&mut self, credential: CredentialId, told: &BTreeSet<CredentialId>) {
        let facts = self.facts;
        let named = needed_by(facts, credential);
        let mut needs: Vec<CredentialId> = named
            .into_iter()
            .filter(|other| *other != credential && (told.contains(other) || !facts.is_earned(*other)))
            .collect();
        if needs.is_empty() {
            let cone = facts.cone([credential]);
            needs = told.iter().copied().filter(|&other| cone.credentials[other]).collect();
        }
        let names = self.facts.some_quoted(&needs);
        let message = format!("{} cannot be earned because of {names}", self.facts.quoted(credential));
        let ids = needs.iter().map(|&other| self.facts.catalog.id(other).to_owned()).collect();
        let place = self.facts.place_of_id(credential);
        let diagnostic = Diagnostic::new(Code::FollowingFault, place, message)
            .help("mend what is told of those first")
            .witness(Witness::Credentials { credentials: ids });
        self.findings.find(credential, diagnostic, Severity::Note);
    }
}

/// Credentials of which a finding says that a part of their rules rules them out.
fn told_of_rules(catalog: &Catalog, known: &Findings<'_>) -> BTreeSet<CredentialId> {
    const CODES: &[Code] = &[
        Code::ImpossibleCount,
        Code::ImpossibleAmount,
        Code::ImpossibleAverage,
        Code::ImpossibleCondition,
        Code::ImpossibleDistinct,
        Code::SelfReference,
    ];
    let grave = known.found.iter().filter(|finding| finding.severity == Severity::Error);
    let told =
        grave.filter(|finding| CODES.contains(&finding.code)).filter_map(|finding| finding.credential.as_deref());
    told.filter_map(|id| catalog.credential(id)).collect()
}

/// Whether it cannot be earned because a rule of its own needs an award of it.
fn needs_itself(facts: &Facts<'_>, credential: CredentialId) -> bool {
    let named = needed_by(facts, credential);
    facts.spend(named.len());
    named.binary_search(&credential).is_ok()
        && facts.holder(facts.numbers().filter(|&other| other != credential)).lacking(credential).is_some()
}
