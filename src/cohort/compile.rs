//! From the network to a machine: the rules that the question depends on, as operations in an order in which each needs
//! only those before.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::{Measure, Part, Rule, RuleKind, Unit};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin, hours_of_any};
use crate::solve::number::gcd;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, GroupId, Id, IdVec, LeafId, RegionId};

use crate::cohort::assembler::{Assembler, Signal};
use crate::cohort::layout::{Layout, sources};
use crate::cohort::machine::{Block, BlockId, Cell, DOUBT, ONES, ZEROS};
use crate::cohort::order::in_order;
use crate::cohort::regions::Decomposition;
use crate::cohort::rules::Rules;
use crate::cohort::selection::{MachineMode, RuleSelection};

/// Names that may be looked at while compiling, before rules count as too entangled.
pub(crate) const MOST_LOOKS: usize = 20_000_000;

/// Writes the operations.
struct RulesCompiler<'c> {
    selection: RuleSelection<'c>,
    rules: Rules,
    atom_cells: BTreeMap<(ClassId, ConditionsId), Cell>,
    assembler: Assembler,
    blocks: IdVec<BlockId, Block>,
    /// Leaves of joint regions for which another leaf counts.
    spare: BTreeSet<LeafId>,
    /// Names that may still be looked at.
    looks: usize,
}

/// The rules that the answers depend on. `None` if they are too entangled to be looked at all.
pub(crate) fn compile(selection: RuleSelection<'_>) -> Option<Rules> {
    let Layout { rules, atom_cells, next } = Layout::new(&selection);
    let mut compiler = RulesCompiler {
        selection,
        rules,
        atom_cells,
        assembler: Assembler::new(next),
        blocks: IdVec::new(),
        spare: BTreeSet::new(),
        looks: MOST_LOOKS,
    };
    compiler.write_blocks();
    if compiler.selection.evaluates() {
        compiler.write_starts();
    }
    let RulesCompiler { rules, assembler, blocks, looks, .. } = compiler;
    (looks > 0).then(|| in_order(rules, &assembler, blocks))
}

impl RulesCompiler<'_> {
    fn write_blocks(&mut self) {
        for credential in self.selection.inside.clone() {
            let target = self.rules.conferred[credential];
            if target != ZEROS {
                let met = self.rules_met(credential);
                self.assembler.store(met, target);
                self.end_block(vec![target]);
            }
            let open = self.rules.open[credential];
            if open > ONES {
                let met = self.rules_met(credential);
                self.assembler.store(met, open);
                self.end_block(vec![open]);
            }
            let together = self.rules.together[credential];
            if together > ONES {
                let before = self.rules_met_of(credential, |kind| kind == RuleKind::Prerequisite);
                self.assembler.store(before, together);
                self.end_block(vec![together]);
            }
        }
        for class in ClassId::first(self.selection.catalog.len()) {
            let by_components = self.rules.by_components[class];
            if by_components != ZEROS {
                self.write_kept(class);
                self.end_block(vec![by_components]);
            }
            let (qualified, any) = (self.rules.qualified[class], self.rules.any[class]);
            let sources = sources(&self.selection, &self.rules, class);
            let mut outputs = Vec::new();
            if sources.len() > 1 {
                let value = self.assembler.any(&sources);
                self.assembler.store(value, qualified);
                outputs.push(qualified);
            }
            let held = self.rules.held[class];
            if any != held {
                // Read from where it comes, so that the block does not read itself.
                let value = self.assembler.any(&[&[held][..], &sources].concat());
                self.assembler.store(value, any);
                outputs.push(any);
            }
            if !outputs.is_empty() {
                self.end_block(outputs);
            }
        }
    }

    /// Whether an award counts under the names of a class that is current since its components are.
    fn write_kept(&mut self, class: ClassId) {
        let mut current = Vec::new();
        for &credential in self.rules.keepers.list(class) {
            let cells = [self.rules.kept[credential], self.rules.conferred[credential]];
            current.push(self.assembler.at_least(2, &cells.map(Signal::In)));
        }
        let value = self.assembler.at_least(1, &current);
        self.assembler.store(value, self.rules.by_components[class]);
    }

    fn end_block(&mut self, outputs: Vec<Cell>) {
        let (code, reads) = self.assembler.finish();
        self.blocks.push(Block { code, outputs, reads });
    }

    /// Whether all rules of a credential are met. Where whatever is offered is taken, so are corequisites.
    fn rules_met(&mut self, credential: CredentialId) -> Signal {
        let evaluates = self.selection.evaluates();
        self.rules_met_of(credential, |kind| evaluates || kind != RuleKind::Corequisite)
    }

    fn rules_met_of(&mut self, credential: CredentialId, asked: impl Fn(RuleKind) -> bool) -> Signal {
        let rules = Rule::all(credential).filter(|rule| asked(rule.kind()));
        let tops: Vec<Part> = rules.filter_map(|rule| self.selection.catalog.network.top(rule)).collect();
        let values: Vec<Signal> = tops.iter().map(|&top| self.part(top)).collect();
        self.assembler.at_least(values.len() as u64, &values)
    }

    /// Writes the operations that find out whether some leaf of a stack holds, for what is asked about.
    fn write_starts(&mut self) {
        let network = &self.selection.catalog.network;
        for credential in
            self.selection.inside.clone().into_iter().filter(|&credential| self.selection.asked[credential])
        {
            let Some(top) = network.top(Rule::stack(credential)) else { continue };
            let values: Vec<Signal> = network.leaves_below(top).into_iter().map(|leaf| self.leaf(leaf)).collect();
            let cell = self.assembler.at_least(1, &values).cell();
            self.assembler.release(cell);
            self.rules.started[credential] = (self.assembler.finish().0, cell);
        }
    }

    fn part(&mut self, part: Part) -> Signal {
        let group = match part {
            Part::Leaf(leaf) => return self.leaf(leaf),
            Part::Group(group) => group,
        };
        let network = &self.selection.catalog.network;
        let region = network.group(group).region;
        let is_sum = matches!(network.group(group).measure, Measure::Sum(_));
        if !self.selection.evaluates()
            || !(is_sum && region == RegionId::PLAIN || region != RegionId::PLAIN && network.regions[region] == group)
        {
            return self.counted_by_itself(group);
        }
        let mut exact = region == RegionId::PLAIN;
        if !exact {
            let found = Decomposition::of(self.selection.catalog, group, &mut self.looks);
            exact = found.exact;
            self.spare.extend(found.spare);
        }
        exact &= !self.adds_qualification_again(group);
        let value = self.counted_by_itself(group);
        if value != Signal::Known(true) {
            let hurried =
                matches!(self.selection.mode, MachineMode::Evaluate { hurried: true, .. }) && region != RegionId::PLAIN;
            if hurried {
                let leaves: Vec<Signal> =
                    network.leaves_below(Part::Group(group)).into_iter().map(|leaf| self.leaf(leaf)).collect();
                let touched = self.assembler.at_least(1, &leaves);
                self.assembler.gather(touched, DOUBT);
                self.assembler.release(touched.cell());
            } else if !exact && value != Signal::Known(false) {
                self.assembler.gather(value, DOUBT);
            }
        }
        value
    }

    /// Whether a sum below the group adds a repeatable credential for every award, where there may be one more by
    /// qualification.
    fn adds_qualification_again(&self, group: GroupId) -> bool {
        let network = &self.selection.catalog.network;
        network.leaves_below(Part::Group(group)).into_iter().any(|leaf| self.may_add_again(leaf))
    }

    fn may_add_again(&self, leaf: LeafId) -> bool {
        let catalog = self.selection.catalog;
        let credential = catalog.network.leaf(leaf).credential;
        catalog.network.adds_up(leaf).is_some()
            && catalog.names.repeatable(credential)
            && (!self.selection.evaluates() || self.rules.qualified[catalog.names.class(credential)] != ZEROS)
    }

    /// Whether something that fills the leaf may carry whatever is wanted, because nobody stated its hours: only where
    /// it is asked what is attainable.
    fn may_add_any(&mut self, leaf: LeafId) -> bool {
        let catalog = self.selection.catalog;
        if self.selection.evaluates() || catalog.network.adds_up(leaf) != Some(Unit::Hours) {
            return false;
        }
        let class = catalog.names.class(catalog.network.leaf(leaf).credential);
        if self.looks == 0 {
            return true;
        }
        let classes = Names::closure(class, |class| catalog.names.down(class));
        self.looks = self.looks.saturating_sub(classes.len());
        let mut members = classes.into_iter().flat_map(|class| catalog.names.members(class));
        members.any(|&member| hours_of_any(catalog, member).is_some())
    }

    /// A group by what each of its parts comes to by itself. In a joint region that is at least as much as is right.
    fn counted_by_itself(&mut self, group: GroupId) -> Signal {
        let network = &self.selection.catalog.network;
        let threshold = u64::from(network.group(group).threshold);
        if network.group(group).measure == Measure::Count {
            let values: Vec<Signal> = network.parts(group).iter().map(|&part| self.part(part)).collect();
            return self.assembler.at_least(threshold, &values);
        }
        if threshold == 0 {
            return Signal::Known(true);
        }
        let places = network.group(group).measure == Measure::Sum(Unit::Places);
        let common = if places { 1 } else { self.common_measure(group) };
        let needed = threshold.div_ceil(common);
        let digits = self.digits(group, common, needed);
        self.assembler.reaches(&digits, needed)
    }

    /// The greatest number that divides everything that a sum adds, and its caps.
    fn common_measure(&self, sum: GroupId) -> u64 {
        let network = &self.selection.catalog.network;
        let weights = network.leaves_below(Part::Group(sum)).into_iter().map(|leaf| network.leaf(leaf).weight);
        let caps =
            network.groups_below(Part::Group(sum)).into_iter().skip(1).map(|group| network.group(group).threshold);
        weights.chain(caps).map(u64::from).fold(0, gcd).max(1)
    }

    /// The digits of what a sum adds up to, in multiples of `common`. More than `most` need not be told from `most`.
    fn digits(&mut self, group: GroupId, common: u64, most: u64) -> Vec<Cell> {
        let network = &self.selection.catalog.network;
        let mut columns: Vec<Vec<(Cell, bool)>> = Vec::new();
        let mut leaves = Vec::new();
        let mut add = |place: usize, cell: Cell, used_up: bool| {
            if columns.len() <= place {
                columns.resize(place + 1, Vec::new());
            }
            columns[place].push((cell, used_up));
        };
        for &part in network.parts(group) {
            match part {
                Part::Leaf(leaf) if self.spare.contains(&leaf) => {}
                Part::Leaf(leaf) => {
                    let mut weight = (u64::from(network.leaf(leaf).weight) / common).min(most);
                    if weight > 0 && self.may_add_again(leaf) || self.may_add_any(leaf) {
                        weight = most;
                    }
                    if weight == 0 {
                        continue;
                    }
                    let cell = self.leaf(leaf).cell();
                    leaves.push(cell);
                    for place in (0..64).filter(|place| weight >> place & 1 == 1) {
                        add(place, cell, false);
                    }
                }
                Part::Group(inner) if !network.is_up_to(inner) => {
                    let cell = self.part(part).cell();
                    add(0, cell, true);
                }
                Part::Group(inner) => {
                    let cap = u64::from(network.group(inner).threshold) / common;
                    let cap = cap.min(most);
                    let digits = self.digits(inner, common, cap);
                    for (place, digit) in self.assembler.capped(digits, cap).into_iter().enumerate() {
                        add(place, digit, true);
                    }
                }
            }
        }
        let digits = self.assembler.add(columns);
        for cell in leaves {
            self.assembler.release(cell);
        }
        digits
    }

    /// A signal for whether an award fills a leaf.
    fn leaf(&mut self, leaf: LeafId) -> Signal {
        let catalog = self.selection.catalog;
        let described = catalog.network.leaf(leaf);
        let class = catalog.names.class(described.credential);
        let Some(&atom) = self.atom_cells.get(&(class, described.conditions)) else {
            let any = self.rules.any[class];
            return if any == ZEROS { Signal::Known(false) } else { Signal::In(any) };
        };
        let mut sources = vec![atom];
        let conditions = &catalog.network.conditions[described.conditions];
        let qualified = self.rules.qualified[class];
        if qualified != ZEROS {
            let meets = |credential: CredentialId| {
                let date = self.selection.as_of;
                Evidence::new(catalog, credential, date, Grade::None, Origin::Qualified).meets(conditions, date)
            };
            if !conditions.ask_who_awards() {
                // It is all the same which credential it is.
                sources.extend(meets(described.credential).then_some(qualified));
            } else if self.looks > 0 {
                let classes = Names::closure(class, |class| catalog.names.down(class));
                self.looks = self.looks.saturating_sub(classes.len());
                let members = classes.into_iter().flat_map(|class| catalog.names.members(class));
                let giving = members.filter(|&&member| meets(member)).map(|&member| self.rules.conferred[member]);
                sources.extend(giving.filter(|&cell| cell != ZEROS));
            }
        }
        self.assembler.any(&sources)
    }
}
