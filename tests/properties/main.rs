//! What random catalogs, records and questions are put to: the laws of the rules, and the engine against the naive
//! reference. One program, so that the reference is compiled once.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

#[path = "../asked/mod.rs"]
mod asked;
#[path = "../../benches/generate/mod.rs"]
mod catalogs;
#[path = "../checked/mod.rs"]
mod checked;
#[path = "../kept/mod.rs"]
mod kept;
#[path = "../reference/mod.rs"]
mod reference;
#[path = "../strangers/mod.rs"]
mod strangers;

mod advice;
mod check_corequisites;
mod check_laws;
mod check_reference;
mod compare;
mod documents;
mod generator;
mod laws;
mod left_out;
mod plans;
mod portable;
mod reference_self;
mod second_edition;
mod stored;
