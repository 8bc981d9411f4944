//! Whether an award can be renewed on a date on the catalog's terms for that ([semantics
//! 7.9](crate::semantics#7.9)).

use std::collections::{BTreeMap, BTreeSet};
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
pub(crate) fn made_since(mut standing: Standing, renewed: Option<Date>) -> Standing {
    standing.issued.retain(|award| award.awarded.is_some_and(|day| renewed.is_none_or(|old| old < day)));
    standing
}

/// For each credential that states how it is renewed, of the awards that are current on a day the one that lasts
/// longest.
pub(crate) fn expiring_last<'s>(
    catalog: &Catalog,
    standing: &'s Standing,
    day: Date,
) -> BTreeMap<CredentialId, &'s Evidence> {
    let mut longest: BTreeMap<CredentialId, &Evidence> = BTreeMap::new();
    let lasting = |award: &&Evidence| (award.until.is_none(), award.until, award.awarded);
    for award in standing.issued.iter().filter(|award| award.stands(day) && award.lasts(day)) {
        if catalog.at(award.credential).renewal.is_some() && !award.is_substituted() {
            let known = longest.entry(award.credential).or_insert(award);
            *known = std::cmp::max_by_key(*known, award, lasting);
        }
    }
    longest
}

impl Standing {
    /// Notes which current awards can be renewed on the date, and which cannot: the window is not open yet, or what is
    /// required is not there; and of which that is not looked at, as there are too many.
    pub(crate) fn judge_renewals(
        &mut self,
        catalog: &Catalog,
        record: &LearnerRecord,
        as_of: Date,
        accepted: Accepted,
    ) {
        let longest = expiring_last(catalog, self, as_of);
        let mut judged = 0;
        let (mut can, mut cannot, mut unjudged) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (credential, award) in longest {
            let required =
                catalog.renewal_rules.as_deref().and_then(|rules| Some((rules, *rules.of.get(&credential)?)));
            let opens = catalog.at(credential).renewal.and_then(|renewal| renewal.window).zip(award.until);
            let is_open = opens.is_none_or(|(window, last)| last.before(window) <= as_of);
            let is_met = |(rules, required): (&RenewalRules, CredentialId)| {
                let all = Standing::new(&rules.catalog, record, as_of, accepted);
                let standing = made_since(all, award.awarded);
                meets(rules, required, &standing, as_of)
            };
            judged += usize::from(is_open && required.is_some());
            if is_open && required.is_some() && judged > MOST_JUDGED {
                unjudged.insert(credential);
            } else if !is_open || required.is_some_and(|required| !is_met(required)) {
                cannot.insert(credential);
            } else if catalog.renewal_spares_rules(credential) {
                can.insert(credential);
            }
        }
        self.renewable = Arc::new(can);
        (self.unrenewable, self.unjudged) = (Arc::new(cannot), unjudged);
    }
}

/// Whether what a renewal requires is met by what counts for it.
pub(crate) fn meets(rules: &RenewalRules, required: CredentialId, standing: &Standing, as_of: Date) -> bool {
    let cone = Cone::of(&rules.catalog, &standing.exceptions, [required]);
    let scope = Scope::certain(as_of, &EvaluateOptions::default());
    Progress::run_within(&rules.catalog, standing, scope, Some(&cone)).rule_is_met(Rule::stack(required))
}

/// Credentials of which it is found out whether what their renewals require is there.
const MOST_JUDGED: usize = 400;
