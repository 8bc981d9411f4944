//! Making an audit.

use std::collections::BTreeSet;

use crate::audit::audit::{
    Audit, AuditedAward, AuditedPart, Conflict, Contested, Gap, GapChoice, Missing, Note, PartKind, State, Support,
    WrittenConditions,
};
use crate::audit::counted::CountedGroup;
use crate::audit::gap::{Gaps, Grant, Way};
use crate::audit::used::Use;
use crate::catalog::catalog::{Catalog, Credential};
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Extras, Measure, Network, Part, Rule, RuleKind, Unit};
use crate::evaluate::cone::Cone;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{EvidenceId, Origin};
use crate::evaluate::exceptions::{SubstitutionId, WaiverId};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::{Filled, Met};
use crate::evaluate::usable::Usable;
use crate::evaluate::witness;
use crate::evaluate::witness::{PartWitness, Rested};
use crate::record::exception::{Substitution, Waiver};
use crate::record::record::{Award, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, GroupId, Id, LeafId, RegionId};
use crate::value::points::GradePoints;
use crate::value::term::CalendarTerm;

impl Catalog {
    /// Explains one credential to one learner: see [`Audit`]. For several credentials, [evaluate](Self::evaluate) once
    /// and ask [`Evaluation::audit`].
    #[must_use]
    pub fn audit(&self, record: &LearnerRecord, as_of: Date, id: CredentialId, options: &EvaluateOptions) -> Audit {
        self.evaluate(record, as_of, options).audit(id)
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
        if !self.catalog.knows(id) {
            return Audit::of_none(self.catalog.stamp(), self.as_of, self.view());
        }
        let auditor = Auditor { evaluation: self, catalog: self.catalog };
        let usable = Usable::new(&self.progress);
        let cone = Cone::of(self.catalog, &self.standing.exceptions, [id]);
        let mut gaps = Gaps::new(self.catalog, &usable, &cone);
        let mut rule =
            |rule: Rule| self.catalog.network.top(rule).map(|top| (top, auditor.part(top, None, &usable, &mut gaps)));
        let [prerequisite, corequisite, stack] = RuleKind::ALL.map(|kind| rule(Rule::new(id, kind)));
        let tops = [&prerequisite, &corequisite, &stack].into_iter().flatten().map(|&(top, _)| top);
        let (witness, verdict) = auditor.grounds(tops, &usable);
        let support = witness::support(&usable, self.catalog, &witness.filled);
        let mut rested: Vec<&Filled> = witness.filled.iter().collect();
        rested.extend(support.iter().flat_map(|rested| &rested.witness.filled));
        let of_verdict = witness::support(&usable, self.catalog, &verdict.filled);
        let mut used: Vec<&Filled> = verdict.filled.iter().collect();
        used.extend(of_verdict.iter().flat_map(|rested| &rested.witness.filled));
        let mut waived: Vec<Part> = verdict.waived.clone();
        waived.extend(of_verdict.iter().flat_map(|rested| &rested.witness.waived));
        let names = &self.catalog.names;
        let under = self.standing.exceptions.counting_as(names, names.class(id), None);
        let credential = self.catalog.get(id);
        let period = self.period(id);
        let (ends_with, ends_with_waivers) = auditor.ends_with(id, period.until);
        let [prerequisite, corequisite, stack] = [prerequisite, corequisite, stack].map(|rule| Some(rule?.1));
        let uncounted = auditor.uncounted(&under, prerequisite.iter().chain(&corequisite).chain(&stack));
        let mut notes = auditor.notes(id, &rested, &support, &usable);
        notes.extend((!period.complete).then_some(Note::DatesIncomplete));
        Audit {
            stamp: self.catalog.stamp(),
            credential: credential.id.clone(),
            title: credential.title.clone(),
            as_of: self.as_of,
            credit_unit: self.catalog.header().credit_unit.clone(),
            view: self.view(),
            status: self.status(id),
            first_view: self.first_view(id),
            meets_requirements: self.meets_requirements(id),
            qualified_since: period.since,
            valid_until: period.until,
            met_from: self.met_from(id),
            attainable_from: self.attainable_from(id),
            ends_with,
            ends_with_waivers,
            awards: auditor.awards(|class| under.contains(&class)),
            waived: auditor.waivers(&waived),
            substituted: auditor.substituted(&used, &usable),
            uncounted,
            notes,
            support: support.iter().map(|rested| auditor.support(rested, &usable)).collect(),
            prerequisite,
            corequisite,
            begun_with: self.begun_with(id).into_iter().flatten().map(|id| self.catalog.id(id).to_owned()).collect(),
            stack,
        }
    }
}

/// The first day after the date on which an award that is there will have been held for as long as a leaf asks for.
fn held_from(part: Part, usable: &Usable<'_, '_>) -> Option<Date> {
    let Part::Leaf(leaf) = part else { return None };
    let network = &usable.progress.catalog.network;
    let conditions = &network.conditions[network.leaf(leaf).conditions];
    if conditions.held_for.is_empty() {
        return None;
    }
    let at_once = Conditions { held_for: Vec::new(), ..conditions.clone() };
    let there = usable.meeting(leaf, &at_once, EvidenceId::END).into_iter();
    let counts_from = |number: EvidenceId| {
        let evidence = &usable.progress.evidence[number].evidence;
        let awarded = evidence.awarded.filter(|_| evidence.is_issued())?;
        let first = conditions.held_for.iter().map(|term| term.first_held(awarded)).collect::<Option<Vec<Date>>>()?;
        let first = first.into_iter().max()?;
        (evidence.meets(conditions, first) && (conditions.lapsed || evidence.lasts(first))).then_some(first)
    };
    there.filter_map(counts_from).min()
}

pub(crate) struct Auditor<'e, 'c> {
    pub(crate) evaluation: &'e Evaluation<'c>,
    pub(crate) catalog: &'c Catalog,
}

impl PartKind {
    /// The kind of a group.
    pub(crate) fn of_group(network: &Network, group: GroupId) -> Self {
        let described = network.group(group);
        match described.measure {
            Measure::Count if described.threshold as usize == network.parts(group).len() => Self::AllOf,
            Measure::Count if described.threshold == 1 => Self::AnyOf,
            Measure::Count | Measure::Sum(Unit::Places) => Self::AtLeast,
            Measure::Sum(Unit::Credits) => Self::Credits,
            Measure::Sum(Unit::Hours) => Self::Hours,
            Measure::UpTo(_) => Self::UpTo,
        }
    }
}

impl From<Met> for State {
    fn from(met: Met) -> Self {
        match met {
            Met::Yes => Self::Met,
            Met::No => Self::Unmet,
            Met::Undecided => Self::Undecided,
        }
    }
}

/// A part as it is written, and what there is of it.
struct Described<'c> {
    kind: PartKind,
    name: Option<String>,
    conditions: WrittenConditions,
    parts: &'c [Part],
    met: Met,
    have: Amount,
    need: Amount,
    /// How a group that is counted as a whole was.
    counted: Option<CountedGroup>,
    mean: Option<GradePoints>,
}

impl<'c> Auditor<'_, 'c> {
    /// A part, within the group around it that is counted as a whole, if there is one.
    fn part(
        &self,
        part: Part,
        within: Option<&CountedGroup>,
        usable: &Usable<'_, 'c>,
        gaps: &mut Gaps<'_, 'c>,
    ) -> AuditedPart {
        let network = &self.catalog.network;
        let whole = EvidenceId::at(usable.progress.evidence.len());
        let Described { kind, name, conditions, parts, met, have, need, counted, mean } = match part {
            Part::Leaf(leaf) => self.described_leaf(leaf, usable),
            Part::Group(group) => self.described_group(group, usable),
        };
        let state = State::from(met);
        let inner = within.or(counted.as_ref());
        let parts = parts.iter().map(|&part| self.part(part, inner, usable, gaps)).collect();
        let witness = if met == Met::Yes && kind != PartKind::UpTo {
            witness::witness(usable, self.catalog, part, whole)
        } else {
            PartWitness::default()
        };
        let by_waiver = witness.waived.contains(&part).then(|| self.waivers(&[part]).pop()).flatten();
        let distinct = matches!(part, Part::Group(group) if network.extras(group).distinct);
        let conflict = match part {
            Part::Group(group) if met == Met::No && network.wants_different(group) => self.conflict(group, usable),
            _ => None,
        };
        let gap = if met == Met::No && kind != PartKind::UpTo { self.gap(part, usable, gaps) } else { None };
        let (mut uncounted, mut adding, mut idle) = (Vec::new(), Vec::new(), false);
        if let Part::Leaf(leaf) = part {
            uncounted = self.evaluation.expected().at(self.evaluation, leaf, usable);
            if let Some(within) = within {
                idle = self.is_idle(leaf, within, usable);
                uncounted.extend(self.left_out(leaf, within, usable));
                adding = self.adding(leaf, within, usable);
            }
        }
        AuditedPart {
            kind,
            uncounted,
            adding,
            idle,
            line: self.catalog.line(part),
            name,
            distinct,
            conditions,
            state,
            held_from: if met == Met::No { held_from(part, usable) } else { None },
            have,
            need,
            mean,
            parts,
            witness: self.uses(&witness.filled, usable),
            waiver: by_waiver,
            waived: self.waivers(&witness.waived),
            conflict,
            gap,
        }
    }

    fn described_leaf(&self, leaf: LeafId, usable: &Usable<'_, 'c>) -> Described<'c> {
        let described = self.catalog.network.leaf(leaf);
        let Credential { id, title, .. } = self.catalog.at(described.credential);
        let met = usable.progress.is_met(Part::Leaf(leaf));
        Described {
            kind: PartKind::Credential { credential: id.clone(), title: title.clone() },
            name: None,
            conditions: WrittenConditions::new(self.catalog, described.own_conditions),
            parts: &[],
            met: if met { Met::Yes } else { Met::No },
            have: Amount::from_hundredths(100 * u64::from(met)),
            need: Amount::from_hundredths(100),
            counted: None,
            mean: None,
        }
    }

    fn described_group(&self, group: GroupId, usable: &Usable<'_, 'c>) -> Described<'c> {
        let network = &self.catalog.network;
        let (described, parts) = (network.group(group), network.parts(group));
        // Who selected the members is not shown, and `distinct` is shown by the part itself.
        let Extras { name, span: _, conditions: _, average: _, distinct: _, selected: _ } = network.extras(group);
        let (met, have, counted) = self.group(group, usable);
        let unit = if described.measure.is_count() { 100 } else { 1 };
        let amount = |value: u64| Amount::from_hundredths(value.saturating_mul(unit));
        Described {
            kind: PartKind::of_group(network, group),
            name: name.as_deref().map(str::to_owned),
            conditions: WrittenConditions::of_group(self.catalog, group),
            parts,
            met,
            have: amount(have),
            need: amount(u64::from(described.threshold)),
            mean: counted.as_ref().and_then(|counted| self.mean(counted, usable)),
            counted,
        }
    }

    /// Whether a group is satisfied, what it has, and how it was counted if it was counted as a whole.
    fn group(&self, group: GroupId, usable: &Usable<'_, 'c>) -> (Met, u64, Option<CountedGroup>) {
        let described = self.catalog.network.group(group);
        if usable.progress.region(group) == RegionId::PLAIN && described.measure == Measure::Count {
            let certain = usable.met(Part::Group(group));
            let possible =
                self.evaluation.possible.as_ref().is_some_and(|possible| possible.is_met(Part::Group(group)));
            let met = if certain == Met::No && possible { Met::Undecided } else { certain };
            return (met, u64::from(usable.progress.have(group)), None);
        }
        let outcome = usable.counting(Part::Group(group), EvidenceId::END, true, |counting| counting.outcome(group));
        let counted = Some(self.counted_group(group, &outcome, usable));
        match described.measure {
            Measure::UpTo(_) => {
                let have = outcome.have.min(u64::from(described.threshold));
                (if have == u64::from(described.threshold) { Met::Yes } else { Met::No }, have, counted)
            }
            _ => (outcome.met, outcome.have, counted),
        }
    }

    /// The parts of a group that stand in each other's way.
    fn conflict(&self, group: GroupId, usable: &Usable<'_, 'c>) -> Option<Conflict> {
        let network = &self.catalog.network;
        let found = usable.counting(Part::Group(group), EvidenceId::END, false, |counting| counting.conflict(group))?;
        let id = |leaf: &LeafId| self.catalog.id(network.leaf(*leaf).credential).to_owned();
        let ids = |leaves: &[LeafId]| leaves.iter().map(id).collect::<BTreeSet<String>>().into_iter().collect();
        let contested = |&(part, needs): &(Part, u32)| Contested {
            line: self.catalog.line(part),
            name: match part {
                Part::Group(group) => network.extras(group).name.as_deref().map(str::to_owned),
                Part::Leaf(_) => None,
            },
            members: ids(&network.leaves_below(part)),
            needs: (needs > 0).then_some(needs),
        };
        let shortage = found.shortage.as_ref();
        let mut awards: Vec<Award> = shortage
            .into_iter()
            .flat_map(|shortage| &shortage.evidence)
            .map(|&number| self.award_of(&usable.progress.evidence[number].evidence))
            .collect();
        awards.sort();
        Some(Conflict {
            parts: found.parts.iter().map(contested).collect(),
            needs: shortage.map(|shortage| shortage.needs),
            awards,
            members: shortage.map(|shortage| ids(&shortage.leaves)).unwrap_or_default(),
        })
    }

    /// The waivers that satisfy the parts, each once.
    pub(crate) fn waivers(&self, parts: &[Part]) -> Vec<Waiver> {
        let exceptions = &self.evaluation.standing.exceptions;
        let numbers: BTreeSet<WaiverId> =
            parts.iter().filter_map(|part| exceptions.waived.get(part).copied()).collect();
        numbers.into_iter().filter_map(|number| exceptions.waivers.get(number).cloned()).collect()
    }

    /// The substitutions by which the evidence counts, each once.
    fn substituted(&self, filled: &[&Filled], usable: &Usable<'_, 'c>) -> Vec<Substitution> {
        let by = |filled: &&Filled| usable.progress.evidence[filled.evidence].evidence.by().to_vec();
        let numbers: BTreeSet<SubstitutionId> = filled.iter().flat_map(by).collect();
        self.written(&numbers.into_iter().collect::<Vec<_>>())
    }

    pub(crate) fn written(&self, substitutions: &[SubstitutionId]) -> Vec<Substitution> {
        let written = &self.evaluation.standing.exceptions.written;
        substitutions.iter().filter_map(|&number| written.get(number).cloned()).collect()
    }

    fn uses(&self, filled: &[Filled], usable: &Usable<'_, 'c>) -> Vec<Use> {
        filled.iter().map(|filled| self.used(filled, &usable.progress.evidence)).collect()
    }

    /// The award of the record that evidence is.
    pub(crate) fn issued(&self, origin: Origin) -> Option<&Award> {
        self.evaluation.standing.award(self.evaluation.record, origin)
    }

    fn support(&self, rested: &Rested, usable: &Usable<'_, 'c>) -> Support {
        let credential = self.catalog.id(rested.credential).to_owned();
        Support {
            credential,
            issued: !rested.by_qualification,
            witness: self.uses(&rested.witness.filled, usable),
            waived: self.waivers(&rested.witness.waived),
        }
    }

    fn gap(&self, part: Part, usable: &Usable<'_, 'c>, gaps: &mut Gaps<'_, 'c>) -> Option<Gap> {
        let network = &self.catalog.network;
        let choices = gaps.of(part)?;
        let mean = gaps.mean(part, &choices.first().grants);
        let choices = choices.0;
        let mut unfilled = network.leaves_below(part);
        unfilled.retain(|&leaf| !usable.progress.is_met(Part::Leaf(leaf)));
        let minimal = choices.iter().flat_map(|ways| &ways.list).all(|way| way.minimal);
        let told = |way: &Way| way.grants.iter().map(|grant| self.missing(grant, &unfilled)).collect();
        let choices =
            choices.iter().map(|ways| GapChoice { ways: ways.list.iter().map(told).collect(), further: ways.further });
        let choices: Vec<GapChoice> = choices.collect();
        let missing = choices.iter().filter_map(|choice| choice.ways.first()).flatten().cloned().collect();
        let out_of: BTreeSet<CredentialId> = unfilled.iter().map(|&leaf| network.leaf(leaf).credential).collect();
        let out_of = out_of.into_iter().map(|credential| self.catalog.id(credential).to_owned()).collect();
        Some(Gap { missing, choices, out_of, mean, minimal })
    }

    fn missing(&self, grant: &Grant, unfilled: &[LeafId]) -> Missing {
        let described = self.catalog.at(grant.credential);
        // What is granted meets the conditions on time of the places that it could fill. They are told as far as none
        // of these does without.
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let places = unfilled.iter().map(|&leaf| network.leaf(leaf));
        let named = places.filter(|leaf| names.class(leaf.credential) == names.class(grant.credential));
        let mut asked: Vec<&Conditions> = named.map(|leaf| &network.conditions[leaf.conditions]).collect();
        let date = self.evaluation.as_of;
        asked.retain(|conditions| {
            conditions.grade == grant.grade && conditions.are_met_in_time(Some(grant.awarded), date)
        });
        let first = asked.first().map(|conditions| &conditions.within[..]).unwrap_or_default();
        let by_all = |term: &&CalendarTerm| asked.iter().all(|conditions| conditions.within.contains(*term));
        // No day is before any, so that one place without a day leaves none.
        let since = asked.iter().map(|conditions| conditions.since).min().flatten();
        let untils: Option<Vec<Date>> = asked.iter().map(|conditions| conditions.until).collect();
        Missing {
            credential: described.id.clone(),
            title: described.title.clone(),
            grade: grant.grade.map(|grade| self.catalog.grade_name(grade)),
            issuer: grant.issuer.map(|issuer| self.catalog.issuer_name(issuer).to_owned()),
            within: first.iter().filter(by_all).copied().collect(),
            since,
            until: untils.and_then(|untils| untils.into_iter().max()),
            held_for: grant.held_for.clone(),
            hours: grant.hours.map(|hours| Amount::from_hundredths(u64::from(hours))),
            times: grant.times,
        }
    }
}
