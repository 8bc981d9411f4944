//! What stands beside the credentials that are written.

use crate::value::ids::CredentialId;

/// What a credential stands for that stands beside the written ones: something that is asked of one of these as the
/// rules of a credential are. No filter selects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// That what renewing a credential requires is there.
    Required(CredentialId),
    /// The renewal of a credential.
    Renewal(CredentialId),
    /// That the components of a credential which lasts while they do last to a day.
    Lasting(CredentialId),
    /// That a credential is held to a day.
    Kept(CredentialId),
    /// That all are that are asked for.
    Together,
}

impl Beside {
    /// The credential of the catalog that it is about.
    pub(crate) fn of(self) -> Option<CredentialId> {
        match self {
            Self::Required(of) | Self::Renewal(of) | Self::Lasting(of) | Self::Kept(of) => Some(of),
            Self::Together => None,
        }
    }

    /// The credential whose rule it has, or part of it, so that what a record says of that rule holds for it as well.
    pub(crate) fn rule_of(self) -> Option<CredentialId> {
        self.of().filter(|_| !matches!(self, Self::Kept(_)))
    }

    /// Whether it only says that something holds, and is neither taken nor claimed by anybody.
    pub(crate) fn is_notion(self) -> bool {
        !matches!(self, Self::Renewal(_))
    }
}
