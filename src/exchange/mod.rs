pub(crate) mod imported;
#[cfg(feature = "json")]
pub(crate) mod json;
