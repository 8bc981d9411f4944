//! The awards that an audit lists: those of a credential, and those that end its validity.

use std::collections::BTreeSet;

use crate::audit::audit::{AuditedAward, AuditedPart};
use crate::audit::explain::Auditor;
use crate::catalog::catalog::Validity;
use crate::catalog::network::Rule;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Evidence, EvidenceId, last_day};
use crate::evaluate::exceptions::Bearer;
use crate::evaluate::outcome::Filled;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::uncounted::Uncounted;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness::{self, PartWitness};
use crate::record::award::copies;
use crate::record::exception::Waiver;
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, Id};

impl Auditor<'_, '_> {
    pub(crate) fn award(&self, award: &Award, last_day: Option<Date>) -> AuditedAward {
        let described = self.catalog.credential(&award.credential).map(|id| self.catalog.get(id));
        let (credential, title) =
            described.map_or((&award.credential, &award.credential), |described| (&described.id, &described.title));
        AuditedAward {
            credential: credential.clone(),
            title: title.clone(),
            renewed_by: None,
            awarded: award.awarded,
            last_day,
            status: award.status,
            revoked_on: award.revoked_on,
            distrusted: !self.evaluation.options.accepted().takes(award.verification),
            id: award.own_id().map(str::to_owned),
        }
    }

    /// The awards of the credentials of the wanted classes, whatever has become of them.
    pub(crate) fn awards(&self, wanted: impl Fn(ClassId) -> bool) -> Vec<AuditedAward> {
        let mut awards: Vec<AuditedAward> = Vec::new();
        let names = &self.catalog.names;
        let exceptions = &self.evaluation.standing.exceptions;
        let copies = copies(&self.evaluation.record.awards);
        for (place, award) in self.evaluation.record.awards.iter().enumerate() {
            if copies.get(place).is_some_and(|&is_copy| is_copy) {
                continue;
            }
            let of = self.catalog.credential(&award.credential);
            let stands_for = |foreign| {
                let routes = exceptions.routes(names, Bearer::Foreign(foreign)).into_iter();
                routes.filter(|route| route.within.is_none()).any(|route| wanted(names.class(route.named)))
            };
            let is_wanted = match of {
                Some(of) => wanted(names.class(of)),
                None => exceptions.foreign(&award.credential).is_some_and(stands_for),
            };
            if is_wanted {
                let validity = of.map_or(Validity::Forever, |of| self.catalog.get(of).valid_for);
                let end = |awarded: Date| last_day(validity, awarded);
                awards.push(self.award(award, award.valid_until.or_else(|| award.awarded.and_then(end))));
            }
        }
        awards.extend(self.renewed(wanted));
        awards.sort();
        awards
    }

    /// What does not count and no part tells: awards of the credential itself, by its names, and of ids that the
    /// catalog does not know.
    pub(crate) fn uncounted<'p>(
        &self,
        under: &[ClassId],
        rules: impl Iterator<Item = &'p AuditedPart>,
    ) -> Vec<Uncounted> {
        let mut told: BTreeSet<&Award> = BTreeSet::new();
        let mut open: Vec<&AuditedPart> = rules.collect();
        while let Some(part) = open.pop() {
            told.extend(part.uncounted.iter().map(|uncounted| &uncounted.award));
            open.extend(&part.parts);
        }
        let names = &self.catalog.names;
        let own = |uncounted: &&Uncounted| match self.catalog.credential(&uncounted.award.credential) {
            Some(of) => under.contains(&names.class(of)),
            None => true,
        };
        let of_all = self.evaluation.uncounted().iter();
        of_all.filter(own).filter(|uncounted| !told.contains(&uncounted.award)).cloned().collect()
    }

    /// The issued awards and the waivers that the verdict rests on until its last day, and that do not serve on the
    /// next.
    pub(crate) fn ends_with(&self, id: CredentialId, until: Option<Date>) -> (Vec<AuditedAward>, Vec<Waiver>) {
        let Evaluation { standing, options, .. } = self.evaluation;
        let days = until.and_then(|last| Some((last, last.next()?)));
        let Some((last, next)) = days else { return (Vec::new(), Vec::new()) };
        let network = &self.catalog.network;
        let progress = Progress::run(self.catalog, standing, Scope { date: last, ..Scope::certain(last, options) });
        let usable = Usable::new(&progress);
        let whole = EvidenceId::at(progress.evidence.len());
        let tops = Rule::all(id).filter_map(|rule| network.top(rule));
        let mut rests_on: PartWitness = tops.map(|top| witness::witness(&usable, self.catalog, top, whole)).collect();
        for rested in witness::support(&usable, self.catalog, &rests_on.filled) {
            rests_on.extend(rested.witness);
        }
        let PartWitness { filled, mut waived } = rests_on;
        waived.retain(|&part| standing.exceptions.waived_until(part) == Some(last));
        let ends = |filled: &&Filled| {
            let evidence: &Evidence = &progress.evidence[filled.evidence].evidence;
            let conditions = &network.conditions[network.leaf(filled.leaf).conditions];
            let lasts = evidence.stands(next) && (conditions.lapsed || evidence.lasts(next));
            evidence.is_issued() && !(lasts && evidence.meets(conditions, next))
        };
        let mut found = BTreeSet::new();
        for filled in filled.iter().filter(ends) {
            let evidence = &progress.evidence[filled.evidence].evidence;
            found.extend(self.listed(evidence));
        }
        (found.into_iter().collect(), self.waivers(&waived))
    }
}
