//! Joint regions as rows: an *assignment* of units of awards to places, when parts must be met by different awards or
//! an award could fill two places. Units are shared out to the parts by rows of *flow conservation*. Spans are left
//! out; the closure sees to them.

use crate::solve::ids::VariableId;
use crate::value::ids::{GroupId, IdVec, LeafId, UnitId};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part};

use crate::evaluate::averages::surplus;
use crate::evaluate::evidence::{Evidence, EvidenceId};
use crate::evaluate::usable::Usable;

use crate::plan::model::area::{Area, Arm, LeafUnit, Stock, UnitOf};
use crate::plan::model::average_row::AverageRow;
use crate::plan::model::builder::{Affine, Builder};
use crate::plan::model::sources::AwardSource;
use crate::plan::model::span_days::SpanDays;
use crate::plan::model::statement::{ArmId, JointId, Name, Region, StockId};

/// A leaf, where awards of it could come from, and the days that spans leave to those that are there.
struct LeafSources<'d> {
    leaf: LeafId,
    sources: Vec<AwardSource>,
    days: &'d [SpanDays],
}

impl Builder<'_, '_> {
    /// The rows of a joint region; the variable that says whether it is satisfied.
    pub(crate) fn region(&mut self, top: GroupId) -> VariableId {
        if let Some(&known) = self.known.get(&Name::Group(top)) {
            return known;
        }
        let variable = self.variable(Name::Group(top), 1);
        let region = Region { top, variable, evidence: IdVec::new(), usable: Vec::new(), sources: BTreeMap::new() };
        let number = self.statement.regions.push(region);
        // The region as a whole is an arm as well, which is never contested.
        let whole = Arm { around: ArmId::WHOLE, group: top };
        let mut area = Area { number, arms: vec![whole].into(), ..Area::default() };
        let mut units: BTreeMap<UnitOf, StockId> = BTreeMap::new();
        let network = &self.catalog().network;
        let leaves = network.leaves_below(Part::Group(top)).into_iter().filter(|&leaf| !network.is_shadowed(leaf));
        let sources: BTreeMap<LeafId, Vec<AwardSource>> = leaves.map(|leaf| (leaf, self.sources(leaf))).collect();
        let days = self.span_days(top, &sources);
        for (leaf, sources) in sources {
            let days = days.get(&leaf).map(Vec::as_slice).unwrap_or_default();
            self.gather(&LeafSources { leaf, sources, days }, &mut area, &mut units);
        }
        self.open_arms(top, &mut area);
        match network.group(top).measure {
            Measure::Count => self.count(top, Some(variable), Some(&mut area)),
            Measure::Sum(_) => self.sum(top, Some(variable), Some(&mut area)),
            Measure::UpTo(_) => {}
        }
        variable
    }

    /// Lists what can fill a leaf, on the days that spans leave, and what could.
    fn gather(&mut self, given: &LeafSources<'_>, area: &mut Area, units: &mut BTreeMap<UnitOf, StockId>) {
        self.gather_old(given, area, units);
        self.gather_new(given, area, units);
    }

    /// The amount that an award adds at a leaf.
    fn amount_at(&self, leaf: LeafId, evidence: &Evidence) -> i64 {
        let network = &self.catalog().network;
        let weight = network.leaf(leaf).weight;
        network.unit_of(leaf).map_or(1, |unit| i64::from(evidence.adds(unit, weight)))
    }

    fn gather_old(&mut self, given: &LeafSources<'_>, area: &mut Area, units: &mut BTreeMap<UnitOf, StockId>) {
        let (leaf, catalog, progress) = (given.leaf, self.catalog(), self.statement.progress);
        let mut old = self.usable.get_or_insert_with(|| Usable::new(progress)).at(leaf, EvidenceId::END);
        let awarded = |number: EvidenceId| progress.evidence[number].evidence.awarded;
        old.retain(|&number| given.days.iter().all(|days| days.admit(awarded(number))));
        let averaged = catalog.network.averaged_around(leaf).is_some();
        for number in old {
            let admitted = &progress.evidence[number];
            let merit = if averaged { admitted.evidence.merit(catalog) } else { None };
            if averaged && merit.is_none() {
                continue; // It is never chosen.
            }
            let amount = self.amount_at(leaf, &admitted.evidence);
            let region = &mut self.statement.regions[area.number];
            let place = *area.places.entry(number).or_insert_with(|| region.evidence.push(admitted.clone()));
            region.usable.push((leaf, place));
            let unit = UnitOf::Awards(admitted.evidence.unit(&catalog.names, leaf));
            let unit = *units.entry(unit).or_insert_with(|| area.stocks.push(Stock::default()));
            area.stocks[unit].old = true;
            let candidate = area.candidates.entry(leaf).or_default().entry(unit).or_default();
            candidate.old = candidate.old.max(Some(amount));
            candidate.graded.extend(merit.map(|merit| (amount, merit)));
        }
    }

    fn gather_new(&mut self, given: &LeafSources<'_>, area: &mut Area, units: &mut BTreeMap<UnitOf, StockId>) {
        let (leaf, catalog) = (given.leaf, self.catalog());
        let network = &catalog.network;
        let (averaged, spanned) = (network.averaged_around(leaf).is_some(), network.is_spanned(leaf));
        for AwardSource { variable, times, evidence, step } in &given.sources {
            let unit = match times {
                Some(_) if matches!(self.statement.variables[*variable].name, Name::Waiting(_)) => {
                    UnitOf::Waiting(evidence.credential)
                }
                Some(_) if evidence.renewal().is_some() => {
                    UnitOf::Renewed { by: *step, credential: evidence.credential }
                }
                Some(_) => UnitOf::New(evidence.credential),
                None => UnitOf::Awards(evidence.unit(&catalog.names, leaf)),
            };
            let unit = *units.entry(unit).or_insert_with(|| area.stocks.push(Stock::default()));
            area.stocks[unit].times = *times;
            area.stocks[unit].new.insert(*variable);
            let amount = self.amount_at(leaf, evidence);
            let candidate = area.candidates.entry(leaf).or_default().entry(unit).or_default();
            candidate.new.insert(*variable);
            candidate.most = candidate.most.max(amount);
            // Where an award that is there does as much, days aside, another one of the same unit does nothing.
            let merit = if averaged { evidence.merit(catalog) } else { None };
            candidate.merit = candidate.merit.max(merit);
            if !spanned && candidate.is_as_good(amount, merit) {
                continue;
            }
            let supplied = self.statement.regions[area.number].sources.entry(*variable).or_default();
            let known = supplied.evidence.entries().find(|(_, known)| *known == evidence).map(|(place, _)| place);
            let place = known.unwrap_or_else(|| supplied.evidence.push(evidence.clone()));
            supplied.leaves.push((leaf, place));
        }
    }

    /// Parts that must be met by different awards become arms.
    pub(crate) fn open_arms(&mut self, top: GroupId, area: &mut Area) {
        let network = &self.catalog().network;
        let mut open = vec![(Part::Group(top), ArmId::WHOLE)];
        while let Some((part, arm)) = open.pop() {
            match part {
                Part::Leaf(leaf) => _ = area.arm_of.insert(leaf, arm),
                Part::Group(group) => {
                    let differ = network.parts_differ(group);
                    for &part in network.parts(group).iter().rev() {
                        let mut inner = arm;
                        if differ {
                            inner = area.arms.push(Arm { around: arm, group });
                        }
                        open.push((part, inner));
                    }
                }
            }
        }
        for (leaf, candidates) in &area.candidates {
            let mut arm = area.arm_of.get(leaf).copied().unwrap_or(ArmId::WHOLE);
            while arm != ArmId::WHOLE {
                let Arm { around, group } = area.arms[arm];
                for &unit in candidates.keys() {
                    area.contested.entry((unit, group)).or_default().insert(arm);
                }
                arm = around;
            }
        }
        area.contested.retain(|_, arms| arms.len() > 1);
    }

    /// The variable that says how much of a unit an arm gets; none if nothing else wants it.
    pub(crate) fn share(&mut self, unit: StockId, arm: ArmId, area: &mut Area) -> Option<VariableId> {
        if arm == ArmId::WHOLE {
            return None;
        }
        let Arm { around, group } = area.arms[arm];
        let Some(arms) = area.contested.get(&(unit, group)).cloned() else {
            return self.share(unit, around, area);
        };
        let name = |arm| Name::Share { region: area.number, unit, arm };
        if let Some(&known) = self.known.get(&name(arm)) {
            return Some(known);
        }
        let times = area.stocks[unit].times;
        let shares: Vec<VariableId> = arms.iter().map(|&arm| self.variable(name(arm), 1)).collect();
        if let Some(times) = times {
            self.as_often.extend(shares.iter().map(|&share| (share, times)));
        }
        let supply = self.supply(unit, around, area);
        self.give(supply, shares);
        self.known.get(&Name::Share { region: area.number, unit, arm }).copied()
    }

    /// The supply of a unit for an arm.
    pub(crate) fn supply(&mut self, unit: StockId, arm: ArmId, area: &mut Area) -> Affine {
        if let Some(share) = self.share(unit, arm, area) {
            return Affine { terms: vec![(share, 1)], fixed: 0 };
        }
        let stock = &area.stocks[unit];
        match stock.times {
            _ if stock.old => Affine { terms: Vec::new(), fixed: 1 },
            Some(times) => Affine { terms: vec![(times, 1)], fixed: 0 },
            None => Affine { terms: stock.new.iter().map(|&variable| (variable, 1)).collect(), fixed: 0 },
        }
    }

    /// The uses together are no more than the supply.
    pub(crate) fn give(&mut self, supply: Affine, uses: Vec<VariableId>) {
        let mut terms = supply.terms;
        terms.extend(uses.into_iter().map(|variable| (variable, -1)));
        self.row(terms, None, -supply.fixed, false);
    }

    /// The part of a unit that can fill a leaf.
    pub(crate) fn use_of(&mut self, unit: StockId, leaf: LeafId, area: &mut Area) -> Affine {
        let arm = area.arm_of.get(&leaf).copied().unwrap_or(ArmId::WHOLE);
        let share = self.share(unit, arm, area);
        let Some(candidate) = area.candidate(LeafUnit { unit, leaf }) else { return Affine::default() };
        match share {
            None if candidate.old.is_some() => Affine { terms: Vec::new(), fixed: 1 },
            None => Affine { terms: candidate.new.iter().map(|&variable| (variable, 1)).collect(), fixed: 0 },
            Some(share) if candidate.takes_all(&area.stocks[unit]) => Affine { terms: vec![(share, 1)], fixed: 0 },
            Some(share) => {
                let used = self.used_anew(LeafUnit { unit, leaf }, &candidate.new, None, area.number);
                self.row(vec![(share, 1)], Some(used), 1, false);
                Affine { terms: vec![(used, 1)], fixed: 0 }
            }
        }
    }

    /// The variable that says that a new award of a unit is used for a leaf; how often, if the unit is counted.
    fn used_anew(
        &mut self,
        place: LeafUnit,
        new: &BTreeSet<VariableId>,
        times: Option<VariableId>,
        region: JointId,
    ) -> VariableId {
        let LeafUnit { unit, leaf } = place;
        let name = Name::Use { region, unit, leaf, new: true };
        if let Some(&known) = self.known.get(&name) {
            return known;
        }
        let used = self.variable(name, 1);
        let terms = match times {
            Some(times) => {
                self.as_often.push((used, times));
                vec![(times, 1)]
            }
            None => new.iter().map(|&variable| (variable, 1)).collect(),
        };
        self.row(terms, Some(used), 1, false);
        used
    }

    /// The additions to each leaf of a joint sum. There an award adds once, and a member adds once.
    pub(crate) fn additions(&mut self, sum: GroupId, area: &mut Area) -> BTreeMap<LeafId, Affine> {
        let uses = self.uses_in(sum, area);
        let mut additions: BTreeMap<LeafId, Affine> = BTreeMap::new();
        let mut once = Once::default();
        let least = self.catalog().network.extras(sum).average;
        let mut average = least.map(|least| AverageRow { least, weighed: Vec::new() });
        for &place in &uses.places {
            let arm = area.arm_of.get(&place.leaf).copied().unwrap_or(ArmId::WHOLE);
            let share = self.share(place.unit, arm, area);
            let adds = additions.entry(place.leaf).or_default();
            if let Some(average) = &mut average {
                self.add_graded(adds, place, area, (&mut once, average));
            } else if uses.is_alone(place, self.member(place.leaf)) {
                self.add_alone(adds, place, share, area);
            } else {
                self.add_once(adds, place, area, &mut once);
            }
        }
        let first = self.leaves_of_sum(sum).first().copied();
        let arm = first.and_then(|leaf| area.arm_of.get(&leaf).copied()).unwrap_or(ArmId::WHOLE);
        for (unit, uses) in once.of_unit {
            let supply = self.supply(unit, arm, area);
            self.give(supply, uses);
        }
        for uses in once.of_member.into_values() {
            self.give(Affine { terms: Vec::new(), fixed: 1 }, uses);
        }
        if let Some(terms) = average.and_then(|average| surplus(&average.weighed, average.least)) {
            self.row(terms, None, 0, false);
        }
        additions
    }

    /// The member that a leaf names, if it counts once however many awards it has.
    fn member(&self, leaf: LeafId) -> Option<UnitId> {
        let (network, names) = (&self.catalog().network, &self.catalog().names);
        let credential = network.leaf(leaf).credential;
        (!names.repeatable(credential)).then(|| names.unit(credential))
    }

    /// The leaves that add to a sum, those of its `up_to` groups among them.
    fn leaves_of_sum(&self, sum: GroupId) -> Vec<LeafId> {
        let network = &self.catalog().network;
        let groups: BTreeSet<GroupId> = network.groups_of_sum(sum).into_iter().collect();
        let mut leaves = network.leaves_below(Part::Group(sum));
        leaves.retain(|&leaf| network.group_above(Part::Leaf(leaf)).is_some_and(|group| groups.contains(&group)));
        leaves
    }

    /// The units that add something to each leaf of a joint sum.
    fn uses_in(&self, sum: GroupId, area: &Area) -> SumUses {
        let mut uses = SumUses::default();
        for leaf in self.leaves_of_sum(sum) {
            for (&unit, candidate) in area.candidates.get(&leaf).into_iter().flatten() {
                if candidate.old.unwrap_or(0).max(candidate.most) > 0 {
                    uses.places.push(LeafUnit { unit, leaf });
                    *uses.leaves_of.entry(unit).or_default() += 1;
                    if let Some(member) = self.member(leaf) {
                        uses.units_of.entry(member).or_default().insert(unit);
                    }
                }
            }
        }
        uses
    }

    /// Adds a unit to a leaf, if it could add to others too, or others to the member: then it is used at one place at
    /// the most.
    fn add_once(&mut self, adds: &mut Affine, place: LeafUnit, area: &Area, once: &mut Once) {
        let LeafUnit { unit, leaf } = place;
        let Some(candidate) = area.candidate(place) else { return };
        let member = self.member(leaf);
        let mut uses = Vec::new();
        if let Some(old) = candidate.old {
            let used = self.variable(Name::Use { region: area.number, unit, leaf, new: false }, 1);
            adds.terms.push((used, old));
            uses.push(used);
        }
        if candidate.most > candidate.old.unwrap_or(0) {
            let times = area.stocks[unit].times.filter(|_| member.is_none());
            let used = self.used_anew(place, &candidate.new, times, area.number);
            adds.terms.push((used, candidate.most));
            uses.push(used);
        }
        once.of_unit.entry(unit).or_default().extend(&uses);
        if let Some(member) = member {
            once.of_member.entry(member).or_default().extend(uses);
        }
    }

    /// Adds a unit to a leaf of a sum that asks for an average: an award that is there, or a new one, is used or not.
    fn add_graded(&mut self, adds: &mut Affine, place: LeafUnit, area: &Area, rows: (&mut Once, &mut AverageRow)) {
        let (once, average) = rows;
        let LeafUnit { unit, leaf } = place;
        let Some(candidate) = area.candidate(place) else { return };
        let member = self.member(leaf);
        let mut uses = Vec::new();
        if let Some(most) = candidate.old {
            let used = self.variable(Name::Use { region: area.number, unit, leaf, new: false }, 1);
            adds.terms.push((used, most));
            average.weigh(used, 1, candidate.graded.iter().copied(), self.is_capped(leaf));
            uses.push(used);
        }
        if let Some(merit) = candidate.merit.filter(|_| candidate.most > 0) {
            let times = area.stocks[unit].times.filter(|_| member.is_none());
            let used = self.used_anew(place, &candidate.new, times, area.number);
            adds.terms.push((used, candidate.most));
            let most = times.map_or(1, |times| self.statement.variables[times].upper);
            average.weigh(used, most, [(candidate.most, merit)], self.is_capped(leaf));
            uses.push(used);
        }
        once.of_unit.entry(unit).or_default().extend(&uses);
        if let Some(member) = member {
            once.of_member.entry(member).or_default().extend(uses);
        }
    }

    /// Adds a unit to a leaf, if it adds nowhere else, and nothing else does to the member.
    fn add_alone(&mut self, adds: &mut Affine, place: LeafUnit, share: Option<VariableId>, area: &Area) {
        let Some(candidate) = area.candidate(place) else { return };
        let stock = &area.stocks[place.unit];
        let (old, most) = (candidate.old, candidate.most);
        let more = most - old.unwrap_or(0);
        let times = stock.times.filter(|_| self.member(place.leaf).is_none());
        if more > 0 && old.is_none() && candidate.takes_all(stock) && stock.times.is_none() == times.is_none() {
            // Whatever there is of the unit adds the same.
            let only = || candidate.new.iter().next().copied().filter(|_| candidate.new.len() == 1);
            if let Some(all) = share.or(times).or_else(only) {
                adds.terms.push((all, most));
                return;
            }
        }
        match (old, share) {
            (Some(old), Some(share)) => adds.terms.push((share, old)),
            (Some(old), None) => adds.fixed += old,
            (None, _) => {}
        }
        if more > 0 {
            let used = self.used_anew(place, &candidate.new, times, area.number);
            if let Some(share) = share {
                self.row(vec![(share, 1)], Some(used), 1, false);
            }
            adds.terms.push((used, more));
        }
    }
}

/// The uses that a joint sum could make of units of awards.
#[derive(Debug, Default)]
struct SumUses {
    places: Vec<LeafUnit>,
    leaves_of: BTreeMap<StockId, usize>,
    units_of: BTreeMap<UnitId, BTreeSet<StockId>>,
}

impl SumUses {
    /// True if the unit can be used nowhere else, and nothing else for the member.
    fn is_alone(&self, place: LeafUnit, member: Option<UnitId>) -> bool {
        self.leaves_of[&place.unit] == 1 && member.is_none_or(|member| self.units_of[&member].len() == 1)
    }
}

/// Uses of which there is one at the most: of each unit, and for each member.
#[derive(Debug, Default)]
struct Once {
    of_unit: BTreeMap<StockId, Vec<VariableId>>,
    of_member: BTreeMap<UnitId, Vec<VariableId>>,
}
