//! Integer feasibility against trying everything.

use crate::solve::enumeration::{every_point, holds, variable};
use crate::solve::ids::VariableId;
use crate::solve::integer::{Feasible, System, solve};
use crate::solve::random::Random;
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::{Id, IdVec};
use crate::value::meter::Meter;

type Values = IdVec<VariableId, i64>;

/// What a system is made of.
#[derive(Debug, Clone)]
struct Parts {
    bounds: Bounds,
    /// The first variables, which need not be whole.
    fractional: usize,
    rows: Vec<Row>,
}

impl Parts {
    fn whole(bounds: Bounds, rows: Vec<Row>) -> Self {
        Self { bounds, fractional: 0, rows }
    }

    fn system(&self) -> System {
        let mut system = System::default();
        for (variable, &interval) in self.bounds.entries() {
            if variable.index() < self.fractional {
                system.fractional(interval)
            } else {
                system.whole(interval)
            };
        }
        self.rows.iter().for_each(|row| system.add(row.clone()));
        system
    }

    fn hold(&self, values: &Values) -> bool {
        let bounded = self.bounds.iter().zip(values).all(|(interval, &value)| interval.contains(value));
        bounded && self.rows.iter().all(|row| holds(row, values))
    }

    /// The answer, where just what the rows say is asked for.
    fn answer(&self, steps: u64) -> Feasible {
        solve(&self.system(), &mut Meter::new(steps), &mut |values, _| self.hold(values))
    }

    /// The answer where something is asked for that every point is shown to, compared with trying everything.
    fn check(&self, accepts: &dyn Fn(&Values) -> bool) -> bool {
        let expected = every_point(&self.bounds).any(|point| accepts(&point));
        let answer = solve(&self.system(), &mut Meter::new(10_000_000), &mut |values, _| accepts(values));
        assert_eq!(answer, if expected { Feasible::Yes } else { Feasible::No }, "{self:?}");
        expected
    }
}

fn row(terms: impl IntoIterator<Item = (u32, i64)>, least: i64) -> Row {
    Row::at_least(terms.into_iter().map(|(number, times)| (variable(number), times)).collect(), least)
}

/// Rows that about half of the time contradict each other.
fn random_parts(random: &mut Random, largest: i64) -> Parts {
    let count = 1 + random.below(5);
    let bounds = (0..count).map(|_| {
        let lower = random.between(-2, 1);
        Interval::new(lower, lower + random.between(0, 3))
    });
    let bounds = bounds.collect();
    let rows = (0..random.between(1, 6))
        .map(|_| {
            let terms: Vec<(u32, i64)> =
                (0..random.between(0, 4)).map(|_| (random.below(count), random.between(-largest, largest))).collect();
            row(terms, random.between(-2 * largest, largest))
        })
        .collect();
    Parts::whole(bounds, rows)
}

#[test]
fn agrees_with_trying_everything() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut found = 0;
    for largest in [1, 3, 7, 100, 10_000_000] {
        for _ in 0..2000 {
            let parts = random_parts(&mut random, largest);
            found += u32::from(parts.check(&|values| parts.hold(values)));
        }
    }
    assert!((3000..7000).contains(&found), "{found}");
}

#[test]
fn agrees_when_more_is_asked_than_the_rows_say() {
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut found = 0;
    for _ in 0..3000 {
        let parts = random_parts(&mut random, 5);
        let rest = random.between(0, 16);
        let odd =
            |values: &Values| values.iter().zip(1..).map(|(value, by)| value * by).sum::<i64>().rem_euclid(17) == rest;
        found += u32::from(parts.check(&|values| parts.hold(values) && odd(values)));
    }
    assert!((500..2500).contains(&found), "{found}");
}

#[test]
fn variables_that_need_not_be_whole() {
    let mut random = Random(99);
    for _ in 0..2000 {
        // A fractional variable that doubled is whole: the same as twice the variable, with half the factor.
        let mut doubled = random_parts(&mut random, 6);
        let times_two = |parts: &mut Parts, first: bool| {
            for term in parts.rows.iter_mut().flat_map(|row| &mut row.terms) {
                if (term.0 == variable(0)) == first {
                    term.1 *= 2;
                }
            }
        };
        times_two(&mut doubled, false);
        let mut parts = Parts { fractional: 1, ..doubled.clone() };
        times_two(&mut parts, true);
        let Interval { lower, upper } = doubled.bounds[variable(0)];
        doubled.bounds[variable(0)] = Interval::new(2 * lower, 2 * upper);
        let halves = |values: &Values| {
            let mut values = values.clone();
            (2 * lower..=2 * upper).any(|half| {
                values[variable(0)] = half;
                doubled.hold(&values)
            })
        };
        let answer = solve(&parts.system(), &mut Meter::new(1_000_000), &mut |values, _| halves(values));
        let expected = every_point(&doubled.bounds).any(|point| doubled.hold(&point));
        assert_eq!(answer, if expected { Feasible::Yes } else { Feasible::No }, "{parts:?}");
    }
}

#[test]
fn sums_that_must_be_exact() {
    let weights = [12_223_i64, 12_224, 36_674, 61_119, 85_569];
    let sum = |target: i64| {
        let terms = |sign: i64| (0..).zip(weights).map(move |(number, weight)| (number, sign * weight));
        Parts::whole(vec![Interval::new(0, 20); 5].into(), vec![row(terms(1), target), row(terms(-1), -target)])
    };
    assert_eq!(sum(12_223 * 7 + 36_674 * 3 + 85_569).answer(1_000_000), Feasible::Yes);
    assert_eq!(sum(12_223 + 12_224 + 2).answer(1_000_000), Feasible::No);
    // What is even is never odd, however large.
    let many = Interval::new(0, 1 << 32);
    let terms = |sign: i64| [(0, sign * 2), (1, sign * 4), (2, sign * -6)];
    let rows = vec![row(terms(1), 1), row(terms(-1), -1)];
    assert_eq!(Parts::whole(vec![many; 3].into(), rows).answer(100), Feasible::No);
    // Nor do variables cancel out by nearly the right multiples, if they are large enough: here by 3 and 1, or 2 and 3.
    for (a, b) in [(1, 3), (3, 2)] {
        let terms = |by: i64| [(1, by * 9_999_991), (0, by * -9_999_973)];
        let rows = vec![row(terms(a), 2), row(terms(-b), -1)];
        let parts = Parts { bounds: vec![many; 2].into(), fractional: 1, rows };
        assert_eq!(parts.answer(100), Feasible::No, "{a} {b}");
    }
}

/// What an allotment is like.
#[derive(Clone, Copy)]
struct Allotment {
    demands: usize,
    classes: usize,
    /// Of a hundred classes, how many fit a demand.
    fit: i64,
    /// How much of what fits it each demand wants, in hundredths.
    share: i64,
}

/// Demands for amounts, each met by some classes of awards of which there are a few. A variable says how many of a
/// class go to a demand.
fn allotment(random: &mut Random, of: Allotment) -> Parts {
    let mut bounds = Bounds::new();
    let mut wanted = vec![row([], 0); of.demands];
    let mut supply: Vec<Row> = (0..of.classes).map(|_| row([], -random.between(1, 5))).collect();
    for class in &mut supply {
        let amount = random.between(50, 1000) * random.between(1, 10);
        for demand in &mut wanted {
            if random.between(0, 99) < of.fit {
                let number = bounds.push(Interval::new(0, -class.need));
                class.terms.push((number, -1));
                demand.terms.push((number, amount));
                demand.need += amount * -class.need;
            }
        }
    }
    for demand in &mut wanted {
        demand.need = demand.need * of.share / 100;
    }
    wanted.append(&mut supply);
    Parts::whole(bounds, wanted)
}

const ALLOTMENT: Allotment = Allotment { demands: 20, classes: 60, fit: 25, share: 10 };

#[test]
fn divides_awards_among_demands() {
    let mut random = Random(5);
    for _ in 0..5 {
        assert_eq!(allotment(&mut random, ALLOTMENT).answer(20_000_000), Feasible::Yes);
        let too_much = Allotment { share: 40, ..ALLOTMENT };
        assert_eq!(allotment(&mut random, too_much).answer(20_000_000), Feasible::No);
    }
}

#[test]
fn gives_up_when_the_work_runs_out() {
    let parts = allotment(&mut Random(5), ALLOTMENT);
    for steps in [0, 1, 50, 500] {
        assert_eq!(parts.answer(steps), Feasible::Undecided, "{steps}");
    }
    let free = Parts::whole(vec![Interval::new(0, 1)].into(), Vec::new());
    let run_out = &mut |_: &Values, meter: &mut Meter| {
        meter.left = 0;
        false
    };
    assert_eq!(solve(&free.system(), &mut Meter::new(1000), run_out), Feasible::Undecided);
}

#[test]
fn bears_any_input() {
    let always = |bounds: &[(i64, i64)], rows: &[Row], answer: bool| {
        let bounds = bounds.iter().map(|&(lower, upper)| Interval::new(lower, upper)).collect();
        let system = Parts::whole(bounds, rows.to_vec()).system();
        solve(&system, &mut Meter::new(10_000), &mut |_, _| answer)
    };
    assert_eq!(always(&[], &[], true), Feasible::Yes);
    assert_eq!(always(&[], &[], false), Feasible::No);
    assert_eq!(always(&[(1, 0)], &[], true), Feasible::No);
    assert_eq!(always(&[(0, 1)], &[row([], 1)], true), Feasible::No);
    assert_eq!(always(&[(0, 1)], &[row([], 0)], true), Feasible::Yes);
    // A row that names no variable is as if it were not there.
    assert_eq!(always(&[(0, 1)], &[row([(7, 1)], 9)], true), Feasible::Yes);
    assert_eq!(always(&[(-1, 0)], &[], false), Feasible::No);
    let part = Parts { bounds: vec![Interval::new(0, 1)].into(), fractional: 1, rows: vec![row([(0, 2)], 1)] };
    assert_eq!(solve(&part.system(), &mut Meter::new(10_000), &mut |_, _| false), Feasible::No);
    let extremes = [i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 32, i64::MAX];
    let mut random = Random(3);
    for _ in 0..3000 {
        let mut any = || extremes[random.below(7) as usize];
        let bounds = [(); 3].map(|()| (any(), any()));
        let rows = [(); 4].map(|()| row([(0, any()), (1, any()), (1, any()), (2, any())], any()));
        always(&bounds, &rows, false);
    }
}

#[test]
fn what_is_refused_for_want_of_work_may_be_right() {
    let parts = Parts::whole([Interval::only(1)].into_iter().collect(), vec![row([(0, 1)], 1)]);
    let refused_with = |left: u64| {
        solve(&parts.system(), &mut Meter::new(1_000), &mut |_, meter| {
            meter.left = left;
            false
        })
    };
    assert_eq!(refused_with(0), Feasible::Undecided);
    assert_eq!(refused_with(1), Feasible::No);
}
