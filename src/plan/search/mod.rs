pub(crate) mod branch;
pub(crate) mod certificate;
pub(crate) mod greedy;
pub(crate) mod incumbent;
pub(crate) mod queue;
pub(crate) mod search;
