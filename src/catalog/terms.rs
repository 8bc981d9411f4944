//! The terms on which credentials are awarded, as evaluations ask for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::beside::Beside;
use crate::catalog::catalog::{Credential, Terms, number_of};
use crate::catalog::network::Network;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec, IssuerId};

/// The terms on which a credential is awarded.
pub(crate) fn terms(described: &Credential, issuers: &IdVec<IssuerId, Box<str>>) -> Terms {
    let Credential { valid_for, issuer, offered, .. } = described;
    let issuer = issuer.as_deref().and_then(|issuer| number_of(issuers, issuer));
    let keeps_cycle = described.renewal.is_some_and(|renewal| renewal.keeps_cycle);
    Terms { valid_for: *valid_for, issuer, offered: offered.clone(), keeps_cycle, new_lasts: None, new_made: None }
}

/// Nothing is claimed after the last day of the version, if it has one.
pub(crate) fn end_claims(
    credentials: &mut IdVec<CredentialId, Arc<Credential>>,
    network: &Network,
    beside: &BTreeMap<CredentialId, Beside>,
    last: Option<Date>,
) {
    let Some(last) = last else { return };
    let is_claimed = |credential: &CredentialId| {
        let is_notion = beside.get(credential).is_some_and(|beside| beside.is_notion());
        network.has_stack(*credential) && !is_notion
    };
    for credential in CredentialId::first(credentials.len()).filter(is_claimed) {
        let described = Arc::make_mut(&mut credentials[credential]);
        described.offered = std::mem::take(&mut described.offered).ending(last);
    }
}
