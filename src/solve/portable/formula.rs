//! An integer program as a pseudo-Boolean formula, in the format OPB.

use std::fmt::Write as _;

use crate::solve::certificate::{Factor, written};
use crate::solve::ids::{RowId, VariableId};
use crate::solve::portable::bits::{BitTerm, Bits};
use crate::solve::portable::derivation::ConstraintId;
use crate::solve::portable::facts::{BoundFact, VariableBound};
use crate::solve::row::{Bounds, Row};
use crate::value::ids::{Id as _, IdVec};

/// Terms that add up to `least` or more.
#[derive(Debug)]
pub(crate) struct BitRow {
    pub(crate) terms: Vec<BitTerm>,
    pub(crate) least: i128,
}

/// A bit that may be 1 only where a bound of a variable does not hold.
#[derive(Debug)]
pub(crate) struct Beyond {
    bound: VariableBound,
    /// The constraint that says so.
    pub(crate) says: ConstraintId,
    /// What the bit is multiplied by there.
    pub(crate) times: i64,
}

/// A fact as constraints.
#[derive(Debug)]
pub(crate) struct StatedFact {
    /// One of the bounds does not hold.
    pub(crate) clause: ConstraintId,
    /// For each of them the bit that says so, where it is not one of the variable's own.
    pub(crate) beyond: Vec<Option<Beyond>>,
}

/// A formula.
#[derive(Debug)]
pub(crate) struct Formula {
    /// The bits of each variable.
    pub(crate) bits: IdVec<VariableId, Bits>,
    /// For each variable that is bounded by less than its bits say, the constraint that says so.
    pub(crate) bounded: IdVec<VariableId, Option<ConstraintId>>,
    pub(crate) facts: Vec<StatedFact>,
    rows: Vec<BitRow>,
    /// Bits in all.
    number: usize,
    /// Words to stand before rows, by the number of rows before them.
    words: Vec<FormulaWords>,
}

#[derive(Debug)]
struct FormulaWords {
    before: usize,
    text: String,
}

impl Formula {
    /// Variables up to these bounds.
    pub(crate) fn new(uppers: impl Iterator<Item = i64>) -> Self {
        let mut number = 0;
        let bits: IdVec<VariableId, Bits> = uppers
            .map(|upper| {
                let bits = Bits::up_to(upper, number);
                number += bits.len();
                bits
            })
            .collect();
        let bounded = IdVec::filled(None, bits.len());
        Self { bits, bounded, facts: Vec::new(), rows: Vec::new(), number, words: Vec::new() }
    }

    /// The number of the last constraint.
    pub(crate) fn last(&self) -> ConstraintId {
        ConstraintId(self.rows.len() as u64)
    }

    /// The constraint of a row. Rows come first, in their order.
    pub(crate) fn constraint(row: RowId) -> ConstraintId {
        ConstraintId(row.index() as u64 + 1)
    }

    /// Words to stand before what is added next.
    pub(crate) fn say(&mut self, text: String) {
        self.words.push(FormulaWords { before: self.rows.len(), text });
    }

    pub(crate) fn add(&mut self, row: &Row) {
        let written = written(row);
        let factors = merged(written.factors);
        let terms = factors.iter().flat_map(|&(variable, factor)| self.bits[variable].times(factor)).collect();
        self.push(BitRow { terms, least: written.least });
    }

    /// Adds the upper bounds that are less than what the bits say, with words before the first of them.
    pub(crate) fn bound(&mut self, bounds: &Bounds, words: &str) {
        let mut words = Some(words.to_owned());
        for (variable, interval) in bounds.entries() {
            if interval.upper < self.bits[variable].upper() {
                if let Some(words) = words.take() {
                    self.say(words);
                }
                let terms = self.bits[variable].times(-1).collect();
                self.bounded[variable] = Some(self.push(BitRow { terms, least: -i128::from(interval.upper) }));
            }
        }
    }

    pub(crate) fn state(&mut self, fact: &BoundFact) {
        let mut clause = BitRow { terms: Vec::new(), least: 1 };
        let mut beyond = Vec::with_capacity(fact.len());
        for &bound in fact {
            let (VariableBound::AtMost { variable, value } | VariableBound::AtLeast { variable, value }) = bound;
            let upper = self.bits[variable].upper();
            match bound {
                // Some bit is 1.
                VariableBound::AtMost { value: 0, .. } => {
                    clause.terms.extend(self.bits[variable].each().map(|bit| BitTerm { bit, factor: 1 }));
                    beyond.push(None);
                }
                VariableBound::AtLeast { .. } if upper == 1 => {
                    clause.terms.extend(self.bits[variable].times(-1));
                    clause.least -= 1;
                    beyond.push(None);
                }
                _ => {
                    let bits = Bits::up_to(1, self.number);
                    self.number += 1;
                    clause.terms.extend(bits.times(1));
                    // At least one more than the bound, or at most one less.
                    let is_upper = matches!(bound, VariableBound::AtMost { .. });
                    let (own, times, least) =
                        if is_upper { (1, value + 1, 0) } else { (-1, upper - value + 1, -i128::from(upper)) };
                    let terms = self.bits[variable].times(own).chain(bits.times(-i128::from(times))).collect();
                    let says = self.push(BitRow { terms, least });
                    beyond.push(Some(Beyond { bound, says, times }));
                }
            }
        }
        let clause = self.push(clause);
        self.facts.push(StatedFact { clause, beyond });
    }

    fn push(&mut self, row: BitRow) -> ConstraintId {
        self.rows.push(row);
        self.last()
    }

    /// The bits for values of the variables, if they satisfy the formula.
    pub(crate) fn assigned(&self, values: &IdVec<VariableId, i64>) -> Option<Vec<bool>> {
        let mut set = Vec::with_capacity(self.number);
        for (bits, &value) in self.bits.iter().zip(values) {
            if !(0..=bits.upper()).contains(&value) {
                return None;
            }
            set.extend(bits.of(value));
        }
        for beyond in self.facts.iter().flat_map(|fact| fact.beyond.iter().flatten()) {
            set.push(match beyond.bound {
                VariableBound::AtMost { variable, value } => values[variable] > value,
                VariableBound::AtLeast { variable, value } => values[variable] < value,
            });
        }
        let value = |term: &BitTerm| if set[term.bit.index()] { term.factor } else { 0 };
        let holds = |row: &BitRow| row.terms.iter().map(value).sum::<i128>() >= row.least;
        self.rows.iter().all(holds).then_some(set)
    }

    /// The formula as a text, with something to be minimised, and words at its top.
    pub(crate) fn to_opb(&self, prices: &IdVec<VariableId, i64>, words: &str) -> String {
        let mut text = format!("* #variable= {} #constraint= {}\n", self.number, self.rows.len());
        comment(&mut text, words);
        text.push_str("min:");
        for (variable, &price) in prices.entries().filter(|price| *price.1 != 0) {
            terms(&mut text, self.bits[variable].times(i128::from(price)));
        }
        text.push_str(" ;\n");
        let mut words = self.words.iter().peekable();
        for (number, row) in self.rows.iter().enumerate() {
            while let Some(FormulaWords { text: said, .. }) = words.next_if(|words| words.before == number) {
                comment(&mut text, said);
            }
            let start = text.len();
            terms(&mut text, row.terms.iter().copied());
            if text.len() == start {
                // A row has to name something.
                text.push_str(" +0 x1");
            }
            text.remove(start);
            // Writing to a string cannot fail.
            let _ = writeln!(text, " >= {} ;", row.least);
        }
        text
    }
}

/// Each variable once, with all of its factors together.
pub(crate) fn merged(mut factors: Vec<Factor>) -> Vec<Factor> {
    factors.sort_by_key(|&(variable, _)| variable);
    factors.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    factors.retain(|factor| factor.1 != 0);
    factors
}

fn comment(text: &mut String, words: &str) {
    for line in words.lines() {
        text.push_str(if line.is_empty() { "*" } else { "* " });
        text.push_str(line);
        text.push('\n');
    }
}

/// Terms as both formats write them, a space before each.
pub(crate) fn terms(text: &mut String, terms: impl Iterator<Item = BitTerm>) {
    for BitTerm { bit, factor } in terms.filter(|term| term.factor != 0) {
        // Writing to a string cannot fail.
        let _ = write!(text, " {factor:+} {bit}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factors_of_one_variable_are_added_up() {
        let [first, second, third] = [0, 1, 2].map(VariableId::at);
        let factors = vec![(third, 5), (first, 2), (second, 7), (first, -3), (second, -7), (first, 4)];
        assert_eq!(merged(factors), [(first, 3), (third, 5)]);
    }
}
