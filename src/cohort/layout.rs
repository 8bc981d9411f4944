//! Gives every piece of information that the rules need, and all that they come to, its cell.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Validity;
use crate::catalog::network::Rule;
use crate::value::csr::Csr;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, Id, IdVec};

use crate::cohort::machine::{Cell, FIRST_FREE, ONES, ZEROS};
use crate::cohort::marks::MOST_CLASSES;
use crate::cohort::rules::{Adds, Atom, Rules, When};
use crate::cohort::selection::{MachineMode, RuleSelection};

/// The cells of a machine that is to be written.
pub(crate) struct Layout {
    /// The rules, as yet without operations.
    pub(crate) rules: Rules,
    /// The cell for the awards of a class that meet conditions.
    pub(crate) atom_cells: BTreeMap<(ClassId, ConditionsId), Cell>,
    /// The first cell for intermediate results.
    pub(crate) next: Cell,
}

impl Layout {
    pub(crate) fn new(selection: &RuleSelection<'_>) -> Self {
        let rules = Rules::without_cells(selection.catalog.len());
        let mut layout = Self { rules, atom_cells: BTreeMap::new(), next: FIRST_FREE };
        layout.place_given(selection);
        layout.place_kept(selection);
        layout.rules.machine.inputs = FIRST_FREE.index()..layout.next.index();
        layout.place_met(selection);
        layout.place_classes(selection);
        layout
    }

    /// A cell of its own.
    fn cell(&mut self) -> Cell {
        let cell = self.next;
        self.next = Cell::at(cell.index() + 1);
        cell
    }

    /// Cells for what records say.
    fn place_given(&mut self, selection: &RuleSelection<'_>) {
        let names = &selection.catalog.names;
        let mut uses = LeafUses::of(selection, &mut self.rules);
        for &credential in &selection.inside {
            let class = names.class(credential);
            let asked = selection.asked[credential];
            uses.named[class] |= asked || selection.taking;
            if asked && selection.evaluates() && self.rules.lapsed[class] == ZEROS {
                self.rules.lapsed[class] = self.cell();
                self.rules.in_progress[class] = self.cell();
            }
        }
        for (class, _) in uses.named.entries().filter(|(_, named)| **named) {
            self.rules.held[class] = self.cell();
        }
        let LeafUses { atoms, adds, .. } = uses;
        let placed: Vec<((ClassId, ConditionsId), Cell)> = atoms.into_iter().map(|key| (key, self.cell())).collect();
        let by_class: Vec<(ClassId, Atom)> =
            placed.iter().map(|&((class, conditions), cell)| (class, atom(selection, conditions, cell))).collect();
        self.rules.atoms = Csr::new(names.len(), &by_class);
        self.atom_cells = placed.into_iter().collect();
        self.rules.adds = Csr::new(names.len(), &adds.into_iter().collect::<Vec<_>>());
    }

    /// Cells for awards that last as their components do, where those decide a status and nothing else: whoever meets
    /// the stack qualifies as well, so the rules see such an award already.
    fn place_kept(&mut self, selection: &RuleSelection<'_>) {
        if !matches!(selection.mode, MachineMode::Evaluate { qualification_counts: true, .. }) {
            return;
        }
        let (catalog, names) = (selection.catalog, &selection.catalog.names);
        let mut keepers = Vec::new();
        for &credential in &selection.inside {
            let is_bound = catalog.terms(credential).valid_for == Validity::WhileComponents;
            // The prerequisite is not examined again.
            let has_prerequisite = catalog.network.top(Rule::prerequisite(credential)).is_some();
            if !is_bound || has_prerequisite || names.repeatable(credential) {
                continue;
            }
            let Some(classes) = names.above(names.class(credential), MOST_CLASSES) else { continue };
            // A new award would fill what such an award does not, if a grade or an issuer is asked for.
            let decides = |&class: &ClassId| {
                self.rules.repeats[class]
                    || self.rules.atoms.list(class).iter().any(|atom| selection.taking || !atom.lapsed)
            };
            if classes.iter().any(decides) {
                continue;
            }
            self.rules.by_stack[credential] = true;
            let asked = classes.into_iter().filter(|&class| self.rules.lapsed[class] != ZEROS);
            let asked: Vec<(ClassId, CredentialId)> = asked.map(|class| (class, credential)).collect();
            if !asked.is_empty() {
                self.rules.kept[credential] = self.cell();
                keepers.extend(asked);
            }
        }
        self.rules.keepers = Csr::new(names.len(), &keepers);
    }

    /// Cells for whether the rules of a credential are met.
    fn place_met(&mut self, selection: &RuleSelection<'_>) {
        let network = &selection.catalog.network;
        for &credential in selection.inside.iter().filter(|&&credential| selection.gives(credential)) {
            self.rules.conferred[credential] = self.cell();
        }
        if !selection.evaluates() {
            return;
        }
        for &credential in selection.inside.iter().filter(|&&credential| !network.has_stack(credential)) {
            let [before, beside] = [Rule::prerequisite(credential), Rule::corequisite(credential)];
            let has = |rule| network.top(rule).is_some();
            let followed = selection.follows(before);
            self.rules.open[credential] = match has(before) || has(beside) {
                false => ONES,
                true if followed => self.cell(),
                true => ZEROS,
            };
            self.rules.together[credential] = match has(beside) && followed {
                true if has(before) => self.cell(),
                true => ONES,
                false => ZEROS,
            };
        }
    }

    /// Cells for what counts under the names of a class.
    fn place_classes(&mut self, selection: &RuleSelection<'_>) {
        for class in ClassId::first(selection.catalog.len()) {
            if !self.rules.keepers.list(class).is_empty() {
                self.rules.by_components[class] = self.cell();
            }
        }
        // A class comes after those that count as it.
        for &class in selection.catalog.names.order().iter().rev() {
            let sources = sources(selection, &self.rules, class);
            self.rules.qualified[class] = match sources[..] {
                [] => ZEROS,
                [only] => only,
                _ => self.cell(),
            };
            let held = self.rules.held[class];
            self.rules.any[class] = match (held, sources.is_empty()) {
                (ZEROS, _) | (_, true) => held,
                _ => self.cell(),
            };
        }
    }
}

/// The ways in which leaves of the rules use the awards of each class.
struct LeafUses {
    /// Whether a leaf asks for nothing but the name.
    named: IdVec<ClassId, bool>,
    /// The conditions on which a leaf asks for the name.
    atoms: BTreeSet<(ClassId, ConditionsId)>,
    adds: BTreeSet<(ClassId, Adds)>,
}

impl LeafUses {
    fn of(selection: &RuleSelection<'_>, rules: &mut Rules) -> Self {
        let (network, names) = (&selection.catalog.network, &selection.catalog.names);
        let named = IdVec::filled(false, names.len());
        let mut uses = Self { named, atoms: BTreeSet::new(), adds: BTreeSet::new() };
        let tops = selection.inside.iter().flat_map(|&credential| selection.tops(credential));
        for leaf in tops.flat_map(|top| network.leaves_below(top)) {
            let described = network.leaf(leaf);
            let class = names.class(described.credential);
            if described.conditions == ConditionsId::NONE || !selection.evaluates() {
                uses.named[class] = true;
            } else {
                uses.atoms.insert((class, described.conditions));
            }
            if let Some(unit) = network.unit_of(leaf) {
                uses.adds.insert((class, Adds { unit, weight: described.weight }));
            }
            if network.adds_up(leaf).is_some() {
                rules.repeats[class] |= names.repeatable(described.credential);
            }
        }
        uses
    }
}

/// The cell for awards that meet conditions, with when they do.
fn atom(selection: &RuleSelection<'_>, number: ConditionsId, cell: Cell) -> Atom {
    let (conditions, as_of) = (&selection.catalog.network.conditions[number], selection.as_of);
    let when = When {
        undated: !conditions.asks_for_a_date(),
        first: first_day(as_of, |awarded| conditions.is_late_enough(awarded, as_of)),
        after: first_day(as_of, |awarded| !conditions.is_early_enough(awarded, as_of)),
    };
    Atom { conditions: number, cell, when, of_kind: conditions.asks_of_kind(), lapsed: conditions.lapsed }
}

/// The cells from which awards come that nobody issued and that count under the names of a class.
pub(crate) fn sources(selection: &RuleSelection<'_>, rules: &Rules, class: ClassId) -> Vec<Cell> {
    if matches!(selection.mode, MachineMode::Evaluate { qualification_counts: false, .. }) {
        return Vec::new();
    }
    let names = &selection.catalog.names;
    let own = names.members(class).iter().map(|&member| rules.conferred[member]);
    let others = names.down(class).iter().map(|&down| rules.qualified[down]);
    own.chain(others).filter(|&cell| cell != ZEROS).collect()
}

/// The first day up to a date on which something is so that stays so once it is.
pub(crate) fn first_day(date: Date, is_so: impl Fn(Date) -> bool) -> Option<Date> {
    let (mut before, mut from) = (0, date.number() + 1);
    while before < from {
        let middle = before + (from - before) / 2;
        if Date::numbered(middle).is_some_and(&is_so) {
            from = middle;
        } else {
            before = middle + 1;
        }
    }
    Date::numbered(from).filter(|first| *first <= date)
}
