//! The credentials whose cheapest plans cost least ([semantics 7.8](crate::semantics#7.8)): bounded from below all at
//! once, and planned one by one, the most promising first, until no other can be nearer.

use crate::value::ids::{ClassId, CredentialId, GroupId, Id, IdVec, RegionId};
use crate::value::stamp::Stamp;
use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::setters::setters;

use crate::plan::answers::plan::{Optimality, Plan, PlanOutcome};
use crate::plan::model::amounts::{Price, amount};
use crate::plan::model::barriers::barriers;
use crate::plan::model::exclusions::Exclusions;
use crate::plan::question::answer::answer;
use crate::plan::question::essential::Known;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::question::{Question, Starts};
use crate::plan::question::uncounted::UncountedInPlans;

/// The credentials that are looked at for the nearest. Everything, unless a field says less.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Among {
    /// Only these types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub types: Option<Vec<String>>,
    /// Only credentials of these issuers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuers: Option<Vec<String>>,
    /// Only credentials with one of these tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

setters! { Among {
    /// Only these types.
    types: some list => String,
    /// Only credentials of these issuers.
    issuers: some list => String,
    /// Only credentials with one of these tags.
    tags: some list => String,
} }

/// The nearest credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Nearest {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The best plan to each, the nearest first; of equals, in the byte order of the ids.
    pub plans: Vec<Plan>,
    /// The number of credentials that had to be planned for; all others were excluded by what they cost at least.
    pub planned: usize,
    /// True if these are certainly the nearest. If not, the work limit was met.
    pub proven: bool,
}

impl Catalog {
    /// The `most` credentials that the learner does not hold, among those asked for, whose best plans are worth least
    /// ([semantics 7.8](crate::semantics#7.8)). Exact: what is not planned for is proven to be no nearer. The work
    /// limit of the options is for all together.
    ///
    /// ```
    /// use credpath::{Among, Catalog, LearnerRecord, PlanOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     sql = { cost = 100 }
    ///     python = { cost = 300 }
    ///     statistics = { cost = 250 }
    ///     analyst = { type = "Certificate", stack = { all_of = ["sql", "python"] } }
    ///     tester = { type = "Certificate", stack = { all_of = ["statistics", "python"] } }
    /// "#)?;
    /// let among = Among::default().types(["Certificate"]);
    /// let record = LearnerRecord::from_iter(["python"]);
    /// let nearest = catalog.nearest(&record, "2026-11-25".parse()?, &among, 1, &PlanOptions::default());
    /// assert_eq!(nearest.plans[0].target, "analyst");
    /// assert_eq!(nearest.plans[0].cost.to_string(), "100");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn nearest(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        among: &Among,
        most: usize,
        options: &PlanOptions,
    ) -> Nearest {
        if !options.credentials().all(|&id| self.knows(id)) {
            return Nearest { stamp: self.stamp(), plans: Vec::new(), planned: 0, proven: false };
        }
        let starts = Starts::new(self, record, as_of, options.accepted());
        let progress = &starts.free.progress;
        let bounds = LowerBounds::new(progress, as_of, options);
        let asked =
            |&credential: &CredentialId| among.contains(self, credential) && progress.marks(credential) & HELD == 0;
        let mut open: Vec<(i64, CredentialId)> = CredentialId::first(self.len())
            .filter(asked)
            .map(|credential| (bounds.reaching(credential), credential))
            .filter(|&(least, _)| least < UNREACHABLE)
            .collect();
        open.sort_unstable();
        let mut nearest = Nearest { stamp: self.stamp(), plans: Vec::new(), planned: 0, proven: true };
        let mut options = options.clone();
        for (least, credential) in open {
            let farthest = nearest.plans.get(most.wrapping_sub(1)).map(Plan::value);
            if most == 0 || farthest.is_some_and(|farthest| farthest < amount(least)) {
                break;
            }
            let question = Question { target: credential, as_of, options: &options };
            let outcome = answer(starts.start(credential), &question, &mut Known::default());
            nearest.planned += 1;
            let plan = match outcome {
                PlanOutcome::Plan(plan) => *plan,
                PlanOutcome::Unattainable(none) => {
                    options.work = options.work.saturating_sub(none.effort.work);
                    continue;
                }
                PlanOutcome::Undecided(_) => {
                    nearest.proven = false;
                    break;
                }
            };
            options.work = options.work.saturating_sub(plan.effort.work);
            nearest.proven &= plan.optimality == Optimality::Proven;
            let place = nearest.plans.partition_point(|other| other.nearness() < plan.nearness());
            nearest.plans.insert(place, plan);
            nearest.plans.truncate(most);
        }
        if !nearest.plans.is_empty() {
            let uncounted = UncountedInPlans::new(self, record, as_of, &options);
            nearest.plans.iter_mut().for_each(|plan| uncounted.tell(plan));
        }
        nearest
    }
}

impl Among {
    fn contains(&self, catalog: &Catalog, credential: CredentialId) -> bool {
        let described = catalog.at(credential);
        let is_one = |of: &Option<Vec<String>>, word: Option<&String>| {
            of.as_ref().is_none_or(|of| word.is_some_and(|word| of.contains(word)))
        };
        is_one(&self.types, Some(&described.kind))
            && is_one(&self.issuers, described.issuer.as_ref())
            && self.tags.as_ref().is_none_or(|tags| described.tags.iter().any(|tag| tags.contains(tag)))
    }
}

/// More than anything costs that can be had.
const UNREACHABLE: i64 = i64::MAX / 4;

/// The least that reaching each credential costs (an *admissible estimate*, found as a fixpoint): of all that a rule
/// needs, the dearest; or the prices of so many different credentials as it needs, the cheapest ones.
struct LowerBounds<'p, 'c> {
    progress: &'p Progress<'c>,
    /// The price of an award by itself.
    prices: IdVec<CredentialId, i64>,
    /// The least price of it with what it needs.
    reach: IdVec<CredentialId, i64>,
    /// The same, and the price alone, for an award that counts under the names of a class.
    class_reach: IdVec<ClassId, i64>,
    class_price: IdVec<ClassId, i64>,
}

impl<'p, 'c> LowerBounds<'p, 'c> {
    fn new(progress: &'p Progress<'c>, as_of: Date, options: &PlanOptions) -> Self {
        let catalog = progress.catalog;
        let none = Exclusions::default();
        let own_price = |credential: CredentialId| {
            let question = Question { target: credential, as_of, options };
            if !barriers(catalog, credential, &question, &none).is_empty() {
                return UNREACHABLE;
            }
            Price::of(progress, credential).by(options.objective)
        };
        let prices: IdVec<CredentialId, i64> = CredentialId::first(catalog.len()).map(own_price).collect();
        let mut bounds = Self {
            progress,
            reach: IdVec::filled(UNREACHABLE, prices.len()),
            class_reach: IdVec::filled(UNREACHABLE, prices.len()),
            class_price: IdVec::filled(UNREACHABLE, prices.len()),
            prices,
        };
        bounds.count_prices();
        bounds.settle();
        bounds
    }

    /// The least that a plan to the credential is worth.
    fn reaching(&self, credential: CredentialId) -> i64 {
        self.class_reach[self.progress.catalog.names.class(credential)]
    }

    fn count_prices(&mut self) {
        for credential in CredentialId::first(self.prices.len()) {
            self.lower(credential, self.prices[credential], |bounds| &mut bounds.class_price);
        }
        // Awards that wait for their components cost nothing by themselves.
        for (credential, _) in self.progress.waiting() {
            self.lower(credential, 0, |bounds| &mut bounds.class_price);
        }
    }

    /// Lets every class under whose names an award counts know of a value; those for which it is less than before.
    fn lower(
        &mut self,
        credential: CredentialId,
        value: i64,
        list: impl Fn(&mut Self) -> &mut IdVec<ClassId, i64>,
    ) -> Vec<ClassId> {
        let Catalog { names, renewing, .. } = self.progress.catalog;
        let exceptions = &self.progress.exceptions;
        let class = names.class(credential);
        let mut fallen = Vec::new();
        let mut note = |bounds: &mut Self, class| {
            let known = &mut list(bounds)[class];
            if value < *known {
                *known = value;
                fallen.push(class);
            }
        };
        if !names.are_linked() && exceptions.substitutions.is_empty() && renewing.is_empty() {
            note(self, class);
            return fallen;
        }
        let mut open = vec![class];
        let mut seen: BTreeSet<ClassId> = open.iter().copied().collect();
        while let Some(class) = open.pop() {
            note(self, class);
            // Wherever a substitution holds, it is supposed to hold everywhere: that makes nothing dearer.
            let further = names.up(class).iter().copied().chain(exceptions.stands_for_anywhere(names, class));
            // What renews something may be an award of that besides.
            let renewed = names.members(class).iter().flat_map(|&member| renewing.renews(names.unit(member)));
            let further = further.chain(renewed.map(|&renewed| names.class(renewed)));
            open.extend(further.filter(|&further| seen.insert(further)));
        }
        fallen
    }

    /// Looks at every credential, and again at those of whose rules a part has become less. It ends because values only
    /// fall.
    fn settle(&mut self) {
        let network = &self.progress.catalog.network;
        let waiting: BTreeSet<CredentialId> = self.progress.waiting().map(|(credential, _)| credential).collect();
        let mut open: VecDeque<CredentialId> = CredentialId::first(self.prices.len()).collect();
        let mut is_open = IdVec::filled(true, self.prices.len());
        while let Some(credential) = open.pop_front() {
            is_open[credential] = false;
            for class in self.improve(credential, waiting.contains(&credential)) {
                for leaf in network.uses(class) {
                    let by = network.rule_of(leaf).credential();
                    if !std::mem::replace(&mut is_open[by], true) {
                        open.push_back(by);
                    }
                }
            }
        }
    }

    /// The classes that are reached for less than was known.
    fn improve(&mut self, credential: CredentialId, waits: bool) -> Vec<ClassId> {
        let (before, stack) = (self.rule(Rule::prerequisite(credential)), self.rule(Rule::stack(credential)));
        let reach = before.max(stack).saturating_add(self.prices[credential]).min(UNREACHABLE);
        let mut fallen = Vec::new();
        if reach < self.reach[credential] {
            self.reach[credential] = reach;
            fallen = self.lower(credential, reach, |bounds| &mut bounds.class_reach);
        }
        if waits {
            fallen.extend(self.lower(credential, stack, |bounds| &mut bounds.class_reach));
        }
        fallen
    }

    fn rule(&self, rule: Rule) -> i64 {
        let network = &self.progress.catalog.network;
        let Some(top) = network.top(rule).filter(|_| !self.progress.rule_is_met(rule)) else { return 0 };
        let dearest = self.part(top, &self.class_reach, i64::max);
        if dearest < UNREACHABLE && self.are_different(top) {
            dearest.max(self.part(top, &self.class_price, i64::saturating_add))
        } else {
            dearest
        }
    }

    /// True if no award could fill two of the leaves.
    fn are_different(&self, part: Part) -> bool {
        let catalog = self.progress.catalog;
        let mut seen = BTreeSet::new();
        !catalog.names.are_linked()
            && catalog.renewing.is_empty()
            && self.progress.exceptions.substitutions.is_empty()
            && catalog.network.leaves_below(part).into_iter().all(|leaf| {
                let credential = catalog.network.leaf(leaf).credential;
                seen.insert(catalog.names.class(credential)) && !catalog.names.repeatable(credential)
            })
    }

    /// The least for a part, from values for classes; what is needed together is joined.
    fn part(&self, part: Part, values: &IdVec<ClassId, i64>, join: fn(i64, i64) -> i64) -> i64 {
        let catalog = self.progress.catalog;
        let network = &catalog.network;
        // Inside what is judged as a whole, a waiver leaves no other trace.
        if self.progress.is_met(part) || self.progress.exceptions.is_waived(part) {
            return 0;
        }
        let group = match part {
            Part::Leaf(leaf) => return values[catalog.names.class(network.leaf(leaf).credential)],
            Part::Group(group) => group,
        };
        let need = network.group(group).threshold;
        match network.group(group).measure {
            Measure::Count if network.counts_units(group) => self.places(group, values, join),
            Measure::Count => {
                let mut each: Vec<i64> =
                    network.parts(group).iter().map(|&part| self.part(part, values, join)).collect();
                each.sort_unstable();
                match each.get(..need as usize) {
                    Some(cheapest) => cheapest.iter().fold(0, |sum, &value| join(sum, value)).min(UNREACHABLE),
                    None => UNREACHABLE,
                }
            }
            Measure::Sum(Unit::Places) => self.places(group, values, join),
            Measure::Sum(_) => self.sum(group, values, join),
            Measure::UpTo(_) => 0,
        }
    }

    /// The least for an `at_least`, where a repeatable member may do as often as it is wanted.
    fn places(&self, group: GroupId, values: &IdVec<ClassId, i64>, join: fn(i64, i64) -> i64) -> i64 {
        let catalog = self.progress.catalog;
        let network = &catalog.network;
        let repeats = |part: Part| match part {
            Part::Leaf(leaf) => catalog.names.repeatable(network.leaf(leaf).credential),
            Part::Group(_) => false,
        };
        let parts = network.parts(group).iter();
        let mut each: Vec<(i64, bool)> = parts.map(|&part| (self.part(part, values, join), repeats(part))).collect();
        each.sort_unstable();
        let mut need = network.group(group).threshold;
        let mut total = 0;
        for (value, again) in each {
            if need == 0 || value >= UNREACHABLE {
                break;
            }
            total = join(total, value);
            need = if again { 0 } else { need - 1 };
        }
        if need > 0 { UNREACHABLE } else { total.min(UNREACHABLE) }
    }

    /// The least for a sum, caps aside: what adds most for its value first, the last one in part if values are added.
    fn sum(&self, group: GroupId, values: &IdVec<ClassId, i64>, join: fn(i64, i64) -> i64) -> i64 {
        let catalog = self.progress.catalog;
        let network = &catalog.network;
        let plain = self.progress.region(group) == RegionId::PLAIN;
        let mut missing = i64::from(network.group(group).threshold);
        if plain {
            missing -= i64::from(self.progress.have(group));
        }
        let mut offers: Vec<(i64, i64)> = Vec::new();
        for leaf in network.leaves_below(Part::Group(group)) {
            let described = network.leaf(leaf);
            let adds = self.progress.adds_at(leaf).map_or(0, i64::from);
            if self.progress.is_met(Part::Leaf(leaf)) && !plain {
                // What awards that are there add is not looked at closely: it may be all.
                return 0;
            }
            let amount = if catalog.names.repeatable(described.credential) && described.weight > 0 {
                missing
            } else {
                i64::from(described.weight) - adds
            };
            // Waiting awards may carry other amounts.
            let waits = self.progress.waiting().next().is_some();
            offers.push((values[catalog.names.class(described.credential)], if waits { missing } else { amount }));
        }
        let adds = join(1, 1) == 2;
        offers.retain(|&(value, amount)| amount > 0 && value < UNREACHABLE);
        if adds {
            offers.sort_unstable_by_key(|&(value, amount)| (i128::from(value) << 32) / i128::from(amount));
        } else {
            offers.sort_unstable();
        }
        let mut total = 0;
        for (value, amount) in offers {
            if missing <= 0 {
                break;
            }
            let share = if adds && amount > missing {
                i64::try_from(i128::from(value) * i128::from(missing) / i128::from(amount)).unwrap_or(0)
            } else {
                value
            };
            total = join(total, share);
            missing -= amount;
        }
        if missing > 0 { UNREACHABLE } else { total }
    }
}
