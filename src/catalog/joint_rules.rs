//! The rules of a catalog as a plan for several renewals at once sees them, for one learner ([semantics
//! 7.9](crate::semantics#7.9)): beside what is written stand the renewals, what they require, and that something lasts
//! to a day.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::catalog::beside::Beside;
use crate::catalog::catalog::{Catalog, Credential, Renewal, Validity, worth_nothing};
use crate::catalog::compile;
use crate::catalog::conditions::Conditions;
use crate::catalog::document;
use crate::catalog::document::{Document, Places, Pool, WrittenCredential};
use crate::catalog::requirement::{Kind, Listed, Members, Requirement};
use crate::read::limits::Limits;
use crate::read::parse::parse;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec, PoolId};
use crate::value::term::CalendarTerm;

/// What a learner has, as far as it decides what renewals take, and what is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct KeptTogether {
    pub(crate) as_of: Date,
    /// The day to which all of it is to last.
    pub(crate) until: Date,
    /// The credentials that are to be kept.
    pub(crate) kept: BTreeSet<CredentialId>,
    /// The current awards of what states how it is renewed.
    pub(crate) renewable: BTreeMap<CredentialId, RenewableAward>,
    /// What new awards of credentials that keep their cycle last to.
    pub(crate) cycles: BTreeMap<CredentialId, Date>,
    /// Credentials that last while their components do, of which an award has no other end before that day.
    pub(crate) lasting: BTreeSet<CredentialId>,
}

/// An award that can be renewed, if what that requires is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RenewableAward {
    /// The first day whose awards count as made after it.
    pub(crate) since: Date,
    /// The last day of what is renewed; none if it has none of its own.
    pub(crate) renewed_until: Option<Date>,
    /// The first day on which it can be renewed, if that is after the date.
    pub(crate) from: Option<Date>,
}

/// The catalog with what stands beside it.
pub(crate) struct JointRules {
    pub(crate) catalog: Catalog,
    /// That all is kept.
    pub(crate) together: CredentialId,
    /// For each credential that is to be kept, that it is.
    pub(crate) kept: BTreeMap<CredentialId, CredentialId>,
}

/// What ids that stand for nothing written begin with: no id can.
pub(crate) const UNWRITTEN: char = '\u{1}';
/// A type that no credential of a catalog has.
const NO_TYPE: &str = "\u{1}";

impl JointRules {
    /// Reads the catalog once more. `None` never comes, for it was read before.
    pub(crate) fn new(catalog: &Catalog, asked: &KeptTogether) -> Option<Self> {
        let (limits, (_, text)) = (Limits::none(), catalog.text());
        let (table, mut reader) = parse(text, usize::MAX, &limits).ok()?;
        let document = document::read(&mut reader, &table, &limits)?;
        drop(table);
        let mut writer = JointWriter { catalog, document, asked };
        writer.renewals();
        writer.components();
        let kept: BTreeMap<CredentialId, CredentialId> =
            asked.kept.iter().map(|&credential| (credential, writer.kept(credential))).collect();
        let parts = kept.values().map(|&kept| naming(kept, Conditions::default(), &(0..0))).collect();
        let together = all_of(parts, &(0..0));
        let together = writer.add(Beside::Together, Further { stack: Some(together), ..Further::default() });
        let mut compiled = compile::compile(&writer.document, catalog.source.clone(), &mut reader, &limits)?;
        compiled.identity = catalog.identity.clone();
        for &credential in asked.renewable.keys() {
            compiled.terms[credential].keeps_cycle = catalog.keeps_cycle(credential);
        }
        for (&credential, &last) in &asked.cycles {
            compiled.terms[credential].new_lasts = Some(last);
        }
        for (&number, beside) in &compiled.beside {
            if let Beside::Renewal(of) = beside {
                let award = asked.renewable.get(of);
                compiled.terms[number].new_lasts = award.and_then(|award| award.renewed_until);
                compiled.terms[number].new_made = award.and_then(|award| award.from);
            }
        }
        Some(Self { catalog: compiled, together, kept })
    }
}

/// Writes what stands beside the written.
struct JointWriter<'q> {
    catalog: &'q Catalog,
    document: Document,
    asked: &'q KeptTogether,
}

/// The rules of what stands beside the written, and how it is described.
#[derive(Default)]
struct Further {
    described: Option<Credential>,
    prerequisite: Option<Requirement>,
    corequisite: Option<Requirement>,
    stack: Option<Requirement>,
}

impl JointWriter<'_> {
    fn add(&mut self, beside: Beside, further: Further) -> CredentialId {
        let Further { described, prerequisite, corequisite, stack } = further;
        let (word, of) = match beside {
            Beside::Required(of) => ("required", Some(of)),
            Beside::Renewal(of) => ("renewal", Some(of)),
            Beside::Lasting(of) => ("lasting", Some(of)),
            Beside::Kept(of) => ("kept", Some(of)),
            Beside::Together => ("together", None),
        };
        let id = of.map(|of| self.document.credentials[of].credential.id.clone()).unwrap_or_default();
        let described = described.unwrap_or_else(|| notion(of.map(|of| &*self.document.credentials[of].credential)));
        let credential = Arc::new(Credential {
            id: format!("{UNWRITTEN}{word} {id}"),
            ids: Vec::new(),
            kind: NO_TYPE.to_owned(),
            ..described
        });
        let place = of.map(|of| self.document.credentials[of].places.id.clone()).unwrap_or_default();
        let id: Box<str> = credential.id.as_str().into();
        let number = self.document.credentials.push(WrittenCredential {
            credential,
            counts_as: Vec::new(),
            renews: Vec::new(),
            prerequisite,
            corequisite,
            stack,
            renewal: None,
            places: Places::at(place),
            beside: Some(beside),
        });
        self.document.lookup.credentials.insert(id, number);
        number
    }

    /// For what states how it is renewed: its renewal beside it, as another way to the same, and what that requires.
    fn renewals(&mut self) {
        for (&credential, &award) in &self.asked.renewable {
            let written = &mut self.document.credentials[credential];
            let Some(Renewal { cost, hours, .. }) = Arc::make_mut(&mut written.credential).renewal.take() else {
                continue;
            };
            let described = Credential {
                cost: Some(cost),
                hours: Some(hours),
                counts_as: Vec::new(),
                renews: Vec::new(),
                excludes: Vec::new(),
                ..Credential::clone(&written.credential)
            };
            let requires = written.renewal.take();
            let place = written.places.id.clone();
            let (mut prerequisite, mut corequisite, mut stack) = (None, None, None);
            if !self.catalog.renewal_spares_rules(credential) {
                prerequisite.clone_from(&written.prerequisite);
                corequisite.clone_from(&written.corequisite);
                stack.clone_from(&written.stack);
            } else if written.stack.is_some() {
                // Its terms say all that it takes; and it is a claim as before.
                stack = Some(all_of(Vec::new(), &place));
            }
            let since = Conditions { since: Some(award.since), ..Conditions::default() };
            let required = requires.map(|mut requires| {
                requires.conditions = requires.conditions.get().and(&since).into();
                self.add(Beside::Required(credential), Further { stack: Some(requires), ..Further::default() })
            });
            let required = required.map(|required| naming(required, since, &place));
            let prerequisite = match (required, prerequisite) {
                (Some(required), Some(prerequisite)) => Some(all_of(vec![required, prerequisite], &place)),
                (None, Some(prerequisite)) => Some(all_of(vec![prerequisite], &place)),
                (required, None) => required,
            };
            let further = Further { described: Some(described), prerequisite, corequisite, stack };
            let renewal = self.add(Beside::Renewal(credential), further);
            self.document.equivalent.push(vec![credential, renewal]);
        }
    }

    /// For what lasts while its components do: that they are there on the day, seen from there.
    fn components(&mut self) {
        let KeptTogether { as_of, until, .. } = *self.asked;
        for credential in CredentialId::first(self.document.lookup.ids.len()) {
            let Document { credentials, pools, .. } = &self.document;
            let written = &credentials[credential];
            let Some(stack) = written.stack.as_ref() else { continue };
            if written.credential.valid_for != Validity::WhileComponents {
                continue;
            }
            let place = written.places.id.clone();
            let mut seen = Seen { as_of, until, pools }.requirement(stack);
            seen.conditions = Conditions { lasts: Some(until), ..seen.conditions.get().clone() }.into();
            let award = if self.asked.lasting.contains(&credential) {
                Conditions { lapsed: true, ..Conditions::default() }
            } else {
                Conditions { since: Some(as_of), ..Conditions::default() }
            };
            let stack = Some(all_of(vec![naming(credential, award, &place), seen], &place));
            let lasting = self.add(Beside::Lasting(credential), Further { stack, ..Further::default() });
            self.document.equivalent.push(vec![credential, lasting]);
        }
    }

    fn kept(&mut self, credential: CredentialId) -> CredentialId {
        let lasts = Conditions { lasts: Some(self.asked.until), ..Conditions::default() };
        let place = self.document.credentials[credential].places.id.clone();
        let stack = Some(naming(credential, lasts, &place));
        self.add(Beside::Kept(credential), Further { stack, ..Further::default() })
    }
}

/// A credential that costs nothing and is worth nothing, called as that one is.
fn notion(of: Option<&Credential>) -> Credential {
    let title = of.map(|of| of.title.clone()).unwrap_or_default();
    Credential { title, issuer: of.and_then(|of| of.issuer.clone()), ..worth_nothing() }
}

fn all_of(parts: Vec<Requirement>, place: &Range<usize>) -> Requirement {
    let members = Members::List(parts.into_iter().map(Listed::Requirement).collect());
    placed(Kind::AllOf(members), Conditions::default(), place)
}

/// That the credential is held on these conditions.
fn naming(credential: CredentialId, conditions: Conditions, place: &Range<usize>) -> Requirement {
    placed(Kind::Credential(credential), conditions, place)
}

fn placed(kind: Kind, conditions: Conditions, place: &Range<usize>) -> Requirement {
    let conditions = conditions.into();
    Requirement { place: place.clone(), kind, name: None, conditions, span: None, distinct: None, average: None }
}

/// A rule as it is on a later day, said in terms of days alone.
struct Seen<'d> {
    as_of: Date,
    until: Date,
    pools: &'d IdVec<PoolId, Pool>,
}

impl Seen<'_> {
    fn requirement(&self, written: &Requirement) -> Requirement {
        let kind = match &written.kind {
            Kind::Credential(credential) => Kind::Credential(*credential),
            Kind::AllOf(members) => Kind::AllOf(self.members(members)),
            Kind::AtLeast(needed, members) => Kind::AtLeast(*needed, self.members(members)),
            Kind::Sum(unit, amount, members) => Kind::Sum(*unit, *amount, self.members(members)),
            Kind::UpTo(amount, members) => Kind::UpTo(*amount, self.members(members)),
        };
        Requirement { kind, conditions: self.conditions(written.conditions.get()).into(), ..written.clone() }
    }

    fn members(&self, members: &Members) -> Members {
        match members {
            Members::List(list) => Members::List(list.iter().map(|listed| self.listed(listed)).collect()),
            Members::Pool(pool) => self.members(&self.pools[*pool].members),
            Members::Filter(filter, place) => Members::Filter(filter.clone(), place.clone()),
        }
    }

    fn listed(&self, listed: &Listed) -> Listed {
        match listed {
            Listed::Requirement(written) => Listed::Requirement(self.requirement(written)),
            Listed::Members(members, place) => Listed::Members(self.members(members), place.clone()),
        }
    }

    /// `within` and `held_for` as days between which an award has to be made.
    fn conditions(&self, written: &Conditions) -> Conditions {
        let Self { as_of, until, .. } = *self;
        let mut seen = Conditions { within: Vec::new(), held_for: Vec::new(), ..written.clone() };
        if !written.within.is_empty() {
            // If even what is made today is too old then, nothing is in time.
            let first = CalendarTerm::first_within(&written.within, as_of, until).unwrap_or(Date::LAST);
            seen.since = seen.since.max(Some(first));
        }
        if !written.held_for.is_empty() {
            let last = CalendarTerm::last_held(&written.held_for, until).unwrap_or(Date::FIRST);
            seen.until = seen.until.into_iter().chain([last]).min();
        }
        seen
    }
}
