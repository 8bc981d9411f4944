//! Plans under sharing policies (semantics 5.5), by brute force: every order of the claims and every choice of what
//! each uses.
//!
//! # Choices
//!
//! 1. A claim chooses what it uses when its turn comes, out of what is issued and what the steps before it brought;
//!    its prerequisite and what is waived use nothing. A step with a count is one claim.
//! 2. What is issued and current at the start is judged as in claims, on its own date; but nothing is there by
//!    qualification, and so nothing is claimed with it.
//! 3. Policies are rules: where they leave no plan, the cause is [`super::plan::Cause::Rules`]. What is minimal is
//!    decided with them, so a plan may hold a set of steps that would be enough but for a policy. If the target is
//!    held already, nothing is judged.

use super::evaluate::{Chosen, Judge, type_of};
use super::model::*;
use super::plan::{Problem, Steps};

/// What has been done so far.
#[derive(Clone, Default)]
struct Done {
    /// In order, so that awards keep their places.
    new: Vec<Id>,
    steps: Steps,
}

impl Problem<'_> {
    /// Whether the steps can be taken in some order in which every claim can choose what it uses so that no policy is
    /// broken.
    pub fn obeys_policies(&self, steps: &Steps) -> bool {
        if !self.rules.plans_share() || steps.is_empty() {
            return true;
        }
        let start = self.rules.issued(self.as_of, self.view, &[]);
        let fixed = self.rules.fixed_claims(&start);
        self.choose_fixed(&fixed, steps, &mut Vec::new())
    }

    /// What is issued chooses first, in every way.
    fn choose_fixed(&self, open: &[(Id, Vec<Date>)], steps: &Steps, chosen: &mut Vec<Chosen>) -> bool {
        let Some(((id, days), rest)) = open.split_first() else {
            return self.choose(Done::default(), steps, chosen);
        };
        days.iter().any(|day| {
            let world = self.rules.issued_on(self.as_of, *day, self.view);
            let mut witnesses = self.rules.witnesses(&world, id);
            if witnesses.is_empty() {
                witnesses.push(Default::default());
            }
            witnesses.into_iter().any(|witness| {
                chosen.push(Chosen { id, fixed: Some(*day), witness });
                let found = self.choose_fixed(rest, steps, chosen);
                chosen.pop();
                found
            })
        })
    }

    /// Takes and claims all that no policy is about, since that is in nobody's way, and then makes every claim that
    /// can be made, in every way.
    fn choose(&self, mut done: Done, steps: &Steps, chosen: &mut Vec<Chosen>) -> bool {
        let policies = &self.rules.catalog.sharing;
        let is_free = |id: Id| {
            let c = &self.rules.catalog.credentials[id];
            let kind = type_of(c);
            !policies.iter().any(|p| p.between.0 == kind || p.between.1 == kind)
        };
        loop {
            let world = self.rules.issued(self.as_of, self.view, &done.new);
            let open: Vec<Id> = steps.keys().copied().filter(|id| !done.steps.contains_key(id)).collect();
            if open.is_empty() {
                return true;
            }
            // 4.6: all that can be begun together is.
            let begun = self.rules.can_be_begun(&world, &|id| open.contains(&id));
            if !begun.is_empty() {
                begun.into_iter().for_each(|id| done.add(id, steps[id]));
                continue;
            }
            let possible: Vec<Id> = open.into_iter().filter(|id| self.possible(&world, id)).collect();
            let next = possible.iter().copied().find(|id| is_free(id) || self.is_renewed(id));
            if let Some(id) = next {
                done.add(id, steps[id]);
                continue;
            }
            return possible.into_iter().any(|id| {
                let mut after = done.clone();
                after.add(id, steps[id]);
                self.rules.witnesses(&world, id).into_iter().any(|witness| {
                    let claim = Chosen { id, fixed: None, witness };
                    let mut judge = Judge::new(&self.rules);
                    judge.learn(&world);
                    for day in chosen.iter().filter_map(|claim| claim.fixed) {
                        judge.learn(&self.rules.issued_on(self.as_of, day, self.view));
                    }
                    if !chosen.iter().all(|other| judge.may_share(&claim, other)) {
                        return false;
                    }
                    chosen.push(claim);
                    let found = self.choose(after.clone(), steps, chosen);
                    chosen.pop();
                    found
                })
            });
        }
    }
}

impl Done {
    fn add(&mut self, id: Id, times: u32) {
        self.new.extend(vec![id; times as usize]);
        self.steps.insert(id, times);
    }
}
