//! Matchings against trying everything.

use crate::solve::ids::{DemandId, ItemId, SlotId};
use crate::solve::matching::{Filling, Slot, Violator, fill};
use crate::solve::random::Random;
use crate::value::ids::{Id, IdVec};
use crate::value::meter::Meter;

/// Demands, by how much each needs, slots, and how many items there are.
#[derive(Debug, Clone)]
struct MatchingTask {
    needs: IdVec<DemandId, u32>,
    slots: IdVec<SlotId, Slot>,
    items: u32,
}

impl MatchingTask {
    fn new(needs: &[u32], slots: &[Slot], items: u32) -> Self {
        Self { needs: needs.to_vec().into(), slots: slots.to_vec().into(), items }
    }

    fn fill(&self, steps: u64) -> Option<Filling> {
        fill(&self.needs, &self.slots, self.items as usize, &mut Meter::new(steps))
    }

    fn filled(&self) -> Filling {
        let filling = self.fill(20_000_000).unwrap();
        self.check(&filling);
        filling
    }

    /// The most by trying everything: each slot stays empty or takes an item that is left.
    fn most(&self) -> u32 {
        let taken = vec![false; self.items as usize];
        most_of(self.slots.as_slice(), &mut self.needs.as_slice().to_vec(), &mut taken.into())
    }

    fn check(&self, filling: &Filling) {
        let mut left = self.needs.clone();
        let mut taken: IdVec<ItemId, bool> = IdVec::filled(false, self.items as usize);
        assert_eq!(filling.by.len(), self.slots.len());
        for (slot, item) in self.slots.iter().zip(&filling.by) {
            let Some(item) = *item else { continue };
            assert!(slot.items.contains(&item) && !std::mem::replace(&mut taken[item], true));
            left[slot.demand] = left[slot.demand].checked_sub(1).unwrap();
        }
        assert_eq!(filling.filled as usize, filling.by.iter().flatten().count());
        assert_eq!(filling.violator.is_some(), left.iter().any(|&left| left > 0));
        if let Some(violator) = &filling.violator {
            self.check_violator(violator);
        }
    }

    fn check_violator(&self, violator: &Violator) {
        let Violator { demands, needs, items, slots } = violator;
        let exists = |item: &&ItemId| item.index() < self.items as usize;
        assert!(demands.is_sorted_by(|a, b| a < b) && items.is_sorted_by(|a, b| a < b));
        assert!(slots.is_sorted_by(|a, b| a < b) && items.iter().all(|item| exists(&item)));
        assert_eq!(*needs, demands.iter().map(|&demand| u64::from(self.needs[demand])).sum::<u64>());
        assert!(((items.len() + slots.len()) as u64) < *needs);
        for (id, slot) in self.slots.entries() {
            let mut fitting: Vec<ItemId> = slot.items.iter().filter(exists).copied().collect();
            fitting.sort_unstable();
            fitting.dedup();
            if slots.contains(&id) {
                assert!(demands.contains(&slot.demand) && fitting.len() > 1);
            } else if demands.contains(&slot.demand) {
                assert!(fitting.iter().all(|item| items.contains(item)));
            }
        }
    }
}

fn most_of(slots: &[Slot], needs: &mut Vec<u32>, taken: &mut IdVec<ItemId, bool>) -> u32 {
    let Some((slot, rest)) = slots.split_first() else { return 0 };
    let mut best = most_of(rest, needs, taken);
    let demand = slot.demand.index();
    if needs.get(demand).is_none_or(|&need| need == 0) {
        return best;
    }
    for &item in &slot.items {
        if taken.get(item).is_some_and(|taken| !taken) {
            taken[item] = true;
            needs[demand] -= 1;
            best = best.max(1 + most_of(rest, needs, taken));
            needs[demand] += 1;
            taken[item] = false;
        }
    }
    best
}

fn items(numbers: impl IntoIterator<Item = u32>) -> Vec<ItemId> {
    numbers.into_iter().map(|number| ItemId::at(number as usize)).collect()
}

fn demands(numbers: impl IntoIterator<Item = u32>) -> Vec<DemandId> {
    numbers.into_iter().map(|number| DemandId::at(number as usize)).collect()
}

fn slot(demand: u32, fitting: impl IntoIterator<Item = u32>) -> Slot {
    Slot { demand: DemandId::at(demand as usize), items: items(fitting) }
}

fn by(filling: &Filling) -> Vec<Option<usize>> {
    filling.by.iter().map(|item| item.map(Id::index)).collect()
}

#[test]
fn fills_as_many_as_trying_everything_and_says_what_is_short() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut short = 0;
    for _ in 0..6000 {
        let number = random.below(7);
        let demands = 1 + random.below(4);
        let needs: Vec<u32> = (0..demands).map(|_| random.below(4)).collect();
        // Now and then a demand or an item that does not exist, or the same item twice.
        let slots: Vec<Slot> = (0..random.below(8))
            .map(|_| {
                let last = demands + u32::from(random.below(9) == 0);
                let count = random.below(4);
                slot(random.below(last), (0..count).map(|_| random.below(number + 1)))
            })
            .collect();
        let task = MatchingTask::new(&needs, &slots, number);
        let filling = task.filled();
        assert_eq!(filling.filled, task.most());
        short += u32::from(filling.violator.is_some());
    }
    assert!((1000..5000).contains(&short), "{short}");
}

#[test]
fn finds_the_most_among_many() {
    let mut random = Random(7);
    for (demands, slots, items) in [(20, 300, 200), (3, 200, 400), (60, 60, 50)] {
        let needs: Vec<u32> = (0..demands).map(|_| random.below(2 * slots / demands)).collect();
        let slots: Vec<Slot> = (0..slots)
            .map(|_| slot(random.below(demands), (0..3).map(|_| random.below(items)).collect::<Vec<_>>()))
            .collect();
        MatchingTask::new(&needs, &slots, items).filled();
    }
}

#[test]
fn earlier_demands_slots_and_items_come_first() {
    let slots = [slot(0, [2, 0, 1]), slot(0, [2, 0]), slot(0, [2, 0, 1]), slot(1, [1])];
    assert_eq!(by(&MatchingTask::new(&[2, 1], &slots, 3).filled()), [Some(2), Some(0), None, Some(1)]);
    // The first slot gives way, as the item it prefers is the only one for another demand.
    let slots = [slot(0, [0]), slot(0, [1]), slot(1, [0])];
    assert_eq!(by(&MatchingTask::new(&[1, 1], &slots, 2).filled()), [None, Some(1), Some(0)]);
}

#[test]
fn a_violator_keeps_to_the_demands_that_compete() {
    let slots = [slot(0, [0]), slot(1, [1, 2]), slot(2, [1, 2]), slot(3, [1, 2]), slot(4, [3, 4])];
    let violator = MatchingTask::new(&[1; 5], &slots, 5).filled().violator;
    let expected = Violator { demands: demands([1, 2, 3]), needs: 3, items: items([1, 2]), slots: Vec::new() };
    assert_eq!(violator, Some(expected));
    // It needs more than it has slots: one has two items, the other only one.
    let violator = MatchingTask::new(&[5], &[slot(0, [0, 1]), slot(0, [2, 2])], 3).filled().violator;
    let expected = Violator { demands: demands([0]), needs: 5, items: items([2]), slots: vec![SlotId::at(0)] };
    assert_eq!(violator, Some(expected));
}

#[test]
fn bears_any_input() {
    assert_eq!(MatchingTask::new(&[], &[], 0).filled().filled, 0);
    let needs: IdVec<DemandId, u32> = vec![u32::MAX, u32::MAX].into();
    let slots = vec![slot(7, [0]), slot(1, [])].into();
    let filling = fill(&needs, &slots, usize::MAX, &mut Meter::new(1000)).unwrap();
    let needs = u64::from(u32::MAX);
    let expected = Violator { demands: demands([0]), needs, items: Vec::new(), slots: Vec::new() };
    assert_eq!(filling.violator, Some(expected));
}

#[test]
fn long_chains_need_no_deep_stack_and_few_steps() {
    // Each slot prefers the item that the next one has to have; the last slot pushes all others on.
    let length = 200_000;
    let mut slots: Vec<Slot> = (0..length).map(|number| slot(number, [number, number + 1])).collect();
    slots.push(slot(length, [0]));
    let needs = vec![1; slots.len()];
    let filling = MatchingTask::new(&needs, &slots, length + 1).filled();
    assert_eq!((filling.filled, filling.violator), (length + 1, None));
    let short = MatchingTask::new(&needs, &slots, length).fill(20_000_000).unwrap().violator.unwrap();
    assert_eq!(short.needs, u64::from(length) + 1);
}

#[test]
fn gives_up_when_the_work_runs_out() {
    let slots: Vec<Slot> = (0..50).map(|number| slot(number, 0..50)).collect();
    assert!(MatchingTask::new(&[1; 50], &slots, 50).fill(1000).is_none());
}
