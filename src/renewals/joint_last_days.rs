//! Until when the awards last that count as a credential, for all credentials at once.

use crate::catalog::names::Names;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::progress::progress::Progress;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, IdVec};

/// What the current awards that count as a credential have for last days.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LatestDays {
    /// The latest of all.
    pub(crate) of_all: Option<Date>,
    /// The latest of those that depend on no components.
    pub(crate) of_own: Option<Date>,
    /// Whether one has no last day.
    pub(crate) is_unending: bool,
    /// Whether one depends on no components.
    pub(crate) is_own: bool,
}

impl LatestDays {
    fn of(award: &Evidence) -> Self {
        let is_own = !award.depends();
        let of_own = award.until.filter(|_| is_own);
        Self { of_all: award.until, of_own, is_unending: award.until.is_none(), is_own }
    }

    fn join(&mut self, other: Self) {
        self.of_all = self.of_all.max(other.of_all);
        self.of_own = self.of_own.max(other.of_own);
        self.is_unending |= other.is_unending;
        self.is_own |= other.is_own;
    }
}

/// The same for every credential, found in one pass: each award adds to its own class, and each class to those that it
/// counts as.
pub(crate) struct LastDays<'p> {
    names: &'p Names,
    by_class: IdVec<ClassId, LatestDays>,
}

impl<'p> LastDays<'p> {
    pub(crate) fn new(progress: &'p Progress<'_>) -> Self {
        let names = &progress.catalog.names;
        let mut by_class = IdVec::filled(LatestDays::default(), names.len());
        for award in counting_everywhere(progress) {
            by_class[names.class(award.named())].join(LatestDays::of(award));
        }
        // In this order nothing comes to a class any more once it has been passed on.
        for &class in names.order().iter().rev() {
            let own = by_class[class];
            for &up in names.up(class) {
                by_class[up].join(own);
            }
        }
        Self { names, by_class }
    }

    pub(crate) fn of(&self, credential: CredentialId) -> LatestDays {
        self.by_class[self.names.class(credential)]
    }
}

/// The current awards that count everywhere, and not in the rules of one credential alone.
pub(crate) fn counting_everywhere<'p>(progress: &'p Progress<'_>) -> impl Iterator<Item = &'p Evidence> {
    let current = progress.evidence.iter().filter(|admitted| admitted.current).map(|admitted| &admitted.evidence);
    current.filter(|award| award.within().is_none())
}
