pub(crate) mod cause;
pub(crate) mod learner;
pub(crate) mod make;
pub(crate) mod options;
pub(crate) mod reach;
pub(crate) mod refused;
pub(crate) mod ties;
