//! The exceptions of a record in the terms of a catalog, and those that have no place in it ([semantics
//! 3.6](crate::semantics#3.6), [3.7](crate::semantics#3.7)).

use crate::value::ids::{ClassId, CredentialId, Id, IdVec, id};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Network, Part, Rule};
use crate::read::near::nearest;
use crate::record::exception::{Exception, Substitution, Waived, Waiver};
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::text::printable;

/// Substitutions of one record that are applied. Each award can count once more by each of them, and again within each
/// credential that one is limited to, so there has to be an end.
const MOST_SUBSTITUTIONS: usize = 32;

id! {
    /// A waiver that has a place in the catalog.
    WaiverId
}
id! {
    /// A substitution that has a place in the catalog.
    SubstitutionId
}
id! {
    /// An id of awards that the catalog does not know and that a substitution uses.
    ForeignId
}

/// The decisions for one learner, as far as the catalog has a place for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exceptions {
    /// The groups and leaves that need not be met, each with the waiver that lasts longest.
    pub(crate) waived: BTreeMap<Part, WaiverId>,
    /// Credentials with a waived component of the stack that stands in a sum, likewise.
    pub(crate) started: BTreeMap<CredentialId, WaiverId>,
    pub(crate) substitutions: IdVec<SubstitutionId, Resolved>,
    /// The waivers and substitutions that these come from, each once, in an order of their own.
    pub(crate) waivers: IdVec<WaiverId, Waiver>,
    pub(crate) written: IdVec<SubstitutionId, Substitution>,
    /// Ids that the catalog does not know and that a substitution uses, sorted.
    foreign: IdVec<ForeignId, String>,
    pub(crate) misplaced: Vec<Misplaced>,
}

/// One substitution: whatever bears one name bears another one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    from: Bearer,
    pub(crate) to: CredentialId,
    /// The credential in whose rules alone it holds.
    pub(crate) within: Option<CredentialId>,
}

/// The name that awards go by before they are substituted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Bearer {
    /// The names of a class.
    Class(ClassId),
    /// An id that the catalog does not know.
    Foreign(ForeignId),
}

/// Where names are followed, and what is borne there without any substitution.
struct Within<'e> {
    scope: Option<CredentialId>,
    own: &'e BTreeSet<ClassId>,
}

/// A further name that an award bears through substitutions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    /// The credential whose names it bears.
    pub(crate) named: CredentialId,
    pub(crate) within: Option<CredentialId>,
    /// The substitutions, in the order in which they led here.
    pub(crate) by: Vec<SubstitutionId>,
}

impl Exceptions {
    pub(crate) fn new(catalog: &Catalog, record: &LearnerRecord, as_of: Date) -> Self {
        let mut resolver = Resolver { catalog, exceptions: Self::default(), names_left: 1_000_000 };
        resolver.waive_all(record, as_of);
        let mut substitutions: Vec<&Substitution> = record.substitutions.iter().collect();
        substitutions.sort();
        if !substitutions.is_empty() {
            let unknown = unknown_ids(catalog, record);
            let used: BTreeSet<&str> = substitutions.iter().map(|substitution| &*substitution.used).collect();
            resolver.exceptions.foreign = used.intersection(&unknown).map(|&id| id.to_owned()).collect();
            for substitution in substitutions {
                if let Err((place, nearest)) = resolver.substitute(substitution, &unknown) {
                    resolver.misplaced(Exception::Substitution(substitution.clone()), place, nearest);
                }
            }
        }
        resolver.report_unnamed();
        let mut exceptions = resolver.exceptions;
        exceptions.misplaced.sort();
        exceptions.misplaced.dedup();
        exceptions
    }

    /// The number of an id that the catalog does not know but a substitution uses.
    pub(crate) fn foreign(&self, id: &str) -> Option<ForeignId> {
        self.foreign.as_slice().binary_search_by(|known| known.as_str().cmp(id)).ok().map(ForeignId::at)
    }

    /// Every further name that awards bear by substitutions, beside those that the catalog gives them. For an id that
    /// the catalog does not know, each substitution of it is followed by itself: the amount of such an award depends on
    /// it.
    pub(crate) fn routes(&self, names: &Names, bearer: Bearer) -> Vec<Route> {
        let class = match bearer {
            Bearer::Class(class) => class,
            Bearer::Foreign(_) => {
                let first = self.substitutions.entries().filter(|(_, substitution)| substitution.from == bearer);
                let first = first.map(|(number, substitution)| Route {
                    named: substitution.to,
                    within: substitution.within,
                    by: vec![number],
                });
                return first.flat_map(|first| self.further(names, names.class(first.named), Some(first))).collect();
            }
        };
        self.further(names, class, None)
    }

    /// The first route, if there is one, and every name that it or the class leads to: everywhere, then within each
    /// credential for which there are substitutions what is new there.
    fn further(&self, names: &Names, class: ClassId, first: Option<Route>) -> Vec<Route> {
        let mut reached: BTreeSet<ClassId> = Names::closure(class, |class| names.up(class)).into_iter().collect();
        // What is borne without any substitution.
        let own = if first.is_some() { BTreeSet::new() } else { reached.clone() };
        let scope = first.as_ref().and_then(|first| first.within);
        let mut routes: Vec<Route> = first.into_iter().collect();
        self.follow(names, &Within { scope, own: &own }, &mut reached, &mut routes);
        if scope.is_none() {
            let everywhere = routes.clone();
            let scopes: BTreeSet<CredentialId> =
                self.substitutions.iter().filter_map(|substitution| substitution.within).collect();
            for scope in scopes {
                let mut found = everywhere.clone();
                self.follow(names, &Within { scope: Some(scope), own: &own }, &mut reached.clone(), &mut found);
                routes.extend(found.split_off(everywhere.len()));
            }
        }
        routes
    }

    /// Applies the substitutions that hold in a scope to all that is reached, until they reach nothing new.
    fn follow(
        &self,
        names: &Names,
        &Within { scope, own }: &Within<'_>,
        reached: &mut BTreeSet<ClassId>,
        routes: &mut Vec<Route>,
    ) {
        let up = |class| Names::closure(class, |class| names.up(class));
        loop {
            let before = routes.len();
            for (number, substitution) in self.substitutions.entries() {
                let Bearer::Class(from) = substitution.from else { continue };
                let holds = substitution.within.is_none() || substitution.within == scope;
                if !holds || !reached.contains(&from) || reached.contains(&names.class(substitution.to)) {
                    continue;
                }
                let leads = |route: &&Route| up(names.class(route.named)).contains(&from);
                let before = routes.iter().find(leads).filter(|_| !own.contains(&from));
                let by = before.map(|route| route.by.clone()).unwrap_or_default();
                routes.push(Route { named: substitution.to, within: scope, by: [&by[..], &[number]].concat() });
                reached.extend(up(names.class(substitution.to)));
            }
            if routes.len() == before {
                return;
            }
        }
    }

    /// The class and every class that counts as it in the rules of the credential `within`, or anywhere if that is
    /// `None`.
    pub(crate) fn counting_as(&self, names: &Names, class: ClassId, within: Option<CredentialId>) -> Vec<ClassId> {
        if self.substitutions.is_empty() {
            return Names::closure(class, |class| names.down(class));
        }
        let mut found = vec![class];
        let mut next = 0;
        while let Some(&class) = found.get(next) {
            next += 1;
            for further in names.down(class).iter().copied().chain(self.standing_for(names, class, within)) {
                if !found.contains(&further) {
                    found.push(further);
                }
            }
        }
        found
    }

    /// The classes that stand for this one by a substitution.
    fn standing_for(
        &self,
        names: &Names,
        class: ClassId,
        within: Option<CredentialId>,
    ) -> impl Iterator<Item = ClassId> {
        let holds = move |substitution: &&Resolved| {
            names.class(substitution.to) == class && (substitution.within.is_none() || substitution.within == within)
        };
        self.substitutions.iter().filter(holds).filter_map(|substitution| match substitution.from {
            Bearer::Class(from) => Some(from),
            Bearer::Foreign(_) => None,
        })
    }

    /// The classes that this one stands for by substitutions that hold everywhere.
    pub(crate) fn stands_for(&self, names: &Names, class: ClassId) -> impl Iterator<Item = ClassId> {
        let holds =
            move |substitution: &&Resolved| substitution.from == Bearer::Class(class) && substitution.within.is_none();
        self.substitutions.iter().filter(holds).map(|substitution| names.class(substitution.to))
    }

    /// The classes that this one stands for by a substitution anywhere.
    pub(crate) fn stands_for_anywhere(&self, names: &Names, class: ClassId) -> impl Iterator<Item = ClassId> {
        let holds = move |substitution: &&Resolved| substitution.from == Bearer::Class(class);
        self.substitutions.iter().filter(holds).map(|substitution| names.class(substitution.to))
    }

    /// The classes that stand for this one by a substitution anywhere.
    pub(crate) fn standing_anywhere(&self, names: &Names, class: ClassId) -> impl Iterator<Item = ClassId> {
        self.substitutions.iter().filter_map(move |substitution| match substitution.from {
            Bearer::Class(from) if names.class(substitution.to) == class => Some(from),
            _ => None,
        })
    }
}

/// The ids of awards that the catalog does not know.
pub(crate) fn unknown_ids<'r>(catalog: &Catalog, record: &'r LearnerRecord) -> BTreeSet<&'r str> {
    let ids = record.awards.iter().map(|award| award.credential.as_str());
    ids.filter(|id| catalog.credential(id).is_none()).collect()
}

/// Looks up the places of exceptions.
pub(crate) struct Resolver<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) exceptions: Exceptions,
    /// Names that may still be looked at for suggestions.
    names_left: usize,
}

impl Resolver<'_> {
    pub(crate) fn misplaced(&mut self, exception: Exception, place: NoPlace, nearest: Option<String>) {
        self.exceptions.misplaced.push(Misplaced { exception, place, nearest });
    }

    /// The nearest of some names, as long as there is time to look at names.
    pub(crate) fn near<'n>(&mut self, name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
        let names_left = &mut self.names_left;
        let known = known.take_while(|_| {
            *names_left = names_left.saturating_sub(1);
            *names_left > 0
        });
        nearest(name, known).map(str::to_owned)
    }

    /// That there is no such credential, with the nearest that there is.
    pub(crate) fn no_credential(&mut self, id: &str, also: &BTreeSet<&str>) -> (NoPlace, Option<String>) {
        let known = self.catalog.credentials().map(|(_, known)| &*known.id);
        (NoPlace::Credential(id.to_owned()), self.near(id, also.iter().copied().chain(known)))
    }

    /// Reports the substitutions within a credential whose rules name nothing that they lead to.
    fn report_unnamed(&mut self) {
        let Catalog { names, network, .. } = self.catalog;
        let scoped =
            self.exceptions.substitutions.entries().filter_map(|(number, known)| Some((known.within?, number)));
        for (target, number) in scoped.collect::<Vec<_>>() {
            let to = self.exceptions.substitutions[number].to;
            let routes = self.exceptions.routes(names, Bearer::Class(names.class(to))).into_iter();
            let further = routes.filter(|route| route.within.is_none_or(|within| within == target));
            let reached: BTreeSet<ClassId> = further
                .map(|route| route.named)
                .chain([to])
                .flat_map(|credential| Names::closure(names.class(credential), |class| names.up(class)))
                .collect();
            let named = |network: &Network, of: CredentialId| {
                let tops = Rule::all(of).filter_map(|rule| network.top(rule));
                let leaves = tops.flat_map(|top| network.leaves_below(top));
                leaves.map(|leaf| network.leaf(leaf).credential).collect::<BTreeSet<CredentialId>>()
            };
            let mut named_here = named(network, target);
            if let Some(rules) = self.catalog.renewal_rules.as_deref() {
                let required = rules.of.get(&target).map(|&required| named(&rules.catalog.network, required));
                named_here.extend(required.into_iter().flatten());
            }
            if !named_here.iter().any(|&credential| reached.contains(&names.class(credential))) {
                let nearest = self.near(self.catalog.id(to), named_here.iter().map(|&of| self.catalog.id(of)));
                let exception = Exception::Substitution(self.exceptions.written[number].clone());
                self.misplaced(exception, NoPlace::NotNamed, nearest);
            }
        }
    }

    fn substitute(
        &mut self,
        substitution: &Substitution,
        unknown: &BTreeSet<&str>,
    ) -> Result<(), (NoPlace, Option<String>)> {
        let (catalog, none) = (self.catalog, BTreeSet::new());
        let Substitution { used, stands_for, within, .. } = substitution;
        let to = catalog.credential(stands_for).ok_or_else(|| self.no_credential(stands_for, &none))?;
        let within = match within {
            None => None,
            Some(id) => Some(catalog.credential(id).ok_or_else(|| self.no_credential(id, &none))?),
        };
        let from = match (catalog.credential(used), self.exceptions.foreign(used)) {
            (Some(of), _) => Bearer::Class(catalog.names.class(of)),
            (None, Some(foreign)) => Bearer::Foreign(foreign),
            (None, None) => return Err(self.no_credential(used, unknown)),
        };
        let resolved = Resolved { from, to, within };
        let further = within.into_iter().flat_map(|within| catalog.having_rules_of(within));
        let further: Vec<Resolved> = further.map(|within| Resolved { from, to, within: Some(within) }).collect();
        if self.exceptions.substitutions.iter().any(|other| *other == resolved) {
            return Err((NoPlace::Repeated, None));
        }
        if self.exceptions.substitutions.len() >= MOST_SUBSTITUTIONS {
            return Err((NoPlace::TooMany, None));
        }
        for resolved in std::iter::once(resolved).chain(further) {
            self.exceptions.substitutions.push(resolved);
            self.exceptions.written.push(substitution.clone());
        }
        Ok(())
    }
}

/// A waiver or substitution that has no effect, because the catalog has no place for it.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.python = {}
///     credential.analyst = { stack = { name = "core", all_of = ["python"] } }
/// "#)?;
/// let record = LearnerRecord::parse("record", "waiver = [{ credential = 'analyst', requirement = 'cor' }]")?;
/// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
/// assert_eq!(
///     evaluation.misplaced()[0].to_string(),
///     "the waiver of `cor` for `analyst` has no effect: no group of the credential has that name; \
///      did you mean `core`?",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Misplaced {
    /// The exception as the record states it.
    pub exception: Exception,
    /// The thing that the catalog does not have.
    pub place: NoPlace,
    /// The nearest name that the catalog does have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

/// The reason why an exception has no place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NoPlace {
    /// Neither the catalog nor, for the award of a substitution, the record has a credential with this id.
    Credential(String),
    /// No group of the credential has that name.
    Requirement,
    /// The credential has no prerequisite.
    Prerequisite,
    /// The rules of the credential do not name that component.
    Component,
    /// What is waived only adds to a sum, and a waiver adds no credits.
    OnlyAdds,
    /// Another exception of the record says the same, or waives it for longer.
    Repeated,
    /// The waiver had effect up to this day only, which is before the as-of date.
    Ended(Date),
    /// The rules of the credential within which it should hold name nothing that could be substituted so.
    NotNamed,
    /// One record has more substitutions than are applied: 32.
    TooMany,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.exception.clone().bare();
        let article = if matches!(what, Exception::Waiver(_)) { "the " } else { "" };
        let now = if matches!(self.place, NoPlace::Ended(_)) { " any more" } else { "" };
        write!(f, "{article}{what} has no effect{now}: ")?;
        match &self.place {
            NoPlace::Credential(id) => write!(f, "there is no credential `{}`", printable(id))?,
            NoPlace::Requirement => {
                f.write_str("no group of the credential has that name")?;
                // So the whole prerequisite was named once.
                if let Exception::Waiver(Waiver { waived: Waived::Requirement(name), .. }) = &self.exception
                    && name == "prerequisite"
                {
                    f.write_str("; its whole prerequisite is waived by `prerequisite = true`")?;
                }
            }
            NoPlace::Prerequisite => f.write_str("the credential has no prerequisite")?,
            NoPlace::Component => f.write_str("the credential's rules do not name that component")?,
            NoPlace::OnlyAdds => f.write_str("it only adds to a sum, and a waiver adds no credits")?,
            NoPlace::Repeated => f.write_str("another one says the same")?,
            NoPlace::Ended(until) => write!(f, "it ended on {until}")?,
            NoPlace::NotNamed => f.write_str("the rules of the credential do not name it")?,
            NoPlace::TooMany => write!(f, "a record can have {MOST_SUBSTITUTIONS} substitutions")?,
        }
        self.nearest.as_ref().map_or(Ok(()), |near| write!(f, "; did you mean `{}`?", printable(near)))
    }
}
