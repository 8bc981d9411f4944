//! Rows between bounds as a proof multiplies them: what is certain taken off, and no factor greater than what is then
//! needed (*coefficient tightening*), derived by cutting planes.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::portable::bits::BitTerm;
use crate::solve::portable::derivation::{ConstraintId, Derivation};
use crate::solve::portable::formula::Formula;
use crate::solve::portable::writer::ProofWriter;
use crate::solve::row::{Bounds, Interval, Row};

/// A term of a row whose factors are all above 0.
#[derive(Debug, Clone, Copy)]
struct RowPart {
    variable: VariableId,
    times: i128,
    lower: i64,
    is_fixed: bool,
}

/// A row that is to be sharpened between bounds.
struct Sharpening {
    row: ConstraintId,
    parts: Vec<RowPart>,
    /// The head, if it is not known yet to be 1.
    open_head: Option<VariableId>,
    /// The head, if it is 1 by its bounds.
    certain_head: Option<VariableId>,
    /// What is needed of the row as it is.
    whole: i128,
    /// What is needed beside what is certain.
    need: i128,
}

impl Sharpening {
    /// `None` if the row is taken as it is.
    fn new(id: RowId, row: &Row, bounds: &Bounds) -> Option<Self> {
        let head = row.head.map_or(Interval::only(1), |head| bounds[head]);
        if head.upper > 1 || row.terms.iter().any(|term| term.1 < 0) {
            return None;
        }
        let part = |&(variable, times): &(VariableId, i64)| {
            let interval = bounds[variable];
            RowPart { variable, times: times.into(), lower: interval.lower, is_fixed: interval.is_fixed() }
        };
        let parts: Vec<RowPart> =
            row.terms.iter().filter(|term| Some(term.0) != row.head && term.1 != 0).map(part).collect();
        let certain: i128 = parts.iter().map(|part| part.times * i128::from(part.lower)).sum();
        let whole = i128::from(row.need);
        // Where the head is 0, nothing is needed.
        let need = if head.upper == 0 { 0 } else { whole - certain };
        let is_open = head.lower < 1;
        let (open_head, certain_head) = if is_open { (row.head, None) } else { (None, row.head) };
        Some(Self { row: Formula::constraint(id), parts, open_head, certain_head, whole, need })
    }

    fn free(&self) -> impl Iterator<Item = &RowPart> {
        self.parts.iter().filter(|part| !part.is_fixed)
    }

    fn factor(&self, part: &RowPart) -> i128 {
        part.times.min(self.need)
    }

    /// What the row is certain to have.
    fn certain(&self) -> i128 {
        self.whole - self.need
    }

    /// True if it says more than the row without what is fixed.
    fn is_sharper(&self) -> bool {
        (self.open_head.is_some() && self.certain() > 0) || self.free().any(|part| part.times > self.need)
    }

    /// True if saturation alone does not sharpen it: something counts from a lower bound on that is not 0, or the head
    /// has several bits, of which no more than one is left.
    fn is_shifted(&self, formula: &Formula) -> bool {
        let is_counted = |head: VariableId| formula.bits[head].upper() > 1;
        self.open_head.is_some_and(is_counted) || self.free().any(|part| part.lower > 0)
    }
}

impl ProofWriter<'_> {
    /// A derivation of the row as it is between the bounds. `None` if it says nothing there.
    pub(crate) fn sharpened(&mut self, id: RowId, row: &Row, bounds: &Bounds) -> Option<Derivation> {
        let Some(sharpening) = Sharpening::new(id, row, bounds) else {
            return Some(Derivation::of(Formula::constraint(id)));
        };
        if sharpening.need <= 0 {
            return None;
        }
        if sharpening.is_sharper() && sharpening.is_shifted(self.formula) {
            return Some(Derivation::of(self.shifted(&sharpening)));
        }
        let mut derivation = Derivation::of(sharpening.row);
        for part in sharpening.parts.iter().filter(|part| part.is_fixed) {
            self.add_upper(&mut derivation, part.variable, part.times);
        }
        if let Some(head) = sharpening.certain_head {
            self.add_lower(&mut derivation, head, sharpening.whole);
        }
        if !sharpening.is_sharper() {
            return Some(derivation);
        }
        derivation.saturate();
        // Of a variable with several bits, saturation may take more off than is wanted, which goes back on.
        for part in sharpening.free() {
            let wanted = sharpening.factor(part);
            for BitTerm { bit, factor: weight } in self.formula.bits[part.variable].times(1) {
                let own = (part.times * weight).min(sharpening.need);
                derivation.add_bit(BitTerm { bit, factor: wanted * weight - own });
            }
        }
        Some(derivation)
    }

    /// Derives the sharpened row by contradiction. Where it does not hold, no term with a smaller factor exceeds its
    /// lower bound; so the factors do not matter, and the row itself does not hold.
    fn shifted(&mut self, sharpening: &Sharpening) -> ConstraintId {
        let mut terms: Vec<BitTerm> = Vec::new();
        let mut least = if sharpening.open_head.is_some() { 0 } else { sharpening.need };
        for part in sharpening.free() {
            let factor = sharpening.factor(part);
            terms.extend(self.formula.bits[part.variable].times(factor));
            least += factor * i128::from(part.lower);
        }
        if let Some(head) = sharpening.open_head {
            terms.extend(self.formula.bits[head].times(-sharpening.need));
        }
        let negated = self.suppose(&terms, least);
        let mut sum = Derivation::of(sharpening.row);
        sum.add(negated, 1);
        for part in sharpening.free().filter(|part| part.times > sharpening.need) {
            if self.is_full() {
                break;
            }
            let mut own = Derivation::of(negated);
            for other in sharpening.free().filter(|other| other.variable != part.variable) {
                self.take_lower(&mut own, other.variable, sharpening.factor(other));
            }
            if let Some(head) = sharpening.open_head {
                self.add_upper(&mut own, head, sharpening.need);
            }
            own.divide(sharpening.need.unsigned_abs());
            let at_most = self.step(&own);
            sum.add(at_most, (part.times - sharpening.need).unsigned_abs());
        }
        for part in sharpening.parts.iter().filter(|part| part.is_fixed) {
            self.add_upper(&mut sum, part.variable, part.times);
        }
        if let Some(head) = sharpening.certain_head {
            self.add_lower(&mut sum, head, sharpening.whole);
        }
        if sharpening.open_head.is_some() && sharpening.certain() > 0 {
            // What is certain is enough, unless the head is 0; and then nothing is needed.
            sum.divide(sharpening.certain().unsigned_abs());
            let no_head = self.step(&sum);
            sum = Derivation::of(negated);
            sum.add(no_head, sharpening.need.unsigned_abs());
            for part in sharpening.free() {
                self.add_lower(&mut sum, part.variable, sharpening.factor(part));
            }
        }
        self.step(&sum);
        self.supposed()
    }
}
