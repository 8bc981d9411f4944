pub(crate) mod award;
pub(crate) mod exception;
pub(crate) mod facts;
pub(crate) mod guards;
pub(crate) mod pursuit;
pub(crate) mod record;
