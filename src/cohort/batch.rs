//! As many learners as there are lanes: their awards into cells, the machines run, and whoever they are not certain
//! about judged alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::evaluate::evaluation::{Evaluation, Status};
use crate::evaluate::validity::HeldUntil;
use crate::plan::answers::unlocks::OneAwardAway;
use crate::record::record::LearnerRecord;
use crate::value::ids::{CredentialId, IdVec};

use crate::cohort::learner::{TakenBatch, TakenIn};
use crate::cohort::machine::{Cell, DOUBT, Lanes, ZEROS};
use crate::cohort::question::{AskedId, CohortQuestion};
use crate::cohort::read::{BatchInputs, Ends};
use crate::cohort::rules::Rules;
use crate::cohort::uncounted::GatheredUncounted;
use crate::cohort::unknown::Unknown;

/// The statuses in the order of their numbers.
pub(crate) const STATUSES: [Status; 9] = [
    Status::Held,
    Status::Qualified,
    Status::Undecided,
    Status::InProgress,
    Status::Lapsed,
    Status::Unattainable,
    Status::Eligible,
    Status::Started,
    Status::Locked,
];

/// The answers about one credential, a bit for each learner of the batch.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// The learners who have each status.
    pub(crate) statuses: [Vec<u64>; 9],
    /// The learners who meet its own requirements and do not hold it.
    pub(crate) qualified: Vec<u64>,
    /// The learners who are one award away from it, certainly or, where something is undecided, possibly.
    pub(crate) nearly: Vec<u64>,
    pub(crate) nearly_undecided: Vec<u64>,
}

/// A batch of learners, whatever the number of lanes.
pub(crate) trait Batch: Send + fmt::Debug {
    /// The number of learners that there is room for.
    fn capacity(&self) -> usize;
    /// Takes in some learners in place of those before.
    fn read(&mut self, question: &CohortQuestion, learners: &[TakenIn]);
    /// Judges the learners who were read.
    fn evaluate(&mut self, question: &CohortQuestion, learners: &[TakenIn]);
    /// The answers about the credential at a place among those asked about.
    fn columns(&mut self, question: &CohortQuestion, place: AskedId, columns: &mut Columns);
    /// Awards that lapse in the time asked about, by learner.
    fn lapses(&self) -> &[Ends];
    /// Awards that the catalog does not know, of the learners who were judged.
    fn unknown(&self, question: &CohortQuestion, taken: &TakenBatch) -> Unknown;
    /// Awards that count nowhere, of the learners who were judged.
    fn uncounted(&self, question: &CohortQuestion, taken: &TakenBatch) -> GatheredUncounted;
    /// The learners whose records have exceptions without a place in the catalog.
    fn misplaced(&self) -> Vec<usize>;
    /// The number of learners, and of those of them who were judged alone.
    fn learners(&self) -> (usize, usize);
}

/// Room for a batch: for so many learners, if that is not too many at once.
pub(crate) fn batch(question: &CohortQuestion, learners: usize) -> Box<dyn Batch> {
    let cells = question.rules.as_ref().map_or(0, |rules| rules.machine.cells)
        + question.attain.as_ref().map_or(0, |rules| rules.machine.cells)
        + question.past.as_ref().map_or(0, |rules| rules.machine.cells);
    match learners {
        0..=64 => Box::new(Slices::<1, 1>::new(question)),
        65..=512 => Box::new(Slices::<8, 1>::new(question)),
        _ if cells > MANY_CELLS => Box::new(Slices::<8, 2>::new(question)),
        _ => Box::new(Slices::<8, 4>::new(question)),
    }
}

/// With more cells than these, more lanes would only push them out of the caches.
const MANY_CELLS: usize = 250_000;

/// The answers about a learner alone, by the code for one learner.
#[derive(Debug)]
struct Alone {
    lane: usize,
    statuses: IdVec<AskedId, Status>,
    qualified: IdVec<AskedId, bool>,
    one_award_away: OneAwardAway,
    /// Awards that the catalog does not know.
    unknown: Vec<String>,
    /// Whether the record has an exception without a place in the catalog.
    misplaced: bool,
}

/// A status that the code for one learner tells of a learner whom the machines judge otherwise.
#[derive(Debug, Clone, Copy)]
struct StatusAlone {
    place: AskedId,
    lane: usize,
    status: Status,
}

#[derive(Debug)]
pub(crate) struct Slices<const L: usize, const C: usize> {
    inputs: BatchInputs<L, C>,
    learners: usize,
    /// The lanes that are taken.
    valid: Lanes<L, C>,
    /// Those whose records alone say that they have to be judged alone; and with what was found later.
    unread: Lanes<L, C>,
    alone: Lanes<L, C>,
    judged: Vec<Alone>,
    /// In the order of places and lanes.
    statuses_alone: Vec<StatusAlone>,
    nearly: IdVec<AskedId, Lanes<L, C>>,
    lapses: Vec<Ends>,
}

impl<const L: usize, const C: usize> Slices<L, C> {
    fn new(question: &CohortQuestion) -> Self {
        Self {
            inputs: BatchInputs::new(question),
            learners: 0,
            valid: Lanes::NONE,
            unread: Lanes::NONE,
            alone: Lanes::NONE,
            judged: Vec::new(),
            statuses_alone: Vec::new(),
            nearly: IdVec::new(),
            lapses: Vec::new(),
        }
    }

    /// Asks the code for one learner.
    fn judge_alone(&mut self, question: &CohortQuestion, record: &LearnerRecord, lane: usize) {
        let CohortQuestion { catalog, as_of, asked, evaluate, .. } = question;
        let evaluation = catalog.evaluate(record, *as_of, evaluate);
        let statuses: IdVec<AskedId, Status> = asked.iter().map(|&id| evaluation.status(id)).collect();
        let unheld =
            |(&id, status): (&CredentialId, &Status)| *status != Status::Held && evaluation.meets_requirements(id);
        let qualified = asked.iter().zip(&statuses).map(unheld).collect();
        asked.entries().for_each(|(place, _)| self.lapses.extend(lapse(question, &evaluation, place, lane)));
        let mut one_award_away = OneAwardAway::default();
        if question.one_award_away {
            one_award_away = OneAwardAway::of(catalog, record, *as_of, evaluate);
        }
        // Whoever has an exception is judged here.
        let misplaced = !evaluation.misplaced().is_empty();
        let unknown = evaluation.unknown_awards().to_vec();
        self.judged.push(Alone { lane, statuses, qualified, one_award_away, unknown, misplaced });
    }

    /// The learners who have none of the statuses that awards and met requirements give.
    fn nothing_yet(&self, question: &CohortQuestion, rules: &Rules, id: CredentialId) -> Lanes<L, C> {
        let class = question.catalog.names.class(id);
        let mut rest = self.valid.without(&self.alone);
        for cell in [
            rules.held[class],
            rules.qualified[class],
            rules.conferred[id],
            rules.in_progress[class],
            rules.lapsed[class],
        ] {
            rest = rest.without(&self.inputs.state.cells[cell]);
        }
        rest
    }

    /// Leaves to the code for one learner whoever may be able to reach something that not everybody can.
    fn doubt_attainable(&mut self, question: &CohortQuestion, rules: &Rules) {
        let Some(attain) = &question.attain else { return };
        self.inputs.attain.run(&attain.machine);
        for (&id, _) in question.asked.iter().zip(&question.hard).filter(|(_, hard)| **hard) {
            let reach = attain.any[question.catalog.names.class(id)];
            let mut may = self.nothing_yet(question, rules, id);
            if !question.hurried {
                may = may.and(&self.inputs.attain.cells[reach]);
            }
            self.alone = self.alone.or(&may);
        }
    }

    /// Asks the code for one learner what turns on other days, of whoever has an award that lasts as its components do:
    /// whether it was current once, where these are not current and may have been; and until when it is, if that is
    /// asked about.
    fn judge_components(&mut self, question: &CohortQuestion, rules: &Rules, learners: &[TakenIn]) {
        if let Some(past) = &question.past {
            self.inputs.past.run(&past.machine);
        }
        let mut in_doubt: BTreeMap<usize, BTreeSet<AskedId>> = BTreeMap::new();
        let certain = self.valid.without(&self.alone);
        for (id, &kept) in rules.kept.entries().filter(|(_, kept)| **kept != ZEROS) {
            let cells = &self.inputs.state.cells;
            let (has, current) = (certain.and(&cells[kept]), &cells[rules.conferred[id]]);
            let mut may = has.without(current);
            if let Some(past) = &question.past {
                may = may.and(&self.inputs.past.cells[past.conferred[id]]);
            }
            if question.lapses.is_some() {
                may = may.or(&has.and(current));
            }
            for lane in may.lanes() {
                in_doubt.entry(lane).or_default().extend(question.asked_by_components.list(id));
            }
        }
        for (lane, places) in in_doubt {
            let record = learners[lane].record();
            let evaluation = question.catalog.evaluate(&record, question.as_of, &question.evaluate);
            for place in places {
                let status = evaluation.status(question.asked[place]);
                self.statuses_alone.push(StatusAlone { place, lane, status });
                self.lapses.extend(lapse(question, &evaluation, place, lane));
            }
        }
        self.statuses_alone.sort_unstable_by_key(|alone| (alone.place, alone.lane));
    }

    /// What the code for one learner told of the credential at a place.
    fn told_alone(&self, place: AskedId) -> &[StatusAlone] {
        let from = self.statuses_alone.partition_point(|alone| alone.place < place);
        let rest = &self.statuses_alone[from..];
        &rest[..rest.partition_point(|alone| alone.place == place)]
    }

    /// Leaves to the code for one learner whoever could begin something only together with something else.
    fn doubt_together(&mut self, question: &CohortQuestion, rules: &Rules) {
        let offered = |id: CredentialId| question.catalog.terms(id).offered.contains(question.as_of);
        let with_corequisite = rules.together.entries().filter(|&(id, &cell)| cell != ZEROS && offered(id));
        for (id, &cell) in with_corequisite {
            if question.one_award_away || question.asked.iter().any(|&asked| asked == id) {
                let cells = &self.inputs.state.cells;
                // Of what counts each time, one more may be begun.
                let names = &question.catalog.names;
                let class = names.class(id);
                let mut may = self.valid.and(&cells[cell]).without(&cells[rules.open[id]]);
                if !names.repeatable(id) {
                    may = may.without(&cells[rules.held[class]]).without(&cells[rules.by_components[class]]);
                }
                self.alone = self.alone.or(&may);
            }
        }
    }

    /// Splits the learners whom the machine judged by status.
    fn split(&mut self, question: &CohortQuestion, rules: &Rules, place: AskedId, columns: &mut Columns) {
        let (catalog, id) = (question.catalog, question.asked[place]);
        let class = catalog.names.class(id);
        let (code, started) = rules.started[id];
        self.inputs.state.execute(&rules.machine, code);
        let cell = |cell: Cell| &self.inputs.state.cells[cell];
        let mut rest = self.valid.without(&self.alone);
        let mut give = |status: usize, learners: Lanes<L, C>| {
            let learners = rest.and(&learners);
            rest = rest.without(&learners);
            copy(&learners, &mut columns.statuses[status]);
        };
        let conferred = *cell(rules.conferred[id]);
        let held = cell(rules.held[class]).or(cell(rules.by_components[class]));
        give(0, held);
        give(1, cell(rules.qualified[class]).or(&conferred));
        give(2, Lanes::NONE);
        give(3, *cell(rules.in_progress[class]));
        give(4, *cell(rules.lapsed[class]));
        // Whoever might reach it after all is judged alone.
        give(5, if question.hard[place] { Lanes::ALL } else { Lanes::NONE });
        let offered = catalog.get(id).offered.contains(question.as_of);
        let (eligible, started) = match catalog.is_conferred(id) {
            true => (Lanes::NONE, *cell(started)),
            false if offered => (*cell(rules.open[id]), Lanes::NONE),
            false => (Lanes::NONE, Lanes::NONE),
        };
        give(6, eligible);
        give(7, started);
        give(8, Lanes::ALL);
        let certain = self.valid.without(&self.alone);
        copy(&certain.and(&conferred).without(&held), &mut columns.qualified);
        let nearly = self.nearly.get(place).map_or(Lanes::NONE, |nearly| nearly.and(&certain));
        copy(&nearly, &mut columns.nearly);
        copy(&Lanes::<L, C>::NONE, &mut columns.nearly_undecided);
    }
}

/// What is told of the last day on which a learner holds the credential at a place, if it is asked about.
fn lapse(question: &CohortQuestion, evaluation: &Evaluation, place: AskedId, lane: usize) -> Option<Ends> {
    let between = question.lapses.as_ref()?;
    let until = match evaluation.held_until(question.asked[place]) {
        HeldUntil::Date(until) if between.contains(&until) => Some(until),
        HeldUntil::Undecided => None,
        HeldUntil::Date(_) | HeldUntil::NoEnd | HeldUntil::NotHeld => return None,
    };
    Some(Ends { lane, place, until })
}

fn copy<const L: usize, const C: usize>(lanes: &Lanes<L, C>, words: &mut Vec<u64>) {
    words.clear();
    words.extend_from_slice(lanes.words());
}

impl<const L: usize, const C: usize> Batch for Slices<L, C> {
    fn capacity(&self) -> usize {
        Lanes::<L, C>::CAPACITY
    }

    fn read(&mut self, question: &CohortQuestion, learners: &[TakenIn]) {
        self.learners = learners.len().min(self.capacity());
        self.valid = Lanes::NONE;
        for lane in 0..self.learners {
            self.valid.set(lane);
        }
        self.unread = self.inputs.read(question, &learners[..self.learners]);
    }

    fn evaluate(&mut self, question: &CohortQuestion, learners: &[TakenIn]) {
        self.alone = self.unread;
        self.judged.clear();
        self.statuses_alone.clear();
        self.nearly.clear();
        self.lapses.clear();
        if let Some(rules) = &question.rules {
            self.inputs.state.run(&rules.machine);
            if question.one_award_away {
                let certain = self.valid.without(&self.alone);
                self.nearly = self.inputs.state.one_award_away(question, rules, &certain);
            }
            self.alone = self.alone.or(&self.inputs.state.cells[DOUBT].and(&self.valid));
            self.doubt_attainable(question, rules);
            self.doubt_together(question, rules);
            self.judge_components(question, rules, learners);
        }
        let alone = self.alone;
        let is_told =
            |ends: &&Ends| self.told_alone(ends.place).binary_search_by_key(&ends.lane, |told| told.lane).is_ok();
        let read = self.inputs.lapses.iter().filter(|ends| !alone.has(ends.lane) && !is_told(ends));
        let read: Vec<Ends> = read.copied().collect();
        self.lapses.extend(read);
        for (lane, learner) in learners.iter().take(self.learners).enumerate().filter(|&(lane, _)| alone.has(lane)) {
            self.judge_alone(question, &learner.record(), lane);
        }
        self.lapses.sort_by_key(|ends| (ends.lane, ends.place));
    }

    fn columns(&mut self, question: &CohortQuestion, place: AskedId, columns: &mut Columns) {
        if let Some(rules) = &question.rules {
            self.split(question, rules, place, columns);
        } else {
            let all = columns.statuses.iter_mut();
            for column in all.chain([&mut columns.qualified, &mut columns.nearly, &mut columns.nearly_undecided]) {
                copy(&Lanes::<L, C>::NONE, column);
            }
        }
        for told in self.told_alone(place) {
            let word = told.lane / 64;
            let bit = 1 << (told.lane % 64);
            columns.statuses.iter_mut().for_each(|column| column[word] &= !bit);
            columns.statuses[told.status as usize][word] |= bit;
        }
        let credential = question.asked[place];
        for alone in &self.judged {
            let set = |column: &mut Vec<u64>| column[alone.lane / 64] |= 1 << (alone.lane % 64);
            set(&mut columns.statuses[alone.statuses[place] as usize]);
            if alone.qualified[place] {
                set(&mut columns.qualified);
            }
            if alone.one_award_away.certainly.contains(&credential) {
                set(&mut columns.nearly);
            }
            if alone.one_award_away.possibly.contains(&credential) {
                set(&mut columns.nearly_undecided);
            }
        }
    }

    fn lapses(&self) -> &[Ends] {
        &self.lapses
    }

    fn unknown(&self, question: &CohortQuestion, taken: &TakenBatch) -> Unknown {
        let mut unknown = Unknown::default();
        for &lane in self.inputs.with_unknown.iter().filter(|&&lane| !self.alone.has(lane)) {
            taken.learners[lane].unknown_ids(question.catalog).iter().for_each(|id| unknown.add(id, 1));
        }
        self.judged.iter().flat_map(|alone| &alone.unknown).for_each(|id| unknown.add(id, 1));
        unknown
    }

    fn uncounted(&self, question: &CohortQuestion, taken: &TakenBatch) -> GatheredUncounted {
        let together = self.inputs.with_uncounted.iter().copied().filter(|&lane| !self.alone.has(lane));
        let mut lanes: Vec<usize> = together.chain(self.judged.iter().map(|alone| alone.lane)).collect();
        lanes.sort_unstable();
        let mut uncounted = GatheredUncounted::default();
        for lane in lanes {
            uncounted.add(question, &taken.learners[lane].record(), taken.name(lane));
        }
        uncounted
    }

    fn misplaced(&self) -> Vec<usize> {
        self.judged.iter().filter(|alone| alone.misplaced).map(|alone| alone.lane).collect()
    }

    fn learners(&self) -> (usize, usize) {
        (self.learners, self.judged.len())
    }
}
