pub(crate) mod catalog;
pub(crate) mod compile;
pub(crate) mod document;
pub(crate) mod names;
pub(crate) mod network;
pub(crate) mod requirement;
pub(crate) mod sharing;
