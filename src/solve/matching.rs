//! The most places that can be filled when no unit fills two, and what is short when that is too few.

use crate::value::ids::to_u32;

/// One place that can be filled, by one of these units of awards.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) demand: u32,
    /// In order of preference.
    pub(crate) units: Vec<u32>,
}

#[derive(Debug)]
pub(crate) struct Filling {
    /// For each place the unit that fills it.
    pub(crate) by: Vec<Option<u32>>,
    /// The places filled in all: the most possible.
    pub(crate) filled: u32,
    /// If not every demand is satisfied, why not.
    pub(crate) shortage: Option<Shortage>,
}

/// Demands that together need more than there is: every unit that fits a place of theirs is in `units`, unless that
/// place is in `places`; and units and places together are fewer than `needs`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shortage {
    pub(crate) demands: Vec<u32>,
    pub(crate) needs: u64,
    pub(crate) units: Vec<u32>,
    /// Each has several units that fit: a place for which there is only one is as short as that unit.
    pub(crate) places: Vec<u32>,
}

/// Fills as many places as possible, of each demand no more than it needs. A place or a unit that does not exist is
/// passed over. `None` if the steps run out.
pub(crate) fn fill(needs: &[u32], places: &[Place], units: usize, steps: &mut u64) -> Option<Filling> {
    let mut flow = Flow::new(needs, places, units);
    let short = loop {
        let short: Vec<usize> = flow.short().collect();
        let reach = flow.reach(&short, steps)?;
        if !reach.free {
            break short;
        }
        flow.advance(&short, &reach.level, steps)?;
    };
    let shortage = match short.first() {
        Some(&first) => Some(flow.shortage(&flow.reach(&[first], steps)?)),
        None => None,
    };
    let filled = to_u32(flow.by.iter().flatten().count());
    Some(Filling { by: flow.by, filled, shortage })
}

/// A flow from the demands through their places to the units. The nodes are numbered in this order.
#[derive(Debug)]
struct Flow<'a> {
    needs: &'a [u32],
    places: &'a [Place],
    /// The places of each demand.
    places_of: Vec<Vec<usize>>,
    /// How many of them are filled.
    filled: Vec<u32>,
    by: Vec<Option<u32>>,
    /// The place that each unit fills.
    fills: Vec<Option<usize>>,
}

/// How far the nodes are from where a search began.
#[derive(Debug)]
struct Reach {
    level: Vec<usize>,
    /// Whether a unit was reached that fills no place. Then nothing that is farther away is looked at.
    free: bool,
}

const UNREACHED: usize = usize::MAX;

impl<'a> Flow<'a> {
    fn new(needs: &'a [u32], places: &'a [Place], units: usize) -> Self {
        let mut places_of = vec![Vec::new(); needs.len()];
        for (number, place) in places.iter().enumerate() {
            if let Some(places) = places_of.get_mut(place.demand as usize) {
                places.push(number);
            }
        }
        // Of a great many units, those that fit nowhere need no memory.
        let named =
            places.iter().flat_map(|place| &place.units).max().map_or(0, |&unit| (unit as usize).saturating_add(1));
        let filled = vec![0; needs.len()];
        Flow { needs, places, places_of, filled, by: vec![None; places.len()], fills: vec![None; units.min(named)] }
    }

    /// The demands that are not satisfied.
    fn short(&self) -> impl Iterator<Item = usize> {
        (0..self.needs.len()).filter(|&demand| self.filled[demand] < self.needs[demand])
    }

    fn unit(&self, node: usize) -> Option<usize> {
        node.checked_sub(self.needs.len() + self.places.len())
    }

    fn place(&self, node: usize) -> Option<usize> {
        node.checked_sub(self.needs.len()).filter(|&place| place < self.places.len())
    }

    fn is_free(&self, node: usize) -> bool {
        self.unit(node).is_some_and(|unit| self.fills[unit].is_none())
    }

    fn edges(&self, node: usize) -> usize {
        match self.place(node) {
            Some(place) => self.places[place].units.len() + 1,
            None => self.places_of.get(node).map_or(1, Vec::len),
        }
    }

    /// Where an edge leads, if the flow can grow along it: from a demand to an empty place, from a place to another
    /// unit, from a unit to the place that it leaves, from such a place to its demand, which may have another one
    /// filled instead.
    fn edge(&self, node: usize, number: usize) -> Option<usize> {
        let demands = self.needs.len();
        if let Some(unit) = self.unit(node) {
            self.fills[unit].map(|place| demands + place)
        } else if let Some(place) = self.place(node) {
            let Some(&unit) = self.places[place].units.get(number) else {
                return self.by[place].map(|_| self.places[place].demand as usize);
            };
            let exists = (unit as usize) < self.fills.len();
            (exists && self.by[place] != Some(unit)).then_some(demands + self.places.len() + unit as usize)
        } else {
            let place = self.places_of[node][number];
            self.by[place].is_none().then_some(demands + place)
        }
    }

    /// What can be reached from these demands, breadth first.
    fn reach(&self, demands: &[usize], steps: &mut u64) -> Option<Reach> {
        let mut level = vec![UNREACHED; self.needs.len() + self.places.len() + self.fills.len()];
        for &demand in demands {
            level[demand] = 0;
        }
        let mut queue = demands.to_vec();
        let mut last = UNREACHED;
        let mut head = 0;
        while let Some(&node) = queue.get(head).filter(|&&node| level[node] < last) {
            head += 1;
            for number in 0..self.edges(node) {
                *steps = steps.checked_sub(1)?;
                let Some(next) = self.edge(node, number).filter(|&next| level[next] == UNREACHED) else { continue };
                level[next] = level[node] + 1;
                queue.push(next);
                if self.is_free(next) {
                    last = level[next];
                }
            }
        }
        Some(Reach { level, free: last != UNREACHED })
    }

    /// Fills places along shortest paths until none is left, so that the next ones are longer: there are few different
    /// lengths.
    fn advance(&mut self, short: &[usize], level: &[usize], steps: &mut u64) -> Option<()> {
        // An edge that has led nowhere need not be looked at again.
        let mut next_edge = vec![0; level.len()];
        for &demand in short {
            while self.filled[demand] < self.needs[demand] {
                let path = self.path(demand, level, &mut next_edge, steps)?;
                if path.is_empty() {
                    break;
                }
                self.shift(&path);
                self.filled[demand] += 1;
            }
        }
        Some(())
    }

    /// A path from a demand to a free unit; empty if there is none.
    fn path(&self, demand: usize, level: &[usize], next_edge: &mut [usize], steps: &mut u64) -> Option<Vec<usize>> {
        let mut path = vec![demand];
        while let Some(&node) = path.last() {
            if self.is_free(node) {
                break;
            }
            if next_edge[node] == self.edges(node) {
                path.pop();
                if let Some(&before) = path.last() {
                    next_edge[before] += 1;
                }
                continue;
            }
            *steps = steps.checked_sub(1)?;
            match self.edge(node, next_edge[node]) {
                Some(next) if level[next] == level[node] + 1 => path.push(next),
                _ => next_edge[node] += 1,
            }
        }
        Some(path)
    }

    /// Along the path each place takes the unit that follows it, or is left empty if its demand follows.
    fn shift(&mut self, path: &[usize]) {
        for pair in path.windows(2) {
            let Some(place) = self.place(pair[0]) else { continue };
            let unit = self.unit(pair[1]);
            self.by[place] = unit.map(to_u32);
            if let Some(unit) = unit {
                self.fills[unit] = Some(place);
            }
        }
    }

    /// The minimum cut: what can be reached from a demand that is short fills all it can, and has all that fits.
    fn shortage(&self, reach: &Reach) -> Shortage {
        let reached = |node: usize| reach.level[node] != UNREACHED;
        let before_units = self.needs.len() + self.places.len();
        let demands: Vec<usize> = (0..self.needs.len()).filter(|&demand| reached(demand)).collect();
        let mut units: Vec<u32> =
            (0..self.fills.len()).filter(|&unit| reached(before_units + unit)).map(to_u32).collect();
        let mut places = Vec::new();
        for &place in demands.iter().flat_map(|&demand| &self.places_of[demand]) {
            if reached(self.needs.len() + place) {
                continue;
            }
            match self.only_unit(place) {
                Some(unit) => units.push(unit),
                None => places.push(to_u32(place)),
            }
        }
        for list in [&mut units, &mut places] {
            list.sort_unstable();
            list.dedup();
        }
        let needs = demands.iter().map(|&demand| u64::from(self.needs[demand])).sum();
        Shortage { demands: demands.into_iter().map(to_u32).collect(), needs, units, places }
    }

    fn only_unit(&self, place: usize) -> Option<u32> {
        let mut units = self.places[place].units.iter().copied().filter(|&unit| (unit as usize) < self.fills.len());
        let first = units.next()?;
        units.all(|unit| unit == first).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::random::Random;

    fn place(demand: u32, units: impl IntoIterator<Item = u32>) -> Place {
        Place { demand, units: units.into_iter().collect() }
    }

    fn filled(needs: &[u32], places: &[Place], units: usize) -> Filling {
        let filling = fill(needs, places, units, &mut 10_000_000).unwrap();
        check(needs, places, units, &filling);
        filling
    }

    /// The most by trying everything: each place stays empty or takes a unit that is left.
    fn most(needs: &mut [u32], places: &[Place], taken: &mut [bool]) -> u32 {
        let Some((place, rest)) = places.split_first() else { return 0 };
        let mut best = most(needs, rest, taken);
        let demand = place.demand as usize;
        if needs.get(demand).is_none_or(|&need| need == 0) {
            return best;
        }
        for &unit in &place.units {
            if taken.get(unit as usize).is_some_and(|taken| !taken) {
                taken[unit as usize] = true;
                needs[demand] -= 1;
                best = best.max(1 + most(needs, rest, taken));
                needs[demand] += 1;
                taken[unit as usize] = false;
            }
        }
        best
    }

    fn check(needs: &[u32], places: &[Place], units: usize, filling: &Filling) {
        let mut left = needs.to_vec();
        let mut taken = vec![false; units];
        assert_eq!(filling.by.len(), places.len());
        for (place, unit) in places.iter().zip(&filling.by) {
            let Some(unit) = unit else { continue };
            assert!(place.units.contains(unit) && !std::mem::replace(&mut taken[*unit as usize], true));
            left[place.demand as usize] = left[place.demand as usize].checked_sub(1).unwrap();
        }
        assert_eq!(filling.filled as usize, filling.by.iter().flatten().count());
        assert_eq!(filling.shortage.is_some(), left.iter().any(|&left| left > 0));
        if let Some(shortage) = &filling.shortage {
            check_shortage(needs, places, units, shortage);
        }
    }

    fn check_shortage(needs: &[u32], places: &[Place], units: usize, shortage: &Shortage) {
        for list in [&shortage.demands, &shortage.units, &shortage.places] {
            assert!(list.is_sorted_by(|a, b| a < b));
        }
        assert!(shortage.units.iter().all(|&unit| (unit as usize) < units));
        assert_eq!(shortage.needs, shortage.demands.iter().map(|&demand| u64::from(needs[demand as usize])).sum());
        assert!(((shortage.units.len() + shortage.places.len()) as u64) < shortage.needs);
        for (number, place) in (0..).zip(places) {
            let mut fitting: Vec<u32> = place.units.iter().copied().filter(|&unit| (unit as usize) < units).collect();
            fitting.sort_unstable();
            fitting.dedup();
            if shortage.places.contains(&number) {
                assert!(shortage.demands.contains(&place.demand) && fitting.len() > 1);
            } else if shortage.demands.contains(&place.demand) {
                assert!(fitting.iter().all(|unit| shortage.units.contains(unit)));
            }
        }
    }

    #[test]
    fn fills_as_many_as_trying_everything_and_says_what_is_short() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut short = 0;
        for _ in 0..6000 {
            let units = random.below(7);
            let demands = 1 + random.below(4);
            let mut needs: Vec<u32> = (0..demands).map(|_| random.below(4)).collect();
            // Now and then a demand or a unit that does not exist, or the same unit twice.
            let places: Vec<Place> = (0..random.below(8))
                .map(|_| {
                    let last = demands + u32::from(random.below(9) == 0);
                    let count = random.below(4);
                    place(random.below(last), (0..count).map(|_| random.below(units + 1)))
                })
                .collect();
            let filling = filled(&needs, &places, units as usize);
            assert_eq!(filling.filled, most(&mut needs, &places, &mut vec![false; units as usize]));
            short += u32::from(filling.shortage.is_some());
        }
        assert!((1000..5000).contains(&short), "{short}");
    }

    #[test]
    fn finds_the_most_among_many() {
        let mut random = Random(7);
        for (demands, places, units) in [(20, 300, 200), (3, 200, 400), (60, 60, 50)] {
            let needs: Vec<u32> = (0..demands).map(|_| random.below(2 * places / demands)).collect();
            let places: Vec<Place> = (0..places)
                .map(|_| place(random.below(demands), (0..3).map(|_| random.below(units)).collect::<Vec<_>>()))
                .collect();
            filled(&needs, &places, units as usize);
        }
    }

    #[test]
    fn earlier_demands_places_and_units_come_first() {
        let places = [place(0, [2, 0, 1]), place(0, [2, 0]), place(0, [2, 0, 1]), place(1, [1])];
        assert_eq!(filled(&[2, 1], &places, 3).by, [Some(2), Some(0), None, Some(1)]);
        // The first place gives way, as the unit it prefers is the only one for another demand.
        let places = [place(0, [0]), place(0, [1]), place(1, [0])];
        assert_eq!(filled(&[1, 1], &places, 2).by, [None, Some(1), Some(0)]);
    }

    #[test]
    fn a_shortage_keeps_to_the_demands_that_compete() {
        let places = [place(0, [0]), place(1, [1, 2]), place(2, [1, 2]), place(3, [1, 2]), place(4, [3, 4])];
        let shortage = filled(&[1; 5], &places, 5).shortage;
        let expected = Shortage { demands: vec![1, 2, 3], needs: 3, units: vec![1, 2], places: Vec::new() };
        assert_eq!(shortage, Some(expected));
        // It needs more than it has places: one has two units, the other only one.
        let shortage = filled(&[5], &[place(0, [0, 1]), place(0, [2, 2])], 3).shortage;
        assert_eq!(shortage, Some(Shortage { demands: vec![0], needs: 5, units: vec![2], places: vec![0] }));
    }

    #[test]
    fn bears_any_input() {
        assert_eq!(filled(&[], &[], 0).filled, 0);
        let filling = fill(&[u32::MAX, u32::MAX], &[place(7, [0]), place(1, [])], usize::MAX, &mut 1000).unwrap();
        let needs = u64::from(u32::MAX);
        assert_eq!(filling.shortage, Some(Shortage { demands: vec![0], needs, units: Vec::new(), places: Vec::new() }));
    }

    #[test]
    fn long_chains_need_no_deep_stack_and_few_steps() {
        // Each place prefers the unit that the next one has to have; the last place pushes all others on.
        let length = 200_000;
        let mut places: Vec<Place> = (0..length).map(|number| place(number, [number, number + 1])).collect();
        places.push(place(length, [0]));
        let needs = vec![1; places.len()];
        let mut steps = 20_000_000;
        let filling = fill(&needs, &places, length as usize + 1, &mut steps).unwrap();
        assert_eq!((filling.filled, filling.shortage), (length + 1, None));
        assert_eq!(
            fill(&needs, &places, length as usize, &mut steps).unwrap().shortage.unwrap().needs,
            u64::from(length) + 1
        );
    }

    #[test]
    fn gives_up_when_the_steps_run_out() {
        let places: Vec<Place> = (0..50).map(|number| place(number, 0..50)).collect();
        let mut steps = 1000;
        assert!(fill(&[1; 50], &places, 50, &mut steps).is_none());
        assert_eq!(steps, 0);
    }
}
