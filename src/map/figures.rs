//! What is written in the figures of a picture, row by row, and where arrows arrive.

use std::collections::BTreeMap;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::audit::audit::{PartKind, State};
use crate::evaluate::evaluation::Status;
use crate::map::map::{MapArrow, MapBox, MapEnd, MapGroup, PathwayMap};
use crate::map::words::{given, role, state};
use crate::value::text::printable;

/// Columns of text in a row, at the most; of a title, in which letters are wider.
const COLUMNS: usize = 32;
const TITLE_COLUMNS: usize = 27;
const TITLE_LINES: usize = 3;
/// Rows of what a rule asks for: whoever reads the picture has to see all of it, unless it is made to have no end.
const RULE_LINES: usize = 14;
/// Names of what else counts as a credential, and members of a group, that are listed; of more, the number is told.
const MOST_OTHERS: usize = 2;
const MOST_LISTED: usize = 18;
/// Lengths in pixels, at the size at which a picture is written.
const TITLE_COLUMN: i32 = 9;
const COLUMN: i32 = 7;
/// No figure is narrower.
const LEAST_WIDTH: i32 = 96;
const TITLE_HEIGHT: i32 = 18;
const ROW_HEIGHT: i32 = 16;
/// Space between the edge of a figure and what is written in it.
pub(crate) const PADDING: i32 = 9;
/// Space for a symbol before a text.
pub(crate) const INDENT: i32 = 18;

/// The way in which a row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Title,
    /// Plain text.
    Plain,
    /// What is said beside.
    Quiet,
}

/// A symbol before a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    Status(Status),
    /// Whether a group is met.
    State(State),
    /// The shape of a group: all, any, or an amount of its parts.
    All,
    Any,
    Amount,
    /// A condition on what one arrow comes from, or a member.
    Condition,
}

impl Symbol {
    /// The shape of a group.
    pub(crate) fn of(group: &MapGroup) -> Self {
        match group.kind {
            PartKind::AllOf | PartKind::Credential { .. } => Self::All,
            PartKind::AnyOf => Self::Any,
            PartKind::AtLeast | PartKind::Credits | PartKind::Hours | PartKind::UpTo => Self::Amount,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct FigureRow {
    pub(crate) text: String,
    pub(crate) ink: Ink,
    pub(crate) symbol: Option<Symbol>,
    /// Where its middle is, below the upper edge of the figure.
    pub(crate) middle: i32,
}

/// A figure with all that is written in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figure {
    pub(crate) rows: Vec<FigureRow>,
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// Where arrows go out, below the upper edge.
    pub(crate) leaves_at: i32,
    /// Where each arrow arrives, below the upper edge, by the number of the arrow.
    pub(crate) arrives_at: BTreeMap<usize, i32>,
}

impl PathwayMap {
    /// The figure of a box or group.
    pub(crate) fn figure(&self, end: MapEnd, within: &[bool]) -> Figure {
        let mut figure = Figure { width: LEAST_WIDTH, height: PADDING, ..Figure::default() };
        match end {
            MapEnd::Box(number) => {
                if let Some(shown) = self.boxes.get(number) {
                    figure.head_of_box(shown);
                }
                self.write_rules(&mut figure, end, within);
            }
            MapEnd::Group(number) => {
                if let Some(group) = self.groups.get(number) {
                    figure.write_group(group, "");
                    self.write_arrivals(&mut figure, end);
                    figure.write_listed(group);
                }
            }
        }
        figure.height += PADDING - 2;
        figure.leaves_at = figure.rows.first().map_or(figure.height / 2, |row| row.middle);
        figure
    }

    /// What the rules of a credential ask for.
    fn write_rules(&self, figure: &mut Figure, end: MapEnd, within: &[bool]) {
        for (number, arrow) in self.numbered(end) {
            let role = role(arrow.rule);
            match arrow.from {
                MapEnd::Group(inside) if within.get(inside) == Some(&true) => {
                    if let Some(group) = self.groups.get(inside) {
                        figure.write_group(group, &format!("{role}: "));
                        self.write_arrivals(figure, arrow.from);
                    }
                }
                from => {
                    let itself = if from == end { " itself" } else { "" };
                    figure.write(&format!("{role}{itself}"), Ink::Plain, None);
                    figure.arrives(number);
                    if let Some(conditions) = given(&arrow.conditions) {
                        figure.write(&conditions, Ink::Quiet, None);
                    }
                }
            }
        }
    }

    /// Lets the arrows into a group arrive in the row that says what it asks for; the conditions of each stand below.
    fn write_arrivals(&self, figure: &mut Figure, end: MapEnd) {
        let at = figure.group_at();
        for (number, arrow) in self.numbered(end) {
            figure.arrives_at.insert(number, at);
            if let Some(conditions) = given(&arrow.conditions) {
                let condition = format!("{}: {conditions}", self.briefly(arrow.from));
                figure.write(&condition, Ink::Quiet, Some(Symbol::Condition));
            }
        }
    }

    /// What an arrow comes from, in a word or two.
    fn briefly(&self, from: MapEnd) -> String {
        match from {
            MapEnd::Box(number) => self.boxes.get(number).map(|shown| printable(&shown.title)).unwrap_or_default(),
            MapEnd::Group(number) => self.groups.get(number).map(MapGroup::words).unwrap_or_default(),
        }
    }

    fn numbered(&self, end: MapEnd) -> impl Iterator<Item = (usize, &MapArrow)> {
        let start = self.arrows.partition_point(|arrow| arrow.to < end);
        (start..).zip(self.into(end))
    }
}

impl Figure {
    fn head_of_box(&mut self, shown: &MapBox) {
        let title = wrapped(&printable(&shown.title), TITLE_COLUMNS, TITLE_LINES);
        for line in title {
            self.row(line, Ink::Title, None);
        }
        self.write(&shown.standing(), Ink::Plain, shown.status.map(Symbol::Status));
        for other in shown.also_by.iter().take(MOST_OTHERS) {
            self.write_within(&format!("or {}", printable(&other.title)), Ink::Quiet, None, TITLE_LINES);
        }
        let more = shown.also_by.len().saturating_sub(MOST_OTHERS).saturating_add(shown.also_by_more);
        if more > 0 {
            self.write(&format!("or {more} others"), Ink::Quiet, None);
        }
    }

    fn write_group(&mut self, group: &MapGroup, before: &str) {
        let name = group.name.as_deref().map(|name| format!("{}: ", printable(name))).unwrap_or_default();
        self.write(&format!("{before}{name}{}", group.words()), Ink::Plain, Some(Symbol::of(group)));
        let terms = group.terms();
        if !terms.is_empty() {
            self.write(&terms, Ink::Quiet, None);
        }
        if let Some(known) = group.state {
            self.write(state(known), Ink::Quiet, Some(Symbol::State(known)));
        }
    }

    /// The members that stand in a group. Of many, those that the learner has something of come first.
    fn write_listed(&mut self, group: &MapGroup) {
        let mut listed: Vec<_> = group.listed.iter().collect();
        if listed.len() > MOST_LISTED {
            let open = |status| matches!(status, Status::Eligible | Status::Locked | Status::Unattainable);
            listed.sort_by_key(|member| member.status.is_none_or(open));
        }
        let symbol = |status: Option<Status>| Some(status.map_or(Symbol::Condition, Symbol::Status));
        for member in listed.iter().take(MOST_LISTED) {
            self.write(&member.told(), Ink::Plain, symbol(member.status));
        }
        if listed.len() > MOST_LISTED {
            self.write(&format!("and {} more", listed.len() - MOST_LISTED), Ink::Quiet, None);
        }
    }

    /// The middle of the row that says what the group asks for which was written last.
    fn group_at(&self) -> i32 {
        let shapes = [Symbol::All, Symbol::Any, Symbol::Amount].map(Some);
        self.rows.iter().rev().find(|row| shapes.contains(&row.symbol)).map_or(self.height / 2, |row| row.middle)
    }

    /// Lets an arrow arrive at the last row.
    fn arrives(&mut self, arrow: usize) {
        let at = self.rows.last().map_or(0, |row| row.middle);
        self.arrives_at.insert(arrow, at);
    }

    /// A text in as many rows as it takes, the symbol before the first.
    fn write(&mut self, text: &str, ink: Ink, symbol: Option<Symbol>) {
        self.write_within(text, ink, symbol, RULE_LINES);
    }

    /// The same in so many rows at the most.
    fn write_within(&mut self, text: &str, ink: Ink, symbol: Option<Symbol>, most: usize) {
        let mut symbol = symbol;
        for line in wrapped(text, COLUMNS - 3, most) {
            self.row(line, ink, symbol.take());
        }
    }

    fn row(&mut self, text: String, ink: Ink, symbol: Option<Symbol>) {
        let columns = i32::try_from(text.width()).unwrap_or(i32::MAX / 100);
        let (column, height) = if ink == Ink::Title { (TITLE_COLUMN, TITLE_HEIGHT) } else { (COLUMN, ROW_HEIGHT) };
        let indent = if ink == Ink::Title { 0 } else { INDENT };
        self.width = self.width.max(columns * column + indent + 2 * PADDING);
        self.rows.push(FigureRow { text, ink, symbol, middle: self.height + height / 2 });
        self.height += height;
    }
}

/// A line with the columns that it takes.
#[derive(Default)]
struct WrappedLine {
    text: String,
    columns: usize,
}

/// A text in lines of so many columns, broken between words where that can be; what does not fit into so many lines is
/// cut off, and that is shown. No more of the text is looked at than these lines take.
fn wrapped(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = vec![WrappedLine::default()];
    'words: for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(last) = lines.last_mut().filter(|_| !rest.is_empty()) {
            let fits = fitting(rest, columns);
            let gap = usize::from(!last.text.is_empty());
            let is_whole = fits.bytes == rest.len() && last.columns + gap + fits.columns <= columns;
            if is_whole || gap == 0 {
                // A word that is longer than a line is cut.
                let (taken, left) = rest.split_at(fits.bytes);
                last.text.push_str(if gap == 1 { " " } else { "" });
                last.text.push_str(taken);
                last.columns += gap + fits.columns;
                rest = left;
            }
            if !rest.is_empty() {
                // One more than there may be shows that something is cut off.
                lines.push(WrappedLine::default());
                if lines.len() > most {
                    break 'words;
                }
            }
        }
    }
    let is_cut = lines.len() > most;
    let mut lines: Vec<String> = lines.into_iter().take(most).map(|line| line.text).collect();
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.truncate(fitting(last, columns.saturating_sub(1)).bytes);
        *last = format!("{}…", last.trim_end());
    }
    lines
}

/// The beginning of a text that fits into so many columns.
struct FittingPart {
    bytes: usize,
    columns: usize,
}

/// How much of a text fits into so many columns: at least one character.
fn fitting(text: &str, columns: usize) -> FittingPart {
    let mut part = FittingPart { bytes: 0, columns: 0 };
    for c in text.chars() {
        let width = c.width().unwrap_or(0);
        if part.columns + width > columns && part.bytes > 0 {
            break;
        }
        part.columns += width;
        part.bytes += c.len_utf8();
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a text without end no more is looked at than is shown, whatever takes no column in it.
    #[test]
    fn long_texts_are_cut_off_at_once() {
        for word in ["x".repeat(4 << 20), "e\u{301}".repeat(2 << 20), "x ".repeat(2 << 20), "\u{301}".repeat(2 << 20)] {
            for text in [word.clone(), format!("a {word}"), format!("{} {word}", "b".repeat(27))] {
                let lines = wrapped(&text, 27, 3);
                assert!(lines.len() <= 3 && lines.iter().all(|line| line.width() <= 27));
                assert!(lines.len() < 3 || lines[2].ends_with('…'));
            }
        }
        assert_eq!(wrapped("abcdefghij", 4, 2), ["abcd", "efg…"]);
        assert_eq!(wrapped("ab abcdefgh", 4, 3), ["ab", "abcd", "efgh"]);
        assert_eq!(wrapped("漢 漢", 1, 1), ["漢…"]);
    }

    #[test]
    fn texts_are_broken_between_words_and_long_words_within() {
        assert_eq!(wrapped("one two three", 7, 9), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij", 4, 9), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("one two three four", 7, 2), ["one two", "three…"]);
        assert_eq!(wrapped("漢字漢字", 4, 9), ["漢字", "漢字"]);
        assert_eq!(wrapped("漢", 1, 9), ["漢"], "a character is not cut");
        assert_eq!(wrapped("", 4, 2), [""]);
    }
}
