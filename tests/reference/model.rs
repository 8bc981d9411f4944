//! Plain types for catalogs and records: what semantics 1 to 3 name, and nothing clever.

use std::collections::BTreeMap;

/// Ids and other words. All of them are literals of the tests.
pub type Id = &'static str;

/// Credits, hours, money: integer hundredths.
pub type Amount = i64;

/// A civil date. The derived order is the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: i32,
    pub month: u32,
    pub day: u32,
}

pub fn date(year: i32, month: u32, day: u32) -> Date {
    Date { year, month, day }
}

pub fn days_in_month(year: i32, month: u32) -> u32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Date {
    pub fn next(self) -> Date {
        if self.day < days_in_month(self.year, self.month) {
            Date { day: self.day + 1, ..self }
        } else if self.month < 12 {
            date(self.year, self.month + 1, 1)
        } else {
            date(self.year + 1, 1, 1)
        }
    }

    pub fn previous(self) -> Date {
        if self.day > 1 {
            Date { day: self.day - 1, ..self }
        } else if self.month > 1 {
            date(self.year, self.month - 1, days_in_month(self.year, self.month - 1))
        } else {
            date(self.year - 1, 12, 31)
        }
    }

    pub fn plus_days(self, days: u32) -> Date {
        (0..days).fold(self, |d, _| d.next())
    }

    pub fn minus_days(self, days: u32) -> Date {
        (0..days).fold(self, |d, _| d.previous())
    }

    /// The same day of a later month, or that month's last day if it is shorter.
    pub fn plus_months(self, months: u32) -> Date {
        let mut d = self;
        for _ in 0..months {
            d = if d.month < 12 { Date { month: d.month + 1, ..d } } else { Date { year: d.year + 1, month: 1, ..d } };
        }
        Date { day: self.day.min(days_in_month(d.year, d.month)), ..d }
    }

    /// Calendar arithmetic, clamped to the month's end (semantics 3.2).
    pub fn plus(self, period: Period) -> Date {
        self.plus_months(12 * period.years + period.months).plus_days(7 * period.weeks + period.days)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub years: u32,
    pub months: u32,
    pub weeks: u32,
    pub days: u32,
}

pub fn years(years: u32) -> Period {
    Period { years, ..Period::default() }
}

pub fn months(months: u32) -> Period {
    Period { months, ..Period::default() }
}

pub fn weeks(weeks: u32) -> Period {
    Period { weeks, ..Period::default() }
}

pub fn days(days: u32) -> Period {
    Period { days, ..Period::default() }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Text(&'static str),
    /// In hundredths.
    Number(Amount),
}

/// Conditions on awards (semantics 2.5), without `span`, which is about several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    pub within: Option<Period>,
    pub since: Option<Date>,
    pub grade: Option<Grade>,
    pub issuer: Option<Vec<Id>>,
    pub lapsed: bool,
}

/// A requirement, or a part of one (semantics 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Credential {
        id: Id,
        conditions: Conditions,
    },
    Group {
        kind: Kind,
        members: Members,
        conditions: Conditions,
        span: Option<Period>,
        /// 5.1.
        distinct: bool,
        /// 2.4: unique within a credential, over both its rules; not in pools.
        name: Option<Id>,
    },
}

pub type Rule = Part;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `members` is a list.
    AllOf,
    /// `members` is a list.
    AnyOf,
    AtLeast(u32),
    Credits(Amount),
    Hours(Amount),
    /// Only inside `Credits`, `Hours` and `UpTo`.
    UpTo(Amount),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    List(Vec<Part>),
    Pool(Id),
    Filter(Filter),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub tags: Option<Vec<Id>>,
    pub kind: Option<Id>,
    pub issuer: Option<Vec<Id>>,
    /// Least and greatest level.
    pub level: Option<(Option<i64>, Option<i64>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidFor {
    Forever,
    Period(Period),
    WhileComponents,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub id: Id,
    pub kind: Option<Id>,
    pub issuer: Option<Id>,
    pub level: Option<i64>,
    pub credits: Amount,
    pub hours: Amount,
    pub cost: Amount,
    pub renewal: Option<Renewal>,
    pub valid_for: ValidFor,
    pub offered_from: Option<Date>,
    pub offered_until: Option<Date>,
    pub tags: Vec<Id>,
    pub prerequisite: Option<Rule>,
    pub stack: Option<Rule>,
    pub counts_as: Vec<Id>,
    pub repeatable: bool,
    pub excludes: Vec<Id>,
}

/// What a renewal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    pub cost: Amount,
    pub hours: Amount,
}

/// A credential with every field at its default.
pub fn credential(id: Id) -> Credential {
    Credential {
        id,
        kind: None,
        issuer: None,
        level: None,
        credits: 0,
        hours: 0,
        cost: 0,
        renewal: None,
        valid_for: ValidFor::Forever,
        offered_from: None,
        offered_until: None,
        tags: Vec::new(),
        prerequisite: None,
        stack: None,
        counts_as: Vec::new(),
        repeatable: false,
        excludes: Vec::new(),
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalog {
    pub credentials: BTreeMap<Id, Credential>,
    pub pools: BTreeMap<Id, Members>,
    /// Worst to best; none: grades are numbers.
    pub grades: Option<Vec<&'static str>>,
    pub equivalent: Vec<Vec<Id>>,
    pub sharing: Vec<Sharing>,
}

/// 5.5: what claims of two types may share. No limit: free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub between: (Id, Id),
    pub max_awards: Option<u32>,
    pub max_credits: Option<Amount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwardStatus {
    Completed,
    InProgress,
    Planned,
    Revoked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    pub credential: Id,
    pub awarded: Option<Date>,
    pub valid_until: Option<Date>,
    pub credits: Option<Amount>,
    pub hours: Option<Amount>,
    pub grade: Option<Grade>,
    pub issuer: Option<Id>,
    pub status: AwardStatus,
}

/// A completed award with nothing but a date.
pub fn award(credential: Id, awarded: Date) -> Award {
    Award {
        credential,
        awarded: Some(awarded),
        valid_until: None,
        credits: None,
        hours: None,
        grade: None,
        issuer: None,
        status: AwardStatus::Completed,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub awards: Vec<Award>,
    pub waivers: Vec<Waiver>,
    pub substitutions: Vec<Substitution>,
}

/// 3.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub credential: Id,
    pub place: Waived,
    pub reason: Option<&'static str>,
    pub authority: Option<&'static str>,
}

/// What a waiver waives of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waived {
    /// The group of that name, or the whole prerequisite if it is `PREREQUISITE`.
    Requirement(Id),
    /// Every leaf of the stack that names the credential or an equivalent of it.
    Component(Id),
}

pub const PREREQUISITE: Id = "prerequisite";

/// 3.6: an award of one credential stands for another, everywhere or within the rules of one credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitution {
    /// `use`; the catalog need not know it.
    pub used: Id,
    /// `for`.
    pub stands_for: Id,
    pub within: Option<Id>,
    pub reason: Option<&'static str>,
    pub authority: Option<&'static str>,
}

pub fn waiver(credential: Id, place: Waived) -> Waiver {
    Waiver { credential, place, reason: None, authority: None }
}

pub fn substitution(used: Id, stands_for: Id, within: Option<Id>) -> Substitution {
    Substitution { used, stands_for, within, reason: None, authority: None }
}

/// 3.8: each view holds what those before it hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    Earned,
    InProgress,
    Planned,
}

/// What a plan is asked for (semantics 7.1, 7.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    pub objective: Objective,
    /// What all steps may cost together.
    pub budget: Option<Amount>,
    /// Each step's credential has one of these issuers.
    pub issuers: Option<Vec<Id>>,
    /// Each credential that is taken has one of these tags.
    pub tags: Option<Vec<Id>>,
    /// No step's credential has one of these.
    pub without_tags: Vec<Id>,
    pub must_include: Vec<Id>,
    pub avoid: Vec<Id>,
    /// Each step's credential is offered on the as-of date.
    pub offered_now: bool,
    pub view: View,
}

/// The cheapest plan, in the earned view.
impl Default for PlanOptions {
    fn default() -> PlanOptions {
        PlanOptions {
            objective: Objective::Cost,
            budget: None,
            issuers: None,
            tags: None,
            without_tags: Vec::new(),
            must_include: Vec::new(),
            avoid: Vec::new(),
            offered_now: false,
            view: View::Earned,
        }
    }
}

/// 7.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    Cost,
    Hours,
    Credentials,
    /// The weights; one credential weighs as much as one hour or one unit of money.
    Weighted {
        cost: u16,
        hours: u16,
        credentials: u16,
    },
}

// Shorthands for rules, for cases written by hand.

pub fn leaf(id: Id) -> Part {
    Part::Credential { id, conditions: Conditions::default() }
}

pub fn leaf_if(id: Id, conditions: Conditions) -> Part {
    Part::Credential { id, conditions }
}

pub fn group(kind: Kind, parts: Vec<Part>) -> Part {
    group_from(kind, Members::List(parts))
}

pub fn group_from(kind: Kind, members: Members) -> Part {
    Part::Group { kind, members, conditions: Conditions::default(), span: None, distinct: false, name: None }
}

pub fn distinct(kind: Kind, parts: Vec<Part>) -> Part {
    let members = Members::List(parts);
    Part::Group { kind, members, conditions: Conditions::default(), span: None, distinct: true, name: None }
}

/// The group under a name.
pub fn named(name: Id, part: Part) -> Part {
    match part {
        Part::Group { kind, members, conditions, span, distinct, name: _ } => {
            Part::Group { kind, members, conditions, span, distinct, name: Some(name) }
        }
        Part::Credential { .. } => panic!("only groups have names"),
    }
}
