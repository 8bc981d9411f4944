//! What a case of plans exercises.

use super::super::evaluate::*;
use super::super::generate::{PlanCase, walk};
use super::super::model::*;
use super::super::plan::*;
use super::*;
use std::collections::BTreeSet;

/// Every name that `interesting_plans` knows.
pub const ALL_OF_PLANS: &[&str] = &[
    "unattainable by rules",
    "unattainable by windows",
    "unattainable by exclusions",
    "unattainable by filters",
    "held already",
    "three steps",
    "five steps",
    "two plans",
    "four plans",
    "two claims",
    "claim with a fee",
    "claimed again",
    "renewed",
    "renewal price decides",
    "retaken",
    "taken at no cost",
    "several of one",
    "three of one",
    "counts trade",
    "waiting award becomes current",
    "cycle with a way round",
    "cycle without a way round",
    "tie in the objective",
    "tie but for the ids",
    "cost and hours disagree",
    "cost and credentials disagree",
    "some are essential, some not",
    "nothing is essential",
    "exclusion decides",
    "the best set is excluded",
    "excluded by a current award",
    "steps exclude each other",
    "excluded through an equivalent",
    "window decides",
    "window yet to come",
    "offered_now decides",
    "budget decides",
    "budget met exactly",
    "issuers decide",
    "tags decide",
    "without_tags decides",
    "must_include decides",
    "must_include asks for a dearer plan",
    "avoid decides",
    "avoid asks for a dearer plan",
    "view decides",
    "prerequisite decides",
    "distinct decides",
    "distinct decides in a nested group",
    "distinct with a sum decides",
    "sum contested",
    "up_to decides",
    "span decides",
    "within decides",
    "since decides",
    "grade decides",
    "issuer decides",
    "lapsed decides",
    "equivalent decides",
    "counts_as decides",
    "counts_as cycle decides",
    "repeatable decides",
    "own amount decides",
    "waiver decides",
    "substitution decides",
    "unknown award decides",
    "the record decides",
];

/// What a case of plans exercises.
pub fn interesting_plans(case: &PlanCase) -> Features {
    let PlanCase { catalog, record, as_of, target, options } = case;
    let problem = Problem::new(catalog, record, *as_of, target, options.view);
    let minimal = problem.minimal();
    let answer = problem.answer_out_of(minimal.clone(), options);
    let mut found = Features::new();
    let mut note = |name: &'static str, yes: bool| {
        assert!(ALL_OF_PLANS.contains(&name), "{name} is not in the list");
        if yes {
            found.insert(name);
        }
    };
    // Another case, and its answer if that is another too.
    let changed = |change: &dyn Fn(&mut Catalog, &mut Record, &mut PlanOptions)| {
        let (mut c, mut r, mut o) = (catalog.clone(), record.clone(), options.clone());
        change(&mut c, &mut r, &mut o);
        let same = (&c, &r, &o) == (catalog, record, options);
        let other = if same { answer.clone() } else { plan(&c, &r, *as_of, target, &o) };
        ((other.best(), &other.essential, other.cause) != (answer.best(), &answer.essential, answer.cause))
            .then_some(other)
    };
    let differs = |change: &dyn Fn(&mut Catalog, &mut Record, &mut PlanOptions)| changed(change).is_some();
    let each = |change: fn(&mut Credential)| differs(&|c, _, _| c.credentials.values_mut().for_each(change));
    let part = |change: fn(&mut Part, usize)| differs(&|c, _, _| every_part(c, &change));
    let condition = |change: fn(&mut Conditions)| {
        differs(&|c, _, _| {
            every_part(c, &|p, _| {
                let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = p;
                change(conditions);
            })
        })
    };

    note("unattainable by rules", answer.cause == Some(Cause::Rules));
    note("unattainable by windows", answer.cause == Some(Cause::Windows));
    note("unattainable by exclusions", answer.cause == Some(Cause::Exclusions));
    note("unattainable by filters", answer.cause == Some(Cause::Filters));
    note("two plans", answer.plans.len() >= 2);
    note("four plans", answer.plans.len() >= 4);
    note("nothing is essential", answer.plans.len() >= 2 && answer.essential.is_empty());
    if let Some(best) = answer.best() {
        let steps: Vec<(Id, u32, Step)> = best.steps.iter().map(|(id, n)| (*id, *n, problem.step(id, *n))).collect();
        let awards: u32 = best.steps.values().sum();
        let claims = || steps.iter().filter(|(_, _, step)| step.kind == StepKind::Claim);
        let is_kind = |kind: StepKind| steps.iter().any(|(_, _, step)| step.kind == kind);
        note("held already", awards == 0);
        note("three steps", awards >= 3);
        note("five steps", awards >= 5);
        note("two claims", claims().count() >= 2);
        note("claim with a fee", claims().any(|(_, _, step)| step.cost > 0));
        note("claimed again", claims().any(|(id, ..)| problem.start.iter().any(|(other, _)| other == id)));
        note("renewed", is_kind(StepKind::Renew));
        note("retaken", is_kind(StepKind::Retake));
        note("taken at no cost", steps.iter().any(|(_, _, step)| step.kind != StepKind::Claim && step.cost == 0));
        note("several of one", steps.iter().any(|(_, n, _)| *n >= 2));
        note("three of one", steps.iter().any(|(_, n, _)| *n >= 3));
        let other_counts = |p: &Plan| p != best && p.steps.keys().eq(best.steps.keys());
        note("counts trade", answer.plans.iter().any(other_counts));
        let value = best.value(options.objective);
        let tied = || answer.plans[1..].iter().filter(|p| p.value(options.objective) == value);
        let alike = |p: &Plan| (p.cost, p.hours, p.credentials) == (best.cost, best.hours, best.credentials);
        note("tie in the objective", tied().count() > 0);
        note("tie but for the ids", tied().any(alike));
        let by = |objective: Objective| {
            plan(catalog, record, *as_of, target, &PlanOptions { objective, ..options.clone() }).best().cloned()
        };
        note("cost and hours disagree", by(Objective::Cost) != by(Objective::Hours));
        note("cost and credentials disagree", by(Objective::Cost) != by(Objective::Credentials));
        let essential = answer.essential.len();
        note("some are essential, some not", essential > 0 && essential < best.steps.len());
        note("window yet to come", steps.iter().any(|(id, ..)| !offered(&catalog.credentials[id], *as_of)));
        note("budget met exactly", options.budget.is_some_and(|most| most == best.cost && most > 0));
    }
    // An award that comes to life, and makes a difference.
    let waits = |id: &Id| {
        problem.start.contains(&(*id, false)) && catalog.credentials[id].valid_for == ValidFor::WhileComponents
    };
    let waiting: BTreeSet<Id> = catalog.credentials.keys().copied().filter(|id| waits(id)).collect();
    note("waiting award becomes current", differs(&|_, r, _| r.awards.retain(|a| !waiting.contains(a.credential))));
    // The target's rules lead back to it, by what they name or by what counts as that.
    let next = |id: Id| {
        let c = &catalog.credentials[id];
        let mut next = Vec::new();
        for rule in c.prerequisite.iter().chain(&c.stack) {
            walk(rule, &mut |p| match p {
                Part::Credential { id, .. } => next.push(*id),
                Part::Group { members: Members::Pool(name), .. } => {
                    if let Members::List(parts) = &catalog.pools[name] {
                        parts.iter().for_each(|p| walk(p, &mut |p| next.extend(leaf_id(p))));
                    }
                }
                Part::Group { .. } => {}
            });
        }
        next
    };
    let cyclic = reaches(target, target, &next);
    note("cycle with a way round", cyclic && answer.best().is_some_and(|p| p.steps.len() >= 2));
    note("cycle without a way round", cyclic && answer.cause == Some(Cause::Rules));

    // Exclusions and windows.
    let no_exclusions = changed(&|c, _, _| c.credentials.values_mut().for_each(|c| c.excludes.clear()));
    note("exclusion decides", no_exclusions.is_some());
    let best_without = no_exclusions.as_ref().and_then(|other| other.best());
    note("the best set is excluded", answer.best().is_some() && best_without.is_some_and(|b| answer.best() != Some(b)));
    if let Some(set) = best_without {
        let ids = || set.steps.keys().copied();
        let current = || problem.start.iter().filter(|(_, current)| *current).map(|(id, _)| *id);
        let pairs = ids().flat_map(|a| ids().filter(move |b| a < *b).map(move |b| (a, b)));
        let pairs: Vec<(Id, Id)> = pairs.filter(|(a, b)| problem.exclude(a, b)).collect();
        let with_current = ids().flat_map(|a| current().map(move |b| (a, b)));
        let with_current: Vec<(Id, Id)> = with_current.filter(|(a, b)| problem.exclude(a, b)).collect();
        let names = |a: Id, b: Id| catalog.credentials[a].excludes.contains(&b);
        note("steps exclude each other", !pairs.is_empty());
        note("excluded by a current award", !with_current.is_empty());
        let mut all = pairs.iter().chain(&with_current);
        note("excluded through an equivalent", all.any(|(a, b)| !names(a, b) && !names(b, a)));
    }
    note("window decides", each(|c| (c.offered_from, c.offered_until) = (None, None)));

    // What is asked for.
    let dearer = |other: &Option<Answer>| {
        let value = |answer: &Answer| answer.best().map(|p| p.value(options.objective));
        other.as_ref().and_then(value).is_some_and(|free| value(&answer).is_some_and(|value| value > free))
    };
    note("offered_now decides", differs(&|_, _, o| o.offered_now = false));
    note("budget decides", differs(&|_, _, o| o.budget = None));
    note("issuers decide", differs(&|_, _, o| o.issuers = None));
    note("tags decide", differs(&|_, _, o| o.tags = None));
    note("without_tags decides", differs(&|_, _, o| o.without_tags.clear()));
    let must_include = changed(&|_, _, o| o.must_include.clear());
    note("must_include decides", must_include.is_some());
    note("must_include asks for a dearer plan", dearer(&must_include));
    let avoid = changed(&|_, _, o| o.avoid.clear());
    note("avoid decides", avoid.is_some());
    note("avoid asks for a dearer plan", dearer(&avoid));
    note("view decides", differs(&|_, _, o| o.view = View::Earned));

    // The rules and the record.
    note("renewal price decides", each(|c| c.renewal = None));
    note("prerequisite decides", each(|c| c.prerequisite = None));
    note("repeatable decides", each(|c| c.repeatable = false));
    note("counts_as decides", each(|c| c.counts_as.clear()));
    let counts_as = |id: Id| catalog.credentials[id].counts_as.clone();
    let on_a_cycle = |id: &Id| reaches(id, id, &counts_as);
    note(
        "counts_as cycle decides",
        differs(&|c, _, _| c.credentials.values_mut().filter(|c| on_a_cycle(&c.id)).for_each(|c| c.counts_as.clear())),
    );
    note("equivalent decides", differs(&|c, _, _| c.equivalent.clear()));
    let not_distinct = |p: &mut Part| {
        if let Part::Group { distinct, .. } = p {
            *distinct = false;
        }
    };
    note("distinct decides", differs(&|c, _, _| every_part(c, &|p, _| not_distinct(p))));
    note(
        "distinct decides in a nested group",
        differs(&|c, _, _| {
            every_part(c, &|p, depth| {
                if depth > 0 {
                    not_distinct(p);
                }
            })
        }),
    );
    let with_a_sum = |p: &Part| {
        let is_sum = |p: &Part| matches!(p, Part::Group { kind: Kind::Credits(_) | Kind::Hours(_), .. });
        matches!(p, Part::Group { members: Members::List(parts), .. } if parts.iter().any(is_sum))
    };
    note(
        "distinct with a sum decides",
        differs(&|c, _, _| {
            every_part(c, &|p, _| {
                if with_a_sum(p) {
                    not_distinct(p);
                }
            })
        }),
    );
    let mut free = Problem::new(catalog, record, *as_of, target, options.view);
    free.rules.places_do_not_compete = true;
    note("sum contested", free.minimal() != minimal);
    note(
        "up_to decides",
        part(|p, _| {
            if let Part::Group { kind: Kind::UpTo(cap), .. } = p {
                *cap = 100_000;
            }
        }),
    );
    note(
        "span decides",
        part(|p, _| {
            if let Part::Group { span, .. } = p {
                *span = None;
            }
        }),
    );
    note("within decides", condition(|c| c.within = None));
    note("since decides", condition(|c| c.since = None));
    note("grade decides", condition(|c| c.grade = None));
    note("issuer decides", condition(|c| c.issuer = None));
    note("lapsed decides", condition(|c| c.lapsed = false));
    let no_amounts = |a: &mut Award| (a.credits, a.hours) = (None, None);
    note("own amount decides", differs(&|_, r, _| r.awards.iter_mut().for_each(no_amounts)));
    note("waiver decides", differs(&|_, r, _| r.waivers.clear()));
    note("substitution decides", differs(&|_, r, _| r.substitutions.clear()));
    note(
        "unknown award decides",
        differs(&|_, r, _| r.awards.retain(|a| catalog.credentials.contains_key(a.credential))),
    );
    note("the record decides", differs(&|_, r, _| r.awards.clear()));
    found
}

fn leaf_id(part: &Part) -> Option<Id> {
    match part {
        Part::Credential { id, .. } => Some(id),
        Part::Group { .. } => None,
    }
}
