//! Whole numbers and floating-point numbers, and the ways between them.

/// The greatest common divisor: the greatest number that divides both; 0 divides nothing but 0.
pub(crate) fn gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The greatest number that divides all of these; 0 if there is none but 0.
pub(crate) fn common_divisor(numbers: impl IntoIterator<Item = i64>) -> i64 {
    let mut divisor = 0;
    for number in numbers {
        divisor = gcd(divisor, number.unsigned_abs());
        if divisor == 1 {
            break;
        }
    }
    // Two to the 63rd, of which there is no positive number: 1 divides it as well.
    i64::try_from(divisor).unwrap_or(1)
}

/// The least multiple of a positive divisor that is not below the number, as a multiple.
pub(crate) fn divided_up(number: i64, divisor: i64) -> i64 {
    number.div_euclid(divisor) + i64::from(number.rem_euclid(divisor) > 0)
}

/// A number with at most 53 digits in front; what must be exact is computed in integers.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "what must be exact is computed in integers")]
pub(crate) fn real(number: i64) -> f64 {
    number as f64
}

/// The nearest whole number.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "saturates")]
pub(crate) fn nearest(number: f64) -> i64 {
    number.round() as i64
}

/// A number from 0 to below 1 that looks random, the same on every run: multiples of the golden ratio keep apart from
/// each other as well as can be. Costs that are raised by such numbers have no ties, without which the simplex method
/// could go in circles.
pub(crate) fn jitter(number: u32) -> f64 {
    (f64::from(number) * 0.618_033_988_749_895).fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_common_divisor_divides_both_and_no_greater_number_does() {
        for a in 0..60 {
            for b in 0..60 {
                let greatest = (1..=60).rev().find(|by| a % by == 0 && b % by == 0);
                assert_eq!(gcd(a, b), if a == 0 && b == 0 { 0 } else { greatest.unwrap_or(0) });
            }
        }
        assert_eq!(common_divisor([12, -18, 0, 30]), 6);
        assert_eq!((common_divisor([]), common_divisor([0]), common_divisor([i64::MIN])), (0, 0, 1));
    }

    #[test]
    fn division_rounds_up() {
        for number in -20..20 {
            for divisor in 1..7 {
                let up = divided_up(number, divisor);
                assert!(up * divisor >= number && (up - 1) * divisor < number);
            }
        }
    }
}
