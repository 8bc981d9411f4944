//! Plans: the best pathway from what a learner has been issued to a target, with a proof (semantics 7.1 to 7.5).
//!
//! The rules, read backwards from the target, become rows over whole numbers (`statement`). A search finds the cheapest values
//! (`search`, over the relaxation of `simplex`), and writes down why nothing is cheaper (`certificate`). What a set of steps leads to
//! is found by the least fixpoint (`closure`), and every plan is carried out once more by the evaluator (`replay`). A plan is put on the
//! calendar by `schedule`.

mod answer;
mod cause;
mod certificate;
mod closure;
mod display;
mod explain;
mod greedy;
mod make;
mod obstacles;
mod options;
mod replay;
mod rows;
mod schedule;
mod search;
mod simplex;
mod statement;
mod ties;
mod verify;

pub use answer::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind, Unattainable,
    Undecided,
};
pub use certificate::Certificate;
pub use explain::{Binding, Choice, Explanation};
pub use options::{Objective, PlanOptions};
pub use schedule::{
    Added, ChainLink, Infeasible, Lapsing, LoadUnit, Obstacle, Pace, Schedule, ScheduleOptimality, ScheduleOptions,
    ScheduleOutcome, ScheduledStep, Term, UndecidedSchedule, WaitsFor,
};
pub use verify::Flaw;
