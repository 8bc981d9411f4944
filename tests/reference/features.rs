//! What a case exercises, by name. "x decides" means that the answers differ if x is taken away.

use super::evaluate::*;
use super::generate::{Case, ClaimsCase, PlanCase, walk};
use super::model::*;
use super::plan::*;
use std::collections::{BTreeMap, BTreeSet};

pub type Features = BTreeSet<&'static str>;

/// Every name that `interesting` knows.
pub const ALL: &[&str] = &[
    "Held",
    "Qualified",
    "InProgress",
    "Lapsed",
    "Unattainable",
    "Eligible",
    "Started",
    "Locked",
    "held by another name",
    "qualified by another name",
    "taken, qualified by another name",
    "lapsed by another name",
    "in progress by another name",
    "unattainable and conferred",
    "unattainable, window open",
    "attainable by repetition",
    "attainable by claiming",
    "qualified in a chain",
    "two orders possible, one not",
    "met and held",
    "qualified_since finite",
    "valid_until finite",
    "both finite",
    "met since ever",
    "ends on the as-of date",
    "begins on the as-of date",
    "lapsed award",
    "award never current",
    "last valid day is as-of",
    "awarded on as-of",
    "awarded later",
    "undated",
    "unknown id",
    "month-end clamp",
    "while-components current",
    "while-components not current",
    "prerequisite holds a stack back",
    "self reference",
    "cycle",
    "counts_as cycle",
    "overlapping equivalents",
    "mixed repeatable equivalents",
    "vacuous group",
    "impossible group",
    "nested up_to",
    "window over",
    "window not yet",
    "window empty",
    "window ends on as-of",
    "window begins on as-of",
    "sum contested",
    "sum tight",
    "up_to decides",
    "span decides",
    "span of a sum decides",
    "nested span decides",
    "within decides",
    "since decides",
    "grade decides",
    "issuer decides",
    "lapsed decides",
    "equivalent decides",
    "counts_as decides",
    "repeatable decides",
    "own amount decides",
    "own valid_until decides",
    "undated decides",
    "filter decides",
    "pool decides",
    "revoked decides",
    "prerequisite decides",
    "distinct decides",
    "distinct decides attainability",
    "distinct decides in a nested group",
    "distinct over groups decides",
    "distinct with a sum decides",
    "distinct with a span decides",
    "distinct pool or filter decides",
    "distinct met and tight",
    "distinct, several awards of a unit decide",
    "distinct, met by repetition",
    "waiver decides",
    "waived group decides",
    "waived sum decides",
    "waived component decides",
    "waived equivalent component decides",
    "waived prerequisite decides",
    "waived group in a prerequisite decides",
    "waiver in a distinct group decides",
    "waiver with a span decides",
    "waiver in a sum",
    "waiver of an up_to",
    "waiver without a place",
    "waiver makes attainable",
    "started by a waived leaf",
    "substitution decides",
    "substitution everywhere decides",
    "substitution within decides",
    "substitution of an unknown id within decides",
    "substitutions chain",
    "substitutions chain, one within",
    "held by substitution",
    "in progress by substitution",
    "lapsed by substitution",
    "qualified by substitution",
    "substitution without a place",
    "unknown award counts",
    "unknown award in progress counts",
    "several awards of an unknown id",
    "unknown award, amount of another credential",
    "first view in progress",
    "first view planned",
    "first view none",
    "in progress no longer",
    "qualified in a view",
    "met in a view, not for ever",
    "attainable in a view",
    "Eligible in a view",
];

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

pub fn interesting(case: &Case) -> Features {
    let Case { catalog, record, as_of } = case;
    let as_of = *as_of;
    let outcome = evaluate(catalog, record, as_of, View::Earned);
    let mut found = Features::new();
    let mut note = |name: &'static str, yes: bool| {
        assert!(ALL.contains(&name), "{name} is not in the list");
        if yes {
            found.insert(name);
        }
    };

    // The answers.
    let rules = Rules::new(catalog, record);
    for (id, v) in &outcome.verdicts {
        let c = &catalog.credentials[id];
        note(v.status, true);
        let by_another = record.awards.iter().all(|a| a.credential != *id)
            && record.awards.iter().any(|a| rules.counts_as(a.credential, id));
        note("held by another name", v.status == "Held" && by_another);
        note("lapsed by another name", v.status == "Lapsed" && by_another);
        note("in progress by another name", v.status == "InProgress" && by_another);
        note("qualified by another name", v.status == "Qualified" && !v.met);
        note("taken, qualified by another name", v.status == "Qualified" && c.stack.is_none());
        note("unattainable and conferred", v.status == "Unattainable" && c.stack.is_some());
        note("unattainable, window open", v.status == "Unattainable" && offered(c, as_of));
        note("met and held", v.met && v.status == "Held");
        note("qualified_since finite", v.qualified_since.is_some());
        note("valid_until finite", v.valid_until.is_some());
        note("both finite", v.qualified_since.is_some() && v.valid_until.is_some());
        note("met since ever", v.met && v.qualified_since.is_none());
        note("ends on the as-of date", v.valid_until == Some(as_of));
        note("begins on the as-of date", v.qualified_since == Some(as_of));
        note("prerequisite holds a stack back", v.stack_met && !v.prerequisite_met);
        let issued = |a: &Award| {
            a.credential == *id && a.status == AwardStatus::Completed && a.awarded.is_none_or(|d| d <= as_of)
        };
        if c.valid_for == ValidFor::WhileComponents
            && record.awards.iter().any(|a| issued(a) && a.valid_until.is_none())
        {
            note("while-components current", v.stack_met);
            note("while-components not current", !v.stack_met);
        }
        note("window over", offering_over(c, as_of));
        note("window not yet", !offering_over(c, as_of) && !offered(c, as_of));
        note("window empty", matches!((c.offered_from, c.offered_until), (Some(a), Some(b)) if a > b));
        note("window ends on as-of", c.offered_until == Some(as_of));
        note("window begins on as-of", c.offered_from == Some(as_of));
    }
    // Other views.
    let mut first: BTreeMap<Id, Option<View>> = outcome.verdicts.keys().map(|id| (*id, None)).collect();
    let good = |v: &Verdict| ["Held", "Qualified"].contains(&v.status);
    for view in [View::Planned, View::InProgress] {
        for (id, assumed) in evaluate(catalog, record, as_of, view).verdicts {
            let v = &outcome.verdicts[id];
            if good(&assumed) {
                first.insert(id, (!good(v)).then_some(view));
            }
            let better = |status: &[&str]| status.contains(&assumed.status) && !status.contains(&v.status);
            note("in progress no longer", v.status == "InProgress" && !good(&assumed));
            note("qualified in a view", better(&["Qualified"]) && assumed.met && !v.met);
            note("met in a view, not for ever", !v.met && assumed.valid_until.is_some());
            note("attainable in a view", v.status == "Unattainable" && assumed.status != "Unattainable");
            note("Eligible in a view", v.status == "Locked" && assumed.status == "Eligible");
        }
    }
    for (id, view) in first {
        note("first view in progress", view == Some(View::InProgress));
        note("first view planned", view == Some(View::Planned));
        note("first view none", view.is_none() && !good(&outcome.verdicts[id]));
    }
    let alone = |id: &Id| can_be_conferred_in_order(catalog, record, as_of, View::Earned, &[id]);
    note("qualified in a chain", outcome.qualified.iter().any(|id| !alone(id)));
    note(
        "two orders possible, one not",
        outcome.qualified.len() > 2
            && outcome.qualified.iter().filter(|id| alone(id)).count() > 1
            && outcome.qualified.iter().any(|id| !alone(id)),
    );

    // The record.
    for a in &record.awards {
        note("awarded on as-of", a.awarded == Some(as_of));
        note("awarded later", a.awarded.is_some_and(|d| d > as_of));
        note("undated", a.awarded.is_none());
        note("unknown id", !catalog.credentials.contains_key(a.credential));
        note("award never current", matches!((a.awarded, a.valid_until), (Some(from), Some(until)) if until < from));
        let Some(c) = catalog.credentials.get(a.credential) else { continue };
        let last = match (a.valid_until, c.valid_for, a.awarded) {
            (Some(last), _, _) => Some(last),
            (None, ValidFor::Period(p), Some(d)) => {
                let end = d.plus_months(12 * p.years + p.months);
                note("month-end clamp", end.day != d.day);
                Some(d.plus(p).previous())
            }
            _ => None,
        };
        note("lapsed award", last.is_some_and(|last| last < as_of));
        note("last valid day is as-of", last == Some(as_of));
    }

    // The catalog.
    let refers: Vec<(Id, BTreeSet<Id>)> = catalog
        .credentials
        .values()
        .map(|c| {
            let mut ids = BTreeSet::new();
            c.prerequisite.iter().chain(&c.stack).for_each(|r| {
                walk(r, &mut |p| {
                    if let Part::Credential { id, .. } = p {
                        ids.insert(*id);
                    }
                })
            });
            (c.id, ids)
        })
        .collect();
    note("self reference", refers.iter().any(|(id, ids)| ids.contains(id)));
    note(
        "cycle",
        refers.iter().any(|(id, _)| {
            reaches(id, id, &|n| {
                refers
                    .iter()
                    .find(|(m, _)| *m == n)
                    .map(|(_, ids)| ids.iter().copied().filter(|x| *x != n).collect())
                    .unwrap_or_default()
            })
        }),
    );
    note(
        "counts_as cycle",
        catalog.credentials.keys().any(|id| reaches(id, id, &|n| catalog.credentials[n].counts_as.clone())),
    );
    if let [one, two] = catalog.equivalent.as_slice() {
        note("overlapping equivalents", one != two && one.iter().any(|id| two.contains(id)));
    }
    note(
        "mixed repeatable equivalents",
        catalog.equivalent.iter().any(|set| {
            let repeatable = set.iter().filter(|id| catalog.credentials[*id].repeatable).count();
            repeatable > 0 && repeatable < set.len()
        }),
    );
    for rule in catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack)) {
        walk(rule, &mut |p| {
            if let Part::Group { kind, members: Members::List(parts), .. } = p {
                note("vacuous group", matches!(kind, Kind::AtLeast(0)) || (*kind == Kind::AllOf && parts.is_empty()));
                note(
                    "impossible group",
                    matches!(kind, Kind::AtLeast(n) if *n as usize > parts.len())
                        || (*kind == Kind::AnyOf && parts.is_empty()),
                );
                let up_to = |p: &Part| matches!(p, Part::Group { kind: Kind::UpTo(_), .. });
                note("nested up_to", up_to(p) && parts.iter().any(up_to));
            }
        });
    }

    // What decides: the answers without it. Here the answers are those that come of looking at a few days only.
    let days = days_of_change(catalog, record, as_of, View::Earned);
    let days: Vec<Date> = days.iter().copied().step_by(days.len() / 12 + 1).collect();
    let quick = |c: &Catalog, r: &Record| evaluate_on(&Rules::new(c, r), r, as_of, View::Earned, &days);
    let outcome = quick(catalog, record);
    let compact = |o: &Outcome| -> Vec<_> { o.verdicts.values().cloned().collect() };
    let differs = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        (&c, &r) != (catalog, record) && compact(&quick(&c, &r)) != compact(&outcome)
    };
    let differs_in_rules = |change: &dyn Fn(&mut Part)| differs(&|c, _| every_part(c, &|p, _| change(p)));
    let in_conditions = |change: &dyn Fn(&mut Conditions)| {
        differs_in_rules(&|p| {
            let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = p;
            change(conditions);
        })
    };
    let mut without_competition = Rules::new(catalog, record);
    without_competition.places_do_not_compete = true;
    let free = evaluate_on(&without_competition, record, as_of, View::Earned, &days);
    note("sum contested", compact(&free) != compact(&outcome));
    note(
        "sum tight",
        differs_in_rules(&|p| {
            if let Part::Group { kind: Kind::Credits(x) | Kind::Hours(x), .. } = p {
                *x += 1;
            }
        }),
    );
    note(
        "up_to decides",
        differs_in_rules(&|p| {
            if let Part::Group { kind: Kind::UpTo(x), .. } = p {
                *x = 1_000_000;
            }
        }),
    );
    let without_span = |which: &'static dyn Fn(&Kind, &Members) -> bool| {
        differs_in_rules(&|p| {
            if let Part::Group { kind, members, span, .. } = p
                && which(kind, members)
            {
                *span = None;
            }
        })
    };
    note("span decides", without_span(&|_, _| true));
    note("span of a sum decides", without_span(&|k, _| matches!(k, Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_))));
    note(
        "nested span decides",
        without_span(
            &|_, m| matches!(m, Members::List(parts) if parts.iter().any(|p| matches!(p, Part::Group { .. }))),
        ),
    );
    note("within decides", in_conditions(&|c| c.within = None));
    note("since decides", in_conditions(&|c| c.since = None));
    note("grade decides", in_conditions(&|c| c.grade = None));
    note("issuer decides", in_conditions(&|c| c.issuer = None));
    note("lapsed decides", in_conditions(&|c| c.lapsed = false));
    note("equivalent decides", differs(&|c, _| c.equivalent.clear()));
    note("counts_as decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.counts_as.clear())));
    note("repeatable decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.repeatable = false)));
    note("prerequisite decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.prerequisite = None)));
    let empty = Members::List(Vec::new());
    let without_members = |which: &dyn Fn(&Members) -> bool| {
        differs_in_rules(&|p| {
            if let Part::Group { members, .. } = p
                && which(members)
            {
                *members = empty.clone();
            }
        })
    };
    note("filter decides", without_members(&|m| matches!(m, Members::Filter(_))));
    note("pool decides", without_members(&|m| matches!(m, Members::Pool(_))));
    let in_awards = |change: &dyn Fn(&mut Award)| differs(&|_, r| r.awards.iter_mut().for_each(change));
    note(
        "own amount decides",
        in_awards(&|a| {
            a.credits = None;
            a.hours = None;
        }),
    );
    note("own valid_until decides", in_awards(&|a| a.valid_until = None));
    note("undated decides", in_awards(&|a| a.awarded = a.awarded.or(Some(date(2020, 1, 1)))));
    note(
        "revoked decides",
        in_awards(&|a| {
            if a.status == AwardStatus::Revoked {
                a.status = AwardStatus::Completed;
            }
        }),
    );
    // Waivers and substitutions.
    let has = |p: &Part, which: &dyn Fn(&Part) -> bool| match p {
        Part::Group { members: Members::List(parts), .. } => parts.iter().any(which),
        _ => false,
    };
    let is_group = |p: &Part| matches!(p, Part::Group { .. });
    let is_sum = |p: &Part| matches!(p, Part::Group { kind: Kind::Credits(_) | Kind::Hours(_), .. });
    let without_waivers = |which: &dyn Fn(&Waiver) -> bool| differs(&|_, r| r.waivers.retain(|w| !which(w)));
    let without_substitutions =
        |which: &dyn Fn(&Substitution) -> bool| differs(&|_, r| r.substitutions.retain(|s| !which(s)));
    let in_rule = |w: &Waiver, rule: &dyn Fn(&Credential) -> Option<Rule>, which: &dyn Fn(&Part) -> bool| {
        let mut found = false;
        if let Some(rule) = catalog.credentials.get(w.credential).and_then(rule) {
            walk(&rule, &mut |p| found |= which(p));
        }
        found
    };
    let stack = |c: &Credential| c.stack.clone();
    let prerequisite = |c: &Credential| c.prerequisite.clone();
    let is_waived = |w: &Waiver, p: &Part| match (w.place, p) {
        (Waived::Requirement(n), Part::Group { name, .. }) => *name == Some(n),
        (Waived::Component(y), Part::Credential { id, .. }) => *id == y,
        _ => false,
    };
    let group_of = |w: &Waiver, which: &dyn Fn(&Part) -> bool| {
        in_rule(w, &stack, &|p| is_waived(w, p) && which(p))
            || in_rule(w, &prerequisite, &|p| is_group(p) && is_waived(w, p) && which(p))
    };
    note("waiver decides", without_waivers(&|_| true));
    note("waived group decides", without_waivers(&|w| group_of(w, &|p| is_group(p) && !is_sum(p))));
    note("waived sum decides", without_waivers(&|w| group_of(w, &is_sum)));
    note("waived component decides", without_waivers(&|w| matches!(w.place, Waived::Component(_))));
    let named_by_no_leaf = |w: &Waiver| matches!(w.place, Waived::Component(_)) && !group_of(w, &|_| true);
    note("waived equivalent component decides", without_waivers(&named_by_no_leaf));
    note("waived prerequisite decides", without_waivers(&|w| w.place == Waived::Requirement(PREREQUISITE)));
    note(
        "waived group in a prerequisite decides",
        without_waivers(&|w| in_rule(w, &prerequisite, &|p| is_group(p) && is_waived(w, p))),
    );
    let under = |w: &Waiver, which: &dyn Fn(&Part) -> bool| {
        in_rule(w, &stack, &|p| which(p) && has(p, &|part| is_waived(w, part)))
    };
    note(
        "waiver in a distinct group decides",
        without_waivers(&|w| under(w, &|p| matches!(p, Part::Group { distinct: true, .. }))),
    );
    note(
        "waiver with a span decides",
        without_waivers(&|w| under(w, &|p| matches!(p, Part::Group { span: Some(_), .. }))),
    );
    note("waiver in a sum", record.waivers.iter().any(|w| under(w, &is_sum)));
    let is_up_to = |p: &Part| matches!(p, Part::Group { kind: Kind::UpTo(_), .. });
    note("waiver of an up_to", record.waivers.iter().any(|w| group_of(w, &is_up_to)));
    note(
        "waiver without a place",
        record.waivers.iter().any(|w| match w.place {
            Waived::Requirement(PREREQUISITE) => {
                catalog.credentials.get(w.credential).is_none_or(|c| c.prerequisite.is_none())
            }
            _ => !group_of(w, &|_| true),
        }),
    );
    let others = |change: &dyn Fn(&mut Record)| {
        let mut other = record.clone();
        change(&mut other);
        (other != *record).then(|| quick(catalog, &other).verdicts)
    };
    if let Some(other) = others(&|r| r.waivers.clear()) {
        for (id, v) in &outcome.verdicts {
            note("started by a waived leaf", v.status == "Started" && other[id].status == "Locked");
            note("waiver makes attainable", v.status != "Unattainable" && other[id].status == "Unattainable");
        }
    }
    note("substitution decides", without_substitutions(&|_| true));
    note("substitution everywhere decides", without_substitutions(&|s| s.within.is_none()));
    note("substitution within decides", without_substitutions(&|s| s.within.is_some()));
    let is_unknown = |id: Id| !catalog.credentials.contains_key(id);
    note(
        "substitution of an unknown id within decides",
        without_substitutions(&|s| s.within.is_some() && is_unknown(s.used)),
    );
    note(
        "substitution without a place",
        record.substitutions.iter().any(|s| is_unknown(s.stands_for) || s.within.is_some_and(is_unknown)),
    );
    if let Some(other) = others(&|r| r.substitutions.clear()) {
        for (id, v) in &outcome.verdicts {
            let by_substitution = |status| v.status == status && other[id].status != status;
            note("held by substitution", by_substitution("Held"));
            note("in progress by substitution", by_substitution("InProgress"));
            note("lapsed by substitution", by_substitution("Lapsed"));
            note("qualified by substitution", by_substitution("Qualified") && !v.met);
        }
    }
    for (i, one) in record.substitutions.iter().enumerate() {
        for (j, other) in record.substitutions.iter().enumerate() {
            if i == j || !(one.stands_for == other.used || rules.counts_as(one.stands_for, other.used)) {
                continue;
            }
            let without = [i, j].map(|n| others(&|r| _ = r.substitutions.remove(n)).unwrap());
            let good = |v: &Verdict| v.stack_met || ["Held", "Qualified"].contains(&v.status);
            let needs_both = outcome
                .verdicts
                .iter()
                .any(|(id, v)| good(v) && without.iter().all(|other: &BTreeMap<Id, Verdict>| !good(&other[id])));
            note("substitutions chain", needs_both);
            note("substitutions chain, one within", needs_both && one.within.is_some() != other.within.is_some());
        }
    }
    note("unknown award counts", differs(&|_, r| r.awards.retain(|a| !is_unknown(a.credential))));
    note(
        "unknown award in progress counts",
        differs(&|_, r| r.awards.retain(|a| !is_unknown(a.credential) || a.status != AwardStatus::InProgress)),
    );
    let used_and_there = |a: &&Award| {
        a.status == AwardStatus::Completed
            && is_unknown(a.credential)
            && a.awarded.is_none_or(|d| d <= as_of)
            && record.substitutions.iter().any(|s| s.used == a.credential && !is_unknown(s.stands_for))
    };
    let used: Vec<Id> = record.awards.iter().filter(used_and_there).map(|a| a.credential).collect();
    note("several awards of an unknown id", used.iter().any(|id| used.iter().filter(|n| *n == id).count() > 1));
    note(
        "unknown award, amount of another credential",
        in_awards(&|a| {
            if is_unknown(a.credential) {
                a.credits = a.credits.or(Some(0));
                a.hours = a.hours.or(Some(0));
            }
        }),
    );
    let unattainable = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        let other = quick(&c, &r);
        (&c, &r) != (catalog, record)
            && outcome.verdicts.iter().any(|(id, v)| {
                other.verdicts[id].status == "Unattainable"
                    && !["Unattainable", "Held", "Qualified"].contains(&v.status)
            })
    };
    note(
        "attainable by repetition",
        unattainable(&|c, _| c.credentials.values_mut().for_each(|c| c.repeatable = false)),
    );
    let not_distinct = |part: &mut Part| {
        if let Part::Group { distinct, .. } = part {
            *distinct = false;
        }
    };
    let without_distinct = |which: &dyn Fn(&Part, usize) -> bool| {
        differs(&|c, _| {
            every_part(c, &|p, depth| {
                if which(p, depth) {
                    not_distinct(p);
                }
            });
        })
    };
    note("distinct decides", without_distinct(&|_, _| true));
    note("distinct decides in a nested group", without_distinct(&|_, depth| depth > 0));
    note("distinct over groups decides", without_distinct(&|p, _| has(p, &|p| is_group(p) && !is_sum(p))));
    note("distinct with a sum decides", without_distinct(&|p, _| has(p, &is_sum)));
    note("distinct with a span decides", without_distinct(&|p, _| matches!(p, Part::Group { span: Some(_), .. })));
    note(
        "distinct pool or filter decides",
        without_distinct(&|p, _| {
            matches!(p, Part::Group { members: Members::Pool(_) | Members::Filter(_), kind: Kind::AtLeast(_), .. })
        }),
    );
    let is_distinct = |c: &Catalog| format!("{c:?}").contains("distinct: true");
    if is_distinct(catalog) {
        let mut free = catalog.clone();
        every_part(&mut free, &|p, _| not_distinct(p));
        note("distinct decides attainability", {
            let other = quick(&free, record).verdicts;
            outcome.verdicts.iter().any(|(id, v)| v.status == "Unattainable" && other[id].status != "Unattainable")
        });
        // Met, and not without some award, though that award is not needed if one may fill several slots.
        note(
            "distinct met and tight",
            (0..record.awards.len()).any(|i| {
                let mut fewer = record.clone();
                fewer.awards.remove(i);
                let met = |c: &Catalog, r: &Record| quick(c, r).verdicts;
                let (now, free_now) = (met(catalog, &fewer), met(&free, &fewer));
                outcome.verdicts.iter().any(|(id, v)| v.stack_met && !now[id].stack_met && free_now[id].stack_met)
            }),
        );
        let mut rules = Rules::new(catalog, record);
        rules.awards_are_units = true;
        note(
            "distinct, several awards of a unit decide",
            compact(&evaluate_on(&rules, record, as_of, View::Earned, &days)) != compact(&outcome),
        );
        let once = |c: &Catalog| {
            let mut c = c.clone();
            c.credentials.values_mut().for_each(|c| c.repeatable = false);
            quick(&c, record).verdicts
        };
        let (once, once_free) = (once(catalog), once(&free));
        note(
            "distinct, met by repetition",
            outcome.verdicts.iter().any(|(id, v)| {
                let unattainable = |v: &Verdict| v.status == "Unattainable";
                !unattainable(v) && unattainable(&once[id]) && !unattainable(&once_free[id])
            }),
        );
    }
    note(
        "attainable by claiming",
        unattainable(&|c, _| {
            c.credentials
                .values_mut()
                .filter(|c| c.stack.is_some())
                .for_each(|c| c.offered_until = Some(date(2000, 1, 1)));
        }),
    );
    found
}

/// Changes every part as written, given how deep it stands; a part of a pool stands below a group.
fn every_part(catalog: &mut Catalog, change: &dyn Fn(&mut Part, usize)) {
    fn below(part: &mut Part, depth: usize, change: &dyn Fn(&mut Part, usize)) {
        change(part, depth);
        if let Part::Group { members: Members::List(parts), .. } = part {
            parts.iter_mut().for_each(|p| below(p, depth + 1, change));
        }
    }
    let rules = catalog.credentials.values_mut().flat_map(|c| c.prerequisite.iter_mut().chain(&mut c.stack));
    rules.for_each(|r| below(r, 0, change));
    for members in catalog.pools.values_mut() {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| below(p, 1, change));
        }
    }
}

/// Whether `to` is reached from `from` in one step or more.
fn reaches(from: Id, to: Id, next: &dyn Fn(Id) -> Vec<Id>) -> bool {
    let mut seen: Vec<Id> = next(from);
    let mut i = 0;
    while i < seen.len() {
        if seen[i] == to {
            return true;
        }
        for n in next(seen[i]) {
            if !seen.contains(&n) {
                seen.push(n);
            }
        }
        i += 1;
    }
    false
}
