//! A map as text for Mermaid.

use std::collections::BTreeSet;
use std::fmt::{self, Write};

use crate::audit::audit::PartKind;
use crate::evaluate::evaluation::Status;
use crate::map::map::{MapArrow, MapEnd, PathwayMap};
use crate::map::markup::numbered;
use crate::map::symbols::{class, fill};
use crate::map::words::{given, role, state};
use crate::plan::answers::plan::PurposeRule;
use crate::value::text::printable;

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
        let statuses: BTreeSet<Status> = self.boxes.iter().filter_map(|shown| shown.status).collect();
        for status in statuses {
            let (name, fill) = (class(Some(status)), fill(Some(status)));
            writeln!(out, "    classDef {name} fill:{fill},stroke:#1b1f24,color:#1b1f24")?;
        }
        Ok(())
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
        let role = self.to.is_box().then(|| role(self.rule).to_owned());
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
