pub(crate) mod dive;
#[cfg(test)]
mod enumerated;
pub(crate) mod greedy;
pub(crate) mod log;
pub(crate) mod node;
pub(crate) mod oracle;
pub(crate) mod probe;
pub(crate) mod relaxation;
pub(crate) mod search;
