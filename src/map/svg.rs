//! A map as a picture (SVG), by itself or within a page.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use crate::evaluate::evaluation::Status;
use crate::map::figures::{FigureRow, INDENT, Ink, PADDING, Symbol};
use crate::map::layout::{MARGIN, PicturePoint, PlacedFigure, PlacedStroke};
use crate::map::map::{MapEnd, PathwayMap};
use crate::map::markup::escaped;
use crate::map::symbols::{Outline, class, head, rule_class, symbol};
use crate::map::words::role;
use crate::plan::answers::plan::PurposeRule;
use crate::value::text::printable;

/// Colours and lines, for light and dark surroundings.
const STYLE: &str = include_str!("style.css");
/// Space for the heading, for a line of the legend, and before a line that is bent.
const HEADING: i32 = 28;
const LEGEND_LINE: i32 = 24;
const SAMPLE: i32 = 34;
/// The width of a picture at the least, so that heading and legend have room.
const LEAST_WIDTH: i32 = 560;

impl PathwayMap {
    /// The map as an SVG picture, from left to right. It needs nothing from elsewhere, and follows the colours of its
    /// surroundings, light or dark. What is asked for is told by the shape of a group and in words; components by
    /// solid lines, prerequisites by dashed, corequisites by dotted ones; statuses by symbols, words and colours. Every
    /// figure has a `<title>` that says all there is to say of it.
    ///
    /// All text is escaped, so titles can do nothing to a page that the picture is put into.
    ///
    /// ```
    /// use credpath::{Catalog, MapOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     sql = { title = "<SQL>" }
    ///     analyst = { stack = "sql" }
    /// "#)?;
    /// let picture = catalog.map(&MapOptions::whole()).svg();
    /// assert!(picture.starts_with("<svg ") && picture.contains("&lt;SQL&gt;"));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn svg(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        _ = self.write_svg(&mut out);
        out
    }

    fn write_svg(&self, out: &mut String) -> fmt::Result {
        let layout = self.layout();
        let width = layout.width.max(LEAST_WIDTH);
        let legend = self.legend(width, layout.height + HEADING);
        let height = legend.iter().map(|sample| sample.at.y).max().unwrap_or(layout.height + HEADING) + LEGEND_LINE;
        let as_of = self.as_of.map(|day| format!(", as of {day}")).unwrap_or_default();
        let heading = format!("{}{as_of}", printable(&self.title));
        write!(out, r#"<svg xmlns="http://www.w3.org/2000/svg" class="cp-map" role="group" "#)?;
        write!(out, r#"aria-label="Map: {}" "#, escaped(&heading))?;
        writeln!(out, r#"viewBox="0 0 {width} {height}" width="{width}" height="{height}">"#)?;
        writeln!(out, "<title>Map: {}</title>\n<style>{STYLE}</style>", escaped(&heading))?;
        writeln!(out, r#"<text class="cp-heading" x="{MARGIN}" y="22">{}</text>"#, escaped(&heading))?;
        writeln!(out, r#"<g transform="translate(0 {HEADING})">"#)?;
        for stroke in &layout.strokes {
            self.write_stroke(out, stroke)?;
        }
        for placed in &layout.figures {
            self.write_figure(out, placed)?;
        }
        writeln!(out, "</g>")?;
        for sample in &legend {
            sample.write(out)?;
        }
        writeln!(out, "</svg>")
    }

    /// Whether the learner has what an arrow comes from.
    fn is_there(&self, from: MapEnd) -> bool {
        use crate::audit::audit::State;
        match from {
            MapEnd::Box(number) => {
                let status = self.boxes.get(number).and_then(|shown| shown.status);
                matches!(status, Some(Status::Held | Status::Qualified))
            }
            MapEnd::Group(number) => self.groups.get(number).is_some_and(|group| group.state == Some(State::Met)),
        }
    }

    fn write_stroke(&self, out: &mut String, stroke: &PlacedStroke) -> fmt::Result {
        let Some(arrow) = self.arrows.get(stroke.arrow) else { return Ok(()) };
        let Some(last) = stroke.pieces.last() else { return Ok(()) };
        let begins = stroke.begins;
        let met = if self.is_there(arrow.from) { " cp-met" } else { "" };
        write!(out, r#"<path class="cp-line cp-{}{met}" d="M{} {}"#, rule_class(arrow.rule), begins.x, begins.y)?;
        for piece in &stroke.pieces {
            let (from, to) = (piece.from, piece.to);
            let bend = (to.x - from.x) / 2;
            write!(
                out,
                "L{} {}C{} {} {} {} {} {}",
                from.x,
                from.y,
                from.x + bend,
                from.y,
                to.x - bend,
                to.y,
                to.x,
                to.y
            )?;
        }
        write!(out, r#""/>"#)?;
        let tip = if stroke.back { begins } else { last.to };
        head(out, arrow.rule, tip, stroke.back)?;
        writeln!(out)
    }

    fn write_figure(&self, out: &mut String, placed: &PlacedFigure) -> fmt::Result {
        let PlacedFigure { end, figure, x, y } = placed;
        let edge = Outline { x: *x, y: *y, width: figure.width, height: figure.height };
        let told = match *end {
            MapEnd::Box(number) => self.told_of_box(number),
            MapEnd::Group(number) => self.told_of_group(number),
        };
        write!(out, r#"<g role="img"><title>{}</title>"#, escaped(&told))?;
        match *end {
            MapEnd::Box(number) => {
                if let Some(shown) = self.boxes.get(number) {
                    edge.of_box(out, class(shown.status), shown.conferred, shown.target)?;
                }
            }
            MapEnd::Group(number) => {
                if let Some(group) = self.groups.get(number) {
                    edge.of_group(out, group)?;
                }
            }
        }
        for row in &figure.rows {
            row.write(out, PicturePoint { x: *x, y: *y })?;
        }
        writeln!(out, "</g>")
    }

    /// What the lines, shapes and symbols of the picture mean, as far as it has them.
    fn legend(&self, width: i32, below: i32) -> Vec<Sample> {
        let rules: BTreeSet<PurposeRule> = self.arrows.iter().map(|arrow| arrow.rule).collect();
        let mut samples: Vec<(Sign, &str)> = rules.iter().map(|&rule| (Sign::Line(rule), role(rule))).collect();
        let groups: Vec<Symbol> = self.groups.iter().map(Symbol::of).collect();
        let shapes = [(Symbol::All, "all of these"), (Symbol::Any, "any one"), (Symbol::Amount, "so many or so much")];
        samples
            .extend(shapes.into_iter().filter(|(shape, _)| groups.contains(shape)).map(|(s, w)| (Sign::Symbol(s), w)));
        let listed = self.groups.iter().flat_map(|group| &group.listed).map(|one| (one.status, false));
        let boxes = self.boxes.iter().map(|shown| (shown.status, shown.conferred));
        let told = |(status, conferred): (Option<Status>, bool)| status.map(|known| (known, known.words(conferred)));
        let statuses: BTreeSet<(Status, &str)> = boxes.chain(listed).filter_map(told).collect();
        samples.extend(statuses.into_iter().map(|(status, words)| (Sign::Symbol(Symbol::Status(status)), words)));
        if self.boxes.iter().any(|shown| shown.conferred) {
            samples.push((Sign::Conferred, "conferred for its components"));
        }
        let mut at = PicturePoint { x: MARGIN, y: below + LEGEND_LINE / 2 };
        let mut legend = Vec::new();
        for (sign, words) in samples {
            let room = sign.width() + 7 * i32::try_from(words.len()).unwrap_or(0) + 18;
            if at.x > MARGIN && at.x + room > width {
                at = PicturePoint { x: MARGIN, y: at.y + LEGEND_LINE };
            }
            legend.push(Sample { sign, words: words.to_owned(), at });
            at.x += room;
        }
        legend
    }
}

impl FigureRow {
    fn write(&self, out: &mut String, corner: PicturePoint) -> fmt::Result {
        let middle = corner.y + self.middle;
        if let Some(shape) = self.symbol {
            symbol(out, shape, PicturePoint { x: corner.x + PADDING + 6, y: middle })?;
        }
        let (class, indent) = match self.ink {
            Ink::Title => ("cp-title", 0),
            Ink::Plain => ("cp-plain", INDENT),
            Ink::Quiet => ("cp-quiet", INDENT),
        };
        let x = corner.x + PADDING + indent;
        write!(out, r#"<text class="{class}" x="{x}" y="{}">{}</text>"#, middle + 4, escaped(&self.text))
    }
}

/// A sign that the legend explains.
enum Sign {
    Line(PurposeRule),
    Symbol(Symbol),
    Conferred,
}

impl Sign {
    fn width(&self) -> i32 {
        match self {
            Self::Line(_) => SAMPLE + 8,
            Self::Symbol(_) => 18,
            Self::Conferred => 28,
        }
    }
}

/// A sign with what it means.
struct Sample {
    sign: Sign,
    words: String,
    at: PicturePoint,
}

impl Sample {
    fn write(&self, out: &mut String) -> fmt::Result {
        let PicturePoint { x, y } = self.at;
        match self.sign {
            Sign::Line(rule) => {
                write!(out, r#"<path class="cp-line cp-{}" d="M{x} {y}h{SAMPLE}"/>"#, rule_class(rule))?;
                head(out, rule, PicturePoint { x: x + SAMPLE, y }, false)?;
            }
            Sign::Symbol(shape) => symbol(out, shape, PicturePoint { x: x + 6, y })?,
            Sign::Conferred => Outline { x, y: y - 8, width: 22, height: 16 }.of_box(out, "none", true, false)?,
        }
        let x = x + self.sign.width();
        writeln!(out, r#"<text class="cp-quiet" x="{x}" y="{}">{}</text>"#, y + 4, escaped(&self.words))
    }
}
