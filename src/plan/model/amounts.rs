//! Amounts as rows count them: in whole hundredths, with a sign.

use crate::catalog::catalog::{Catalog, Renewal};
use crate::evaluate::evidence::Admitted;
use crate::evaluate::progress::progress::Progress;
use crate::value::amount::Amount;
use crate::value::ids::CredentialId;

use crate::plan::question::options::Objective;

/// The price of a step, in hundredths, each time that it is taken. What nobody stated adds nothing to a sum, and is not
/// zero ([semantics 1.1](crate::semantics#1.1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) cost: Option<i64>,
    pub(crate) hours: Option<i64>,
    /// True if it is claimed, and not taken.
    pub(crate) claimed: bool,
}

impl Price {
    /// The price of a new award of the credential: while one is current, that of renewing it.
    pub(crate) fn of(progress: &Progress<'_>, credential: CredentialId) -> Self {
        let renewal = progress.catalog.at(credential).renewal.filter(|_| is_renewal(progress, credential));
        Self::with(progress.catalog, credential, renewal)
    }

    /// The price of a renewal, if it is one; else of an award that renews none.
    pub(crate) fn with(catalog: &Catalog, credential: CredentialId, renewal: Option<Renewal>) -> Self {
        match renewal {
            Some(renewal) => Self::renewed(catalog, credential, renewal),
            None => Self::anew(catalog, credential),
        }
    }

    /// The price of an award that renews none.
    fn anew(catalog: &Catalog, credential: CredentialId) -> Self {
        let described = catalog.at(credential);
        Self {
            cost: described.cost.map(hundredths),
            hours: described.hours.map(hundredths),
            claimed: catalog.network.has_stack(credential),
        }
    }

    /// The price of a renewal.
    fn renewed(catalog: &Catalog, credential: CredentialId, renewal: Renewal) -> Self {
        let Renewal { cost, hours, window: _, keeps_cycle: _ } = renewal;
        let claimed = catalog.network.has_stack(credential);
        Self { cost: Some(hundredths(cost)), hours: Some(hundredths(hours)), claimed }
    }

    /// The price by an objective.
    pub(crate) fn by(&self, objective: Objective) -> i64 {
        let (cost, hours) = (self.cost.unwrap_or(0), self.hours.unwrap_or(0));
        let credentials = if self.claimed { 0 } else { 100 };
        match objective {
            Objective::Cost => cost,
            Objective::Hours => hours,
            Objective::Credentials => credentials,
            Objective::Weighted { cost: a, hours: b, credentials: c } => {
                i64::from(a) * cost + i64::from(b) * hours + i64::from(c) * credentials
            }
        }
    }

    /// The number of amounts that the objective asks for and nobody stated.
    pub(crate) fn missing(&self, objective: Objective) -> i64 {
        let (cost, hours) = (i64::from(self.cost.is_none()), i64::from(self.hours.is_none()));
        match objective {
            Objective::Cost => cost,
            Objective::Hours => hours,
            Objective::Credentials => 0,
            Objective::Weighted { cost: a, hours: b, .. } => i64::from(a > 0) * cost + i64::from(b > 0) * hours,
        }
    }
}

/// True if a new award of the credential renews one that is current, and can be renewed.
pub(crate) fn is_renewal(progress: &Progress<'_>, credential: CredentialId) -> bool {
    let current = |admitted: &Admitted| {
        admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential)
    };
    !progress.unrenewable.contains(&credential) && progress.evidence.iter().any(current)
}

pub(crate) fn hundredths(amount: Amount) -> i64 {
    i64::try_from(amount.hundredths()).unwrap_or(i64::MAX)
}

pub(crate) fn amount(hundredths: i64) -> Amount {
    Amount::from_hundredths(u64::try_from(hundredths).unwrap_or(0))
}
