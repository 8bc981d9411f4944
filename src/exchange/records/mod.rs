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
mod leaving;
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
mod to_clr;
#[cfg(feature = "csv")]
mod to_csv;
#[cfg(feature = "json")]
mod token;

pub use import::{import, recognise};
#[cfg(feature = "json")]
pub use to_clr::to_clr;
#[cfg(feature = "csv")]
pub use to_csv::to_csv;
