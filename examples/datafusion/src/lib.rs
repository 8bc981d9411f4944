//! Cohorts within an engine that is there already: statuses and reports as functions of `DataFusion`, on one machine
//! or, by Ballista, on many.
//!
//! What is asked is a [`Question`]: a catalog, a date, options, and the dictionary that the columns of awards refer to.
//! [`Statuses`] is a scalar function of it, [`Report`] an aggregate whose state is a stored partial
//! [`CohortReport`](credpath::CohortReport). [`QuestionCodec`] sends both with their question, so that schedulers and
//! executors need to be told of no catalog.

pub mod cluster;
pub mod codec;
pub mod columns;
pub mod made_up;
pub mod question;
pub mod report;
pub mod statuses;
pub mod table;
pub mod whole;

pub use codec::QuestionCodec;
pub use question::{Dictionary, Question, QuestionError};
pub use report::Report;
pub use statuses::Statuses;
pub use table::{AwardTable, TableError};
