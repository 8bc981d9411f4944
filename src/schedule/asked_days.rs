//! What rules ask of the days of awards.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::schedule::renewing::{RenewalJudge, aged};
use crate::value::date::{Date, Period};
use crate::value::ids::CredentialId;
use crate::value::term::CalendarTerm;

/// All periods and dates in some rules.
#[derive(Debug, Default)]
pub(crate) struct AskedDays {
    pub(crate) withins: BTreeSet<CalendarTerm>,
    pub(crate) spans: BTreeSet<Period>,
    pub(crate) sinces: BTreeSet<Date>,
    pub(crate) untils: BTreeSet<Date>,
    pub(crate) held_for: BTreeSet<CalendarTerm>,
    /// The credentials of which they ask how old awards are, under all names.
    pub(crate) aged: BTreeSet<CredentialId>,
}

impl AskedDays {
    /// Those in the rules of these credentials, and in what renewing them requires.
    pub(crate) fn of(catalog: &Catalog, credentials: &[CredentialId], renewing: &RenewalJudge<'_>) -> Self {
        let (network, names) = (&catalog.network, &catalog.names);
        let mut found = Self::default();
        let mut old: BTreeSet<CredentialId> = BTreeSet::new();
        let tops = credentials.iter().flat_map(|&id| Rule::all(id));
        for top in tops.filter_map(|rule| network.top(rule)) {
            for leaf in network.leaves_below(top) {
                found.take(&network.conditions[network.leaf(leaf).conditions]);
            }
            old.extend(aged(network, top));
            if let Part::Group(_) = top {
                let spans = network.groups_below(top).into_iter().filter_map(|group| network.extras(group).span);
                found.spans.extend(spans);
            }
        }
        for &credential in credentials.iter().filter(|&&credential| renewing.requires(credential)) {
            let (conditions, spans) = renewing.conditions(credential);
            for conditions in conditions {
                found.take(conditions);
            }
            found.spans.extend(spans);
            old.extend(renewing.aged(credential));
        }
        let classes = old.into_iter().flat_map(|id| Names::closure(names.class(id), |class| names.down(class)));
        found.aged = classes.flat_map(|class| names.members(class).iter().copied()).collect();
        found
    }

    fn take(&mut self, conditions: &Conditions) {
        self.withins.extend(conditions.within.iter().copied());
        self.sinces.extend(conditions.since);
        self.untils.extend(conditions.until);
        self.held_for.extend(conditions.held_for.iter().copied());
    }
}
