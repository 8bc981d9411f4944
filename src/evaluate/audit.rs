//! The audit of one credential: its requirements as written, what of each is there, by what, and what is missing (semantics 4.4).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::amount::Amount;
use crate::catalog::names::Names;
use crate::catalog::network::{Conditions, Measure, PLAIN, Part, Rule, Unit, to_u32};
use crate::catalog::{Catalog, CredentialId};
use crate::date::{Date, Period};
use crate::evaluate::counting::{Filled, Met};
use crate::evaluate::gap::{Gaps, Grant};
use crate::evaluate::progress::{Progress, Scope, Usable};
use crate::evaluate::standing::{Evidence, Grade, Origin, last_day};
use crate::evaluate::witness::{Rested, support, witness};
use crate::evaluate::{EvaluateOptions, Evaluation, Status};
use crate::record::{Award, AwardStatus, LearnerRecord};

/// One credential explained for one learner on one date.
///
/// `Display` shows it as a tree that can be read out to the learner; `Serialize` gives the same as data.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, State};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.networks = {}
///     credential.hardware = {}
///     credential.technician = { stack = { all_of = ["hardware", "networks"] } }
/// "#)?;
/// let record = LearnerRecord::from_iter(["hardware"]);
/// let technician = catalog.credential("technician").expect("defined above");
/// let audit = catalog.audit(&record, "2026-11-22".parse()?, technician);
///
/// let stack = audit.stack.as_ref().expect("it has one");
/// assert_eq!((stack.state, stack.have, stack.need), (State::Unmet, "1".parse()?, "2".parse()?));
/// assert_eq!(stack.gap.as_ref().expect("unmet").missing[0].credential, "networks");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Audit {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The date that the audit is for.
    pub as_of: Date,
    /// The status of the credential.
    pub status: Status,
    /// Whether it is conferred and its own requirements are met.
    pub meets_requirements: bool,
    /// See [`Evaluation::qualified_since`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualified_since: Option<Date>,
    /// See [`Evaluation::valid_until`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The awards that stop counting after `valid_until`, for which the requirements are not met then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ends_with: Vec<AuditedAward>,
    /// The learner's awards of the credential, or of one that counts as it, whatever has become of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub awards: Vec<AuditedAward>,
    /// What has to be held before beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisite: Option<AuditedPart>,
    /// The components that earn it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<AuditedPart>,
    /// What the conferred credentials among the witnesses rest on, and those among that, in the order in which they came to count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub support: Vec<Support>,
    /// What the verdict takes for granted, and what is odd.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// An award in an audit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct AuditedAward {
    /// Id of the credential awarded.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The day of the award.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// Its last valid day; none if it does not end by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// How far it has got.
    pub status: AwardStatus,
}

/// A group or a named credential of a requirement, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AuditedPart {
    /// What is required.
    #[serde(flatten)]
    pub kind: PartKind,
    /// The line of the catalog on which it is written; for a member selected by a filter, the line of the filter.
    pub line: usize,
    /// The group's name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The conditions written here. Those of the groups around it apply as well.
    #[serde(skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
    /// Whether it is satisfied.
    pub state: State,
    /// How much is there: satisfied parts, credits or hours. The most that can be counted together.
    pub have: Amount,
    /// How much is needed, in the same unit; for `up_to`, how much can count.
    pub need: Amount,
    /// The parts, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<AuditedPart>,
    /// If it is satisfied, which award fills which place: enough to satisfy it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<Use>,
    /// If it is not, what would satisfy it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// What a part of a requirement asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Yes; for `up_to`, the cap is reached.
    Met,
    /// No.
    Unmet,
    /// The work limit was met first.
    Undecided,
}

/// The conditions that a group or a named credential puts on awards (semantics 2.5).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct WrittenConditions {
    /// Awarded not longer ago than each of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<Period>,
    /// Awarded on this day or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Date>,
    /// With this grade or a better one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// By one of these; an empty list lets no award count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Vec<String>>,
    /// An award that has lapsed counts as well.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lapsed: bool,
    /// All awards used lie within such a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Period>,
}

/// An award that fills a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    slot: String,
    award: Award,
    issued: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    adds: Option<Amount>,
    /// Tells apart awards that look alike.
    #[serde(skip)]
    origin: Origin,
}

impl Use {
    /// Id of the credential that the rule names.
    #[must_use]
    pub fn slot(&self) -> &str {
        &self.slot
    }

    /// The award, which may be of an equivalent credential or of one that counts as the slot. If the learner only qualifies for it,
    /// it is dated as of the audit.
    #[must_use]
    pub fn award(&self) -> &Award {
        &self.award
    }

    /// Whether the award is in the record. If not, the learner qualifies for it.
    #[must_use]
    pub fn is_issued(&self) -> bool {
        self.issued
    }

    /// What it adds, in a sum.
    #[must_use]
    pub fn adds(&self) -> Option<Amount> {
        self.adds
    }
}

/// What a conferred credential among the witnesses rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Support {
    /// Id of the credential.
    pub credential: String,
    /// Whether an award of it is in the record, which stays current while its stack is met. If not, the learner qualifies for it.
    pub issued: bool,
    /// Which awards fill the places of its own rules.
    pub witness: Vec<Use>,
}

/// What would satisfy an unmet part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// Awards that together satisfy the part if made on the as-of date. Without any one of them it stays unmet.
    pub missing: Vec<Missing>,
    /// Every credential named below the part that is not filled yet: what the missing ones were chosen from, in id order.
    pub out_of: Vec<String>,
    /// Whether it is proven that none of the missing awards is needless. Only for very large requirements the work limit may come
    /// first.
    pub minimal: bool,
}

/// An award that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// How many awards of it; more than one only if it is repeatable.
    pub times: u32,
}

impl Missing {
    /// One such award, made on the date.
    #[must_use]
    pub fn award(&self, awarded: Date) -> Award {
        Award { grade: self.grade.clone(), issuer: self.issuer.clone(), ..Award::new(&*self.credential).on(awarded) }
    }
}

/// What an audit takes for granted, or finds odd.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Note {
    /// An award was issued although the catalog's own rules for the credential are not met (semantics 3.5).
    IssuedAgainstRules,
    /// A credential counts that nobody has issued: the learner qualifies for it.
    NotIssued {
        /// Its id.
        credential: String,
    },
    /// An award that is named here has no date; it counts, but meets no condition on time.
    Undated {
        /// The credential awarded.
        credential: String,
    },
    /// The grade of an award is not on the catalog's scale, so it meets no condition on grades.
    UnknownGrade {
        /// The credential awarded.
        credential: String,
        /// The grade.
        grade: String,
    },
    /// It can no longer be begun or claimed.
    Closed {
        /// The last day on which it could be; none if there never was one.
        after: Option<Date>,
    },
    /// It cannot be begun or claimed yet.
    NotYetOffered {
        /// The first day on which it can.
        from: Date,
    },
    /// The work limit was met before every date was found.
    DatesIncomplete,
}

impl Catalog {
    /// Explains one credential to one learner: see [`Audit`].
    #[must_use]
    pub fn audit(&self, record: &LearnerRecord, as_of: Date, id: CredentialId) -> Audit {
        self.evaluate_with(record, as_of, &EvaluateOptions::default()).audit(id)
    }
}

impl AuditedAward {
    /// Whether it is completed, was made by that date, and has not ended by itself. An award that lasts while its components do may
    /// have ended through them.
    #[must_use]
    pub fn is_current(&self, date: Date) -> bool {
        self.status == AwardStatus::Completed
            && self.awarded.is_none_or(|awarded| awarded <= date)
            && self.last_day.is_none_or(|last| date <= last)
    }
}

impl Evaluation<'_> {
    /// Every award of the record that the catalog knows, with its last valid day, in the order of ids and dates.
    #[must_use]
    pub fn awards(&self) -> Vec<AuditedAward> {
        Auditor { evaluation: self, catalog: self.catalog }.awards(|_| true)
    }

    /// Explains one credential: see [`Audit`].
    #[must_use]
    pub fn audit(&self, id: CredentialId) -> Audit {
        let auditor = Auditor { evaluation: self, catalog: self.catalog };
        let usable = Usable::new(&self.progress);
        let mut gaps = Gaps::new(self.catalog, &usable);
        let mut rule =
            |rule: Rule| self.catalog.network.top(rule).map(|top| (top, auditor.part(top, &usable, &mut gaps)));
        let (prerequisite, stack) = (rule(Rule::prerequisite(id.0)), rule(Rule::stack(id.0)));
        let whole = usable.progress.evidence.len();
        let tops = [&prerequisite, &stack].into_iter().flatten().map(|&(top, _)| top);
        let mut filled: Vec<Filled> = Vec::new();
        let mut leaves: Vec<u32> = Vec::new();
        for top in tops {
            leaves.extend(self.catalog.network.leaves_below(top));
            filled.extend(auditor.witnesses(top, &usable, to_u32(whole)));
        }
        let support = support(&usable, self.catalog, &filled);
        let names = &self.catalog.names;
        let under = Names::closure(names.class(id.0), |class| names.down(class));
        let credential = self.catalog.get(id);
        Audit {
            credential: credential.id.clone(),
            title: credential.title.clone(),
            as_of: self.as_of,
            status: self.status(id),
            meets_requirements: self.meets_requirements(id),
            qualified_since: self.qualified_since(id),
            valid_until: self.valid_until(id),
            ends_with: auditor.ends_with(id),
            awards: auditor.awards(|class| under.contains(&class)),
            notes: auditor.notes(id, &leaves, &filled, &support, &usable),
            support: support.iter().map(|rested| auditor.support(rested, &usable)).collect(),
            prerequisite: prerequisite.map(|(_, part)| part),
            stack: stack.map(|(_, part)| part),
        }
    }
}

struct Auditor<'e, 'c> {
    evaluation: &'e Evaluation<'c>,
    catalog: &'c Catalog,
}

impl<'c> Auditor<'_, 'c> {
    fn part(&self, part: Part, usable: &Usable<'_, 'c>, gaps: &mut Gaps<'_, 'c>) -> AuditedPart {
        let network = &self.catalog.network;
        let whole = to_u32(usable.progress.evidence.len());
        let (kind, name, conditions, inner, met, have, need) = match part {
            Part::Leaf(number) => {
                let leaf = network.leaf(number);
                let described = self.catalog.at(leaf.credential);
                let kind = PartKind::Credential { credential: described.id.clone(), title: described.title.clone() };
                let met = usable.progress.is_met(part);
                let conditions = self.conditions(leaf.own_conditions, None);
                (
                    kind,
                    None,
                    conditions,
                    &[][..],
                    if met { Met::Yes } else { Met::No },
                    Amount::from_hundredths(100 * u64::from(met)),
                    Amount::from_hundredths(100),
                )
            }
            Part::Group(number) => {
                let group = network.group(number);
                let extras = network.extras(number);
                let parts = network.parts(number);
                let kind = match group.measure {
                    Measure::Count if group.threshold as usize == parts.len() => PartKind::AllOf,
                    Measure::Count if group.threshold == 1 => PartKind::AnyOf,
                    Measure::Count => PartKind::AtLeast,
                    Measure::Sum(Unit::Credits) => PartKind::Credits,
                    Measure::Sum(Unit::Hours) => PartKind::Hours,
                    Measure::UpTo(_) => PartKind::UpTo,
                };
                let (met, have) = self.group(number, usable);
                let unit = if group.measure == Measure::Count { 100 } else { 1 };
                let amount = |value: u64| Amount::from_hundredths(value.saturating_mul(unit));
                let name = extras.name.as_deref().map(str::to_owned);
                let conditions = self.conditions(extras.conditions, extras.span);
                (kind, name, conditions, parts, met, amount(have), amount(u64::from(group.threshold)))
            }
        };
        let state = match met {
            Met::Yes => State::Met,
            Met::No => State::Unmet,
            Met::Undecided => State::Undecided,
        };
        let parts = inner.iter().map(|&part| self.part(part, usable, gaps)).collect();
        let witness = if met == Met::Yes && kind != PartKind::UpTo {
            witness(usable, self.catalog, part, whole)
        } else {
            Vec::new()
        };
        let gap = if met == Met::No && kind != PartKind::UpTo { self.gap(part, usable, gaps) } else { None };
        AuditedPart {
            kind,
            line: self.catalog.line(part),
            name,
            conditions,
            state,
            have,
            need,
            parts,
            witness: self.uses(&witness, usable),
            gap,
        }
    }

    /// Whether a group is satisfied, and what it has.
    fn group(&self, group: u32, usable: &Usable<'_, 'c>) -> (Met, u64) {
        let described = self.catalog.network.group(group);
        if described.region == PLAIN && described.measure == Measure::Count {
            let certain = usable.progress.met(Part::Group(group));
            let possible =
                self.evaluation.possible.as_ref().is_some_and(|possible| possible.is_met(Part::Group(group)));
            let met = if certain == Met::No && possible { Met::Undecided } else { certain };
            return (met, u64::from(usable.progress.have(group)));
        }
        let outcome = usable.counting(Part::Group(group), u32::MAX, true).outcome(group);
        match described.measure {
            Measure::UpTo(_) => {
                let have = outcome.have.min(u64::from(described.threshold));
                (if have == u64::from(described.threshold) { Met::Yes } else { Met::No }, have)
            }
            _ => (outcome.met, outcome.have),
        }
    }

    /// The witnesses of all satisfied parts at or below a part.
    fn witnesses(&self, part: Part, usable: &Usable<'_, 'c>, limit: u32) -> Vec<Filled> {
        let mut filled = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if usable.progress.met(part) == Met::Yes {
                filled.extend(witness(usable, self.catalog, part, limit));
            }
            if let Part::Group(group) = part {
                open.extend(self.catalog.network.parts(group));
            }
        }
        filled
    }

    fn uses(&self, filled: &[Filled], usable: &Usable<'_, 'c>) -> Vec<Use> {
        filled.iter().map(|filled| self.used(filled, usable)).collect()
    }

    fn used(&self, filled: &Filled, usable: &Usable<'_, 'c>) -> Use {
        let network = &self.catalog.network;
        let leaf = network.leaf(filled.leaf);
        let evidence = &usable.progress.evidence[filled.evidence as usize].evidence;
        let award = self.issued(evidence.origin).cloned();
        Use {
            slot: self.catalog.id(leaf.credential).to_owned(),
            issued: award.is_some(),
            award: award.unwrap_or_else(|| Award::new(self.catalog.id(evidence.credential)).on(self.evaluation.as_of)),
            adds: network.unit_of(filled.leaf).map(|_| Amount::from_hundredths(filled.amount)),
            origin: evidence.origin,
        }
    }

    /// The award of the record that evidence is.
    fn issued(&self, origin: Origin) -> Option<&Award> {
        self.evaluation.standing.award(self.evaluation.record, origin)
    }

    fn support(&self, rested: &Rested, usable: &Usable<'_, 'c>) -> Support {
        let credential = self.catalog.id(rested.credential).to_owned();
        Support { credential, issued: !rested.by_qualification, witness: self.uses(&rested.filled, usable) }
    }

    fn gap(&self, part: Part, usable: &Usable<'_, 'c>, gaps: &mut Gaps<'_, 'c>) -> Option<Gap> {
        let network = &self.catalog.network;
        let grants = gaps.of(part)?;
        let missing = grants.list.iter().map(|grant| self.missing(grant)).collect();
        let unfilled = network.leaves_below(part).into_iter().filter(|&leaf| !usable.progress.is_met(Part::Leaf(leaf)));
        let out_of: BTreeSet<u32> = unfilled.map(|leaf| network.leaf(leaf).credential).collect();
        let out_of = out_of.into_iter().map(|credential| self.catalog.id(credential).to_owned()).collect();
        Some(Gap { missing, out_of, minimal: grants.minimal })
    }

    fn missing(&self, grant: &Grant) -> Missing {
        let described = self.catalog.at(grant.credential);
        Missing {
            credential: described.id.clone(),
            title: described.title.clone(),
            grade: grant.grade.map(|grade| self.catalog.grade_name(grade)),
            issuer: grant.issuer.map(|issuer| self.catalog.issuer_name(issuer).to_owned()),
            times: grant.times,
        }
    }

    fn conditions(&self, number: u32, span: Option<Period>) -> WrittenConditions {
        let Conditions { within, since, grade, issuers, lapsed } = &self.catalog.network.conditions[number as usize];
        let name = |&issuer: &u32| self.catalog.issuer_name(issuer).to_owned();
        WrittenConditions {
            within: within.clone(),
            since: *since,
            grade: grade.map(|grade| self.catalog.grade_name(grade)),
            issuer: issuers.as_ref().map(|issuers| {
                let mut names: Vec<String> = issuers.iter().map(name).collect();
                names.sort();
                names
            }),
            lapsed: *lapsed,
            span,
        }
    }

    fn award(&self, award: &Award, last_day: Option<Date>) -> AuditedAward {
        let title = self.catalog.credential(&award.credential).map(|id| self.catalog.get(id).title.clone());
        AuditedAward {
            credential: award.credential.clone(),
            title: title.unwrap_or_default(),
            awarded: award.awarded,
            last_day,
            status: award.status,
        }
    }

    /// The awards of the credentials of the wanted classes, whatever has become of them.
    fn awards(&self, wanted: impl Fn(u32) -> bool) -> Vec<AuditedAward> {
        let mut awards: Vec<AuditedAward> = Vec::new();
        for award in &self.evaluation.record.awards {
            let Some(of) = self.catalog.credential(&award.credential) else { continue };
            if wanted(self.catalog.names.class(of.0)) {
                let end = |awarded: Date| last_day(self.catalog.get(of).valid_for, awarded);
                awards.push(self.award(award, award.valid_until.or_else(|| award.awarded.and_then(end))));
            }
        }
        awards.sort();
        awards
    }

    /// The issued awards that the verdict rests on until its last day, and that do not serve on the next.
    fn ends_with(&self, id: CredentialId) -> Vec<AuditedAward> {
        let Evaluation { standing, options, .. } = self.evaluation;
        let Some(last) = self.evaluation.valid_until(id) else { return Vec::new() };
        let Some(next) = last.next() else { return Vec::new() };
        let network = &self.catalog.network;
        let progress = Progress::run(self.catalog, standing, Scope { date: last, ..Scope::certain(last, options) });
        let usable = Usable::new(&progress);
        let whole = to_u32(progress.evidence.len());
        let tops = [Rule::prerequisite(id.0), Rule::stack(id.0)].into_iter().filter_map(|rule| network.top(rule));
        let mut filled: Vec<Filled> = tops.flat_map(|top| witness(&usable, self.catalog, top, whole)).collect();
        filled.extend(support(&usable, self.catalog, &filled).into_iter().flat_map(|rested| rested.filled));
        let ends = |filled: &&Filled| {
            let evidence: &Evidence = &progress.evidence[filled.evidence as usize].evidence;
            let conditions = &network.conditions[network.leaf(filled.leaf).conditions as usize];
            evidence.is_issued() && !(evidence.meets(conditions, next) && (conditions.lapsed || evidence.lasts(next)))
        };
        let mut found = BTreeSet::new();
        for filled in filled.iter().filter(ends) {
            let evidence = &progress.evidence[filled.evidence as usize].evidence;
            found.extend(self.issued(evidence.origin).map(|award| self.award(award, evidence.until)));
        }
        found.into_iter().collect()
    }

    fn notes(
        &self,
        id: CredentialId,
        leaves: &[u32],
        filled: &[Filled],
        support: &[Rested],
        usable: &Usable,
    ) -> Vec<Note> {
        let network = &self.catalog.network;
        let credential = self.catalog.get(id);
        let mut notes = BTreeSet::new();
        let as_of = self.evaluation.as_of;
        let issued = self.evaluation.standing.issued.iter().any(|evidence| evidence.credential == id.0);
        let against = network.has_stack(id.0) && issued && !self.evaluation.meets_requirements(id);
        if against && self.evaluation.status(id) == Status::Held {
            notes.insert(Note::IssuedAgainstRules);
        }
        for rested in support.iter().filter(|rested| rested.by_qualification) {
            notes.insert(Note::NotIssued { credential: self.catalog.id(rested.credential).to_owned() });
        }
        let used = filled.iter().chain(support.iter().flat_map(|rested| &rested.filled));
        for filled in used {
            let evidence = &usable.progress.evidence[filled.evidence as usize].evidence;
            if evidence.awarded.is_none() {
                notes.insert(Note::Undated { credential: self.catalog.id(evidence.credential).to_owned() });
            }
        }
        self.note_unusable(leaves, &mut notes);
        let offered = credential.offered;
        if offered.is_over(as_of) {
            notes.insert(Note::Closed {
                after: offered.until.filter(|until| offered.from.is_none_or(|from| from <= *until)),
            });
        } else if let Some(from) = offered.from.filter(|&from| as_of < from) {
            notes.insert(Note::NotYetOffered { from });
        }
        if !self.evaluation.dates_are_complete(id) {
            notes.insert(Note::DatesIncomplete);
        }
        notes.into_iter().collect()
    }

    /// Awards that a leaf would count, were it not that the record lacks a date or has a grade from another scale.
    fn note_unusable(&self, leaves: &[u32], notes: &mut BTreeSet<Note>) {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        for &number in leaves {
            let leaf = network.leaf(number);
            let conditions = &network.conditions[leaf.conditions as usize];
            let spanned = network.region_of(number) != PLAIN;
            let timed = spanned || !conditions.within.is_empty() || conditions.since.is_some();
            if !timed && conditions.grade.is_none() {
                continue;
            }
            let under = Names::closure(names.class(leaf.credential), |class| names.down(class));
            for evidence in self
                .evaluation
                .standing
                .issued
                .iter()
                .filter(|evidence| under.contains(&names.class(evidence.credential)))
            {
                let credential = || self.catalog.id(evidence.credential).to_owned();
                if timed && evidence.awarded.is_none() {
                    notes.insert(Note::Undated { credential: credential() });
                }
                if let (Some(_), Grade::None) = (conditions.grade, evidence.grade)
                    && let Some(grade) = self.issued(evidence.origin).and_then(|award| award.grade.as_ref())
                {
                    notes.insert(Note::UnknownGrade { credential: credential(), grade: grade.clone() });
                }
            }
        }
    }
}

impl WrittenConditions {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Audit {
    /// The rules of the credential: its prerequisite, if it has one, then its stack, if it has one.
    pub fn rules(&self) -> impl Iterator<Item = &AuditedPart> {
        self.prerequisite.iter().chain(&self.stack)
    }

    /// The part of the record that a satisfied part rests on: its witness, and what the conferred credentials among it rest on. This
    /// alone satisfies the part.
    #[must_use]
    pub fn evidence(&self, part: &AuditedPart) -> LearnerRecord {
        let mut awards: BTreeMap<Origin, Award> = BTreeMap::new();
        let mut rests_on: BTreeMap<&str, Vec<&Support>> = BTreeMap::new();
        for support in &self.support {
            rests_on.entry(&support.credential).or_default().push(support);
        }
        let mut open: Vec<&Use> = part.witness.iter().collect();
        while let Some(used) = open.pop() {
            if used.issued {
                awards.insert(used.origin, used.award.clone());
            }
            let rests_on = rests_on.remove(used.award.credential.as_str());
            open.extend(rests_on.into_iter().flatten().flat_map(|support| &support.witness));
        }
        LearnerRecord { awards: awards.into_values().collect() }
    }
}
