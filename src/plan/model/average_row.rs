//! The row of a sum that asks for an average: what is used in it has a mean that is high enough.

use crate::evaluate::averages::{Merit, Weighed};
use crate::solve::ids::VariableId;
use crate::value::points::GradePoints;

/// What is used in a sum that asks for an average.
#[derive(Debug)]
pub(crate) struct AverageRow {
    pub(crate) least: GradePoints,
    pub(crate) weighed: Vec<Weighed>,
}

impl AverageRow {
    /// Takes in a use that brings the most of what these could bring. Under a cap, what lowers the average need not
    /// add.
    pub(crate) fn weigh(
        &mut self,
        column: VariableId,
        most: i64,
        among: impl IntoIterator<Item = (i64, Merit)>,
        is_capped: bool,
    ) {
        let surplus = |&(amount, merit): &(i64, Merit)| {
            // As many points as it takes are more than any.
            let above = merit.above(self.least).map_or(i128::MAX, |above| above.saturating_mul(i128::from(amount)));
            (above, amount)
        };
        let best = among.into_iter().max_by_key(surplus);
        let lowers = |merit: Merit| merit.above(self.least).is_some_and(|above| above < 0);
        let best = best.filter(|&(_, merit)| !(is_capped && lowers(merit)));
        self.weighed.extend(best.map(|(amount, merit)| Weighed { column, amount, most, merit }));
    }
}
