//! Learners: what they took, and when.

use super::{Catalog, Members, Random, Rule};

/// The day on which records are meant to be judged: every generated award is older.
pub(crate) const AS_OF: Day = Day { month: 2026 * 12 + 10, day: 22 };

/// One completed award, or one under way (which has no date yet).
pub(crate) struct Award {
    pub(crate) credential: usize,
    pub(crate) awarded: Option<Day>,
}

/// A calendar day as months since year 0 and the day of the month. Days stay within 1 to 28, so that adding whole
/// months needs no care at a month's end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Day {
    pub(crate) month: u32,
    pub(crate) day: u32,
}

impl Day {
    pub(crate) fn plus_years(self, years: u32) -> Day {
        Day { month: self.month + 12 * years, ..self }
    }
}

impl Catalog {
    /// Awards of one learner who studied towards some certificates, a diploma or a degree, domain after domain, and
    /// tasted other things on the way: dates over the six years before `AS_OF`, now and then a repeated award or a
    /// study under way.
    pub(crate) fn awards(&self, seed: u64, count: usize) -> Vec<Award> {
        let mut random = Random::new(seed ^ 0x5eed_ed0c);
        let mut study = Study { catalog: self, taken: vec![false; self.credentials.len()], order: Vec::new() };
        let scattered = count / 8;
        for at in random.sample(self.domains.len(), self.domains.len()) {
            let [_, _, certificates, diplomas, degrees] = &self.domains[at].layers;
            for _ in 0..certificates.len() / 2 {
                let aims = match random.below(20) {
                    0 => degrees,
                    1..4 => diplomas,
                    _ => certificates,
                };
                if !aims.is_empty() && study.order.len() < count - scattered {
                    let aim = *random.pick(aims);
                    study.towards(&mut random, aim);
                }
            }
        }
        let mut chosen = study.order;
        chosen.truncate(count - scattered);
        while chosen.len() < count {
            chosen.push(random.below(self.credentials.len()));
        }
        dated(&mut random, chosen)
    }

    /// Up to `count` awards of a learner who has begun what `target` asks for.
    pub(crate) fn awards_towards(&self, seed: u64, target: usize, count: usize) -> Vec<Award> {
        let mut random = Random::new(seed ^ 0x5eed_a177);
        let mut study = Study { catalog: self, taken: vec![false; self.credentials.len()], order: Vec::new() };
        study.towards(&mut random, target);
        let chosen = random.sample(study.order.len(), count).into_iter().map(|place| study.order[place]).collect();
        dated(&mut random, chosen)
    }
}

/// Awards over the six years before [`AS_OF`], a few of them still under way.
fn dated(random: &mut Random, credentials: Vec<usize>) -> Vec<Award> {
    let mut award = |credential| {
        let day = Day { month: AS_OF.month - random.between(1, 72), day: random.between(1, 28) };
        Award { credential, awarded: (!random.percent(3)).then_some(day) }
    };
    credentials.into_iter().map(&mut award).collect()
}

/// What a learner takes to meet rules: about as little as needed, chosen at random.
struct Study<'c> {
    catalog: &'c Catalog,
    taken: Vec<bool>,
    order: Vec<usize>,
}

impl Study<'_> {
    /// Takes what a conferred credential asks for. Half of the conferred components were issued elsewhere.
    fn towards(&mut self, random: &mut Random, at: usize) {
        let catalog = self.catalog;
        let credential = &catalog.credentials[at];
        for rule in [&credential.prerequisite, &credential.stack].into_iter().flatten() {
            self.meet(random, rule);
        }
    }

    fn meet(&mut self, random: &mut Random, rule: &Rule) {
        match rule {
            Rule::One(at) if self.catalog.credentials[*at].stack.is_some() && random.percent(50) => {
                self.towards(random, *at);
            }
            Rule::One(at) => self.take(*at),
            Rule::All(parts) => parts.iter().for_each(|part| self.meet(random, part)),
            Rule::Any(parts) => {
                let part = random.pick(parts);
                self.meet(random, part);
            }
            Rule::AtLeast(count, Members::Listed(parts)) => {
                for place in random.sample(parts.len(), *count) {
                    self.meet(random, &parts[place]);
                }
            }
            Rule::Credits { need, from, .. } => {
                let members: Vec<usize> = match from {
                    Members::Pool(pool) => self.catalog.pools[*pool].members.clone(),
                    Members::Listed(parts) => parts.iter().filter_map(Rule::one).collect(),
                };
                let mut total = 0;
                for place in random.sample(members.len(), members.len()) {
                    if total < *need {
                        total += self.catalog.credentials[members[place]].credits;
                        self.take(members[place]);
                    }
                }
            }
            Rule::AtLeast(..) | Rule::UpTo(..) => {}
        }
    }

    fn take(&mut self, at: usize) {
        if !std::mem::replace(&mut self.taken[at], true) {
            self.order.push(at);
        }
    }
}
