pub(crate) mod claims;
pub(crate) mod conflict;
pub(crate) mod parties;
pub(crate) mod report;
pub(crate) mod search;
