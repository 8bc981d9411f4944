//! Amounts as rows count them: in whole hundredths, with a sign.

use crate::evaluate::evidence::Admitted;
use crate::evaluate::progress::progress::Progress;
use crate::value::amount::Amount;
use crate::value::ids::CredentialId;

/// The price of a step, in hundredths, each time that it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) cost: i64,
    pub(crate) hours: i64,
}

impl Price {
    /// The price of a new award of the credential: while one is current, that of renewing it.
    pub(crate) fn of(progress: &Progress<'_>, credential: CredentialId) -> Self {
        let described = progress.catalog.at(credential);
        let renewal = described.renewal.filter(|_| is_renewal(progress, credential));
        let (cost, hours) = renewal.map_or((described.cost, described.hours), |renewal| (renewal.cost, renewal.hours));
        Self { cost: hundredths(cost), hours: hundredths(hours) }
    }
}

/// True if a new award of the credential renews one that is current.
pub(crate) fn is_renewal(progress: &Progress<'_>, credential: CredentialId) -> bool {
    let current = |admitted: &Admitted| {
        admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential)
    };
    progress.evidence.iter().any(current)
}

pub(crate) fn hundredths(amount: Amount) -> i64 {
    i64::try_from(amount.hundredths()).unwrap_or(i64::MAX)
}

pub(crate) fn amount(hundredths: i64) -> Amount {
    Amount::from_hundredths(u64::try_from(hundredths).unwrap_or(0))
}
