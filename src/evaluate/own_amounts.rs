//! Amounts that awards carry of their own, and that new awards of the same credential carry as well: what is recorded
//! for less than the catalog's amount is not earned again for the difference ([semantics 7](crate::semantics#7)).

use std::collections::BTreeMap;

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::Unit;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin};
use crate::evaluate::exceptions::{Bearer, Exceptions};
use crate::evaluate::standing::Standing;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, LeafId, UnitId};

/// Amounts of awards that are there, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnAmounts {
    pub(crate) credits: Option<u32>,
    pub(crate) hours: Option<u32>,
}

impl OwnAmounts {
    /// The amounts that every current award of a unit has, if each has some of its own: the greatest. Units of which a
    /// new award would serve where none of the old ones does, or better an average, are left out: it has another
    /// purpose. So are those that carry more than some place counts for a new one.
    pub(crate) fn there(catalog: &Catalog, standing: &Standing, date: Date) -> BTreeMap<UnitId, Self> {
        let names = &catalog.names;
        let mut by_unit: BTreeMap<UnitId, Vec<&Evidence>> = BTreeMap::new();
        for award in standing.issued.iter().filter(|award| award.stands(date) && award.lasts(date)) {
            if !names.repeatable(award.credential) && !award.is_substituted() && !award.depends() {
                by_unit.entry(names.unit(award.credential)).or_default().push(award);
            }
        }
        let of_unit = |awards: &Vec<&Evidence>| -> Option<Self> {
            let own: Vec<Self> = awards.iter().map(|award| award.own_amounts()).collect();
            let greatest =
                |of: fn(&Self) -> Option<u32>| own.iter().map(of).min().flatten().and(own.iter().filter_map(of).max());
            let (credits, hours) = (greatest(|own| own.credits), greatest(|own| own.hours));
            let own = Self { credits, hours };
            let any = credits.is_some() || hours.is_some();
            (any && serve_everywhere(catalog, &standing.exceptions, awards, own, date)).then_some(own)
        };
        by_unit.iter().filter_map(|(&unit, awards)| Some((unit, of_unit(awards)?))).collect()
    }
}

/// Whether there is no place that a new award would fill and none of these does, and none where these amounts would be
/// too much, or where the points of an award matter.
fn serve_everywhere(
    catalog: &Catalog,
    exceptions: &Exceptions,
    awards: &[&Evidence],
    own: OwnAmounts,
    date: Date,
) -> bool {
    let (network, names) = (&catalog.network, &catalog.names);
    let Some(first) = awards.first() else { return true };
    let new = Evidence::new(catalog, first.credential, date, Grade::Sufficient, Origin::Supposed);
    let class = names.class(first.credential);
    let routes = exceptions.routes(names, Bearer::Class(class)).into_iter();
    let named = routes.map(|route| (names.class(route.named), route.within)).chain([(class, None)]);
    let serve = |leaf: LeafId, within: Option<CredentialId>| {
        let conditions = &network.conditions[network.leaf(leaf).conditions];
        let there = within.is_none_or(|within| network.rule_of(leaf).credential() == within);
        let most = network.leaf(leaf).weight;
        let too_much = match network.unit_of(leaf) {
            Some(Unit::Credits) => own.credits.is_some_and(|own| own > most),
            Some(Unit::Hours) => own.hours.is_some_and(|own| own > most),
            Some(Unit::Places) | None => false,
        };
        let as_good = !too_much && network.averaged_around(leaf).is_none();
        let filled = || awards.iter().any(|award| award.meets(conditions, date));
        !there || !new.meets(conditions, date) || as_good && filled()
    };
    let mut uses = named.flat_map(|(class, within)| {
        let classes = Names::closure(class, |class| names.up(class)).into_iter();
        classes.flat_map(|class| network.particular_uses.list(class)).map(move |used| (used.leaf, within))
    });
    uses.all(|(leaf, within)| serve(leaf, within))
}
