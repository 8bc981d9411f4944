//! What a fuzzer asks of credpath. The targets are shared with `tests/corpus.rs`, which puts all inputs that are kept
//! to them again, without a fuzzer.

#[path = "../targets/mod.rs"]
pub mod targets;
