//! What a plan is best by, in words.

use std::fmt::{self, Display, Formatter};

use crate::plan::answers::not_stated::NotStated;
use crate::plan::question::options::Objective;
use crate::value::amount::Amount;
use crate::value::text::{counted, money};

/// What a plan is best by: `what it costs`, `its weight, where a unit of cost weighs 1 and an hour 10`.
impl Display for Objective {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cost => f.write_str("what it costs"),
            Self::Hours => f.write_str("the hours it takes"),
            Self::Credentials => f.write_str("the number of credentials it takes"),
            Self::Weighted { .. } => write!(f, "its weight{}", self.weights()),
        }
    }
}

impl Objective {
    /// What weighs how much, if this is a sum of weights; what weighs nothing is not named.
    fn weights(self) -> String {
        let Self::Weighted { cost, hours, credentials } = self else { return String::new() };
        let all = [("a unit of cost", cost), ("an hour", hours), ("a credential", credentials)];
        let heavy: Vec<(&str, u16)> = all.into_iter().filter(|&(_, weight)| weight > 0).collect();
        let told = |(at, (what, weight)): (usize, &(&str, u16))| {
            let before = match at {
                0 => "",
                at if at + 1 == heavy.len() => " and ",
                _ => ", ",
            };
            format!("{before}{what}{} {weight}", if at == 0 { " weighs" } else { "" })
        };
        let told: String = heavy.iter().enumerate().map(told).collect();
        if told.is_empty() { ", where nothing weighs anything".to_owned() } else { format!(", where {told}") }
    }

    /// What no other plan does.
    pub(crate) fn less(self, not_stated: &NotStated) -> String {
        let [no_cost, no_hours] = [&not_stated.cost, &not_stated.hours].map(|missing| !missing.is_empty());
        let (less, stated) = match self {
            Self::Cost => ("costs less", if no_cost { ", as far as costs are stated" } else { "" }),
            Self::Hours => ("takes fewer hours", if no_hours { ", as far as they are stated" } else { "" }),
            Self::Credentials => ("takes fewer credentials", ""),
            Self::Weighted { cost, hours, .. } => {
                let is_open = cost > 0 && no_cost || hours > 0 && no_hours;
                ("weighs less", if is_open { ", as far as that is stated" } else { "" })
            }
        };
        format!("{less}{}{stated}", self.weights())
    }

    /// An amount of what is counted.
    pub(crate) fn worth(self, amount: Amount, currency: Option<&str>) -> String {
        match self {
            Self::Cost => money(amount, currency),
            Self::Hours => counted(amount, "hour"),
            Self::Credentials => counted(amount, "credential"),
            Self::Weighted { .. } => format!("a weight of {amount}"),
        }
    }
}
