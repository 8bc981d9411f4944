//! What the words of a catalog, a record and an answer mean: the contract, section by section.
//!
//! Code, tests and messages follow it, and cite its numbers, which stay as they are: `semantics 5.2` is the section
//! [5.2](#5.2) of this page.
#![doc = include_str!("semantics.md")]
