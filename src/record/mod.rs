pub(crate) mod exception;
pub(crate) mod record;
