//! The simplex method against trying every vertex.

use crate::solve::bounding::{Ledger, PARTS};
use crate::solve::enumeration::variable;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::real;
use crate::solve::random::Random;
use crate::solve::row::{Bounds, Inequality, Interval};
use crate::solve::simplex::{Settled, Simplex};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// A relaxation of two variables: its least cost is had where two lines meet, each a row that is just satisfied or a
/// bound.
#[derive(Debug)]
struct Plane {
    prices: IdVec<VariableId, i64>,
    bounds: Bounds,
    rows: IdVec<RowId, Inequality>,
}

/// Where `x * a + y * b = c`.
#[derive(Clone, Copy)]
struct Line {
    x: f64,
    y: f64,
    sum: f64,
}

impl Plane {
    fn random(random: &mut Random) -> Self {
        let row = |random: &mut Random| Inequality {
            terms: vec![(variable(0), random.between(-3, 5)), (variable(1), random.between(-3, 5))],
            least: random.between(-4, 9),
        };
        Self {
            prices: (0..2).map(|_| random.between(0, 9)).collect(),
            bounds: (0..2).map(|_| Interval::new(0, random.between(1, 4))).collect(),
            rows: (0..=random.below(4)).map(|_| row(random)).collect(),
        }
    }

    fn simplex(&self, meter: &mut Meter) -> Simplex {
        let mut simplex = Simplex::new(self.prices.iter().map(|&price| real(price)).collect());
        for (id, row) in self.rows.entries() {
            simplex.activate(id, row, meter).unwrap();
        }
        simplex
    }

    /// The least cost, from all points where two lines meet.
    fn least(&self) -> Option<f64> {
        let mut lines: Vec<Line> = self
            .rows
            .iter()
            .map(|row| Line { x: real(row.terms[0].1), y: real(row.terms[1].1), sum: real(row.least) })
            .collect();
        for (along, interval) in self.bounds.iter().enumerate() {
            let (x, y) = if along == 0 { (1.0, 0.0) } else { (0.0, 1.0) };
            lines.push(Line { x, y, sum: real(interval.lower) });
            lines.push(Line { x, y, sum: real(interval.upper) });
        }
        let mut least: Option<f64> = None;
        for (number, a) in lines.iter().enumerate() {
            for b in &lines[..number] {
                let determinant = a.x * b.y - a.y * b.x;
                if determinant == 0.0 {
                    continue;
                }
                let point = [(a.sum * b.y - a.y * b.sum) / determinant, (a.x * b.sum - a.sum * b.x) / determinant];
                if self.holds(point) {
                    let cost = self.prices.iter().zip(point).map(|(&price, at)| real(price) * at).sum::<f64>();
                    least = Some(least.map_or(cost, |least| least.min(cost)));
                }
            }
        }
        least
    }

    fn holds(&self, point: [f64; 2]) -> bool {
        let near = 1e-9;
        let bounded = self
            .bounds
            .iter()
            .zip(point)
            .all(|(interval, at)| at >= real(interval.lower) - near && at <= real(interval.upper) + near);
        let sum = |row: &Inequality| real(row.terms[0].1) * point[0] + real(row.terms[1].1) * point[1];
        bounded && self.rows.iter().all(|row| sum(row) >= real(row.least) - near)
    }

    fn point(simplex: &Simplex) -> [f64; 2] {
        [simplex.value(variable(0)), simplex.value(variable(1))]
    }
}

#[test]
fn the_least_cost_is_that_of_the_best_vertex_and_multipliers_prove_it() {
    let mut random = Random(0x5eed_0011);
    let (mut optimal, mut impossible) = (0, 0);
    for _ in 0..3000 {
        let plane = Plane::random(&mut random);
        let mut meter = Meter::new(100_000);
        let mut simplex = plane.simplex(&mut meter);
        let read = |row: RowId| Some(plane.rows[row].clone());
        let mut ledger = Ledger::new(plane.prices.clone());
        match simplex.settle(&plane.bounds, f64::INFINITY, &mut meter).unwrap() {
            Settled::Optimal => {
                optimal += 1;
                let point = Plane::point(&simplex);
                let cost = plane.prices.iter().zip(point).map(|(&price, at)| real(price) * at).sum::<f64>();
                assert!(plane.holds(point), "{plane:?} {point:?}");
                assert!((cost - plane.least().unwrap()).abs() < 1e-6, "{plane:?} {point:?}");
                let scaled = simplex.duals().into_iter();
                let whole: Vec<(RowId, i64)> =
                    scaled.map(|(row, dual)| (row, crate::solve::number::nearest(dual * real(PARTS)))).collect();
                let proved = ledger.price(&whole, read, &plane.bounds).unwrap();
                let least = i64::try_from(proved.least).unwrap();
                assert!((real(least) / real(PARTS) - cost).abs() < 1e-3, "{plane:?}");
            }
            Settled::Impossible(multipliers) => {
                impossible += 1;
                assert_eq!(plane.least(), None, "{plane:?}");
                assert!(ledger.confirmed(&multipliers, read, &plane.bounds).is_some(), "{plane:?} {multipliers:?}");
            }
            other => panic!("{other:?} {plane:?}"),
        }
    }
    assert!(optimal > 1000 && impossible > 300, "{optimal} {impossible}");
}

#[test]
fn a_basis_is_as_good_a_start_for_other_bounds_and_further_rows() {
    let mut random = Random(0x5eed_0012);
    for _ in 0..1000 {
        let mut plane = Plane::random(&mut random);
        let mut meter = Meter::new(100_000);
        let mut warm = plane.simplex(&mut meter);
        for _ in 0..4 {
            warm.settle(&plane.bounds, f64::INFINITY, &mut meter).unwrap();
            plane.bounds = (0..2).map(|_| Interval::new(random.between(0, 1), random.between(1, 4))).collect();
            let row = Plane::random(&mut random).rows.iter().last().unwrap().clone();
            let id = plane.rows.push(row.clone());
            warm.activate(id, &row, &mut meter).unwrap();
            let mut cold = plane.simplex(&mut meter);
            let settled = [&mut warm, &mut cold].map(|simplex| {
                let settled = simplex.settle(&plane.bounds, f64::INFINITY, &mut meter).unwrap();
                let cost = |simplex: &Simplex| {
                    let point = Plane::point(simplex);
                    plane.prices.iter().zip(point).map(|(&price, at)| real(price) * at).sum::<f64>()
                };
                matches!(settled, Settled::Optimal).then(|| cost(simplex))
            });
            assert_eq!(settled[0].is_some(), settled[1].is_some(), "{plane:?}");
            assert!(settled[0].zip(settled[1]).is_none_or(|(a, b)| (a - b).abs() < 1e-6), "{plane:?}");
        }
    }
}

#[test]
fn it_stops_above_a_ceiling_and_when_the_work_runs_out() {
    let rows = vec![Inequality { terms: vec![(variable(0), 1), (variable(1), 1)], least: 2 }];
    let plane = Plane { prices: vec![5, 7].into(), bounds: vec![Interval::new(0, 1); 2].into(), rows: rows.into() };
    let mut meter = Meter::new(100);
    let mut simplex = plane.simplex(&mut meter);
    assert!(matches!(simplex.settle(&plane.bounds, 11.0, &mut meter), Some(Settled::Beyond)));
    assert!(matches!(simplex.settle(&plane.bounds, 12.5, &mut meter), Some(Settled::Optimal)));
    assert!(simplex.settle(&plane.bounds, 12.5, &mut Meter::new(0)).is_none());
}
