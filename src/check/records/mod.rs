//! Whether every record that meets some requirements meets others: records of any awards that could be there.

pub(crate) mod asked;
pub(crate) mod days;
pub(crate) mod following;
pub(crate) mod kinds;
pub(crate) mod plain;
pub(crate) mod question;
pub(crate) mod search;
pub(crate) mod values;
