//! What may come beside a plan's steps on the calendar: what lapses, again; and what that takes in its turn.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::evaluate::cone::Cone;
use crate::evaluate::exceptions::Exceptions;
use crate::schedule::judge::Judge;
use crate::schedule::model::TimedStep;
use crate::schedule::renewing::RenewalJudge;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// All that these credentials can depend on, what their renewals require included.
pub(crate) fn cone(
    catalog: &Catalog,
    exceptions: &Exceptions,
    renewing: &RenewalJudge<'_>,
    of: impl IntoIterator<Item = CredentialId>,
) -> Cone {
    let mut seeds: BTreeSet<CredentialId> = of.into_iter().collect();
    loop {
        let cone = Cone::of(catalog, exceptions, seeds.iter().copied());
        let asked: BTreeSet<CredentialId> = inside(&cone).flat_map(|credential| renewing.asked(credential)).collect();
        let further: Vec<CredentialId> = asked.into_iter().filter(|&asked| !cone.credentials[asked]).collect();
        if further.is_empty() {
            return cone;
        }
        seeds.extend(further);
    }
}

fn inside(cone: &Cone) -> impl Iterator<Item = CredentialId> {
    cone.credentials.entries().filter(|&(_, &inside)| inside).map(|(credential, _)| credential)
}

/// Renewals and retakes that the plan does not ask for: of what is held from the first day on, or awarded by the plan,
/// and can come to count no longer; and what they take, as far as there is any use in more of it.
pub(crate) fn candidates(judge: &Judge<'_>, planned: &[TimedStep], start: Date) -> BTreeSet<CredentialId> {
    let catalog = judge.catalog;
    if judge.timeless {
        return BTreeSet::new();
    }
    let lasting = judge.standing.issued.iter().filter(|award| award.lasts(start.min(judge.as_of)));
    let held: BTreeSet<CredentialId> = lasting
        .filter(|award| award.is_award_of(award.credential))
        .map(|award| award.credential)
        .chain(planned.iter().map(|step| step.credential))
        .collect();
    let ageing: Vec<CredentialId> = held.iter().copied().filter(|&credential| judge.ages(credential)).collect();
    let all = cone(catalog, &judge.standing.exceptions, &judge.renewing, ageing);
    let counted_anew: BTreeSet<CredentialId> =
        inside(&all).flat_map(|credential| judge.renewing.asked(credential)).collect();
    let is_of_use = |credential: CredentialId| {
        !held.contains(&credential)
            || judge.ages(credential)
            || catalog.names.repeatable(credential)
            || counted_anew.contains(&credential)
            || !catalog.renewing.renews(catalog.names.unit(credential)).is_empty()
    };
    let open = inside(&all).filter(|&credential| !catalog.at(credential).offered.is_over(start));
    open.filter(|&credential| is_of_use(credential)).collect()
}
