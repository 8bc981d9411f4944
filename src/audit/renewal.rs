//! Awards that other awards are besides, in audits ([semantics 3.9](crate::semantics#3.9)).

use crate::audit::audit::AuditedAward;
use crate::audit::explain::Auditor;
use crate::audit::used::{Use, UsedRenewal};
use crate::catalog::network::Part;
use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId, Origin};
use crate::evaluate::outcome::Filled;
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::ids::{ClassId, IdVec};

/// What an award is besides, and the awards that this rests on.
struct GroundedRenewal {
    renewal: UsedRenewal,
    origins: Vec<Origin>,
}

impl Auditor<'_, '_> {
    /// What evidence is besides the award that it is of, if it is an award by renewal.
    fn renewal(&self, evidence: &Evidence) -> Option<GroundedRenewal> {
        let grounds = self.evaluation.standing.grounds(evidence.renewal()?);
        let origins = grounds.awards.iter().map(|&award| Origin::Issued(award));
        let mut awards: Vec<(Award, Origin)> =
            origins.filter_map(|origin| Some((self.recorded(origin)?, origin))).collect();
        awards.sort();
        let (awards, origins) = awards.into_iter().unzip();
        let renewal = UsedRenewal {
            credential: self.catalog.id(evidence.credential).to_owned(),
            awards,
            waived: self.waivers(&grounds.waived.iter().copied().collect::<Vec<Part>>()),
            substitutions: self.written(&grounds.substitutions.iter().copied().collect::<Vec<_>>()),
        };
        Some(GroundedRenewal { renewal, origins })
    }

    pub(crate) fn used(&self, filled: &Filled, evidence: &IdVec<EvidenceId, Admitted>) -> Use {
        let network = &self.catalog.network;
        let leaf = network.leaf(filled.leaf);
        let evidence = &evidence[filled.evidence].evidence;
        let renewal = self.renewal(evidence);
        let (renewal, renewal_origins) = renewal.map(|found| (Some(found.renewal), found.origins)).unwrap_or_default();
        Use {
            slot: self.catalog.id(leaf.credential).to_owned(),
            issued: self.issued(evidence.origin).is_some(),
            award: self.award_of(evidence),
            substitutions: self.written(evidence.by()),
            renewal,
            renewal_origins,
            adds: network.unit_of(filled.leaf).map(|_| Amount::from_hundredths(filled.amount)),
            points: network.averaged_around(filled.leaf).and_then(|_| evidence.merit(self.catalog)?.points()),
            origin: evidence.origin,
        }
    }

    /// The award that evidence is: of the record, or as of the date.
    pub(crate) fn award_of(&self, evidence: &Evidence) -> Award {
        let issued = self.recorded(evidence.origin);
        issued.unwrap_or_else(|| Award::new(self.catalog.id(evidence.credential)).on(self.evaluation.as_of))
    }

    /// The award of the record, by the catalog's own id, whichever of its ids the record has.
    fn recorded(&self, origin: Origin) -> Option<Award> {
        let award = self.issued(origin)?.clone();
        let own = self.catalog.credential(&award.credential).map(|id| self.catalog.id(id).to_owned());
        Some(Award { credential: own.unwrap_or(award.credential), ..award })
    }

    /// The issued award that evidence is, with its last day.
    pub(crate) fn listed(&self, evidence: &Evidence) -> Option<AuditedAward> {
        let award = self.issued(evidence.origin)?;
        let listed = self.award(award, evidence.until);
        if evidence.renewal().is_none() {
            return Some(listed);
        }
        let described = self.catalog.at(evidence.credential);
        Some(AuditedAward {
            credential: described.id.clone(),
            title: described.title.clone(),
            renewed_by: Some(listed.credential.clone()),
            ..listed
        })
    }

    /// The awards by renewal of the wanted classes.
    pub(crate) fn renewed(&self, wanted: impl Fn(ClassId) -> bool) -> Vec<AuditedAward> {
        let names = &self.catalog.names;
        let issued = self.evaluation.standing.issued.iter();
        let renewed = issued.filter(|evidence| evidence.renewal().is_some());
        renewed.filter(|evidence| wanted(names.class(evidence.credential))).filter_map(|one| self.listed(one)).collect()
    }
}
