//! A map as text for Graphviz.

use std::fmt::{self, Write};

use crate::audit::audit::PartKind;
use crate::map::map::PathwayMap;
use crate::map::markup::quoted;
use crate::map::symbols::fill;
use crate::map::words::state;
use crate::plan::answers::plan::PurposeRule;
use crate::value::text::printable;

impl PathwayMap {
    /// The map as a graph in Graphviz' language, DOT, from left to right: groups as boxes (all), ellipses (any) and
    /// hexagons (an amount); components by solid arrows, prerequisites by dashed, corequisites by dotted ones.
    #[must_use]
    pub fn dot(&self) -> String {
        let mut out = String::new();
        // Writing to a text cannot fail.
        _ = self.write_dot(&mut out);
        out
    }

    fn write_dot(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "digraph map {{")?;
        writeln!(out, "    graph [rankdir=LR, label={}, labelloc=t, fontname=\"Helvetica\"];", quoted(&self.title))?;
        writeln!(out, "    node [fontname=\"Helvetica\", fontsize=11, style=filled, fillcolor=\"#ffffff\"];")?;
        writeln!(out, "    edge [fontname=\"Helvetica\", fontsize=10];")?;
        for (number, shown) in self.boxes.iter().enumerate() {
            let label = quoted(&format!("{}\n{}", printable(&shown.title), shown.standing()));
            let lines = if shown.conferred { 2 } else { 1 };
            let width = if shown.target { 3 } else { 1 };
            writeln!(
                out,
                "    c{number} [shape=box, peripheries={lines}, penwidth={width}, fillcolor=\"{}\", label={label}, \
                 tooltip={}];",
                fill(shown.status),
                quoted(&self.told_of_box(number)),
            )?;
        }
        for (number, group) in self.groups.iter().enumerate() {
            let shape = match group.kind {
                PartKind::AllOf | PartKind::Credential { .. } => "box",
                PartKind::AnyOf => "ellipse",
                PartKind::AtLeast | PartKind::Credits | PartKind::Hours | PartKind::UpTo => "hexagon",
            };
            let mut label = group.told();
            label.extend(group.state.map(|known| format!("\n{}", state(known))));
            label.extend(group.listed.iter().map(|member| format!("\n· {}", member.told())));
            writeln!(
                out,
                "    g{number} [shape={shape}, fillcolor=\"#f6f8fa\", label={}, tooltip={}];",
                quoted(&label),
                quoted(&self.told_of_group(number)),
            )?;
        }
        for arrow in &self.arrows {
            let style = match arrow.rule {
                PurposeRule::Stack | PurposeRule::Renewal => "solid",
                PurposeRule::Prerequisite => "dashed, arrowhead=empty",
                PurposeRule::Corequisite => "dotted, arrowhead=teeempty",
            };
            let label = arrow.label();
            let label = if label.is_empty() { label } else { format!(", label={}", quoted(&label)) };
            writeln!(out, "    {} -> {} [style={style}{label}];", arrow.from.name(), arrow.to.name())?;
        }
        writeln!(out, "}}")
    }
}
