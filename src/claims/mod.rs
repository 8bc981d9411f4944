pub(crate) mod claims;
pub(crate) mod desk;
