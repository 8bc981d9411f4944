//! Proofs of plans in public formats, on random catalogs: a checker that shares no code with the library goes through
//! them, and `veripb` where `CREDPATH_VERIPB` says where it is.

use crate::asked::Asked;
use crate::reference::generate::{cases, plan_case};
use crate::strangers::{Shown, check, is_verified, veripb};
use credpath::{NotPortable, Plan};
use proptest::prelude::*;

/// The plan is proved in public formats.
fn prove(asked: &Asked, plan: &Plan) -> Result<(), TestCaseError> {
    let proof = match plan.portable_proof(&asked.catalog, &asked.record) {
        Err(NotPortable::NothingToProve) if plan.steps.is_empty() => return Ok(()),
        proof => proof.map_err(|error| TestCaseError::fail(error.to_string()))?,
    };
    let least = i128::from(proof.lower_bound.hundredths());
    let most = Some(i128::from(plan.value().hundredths()));
    let shown = check(&proof.formula, &proof.proof);
    prop_assert_eq!(&shown, &Ok(Shown { least, most }), "{}{}", proof.formula, proof.proof);
    if let Some(program) = veripb() {
        prop_assert!(is_verified(&program, "random", &proof.formula, &proof.proof), "{}{}", proof.formula, proof.proof);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn every_plan_is_proved_to_strangers(
        case in plan_case(),
        work in prop_oneof![Just(None), (0u64..3000).prop_map(Some)],
    ) {
        let mut asked = Asked::new(&case, None);
        asked.options.work = work.unwrap_or(asked.options.work);
        if let Some(plan) = asked.plan().plan() {
            prove(&asked, plan)?;
            // The other plans, of which each leaves those before it aside.
            if work.is_none() {
                let options = asked.options.clone();
                for other in &asked.catalog.alternatives(&asked.record, asked.as_of, asked.target, &options, 3, 1).plans
                {
                    prove(&asked, other)?;
                }
            }
        }
    }
}
