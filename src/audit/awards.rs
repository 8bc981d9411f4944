//! The awards that an audit lists: those of a credential, and those that end its validity.

use std::collections::BTreeSet;

use crate::audit::audit::AuditedAward;
use crate::audit::explain::Auditor;
use crate::catalog::catalog::Validity;
use crate::catalog::network::Rule;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Evidence, EvidenceId, last_day};
use crate::evaluate::exceptions::Bearer;
use crate::evaluate::outcome::Filled;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness::{self, PartWitness};
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, Id};

impl Auditor<'_, '_> {
    fn award(&self, award: &Award, last_day: Option<Date>) -> AuditedAward {
        let title = self.catalog.credential(&award.credential).map(|id| self.catalog.get(id).title.clone());
        AuditedAward {
            credential: award.credential.clone(),
            title: title.unwrap_or_else(|| award.credential.clone()),
            awarded: award.awarded,
            last_day,
            status: award.status,
        }
    }

    /// The awards of the credentials of the wanted classes, whatever has become of them.
    pub(crate) fn awards(&self, wanted: impl Fn(ClassId) -> bool) -> Vec<AuditedAward> {
        let mut awards: Vec<AuditedAward> = Vec::new();
        let names = &self.catalog.names;
        let exceptions = &self.evaluation.standing.exceptions;
        for award in &self.evaluation.record.awards {
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
        awards.sort();
        awards
    }

    /// The issued awards that the verdict rests on until its last day, and that do not serve on the next.
    pub(crate) fn ends_with(&self, id: CredentialId, until: Option<Date>) -> Vec<AuditedAward> {
        let Evaluation { standing, options, .. } = self.evaluation;
        let Some(last) = until else { return Vec::new() };
        let Some(next) = last.next() else { return Vec::new() };
        let network = &self.catalog.network;
        let progress = Progress::run(self.catalog, standing, Scope { date: last, ..Scope::certain(last, options) });
        let usable = Usable::new(&progress);
        let whole = EvidenceId::at(progress.evidence.len());
        let tops = Rule::all(id).filter_map(|rule| network.top(rule));
        let mut filled =
            tops.map(|top| witness::witness(&usable, self.catalog, top, whole)).collect::<PartWitness>().filled;
        filled.extend(
            witness::support(&usable, self.catalog, &filled).into_iter().flat_map(|rested| rested.witness.filled),
        );
        let ends = |filled: &&Filled| {
            let evidence: &Evidence = &progress.evidence[filled.evidence].evidence;
            let conditions = &network.conditions[network.leaf(filled.leaf).conditions];
            evidence.is_issued() && !(evidence.meets(conditions, next) && (conditions.lapsed || evidence.lasts(next)))
        };
        let mut found = BTreeSet::new();
        for filled in filled.iter().filter(ends) {
            let evidence = &progress.evidence[filled.evidence].evidence;
            found.extend(self.issued(evidence.origin).map(|award| self.award(award, evidence.until)));
        }
        found.into_iter().collect()
    }
}
