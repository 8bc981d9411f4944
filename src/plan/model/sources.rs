//! Awards that could fill a leaf, by the variables that say that they are there.

use crate::solve::ids::VariableId;
use crate::value::ids::{ClassId, CredentialId, LeafId};

use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::AwardId;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::evidence::Origin;

use crate::plan::model::builder::{Builder, Head, OpenHead};
use crate::plan::model::statement::{Name, Step};

/// Where an award could come from.
#[derive(Debug, Clone)]
pub(crate) struct AwardSource {
    pub(crate) variable: VariableId,
    /// The variable that counts it, if it is repeatable.
    pub(crate) times: Option<VariableId>,
    pub(crate) evidence: Evidence,
    /// The credential whose step brings it.
    pub(crate) step: CredentialId,
}

impl Builder<'_, '_> {
    /// Awards that are not there yet and would fill a leaf.
    pub(crate) fn sources(&mut self, leaf: LeafId) -> Vec<AwardSource> {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let class = self.catalog().names.class(described.credential);
        let within = network.rule_of(leaf).credential();
        let conditions = &network.conditions[described.conditions];
        let sources = self.sources_of(class, Some(within), conditions);
        // Where leaves are looked at again, their places are the same.
        let is_new = self.looked_at.as_mut().is_none_or(|leaves| leaves.insert(leaf));
        for source in sources.iter().filter(|_| is_new) {
            if source.times.is_some() {
                *self.places.entry(source.step).or_default() += self.places_at(leaf);
            }
        }
        sources
    }

    /// The number of awards of one repeatable credential that a leaf could use.
    pub(crate) fn places_at(&self, leaf: LeafId) -> i64 {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            match network.group(group).measure {
                Measure::Count if network.counts_units(group) => return i64::from(network.group(group).threshold),
                Measure::Count => break,
                Measure::Sum(_) if described.weight == 0 => return 0,
                Measure::Sum(_) => return i64::from(network.group(group).threshold.div_ceil(described.weight)),
                Measure::UpTo(_) => above = network.group_above(Part::Group(group)),
            }
        }
        1
    }

    pub(crate) fn sources_of(
        &mut self,
        class: ClassId,
        within: Option<CredentialId>,
        conditions: &Conditions,
    ) -> Vec<AwardSource> {
        let catalog = self.catalog();
        let exceptions = &self.statement.progress.exceptions;
        let alone = exceptions.substitutions.is_empty() && catalog.names.down(class).is_empty();
        let classes = if alone { vec![class] } else { exceptions.counting_as(&catalog.names, class, within) };
        let mut sources = Vec::new();
        for &credential in classes.iter().flat_map(|&class| catalog.names.members(class)) {
            let own = Some(credential) == self.at.own && !self.at.in_corequisite;
            let origin = Origin::Issued(AwardId::from_end(credential.index()));
            let evidence = self.statement.progress.new_award(credential, origin);
            let counts = |evidence: &Evidence| {
                (conditions.lapsed || evidence.lasts(self.date)) && evidence.meets(conditions, self.date)
            };
            if self.holds_anything {
                sources.extend(self.held(credential, evidence, conditions));
                continue;
            }
            // Nothing is the first of its own supports. What waits for the components does not wait for the
            // prerequisite.
            if !own && counts(&evidence) {
                let number = self.step(credential);
                let Step { variable, times, .. } = self.statement.steps[number];
                sources.push(AwardSource { variable, times, evidence, step: credential });
            }
            if self.evaluated && !own && catalog.network.has_stack(credential) {
                let evidence = Evidence::new(catalog, credential, self.date, Grade::None, Origin::Qualified);
                if evidence.meets(conditions, self.date) {
                    let variable = self.qualified(credential);
                    sources.push(AwardSource { variable, times: None, evidence, step: credential });
                }
            }
            if conditions.lapsed || own && self.at.in_stack {
                // There, lapsed awards count already.
                continue;
            }
            let waiting = self.waiting.get(&credential).into_iter().flatten();
            let waiting: Vec<Evidence> =
                waiting.filter(|evidence| evidence.meets(conditions, self.date)).cloned().collect();
            for evidence in waiting {
                let variable = self.waits(credential);
                sources.push(AwardSource { variable, times: None, evidence, step: credential });
            }
        }
        for &credential in classes.iter().flat_map(|&class| catalog.names.members(class)) {
            sources.extend(self.renewed_sources(credential, conditions));
        }
        sources
    }

    /// The variable that says that awards which wait for components are current.
    pub(crate) fn waits(&mut self, credential: CredentialId) -> VariableId {
        let fresh = !self.known.contains_key(&Name::Waiting(credential));
        let variable = self.variable(Name::Waiting(credential), 1);
        if fresh {
            self.open.push_back(OpenHead { credential, variable, head: Head::Waiting });
        }
        variable
    }

    /// The awards that fill a leaf with these conditions if the credential is held directly, or qualified for.
    fn held(&mut self, credential: CredentialId, award: Evidence, conditions: &Conditions) -> Vec<AwardSource> {
        let catalog = self.catalog();
        let own = Some(credential) == self.at.own;
        let mut sources = Vec::new();
        let lasts = conditions.lapsed || award.lasts(self.date);
        if lasts && award.meets(conditions, self.date) {
            let number = self.step(credential);
            let Step { variable, times, .. } = self.statement.steps[number];
            if conditions.lapsed || !award.depends() {
                sources.push(AwardSource { variable, times, evidence: award, step: credential });
            } else if !(own && self.at.in_stack) {
                let (variable, times) = self.waiting_for(credential);
                sources.push(AwardSource { variable, times, evidence: award, step: credential });
            }
        }
        let qualification = Evidence::new(catalog, credential, self.date, Grade::None, Origin::Qualified);
        let conferred = catalog.network.has_stack(credential) && !self.statement.progress.is_conferred(credential);
        // Nothing is the first of its own supports.
        if conferred && !own && qualification.meets(conditions, self.date) {
            let variable = self.qualified(credential);
            sources.push(AwardSource { variable, times: None, evidence: qualification, step: credential });
        }
        sources
    }

    /// The variables that say that chosen awards which last while their components do are current, and how many of
    /// them.
    pub(crate) fn waiting_for(&mut self, credential: CredentialId) -> (VariableId, Option<VariableId>) {
        let fresh = !self.known.contains_key(&Name::Waiting(credential));
        let variable = self.variable(Name::Waiting(credential), 1);
        let number = self.step(credential);
        let Step { variable: held, times, .. } = self.statement.steps[number];
        let counted = times.map(|_| self.variable(Name::WaitingTimes(credential), 1));
        if fresh {
            self.open.push_back(OpenHead { credential, variable, head: Head::Waiting });
            self.row(vec![(held, 1)], Some(variable), 1, true);
            if let (Some(counted), Some(times)) = (counted, times) {
                self.as_often.push((counted, times));
                self.row(vec![(times, 1)], Some(counted), 1, false);
            }
        }
        (variable, counted)
    }
}
