//! Parts of rules in a few words.

use std::collections::BTreeSet;

use crate::audit::audit::WrittenConditions;
use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Extras, Measure, Part, Unit};
use crate::value::amount::Amount;
use crate::value::ids::{ConditionsId, CredentialId, GroupId};

use crate::compare::versions::Versions;

/// So many parts of a group are listed, and of a group among them.
const MOST: usize = 5;
const MOST_INSIDE: usize = 3;

/// A part's demand in words.
pub(crate) fn asks(catalog: &Catalog, part: Part) -> String {
    Words::of(catalog, part).told(MOST)
}

/// A part's own demand in words, without its parts; its name with it.
pub(crate) fn words(catalog: &Catalog, part: Part) -> String {
    let Words { what, how, .. } = Words::of(catalog, part);
    match part {
        Part::Leaf(_) => what,
        Part::Group(group) => {
            let name = catalog.network.extras(group).name.as_deref().unwrap_or_default();
            format!("{name}: {what}{how}")
        }
    }
}

/// The first part that is written differently on both versions, of two that are, as far down as words tell them apart;
/// each with its line.
pub(crate) fn difference(versions: &Versions<'_>, mut parts: [Part; 2]) -> [String; 2] {
    loop {
        let mut words = [0, 1].map(|side| Words::of(versions.catalogs[side], parts[side]));
        let [old, new] = &mut words;
        // What only one side has is never among those that are not listed.
        let lists = [old.list.clone(), new.list.clone()].map(BTreeSet::from_iter);
        old.list.sort_by_key(|part| lists[1].contains(part));
        new.list.sort_by_key(|part| lists[0].contains(part));
        let told = words.map(|words| words.told(MOST));
        let mut deeper = None;
        if let [Part::Group(old), Part::Group(new)] = parts
            && told[0] == told[1]
        {
            let [old, new] = [(0, old), (1, new)].map(|(side, group)| versions.in_common_order(side, group));
            let pairs = old.into_iter().zip(new).map(|(old, new)| [old, new]);
            deeper = pairs.into_iter().find(|&pair| !versions.same_part(pair, false));
        }
        let Some(pair) = deeper else {
            let [old, new] = told;
            let line = |side: usize| versions.catalogs[side].line(parts[side]);
            return [format!("{old} (line {})", line(0)), format!("{new} (line {})", line(1))];
        };
        parts = pair;
    }
}

/// A part: what is asked, of which parts, and how.
struct Words {
    what: String,
    list: Vec<String>,
    how: String,
    /// Whether there are groups among the parts, so that commas would not tell them apart.
    nested: bool,
}

impl Words {
    fn of(catalog: &Catalog, part: Part) -> Self {
        let group = match part {
            Part::Leaf(leaf) => {
                let leaf = catalog.network.leaf(leaf);
                let what = named(catalog, leaf.credential, leaf.conditions);
                return Self { what, list: Vec::new(), how: String::new(), nested: false };
            }
            Part::Group(group) => group,
        };
        let one = |part: &Part| match *part {
            Part::Leaf(leaf) => {
                let leaf = catalog.network.leaf(leaf);
                named(catalog, leaf.credential, leaf.own_conditions)
            }
            Part::Group(inside) => {
                let told = Self::of_group(catalog, inside, |part| match *part {
                    Part::Leaf(leaf) => format!("`{}`", catalog.id(catalog.network.leaf(leaf).credential)),
                    Part::Group(_) => String::new(),
                });
                let told = told.told(if told.nested { 0 } else { MOST_INSIDE });
                match &catalog.network.extras(inside).name {
                    Some(name) => format!("{name} ({told})"),
                    None => told,
                }
            }
        };
        Self::of_group(catalog, group, one)
    }

    fn of_group(catalog: &Catalog, group: GroupId, one: impl Fn(&Part) -> String) -> Self {
        let network = &catalog.network;
        let (described, parts) = (network.group(group), network.parts(group));
        let Extras { name: _, span: _, distinct, average: _, conditions: _, selected: _ } = network.extras(group);
        let amount = Amount::from_hundredths(described.threshold.into());
        let what = match described.measure {
            Measure::Count => match (described.threshold as usize, parts.len()) {
                (1, 2..) => "any".to_owned(),
                (threshold, number @ 2..) if threshold == number => "all".to_owned(),
                (threshold, _) => threshold.to_string(),
            },
            Measure::Sum(Unit::Places) => described.threshold.to_string(),
            Measure::Sum(Unit::Credits) => format!("{amount} credits"),
            Measure::Sum(Unit::Hours) => format!("{amount} hours"),
            Measure::UpTo(_) => format!("up to {amount}"),
        };
        let mut how = if *distinct { ", by different awards".to_owned() } else { String::new() };
        how += &in_brackets(&WrittenConditions::of_group(catalog, group));
        let nested = parts.iter().any(|part| matches!(part, Part::Group(_)));
        Self { what, list: parts.iter().map(one).collect(), how, nested }
    }

    /// With so many parts at the most, and how many more there are.
    fn told(&self, most: usize) -> String {
        let Self { what, list, how, nested } = self;
        let mut listed = list[..list.len().min(most)].to_vec();
        if (1..list.len()).contains(&most) {
            listed.push(format!("{} more", list.len() - most));
        }
        match (list.len(), nested) {
            _ if list.is_empty() => format!("{what}{how}"),
            (number, true) if listed.is_empty() => format!("{what} of {number} parts{how}"),
            (number, true) => format!("{what} of {number} parts{how}: {}", listed.join("; ")),
            (_, false) => format!("{what} of {}{how}", listed.join(", ")),
        }
    }
}

fn named(catalog: &Catalog, credential: CredentialId, conditions: ConditionsId) -> String {
    format!("`{}`{}", catalog.id(credential), in_brackets(&WrittenConditions::new(catalog, conditions)))
}

fn in_brackets(conditions: &WrittenConditions) -> String {
    if conditions.is_empty() { String::new() } else { format!(" ({conditions})") }
}
