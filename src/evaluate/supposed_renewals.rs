//! Renewals that are supposed where it is asked what can still be reached ([semantics 4.2](crate::semantics#4.2)): what
//! is current and states how it is renewed may be renewed on these terms, whatever its other rules say.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use crate::catalog::catalog::{Catalog, RenewalRules};
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Evidence, Origin};
use crate::evaluate::options::{Accepted, EvaluateOptions};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::renewable::{expiring_last, made_since};
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// Renewals whose requirements are looked at: a small part of a second.
const MOST_JUDGED: usize = 400;
/// Awards and uses of them that are gone through for that, on all days that are asked about.
const MOST_TOUCHED: u64 = 10_000_000;

/// What a learner has that could be renewed.
pub(crate) struct SupposedRenewals<'q> {
    catalog: &'q Catalog,
    record: &'q LearnerRecord,
    as_of: Date,
    accepted: Accepted,
    standing: &'q Standing,
    /// What counts of the record where renewals require something, in the terms of their rules.
    required: OnceCell<Standing>,
    /// Awards and uses of them that were gone through.
    touched: Cell<u64>,
}

impl<'q> SupposedRenewals<'q> {
    /// `standing` is that of the record on the date.
    pub(crate) fn new(
        catalog: &'q Catalog,
        record: &'q LearnerRecord,
        as_of: Date,
        accepted: Accepted,
        standing: &'q Standing,
    ) -> Self {
        Self { catalog, record, as_of, accepted, standing, required: OnceCell::new(), touched: Cell::new(0) }
    }

    /// Renews on its terms, in a run in which everything is taken, what can be renewed in it, windows aside; whether
    /// that was found out of all.
    pub(crate) fn add_to(&self, progress: &mut Progress<'_>) -> bool {
        let mut open = self.open(progress);
        if open.keys().filter(|&&credential| self.required(credential).is_some()).count() > MOST_JUDGED {
            return false;
        }
        loop {
            let before = open.len();
            let mut renewed = Vec::new();
            for (&credential, award) in &open {
                if self.touched.get() > MOST_TOUCHED {
                    return false;
                }
                if self.is_there(credential, award, progress) {
                    renewed.push(credential);
                }
            }
            for credential in renewed {
                open.remove(&credential);
                progress.spare_rules_of(credential);
            }
            if open.len() == before {
                return true;
            }
            progress.settle();
        }
    }

    /// The same, whatever the renewals require.
    pub(crate) fn add_all_to(&self, progress: &mut Progress<'_>) {
        for &credential in self.open(progress).keys() {
            progress.spare_rules_of(credential);
        }
        progress.settle();
    }

    /// What is current on the date of the run, and is still offered, with the award that lasts longest.
    fn open(&self, progress: &Progress<'_>) -> BTreeMap<CredentialId, &'q Evidence> {
        let date = progress.scope.date;
        let mut open = expiring_last(self.catalog, self.standing, date);
        open.retain(|&credential, _| {
            let inside = progress.cone.is_none_or(|cone| cone.credentials[credential]);
            let offered = &self.catalog.terms(credential).offered;
            inside && self.catalog.renewal_spares_rules(credential) && !offered.is_over(date)
        });
        open
    }

    fn required(&self, credential: CredentialId) -> Option<(&'q RenewalRules, CredentialId)> {
        let rules = self.catalog.renewal_rules.as_deref()?;
        Some((rules, *rules.of.get(&credential)?))
    }

    /// Whether what the renewal requires is met by awards made after the one that is renewed, those of the run among
    /// them.
    fn is_there(&self, credential: CredentialId, award: &Evidence, progress: &Progress<'_>) -> bool {
        let Some((rules, required)) = self.required(credential) else { return true };
        let Self { record, as_of, accepted, .. } = *self;
        let all = self.required.get_or_init(|| Standing::new(&rules.catalog, record, as_of, accepted));
        let date = progress.scope.date;
        let standing = made_since(all.clone(), award.awarded);
        let cone = Cone::of(&rules.catalog, &standing.exceptions, [required]);
        let scope = Scope::certain(date, &EvaluateOptions::default());
        let mut run = Progress::run_within(&rules.catalog, &standing, scope, Some(&cone));
        if award.awarded.is_none_or(|awarded| awarded < date) {
            let is_new = |award: &Evidence| award.origin == Origin::Supposed && award.renewal().is_none();
            let new = progress.evidence.iter().map(|admitted| &admitted.evidence).filter(|award| is_new(award));
            for award in new.filter(|award| award.by().is_empty()) {
                run.receive(run.new_award(award.credential, Origin::Supposed));
            }
            for award in standing.completed(&rules.catalog, date) {
                run.receive(award);
            }
            run.settle();
        }
        let size = all.issued.len() + progress.evidence.len() + rules.catalog.network.len() / 64;
        self.touched.set(self.touched.get() + run.touched() + size as u64);
        run.rule_is_met(Rule::stack(required))
    }
}
