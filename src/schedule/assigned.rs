//! The awards that a plan has its claims use, so as to keep to the policies on sharing ([semantics
//! 5.5](crate::semantics#5.5)): on the calendar, they use the same.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Rule;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Evidence, EvidenceId, Origin, UnitOfAwards};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::standing::Standing;
use crate::evaluate::usable::Usable;
use crate::plan::answers::plan::Plan;
use crate::plan::answers::uses::recorded;
use crate::plan::model::replay::BroughtAward;
use crate::record::record::LearnerRecord;
use crate::schedule::model::Model;
use crate::value::ids::{CredentialId, Id, LeafId, to_u32};

/// What a claim uses. Awards of one unit are the same to a policy, so one that is taken again serves as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum AssignedUnit {
    Unit(UnitOfAwards),
    /// One award of a step that brings several.
    Brought(BroughtAward),
}

/// For each claim under a policy, what it uses.
#[derive(Debug, Clone, Default)]
pub(crate) struct AssignedAwards(BTreeMap<CredentialId, BTreeSet<AssignedUnit>>);

impl AssignedAwards {
    /// What a plan says; it is the evaluator's answer on the day that says whether that will do.
    pub(crate) fn of(plan: &Plan, standing: &Standing, record: &LearnerRecord, progress: &Progress<'_>) -> Self {
        let catalog = progress.catalog;
        let mut all: BTreeMap<CredentialId, BTreeSet<AssignedUnit>> = BTreeMap::new();
        for claim in plan.claims.iter().filter(|claim| claim.issued.is_none()) {
            let Some(credential) = catalog.credential(&claim.credential) else { continue };
            let units = all.entry(credential).or_default();
            for used in claim.awards.iter().filter(|used| used.by_step) {
                let Some(credential) = catalog.credential(&used.award.credential) else { continue };
                units.insert(if catalog.names.repeatable(credential) {
                    AssignedUnit::Brought(BroughtAward { credential, number: used.number })
                } else {
                    AssignedUnit::Unit(UnitOfAwards::Credential(catalog.names.unit(credential)))
                });
            }
            let is_used = |evidence: &&Evidence| claim.awards.contains(&recorded(catalog, standing, record, evidence));
            let unit = |evidence: &Evidence| AssignedUnit::Unit(evidence.unit(&catalog.names, LeafId::NOWHERE));
            units.extend(standing.issued.iter().filter(is_used).map(unit));
        }
        Self(all)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the stack of a claim is met by what it is to use, as far as that is there.
    pub(crate) fn suffice(&self, model: &Model, credential: CredentialId, progress: &Progress<'_>) -> bool {
        let network = &progress.catalog.network;
        let (Some(units), Some(top)) = (self.0.get(&credential), network.top(Rule::stack(credential))) else {
            return true;
        };
        let usable = Usable::new(progress);
        let leaves = network.leaves_below(top).into_iter().filter(|&leaf| !network.is_shadowed(leaf));
        let places =
            leaves.flat_map(|leaf| usable.at(leaf, EvidenceId::END).into_iter().map(move |number| (leaf, number)));
        let own = places.filter(|&(_, number)| units.contains(&unit(model, progress, number)));
        let input = CountingInput {
            catalog: progress.catalog,
            exceptions: &progress.exceptions,
            evidence: &progress.evidence,
            steps: progress.scope.steps,
            thorough: false,
        };
        Counting::new(input, own).part(top).met == Met::Yes
    }
}

fn unit(model: &Model, progress: &Progress<'_>, number: EvidenceId) -> AssignedUnit {
    let (evidence, names) = (&progress.evidence[number].evidence, &progress.catalog.names);
    let job = match evidence.origin {
        Origin::Issued(award) => award.number_from_end().checked_sub(1),
        _ => None,
    };
    let is_of = |credential: CredentialId| evidence.is_award_of(credential) && names.repeatable(credential);
    let jobs = model.jobs.entries().map(|(id, job)| (id.index(), job.credential));
    let brought = job.filter(|&job| model.jobs.len() > job).map(|job| {
        let alike = jobs.filter(|&(other, credential)| other <= job && credential == evidence.credential);
        BroughtAward { credential: evidence.credential, number: to_u32(alike.count()) }
    });
    match brought.filter(|brought| is_of(brought.credential)) {
        Some(brought) => AssignedUnit::Brought(brought),
        None => AssignedUnit::Unit(evidence.unit(names, LeafId::NOWHERE)),
    }
}
