//! Exact decimal amounts.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An exact, non-negative decimal amount with two places: credits, hours, or money in a catalog's one currency.
///
/// It is kept as a whole number of hundredths, never as a floating-point number. In a catalog or record it is at most
/// 10,000,000 ([`Amount::MAX`]), so that sums of any length stay exact; prices in a currency of small units are stated
/// in thousands.
///
/// ```
/// use credpath::Amount;
///
/// let amount: Amount = "22.5".parse()?;
/// assert_eq!(amount.hundredths(), 2250);
/// assert_eq!(amount.to_string(), "22.5");
/// assert!("0.125".parse::<Amount>().is_err());
/// assert_eq!(amount + Amount::from(2), "24.5".parse()?);
/// assert_eq!([amount, amount].into_iter().sum::<Amount>().to_string(), "45");
/// # Ok::<(), credpath::InvalidAmount>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(u64);

/// A text that is not an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAmount {
    /// Below zero.
    #[error("an amount cannot be negative")]
    Negative,
    /// More than two decimal places.
    #[error("an amount has at most two decimal places")]
    TooManyPlaces,
    /// Above [`Amount::MAX`].
    #[error("an amount is at most {}", Amount::MAX)]
    TooLarge,
    /// Not a plain decimal number.
    #[error("an amount is a plain decimal number, such as 30 or 22.5")]
    NotADecimal,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The largest amount that a catalog or a record may state: ten million.
    pub const MAX: Self = Self(1_000_000_000);

    /// The amount of this many hundredths. Sums of stated amounts may exceed [`Amount::MAX`].
    #[must_use]
    pub const fn from_hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// The amount as a whole number of hundredths; for money in a currency with cents, its minor units.
    #[must_use]
    pub const fn hundredths(self) -> u64 {
        self.0
    }

    /// The amount as a weight in the network.
    pub(crate) fn weight(self) -> u32 {
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }
}

/// Reads a plain decimal number and returns it scaled by ten to the power of `places`.
pub(crate) fn decimal(text: &str, places: usize) -> Result<i64, InvalidAmount> {
    scaled(text, places)?.try_into().map_err(|_| InvalidAmount::TooLarge)
}

fn scaled(text: &str, places: usize) -> Result<i128, InvalidAmount> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) {
        return Err(InvalidAmount::NotADecimal);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > places {
        return Err(InvalidAmount::TooManyPlaces);
    }
    let scaled = format!("{whole}{fraction:0<places$}");
    let value: i128 = scaled.parse().map_err(|_| InvalidAmount::TooLarge)?;
    Ok(if negative { -value } else { value })
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    /// Reads a plain decimal number: no exponent, at most two places.
    ///
    /// # Errors
    /// [`InvalidAmount`] says which of these it is not.
    fn from_str(text: &str) -> Result<Self, InvalidAmount> {
        let value = decimal(text, 2)?;
        let value = u64::try_from(value).map_err(|_| InvalidAmount::Negative)?;
        if value > Self::MAX.0 { Err(InvalidAmount::TooLarge) } else { Ok(Self(value)) }
    }
}

/// A whole number.
impl From<u16> for Amount {
    fn from(whole: u16) -> Self {
        Self(u64::from(whole) * 100)
    }
}

/// Exact; a sum that is more than 180 thousand million million stays there.
impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Self> for Amount {
    fn sum<I: Iterator<Item = &'a Self>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, part) if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            (whole, part) => write!(f, "{whole}.{part:02}"),
        }
    }
}

/// As a decimal string, so that no reader turns it into a floating-point number by accident.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a decimal string, or from a number that has at most two places when written in its shortest form. It may exceed
/// [`Amount::MAX`], as the sums in reports may.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let TextOrNumber(text) = TextOrNumber::deserialize(deserializer)?;
        let value = scaled(&text, 2).map_err(D::Error::custom)?;
        let fault = if value < 0 { InvalidAmount::Negative } else { InvalidAmount::TooLarge };
        u64::try_from(value).map(Self).map_err(|_| D::Error::custom(fault))
    }
}

/// An amount that is stated by somebody, and so is at most [`Amount::MAX`].
pub(crate) fn stated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amount>, D::Error> {
    match Option::<Amount>::deserialize(deserializer)? {
        Some(amount) if amount > Amount::MAX => Err(D::Error::custom(InvalidAmount::TooLarge)),
        amount => Ok(amount),
    }
}

/// A string, or a number as its shortest decimal text.
pub(crate) struct TextOrNumber(pub(crate) String);

impl<'de> Deserialize<'de> for TextOrNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = TextOrNumber;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a number")
            }

            fn visit_str<E>(self, text: &str) -> Result<TextOrNumber, E> {
                Ok(TextOrNumber(text.to_owned()))
            }

            fn visit_u64<E>(self, number: u64) -> Result<TextOrNumber, E> {
                Ok(TextOrNumber(number.to_string()))
            }

            fn visit_i64<E>(self, number: i64) -> Result<TextOrNumber, E> {
                Ok(TextOrNumber(number.to_string()))
            }

            fn visit_f64<E>(self, number: f64) -> Result<TextOrNumber, E> {
                // With a place even if that is 0: a list of grades may have it so.
                Ok(TextOrNumber(format!("{number:?}")))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_exact_decimals() {
        for (text, hundredths, written) in [
            ("30", 3000, "30"),
            ("22.5", 2250, "22.5"),
            ("0.05", 5, "0.05"),
            ("007.10", 710, "7.1"),
            ("10000000", 1_000_000_000, "10000000"),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.hundredths(), hundredths);
            assert_eq!(amount.to_string(), written);
        }
    }

    #[test]
    fn says_what_is_wrong_with_an_amount() {
        for (text, error) in [
            ("-1", InvalidAmount::Negative),
            ("0.125", InvalidAmount::TooManyPlaces),
            ("10000000.01", InvalidAmount::TooLarge),
            ("99999999999999999999", InvalidAmount::TooLarge),
            ("1e3", InvalidAmount::NotADecimal),
            ("nan", InvalidAmount::NotADecimal),
            ("inf", InvalidAmount::NotADecimal),
            ("1.", InvalidAmount::NotADecimal),
            (".5", InvalidAmount::NotADecimal),
            ("", InvalidAmount::NotADecimal),
        ] {
            assert_eq!(text.parse::<Amount>(), Err(error), "{text}");
        }
    }
}
