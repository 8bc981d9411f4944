//! Groups that ask for an average of what they count ([semantics 2.7](crate::semantics#2.7)): what awards offer, and
//! the outcome of the choice among them.

use std::collections::BTreeMap;

use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::assignment::{Bucket, Placement};
use crate::evaluate::averages::{GradedOffer, Merit};
use crate::evaluate::counting::{Counting, preference};
use crate::evaluate::mean::{AddedOffers, Averaged, MeanChoice};
use crate::evaluate::outcome::{Filled, Met, Outcome};
use crate::evaluate::windows::Window;
use crate::value::ids::GroupId;
use crate::value::points::GradePoints;

impl Counting<'_> {
    /// The outcome of a sum of which a mean is asked, over every choice of windows for the spans inside it.
    pub(crate) fn averaged_sum(&mut self, group: GroupId, window: Window, least: GradePoints) -> Outcome {
        let needed = u64::from(self.catalog.network.group(group).threshold);
        let mut best = Outcome::none(Met::No);
        let complete = self.in_each_bucket(group, window, |counting, groups, buckets| {
            let offers = counting.offers(groups, needed);
            let outcome = counting.averaged(Averaged { offers: &offers, buckets, needed, least });
            if (best.met, best.have) < (outcome.met, outcome.have) || best.filled.is_empty() {
                best = outcome;
            }
            !counting.thorough && best.met == Met::Yes
        });
        Outcome { met: if complete { best.met } else { best.met.max(Met::Undecided) }, ..best }
    }

    /// Places of an `at_least` that offers fill, so many and with such a mean.
    pub(crate) fn averaged_places(&mut self, offers: &[GradedOffer], needed: u64, least: GradePoints) -> Outcome {
        let buckets = [Bucket { above: 0, cap: u64::MAX }];
        let offers = self.best_offers(offers);
        self.averaged(Averaged { offers: &offers, buckets: &buckets, needed, least })
    }

    /// Every way in which an award that has points can add to one of the groups. What there is without end adds what
    /// is needed.
    pub(crate) fn offers(&self, groups: &[(GroupId, Window)], needed: u64) -> Vec<GradedOffer> {
        let network = &self.catalog.network;
        let mut offers = Vec::new();
        for (bucket, &(group, window)) in groups.iter().enumerate() {
            let unit = match network.group(group).measure {
                Measure::Sum(unit) | Measure::UpTo(unit) => unit,
                Measure::Count => Unit::Places,
            };
            for &part in network.parts(group) {
                let Part::Leaf(leaf) = part else { continue };
                let placements = self.placements(bucket, leaf, unit, window);
                offers.extend(placements.filter_map(|placement| self.offer(placement, needed)));
            }
        }
        self.best_offers(&offers)
    }

    /// The offer that a placement is; none if the award has no points, or adds nothing.
    pub(crate) fn offer(&self, placement: Placement, needed: u64) -> Option<GradedOffer> {
        let evidence = &self.evidence[placement.tag.1].evidence;
        let endless = placement.member.is_none() && evidence.is_endless(&self.catalog.names);
        let amount = if endless && placement.amount > 0 { needed } else { placement.amount };
        let supposed = self.worth.filter(|worth| worth.from <= placement.tag.1 && evidence.is_issued());
        let supposed = supposed.map(|worth| Merit::Points(worth.points));
        let merit = supposed.or_else(|| evidence.merit(self.catalog)).filter(|_| amount > 0)?;
        Some(GradedOffer { placement: Placement { amount, ..placement }, merit, fills: true })
    }

    /// Without those beside which there is one that differs only in the award, which has no fewer points.
    fn best_offers(&self, offers: &[GradedOffer]) -> Vec<GradedOffer> {
        let mut best: BTreeMap<_, usize> = BTreeMap::new();
        for (number, GradedOffer { placement, merit, fills }) in offers.iter().enumerate() {
            let Placement { unit, member, bucket, amount, tag: _ } = *placement;
            let kept = best.entry((unit, member, bucket, amount, *fills)).or_insert(number);
            let rank = |number: usize| preference(&self.evidence[offers[number].placement.tag.1]);
            if offers[*kept].merit < *merit || offers[*kept].merit == *merit && rank(number) < rank(*kept) {
                *kept = number;
            }
        }
        let mut kept: Vec<usize> = best.into_values().collect();
        kept.sort_unstable();
        kept.into_iter().map(|number| offers[number]).collect()
    }

    /// The outcome; if that is asked for, with the most and the best that there is.
    fn averaged(&mut self, asked: Averaged<'_>) -> Outcome {
        self.steps = self.steps.saturating_sub(asked.offers.len() as u64);
        let offers = asked.offers;
        match asked.choice(&mut self.steps) {
            MeanChoice::Enough(added) => {
                let have = asked.total(&added);
                let enough = Outcome { have, filled: filled(offers, &added), ..Outcome::none(Met::Yes) };
                if self.thorough { self.best_averaged(asked, enough) } else { enough }
            }
            MeanChoice::Undecided => Outcome::none(Met::Undecided),
            MeanChoice::No if !self.thorough => Outcome::none(Met::No),
            MeanChoice::No => self.best_averaged(asked, Outcome::none(Met::No)),
        }
    }

    /// The same with the most that there is, whatever its mean, and with the highest mean of what is needed.
    fn best_averaged(&mut self, asked: Averaged<'_>, outcome: Outcome) -> Outcome {
        let have = asked.most(&mut self.steps).max(outcome.have);
        let best = Averaged { needed: have.min(asked.needed), ..asked }.best_mean(&mut self.steps);
        let filled = if best.is_empty() { outcome.filled } else { filled(asked.offers, &best) };
        Outcome { have, filled, ..outcome }
    }
}

fn filled(offers: &[GradedOffer], added: &AddedOffers) -> Vec<Filled> {
    let of = |&(number, amount): &(usize, u64)| {
        let (leaf, evidence) = offers[number].placement.tag;
        Filled { leaf, evidence, amount }
    };
    let mut filled: Vec<Filled> = added.iter().map(of).collect();
    filled.sort_by_key(|filled| (filled.leaf, filled.evidence));
    filled
}
