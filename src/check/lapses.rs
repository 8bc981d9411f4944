//! Components that lapse before the stack can be finished.

use std::collections::BTreeSet;

use crate::catalog::Validity;
use crate::catalog::network::Rule;
use crate::date::{Date, Period};
use crate::diagnostic::{Code, Diagnostic, Severity};

use super::Check;
use super::witness::{Lasting, Witness};

/// Links of a chain that are followed.
const LONGEST: usize = 64;

impl Check<'_> {
    /// Tells of every component after which another one takes longer than it lasts.
    pub(super) fn lapses(&mut self) {
        let stacks: Vec<Rule> = (0..self.document.credentials.len())
            .map(|credential| Rule::stack(crate::catalog::network::to_u32(credential)))
            .filter(|&rule| self.catalog.network.top(rule).is_some())
            .collect();
        for rule in stacks {
            let required = self.required(rule);
            for &last in &required {
                self.lapses_before(rule, &required, last);
            }
        }
    }

    /// The components that lapse before one that needs them first can be finished.
    fn lapses_before(&mut self, rule: Rule, required: &BTreeSet<u32>, last: u32) {
        // What has to be held before the next link is begun, and so on back.
        let mut open = vec![vec![last]];
        let mut told = BTreeSet::new();
        while let Some(chain) = open.pop() {
            let first = chain[chain.len() - 1];
            for before in self.required(Rule::prerequisite(first)) {
                if chain.contains(&before) || chain.len() >= LONGEST {
                    continue;
                }
                let mut longer = chain.clone();
                longer.push(before);
                if required.contains(&before) && self.lapses_on_the_way(&longer) && told.insert(before) {
                    self.lapse(rule, &longer);
                } else if told.len() + open.len() < LONGEST {
                    open.push(longer);
                }
            }
        }
    }

    /// Whether an award of the last of the chain has lapsed when the first, which comes last, is awarded, whatever the day.
    fn lapses_on_the_way(&self, chain: &[u32]) -> bool {
        let Some((&first, later)) = chain.split_last() else { return false };
        let Validity::For(validity) = self.catalog.at(first).valid_for else { return false };
        let durations: Vec<Period> = later.iter().rev().filter_map(|&link| self.catalog.at(link).duration).collect();
        if durations.is_empty() {
            return false;
        }
        // Four years of days, with a leap day among them, hold every case of the calendar.
        let days = (0..=1461).filter_map(|day| Date::numbered(Date::new(2027, 1, 1)?.number() + day));
        let mut days = days.peekable();
        days.peek().is_some()
            && days.all(|awarded| {
                let ends = awarded.after(validity);
                let finished = durations.iter().try_fold(awarded, |day, &duration| day.after(duration));
                matches!((ends, finished), (Some(ends), Some(finished)) if finished >= ends)
            })
    }

    fn lapse(&mut self, rule: Rule, chain: &[u32]) {
        let (first, last) = (chain[chain.len() - 1], chain[0]);
        let credential = rule.credential();
        let steps: Vec<u32> = chain.iter().rev().copied().collect();
        let described = |&step: &u32| {
            let described = self.catalog.at(step);
            Lasting {
                credential: described.id.clone(),
                takes: described.duration.map(|duration| duration.to_string()),
                valid_for: described.valid_for.to_string(),
            }
        };
        let takes = |&step: &u32| Some(format!("{} takes {}", self.quoted(step), self.catalog.at(step).duration?));
        let after: Vec<String> = steps.iter().skip(1).filter_map(takes).collect();
        let message = format!(
            "{} lapses before {} can be finished: it lasts {}, and after it {}",
            self.quoted(first),
            self.quoted(credential),
            self.catalog.at(first).valid_for,
            after.join(", ")
        );
        let place = self.place_of(rule);
        let diagnostic = Diagnostic::new(Code::LapsesTooSoon, place, message)
            .also(self.written(first).places.value("valid_for"), "lasts no longer")
            .also(self.written(last).places.value("prerequisite"), "comes after it")
            .help("let it last longer, or let learners renew it in time")
            .witness(Witness::Chain { steps: steps.iter().map(described).collect() });
        self.find(credential, diagnostic, Severity::Warning);
    }

    /// The credentials that a rule cannot be met without, as it is written.
    fn required(&self, rule: Rule) -> BTreeSet<u32> {
        let network = &self.catalog.network;
        network.required(rule).into_iter().map(|leaf| network.leaf(leaf).credential).collect()
    }
}
