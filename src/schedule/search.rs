//! The earliest finish of some jobs: branch and bound over days before which nothing begins.
//!
//! This is branching on *minimal forbidden sets*. A node says of every job a day before which it does not begin, and
//! which jobs wait for which. With everything as early as that, the first thing that is wrong is put right in all
//! possible ways, each of which moves something to a later day: a job whose rule is not met waits for the next award,
//! or an award that has lapsed or is too old by then is made later; of jobs that together take too much, one waits for
//! another, or for the next term. So nothing is lost: what keeps to a node keeps to one of its children. What is right
//! at last is as early as can be in its node.

use crate::value::ids::IdVec;
use std::cmp::Reverse;

use crate::value::date::Date;
use crate::value::meter::Meter;

use crate::schedule::answer::Obstacle;
use crate::schedule::bounds::{Ancestors, Lag, Precedence, ResourceBounds};
use crate::schedule::judge::Judge;
use crate::schedule::model::{JobId, Model};
use crate::schedule::timetable::{Asked, Slots, Timetable};

/// The result of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundSlots {
    /// The slots that finish first.
    pub(crate) best: Option<Slots>,
    /// No others finish before this day.
    pub(crate) least: i32,
    /// True if the work sufficed to see all others.
    pub(crate) exhausted: bool,
    /// The first obstacle that was met.
    pub(crate) obstacle: Option<(Asked, Obstacle)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    begins: IdVec<JobId, i32>,
    arcs: Vec<Precedence>,
    bound: i32,
}

enum SettledNode {
    /// Nothing keeps to it, or nothing that is better than what is known.
    Dead,
    Complete(Slots),
    /// The last one is to be looked at first.
    Branches(Vec<Node>),
}

/// A way to put something right: one branch of a node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Remedy {
    NotBefore(JobId, i32),
    Waits(Precedence),
}

pub(crate) struct SlotSearch<'s, 'j> {
    pub(crate) model: &'s Model,
    pub(crate) judge: &'s mut Judge<'j>,
    pub(crate) meter: &'s mut Meter,
    /// The precedences that hold at every node.
    arcs: Vec<Precedence>,
    bounds: ResourceBounds,
    best: Option<Slots>,
    obstacle: Option<(Asked, Obstacle)>,
    /// For jobs that several others come before, those.
    ancestors: Vec<Ancestors>,
    /// Work that bringing nodes up to date took, and that is not paid for yet.
    unpaid: u64,
    /// What finishes on this day or later is not looked for.
    before: i32,
    /// Whether one schedule will do, whenever it finishes.
    any: bool,
}

impl<'s, 'j> SlotSearch<'s, 'j> {
    pub(crate) fn new(model: &'s Model, judge: &'s mut Judge<'j>, meter: &'s mut Meter, arcs: Vec<Precedence>) -> Self {
        let ancestors = Ancestors::all(model, &arcs);
        let bounds = ResourceBounds::new(model);
        Self {
            model,
            judge,
            meter,
            arcs,
            bounds,
            best: None,
            obstacle: None,
            ancestors,
            unpaid: 0,
            before: i32::MAX,
            any: false,
        }
    }

    /// The same for what finishes before a day.
    pub(crate) fn finishing_before(self, before: i32) -> Self {
        Self { before, ..self }
    }

    /// Whether there is any schedule; `None` if the work ends before that is clear.
    pub(crate) fn feasible(mut self) -> Option<bool> {
        self.any = true;
        let found = self.run();
        if found.best.is_some() { Some(true) } else { found.exhausted.then_some(false) }
    }

    fn root(&self) -> Node {
        Node {
            begins: IdVec::filled(self.model.start, self.model.jobs.len()),
            arcs: Vec::new(),
            bound: self.model.start,
        }
    }

    /// A day before which nothing finishes, found without asking the evaluator.
    pub(crate) fn least(&mut self) -> i32 {
        let mut root = self.root();
        let _ = self.early(&mut root);
        root.bound
    }

    /// The slots before which nothing is, found in the same way; `None` if there are none.
    pub(crate) fn earliest(&mut self) -> Option<Slots> {
        let mut root = self.root();
        self.early(&mut root).ok()
    }

    pub(crate) fn run(mut self) -> FoundSlots {
        let mut stack = vec![self.root()];
        let (mut least, mut at_root, mut exhausted) = (self.model.start, true, true);
        while let Some(mut node) = stack.pop() {
            if self.is_beaten(node.bound) {
                continue;
            }
            let Some(settled) = self.settle(&mut node) else {
                exhausted = false;
                let open = stack.iter().map(|node| node.bound).chain([node.bound]).min();
                least = least.max(open.unwrap_or(least));
                break;
            };
            if std::mem::take(&mut at_root) {
                least = node.bound;
            }
            match settled {
                SettledNode::Dead => {}
                SettledNode::Complete(slots) => self.best = Some(slots),
                SettledNode::Branches(nodes) => stack.extend(nodes),
            }
            if self.any && self.best.is_some() || self.is_beaten(least) {
                break;
            }
        }
        if let Some(best) = &self.best {
            let finish = best.finish(self.model.start);
            least = if exhausted { finish } else { least.min(finish) };
        }
        FoundSlots { best: self.best, least, exhausted, obstacle: self.obstacle }
    }

    /// True if what finishes on that day is no better than what is known.
    fn is_beaten(&self, finish: i32) -> bool {
        finish >= self.before || self.best.as_ref().is_some_and(|best| finish >= best.finish(self.model.start))
    }

    /// Everything as early as the node allows; the bound is brought up to date. Else what stands in the way.
    fn early(&mut self, node: &mut Node) -> Result<Slots, (Asked, Obstacle)> {
        let model = self.model;
        let mut slots = Slots { begins: node.begins.clone(), ends: IdVec::filled(0, model.jobs.len()) };
        loop {
            self.unpaid += 1 + (model.number() + (self.arcs.len() + node.arcs.len()) as u64) / 8;
            for (job, described) in model.jobs.entries() {
                let at = |obstacle| (Asked::Job(job), obstacle);
                let begin = model.next_begin(described, slots.begins[job]).map_err(at)?;
                let never = || at(Obstacle::NeverTogether);
                slots.begins[job] = begin;
                slots.ends[job] = model.end(described, begin).filter(|_| begin <= model.horizon).ok_or_else(never)?;
            }
            let mut changed = false;
            for arc in self.arcs.iter().chain(&node.arcs) {
                let earliest = arc.earliest(model, &slots);
                if slots.begins[arc.to] < earliest {
                    slots.begins[arc.to] = earliest;
                    changed = true;
                }
            }
            node.bound = node.bound.max(slots.finish(model.start));
            if changed {
                continue;
            }
            for ancestors in &self.ancestors {
                let beyond = model.terms.last().map_or(model.horizon, |last| last.1).saturating_add(1);
                let no_term = || Obstacle::NoTerm { earliest: Date::numbered(beyond).unwrap_or(Date::LAST) };
                let ready = self.bounds.done(model, &slots, &ancestors.jobs);
                let ready = ready.ok_or_else(|| (Asked::Job(ancestors.of), no_term()))?;
                let earliest = if model.jobs[ancestors.of].claim { ready } else { ready.saturating_add(1) };
                if slots.begins[ancestors.of] < earliest {
                    slots.begins[ancestors.of] = earliest;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let bound = self.bounds.finish(model, &slots, &self.arcs.iter().chain(&node.arcs));
        let beyond = model.terms.last().map_or(model.horizon, |last| last.1);
        let earliest = Date::numbered(beyond.saturating_add(1)).unwrap_or(Date::LAST);
        node.bound = node.bound.max(bound.ok_or((Asked::Target, Obstacle::NoTerm { earliest }))?);
        node.begins.clone_from(&slots.begins);
        Ok(slots)
    }

    /// Puts right what can be put right in one way only; then says in which ways the next thing can be. `None` when the
    /// work ends.
    fn settle(&mut self, node: &mut Node) -> Option<SettledNode> {
        loop {
            let before = self.ancestors.iter().map(|ancestors| ancestors.jobs.len() as u64).sum::<u64>();
            let arcs = (self.arcs.len() + node.arcs.len()) as u64 + before;
            self.meter.spend(1 + self.model.number() + arcs / 4)?;
            let early = self.early(node);
            self.meter.spend(std::mem::take(&mut self.unpaid))?;
            let slots = match early {
                Ok(slots) => slots,
                Err(obstacle) => return Some(self.dead(obstacle)),
            };
            if self.is_beaten(node.bound) {
                return Some(SettledNode::Dead);
            }
            let before = self.judge.spent;
            let wrong = self.first_wrong(node, &slots);
            let spent = self.judge.spent - before;
            self.meter.spend(spent + std::mem::take(&mut self.unpaid))?;
            let ways = match wrong {
                None => match self.overload(node, &slots) {
                    None => return Some(SettledNode::Complete(slots)),
                    Some(ways) => ways,
                },
                Some(Ok(ways)) => ways,
                Some(Err(obstacle)) => return Some(self.dead(obstacle)),
            };
            if let [way] = ways[..] {
                take(node, way);
                continue;
            }
            let mut nodes = Vec::with_capacity(ways.len());
            for (place, way) in ways.into_iter().enumerate() {
                self.meter.spend(1 + self.model.number() + arcs / 4)?;
                let mut child = node.clone();
                take(&mut child, way);
                match self.early(&mut child) {
                    Ok(_) if self.is_beaten(child.bound) => {}
                    Ok(slots) => nodes.push(((child.bound, slots.finish(self.model.start), place), child)),
                    Err(obstacle) => drop(self.dead(obstacle)),
                }
            }
            nodes.sort_unstable_by_key(|(key, _)| Reverse(*key));
            return Some(SettledNode::Branches(nodes.into_iter().map(|(_, node)| node).collect()));
        }
    }

    fn dead(&mut self, obstacle: (Asked, Obstacle)) -> SettledNode {
        self.obstacle.get_or_insert(obstacle);
        SettledNode::Dead
    }

    /// The first job that cannot begin when it does, or the target if it is not held in the end; and all ways to change
    /// that, or that there is none.
    fn first_wrong(&mut self, node: &Node, slots: &Slots) -> Option<Result<Vec<Remedy>, (Asked, Obstacle)>> {
        let model = self.model;
        let at = Timetable { model, slots };
        let mut order: Vec<JobId> = model.jobs.ids().collect();
        order.sort_by_key(|&job| (slots.begins[job], model.jobs[job].claim));
        for job in order {
            if !self.judge.is_met(at, Asked::Job(job)) {
                return Some(self.ways(at, Asked::Job(job), node));
            }
        }
        let is_met = self.judge.is_met(at, Asked::Target) || self.judge.may_be_held_later(at);
        if is_met { None } else { Some(self.ways(at, Asked::Target, node)) }
    }

    pub(crate) fn rule(&mut self, at: Timetable<'_>, asked: Asked) -> (Asked, Obstacle) {
        let on = Date::numbered(at.day(asked)).unwrap_or(Date::LAST);
        let lapsed = self.judge.lapsed(at, asked);
        if lapsed.is_empty() && self.judge.would_be_met_otherwise(at, asked) {
            return (asked, Obstacle::Sharing { on });
        }
        (asked, Obstacle::Rule { on, lapsed })
    }

    /// The ways out of the first day on which more runs, or term in which more is begun, than there is room for.
    fn overload(&mut self, node: &Node, slots: &Slots) -> Option<Vec<Remedy>> {
        let model = self.model;
        let mut order: Vec<JobId> = model.jobs.ids().filter(|&job| model.jobs[job].shares()).collect();
        order.sort_by_key(|&job| slots.begins[job]);
        for &job in &order {
            let Some(together) = too_many(Timetable { model, slots }, job) else { continue };
            if let Some(term) = model.term(slots.begins[job]).filter(|_| together.by_terms) {
                let next = model.terms.get(term + 1).map_or(i32::MAX - 1, |term| term.0);
                return Some(together.jobs.into_iter().map(|job| Remedy::NotBefore(job, next)).collect());
            }
            let mut ways = Vec::new();
            let following: Vec<IdVec<JobId, bool>> =
                together.jobs.iter().map(|&job| self.following(node, job)).collect();
            for &from in &together.jobs {
                // Whoever waits for another already is not waited for by that one.
                let others = together.jobs.iter().zip(&following).filter(|(_, following)| !following[from]);
                ways.extend(others.map(|(&to, _)| Remedy::Waits(Precedence { from, to, lag: Lag::AfterEnd })));
            }
            if ways.is_empty() {
                // Each begins no earlier than any other, so all of them begin on one day, whichever that is.
                self.obstacle.get_or_insert((Asked::Job(job), Obstacle::Pace));
            }
            return Some(ways);
        }
        None
    }

    /// The jobs that begin no earlier than one, by whatever stands between, and itself: none of them is awarded before
    /// it begins.
    pub(crate) fn following(&mut self, node: &Node, job: JobId) -> IdVec<JobId, bool> {
        let mut reached = IdVec::filled(false, self.model.jobs.len());
        let mut open = vec![job];
        while let Some(job) = open.pop() {
            if !std::mem::replace(&mut reached[job], true) {
                self.unpaid += 1 + (self.arcs.len() + node.arcs.len()) as u64 / 8;
                let arcs = self.arcs.iter().chain(&node.arcs);
                let follows = |arc: &&Precedence| arc.from == job && !matches!(arc.lag, Lag::Lasting(_));
                open.extend(arcs.filter(follows).map(|arc| arc.to));
            }
        }
        reached
    }
}

fn take(node: &mut Node, way: Remedy) {
    match way {
        Remedy::NotBefore(job, day) => node.begins[job] = node.begins[job].max(day),
        Remedy::Waits(arc) => node.arcs.push(arc),
    }
}

/// A *minimal forbidden set*: jobs that cannot run, or be begun in one term, together, though all but any one of them
/// could.
pub(crate) struct Together {
    pub(crate) jobs: Vec<JobId>,
    by_terms: bool,
}

/// The jobs that are too many on the day on which this one begins, or in its term.
pub(crate) fn too_many(at: Timetable<'_>, job: JobId) -> Option<Together> {
    let Timetable { model, slots } = at;
    let day = slots.begins[job];
    let taken = |&other: &JobId| model.jobs[other].shares();
    let runs = |&other: &JobId| slots.begins[other] <= day && day <= slots.ends[other];
    let running: Vec<JobId> = model.jobs.ids().filter(taken).filter(runs).collect();
    if running.len() > model.at_once {
        let mut jobs = running;
        jobs.sort_by_key(|&other| (other != job, slots.begins[other]));
        jobs.truncate(model.at_once + 1);
        return Some(Together { jobs, by_terms: false });
    }
    let by_terms = !model.terms.is_empty();
    let mut sharing = running;
    if by_terms {
        let term = model.term(day).filter(|_| model.jobs[job].counts_credits())?;
        let begun =
            |&other: &JobId| model.jobs[other].counts_credits() && model.term(slots.begins[other]) == Some(term);
        sharing = model.jobs.ids().filter(taken).filter(begun).collect();
    }
    // The largest first: then all but any one of them fit.
    sharing.sort_by_key(|&other| Reverse(model.jobs[other].load));
    let mut sum = 0_u64;
    let over = sharing.iter().position(|&other| {
        sum = sum.saturating_add(model.jobs[other].load);
        sum > model.capacity
    })?;
    sharing.truncate(over + 1);
    Some(Together { jobs: sharing, by_terms })
}
