//! Witnesses: the awards that fill places, and what those awards rest on in turn ([semantics
//! 4.4](crate::semantics#4.4)).

use crate::value::ids::{CredentialId, RegionId};
use std::collections::BTreeMap;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::counting::preference;
use crate::evaluate::evidence::{EvidenceId, Origin};
use crate::evaluate::outcome::{Filled, Met};
use crate::evaluate::usable::Usable;

/// A witness of a part: evidence and waivers that satisfy it.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartWitness {
    pub(crate) filled: Vec<Filled>,
    /// Parts that are satisfied without evidence.
    pub(crate) waived: Vec<Part>,
}

impl PartWitness {
    pub(crate) fn extend(&mut self, other: Self) {
        self.filled.extend(other.filled);
        self.waived.extend(other.waived);
    }
}

impl FromIterator<Self> for PartWitness {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        let mut all = Self::default();
        parts.into_iter().for_each(|part| all.extend(part));
        all
    }
}

/// The grounds of a conferred credential that counts: its rules are met, by these.
#[derive(Debug, Clone)]
pub(crate) struct Rested {
    pub(crate) credential: CredentialId,
    /// Whether the learner only qualifies for it; else it was issued and is current while its stack is met.
    pub(crate) by_qualification: bool,
    pub(crate) witness: PartWitness,
}

/// A witness of the part, chosen from the first `limit` pieces of evidence; nothing if they do not satisfy it.
/// Evidence goes before waivers.
pub(crate) fn witness(usable: &Usable, catalog: &Catalog, part: Part, limit: EvidenceId) -> PartWitness {
    let network = &catalog.network;
    let waived = |part: Part| {
        let waived = usable.progress.exceptions.is_waived(part);
        PartWitness { filled: Vec::new(), waived: waived.then_some(part).into_iter().collect() }
    };
    let group = match part {
        Part::Leaf(leaf) => {
            let all = usable.at(leaf, limit).into_iter();
            let best = all.min_by_key(|&number| preference(&usable.progress.evidence[number]));
            let Some(evidence) = best else { return waived(part) };
            let amount = match network.unit_of(leaf) {
                Some(unit) => {
                    let evidence = &usable.progress.evidence[evidence].evidence;
                    u64::from(evidence.adds(unit, network.leaf(leaf).weight))
                }
                None => 1,
            };
            return PartWitness { filled: vec![Filled { leaf, evidence, amount }], waived: Vec::new() };
        }
        Part::Group(group) => group,
    };
    let described = network.group(group);
    if usable.progress.region(group) != RegionId::PLAIN || described.measure != Measure::Count {
        // The evidence that sufficed then is enough now; what came later need not be searched. A waiver suffices at
        // once.
        let sufficed = usable.progress.sufficed(group).filter(|_| !usable.progress.exceptions.is_waived(part));
        let limit = sufficed.map_or(limit, |sufficed| sufficed.min(limit));
        let outcome = usable.counting(part, limit, false, |counting| counting.outcome(group));
        return match outcome.met {
            Met::Yes => PartWitness { filled: outcome.filled, waived: outcome.waived },
            _ => PartWitness::default(),
        };
    }
    let is_met = |part: &Part| match *part {
        Part::Leaf(leaf) => !usable.at(leaf, limit).is_empty() || usable.progress.exceptions.is_waived(*part),
        Part::Group(inner) => usable.progress.sufficed(inner).is_some_and(|sufficed| sufficed <= limit),
    };
    let needed = described.threshold as usize;
    let parts = network.parts_in_id_order(group).into_iter().filter(is_met);
    let mut met: Vec<PartWitness> = if usable.progress.exceptions.waived.is_empty() {
        parts.take(needed).map(|part| witness(usable, catalog, part, limit)).collect()
    } else {
        parts.map(|part| witness(usable, catalog, part, limit)).collect()
    };
    if met.len() < needed {
        return waived(part);
    }
    // The sort is stable: what needs no waiver comes first, in the order of ids.
    met.sort_by_key(|witness| !witness.waived.is_empty());
    met.into_iter().take(needed).collect()
}

/// The grounds of the conferred credentials among the evidence, and those among that, each once, in the order in which
/// they came to count.
pub(crate) fn support(usable: &Usable, catalog: &Catalog, filled: &[Filled]) -> Vec<Rested> {
    let mut found: BTreeMap<EvidenceId, Rested> = BTreeMap::new();
    let mut open: Vec<EvidenceId> = filled.iter().map(|filled| filled.evidence).collect();
    while let Some(number) = open.pop() {
        let admitted = &usable.progress.evidence[number];
        let credential = admitted.evidence.credential;
        let by_qualification = admitted.evidence.origin == Origin::Qualified;
        let depends = admitted.current && admitted.evidence.depends();
        if !(by_qualification || depends) || found.contains_key(&number) {
            continue;
        }
        // It rests on what had come before it, so nothing rests on itself.
        let rules = [(by_qualification, Rule::prerequisite(credential)), (true, Rule::stack(credential))];
        let tops = rules.into_iter().filter(|(asked, _)| *asked).filter_map(|(_, rule)| catalog.network.top(rule));
        let witness: PartWitness = tops.map(|top| witness(usable, catalog, top, number)).collect();
        open.extend(witness.filled.iter().map(|filled| filled.evidence));
        found.insert(number, Rested { credential, by_qualification, witness });
    }
    found.into_values().collect()
}
