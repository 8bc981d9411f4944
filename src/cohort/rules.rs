//! The rules of a question as a machine, and what in it is what.

use crate::catalog::names::Csr;
use crate::catalog::network::Unit;
use crate::date::Date;

use super::machine::{Cell, Code, Machine};

/// A cell for the awards that meet conditions.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Atom {
    pub(super) conditions: u32,
    pub(super) cell: Cell,
    pub(super) when: When,
    /// Whether they ask for anything else, beside whether it is current.
    pub(super) of_kind: bool,
    pub(super) lapsed: bool,
}

/// When an award has to be made for the conditions to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum When {
    #[default]
    Ever,
    From(Date),
    Never,
}

impl When {
    pub(super) fn includes(self, awarded: Option<Date>) -> bool {
        match self {
            Self::Ever => true,
            Self::From(first) => awarded.is_some_and(|awarded| first <= awarded),
            Self::Never => false,
        }
    }
}

/// Where a sum adds awards of a class: the unit, and what is added unless an award says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Adds {
    pub(super) unit: Unit,
    pub(super) weight: u32,
}

impl Default for Adds {
    fn default() -> Self {
        Self { unit: Unit::Credits, weight: 0 }
    }
}

/// A machine, and where in it is what. Lists are by class unless they say otherwise; the cell `ZEROS` is one that there is no need for.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) machine: Machine,
    /// Issued awards that count under the names of the class.
    pub(super) held: Vec<Cell>,
    pub(super) lapsed: Vec<Cell>,
    pub(super) in_progress: Vec<Cell>,
    pub(super) atoms: Csr<Atom>,
    pub(super) adds: Csr<Adds>,
    /// Whether a sum adds every award of the class.
    pub(super) repeats: Vec<bool>,
    /// What the learner qualifies for that counts under the names of the class.
    pub(super) qualified: Vec<Cell>,
    /// Whether the class is held in any way.
    pub(super) any: Vec<Cell>,
    /// By credential: whether its own rules are met and so give an award of it.
    pub(super) conferred: Vec<Cell>,
    /// By credential, for those that are taken: whether the prerequisite is met.
    pub(super) open: Vec<Cell>,
    /// By credential, for those that are conferred and asked about: how to find out whether a leaf of the stack holds, and where.
    pub(super) started: Vec<(Code, Cell)>,
}
