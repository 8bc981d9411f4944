//! The audit of one credential as data: its requirements as written, what of each is there, by what, and what is
//! missing ([semantics 4.4](crate::semantics#4.4)).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::audit::used::Use;
use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::Extras;
use crate::evaluate::evaluation::Status;
use crate::evaluate::evidence::Origin;
use crate::evaluate::exceptions::Misplaced;
use crate::evaluate::options::View;
use crate::evaluate::uncounted::Uncounted;
use crate::record::exception::{Substitution, Waiver};
use crate::record::record::{Award, AwardStatus, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::date::{Date, Period};
use crate::value::ids::{ConditionsId, GroupId, IssuerId};
use crate::value::names::named;
use crate::value::points::GradePoints;
use crate::value::stamp::Stamp;
use crate::value::term::CalendarTerm;

/// One credential explained for one learner on one date.
///
/// `Display` shows it as a tree that can be read out to the learner; `Serialize` gives the same as data.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord, State};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.networks = {}
///     credential.hardware = {}
///     credential.technician = { stack = { all_of = ["hardware", "networks"] } }
/// "#)?;
/// let record = LearnerRecord::from_iter(["hardware"]);
/// let technician = catalog.credential("technician").expect("defined above");
/// let audit = catalog.audit(&record, "2026-11-22".parse()?, technician, &EvaluateOptions::default());
///
/// let stack = audit.stack.as_ref().expect("it has one");
/// assert_eq!((stack.state, stack.have, stack.need), (State::Unmet, "1".parse()?, "2".parse()?));
/// assert_eq!(stack.gap.as_ref().expect("unmet").missing[0].credential, "networks");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Audit {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The date that the audit is for.
    pub as_of: Date,
    /// The catalog's unit of credits, if it says one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_unit: Option<String>,
    /// The awards that count.
    pub view: View,
    /// The status of the credential.
    pub status: Status,
    /// See [`Evaluation::first_view`](crate::Evaluation::first_view).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_view: Option<View>,
    /// Whether it is conferred and its own requirements are met.
    pub meets_requirements: bool,
    /// See [`Evaluation::qualified_since`](crate::Evaluation::qualified_since).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualified_since: Option<Date>,
    /// See [`Evaluation::valid_until`](crate::Evaluation::valid_until).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// If they are not met, the first later day on which they are if nothing is awarded: what has to be held has been
    /// held for long enough, or a condition's first day has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub met_from: Option<Date>,
    /// If it is not attainable, the first later day on which it is by the passing of time alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attainable_from: Option<Date>,
    /// The awards that stop counting after `valid_until`, for which the requirements are not met then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<AuditedAward>,
    /// The waivers that end after `valid_until`, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ends_with_waivers: Vec<Waiver>,
    /// The learner's awards of the credential, or of one that counts as it, whatever has become of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awards: Vec<AuditedAward>,
    /// The part that has to be held before beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisite: Option<AuditedPart>,
    /// The part that has to be held before beginning, or to be begun together with it: judged by what is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corequisite: Option<AuditedPart>,
    /// If it can be begun on the date, but only together with others, their ids: see
    /// [`Evaluation::begun_with`](crate::Evaluation::begun_with).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun_with: Vec<String>,
    /// The components that earn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<AuditedPart>,
    /// The grounds of the conferred credentials among the witnesses, and of those among that, in the order in which
    /// they came to count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<Support>,
    /// The waivers that the witnesses rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waiver>,
    /// The substitutions that the witnesses rest on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substituted: Vec<Substitution>,
    /// The awards of the record that do not count and that no part of the requirements names: those of the credential
    /// itself, and those of ids that the catalog does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// Remarks: what the verdict takes for granted, and what is odd.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// An award in an audit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditedAward {
    /// Id of the credential awarded.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// Id of the credential of which it is an award first, if it is an award of this one besides, since it renews it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed_by: Option<String>,
    /// The day of the award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// Its last valid day; none if it does not end by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// The state of its completion.
    pub status: AwardStatus,
    /// Of a revoked award, the day from which it does not count; none if it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<Date>,
    /// True if it counts for nothing: its verification failed, or verified awards alone are asked for and it is none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub distrusted: bool,
    /// Id of the award itself, such as the address of the badge, if one is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A group or a named credential of a requirement, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditedPart {
    /// The requirement.
    pub kind: PartKind,
    /// The line of the catalog on which it is written; for a member selected by a filter, the line of the filter.
    pub line: usize,
    /// The group's name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether each award may count for one of its parts only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub distinct: bool,
    /// The conditions written here. Those of the groups around it apply as well.
    #[serde(default, skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
    /// Whether it is satisfied.
    pub state: State,
    /// If it is a named credential that is not satisfied, the first day on which an award that is there will have been
    /// held for long enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_from: Option<Date>,
    /// The amount that is there: satisfied parts, credits or hours. The most that can be counted together.
    pub have: Amount,
    /// The amount that is needed, in the same unit; for `up_to`, how much can count.
    pub need: Amount,
    /// Where an [average](WrittenConditions::average) is asked for, the highest mean of points that there is with what
    /// is needed, or with as much of it as there is. Cut off after the sixth place; none if nothing is counted, or an
    /// award is supposed to have as many points as it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<GradePoints>,
    /// The parts, as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<AuditedPart>,
    /// The awards that are there for this place and do not fill it, each with the reason: where nothing fills it, where
    /// an earlier award does, or where every award counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// Whether it is a place that an award would fill by itself, and no award fills in the division that satisfies the
    /// group around it: its parts want different awards, and this one counts elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub idle: bool,
    /// If it is satisfied, which award fills which place: enough to satisfy it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<Use>,
    /// In a sum, every award that adds to it here, with what it adds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adding: Vec<Use>,
    /// The waiver of this very part, if that is what satisfies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Waiver>,
    /// All waivers that its satisfaction rests on, that one among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waiver>,
    /// If enough of its parts are met, each by itself, but not by different awards: the parts that stand in each
    /// other's way. Where fewer are met even by themselves, those parts say what they lack.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    /// If it is not, what would satisfy it; `None` if no awards made on the as-of date can, or held for some time by
    /// then, or only more than 100,000 of one repeatable credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// Parts of a requirement that cannot all be met by different awards.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.logic = {}
///     credential.ethics = {}
///     [credential.minor]
///     stack = { all_of = ["ethics", { any_of = ["ethics", "logic"] }], distinct = true }
/// "#)?;
/// let minor = catalog.credential("minor").expect("defined above");
/// let record = LearnerRecord::from_iter(["ethics"]);
/// let audit = catalog.audit(&record, "2026-11-22".parse()?, minor, &EvaluateOptions::default());
/// let conflict = audit.stack.as_ref().and_then(|stack| stack.conflict.as_ref()).expect("one award for two places");
/// assert_eq!((conflict.needs, conflict.awards.len()), (Some(2), 1));
/// assert_eq!(
///     conflict.to_string(),
///     "2 different awards are needed for ethics and (ethics or logic), and there is only ethics",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conflict {
    /// The parts, or the places within them: as few as cannot be met together. Where only some parts of the group are
    /// needed, all that are met by themselves.
    pub parts: Vec<Contested>,
    /// If the parts simply need more awards than there are, how many they need. Awards and members together are fewer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<u64>,
    /// In that case, all awards that there are for them. Of awards that are one and the same unit, one is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub awards: Vec<Award>,
    /// Members of the parts that several awards fit, which are not named then; each counts once all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

/// A part that competes with others for awards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Contested {
    /// The line of the catalog on which it is written.
    pub line: usize,
    /// Its name, if it is a group and has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Every credential that it names, in id order.
    pub members: Vec<String>,
    /// The number of awards that it needs, if that is a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<u32>,
}

/// The kind of a part: what it asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PartKind {
    /// One credential.
    Credential {
        /// Its id.
        credential: String,
        /// Its title.
        title: String,
    },
    /// Every part.
    AllOf,
    /// Any one part.
    AnyOf,
    /// A number of parts.
    AtLeast,
    /// A sum of credits.
    Credits,
    /// A sum of hours.
    Hours,
    /// Adds to the sum around it, up to a cap.
    UpTo,
}

/// Whether a part is satisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Yes; for `up_to`, the cap is reached.
    Met,
    /// No.
    Unmet,
    /// The work limit was met first.
    Undecided,
}

named! {
    State, "state":
    Met = "met",
    Unmet = "unmet",
    Undecided = "undecided",
}

/// The conditions that a group or a named credential puts on awards ([semantics 2.5](crate::semantics#2.5)).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WrittenConditions {
    /// Awarded not longer ago than each of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<CalendarTerm>,
    /// Awarded on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// Awarded on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Awarded as long ago as each of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_for: Vec<CalendarTerm>,
    /// With this grade or a better one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// By one of these; an empty list lets no award count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Vec<String>>,
    /// An award that has lapsed counts as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lapsed: bool,
    /// All awards used lie within such a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Period>,
    /// The mean of the points of all awards used, weighted by the credits that they add, is this or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub average: Option<GradePoints>,
}

/// The grounds of a conferred credential among the witnesses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Support {
    /// Id of the credential.
    pub credential: String,
    /// Whether an award of it is in the record, which stays current while its stack is met. If not, the learner
    /// qualifies for it.
    pub issued: bool,
    /// The awards that fill the places of its own rules.
    pub witness: Vec<Use>,
    /// The waivers that satisfy the rest of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waiver>,
}

/// Awards that would satisfy an unmet part, if made on the as-of date, or as long before it as they say that they have
/// to be held. Its [`Display`](std::fmt::Display) form says *or* where there is a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gap {
    /// The first way of every choice. Together they satisfy the part; without any one of them it stays unmet.
    pub missing: Vec<Missing>,
    /// What has to be chosen: one way of each choice, whichever it is, satisfies the part, and no proper part of these
    /// awards does.
    pub choices: Vec<GapChoice>,
    /// Every credential named below the part that is not filled yet: what the missing ones were chosen from, in id
    /// order.
    pub out_of: Vec<String>,
    /// If it is a group that asks for an average, the mean of points that the missing awards have to reach, weighted by
    /// the credits that they add; with that, they satisfy it whatever the grade of each of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<GradePoints>,
    /// Whether it is proven that none of the missing awards is needless. Only for very large requirements the work
    /// limit may come first.
    pub minimal: bool,
}

/// Sets of awards of which one is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct GapChoice {
    /// The ways: all of them if they are few, else one, the cheapest of those that were looked at: nothing that has to
    /// wait or to be made again, few awards without a stated cost (what conferred credentials cost counts as not
    /// stated), the least cost, hours, number of awards, ids.
    pub ways: Vec<Vec<Missing>>,
    /// How many ways there are beside these.
    pub further: FurtherWays,
}

/// How many ways there are beside those that are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FurtherWays {
    /// None: all are told. An award of a repeatable credential is looked at as often as the part can count it; what
    /// more of them would bring elsewhere is not.
    None,
    /// So many.
    Number(u64),
    /// Perhaps many: they were not counted.
    Unknown,
}

/// An award that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Missing {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The least grade that will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Who has to award it, if the credential's own issuer will not do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// For how long it will do: it is awarded not longer ago than each of these. What all the places ask for that it
    /// could fill.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<CalendarTerm>,
    /// The day on which or after which it is awarded, if all the places that it could fill ask for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// The day on which or before which it is awarded, if all the places that it could fill ask for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// For how long it has to be held before it counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_for: Vec<CalendarTerm>,
    /// The hours that its record has to state at least, where the catalog states none and a sum asks for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The number of awards of it; more than one only if it is repeatable.
    pub times: u32,
}

impl Missing {
    /// One such award, made on the date, or as long before it as it has to be held.
    #[must_use]
    pub fn award(&self, as_of: Date) -> Award {
        let awarded = CalendarTerm::last_held(&self.held_for, as_of).unwrap_or(as_of);
        let Self { credential, grade, issuer, hours, .. } = self;
        Award { grade: grade.clone(), issuer: issuer.clone(), hours: *hours, ..Award::new(&**credential).on(awarded) }
    }
}

/// A remark: something that an audit takes for granted, or finds odd.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Note {
    /// An award was issued although the catalog's own rules for the credential are not met ([semantics
    /// 3.5](crate::semantics#3.5)).
    IssuedAgainstRules,
    /// A credential counts that nobody has issued: the learner qualifies for it.
    NotIssued {
        /// Its id.
        credential: String,
    },
    /// An award counts as if it were completed, because the view says so.
    Assumed {
        /// The credential.
        credential: String,
        /// The state of the award.
        status: AwardStatus,
    },
    /// A waiver or substitution for this credential has no effect.
    Misplaced {
        /// Which, and why.
        misplaced: Misplaced,
    },
    /// An award that is named here has no date; it counts, but meets no condition on time.
    Undated {
        /// The credential awarded.
        credential: String,
    },
    /// It is judged by itself; but the catalog limits what it, or a component that it rests on, may share with other
    /// credentials, and which can be claimed together is another question (see [`Claims`](crate::Claims)).
    JudgedAlone,
    /// It can no longer be begun or claimed.
    Closed {
        /// The last day on which it could be; none if there never was one.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<Date>,
    },
    /// It cannot be begun or claimed yet, or not again yet.
    NotYetOffered {
        /// The first day on which it can.
        from: Date,
        /// The last day from then on without a break; none if that never comes.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The work limit was met before every date was found.
    DatesIncomplete,
}

impl AuditedAward {
    /// Whether it is completed, was made by that date, was not revoked by then, and has not ended by itself; and is as
    /// genuine as was asked for. An award that lasts while its components do may have ended through them.
    #[must_use]
    pub fn is_current(&self, date: Date) -> bool {
        let made = match self.status {
            AwardStatus::Completed => true,
            AwardStatus::Revoked => self.revoked_on.is_some(),
            AwardStatus::InProgress | AwardStatus::Planned => false,
        };
        made && !self.distrusted
            && self.revoked_on.is_none_or(|revoked| date < revoked)
            && self.awarded.is_none_or(|awarded| awarded <= date)
            && self.last_day.is_none_or(|last| date <= last)
    }
}

impl WrittenConditions {
    /// The conditions that a group carries.
    pub(crate) fn of_group(catalog: &Catalog, group: GroupId) -> Self {
        let Extras { span, average, conditions, name: _, distinct: _, selected: _ } = catalog.network.extras(group);
        Self { span: *span, average: *average, ..Self::new(catalog, *conditions) }
    }

    /// The conditions with this number in the catalog's rules.
    pub(crate) fn new(catalog: &Catalog, number: ConditionsId) -> Self {
        let Conditions { within, since, until, held_for, grade, issuers, lapsed, lasts: _ } =
            &catalog.network.conditions[number];
        let name = |&issuer: &IssuerId| catalog.issuer_name(issuer).to_owned();
        Self {
            within: within.clone(),
            since: *since,
            until: *until,
            held_for: held_for.clone(),
            grade: grade.map(|grade| catalog.grade_name(grade)),
            issuer: issuers.as_ref().map(|issuers| issuers.iter().map(name).collect()),
            lapsed: *lapsed,
            span: None,
            average: None,
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Audit {
    /// The audit of a credential that is of another catalog: of none that this one has.
    pub(crate) fn of_none(stamp: Stamp, as_of: Date, view: View) -> Self {
        Self {
            stamp,
            credential: String::new(),
            title: String::new(),
            as_of,
            credit_unit: None,
            view,
            status: Status::Unattainable,
            first_view: None,
            meets_requirements: false,
            qualified_since: None,
            valid_until: None,
            met_from: None,
            attainable_from: None,
            ends_with: Vec::new(),
            ends_with_waivers: Vec::new(),
            awards: Vec::new(),
            prerequisite: None,
            corequisite: None,
            begun_with: Vec::new(),
            stack: None,
            support: Vec::new(),
            waived: Vec::new(),
            substituted: Vec::new(),
            uncounted: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The rules of the credential, as far as it has them: its prerequisite, its corequisite, then its stack.
    pub fn rules(&self) -> impl Iterator<Item = &AuditedPart> {
        self.prerequisite.iter().chain(&self.corequisite).chain(&self.stack)
    }

    /// The part of the record that a satisfied part rests on: its witness, and what the conferred credentials among it
    /// rest on, with the waivers and substitutions that are used. This alone satisfies the part.
    #[must_use]
    pub fn evidence(&self, part: &AuditedPart) -> LearnerRecord {
        let mut awards: BTreeMap<Origin, Award> = BTreeMap::new();
        let mut waivers: BTreeSet<&Waiver> = part.waived.iter().collect();
        let mut substitutions: BTreeSet<&Substitution> = BTreeSet::new();
        let mut rests_on: BTreeMap<&str, Vec<&Support>> = BTreeMap::new();
        for support in &self.support {
            rests_on.entry(&support.credential).or_default().push(support);
        }
        let mut open: Vec<&Use> = part.witness.iter().collect();
        while let Some(used) = open.pop() {
            if used.issued {
                awards.insert(used.origin, used.award.clone());
            }
            substitutions.extend(&used.substitutions);
            let mut credential = &used.award.credential;
            if let Some(renewal) = &used.renewal {
                awards.extend(used.renewal_origins.iter().copied().zip(renewal.awards.iter().cloned()));
                waivers.extend(&renewal.waived);
                substitutions.extend(&renewal.substitutions);
                credential = &renewal.credential;
            }
            for support in rests_on.remove(credential.as_str()).into_iter().flatten() {
                waivers.extend(&support.waived);
                open.extend(&support.witness);
            }
        }
        LearnerRecord {
            awards: awards.into_values().collect(),
            waivers: waivers.into_iter().cloned().collect(),
            substitutions: substitutions.into_iter().cloned().collect(),
            pursued: Vec::new(),
        }
    }
}
