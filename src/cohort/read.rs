//! Records into columns: which bits an award sets, and which records one bit for an award cannot tell.

use std::collections::BTreeSet;

use crate::evaluate::evidence::{AwardId, Evidence, evidence, last_day};
use crate::evaluate::standing::AwardCounting;
use crate::record::facts::AwardFacts;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, IdVec, UnitId};

use crate::cohort::learner::{PlainAward, TakenIn};
use crate::cohort::machine::{Cell, Execution, Lanes, Machine, ZEROS};
use crate::cohort::marks::ReadingRoute;
use crate::cohort::question::{AskedId, CohortQuestion};
use crate::cohort::rules::Rules;

/// The last day on which a learner of the batch holds a credential, or that it was not found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) lane: usize,
    pub(crate) place: AskedId,
    pub(crate) until: Option<Date>,
}

/// An award of a record that is being read.
#[derive(Debug, Clone, Copy)]
struct ReadAward<'r> {
    facts: AwardFacts<'r>,
    credential: CredentialId,
    class: ClassId,
    counting: AwardCounting,
    lane: usize,
}

impl ReadAward<'_> {
    fn evidence(&self, question: &CohortQuestion) -> Evidence {
        evidence(question.catalog, self.facts, AwardId::default(), self.credential)
    }
}

/// An award of a learner of which the catalog knows what it is of.
#[derive(Clone, Copy)]
struct LearnerAward<'r> {
    learner: TakenIn<'r>,
    /// Its place among the awards of the learner.
    place: usize,
    credential: CredentialId,
}

/// The day on which an award was made, and its state.
struct Made {
    awarded: Option<Date>,
    current: bool,
    /// Whether it was current once.
    was_current: bool,
    /// All there is to it, if that had to be worked out.
    evidence: Option<Evidence>,
}

impl Made {
    /// `None` if that depends on components.
    fn of(question: &CohortQuestion, read: &ReadAward) -> Option<Self> {
        let (awarded, counting) = (read.facts.awarded, read.counting);
        if counting == AwardCounting::InProgress {
            return Some(Self { awarded, current: false, was_current: false, evidence: None });
        }
        if counting == AwardCounting::AsMade
            && read.facts.valid_until.is_none()
            && let Some(from) = question.current_from[read.credential]
        {
            let current = awarded.is_none_or(|awarded| from <= awarded);
            return Some(Self { awarded, current, was_current: true, evidence: None });
        }
        let mut evidence = read.evidence(question);
        if evidence.depends() {
            return None;
        }
        if counting == AwardCounting::AsIfCompleted {
            evidence = evidence.completed(question.catalog, question.as_of);
        }
        Some(Self {
            awarded: evidence.awarded,
            current: evidence.lasts(question.as_of),
            was_current: evidence.awarded.is_none_or(|awarded| evidence.lasts(awarded)),
            evidence: Some(evidence),
        })
    }

    fn evidence(&self, question: &CohortQuestion, read: &ReadAward) -> Evidence {
        self.evidence.clone().unwrap_or_else(|| read.evidence(question))
    }
}

/// A walk over the classes under whose names an award counts, each visited once.
#[derive(Debug, Default)]
struct NameWalk {
    /// The walk that a class was last visited on.
    visited: IdVec<ClassId, u64>,
    walks: u64,
    open: Vec<ClassId>,
}

impl NameWalk {
    fn begin(&mut self, class: ClassId) {
        self.walks += 1;
        self.open.clear();
        self.open.push(class);
    }

    fn next(&mut self, question: &CohortQuestion) -> Option<ClassId> {
        let names = &question.catalog.names;
        while let Some(class) = self.open.pop() {
            if !names.are_linked() {
                return Some(class);
            }
            let seen = std::mem::replace(&mut self.visited[class], self.walks) == self.walks;
            if !seen && question.relevant[class] {
                self.open.extend(names.up(class));
                return Some(class);
            }
        }
        None
    }
}

/// The records of a batch as far as the machines can judge them: the bits that are given, and what bits do not say.
#[derive(Debug)]
pub(crate) struct BatchInputs<const L: usize, const C: usize> {
    pub(crate) state: Execution<L, C>,
    pub(crate) attain: Execution<L, C>,
    pub(crate) past: Execution<L, C>,
    /// Current awards that lapse in the time asked about.
    pub(crate) lapses: Vec<Ends>,
    /// The lanes with an award that the catalog does not know, of those whose records were read to their end.
    pub(crate) with_unknown: Vec<usize>,
    /// The lanes of records with awards that count nowhere although the catalog knows what they are of.
    pub(crate) with_uncounted: Vec<usize>,
    names: NameWalk,
    /// Classes in which every award of the record is added, one for each award.
    added: Vec<ClassId>,
    /// The last days of current awards of the record, by class.
    ends: Vec<(ClassId, Option<Date>)>,
    /// The unit classes of the record's awards, of which one renews another.
    renewing: BTreeSet<UnitId>,
    /// The credentials of which an award keeps its cycle.
    cycles: BTreeSet<CredentialId>,
}

impl<const L: usize, const C: usize> BatchInputs<L, C> {
    pub(crate) fn new(question: &CohortQuestion) -> Self {
        let visited = IdVec::filled(0, question.catalog.len());
        Self {
            state: execution(question.rules.as_ref()),
            attain: execution(question.attain.as_ref()),
            past: execution(question.past.as_ref()),
            lapses: Vec::new(),
            with_unknown: Vec::new(),
            with_uncounted: Vec::new(),
            names: NameWalk { visited, ..NameWalk::default() },
            added: Vec::new(),
            ends: Vec::new(),
            renewing: BTreeSet::new(),
            cycles: BTreeSet::new(),
        }
    }

    /// Takes in learners, one for each lane. The lanes of those that the machines cannot judge.
    pub(crate) fn read(&mut self, question: &CohortQuestion, learners: &[TakenIn]) -> Lanes<L, C> {
        self.lapses.clear();
        self.with_unknown.clear();
        self.with_uncounted.clear();
        if let Some(rules) = &question.rules {
            self.state.clear(&rules.machine);
        }
        if let Some(rules) = &question.attain {
            self.attain.clear(&rules.machine);
        }
        if let Some(rules) = &question.past {
            self.past.clear(&rules.machine);
        }
        let mut unread = Lanes::NONE;
        for (lane, learner) in learners.iter().enumerate() {
            let before = self.lapses.len();
            if !question.rules.as_ref().is_some_and(|rules| self.read_learner(question, rules, *learner, lane)) {
                unread.set(lane);
                self.lapses.truncate(before);
            }
        }
        unread
    }

    /// Takes in one learner. Whether the machines can judge it.
    fn read_learner(&mut self, question: &CohortQuestion, rules: &Rules, learner: TakenIn, lane: usize) -> bool {
        if learner.has_exceptions() {
            return false;
        }
        self.added.clear();
        self.ends.clear();
        self.renewing.clear();
        self.cycles.clear();
        // Of awards that are one and the same, one counts.
        let is_copy = learner.copies();
        let (mut has_unknown, mut has_uncounted) = (false, false);
        for (number, place) in learner.places().enumerate() {
            let Some(credential) = learner.credential(question.catalog, place) else {
                has_unknown = true;
                continue;
            };
            if is_copy.get(number).is_some_and(|&is| is) {
                has_uncounted = true;
                continue;
            }
            match self.read_place(question, rules, LearnerAward { learner, place, credential }, lane) {
                Some(is_set_aside) => has_uncounted |= is_set_aside,
                None => return false,
            }
        }
        // The second award is added as the first; the machine has one bit for both. One that may be made to see what it
        // brings would be the second.
        let added = &mut self.added;
        added.sort_unstable();
        if !added.is_empty() && (question.one_award_away || added.windows(2).any(|pair| pair[0] == pair[1])) {
            return false;
        }
        if question.may_renew(&self.renewing) {
            return false;
        }
        if has_unknown {
            self.with_unknown.push(lane);
        }
        if has_uncounted {
            self.with_uncounted.push(lane);
        }
        self.note_lapses(question, lane);
        true
    }

    /// Takes in one award of a learner. Whether it is set aside; `None` if the machines cannot judge the learner.
    fn read_place(
        &mut self,
        question: &CohortQuestion,
        rules: &Rules,
        award: LearnerAward,
        lane: usize,
    ) -> Option<bool> {
        let LearnerAward { learner, place, credential } = award;
        match question.marks.routes[credential] {
            ReadingRoute::Irrelevant => return Some(false),
            ReadingRoute::Marks => {
                let marked = learner.plain(place).and_then(|plain| self.mark(question, award, plain, lane));
                if marked.is_some() {
                    return marked;
                }
            }
            ReadingRoute::Alone if !self.note_renewal(question, credential) => return None,
            ReadingRoute::Alone => {}
        }
        let class = question.catalog.names.class(credential);
        if !question.relevant[class] {
            return Some(false);
        }
        let (facts, accepted) = (learner.facts(place), question.evaluate.accepted());
        let Some(counting) = AwardCounting::of(facts, question.as_of, accepted) else {
            return Some(accepted.is_set_aside(facts.status, facts.verification));
        };
        // It was there before it was revoked, which the machines cannot tell.
        let read = ReadAward { facts, credential, class, counting, lane };
        (facts.revoked_on.is_none() && self.read_award(question, rules, read)).then_some(false)
    }

    /// Sets the bits of an award of which nothing unusual is recorded. Whether it is set aside; `None` if it has to be
    /// looked at on its own.
    fn mark(&mut self, question: &CohortQuestion, read: LearnerAward, award: PlainAward, lane: usize) -> Option<bool> {
        let LearnerAward { learner, place, credential } = read;
        let (marks, accepted) = (&question.marks, question.evaluate.accepted());
        match award.counting(question.last_day, accepted) {
            None => return Some(accepted.is_set_aside(award.status, award.verification)),
            Some(AwardCounting::AsIfCompleted) => return None,
            Some(AwardCounting::InProgress) => {
                marks.begun.list(credential).iter().for_each(|&cell| self.state.cells[cell].set(lane));
            }
            Some(AwardCounting::AsMade) => {
                for mark in marks.completed.list(credential).iter().filter(|mark| mark.made.includes(award.day)) {
                    let is_asked_for = || {
                        let conditions = &question.catalog.network.conditions[mark.of_kind];
                        learner.kind(question.catalog, place, credential).is_asked_for(conditions)
                    };
                    if mark.of_kind == ConditionsId::NONE || is_asked_for() {
                        self.state.cells[mark.cell].set(lane);
                    }
                }
                marks.past.list(credential).iter().for_each(|&cell| self.past.cells[cell].set(lane));
                self.added.extend_from_slice(marks.added.list(credential));
                let ending = marks.ending.list(credential);
                if !ending.is_empty() && marks.current[credential].includes(award.day) {
                    let valid_for = question.catalog.terms(credential).valid_for;
                    let until = learner.awarded(place).and_then(|awarded| last_day(valid_for, awarded));
                    self.ends.extend(ending.iter().map(|&class| (class, until)));
                }
            }
        }
        marks.reached.list(credential).iter().for_each(|&cell| self.attain.cells[cell].set(lane));
        Some(false)
    }

    /// Notes an award that may renew another or be renewed; `false` if it has a say in how long others last.
    fn note_renewal(&mut self, question: &CohortQuestion, credential: CredentialId) -> bool {
        self.renewing.extend(question.renewing_unit(credential));
        // Of several awards the later ones last on from the last day of the earlier ones.
        !question.catalog.keeps_cycle(credential) || self.cycles.insert(credential)
    }

    /// Notes what lapses in the time asked about, by the awards that last longest.
    fn note_lapses(&mut self, question: &CohortQuestion, lane: usize) {
        let Some(asked) = &question.lapses else { return };
        self.ends.sort_unstable_by_key(|&(class, until)| (class, until.is_none(), until));
        for ends in self.ends.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(class, Some(until))) = ends.last() else { continue };
            if asked.contains(&until) {
                let places = question.asked_of.list(class).iter();
                self.lapses.extend(places.map(|&place| Ends { lane, place, until: Some(until) }));
            }
        }
    }

    /// Sets the bits of an award under all names that it bears. Whether the machines can count it.
    fn read_award(&mut self, question: &CohortQuestion, rules: &Rules, read: ReadAward) -> bool {
        let Some(made) = Made::of(question, &read) else { return false };
        let attain = question.attain.as_ref();
        let own_amount = read.facts.credits.is_some() || read.facts.hours.is_some();
        self.names.begin(read.class);
        while let Some(class) = self.names.next(question) {
            if read.counting == AwardCounting::InProgress {
                self.set(rules.in_progress[class], read.lane);
            } else {
                self.count_as(question, rules, &read, &made, class);
            }
            if own_amount {
                let evidence = made.evidence(question, &read);
                let machines = [Some(rules), attain, question.past.as_ref()].into_iter().flatten();
                if machines
                    .flat_map(|rules| rules.adds.list(class))
                    .any(|adds| evidence.adds(adds.unit, adds.weight) != adds.weight)
                {
                    return false;
                }
            }
            if let Some(rules) = attain
                && rules.held[class] != ZEROS
            {
                self.attain.cells[rules.held[class]].set(read.lane);
            }
            if let Some(rules) = &question.past
                && rules.held[class] != ZEROS
            {
                self.past.cells[rules.held[class]].set(read.lane);
            }
        }
        true
    }

    /// Sets the bits of an award that counts, or counted, under the name of a class.
    fn count_as(&mut self, question: &CohortQuestion, rules: &Rules, read: &ReadAward, made: &Made, class: ClassId) {
        // Whoever holds it is not asked whether they held it once.
        if made.current {
            self.set(rules.held[class], read.lane);
            if question.lapses.is_some() && rules.lapsed[class] != ZEROS {
                self.ends.push((class, made.evidence(question, read).until));
            }
        } else if made.was_current {
            self.set(rules.lapsed[class], read.lane);
        }
        for atom in rules.atoms.list(class) {
            if atom.when.includes(made.awarded) && (made.current || atom.lapsed) {
                let conditions = &question.catalog.network.conditions[atom.conditions];
                if !atom.of_kind || made.evidence(question, read).is_of_kind(conditions) {
                    self.set(atom.cell, read.lane);
                }
            }
        }
        if rules.repeats[class] {
            self.added.push(class);
        }
    }

    fn set(&mut self, cell: Cell, lane: usize) {
        if cell != ZEROS {
            self.state.cells[cell].set(lane);
        }
    }
}

/// The cells of the rules, if there are any.
fn execution<const L: usize, const C: usize>(rules: Option<&Rules>) -> Execution<L, C> {
    rules.map_or_else(|| Execution::new(&Machine::default()), |rules| Execution::new(&rules.machine))
}
