//! For tests: small systems solved by trying everything.

use crate::solve::ids::VariableId;
use crate::solve::row::{Bounds, Row};
use crate::value::ids::{Id, IdVec};

/// All points between the bounds.
pub(crate) fn every_point(bounds: &Bounds) -> impl Iterator<Item = IdVec<VariableId, i64>> + use<> {
    let mut points: Vec<Vec<i64>> = vec![Vec::new()];
    for interval in bounds {
        let longer = |point: &Vec<i64>| {
            let point = point.clone();
            (interval.lower..=interval.upper).map(move |value| [&point[..], &[value]].concat())
        };
        points = points.iter().flat_map(longer).collect();
    }
    points.into_iter().map(Into::into)
}

/// True if the point satisfies the row.
pub(crate) fn holds(row: &Row, point: &IdVec<VariableId, i64>) -> bool {
    row.activity(|variable| point[variable]) >= row.need * row.head.map_or(1, |head| point[head])
}

/// A variable by its number.
pub(crate) fn variable(number: u32) -> VariableId {
    VariableId::at(number as usize)
}
