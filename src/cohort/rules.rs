//! The rules of a question as a machine, and what in it is what.

use crate::catalog::network::Unit;
use crate::value::csr::Csr;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, IdVec};

use crate::cohort::machine::{Cell, Extent, Machine, ZEROS};

/// A cell for the awards that meet conditions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Atom {
    pub(crate) conditions: ConditionsId,
    pub(crate) cell: Cell,
    pub(crate) when: When,
    /// Whether they ask for anything else, beside whether it is current.
    pub(crate) of_kind: bool,
    pub(crate) lapsed: bool,
}

/// The days on which an award has to be made for the conditions to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct When {
    /// Whether an award without a date does.
    pub(crate) undated: bool,
    /// The first day on which it is not too old, if there is one up to the date.
    pub(crate) first: Option<Date>,
    /// The first day on which it is too new, if there is one up to the date.
    pub(crate) after: Option<Date>,
}

impl When {
    pub(crate) fn includes(self, awarded: Option<Date>) -> bool {
        let Some(awarded) = awarded else { return self.undated };
        self.first.is_some_and(|first| first <= awarded) && self.after.is_none_or(|after| awarded < after)
    }
}

/// The way in which a sum adds awards of a class: the unit, and what is added unless an award says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Adds {
    pub(crate) unit: Unit,
    pub(crate) weight: u32,
}

impl Default for Adds {
    fn default() -> Self {
        Self { unit: Unit::Credits, weight: 0 }
    }
}

/// A machine, and where in it is what. Lists are by class unless they say otherwise; the cell `ZEROS` is one that there
/// is no need for.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) machine: Machine,
    /// Issued awards that count under the names of the class.
    pub(crate) held: IdVec<ClassId, Cell>,
    pub(crate) lapsed: IdVec<ClassId, Cell>,
    pub(crate) in_progress: IdVec<ClassId, Cell>,
    pub(crate) atoms: Csr<ClassId, Atom>,
    pub(crate) adds: Csr<ClassId, Adds>,
    /// Whether a sum adds every award of the class.
    pub(crate) repeats: IdVec<ClassId, bool>,
    /// Credentials that the learner qualifies for and that count under the names of the class.
    pub(crate) qualified: IdVec<ClassId, Cell>,
    /// Whether the class is held in any way.
    pub(crate) any: IdVec<ClassId, Cell>,
    /// By credential: whether its own rules are met and so give an award of it.
    pub(crate) conferred: IdVec<CredentialId, Cell>,
    /// By credential, whether an award of it is current exactly where its own rules are met, and the rules tell all
    /// that it does then, but for its status.
    pub(crate) by_stack: IdVec<CredentialId, bool>,
    /// Of those, by credential: such an award, where a status is asked for.
    pub(crate) kept: IdVec<CredentialId, Cell>,
    /// The credentials of which such awards count under the names of a class that is asked about, and whether one that
    /// is current does.
    pub(crate) keepers: Csr<ClassId, CredentialId>,
    pub(crate) by_components: IdVec<ClassId, Cell>,
    /// By credential, for those that are taken: whether the prerequisite is met, and the corequisite by what is held.
    pub(crate) open: IdVec<CredentialId, Cell>,
    /// Of those of them that have a corequisite, whether the prerequisite is met: they may be begun together with
    /// others.
    pub(crate) together: IdVec<CredentialId, Cell>,
    /// By credential, for those that are conferred and asked about: how to find out whether a leaf of the stack holds,
    /// and where.
    pub(crate) started: IdVec<CredentialId, (Extent, Cell)>,
}

impl Rules {
    /// Rules that need no cell, for so many credentials.
    pub(crate) fn without_cells(credentials: usize) -> Self {
        Self {
            held: IdVec::filled(ZEROS, credentials),
            lapsed: IdVec::filled(ZEROS, credentials),
            in_progress: IdVec::filled(ZEROS, credentials),
            repeats: IdVec::filled(false, credentials),
            qualified: IdVec::filled(ZEROS, credentials),
            any: IdVec::filled(ZEROS, credentials),
            conferred: IdVec::filled(ZEROS, credentials),
            by_stack: IdVec::filled(false, credentials),
            kept: IdVec::filled(ZEROS, credentials),
            keepers: Csr::new(credentials, &[]),
            by_components: IdVec::filled(ZEROS, credentials),
            open: IdVec::filled(ZEROS, credentials),
            together: IdVec::filled(ZEROS, credentials),
            started: IdVec::filled((Extent::default(), ZEROS), credentials),
            ..Self::default()
        }
    }
}
