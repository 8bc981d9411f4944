//! Plans: the best pathway from what a learner has been issued to a target, with a proof ([semantics
//! 7.1](crate::semantics#7.1) to [7.5](crate::semantics#7.5)).
//!
//! The rules, read backwards from the target, become rows over whole numbers (`model::statement`). Branch and bound
//! (`solve::branch`, asking the oracle in `search::oracle`) finds the cheapest values, and writes down why nothing is
//! cheaper (`search::certificate`). What a set of steps leads to is found by the least fixpoint (`model::closure`), and
//! every plan is carried out once more by the evaluator (`model::replay`). A plan is put on the calendar by `schedule`.

pub(crate) mod answers;
pub(crate) mod model;
pub(crate) mod question;
pub(crate) mod search;
