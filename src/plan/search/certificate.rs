//! The proof that no plan is better, as a plan carries it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::solve::certificate::Entry;
use crate::value::ids::CredentialId;

/// Why a cut holds: in terms of the steps of a statement while it is sought, of credentials in a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CutReason<S> {
    /// Without one of these, everything else does not reach the target.
    OneOf(Vec<S>),
    /// These are a plan, each as often as given; so no plan, having no step to spare, has them all and the other one as
    /// well.
    NotBeside { plan: Vec<(S, i64)>, beside: S },
}

impl<S> CutReason<S> {
    /// The number of steps that it names.
    pub(crate) fn steps(&self) -> usize {
        match self {
            Self::OneOf(steps) => steps.len(),
            Self::NotBeside { plan, beside: _ } => plan.len() + 1,
        }
    }

    /// The same in other terms.
    pub(crate) fn map<T>(self, of: impl Fn(S) -> T) -> CutReason<T> {
        match self {
            Self::OneOf(steps) => CutReason::OneOf(steps.into_iter().map(of).collect()),
            Self::NotBeside { plan, beside } => CutReason::NotBeside {
                plan: plan.into_iter().map(|(step, times)| (of(step), times)).collect(),
                beside: of(beside),
            },
        }
    }
}

/// A proof that no plan is worth less than so much: the branches of a search, each closed by weights on the
/// requirements that add up to enough. [`Plan::verify`](crate::Plan::verify) checks it.
///
/// One that was stored is untrusted input, whoever stored it: only what is checked is proved.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The value that is proved: no plan is worth less by all objectives, each outweighing all later ones.
    pub(crate) least: i64,
    pub(crate) further: Vec<CutReason<CredentialId>>,
    pub(crate) entries: Vec<Entry>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("lines", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Certificate {
    /// All credentials that it names.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &CredentialId> {
        self.further.iter().flat_map(|reason| {
            let (credentials, plan): (&[CredentialId], &[(CredentialId, i64)]) = match reason {
                CutReason::OneOf(credentials) => (credentials, &[]),
                CutReason::NotBeside { plan, beside } => (std::slice::from_ref(beside), plan),
            };
            credentials.iter().chain(plan.iter().map(|(credential, _)| credential))
        })
    }

    /// The number of lines of the proof.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.entries.len()
    }
}
