pub(crate) mod claims;
pub(crate) mod parties;
pub(crate) mod report;
pub(crate) mod search;
