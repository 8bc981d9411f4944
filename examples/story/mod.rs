//! One learner's whole story, told once: as text, as a page, as data, and what of it belongs in a calendar.
#![allow(dead_code, reason = "not every example needs everything")]

pub(crate) mod answers;
pub(crate) mod calendar;
mod granted;
pub(crate) mod page;
pub(crate) mod sections;
pub(crate) mod text;
mod there;
mod to_do;
mod way;
pub(crate) mod words;

use serde::{Serialize, Serializer};

use crate::input::lines::cell;

/// A story: what it is about, and its sections in the order in which they are told.
#[derive(Debug, Serialize)]
pub(crate) struct Story {
    pub(crate) title: String,
    /// The date, and what is supposed.
    pub(crate) as_of: String,
    pub(crate) sections: Vec<Section>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Section {
    /// A word for links.
    pub(crate) anchor: &'static str,
    pub(crate) heading: String,
    #[serde(serialize_with = "without_pictures")]
    pub(crate) blocks: Vec<Block>,
}

/// Pictures are no data: the map itself is.
fn without_pictures<S: Serializer>(blocks: &[Block], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(blocks.iter().filter(|block| !matches!(block, Block::Picture(_))))
}

/// A piece of a section.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Block {
    /// A paragraph.
    Text(Line),
    /// What is known, by name.
    Facts(Vec<Fact>),
    /// A list.
    Items(Vec<Item>),
    Table(Table),
    /// Lines that are indented below each other.
    Outline(Vec<Step>),
    /// Small bars, one below the other.
    Bars(Vec<Bar>),
    /// A text as it was written, line by line.
    Written(String),
    /// A heading below that of the section.
    Heading(String),
    /// A picture (SVG), which a text leaves out.
    #[serde(skip)]
    Picture(String),
}

/// A line of text, with ids that are set smaller.
#[derive(Debug, Default, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
pub(crate) struct Line(pub(crate) Vec<Piece>);

#[derive(Debug, Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Piece {
    Text(String),
    Id(String),
}

#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: Line,
}

#[derive(Debug, Serialize)]
pub(crate) struct Item {
    pub(crate) text: Line,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Line>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Line>>,
}

/// How many of all, by what they are.
#[derive(Debug, Serialize)]
pub(crate) struct Bar {
    pub(crate) name: Line,
    pub(crate) parts: Vec<Part>,
    pub(crate) of: u64,
}

/// A part of a bar.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    #[serde(skip)]
    pub(crate) class: &'static str,
    pub(crate) words: &'static str,
    pub(crate) number: u64,
}

impl Bar {
    /// `3 hold it, 2 qualify for it`.
    pub(crate) fn told(&self) -> String {
        self.parts.iter().map(|part| format!("{} {}", part.number, part.words)).collect::<Vec<_>>().join(", ")
    }
}

impl Story {
    /// Each table as comma-separated values, by the anchor of its section; of several in one section, by number.
    pub(crate) fn tables(&self) -> Vec<(String, String)> {
        let mut tables = Vec::new();
        for section in &self.sections {
            let found = section.blocks.iter().filter_map(Block::csv);
            let name = |number: usize| if number == 0 { String::new() } else { format!("-{}", number + 1) };
            tables.extend(found.enumerate().map(|(number, csv)| (format!("{}{}", section.anchor, name(number)), csv)));
        }
        tables
    }
}

impl Block {
    fn csv(&self) -> Option<String> {
        let row = |cells: Vec<String>| cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",") + "\n";
        match self {
            Self::Table(table) => {
                let rows = table.rows.iter().map(|cells| row(cells.iter().map(Line::text).collect()));
                Some(std::iter::once(row(table.columns.clone())).chain(rows).collect())
            }
            Self::Bars(bars) => {
                let parts = |bar: &Bar| -> String {
                    let part = |part: &Part| row(vec![bar.name.text(), part.words.to_owned(), part.number.to_string()]);
                    bar.parts.iter().map(part).collect()
                };
                let head = ["credential", "status", "learners"].map(str::to_owned).to_vec();
                Some(std::iter::once(row(head)).chain(bars.iter().map(parts)).collect())
            }
            _ => None,
        }
    }
}

/// A line of an outline.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    pub(crate) depth: usize,
    pub(crate) text: String,
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self(vec![Piece::Text(text.to_owned())])
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self(vec![Piece::Text(text)])
    }
}

impl Line {
    /// With something behind it.
    pub(crate) fn and(mut self, more: impl Into<Line>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// Lines with commas between them.
    pub(crate) fn joined(lines: impl IntoIterator<Item = Line>, between: &str) -> Self {
        let mut all = Self::default();
        for line in lines {
            if !all.0.is_empty() {
                all = all.and(between);
            }
            all = all.and(line);
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }
}

impl Item {
    pub(crate) fn of(text: impl Into<Line>) -> Self {
        Self { text: text.into(), notes: Vec::new() }
    }
}
