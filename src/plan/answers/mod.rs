pub(crate) mod alike;
pub(crate) mod alternatives;
pub(crate) mod assignment;
pub(crate) mod display;
pub(crate) mod explain;
pub(crate) mod nearest;
pub(crate) mod next_steps;
pub(crate) mod not_stated;
pub(crate) mod permitted;
pub(crate) mod plan;
pub(crate) mod portable;
mod portable_words;
pub(crate) mod proof_check;
#[cfg(test)]
pub(crate) mod tampering;
pub(crate) mod unlocks;
pub(crate) mod uses;
pub(crate) mod uses_check;
pub(crate) mod verify;
