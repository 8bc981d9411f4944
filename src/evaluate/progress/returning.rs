//! One learner after another from the same beginning: what has come since is taken back, in place of a copy of the
//! state of the whole network.

use crate::catalog::names::Names;
use crate::catalog::network::Part;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Supposing;
use crate::value::ids::{ClassId, CredentialId, LeafId};

impl Progress<'_> {
    /// Takes back whatever has come since an earlier state, of which this one was a copy: in proportion to what that
    /// changed. All of it lies above the leaves that name what has come. Returned is how much was gone through, for
    /// the caller to pay.
    pub(crate) fn return_to(&mut self, earlier: &Self) -> u64 {
        if self.scope.supposing != Supposing::Nothing {
            *self = earlier.clone();
            let network = &self.catalog.network;
            return (network.groups.len() + network.leaves.len() + self.catalog.len() + self.evidence.len()) as u64;
        }
        let mut walked = (self.came_by.len() + self.adds_by_renewal.len()) as u64;
        let names = &self.catalog.names;
        let since = self.evidence.iter().skip(earlier.evidence.len());
        let mut named: Vec<CredentialId> = since.map(|admitted| admitted.evidence.named()).collect();
        named.sort_unstable();
        named.dedup();
        for credential in named {
            for class in Names::closure(names.class(credential), |class| names.up(class)) {
                walked += self.return_class(class, earlier);
            }
        }
        self.evidence.truncate(earlier.evidence.len());
        self.adds_by_renewal.clone_from(&earlier.adds_by_renewal);
        self.conferred.truncate(earlier.conferred.len());
        self.advanced.truncate(earlier.advanced.len());
        self.came_by.clone_from(&earlier.came_by);
        self.undecided.clone_from(&earlier.undecided);
        self.renewals.clone_from(&earlier.renewals);
        self.scope = earlier.scope;
        (self.steps, self.touched) = (earlier.steps, earlier.touched);
        self.work.return_to(&earlier.work);
        walked
    }

    fn return_class(&mut self, class: ClassId, earlier: &Self) -> u64 {
        let network = &self.catalog.network;
        let mut walked = 1;
        self.marks[class] = earlier.marks[class];
        self.work.return_class(class, &earlier.work);
        for leaf in network.uses(class) {
            walked += 1;
            if !self.is_outside(leaf) {
                walked += self.return_leaf(leaf, earlier);
            }
        }
        walked
    }

    fn return_leaf(&mut self, leaf: LeafId, earlier: &Self) -> u64 {
        let network = &self.catalog.network;
        if !earlier.leaf_met.contains(leaf) {
            self.leaf_met.remove(leaf);
        }
        match earlier.adds.get(&leaf) {
            Some(&adds) => self.adds.insert(leaf, adds),
            None => self.adds.remove(&leaf),
        };
        let owner = network.rule_of(leaf).credential();
        self.rules[owner] = earlier.rules[owner];
        let mut walked = 0;
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            walked += 1;
            self.groups[group] = earlier.groups[group];
            above = network.group_above(Part::Group(group));
        }
        for region in self.regions_of(leaf) {
            self.usable[region].truncate(earlier.usable[region].len());
        }
        walked
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::catalog::Catalog;
    use crate::evaluate::options::EvaluateOptions;
    use crate::evaluate::progress::progress::Progress;
    use crate::evaluate::progress::scope::Scope;
    use crate::evaluate::standing::Standing;
    use crate::record::record::LearnerRecord;

    const CATALOG: &str = r#"
[credential]
base = { credits = 5, repeatable = true }
other = { credits = 4, counts_as = "base" }
third = { credits = 3, valid_for = "1 year" }
kept = { valid_for = "while-components", stack = { at_least = 2, from = ["base", "other", "third"] } }
theory = { corequisite = "practice" }
practice = { corequisite = "theory" }
sum = { stack = { credits = 12, from = ["base", "third"], distinct = true } }
halves = { stack = { at_least = 2, distinct = true, from = ["pair", { any_of = ["base", "kept"] }] } }
pair = { stack = { any_of = ["base", "third"] } }
near = { stack = { all_of = ["base", "third"], span = "6 months" } }
recent = { stack = { at_least = 2, from = ["base", "third", "kept"], within = "1 year" } }
card = { valid_for = "1 year", renewal = { requires = { credits = 5, from = ["base"] } } }
goal = { stack = { all_of = ["kept", "near", "sum", "theory", { any_of = ["card", "halves"] }] } }
"#;

    const RECORD: &str = r#"
award = [
    { credential = "base", awarded = 2026-02-01 },
    { credential = "kept", awarded = 2026-02-10 },
    { credential = "other", awarded = 2026-03-01 },
    { credential = "third", awarded = 2026-05-01 },
    { credential = "card", awarded = 2026-01-10 },
    { credential = "theory", awarded = 2026-05-01 },
    { credential = "practice", awarded = 2026-05-01 },
    { credential = "base", awarded = 2026-06-01, credits = 8 },
    { credential = "third", awarded = 2024-05-01 },
]
"#;

    /// Whatever came first and whatever comes after it: going back is as if nothing had come.
    #[test]
    fn going_back_leaves_what_there_was() {
        let catalog = Catalog::parse("catalog", CATALOG).unwrap();
        let record = LearnerRecord::parse("record", RECORD).unwrap();
        let (day, options) = ("2026-09-01".parse().unwrap(), EvaluateOptions::default());
        let issued = Standing::new(&catalog, &record, day, options.accepted()).issued;
        assert_eq!(issued.len(), 9);
        let scope = Scope { derives: true, ..Scope::certain(day, &options) };
        let nobody = Progress::run_within(&catalog, &Standing::default(), scope, None);
        for first in 0..1_usize << issued.len() {
            let given = |progress: &mut Progress<'_>, is_given: &dyn Fn(usize) -> bool| {
                let given = issued.iter().enumerate().filter(|&(place, _)| is_given(place));
                given.for_each(|(_, evidence)| progress.receive(evidence.clone()));
                progress.settle();
            };
            let mut earlier = nobody.clone();
            given(&mut earlier, &|place| first >> place & 1 == 1);
            let mut later = earlier.clone();
            given(&mut later, &|place| first >> place & 1 == 0);
            let walked = later.return_to(&earlier);
            assert_eq!(format!("{later:?}"), format!("{earlier:?}"), "{first:b}");
            assert!(walked > 0 || first + 1 == 1 << issued.len(), "{first:b}");
        }
    }
}
