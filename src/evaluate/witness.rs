//! Which awards fill which places, and what those awards rest on in turn (semantics 4.4).

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::catalog::Validity;
use crate::catalog::network::{Measure, PLAIN, Part, Rule};
use crate::evaluate::counting::{Filled, Met, preference};
use crate::evaluate::standing::Origin;
use crate::evaluate::usable::Usable;

/// Why a conferred credential counts: its rules are met, by these.
#[derive(Debug, Clone)]
pub(crate) struct Rested {
    pub(crate) credential: u32,
    /// Whether the learner only qualifies for it; else it was issued and is current while its stack is met.
    pub(crate) by_qualification: bool,
    pub(crate) filled: Vec<Filled>,
}

/// Evidence that satisfies the part, chosen from the first `limit` pieces; empty if they do not satisfy it.
pub(crate) fn witness(usable: &Usable, catalog: &Catalog, part: Part, limit: u32) -> Vec<Filled> {
    let group = match part {
        Part::Leaf(leaf) => {
            let all = usable.at(leaf, limit).into_iter();
            let best = all.min_by_key(|&number| preference(&usable.progress.evidence[number as usize]));
            let named = catalog.network.leaf(leaf).weight;
            let adds = |evidence: u32| match catalog.network.unit_of(leaf) {
                Some(unit) => u64::from(usable.progress.evidence[evidence as usize].evidence.adds(unit, named)),
                None => 1,
            };
            return best.map(|evidence| Filled { leaf, evidence, amount: adds(evidence) }).into_iter().collect();
        }
        Part::Group(group) => group,
    };
    let network = &catalog.network;
    let described = network.group(group);
    if described.region != PLAIN || described.measure != Measure::Count {
        // The evidence that sufficed then is enough now; what came later need not be searched.
        let limit = usable.progress.sufficed(group).map_or(limit, |sufficed| sufficed.min(limit));
        let outcome = usable.counting(part, limit, false).outcome(group);
        return if outcome.met == Met::Yes { outcome.filled } else { Vec::new() };
    }
    let met = |part: &Part| match *part {
        Part::Leaf(leaf) => usable.progress.is_met(*part) && !usable.at(leaf, limit).is_empty(),
        Part::Group(inner) => usable.progress.sufficed(inner).is_some_and(|sufficed| sufficed <= limit),
    };
    let parts = network.parts_in_id_order(group).into_iter().filter(met);
    parts.take(described.threshold as usize).flat_map(|part| witness(usable, catalog, part, limit)).collect()
}

/// What the conferred credentials among the evidence rest on, and those among that, each once, in the order in which they came to
/// count.
pub(crate) fn support(usable: &Usable, catalog: &Catalog, filled: &[Filled]) -> Vec<Rested> {
    let mut found: BTreeMap<u32, Rested> = BTreeMap::new();
    let mut open: Vec<u32> = filled.iter().map(|filled| filled.evidence).collect();
    while let Some(number) = open.pop() {
        let admitted = &usable.progress.evidence[number as usize];
        let credential = admitted.evidence.credential;
        let by_qualification = admitted.evidence.origin == Origin::Qualified;
        let depends = admitted.current && catalog.at(credential).valid_for == Validity::WhileComponents;
        if !(by_qualification || depends) || found.contains_key(&number) {
            continue;
        }
        // It rests on what had come before it, so nothing rests on itself.
        let rules = [(by_qualification, Rule::prerequisite(credential)), (true, Rule::stack(credential))];
        let tops = rules.into_iter().filter(|(asked, _)| *asked).filter_map(|(_, rule)| catalog.network.top(rule));
        let filled: Vec<Filled> = tops.flat_map(|top| witness(usable, catalog, top, number)).collect();
        open.extend(filled.iter().map(|filled| filled.evidence));
        found.insert(number, Rested { credential, by_qualification, filled });
    }
    found.into_values().collect()
}
