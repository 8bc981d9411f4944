//! A story as a page: one file of HTML that needs nothing from elsewhere.

use std::fmt::Write;

use crate::story::words::clean;
use crate::story::{Bar, Block, Item, Line, Piece, Section, Step, Story, Table};

const STYLE: &str = include_str!("page.css");
/// Columns of a table that fits onto every page.
const FITTING: usize = 3;
/// What the marks of an outline say to who cannot see them.
const MARKS: [(&str, &str); 6] = [
    ("✓", "met"),
    ("✗", "missing"),
    ("○", "not used"),
    ("?", "not decided"),
    ("+", "adds to a sum"),
    ("!", "conflict"),
];

impl Story {
    pub(crate) fn page(&self) -> String {
        let mut out = String::new();
        let (title, as_of) = (escaped(&self.title), escaped(&self.as_of));
        _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n\
             <header>\n<h1>{title}</h1>\n<p class=\"as-of\">{as_of}</p>\n</header>\n<nav \
             aria-label=\"Contents\">\n<ul>\n"
        );
        for section in &self.sections {
            _ = writeln!(out, "<li><a href=\"#{}\">{}</a></li>", section.anchor, escaped(&section.heading));
        }
        out.push_str("</ul>\n</nav>\n<main id=\"main\">\n");
        for section in &self.sections {
            section.write(&mut out);
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }
}

impl Section {
    fn write(&self, out: &mut String) {
        let Self { anchor, heading, blocks } = self;
        _ = writeln!(out, "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-heading\">");
        _ = writeln!(out, "<h2 id=\"{anchor}-heading\">{}</h2>", escaped(heading));
        for block in blocks {
            block.write(out, heading);
        }
        out.push_str("</section>\n");
    }
}

impl Block {
    fn write(&self, out: &mut String, around: &str) {
        match self {
            Self::Text(line) => _ = writeln!(out, "<p>{}</p>", line.markup()),
            Self::Heading(heading) => _ = writeln!(out, "<h3>{}</h3>", escaped(heading)),
            Self::Facts(facts) => {
                out.push_str("<dl>\n");
                for fact in facts {
                    _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(&fact.name), fact.value.markup());
                }
                out.push_str("</dl>\n");
            }
            Self::Items(items) => write_items(out, items),
            Self::Table(table) => table.write(out),
            Self::Outline(steps) => write_outline(out, steps),
            Self::Bars(bars) => write_bars(out, bars),
            Self::Written(text) => {
                let lines: Vec<String> = text.lines().map(escaped).collect();
                _ = writeln!(out, "<pre>{}</pre>", lines.join("\n"));
            }
            Self::Picture(svg) => {
                let name = format!("{}: picture, to be scrolled", escaped(around));
                _ = writeln!(
                    out,
                    "<div class=\"scroll\" role=\"region\" aria-label=\"{name}\" tabindex=\"0\">\n{svg}</div>"
                );
            }
        }
    }
}

fn write_items(out: &mut String, items: &[Item]) {
    if items.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for item in items {
        _ = write!(out, "<li>{}", item.text.markup());
        if !item.notes.is_empty() {
            out.push_str("<ul>");
            for note in &item.notes {
                _ = write!(out, "<li class=\"quiet\">{}</li>", note.markup());
            }
            out.push_str("</ul>");
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

/// Bars with their numbers in words.
fn write_bars(out: &mut String, bars: &[Bar]) {
    out.push_str("<ul class=\"bars\">\n");
    for bar in bars {
        _ = write!(out, "<li>{}<span class=\"bar\" aria-hidden=\"true\">", bar.name.markup());
        for part in &bar.parts {
            let percent = part.number.saturating_mul(1000) / bar.of.max(1);
            let (whole, tenth) = (percent / 10, percent % 10);
            _ = write!(out, "<span class=\"{}\" style=\"width:{whole}.{tenth}%\"></span>", part.class);
        }
        _ = writeln!(out, "</span><span class=\"quiet\">{}</span></li>", escaped(&bar.told()));
    }
    out.push_str("</ul>\n");
}

/// Lines below each other as lists within lists; their marks in words as well.
fn write_outline(out: &mut String, steps: &[Step]) {
    let mut open = 0;
    for step in steps {
        while open > step.depth + 1 {
            out.push_str("</li></ul>");
            open -= 1;
        }
        if open == step.depth + 1 {
            out.push_str("</li>\n");
        } else {
            out.push_str(if open == 0 { "<ul class=\"outline\">\n" } else { "\n<ul>\n" });
            open += 1;
        }
        let mark = MARKS
            .iter()
            .find_map(|&(mark, words)| Some((mark, words, step.text.strip_prefix(mark)?.strip_prefix(' ')?)));
        _ = match mark {
            Some((mark, words, text)) => write!(
                out,
                "<li><span class=\"mark\" aria-hidden=\"true\">{mark}</span><span class=\"aside\">{words}: </span>{}",
                with_days(text)
            ),
            None => write!(out, "<li>{}", with_days(&step.text)),
        };
    }
    (0..open).for_each(|_| out.push_str("</li></ul>"));
    out.push('\n');
}

impl Table {
    fn write(&self, out: &mut String) {
        let caption = escaped(&self.caption);
        // A wide table is scrolled, also by the keyboard.
        _ = if self.columns.len() > FITTING {
            writeln!(
                out,
                "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}: table, to be scrolled\" \
                 tabindex=\"0\">\n<table>"
            )
        } else {
            writeln!(out, "<div class=\"frame\">\n<table>")
        };
        _ = write!(out, "<caption>{caption}</caption>\n<thead><tr>");
        for column in &self.columns {
            _ = write!(out, "<th scope=\"col\">{}</th>", escaped(column));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in &self.rows {
            out.push_str("<tr>");
            for (place, (column, cell)) in self.columns.iter().zip(row).enumerate() {
                let cell = cell.markup();
                _ = if place == 0 {
                    write!(out, "<th scope=\"row\">{cell}</th>")
                } else {
                    write!(out, "<td data-column=\"{}\">{cell}</td>", escaped(column))
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
    }
}

impl Line {
    fn markup(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => with_days(text),
            Piece::Id(id) => format!(" <small>{}</small>", escaped(id)),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Text for a page, its days marked as such, so that none is broken at the end of a line.
fn with_days(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(place) = rest.char_indices().map(|(place, _)| place).find(|&place| is_day(&rest[place..])) {
        let (before, after) = rest.split_at(place);
        let (day, after) = after.split_at(DAY);
        _ = write!(out, "{}<time>{day}</time>", escaped(before));
        rest = after;
    }
    out + &escaped(rest)
}

/// The length of a day such as 2026-11-22.
const DAY: usize = 10;

/// Whether a text begins with a day.
fn is_day(text: &str) -> bool {
    let day = text.as_bytes().get(..DAY);
    day.is_some_and(|day| {
        (0..DAY).all(|place| if matches!(place, 4 | 7) { day[place] == b'-' } else { day[place].is_ascii_digit() })
    })
}

/// Text as it may stand between tags and in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
