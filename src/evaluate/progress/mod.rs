pub(crate) mod beginning;
pub(crate) mod found;
pub(crate) mod granted;
pub(crate) mod progress;
pub(crate) mod propagation;
pub(crate) mod returning;
pub(crate) mod scope;
