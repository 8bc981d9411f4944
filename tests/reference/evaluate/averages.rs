//! The average of what is counted (semantics 2.7), in whole hundredths.

use super::super::model::*;
use super::Rules;
use super::sums::Node;
use super::world::Counted;

/// Points times weights, added up; `endless` if one of them has no upper end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points {
    endless: bool,
    sum: Amount,
}

impl Points {
    pub const NONE: Points = Points { endless: false, sum: 0 };

    pub fn of(points: Amount) -> Points {
        Points { endless: false, sum: points }
    }

    pub fn plus(self, other: Points, weight: Amount) -> Points {
        Points { endless: self.endless || (other.endless && weight > 0), sum: self.sum + other.sum * weight }
    }

    /// Whether the mean, by the weights in sum, is at least so much. Of nothing it is.
    pub fn at_least(self, least: Amount, weights: Amount) -> bool {
        self.endless || self.sum >= least * weights
    }
}

/// An award in a place of a sum, with its amount.
pub type Added = (Points, usize, Amount);

impl Rules<'_> {
    /// 2.7: the points of an award, if it has any: a numeric grade is its own. A sufficient grade is the best of all;
    /// among numbers none is.
    pub(super) fn points(&self, a: &Counted) -> Option<Points> {
        match (&self.catalog.grades, a.grade) {
            (None, _) if a.sufficient_grade => Some(Points { endless: true, sum: 0 }),
            (None, Some(Grade::Number(points))) => Some(Points::of(points)),
            (Some(_), _) if a.sufficient_grade => self.catalog.grade_points.values().max().map(|p| Points::of(*p)),
            (Some(_), Some(Grade::Text(word))) => self.catalog.grade_points.get(word).map(|p| Points::of(*p)),
            _ => None,
        }
    }
}

/// 2.7: the mean of what is added, weighted by the credits that each award adds. Where an `up_to` lets not all of
/// them add, the learner says which ones do: those with the most points.
pub fn mean_is_at_least(least: Amount, nodes: &[Node], mut added: Vec<Added>) -> bool {
    added.sort();
    let (mut used, mut points, mut weights) = (Vec::new(), Points::NONE, 0);
    for (own, place, amount) in added.into_iter().rev() {
        let adds = amount.min(room(nodes, place, &used));
        used.push((place, adds));
        (points, weights) = (points.plus(own, adds), weights + adds);
    }
    points.at_least(least, weights)
}

/// What can still be added in a place.
fn room(nodes: &[Node], place: usize, used: &[(usize, Amount)]) -> Amount {
    let mut room = Amount::MAX;
    for node in nodes {
        if let Node::UpTo(cap, inner) = node
            && node.holds(place)
        {
            let in_it: Amount = used.iter().filter(|(p, _)| node.holds(*p)).map(|(_, adds)| adds).sum();
            room = room.min(cap - in_it).min(self::room(inner, place, used));
        }
    }
    room
}
