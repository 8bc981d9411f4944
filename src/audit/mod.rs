pub(crate) mod audit;
pub(crate) mod display;
pub(crate) mod explain;
pub(crate) mod gap;
