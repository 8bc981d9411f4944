//! Questions that have to have one answer, however they are asked.

use credpath::{
    Catalog, CheckOptions, CohortOptions, CompareOptions, Date, Effect, EvaluateOptions, LearnerRecord,
    NextStepsOutcome, Objective, PlanOptions, PlanOutcome, Status, View, Witness,
};

use super::drawn::{Bytes, document, record};

/// What is asked about: nothing, if what was drawn makes no catalog.
fn drawn(bytes: &mut Bytes<'_>) -> Option<(Catalog, LearnerRecord, Date)> {
    let catalog = Catalog::compile(&document(bytes)).ok()?;
    Some((catalog, record(bytes), bytes.day()))
}

/// An evaluation says what the audit of each credential says, what a cohort of such learners says, what it says when it
/// is read again, and what it says of the same awards in another order.
pub fn agreement(data: &[u8]) {
    let mut bytes = Bytes(data);
    let Some((catalog, record, as_of)) = drawn(&mut bytes) else { return };
    let mut options = EvaluateOptions::default();
    options.view = View::ALL[usize::from(bytes.below(3))];
    options.verified_only = bytes.one_in(4);
    options.qualification_counts = !bytes.one_in(4);
    let evaluation = catalog.evaluate(&record, as_of, &options);
    for (id, status) in evaluation.statuses() {
        let audit = evaluation.audit(id);
        assert_eq!(audit.status, status, "the audit of {}", audit.credential);
        if catalog.is_conferred(id) {
            assert_eq!(audit.meets_requirements, evaluation.meets_requirements(id), "{}", audit.credential);
        }
        let _ = audit.to_string();
    }
    let report = evaluation.report();
    let json = serde_json::to_string(&report).expect("a report is data");
    assert_eq!(serde_json::from_str::<credpath::EvaluationReport>(&json).expect("it was written"), report);

    let mut cohort = CohortOptions::default();
    cohort.evaluate = options.clone();
    let cohort = catalog.cohort(as_of, &cohort);
    let none = LearnerRecord::default();
    let mut statuses = vec![Status::Undecided; 3 * catalog.len()];
    assert_eq!(cohort.fill([&none, &record, &none], &mut statuses), 3);
    let alone: Vec<Status> = evaluation.statuses().map(|(_, status)| status).collect();
    assert_eq!(statuses[catalog.len()..2 * catalog.len()], alone, "a cohort and its learner");

    let mut turned = record.clone();
    turned.awards.reverse();
    let turned: Vec<Status> = catalog.evaluate(&turned, as_of, &options).statuses().map(|(_, status)| status).collect();
    assert_eq!(turned, alone, "the order of awards has no meaning");
}

/// A plan is verified, also when it was kept; and the next steps begin with the same plan.
pub fn plans(data: &[u8]) {
    let mut bytes = Bytes(data);
    let Some((catalog, record, as_of)) = drawn(&mut bytes) else { return };
    let objectives = [Objective::Cost, Objective::Hours, Objective::Credentials];
    let mut options = PlanOptions::default();
    options.objective = objectives[usize::from(bytes.below(3))];
    options.budget = bytes.one_in(3).then(|| u16::from(bytes.below(20)).into());
    options.work = if bytes.one_in(4) { u64::from(bytes.next()) * 50 } else { 200_000 };
    let target = usize::from(bytes.next()) % catalog.len();
    let Some((target, _)) = catalog.credentials().nth(target) else { return };
    let outcome = catalog.plan(&record, as_of, target, &options);
    let json = serde_json::to_string(&outcome).expect("an answer is data");
    let kept: PlanOutcome = serde_json::from_str(&json).expect("it was written");
    assert_eq!(kept, outcome);
    if let Some(plan) = kept.plan() {
        plan.verify(&catalog, &record).expect("what is answered is proven");
        let _ = plan.explain(&catalog, &record).expect("what is proven is explained").to_string();
        // Whoever holds what it leads to needs nothing, unless that rests on what nobody has issued to them.
        let mut done = record.clone();
        done.awards.push(credpath::Award::new(&plan.target).on(as_of));
        let issued = EvaluateOptions::default().qualification_counts(false);
        if catalog.evaluate(&done, as_of, &issued).status(target) == Status::Held {
            let empty = catalog.plan(&done, as_of, target, &options).into_plan();
            assert!(empty.is_some_and(|empty| empty.steps.is_empty()), "steps to what is held");
        }
    }
    let next = catalog.next_steps(&record, as_of, target, &options);
    if let (NextStepsOutcome::Steps(next), Some(plan)) = (&next, outcome.plan()) {
        assert_eq!(next.plan.value(), plan.value(), "the best plan is one");
    }
    assert_eq!(matches!(next, NextStepsOutcome::Unattainable(_)), matches!(outcome, PlanOutcome::Unattainable(_)));
}

/// What a check or a comparison shows is so: its learners are put to the evaluators.
pub fn comparison(data: &[u8]) {
    let mut bytes = Bytes(data);
    let older = document(&mut bytes);
    let newer = document(&mut bytes);
    let [Ok(older), Ok(newer)] = [&older, &newer].map(Catalog::compile) else { return };
    let mut options = CompareOptions::default();
    (options.as_of, options.work) = (Some(bytes.day()), 100_000);
    let comparison = older.compare(&newer, &options);
    let _ = comparison.to_string();
    for compared in &comparison.changed {
        for (difference, effect) in [(&compared.lost, Effect::Loses), (&compared.gained, Effect::Gains)] {
            let Some(difference) = difference else { continue };
            for (catalog, side) in [(&older, Effect::Loses), (&newer, Effect::Gains)] {
                // Of what is taken, the requirements are a prerequisite, of which an evaluation does not say this.
                let known = catalog.credential(&compared.credential).filter(|&id| catalog.is_conferred(id));
                let Some(id) = known else { continue };
                let (record, as_of) = (difference.learner.record(catalog), difference.learner.as_of);
                let meets = catalog.evaluate(&record, as_of, &EvaluateOptions::default()).meets_requirements(id);
                assert_eq!(meets, effect == side, "{} by {side:?}", compared.credential);
            }
        }
    }
    let mut checking = CheckOptions::default();
    (checking.as_of, checking.work) = (Some(bytes.day()), 100_000);
    let found = newer.check(&checking);
    let _ = found.to_string();
    for diagnostic in found.as_slice() {
        if let Some(Witness::Order { credentials }) = &diagnostic.witness {
            assert!(credentials.iter().all(|id| newer.credential(id).is_some()), "{credentials:?}");
        }
    }
    // The same question has the same answer.
    assert_eq!(newer.check(&checking).to_string(), found.to_string());
    // Nobody is shown for whom a catalog differs from itself.
    let itself = newer.compare(&newer, &options).changed;
    assert!(itself.iter().all(|compared| compared.lost.is_none() && compared.gained.is_none()), "{itself:?}");
}
