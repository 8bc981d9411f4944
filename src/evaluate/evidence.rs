//! Evidence: an award as the rules see it, and what they ask about it.

use std::sync::Arc;

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::conditions::Conditions;
use crate::catalog::names::Names;
use crate::catalog::network::Unit;
use crate::evaluate::award_kind::{AwardIssuer, AwardKind, Grade, Issuer};
use crate::evaluate::exceptions::{Bearer, Exceptions, ForeignId, Route, SubstitutionId};
use crate::evaluate::own_amounts::OwnAmounts;
use crate::record::facts::AwardFacts;
use crate::record::record::{Award, AwardStatus};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IssuerId, LeafId, UnitId, id, to_u32};
use crate::value::term::CalendarTerm;

id! {
    /// An award that counts: awards of the record in the standing's own order.
    AwardId
}

impl AwardId {
    /// No award of the record: one that is only supposed.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// A number that no award of the record has, counted from the end.
    pub(crate) fn from_end(number: usize) -> Self {
        Self(u32::MAX - to_u32(number))
    }

    /// The number counted from the end.
    pub(crate) fn number_from_end(self) -> usize {
        (u32::MAX - self.0) as usize
    }

    /// The number before this one.
    pub(crate) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

id! {
    /// Evidence that has come to count, in the order in which it came.
    EvidenceId
}

impl EvidenceId {
    /// Beyond all evidence: a limit that leaves nothing out.
    pub(crate) const END: Self = Self(u32::MAX);

    /// The evidence that came just before; the first one for the first.
    pub(crate) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

id! {
    /// An award by renewal of the standing.
    RenewalId
}

impl RenewalId {
    /// None of the standing: one that new awards bring.
    pub(crate) const UNLISTED: Self = Self(u32::MAX);
}

/// An award that counts, or one that the rules themselves give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The credential that it is an award of; for an id that the catalog does not know, the credential that it stands
    /// for.
    pub(crate) credential: CredentialId,
    /// The substitutions by which it came to count, if it did by any.
    through: Option<Arc<Through>>,
    pub(crate) awarded: Option<Date>,
    /// The last day on which it is current, whatever becomes of its components; none if that never comes.
    pub(crate) until: Option<Date>,
    /// Whether that day is recorded, and does not come from the credential's validity.
    pub(crate) is_end_recorded: bool,
    /// Whether it depends on components to be current.
    bound: bool,
    /// The day from which it is revoked: from then on it is not there at all.
    pub(crate) revoked: Option<Date>,
    credits: Option<u32>,
    hours: Option<u32>,
    pub(crate) grade: Grade,
    issuer: Issuer,
    pub(crate) origin: Origin,
    /// If the award is only supposed, and made on whatever day suits what is asked of it.
    suits: Option<Arc<Suits>>,
    /// If it is an award that another one is besides, since that renews it: where the standing says what was there for
    /// that. The origin is that of the other one.
    renewal: Option<RenewalId>,
}

/// On which days an award may have been made that is only supposed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Suits {
    from: Date,
    /// How long it stays current, if that is a length of time.
    valid_for: Option<CalendarTerm>,
}

/// The substitutions by which an award counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Through {
    /// The number of the award's id, if the catalog does not know it.
    foreign: Option<ForeignId>,
    route: Route,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Origin {
    /// An award of the record, by its place in the standing's order.
    Issued(AwardId),
    /// The learner qualifies for it ([semantics 4.1](crate::semantics#4.1)).
    Qualified,
    /// Supposed to be taken, for the question what is attainable ([semantics 4.2](crate::semantics#4.2)); without end
    /// if it is repeatable.
    Supposed,
}

/// A unit of awards: what counts once where nothing may count twice ([semantics 5.2](crate::semantics#5.2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UnitOfAwards {
    /// All awards of a credential that is not repeatable, and of its equivalents.
    Credential(UnitId),
    /// One award of a repeatable credential.
    Award(AwardId),
    /// One award of a repeatable credential that another award is besides.
    Renewal { by: AwardId, credential: CredentialId },
    /// A repeatable credential that the learner qualifies for.
    Qualification(CredentialId),
    /// An award that can be had without end: one for each leaf.
    Endless { leaf: LeafId, credential: CredentialId },
    /// All awards of an id that the catalog does not know.
    Foreign(ForeignId),
}

impl Evidence {
    /// An award of the credential as its own issuer makes it on that day. Where it has none, any issuer may make a new
    /// award, which is one with a sufficient grade (semantics 2.5).
    pub(crate) fn new(catalog: &Catalog, credential: CredentialId, date: Date, grade: Grade, origin: Origin) -> Self {
        let terms = catalog.terms(credential);
        let until = match origin {
            Origin::Qualified => None,
            _ => last_day(terms.valid_for, date),
        };
        let issuer = Issuer::from(terms.issuer).of_new(grade);
        Self {
            credential,
            through: None,
            awarded: Some(date),
            until,
            is_end_recorded: false,
            bound: terms.valid_for == Validity::WhileComponents,
            revoked: None,
            credits: None,
            hours: if origin == Origin::Supposed { hours_of_any(catalog, credential) } else { None },
            grade,
            issuer,
            origin,
            suits: None,
            renewal: None,
        }
    }

    /// The award of a credential that this one is besides, where it renews that: on its own day, with the validity of
    /// that credential, at least to its own last day; by its own issuer, with its own grade, and with the amounts that
    /// the catalog gives ([semantics 3.9](crate::semantics#3.9)).
    pub(crate) fn renewing(&self, catalog: &Catalog, credential: CredentialId) -> Self {
        let terms = catalog.terms(credential);
        let end = self.awarded.and_then(|awarded| last_day(terms.valid_for, awarded));
        // What was revoked ends with that at the latest, whatever its own end.
        let own = self.until.filter(|_| self.revoked.is_none() || self.until != self.last_standing());
        let own_end = if own.is_none() && self.revoked.is_some() { self.last_standing() } else { own };
        let until = match (end, own_end) {
            (Some(end), Some(own)) => Some(end.max(own)),
            (None, _) | (_, None) => None,
        };
        let issuer = match self.issuer {
            Issuer::NotSaid | Issuer::Any => Issuer::from(terms.issuer).of_new(self.grade),
            said => said,
        };
        let is_supposed = self.origin == Origin::Supposed;
        let suits = self.suits.as_deref().map(|&Suits { from, valid_for }| {
            let valid_for = match (terms.valid_for, valid_for) {
                (Validity::For(term), Some(own)) if own.last_day(from) < term.last_day(from) => Some(term),
                (Validity::For(_), own) => own,
                (Validity::Forever | Validity::WhileComponents, _) => None,
            };
            Arc::new(Suits { from, valid_for })
        });
        Self {
            credential,
            through: None,
            awarded: self.awarded,
            until: until.into_iter().chain(self.last_standing()).min(),
            is_end_recorded: false,
            bound: terms.valid_for == Validity::WhileComponents,
            revoked: self.revoked,
            credits: None,
            hours: if is_supposed { hours_of_any(catalog, credential) } else { None },
            grade: self.grade,
            issuer,
            origin: self.origin,
            suits,
            renewal: Some(RenewalId::UNLISTED),
        }
    }

    /// The same, resting on what the standing lists there.
    pub(crate) fn resting_on(self, renewal: RenewalId) -> Self {
        Self { renewal: Some(renewal), ..self }
    }

    /// Where the standing lists what it rests on, if it is an award by renewal.
    pub(crate) fn renewal(&self) -> Option<RenewalId> {
        self.renewal
    }

    /// The same, made on whatever day from this one on suits what rules ask of its day, if one is given. It counts as
    /// made on its own day where days are compared with each other.
    pub(crate) fn suiting(self, catalog: &Catalog, from: Option<Date>) -> Self {
        let valid_for = match catalog.terms(self.credential).valid_for {
            Validity::For(term) => Some(term),
            Validity::Forever | Validity::WhileComponents => None,
        };
        Self { suits: from.map(|from| Arc::new(Suits { from, valid_for })), ..self }
    }

    /// The same, made on whatever day suits what rules ask of its day.
    pub(crate) fn whenever_it_suits(self) -> Self {
        Self { suits: Some(Arc::new(Suits { from: Date::FIRST, valid_for: None })), ..self }
    }

    /// The same under the name that it bears by substitutions.
    pub(crate) fn by_way_of(&self, route: Route) -> Self {
        let through = Some(Arc::new(Through { foreign: self.foreign(), route }));
        Self { through, ..self.clone() }
    }

    /// The credential whose names it bears: its own, unless it counts by substitutions.
    pub(crate) fn named(&self) -> CredentialId {
        self.through.as_ref().map_or(self.credential, |through| through.route.named)
    }

    /// The credential in whose rules alone it counts.
    pub(crate) fn within(&self) -> Option<CredentialId> {
        self.through.as_ref().and_then(|through| through.route.within)
    }

    /// The substitutions by which it counts.
    pub(crate) fn by(&self) -> &[SubstitutionId] {
        self.through.as_ref().map_or(&[], |through| &through.route.by)
    }

    /// Whether it is counted by the rules of the credential at all.
    pub(crate) fn counts_in(&self, credential: CredentialId) -> bool {
        self.within().is_none_or(|within| within == credential)
    }

    /// Whether it counts by substitutions.
    pub(crate) fn is_substituted(&self) -> bool {
        self.through.is_some()
    }

    fn foreign(&self) -> Option<ForeignId> {
        self.through.as_ref().and_then(|through| through.foreign)
    }

    /// Whether it is an award of the credential itself.
    pub(crate) fn is_award_of(&self, credential: CredentialId) -> bool {
        self.credential == credential && self.foreign().is_none()
    }

    /// Whether the award depends on components to be current.
    pub(crate) fn depends(&self) -> bool {
        self.bound
    }

    /// Whether it can be had as often as wanted.
    pub(crate) fn is_endless(&self, names: &Names) -> bool {
        self.origin == Origin::Supposed && self.foreign().is_none() && names.repeatable(self.credential)
    }

    /// The unit that it belongs to where it fills a leaf.
    pub(crate) fn unit(&self, names: &Names, leaf: LeafId) -> UnitOfAwards {
        let credential = self.credential;
        match (self.foreign(), self.origin) {
            (Some(foreign), _) => UnitOfAwards::Foreign(foreign),
            _ if !names.repeatable(credential) => UnitOfAwards::Credential(names.unit(credential)),
            (_, Origin::Issued(by)) if self.renewal.is_some() => UnitOfAwards::Renewal { by, credential },
            (_, Origin::Issued(award)) => UnitOfAwards::Award(award),
            (_, Origin::Qualified) => UnitOfAwards::Qualification(credential),
            (_, Origin::Supposed) => UnitOfAwards::Endless { leaf, credential },
        }
    }

    /// The credits that it carries by itself, in hundredths.
    pub(crate) fn credits(&self, catalog: &Catalog) -> u32 {
        self.credits.unwrap_or_else(|| catalog.at(self.credential).credits.weight())
    }

    /// Whether it is there on that date: made, and not revoked yet. Whether it is current is another question.
    pub(crate) fn stands(&self, date: Date) -> bool {
        self.awarded.is_none_or(|awarded| awarded <= date) && self.revoked.is_none_or(|revoked| date < revoked)
    }

    /// The last day on which it is there, if it was revoked.
    pub(crate) fn last_standing(&self) -> Option<Date> {
        self.revoked.and_then(Date::previous)
    }

    /// Whether its last day has not passed; components aside.
    pub(crate) fn lasts(&self, date: Date) -> bool {
        self.until.is_none_or(|until| date <= until)
    }

    /// Whether it is of a kind that the conditions ask for on that date. Whether it is current is not asked here.
    pub(crate) fn meets(&self, conditions: &Conditions, date: Date) -> bool {
        let in_time = match self.suits.as_deref() {
            None => conditions.are_met_in_time(self.awarded, date),
            Some(&Suits { from, valid_for }) => conditions.can_be_met_in_time(from, date, valid_for),
        };
        let lasts = |day| conditions.lapsed || !self.bound && self.lasts(day);
        in_time && conditions.lasts.is_none_or(lasts) && self.is_of_kind(conditions)
    }

    /// Whether it has the grade and the issuer that the conditions ask for.
    pub(crate) fn is_of_kind(&self, conditions: &Conditions) -> bool {
        AwardKind { grade: self.grade, issuer: self.issuer }.is_asked_for(conditions)
    }

    /// The hundredths that it adds to a sum: the recorded amount, else that of the credential which the rule names.
    pub(crate) fn adds(&self, unit: Unit, named: u32) -> u32 {
        let recorded = match unit {
            Unit::Credits => self.credits,
            Unit::Hours => self.hours,
            Unit::Places => None,
        };
        recorded.unwrap_or(named)
    }

    /// The amounts that are recorded for it.
    pub(crate) fn own_amounts(&self) -> OwnAmounts {
        OwnAmounts { credits: self.credits, hours: self.hours }
    }

    /// The same with these amounts.
    pub(crate) fn with_amounts(self, own: OwnAmounts) -> Self {
        Self { credits: own.credits, hours: own.hours, ..self }
    }

    /// The same with so many hours of its own.
    pub(crate) fn with_hours(self, hours: Option<u32>) -> Self {
        Self { hours, ..self }
    }

    /// Made by this issuer instead, with this grade.
    pub(crate) fn issued_by(self, issuer: Option<IssuerId>) -> Self {
        Self { issuer: issuer.map_or(self.issuer, Issuer::Known), ..self }
    }

    /// The same with another grade.
    pub(crate) fn with_grade(self, grade: Grade) -> Self {
        Self { grade, ..self }
    }

    /// The same with another last day.
    pub(crate) fn lasting_until(self, last: Date) -> Self {
        Self { until: Some(last), ..self }
    }

    /// The same without the day on which it was made.
    pub(crate) fn undated(self) -> Self {
        Self { awarded: None, ..self }
    }

    /// The same, told apart from others by another origin.
    pub(crate) fn with_origin(&self, origin: Origin) -> Self {
        Self { origin, ..self.clone() }
    }

    /// All that rules can ask about it: the origin is left out, and what it rests on if it is an award by renewal.
    pub(crate) fn kind(&self) -> impl Ord + use<'_> {
        let Self { credential, through, awarded, until, revoked, credits, hours, grade, issuer, suits, .. } = self;
        (credential, awarded, until, revoked, credits, hours, grade, issuer, suits, through)
    }

    pub(crate) fn is_issued(&self) -> bool {
        matches!(self.origin, Origin::Issued(_))
    }
}

/// Evidence that has come to count.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) evidence: Evidence,
    /// Whether it counts as current; else it counts only where a lapsed award does.
    pub(crate) current: bool,
    /// Whether it had come before as lapsed, so that it must not count once more where lapsed awards do.
    pub(crate) again: bool,
}

impl Admitted {
    /// Whether it counts on these conditions on the date: as a lapsed award where they take such ones, else while it is
    /// current.
    pub(crate) fn counts_on(&self, conditions: &Conditions, date: Date) -> bool {
        let Self { evidence, current, again } = self;
        (if conditions.lapsed { !again } else { *current }) && evidence.meets(conditions, date)
    }
}

/// The last day on which an award made on this day is current ([semantics 3.2](crate::semantics#3.2)).
pub(crate) fn last_day(valid_for: Validity, awarded: Date) -> Option<Date> {
    match valid_for {
        Validity::Forever | Validity::WhileComponents => None,
        Validity::For(term) => term.last_day(awarded),
    }
}

/// The hours of an award that is only supposed to be made: where nobody stated them, the record will, and they may be
/// as many as are wanted ([semantics 1.1](crate::semantics#1.1)).
pub(crate) fn hours_of_any(catalog: &Catalog, credential: CredentialId) -> Option<u32> {
    catalog.at(credential).hours.is_none().then_some(u32::MAX)
}

/// An award of a credential that the catalog knows.
pub(crate) fn evidence(catalog: &Catalog, award: AwardFacts, number: AwardId, credential: CredentialId) -> Evidence {
    let terms = catalog.terms(credential);
    let end = || award.awarded.and_then(|awarded| last_day(terms.valid_for, awarded));
    let is_made = matches!(award.status, AwardStatus::Completed | AwardStatus::Revoked);
    let revoked = award.revoked_on.filter(|_| is_made);
    let (grade, issuer) = (Grade::recorded(catalog, award.grade), AwardIssuer::recorded(catalog, award.issuer));
    let AwardKind { grade, issuer } = AwardKind::new(grade, issuer, catalog, credential);
    // An award that is still in progress has a last day only if one is recorded.
    let until = award.valid_until.or_else(|| if is_made { end() } else { None });
    Evidence {
        credential,
        through: None,
        awarded: award.awarded,
        until: until.into_iter().chain(revoked.map(|day| day.previous().unwrap_or(day))).min(),
        is_end_recorded: award.valid_until.is_some(),
        bound: terms.valid_for == Validity::WhileComponents,
        revoked,
        credits: award.credits.map(Amount::weight),
        hours: award.hours.map(Amount::weight),
        grade,
        issuer,
        origin: Origin::Issued(number),
        suits: None,
        renewal: None,
    }
}

impl Evidence {
    /// The same award as if completed on the date, with a sufficient grade.
    pub(crate) fn completed(&self, catalog: &Catalog, date: Date) -> Self {
        let validity =
            if self.foreign().is_some() { Validity::Forever } else { catalog.terms(self.credential).valid_for };
        let until = self.until.or_else(|| last_day(validity, date));
        let grade = Grade::Sufficient;
        Self { awarded: Some(date), until, grade, issuer: self.issuer.of_new(grade), ..self.clone() }
    }

    /// The same with as many hours as are wanted, where neither it nor the catalog says how many.
    pub(crate) fn with_any_hours(self, catalog: &Catalog) -> Self {
        let any = if self.foreign().is_some() { None } else { hours_of_any(catalog, self.credential) };
        Self { hours: self.hours.or(any), ..self }
    }
}

impl Exceptions {
    /// An award of an id that the catalog does not know, once for each way in which substitutions let it count.
    pub(crate) fn foreign_evidence(&self, catalog: &Catalog, award: &Award, number: AwardId) -> Vec<Evidence> {
        let Some(foreign) = self.foreign(&award.credential) else { return Vec::new() };
        let routes = self.routes(&catalog.names, Bearer::Foreign(foreign)).into_iter();
        let counting = routes.map(|route| {
            let first = route.by.first().map_or(route.named, |&first| self.substitutions[first].to);
            let described = catalog.at(first);
            Evidence {
                through: Some(Arc::new(Through { foreign: Some(foreign), route })),
                until: award.valid_until.into_iter().chain(award.revoked_on.and_then(Date::previous)).min(),
                bound: false,
                credits: Some(award.credits.unwrap_or(described.credits).weight()),
                hours: Some(award.hours.or(described.hours).map_or(0, Amount::weight)),
                issuer: award
                    .issuer
                    .as_deref()
                    .and_then(|id| catalog.issuer(id))
                    .map_or(Issuer::Unknown, Issuer::Known),
                ..evidence(catalog, award.facts(), number, first)
            }
        });
        counting.collect()
    }
}
