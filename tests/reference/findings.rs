//! What a check finds, out of the [`Facts`] about a catalog.

use super::check::*;
use super::evaluate::*;
use super::model::*;
use super::plan::Problem;
use std::collections::{BTreeMap, BTreeSet};

impl Facts {
    // Earnability.

    /// The rules of each are unmet when everything outside is there.
    fn none_is_first(&self, set: Set) -> bool {
        members(set).all(|i| !self.rules_met(i, self.all() & !set, &self.all_in_force()))
    }

    /// Every smallest set of which none can be first, one of what is impossible by itself too.
    pub fn cycles(&self) -> Vec<Set> {
        let mut sets: Vec<Set> = (1..=self.all()).collect();
        sets.sort_by_key(|set| set.count_ones());
        let mut found: Vec<Set> = Vec::new();
        for set in sets {
            if self.none_is_first(set) && !found.iter().any(|smaller| is_part(*smaller, set)) {
                found.push(set);
            }
        }
        found
    }

    /// Re-checks a witness.
    pub fn is_blocking_cycle(&self, set: Set) -> bool {
        let smaller = || (1..set).filter(|s| is_part(*s, set));
        set.count_ones() > 1 && self.none_is_first(set) && !smaller().any(|s| self.none_is_first(s))
    }

    /// Whether the rules of a credential are unmet when all is there but these.
    pub fn needs_some_of(&self, i: usize, set: Set) -> bool {
        !self.rules_met(i, self.all() & !set, &self.all_in_force())
    }

    /// For each credential that cannot be earned, what may be said of it; if that is one thing it must be said.
    pub fn faults(&self) -> BTreeMap<usize, BTreeSet<Fault>> {
        let unearnable = self.unearnable();
        if unearnable == 0 {
            return BTreeMap::new();
        }
        let (all, force) = (self.all(), self.all_in_force());
        let impossible = set_of(members(unearnable).filter(|i| !self.rules_met(*i, all, &force)));
        let closed = force.closed & !impossible;
        let cycles: Vec<Set> = self.cycles().into_iter().filter(|set| set & impossible == 0).collect();
        let in_cycles = cycles.iter().fold(0, |all, set| all | set) & !closed;
        let rest = unearnable & !impossible & !closed & !in_cycles;
        // In both readings of what is mended.
        let mended = |i: usize, available: Set| {
            let [one, other] =
                [true, false].map(|they_exclude| self.earnable_if(available, they_exclude) & 1 << i != 0);
            if one == other { Some(one) } else { None }
        };
        let excluded = members(rest).filter(|i| mended(*i, unearnable & !(1 << i)) == Some(false));
        let excluded = set_of(excluded);
        let mut faults = BTreeMap::new();
        for i in members(unearnable) {
            let bit: Set = 1 << i;
            let may: Vec<Fault> = if impossible & bit != 0 {
                vec![Fault::Impossible]
            } else if closed & bit != 0 {
                vec![Fault::NotOffered]
            } else if cycles.contains(&bit) {
                vec![Fault::SelfReference]
            } else if in_cycles & bit != 0 {
                self.faults_in_cycles(i, &cycles, closed)
            } else if excluded & bit != 0 {
                vec![Fault::Exclusion]
            } else {
                let told_elsewhere = impossible | in_cycles | excluded;
                let one = mended(i, closed);
                let other = mended(i, told_elsewhere);
                let direct = self.rules_met(i, self.earnable() | closed, &force);
                match (one, other, mended(i, closed | told_elsewhere)) {
                    (Some(true), Some(false), _) if direct => vec![Fault::NeedsNotOffered],
                    (Some(false), Some(true), _) => vec![Fault::Following],
                    (Some(_), Some(_), Some(true)) => vec![Fault::NeedsNotOffered, Fault::Following],
                    _ => vec![Fault::NeedsNotOffered, Fault::Following, Fault::Exclusion],
                }
            };
            faults.insert(i, may.into_iter().collect());
        }
        faults
    }

    fn faults_in_cycles(&self, i: usize, cycles: &[Set], closed: Set) -> Vec<Fault> {
        let own = || cycles.iter().filter(|set| *set & 1 << i != 0);
        let alone = |set: &&Set| *set & closed == 0 && cycles.iter().all(|s| s == *set || s & *set == 0);
        let mut may = vec![Fault::Cycle];
        if own().all(|set| !alone(&set)) {
            may.extend([Fault::Following, Fault::NeedsNotOffered, Fault::Exclusion]);
        }
        // Equivalents that need each other name themselves under another name.
        let twice = |set: &Set| members(*set).any(|j| j != i && self.same[j] == self.same[i]);
        if own().any(twice) {
            may.push(Fault::SelfReference);
        }
        may
    }

    /// Whether the credential cannot be earned for these reasons alone.
    fn suffices(&self, i: usize, cause: &BTreeSet<Reason>) -> bool {
        let mut force = InForce { prerequisite: 0, stack: 0, exclusions: Vec::new(), closed: 0 };
        for reason in cause {
            match reason {
                Reason::Prerequisite(j) => force.prerequisite |= 1 << j,
                Reason::Stack(j) => force.stack |= 1 << j,
                Reason::Exclusion(j, k) => force.exclusions.push((*j, *k)),
                Reason::NotOffered(j) => force.closed |= 1 << j,
            }
        }
        self.reachable_under(&force).iter().all(|set| set & 1 << i == 0)
    }

    /// Re-checks a witness: the reasons are true, the credential cannot be earned for these alone, and could be if one
    /// of them were gone.
    pub fn is_smallest_cause(&self, i: usize, cause: &BTreeSet<Reason>) -> bool {
        let without = |reason: &Reason| cause.iter().filter(|r| *r != reason).copied().collect();
        let reasons = self.reasons();
        cause.iter().all(|reason| reasons.contains(reason))
            && self.suffices(i, cause)
            && !cause.iter().any(|reason| self.suffices(i, &without(reason)))
    }

    /// All that can stand in the way of anything.
    fn reasons(&self) -> Vec<Reason> {
        let all = 0..self.ids.len();
        let mut reasons: Vec<Reason> = self.exclusions.iter().map(|(i, j)| Reason::Exclusion(*i, *j)).collect();
        reasons.extend(all.clone().filter(|i| self.prerequisite[*i].contains(&false)).map(Reason::Prerequisite));
        reasons.extend(all.clone().filter(|i| self.stack[*i].contains(&false)).map(Reason::Stack));
        reasons.extend(all.filter(|i| !self.offered[*i]).map(Reason::NotOffered));
        reasons
    }

    /// A smallest cause of what cannot be earned: of all reasons, whatever can be left out is, closed offerings last.
    pub fn smallest_cause(&self, i: usize) -> BTreeSet<Reason> {
        let reasons = self.reasons();
        let mut cause: BTreeSet<Reason> = reasons.iter().copied().collect();
        for reason in &reasons {
            let mut less = cause.clone();
            less.remove(reason);
            if self.suffices(i, &less) {
                cause = less;
            }
        }
        cause
    }

    /// Re-checks a witness: each can be earned after those before it, and no two exclude each other.
    pub fn is_order(&self, order: &[usize]) -> bool {
        let mut held = 0;
        for i in order {
            if held & 1 << i != 0 || !self.reachable.contains(&(held | 1 << i)) {
                return false;
            }
            held |= 1 << i;
        }
        true
    }

    /// The strongly connected components, or self-loops that are not self-references, all of whose members are
    /// earnable; in each of two readings.
    pub fn harmless_cycles(&self) -> [BTreeSet<Set>; 2] {
        let n = self.ids.len();
        let counted = |i: usize| set_of((0..n).filter(|j| self.counts_as[*j] & self.named[i] != 0));
        let readings = [self.named.clone(), (0..n).map(counted).collect()];
        readings.map(|next| {
            let reach = |i: usize| {
                let mut reached = next[i];
                loop {
                    let more = members(reached).fold(reached, |all, j| all | next[j]);
                    if more == reached {
                        return reached;
                    }
                    reached = more;
                }
            };
            let reached: Vec<Set> = (0..n).map(reach).collect();
            let with = |i: usize| {
                set_of((0..n).filter(|j| *j == i || (reached[i] & 1 << j != 0 && reached[*j] & 1 << i != 0)))
            };
            let names_itself = |i: usize| members(self.named[i]).any(|j| self.same[j] == self.same[i]);
            let is_cycle = |set: &Set| {
                let first = set.trailing_zeros() as usize;
                set.count_ones() > 1 || (next[first] & set != 0 && !names_itself(first))
            };
            let components: BTreeSet<Set> = (0..n).map(with).collect();
            components.into_iter().filter(|set| is_cycle(set) && is_part(*set, self.earnable())).collect()
        })
    }

    /// The credential, and all that a rule of one of them names or that counts as one named.
    pub fn cone(&self, target: usize) -> Set {
        let mut cone: Set = 1 << target;
        loop {
            let named = members(cone).fold(0, |all, i| all | self.named[i]);
            let more = cone | set_of((0..self.ids.len()).filter(|i| self.counts_as[*i] & named != 0));
            if more == cone {
                return cone;
            }
            cone = more;
        }
    }

    // Exclusions.

    fn never_both(&self, i: usize, j: usize) -> bool {
        let both: Set = 1 << i | 1 << j;
        is_part(both, self.earnable()) && !self.reachable.iter().any(|set| is_part(both, *set))
    }

    pub fn strong_conflicts(&self) -> BTreeMap<usize, Set> {
        let says_so = |i: usize, j: usize| self.exclusions.contains(&(i, j)) || self.exclusions.contains(&(j, i));
        let mut found = BTreeMap::new();
        for i in 0..self.ids.len() {
            let others = (i + 1..self.ids.len())
                .filter(|j| self.conferred[i] && self.conferred[*j] && !says_so(i, *j) && self.never_both(i, *j));
            match set_of(others) {
                0 => {}
                others => drop(found.insert(i, others)),
            }
        }
        found
    }

    /// What closes the target for good.
    pub fn dead_ends(&self, target: usize) -> Set {
        set_of(members(self.cone(target)).filter(|i| *i != target && self.never_both(*i, target)))
    }

    // Choices.

    /// The reachable sets, by number, with the credential.
    fn with(&self, c: usize) -> impl Iterator<Item = usize> {
        (0..self.reachable.len()).filter(move |s| self.reachable[*s] & 1 << c != 0)
    }

    /// Groups with listed parts of which some may be left out, in rules of what can be earned.
    fn choices(&self) -> impl Iterator<Item = (usize, &PartFacts)> {
        self.parts.iter().filter(|p| self.is_earnable(p.owner)).filter_map(|p| match p.shape {
            Shape::Counts { need, of, listed: true, .. } if (1..of).contains(&need) => Some((need, p)),
            _ => None,
        })
    }

    fn is_dead(&self, option: usize) -> bool {
        let option = &self.parts[option];
        !self.with(option.owner).any(|s| option.met[s])
    }

    fn leaf(&self, part: usize) -> Option<usize> {
        match self.parts[part].shape {
            Shape::Leaf(i) => Some(i),
            _ => None,
        }
    }

    /// Dead options, each with whether it is a note.
    pub fn dead_options(&self) -> BTreeMap<Told, bool> {
        let mut found = BTreeMap::new();
        for (_, choice) in self.choices() {
            for part in choice.parts.iter().copied().filter(|part| self.is_dead(*part)) {
                let mut around = self.parts[part].parent;
                let mut in_dead = false;
                while let Some(group) = around {
                    in_dead |= self.is_dead(group);
                    around = self.parts[group].parent;
                }
                let note = self.leaf(part).is_some_and(|i| !self.is_earnable(i));
                found.insert(Told { part, certain: self.parts[part].met_by_all && !in_dead }, note);
            }
        }
        found
    }

    pub fn false_choices(&self) -> BTreeSet<Told> {
        self.false_choices_where(&|part| self.with(self.parts[part].owner).all(|s| self.parts[part].met[s]))
    }

    /// The same, if that is said of an option which has to be met anyway.
    pub fn false_choices_where(&self, always: &dyn Fn(usize) -> bool) -> BTreeSet<Told> {
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            for part in choice.parts.iter().copied() {
                let Some(i) = self.leaf(part) else { continue };
                let others = || choice.parts.iter().copied().filter(|other| *other != part);
                if always(part) && !self.is_dead(part) && others().any(|other| !self.is_dead(other)) {
                    let again = others().any(|other| self.leaf(other).is_some_and(|j| self.same[i] == self.same[j]));
                    let own = self.counts_as[choice.owner] & 1 << i != 0;
                    // What everybody meets without any award is told of its own rule.
                    let vacuous = self.parts[part].met_by_none;
                    let certain = !again && !own && !vacuous && self.counts_when_met(part);
                    found.insert(Told { part, certain });
                }
            }
        }
        found
    }

    /// Whether no group around a part wants different awards or awards of some time, and its own does not count units:
    /// else what meets it may be wanted elsewhere, or not count.
    fn counts_when_met(&self, part: usize) -> bool {
        let mut around = self.parts[part].parent;
        if let Some(Shape::Counts { need, all_of: false, .. }) = around.map(|group| self.parts[group].shape)
            && need > 1
        {
            return false;
        }
        while let Some(group) = around {
            if matches!(self.parts[group].shape, Shape::Counts { plain: false, .. }) {
                return false;
            }
            around = self.parts[group].parent;
        }
        true
    }

    /// Whether what counts as the first could be there on the ground of the other: what is conferred rests on its rules.
    fn may_rest_on(&self, leaf: Option<usize>, owner: usize) -> bool {
        let conferred = |j: usize| self.parts.iter().any(|part| part.owner == j && part.which == Which::Stack);
        let (mut seen, mut open): (Set, Vec<usize>) = (0, leaf.into_iter().collect());
        while let Some(i) = open.pop() {
            for j in (0..self.ids.len()).filter(|j| self.counts_as[*j] & 1 << i != 0) {
                if seen & 1 << j == 0 {
                    seen |= 1 << j;
                    if conferred(j) {
                        open.extend(members(self.named[j]));
                    }
                }
            }
        }
        conferred(owner) && seen & 1 << owner != 0
    }

    /// Shadowed options, each with the first that shadows it.
    pub fn shadowed(&self) -> BTreeMap<Told, usize> {
        self.shadowed_where(&self.false_choices(), &|one, other| self.follows(other, &[one]))
    }

    /// The same, if that is said of an option which implies another one.
    pub fn shadowed_where(
        &self,
        false_choices: &BTreeSet<Told>,
        implies: &dyn Fn(usize, usize) -> bool,
    ) -> BTreeMap<Told, usize> {
        let mut found = BTreeMap::new();
        for (_, choice) in self.choices().filter(|(need, _)| *need == 1) {
            let leaves: Vec<(usize, usize)> = choice
                .parts
                .iter()
                .filter_map(|p| Some((*p, self.leaf(*p)?)))
                .filter(|(p, _)| !self.is_dead(*p))
                .collect();
            for (part, i) in &leaves {
                let is_false = false_choices.iter().find(|told| told.part == *part);
                if is_false.is_some_and(|told| told.certain) {
                    continue;
                }
                let by = leaves.iter().find(|(other, j)| {
                    self.same[*i] != self.same[*j]
                        && implies(*part, *other)
                        && !(implies(*other, *part) && part < other)
                });
                if let Some((other, _)) = by {
                    // That its own rule names it is told instead.
                    let own = self.same[*i] == self.same[choice.owner];
                    let apart = self.counts_when_met(*part) && !self.may_rest_on(self.leaf(*other), choice.owner);
                    let certain = is_false.is_none() && !own && apart;
                    found.insert(Told { part: *part, certain }, *other);
                }
            }
        }
        found
    }

    /// The parts that a rule is, if `all_of` groups at its top are taken apart.
    fn conjuncts(&self, owner: usize) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.parts.len())
            .rev()
            .filter(|p| self.parts[*p].owner == owner && self.parts[*p].parent.is_none())
            .collect();
        let mut found = Vec::new();
        while let Some(part) = open.pop() {
            match self.parts[part].shape {
                Shape::Counts { all_of: true, plain: true, listed: true, .. } => {
                    open.extend(self.parts[part].parts.iter().rev());
                }
                _ => found.push(part),
            }
        }
        found
    }

    /// Of the parts that are judged, those that the others imply, the last written first: in each of two readings.
    fn implied(&self, owner: usize, follows: &dyn Fn(usize, &[usize]) -> bool) -> [BTreeSet<usize>; 2] {
        let conjuncts = self.conjuncts(owner);
        let judged = |part: &usize| {
            self.parts[*part].parent.is_some_and(|group| self.parts[group].parts.len() > 1)
                && !self.parts[*part].met_by_none
        };
        [true, false].map(|all| {
            let mut left: Vec<usize> =
                conjuncts.iter().copied().filter(|part| all || self.parts[*part].parent.is_some()).collect();
            let mut found = BTreeSet::new();
            for part in conjuncts.iter().rev().copied().filter(judged) {
                let others: Vec<usize> = left.iter().copied().filter(|other| *other != part).collect();
                if follows(part, &others) {
                    left = others;
                    found.insert(part);
                }
            }
            found
        })
    }

    fn follows(&self, part: usize, others: &[usize]) -> bool {
        (0..self.reachable.len())
            .all(|s| self.parts[part].met[s] || others.iter().any(|other| !self.parts[*other].met[s]))
    }

    /// Whether all of these can be left out of the rules of a credential together.
    pub fn are_redundant(&self, owner: usize, parts: &BTreeSet<usize>) -> bool {
        let others: Vec<usize> = self.conjuncts(owner).into_iter().filter(|part| !parts.contains(part)).collect();
        parts.iter().all(|part| self.follows(*part, &others))
    }

    /// For what can be earned: the redundant requirements, in each reading; none if they are not told exactly.
    pub fn redundant(&self) -> BTreeMap<usize, Option<[BTreeSet<usize>; 2]>> {
        self.redundant_where(&|part, others| self.follows(part, others))
    }

    /// The same, if that is said of a part which follows from others.
    pub fn redundant_where(
        &self,
        follows: &dyn Fn(usize, &[usize]) -> bool,
    ) -> BTreeMap<usize, Option<[BTreeSet<usize>; 2]>> {
        let mut found = BTreeMap::new();
        for owner in members(self.earnable()) {
            let conjuncts = self.conjuncts(owner);
            let nested = |part: &usize| {
                let group = self.parts[*part].parent;
                group.is_some_and(|group| self.parts[group].parent.is_some())
            };
            let again = |part: &usize| {
                let leaf = |part: usize| self.leaf(part).map(|i| self.same[i]);
                let others = conjuncts.iter().filter(|other| *other != part);
                leaf(*part).is_some()
                    && others
                        .filter(|other| self.parts[**other].parent == self.parts[*part].parent)
                        .any(|o| leaf(*o) == leaf(*part))
            };
            let exact = !conjuncts.iter().any(|part| nested(part) || again(part));
            found.insert(owner, exact.then(|| self.implied(owner, follows)));
        }
        found
    }

    /// Options of a choice with which it is never as cheap as without; none if that would take too many sets.
    pub fn dearer_options(&self, catalog: &Catalog, as_of: Option<Date>) -> Option<BTreeSet<usize>> {
        let repeatable: Vec<usize> = (0..self.ids.len()).filter(|i| self.is_repeatable(catalog, *i)).collect();
        if repeatable.iter().any(|i| self.cost[*i] > 0) {
            return self.dearer_options_by_awards(catalog, as_of, &repeatable);
        }
        let cost = |s: usize| members(self.reachable[s]).map(|i| self.cost[i]).sum::<Amount>();
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            let cheapest = self.with(choice.owner).map(cost).min();
            for part in choice.parts.iter().copied().filter(|p| self.leaf(*p).is_some() && !self.is_dead(*p)) {
                let with_it = self.with(choice.owner).filter(|s| self.parts[part].met[*s]).map(cost).min();
                if with_it > cheapest {
                    found.insert(part);
                }
            }
        }
        Some(found)
    }

    fn is_repeatable(&self, catalog: &Catalog, i: usize) -> bool {
        (0..self.ids.len()).any(|j| self.same[i] == self.same[j] && catalog.credentials[self.ids[j]].repeatable)
    }

    /// The same with every award counted and paid.
    pub fn dearer_options_by_awards(
        &self,
        catalog: &Catalog,
        as_of: Option<Date>,
        repeatable: &[usize],
    ) -> Option<BTreeSet<usize>> {
        let (ids, day) = (&self.ids, the_day(catalog, as_of));
        if ids.len() + repeatable.len() * (REPEATS as usize - 1) / 2 > 9 {
            return None;
        }
        let record = Record::default();
        let problem = Problem::new(catalog, &record, day, ids[0], View::Earned);
        let awards = |times: &[u32]| -> Vec<Id> {
            let each = times.iter().enumerate();
            each.flat_map(|(i, times)| vec![ids[i]; *times as usize]).collect()
        };
        let mut sets: BTreeSet<Vec<u32>> = BTreeSet::from([vec![0; ids.len()]]);
        let mut open: Vec<Vec<u32>> = sets.iter().cloned().collect();
        while let Some(times) = open.pop() {
            let world = problem.rules.issued(day, View::Earned, &awards(&times));
            for (i, id) in ids.iter().enumerate() {
                let most = if repeatable.contains(&i) { REPEATS } else { 1 };
                let apart = |j: usize| times[j] > 0 && problem.exclude(id, ids[j]);
                let stack = || catalog.credentials[id].stack.is_none() || problem.rules.stack_met(&world, id);
                if self.offered[i]
                    && times[i] < most
                    && !(0..ids.len()).any(apart)
                    && problem.rules.prerequisite_met(&world, id)
                    && stack()
                {
                    let mut times = times.clone();
                    times[i] += 1;
                    if sets.insert(times.clone()) {
                        open.push(times);
                    }
                }
            }
        }
        let (mut listed, index) = (Vec::new(), |id: Id| ids.iter().position(|known| *known == id).unwrap());
        for (i, (id, c)) in catalog.credentials.iter().enumerate() {
            let rules = &problem.rules;
            let written =
                [(Which::Prerequisite, &c.prerequisite, &rules.prerequisite), (Which::Stack, &c.stack, &rules.stack)];
            for (which, rule, requirements) in written {
                if let Some(rule) = rule {
                    list(rule, &requirements[id], &[], blank(i, which, 0, None), &index, &mut listed);
                }
            }
        }
        let priced: Vec<(Amount, &Vec<u32>, World)> = sets
            .iter()
            .map(|times| {
                let cost = times.iter().zip(&self.cost).map(|(n, cost)| Amount::from(*n) * cost).sum();
                (cost, times, problem.rules.given_and_qualified(day, &awards(times)))
            })
            .collect();
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            let with = || priced.iter().filter(|(_, times, _)| times[choice.owner] > 0);
            let cheapest = with().map(|(cost, _, _)| *cost).min();
            for part in choice.parts.iter().copied().filter(|p| self.leaf(*p).is_some() && !self.is_dead(*p)) {
                let met = |world: &World| problem.rules.part_met(world, listed[part].requirement, &listed[part].above);
                let with_it = with().filter(|(_, _, world)| met(world)).map(|(cost, _, _)| *cost).min();
                with_it?; // else it takes more awards than were tried
                if with_it > cheapest {
                    found.insert(part);
                }
            }
        }
        Some(found)
    }

    // Double counting.

    /// Distinct groups that a learner who holds everything does not meet, although each of their parts is met, and
    /// there are as many as are needed.
    pub fn impossible_distinct(&self) -> Vec<usize> {
        let is_so = |p: &PartFacts| {
            matches!(p.shape, Shape::Counts { distinct: true, listed: true, need, of, .. } if need <= of)
                && !p.met_by_all
                && p.parts.iter().all(|part| self.parts[*part].met_by_all)
        };
        (0..self.parts.len()).filter(|i| is_so(&self.parts[*i])).collect()
    }
}
