//! One learner's whole story, told once: as text, as a page, as data, and what of it belongs in a calendar.
#![allow(dead_code, reason = "not every example needs everything")]

pub(crate) mod answers;
pub(crate) mod calendar;
pub(crate) mod page;
pub(crate) mod sections;
pub(crate) mod text;
pub(crate) mod words;

use serde::Serialize;

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
    pub(crate) blocks: Vec<Block>,
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
