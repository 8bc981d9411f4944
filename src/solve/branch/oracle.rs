//! The questions that branch and bound asks of the problem that its rows are about.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::{Bounds, Row};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// The problem behind the rows. Every solution of it satisfies the rows, but not all that satisfies the rows is a
/// solution: what is not is told when the search comes across it, by rows that cut it off (*cuts*, separated *lazily*).
///
/// A candidate is what the deciding variables come to: a set of steps, say, each taken so often.
pub(crate) trait Oracle {
    type Candidate: Clone + PartialEq;
    /// Why a cut holds, for whoever checks the proof.
    type Reason;

    /// True if the variable is one of those whose values make a candidate. All others follow from these.
    fn decides(&self, variable: VariableId) -> bool;

    /// True if the variable belongs to the question that is put and not to the problem. It is as good to split by as a
    /// deciding one, and rows that name it are of use for that question only.
    fn is_of_the_question(&self, variable: VariableId) -> bool;

    /// The candidate that these values make.
    fn candidate(&self, value: impl Fn(VariableId) -> i64) -> Self::Candidate;

    /// A solution to begin with.
    fn known(&mut self, frame: &Frame<'_>) -> Option<Incumbent<Self::Candidate>>;

    /// Tells whether the candidate, whatever else may be said of it, leads to what is wanted. `None` if the work runs
    /// out.
    fn leads(&mut self, candidate: &Self::Candidate, meter: &mut Meter) -> Option<Leads>;

    /// Makes a candidate that leads to what is wanted as small as can be, and says what is to be thought of it. `None`
    /// if the work runs out.
    fn judge(
        &mut self,
        candidate: Self::Candidate,
        frame: &Frame<'_>,
        meter: &mut Meter,
    ) -> Option<Judged<Self::Candidate, Self::Reason>>;

    /// A row that every solution satisfies, and no candidate within this one, which does not lead to what is wanted:
    /// for want of support from outside of it (*separating an unfounded set*). `None` if the work runs
    /// out.
    fn separate(&mut self, candidate: &Self::Candidate, meter: &mut Meter) -> Option<Separated<Self::Reason>>;
}

/// The rows, bounds and prices that a candidate is measured by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The rows, cuts among them.
    pub(crate) rows: &'a IdVec<RowId, Row>,
    /// The bounds that hold for the whole search.
    pub(crate) bounds: &'a Bounds,
    pub(crate) prices: &'a IdVec<VariableId, i64>,
    /// A greater value is of no interest.
    pub(crate) most: i64,
    /// No solution has a smaller one, as far as is known.
    pub(crate) least: i64,
}

/// The answer to whether a candidate leads to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leads {
    Yes,
    No,
    Undecided,
}

/// The verdict on a candidate.
#[derive(Debug)]
pub(crate) struct Judged<C, R> {
    /// It, or the part of it that is needed.
    pub(crate) candidate: C,
    /// Its value, if it is a solution.
    pub(crate) value: Option<i64>,
    /// True if nothing that contains it is a solution.
    pub(crate) is_set_aside: bool,
    /// Rows that it breaks, or that others like it break.
    pub(crate) cuts: Vec<Cut<R>>,
}

/// A row that was found on the way: every solution satisfies it.
#[derive(Debug)]
pub(crate) struct Cut<R> {
    pub(crate) row: Row,
    /// Why, if a proof may rest on it.
    pub(crate) reason: Option<R>,
}

/// The outcome of separating an unfounded set.
#[derive(Debug)]
pub(crate) enum Separated<R> {
    By(Cut<R>),
    /// There is no such row, or none that is certain.
    Nothing,
}

/// The best solution that is known so far.
#[derive(Debug, Clone)]
pub(crate) struct Incumbent<C> {
    pub(crate) candidate: C,
    pub(crate) value: i64,
}
