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
            let mut blocks = String::new();
            for block in &section.blocks {
                block.write_text(&mut blocks);
            }
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
    fn write_text(&self, out: &mut String) {
        match self {
            Self::Text(line) => *out += &(line.text() + "\n"),
            Self::Heading(heading) => _ = writeln!(out, "{heading}:"),
            Self::Facts(facts) => {
                let wide = facts.iter().map(|fact| fact.name.chars().count()).max().unwrap_or(0) + 2;
                for fact in facts {
                    _ = writeln!(out, "{:wide$}{}", fact.name, fact.value.text());
                }
            }
            Self::Items(items) => {
                for item in items {
                    _ = writeln!(out, "- {}", item.text.text());
                    for note in &item.notes {
                        _ = writeln!(out, "    {}", note.text());
                    }
                }
            }
            Self::Table(table) => *out += &table.text(),
            Self::Outline(steps) => {
                for step in steps {
                    _ = writeln!(out, "{:indent$}{}", "", step.text, indent = 2 * step.depth);
                }
            }
            Self::Bars(bars) => {
                for bar in bars {
                    _ = writeln!(out, "- {}: {}", bar.name.text(), bar.told());
                }
            }
            Self::Written(text) => {
                for line in text.lines() {
                    _ = writeln!(out, "    {line}");
                }
            }
            Self::Picture(_) => {}
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
        // Of numbers alone, one row is a line.
        if let ([row], 2..=3) = (&self.rows[..], self.columns.len())
            && row.first().is_some_and(|cell| !cell.0.iter().any(|piece| matches!(piece, Piece::Id(_))))
        {
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
