//! From the network to a machine: the rules that the question depends on, as operations in an order in which each needs only those before.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Evidence, Grade, Origin};
use crate::evaluate::exceptions::Exceptions;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, GroupId, Id, IdVec, LeafId, RegionId};

use crate::cohort::assembler::{Assembler, Value};
use crate::cohort::machine::{Block, BlockId, Cell, DOUBT, ONES, ZEROS};
use crate::cohort::regions::added;
use crate::cohort::rules::Rules;

/// What a machine is to find out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What is held and qualified for.
    Evaluate {
        /// Whether what is qualified for counts.
        qualification_counts: bool,
        /// Whether the work limit is so low that joint regions may be left undecided.
        hurried: bool,
    },
    /// What can be reached at the most: whatever is still offered is taken, and whatever the record says of counts anywhere.
    Attain,
}

/// What is compiled.
pub(crate) struct Scope<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) as_of: Date,
    pub(crate) mode: Mode,
    /// What is asked about, by credential.
    pub(crate) asked: &'c IdVec<CredentialId, bool>,
    /// Whether the prerequisites of what is taken matter, also where it is not asked about.
    pub(crate) taking: bool,
}

impl Scope<'_> {
    pub(crate) fn follows(&self, rule: Rule) -> bool {
        let credential = rule.credential();
        self.taking || self.asked[credential] || self.catalog.network.has_stack(credential)
    }

    /// Everything that counts as something asked about.
    fn counting_as_asked(&self) -> Vec<CredentialId> {
        let names = &self.catalog.names;
        let mut counts = IdVec::filled(false, self.catalog.len());
        let asked = self.asked.ids().filter(|&credential| self.asked[credential]);
        let mut open: Vec<ClassId> = asked.map(|credential| names.class(credential)).collect();
        let mut found = Vec::new();
        while let Some(class) = open.pop() {
            if !std::mem::replace(&mut counts[class], true) {
                found.extend_from_slice(names.members(class));
                open.extend_from_slice(names.down(class));
            }
        }
        found
    }

    /// The rules that matter, with what they say.
    pub(crate) fn tops(&self, credential: CredentialId) -> impl Iterator<Item = Part> {
        Rule::all(credential).filter(|&rule| self.follows(rule)).filter_map(|rule| self.catalog.network.top(rule))
    }
}

/// Names that may be looked at while compiling, before rules count as too entangled.
pub(crate) const MOST_LOOKS: usize = 20_000_000;

/// Writes the operations.
pub(crate) struct Compiler<'c> {
    pub(crate) scope: Scope<'c>,
    pub(crate) cone: Cone,
    pub(crate) rules: Rules,
    pub(crate) atom_cells: BTreeMap<(ClassId, ConditionsId), Cell>,
    pub(crate) assembler: Assembler,
    pub(crate) blocks: IdVec<BlockId, Block>,
    spare: BTreeSet<LeafId>,
    pub(crate) looks: usize,
}

/// The rules that the answers depend on. `None` if they are too entangled to be looked at all.
pub(crate) fn compile(scope: Scope) -> Option<Rules> {
    let mut compiler = Compiler::new(scope);
    compiler.lay_out();
    compiler.write_blocks();
    if compiler.evaluates() {
        compiler.write_starts();
    }
    compiler.finish()
}

impl<'c> Compiler<'c> {
    fn new(scope: Scope<'c>) -> Self {
        let catalog = scope.catalog;
        let none = Exceptions::default();
        let cone = Cone::following(catalog, &none, scope.counting_as_asked(), |rule| scope.follows(rule));
        let rules = Rules::without_cells(catalog.len());
        Self {
            scope,
            cone,
            rules,
            atom_cells: BTreeMap::new(),
            assembler: Assembler::new(ZEROS),
            blocks: IdVec::new(),
            spare: BTreeSet::new(),
            looks: MOST_LOOKS,
        }
    }

    pub(crate) fn evaluates(&self) -> bool {
        self.scope.mode != Mode::Attain
    }

    pub(crate) fn inside(&self) -> impl Iterator<Item = CredentialId> + use<> {
        let inside = self.cone.credentials.entries().filter(|(_, inside)| **inside);
        inside.map(|(credential, _)| credential).collect::<Vec<_>>().into_iter()
    }

    /// Whether the rules of a credential may give an award of it.
    pub(crate) fn gives(&self, credential: CredentialId) -> bool {
        let catalog = self.scope.catalog;
        match self.scope.mode {
            Mode::Evaluate { .. } => catalog.network.has_stack(credential),
            Mode::Attain => {
                catalog.network.has_stack(credential) || !catalog.terms(credential).offered.is_over(self.scope.as_of)
            }
        }
    }

    fn write_blocks(&mut self) {
        for credential in self.inside() {
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
        }
        for class in ClassId::first(self.scope.catalog.len()) {
            let (qualified, any) = (self.rules.qualified[class], self.rules.any[class]);
            let sources = self.sources(class);
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

    fn end_block(&mut self, outputs: Vec<Cell>) {
        let (code, reads) = self.assembler.finish();
        self.blocks.push(Block { code, outputs, reads });
    }

    /// Whether all rules of a credential are met.
    fn rules_met(&mut self, credential: CredentialId) -> Value {
        let tops: Vec<Part> = Rule::all(credential).filter_map(|rule| self.scope.catalog.network.top(rule)).collect();
        let values: Vec<Value> = tops.iter().map(|&top| self.part(top)).collect();
        self.assembler.at_least(values.len() as u64, &values)
    }

    /// How to find out whether some leaf of a stack holds, for what is asked about.
    fn write_starts(&mut self) {
        let network = &self.scope.catalog.network;
        for credential in self.inside().filter(|&credential| self.scope.asked[credential]) {
            let Some(top) = network.top(Rule::stack(credential)) else { continue };
            let values: Vec<Value> = network.leaves_below(top).into_iter().map(|leaf| self.leaf(leaf)).collect();
            let cell = self.assembler.at_least(1, &values).cell();
            self.assembler.release(cell);
            self.rules.started[credential] = (self.assembler.finish().0, cell);
        }
    }

    fn part(&mut self, part: Part) -> Value {
        let group = match part {
            Part::Leaf(leaf) => return self.leaf(leaf),
            Part::Group(group) => group,
        };
        let network = &self.scope.catalog.network;
        let region = network.group(group).region;
        let is_sum = matches!(network.group(group).measure, Measure::Sum(_));
        if !self.evaluates()
            || !(is_sum && region == RegionId::PLAIN || region != RegionId::PLAIN && network.regions[region] == group)
        {
            return self.counted_by_itself(group);
        }
        let mut exact = region == RegionId::PLAIN;
        if !exact {
            let found = added(self.scope.catalog, group, &mut self.looks);
            exact = found.exact;
            self.spare.extend(found.spare);
        }
        exact &= !self.adds_qualification_again(group);
        let value = self.counted_by_itself(group);
        if value != Value::Known(true) {
            let hurried = matches!(self.scope.mode, Mode::Evaluate { hurried: true, .. }) && region != RegionId::PLAIN;
            if hurried {
                let leaves: Vec<Value> =
                    network.leaves_below(Part::Group(group)).into_iter().map(|leaf| self.leaf(leaf)).collect();
                let touched = self.assembler.at_least(1, &leaves);
                self.assembler.gather(touched, DOUBT);
                self.assembler.release(touched.cell());
            } else if !exact && value != Value::Known(false) {
                self.assembler.gather(value, DOUBT);
            }
        }
        value
    }

    /// Whether a sum below the group adds a repeatable credential for every award, where there may be one more by qualification.
    fn adds_qualification_again(&self, group: GroupId) -> bool {
        let network = &self.scope.catalog.network;
        network.leaves_below(Part::Group(group)).into_iter().any(|leaf| self.may_add_again(leaf))
    }

    fn may_add_again(&self, leaf: LeafId) -> bool {
        let catalog = self.scope.catalog;
        let credential = catalog.network.leaf(leaf).credential;
        catalog.network.unit_of(leaf).is_some()
            && catalog.names.repeatable(credential)
            && (!self.evaluates() || self.rules.qualified[catalog.names.class(credential)] != ZEROS)
    }

    /// A group by what each of its parts comes to by itself. In a joint region that is at least as much as is right.
    fn counted_by_itself(&mut self, group: GroupId) -> Value {
        let network = &self.scope.catalog.network;
        let threshold = u64::from(network.group(group).threshold);
        if network.group(group).measure == Measure::Count {
            let values: Vec<Value> = network.parts(group).iter().map(|&part| self.part(part)).collect();
            return self.assembler.at_least(threshold, &values);
        }
        if threshold == 0 {
            return Value::Known(true);
        }
        let common = self.common_measure(group);
        let needed = threshold.div_ceil(common);
        let digits = self.digits(group, common, needed);
        self.assembler.reaches(&digits, needed)
    }

    /// The greatest number that divides everything that a sum adds, and its caps.
    fn common_measure(&self, sum: GroupId) -> u64 {
        let network = &self.scope.catalog.network;
        let weights = network.leaves_below(Part::Group(sum)).into_iter().map(|leaf| network.leaf(leaf).weight);
        let caps =
            network.groups_below(Part::Group(sum)).into_iter().skip(1).map(|group| network.group(group).threshold);
        u64::from(weights.chain(caps).fold(0, greatest_common_divisor)).max(1)
    }

    /// The digits of what a sum adds up to, in multiples of `common`. More than `most` need not be told from `most`.
    fn digits(&mut self, group: GroupId, common: u64, most: u64) -> Vec<Cell> {
        let network = &self.scope.catalog.network;
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
                    if weight > 0 && self.may_add_again(leaf) {
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

    /// Whether an award fills a leaf.
    fn leaf(&mut self, leaf: LeafId) -> Value {
        let catalog = self.scope.catalog;
        let described = catalog.network.leaf(leaf);
        let class = catalog.names.class(described.credential);
        let Some(&atom) = self.atom_cells.get(&(class, described.conditions)) else {
            let any = self.rules.any[class];
            return if any == ZEROS { Value::Known(false) } else { Value::In(any) };
        };
        let mut sources = vec![atom];
        let conditions = &catalog.network.conditions[described.conditions];
        let qualified = self.rules.qualified[class];
        if qualified != ZEROS {
            let meets = |credential: CredentialId| {
                let date = self.scope.as_of;
                Evidence::new(catalog, credential, date, Grade::None, Origin::Qualified).meets(conditions, date)
            };
            if conditions.issuers.is_none() {
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

fn greatest_common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
