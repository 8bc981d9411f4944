//! The order of each layer, from top to bottom: with few crossings.
//!
//! Layered are gone through back and forth, each sorted by where its neighbours are, and neighbours are swapped where
//! that saves crossings; from several beginnings, of which the best end is kept. How often is a matter of the size of
//! the map alone.

use crate::map::crossings::{Span, crossings};
use crate::map::layers::{Layered, SpotId};
use crate::value::ids::IdVec;

/// Beginnings that are tried.
const BEGINNINGS: u64 = 16;
/// Times that the layers of one beginning are gone through without getting better.
const PATIENCE: u32 = 4;
/// Pieces of lines that may be looked at, over all: a few hundred times all of those of a map of a hundred boxes.
const WORK: usize = 4_000_000;

/// The layers to the left or to the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Towards {
    Left,
    Right,
}

struct Ordering<'l> {
    layers: &'l mut Layered,
    left: IdVec<SpotId, Vec<SpotId>>,
    right: IdVec<SpotId, Vec<SpotId>>,
    layer: IdVec<SpotId, usize>,
    rank: IdVec<SpotId, usize>,
    work: usize,
}

/// How good an order is: crossings first, then how far lines go up and down.
type Badness = (u64, usize);

impl Layered {
    /// Puts each layer in order.
    pub(crate) fn put_in_order(&mut self) {
        let (mut left, mut right) = (IdVec::filled(Vec::new(), self.spots.len()), IdVec::new());
        right.resize(self.spots.len(), Vec::new());
        for piece in &self.pieces {
            right[piece.from].push(piece.to);
            left[piece.to].push(piece.from);
        }
        let mut layer = IdVec::filled(0, self.spots.len());
        for (number, spots) in self.layers.iter().enumerate() {
            for &spot in spots {
                layer[spot] = number;
            }
        }
        let rank = self.ranks();
        let mut ordering = Ordering { layers: self, left, right, layer, rank, work: WORK };
        ordering.follow();
        ordering.search();
    }
}

impl Ordering<'_> {
    /// The first beginning: what leads to something stands beside what else leads to it.
    fn follow(&mut self) {
        let mut order: Vec<Vec<SpotId>> = vec![Vec::new(); self.layers.layers.len()];
        let mut seen: IdVec<SpotId, bool> = IdVec::filled(false, self.rank.len());
        let ends: Vec<SpotId> = self.layers.layers.iter().rev().flatten().copied().collect();
        for end in ends {
            let mut open = vec![end];
            while let Some(spot) = open.pop() {
                if !std::mem::replace(&mut seen[spot], true) {
                    order[self.layer[spot]].push(spot);
                    open.extend(self.left[spot].iter().rev());
                }
            }
        }
        self.take(order);
    }

    fn take(&mut self, order: Vec<Vec<SpotId>>) {
        self.layers.layers = order;
        self.rank = self.layers.ranks();
    }

    fn search(&mut self) {
        let mut best = (self.badness(), self.layers.layers.clone());
        for beginning in 0..BEGINNINGS {
            if beginning > 0 {
                self.shuffle(beginning);
            }
            let (mut least, mut without_gain) = (self.badness(), 0);
            for turn in 0_u32.. {
                let side = if turn % 2 == 0 { Towards::Left } else { Towards::Right };
                self.go_through(side);
                self.swap_neighbours();
                let now = self.badness();
                if now < best.0 {
                    best = (now, self.layers.layers.clone());
                }
                without_gain = if now < least { 0 } else { without_gain + 1 };
                least = least.min(now);
                if without_gain > PATIENCE || self.work == 0 {
                    break;
                }
            }
            if self.work == 0 || best.0.0 == 0 && beginning > 2 {
                break;
            }
        }
        let (_, order) = best;
        self.take(order);
    }

    /// Another beginning, the same each time: a Fisher–Yates shuffle on a xorshift.
    fn shuffle(&mut self, beginning: u64) {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(beginning + 1) | 1;
        for layer in &mut self.layers.layers {
            layer.sort_unstable();
            for last in (1..layer.len()).rev() {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let other = usize::try_from((state >> 16) % (last as u64 + 1)).unwrap_or(0);
                layer.swap(last, other);
            }
        }
        self.rank = self.layers.ranks();
    }

    fn neighbours(&self, spot: SpotId, side: Towards) -> &[SpotId] {
        match side {
            Towards::Left => &self.left[spot],
            Towards::Right => &self.right[spot],
        }
    }

    /// Sorts each layer by the mean of the neighbours on one side; what has none there stays where it is.
    fn go_through(&mut self, side: Towards) {
        let number = self.layers.layers.len();
        for step in 1..number {
            let layer = if side == Towards::Left { step } else { number - 1 - step };
            let spots = std::mem::take(&mut self.layers.layers[layer]);
            let mut by_mean: Vec<(SpotId, f64)> = Vec::with_capacity(spots.len());
            for &spot in &spots {
                let beside = self.neighbours(spot, side);
                let sum: usize = beside.iter().map(|&other| self.rank[other]).sum();
                self.work = self.work.saturating_sub(beside.len() + 1);
                let beside = self.neighbours(spot, side).len();
                by_mean.push((spot, if beside == 0 { f64::NAN } else { as_float(sum) / as_float(beside) }));
            }
            let mut moved: Vec<(SpotId, f64)> = by_mean.iter().filter(|spot| !spot.1.is_nan()).copied().collect();
            moved.sort_by(|a, b| a.1.total_cmp(&b.1));
            let mut moved = moved.into_iter();
            for place in &mut by_mean {
                if !place.1.is_nan()
                    && let Some(next) = moved.next()
                {
                    *place = next;
                }
            }
            for (rank, &(spot, _)) in by_mean.iter().enumerate() {
                self.rank[spot] = rank;
            }
            self.layers.layers[layer] = by_mean.into_iter().map(|(spot, _)| spot).collect();
        }
    }

    /// Swaps neighbours as long as that saves crossings.
    fn swap_neighbours(&mut self) {
        let mut again = true;
        while again && self.work > 0 {
            again = false;
            for layer in 0..self.layers.layers.len() {
                for place in 1..self.layers.layers[layer].len() {
                    let (upper, lower) = (self.layers.layers[layer][place - 1], self.layers.layers[layer][place]);
                    let (mut now, mut then) = (0, 0);
                    for side in [Towards::Left, Towards::Right] {
                        let (above, below) = (self.ranks_of(upper, side), self.ranks_of(lower, side));
                        self.work = self.work.saturating_sub(above.len() + below.len() + 1);
                        now += inversions(&above, &below);
                        then += inversions(&below, &above);
                    }
                    if then < now {
                        self.layers.layers[layer].swap(place - 1, place);
                        self.rank[upper] = place;
                        self.rank[lower] = place - 1;
                        again = true;
                    }
                }
            }
        }
    }

    /// The ranks of a spot's neighbours, in order.
    fn ranks_of(&self, spot: SpotId, side: Towards) -> Vec<usize> {
        let mut ranks: Vec<usize> = self.neighbours(spot, side).iter().map(|&other| self.rank[other]).collect();
        ranks.sort_unstable();
        ranks
    }

    fn badness(&mut self) -> Badness {
        let mut between: Vec<Vec<Span>> = vec![Vec::new(); self.layers.layers.len()];
        let mut length = 0;
        for piece in &self.layers.pieces {
            let (from, to) = (self.rank[piece.from], self.rank[piece.to]);
            length += from.abs_diff(to);
            let [from, to] = [from, to].map(|rank| i64::try_from(rank).unwrap_or(i64::MAX));
            between[self.layer[piece.from]].push(Span { from, to });
        }
        self.work = self.work.saturating_sub(self.layers.pieces.len());
        (between.into_iter().map(crossings).sum(), length)
    }
}

/// How many pairs there are of one of the first numbers and a smaller one of the second; both are in order.
fn inversions(first: &[usize], second: &[usize]) -> usize {
    let mut smaller = 0;
    let mut pairs = 0;
    for &number in first {
        while second.get(smaller).is_some_and(|&other| other < number) {
            smaller += 1;
        }
        pairs += smaller;
    }
    pairs
}

/// Ranks are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "ranks and their sums are far below 2^52")]
fn as_float(number: usize) -> f64 {
    number as f64
}
