//! A proof in the format of `VeriPB`, written while the proof is checked: what a line shows is derived by cutting
//! planes, and each branch is a proof by contradiction within another one.

use std::fmt::Write as _;

use crate::solve::bounding::Multipliers;
use crate::solve::certificate::{Entry, PARTS, ProofFollower, ProofLine, written};
use crate::solve::ids::{RowId, VariableId};
use crate::solve::portable::bits::BitTerm;
use crate::solve::portable::derivation::{ConstraintId, Derivation};
use crate::solve::portable::facts::{BoundFact, VariableBound};
use crate::solve::portable::formula::{Formula, merged, terms};
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::IdVec;

/// Bytes of a proof; a longer one is not written.
const MOST_BYTES: usize = 1 << 28;

/// The constraints that say the bounds of a variable, where they are narrower than what its bits say.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BoundConstraints {
    lower: Option<ConstraintId>,
    upper: Option<ConstraintId>,
}

/// A side of a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BoundSide {
    Lower,
    Upper,
}

/// A bound that was derived.
#[derive(Debug)]
struct DerivedBound {
    variable: VariableId,
    side: BoundSide,
    constraint: ConstraintId,
}

#[derive(Debug)]
struct EarlierBound {
    variable: VariableId,
    constraints: BoundConstraints,
}

/// A split, of which one side is supposed so that the other is proved.
#[derive(Debug)]
struct OpenSplit {
    /// The number of changes before it.
    changes: usize,
    /// The bounds that the variable had.
    before: Interval,
    /// The side of its bounds that the proved one is.
    proved: BoundSide,
}

/// What is to be proved: no values that satisfy the rows cost this, or less.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimed<'a> {
    pub(crate) rows: &'a IdVec<RowId, Row>,
    pub(crate) prices: &'a IdVec<VariableId, i64>,
    pub(crate) below: i64,
}

/// Writes a proof.
pub(crate) struct ProofWriter<'a> {
    pub(crate) formula: &'a Formula,
    claimed: Claimed<'a>,
    /// The facts in the order in which the proof rests on them.
    facts: std::iter::Enumerate<std::slice::Iter<'a, BoundFact>>,
    text: String,
    last: ConstraintId,
    /// The supposition that is to be refuted: it all costs as little.
    cheap: ConstraintId,
    bounds: IdVec<VariableId, BoundConstraints>,
    changes: Vec<EarlierBound>,
    open: Vec<OpenSplit>,
}

impl<'a> ProofWriter<'a> {
    pub(crate) fn new(formula: &'a Formula, claimed: Claimed<'a>, facts: &'a [BoundFact]) -> Self {
        let last = formula.last();
        let bounds = formula.bounded.iter().map(|&upper| BoundConstraints { lower: None, upper }).collect();
        let mut writer = Self {
            formula,
            claimed,
            facts: facts.iter().enumerate(),
            text: format!("pseudo-Boolean proof version 3.0\nf {last};\n"),
            last,
            cheap: last,
            bounds,
            changes: Vec::new(),
            open: Vec::new(),
        };
        let all = writer.priced(claimed.prices);
        writer.cheap = writer.suppose(&all, i128::from(claimed.below) + 1);
        writer
    }

    /// The prices as terms.
    fn priced(&self, prices: &IdVec<VariableId, i64>) -> Vec<BitTerm> {
        let priced = prices.entries().filter(|price| *price.1 != 0);
        priced.flat_map(|(variable, &price)| self.formula.bits[variable].times(i128::from(price))).collect()
    }

    /// True if the proof is too long to be written.
    pub(crate) fn is_full(&self) -> bool {
        self.text.len() > MOST_BYTES
    }

    /// Begins a proof by contradiction that the terms add up to so much or more. Gives the opposite, which is supposed.
    pub(crate) fn suppose(&mut self, all: &[BitTerm], least: i128) -> ConstraintId {
        if !self.is_full() {
            self.text.push_str("pbc");
            terms(&mut self.text, all.iter().copied());
            // Writing to a string cannot fail.
            let _ = writeln!(self.text, " >= {least} : subproof");
        }
        self.number()
    }

    /// Ends the last proof by contradiction: what was derived last is one. Gives what is proved.
    pub(crate) fn supposed(&mut self) -> ConstraintId {
        if !self.is_full() {
            self.text.push_str("qed pbc : -1;\n");
        }
        self.number()
    }

    /// Derives a constraint.
    pub(crate) fn step(&mut self, derivation: &Derivation) -> ConstraintId {
        if !self.is_full() {
            // Writing to a string cannot fail.
            let _ = writeln!(self.text, "pol {};", derivation.text());
        }
        self.number()
    }

    fn number(&mut self) -> ConstraintId {
        self.last = self.last.next();
        self.last
    }

    fn set_bound(&mut self, variable: VariableId, side: BoundSide, constraint: ConstraintId) {
        let constraints = self.bounds[variable];
        self.changes.push(EarlierBound { variable, constraints });
        match side {
            BoundSide::Lower => self.bounds[variable].lower = Some(constraint),
            BoundSide::Upper => self.bounds[variable].upper = Some(constraint),
        }
    }

    /// Adds the lower bound of a variable so many times. Where it is 0, the format knows it.
    pub(crate) fn add_lower(&self, derivation: &mut Derivation, variable: VariableId, times: i128) {
        if let Some(constraint) = self.bounds[variable].lower {
            derivation.add(constraint, times.unsigned_abs());
        }
    }

    /// Adds the upper bound of a variable so many times, and so takes the variable out, which counts so much there.
    pub(crate) fn add_upper(&self, derivation: &mut Derivation, variable: VariableId, times: i128) {
        match self.bounds[variable].upper {
            Some(constraint) => derivation.add(constraint, times.unsigned_abs()),
            None => self.formula.bits[variable].times(times).for_each(|term| derivation.add_negated_bit(term)),
        }
    }

    /// Adds the lower bound of a variable so many times, and so takes the variable out, which counts so much less.
    pub(crate) fn take_lower(&self, derivation: &mut Derivation, variable: VariableId, times: i128) {
        match self.bounds[variable].lower {
            Some(constraint) => derivation.add(constraint, times.unsigned_abs()),
            None => self.formula.bits[variable].times(times).for_each(|term| derivation.add_bit(term)),
        }
    }

    /// The multiplied rows, and the supposition if it is of interest.
    fn weighted(&mut self, multipliers: &Multipliers, is_priced: bool, bounds: &Bounds) -> Derivation {
        let mut sum = Derivation::default();
        if is_priced {
            sum.add(self.cheap, PARTS.unsigned_abs());
        }
        let rows = self.claimed.rows;
        for &(id, multiplier) in multipliers.iter().filter(|multiplier| multiplier.1 > 0) {
            if let Some(row) = self.sharpened(id, &rows[id], bounds) {
                sum.add_all(&row, u128::from(multiplier.unsigned_abs()));
            }
        }
        sum
    }

    /// The multiplied rows and the bounds that they leave: a contradiction.
    fn too_dear(&mut self, multipliers: &Multipliers, is_priced: bool, line: &ProofLine<'_>) {
        let mut sum = self.weighted(multipliers, is_priced, line.bounds);
        for (variable, &cost) in line.costs.entries() {
            match self.bounds[variable] {
                BoundConstraints { lower: Some(lower), .. } if cost > 0 => sum.add(lower, cost.unsigned_abs()),
                BoundConstraints { upper: Some(upper), .. } if cost < 0 => sum.add(upper, cost.unsigned_abs()),
                _ => {}
            }
        }
        self.step(&sum);
    }

    /// The bounds beyond which the multiplied rows cost too much.
    fn narrow(&mut self, multipliers: &Multipliers, line: &ProofLine<'_>) {
        if line.narrower.is_empty() {
            return;
        }
        let mut sum = self.weighted(multipliers, true, line.bounds);
        let mut is_narrowed = IdVec::filled(false, line.costs.len());
        line.narrower.iter().for_each(|part| is_narrowed[part.0] = true);
        for (variable, &cost) in line.costs.entries().filter(|&(variable, _)| !is_narrowed[variable]) {
            self.take_out(&mut sum, variable, -cost);
        }
        let sum = self.step(&sum);
        // The bounds as they were go into all of what is derived now.
        let mut found = Vec::with_capacity(line.narrower.len());
        self.narrow_each(sum, line.narrower, line, &mut found);
        for DerivedBound { variable, side, constraint } in found {
            self.set_bound(variable, side, constraint);
        }
    }

    /// Derives the bound of each of these variables from a sum in which no others are left. Half of them are taken out
    /// at a time, so that the text does not grow with the square of their number.
    fn narrow_each(
        &mut self,
        sum: ConstraintId,
        parts: &[(VariableId, Interval)],
        line: &ProofLine<'_>,
        found: &mut Vec<DerivedBound>,
    ) {
        if self.is_full() {
            return;
        }
        if let &[(variable, _)] = parts {
            let cost = line.costs[variable];
            let mut own = Derivation::of(sum);
            own.divide(cost.unsigned_abs());
            let side = if cost > 0 { BoundSide::Upper } else { BoundSide::Lower };
            found.push(DerivedBound { variable, side, constraint: self.step(&own) });
            return;
        }
        let (left, right) = parts.split_at(parts.len() / 2);
        for (kept, others) in [(left, right), (right, left)] {
            let mut half = Derivation::of(sum);
            for &(other, _) in others {
                self.take_out(&mut half, other, -line.costs[other]);
            }
            let half = self.step(&half);
            self.narrow_each(half, kept, line, found);
        }
    }

    /// Takes a variable out of a sum in which it has this factor, at what it adds at the most.
    fn take_out(&self, sum: &mut Derivation, variable: VariableId, factor: i128) {
        if factor > 0 {
            self.add_upper(sum, variable, factor);
        } else {
            self.take_lower(sum, variable, -factor);
        }
    }

    /// The bound that a row leaves to a variable.
    fn forced(&mut self, id: RowId, variable: VariableId, line: &ProofLine<'_>) {
        if line.narrower.iter().all(|part| part.1 == line.bounds[part.0]) {
            return;
        }
        let mut sum = Derivation::of(Formula::constraint(id));
        let mut own = 0;
        for (other, factor) in merged(written(&self.claimed.rows[id]).factors) {
            if other == variable {
                own = factor;
            } else {
                self.take_out(&mut sum, other, factor);
            }
        }
        sum.divide(own.unsigned_abs());
        let constraint = self.step(&sum);
        self.set_bound(variable, if own > 0 { BoundSide::Lower } else { BoundSide::Upper }, constraint);
    }

    /// The row cannot be satisfied: a contradiction.
    fn conflict(&mut self, id: RowId) {
        let mut sum = Derivation::of(Formula::constraint(id));
        for (variable, factor) in merged(written(&self.claimed.rows[id]).factors) {
            match self.bounds[variable] {
                BoundConstraints { upper: Some(upper), .. } if factor > 0 => sum.add(upper, factor.unsigned_abs()),
                BoundConstraints { lower: Some(lower), .. } if factor < 0 => sum.add(lower, factor.unsigned_abs()),
                _ => {}
            }
        }
        self.step(&sum);
    }

    /// The next fact says that the bounds are impossible: a contradiction.
    fn refuted(&mut self) {
        let Some((place, fact)) = self.facts.next() else { return };
        let stated = &self.formula.facts[place];
        let mut sum = Derivation::of(stated.clause);
        for (&bound, beyond) in fact.iter().zip(&stated.beyond) {
            let (VariableBound::AtMost { variable, .. } | VariableBound::AtLeast { variable, .. }) = bound;
            let BoundConstraints { lower, upper } = self.bounds[variable];
            let own = if matches!(bound, VariableBound::AtMost { .. }) { upper } else { lower };
            let Some(own) = own else { continue };
            let mut not_beyond = Derivation::default();
            if let Some(beyond) = beyond {
                not_beyond.add(beyond.says, 1);
                not_beyond.add(own, 1);
                not_beyond.divide(u128::from(beyond.times.unsigned_abs()));
            } else {
                not_beyond.add(own, 1);
            }
            sum.add_all(&not_beyond, 1);
        }
        self.step(&sum);
    }

    fn split(&mut self, variable: VariableId, at: i64, up_first: bool, line: &ProofLine<'_>) {
        let bits = &self.formula.bits[variable];
        let (negated, supposed, proved) = if up_first {
            // Proves that it is at most so much.
            let terms: Vec<BitTerm> = bits.times(-1).collect();
            (self.suppose(&terms, -i128::from(at)), BoundSide::Lower, BoundSide::Upper)
        } else {
            let terms: Vec<BitTerm> = bits.times(1).collect();
            (self.suppose(&terms, i128::from(at) + 1), BoundSide::Upper, BoundSide::Lower)
        };
        let before = line.bounds[variable];
        self.open.push(OpenSplit { changes: self.changes.len(), before, proved });
        if line.narrower.iter().any(|part| part.1 != before) {
            self.set_bound(variable, supposed, negated);
        }
    }

    /// The end: the prices are worth more than supposed; so what they stand for is worth so much at the least.
    pub(crate) fn end(mut self, objective: &BoundedObjective<'_>, bits: Option<&[bool]>) -> Option<String> {
        let proved = self.supposed();
        let mut sum = Derivation::of(proved);
        let grain = objective.grain.unsigned_abs().into();
        sum.divide(grain);
        let mut whole = Derivation::default();
        whole.add_all(&sum, grain);
        // What later objectives add is no more than their prices come to.
        for (variable, &price) in self.claimed.prices.entries() {
            let first = i128::from(objective.prices[variable] / objective.first_grain) * i128::from(objective.weight);
            self.add_negated(&mut whole, variable, i128::from(price) - first);
        }
        whole.divide(objective.weight.unsigned_abs().into());
        let mut least = Derivation::default();
        least.add_all(&whole, objective.first_grain.unsigned_abs().into());
        let least = self.step(&least);
        if self.is_full() {
            return None;
        }
        Some(concluded(self.text, objective, Some(least), bits))
    }

    /// Takes a part of a price off, at the upper bound that holds for all.
    fn add_negated(&self, sum: &mut Derivation, variable: VariableId, rest: i128) {
        match self.formula.bounded[variable] {
            Some(bounded) if rest > 0 => sum.add(bounded, rest.unsigned_abs()),
            _ => self.formula.bits[variable].times(rest).for_each(|term| sum.add_negated_bit(term)),
        }
    }
}

/// The first objective, and how it stands in the prices by all objectives together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundedObjective<'a> {
    pub(crate) prices: &'a IdVec<VariableId, i64>,
    /// The number that divides all sums of the prices together.
    pub(crate) grain: i64,
    /// How often each of its own grains counts there.
    pub(crate) weight: i64,
    /// The number that divides all its prices.
    pub(crate) first_grain: i64,
    /// It is worth so much at the least.
    pub(crate) least: i128,
    /// Something that satisfies the formula is worth so much.
    pub(crate) found: u128,
}

/// A proof with its conclusion.
pub(crate) fn concluded(
    mut text: String,
    objective: &BoundedObjective<'_>,
    least: Option<ConstraintId>,
    bits: Option<&[bool]>,
) -> String {
    let hint = least.map(|least| format!(" : {least}")).unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = write!(text, "output NONE;\nconclusion BOUNDS {}{hint}", objective.least);
    match bits {
        Some(bits) => {
            let _ = write!(text, " {} :", objective.found);
            for (number, &is_set) in (1..).zip(bits) {
                let _ = write!(text, " {}x{number}", if is_set { "" } else { "~" });
            }
        }
        None => text.push_str(" INF"),
    }
    text.push_str(";\nend pseudo-Boolean proof;\n");
    text
}

impl ProofFollower for ProofWriter<'_> {
    fn line(&mut self, line: &ProofLine<'_>) {
        // Of what is not written any more only the splits are followed, which have to be left in their order.
        if self.is_full() && !matches!(line.entry, Entry::Split { .. }) {
            return;
        }
        match line.entry {
            Entry::Narrow(multipliers) if !line.ends => self.narrow(multipliers, line),
            Entry::Narrow(multipliers) | Entry::Closed(multipliers) => self.too_dear(multipliers, true, line),
            Entry::Contradiction(multipliers) => self.too_dear(multipliers, false, line),
            &Entry::Forced { row, variable } if !line.ends => self.forced(row, variable, line),
            &Entry::Forced { row, .. } | &Entry::Conflict(row) => self.conflict(row),
            Entry::Barren | Entry::Refused => self.refuted(),
            &Entry::Split { variable, at, up_first } => self.split(variable, at, up_first, line),
        }
    }

    fn clashed(&mut self, variable: VariableId) {
        let BoundConstraints { lower, upper } = self.bounds[variable];
        let mut sum = Derivation::default();
        lower.into_iter().chain(upper).for_each(|bound| sum.add(bound, 1));
        self.step(&sum);
    }

    fn other_side(&mut self, variable: VariableId, interval: Interval) {
        let proved = self.supposed();
        let Some(split) = self.open.pop() else { return };
        for earlier in self.changes.drain(split.changes..).rev() {
            self.bounds[earlier.variable] = earlier.constraints;
        }
        if interval != split.before {
            self.set_bound(variable, split.proved, proved);
        }
    }
}
