//! Why a plan is as it is: what binds it, and what other choices would add.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Part;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::stamp::Stamp;

use crate::plan::answers::plan::{Plan, PlanStep, PurposeRule, StepKind};
use crate::plan::answers::verify::Flaw;
use crate::plan::model::amounts::{amount, hundredths};
use crate::plan::model::closure::Closure;
use crate::plan::question::options::{Objective, PlanOptions};
use crate::plan::question::problem::{Formulation, Problem};
use crate::plan::question::question::Question;
use crate::plan::search::oracle::{AskedPlans, PlanOracle, program};
use crate::solve::bounding::{Ledger, PARTS};
use crate::solve::ids::RowId;
use crate::solve::row::Interval;
use crate::value::meter::Meter;

/// Why a plan is as it is.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     logic = { cost = 100 }
///     ethics = { cost = 120 }
///     rhetoric = { cost = 250 }
///     minor = { cost = 20, stack = { name = "core", at_least = 2, from = ["logic", "ethics", "rhetoric"] } }
/// "#)?;
/// let minor = catalog.credential("minor").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.plan(&record, "2026-11-25".parse()?, minor, &PlanOptions::default());
/// let explanation = outcome.plan().expect("there is a way").explain(&catalog, &record)?;
/// let other = &explanation.choices[0];
/// assert_eq!(other.credential, "ethics");
/// assert_eq!(other.adds.map(|adds| adds.to_string()), Some("130".to_owned()));
/// assert_eq!(other.instead, ["rhetoric"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The unit of the amounts.
    pub objective: Objective,
    /// The catalog's currency, if the amounts are costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The worth of the credentials that every plan contains, together, in the unit of the objective.
    pub essential: Amount,
    /// The requirements that keep the plan from being better, each with its share of what every plan is worth beyond
    /// that, the greatest first. Together with `essential` they come to what the relaxation of the problem proves,
    /// which can be less than the plan.
    pub binding: Vec<Binding>,
    /// For each credential that the plan takes although not every plan does, what doing without it would add; in the
    /// order of the plan's steps.
    pub choices: Vec<Choice>,
}

/// A requirement that keeps a plan from being better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Binding {
    /// Id of the credential whose requirement it is; none where it is a limit of the caller's, or an exclusion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The rule of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<PurposeRule>,
    /// The name of the group, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The line of the catalog where it is written; 0 if it is not written there.
    pub line: usize,
    /// Its share, in the unit of the objective, rounded to hundredths.
    pub share: Amount,
}

/// The next best choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Choice {
    /// Id of a credential that the plan takes.
    pub credential: String,
    /// The amount by which the best plan without it is worth more, in the unit of the objective; none if there is no
    /// plan without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adds: Option<Amount>,
    /// True if that is exact; otherwise the work limit was met, and it is at least so much.
    pub exact: bool,
    /// Ids of the credentials that are awarded in that plan but not in this one, in byte order, if it was found.
    pub instead: Vec<String>,
}

impl Plan {
    /// Why the plan is as it is: which requirements bind it, and what other choices would add. Each choice is a plan of
    /// its own; all of them together are looked for with the work that the plan left of the limit in its options, but
    /// with a sixteenth of it in any case, and what one of them leaves of its share is left to the others. A plan may
    /// have been stored, and changed since: no more than 2,000,000,000 steps are ever taken.
    ///
    /// # Errors
    /// [`Flaw`] if the plan names credentials that the catalog does not have, or is no plan for this record.
    pub fn explain(&self, catalog: &Catalog, record: &LearnerRecord) -> Result<Explanation, Flaw> {
        self.check_catalog(catalog)?;
        let target = catalog.credential(&self.target).ok_or_else(|| Flaw::UnknownCredential(self.target.clone()))?;
        let question = Question { target, as_of: self.as_of, options: &self.options };
        let start = question.start(catalog, record);
        if self.steps.is_empty() || question.is_held(&start.progress) {
            return Ok(self.explanation(Amount::ZERO, Vec::new(), Vec::new()));
        }
        let formulation = Formulation::new(&start, &question);
        let problem = formulation.problem(question);
        let mut closure = Closure::new(problem.statement);
        let given = self.options.work;
        let left = given.saturating_sub(self.effort.work).max(given / 16).min(PlanOptions::MOST_WORK_AGAIN);
        let mut meter = Meter::watched_by(left, self.options.watcher.as_ref());
        let (essential, binding) = self.binding(&problem, &mut closure, &mut meter);
        let choices = self.choices(&problem, &mut closure, &mut meter)?;
        Ok(self.explanation(essential, binding, choices))
    }

    fn explanation(&self, essential: Amount, binding: Vec<Binding>, choices: Vec<Choice>) -> Explanation {
        let currency = self.currency.clone().filter(|_| self.objective == Objective::Cost);
        Explanation { stamp: self.stamp, objective: self.objective, currency, essential, binding, choices }
    }

    /// The shares of the requirements in what the relaxation proves.
    fn binding<'s, 'p, 'c>(
        &self,
        problem: &Problem<'s, 'p, 'c>,
        closure: &mut Closure<'s, 'p, 'c>,
        meter: &mut Meter,
    ) -> (Amount, Vec<Binding>) {
        let statement = problem.statement;
        let prices = statement.prices(self.objective);
        let mut bounds = statement.bounds();
        for step in &statement.steps {
            if self.essential.iter().any(|id| id == statement.catalog.id(step.credential)) {
                bounds[step.variable].lower = bounds[step.variable].upper.min(1);
            }
        }
        let program = program(statement, &problem.limits, prices.clone(), bounds);
        let mut search = PlanOracle::new(statement, closure, AskedPlans::default()).search(program, meter);
        let Some((bound, bounds)) = search.first_bound() else { return (Amount::ZERO, Vec::new()) };
        let paid = |(&price, interval): (&i64, &Interval)| i128::from(price) * i128::from(interval.lower);
        let paid = prices.iter().zip(&bounds).map(paid).sum::<i128>();
        let rows = problem.rows();
        let mut shares: BTreeMap<Option<Part>, i128> = BTreeMap::new();
        for &(number, multiplier) in &*bound.multipliers {
            let Some(row) = rows.get(number) else { continue };
            let Some(sharpened) = row.sharpened(&bounds) else { continue };
            // What is paid in any case is not the row's share.
            let certain: i128 = sharpened
                .terms
                .iter()
                .map(|&(variable, times)| i128::from(times) * i128::from(bounds[variable].lower))
                .sum();
            let part = statement.rows.get(number).and_then(|stated| stated.part);
            *shares.entry(part).or_default() += i128::from(multiplier) * (i128::from(sharpened.least) - certain);
        }
        // What can be had once only gives some back, as does what is certain; each requirement bears its part of that.
        let read = |row: RowId| rows.get(row)?.sharpened(&bounds);
        let proved = Ledger::new(prices).price(&bound.multipliers, read, &bounds);
        let left = proved.map_or(0, |proved| proved.least - paid * i128::from(PARTS)).max(0);
        let all: i128 = shares.values().filter(|share| **share > 0).sum();
        let in_money = |parts: i128| {
            let parts = if all > left { parts.saturating_mul(left) / all.max(1) } else { parts };
            amount(i64::try_from((parts + i128::from(PARTS / 2)) / i128::from(PARTS)).unwrap_or(i64::MAX))
        };
        let mut binding: Vec<Binding> = shares
            .into_iter()
            .map(|(part, share)| binding(statement.catalog, part, in_money(share)))
            .filter(|binding| binding.share > Amount::ZERO)
            .collect();
        binding
            .sort_by(|a, b| b.share.cmp(&a.share).then_with(|| (&a.credential, a.line).cmp(&(&b.credential, b.line))));
        (amount(i64::try_from(paid).unwrap_or(i64::MAX)), binding)
    }

    fn choices<'s, 'p, 'c>(
        &self,
        problem: &Problem<'s, 'p, 'c>,
        closure: &mut Closure<'s, 'p, 'c>,
        meter: &mut Meter,
    ) -> Result<Vec<Choice>, Flaw> {
        let statement = problem.statement;
        let catalog = statement.catalog;
        let worth = hundredths(self.value());
        let own: BTreeSet<&str> = self.steps.iter().map(|step| step.credential.as_str()).collect();
        let mut choices = Vec::new();
        let open = |step: &&PlanStep| step.kind != StepKind::Claim && !self.essential.contains(&step.credential);
        let mut left = self.steps.iter().filter(open).count() as u64;
        let prices = statement.prices(self.objective);
        // All of them begin at one root, and share the plans and cuts that are come across.
        let program = program(statement, &problem.limits, prices.clone(), statement.bounds());
        let mut search = PlanOracle::new(statement, closure, problem.asked()).search(program, meter);
        let root = search.root(statement.bounds());
        for step in self.steps.iter().filter(open) {
            let id = catalog.credential(&step.credential);
            let number = id.and_then(|id| statement.step(id));
            let number = number.ok_or_else(|| Flaw::UnknownCredential(step.credential.clone()))?;
            let Some(root) = &root else {
                let (credential, adds) = (step.credential.clone(), Some(Amount::ZERO));
                choices.push(Choice { credential, adds, exact: false, instead: Vec::new() });
                continue;
            };
            let without = vec![(statement.steps[number].variable, Interval::only(0))];
            let found = search.with_part_of_the_work(left, |search| {
                let known = search.oracle().best_without(number, &prices);
                search.best_from(root, &without, known)
            });
            left -= 1;
            let exact = found.least == found.best.as_ref().map(|best| best.value);
            let adds = found.least.map(|least| amount(least - worth));
            let instead: BTreeSet<String> = found
                .best
                .iter()
                .flat_map(|best| &best.candidate)
                .map(|&(step, _)| catalog.id(statement.steps[step].credential))
                .filter(|id| !own.contains(id))
                .map(str::to_owned)
                .collect();
            let instead = instead.into_iter().collect();
            choices.push(Choice { credential: step.credential.clone(), adds, exact, instead });
        }
        Ok(choices)
    }
}

fn binding(catalog: &Catalog, part: Option<Part>, share: Amount) -> Binding {
    let network = &catalog.network;
    let rule = part.map(|part| match part {
        Part::Group(group) => network.group(group).rule,
        Part::Leaf(leaf) => network.rule_of(leaf),
    });
    let name = match part {
        Some(Part::Group(group)) => network.extras(group).name.as_deref().map(str::to_owned),
        _ => None,
    };
    Binding {
        credential: rule.map(|rule| catalog.id(rule.credential()).to_owned()),
        rule: rule.map(|rule| rule.kind().into()),
        requirement: name,
        line: part.map_or(0, |part| catalog.line(part)),
        share,
    }
}
