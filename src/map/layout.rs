//! Where everything is in a picture.

use std::collections::BTreeMap;

use crate::map::crossings::{Span, crossings};
use crate::map::figures::Figure;
use crate::map::layers::{FigureId, Layered, Spot, SpotId};
use crate::map::map::{MapEnd, PathwayMap};
use crate::map::placing::{Wish, placed};
use crate::value::ids::{Id, IdVec};

/// Space around the picture, between figures of a layer, around bends, and between layers, in pixels.
pub(crate) const MARGIN: i32 = 16;
const BETWEEN_FIGURES: i32 = 22;
const BETWEEN_BENDS: i32 = 10;
const BETWEEN_LAYERS: i32 = 64;
/// Wider by so much for each piece of a line there, up to a bound: many lines need room to turn.
const PER_PIECE: usize = 2;
const MOST_FOR_PIECES: usize = 90;
/// Times that the layers are gone through.
const TURNS: usize = 24;
/// How much more a bend wants to stand straight than a figure does.
const STRAIGHTNESS: f64 = 4.0;

/// A figure with where it is.
#[derive(Debug, Clone)]
pub(crate) struct PlacedFigure {
    pub(crate) end: MapEnd,
    pub(crate) figure: Figure,
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A place in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PicturePoint {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A piece of a line, from one layer to the next, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlacedPiece {
    pub(crate) from: PicturePoint,
    pub(crate) to: PicturePoint,
}

/// A line with where it is.
#[derive(Debug, Clone)]
pub(crate) struct PlacedStroke {
    /// The number of the arrow.
    pub(crate) arrow: usize,
    /// Whether it leads from right to left.
    pub(crate) back: bool,
    /// Its left end, at the edge of a figure that may be narrower than its layer.
    pub(crate) begins: PicturePoint,
    pub(crate) pieces: Vec<PlacedPiece>,
}

/// A picture, in pixels.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) figures: IdVec<FigureId, PlacedFigure>,
    pub(crate) strokes: Vec<PlacedStroke>,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl PathwayMap {
    /// How many pairs of lines cross in the picture that [`svg`](Self::svg) draws.
    ///
    /// ```
    /// use credpath::{Catalog, MapOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     a = {}
    ///     b = {}
    ///     c = { stack = { all_of = ["a", "b"] } }
    ///     d = { stack = { any_of = ["a", "b"] } }
    /// "#)?;
    /// assert_eq!(catalog.map(&MapOptions::whole()).crossings(), 1);
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn crossings(&self) -> u64 {
        self.layout().crossings()
    }

    pub(crate) fn layout(&self) -> Picture {
        let mut layers = Layered::new(self);
        layers.put_in_order();
        let within = self.within_boxes();
        let figures = layers.figures.iter().map(|&end| self.figure(end, &within)).collect();
        Draft::new(&layers, figures).layout()
    }
}

impl Picture {
    fn crossings(&self) -> u64 {
        let mut between: BTreeMap<i32, Vec<Span>> = BTreeMap::new();
        for piece in self.strokes.iter().flat_map(|stroke| &stroke.pieces) {
            let span = Span { from: piece.from.y.into(), to: piece.to.y.into() };
            between.entry(piece.to.x).or_default().push(span);
        }
        between.into_values().map(crossings).sum()
    }
}

/// One end of a piece of a line: a spot, and where below its upper edge.
#[derive(Debug, Clone, Copy)]
struct Joint {
    other: SpotId,
    /// Below the upper edge of the other one.
    there: i32,
    /// Below the upper edge of this one.
    here: i32,
}

/// A layout that is being made.
struct Draft<'l> {
    layers: &'l Layered,
    figures: IdVec<FigureId, Figure>,
    /// What each spot is joined to.
    joints: IdVec<SpotId, Vec<Joint>>,
    /// The upper edge of each spot.
    top: IdVec<SpotId, f64>,
}

impl<'l> Draft<'l> {
    fn new(layers: &'l Layered, figures: IdVec<FigureId, Figure>) -> Self {
        let number = layers.spots.len();
        let mut joints: IdVec<SpotId, Vec<Joint>> = IdVec::filled(Vec::new(), number);
        let mut draft = Self { layers, figures, joints: IdVec::default(), top: IdVec::filled(0.0, number) };
        for (stroke, way) in layers.ways.iter().enumerate() {
            for pair in way.windows(2) {
                let (left, right) = (pair[0], pair[1]);
                let (out, into) = (draft.height_at(left, stroke), draft.height_at(right, stroke));
                joints[left].push(Joint { other: right, there: into, here: out });
                joints[right].push(Joint { other: left, there: out, here: into });
            }
        }
        draft.joints = joints;
        draft
    }

    /// Where a stroke meets a spot of its way, below its upper edge.
    fn height_at(&self, spot: SpotId, stroke: usize) -> i32 {
        let Spot::Figure(figure) = self.layers.spots[spot] else { return 0 };
        let drawn = &self.layers.strokes[stroke];
        let figure_drawn = &self.figures[figure];
        if drawn.to == figure {
            figure_drawn.arrives_at.get(&drawn.arrow).copied().unwrap_or(figure_drawn.leaves_at)
        } else {
            figure_drawn.leaves_at
        }
    }

    fn height(&self, spot: SpotId) -> i32 {
        match self.layers.spots[spot] {
            Spot::Figure(figure) => self.figures[figure].height,
            Spot::Bend => 0,
        }
    }

    fn is_bend(&self, spot: SpotId) -> bool {
        self.layers.spots[spot] == Spot::Bend
    }

    /// How far the upper edge of a spot has to be below that of the one above it.
    fn room(&self, upper: SpotId, lower: SpotId) -> f64 {
        let bends = self.is_bend(upper) && self.is_bend(lower);
        f64::from(self.height(upper) + if bends { BETWEEN_BENDS } else { BETWEEN_FIGURES })
    }

    fn place(&mut self) {
        for layer in &self.layers.layers {
            let mut top = 0.0;
            for (rank, &spot) in layer.iter().enumerate() {
                self.top[spot] = top;
                top += layer.get(rank + 1).map_or(0.0, |&next| self.room(spot, next));
            }
        }
        let number = self.layers.layers.len();
        for turn in 0..TURNS {
            for step in 0..number {
                let layer = if turn % 2 == 0 { step } else { number - 1 - step };
                self.place_layer(&self.layers.layers[layer]);
            }
        }
        let highest = self.top.iter().copied().fold(f64::INFINITY, f64::min);
        self.top.iter_mut().for_each(|top| *top -= highest);
    }

    fn place_layer(&mut self, layer: &[SpotId]) {
        let wish = |(rank, &spot): (usize, &SpotId)| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for joint in &self.joints[spot] {
                let straight = self.is_bend(spot) && self.is_bend(joint.other);
                let pull = if straight { STRAIGHTNESS } else { 1.0 };
                sum += pull * (self.top[joint.other] + f64::from(joint.there - joint.here));
                weight += pull;
            }
            // What is joined to nothing stays where it is, and gives way.
            let (at, weight) = if weight > 0.0 { (sum / weight, weight) } else { (self.top[spot], 0.01) };
            Wish { at, weight, room: layer.get(rank + 1).map_or(0.0, |&next| self.room(spot, next)) }
        };
        let wishes: Vec<Wish> = layer.iter().enumerate().map(wish).collect();
        for (&spot, top) in layer.iter().zip(placed(&wishes)) {
            self.top[spot] = top;
        }
    }

    /// The left edge of each layer, and the right edge of the last one.
    fn columns(&self) -> Vec<i32> {
        let mut layer_of = IdVec::filled(0, self.layers.spots.len());
        for (number, layer) in self.layers.layers.iter().enumerate() {
            for &spot in layer {
                layer_of[spot] = number;
            }
        }
        let mut pieces = vec![0_usize; self.layers.layers.len()];
        for piece in &self.layers.pieces {
            pieces[layer_of[piece.from]] += 1;
        }
        let mut left = MARGIN;
        let mut columns = vec![left];
        for (layer, pieces) in self.layers.layers.iter().zip(pieces) {
            let more = i32::try_from((pieces * PER_PIECE).min(MOST_FOR_PIECES)).unwrap_or(0);
            left += self.width(layer) + BETWEEN_LAYERS + more;
            columns.push(left);
        }
        columns
    }

    fn width(&self, layer: &[SpotId]) -> i32 {
        let width = |&spot: &SpotId| match self.layers.spots[spot] {
            Spot::Figure(figure) => self.figures[figure].width,
            Spot::Bend => 0,
        };
        layer.iter().map(width).max().unwrap_or(0)
    }

    #[expect(clippy::cast_possible_truncation, reason = "rounded to pixels; a picture is far smaller than 2^31")]
    fn y(&self, spot: SpotId) -> i32 {
        self.top[spot].round() as i32 + MARGIN
    }

    fn layout(mut self) -> Picture {
        self.place();
        let columns = self.columns();
        let (mut left, mut right) = (IdVec::filled(0, self.layers.spots.len()), IdVec::default());
        right.resize(self.layers.spots.len(), 0);
        for (layer, &x) in self.layers.layers.iter().zip(&columns) {
            let width = self.width(layer);
            for &spot in layer {
                left[spot] = x;
                right[spot] = x + width;
            }
        }
        let mut strokes = Vec::with_capacity(self.layers.strokes.len());
        for (number, (stroke, way)) in self.layers.strokes.iter().zip(&self.layers.ways).enumerate() {
            let point = |spot: SpotId, x| PicturePoint { x, y: self.y(spot) + self.height_at(spot, number) };
            let piece = |ends: &[SpotId]| PlacedPiece {
                from: point(ends[0], right[ends[0]]),
                to: point(ends[1], left[ends[1]]),
            };
            let begins = point(way[0], left[way[0]] + self.width(&way[..1]));
            let pieces = way.windows(2).map(piece).collect();
            strokes.push(PlacedStroke { arrow: stroke.arrow, back: stroke.back, begins, pieces });
        }
        let spots = self.layers.spots.entries().map(|(spot, _)| spot);
        let height = spots.map(|spot| self.y(spot) + self.height(spot)).max().unwrap_or(0) + MARGIN;
        let last = self.layers.layers.last().map_or(0, |layer| self.width(layer));
        let width = columns.iter().rev().nth(1).map_or(2 * MARGIN, |&x| x + last + MARGIN);
        let tops: Vec<i32> = FigureId::first(self.figures.len()).map(|id| self.y(SpotId::at(id.index()))).collect();
        let mut figures = IdVec::default();
        for ((id, figure), y) in self.figures.entries().zip(tops) {
            let (end, figure) = (self.layers.figures[id], figure.clone());
            figures.push(PlacedFigure { end, figure, x: left[SpotId::at(id.index())], y });
        }
        Picture { figures, strokes, width, height }
    }
}
