//! Gives every piece of information that the rules need, and all that they come to, its cell.

use std::collections::BTreeSet;

use crate::catalog::network::Rule;
use crate::value::csr::Csr;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, Id, IdVec};

use crate::cohort::assembler::Assembler;
use crate::cohort::compile::{Compiler, Mode};
use crate::cohort::machine::{Cell, FIRST_FREE, ONES, ZEROS};
use crate::cohort::rules::{Adds, Atom, When};

impl Compiler<'_> {
    /// Gives every piece of information its cell.
    pub(crate) fn lay_out(&mut self) {
        let (catalog, mut next) = (self.scope.catalog, FIRST_FREE.index());
        let (network, names) = (&catalog.network, &catalog.names);
        let mut cell = || {
            next += 1;
            Cell::at(next - 1)
        };
        let mut named = IdVec::filled(false, catalog.len());
        let (mut atoms, mut adds) = (BTreeSet::new(), BTreeSet::new());
        for credential in self.inside() {
            for leaf in self.scope.tops(credential).flat_map(|top| network.leaves_below(top)) {
                let described = network.leaf(leaf);
                let class = names.class(described.credential);
                if described.conditions == ConditionsId::NONE || !self.evaluates() {
                    named[class] = true;
                } else {
                    atoms.insert((class, described.conditions));
                }
                if let Some(unit) = network.unit_of(leaf) {
                    adds.insert((class, Adds { unit, weight: described.weight }));
                    self.rules.repeats[class] |= names.repeatable(described.credential);
                }
            }
        }
        for credential in self.inside() {
            let class = names.class(credential);
            let asked = self.scope.asked[credential];
            named[class] |= asked || self.scope.taking;
            if !asked {
                continue;
            }
            if self.evaluates() && self.rules.lapsed[class] == ZEROS {
                self.rules.lapsed[class] = cell();
                self.rules.in_progress[class] = cell();
            }
        }
        for (held, _) in self.rules.held.iter_mut().zip(&named).filter(|(_, named)| **named) {
            *held = cell();
        }
        let placed: Vec<((ClassId, ConditionsId), Cell)> = atoms.into_iter().map(|atom| (atom, cell())).collect();
        let by_class: Vec<(ClassId, Atom)> =
            placed.iter().map(|&((class, conditions), cell)| (class, self.atom(conditions, cell))).collect();
        self.rules.atoms = Csr::new(catalog.len(), &by_class);
        self.atom_cells = placed.into_iter().collect();
        self.rules.adds = Csr::new(catalog.len(), &adds.into_iter().collect::<Vec<_>>());
        let given_end = cell();
        self.rules.machine.inputs = FIRST_FREE.index()..given_end.index();
        for credential in self.inside().filter(|&credential| self.gives(credential)).collect::<Vec<_>>() {
            self.rules.conferred[credential] = cell();
        }
        if self.evaluates() {
            for credential in self.inside().filter(|&credential| !network.has_stack(credential)).collect::<Vec<_>>() {
                let rule = Rule::prerequisite(credential);
                self.rules.open[credential] = match network.top(rule) {
                    None => ONES,
                    Some(_) if self.scope.follows(rule) => cell(),
                    Some(_) => ZEROS,
                };
            }
        }
        // A class comes after those that count as it.
        for &class in names.order().iter().rev() {
            let sources = self.sources(class);
            self.rules.qualified[class] = match sources[..] {
                [] => ZEROS,
                [only] => only,
                _ => cell(),
            };
            let held = self.rules.held[class];
            self.rules.any[class] = match (held, sources.is_empty()) {
                (ZEROS, _) | (_, true) => held,
                _ => cell(),
            };
        }
        self.assembler = Assembler::new(Cell::at(next));
    }

    fn atom(&self, number: ConditionsId, cell: Cell) -> Atom {
        let conditions = &self.scope.catalog.network.conditions[number];
        let in_time = |awarded| conditions.are_met_in_time(Some(awarded), self.scope.as_of);
        Atom {
            conditions: number,
            cell,
            when: if conditions.are_met_in_time(None, self.scope.as_of) {
                When::Ever
            } else {
                first_day(self.scope.as_of, in_time).map_or(When::Never, When::From)
            },
            of_kind: conditions.grade.is_some() || conditions.issuers.is_some(),
            lapsed: conditions.lapsed,
        }
    }

    /// Where awards that nobody issued come from that count under the names of a class.
    pub(crate) fn sources(&self, class: ClassId) -> Vec<Cell> {
        if matches!(self.scope.mode, Mode::Evaluate { qualification_counts: false, .. }) {
            return Vec::new();
        }
        let names = &self.scope.catalog.names;
        let own = names.members(class).iter().map(|&member| self.rules.conferred[member]);
        let others = names.down(class).iter().map(|&down| self.rules.qualified[down]);
        own.chain(others).filter(|&cell| cell != ZEROS).collect()
    }
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
