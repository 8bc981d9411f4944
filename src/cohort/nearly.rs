//! Who is one award away from what: every award that could be made is tried for all learners at once, and only what it changes is worked
//! out again.

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::evaluate::evidence::{AwardId, Evidence, Grade, Origin};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec};

use crate::cohort::compile::MOST_LOOKS;
use crate::cohort::machine::{BlockId, Cell, Change, DOUBT, Lanes, State, ZEROS};
use crate::cohort::question::{AskedId, Question};
use crate::cohort::rules::Rules;

/// An award that could be made on the date.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Who could begin or claim it.
    open: Cell,
    /// For whom it would bring nothing.
    held: Cell,
    /// What it would fill.
    fills: Vec<Cell>,
}

/// Everything that can be begun or claimed on the date and that some rule looks at. `None` if that takes too many looks at names.
pub(crate) fn candidates(catalog: &Catalog, as_of: Date, rules: &Rules) -> Option<Vec<Candidate>> {
    let names = &catalog.names;
    let (mut found, mut looks) = (Vec::new(), MOST_LOOKS);
    for credential in CredentialId::first(catalog.len()) {
        let terms = catalog.terms(credential);
        let conferred = rules.conferred[credential];
        let open = if conferred == ZEROS { rules.open[credential] } else { conferred };
        if open == ZEROS || !terms.offered.contains(as_of) {
            continue;
        }
        let class = names.class(credential);
        // It is claimed or taken only when its rules are met, so it is current even if that depends on its components.
        let evidence = Evidence::new(catalog, credential, as_of, Grade::Sufficient, Origin::Issued(AwardId::NONE));
        let current = evidence.lasts(as_of);
        let mut fills = Vec::new();
        let classes = Names::closure(class, |class| names.up(class));
        looks = looks.checked_sub(classes.len())?;
        for class in classes {
            fills.extend(Some(rules.held[class]).filter(|&held| current && held != ZEROS));
            fills.extend(rules.atoms.list(class).iter().filter_map(|atom| {
                let conditions = &catalog.network.conditions[atom.conditions];
                ((current || conditions.lapsed) && evidence.meets(conditions, as_of)).then_some(atom.cell)
            }));
        }
        fills.retain(|&cell| !rules.machine.readers(cell).is_empty());
        let held = if names.repeatable(credential) { ZEROS } else { rules.held[class] };
        if !fills.is_empty() {
            found.push(Candidate { open, held, fills });
        }
    }
    Some(found)
}

impl<const L: usize, const C: usize> State<L, C> {
    /// For each credential asked about, the learners who newly qualify for it by one award, out of some learners.
    pub(crate) fn one_award_away(
        &mut self,
        question: &Question,
        rules: &Rules,
        of: &Lanes<L, C>,
    ) -> IdVec<AskedId, Lanes<L, C>> {
        let machine = &rules.machine;
        let mut nearly = IdVec::filled(Lanes::NONE, question.asked.len());
        let mut place_of: IdVec<Cell, Option<AskedId>> = IdVec::filled(None, machine.cells);
        for (place, &id) in question.asked.entries() {
            place_of[rules.conferred[id]] = Some(place);
        }
        place_of[ZEROS] = None;
        let end = BlockId::at(machine.blocks.len());
        let mut changes: Vec<Change<L, C>> = Vec::new();
        for candidate in &question.candidates {
            let open = self.cells[candidate.open].and(of).without(&self.cells[candidate.held]);
            let learners = open.without(&self.cells[DOUBT]);
            if learners.is_none() {
                continue;
            }
            for &cell in &candidate.fills {
                let before = self.cells[cell];
                let after = before.or(&learners);
                if after != before {
                    self.cells[cell] = after;
                    changes.push((cell, before));
                    self.touched(machine, cell, end);
                }
            }
            self.settle(machine, end, |change| changes.push(change));
            for &(cell, before) in &changes {
                if let Some(place) = place_of[cell] {
                    let new = self.cells[cell].without(&before);
                    nearly[place] = nearly[place].or(&new);
                }
            }
            for (cell, before) in changes.drain(..).rev() {
                self.cells[cell] = before;
            }
        }
        for (&id, nearly) in question.asked.iter().zip(nearly.iter_mut()) {
            let held = rules.held[question.catalog.names.class(id)];
            *nearly = nearly.without(&self.cells[held]);
        }
        nearly
    }
}
