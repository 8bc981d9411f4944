//! The linear relaxation of a search: rows are given to it as its point breaks them, and what it says is confirmed in
//! whole numbers.

use std::sync::Arc;

use crate::solve::bounding::{Ledger, Multipliers, PARTS, Proved};
use crate::solve::branch::log::LowerBound;
use crate::solve::domains::Domains;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::{jitter, nearest, real};
use crate::solve::objective::Scale;
use crate::solve::row::Bounds;
use crate::solve::simplex::{Settled, Simplex};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// Integrality tolerance: a value nearer to a whole number is meant to be one.
pub(crate) const NEARLY_WHOLE: f64 = 1e-6;
/// Prices are raised by up to this at random, in grains: no two ways cost the same, so that the method moves on.
const JITTER: f64 = 1e-6;
/// At the root the relaxation is begun anew so often at the most.
const RESTARTS: u32 = 4;

/// The outcome of the relaxation.
#[derive(Debug)]
pub(crate) enum Relaxed {
    Optimal,
    /// Nothing here is of interest.
    Beyond,
    /// The rows times these contradict each other.
    Impossible(Multipliers),
    Unclear,
}

#[derive(Debug)]
pub(crate) struct Relaxation {
    simplex: Simplex,
    /// The bounds that hold for the whole search; rows are given to the relaxation as sharp as these allow.
    common: Bounds,
    /// Rows that can matter.
    live: Vec<RowId>,
    ledger: Ledger,
    /// The greatest number that divides all prices.
    grain: i64,
    restarts: u32,
}

/// The relaxation at its optimum, before any split, to begin other searches from.
#[derive(Debug)]
pub(crate) struct Root {
    /// The bounds that are certain of all solutions.
    bounds: Bounds,
    simplex: Simplex,
}

impl Root {
    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }
}

impl Relaxation {
    pub(crate) fn new(prices: IdVec<VariableId, i64>, scale: &Scale, domains: &Domains) -> Self {
        let grain = scale.grain();
        let costs = prices.iter().zip(0_u32..).map(|(&price, number)| real(price / grain) + JITTER * jitter(number));
        Self {
            simplex: Simplex::new(costs.collect()),
            common: domains.bounds().clone(),
            live: domains.rows().ids().collect(),
            ledger: Ledger::new(prices),
            grain,
            restarts: 0,
        }
    }

    /// The value of a variable at its point.
    pub(crate) fn value(&self, variable: VariableId) -> f64 {
        self.simplex.value(variable)
    }

    pub(crate) fn simplex(&self) -> &Simplex {
        &self.simplex
    }

    pub(crate) fn common(&self) -> &Bounds {
        &self.common
    }

    pub(crate) fn prices(&self) -> &IdVec<VariableId, i64> {
        self.ledger.prices()
    }

    /// A row was added that can matter.
    pub(crate) fn add(&mut self, row: RowId) {
        self.live.push(row);
    }

    pub(crate) fn root(&self, domains: &Domains) -> Root {
        Root { bounds: domains.bounds().clone(), simplex: self.simplex.clone() }
    }

    /// Begins from a root, with these rows; it stays as it is from then on.
    pub(crate) fn begin_from(&mut self, root: &Root, live: Vec<RowId>) {
        self.simplex.clone_from(&root.simplex);
        self.live = live;
        self.restarts = RESTARTS;
    }

    /// The least cost between the present bounds, or whether that is above the cutoff. The bound is raised to what
    /// was proved. `None` if the work runs out.
    pub(crate) fn settle(
        &mut self,
        domains: &Domains,
        cutoff: i64,
        bound: &mut LowerBound,
        meter: &mut Meter,
    ) -> Option<Relaxed> {
        // A little above what closes the branch, so that whole numbers confirm it.
        let mut ceiling = match cutoff {
            i64::MAX => f64::INFINITY,
            _ => (real(cutoff / self.grain) + 1e-4) * (1.0 + 1e-9),
        };
        let mut renewed = false;
        loop {
            let Some(settled) = self.simplex.settle(domains.bounds(), ceiling, meter) else {
                // Whatever basis was come to, its bound holds.
                self.raise(bound, domains);
                return None;
            };
            match settled {
                Settled::Impossible(multipliers) => {
                    let read = |row: RowId| domains.rows()[row].sharpened(domains.bounds());
                    let confirmed = self.ledger.confirmed(&multipliers, read, domains.bounds());
                    if confirmed.is_none() && !renewed && self.simplex.is_worn() {
                        // It may be the errors that contradict each other, and they would stay.
                        renewed = true;
                        if self.simplex.renew(meter).is_some() {
                            continue;
                        }
                        self.raise(bound, domains);
                        return None;
                    }
                    return Some(confirmed.map_or(Relaxed::Unclear, Relaxed::Impossible));
                }
                Settled::Unclear => return Some(Relaxed::Unclear),
                Settled::Beyond => {
                    self.raise(bound, domains);
                    if bound.least > cutoff {
                        return Some(Relaxed::Beyond);
                    }
                    ceiling = f64::INFINITY;
                    continue;
                }
                Settled::Optimal => {}
            }
            if !self.add_violated(domains, meter)? {
                self.raise(bound, domains);
                // Multiples of rows were added up.
                meter.spend(1 + domains.bounds().len() as u64 / 8)?;
                return Some(Relaxed::Optimal);
            }
        }
    }

    /// Raises the bound if the present basis proves as much or more.
    fn raise(&mut self, bound: &mut LowerBound, domains: &Domains) {
        let scale = real(PARTS) * real(self.grain);
        let duals = self.simplex.duals().into_iter();
        let multipliers: Multipliers = duals.map(|(row, dual)| (row, nearest(dual * scale))).collect();
        if let Some(proved) = self.price(&multipliers, domains) {
            let least = proved.cost(self.grain);
            if least >= bound.least {
                *bound = LowerBound { least, multipliers: Arc::new(multipliers) };
            }
        }
    }

    /// Consequences of multiples of rows between the present bounds.
    pub(crate) fn price(&mut self, multipliers: &[(RowId, i64)], domains: &Domains) -> Option<Proved> {
        let read = |row: RowId| domains.rows().get(row)?.sharpened(domains.bounds());
        self.ledger.price(multipliers, read, domains.bounds())
    }

    /// Gives the relaxation the rows that its point breaks. Whether there were any.
    fn add_violated(&mut self, domains: &Domains, meter: &mut Meter) -> Option<bool> {
        let mut added = false;
        meter.spend(1 + self.live.len() as u64 / 4)?;
        for &id in &self.live {
            if self.simplex.is_active(id) {
                continue;
            }
            let row = &domains.rows()[id];
            let least = match row.head.map(|head| self.simplex.value(head)) {
                None => real(row.need),
                Some(head) if head <= NEARLY_WHOLE => continue,
                Some(head) => real(row.need) * head,
            };
            let sum: f64 = row.terms.iter().map(|&(variable, times)| real(times) * self.simplex.value(variable)).sum();
            if sum < least - NEARLY_WHOLE * least.abs().max(1.0)
                && let Some(inequality) = row.sharpened(&self.common)
            {
                self.simplex.activate(id, &inequality, meter)?;
                added = true;
            }
        }
        Some(added)
    }

    /// Begins anew without what has become certain for the whole search, if that is much. Whether it did.
    pub(crate) fn restart(&mut self, domains: &Domains) -> bool {
        let fixed = |bounds: &Bounds| bounds.iter().filter(|interval| interval.is_fixed()).count();
        let free = self.common.len() - fixed(&self.common);
        let much = (fixed(domains.bounds()) - fixed(&self.common)) * 10 >= free;
        if self.restarts >= RESTARTS || !much {
            return false;
        }
        self.restarts += 1;
        self.common.clone_from(domains.bounds());
        self.simplex = self.simplex.anew();
        true
    }

    /// True if the point lies outside the bounds.
    pub(crate) fn is_outside(&self, domains: &Domains) -> bool {
        domains.bounds().entries().any(|(variable, interval)| {
            let value = self.value(variable);
            value < real(interval.lower) - NEARLY_WHOLE || value > real(interval.upper) + NEARLY_WHOLE
        })
    }
}
