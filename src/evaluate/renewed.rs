//! The awards of a record that others of its awards are besides, found when it is brought into the catalog's terms
//! ([semantics 3.9](crate::semantics#3.9)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::{Catalog, Validity};
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Admitted, Evidence, Origin, RenewalId};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::Filled;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::renewals::{RenewalLedger, Renewed};
use crate::evaluate::standing::{RenewalGrounds, Standing};
use crate::evaluate::usable::Usable;
use crate::evaluate::witness::support;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, LeafId};

/// Leaves followed on all days on which awards that depend on components could be renewed, before what is left is left
/// open: about a second.
const MOST_TOUCHED: u64 = 50_000_000;
/// Awards by renewal of one record, before what is left is left open.
const MOST_RENEWED: usize = 500_000;

impl Standing {
    /// Brings in what renewals do to awards and by them.
    pub(crate) fn follow_renewals(&mut self, catalog: &Catalog) {
        self.keep_cycles(catalog);
        if !catalog.renewing.is_empty() {
            self.renewals_open = !self.add_renewals(catalog);
            self.issued.sort_by(|a, b| a.kind().cmp(&b.kind()));
        }
    }

    /// Lets awards of what keeps its cycle last on from the last day of an earlier one that is current on their day
    /// ([semantics 7.9](crate::semantics#7.9)). One whose last day is recorded lasts until then.
    fn keep_cycles(&mut self, catalog: &Catalog) {
        let mut cycles: BTreeMap<CredentialId, Vec<&mut Evidence>> = BTreeMap::new();
        for award in &mut self.issued {
            if catalog.keeps_cycle(award.credential) && award.awarded.is_some() && !award.is_substituted() {
                cycles.entry(award.credential).or_default().push(award);
            }
        }
        for (credential, mut awards) in cycles {
            let Validity::For(term) = catalog.terms(credential).valid_for else { continue };
            awards.sort_by_key(|award| award.awarded);
            // The latest last day of awards made on earlier days, and of those made on the day.
            let (mut last, mut today): (Option<Date>, (Option<Date>, Option<Date>)) = (None, (None, None));
            for award in awards {
                let Some(awarded) = award.awarded else { continue };
                if today.0 != Some(awarded) {
                    last = last.max(today.1);
                    today = (Some(awarded), None);
                }
                let own = award.until.filter(|_| award.revoked.is_none() && !award.is_end_recorded);
                if let (Some(own), Some(last)) = (own, last.filter(|&last| awarded <= last)) {
                    let kept = last.next().and_then(|begins| term.last_day(begins));
                    award.until = kept.map(|kept| kept.max(own));
                }
                today.1 = today.1.max(award.until);
            }
        }
    }

    /// Adds the awards that awards of the record are besides. `false` if that could not be settled for all of them.
    fn add_renewals(&mut self, catalog: &Catalog) -> bool {
        let unit = |award: &Evidence| catalog.names.unit(award.credential);
        let is_renewable = |award: &&Evidence| !catalog.renewing.renewed_by(unit(award)).is_empty();
        let renews = |award: &&Evidence| !catalog.renewing.renews(unit(award)).is_empty();
        if !self.issued.iter().any(|award| renews(&award)) || !self.issued.iter().any(|award| is_renewable(&award)) {
            return true;
        }
        let depending: BTreeSet<CredentialId> = self
            .issued
            .iter()
            .filter(|award| is_renewable(award) && award.depends())
            .map(|award| award.credential)
            .collect();
        if !depending.is_empty() {
            return self.renew_day_by_day(catalog, &depending);
        }
        let mut open: Vec<Evidence> =
            self.issued.iter().rev().filter(|award| renews(award) || is_renewable(award)).cloned().collect();
        let mut ledger = RenewalLedger::default();
        let mut added = Vec::new();
        while let Some(award) = open.pop() {
            let renewed = ledger.take(catalog, &award);
            let before = added.len();
            added.extend(renewed.into_iter().map(|renewed| self.listed(renewed, RenewalGrounds::default())));
            open.extend_from_slice(&added[before..]);
            if added.len() > MOST_RENEWED {
                return false;
            }
        }
        self.issued.extend(added);
        true
    }

    /// The same where some of the awards depend on components: on each day the evaluator says whether these are met.
    fn renew_day_by_day(&mut self, catalog: &Catalog, depending: &BTreeSet<CredentialId>) -> bool {
        let renews = |award: &&Evidence| !catalog.renewing.renews(catalog.names.unit(award.credential)).is_empty();
        let days: BTreeSet<Date> = self.issued.iter().filter(renews).filter_map(|award| award.awarded).collect();
        let cone = Cone::of(catalog, &self.exceptions, depending.iter().copied());
        let mut touched = 0;
        for day in days {
            let scope = Scope { derives: true, ..Scope::certain(day, &EvaluateOptions::default()) };
            let progress = Progress::run_within(catalog, self, scope, Some(&cone));
            touched += progress.touched() + (catalog.network.len() / 8 + self.issued.len()) as u64;
            let grounds = grounds_on_day(catalog, &progress);
            let (renewed, settled) = (progress.work.renewed.clone(), progress.undecided.is_empty());
            for renewed in renewed {
                let award = self.listed(renewed, grounds.clone());
                self.issued.push(award);
            }
            if !settled || touched > MOST_TOUCHED || self.issued.len() > MOST_RENEWED {
                return false;
            }
        }
        true
    }
}

impl Standing {
    /// The award by renewal, with its grounds listed.
    fn listed(&mut self, renewed: Renewed, grounds: RenewalGrounds) -> Evidence {
        let Renewed { award, by, current } = renewed;
        let RenewalGrounds { mut awards, mut before, waived, substitutions } = grounds;
        if let Origin::Issued(current) = current.origin {
            awards.insert(current);
        }
        before.extend(by.into_iter().chain(current.renewal()).filter(|&before| before != RenewalId::UNLISTED));
        award.resting_on(self.renewals.push(RenewalGrounds { awards, before, waived, substitutions }))
    }

    /// All that an award by renewal rests on beside the award that renews.
    pub(crate) fn grounds(&self, renewal: RenewalId) -> RenewalGrounds {
        let mut all = RenewalGrounds::default();
        let mut open = vec![renewal];
        while let Some(next) = open.pop() {
            let Some(RenewalGrounds { awards, before, waived, substitutions }) = self.renewals.get(next) else {
                continue;
            };
            all.awards.extend(awards);
            all.waived.extend(waived);
            all.substitutions.extend(substitutions);
            open.extend(before.iter().filter(|&&before| all.before.insert(before)));
        }
        all
    }
}

/// What the awards that were renewed on a day and depend on components rested on.
fn grounds_on_day(catalog: &Catalog, progress: &Progress<'_>) -> RenewalGrounds {
    let renewed = &progress.work.renewed;
    let is_renewed = |admitted: &Admitted| {
        let of = |renewed: &Renewed| renewed.current.origin == admitted.evidence.origin;
        admitted.again && renewed.iter().any(of)
    };
    let filled: Vec<Filled> = progress
        .evidence
        .entries()
        .filter(|(_, admitted)| is_renewed(admitted))
        .map(|(evidence, _)| Filled { leaf: LeafId::NOWHERE, evidence, amount: 1 })
        .collect();
    let mut grounds = RenewalGrounds::default();
    if filled.is_empty() {
        return grounds;
    }
    for rested in support(&Usable::new(progress), catalog, &filled) {
        grounds.waived.extend(rested.witness.waived);
        for filled in rested.witness.filled {
            let evidence = &progress.evidence[filled.evidence].evidence;
            grounds.substitutions.extend(evidence.by());
            grounds.before.extend(evidence.renewal().filter(|&before| before != RenewalId::UNLISTED));
            if let Origin::Issued(award) = evidence.origin {
                grounds.awards.insert(award);
            }
        }
    }
    grounds
}
