//! Plain types for catalogs and records: what semantics 1 to 3 name, and nothing clever.

pub use super::dates::*;
use super::edition::Edition;
use std::collections::BTreeMap;

/// Ids and other words. All of them are literals of the tests.
pub type Id = &'static str;

/// Credits, hours, money: integer hundredths.
pub type Amount = i64;

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
    pub until: Option<Date>,
    pub held_for: Option<Period>,
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
        /// 2.4: unique within a credential, over all its rules; not in pools.
        name: Option<Id>,
        /// 2.7, in hundredths: of `AtLeast` and `Credits`.
        average: Option<Amount>,
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
    /// `{ pool = … }` or `{ filter = … }` in a list: no group, but its members in this place. It has no conditions, no
    /// name and whatever else groups may have.
    Each,
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
    /// Least and greatest credits.
    pub credits: Option<(Option<Amount>, Option<Amount>)>,
    pub without_tags: Option<Vec<Id>>,
    pub except: Option<Except>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Except {
    Ids(Vec<Id>),
    Filter(Box<Filter>),
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
    /// Further ids that records may use.
    pub ids: Vec<Id>,
    pub kind: Option<Id>,
    pub issuer: Option<Id>,
    pub level: Option<i64>,
    pub credits: Amount,
    pub hours: Amount,
    pub cost: Amount,
    /// 1.1: which of the two are not stated; they are 0 then.
    pub not_stated: NotStated,
    pub renewal: Option<Renewal>,
    pub valid_for: ValidFor,
    pub offered_from: Option<Date>,
    pub offered_until: Option<Date>,
    /// In place of the one window of the two fields above, if that is open at both ends.
    pub windows: Option<Windows>,
    pub tags: Vec<Id>,
    pub prerequisite: Option<Rule>,
    pub corequisite: Option<Rule>,
    pub stack: Option<Rule>,
    pub renews: Vec<Id>,
    pub counts_as: Vec<Id>,
    pub repeatable: bool,
    pub excludes: Vec<Id>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotStated {
    pub hours: bool,
    pub cost: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Windows {
    /// Each with its first and its last day, if it has one.
    Several(Vec<(Option<Date>, Option<Date>)>),
    /// From a month and day to another, the latter in the year after if it comes first in the year.
    Yearly((u32, u32), (u32, u32)),
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
        ids: Vec::new(),
        kind: None,
        issuer: None,
        level: None,
        credits: 0,
        hours: 0,
        cost: 0,
        not_stated: NotStated::default(),
        renewal: None,
        valid_for: ValidFor::Forever,
        offered_from: None,
        offered_until: None,
        windows: None,
        tags: Vec::new(),
        prerequisite: None,
        corequisite: None,
        stack: None,
        renews: Vec::new(),
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
    /// 2.7, in hundredths; numeric grades are their own points.
    pub grade_points: BTreeMap<&'static str, Amount>,
    pub equivalent: Vec<Vec<Id>>,
    pub sharing: Vec<Sharing>,
    /// By which features it is read; not a part of it.
    pub edition: Edition,
}

/// 5.5: what claims of two types may share. No limit: free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    pub between: (Id, Id),
    pub max_awards: Option<u32>,
    pub max_credits: Option<Amount>,
    /// Only what it selects is limited.
    pub of: Option<Filter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwardStatus {
    Completed,
    InProgress,
    Planned,
    Revoked,
}

/// 3: the caller's word on an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    Unchecked,
    Verified,
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    pub credential: Id,
    /// Of the award itself: two with one id are one.
    pub id: Option<Id>,
    pub awarded: Option<Date>,
    pub valid_until: Option<Date>,
    pub credits: Option<Amount>,
    pub hours: Option<Amount>,
    pub grade: Option<Grade>,
    pub issuer: Option<Id>,
    pub status: AwardStatus,
    /// Of a revoked one: the day before which it counted.
    pub revoked_on: Option<Date>,
    pub verification: Verification,
}

/// A completed award with nothing but a date.
pub fn award(credential: Id, awarded: Date) -> Award {
    Award {
        credential,
        id: None,
        awarded: Some(awarded),
        valid_until: None,
        credits: None,
        hours: None,
        grade: None,
        issuer: None,
        status: AwardStatus::Completed,
        revoked_on: None,
        verification: Verification::Unchecked,
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub awards: Vec<Award>,
    pub waivers: Vec<Waiver>,
    pub substitutions: Vec<Substitution>,
    /// 3: the option of the caller; not a part of the record.
    pub only_verified: bool,
}

/// 3.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    pub credential: Id,
    pub place: Waived,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub reason: Option<&'static str>,
    pub authority: Option<&'static str>,
}

/// What a waiver waives of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waived {
    /// The group of that name; in the first edition the whole prerequisite if it is `PREREQUISITE`.
    Requirement(Id),
    /// Every leaf of the rules (in the first edition, of the stack) that names the credential or an equivalent of it.
    Component(Id),
    /// The whole prerequisite; in the second edition.
    Prerequisite,
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
    Waiver { credential, place, until: None, reason: None, authority: None }
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
    let conditions = Conditions::default();
    Part::Group { kind, members, conditions, span: None, distinct: false, name: None, average: None }
}

pub fn distinct(kind: Kind, parts: Vec<Part>) -> Part {
    match group(kind, parts) {
        Part::Group { kind, members, conditions, span, name, average, .. } => {
            Part::Group { kind, members, conditions, span, distinct: true, name, average }
        }
        leaf @ Part::Credential { .. } => leaf,
    }
}

/// The group under a name.
pub fn named(name: Id, part: Part) -> Part {
    match part {
        Part::Group { kind, members, conditions, span, distinct, average, .. } => {
            Part::Group { kind, members, conditions, span, distinct, name: Some(name), average }
        }
        Part::Credential { .. } => panic!("only groups have names"),
    }
}

/// The group with these conditions.
pub fn under(conditions: Conditions, part: Part) -> Part {
    match part {
        Part::Group { kind, members, span, distinct, name, average, .. } => {
            Part::Group { kind, members, conditions, span, distinct, name, average }
        }
        Part::Credential { id, .. } => Part::Credential { id, conditions },
    }
}

/// The group with an average.
pub fn averaging(average: Amount, part: Part) -> Part {
    match part {
        Part::Group { kind, members, conditions, span, distinct, name, .. } => {
            Part::Group { kind, members, conditions, span, distinct, name, average: Some(average) }
        }
        Part::Credential { .. } => panic!("only groups have averages"),
    }
}

/// The members of a pool or filter, as a part of a list.
pub fn each(members: Members) -> Part {
    group_from(Kind::Each, members)
}
