//! A map as text for Mermaid.

use std::fmt::{self, Write};

use crate::audit::audit::PartKind;
use crate::map::map::{MapArrow, MapEnd, PathwayMap};
use crate::map::markup::numbered;
use crate::map::symbols::class;
use crate::map::words::{given, state};
use crate::plan::answers::plan::PurposeRule;
use crate::value::text::printable;

/// Boxes by status: light, with dark text, on light and dark pages alike.
const CLASSES: &str = "\
    classDef held fill:#cdeed5,stroke:#1b1f24,color:#1b1f24
    classDef qualified fill:#ddd6fb,stroke:#1b1f24,color:#1b1f24
    classDef in-progress fill:#cfe5fd,stroke:#1b1f24,color:#1b1f24
    classDef lapsed fill:#fddfc0,stroke:#1b1f24,color:#1b1f24
    classDef unattainable fill:#f3d0d4,stroke:#1b1f24,color:#1b1f24
    classDef eligible fill:#fbf3bd,stroke:#1b1f24,color:#1b1f24
    classDef started fill:#d5f0f1,stroke:#1b1f24,color:#1b1f24
    classDef locked fill:#e8ebee,stroke:#1b1f24,color:#1b1f24
    classDef undecided fill:#f1ddf0,stroke:#1b1f24,color:#1b1f24
";

impl PathwayMap {
    /// The map as the text of a Mermaid flowchart, from left to right: groups as squares (all), rounded (any) and
    /// hexagons (an amount); components by thick arrows, prerequisites by plain, corequisites by dotted ones.
    ///
    /// Mermaid refuses charts with more than 500 arrows unless its `maxEdges` is set higher.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        _ = self.write_mermaid(&mut out);
        out
    }

    fn write_mermaid(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "flowchart LR")?;
        let shows_status = self.boxes.iter().any(|shown| shown.status.is_some());
        for (number, shown) in self.boxes.iter().enumerate() {
            let text = format!("{}\n{}", printable(&shown.title), shown.standing());
            let text = numbered(&text);
            let class = shown.status.map(|status| format!(":::{}", class(Some(status)))).unwrap_or_default();
            if shown.conferred {
                writeln!(out, "    c{number}[[{text}]]{class}")?;
            } else {
                writeln!(out, "    c{number}[{text}]{class}")?;
            }
        }
        for (number, group) in self.groups.iter().enumerate() {
            let mut text = group.told();
            text.extend(group.state.map(|known| format!("\n{}", state(known))));
            text.extend(group.listed.iter().map(|member| format!("\n· {}", member.told())));
            let text = numbered(&text);
            match group.kind {
                PartKind::AllOf | PartKind::Credential { .. } => writeln!(out, "    g{number}[{text}]")?,
                PartKind::AnyOf => writeln!(out, "    g{number}([{text}])")?,
                PartKind::AtLeast | PartKind::Credits | PartKind::Hours | PartKind::UpTo => {
                    writeln!(out, "    g{number}{{{{{text}}}}}")?;
                }
            }
        }
        for arrow in &self.arrows {
            arrow.write_mermaid(out)?;
        }
        if shows_status { write!(out, "{CLASSES}") } else { Ok(()) }
    }
}

impl MapEnd {
    /// Its name in a text.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Box(number) => format!("c{number}"),
            Self::Group(number) => format!("g{number}"),
        }
    }

    pub(crate) fn is_box(self) -> bool {
        matches!(self, Self::Box(_))
    }
}

impl MapArrow {
    /// What stands at it: what the rule is for where it leads to a credential, and conditions.
    pub(crate) fn label(&self) -> String {
        let role = self.to.is_box().then(|| crate::map::words::role(self.rule).to_owned());
        role.into_iter().chain(given(&self.conditions)).collect::<Vec<_>>().join(", ")
    }

    fn write_mermaid(&self, out: &mut String) -> fmt::Result {
        let line = match self.rule {
            PurposeRule::Stack | PurposeRule::Renewal => "==>",
            PurposeRule::Prerequisite => "-->",
            PurposeRule::Corequisite => "-.->",
        };
        let label = self.label();
        let label = if label.is_empty() { label } else { format!("|{}|", numbered(&label)) };
        writeln!(out, "    {} {line}{label} {}", self.from.name(), self.to.name())
    }
}
