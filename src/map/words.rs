//! What stands on a map, in words.

use crate::audit::audit::{PartKind, State, WrittenConditions};
use crate::map::map::{MapArrow, MapBox, MapEnd, MapGroup, MapMember, PathwayMap};
use crate::plan::answers::plan::PurposeRule;
use crate::value::text::{counted, printable};

/// Parts of a group that are told where it is told what a credential asks for.
const MOST_TOLD: usize = 60;
/// Characters of a text that is repeated.
const MOST_CHARACTERS: usize = 200;

impl MapGroup {
    /// What it asks for, in words, without its name and its conditions.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { need, parts, .. } = self;
        match &self.kind {
            PartKind::AnyOf => format!("any 1 of {parts}"),
            PartKind::AtLeast => format!("at least {need} of {parts}"),
            PartKind::Credits => match &self.credit_unit {
                Some(unit) => format!("{need} {} from {parts}", printable(unit)),
                None => format!("{} from {parts}", counted(*need, "credit")),
            },
            PartKind::Hours => format!("{} from {parts}", counted(*need, "hour")),
            PartKind::UpTo => format!("up to {need} from {parts}"),
            PartKind::AllOf | PartKind::Credential { .. } => format!("all of {parts}"),
        }
    }

    /// The conditions on it, and that no award may count twice.
    pub(crate) fn terms(&self) -> String {
        let mut all = if self.distinct { vec!["no award twice".to_owned()] } else { Vec::new() };
        all.extend(given(&self.conditions));
        all.join(", ")
    }

    /// Name, demand and conditions.
    pub(crate) fn told(&self) -> String {
        let name = self.name.as_deref().map(|name| format!("{}: ", printable(name))).unwrap_or_default();
        let terms = self.terms();
        let terms = if terms.is_empty() { terms } else { format!(" ({terms})") };
        format!("{name}{}{terms}", self.words())
    }
}

/// The beginning of a text that is too long to be repeated wherever it is named.
pub(crate) fn brief(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Conditions in words, if there are any.
pub(crate) fn given(conditions: &WrittenConditions) -> Option<String> {
    (!conditions.is_empty()).then(|| conditions.to_string())
}

/// Something with its conditions behind it.
fn with(what: &str, conditions: &WrittenConditions) -> String {
    given(conditions).map_or_else(|| what.to_owned(), |terms| format!("{what} ({terms})"))
}

/// What a rule is for, before what it asks.
pub(crate) fn role(rule: PurposeRule) -> &'static str {
    match rule {
        PurposeRule::Prerequisite => "before beginning",
        PurposeRule::Corequisite => "before, or together with it",
        PurposeRule::Stack => "earned by",
        PurposeRule::Renewal => "to renew it",
    }
}

/// Whether a learner has a group, in words.
pub(crate) fn state(state: State) -> &'static str {
    match state {
        State::Met => "met",
        State::Unmet => "not met yet",
        State::Undecided => "not decided within the work limit",
    }
}

impl MapBox {
    /// Its status, or what it is, and that it is the target.
    pub(crate) fn standing(&self) -> String {
        let kind = printable(&self.kind);
        let told = self.status.map_or_else(|| kind.clone(), |status| status.words(self.conferred).to_owned());
        if self.target { format!("{told} · target") } else { told }
    }
}

impl MapMember {
    /// Its title and its conditions.
    pub(crate) fn told(&self) -> String {
        with(&printable(&self.title), &self.conditions)
    }
}

impl PathwayMap {
    /// All that there is to say of a box: its titles, its status, and what its rules ask for.
    pub(crate) fn told_of_box(&self, number: usize) -> String {
        let Some(shown) = self.boxes.get(number) else { return String::new() };
        let (title, id) = (printable(&shown.title), printable(&shown.credential));
        let named = if title == id { title } else { format!("{title} ({id})") };
        let mut told = vec![format!("{named}, {}", printable(&shown.kind)), shown.standing()];
        if !shown.also_by.is_empty() {
            let mut others: Vec<String> = shown.also_by.iter().map(|other| printable(&other.title)).collect();
            if shown.also_by_more > 0 {
                others.push(format!("and {} more", shown.also_by_more));
            }
            told.push(format!("also by: {}", others.join(", ")));
        }
        for arrow in self.into(MapEnd::Box(number)) {
            told.push(format!("{}: {}", role(arrow.rule), self.told_of_end(arrow)));
            told.extend(self.parts_told(arrow.from));
        }
        told.join("\n")
    }

    /// All that there is to say of a group: what it asks for, whether the learner has it, and its parts.
    pub(crate) fn told_of_group(&self, number: usize) -> String {
        let Some(group) = self.groups.get(number) else { return String::new() };
        let mut told = vec![group.told()];
        told.extend(group.state.map(|known| state(known).to_owned()));
        told.extend(self.parts_told(MapEnd::Group(number)));
        told.join("\n")
    }

    /// The parts of a group, each on a line of its own, as far as they are few.
    fn parts_told(&self, end: MapEnd) -> Vec<String> {
        let MapEnd::Group(number) = end else { return Vec::new() };
        let mut told: Vec<String> = self.into(end).map(|arrow| format!("– {}", self.told_of_end(arrow))).collect();
        let listed = self.groups.get(number).map_or(&[][..], |group| &group.listed);
        told.extend(listed.iter().map(|member| {
            let status = member.status.map(|status| format!(": {}", status.words(false))).unwrap_or_default();
            format!("– {}{status}", member.told())
        }));
        if told.len() > MOST_TOLD {
            let more = told.len() - MOST_TOLD;
            told.truncate(MOST_TOLD);
            told.push(format!("– {more} more"));
        }
        told
    }

    /// What an arrow comes from, in words.
    fn told_of_end(&self, arrow: &MapArrow) -> String {
        let what = match arrow.from {
            MapEnd::Box(number) => self.boxes.get(number).map(|shown| printable(&shown.title)),
            MapEnd::Group(number) => self.groups.get(number).map(MapGroup::told),
        };
        with(&what.unwrap_or_default(), &arrow.conditions)
    }
}
