pub(crate) mod amount;
pub(crate) mod codes;
pub(crate) mod csr;
pub(crate) mod date;
pub(crate) mod ids;
pub(crate) mod meter;
#[cfg(any(feature = "json", feature = "csv"))]
pub(crate) mod moment;
pub(crate) mod names;
pub(crate) mod offering;
pub(crate) mod points;
pub(crate) mod setters;
pub(crate) mod stamp;
pub(crate) mod term;
pub(crate) mod text;
