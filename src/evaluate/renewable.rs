//! Whether an award can be renewed on a date on the catalog's terms for that ([semantics
//! 7.9](crate::semantics#7.9)).

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::catalog::{Catalog, RenewalRules};
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::options::{Accepted, EvaluateOptions};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// What counts of a record for what a renewal requires: the awards made after the one that is to be renewed.
pub(crate) fn made_since(
    rules: &RenewalRules,
    record: &LearnerRecord,
    as_of: Date,
    accepted: Accepted,
    renewed: Option<Date>,
) -> Standing {
    let mut standing = Standing::new(&rules.catalog, record, as_of, accepted);
    standing.issued.retain(|award| award.awarded.is_some_and(|day| renewed.is_none_or(|old| old < day)));
    standing
}

impl Standing {
    /// Notes which current awards cannot be renewed on the date: the window is not open yet, or what is required is
    /// not there.
    pub(crate) fn judge_renewals(
        &mut self,
        catalog: &Catalog,
        record: &LearnerRecord,
        as_of: Date,
        accepted: Accepted,
    ) {
        let current: BTreeSet<CredentialId> = self
            .issued
            .iter()
            .filter(|award| award.stands(as_of) && award.lasts(as_of) && catalog.at(award.credential).renewal.is_some())
            .map(|award| award.credential)
            .collect();
        let cannot = |&credential: &CredentialId| !self.can_be_renewed(catalog, record, as_of, accepted, credential);
        self.unrenewable = Arc::new(current.into_iter().filter(cannot).collect());
    }

    fn can_be_renewed(
        &self,
        catalog: &Catalog,
        record: &LearnerRecord,
        as_of: Date,
        accepted: Accepted,
        credential: CredentialId,
    ) -> bool {
        let own = self.issued.iter().filter(|award| {
            award.is_award_of(credential) && !award.is_substituted() && award.stands(as_of) && award.lasts(as_of)
        });
        let longest = own.max_by_key(|award: &&Evidence| (award.until.is_none(), award.until, award.awarded));
        let Some(longest) = longest else { return true };
        let window = catalog.at(credential).renewal.and_then(|renewal| renewal.window);
        let opens = window.zip(longest.until).map(|(window, last)| last.before(window));
        if opens.is_some_and(|opens| as_of < opens) {
            return false;
        }
        let Some(rules) = catalog.renewal_rules.as_deref() else { return true };
        let Some(&required) = rules.of.get(&credential) else { return true };
        let standing = made_since(rules, record, as_of, accepted, longest.awarded);
        let cone = Cone::of(&rules.catalog, &standing.exceptions, [required]);
        let scope = Scope::certain(as_of, &EvaluateOptions::default());
        Progress::run_within(&rules.catalog, &standing, scope, Some(&cone)).rule_is_met(Rule::stack(required))
    }
}
