//! A *matching*: the most slots that can be filled when no item fills two, by augmenting along shortest paths, all of
//! one length at a time (*Hopcroft–Karp*; as a flow with demands, *Dinic*). What is short when that is too few is a
//! *Hall violator*, the *minimum cut* of the flow.

use crate::solve::ids::{DemandId, ItemId, SlotId};
use crate::value::ids::{Id, IdVec, id, to_u32};
use crate::value::meter::Meter;

/// One slot that can be filled, by one of these items.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) demand: DemandId,
    /// In order of preference.
    pub(crate) items: Vec<ItemId>,
}

#[derive(Debug)]
pub(crate) struct Filling {
    /// For each slot the item that fills it.
    pub(crate) by: IdVec<SlotId, Option<ItemId>>,
    /// The slots filled in all: the most possible.
    pub(crate) filled: u32,
    /// If not every demand is satisfied, why not.
    pub(crate) violator: Option<Violator>,
}

/// Demands that together need more than there is: every item that fits a slot of theirs is in `items`, unless that slot
/// is in `slots`; and items and slots together are fewer than `needs`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violator {
    pub(crate) demands: Vec<DemandId>,
    pub(crate) needs: u64,
    pub(crate) items: Vec<ItemId>,
    /// Each has several items that fit: a slot for which there is only one is as short as that item.
    pub(crate) slots: Vec<SlotId>,
}

/// Fills as many slots as possible, of each demand no more than it needs. A slot or an item that does not exist is
/// passed over. `None` if the work runs out.
pub(crate) fn fill(
    needs: &IdVec<DemandId, u32>,
    slots: &IdVec<SlotId, Slot>,
    items: usize,
    meter: &mut Meter,
) -> Option<Filling> {
    let mut matching = Matching::new(needs, slots, items);
    let short = loop {
        let short: Vec<DemandId> = matching.short().collect();
        let reach = matching.reach(&short, meter)?;
        if !reach.is_free {
            break short;
        }
        matching.advance(&short, &reach.level, meter)?;
    };
    let violator = match short.first() {
        Some(&first) => Some(matching.violator(&matching.reach(&[first], meter)?)),
        None => None,
    };
    let filled = to_u32(matching.by.iter().flatten().count());
    Some(Filling { by: matching.by, filled, violator })
}

id! {
    /// A node of the flow: demands come first, then slots, then items.
    NodeId
}

/// The thing that a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FlowNode {
    Demand(DemandId),
    Slot(SlotId),
    Item(ItemId),
}

/// A flow from the demands through their slots to the items.
#[derive(Debug)]
struct Matching<'a> {
    needs: &'a IdVec<DemandId, u32>,
    slots: &'a IdVec<SlotId, Slot>,
    /// The slots of each demand.
    slots_of: IdVec<DemandId, Vec<SlotId>>,
    /// The number of them that are filled.
    filled: IdVec<DemandId, u32>,
    by: IdVec<SlotId, Option<ItemId>>,
    /// The slot that each item fills.
    fills: IdVec<ItemId, Option<SlotId>>,
}

/// The level graph: the distance of each node from where a search began.
#[derive(Debug)]
struct Levels {
    level: IdVec<NodeId, u32>,
    /// True if an item was reached that fills no slot. Then nothing that is farther away is looked at.
    is_free: bool,
}

const UNREACHED: u32 = u32::MAX;

impl<'a> Matching<'a> {
    fn new(needs: &'a IdVec<DemandId, u32>, slots: &'a IdVec<SlotId, Slot>, items: usize) -> Self {
        let mut slots_of: IdVec<DemandId, Vec<SlotId>> = IdVec::filled(Vec::new(), needs.len());
        for (id, slot) in slots.entries() {
            if slot.demand.index() < needs.len() {
                slots_of[slot.demand].push(id);
            }
        }
        // Of a great many items, those that fit nowhere need no memory.
        let last = slots.iter().flat_map(|slot| &slot.items).max();
        let named = last.map_or(0, |item| item.index().saturating_add(1));
        Self {
            needs,
            slots,
            slots_of,
            filled: IdVec::filled(0, needs.len()),
            by: IdVec::filled(None, slots.len()),
            fills: IdVec::filled(None, items.min(named)),
        }
    }

    /// The demands that are not satisfied.
    fn short(&self) -> impl Iterator<Item = DemandId> {
        self.needs.ids().filter(|&demand| self.filled[demand] < self.needs[demand])
    }

    fn node(&self, id: NodeId) -> FlowNode {
        let Some(after_demands) = id.index().checked_sub(self.needs.len()) else {
            return FlowNode::Demand(DemandId::at(id.index()));
        };
        match after_demands.checked_sub(self.slots.len()) {
            Some(after_slots) => FlowNode::Item(ItemId::at(after_slots)),
            None => FlowNode::Slot(SlotId::at(after_demands)),
        }
    }

    fn id(&self, node: FlowNode) -> NodeId {
        NodeId::at(match node {
            FlowNode::Demand(demand) => demand.index(),
            FlowNode::Slot(slot) => self.needs.len() + slot.index(),
            FlowNode::Item(item) => self.needs.len() + self.slots.len() + item.index(),
        })
    }

    fn is_free(&self, id: NodeId) -> bool {
        matches!(self.node(id), FlowNode::Item(item) if self.fills[item].is_none())
    }

    fn edges(&self, id: NodeId) -> usize {
        match self.node(id) {
            FlowNode::Demand(demand) => self.slots_of[demand].len(),
            FlowNode::Slot(slot) => self.slots[slot].items.len() + 1,
            FlowNode::Item(_) => 1,
        }
    }

    /// Where an edge leads, if the flow can grow along it: from a demand to an empty slot, from a slot to another item,
    /// from an item to the slot that it leaves, from such a slot to its demand, which may have another one filled
    /// instead.
    fn edge(&self, id: NodeId, number: usize) -> Option<NodeId> {
        let to = match self.node(id) {
            FlowNode::Item(item) => FlowNode::Slot(self.fills[item]?),
            FlowNode::Slot(slot) => match self.slots[slot].items.get(number) {
                None => self.by[slot].map(|_| FlowNode::Demand(self.slots[slot].demand))?,
                Some(&item) if item.index() < self.fills.len() && self.by[slot] != Some(item) => FlowNode::Item(item),
                Some(_) => return None,
            },
            FlowNode::Demand(demand) => {
                let slot = self.slots_of[demand][number];
                if self.by[slot].is_some() {
                    return None;
                }
                FlowNode::Slot(slot)
            }
        };
        Some(self.id(to))
    }

    /// The nodes that can be reached from these demands, breadth first.
    fn reach(&self, demands: &[DemandId], meter: &mut Meter) -> Option<Levels> {
        let nodes = self.needs.len() + self.slots.len() + self.fills.len();
        let mut level: IdVec<NodeId, u32> = IdVec::filled(UNREACHED, nodes);
        let mut queue: Vec<NodeId> = demands.iter().map(|&demand| self.id(FlowNode::Demand(demand))).collect();
        for &id in &queue {
            level[id] = 0;
        }
        let mut last = UNREACHED;
        let mut head = 0;
        while let Some(&id) = queue.get(head).filter(|&&id| level[id] < last) {
            head += 1;
            for number in 0..self.edges(id) {
                meter.spend(1)?;
                let Some(next) = self.edge(id, number).filter(|&next| level[next] == UNREACHED) else { continue };
                level[next] = level[id] + 1;
                queue.push(next);
                if self.is_free(next) {
                    last = level[next];
                }
            }
        }
        Some(Levels { level, is_free: last != UNREACHED })
    }

    /// Fills slots along shortest paths until none is left, so that the next ones are longer: there are few different
    /// lengths.
    fn advance(&mut self, short: &[DemandId], level: &IdVec<NodeId, u32>, meter: &mut Meter) -> Option<()> {
        // An edge that has led nowhere need not be looked at again.
        let mut next_edge: IdVec<NodeId, usize> = IdVec::filled(0, level.len());
        for &demand in short {
            while self.filled[demand] < self.needs[demand] {
                let path = self.path(demand, level, &mut next_edge, meter)?;
                if path.is_empty() {
                    break;
                }
                self.augment(&path);
                self.filled[demand] += 1;
            }
        }
        Some(())
    }

    /// An augmenting path, from a demand to a free item; empty if there is none.
    fn path(
        &self,
        demand: DemandId,
        level: &IdVec<NodeId, u32>,
        next_edge: &mut IdVec<NodeId, usize>,
        meter: &mut Meter,
    ) -> Option<Vec<NodeId>> {
        let mut path = vec![self.id(FlowNode::Demand(demand))];
        while let Some(&id) = path.last() {
            if self.is_free(id) {
                break;
            }
            if next_edge[id] == self.edges(id) {
                path.pop();
                if let Some(&before) = path.last() {
                    next_edge[before] += 1;
                }
                continue;
            }
            meter.spend(1)?;
            match self.edge(id, next_edge[id]) {
                Some(next) if level[next] == level[id] + 1 => path.push(next),
                _ => next_edge[id] += 1,
            }
        }
        Some(path)
    }

    /// Along the path each slot takes the item that follows it, or is left empty if its demand follows.
    fn augment(&mut self, path: &[NodeId]) {
        for pair in path.windows(2) {
            let FlowNode::Slot(slot) = self.node(pair[0]) else { continue };
            self.by[slot] = match self.node(pair[1]) {
                FlowNode::Item(item) => {
                    self.fills[item] = Some(slot);
                    Some(item)
                }
                _ => None,
            };
        }
    }

    /// The minimum cut: what can be reached from a demand that is short fills all it can, and has all that fits.
    fn violator(&self, reach: &Levels) -> Violator {
        let reached = |node: FlowNode| reach.level[self.id(node)] != UNREACHED;
        let demands: Vec<DemandId> = self.needs.ids().filter(|&demand| reached(FlowNode::Demand(demand))).collect();
        let mut items: Vec<ItemId> = self.fills.ids().filter(|&item| reached(FlowNode::Item(item))).collect();
        let mut slots = Vec::new();
        for &slot in demands.iter().flat_map(|&demand| &self.slots_of[demand]) {
            if reached(FlowNode::Slot(slot)) {
                continue;
            }
            match self.only_item(slot) {
                Some(item) => items.push(item),
                None => slots.push(slot),
            }
        }
        items.sort_unstable();
        items.dedup();
        slots.sort_unstable();
        slots.dedup();
        let needs = demands.iter().map(|&demand| u64::from(self.needs[demand])).sum();
        Violator { demands, needs, items, slots }
    }

    fn only_item(&self, slot: SlotId) -> Option<ItemId> {
        let mut items = self.slots[slot].items.iter().copied().filter(|item| item.index() < self.fills.len());
        let first = items.next()?;
        items.all(|item| item == first).then_some(first)
    }
}
