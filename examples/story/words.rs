//! The words of a story: titles for ids, amounts with what they count.

use credpath::{Amount, Catalog, Purpose, PurposeRule, StepKind};

use crate::story::{Line, Piece, Step};

/// Text that can do nothing to a terminal or a page: what cannot be seen is spelled out.
pub(crate) fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    text.chars().map(|c| if hidden(c) { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() }).collect()
}

/// A title with its id behind it; the id alone where the catalog does not know it.
pub(crate) fn titled(catalog: &Catalog, id: &str) -> Line {
    let title = catalog.credential(id).map_or(id, |found| catalog.get(found).title.as_str());
    let mut line = Line::from(clean(title));
    if title != id {
        line.0.push(Piece::Id(clean(id)));
    }
    line
}

/// A title alone.
pub(crate) fn title(catalog: &Catalog, id: &str) -> Line {
    clean(catalog.credential(id).map_or(id, |found| catalog.get(found).title.as_str())).into()
}

/// `1 hour`, `3 hours`.
pub(crate) fn counted(number: impl std::fmt::Display, word: &str) -> String {
    let number = number.to_string();
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {word}{ending}")
}

/// An amount of money with its currency.
pub(crate) fn money(amount: Amount, currency: Option<&str>) -> String {
    currency.map_or_else(|| amount.to_string(), |currency| format!("{amount} {currency}"))
}

/// Cost and hours, as far as they are stated.
pub(crate) fn takes(cost: Option<Amount>, hours: Option<Amount>, currency: Option<&str>) -> String {
    if cost.is_none() && hours.is_none() {
        return "cost and hours not stated".to_owned();
    }
    let mut told = Vec::new();
    match cost {
        Some(Amount::ZERO) => {}
        Some(cost) => told.push(money(cost, currency)),
        None => told.push("cost not stated".to_owned()),
    }
    match hours {
        Some(Amount::ZERO) => {}
        Some(hours) => told.push(counted(hours, "hour")),
        None => told.push("hours not stated".to_owned()),
    }
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}

/// What is done in a step.
pub(crate) fn verb(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Retake => "take again",
        StepKind::Renew => "renew",
        StepKind::Claim => "claim",
        _ => "take",
    }
}

/// What a step is for; where it is done again, with what the award that is there may not meet.
pub(crate) fn purpose(catalog: &Catalog, purpose: &Purpose, target: &str, again: bool) -> Line {
    let title =
        if purpose.credential == target { Line::from("the target") } else { title(catalog, &purpose.credential) };
    let line = match (purpose.rule, &purpose.requirement) {
        (None, _) => Line::from("the target itself"),
        (Some(_), Some(name)) => Line::from(format!("{} of ", clean(name))).and(title),
        (Some(PurposeRule::Prerequisite), None) => Line::from("before beginning ").and(title),
        (Some(PurposeRule::Corequisite), None) => Line::from("before, or together with ").and(title),
        (Some(PurposeRule::Renewal), None) => Line::from("the renewal of ").and(title),
        (Some(_), None) => title,
    };
    if !again || purpose.conditions.is_empty() {
        line
    } else {
        line.and(format!(" ({})", clean(&purpose.conditions.to_string())))
    }
}

/// The lines of a text by how far they are indented, two spaces a step.
pub(crate) fn outline(text: &str) -> Vec<Step> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let step = |line: &str| {
        let words = line.trim_start();
        Step { depth: (line.len() - words.len()) / 2, text: words.to_owned() }
    };
    let mut steps: Vec<Step> = lines.map(step).collect();
    let least = steps.iter().map(|step| step.depth).min().unwrap_or(0);
    // No step goes down by more than one.
    let mut most = 0;
    for step in &mut steps {
        step.depth = (step.depth - least).min(most);
        most = step.depth + 1;
    }
    steps
}
