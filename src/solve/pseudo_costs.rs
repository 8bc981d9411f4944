//! *Pseudo-costs*: the gains that splitting by a variable brought so far, the best guide to those that it will bring.

use crate::solve::ids::VariableId;
use crate::value::ids::IdVec;

/// To which side of a split a branch lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Down,
    Up,
}

/// The way in which a branch came about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Branching {
    pub(crate) variable: VariableId,
    pub(crate) side: Side,
    /// By how much that moved the variable.
    pub(crate) distance: f64,
}

/// The gains per unit so far.
#[derive(Debug, Clone, Copy, Default)]
struct Gains {
    sum: f64,
    times: f64,
}

impl Gains {
    fn average(self) -> f64 {
        if self.times > 0.0 { self.sum / self.times } else { 0.0 }
    }
}

/// For each variable, what splitting by it brought.
#[derive(Debug)]
pub(crate) struct PseudoCosts {
    down: IdVec<VariableId, Gains>,
    up: IdVec<VariableId, Gains>,
}

impl PseudoCosts {
    pub(crate) fn new(variables: usize) -> Self {
        let none = IdVec::filled(Gains::default(), variables);
        Self { down: none.clone(), up: none }
    }

    /// Notes by how much a branching raised the least cost.
    pub(crate) fn learn(&mut self, branching: Branching, gain: f64) {
        let Branching { variable, side, distance } = branching;
        let gains = match side {
            Side::Down => &mut self.down[variable],
            Side::Up => &mut self.up[variable],
        };
        *gains = Gains { sum: gains.sum + gain / distance, times: gains.times + 1.0 };
    }

    /// The average cost of one less of the variable.
    pub(crate) fn down(&self, variable: VariableId) -> f64 {
        self.down[variable].average()
    }

    /// The average cost of one more of the variable.
    pub(crate) fn up(&self, variable: VariableId) -> f64 {
        self.up[variable].average()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::enumeration::variable;

    #[test]
    fn gains_are_averaged_per_unit() {
        let mut costs = PseudoCosts::new(2);
        let up = |distance| Branching { variable: variable(1), side: Side::Up, distance };
        costs.learn(up(0.5), 3.0);
        costs.learn(up(0.25), 1.0);
        assert!((costs.up(variable(1)) - 5.0).abs() < 1e-12);
        assert!(costs.down(variable(1)) == 0.0 && costs.up(variable(0)) == 0.0);
    }
}
