#[cfg(feature = "csv")]
pub(crate) mod charset;
pub(crate) mod imported;
#[cfg(feature = "json")]
pub(crate) mod json;
#[cfg(feature = "csv")]
pub(crate) mod table;
