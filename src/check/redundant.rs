//! Whether the requirements of a rule are requirements: whether whoever meets all else meets a part anyway.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Extras, Part, Rule, RuleKind};
use crate::evaluate::cone::Cone;
use crate::evaluate::outcome::Met;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, GroupId};

use crate::check::implied::Premise;
use crate::check::learner::TrialLearner;
use crate::check::pass::Pass;

impl Pass<'_, '_> {
    /// Tells of required parts that the others imply.
    pub(crate) fn redundant(&mut self, credential: CredentialId, cone: &Cone, nobody: &TrialLearner<'_>) -> Option<()> {
        let facts = self.facts;
        let required = required(facts.catalog, credential);
        if required.len() < 2 {
            return Some(());
        }
        let mut kept: Vec<Part> = required.iter().map(|&(part, _)| part).collect();
        for (part, _) in required.into_iter().rev().filter(|&(_, several)| several) {
            facts.go_on()?;
            facts.spend(kept.len() / 4);
            // As for choices, nothing is implied by what may be begun together.
            let held = |other: Part| facts.catalog.network.rule_around(other).kind() != RuleKind::Corequisite;
            let others: Vec<Part> = kept.iter().copied().filter(|&other| other != part && held(other)).collect();
            if others.is_empty() || self.is_repeated(&others, part) || nobody.met(part) == Met::Yes {
                continue;
            }
            let premise = Premise::new(others, cone);
            if !facts.could_imply(&premise, part) {
                continue;
            }
            match facts.always(&premise, part) {
                Some(false) => {}
                Some(true) => {
                    kept.retain(|&other| other != part);
                    self.implied(credential, part);
                }
                None => {
                    let message =
                        format!("whether all else that {} asks for implies this", self.facts.quoted(credential));
                    self.open_part(Code::RedundantRequirement, credential, part, message);
                }
            }
        }
        Some(())
    }

    fn implied(&mut self, credential: CredentialId, part: Part) {
        let (what, of) = (self.named(part), self.facts.quoted(credential));
        let message = format!("whoever meets all else that {of} asks for meets {what} too");
        let help = "leave it out if it is not there for people to read";
        let diagnostic = Diagnostic::new(Code::RedundantRequirement, self.facts.catalog.network.place(part), message)
            .help(help)
            .witness(Witness::Credentials { credentials: self.facts.ids_below(part) });
        self.findings.find(credential, diagnostic, Severity::Note);
    }

    /// Whether one of the others names the same credential, or an equivalent: that is told as a repetition, if it is
    /// one.
    fn is_repeated(&self, others: &[Part], part: Part) -> bool {
        let (network, names) = (&self.facts.catalog.network, &self.facts.catalog.names);
        let named = |part: Part| match part {
            Part::Leaf(leaf) => Some((network.group_above(part), names.unit(network.leaf(leaf).credential))),
            Part::Group(_) => None,
        };
        named(part).is_some_and(|own| others.iter().any(|&other| named(other) == Some(own)))
    }
}

/// Every part that is required, and whether it is one of several.
pub(crate) fn required(catalog: &Catalog, credential: CredentialId) -> Vec<(Part, bool)> {
    let network = &catalog.network;
    let tops: Vec<Part> = Rule::all(credential).filter_map(|rule| network.top(rule)).collect();
    let mut required: Vec<(Part, bool)> = Vec::new();
    let mut open: Vec<(Part, bool)> = tops.into_iter().rev().map(|top| (top, false)).collect();
    while let Some((part, several)) = open.pop() {
        match part {
            Part::Group(group) if is_all_of(catalog, group) => {
                let parts = network.parts(group);
                open.extend(parts.iter().rev().map(|&part| (part, several || parts.len() > 1)));
            }
            _ => required.push((part, several)),
        }
    }
    required
}

/// Whether the group requires every one of its parts, written out, and nothing else.
fn is_all_of(catalog: &Catalog, group: GroupId) -> bool {
    let Extras { name: _, span, distinct, average: _, conditions: _, selected: _ } = catalog.network.extras(group);
    catalog.network.is_all_of(group) && !distinct && span.is_none()
}
