//! Windows: the days between which the awards that meet a span may lie ([semantics 2.5](crate::semantics#2.5)).
//!
//! Every choice of them is tried, inner ones before outer ones, as the digits of a counter turn.

use crate::value::ids::GroupId;
use std::collections::BTreeMap;

use crate::catalog::network::{Network, Part};
use crate::evaluate::counting::Counting;
use crate::value::date::Date;

/// The days between which awards may lie; `None` for any day, and for undated awards too.
pub(crate) type Window = Option<(Date, Date)>;

/// The window of each span at or below some group, one choice of them.
pub(crate) struct Windows {
    /// The group; its own window, or that around it, is given.
    group: GroupId,
    window: Window,
    chosen: BTreeMap<GroupId, Window>,
}

impl Windows {
    pub(crate) fn new(group: GroupId, window: Window) -> Self {
        Self { group, window, chosen: BTreeMap::new() }
    }

    /// The window in which the awards below a part have to lie, its own span aside.
    pub(crate) fn around(&self, network: &Network, part: Part) -> Window {
        // Without a span below the group there is but one window.
        let mut group = if self.chosen.is_empty() { None } else { network.group_above(part) };
        while let Some(number) = group.filter(|&number| number != self.group) {
            if let Some(&window) = self.chosen.get(&number) {
                return window;
            }
            group = network.group_above(Part::Group(number));
        }
        self.window
    }

    /// The window in which the awards counted by a group have to lie.
    pub(crate) fn within(&self, network: &Network, group: GroupId) -> Window {
        self.chosen.get(&group).copied().unwrap_or_else(|| self.around(network, Part::Group(group)))
    }

    /// Whether there is no span below the group.
    pub(crate) fn is_one(&self) -> bool {
        self.chosen.is_empty()
    }
}

impl Counting<'_> {
    /// Calls `visit` with every choice of windows for the spans below a group, outer ones before inner ones, until it
    /// says that it has seen enough. Whether all choices were seen, or enough: not if the steps ran out.
    pub(crate) fn each_choice(
        &mut self,
        spanned: &[GroupId],
        mut windows: Windows,
        mut visit: impl FnMut(&mut Self, &Windows) -> bool,
    ) -> bool {
        let network = &self.catalog.network;
        // Every choice of windows is counted anew.
        let leaves = spanned.iter().map(|&group| network.leaves_below(Part::Group(group)).len() as u64 / 2 + 1);
        let cost: u64 = leaves.sum();
        // The windows of each span, given those of the spans around it, and which of them is chosen.
        let mut open: Vec<(Vec<Window>, usize)> = Vec::new();
        loop {
            while let Some(&group) = spanned.get(open.len()) {
                let list = self.windows(group, windows.around(network, Part::Group(group)));
                windows.chosen.insert(group, list.first().copied().flatten());
                open.push((list, 0));
            }
            self.pay(cost);
            if visit(self, &windows) {
                return true;
            }
            // The next window of the last span that has one.
            while open.last().is_some_and(|(list, at)| at + 1 >= list.len()) {
                open.pop();
            }
            let Some((list, at)) = open.last_mut() else { return true };
            if self.steps == 0 {
                return false;
            }
            *at += 1;
            let window = list[*at];
            windows.chosen.insert(spanned[open.len() - 1], window);
        }
    }
}

/// The groups with a span at or below the parts, outer ones before inner ones.
pub(crate) fn spanned(network: &Network, parts: &[Part]) -> Vec<GroupId> {
    let groups = parts.iter().flat_map(|&part| network.groups_below(part));
    groups.filter(|&group| network.extras(group).span.is_some()).collect()
}
