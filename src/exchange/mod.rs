pub(crate) mod imported;
