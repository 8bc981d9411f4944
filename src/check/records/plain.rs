//! A first look, which settles most questions: one record of the awards that are mostly made.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::rc::Rc;

use crate::check::learner::TrialLearner;
use crate::check::records::asked::AskedParts;
use crate::check::records::kinds::{MOST_AWARDS, slots};
use crate::check::records::values::{KnownAs, plain_award};
use crate::evaluate::evidence::{AwardId, Evidence, Origin, evidence};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::date::Date;
use crate::value::ids::Id;
use crate::value::meter::Meter;

/// Awards of one credential, each with the most usual grade, day, issuer and amounts.
pub(crate) struct PlainAwards {
    pub(crate) known_as: KnownAs,
    /// As each side sees one of them.
    evidence: [Option<Evidence>; 2],
    often: u32,
}

/// So many times the steps of one evaluation may be taken for all that is asked of one record.
const LOOKS: u64 = 4;

/// A look at one record.
pub(crate) struct PlainLook<'q, 'c> {
    /// What is met, and what may not be.
    pub(crate) sides: &'q [AskedParts<'c>; 2],
    pub(crate) day: Date,
    /// The search steps that judging one record may take.
    pub(crate) search_steps: u64,
}

/// Whether it shows that the one side can be met without the other, and what it took to look.
pub(crate) struct PlainAnswer {
    pub(crate) shows: bool,
    pub(crate) work: u64,
}

impl PlainLook<'_, '_> {
    /// Looks at whatever is of no use for the other side, and as few other awards as the first one needs beside it,
    /// those of the least use for the other side first.
    pub(crate) fn look(&self, credentials: &[KnownAs]) -> PlainAnswer {
        let mut awards: Vec<PlainAwards> = credentials.iter().filter_map(|&known_as| self.plain(known_as)).collect();
        awards.sort_by_key(|plain| {
            let [goals, other] = [0, 1].map(|side| self.sides[side].leaves_of(plain.known_as[side]));
            let own = other.iter().filter(|leaf| self.sides[1].own.contains(leaf)).count();
            (own, other.len(), Reverse(goals.len()))
        });
        let free = awards.partition_point(|plain| self.sides[1].leaves_of(plain.known_as[1]).is_empty());
        let (free, others) = awards.split_at(free);
        // What it takes to judge parts beside what follows from the awards.
        let given = self.search_steps.saturating_mul(LOOKS);
        let asking = Rc::new(RefCell::new(Meter::new(given)));
        let mut learner = TrialLearner::new(self.sides[0].nobody(self.day, self.search_steps), &asking);
        for plain in free {
            give_all(&mut learner, 0, plain);
        }
        let (needed, work) = self.needed(&mut learner, others.iter().collect(), &asking);
        let counted = || asking.borrow().spent();
        let Some(needed) = needed else { return PlainAnswer { shows: false, work: work + counted() } };
        let mut other = TrialLearner::new(self.sides[1].nobody(self.day, self.search_steps), &asking);
        for plain in needed {
            give_all(&mut other, 1, plain);
        }
        let work = work + other.progress.touched() / 8 + self.step();
        let shows = self.met(&other, 1) == Met::No;
        PlainAnswer { shows, work: work + counted() }
    }

    /// Those of some awards that a learner needs to meet the first side, none of which can be left out, if all of them
    /// are enough; and what it took to find them.
    fn needed<'p>(
        &self,
        learner: &mut TrialLearner<'_>,
        mut others: Vec<&'p PlainAwards>,
        asking: &Rc<RefCell<Meter>>,
    ) -> (Option<Vec<&'p PlainAwards>>, u64) {
        let mut needed = Vec::new();
        let mut work = self.step() + learner.progress.touched() / 8;
        let mut before: Option<Progress<'_>> = None;
        while self.met(learner, 0) != Met::Yes {
            let progress = before.take().unwrap_or_else(|| learner.progress.clone());
            let mut with_more = TrialLearner::new(progress, asking);
            let last = others.iter().position(|plain| {
                give_all(&mut with_more, 0, plain);
                self.met(&with_more, 0) == Met::Yes
            });
            work += 4 + (with_more.progress.touched() - learner.progress.touched()) / 4;
            let Some(last) = last else { return (None, work) };
            let mut progress = with_more.progress;
            work += progress.return_to(&learner.progress) / 16;
            let mut with_more = TrialLearner::new(progress, asking);
            for with in [&mut *learner, &mut with_more] {
                give_all(with, 0, others[last]);
            }
            before = Some(with_more.progress);
            needed.push(others[last]);
            others.truncate(last);
        }
        (Some(needed), work)
    }

    /// What it takes to begin with one more learner.
    pub(crate) fn step(&self) -> u64 {
        let rules = self.sides.iter().map(|side| side.catalog.network.len() + side.catalog.len()).max().unwrap_or(0);
        rules as u64 / 128 + 1
    }

    fn met(&self, learner: &TrialLearner<'_>, side: usize) -> Met {
        self.sides[side].parts.iter().map(|&part| learner.met(part)).min().unwrap_or(Met::Yes)
    }

    pub(crate) fn plain(&self, known_as: KnownAs) -> Option<PlainAwards> {
        let id = (0..2).find_map(|side| Some(self.sides[side].catalog.id(known_as[side]?)))?;
        let award = plain_award(self.sides, known_as, id, self.day);
        let mut known = self.sides.iter().zip(known_as);
        let repeats = known.any(|(side, own)| own.is_some_and(|own| side.catalog.names.repeatable(own)));
        let often = if repeats { slots(self.sides, known_as, true).min(MOST_AWARDS) } else { 1 };
        let seen = |side: usize| Some((self.sides[side].catalog, known_as[side]?));
        let evidence =
            [0, 1].map(|side| seen(side).map(|(catalog, own)| evidence(catalog, award.facts(), AwardId::NONE, own)));
        Some(PlainAwards { known_as, evidence, often })
    }
}

/// Gives a learner the awards as one side knows them, and draws the consequences.
fn give_all(learner: &mut TrialLearner<'_>, side: usize, plain: &PlainAwards) {
    give(learner, side, plain);
    learner.settle();
}

/// Gives a learner the awards as one side knows them.
pub(crate) fn give(learner: &mut TrialLearner<'_>, side: usize, plain: &PlainAwards) {
    let Some(award) = &plain.evidence[side] else { return };
    for _ in 0..plain.often {
        let number = AwardId::at(learner.progress.evidence.len());
        learner.progress.receive(award.with_origin(Origin::Issued(number)));
    }
}
