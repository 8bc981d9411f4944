#[cfg(feature = "csv")]
pub(crate) mod rule_text;
