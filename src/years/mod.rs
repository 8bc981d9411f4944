//! Several versions of a catalog at once: each credential by the version under which it is pursued.

pub(crate) mod answer;
pub(crate) mod display;
pub(crate) mod years;
