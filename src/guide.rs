//! Which call answers which question, what a catalog and a record can say, what the programs under `examples/` can be
//! told, and what the words mean: everything to know beyond the first steps, which are in the README.
#![doc = include_str!("guide.md")]
