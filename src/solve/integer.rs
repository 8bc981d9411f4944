//! Whether whole numbers exist that satisfy a few inequalities: branch and bound over a linear relaxation. What the
//! relaxation refuses in floating point is given up only if integers confirm it.

use crate::solve::relaxation::{Settled, Tableau};
use crate::solve::repair::Repair;

/// Whole numbers are sought for the columns, each between its bounds, such that in every row the terms add up to
/// `least` or more.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) lower: i64,
    pub(crate) upper: i64,
    /// Whether it must be whole; others may be fractional.
    pub(crate) whole: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Columns and what they are multiplied by.
    pub(crate) terms: Vec<(u32, i64)>,
    pub(crate) least: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Yes,
    No,
    /// The steps ran out first.
    Undecided,
}

/// `accept` is shown whole values for all columns that must be whole (those of the others mean nothing) and says
/// whether they do. It may refuse values that satisfy the rows; if it runs out of steps it leaves none.
pub(crate) fn solve(system: &System, steps: &mut u64, accept: &mut dyn FnMut(&[i64], &mut u64) -> bool) -> Found {
    if system.columns.iter().any(|column| column.lower > column.upper) {
        return Found::No;
    }
    let mut search = Search::new(system);
    let mut open = vec![(0, None)];
    while let Some((changes, part)) = open.pop() {
        search.enter(changes, part);
        match search.examine(steps, accept) {
            None => return Found::Undecided,
            Some(Examined::Accepted) => return Found::Yes,
            Some(Examined::Refused) => {}
            Some(Examined::Split(parts)) => {
                let changes = search.changes.len();
                open.extend(parts.into_iter().rev().filter(|part| part.1 <= part.2).map(|part| (changes, Some(part))));
            }
        }
    }
    Found::No
}

/// A column with narrower bounds.
type Part = (usize, i64, i64);

enum Examined {
    Accepted,
    Refused,
    /// Together as much as before, without what has just been refused. The first ones are more promising; some may be
    /// empty.
    Split([Part; 3]),
}

enum Relaxed {
    /// What the columns are if they need not be whole.
    Point(Vec<f64>),
    Impossible,
    /// Rounding errors are in the way.
    Unclear,
}

struct Search {
    whole: Vec<bool>,
    rows: Vec<Row>,
    bounds: Vec<(i64, i64)>,
    /// Columns and the bounds they had before, to go back.
    changes: Vec<(usize, (i64, i64))>,
    tableau: Tableau,
    repair: Repair,
    /// The values that were refused last.
    refused: Option<Vec<i64>>,
}

/// How often all rows are gone through at once: bounds can creep towards each other for ever.
const ROUNDS: usize = 8;
/// Numbers in a tableau, of eight bytes each; a larger one is not made.
const MOST_NUMBERS: usize = 1 << 24;
/// What is nearer to a whole number is meant to be one.
const NEARLY_WHOLE: f64 = 1e-6;

impl Search {
    fn new(system: &System) -> Self {
        let whole: Vec<bool> = system.columns.iter().map(|column| column.whole).collect();
        let rows: Vec<Row> = system.rows.iter().filter_map(|row| simplified(row, &whole)).collect();
        let bounds = system.columns.iter().map(|column| (column.lower, column.upper)).collect();
        let tableau = Tableau::new(&rows, whole.len());
        let repair = Repair::new(&rows, whole.len());
        Search { whole, rows, bounds, changes: Vec::new(), tableau, repair, refused: None }
    }

    /// Goes back to where there were only so many changes, and on to this part.
    fn enter(&mut self, changes: usize, part: Option<Part>) {
        for (column, bounds) in self.changes.drain(changes..).rev() {
            self.bounds[column] = bounds;
        }
        if let Some((column, lower, upper)) = part {
            self.narrow(column, (lower, upper));
        }
    }

    fn narrow(&mut self, column: usize, bounds: (i64, i64)) {
        self.changes.push((column, self.bounds[column]));
        self.bounds[column] = bounds;
    }

    /// `None` if the steps run out.
    fn examine(&mut self, steps: &mut u64, accept: &mut dyn FnMut(&[i64], &mut u64) -> bool) -> Option<Examined> {
        if !self.tighten(steps)? {
            return Some(Examined::Refused);
        }
        let free = |&column: &usize| self.whole[column] && self.bounds[column].0 < self.bounds[column].1;
        let first_free = (0..self.whole.len()).find(free);
        let relaxed = match first_free {
            Some(_) => self.relax(steps)?,
            None => Relaxed::Point(self.bounds.iter().map(|bounds| real(bounds.0)).collect()),
        };
        let point = match relaxed {
            Relaxed::Impossible => return Some(Examined::Refused),
            Relaxed::Point(point) => Some(point),
            Relaxed::Unclear => None,
        };
        let lowest = || self.bounds.iter().map(|bounds| bounds.0).collect();
        let mut offer = Some(point.as_deref().map_or_else(lowest, |point| self.rounded(point)));
        if let Some(values) = &mut offer
            && first_free.is_some()
            && !point.as_deref().is_some_and(|point| self.is_whole(point))
            && !self.repair.mend(&self.rows, &self.bounds, values, steps)?
        {
            offer = None;
        }
        if let Some(values) = offer
            && self.refused.as_ref() != Some(&values)
        {
            if accept(&values, steps) {
                return Some(Examined::Accepted);
            }
            self.refused = Some(values);
        }
        let examined = match first_free {
            Some(column) => Examined::Split(self.split(column, point.as_deref())),
            None => Examined::Refused,
        };
        // What was refused for want of steps may be right.
        (*steps > 0).then_some(examined)
    }

    /// Draws the bounds in as far as each row by itself demands. Whether anything is left.
    fn tighten(&mut self, steps: &mut u64) -> Option<bool> {
        let terms: usize = self.rows.iter().map(|row| row.terms.len()).sum();
        for _ in 0..ROUNDS {
            spend(steps, terms)?;
            let changes = self.changes.len();
            if !(0..self.rows.len()).all(|row| self.tighten_by(row)) {
                return Some(false);
            }
            if changes == self.changes.len() {
                break;
            }
        }
        Some(true)
    }

    fn tighten_by(&mut self, row: usize) -> bool {
        let Row { terms, least } = &self.rows[row];
        let most = terms.iter().try_fold(0_i128, |sum, &(column, factor)| {
            sum.checked_add(most_of(i128::from(factor), self.bounds[column as usize])?)
        });
        // Numbers beyond all measure prove nothing.
        let Some(room) = most.and_then(|most| most.checked_sub(i128::from(*least))) else { return true };
        if room < 0 {
            return false;
        }
        for term in 0..terms.len() {
            let (column, factor) = self.rows[row].terms[term];
            let (column, size) = (column as usize, i128::from(factor.unsigned_abs()));
            let (lower, upper) = self.bounds[column];
            let range = i128::from(upper) - i128::from(lower);
            if range.checked_mul(size).is_some_and(|spread| spread <= room) {
                continue;
            }
            // The term may stay below its best by what the row has to spare.
            let spare = room / size + i128::from(!self.whole[column] && room % size > 0);
            let Ok(spare) = i64::try_from(spare.min(range)) else { continue };
            let narrower = if factor > 0 { (upper - spare, upper) } else { (lower, lower + spare) };
            if narrower != (lower, upper) {
                self.narrow(column, narrower);
            }
        }
        true
    }

    fn relax(&mut self, steps: &mut u64) -> Option<Relaxed> {
        if self.rows.len().saturating_mul(self.whole.len() + self.rows.len()) > MOST_NUMBERS {
            return Some(Relaxed::Unclear);
        }
        let mut retry = false;
        loop {
            if self.tableau.is_worn() || retry {
                self.tableau.renew(&self.rows, steps)?;
            }
            let fresh = self.tableau.is_fresh();
            match self.tableau.settle(&self.bounds, steps)? {
                Settled::Point(point) => return Some(Relaxed::Point(point)),
                Settled::Impossible(weights) if self.confirm(&weights) => return Some(Relaxed::Impossible),
                _ if fresh => return Some(Relaxed::Unclear),
                _ => retry = true,
            }
        }
    }

    /// Whether whole multiples of the rows near these weights add up to more than the columns can reach.
    fn confirm(&self, weights: &[f64]) -> bool {
        let largest = weights.iter().copied().fold(0.0, f64::max);
        let smallest = weights.iter().copied().filter(|&weight| weight > largest * 1e-9).fold(largest, f64::min);
        // Where a column has to cancel out, small multiples do better than nearly equal ones.
        let units = [largest / real(1 << 45), smallest, smallest / 2.0, smallest / 6.0];
        units.into_iter().any(|unit| self.exceeds(weights, unit).unwrap_or(false))
    }

    /// `None` on overflow.
    fn exceeds(&self, weights: &[f64], unit: f64) -> Option<bool> {
        let mut least = 0_i128;
        let mut factors = vec![0_i128; self.whole.len()];
        for (row, weight) in self.rows.iter().zip(weights) {
            let times = i128::from(rounded(weight / unit).max(0));
            if times == 0 {
                continue;
            }
            least = least.checked_add(times.checked_mul(i128::from(row.least))?)?;
            for &(column, factor) in &row.terms {
                let sum = &mut factors[column as usize];
                *sum = sum.checked_add(times.checked_mul(i128::from(factor))?)?;
            }
        }
        let mut most = 0_i128;
        for (factor, bounds) in factors.into_iter().zip(&self.bounds) {
            most = most.checked_add(most_of(factor, *bounds)?)?;
        }
        Some(least > most)
    }

    fn is_whole(&self, point: &[f64]) -> bool {
        point.iter().zip(&self.whole).all(|(at, &whole)| !whole || (at - at.round()).abs() <= NEARLY_WHOLE)
    }

    fn rounded(&self, point: &[f64]) -> Vec<i64> {
        let columns = point.iter().zip(&self.whole).zip(&self.bounds);
        columns
            .map(|((&at, &whole), &(lower, upper))| rounded(if whole { at } else { at.floor() }).clamp(lower, upper))
            .collect()
    }

    fn split(&self, first_free: usize, point: Option<&[f64]>) -> [Part; 3] {
        let nothing = (first_free, 0, -1);
        let Some(point) = point else {
            let (lower, upper) = self.bounds[first_free];
            // The midpoint of -1 and 0 is 0.
            let middle = lower.midpoint(upper).min(upper - 1);
            return [(first_free, lower, middle), (first_free, middle + 1, upper), nothing];
        };
        let mut farthest = NEARLY_WHOLE;
        let mut fractional = None;
        for (column, &at) in point.iter().enumerate().filter(|&(column, _)| self.whole[column]) {
            let off = (at - at.round()).abs();
            if off > farthest && real(self.bounds[column].0) < at && at < real(self.bounds[column].1) {
                farthest = off;
                fractional = Some((column, at));
            }
        }
        if let Some((column, at)) = fractional {
            let (lower, upper) = self.bounds[column];
            let below = rounded(at.floor()).clamp(lower, upper - 1);
            let (down, up) = ((column, lower, below), (column, below + 1, upper));
            return if at - at.floor() <= 0.5 { [down, up, nothing] } else { [up, down, nothing] };
        }
        let (lower, upper) = self.bounds[first_free];
        let at = rounded(point[first_free]).clamp(lower, upper);
        let below = if lower < at { (first_free, lower, at - 1) } else { nothing };
        let above = if at < upper { (first_free, at + 1, upper) } else { nothing };
        [(first_free, at, at), below, above]
    }
}

/// The row with each column once, divided by what divides all factors: then a whole sum is that much more. `None` for a
/// row that makes no sense, or is beyond all measure: to do without it is on the safe side.
fn simplified(row: &Row, whole: &[bool]) -> Option<Row> {
    let mut sorted = row.terms.clone();
    sorted.sort_unstable();
    let mut terms: Vec<(u32, i64)> = Vec::with_capacity(sorted.len());
    for (column, factor) in sorted {
        match terms.last_mut().filter(|last| last.0 == column) {
            Some(last) => last.1 = last.1.checked_add(factor)?,
            None => terms.push((column, factor)),
        }
    }
    terms.retain(|&(_, factor)| factor != 0);
    let mut least = row.least;
    let mut divisor = 0;
    for &(column, factor) in &terms {
        divisor = if *whole.get(column as usize)? { common_divisor(divisor, factor.unsigned_abs()) } else { 1 };
        if divisor == 1 {
            break;
        }
    }
    if terms.iter().any(|&(column, _)| column as usize >= whole.len()) {
        return None;
    }
    if let Some(divisor) = i64::try_from(divisor).ok().filter(|&divisor| divisor > 1) {
        for term in &mut terms {
            term.1 /= divisor;
        }
        least = least.div_euclid(divisor) + i64::from(least.rem_euclid(divisor) > 0);
    }
    Some(Row { terms, least })
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// The most that a factor times a value between the bounds can be.
fn most_of(factor: i128, (lower, upper): (i64, i64)) -> Option<i128> {
    factor.checked_mul(i128::from(if factor < 0 { lower } else { upper }))
}

/// One step, and one for every 64 numbers looked at.
pub(crate) fn spend(steps: &mut u64, numbers: usize) -> Option<()> {
    *steps = steps.checked_sub(1 + numbers as u64 / 64)?;
    Some(())
}

#[expect(clippy::cast_precision_loss, reason = "what must be exact is computed in integers")]
pub(crate) fn real(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn rounded(number: f64) -> i64 {
    number.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::random::Random;

    fn column(lower: i64, upper: i64) -> Column {
        Column { lower, upper, whole: true }
    }

    fn row(terms: impl IntoIterator<Item = (u32, i64)>, least: i64) -> Row {
        Row { terms: terms.into_iter().collect(), least }
    }

    fn holds(system: &System, values: &[i64]) -> bool {
        let bounded =
            system.columns.iter().zip(values).all(|(column, value)| (column.lower..=column.upper).contains(value));
        let sum = |row: &Row| row.terms.iter().map(|&(column, factor)| factor * values[column as usize]).sum::<i64>();
        bounded && system.rows.iter().all(|row| sum(row) >= row.least)
    }

    /// All values between the bounds.
    fn any(columns: &[Column], values: &mut Vec<i64>, accept: &dyn Fn(&[i64]) -> bool) -> bool {
        let Some(column) = columns.get(values.len()) else { return accept(values) };
        (column.lower..=column.upper).any(|value| {
            values.push(value);
            let found = any(columns, values, accept);
            values.pop();
            found
        })
    }

    fn check(system: &System, accept: &dyn Fn(&[i64]) -> bool) -> bool {
        let expected = any(&system.columns, &mut Vec::new(), accept);
        let found = solve(system, &mut 10_000_000, &mut |values, _| accept(values));
        assert_eq!(found, if expected { Found::Yes } else { Found::No }, "{system:?}");
        expected
    }

    fn solved(system: &System, mut steps: u64) -> Found {
        solve(system, &mut steps, &mut |values, _| holds(system, values))
    }

    /// Rows that about half of the time contradict each other.
    fn random_system(random: &mut Random, largest: i64) -> System {
        let count = random.between(1, 5);
        let bounds = |random: &mut Random| {
            let lower = random.between(-2, 1);
            column(lower, lower + random.between(0, 3))
        };
        let columns: Vec<Column> = (0..count).map(|_| bounds(random)).collect();
        let rows = (0..random.between(1, 6))
            .map(|_| {
                let terms: Vec<(u32, i64)> = (0..random.between(0, 4))
                    .map(|_| (u32::try_from(random.between(0, count - 1)).unwrap(), random.between(-largest, largest)))
                    .collect();
                row(terms, random.between(-2 * largest, largest))
            })
            .collect();
        System { columns, rows }
    }

    #[test]
    fn agrees_with_trying_everything() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut found = 0;
        for largest in [1, 3, 7, 100, 10_000_000] {
            for _ in 0..2000 {
                let system = random_system(&mut random, largest);
                found += u32::from(check(&system, &|values| holds(&system, values)));
            }
        }
        assert!((3000..7000).contains(&found), "{found}");
    }

    #[test]
    fn agrees_when_more_is_asked_than_the_rows_say() {
        let mut random = Random(0x1234_5678_9abc_def1);
        let mut found = 0;
        for _ in 0..3000 {
            let system = random_system(&mut random, 5);
            let rest = random.between(0, 16);
            let odd = |values: &[i64]| {
                values.iter().zip(1..).map(|(value, by)| value * by).sum::<i64>().rem_euclid(17) == rest
            };
            found += u32::from(check(&system, &|values| holds(&system, values) && odd(values)));
        }
        assert!((500..2500).contains(&found), "{found}");
    }

    #[test]
    fn columns_that_need_not_be_whole() {
        let mut random = Random(99);
        for _ in 0..2000 {
            // A fractional column that doubled is whole: the same as twice the column, with half the factor.
            let mut doubled = random_system(&mut random, 6);
            for term in doubled.rows.iter_mut().flat_map(|row| &mut row.terms).filter(|term| term.0 > 0) {
                term.1 *= 2;
            }
            let mut system = System { columns: doubled.columns.clone(), rows: doubled.rows.clone() };
            system.columns[0].whole = false;
            for term in system.rows.iter_mut().flat_map(|row| &mut row.terms).filter(|term| term.0 == 0) {
                term.1 *= 2;
            }
            doubled.columns[0].lower *= 2;
            doubled.columns[0].upper *= 2;
            let Column { lower, upper, .. } = doubled.columns[0];
            let halves = |values: &[i64]| {
                let mut values = values.to_vec();
                (lower..=upper).any(|half| {
                    values[0] = half;
                    holds(&doubled, &values)
                })
            };
            let found = solve(&system, &mut 1_000_000, &mut |values, _| halves(values));
            let expected = any(&doubled.columns, &mut Vec::new(), &|values| holds(&doubled, values));
            assert_eq!(found, if expected { Found::Yes } else { Found::No }, "{system:?}");
        }
    }

    #[test]
    fn sums_that_must_be_exact() {
        let weights = [12_223_i64, 12_224, 36_674, 61_119, 85_569];
        let sum = |target: i64| {
            let terms = |sign: i64| (0..).zip(weights).map(move |(column, weight)| (column, sign * weight));
            System { columns: vec![column(0, 20); 5], rows: vec![row(terms(1), target), row(terms(-1), -target)] }
        };
        assert_eq!(solved(&sum(12_223 * 7 + 36_674 * 3 + 85_569), 1_000_000), Found::Yes);
        assert_eq!(solved(&sum(12_223 + 12_224 + 2), 1_000_000), Found::No);
        // What is even is never odd, however large.
        let terms = |sign: i64| [(0, sign * 2), (1, sign * 4), (2, sign * -6)];
        let rows = vec![row(terms(1), 1), row(terms(-1), -1)];
        assert_eq!(solved(&System { columns: vec![column(0, 1 << 32); 3], rows }, 100), Found::No);
        // Nor do columns cancel out by nearly the right multiples, if they are large enough: here by 3 and 1, or 2 and
        // 3.
        let (many, part) = (column(0, 1 << 32), Column { lower: 0, upper: 1 << 32, whole: false });
        for (a, b) in [(1, 3), (3, 2)] {
            let terms = |by: i64| [(0, by * 9_999_991), (1, by * -9_999_973)];
            let rows = vec![row(terms(a), 2), row(terms(-b), -1)];
            assert_eq!(solved(&System { columns: vec![many, part], rows }, 100), Found::No, "{a} {b}");
        }
    }

    /// Demands for amounts, each met by some classes of awards of which there are a few. A column says how many of a
    /// class go to a demand. Each demand wants this share of what fits it, in hundredths.
    fn allotment(random: &mut Random, demands: usize, classes: usize, fit: i64, share: i64) -> System {
        let mut columns = Vec::new();
        let mut wanted = vec![row([], 0); demands];
        let mut supply: Vec<Row> = (0..classes).map(|_| row([], -random.between(1, 5))).collect();
        for class in &mut supply {
            let amount = random.between(50, 1000) * random.between(1, 10);
            for demand in &mut wanted {
                if random.between(0, 99) < fit {
                    let number = u32::try_from(columns.len()).unwrap();
                    columns.push(column(0, -class.least));
                    class.terms.push((number, -1));
                    demand.terms.push((number, amount));
                    demand.least += amount * -class.least;
                }
            }
        }
        for demand in &mut wanted {
            demand.least = demand.least * share / 100;
        }
        wanted.append(&mut supply);
        System { columns, rows: wanted }
    }

    #[test]
    fn divides_awards_among_demands() {
        let mut random = Random(5);
        for _ in 0..5 {
            assert_eq!(solved(&allotment(&mut random, 20, 60, 25, 10), 20_000_000), Found::Yes);
            assert_eq!(solved(&allotment(&mut random, 20, 60, 25, 40), 20_000_000), Found::No);
        }
    }

    #[test]
    fn gives_up_when_the_steps_run_out() {
        let mut random = Random(5);
        let system = allotment(&mut random, 20, 60, 25, 10);
        for steps in [0, 1, 50, 1000] {
            assert_eq!(solved(&system, steps), Found::Undecided);
        }
        let free = System { columns: vec![column(0, 1)], rows: Vec::new() };
        let mut steps = 1000;
        let run_out = &mut |_: &[i64], steps: &mut u64| {
            *steps = 0;
            false
        };
        assert_eq!(solve(&free, &mut steps, run_out), Found::Undecided);
    }

    #[test]
    fn bears_any_input() {
        let system = |columns: &[Column], rows: &[Row]| System { columns: columns.to_vec(), rows: rows.to_vec() };
        let always = |system: &System, answer: bool| solve(system, &mut 10_000, &mut |_, _| answer);
        assert_eq!(always(&system(&[], &[]), true), Found::Yes);
        assert_eq!(always(&system(&[], &[]), false), Found::No);
        assert_eq!(always(&system(&[column(1, 0)], &[]), true), Found::No);
        assert_eq!(always(&system(&[column(0, 1)], &[row([], 1)]), true), Found::No);
        assert_eq!(always(&system(&[column(0, 1)], &[row([], 0)]), true), Found::Yes);
        // A row that names no column is as if it were not there.
        assert_eq!(always(&system(&[column(0, 1)], &[row([(7, 1)], 9)]), true), Found::Yes);
        assert_eq!(always(&system(&[column(-1, 0)], &[]), false), Found::No);
        let part = Column { lower: 0, upper: 1, whole: false };
        assert_eq!(always(&system(&[part], &[row([(0, 2)], 1)]), false), Found::No);
        let extremes = [i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 32, i64::MAX];
        let mut random = Random(3);
        for _ in 0..3000 {
            let mut any = || extremes[usize::try_from(random.between(0, 6)).unwrap()];
            let columns = [(); 3].map(|()| column(any(), any()));
            let rows = [(); 4].map(|()| row([(0, any()), (1, any()), (1, any()), (2, any())], any()));
            always(&system(&columns, &rows), false);
        }
    }
}
