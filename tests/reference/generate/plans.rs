//! Cases of plans (7).

use super::super::plan::{Problem, Steps};
use super::super::weave::weave_policies;
use super::draw::*;
use super::entries::*;
use super::fit::*;
use super::plan_rules::*;
use super::*;
use proptest::collection::vec;
use proptest::option::weighted;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq)]
pub struct PlanCase {
    pub catalog: Catalog,
    pub record: Record,
    pub as_of: Date,
    pub target: Id,
    pub options: PlanOptions,
}

impl fmt::Debug for PlanCase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let PlanCase { catalog, record, as_of, target, options } = self.clone();
        write!(f, "to {target}, {options:?}, {:?}", Case { catalog, record, as_of })
    }
}

/// What brute force is asked to do at most: so many steps, and so many sets of them; less if awards have to be shared
/// out among distinct parts.
pub(super) const MOST: (u32, u32) = (14, 1200);
pub(super) const MOST_DISTINCT: (u32, u32) = (8, 400);

/// A case of plans with what is switched on of the second edition.
pub fn plan_case() -> BoxedStrategy<PlanCase> {
    plan_case_of(Edition::current())
}

/// A case of plans with features of this edition woven in.
pub fn plan_case_of(edition: Edition) -> BoxedStrategy<PlanCase> {
    if edition == Edition::FIRST {
        let of_first_edition = |mut case: PlanCase| {
            case.catalog.edition = Edition::FIRST;
            case
        };
        return first_plan_case().prop_map(of_first_edition).boxed();
    }
    (first_plan_case(), vec(any::<u32>(), NUMBERS), vec(any::<u32>(), NUMBERS))
        .prop_map(move |(case, numbers, of_policies)| {
            let PlanCase { catalog, record, as_of, target, options } = case;
            let Case { mut catalog, mut record, as_of } = weave(Case { catalog, record, as_of }, numbers, edition);
            weave_policies(&mut catalog, &mut record, target, of_policies, edition);
            keep_small(&mut catalog, &record, as_of, target, options.view);
            PlanCase { catalog, record, as_of, target, options }
        })
        .boxed()
}

/// A catalog of three to seven credentials with costs, exclusions and windows, a record of at most four awards, and
/// what is asked for. The target is mostly conferred and not held.
///
/// In most catalogs most rules name only credentials after their own, or only ones before it: so plans exist.
pub(super) fn first_plan_case() -> impl Strategy<Value = PlanCase> {
    let credentials = |n: std::ops::RangeInclusive<usize>| vec((a_plan_credential(), prop::bool::weighted(0.05)), n);
    let catalog = (
        prop_oneof![1 => credentials(3..=4), 3 => credentials(5..=5), 6 => credentials(6..=7)],
        prop_oneof![8 => Just(Vec::new()), 2 => vec(vec(an_id(), 2), 1), 1 => vec(vec(an_id(), 2..=3), 2)],
        any::<bool>(),
        prop_oneof![
            3 => few(a_plan_leaf().boxed(), 2..=4).prop_map(Members::List),
            1 => a_filter().prop_map(Members::Filter),
        ],
        vec(a_plan_sum_part(), 2),
        vec(a_plan_rule(), 2),
    );
    let awards = prop_oneof![2 => vec(an_award(), 0), 4 => vec(an_award(), 1..=2), 3 => vec(an_award(), 3..=4)];
    let waivers = prop_oneof![7 => vec(a_waiver(), 0), 2 => vec(a_waiver(), 1)];
    let substitutions =
        prop_oneof![7 => vec(a_substitution(), 0), 2 => vec(a_substitution(), 1), 1 => vec(a_substitution(), 2)];
    let on_a_change = weighted(0.3, (any::<prop::sample::Index>(), any::<bool>()));
    let preferred = prop_oneof![14 => Just((true, false)), 2 => Just((false, false)), 2 => Just((true, true))];
    let preferred = (preferred, prop::bool::weighted(0.75), prop::bool::weighted(0.6), any::<prop::sample::Index>())
        .prop_map(|((aimed, hopeless), long, several, index)| Preferred { aimed, hopeless, long, several, index });
    let aimed = (weighted(0.7, any::<prop::sample::Index>()), any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(plan, step, less)| AimedOptions { plan, step, less });
    let prices = (prop::bool::weighted(0.25), prop::bool::weighted(0.25));
    let layers = (any::<bool>(), vec(prop::bool::weighted(0.8), IDS.len()), prop::bool::weighted(0.35))
        .prop_map(|(upward, marked, flat)| Layers { upward, marked, flat, repeatable: false });
    let counted = (any::<bool>(), vec(Just(true), IDS.len())).prop_map(|(upward, marked)| Layers {
        upward,
        marked,
        flat: true,
        repeatable: true,
    });
    let layers = prop_oneof![
        6 => (layers, vec(a_top_rule(), 0..=6)),
        1 => (counted, vec(a_large_sum(), 1..=6)),
    ];
    let case = (catalog, (awards, waivers, substitutions), a_date(), on_a_change);
    (case, layers, prices, preferred, (plan_options(), aimed)).prop_map(
        |((catalog, record, as_of, on_a_change), (layers, tops), prices, preferred, (mut options, aimed))| {
            let with_stack = |stack: Option<&Part>| {
                let mut catalog = catalog.clone();
                let top = layers.arrange(&mut catalog.0, stack);
                let mut case = assemble(catalog, record.clone(), as_of, on_a_change);
                same_prices(&mut case.catalog, prices);
                (case, top)
            };
            let (mut case, mut top) = with_stack(tops.first());
            let mut target = preferred.target(&mut case, top, options.view);
            for stack in tops.iter().skip(1) {
                if preferred
                    .is_met_by(&Problem::new(&case.catalog, &case.record, case.as_of, target, options.view).minimal())
                {
                    break;
                }
                (case, top) = with_stack(Some(stack));
                target = preferred.target(&mut case, top, options.view);
            }
            let Case { catalog, record, as_of } = case;
            let fit = Fit { count: catalog.credentials.len(), numeric: false };
            options.must_include = fit.ids(&options.must_include);
            options.avoid = fit.ids(&options.avoid);
            let mut case = PlanCase { catalog, record, as_of, target, options };
            aimed.at(&mut case);
            case
        },
    )
}

/// All that is taken costs the same, or takes as many hours, or both: so there are ties.
pub(super) fn same_prices(catalog: &mut Catalog, (one_cost, one_hours): (bool, bool)) {
    for c in catalog.credentials.values_mut().filter(|c| c.stack.is_none()) {
        c.cost = if one_cost { 100 } else { c.cost };
        c.hours = if one_hours { 100 } else { c.hours };
    }
}

/// What is to replace the budget and the ids in filters, so that they matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct AimedOptions {
    /// One of the plans without filters, and one of its steps.
    pub(super) plan: Option<prop::sample::Index>,
    pub(super) step: prop::sample::Index,
    /// The budget is a bit less.
    pub(super) less: bool,
}

impl AimedOptions {
    pub(super) fn at(&self, case: &mut PlanCase) {
        let options = &mut case.options;
        let open = PlanOptions { objective: options.objective, view: options.view, ..PlanOptions::default() };
        let plans = super::super::plan::plan(&case.catalog, &case.record, case.as_of, case.target, &open).plans;
        let (Some(i), false) = (self.plan, plans.is_empty()) else {
            return;
        };
        let plan = i.get(&plans);
        if options.budget.is_some() {
            options.budget = Some((plan.cost - Amount::from(self.less)).max(0));
        }
        let steps: Vec<Id> = plan.steps.keys().copied().filter(|id| *id != case.target).collect();
        if steps.is_empty() {
            return;
        }
        let step = *self.step.get(&steps);
        if !options.must_include.is_empty() {
            options.must_include = vec![step];
        } else if !options.avoid.is_empty() {
            options.avoid = vec![step];
        }
    }
}

/// What is looked for in a target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Preferred {
    /// It takes some steps, and what follows.
    pub(super) aimed: bool,
    /// It takes none, or none are enough.
    pub(super) hopeless: bool,
    /// It takes more than two.
    pub(super) long: bool,
    /// It can be reached in several ways.
    pub(super) several: bool,
    /// Among those that are equally good.
    pub(super) index: prop::sample::Index,
}

impl Preferred {
    pub(super) fn target(&self, case: &mut Case, top: Option<Id>, view: View) -> Id {
        let Case { catalog, record, as_of } = case;
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        ids.iter().for_each(|id| keep_small(catalog, record, *as_of, id, view));
        let sets = |id: &Id| (*id, Problem::new(catalog, record, *as_of, id, view).minimal());
        let sets: BTreeMap<Id, Vec<Steps>> = ids.iter().map(sets).collect();
        let mut targets = ids;
        let mut prefer = |is_better: &dyn Fn(&Id) -> bool| {
            if self.aimed && targets.iter().any(is_better) {
                targets.retain(is_better);
            }
        };
        prefer(&|id| sets[id].iter().any(|set| !set.is_empty()) != self.hopeless);
        prefer(&|id| self.is_met_by(&sets[id]));
        prefer(&|id| self.is_long_enough(&sets[id]));
        prefer(&|id| self.are_enough(&sets[id]));
        prefer(&|id| top == Some(id));
        prefer(&|id| catalog.credentials[id].stack.is_some());
        targets[self.index.index(targets.len())]
    }

    pub(super) fn is_long_enough(&self, sets: &[Steps]) -> bool {
        !self.long || sets.iter().any(|set| set.len() > 2)
    }

    pub(super) fn are_enough(&self, sets: &[Steps]) -> bool {
        !self.several || sets.len() > 1
    }

    pub(super) fn is_met_by(&self, sets: &[Steps]) -> bool {
        !self.aimed || self.hopeless || (self.is_long_enough(sets) && self.are_enough(sets))
    }
}

/// What can be repeated most often is not repeatable, until there are few enough sets of steps towards the target.
pub(super) fn keep_small(catalog: &mut Catalog, record: &Record, as_of: Date, target: Id, view: View) {
    loop {
        let problem = Problem::new(catalog, record, as_of, target, view);
        let (steps, sets): (u32, u32) =
            (problem.limits.values().sum(), problem.limits.values().map(|n| n + 1).product());
        let most = problem.limits.iter().max_by_key(|(_, n)| **n);
        let Some((most, 2..)) = most.map(|(id, n)| (*id, *n)) else {
            return;
        };
        let slow = has_distinct(catalog) || !catalog.sharing.is_empty();
        let most_of_all = if slow { MOST_DISTINCT } else { MOST };
        if steps <= most_of_all.0 && sets <= most_of_all.1 {
            return;
        }
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        let family: Vec<Id> = ids.into_iter().filter(|id| problem.same(id, most)).collect();
        family.iter().for_each(|id| catalog.credentials.get_mut(id).unwrap().repeatable = false);
    }
}

pub(super) fn has_distinct(catalog: &Catalog) -> bool {
    pub(super) fn below(catalog: &Catalog, part: &Part) -> bool {
        let Part::Group { members, distinct, .. } = part else {
            return false;
        };
        let members = if let Members::Pool(name) = members { &catalog.pools[name] } else { members };
        *distinct || matches!(members, Members::List(parts) if parts.iter().any(|p| below(catalog, p)))
    }
    let rules = catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack));
    rules.into_iter().any(|rule| below(catalog, rule))
}

/// How the credentials of a catalog build on each other.
#[derive(Clone, Debug)]
pub(super) struct Layers {
    /// Credentials build on those before them, not after.
    pub(super) upward: bool,
    /// By place: the rules of others name whatever they do.
    pub(super) marked: Vec<bool>,
    /// All but two are taken, without prerequisites.
    pub(super) flat: bool,
    /// Those are repeatable.
    pub(super) repeatable: bool,
}

impl Layers {
    /// Conferred credentials come first, or, upward, last. The one that can name all others gets the stack, if there is
    /// one, and is given back. The one that can name no other has no rules.
    pub(super) fn arrange(&self, credentials: &mut [(Credential, bool)], top_stack: Option<&Part>) -> Option<Id> {
        credentials.sort_by_key(|(c, _)| c.stack.is_none() != self.upward);
        let count = credentials.len();
        let place = |i: usize| if self.upward { count - 1 - i } else { i };
        if let Some(stack) = top_stack {
            credentials[place(0)].0.stack = Some(stack.clone());
        }
        for i in 0..count {
            let (c, _) = &mut credentials[place(i)];
            let others = if self.upward { &IDS[..place(i)] } else { &IDS[i + 1..count] };
            if others.is_empty() || (self.flat && i > 1) {
                (c.prerequisite, c.stack, c.valid_for) = (None, None, ValidFor::Forever);
                if self.repeatable {
                    (c.repeatable, c.credits) = (true, c.credits.clamp(100, 200));
                }
            }
            if self.marked[i] && !others.is_empty() {
                for rule in c.prerequisite.iter_mut().chain(&mut c.stack) {
                    only_naming(others, rule);
                    each_once(rule);
                }
            }
        }
        top_stack.map(|_| IDS[place(0)])
    }
}

/// Half of them are all by default but the objective.
pub(super) fn plan_options() -> impl Strategy<Value = PlanOptions> {
    let weight = || prop::sample::select(vec![0u16, 1, 1, 2, 5]);
    let weighted_sum = (weight(), weight(), weight()).prop_map(|(cost, hours, credentials)| Objective::Weighted {
        cost,
        hours,
        credentials,
    });
    let objective = prop_oneof![
        5 => Just(Objective::Cost),
        2 => Just(Objective::Hours),
        3 => Just(Objective::Credentials),
        2 => weighted_sum,
    ];
    let view = prop_oneof![8 => Just(View::Earned), 1 => Just(View::InProgress), 1 => Just(View::Planned)];
    let budget = prop::sample::select(vec![300, 200, 400, 100, 500, 250, 0]);
    let tags = || prop_oneof![4 => Just(vec!["t"]), 4 => Just(vec!["u"]), 2 => Just(vec!["t", "u"]), 1 => Just(vec![])];
    let filters = (
        weighted(0.2, budget),
        weighted(0.1, prop_oneof![9 => issuers(), 1 => Just(vec![])]),
        weighted(0.1, tags()),
        weighted(0.1, tags()),
        weighted(0.25, vec(an_id(), 1)),
        weighted(0.35, vec(an_id(), 1..=2)),
        prop::bool::weighted(0.2),
    );
    (objective, view, filters, any::<bool>()).prop_map(
        |(objective, view, (budget, issuers, tags, without_tags, must_include, avoid, offered_now), plain)| {
            if plain {
                return PlanOptions { objective, view, ..PlanOptions::default() };
            }
            PlanOptions {
                objective,
                budget,
                issuers,
                tags,
                without_tags: without_tags.unwrap_or_default(),
                must_include: must_include.unwrap_or_default(),
                avoid: avoid.unwrap_or_default(),
                offered_now,
                view,
            }
        },
    )
}
