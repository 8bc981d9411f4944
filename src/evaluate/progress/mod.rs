pub(crate) mod found;
pub(crate) mod granted;
pub(crate) mod progress;
