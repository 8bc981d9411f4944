//! Making an audit.

use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId, Grade, Origin, last_day};
use crate::value::ids::{ClassId, CredentialId, GroupId, Id, IdVec, LeafId, RegionId};
use std::collections::BTreeSet;

use crate::audit::audit::{
    Audit, AuditedAward, AuditedPart, Conflict, Contested, Gap, Missing, Note, PartKind, State, Support, Use,
    WrittenConditions,
};
use crate::audit::gap::{Gaps, Grant};
use crate::catalog::catalog::{Catalog, Credential, Validity};
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::evaluation::{Evaluation, Status};
use crate::evaluate::exceptions::{Bearer, SubstitutionId, WaiverId};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::{Filled, Met};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness;
use crate::evaluate::witness::{PartWitness, Rested};
use crate::record::exception::{Exception, Substitution, Waiver};
use crate::record::record::{Award, AwardStatus, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::date::{Date, Period};

impl Catalog {
    /// Explains one credential to one learner: see [`Audit`].
    #[must_use]
    pub fn audit(&self, record: &LearnerRecord, as_of: Date, id: CredentialId) -> Audit {
        self.evaluate_with(record, as_of, &EvaluateOptions::default()).audit(id)
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
        let (prerequisite, stack) = (rule(Rule::prerequisite(id)), rule(Rule::stack(id)));
        let whole = EvidenceId::at(usable.progress.evidence.len());
        let tops = [&prerequisite, &stack].into_iter().flatten().map(|&(top, _)| top);
        let (mut witness, mut verdict) = (PartWitness::default(), PartWitness::default());
        let mut leaves: Vec<LeafId> = Vec::new();
        for top in tops {
            leaves.extend(self.catalog.network.leaves_below(top));
            witness.extend(auditor.witnesses(top, &usable, whole));
            // Where the whole is met, what only a part of it would rest on is not used.
            verdict.extend(match usable.progress.met(top) {
                Met::Yes => witness::witness(&usable, self.catalog, top, whole),
                _ => auditor.witnesses(top, &usable, whole),
            });
        }
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
        let mut notes = auditor.notes(id, &leaves, &rested, &support, &usable);
        if !period.complete {
            notes.push(Note::DatesIncomplete);
        }
        Audit {
            credential: credential.id.clone(),
            title: credential.title.clone(),
            as_of: self.as_of,
            view: self.view(),
            status: self.status(id),
            first_view: self.first_view(id),
            meets_requirements: self.meets_requirements(id),
            qualified_since: period.since,
            valid_until: period.until,
            ends_with: auditor.ends_with(id, period.until),
            awards: auditor.awards(|class| under.contains(&class)),
            waived: auditor.waivers(&waived),
            substituted: auditor.substituted(&used, &usable),
            notes,
            support: support.iter().map(|rested| auditor.support(rested, &usable)).collect(),
            prerequisite: prerequisite.map(|(_, part)| part),
            stack: stack.map(|(_, part)| part),
        }
    }
}

pub(crate) struct Auditor<'e, 'c> {
    pub(crate) evaluation: &'e Evaluation<'c>,
    pub(crate) catalog: &'c Catalog,
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
}

impl<'c> Auditor<'_, 'c> {
    fn part(&self, part: Part, usable: &Usable<'_, 'c>, gaps: &mut Gaps<'_, 'c>) -> AuditedPart {
        let network = &self.catalog.network;
        let whole = EvidenceId::at(usable.progress.evidence.len());
        let Described { kind, name, conditions, parts, met, have, need } = match part {
            Part::Leaf(leaf) => self.described_leaf(leaf, usable),
            Part::Group(group) => self.described_group(group, usable),
        };
        let state = match met {
            Met::Yes => State::Met,
            Met::No => State::Unmet,
            Met::Undecided => State::Undecided,
        };
        let parts = parts.iter().map(|&part| self.part(part, usable, gaps)).collect();
        let witness = if met == Met::Yes && kind != PartKind::UpTo {
            witness::witness(usable, self.catalog, part, whole)
        } else {
            PartWitness::default()
        };
        let by_waiver = witness.waived.contains(&part).then(|| self.waivers(&[part]).pop()).flatten();
        let distinct = matches!(part, Part::Group(group) if network.extras(group).distinct);
        let conflict = match part {
            Part::Group(group) if met == Met::No && network.parts_differ(group) => self.conflict(group, usable),
            _ => None,
        };
        let gap = if met == Met::No && kind != PartKind::UpTo { self.gap(part, usable, gaps) } else { None };
        AuditedPart {
            kind,
            line: self.catalog.line(part),
            name,
            distinct,
            conditions,
            state,
            have,
            need,
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
            conditions: WrittenConditions::new(self.catalog, described.own_conditions, None),
            parts: &[],
            met: if met { Met::Yes } else { Met::No },
            have: Amount::from_hundredths(100 * u64::from(met)),
            need: Amount::from_hundredths(100),
        }
    }

    fn described_group(&self, group: GroupId, usable: &Usable<'_, 'c>) -> Described<'c> {
        let network = &self.catalog.network;
        let (described, extras, parts) = (network.group(group), network.extras(group), network.parts(group));
        let kind = match described.measure {
            Measure::Count if described.threshold as usize == parts.len() => PartKind::AllOf,
            Measure::Count if described.threshold == 1 => PartKind::AnyOf,
            Measure::Count => PartKind::AtLeast,
            Measure::Sum(Unit::Credits) => PartKind::Credits,
            Measure::Sum(Unit::Hours) => PartKind::Hours,
            Measure::UpTo(_) => PartKind::UpTo,
        };
        let (met, have) = self.group(group, usable);
        let unit = if described.measure == Measure::Count { 100 } else { 1 };
        let amount = |value: u64| Amount::from_hundredths(value.saturating_mul(unit));
        Described {
            kind,
            name: extras.name.as_deref().map(str::to_owned),
            conditions: WrittenConditions::new(self.catalog, extras.conditions, extras.span),
            parts,
            met,
            have: amount(have),
            need: amount(u64::from(described.threshold)),
        }
    }

    /// Whether a group is satisfied, and what it has.
    fn group(&self, group: GroupId, usable: &Usable<'_, 'c>) -> (Met, u64) {
        let described = self.catalog.network.group(group);
        if described.region == RegionId::PLAIN && described.measure == Measure::Count {
            let certain = usable.progress.met(Part::Group(group));
            let possible =
                self.evaluation.possible.as_ref().is_some_and(|possible| possible.is_met(Part::Group(group)));
            let met = if certain == Met::No && possible { Met::Undecided } else { certain };
            return (met, u64::from(usable.progress.have(group)));
        }
        let outcome = usable.counting(Part::Group(group), EvidenceId::END, true).outcome(group);
        match described.measure {
            Measure::UpTo(_) => {
                let have = outcome.have.min(u64::from(described.threshold));
                (if have == u64::from(described.threshold) { Met::Yes } else { Met::No }, have)
            }
            _ => (outcome.met, outcome.have),
        }
    }

    /// The witnesses of all satisfied parts at or below a part.
    fn witnesses(&self, part: Part, usable: &Usable<'_, 'c>, limit: EvidenceId) -> PartWitness {
        let mut found = PartWitness::default();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if usable.progress.met(part) == Met::Yes {
                found.extend(witness::witness(usable, self.catalog, part, limit));
            }
            if let Part::Group(group) = part {
                open.extend(self.catalog.network.parts(group));
            }
        }
        found
    }

    /// The parts of a group that stand in each other's way.
    fn conflict(&self, group: GroupId, usable: &Usable<'_, 'c>) -> Option<Conflict> {
        let network = &self.catalog.network;
        let found = usable.counting(Part::Group(group), EvidenceId::END, false).conflict(group)?;
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

    fn written(&self, substitutions: &[SubstitutionId]) -> Vec<Substitution> {
        let written = &self.evaluation.standing.exceptions.written;
        substitutions.iter().filter_map(|&number| written.get(number).cloned()).collect()
    }

    fn uses(&self, filled: &[Filled], usable: &Usable<'_, 'c>) -> Vec<Use> {
        filled.iter().map(|filled| self.used(filled, &usable.progress.evidence)).collect()
    }

    pub(crate) fn used(&self, filled: &Filled, evidence: &IdVec<EvidenceId, Admitted>) -> Use {
        let network = &self.catalog.network;
        let leaf = network.leaf(filled.leaf);
        let evidence = &evidence[filled.evidence].evidence;
        Use {
            slot: self.catalog.id(leaf.credential).to_owned(),
            issued: self.issued(evidence.origin).is_some(),
            award: self.award_of(evidence),
            substitutions: self.written(evidence.by()),
            adds: network.unit_of(filled.leaf).map(|_| Amount::from_hundredths(filled.amount)),
            origin: evidence.origin,
        }
    }

    /// The award that evidence is: of the record, or as of the date.
    pub(crate) fn award_of(&self, evidence: &Evidence) -> Award {
        let issued = self.issued(evidence.origin).cloned();
        issued.unwrap_or_else(|| Award::new(self.catalog.id(evidence.credential)).on(self.evaluation.as_of))
    }

    /// The award of the record that evidence is.
    fn issued(&self, origin: Origin) -> Option<&Award> {
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
        let grants = gaps.of(part)?;
        let mut unfilled = network.leaves_below(part);
        unfilled.retain(|&leaf| !usable.progress.is_met(Part::Leaf(leaf)));
        let missing = grants.list.iter().map(|grant| self.missing(grant, &unfilled)).collect();
        let out_of: BTreeSet<CredentialId> = unfilled.iter().map(|&leaf| network.leaf(leaf).credential).collect();
        let out_of = out_of.into_iter().map(|credential| self.catalog.id(credential).to_owned()).collect();
        Some(Gap { missing, out_of, minimal: grants.minimal })
    }

    fn missing(&self, grant: &Grant, unfilled: &[LeafId]) -> Missing {
        let described = self.catalog.at(grant.credential);
        // An award made today meets every condition on time. They are told as far as no place that it could fill does without.
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let places = unfilled.iter().map(|&leaf| network.leaf(leaf));
        let named = places.filter(|leaf| names.class(leaf.credential) == names.class(grant.credential));
        let mut asked: Vec<&Conditions> = named.map(|leaf| &network.conditions[leaf.conditions]).collect();
        asked.retain(|conditions| conditions.grade == grant.grade);
        let first = asked.first().map(|conditions| &conditions.within[..]).unwrap_or_default();
        let by_all = |period: &&Period| asked.iter().all(|conditions| conditions.within.contains(*period));
        // No day is before any, so that one place without a day leaves none.
        let since = asked.iter().map(|conditions| conditions.since).min().flatten();
        Missing {
            credential: described.id.clone(),
            title: described.title.clone(),
            grade: grant.grade.map(|grade| self.catalog.grade_name(grade)),
            issuer: grant.issuer.map(|issuer| self.catalog.issuer_name(issuer).to_owned()),
            within: first.iter().filter(by_all).copied().collect(),
            since,
            times: grant.times,
        }
    }

    fn award(&self, award: &Award, last_day: Option<Date>) -> AuditedAward {
        let title = self.catalog.credential(&award.credential).map(|id| self.catalog.get(id).title.clone());
        AuditedAward {
            credential: award.credential.clone(),
            title: title.unwrap_or_else(|| award.credential.clone()),
            awarded: award.awarded,
            last_day,
            status: award.status,
        }
    }

    /// The awards of the credentials of the wanted classes, whatever has become of them.
    fn awards(&self, wanted: impl Fn(ClassId) -> bool) -> Vec<AuditedAward> {
        let mut awards: Vec<AuditedAward> = Vec::new();
        let names = &self.catalog.names;
        let exceptions = &self.evaluation.standing.exceptions;
        for award in &self.evaluation.record.awards {
            let of = self.catalog.credential(&award.credential);
            let stands_for = |foreign| {
                let routes = exceptions.routes(names, Bearer::Foreign(foreign)).into_iter();
                routes.filter(|route| route.within.is_none()).any(|route| wanted(names.class(route.named)))
            };
            let is_wanted = match of {
                Some(of) => wanted(names.class(of)),
                None => exceptions.foreign(&award.credential).is_some_and(stands_for),
            };
            if is_wanted {
                let validity = of.map_or(Validity::Forever, |of| self.catalog.get(of).valid_for);
                let end = |awarded: Date| last_day(validity, awarded);
                awards.push(self.award(award, award.valid_until.or_else(|| award.awarded.and_then(end))));
            }
        }
        awards.sort();
        awards
    }

    /// The issued awards that the verdict rests on until its last day, and that do not serve on the next.
    fn ends_with(&self, id: CredentialId, until: Option<Date>) -> Vec<AuditedAward> {
        let Evaluation { standing, options, .. } = self.evaluation;
        let Some(last) = until else { return Vec::new() };
        let Some(next) = last.next() else { return Vec::new() };
        let network = &self.catalog.network;
        let progress = Progress::run(self.catalog, standing, Scope { date: last, ..Scope::certain(last, options) });
        let usable = Usable::new(&progress);
        let whole = EvidenceId::at(progress.evidence.len());
        let tops = Rule::all(id).filter_map(|rule| network.top(rule));
        let mut filled =
            tops.map(|top| witness::witness(&usable, self.catalog, top, whole)).collect::<PartWitness>().filled;
        filled.extend(
            witness::support(&usable, self.catalog, &filled).into_iter().flat_map(|rested| rested.witness.filled),
        );
        let ends = |filled: &&Filled| {
            let evidence: &Evidence = &progress.evidence[filled.evidence].evidence;
            let conditions = &network.conditions[network.leaf(filled.leaf).conditions];
            evidence.is_issued() && !(evidence.meets(conditions, next) && (conditions.lapsed || evidence.lasts(next)))
        };
        let mut found = BTreeSet::new();
        for filled in filled.iter().filter(ends) {
            let evidence = &progress.evidence[filled.evidence].evidence;
            found.extend(self.issued(evidence.origin).map(|award| self.award(award, evidence.until)));
        }
        found.into_iter().collect()
    }

    fn notes(
        &self,
        id: CredentialId,
        leaves: &[LeafId],
        rested: &[&Filled],
        support: &[Rested],
        usable: &Usable,
    ) -> Vec<Note> {
        let network = &self.catalog.network;
        let credential = self.catalog.get(id);
        let mut notes = BTreeSet::new();
        let as_of = self.evaluation.as_of;
        let issued = self.evaluation.standing.issued.iter().any(|evidence| evidence.is_award_of(id));
        let against = network.has_stack(id) && issued && !self.evaluation.meets_requirements(id);
        if against && self.evaluation.status(id) == Status::Held {
            notes.insert(Note::IssuedAgainstRules);
        }
        for rested in support.iter().filter(|rested| rested.by_qualification) {
            notes.insert(Note::NotIssued { credential: self.catalog.id(rested.credential).to_owned() });
        }
        for filled in rested {
            let evidence = &usable.progress.evidence[filled.evidence].evidence;
            let Award { credential, status, .. } = self.award_of(evidence);
            if status != AwardStatus::Completed {
                notes.insert(Note::Assumed { credential, status });
            } else if evidence.awarded.is_none() {
                notes.insert(Note::Undated { credential });
            }
        }
        for misplaced in &self.evaluation.standing.exceptions.misplaced {
            let target = match &misplaced.exception {
                Exception::Waiver(waiver) => Some(&waiver.credential),
                Exception::Substitution(substitution) => substitution.within.as_ref(),
            };
            if target == Some(&credential.id) {
                notes.insert(Note::Misplaced { misplaced: misplaced.clone() });
            }
        }
        if self.evaluation.meets_requirements(id)
            && self.catalog.sharing().iter().any(|policy| policy.names(&credential.kind))
        {
            notes.insert(Note::JudgedAlone);
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
        notes.into_iter().collect()
    }

    /// Awards that a leaf would count, were it not that the record lacks a date or has a grade from another scale.
    fn note_unusable(&self, leaves: &[LeafId], notes: &mut BTreeSet<Note>) {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        for &number in leaves {
            let leaf = network.leaf(number);
            let conditions = &network.conditions[leaf.conditions];
            let spanned = network.is_spanned(number);
            let timed = spanned || !conditions.within.is_empty() || conditions.since.is_some();
            if !timed && conditions.grade.is_none() {
                continue;
            }
            let within = network.rule_of(number).credential();
            let exceptions = &self.evaluation.standing.exceptions;
            let under = exceptions.counting_as(names, names.class(leaf.credential), Some(within));
            let counts =
                |evidence: &&Evidence| evidence.counts_in(within) && under.contains(&names.class(evidence.named()));
            for evidence in self.evaluation.standing.issued.iter().filter(counts) {
                let credential = || self.award_of(evidence).credential;
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
