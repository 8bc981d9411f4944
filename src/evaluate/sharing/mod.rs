pub(crate) mod claimants;
pub(crate) mod fixed;
pub(crate) mod judge;
pub(crate) mod round;
pub(crate) mod touched;
