//! A small checker of proofs by cutting planes: as much of the format of `VeriPB` as proofs of plans are written in.
//! It was written from the format's description alone, shares no code with the library, and tells the first fault.

#![allow(dead_code, unreachable_pub, reason = "several test programs share it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Terms over bits, each by its name, that add up to so much or more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Constraint {
    factors: BTreeMap<String, i128>,
    least: i128,
}

impl Constraint {
    /// The constraint with these terms; a bit after `~` is what it is short of 1.
    fn read(text: &str) -> Result<Self, String> {
        let (terms, least) = text.split_once(">=").ok_or("no `>=`")?;
        let mut read = Self { least: number(least)?, ..Self::default() };
        let words: Vec<&str> = terms.split_whitespace().collect();
        for term in words.chunks(2) {
            let [factor, bit] = term else { return Err(format!("half a term in {text}")) };
            read.add_term(bit, number(factor)?)?;
        }
        Ok(read)
    }

    fn add_term(&mut self, bit: &str, factor: i128) -> Result<(), String> {
        if factor != 0 {
            let own = self.factors.entry(bit.to_owned()).or_default();
            *own = own.checked_add(factor).ok_or("too large")?;
            if *own == 0 {
                self.factors.remove(bit);
            }
        }
        Ok(())
    }

    fn add(&mut self, other: &Self) -> Result<(), String> {
        for (bit, &factor) in &other.factors {
            self.add_term(bit, factor)?;
        }
        self.least = self.least.checked_add(other.least).ok_or("too large")?;
        Ok(())
    }

    fn multiply(&mut self, by: i128) -> Result<(), String> {
        for factor in self.factors.values_mut().chain([&mut self.least]) {
            *factor = factor.checked_mul(by).ok_or("too large")?;
        }
        Ok(())
    }

    /// What is needed where every factor is above 0, of bits or of what they are short of 1.
    fn degree(&self) -> i128 {
        self.least - self.factors.values().filter(|factor| **factor < 0).sum::<i128>()
    }

    /// The same with other factors and another degree.
    fn reshape(&mut self, factor: impl Fn(i128) -> i128, degree: i128) {
        self.factors.values_mut().for_each(|own| *own = own.signum() * factor(own.abs()));
        self.factors.retain(|_, own| *own != 0);
        self.least = degree.max(0) + self.factors.values().filter(|factor| **factor < 0).sum::<i128>();
    }

    fn divide(&mut self, by: i128) {
        let up = |number: i128| number.div_euclid(by) + i128::from(number.rem_euclid(by) > 0);
        self.reshape(up, up(self.degree()));
    }

    fn saturate(&mut self) {
        let degree = self.degree();
        self.reshape(|factor| factor.min(degree.max(0)), degree);
    }

    fn negated(&self) -> Self {
        let factors = self.factors.iter().map(|(bit, factor)| (bit.clone(), -factor)).collect();
        Self { factors, least: 1 - self.least }
    }

    fn is_contradiction(&self) -> bool {
        self.factors.values().filter(|factor| **factor > 0).sum::<i128>() < self.least
    }

    fn value(&self, set: impl Fn(&str) -> bool) -> i128 {
        self.factors.iter().filter(|(bit, _)| set(bit)).map(|(_, factor)| factor).sum()
    }
}

fn number(text: &str) -> Result<i128, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is no number"))
}

/// What a proof showed: the objective is worth so much at the least, and so much at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    pub least: i128,
    pub most: Option<i128>,
}

#[derive(Default)]
struct Checker {
    objective: Constraint,
    formula: usize,
    constraints: Vec<Option<Constraint>>,
    /// Constraints that are to be proved by contradiction, each with the number of those before it.
    open: Vec<(Constraint, usize)>,
}

/// Checks a proof.
pub fn check(formula: &str, proof: &str) -> Result<Shown, String> {
    let mut checker = Checker::default();
    checker.read_formula(formula)?;
    let proof = proof.strip_prefix("pseudo-Boolean proof version 3.0\n").ok_or("no header")?;
    let mut shown = None;
    for (number, line) in (2..).zip(proof.lines()) {
        let told = |fault: String| format!("line {number}: {fault}: {line}");
        shown = checker.read(line).map_err(told)?.or(shown);
    }
    shown.filter(|_| proof.ends_with("end pseudo-Boolean proof;\n")).ok_or("no conclusion".to_owned())
}

impl Checker {
    fn read_formula(&mut self, formula: &str) -> Result<(), String> {
        for line in formula.lines().filter(|line| !line.starts_with('*')) {
            let line = line.strip_suffix(" ;").ok_or("no end of a line")?;
            match line.strip_prefix("min:") {
                Some(terms) => self.objective = Constraint::read(&format!("{terms} >= 0"))?,
                None => self.constraints.push(Some(Constraint::read(line)?)),
            }
        }
        self.formula = self.constraints.len();
        Ok(())
    }

    /// A line; the last one but one says what is shown.
    fn read(&mut self, line: &str) -> Result<Option<Shown>, String> {
        if let Some(claim) = line.strip_prefix("pbc").and_then(|line| line.strip_suffix(" : subproof")) {
            let claim = Constraint::read(claim)?;
            let negated = claim.negated();
            self.open.push((claim, self.constraints.len()));
            self.constraints.push(Some(negated));
            return Ok(None);
        }
        let line = line.strip_suffix(';').ok_or("no end of the line")?;
        if let Some(rest) = line.strip_prefix("pol ") {
            let derived = self.derived(rest)?;
            self.constraints.push(Some(derived));
        } else if line == "qed pbc : -1" {
            let (claim, start) = self.open.pop().ok_or("nothing is open")?;
            let last = self.constraints.last().and_then(Option::as_ref).ok_or("nothing was derived")?;
            if !last.is_contradiction() {
                return Err(format!("no contradiction: {last:?}"));
            }
            self.constraints[start..].fill(None);
            self.constraints.push(Some(claim));
        } else if let Some(rest) = line.strip_prefix("f ") {
            if rest.parse() != Ok(self.formula) {
                return Err("another number of constraints".to_owned());
            }
        } else if let Some(rest) = line.strip_prefix("conclusion BOUNDS ") {
            return self.concluded(rest).map(Some);
        } else if !["output NONE", "end pseudo-Boolean proof"].contains(&line) {
            return Err("an unknown rule".to_owned());
        }
        Ok(None)
    }

    /// A derivation in reverse Polish notation.
    fn derived(&self, text: &str) -> Result<Constraint, String> {
        let mut stack: Vec<Constraint> = Vec::new();
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut place = 0;
        while let Some(&word) = words.get(place) {
            place += 1;
            let next = words.get(place).copied().unwrap_or_default();
            match word {
                "+" => {
                    let last = stack.pop().ok_or("nothing to add")?;
                    stack.last_mut().ok_or("nothing to add to")?.add(&last)?;
                }
                "s" => stack.last_mut().ok_or("nothing to saturate")?.saturate(),
                _ if matches!(next, "*" | "d") => {
                    place += 1;
                    let top = stack.last_mut().ok_or("nothing is there")?;
                    match next {
                        _ if number(word)? < 1 => return Err("a factor below 1".to_owned()),
                        "*" => top.multiply(number(word)?)?,
                        _ => top.divide(number(word)?),
                    }
                }
                _ if word.starts_with('x') => stack.push(Constraint::read(&format!("1 {word} >= 0"))?),
                _ if word.starts_with('~') => stack.push(Constraint::read(&format!("-1 {} >= -1", &word[1..]))?),
                _ => {
                    let id: usize = word.parse().map_err(|_| format!("`{word}` is no constraint"))?;
                    let found = id.checked_sub(1).and_then(|id| self.constraints.get(id)?.clone());
                    stack.push(found.ok_or(format!("no constraint {id}"))?);
                }
            }
        }
        let result = stack.pop().ok_or("nothing is derived")?;
        if stack.is_empty() { Ok(result) } else { Err("more than one thing is derived".to_owned()) }
    }

    fn concluded(&self, text: &str) -> Result<Shown, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let least = number(words.first().ok_or("no bound")?)?;
        let (hint, rest) = if words.get(1) == Some(&":") { (words.get(2), &words[3..]) } else { (None, &words[1..]) };
        let proved = match hint {
            Some(id) => self.derived(id)?,
            // No price is below 0.
            None => Constraint { least: 0, ..self.objective.clone() },
        };
        if proved.factors != self.objective.factors || proved.least < least {
            return Err(format!("the lower bound is not what is proved: {proved:?}"));
        }
        if rest == ["INF"] {
            return Ok(Shown { least, most: None });
        }
        let most = number(rest[0])?;
        let values = &rest[2..];
        let set = |bit: &str| values.contains(&bit);
        let satisfied = self.constraints[..self.formula].iter().flatten();
        if let Some(broken) = satisfied.clone().find(|row| row.value(set) < row.least) {
            return Err(format!("the values break {broken:?}"));
        }
        if self.objective.value(set) > most {
            return Err("the values are worth more".to_owned());
        }
        Ok(Shown { least, most: Some(most) })
    }
}

/// The program that checks proofs, if there is one.
pub fn veripb() -> Option<String> {
    std::env::var("CREDPATH_VERIPB").ok()
}

/// Whether the program that is there for it says that the proof is right.
pub fn is_verified(program: &str, name: &str, formula: &str, proof: &str) -> bool {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (opb, pbp) = (folder.join(format!("{name}.opb")), folder.join(format!("{name}.pbp")));
    fs::write(&opb, formula).expect("a place for the formula");
    fs::write(&pbp, proof).expect("a place for the proof");
    let output = Command::new(program).args([&opb, &pbp]).output().expect("the checker runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success() && told.contains("s VERIFIED BOUNDS")
}
