//! Amounts that nobody stated, which are not zero ([semantics 1.1](crate::semantics#1.1)): what a total leaves out.

use serde::{Deserialize, Serialize};

use crate::value::amount::Amount;
use crate::value::text::{counted, money, printable};

/// The steps whose cost or hours nobody stated; every total that they are part of is so much *at least* ([semantics
/// 1.1](crate::semantics#1.1)).
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     catalog.currency = "EUR"
///     [credential]
///     thesis = { title = "Thesis", hours = 300 }
///     course = { cost = 400, hours = 40 }
///     award = { cost = 0, hours = 0, stack = { all_of = ["thesis", "course"] } }
/// "#)?;
/// let award = catalog.credential("award").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.plan(&record, "2026-11-25".parse()?, award, &PlanOptions::default());
/// let plan = outcome.plan().expect("there is a way");
/// assert_eq!(plan.not_stated.cost, ["thesis"]);
/// assert!(plan.to_string().contains("at least 400 EUR, 340 hours"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NotStated {
    /// Ids of the steps without a stated cost, in byte order.
    pub cost: Vec<String>,
    /// Ids of the steps without stated hours, in byte order.
    pub hours: Vec<String>,
}

impl NotStated {
    /// Those of these steps.
    pub(crate) fn among<'a>(steps: impl Iterator<Item = StatedAmounts<'a>>) -> Self {
        let mut found = Self::default();
        for StatedAmounts { id, title: _, cost, hours } in steps {
            found.cost.extend(cost.is_none().then(|| id.to_owned()));
            found.hours.extend(hours.is_none().then(|| id.to_owned()));
        }
        for list in [&mut found.cost, &mut found.hours] {
            list.sort_unstable();
            list.dedup();
        }
        found
    }
}

/// What is stated of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StatedAmounts<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) cost: Option<Amount>,
    pub(crate) hours: Option<Amount>,
}

/// The totals of some steps, in words.
pub(crate) struct Totals<'a> {
    pub(crate) cost: Amount,
    pub(crate) hours: Amount,
    pub(crate) currency: Option<&'a str>,
    pub(crate) steps: Vec<StatedAmounts<'a>>,
}

impl Totals<'_> {
    /// The cost: at least so much, if some of it is not stated.
    pub(crate) fn cost(&self) -> String {
        self.total(money(self.cost, self.currency), "cost", |step| step.cost)
    }

    /// The hours, likewise.
    pub(crate) fn hours(&self) -> String {
        self.total(counted(self.hours, "hour"), "hours", |step| step.hours)
    }

    fn total(&self, sum: String, what: &str, of: fn(&StatedAmounts<'_>) -> Option<Amount>) -> String {
        let missing = self.steps.iter().filter(|step| of(step).is_none()).count();
        match missing {
            0 => sum,
            all if all == self.steps.len() => format!("{what} not stated"),
            _ => format!("at least {sum}"),
        }
    }

    /// Whose amounts are not stated, where others' are.
    pub(crate) fn left_out(&self) -> Option<String> {
        let (cost, hours) = (self.missing(|step| step.cost), self.missing(|step| step.hours));
        let told: Vec<String> = match (cost, hours) {
            (Some(cost), Some(hours)) if cost == hours => vec![format!("the cost and hours of {cost}")],
            (cost, hours) => {
                let cost = cost.map(|titles| format!("the cost of {titles}"));
                cost.into_iter().chain(hours.map(|titles| format!("the hours of {titles}"))).collect()
            }
        };
        (!told.is_empty()).then(|| format!("not stated: {}", told.join("; ")))
    }

    fn missing(&self, of: fn(&StatedAmounts<'_>) -> Option<Amount>) -> Option<String> {
        let missing: Vec<&StatedAmounts<'_>> = self.steps.iter().filter(|step| of(step).is_none()).collect();
        let mut titles: Vec<String> = missing.iter().map(|step| printable(step.title)).collect();
        titles.dedup();
        (!missing.is_empty() && missing.len() < self.steps.len()).then(|| titles.join(", "))
    }
}
