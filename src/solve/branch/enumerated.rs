//! Branch and bound against trying everything.

use std::collections::BTreeSet;

use crate::solve::branch::oracle::{Cut, Frame, Incumbent, Judged, Leads, Oracle, Separated};
use crate::solve::branch::search::{Found, Program, Search};
use crate::solve::certificate::{Entry, ProofClaim, Unfollowed};
use crate::solve::enumeration::{every_point, variable};
use crate::solve::ids::{RowId, VariableId};
use crate::solve::objective::Scale;
use crate::solve::random::Random;
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::{Id, IdVec};
use crate::value::meter::Meter;

/// Things that may be taken. A set leads to the goal if it contains one of the `ways`, which the rows say only part of.
struct Game {
    things: usize,
    ways: Vec<BTreeSet<VariableId>>,
    /// Sets that are refused, with all that contain them.
    refused: Vec<BTreeSet<VariableId>>,
}

type Set = BTreeSet<VariableId>;

/// Why a cut holds.
#[derive(Debug, Clone)]
enum Reason {
    OneOf(Set),
    NotAll(Set),
}

impl Reason {
    fn cut(self) -> Cut<Self> {
        let row = match &self {
            Self::OneOf(set) => Row::at_least(set.iter().map(|&thing| (thing, 1)).collect(), 1),
            Self::NotAll(set) => {
                let need = 1 - i64::try_from(set.len()).unwrap();
                Row::at_least(set.iter().map(|&thing| (thing, -1)).collect(), need)
            }
        };
        Cut { row, reason: Some(self) }
    }
}

impl Game {
    fn leads_there(&self, set: &Set) -> bool {
        self.ways.iter().any(|way| way.is_subset(set))
    }

    /// True if nothing can be left out of it.
    fn is_small(&self, set: &Set) -> bool {
        set.iter().all(|thing| {
            let mut fewer = set.clone();
            fewer.remove(thing);
            !self.leads_there(&fewer)
        })
    }

    fn is_refused(&self, set: &Set) -> bool {
        self.refused.iter().any(|refused| refused.is_subset(set))
    }

    fn is_solution(&self, set: &Set) -> bool {
        self.leads_there(set) && self.is_small(set) && !self.is_refused(set)
    }
}

impl Oracle for &Game {
    type Candidate = Set;
    type Reason = Reason;

    fn decides(&self, variable: VariableId) -> bool {
        variable.index() < self.things
    }

    fn is_of_the_question(&self, _: VariableId) -> bool {
        false
    }

    fn candidate(&self, value: impl Fn(VariableId) -> i64) -> Set {
        VariableId::first(self.things).filter(|&variable| value(variable) > 0).collect()
    }

    fn known(&mut self, _: &Frame<'_>) -> Option<Incumbent<Set>> {
        None
    }

    fn leads(&mut self, candidate: &Set, meter: &mut Meter) -> Option<Leads> {
        meter.spend(1)?;
        Some(if self.leads_there(candidate) { Leads::Yes } else { Leads::No })
    }

    fn judge(&mut self, candidate: Set, frame: &Frame<'_>, meter: &mut Meter) -> Option<Judged<Set, Reason>> {
        meter.spend(1)?;
        let mut small = candidate;
        for thing in small.clone().into_iter().rev() {
            small.remove(&thing);
            if !self.leads_there(&small) {
                small.insert(thing);
            }
        }
        let cost = small.iter().map(|&thing| frame.prices[thing]).sum();
        // What is said of all solutions holds of whatever leads there, as long as nothing is refused.
        assert!(!self.refused.is_empty() || frame.least <= cost, "{cost} is below {}", frame.least);
        let is_set_aside = self.is_refused(&small);
        let refused = self.refused.iter().filter(|refused| refused.is_subset(&small));
        let cuts = refused.map(|set| Reason::NotAll(set.clone()).cut()).collect();
        Some(Judged { candidate: small, value: (!is_set_aside).then_some(cost), is_set_aside, cuts })
    }

    fn separate(&mut self, candidate: &Set, meter: &mut Meter) -> Option<Separated<Reason>> {
        meter.spend(1)?;
        let mut taken = candidate.clone();
        for thing in VariableId::first(self.things) {
            taken.insert(thing);
            if self.leads_there(&taken) && !candidate.contains(&thing) {
                taken.remove(&thing);
            }
        }
        let rest: Set = VariableId::first(self.things).filter(|thing| !taken.contains(thing)).collect();
        Some(Separated::By(Reason::OneOf(rest).cut()))
    }
}

/// A game, and rows that every way satisfies together with some further variable.
struct Instance {
    game: Game,
    rows: IdVec<RowId, Row>,
    bounds: Bounds,
    prices: IdVec<VariableId, i64>,
}

fn random_instance(random: &mut Random) -> Instance {
    let things = 2 + random.below(6);
    let set = |random: &mut Random, most: u32| -> Set {
        (0..=random.below(most)).map(|_| variable(random.below(things))).collect()
    };
    let ways: Vec<Set> = (0..=random.below(5)).map(|_| set(random, 4)).collect();
    let refused = (0..random.below(3)).map(|_| set(random, 3)).collect();
    // The last variable is 1 where all is well, and some pairs and weights that every way has are demanded if it is.
    let head = variable(things);
    let mut rows: IdVec<RowId, Row> = vec![Row::at_least(vec![(head, 1)], 1)].into();
    for _ in 0..random.below(4) {
        let terms: Vec<(VariableId, i64)> =
            (0..things).map(|thing| (variable(thing), random.between(0, 5))).filter(|term| term.1 > 0).collect();
        let weight = |way: &Set| terms.iter().filter(|term| way.contains(&term.0)).map(|term| term.1).sum::<i64>();
        let need = ways.iter().map(weight).min().unwrap_or(0);
        rows.push(Row { terms, head: Some(head), need });
    }
    let prices = (0..=things).map(|thing| if thing == things { 0 } else { 5 * random.between(0, 5) }).collect();
    let bounds = vec![Interval::new(0, 1); things as usize + 1].into();
    Instance { game: Game { things: things as usize, ways, refused }, rows, bounds, prices }
}

impl Instance {
    fn program(&self) -> Program {
        Program {
            rows: self.rows.clone(),
            bounds: self.bounds.clone(),
            prices: self.prices.clone(),
            scale: Scale::of_prices(&self.prices),
        }
    }

    fn cost(&self, set: &Set) -> i64 {
        set.iter().map(|&thing| self.prices[thing]).sum()
    }

    /// All solutions, by trying everything.
    fn solutions(&self) -> Vec<Set> {
        let point = |point: IdVec<VariableId, i64>| (&self.game).candidate(|variable| point[variable]);
        let sets: BTreeSet<Set> = every_point(&self.bounds).map(point).collect();
        sets.into_iter().filter(|set| self.game.is_solution(set)).collect()
    }

    /// True if the proof holds that nothing costs less.
    fn is_proved(&self, least: i64, proof: &Proof) -> bool {
        let mut rows = self.rows.clone();
        rows.extend(proof.reasons.iter().map(|reason| reason.clone().cut().row));
        let allowed = |bounds: &Bounds| (&self.game).candidate(|variable| bounds[variable].upper);
        let decided = |bounds: &Bounds| {
            bounds.entries().all(|(variable, interval)| variable.index() >= self.game.things || interval.is_fixed())
        };
        let claim = ProofClaim {
            rows: &rows,
            bounds: self.bounds.clone(),
            prices: &self.prices,
            below: Scale::of_prices(&self.prices).below(least),
            barren: &|bounds| !self.game.leads_there(&allowed(bounds)),
            refused: &|bounds| decided(bounds) && !self.game.is_solution(&allowed(bounds)),
            spend: &|_| Some(()),
        };
        least <= 0 || claim.holds_by(&proof.entries, &mut Unfollowed)
    }
}

#[test]
fn the_best_is_found_and_proved() {
    let mut random = Random(0x5eed_0007);
    let (mut none, mut cuts, mut nodes) = (0, 0, 0);
    for _ in 0..3000 {
        let instance = random_instance(&mut random);
        let solutions = instance.solutions();
        let least = solutions.iter().map(|set| instance.cost(set)).min();
        let mut meter = Meter::new(1_000_000);
        let mut search = Search::new(instance.program(), &instance.game, &mut meter);
        let found = search.best();
        let proof = Proof::of(&mut search);
        nodes += search.nodes();
        assert!(found.complete && found.ended);
        assert_eq!(found.least, least, "{:?}", instance.game.ways);
        if let Some(best) = &found.best {
            assert_eq!(Some(best.value), least);
            assert!(solutions.contains(&best.candidate));
            assert!(instance.is_proved(best.value, &proof), "{:?}", proof.entries);
            // The proof proves no more than that, and no less of it does.
            assert!(!instance.is_proved(best.value + 5, &proof));
            assert!(best.value == 0 || !instance.is_proved(best.value, &proof.shortened()));
        }
        none += u32::from(least.is_none());
        cuts += proof.reasons.len();
    }
    assert!(none > 200 && cuts > 500 && nodes > 4000, "{none} {cuts} {nodes}");
}

/// A proof, and why its cuts hold.
struct Proof {
    entries: Vec<Entry>,
    reasons: Vec<Reason>,
}

impl Proof {
    fn of(search: &mut Search<'_, &Game>) -> Self {
        let (entries, reasons) = search.take_proof();
        Self { entries, reasons }
    }

    /// The same without its last line.
    fn shortened(&self) -> Self {
        let entries = self.entries.iter().take(self.entries.len().saturating_sub(1)).cloned().collect();
        Self { entries, reasons: self.reasons.clone() }
    }
}

#[test]
fn anything_below_a_ceiling_is_found_within_bounds() {
    let mut random = Random(0x5eed_0008);
    let mut found_some = 0;
    for _ in 0..1000 {
        let instance = random_instance(&mut random);
        let solutions = instance.solutions();
        let mut meter = Meter::new(1_000_000);
        let mut search = Search::new(instance.program(), &instance.game, &mut meter);
        for thing in 0..instance.game.things {
            let without = VariableId::at(thing);
            let most = 5 * random.between(0, 12);
            let Found { best, least, .. } = search.any(&vec![(without, Interval::only(0))], most);
            let mut fitting = solutions.iter().filter(|set| !set.contains(&without) && instance.cost(set) <= most);
            assert_eq!(best.is_none() && least.is_none(), fitting.next().is_none());
            if let Some(best) = best {
                found_some += 1;
                assert!(instance.game.is_solution(&best.candidate) && best.value <= most);
            }
        }
    }
    assert!(found_some > 500, "{found_some}");
}

#[test]
fn ties_lie_in_the_branches_that_are_left_for_them() {
    let mut random = Random(0x5eed_0009);
    let mut ties = 0;
    for _ in 0..1000 {
        let instance = random_instance(&mut random);
        let mut meter = Meter::new(1_000_000);
        let mut search = Search::new(instance.program(), &instance.game, &mut meter);
        let Some(best) = search.best().best else { continue };
        let leaves = search.take_ties();
        let as_good = instance.solutions().into_iter();
        for other in as_good.filter(|set| instance.cost(set) == best.value && *set != best.candidate) {
            ties += 1;
            let lies_in = |leaf: &Vec<(VariableId, Interval)>| {
                (0..instance.game.things)
                    .map(VariableId::at)
                    .all(|thing| search.within(leaf, thing).contains(i64::from(other.contains(&thing))))
            };
            assert!(leaves.iter().any(lies_in), "{other:?}");
        }
    }
    assert!(ties > 50, "{ties}");
}

#[test]
fn what_is_known_when_the_work_runs_out_is_true() {
    let mut random = Random(0x5eed_000a);
    for _ in 0..1000 {
        let instance = random_instance(&mut random);
        let least = instance.solutions().iter().map(|set| instance.cost(set)).min();
        let mut meter = Meter::new(random.between(0, 60).unsigned_abs());
        let mut search = Search::new(instance.program(), &instance.game, &mut meter);
        let found = search.best();
        let proof = Proof::of(&mut search);
        assert!(found.best.as_ref().is_none_or(|best| least.is_some_and(|least| best.value >= least)));
        match found.least {
            Some(known) => {
                assert!(least.is_none_or(|least| known <= least));
                assert!(instance.is_proved(known, &proof), "{:?}", proof.entries);
            }
            None => assert_eq!(least, None),
        }
    }
}
