//! Where awards that do not count could have been expected to, and why they do not (semantics 3.10).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem::discriminant;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Evidence, EvidenceId};
use crate::evaluate::exceptions::{Bearer, unknown_ids};
use crate::evaluate::options::{Accepted, View};
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::uncounted::{Uncounted, WhyUncounted};
use crate::evaluate::usable::Usable;
use crate::read::near::clearly_meant;
use crate::record::award::copies;
use crate::record::record::{Award, AwardStatus, LearnerRecord, Verification};
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, IdVec, LeafId, id};
use crate::value::term::CalendarTerm;

id! {
    /// An award with the names under which it could be expected to count.
    CandidateId
}

/// Names of the catalog that are looked at for one that was meant.
pub(crate) const MOST_NAMES: usize = 400_000;

/// The awards of a record by the names under which they could be expected to count.
pub(crate) struct Expected {
    candidates: IdVec<CandidateId, Candidate>,
    by_class: BTreeMap<ClassId, Vec<CandidateId>>,
    /// The places in the record of awards that count nowhere, whatever a rule asks for.
    nowhere: Vec<(usize, WhyUncounted)>,
}

/// An award of the record.
struct Candidate {
    /// Its place in the record.
    place: usize,
    /// The credential in whose rules alone it could count.
    within: Option<CredentialId>,
    /// Why it counts nowhere, whatever a rule asks for.
    why: Option<WhyUncounted>,
    /// As rules see it; none if there is a reason why it counts nowhere.
    evidence: Option<Evidence>,
}

impl Expected {
    pub(crate) fn new(evaluation: &Evaluation) -> Self {
        let mut expected = Self { candidates: IdVec::new(), by_class: BTreeMap::new(), nowhere: Vec::new() };
        let (catalog, record) = (evaluation.catalog, evaluation.record);
        let places = evaluation.standing.evidence_by_place();
        let aside = SetAside::new(record, evaluation.as_of, evaluation.options.accepted());
        let meant = meant_ids(catalog, record);
        for (place, award) in record.awards.iter().enumerate() {
            let credential = catalog.credential(&award.credential);
            let mut why = aside.why(award, place);
            if credential.is_none() && evaluation.standing.exceptions.foreign(&award.credential).is_none() {
                why = Some(WhyUncounted::UnknownId { nearest: meant.get(&*award.credential).cloned().flatten() });
            }
            match (why, places.get(&place)) {
                (None, Some(known)) => {
                    for &evidence in known {
                        let class = catalog.names.class(evidence.named());
                        let (within, evidence) = (evidence.within(), Some(evidence.clone()));
                        expected.add(class, Candidate { place, within, why: None, evidence });
                    }
                }
                (None, None) => {}
                (Some(why), _) => {
                    for (class, within) in would_count(evaluation, award, &why) {
                        let why = Some(why.clone());
                        expected.add(class, Candidate { place, within, why, evidence: None });
                    }
                    expected.nowhere.push((place, why));
                }
            }
        }
        expected
    }

    fn add(&mut self, class: ClassId, candidate: Candidate) {
        let number = self.candidates.push(candidate);
        self.by_class.entry(class).or_default().push(number);
    }

    /// The awards that could have been expected to fill the leaf and do not: where nothing fills it; where an award
    /// that was made before them does; where every award counts. Of awards of one credential with reasons of one kind,
    /// the latest.
    pub(crate) fn at(&self, evaluation: &Evaluation, leaf: LeafId, usable: &Usable) -> Vec<Uncounted> {
        if self.candidates.is_empty() {
            return Vec::new();
        }
        let Evaluation { catalog, standing, record, .. } = evaluation;
        let (network, names) = (&catalog.network, &catalog.names);
        let described = network.leaf(leaf);
        let credential = network.rule_of(leaf).credential();
        let classes = standing.exceptions.counting_as(names, names.class(described.credential), Some(credential));
        let mut here = classes.iter().filter_map(|class| self.by_class.get(class)).flatten().peekable();
        if here.peek().is_none() {
            return Vec::new();
        }
        let conditions = &network.conditions[described.conditions];
        // What has no points fills no place where an average is asked for.
        let averaged = network.averaged_around(leaf).is_some();
        let has_points = |evidence: &Evidence| !averaged || evidence.merit(catalog).is_some();
        let mut counted = usable.at(leaf, EvidenceId::END);
        counted.retain(|&number| has_points(&usable.progress.evidence[number].evidence));
        let filled: Vec<Option<Date>> =
            counted.iter().map(|&number| usable.progress.evidence[number].evidence.awarded).collect();
        let is_met = usable.progress.is_met(Part::Leaf(leaf)) && !(averaged && counted.is_empty());
        let latest = filled.iter().max();
        let every = names.repeatable(described.credential);
        let expected = |award: &Award| !is_met || every || latest.is_some_and(|latest| award.awarded > *latest);
        let mut found: Vec<Uncounted> = Vec::new();
        for &number in here {
            let candidate = &self.candidates[number];
            let award = &record.awards[candidate.place];
            let elsewhere = candidate.within.is_some_and(|within| within != credential);
            if elsewhere || !expected(award) {
                continue;
            }
            let undated = network.is_spanned(leaf) && award.awarded.is_none();
            let why = match (&candidate.why, &candidate.evidence) {
                (Some(why), _) => Some(why.clone()),
                (None, Some(_)) if undated => Some(WhyUncounted::Undated),
                (None, Some(evidence)) => why_not(usable.progress, conditions, evidence, award)
                    .or_else(|| (!has_points(evidence)).then_some(WhyUncounted::NoPoints)),
                (None, None) => None,
            };
            found.extend(why.map(|why| told(catalog, award, why)));
        }
        if every { sorted(found) } else { latest_of_each_kind(found) }
    }

    /// The awards that these credentials, or rules of theirs that are not met, could have been expected to count; and
    /// those of unknown ids.
    pub(crate) fn of(
        &self,
        evaluation: &Evaluation,
        credentials: impl IntoIterator<Item = CredentialId>,
    ) -> Vec<Uncounted> {
        if self.candidates.is_empty() && self.nowhere.is_empty() {
            return Vec::new();
        }
        let Evaluation { catalog, standing, progress, .. } = evaluation;
        let (network, names) = (&catalog.network, &catalog.names);
        let usable = Usable::new(progress);
        let (mut found, mut under) = (BTreeSet::new(), BTreeSet::new());
        for credential in credentials {
            under.extend(standing.exceptions.counting_as(names, names.class(credential), None));
            for rule in Rule::all(credential).filter(|&rule| !progress.rule_is_met(rule)) {
                let leaves = network.top(rule).into_iter().flat_map(|top| network.leaves_below(top));
                found.extend(leaves.flat_map(|leaf| self.at(evaluation, leaf, &usable)));
            }
        }
        let told: BTreeSet<Award> = found.iter().map(|uncounted: &Uncounted| uncounted.award.clone()).collect();
        let own = |uncounted: &&Uncounted| {
            let of = catalog.credential(&uncounted.award.credential);
            of.is_none_or(|of| under.contains(&names.class(of))) && !told.contains(&uncounted.award)
        };
        found.extend(evaluation.uncounted().iter().filter(own).cloned());
        found.into_iter().collect()
    }

    /// The awards that count for nothing, whatever a rule asks for, and those that have lapsed where nothing else is
    /// held in their place.
    pub(crate) fn nowhere(&self, evaluation: &Evaluation) -> Vec<Uncounted> {
        let Evaluation { catalog, progress, record, .. } = evaluation;
        let tell = |place: usize, why: WhyUncounted| told(catalog, &record.awards[place], why);
        let aside = self.nowhere.iter().filter(|(_, why)| !matches!(why, WhyUncounted::NotCompleted { .. }));
        let mut found: BTreeSet<Uncounted> = aside.map(|(place, why)| tell(*place, why.clone())).collect();
        let mut lapsed: Vec<Uncounted> = Vec::new();
        for candidate in &self.candidates {
            if let Some(evidence) = &candidate.evidence
                && evidence.renewal().is_none()
                && candidate.within.is_none()
                && progress.marks(evidence.named()) & HELD == 0
                && let Some(why) = not_current(evidence, progress)
            {
                lapsed.push(tell(candidate.place, why));
            }
        }
        found.extend(latest_of_each_kind(lapsed));
        found.into_iter().collect()
    }
}

/// The names under which an award would count if there were nothing against it.
fn would_count(evaluation: &Evaluation, award: &Award, why: &WhyUncounted) -> Vec<(ClassId, Option<CredentialId>)> {
    let Evaluation { catalog, standing, .. } = evaluation;
    let meant = match why {
        WhyUncounted::UnknownId { nearest } => nearest.as_deref().and_then(|id| catalog.credential(id)),
        _ => catalog.credential(&award.credential),
    };
    let of = meant.map(|meant| (catalog.names.class(meant), None));
    let foreign = standing.exceptions.foreign(&award.credential);
    let routes = foreign.map(|foreign| standing.exceptions.routes(&catalog.names, Bearer::Foreign(foreign)));
    let routes = routes.into_iter().flatten().map(|route| (catalog.names.class(route.named), route.within));
    of.into_iter().chain(routes).collect()
}

pub(crate) fn told(catalog: &Catalog, award: &Award, why: WhyUncounted) -> Uncounted {
    let described = catalog.credential(&award.credential).map(|credential| catalog.at(credential));
    let mut award = award.clone();
    if let Some(described) = described {
        award.credential.clone_from(&described.id);
    }
    Uncounted { award, title: described.map(|described| described.title.clone()), why }
}

/// Why a place with these conditions does not take the award; none if it does.
fn why_not(progress: &Progress, conditions: &Conditions, evidence: &Evidence, award: &Award) -> Option<WhyUncounted> {
    let Conditions { within, since, until, held_for, grade, issuers, lapsed, lasts: _ } = conditions;
    let (catalog, date) = (progress.catalog, progress.date());
    if !lapsed && let Some(why) = not_current(evidence, progress) {
        return Some(why);
    }
    if !conditions.are_met_in_time(evidence.awarded, date) {
        let Some(awarded) = evidence.awarded else { return Some(WhyUncounted::Undated) };
        if let Some(since) = since.filter(|&since| awarded < since) {
            return Some(WhyUncounted::TooEarly { since });
        }
        if let Some(until) = until.filter(|&until| until < awarded) {
            return Some(WhyUncounted::TooLate { until });
        }
        let too_old = |&&term: &&CalendarTerm| term.last_within(awarded).is_some_and(|last| last < date);
        if let Some(&within) = within.iter().find(too_old) {
            return Some(WhyUncounted::TooOld { within });
        }
        let not_yet = |&&term: &&CalendarTerm| term.first_held(awarded).is_none_or(|first| date < first);
        let held_for = *held_for.iter().find(not_yet)?;
        return Some(WhyUncounted::NotHeldYet { held_for, from: held_for.first_held(awarded) });
    }
    if evidence.is_of_kind(conditions) {
        return None;
    }
    if !evidence.is_of_kind(&Conditions { grade: *grade, ..Conditions::default() }) {
        let asked = grade.map(|grade| catalog.grade_name(grade)).unwrap_or_default();
        let off_scale = award.grade.is_some() && evidence.grade == Grade::None;
        return Some(if off_scale { WhyUncounted::UnknownGrade { asked } } else { WhyUncounted::Grade { asked } });
    }
    let asked = issuers.iter().flat_map(|issuers| issuers.iter());
    let asked = asked.map(|&issuer| catalog.issuer_name(issuer).to_owned()).collect();
    let own = catalog.credential(&award.credential).and_then(|id| catalog.at(id).issuer.clone());
    Some(WhyUncounted::Issuer { issuer: award.issuer.clone().or(own), asked })
}

/// Why the award is not current on the date; none if it is.
fn not_current(evidence: &Evidence, progress: &Progress) -> Option<WhyUncounted> {
    if let Some(last_day) = evidence.until.filter(|&last_day| last_day < progress.date()) {
        return Some(WhyUncounted::Lapsed { last_day });
    }
    let waits = evidence.depends() && !progress.rule_is_met(Rule::stack(evidence.credential));
    waits.then_some(WhyUncounted::WithoutComponents)
}

/// Of the awards of one credential that do not count for reasons of one kind, the latest, in order.
fn latest_of_each_kind(mut found: Vec<Uncounted>) -> Vec<Uncounted> {
    let kind = |told: &Uncounted| (told.award.credential.clone(), discriminant(&told.why));
    found.sort_by(|a, b| (b.award.awarded, b).cmp(&(a.award.awarded, a)));
    let mut seen = HashSet::new();
    found.retain(|told| seen.insert(kind(told)));
    sorted(found)
}

fn sorted(mut found: Vec<Uncounted>) -> Vec<Uncounted> {
    found.sort();
    found.dedup();
    found
}

/// What the ids that the catalog does not know clearly mean; looked up in the order of the ids.
fn meant_ids<'r>(catalog: &Catalog, record: &'r LearnerRecord) -> BTreeMap<&'r str, Option<String>> {
    let mut names_left = MOST_NAMES;
    unknown_ids(catalog, record).into_iter().map(|id| (id, meant(catalog, id, &mut names_left))).collect()
}

/// The credential that an id which the catalog does not know clearly means, as long as there is time to look at names.
pub(crate) fn meant(catalog: &Catalog, id: &str, names_left: &mut usize) -> Option<String> {
    let known = catalog.credentials().map(|(_, known)| &*known.id).take_while(|_| {
        *names_left = names_left.saturating_sub(1);
        *names_left > 0
    });
    clearly_meant(id, known).map(str::to_owned)
}

/// The awards of a record that count nowhere although the catalog knows what they are of: what, and why; of revoked
/// ones without the day.
pub(crate) fn set_aside(
    catalog: &Catalog,
    record: &LearnerRecord,
    as_of: Date,
    accepted: Accepted,
) -> BTreeSet<(CredentialId, WhyUncounted)> {
    let aside = SetAside::new(record, as_of, accepted);
    let found = record.awards.iter().enumerate().filter_map(|(place, award)| {
        let credential = catalog.credential(&award.credential)?;
        match aside.why(award, place)? {
            WhyUncounted::NotCompleted { .. } => None,
            WhyUncounted::Revoked { .. } => Some((credential, WhyUncounted::Revoked { on: None })),
            why => Some((credential, why)),
        }
    });
    found.collect()
}

/// What is not taken of a record, whatever the rules.
struct SetAside<'r> {
    as_of: Date,
    accepted: Accepted,
    copies: Vec<bool>,
    /// The awards that stand for others with the same id.
    standing: HashMap<&'r str, &'r Award>,
}

impl<'r> SetAside<'r> {
    fn new(record: &'r LearnerRecord, as_of: Date, accepted: Accepted) -> Self {
        let copies = copies(&record.awards);
        let mut standing = HashMap::new();
        for (award, _) in record.awards.iter().zip(&copies).filter(|(_, is_copy)| !**is_copy) {
            standing.extend(award.own_id().map(|id| (id, award)));
        }
        Self { as_of, accepted, copies, standing }
    }

    /// Why the award counts nowhere; none if it may, or if another one that says the same stands for it.
    fn why(&self, award: &Award, place: usize) -> Option<WhyUncounted> {
        if self.copies.get(place).is_some_and(|&is_copy| is_copy) {
            let differs = award.own_id().and_then(|id| self.standing.get(id)).is_some_and(|other| *other != award);
            return differs.then_some(WhyUncounted::SameAward);
        }
        let (as_of, Accepted { view, verified_only }) = (self.as_of, self.accepted);
        let dated_after = || award.awarded.is_some_and(|awarded| as_of < awarded);
        match (award.verification, award.status) {
            (Verification::Failed, _) => Some(WhyUncounted::FailedVerification),
            (_, status @ AwardStatus::InProgress) if view < View::InProgress => {
                Some(WhyUncounted::NotCompleted { status })
            }
            (_, status @ AwardStatus::Planned) if view < View::Planned => Some(WhyUncounted::NotCompleted { status }),
            (Verification::Unchecked, _) if verified_only => Some(WhyUncounted::NotVerified),
            (_, AwardStatus::Revoked) if award.revoked_on.is_none_or(|day| day <= as_of) => {
                Some(WhyUncounted::Revoked { on: award.revoked_on })
            }
            (_, AwardStatus::Completed) if award.revoked_on.is_some_and(|day| day <= as_of) => {
                Some(WhyUncounted::Revoked { on: award.revoked_on })
            }
            (_, AwardStatus::Completed | AwardStatus::Revoked) => {
                dated_after().then_some(WhyUncounted::DatedAfter { as_of })
            }
            (_, AwardStatus::InProgress | AwardStatus::Planned) => None,
        }
    }
}
