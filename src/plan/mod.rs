//! Plans: the best pathway from what a learner has been issued to a target, with a proof (semantics 7.1 to 7.5).
//!
//! The rules, read backwards from the target, become rows over whole numbers (`statement`). A search finds the cheapest values
//! (`search`, over the relaxation of `simplex`), and writes down why nothing is cheaper (`certificate`). What a set of steps leads to
//! is found by the least fixpoint (`closure`), and every plan is carried out once more by the evaluator (`replay`). A plan is put on the
//! calendar by `schedule`.

mod alternatives;
mod answer;
mod cause;
mod certificate;
mod closure;
mod decisive;
mod display;
mod explain;
mod greedy;
pub(crate) mod learner;
mod make;
mod nearest;
mod next_steps;
mod obstacles;
mod options;
pub(crate) mod reach;
pub(crate) mod refused;
mod replay;
mod rows;
mod schedule;
mod search;
mod simplex;
mod statement;
#[cfg(test)]
mod tampering;
mod ties;
mod unlocks;
mod verify;

pub use alternatives::Plans;
pub use answer::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
    Unattainable, Undecided,
};
pub use certificate::Certificate;
pub use explain::{Binding, Choice, Explanation};
pub use nearest::{Among, Nearest};
pub use next_steps::{NextStep, NextSteps, NextStepsOutcome, Regret, StepRole};
pub use options::{Besides, Objective, PlanOptions};
pub use schedule::{
    Added, ChainLink, Infeasible, Lapsing, LoadUnit, Obstacle, Pace, Schedule, ScheduleOptimality, ScheduleOptions,
    ScheduleOutcome, ScheduledStep, Term, UndecidedSchedule, WaitsFor,
};
pub use unlocks::KeyStep;
pub(crate) use unlocks::OneAwardAway;
pub use verify::Flaw;
