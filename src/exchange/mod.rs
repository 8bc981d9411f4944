#[cfg(feature = "csv")]
pub(crate) mod charset;
pub(crate) mod imported;
#[cfg(feature = "csv")]
pub(crate) mod table;
