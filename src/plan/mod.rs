//! Plans: the best pathway from what a learner has been issued to a target, with a proof ([semantics
//! 7.1](crate::semantics#7.1) to [7.5](crate::semantics#7.5)).
//!
//! The rules, read backwards from the target, become rows over whole numbers (`statement`). A search finds the cheapest
//! values (`search`, over the relaxation of `simplex`), and writes down why nothing is cheaper (`certificate`). What a
//! set of steps leads to is found by the least fixpoint (`closure`), and every plan is carried out once more by the
//! evaluator (`replay`). A plan is put on the calendar by `schedule`.

pub(crate) mod answers;
pub(crate) mod model;
pub(crate) mod question;
pub(crate) mod search;
