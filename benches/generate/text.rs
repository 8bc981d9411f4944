//! Writes generated catalogs and records as TOML, and the few regular catalogs that stress one thing each.

use std::fmt::{self, Display, Formatter, Write as _};

use super::{Award, Catalog, Credential, Day, Layer, Members, Rule};

impl Catalog {
    /// The catalog as a TOML file.
    pub(crate) fn to_toml(&self) -> String {
        let mut text = String::from("[catalog]\ntitle = \"Generated catalog\"\ncurrency = \"CAD\"\n");
        if !self.equivalent.is_empty() {
            text.push_str("equivalent = [\n");
            for set in &self.equivalent {
                let ids: Vec<&str> = set.iter().map(|&at| self.id(at)).collect();
                add(&mut text, format_args!("    {ids:?},\n"));
            }
            text.push_str("]\n");
        }
        for pool in &self.pools {
            add(&mut text, format_args!("\n[pool.{}]\n", pool.name));
            if let Some(tag) = &pool.filter {
                add(&mut text, format_args!("members = {{ tags = [\"{tag}\"] }}\n"));
            } else {
                let ids: Vec<&str> = pool.members.iter().map(|&at| self.id(at)).collect();
                add(&mut text, format_args!("members = {ids:?}\n"));
            }
        }
        for credential in &self.credentials {
            self.write_credential(&mut text, credential);
        }
        text
    }

    pub(crate) fn id(&self, at: usize) -> &str {
        &self.credentials[at].id
    }

    fn write_credential(&self, text: &mut String, credential: &Credential) {
        add(text, format_args!("\n[credential.{}]\n", credential.id));
        // A micro-credential is what a credential is unless it says otherwise.
        let kind = match credential.layer {
            Layer::Foundation => Some("Course"),
            Layer::Micro => None,
            Layer::Certificate => Some("Certificate"),
            Layer::Diploma => Some("Diploma"),
            Layer::Degree => Some("Degree"),
        };
        if let Some(kind) = kind {
            add(text, format_args!("type = \"{kind}\"\n"));
        }
        add(text, format_args!("level = {}\ncredits = {}\n", credential.level, Hundredths(credential.credits)));
        if credential.hours > 0 {
            add(text, format_args!("hours = {}\n", credential.hours));
        }
        add(text, format_args!("cost = {}\n", credential.cost));
        if let Some(years) = credential.valid_years {
            add(text, format_args!("valid_for = \"{years} years\"\n"));
        }
        if let Some(tag) = &credential.tag {
            add(text, format_args!("tags = [\"{tag}\"]\n"));
        }
        for (key, rule) in [("prerequisite", &credential.prerequisite), ("stack", &credential.stack)] {
            if let Some(rule) = rule {
                add(text, format_args!("{key} = "));
                self.write_rule(text, rule);
                text.push('\n');
            }
        }
    }

    fn write_rule(&self, text: &mut String, rule: &Rule) {
        match rule {
            Rule::One(at) => add(text, format_args!("\"{}\"", self.id(*at))),
            Rule::All(parts) => self.write_group(text, format_args!("all_of = "), parts, ""),
            Rule::Any(parts) => self.write_group(text, format_args!("any_of = "), parts, ""),
            Rule::AtLeast(count, from) => self.write_counting(text, format_args!("at_least = {count}"), from, None),
            Rule::Credits { need, from, within_years } => {
                self.write_counting(text, format_args!("credits = {}", Hundredths(*need)), from, *within_years);
            }
            Rule::UpTo(cap, from) => {
                self.write_counting(text, format_args!("up_to = {}", Hundredths(*cap)), from, None);
            }
        }
    }

    fn write_counting(&self, text: &mut String, head: fmt::Arguments<'_>, from: &Members, within_years: Option<u32>) {
        let tail = within_years.map(|years| format!(", within = \"{years} years\"")).unwrap_or_default();
        match from {
            Members::Pool(pool) => {
                add(text, format_args!("{{ {head}, from = \"{}\"{tail} }}", self.pools[*pool].name));
            }
            Members::Listed(parts) => self.write_group(text, format_args!("{head}, from = "), parts, &tail),
        }
    }

    fn write_group(&self, text: &mut String, head: fmt::Arguments<'_>, parts: &[Rule], tail: &str) {
        add(text, format_args!("{{ {head}["));
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            self.write_rule(text, part);
        }
        add(text, format_args!("]{tail} }}"));
    }
}

/// A learner's record as a TOML file.
pub(crate) fn record(catalog: &Catalog, awards: &[Award]) -> String {
    let mut text = String::new();
    for award in awards {
        add(&mut text, format_args!("[[award]]\ncredential = \"{}\"\n", catalog.id(award.credential)));
        match award.awarded {
            Some(day) => add(&mut text, format_args!("awarded = {day}\n\n")),
            None => text.push_str("status = \"in-progress\"\n\n"),
        }
    }
    text
}

/// `n` credentials `c0`, `c1`, …, each with the one before it as its prerequisite.
pub(crate) fn chain(n: usize) -> String {
    linked(n, "prerequisite", None)
}

/// `n` credentials, each but the first conferred by the one before it: holding `c0` earns them all.
pub(crate) fn cascade(n: usize) -> String {
    linked(n, "stack", None)
}

/// `n` credentials in a ring of prerequisites: none can ever be begun.
pub(crate) fn cycle(n: usize) -> String {
    linked(n, "prerequisite", n.checked_sub(1))
}

/// `layers` layers of two conferred credentials, each of which needs both of the layer below: 2 to the power of
/// `layers` paths lead from the top to `a0` and `b0`, but only `2 * layers` rules.
pub(crate) fn diamonds(layers: usize) -> String {
    let mut text = String::from("[credential.a0]\n\n[credential.b0]\n");
    for layer in 1..=layers {
        let below = layer - 1;
        for side in ["a", "b"] {
            let parts = format_args!("[\"a{below}\", \"b{below}\"]");
            add(&mut text, format_args!("\n[credential.{side}{layer}]\nstack = {{ all_of = {parts} }}\n"));
        }
    }
    text
}

fn linked(n: usize, key: &str, first: Option<usize>) -> String {
    let mut text = String::new();
    for at in 0..n {
        add(&mut text, format_args!("[credential.c{at}]\n"));
        if let Some(before) = at.checked_sub(1).or(first) {
            add(&mut text, format_args!("{key} = \"c{before}\"\n"));
        }
        text.push('\n');
    }
    text
}

/// Appends formatted text; writing to a `String` cannot fail.
fn add(text: &mut String, what: fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
}

/// Hundredths, written with as many places as needed.
struct Hundredths(u32);

impl Display for Hundredths {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.month / 12, self.month % 12 + 1, self.day)
    }
}
