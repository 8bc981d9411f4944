//! The shapes of a picture: what tells statuses, groups and rules apart without colour.

use std::fmt::{self, Write};

use crate::audit::audit::{PartKind, State};
use crate::evaluate::evaluation::Status;
use crate::map::figures::Symbol;
use crate::map::layout::PicturePoint;
use crate::map::map::MapGroup;
use crate::plan::answers::plan::PurposeRule;

/// How far a symbol goes from its middle.
const REACH: i32 = 6;
/// How much is cut off the corners of a group that asks for an amount.
const CORNER: i32 = 9;

/// The name of a status in the style sheet.
pub(crate) fn class(status: Option<Status>) -> &'static str {
    match status {
        None => "none",
        Some(Status::Held) => "held",
        Some(Status::Qualified) => "qualified",
        Some(Status::Undecided) => "undecided",
        Some(Status::InProgress) => "in-progress",
        Some(Status::Lapsed) => "lapsed",
        Some(Status::Unattainable) => "unattainable",
        Some(Status::Eligible) => "eligible",
        Some(Status::Started) => "started",
        Some(Status::Locked) => "locked",
    }
}

/// The colour of a status where there is no style sheet: light, for dark text.
pub(crate) fn fill(status: Option<Status>) -> &'static str {
    match status {
        None => "#ffffff",
        Some(Status::Held) => "#cdeed5",
        Some(Status::Qualified) => "#ddd6fb",
        Some(Status::Undecided) => "#f1ddf0",
        Some(Status::InProgress) => "#cfe5fd",
        Some(Status::Lapsed) => "#fddfc0",
        Some(Status::Unattainable) => "#f3d0d4",
        Some(Status::Eligible) => "#fbf3bd",
        Some(Status::Started) => "#d5f0f1",
        Some(Status::Locked) => "#e8ebee",
    }
}

/// The name of a rule in the style sheet.
pub(crate) fn rule_class(rule: PurposeRule) -> &'static str {
    match rule {
        PurposeRule::Prerequisite => "prerequisite",
        PurposeRule::Corequisite => "corequisite",
        PurposeRule::Stack => "stack",
        PurposeRule::Renewal => "renewal",
    }
}

/// A symbol around a point.
pub(crate) fn symbol(out: &mut String, symbol: Symbol, PicturePoint { x, y }: PicturePoint) -> fmt::Result {
    let r = REACH;
    let ring = format!(r#"<circle class="cp-ring" cx="{x}" cy="{y}" r="{r}"/>"#);
    let disc = format!(r#"<circle class="cp-full" cx="{x}" cy="{y}" r="{r}"/>"#);
    let check = |class: &str| format!(r#"<path class="{class}" d="M{} {y}l2 3l4 -6"/>"#, x - 3);
    let question = format!(r#"<text class="cp-mark" x="{x}" y="{}">?</text>"#, y + 4);
    let letter = |letter: &str| format!(r#"<text class="cp-letter" x="{x}" y="{}">{letter}</text>"#, y + 3);
    let cross = |from: i32| format!("M{} {}l{d} {d}m0 -{d}l-{d} {d}", x - from, y - from, d = 2 * from);
    match symbol {
        Symbol::Status(Status::Held) => write!(out, "{disc}{}", check("cp-tick-in")),
        Symbol::Status(Status::Qualified) => write!(out, "{ring}{}", check("cp-tick")),
        Symbol::Status(Status::Undecided) => write!(out, "{ring}{question}"),
        Symbol::Status(Status::InProgress) => {
            write!(out, r#"{ring}<path class="cp-full" d="M{x} {}a{r} {r} 0 0 1 0 {}z"/>"#, y - r, 2 * r)
        }
        Symbol::Status(Status::Lapsed) => write!(out, r#"{ring}<path class="cp-tick" d="M{x} {}v4h3"/>"#, y - 4),
        Symbol::Status(Status::Unattainable) => write!(out, r#"<path class="cp-tick" d="{}"/>"#, cross(5)),
        Symbol::Status(Status::Eligible) => {
            write!(out, r#"<path class="cp-full" d="M{} {}l10 6l-10 6z"/>"#, x - 4, y - 6)
        }
        Symbol::Status(Status::Started) => {
            write!(out, r#"{ring}<path class="cp-full" d="M{x} {y}v-{r}a{r} {r} 0 0 1 {r} {r}z"/>"#)
        }
        Symbol::Status(Status::Locked) => {
            let lock = format!("M{} {}v-3a3 3 0 0 1 6 0v3", x - 3, y - 1);
            write!(
                out,
                r#"<path class="cp-tick" d="{lock}"/><rect class="cp-full" x="{}" y="{}" width="10" height="7"/>"#,
                x - 5,
                y - 1
            )
        }
        Symbol::State(State::Met) => write!(out, "{}", check("cp-tick")),
        Symbol::State(State::Unmet) => write!(out, r#"<path class="cp-tick" d="M{} {y}h8"/>"#, x - 4),
        Symbol::State(State::Undecided) => write!(out, "{question}"),
        Symbol::All => {
            write!(
                out,
                r#"<rect class="cp-shape" x="{}" y="{}" width="12" height="12"/>{}"#,
                x - 6,
                y - 6,
                letter("&amp;")
            )
        }
        Symbol::Any => write!(out, r#"<circle class="cp-shape" cx="{x}" cy="{y}" r="7"/>{}"#, letter("1")),
        Symbol::Amount => {
            write!(out, r#"<path class="cp-shape" d="M{} {y}l3 -6h8l3 6l-3 6h-8z"/>{}"#, x - 7, letter("n"))
        }
        Symbol::Condition => write!(out, r#"<circle class="cp-full" cx="{x}" cy="{y}" r="2"/>"#),
    }
}

/// The edge of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outline {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

impl Outline {
    /// That of a group: square corners where all are asked for, round ones where any will do, cut ones for an amount.
    pub(crate) fn of_group(self, out: &mut String, group: &MapGroup) -> fmt::Result {
        let Self { x, y, width, height } = self;
        match group.kind {
            PartKind::AllOf | PartKind::Credential { .. } => self.rectangle(out, "cp-group", 0),
            PartKind::AnyOf => self.rectangle(out, "cp-group", (height / 2).min(18)),
            PartKind::AtLeast | PartKind::Credits | PartKind::Hours | PartKind::UpTo => {
                let (c, across, down) = (CORNER, width - 2 * CORNER, height - 2 * CORNER);
                let way = format!("h{across}l{c} {c}v{down}l-{c} {c}h-{across}l-{c} -{c}v-{down}z");
                write!(out, r#"<path class="cp-group" d="M{} {y}{way}"/>"#, x + c)
            }
        }
    }

    /// That of a box: with a second line inside where it is conferred.
    pub(crate) fn of_box(self, out: &mut String, class: &str, conferred: bool, target: bool) -> fmt::Result {
        let Self { x, y, width, height } = self;
        let target = if target { " cp-target" } else { "" };
        self.rectangle(out, &format!("cp-box cp-{class}{target}"), if conferred { 10 } else { 2 })?;
        if conferred {
            let inner = Self { x: x + 3, y: y + 3, width: width - 6, height: height - 6 };
            inner.rectangle(out, "cp-inner", 7)?;
        }
        Ok(())
    }

    fn rectangle(self, out: &mut String, class: &str, round: i32) -> fmt::Result {
        let Self { x, y, width, height } = self;
        write!(out, r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}" rx="{round}"/>"#)
    }
}

/// The head of an arrow at a point: full for components, hollow for what is held before, a bar before it for what may
/// be begun together.
pub(crate) fn head(
    out: &mut String,
    rule: PurposeRule,
    PicturePoint { x, y }: PicturePoint,
    back: bool,
) -> fmt::Result {
    let d = if back { 1 } else { -1 };
    let class = match rule {
        PurposeRule::Stack | PurposeRule::Renewal => "cp-head",
        PurposeRule::Prerequisite | PurposeRule::Corequisite => "cp-hollow",
    };
    let (base, half) = (x + 9 * d, 4);
    write!(out, r#"<path class="{class}" d="M{x} {y}L{base} {}V{}z"/>"#, y - half, y + half)?;
    if rule == PurposeRule::Corequisite {
        write!(out, r#"<path class="cp-bar" d="M{} {}v10"/>"#, x + 12 * d, y - 5)?;
    }
    Ok(())
}
