//! Sums under caps as systems of whole numbers against trying everything.

use std::collections::BTreeMap;

use crate::evaluate::assignment::{Bucket, Placement, SumGoal, most, total};
use crate::evaluate::capped::CappedSum;
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::solve::random::Random;
use crate::value::ids::{Id, LeafId, UnitId};

/// A few units, each with a few choices, in buckets within each other.
struct CappedTask {
    buckets: Vec<Bucket>,
    choices: Vec<Placement>,
}

impl CappedTask {
    fn random(random: &mut Random) -> Self {
        let mut buckets = vec![Bucket { above: 0, cap: u64::MAX }];
        for number in 1..=random.below(4) {
            let cap = u64::from(random.below(9));
            buckets.push(Bucket { above: random.below(number) as usize, cap });
        }
        let number = u32::try_from(buckets.len()).unwrap();
        let mut choices = Vec::new();
        for unit in 0..=random.below(5) {
            for _ in 0..=random.below(3) {
                let member = random.below(6);
                // What is alike is of one kind.
                let (bucket, amount) = (random.below(number) as usize, u64::from(1 + random.below(4)));
                let tag = (LeafId::at(choices.len()), EvidenceId::at(unit as usize));
                let unit = UnitOfAwards::Credential(UnitId::at(unit as usize));
                let member = (member > 0).then(|| UnitId::at(100 + member as usize));
                choices.push(Placement { unit, member, bucket, amount, tag });
            }
        }
        // Of choices that differ only in the award one is kept.
        choices.sort_by_key(|choice| (choice.unit, choice.member, choice.bucket));
        choices.dedup_by_key(|choice| (choice.unit, choice.member, choice.bucket));
        Self { buckets, choices }
    }

    /// The most by trying everything.
    fn most(&self, used: &mut Vec<usize>, next: usize) -> u64 {
        let Some(choice) = self.choices.get(next) else { return self.total(used) };
        let without = self.most(used, next + 1);
        let is_taken = used.iter().any(|&other| {
            let other = &self.choices[other];
            other.unit == choice.unit || choice.member.is_some() && other.member == choice.member
        });
        if is_taken {
            return without;
        }
        used.push(next);
        let with = self.most(used, next + 1);
        used.pop();
        without.max(with)
    }

    fn total(&self, used: &[usize]) -> u64 {
        let mut amounts = vec![0; self.buckets.len()];
        for &number in used {
            amounts[self.choices[number].bucket] += self.choices[number].amount;
        }
        total(&amounts, &self.buckets)
    }

    fn check(&self, used: &[usize], total: u64) {
        for (place, &one) in used.iter().enumerate() {
            for &other in &used[place + 1..] {
                let (one, other) = (&self.choices[one], &self.choices[other]);
                assert!(one.unit != other.unit && (one.member.is_none() || one.member != other.member));
            }
        }
        assert!(self.total(used) >= total);
    }
}

#[test]
fn whole_numbers_reach_the_most_that_there_is() {
    let mut random = Random(0x5eed_cab5);
    for _ in 0..400 {
        let task = CappedTask::random(&mut random);
        let best = task.most(&mut Vec::new(), 0);
        let kept: Vec<usize> = (0..task.choices.len()).collect();
        let sum = CappedSum { choices: &task.choices, kept: &kept, buckets: &task.buckets };
        let ceiling = task.choices.iter().map(|choice| choice.amount).sum();
        for needed in [0, 1, best, best + 1] {
            let found = sum.most(SumGoal { needed, most: true }, ceiling, &mut 10_000_000);
            assert!(found.complete);
            assert_eq!(found.total, best);
            task.check(&found.used, best);
            let found = sum.most(SumGoal { needed, most: false }, ceiling, &mut 10_000_000);
            assert!(found.complete);
            assert_eq!(found.total >= needed, best >= needed);
            task.check(&found.used, found.total);
            let found = most(&task.choices, &task.buckets, SumGoal { needed, most: true }, &mut 10_000_000);
            assert_eq!((found.total, found.complete), (best, true));
            task.check(&found.used, needed.min(best));
        }
    }
}

#[test]
fn what_the_steps_do_not_suffice_for_stays_open() {
    let mut random = Random(0x5eed_cab6);
    let mut open = 0;
    for steps in 0..300 {
        let task = CappedTask::random(&mut random);
        let best = task.most(&mut Vec::new(), 0);
        let kept: Vec<usize> = (0..task.choices.len()).collect();
        let sum = CappedSum { choices: &task.choices, kept: &kept, buckets: &task.buckets };
        let ceiling = task.choices.iter().map(|choice| choice.amount).sum();
        let found = sum.most(SumGoal { needed: best, most: true }, ceiling, &mut { steps });
        assert!(found.total <= best && (!found.complete || found.total == best));
        task.check(&found.used, found.total);
        open += usize::from(!found.complete);
    }
    assert!(open > 20);
}

/// The same of a sum without caps, where a matching decides: what all units together cannot reach takes no steps.
#[test]
fn a_matching_that_was_cut_short_tells_nothing_that_is_not_so() {
    let mut random = Random(0x5eed_cab7);
    let (mut open, mut refused) = (0, 0);
    for steps in (0..120).cycle().take(1_200) {
        let mut task = CappedTask::random(&mut random);
        task.buckets.truncate(1);
        task.choices.iter_mut().for_each(|choice| choice.bucket = 0);
        task.choices.sort_by_key(|choice| (choice.unit, choice.member));
        task.choices.dedup_by_key(|choice| (choice.unit, choice.member));
        let best = task.most(&mut Vec::new(), 0);
        let mut by_unit: BTreeMap<UnitOfAwards, u64> = BTreeMap::new();
        for choice in &task.choices {
            let most = by_unit.entry(choice.unit).or_default();
            *most = choice.amount.max(*most);
        }
        let ceiling: u64 = by_unit.values().sum();
        for needed in [best, best + 1, ceiling, ceiling + 1] {
            let found = most(&task.choices, &task.buckets, SumGoal { needed, most: false }, &mut { steps });
            assert!(found.total <= best);
            task.check(&found.used, found.total.min(needed));
            let is_denied = found.complete && found.total < needed;
            assert!(!is_denied || best < needed);
            assert!(is_denied || needed <= ceiling, "no steps are needed to see that {needed} is out of reach");
            open += usize::from(!found.complete);
            refused += usize::from(is_denied);
        }
    }
    assert!(open > 100 && refused > 1_000, "{open} {refused}");
}

/// Two caps of ten hold what thirty units bring: that no more can be reached is seen by the rows, not by trying.
#[test]
fn what_caps_cannot_hold_is_refused_in_few_steps() {
    let buckets = [Bucket { above: 0, cap: u64::MAX }, Bucket { above: 0, cap: 10 }, Bucket { above: 0, cap: 10 }];
    let choices: Vec<Placement> = (0..30)
        .map(|unit| Placement {
            unit: UnitOfAwards::Credential(UnitId::at(unit)),
            member: None,
            bucket: 1 + unit % 2,
            amount: 3 + u64::try_from(unit / 2).unwrap(),
            tag: (LeafId::at(unit), EvidenceId::at(unit)),
        })
        .collect();
    let kept: Vec<usize> = (0..choices.len()).collect();
    let sum = CappedSum { choices: &choices, kept: &kept, buckets: &buckets };
    for (needed, is_enough) in [(20, true), (21, false)] {
        let found = sum.most(SumGoal { needed, most: false }, 1_000, &mut 100_000);
        assert_eq!((found.complete, found.total >= needed), (true, is_enough), "{needed}");
    }
}
