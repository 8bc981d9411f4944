pub(crate) mod limits;
pub(crate) mod parse;
pub(crate) mod reader;
