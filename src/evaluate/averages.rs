//! What awards bring to an average ([semantics 2.7](crate::semantics#2.7)).

use std::collections::BTreeMap;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Measure;
use crate::evaluate::assignment::Placement;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, EvidenceId};
use crate::solve::ids::VariableId;
use crate::solve::number::common_divisor;
use crate::solve::row::LinearTerm;
use crate::value::ids::{GroupId, LeafId};
use crate::value::points::GradePoints;

/// What an award brings to an average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Merit {
    Points(GradePoints),
    /// As many points as it takes: a grade that is sufficient for anything, where grades are numbers.
    Endless,
}

impl Merit {
    /// By how much one hundredth of it is above a mean, in millionths; `None` if by as much as it takes.
    pub(crate) fn above(self, least: GradePoints) -> Option<i128> {
        match self {
            Self::Points(points) => Some(i128::from(points.millionths()) - i128::from(least.millionths())),
            Self::Endless => None,
        }
    }

    /// The points, if they have an end.
    pub(crate) fn points(self) -> Option<GradePoints> {
        match self {
            Self::Points(points) => Some(points),
            Self::Endless => None,
        }
    }
}

impl Evidence {
    /// What it brings to an average; `None` if it has no points, and is never chosen there.
    pub(crate) fn merit(&self, catalog: &Catalog) -> Option<Merit> {
        let header = &catalog.header;
        match self.grade {
            Grade::None => None,
            Grade::Value(grade) => header.points(grade).map(Merit::Points),
            Grade::Sufficient if header.grades.is_empty() => Some(Merit::Endless),
            Grade::Sufficient => header.most_points().map(Merit::Points),
        }
    }
}

/// What awards are supposed to be worth that are not there yet: all evidence from some piece on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Worth {
    pub(crate) from: EvidenceId,
    pub(crate) points: GradePoints,
}

/// One way in which an award can count for an average.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GradedOffer {
    pub(crate) placement: Placement,
    pub(crate) merit: Merit,
    /// Whether it adds to what is needed. Where a waiver fills the place, it has only its points to bring.
    pub(crate) fills: bool,
}

/// A column with what one of it adds, and what that brings to a mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weighed {
    pub(crate) column: VariableId,
    pub(crate) amount: i64,
    /// The most that the column comes to.
    pub(crate) most: i64,
    pub(crate) merit: Merit,
}

/// The terms of a row that is not below nothing if the mean is high enough; `None` if the numbers are beyond all
/// measure: to do without the row is on the safe side.
pub(crate) fn surplus(weighed: &[Weighed], least: GradePoints) -> Option<Vec<LinearTerm>> {
    let mut terms: Vec<LinearTerm> = Vec::with_capacity(weighed.len());
    for Weighed { column, amount, merit, .. } in weighed {
        if let Some(above) = merit.above(least) {
            terms.push((*column, i64::try_from(above.checked_mul(i128::from(*amount))?).ok()?));
        }
    }
    let divisor = common_divisor(terms.iter().map(|&(_, times)| times)).max(1);
    for (_, times) in &mut terms {
        *times /= divisor;
    }
    // What has as many points as it takes makes up for all others.
    let most_of =
        |column: VariableId| weighed.iter().find(|weighed| weighed.column == column).map(|weighed| weighed.most);
    let mut missing = 0_i64;
    let endless = |weighed: &&Weighed| weighed.merit == Merit::Endless;
    if weighed.iter().any(|weighed| endless(&weighed)) {
        for &(column, times) in terms.iter().filter(|&&(_, times)| times < 0) {
            missing = missing.checked_sub(times.checked_mul(most_of(column)?)?)?;
        }
    }
    terms.extend(weighed.iter().filter(endless).map(|weighed| (weighed.column, missing)));
    Some(terms)
}

/// The offers of every group that asks for a mean.
pub(crate) type Offers = BTreeMap<GroupId, Vec<GradedOffer>>;

/// What a unit can do for a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GradedRole {
    pub(crate) leaf: LeafId,
    pub(crate) amount: u64,
    pub(crate) merit: Merit,
}

/// Whether a group adds up amounts, by any rows but those of a mean.
pub(crate) fn is_plain_sum(measure: Measure, average: Option<GradePoints>) -> bool {
    matches!(measure, Measure::Sum(_)) && average.is_none()
}
