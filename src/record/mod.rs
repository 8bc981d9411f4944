pub(crate) mod award;
pub(crate) mod exception;
pub(crate) mod pursuit;
pub(crate) mod record;
