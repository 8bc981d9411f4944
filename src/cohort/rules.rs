//! The rules of a question as a machine, and what in it is what.

use crate::catalog::network::Unit;
use crate::value::csr::Csr;
use crate::value::date::Date;

use crate::cohort::machine::{Cell, Code, Machine};

/// A cell for the awards that meet conditions.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Atom {
    pub(crate) conditions: u32,
    pub(crate) cell: Cell,
    pub(crate) when: When,
    /// Whether they ask for anything else, beside whether it is current.
    pub(crate) of_kind: bool,
    pub(crate) lapsed: bool,
}

/// When an award has to be made for the conditions to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum When {
    #[default]
    Ever,
    From(Date),
    Never,
}

impl When {
    pub(crate) fn includes(self, awarded: Option<Date>) -> bool {
        match self {
            Self::Ever => true,
            Self::From(first) => awarded.is_some_and(|awarded| first <= awarded),
            Self::Never => false,
        }
    }
}

/// Where a sum adds awards of a class: the unit, and what is added unless an award says otherwise.
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

/// A machine, and where in it is what. Lists are by class unless they say otherwise; the cell `ZEROS` is one that there is no need for.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) machine: Machine,
    /// Issued awards that count under the names of the class.
    pub(crate) held: Vec<Cell>,
    pub(crate) lapsed: Vec<Cell>,
    pub(crate) in_progress: Vec<Cell>,
    pub(crate) atoms: Csr<Atom>,
    pub(crate) adds: Csr<Adds>,
    /// Whether a sum adds every award of the class.
    pub(crate) repeats: Vec<bool>,
    /// What the learner qualifies for that counts under the names of the class.
    pub(crate) qualified: Vec<Cell>,
    /// Whether the class is held in any way.
    pub(crate) any: Vec<Cell>,
    /// By credential: whether its own rules are met and so give an award of it.
    pub(crate) conferred: Vec<Cell>,
    /// By credential, for those that are taken: whether the prerequisite is met.
    pub(crate) open: Vec<Cell>,
    /// By credential, for those that are conferred and asked about: how to find out whether a leaf of the stack holds, and where.
    pub(crate) started: Vec<(Code, Cell)>,
}
