pub(crate) mod certificate;
pub(crate) mod oracle;
