//! The awards that the claims of a plan use, where policies on sharing limit that ([semantics
//! 5.5](crate::semantics#5.5)), as data and in words.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::text::printable;

/// A claim of a plan, or an issued credential, with the awards that it uses: enough to meet its stack.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     sharing = [{ between = ["Certificate", "Certificate"], max_awards = 0 }]
///     [credential]
///     a = {}
///     b = {}
///     c = { cost = 10 }
///     first = { type = "Certificate", stack = { any_of = ["a", "b"] } }
///     second = { type = "Certificate", stack = { any_of = ["a", "c"] } }
///     both = { stack = { all_of = ["first", "second"] } }
/// "#)?;
/// let both = catalog.credential("both").expect("defined");
/// let record = LearnerRecord::from_iter(["a"]);
/// let outcome = catalog.plan(&record, "2026-11-22".parse()?, both, &PlanOptions::default());
/// let plan = outcome.plan().expect("there is a way");
/// let claims: Vec<String> = plan.claims.iter().map(ToString::to_string).collect();
/// assert_eq!(claims, ["first uses b", "second uses a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanClaim {
    /// If it was issued: the day that it is judged on. None if the plan claims it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The awards that it uses, in the order of awards.
    pub awards: Vec<PlanAward>,
}

/// An award of the record, or one that a step of the plan brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanAward {
    /// The award. One that a step brings is dated as of the plan.
    pub award: Award,
    /// Id of the credential of which it is used as an award besides, if it is since it renews that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews: Option<String>,
    /// Whether a step of the plan brings it.
    pub by_step: bool,
    /// Which one it is of those that look alike: of the same awards in the record, or of all that the step brings; from
    /// 1 on.
    pub number: u32,
}

impl fmt::Display for PlanClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.title))?;
        if let Some(day) = self.issued {
            write!(f, ", issued on {day},")?;
        }
        let mut often: BTreeMap<&str, usize> = BTreeMap::new();
        for PlanAward { award, .. } in &self.awards {
            *often.entry(&award.credential).or_default() += 1;
        }
        let told = |(id, times): (&str, usize)| match times {
            1 => printable(id),
            _ => format!("{} {times} times", printable(id)),
        };
        let awards: Vec<String> = often.into_iter().map(told).collect();
        write!(f, " uses {}", if awards.is_empty() { "no award".to_owned() } else { awards.join(", ") })
    }
}
