pub(crate) mod limits;
pub(crate) mod near;
pub(crate) mod parse;
pub(crate) mod paths;
pub(crate) mod reader;
pub(crate) mod slips;
