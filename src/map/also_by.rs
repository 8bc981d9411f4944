//! What counts as each credential of a map.

use crate::catalog::names::Names;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec};

/// What else counts as a credential is named up to so many; of the rest, only the number is told.
const MOST_NAMED: usize = 10;

/// What counts as a class of names, its own members among it.
#[derive(Debug, Clone, Default)]
pub(crate) struct CountingAs {
    /// The first, in the order of their ids: one more than are named, as one of them is the one that is asked about.
    first: Vec<CredentialId>,
    number: usize,
}

/// What else counts as a credential.
pub(crate) struct NamedOthers {
    /// The first, in the order of their ids.
    pub(crate) named: Vec<CredentialId>,
    /// How many there are besides.
    pub(crate) more: usize,
}

impl CountingAs {
    /// Of every class: 64 credentials in a pass, one to a bit, so that neither the equivalents of many nor a chain of
    /// many makes as many lists as there are pairs of them.
    pub(crate) fn all(names: &Names) -> IdVec<ClassId, Self> {
        let mut all = IdVec::filled(Self::default(), names.len());
        let credentials: Vec<CredentialId> = CredentialId::first(names.len()).collect();
        let mut own = IdVec::filled(0_u64, names.len());
        let mut counting = IdVec::filled(0_u64, names.len());
        for some in credentials.chunks(64) {
            for (bit, &credential) in some.iter().enumerate() {
                own[names.class(credential)] |= 1 << bit;
            }
            // What counts as a class stands behind it.
            for &class in names.order().iter().rev() {
                let mut bits = names.down(class).iter().fold(own[class], |bits, &below| bits | counting[below]);
                counting[class] = bits;
                let of = &mut all[class];
                of.number += bits.count_ones() as usize;
                while bits != 0 && of.first.len() <= MOST_NAMED {
                    of.first.extend(some.get(bits.trailing_zeros() as usize));
                    bits &= bits - 1;
                }
            }
            for &credential in some {
                own[names.class(credential)] = 0;
            }
        }
        all
    }

    /// What counts as a credential of the class, beside itself.
    pub(crate) fn beside(&self, credential: CredentialId) -> NamedOthers {
        let others = self.first.iter().copied().filter(|&other| other != credential);
        let named: Vec<CredentialId> = others.take(MOST_NAMED).collect();
        let more = self.number.saturating_sub(named.len() + 1);
        NamedOthers { named, more }
    }
}
