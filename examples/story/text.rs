//! A story as text.

use std::fmt::Write;

use crate::story::{Block, Line, Piece, Story, Table};

impl Line {
    pub(crate) fn text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Id(id) => format!(" ({id})"),
        };
        self.0.iter().map(piece).collect()
    }
}

impl Story {
    pub(crate) fn text(&self) -> String {
        let mut out = format!("{}\n{}\n", self.title, self.as_of);
        for section in &self.sections {
            let blocks: String = section.blocks.iter().map(Block::text).collect();
            if blocks.is_empty() {
                continue;
            }
            _ = writeln!(out, "\n{}", section.heading);
            for line in blocks.trim_end().lines() {
                _ = writeln!(out, "{}", format!("  {line}").trim_end());
            }
        }
        out
    }
}

impl Block {
    fn text(&self) -> String {
        match self {
            Self::Text(line) => line.text() + "\n",
            Self::Heading(heading) => format!("{heading}:\n"),
            Self::Facts(facts) => {
                let wide = facts.iter().map(|fact| fact.name.chars().count()).max().unwrap_or(0) + 2;
                facts.iter().map(|fact| format!("{:wide$}{}\n", fact.name, fact.value.text())).collect()
            }
            Self::Items(items) => {
                let notes =
                    |notes: &[Line]| notes.iter().map(|note| format!("    {}\n", note.text())).collect::<String>();
                items.iter().map(|item| format!("- {}\n{}", item.text.text(), notes(&item.notes))).collect()
            }
            Self::Table(table) => table.text(),
            Self::Outline(steps) => {
                steps.iter().map(|step| format!("{:indent$}{}\n", "", step.text, indent = 2 * step.depth)).collect()
            }
            Self::Written(text) => text.lines().map(|line| format!("    {line}\n")).collect(),
            Self::Picture(_) => String::new(),
        }
    }
}

impl Table {
    /// The first cell of a row, and below it the others with the names of their columns.
    fn text(&self) -> String {
        let mut out = String::new();
        if let [column] = &self.columns[..] {
            _ = writeln!(out, "{column}:");
        }
        if let ([row], 2..=3) = (&self.rows[..], self.columns.len()) {
            let cells = self.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            let told: Vec<String> =
                cells.map(|(column, cell)| format!("{}: {}", column.to_lowercase(), cell.text())).collect();
            return format!("- {}\n", told.join("; "));
        }
        for row in &self.rows {
            let mut cells = self.columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            if let Some((_, first)) = cells.next() {
                _ = writeln!(out, "- {}", first.text());
            }
            for (column, cell) in cells {
                _ = writeln!(out, "    {}: {}", column.to_lowercase(), cell.text());
            }
        }
        out
    }
}
