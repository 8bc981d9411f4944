//! The plainest possible evaluator, as a yardstick: it walks every rule tree again and again until nothing changes.
//! It works from the generator's data and shares no code with the engine.

use crate::generate::{Award, Catalog, Day, Members, Rule};

/// How many conferred credentials a learner has earned by their rules without holding them.
pub(crate) fn qualified(catalog: &Catalog, awards: &[Award], as_of: Day) -> usize {
    let mut state = State {
        catalog,
        as_of,
        unit: (0..catalog.credentials.len()).collect(),
        held: Vec::new(),
        sum: Vec::new(),
        sums: 0,
    };
    for set in &catalog.equivalent {
        for &at in set {
            state.unit[at] = set[0];
        }
    }
    state.held = vec![None; catalog.credentials.len()];
    state.sum = vec![0; catalog.credentials.len()];
    for award in awards {
        let Some(day) = award.awarded else { continue };
        let lapsed =
            catalog.credentials[award.credential].valid_years.is_some_and(|years| day.plus_years(years) <= as_of);
        if day <= as_of && !lapsed {
            let held = &mut state.held[state.unit[award.credential]];
            *held = (*held).max(Some(day));
        }
    }
    let issued = state.held.clone();
    let mut met = vec![false; catalog.credentials.len()];
    loop {
        let before = met.clone();
        for (at, credential) in catalog.credentials.iter().enumerate() {
            let Some(stack) = &credential.stack else { continue };
            if !met[at] && state.meets(stack) && credential.prerequisite.as_ref().is_none_or(|rule| state.meets(rule)) {
                met[at] = true;
                state.held[at] = Some(as_of);
            }
        }
        if met == before {
            return met.iter().zip(&issued).filter(|(met, issued)| **met && issued.is_none()).count();
        }
    }
}

struct State<'a> {
    catalog: &'a Catalog,
    as_of: Day,
    /// Equivalent credentials share one place, the first of their set.
    unit: Vec<usize>,
    /// The latest current award of each unit.
    held: Vec<Option<Day>>,
    /// The number of the last sum in which a unit was added: it adds once to each.
    sum: Vec<usize>,
    sums: usize,
}

impl State<'_> {
    fn meets(&mut self, rule: &Rule) -> bool {
        match rule {
            Rule::One(at) => self.held[self.unit[*at]].is_some(),
            Rule::All(parts) => parts.iter().all(|part| self.meets(part)),
            Rule::Any(parts) => parts.iter().any(|part| self.meets(part)),
            Rule::AtLeast(count, Members::Listed(parts)) => {
                parts.iter().filter(|part| self.meets(part)).count() >= *count
            }
            Rule::Credits { need, from, within_years } => {
                self.sums += 1;
                self.total(from, *within_years) >= *need
            }
            Rule::AtLeast(..) | Rule::UpTo(..) => unreachable!("the generator counts pools only in sums"),
        }
    }

    fn total(&mut self, from: &Members, within_years: Option<u32>) -> u32 {
        match from {
            Members::Pool(pool) => {
                let catalog = self.catalog;
                catalog.pools[*pool].members.iter().map(|&at| self.amount(at, within_years)).sum()
            }
            Members::Listed(parts) => parts
                .iter()
                .map(|part| match part {
                    Rule::One(at) => self.amount(*at, within_years),
                    Rule::UpTo(cap, from) => self.total(from, within_years).min(*cap),
                    _ => unreachable!("a sum counts credentials and capped sums"),
                })
                .sum(),
        }
    }

    fn amount(&mut self, at: usize, within_years: Option<u32>) -> u32 {
        let unit = self.unit[at];
        let counts =
            self.held[unit].is_some_and(|day| within_years.is_none_or(|years| day.plus_years(years) >= self.as_of));
        if !counts || std::mem::replace(&mut self.sum[unit], self.sums) == self.sums {
            return 0;
        }
        self.catalog.credentials[at].credits
    }
}
