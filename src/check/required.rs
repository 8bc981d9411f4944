//! What renewals require: whether anybody can ever meet it, and by which of its members.

use crate::catalog::catalog::RenewalRules;
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::progress::progress::Progress;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, LeafId};

use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::pass::Pass;

/// Tells of renewals that require what nobody can ever have, and of members that are of no use there.
pub(crate) fn required<'c>(facts: &Facts<'c>) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    let Some(rules) = facts.catalog.renewal_rules.as_deref() else { return pass.findings };
    if facts.is_exhausted() {
        for &credential in rules.of.keys() {
            let message = format!("whether anybody can renew {}", facts.quoted(credential));
            pass.open_credential(Code::ImpossibleRenewal, credential, message);
        }
        return pass.findings;
    }
    // Whoever earns everything that can be earned; what cannot be decided counts as met.
    let all = facts.earning_everything(&rules.catalog);
    for (&credential, &required) in &rules.of {
        pass.required(rules, &all, credential, required);
    }
    pass.findings
}

impl Pass<'_, '_> {
    fn required(&mut self, rules: &RenewalRules, all: &Progress<'_>, credential: CredentialId, required: CredentialId) {
        let network = &rules.catalog.network;
        let Some(top) = network.top(Rule::stack(required)) else { return };
        let leaves = network.leaves_below(top);
        self.facts.spend(leaves.len() / 8 + 1);
        let (dead, others): (Vec<LeafId>, Vec<LeafId>) =
            leaves.into_iter().partition(|&leaf| !all.is_met(Part::Leaf(leaf)));
        let named = |leaf: LeafId| network.leaf(leaf).credential;
        // What nobody can earn is told of itself.
        let follows = |&leaf: &LeafId| self.facts.is_unearnable(named(leaf));
        if all.rule_is_met(Rule::stack(required)) {
            for leaf in dead.iter().copied().filter(|leaf| !follows(leaf)).collect::<Vec<_>>() {
                self.dead_member(rules, credential, leaf);
            }
        } else {
            let is_consequence = !dead.is_empty() && dead.iter().all(follows);
            let severity = if is_consequence { Severity::Note } else { Severity::Error };
            let mut ids: Vec<String> = dead.iter().map(|&leaf| self.facts.catalog.id(named(leaf)).to_owned()).collect();
            ids.sort_unstable();
            ids.dedup();
            let message =
                format!("nobody can ever renew {}: no one has what that requires", self.facts.quoted(credential));
            let diagnostic = Diagnostic::new(Code::ImpossibleRenewal, network.place(top), message)
                .help("ask for less, or for what can be had")
                .witness(Witness::Credentials { credentials: ids });
            self.findings.find(credential, diagnostic, severity);
        }
        for leaf in others.into_iter().filter(|&leaf| network.leaf(leaf).weight == 0) {
            self.idle_member(rules, credential, leaf);
        }
    }

    /// A member that no award can be for.
    fn dead_member(&mut self, rules: &RenewalRules, credential: CredentialId, leaf: LeafId) {
        let id = self.facts.catalog.id(rules.catalog.network.leaf(leaf).credential).to_owned();
        let message = format!("nobody who renews {} can use `{id}`", self.facts.quoted(credential));
        let place = rules.catalog.network.place(Part::Leaf(leaf));
        let diagnostic = Diagnostic::new(Code::DeadOption, place, message)
            .help("take the option away, or mend what rules it out")
            .witness(Witness::Credentials { credentials: vec![id] });
        self.findings.find(credential, diagnostic, Severity::Warning);
    }

    /// A member of a sum of credits that carries none.
    fn idle_member(&mut self, rules: &RenewalRules, credential: CredentialId, leaf: LeafId) {
        let network = &rules.catalog.network;
        let measure = network.group_above(Part::Leaf(leaf)).map(|group| network.group(group).measure);
        if !matches!(measure, Some(Measure::Sum(Unit::Credits) | Measure::UpTo(Unit::Credits))) {
            return;
        }
        let named = network.leaf(leaf).credential;
        let id = self.facts.catalog.id(named);
        let message = format!("`{id}` carries no credits, and stands in a sum of credits");
        let diagnostic = Diagnostic::new(Code::IdleMember, network.place(Part::Leaf(leaf)), message)
            .label("adds nothing")
            .also(self.facts.written(named).places.id.clone(), "defined here without `credits`")
            .help("say how many credits it carries, or leave it out of the sum")
            .subject(id)
            .witness(Witness::Credentials { credentials: vec![id.to_owned()] });
        self.findings.tell(credential, diagnostic, Severity::Warning);
    }
}
