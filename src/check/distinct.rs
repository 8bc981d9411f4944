//! Parts that need awards of their own: whether there can be enough, and whether it makes a difference.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Part;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::Met;

use crate::evaluate::usable::Usable;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};

use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::learner::TrialLearner;
use crate::check::pass::Pass;
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, GroupId, UnitId};

/// Looks at every distinct group.
pub(crate) fn distinct<'c>(facts: &Facts<'c>) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.distinct_groups();
    pass.findings
}

impl Pass<'_, '_> {
    fn distinct_groups(&mut self) {
        let facts = self.facts;
        let network = &self.facts.catalog.network;
        let distinct: Vec<GroupId> = network
            .groups
            .ids()
            .filter(|&group| network.extras(group).distinct && network.parts(group).len() > 1)
            .collect();
        if distinct.is_empty() {
            return;
        }
        for group in distinct {
            if self.is_needless(group) {
                let credential = network.group(group).rule.credential();
                let message = "no award fits two parts of this group, so `distinct` never makes a difference";
                let diagnostic = Diagnostic::new(Code::NeedlessDistinct, network.place(Part::Group(group)), message)
                    .help("leave `distinct` out if it is not there for people to read");
                self.findings.find(credential, diagnostic, Severity::Note);
            } else if network.wants_different(group) {
                self.shortage(facts.everything(), group);
            }
        }
    }

    /// Whether no unit of awards could fit leaves of two different parts, whatever records say of its issuer, its grade
    /// and its day.
    fn is_needless(&self, group: GroupId) -> bool {
        let facts = self.facts;
        let network = &facts.catalog.network;
        let mut seen: BTreeSet<UnitId> = BTreeSet::new();
        network.parts(group).iter().all(|&part| {
            let leaves = network.leaves_below(part);
            // Each award of a repeatable credential is a unit of its own, but fits wherever another one does.
            let units: BTreeSet<UnitId> = leaves.into_iter().flat_map(|leaf| facts.units_for(leaf)).collect();
            let fresh = units.is_disjoint(&seen);
            seen.extend(units);
            fresh
        })
    }

    /// Tells of a group that even a learner who holds everything does not meet, although each of its parts is met
    /// alone.
    fn shortage(&mut self, everything: &TrialLearner<'_>, group: GroupId) {
        let facts = self.facts;
        let network = &self.facts.catalog.network;
        let part = Part::Group(group);
        let alone = network.parts(group).iter().all(|&part| everything.met(part) == Met::Yes);
        let rule = network.group(group).rule;
        let credential = rule.credential();
        match everything.met(part) {
            Met::No if alone => {}
            Met::Undecided => {
                let message =
                    format!("whether the parts of this group of {} can be met together", self.facts.quoted(credential));
                let place = network.place(part);
                return self.findings.leave_open(Code::ImpossibleDistinct, credential, &place, message);
            }
            _ => return,
        }
        let conflict = Crowd::of(facts, everything, group);
        self.tell_shortage(group, conflict, everything.lacks(rule));
    }

    fn tell_shortage(&mut self, group: GroupId, crowd: Crowd, is_grave: bool) {
        let facts = self.facts;
        let network = &facts.catalog.network;
        let Crowd { parts, wanted, fitting } = crowd;
        let fitting: Vec<String> =
            fitting.into_iter().map(|credential| self.facts.catalog.id(credential).to_owned()).collect();
        let message = match wanted {
            0 => "these parts can never be met by different awards".to_owned(),
            _ => {
                format!("these parts need {wanted} different awards, and there can be only {} that fit", fitting.len())
            }
        };
        let witness = Witness::Crowd {
            lines: parts.iter().map(|&part| self.facts.catalog.line(part)).collect(),
            wanted,
            fitting,
        };
        let mut diagnostic = Diagnostic::new(Code::ImpossibleDistinct, network.place(Part::Group(group)), message);
        for &part in parts.iter().take(5) {
            diagnostic = diagnostic.also(network.place(part), "");
        }
        let diagnostic =
            diagnostic.help("list more that fits, ask for less, or let one award serve several parts").witness(witness);
        let severity = if is_grave { Severity::Error } else { Severity::Warning };
        self.findings.find(network.group(group).rule.credential(), diagnostic, severity);
    }
}

/// Parts that together want more different awards than there are to fit them: a Hall violator, where it is a matter of
/// number.
struct Crowd {
    /// Direct parts of the group.
    parts: BTreeSet<Part>,
    /// So many awards are wanted; 0 if it is no matter of number.
    wanted: u64,
    /// The credentials whose awards fit.
    fitting: BTreeSet<CredentialId>,
}

impl Crowd {
    fn of(facts: &Facts<'_>, everything: &TrialLearner<'_>, group: GroupId) -> Self {
        let network = &facts.catalog.network;
        let part = Part::Group(group);
        let usable = Usable::new(&everything.progress);
        let conflict = usable.counting(part, EvidenceId::END, false, |counting| counting.conflict(group));
        let (parts, shortage) = conflict.map(|conflict| (conflict.parts, conflict.shortage)).unwrap_or_default();
        let parts: Vec<Part> = parts.into_iter().map(|(part, _)| part).collect();
        let (mut wanted, mut fitting) = (0, BTreeSet::new());
        if let Some(shortage) = &shortage {
            let awards = &everything.progress.evidence;
            wanted = shortage.needs;
            fitting.extend(shortage.evidence.iter().map(|&number| awards[number].evidence.credential));
            fitting.extend(shortage.leaves.iter().map(|&leaf| network.leaf(leaf).credential));
        } else if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
            // One unit for each.
            let named = |part: &Part| network.leaves_below(*part).into_iter().flat_map(|leaf| facts.fillers(leaf));
            let units = parts.iter().flat_map(named).map(|filler| (facts.catalog.names.unit(filler), filler));
            let one_each: BTreeMap<UnitId, CredentialId> = units.collect();
            let needed =
                if network.parts_differ(group) { parts.len() } else { network.group(group).threshold as usize };
            if one_each.len() < needed {
                wanted = needed as u64;
                fitting = one_each.into_values().collect();
            }
        }
        // Places within the parts are told as the parts of the group that they are in.
        let direct = |mut part: Part| {
            while let Some(above) = network.group_above(part).filter(|&above| above != group) {
                part = Part::Group(above);
            }
            part
        };
        let parts: BTreeSet<Part> = if parts.contains(&part) {
            network.parts(group).iter().copied().collect()
        } else {
            parts.into_iter().map(direct).collect()
        };
        Self { parts, wanted, fitting }
    }
}
