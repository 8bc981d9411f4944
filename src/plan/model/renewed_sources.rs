//! Awards that awards which are not there yet would be besides, since they renew what is current ([semantics
//! 3.9](crate::semantics#3.9)): by the variables that say that they are there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::catalog::conditions::Conditions;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::solve::ids::VariableId;
use crate::solve::row::LinearTerm;
use crate::value::ids::{CredentialId, IdVec, UnitId};

use crate::plan::model::builder::{Builder, Head, OpenHead};
use crate::plan::model::sources::AwardSource;
use crate::plan::model::statement::{Name, RenewedId};

/// The awards by renewal that new awards could bring, as far as they were asked for.
#[derive(Debug, Default)]
pub(crate) struct RenewedAwards {
    all: IdVec<RenewedId, RenewedAward>,
    /// Those of each credential that was looked at.
    of: BTreeMap<CredentialId, Vec<RenewedId>>,
    /// The unit classes of which an award is current at the start; found when first needed.
    current: Option<BTreeSet<UnitId>>,
    /// For each variable that counts awards by renewal, the one that says whether there is any.
    pub(crate) counted: BTreeMap<VariableId, VariableId>,
}

/// An award that another one would be besides.
#[derive(Debug)]
struct RenewedAward {
    by: Renewer,
    evidence: Evidence,
    /// The awards by renewal of which any one makes it so; none stands for the award that renews itself.
    from: Vec<Option<RenewedId>>,
}

/// The award that renews, at the end of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Renewer {
    /// A new award of the credential.
    Step(CredentialId),
    /// An award that is there, made on the day of the plan.
    There(Origin),
}

impl Builder<'_, '_> {
    /// The awards by renewal of a credential that would fill a place with these conditions.
    pub(crate) fn renewed_sources(&mut self, credential: CredentialId, conditions: &Conditions) -> Vec<AwardSource> {
        let catalog = self.catalog();
        if catalog.renewing.renewed_by(catalog.names.unit(credential)).is_empty() {
            return Vec::new();
        }
        self.learn_renewals(credential);
        let mut sources = Vec::new();
        for number in self.renewed.of.get(&credential).cloned().unwrap_or_default() {
            let RenewedAward { by, evidence, .. } = &self.renewed.all[number];
            let (by, evidence) = (*by, evidence.clone());
            if !(conditions.lapsed || evidence.lasts(self.date)) || !evidence.meets(conditions, self.date) {
                continue;
            }
            // What is there already is among the evidence.
            let Some((number, variable)) = self.renewed_variable(number) else { continue };
            let step = match by {
                Renewer::Step(step) => step,
                Renewer::There(_) => credential,
            };
            let times = self.renewed_times(by, credential, number, variable);
            sources.push(AwardSource { variable, times, evidence, step });
        }
        sources
    }

    /// Finds out which awards could be awards of the credential besides, and all that is on the way to it.
    fn learn_renewals(&mut self, credential: CredentialId) {
        let catalog = self.catalog();
        let (names, renewing) = (&catalog.names, &catalog.renewing);
        let mut fresh: BTreeSet<CredentialId> = BTreeSet::new();
        let mut open = vec![credential];
        while let Some(next) = open.pop() {
            if !self.renewed.of.contains_key(&next) && fresh.insert(next) {
                let by = renewing.renewed_by(names.unit(next)).iter();
                open.extend(by.filter(|&&by| catalog.renewed_by(by).contains(&next)));
            }
        }
        let mut chain: VecDeque<(Renewer, Option<RenewedId>, Evidence)> = VecDeque::new();
        for &renewed in &fresh {
            for &by in renewing.renewed_by(names.unit(renewed)) {
                if catalog.renewed_by(by).contains(&renewed) {
                    let origin = Origin::Issued(AwardId::from_end(by.index()));
                    let award = self.statement.progress.new_award(by, origin);
                    chain.push_back((Renewer::Step(by), None, award.renewing(catalog, renewed)));
                    let before = self.renewed.of.get(&by).into_iter().flatten();
                    chain.extend(before.map(|&number| {
                        let RenewedAward { by, evidence, .. } = &self.renewed.all[number];
                        (*by, Some(number), evidence.renewing(catalog, renewed))
                    }));
                }
            }
            let made_today = self.statement.progress.evidence.iter().map(|admitted| &admitted.evidence);
            for award in made_today.filter(|award| award.is_issued() && award.awarded == Some(self.date)) {
                let own = !award.is_substituted() && award.renewal().is_none();
                if own && renewing.renews(names.unit(award.credential)).contains(&renewed) {
                    chain.push_back((Renewer::There(award.origin), None, award.renewing(catalog, renewed)));
                }
            }
            self.renewed.of.insert(renewed, Vec::new());
        }
        while let Some((by, from, evidence)) = chain.pop_front() {
            let credential = evidence.credential;
            let known = self.renewed.of.entry(credential).or_default();
            let all = &mut self.renewed.all;
            let same = |number: &&RenewedId| all[**number].by == by && all[**number].evidence == evidence;
            if let Some(&number) = known.iter().find(same) {
                if !all[number].from.contains(&from) {
                    all[number].from.push(from);
                }
                continue;
            }
            let further = renewing.renews(names.unit(credential)).iter().filter(|renewed| fresh.contains(renewed));
            let further: Vec<Evidence> = further.map(|&renewed| evidence.renewing(catalog, renewed)).collect();
            let number = all.push(RenewedAward { by, evidence, from: vec![from] });
            known.push(number);
            chain.extend(further.into_iter().map(|evidence| (by, Some(number), evidence)));
        }
    }

    /// The variable that says that an award by renewal is there, and the award of whose number it is; none if it is
    /// there already.
    fn renewed_variable(&mut self, mut number: RenewedId) -> Option<(RenewedId, VariableId)> {
        let catalog = self.catalog();
        // Where what is renewed is current, the award that renews is all that it takes.
        loop {
            let RenewedAward { by, evidence, from } = &self.renewed.all[number];
            let (by, first) = (*by, from.first().copied().flatten());
            let alone = from.len() == 1 && !evidence.depends();
            let unit = catalog.names.unit(evidence.credential);
            if !alone || !self.current_at_start().contains(&unit) {
                break;
            }
            match (first, by) {
                (Some(before), _) => number = before,
                (None, Renewer::Step(step)) => {
                    let step = self.step(step);
                    return Some((number, self.statement.steps[step].variable));
                }
                (None, Renewer::There(_)) => return None,
            }
        }
        let fresh = !self.known.contains_key(&Name::Renewed(number));
        let variable = self.variable(Name::Renewed(number), 1);
        if fresh {
            let RenewedAward { by, evidence, .. } = &self.renewed.all[number];
            let (by, credential) = (*by, evidence.credential);
            if let Renewer::Step(step) = by {
                self.statement.renewed_by.insert(variable, step);
            }
            self.open.push_back(OpenHead { credential, variable, head: Head::Renewed(number) });
        }
        Some((number, variable))
    }

    /// The variable that counts an award by renewal, if each of several awards that renew brings one of its own.
    fn renewed_times(
        &mut self,
        by: Renewer,
        credential: CredentialId,
        number: RenewedId,
        variable: VariableId,
    ) -> Option<VariableId> {
        let Renewer::Step(step) = by else { return None };
        let step = self.step(step);
        let of_step = self.statement.steps[step].times?;
        if !self.catalog().names.repeatable(credential) {
            return None;
        }
        if variable == self.statement.steps[step].variable {
            return Some(of_step);
        }
        let fresh = !self.known.contains_key(&Name::RenewedTimes(number));
        let counted = self.variable(Name::RenewedTimes(number), 1);
        if fresh {
            self.statement.renewed_by.insert(counted, self.statement.steps[step].credential);
            self.renewed.counted.insert(counted, variable);
            self.as_often.push((counted, of_step));
            self.row(vec![(of_step, 1)], Some(counted), 1, false);
        }
        Some(counted)
    }

    /// The rows of an award by renewal: the award that renews is there, and what is renewed is current.
    pub(crate) fn renewed_rows(&mut self, number: RenewedId, variable: VariableId) {
        let RenewedAward { by, evidence, from } = &self.renewed.all[number];
        let (by, credential, from) = (*by, evidence.credential, from.clone());
        let mut terms: Vec<LinearTerm> = Vec::new();
        let mut there = false;
        for before in from {
            match (before, by) {
                (Some(before), _) => match self.renewed_variable(before) {
                    Some((_, before)) => terms.push((before, 1)),
                    None => there = true,
                },
                (None, Renewer::Step(step)) => {
                    let step = self.step(step);
                    terms.push((self.statement.steps[step].variable, 1));
                }
                (None, Renewer::There(_)) => there = true,
            }
        }
        if !there {
            self.row(terms, Some(variable), 1, true);
        }
        let unit = self.catalog().names.unit(credential);
        if !self.current_at_start().contains(&unit) {
            let terms = self.makes_current(unit);
            self.row(terms, Some(variable), 1, true);
        }
    }

    /// The unit classes of which an award is current at the start.
    fn current_at_start(&mut self) -> &BTreeSet<UnitId> {
        let progress = self.statement.progress;
        self.renewed.current.get_or_insert_with(|| {
            let current = progress.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
            let own = current.filter(|admitted| !admitted.evidence.is_substituted());
            own.map(|admitted| progress.catalog.names.unit(admitted.evidence.credential)).collect()
        })
    }

    /// The awards of which any one makes that something of the unit class is current.
    fn makes_current(&mut self, unit: UnitId) -> Vec<LinearTerm> {
        let catalog = self.catalog();
        let names = &catalog.names;
        let members = names.members(names.class(unit.first_credential())).iter();
        let members: Vec<CredentialId> = members.copied().filter(|&member| names.unit(member) == unit).collect();
        let mut terms = Vec::new();
        for member in members {
            let award = self.statement.progress.new_award(member, Origin::Issued(AwardId::from_end(member.index())));
            if award.lasts(self.date) {
                if self.holds_anything && award.depends() {
                    terms.push((self.waiting_for(member).0, 1));
                } else {
                    let step = self.step(member);
                    terms.push((self.statement.steps[step].variable, 1));
                }
            }
            if !self.holds_anything && self.waiting.contains_key(&member) {
                terms.push((self.waits(member), 1));
            }
        }
        terms
    }
}
