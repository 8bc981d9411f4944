//! A college of made-up learners, to look at what a report says.

use credpath::{Award, Catalog, Date, EvaluateOptions, LearnerRecord};

use crate::input;

/// Made-up learners: exams passed over six years; what they qualified for was awarded to most, on the day they
/// qualified.
pub(crate) fn college(
    catalog: &Catalog,
    as_of: Date,
    learners: u64,
) -> Result<impl Iterator<Item = LearnerRecord>, String> {
    let taken: Vec<&str> = catalog
        .credentials()
        .filter(|&(id, _)| !catalog.is_conferred(id))
        .map(|(_, credential)| credential.id.as_str())
        .collect();
    let days = (0..6 * 365).map(|day| input::later(as_of, -day)).collect::<Result<Vec<Date>, String>>()?;
    let mut state = 2_026_u64;
    // SplitMix64: the same learners on every run.
    let mut below = move |bound: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    };
    let learner = move |_| {
        // Some exams are taken by many, others by few.
        let exams = 1 + below(7);
        let exam = |below: &mut dyn FnMut(usize) -> usize| below(taken.len()).min(below(taken.len()));
        let mut awards: Vec<Award> =
            (0..exams).map(|_| Award::new(taken[exam(&mut below)]).on(days[below(days.len())])).collect();
        let record = LearnerRecord { awards: awards.clone(), ..LearnerRecord::default() };
        let evaluation = catalog.evaluate(&record, as_of, &EvaluateOptions::default());
        for id in evaluation.qualified() {
            if let Some(since) = evaluation.qualified_since(id)
                && below(10) < 8
            {
                awards.push(Award::new(catalog.get(id).id.as_str()).on(since));
            }
        }
        LearnerRecord { awards, ..LearnerRecord::default() }
    };
    Ok((0..learners).map(learner))
}
