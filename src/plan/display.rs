//! Plans in words.

use std::fmt::{self, Display, Formatter};

use super::answer::PlanOutcome;

impl Display for PlanOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#?}")
    }
}
