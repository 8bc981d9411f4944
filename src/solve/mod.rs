pub(crate) mod bounding;
pub(crate) mod branch;
pub(crate) mod certificate;
pub(crate) mod deletion;
pub(crate) mod domains;
#[cfg(test)]
pub(crate) mod enumeration;
pub(crate) mod ids;
pub(crate) mod integer;
#[cfg(test)]
mod integer_tests;
pub(crate) mod matching;
#[cfg(test)]
mod matching_tests;
pub(crate) mod number;
pub(crate) mod objective;
pub(crate) mod portable;
pub(crate) mod pseudo_costs;
pub(crate) mod queue;
#[cfg(test)]
pub(crate) mod random;
pub(crate) mod repair;
pub(crate) mod row;
pub(crate) mod simplex;
#[cfg(test)]
mod simplex_tests;
pub(crate) mod tableau;
