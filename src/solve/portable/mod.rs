//! Proofs in a public format: an integer program as a *pseudo-Boolean* formula in the format OPB, and the proof that
//! nothing is cheaper as a derivation by *cutting planes* in the format of the checker `VeriPB`, version 3.0.

pub(crate) mod bits;
pub(crate) mod derivation;
pub(crate) mod facts;
pub(crate) mod formula;
pub(crate) mod sharpened;
pub(crate) mod writer;
