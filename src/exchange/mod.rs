#[cfg(feature = "csv")]
pub(crate) mod charset;
pub(crate) mod imported;
#[cfg(feature = "json")]
pub(crate) mod json;
pub mod records;
#[cfg(feature = "csv")]
pub(crate) mod table;
