//! Parts of rules as rows.

use std::collections::BTreeMap;

use crate::catalog::network::{Measure, Part};
use crate::solve::ids::VariableId;
use crate::solve::row::LinearTerm;
use crate::value::ids::{GroupId, LeafId, RegionId, to_u32};

use crate::plan::model::area::Area;
use crate::plan::model::builder::{Affine, Builder, Counts};
use crate::plan::model::statement::{Name, StockId};

impl Builder<'_, '_> {
    /// The part is needed if the head is 1.
    pub(crate) fn demand(&mut self, part: Part, head: Option<VariableId>, area: Option<&mut Area>) {
        let network = &self.catalog().network;
        self.at.part = Some(part);
        match (part, area) {
            (Part::Group(group), None) if network.group(group).region != RegionId::PLAIN || self.is_joined(group) => {
                if !self.statement.progress.is_met(part) {
                    let variable = self.region(group);
                    self.row(vec![(variable, 1)], head, 1, true);
                }
            }
            (Part::Group(group), area) => match network.group(group).measure {
                Measure::Count => self.count(group, head, area),
                Measure::Sum(_) => self.sum(group, head, area),
                Measure::UpTo(_) => {}
            },
            (Part::Leaf(leaf), area) => {
                let is_rule = area.is_none();
                if let Counts::By(terms) = self.fillers(leaf, area) {
                    self.row(terms, head, 1, is_rule);
                }
            }
        }
    }

    /// True if only a substitution makes the sum a joint region.
    pub(crate) fn is_joined(&self, group: GroupId) -> bool {
        self.statement.progress.region(group) != RegionId::PLAIN
    }

    /// The awards that would fill a leaf which is not filled already: together, any one of these.
    pub(crate) fn fillers(&mut self, leaf: LeafId, area: Option<&mut Area>) -> Counts {
        let progress = self.statement.progress;
        let Some(area) = area else {
            if progress.is_met(Part::Leaf(leaf)) {
                return Counts::Already;
            }
            let mut variables: Vec<VariableId> = self.sources(leaf).iter().map(|source| source.variable).collect();
            variables.sort_unstable();
            variables.dedup();
            return Counts::By(variables.into_iter().map(|variable| (variable, 1)).collect());
        };
        if progress.exceptions.is_waived(Part::Leaf(leaf)) {
            return Counts::Already;
        }
        let units: Vec<StockId> = area.candidates.get(&leaf).into_iter().flat_map(BTreeMap::keys).copied().collect();
        let mut terms = Vec::new();
        for unit in units {
            let Affine { terms: more, fixed } = self.use_of(unit, leaf, area);
            if fixed > 0 {
                return Counts::Already;
            }
            terms.extend(more);
        }
        Counts::By(terms)
    }

    /// So many of the group's parts are needed if the head is 1.
    pub(crate) fn count(&mut self, group: GroupId, head: Option<VariableId>, mut area: Option<&mut Area>) {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        let mut need = i64::from(network.group(group).threshold);
        let satisfied = |part: Part, area: Option<&Area>| match area {
            None => progress.is_met(part),
            Some(_) => progress.exceptions.is_waived(part),
        };
        let (mut unmet, mut each) = (Vec::new(), Vec::new());
        for part in network.parts_in_id_order(group) {
            let several = self.awards_for_places(group, part, area.as_deref());
            if satisfied(part, area.as_deref()) {
                need -= 1;
            } else if several.is_none() {
                unmet.push(part);
            }
            if let Some(Affine { terms, fixed }) = several {
                need -= fixed;
                each.extend(terms);
            }
        }
        if need <= 0 {
            return;
        }
        if each.is_empty() && need == i64::from(to_u32(unmet.len())) {
            for part in unmet {
                self.demand(part, head, area.as_deref_mut());
            }
            return;
        }
        let mut terms = each;
        for part in unmet {
            match self.counted(part, need == 1, area.as_deref_mut()) {
                Counts::Already => need -= 1,
                Counts::By(more) => terms.extend(more),
            }
        }
        if need > 0 {
            self.at.part = Some(Part::Group(group));
            self.row(terms, head, need, area.is_none());
        }
    }

    /// All awards that fill places of a repeatable leaf in an `at_least` whose parts differ, whatever else they are
    /// wanted for.
    fn awards_for_places(&self, group: GroupId, part: Part, area: Option<&Area>) -> Option<Affine> {
        let (network, names) = (&self.catalog().network, &self.catalog().names);
        let (Part::Leaf(leaf), Some(area)) = (part, area) else { return None };
        if !network.counts_units(group) || !names.repeatable(network.leaf(leaf).credential) {
            return None;
        }
        let mut awards = Affine::default();
        for (&unit, stock) in area.candidates.get(&leaf).into_iter().flatten() {
            awards.fixed += i64::from(stock.old.is_some());
            match area.stocks[unit].times {
                Some(times) => awards.terms.push((times, 1)),
                None => awards.terms.extend(stock.new.iter().map(|&variable| (variable, 1))),
            }
        }
        Some(awards)
    }

    /// The terms by which a part counts among others; together they may count for more than one only if any one will
    /// do.
    pub(crate) fn counted(&mut self, part: Part, any: bool, area: Option<&mut Area>) -> Counts {
        let network = &self.catalog().network;
        match part {
            Part::Leaf(leaf) => {
                let is_rule = area.is_none();
                match self.fillers(leaf, area) {
                    Counts::By(terms) if !any && !self.is_one(&terms) => {
                        let variable = self.variable(Name::Leaf { leaf, level: 0 }, 1);
                        self.row(terms, Some(variable), 1, is_rule);
                        Counts::By(vec![(variable, 1)])
                    }
                    counts => counts,
                }
            }
            Part::Group(group) => {
                let described = network.group(group);
                let plain = area.is_none() && described.region == RegionId::PLAIN && !self.is_joined(group);
                if any && plain && described.measure == Measure::Count {
                    let lacks = described.threshold.saturating_sub(self.statement.progress.have(group));
                    if lacks == 1 {
                        let unmet = network.parts_in_id_order(group).into_iter();
                        let unmet: Vec<Part> = unmet.filter(|&part| !self.statement.progress.is_met(part)).collect();
                        let mut terms = Vec::new();
                        for part in unmet {
                            if let Counts::By(more) = self.counted(part, true, None) {
                                terms.extend(more);
                            }
                        }
                        return Counts::By(terms);
                    }
                }
                let fresh = !self.known.contains_key(&Name::Group(group));
                let whole = area.is_none() && !plain;
                let variable = if whole { self.region(group) } else { self.variable(Name::Group(group), 1) };
                if fresh && !whole {
                    self.demand(part, Some(variable), area);
                }
                Counts::By(vec![(variable, 1)])
            }
        }
    }

    /// True if not all that is used at the leaf need add to the sum.
    pub(crate) fn is_capped(&self, leaf: LeafId) -> bool {
        let network = &self.catalog().network;
        network.group_above(Part::Leaf(leaf)).is_some_and(|group| network.is_up_to(group))
    }

    /// True if the terms add up to no more than one.
    pub(crate) fn is_one(&self, terms: &[LinearTerm]) -> bool {
        matches!(terms, [(variable, 1)] if self.statement.variables[*variable].upper == 1)
    }
}
