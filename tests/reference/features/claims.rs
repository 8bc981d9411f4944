//! What a case of claims exercises.

use super::super::evaluate::*;
use super::super::generate::{ClaimsCase, walk};
use super::super::model::*;
use super::*;

/// Every name that `interesting_claims` knows.
pub const ALL_OF_CLAIMS: &[&str] = &[
    "policy decides",
    "max_awards decides",
    "max_credits decides",
    "two policies decide",
    "fixed claim decides",
    "fixed claim uses nothing",
    "credits break a tie",
    "ids break a tie",
    "three targets hold together",
    "a recognised stack is shared",
    "an own amount decides",
    "waiver decides",
    "substitution decides",
    "unknown award decides",
    "equivalent decides",
    "repeatable decides",
    "distinct decides",
    "type by default decides",
    "not every way of counting will do",
    "issued already",
    "not met",
];

/// What a case of claims exercises.
pub fn interesting_claims(case: &ClaimsCase) -> Features {
    let ClaimsCase { catalog, record, as_of, targets } = case;
    let answer = claims(catalog, record, *as_of, targets);
    let verdicts = evaluate(catalog, record, *as_of, View::Earned).verdicts;
    let mut found = Features::new();
    let mut note = |name: &'static str, yes: bool| {
        assert!(ALL_OF_CLAIMS.contains(&name), "{name} is not in the list");
        if yes {
            found.insert(name);
        }
    };
    let differs = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        let answer_without = claims(&c, &r, *as_of, targets);
        (&c, &r) != (catalog, record) && answer_without != answer
    };
    // What is chosen without policies.
    let free = claims(&Catalog { sharing: Vec::new(), ..catalog.clone() }, record, *as_of, targets);
    let decides = free != answer;
    note("policy decides", decides);
    note("max_awards decides", differs(&|c, _| c.sharing.iter_mut().for_each(|p| p.max_awards = None)));
    note("max_credits decides", differs(&|c, _| c.sharing.iter_mut().for_each(|p| p.max_credits = None)));
    let needed = |i: usize| differs(&|c, _| _ = c.sharing.remove(i));
    note("two policies decide", catalog.sharing.len() > 1 && (0..catalog.sharing.len()).all(needed));
    let issued = |id: Id| record.awards.iter().any(|a| a.credential == id && a.status == AwardStatus::Completed);
    let conferred_and_issued = |id: Id| issued(id) && catalog.credentials.get(id).is_some_and(|c| c.stack.is_some());
    // As if the types of the issued ones stood in no policy.
    note(
        "fixed claim decides",
        differs(&|c, _| {
            let fixed = c.credentials.values_mut().filter(|c| conferred_and_issued(c.id));
            fixed.for_each(|c| c.kind = Some("Other"));
        }),
    );
    note(
        "fixed claim uses nothing",
        verdicts.iter().any(|(id, v)| conferred_and_issued(id) && v.status == "Held" && !v.stack_met) && decides,
    );
    note(
        "credits break a tie",
        decides
            && differs(&|c, _| c.credentials.values_mut().filter(|c| c.stack.is_some()).for_each(|c| c.credits = 0)),
    );
    // With their ids the other way round, the other ones are chosen.
    let best_of_others = free.iter().filter(|id| !answer.contains(id)).any(|left_out| {
        answer.iter().any(|id| {
            let swapped: Vec<Id> = answer.iter().map(|n| if n == id { *left_out } else { *n }).collect();
            let credits = |ids: &[Id]| ids.iter().map(|id| catalog.credentials[id].credits).sum::<Amount>();
            let mut sorted = swapped.clone();
            sorted.sort();
            credits(&swapped) == credits(&answer) && claims(catalog, record, *as_of, &swapped) == sorted
        })
    });
    note("ids break a tie", best_of_others);
    note("three targets hold together", answer.len() >= 3);
    note(
        "a recognised stack is shared",
        decides
            && free.iter().filter(|id| !answer.contains(id)).any(|id| {
                let mut found = false;
                walk(catalog.credentials[id].stack.as_ref().unwrap(), &mut |p| {
                    found |= matches!(p, Part::Credential { id, .. } if catalog.credentials[id].stack.is_some());
                });
                found
            }),
    );
    note("an own amount decides", differs(&|_, r| r.awards.iter_mut().for_each(|a| a.credits = None)));
    note("waiver decides", differs(&|_, r| r.waivers.clear()));
    note("substitution decides", differs(&|_, r| r.substitutions.clear()));
    let is_unknown = |a: &Award| !catalog.credentials.contains_key(a.credential);
    note("unknown award decides", differs(&|_, r| r.awards.retain(|a| !is_unknown(a))));
    note("equivalent decides", differs(&|c, _| c.equivalent.clear()));
    note("repeatable decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.repeatable = false)));
    note(
        "distinct decides",
        differs(&|c, _| {
            every_part(c, &|p, _| {
                if let Part::Group { distinct, .. } = p {
                    *distinct = false;
                }
            })
        }),
    );
    note(
        "type by default decides",
        differs(&|c, _| {
            let untyped = c.credentials.values_mut().filter(|c| c.kind.is_none());
            untyped.for_each(|c| c.kind = Some("Other"));
        }),
    );
    // An award less, and more can be claimed: some other way of counting would not do.
    note(
        "not every way of counting will do",
        answer.len() >= 2
            && (0..record.awards.len()).any(|i| {
                let mut fewer = record.clone();
                fewer.awards.remove(i);
                let each_alone = answer.iter().all(|id| claims(catalog, &fewer, *as_of, &[*id]).len() == 1);
                each_alone && claims(catalog, &fewer, *as_of, &answer) != answer
            }),
    );
    let is_target = |id: &&Id| targets.contains(id) && catalog.credentials[*id].stack.is_some();
    note("issued already", verdicts.keys().filter(is_target).any(|id| issued(id)));
    note("not met", verdicts.keys().filter(is_target).any(|id| !verdicts[id].met));
    found
}
