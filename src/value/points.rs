//! Grade points.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::amount::{InvalidAmount, TextOrNumber, decimal};

/// What a grade is worth in an average, or the average itself ([semantics 2.7](crate::semantics#2.7)): an exact
/// decimal with at most six places. Where grades are numbers, each is its own points, so these may be below zero.
///
/// ```
/// use credpath::GradePoints;
///
/// let points: GradePoints = "3.7".parse()?;
/// assert_eq!(points.millionths(), 3_700_000);
/// assert_eq!(points.to_string(), "3.7");
/// # Ok::<(), credpath::InvalidAmount>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GradePoints(i64);

impl GradePoints {
    /// The most that a catalog may give to a grade, or ask of an average: a million.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// So many millionths of a point.
    #[must_use]
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The points as a whole number of millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The same without the places beyond the second, or beyond those of the other one: for people to compare with it.
    pub(crate) fn rounded_down_beside(self, other: Self) -> Self {
        let unit = [10_000, 1_000, 100, 10].into_iter().find(|unit| other.0 % unit == 0).unwrap_or(1);
        Self(self.0.div_euclid(unit).saturating_mul(unit))
    }
}

impl FromStr for GradePoints {
    type Err = InvalidAmount;

    /// Reads a plain decimal number: no exponent, at most six places.
    ///
    /// # Errors
    /// [`InvalidAmount`] says which of these it is not; below zero is none of them.
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        decimal(text, 6).map(Self)
    }
}

impl fmt::Display for GradePoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let text = format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// As a decimal string, as amounts are.
impl Serialize for GradePoints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a decimal string, or from a number that has at most six places when written in its shortest form.
impl<'de> Deserialize<'de> for GradePoints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        TextOrNumber::deserialize(deserializer)?.0.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_exact_decimals() {
        for (text, written) in [("4", "4"), ("3.70", "3.7"), ("0.333333", "0.333333"), ("-3", "-3"), ("-0.5", "-0.5")] {
            assert_eq!(text.parse::<GradePoints>().unwrap().to_string(), written);
        }
        assert_eq!("1.0000001".parse::<GradePoints>(), Err(InvalidAmount::TooManyPlaces));
    }

    #[test]
    fn a_mean_is_cut_off_after_the_places_that_are_asked_for() {
        let points = |text: &str| text.parse::<GradePoints>().unwrap();
        let beside = |mean: &str, asked: &str| points(mean).rounded_down_beside(points(asked)).to_string();
        assert_eq!(beside("2.666666", "2.5"), "2.66");
        assert_eq!(beside("2.666666", "2.667"), "2.666");
        assert_eq!(beside("2.666666", "2.666667"), "2.666666");
        assert_eq!(beside("-2.666666", "2"), "-2.67");
    }
}
