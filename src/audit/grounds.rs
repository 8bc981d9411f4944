//! What the rules of an audited credential rest on.

use crate::audit::explain::Auditor;
use crate::catalog::network::Part;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::Met;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness;
use crate::evaluate::witness::PartWitness;
use crate::value::ids::Id;

impl<'c> Auditor<'_, 'c> {
    /// What satisfied parts of some rules rest on; and what the rules do. Where the whole is met, what only a part of
    /// it would rest on is not used.
    pub(crate) fn grounds(
        &self,
        tops: impl Iterator<Item = Part>,
        usable: &Usable<'_, 'c>,
    ) -> (PartWitness, PartWitness) {
        let whole = EvidenceId::at(usable.progress.evidence.len());
        let (mut witness, mut verdict) = (PartWitness::default(), PartWitness::default());
        for top in tops {
            let below = self.witnesses(top, usable, whole);
            witness.extend(below.clone());
            verdict.extend(match usable.met(top) {
                Met::Yes => witness::witness(usable, self.catalog, top, whole),
                _ => below,
            });
        }
        (witness, verdict)
    }

    /// The witnesses of all satisfied parts at or below a part.
    fn witnesses(&self, part: Part, usable: &Usable<'_, 'c>, limit: EvidenceId) -> PartWitness {
        let mut found = PartWitness::default();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if usable.met(part) == Met::Yes {
                found.extend(witness::witness(usable, self.catalog, part, limit));
            }
            if let Part::Group(group) = part {
                open.extend(self.catalog.network.parts(group));
            }
        }
        found
    }
}
