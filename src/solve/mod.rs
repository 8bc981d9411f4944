pub(crate) mod deletion;
pub(crate) mod ids;
pub(crate) mod integer;
pub(crate) mod matching;
#[cfg(test)]
pub(crate) mod random;
pub(crate) mod relaxation;
pub(crate) mod repair;
pub(crate) mod row;
pub(crate) mod simplex;
