pub(crate) mod audit;
pub(crate) mod awards;
pub(crate) mod counted;
pub(crate) mod display;
pub(crate) mod explain;
pub(crate) mod gap;
pub(crate) mod grades;
pub(crate) mod notes;
