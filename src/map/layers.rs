//! From a map to layers: every arrow leads from one layer to the next, long ones by way of bends.

use std::collections::{BTreeMap, BTreeSet};

use crate::map::map::{MapEnd, PathwayMap};
use crate::plan::answers::plan::PurposeRule;
use crate::value::ids::{Id, IdVec, id};

id! {
    /// Something that is drawn: a box, or a group that has a figure of its own.
    FigureId
}
id! {
    /// A place in a layer: that of a figure, or of a bend.
    SpotId
}

/// Bends that are made at the most; arrows beyond that run straight, whatever is in their way.
const MOST_BENDS: usize = 20_000;

/// A line from one figure to another.
#[derive(Debug, Clone)]
pub(crate) struct Stroke {
    pub(crate) from: FigureId,
    pub(crate) to: FigureId,
    pub(crate) rule: PurposeRule,
    /// The number of the arrow that it draws.
    pub(crate) arrow: usize,
    /// Whether it leads back, closing a circle, so that it is drawn from right to left.
    pub(crate) back: bool,
}

/// What stands in a spot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    Figure(FigureId),
    Bend,
}

/// A piece of a line, between two neighbouring layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    pub(crate) from: SpotId,
    pub(crate) to: SpotId,
}

/// A map in layers, from left to right.
#[derive(Debug, Clone)]
pub(crate) struct Layered {
    /// What is drawn of the map: by the figures, and the other way round.
    pub(crate) figures: IdVec<FigureId, MapEnd>,
    pub(crate) strokes: Vec<Stroke>,
    pub(crate) spots: IdVec<SpotId, Spot>,
    /// The spots of each layer, from top to bottom.
    pub(crate) layers: Vec<Vec<SpotId>>,
    /// The way of each stroke, from left to right.
    pub(crate) ways: Vec<Vec<SpotId>>,
    /// All pieces of all ways, each once.
    pub(crate) pieces: Vec<Piece>,
}

impl PathwayMap {
    /// For each group, whether it is drawn as a part of the one box that asks for it.
    pub(crate) fn within_boxes(&self) -> Vec<bool> {
        let mut leads_to: Vec<Vec<MapEnd>> = vec![Vec::new(); self.groups.len()];
        for arrow in &self.arrows {
            if let MapEnd::Group(group) = arrow.from
                && let Some(ends) = leads_to.get_mut(group)
            {
                ends.push(arrow.to);
            }
        }
        let within = |(group, ends): (usize, &Vec<MapEnd>)| {
            self.groups[group].listed.is_empty() && matches!(ends[..], [MapEnd::Box(_)])
        };
        leads_to.iter().enumerate().map(within).collect()
    }
}

impl Layered {
    pub(crate) fn new(map: &PathwayMap) -> Self {
        let within = map.within_boxes();
        let boxes = (0..map.boxes.len()).map(MapEnd::Box);
        let groups = (0..map.groups.len()).filter(|&group| !within[group]).map(MapEnd::Group);
        let figures: IdVec<FigureId, MapEnd> = boxes.chain(groups).collect();
        let number: BTreeMap<MapEnd, FigureId> = figures.entries().map(|(figure, &end)| (end, figure)).collect();
        // What leads to a group within a box leads to the box.
        let mut around: BTreeMap<MapEnd, MapEnd> = BTreeMap::new();
        for arrow in &map.arrows {
            if matches!(arrow.from, MapEnd::Group(group) if within.get(group) == Some(&true)) {
                around.insert(arrow.from, arrow.to);
            }
        }
        let mut strokes = Vec::new();
        for (arrow, drawn) in map.arrows.iter().enumerate() {
            let to = around.get(&drawn.to).unwrap_or(&drawn.to);
            if let (Some(&from), Some(&to)) = (number.get(&drawn.from), number.get(to))
                && from != to
            {
                strokes.push(Stroke { from, to, rule: drawn.rule, arrow, back: false });
            }
        }
        turn_back(figures.len(), &mut strokes);
        let layer = layer_of_each(figures.len(), &strokes);
        let spots = figures.entries().map(|(figure, _)| Spot::Figure(figure)).collect();
        let deepest = layer.iter().max().map_or(0, |&most| most + 1);
        let mut layers = vec![Vec::new(); deepest];
        for (figure, &layer) in layer.entries() {
            layers[layer].push(SpotId::at(figure.index()));
        }
        let mut layered = Self { figures, strokes, spots, layers, ways: Vec::new(), pieces: Vec::new() };
        layered.bend(&layer);
        layered
    }

    /// Lays the ways of all strokes. What one figure gives to one kind of rule shares its bends.
    fn bend(&mut self, layer: &IdVec<FigureId, usize>) {
        let mut trunks: BTreeMap<(FigureId, PurposeRule, bool, usize), SpotId> = BTreeMap::new();
        let mut pieces = BTreeSet::new();
        for stroke in &self.strokes {
            let (left, right) = stroke.left_to_right();
            let mut way = vec![SpotId::at(left.index())];
            for between in layer[left] + 1..layer[right] {
                let key = (left, stroke.rule, stroke.back, between);
                let bend = match trunks.get(&key) {
                    Some(&bend) => bend,
                    None if trunks.len() >= MOST_BENDS => break,
                    None => {
                        let bend = self.spots.push(Spot::Bend);
                        self.layers[between].push(bend);
                        trunks.insert(key, bend);
                        bend
                    }
                };
                way.push(bend);
            }
            // A way that is not laid to its end crosses what is between, and no piece of it counts.
            if way.len() == layer[right] - layer[left] {
                way.push(SpotId::at(right.index()));
                pieces.extend(way.windows(2).map(|ends| Piece { from: ends[0], to: ends[1] }));
            } else {
                way = vec![SpotId::at(left.index()), SpotId::at(right.index())];
            }
            self.ways.push(way);
        }
        self.pieces = pieces.into_iter().collect();
    }

    /// For each spot, where it stands in its layer.
    pub(crate) fn ranks(&self) -> IdVec<SpotId, usize> {
        let mut ranks = IdVec::filled(0, self.spots.len());
        for layer in &self.layers {
            for (rank, &spot) in layer.iter().enumerate() {
                ranks[spot] = rank;
            }
        }
        ranks
    }
}

impl Stroke {
    /// Its left end and its right end.
    pub(crate) fn left_to_right(&self) -> (FigureId, FigureId) {
        if self.back { (self.to, self.from) } else { (self.from, self.to) }
    }
}

/// Lets strokes that close a circle lead back, so that all others go one way.
fn turn_back(figures: usize, strokes: &mut [Stroke]) {
    let mut from: IdVec<FigureId, Vec<usize>> = IdVec::filled(Vec::new(), figures);
    for (number, stroke) in strokes.iter().enumerate() {
        from[stroke.from].push(number);
    }
    let (mut seen, mut open_now) = (IdVec::filled(false, figures), IdVec::filled(false, figures));
    for start in FigureId::first(figures) {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        // Each figure with how many of its strokes were followed.
        let mut path = vec![(start, 0)];
        open_now[start] = true;
        while let Some((figure, followed)) = path.last_mut() {
            let figure = *figure;
            let Some(&number) = from[figure].get(*followed) else {
                open_now[figure] = false;
                path.pop();
                continue;
            };
            *followed += 1;
            let to = strokes[number].to;
            if open_now[to] {
                strokes[number].back = true;
            } else if !std::mem::replace(&mut seen[to], true) {
                open_now[to] = true;
                path.push((to, 0));
            }
        }
    }
}

/// Each figure as far left as what leads to it allows, and then as far right as what it leads to, where that is more.
fn layer_of_each(figures: usize, strokes: &[Stroke]) -> IdVec<FigureId, usize> {
    let mut to_right: IdVec<FigureId, BTreeSet<FigureId>> = IdVec::filled(BTreeSet::new(), figures);
    let mut to_left = to_right.clone();
    for stroke in strokes {
        let (left, right) = stroke.left_to_right();
        to_right[left].insert(right);
        to_left[right].insert(left);
    }
    let mut waits_for: IdVec<FigureId, usize> = to_left.iter().map(BTreeSet::len).collect();
    let mut order: Vec<FigureId> = FigureId::first(figures).filter(|&figure| waits_for[figure] == 0).collect();
    let mut layer = IdVec::filled(0, figures);
    let mut next = 0;
    while let Some(&figure) = order.get(next) {
        next += 1;
        for &right in &to_right[figure] {
            layer[right] = layer[right].max(layer[figure] + 1);
            waits_for[right] -= 1;
            if waits_for[right] == 0 {
                order.push(right);
            }
        }
    }
    for &figure in order.iter().rev() {
        let nearest = to_right[figure].iter().map(|&right| layer[right]).min();
        if let Some(nearest) = nearest
            && to_right[figure].len() >= to_left[figure].len()
        {
            layer[figure] = nearest - 1;
        }
    }
    layer
}
