//! The awards that could be made on the date, each of which may be the one that somebody is away from something.

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id};

use crate::cohort::compile::MOST_LOOKS;
use crate::cohort::machine::{Cell, ZEROS};
use crate::cohort::rules::Rules;

/// An award that could be made on the date.
#[derive(Debug)]
pub(crate) struct CandidateAward {
    /// The learners who could begin or claim it.
    pub(crate) open: Cell,
    /// The learners to whom it would bring nothing.
    pub(crate) held: Cell,
    /// The cells that it would fill.
    pub(crate) fills: Vec<Cell>,
}

/// Everything that can be begun or claimed on the date and that some rule looks at. `None` if that takes too many looks
/// at names.
pub(crate) fn candidates(catalog: &Catalog, as_of: Date, rules: &Rules) -> Option<Vec<CandidateAward>> {
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
            found.push(CandidateAward { open, held, fills });
        }
    }
    Some(found)
}
