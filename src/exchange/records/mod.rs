//! Learner records of others, in and out.

#[cfg(feature = "json")]
mod badge2;
#[cfg(feature = "json")]
mod badge3;
#[cfg(feature = "json")]
mod clr;
#[cfg(feature = "csv")]
pub(crate) mod columns;
#[cfg(feature = "json")]
mod credentials;
#[cfg(feature = "json")]
mod europass;
mod import;
mod intake;
pub(crate) mod options;
#[cfg(feature = "json")]
mod png;
#[cfg(feature = "json")]
mod reading;
#[cfg(feature = "csv")]
mod rows;
pub(crate) mod status_list;
#[cfg(feature = "json")]
mod svg;
#[cfg(feature = "json")]
mod token;

pub use import::{import, recognise};
