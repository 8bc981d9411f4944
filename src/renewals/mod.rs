pub(crate) mod display;
pub(crate) mod due;
pub(crate) mod find;
pub(crate) mod report;
