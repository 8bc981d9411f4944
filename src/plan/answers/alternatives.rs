//! Further plans: the best ones that contain none of those before, and all that trade cost for hours ([semantics
//! 7.8](crate::semantics#7.8)).

use crate::value::ids::CredentialId;
use crate::value::stamp::Stamp;
use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;

use crate::plan::answers::plan::{Optimality, Plan, PlanOutcome};
use crate::plan::question::answer::{answer, solve};
use crate::plan::question::cause;
use crate::plan::question::essential::Known;
use crate::plan::question::options::{Besides, Objective, PlanOptions};
use crate::plan::question::problem::Formulation;
use crate::plan::question::question::Question;
use crate::plan::question::uncounted::UncountedInPlans;

/// Several plans to one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plans {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The plans, the best first; for trade-offs, the cheapest first.
    pub plans: Vec<Plan>,
    /// True if there are no more.
    pub complete: bool,
    /// True if every plan is proven to be what it stands for. If not, the work limit was met, and none follows.
    pub proven: bool,
}

impl Catalog {
    /// The best plans to a target, at most `most` of them, none of which contains another ([semantics
    /// 7.8](crate::semantics#7.8)). With `differing` of 2 or more, each leaves out at least so many credentials of
    /// every one before it.
    ///
    /// Every plan is proven to be the best of those that are left, and verifies as such. The work limit of the options
    /// is for all together.
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, PlanOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     logic = { cost = 100 }
    ///     ethics = { cost = 120 }
    ///     rhetoric = { cost = 250 }
    ///     minor = { stack = { at_least = 2, from = ["logic", "ethics", "rhetoric"] } }
    /// "#)?;
    /// let minor = catalog.credential("minor").expect("defined above");
    /// let (record, as_of) = (LearnerRecord::default(), "2026-11-25".parse()?);
    /// let found = catalog.alternatives(&record, as_of, minor, &PlanOptions::default(), 10, 1);
    /// let costs: Vec<String> = found.plans.iter().map(|plan| plan.cost.to_string()).collect();
    /// assert_eq!((costs, found.complete), (vec!["220".to_owned(), "350".to_owned(), "370".to_owned()], true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn alternatives(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
        most: usize,
        differing: u32,
    ) -> Plans {
        self.in_turn(record, &Question { target, as_of, options }, most, |plan, _, options| {
            let steps = plan.steps.iter().filter_map(|step| Some((self.credential(&step.credential)?, step.times)));
            options.besides.push(Besides { steps: steps.collect(), differing });
            // An empty plan is contained in every other.
            !plan.steps.is_empty()
        })
    }

    /// Every plan that trades cost for hours: the cheapest, and then, with ever fewer hours, the cheapest each time, so
    /// that none is at least as good as another in both ([semantics 7.8](crate::semantics#7.8)). The objective of the
    /// options is not looked at; at most `most` plans are given.
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, PlanOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     credential.night = { cost = 300, hours = 60 }
    ///     credential.block = { cost = 500, hours = 40 }
    ///     credential.baker = { stack = { any_of = ["block", "night"] } }
    /// "#)?;
    /// let baker = catalog.credential("baker").expect("defined above");
    /// let (record, as_of) = (LearnerRecord::default(), "2026-11-25".parse()?);
    /// let found = catalog.trade_offs(&record, as_of, baker, &PlanOptions::default(), 10);
    /// let pairs = found.plans.iter().map(|plan| format!("{} for {} hours", plan.cost, plan.hours));
    /// assert_eq!(pairs.collect::<Vec<_>>(), ["300 for 60 hours", "500 for 40 hours"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trade_offs(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
        most: usize,
    ) -> Plans {
        let options = PlanOptions { objective: Objective::Cost, ..options.clone() };
        self.in_turn(record, &Question { target, as_of, options: &options }, most, |plan, before, options| {
            // One that costs as much and states more, but takes more hours, is no trade.
            before.retain(|other| other.cost < plan.cost);
            let fewer = plan.hours.hundredths().checked_sub(1);
            options.most_hours = fewer.map(Amount::from_hundredths);
            fewer.is_some()
        })
    }

    /// Plans one after the other; `further` narrows the options to what is left, or says that nothing
    /// is; and takes away, of those before, what the plan leaves without use.
    fn in_turn(
        &self,
        record: &LearnerRecord,
        question: &Question<'_>,
        most: usize,
        mut further: impl FnMut(&Plan, &mut Vec<Plan>, &mut PlanOptions) -> bool,
    ) -> Plans {
        let mut found = Plans { stamp: self.stamp(), plans: Vec::new(), complete: false, proven: true };
        if most == 0 {
            return found;
        }
        if cause::of_another_catalog(self, question).is_some() {
            found.proven = false;
            return found;
        }
        let start = question.start(self, record);
        let mut known = Known::default();
        let mut options = question.options.clone();
        let first = UncountedInPlans::new(self, record, question.as_of, question.options)
            .told(answer(&start, question, &mut known));
        if !found.keep(first, &mut options, &mut further) {
            return found;
        }
        // The rules are the same for all others, and are stated once.
        let stated = options.clone();
        let formulation = Formulation::new(&start, &Question { options: &stated, ..*question });
        while found.plans.len() < most {
            let outcome = solve(&formulation.problem(Question { options: &options, ..*question }), &mut known);
            if !found.keep(outcome, &mut options, &mut further) {
                break;
            }
        }
        found
    }
}

impl Plans {
    /// Adds what was found. True if more is to be looked for.
    fn keep(
        &mut self,
        outcome: PlanOutcome,
        options: &mut PlanOptions,
        mut further: impl FnMut(&Plan, &mut Vec<Plan>, &mut PlanOptions) -> bool,
    ) -> bool {
        match outcome {
            PlanOutcome::Plan(plan) => {
                options.work = options.work.saturating_sub(plan.effort.work);
                self.proven = plan.optimality == Optimality::Proven;
                self.complete = self.proven && !further(&plan, &mut self.plans, options);
                self.plans.push(*plan);
                self.proven && !self.complete
            }
            PlanOutcome::Unattainable(_) => {
                self.complete = true;
                false
            }
            PlanOutcome::Undecided(_) => {
                self.proven = false;
                false
            }
        }
    }
}
