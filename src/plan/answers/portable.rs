//! The proof of a plan for strangers: as a formula and a derivation in public formats, which a checker that knows
//! nothing of credentials goes through.

use crate::catalog::catalog::Catalog;
use crate::plan::answers::plan::Plan;
use crate::plan::answers::portable_words::{reason, words};
use crate::plan::answers::proof_check::ProofCheck;
use crate::plan::answers::verify::Flaw;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::problem::{Formulation, Problem};
use crate::plan::question::question::Question;
use crate::plan::question::ties::Prices;
use crate::record::record::LearnerRecord;
use crate::solve::certificate::Entry;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::integer::{self, Feasible, System};
use crate::solve::portable::facts::{BoundFact, FactCollector, VariableBound};
use crate::solve::portable::formula::Formula;
use crate::solve::portable::writer::{BoundedObjective, Claimed, ProofWriter, concluded};
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::amount::Amount;
use crate::value::ids::{Id as _, IdVec};
use crate::value::meter::Meter;

/// The proof that no plan is worth less, as two texts that a checker of another house goes through: a *pseudo-Boolean*
/// formula in the format OPB, and a derivation by *cutting planes* in the format of `VeriPB`, version 3.0. What follows
/// from it, and what it takes for granted, is in [semantics 7.11](crate::semantics#7.11).
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { cost = 300 }
///     statistics = { cost = 200 }
///     data = { stack = { any_of = ["sql", "statistics"] }, cost = 50 }
/// "#)?;
/// let (record, today) = (LearnerRecord::default(), "2026-11-22".parse()?);
/// let data = catalog.credential("data").expect("defined above");
/// let outcome = catalog.plan(&record, today, data, &PlanOptions::default());
/// let proof = outcome.plan().expect("there is a way").portable_proof(&catalog, &record)?;
///
/// // A learner can take this away: `veripb plan.opb plan.pbp` says "VERIFIED BOUNDS 25000 <= obj <= 25000".
/// assert!(proof.formula.contains("min: +5000 x1"));
/// assert!(proof.proof.contains("conclusion BOUNDS 25000 : "));
/// assert_eq!((proof.lower_bound.hundredths(), proof.is_attained), (25_000, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PortableProof {
    /// The formula, with words on what each variable stands for. What it minimises is the objective of the plan, in
    /// hundredths.
    pub formula: String,
    /// The derivation that nothing which satisfies the formula is worth less than the lower bound.
    pub proof: String,
    /// The lower bound, by the plan's objective.
    pub lower_bound: Amount,
    /// True if the proof also shows values for the formula that are worth as much as the plan. Finding
    /// them is a search of its own, which ends with the work limit of the plan.
    pub is_attained: bool,
}

/// Why there is no proof in public formats.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotPortable {
    /// The plan is not what it says.
    #[error(transparent)]
    Flaw(#[from] Flaw),
    /// The target is held, so that there is nothing to plan, and nothing to prove.
    #[error("the target is held: there is nothing to prove")]
    NothingToProve,
    /// The derivation would be longer than 268,435,456 bytes, or the formula would have to state more than 4,194,304
    /// bounds of what the evaluator answers for.
    #[error("the proof is too long to be written down")]
    TooLong,
}

impl Plan {
    /// The proof that no plan is worth less, in public formats. The plan is verified first ([`Plan::verify`]), and its
    /// proof is gone through twice more.
    ///
    /// # Errors
    /// [`NotPortable`] if the plan does not verify, if there is nothing to prove, or if the proof is too long.
    pub fn portable_proof(&self, catalog: &Catalog, record: &LearnerRecord) -> Result<PortableProof, NotPortable> {
        self.verify(catalog, record)?;
        let unknown = || Flaw::UnknownCredential(self.target.clone());
        let target = catalog.credential(&self.target).ok_or_else(unknown)?;
        let question = Question { target, as_of: self.as_of, options: &self.options };
        let start = question.start(catalog, record);
        if question.is_held(&start.progress) {
            return Err(NotPortable::NothingToProve);
        }
        let formulation = Formulation::new(&start, &question);
        Export { plan: self, problem: &formulation.problem(question) }.proof()
    }
}

/// A plan that is verified, and the question as rows.
struct Export<'a, 's, 'p, 'c> {
    plan: &'a Plan,
    problem: &'a Problem<'s, 'p, 'c>,
}

impl Export<'_, '_, '_, '_> {
    fn proof(&self) -> Result<PortableProof, NotPortable> {
        let Self { plan, problem } = *self;
        let prices = Prices::new(problem.statement, plan.objective);
        let certificate = &plan.certificate;
        let rows = ProofCheck::new(problem, certificate).rows().ok_or(Flaw::Unproven)?;
        let of = |entry: &Entry, bounds: &Bounds| match entry {
            Entry::Barren => self.too_little(bounds),
            _ => self.just_these(bounds),
        };
        let mut collector = FactCollector { of: &of, facts: Vec::new(), terms: 0 };
        if !ProofCheck::new(problem, certificate).is_followed(&rows, &prices, &mut collector) {
            return Err(Flaw::Unproven.into());
        }
        if collector.is_full() {
            return Err(NotPortable::TooLong);
        }
        let facts = collector.facts;
        let formula = self.formula(&rows, &facts);
        let own = problem.statement.prices(plan.objective);
        let assigned = self.values(&rows).and_then(|values| formula.assigned(&values));
        let least = i128::from(prices.combined.first(certificate.least)).max(0);
        let objective = BoundedObjective {
            prices: &own,
            grain: prices.combined.scale().grain(),
            weight: prices.combined.first_weight(),
            first_grain: prices.combined.first_grain(),
            least,
            found: plan.worth(),
        };
        let proof = if certificate.least > 0 {
            let below = prices.combined.scale().below(certificate.least);
            let claimed = Claimed { rows: &rows, prices: prices.combined.prices(), below };
            let mut writer = ProofWriter::new(&formula, claimed, &facts);
            let holds = ProofCheck::new(problem, certificate).is_followed(&rows, &prices, &mut writer);
            if !holds {
                return Err(Flaw::Unproven.into());
            }
            writer.end(&objective, assigned.as_deref()).ok_or(NotPortable::TooLong)?
        } else {
            let head = format!("pseudo-Boolean proof version 3.0\nf {};\n", formula.last());
            concluded(head, &objective, None, assigned.as_deref())
        };
        Ok(PortableProof {
            formula: formula.to_opb(&own, &words(plan, problem.statement, &formula)),
            proof,
            lower_bound: Amount::from_hundredths(u64::try_from(least).unwrap_or(u64::MAX)),
            is_attained: assigned.is_some(),
        })
    }

    /// The rows as a formula, with words on where they come from.
    fn formula(&self, rows: &IdVec<RowId, Row>, facts: &[BoundFact]) -> Formula {
        let Problem { statement, ref limits, .. } = *self.problem;
        let further = &self.plan.certificate.further;
        let of_question = statement.rows.len() + limits.len();
        let mut formula = Formula::new(statement.variables.iter().map(|variable| variable.upper));
        for (id, row) in rows.entries() {
            let place = id.index();
            if place == 0 {
                formula.say("the rules, read backwards from the target".to_owned());
            }
            if place == statement.rows.len() && place < of_question {
                formula.say("what is asked for besides".to_owned());
            }
            if let Some(cut) = place.checked_sub(of_question).and_then(|place| further.get(place)) {
                formula.say(format!("the evaluator says: {}", reason(statement, cut)));
            }
            formula.add(row);
        }
        formula.bound(&statement.bounds(), "what cannot be taken, or is of no use");
        for fact in facts {
            formula.say("the evaluator says: not all of this holds in a plan".to_owned());
            formula.state(fact);
        }
        formula
    }

    /// The bounds by which too little is allowed to reach anything.
    fn too_little(&self, bounds: &Bounds) -> BoundFact {
        let own = self.problem.statement.bounds();
        let mut fact = BoundFact::new();
        for step in self.problem.statement.steps.iter().filter(|step| step.barriers.is_empty()) {
            let counted = step.times.unwrap_or(step.variable);
            if bounds[step.variable].upper < 1 {
                fact.push(VariableBound::AtMost { variable: step.variable, value: 0 });
            } else if bounds[counted].upper < own[counted].upper {
                fact.push(VariableBound::AtMost { variable: counted, value: bounds[counted].upper });
            }
        }
        fact
    }

    /// The bounds that say just which steps are taken, and how often.
    fn just_these(&self, bounds: &Bounds) -> BoundFact {
        let own = self.problem.statement.bounds();
        let mut fact = BoundFact::new();
        for step in self.problem.statement.steps.iter().filter(|step| step.barriers.is_empty()) {
            let counted = step.times.filter(|_| bounds[step.variable].upper > 0).unwrap_or(step.variable);
            let Interval { lower, upper } = bounds[counted];
            if lower > 0 {
                fact.push(VariableBound::AtLeast { variable: counted, value: lower });
            }
            if upper < own[counted].upper {
                fact.push(VariableBound::AtMost { variable: counted, value: upper });
            }
        }
        fact
    }

    /// Values that satisfy the rows, the steps of the plan being taken. `None` if none are found within the work limit.
    fn values(&self, rows: &IdVec<RowId, Row>) -> Option<IdVec<VariableId, i64>> {
        let statement = self.problem.statement;
        let mut bounds = statement.bounds();
        for step in &statement.steps {
            let id = statement.catalog.id(step.credential);
            let taken = self.plan.steps.iter().find(|taken| taken.credential == id);
            let times = taken.map_or(0, |taken| i64::from(taken.times));
            bounds[step.variable] = Interval::only(times.min(1));
            if let Some(counted) = step.times {
                bounds[counted] = Interval::only(times);
            }
        }
        let mut system = System::default();
        for &interval in &bounds {
            system.whole(interval);
        }
        rows.iter().for_each(|row| system.add(row.clone()));
        let options = self.problem.question.options;
        let most = options.work.min(PlanOptions::MOST_WORK_AGAIN);
        let mut meter = Meter::watched_by(most, options.watcher.as_ref());
        let mut values = None;
        let found = integer::solve(&system, &mut meter, &mut |found, _| {
            values = Some(found.clone());
            true
        });
        values.filter(|_| found == Feasible::Yes)
    }
}
