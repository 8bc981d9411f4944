//! Whether a part of a rule is always met, by whoever reaches something.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Validity;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Evidence, Grade, Origin};
use crate::evaluate::outcome::Met;
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{Reached, Wanted};
use crate::value::ids::{CredentialId, IdVec};

use crate::check::derivation::Preference;
use crate::check::facts::{Facts, Without, resting_on};

/// The number of ways that are looked for that meet the goals and not the part, before the question is left open.
const MOST_WAYS: usize = 64;
/// The number of sets that are tried which a part may not do without.
const MOST_BROKEN: usize = 12;
/// Awards that are looked at one by one.
const MOST_AWARDS: u64 = 4_000;

impl Facts<'_> {
    /// Whether every set that can be earned and meets the goals meets the part as well; `None` if that is left open.
    pub(crate) fn always(&self, goals: &[Goal], part: Part) -> Option<bool> {
        self.go_on()?;
        let mut without = self.lacking(part, |_| false);
        if goals.iter().any(|goal| matches!(goal, Goal::Credential(credential) if without.all.contains(credential))) {
            return Some(true);
        }
        let cone = self.cone_of(part);
        // Most parts are not always met, and ways that are at hand say so.
        let reached = |goal: &Goal| match *goal {
            Goal::Part(part) => self.all.met(part) == Met::Yes,
            Goal::Credential(credential) => self.is_earned(credential),
        };
        let avoided = self.breaking(part, &without);
        let ways = [Preference::First, Preference::Last].into_iter().chain(avoided.iter().map(Preference::Beside));
        for taken in ways.filter(|_| goals.iter().all(reached)) {
            let way = self.derivation(goals.iter().copied(), taken);
            if self.is_compatible(&way) && self.holder_meets(&way, part, &cone) == Met::No {
                return Some(false);
            }
        }
        for _ in 0..MOST_WAYS {
            let mut set = match self.ask_without(goals, &without, Wanted::Any) {
                Reached::Never => return Some(true),
                Reached::Undecided => return None,
                Reached::With(set, _) => set,
            };
            set.retain(|&(credential, _)| cone.credentials[credential]);
            match self.meets(&set, part, &cone) {
                Met::No => return Some(false),
                Met::Undecided => return None,
                Met::Yes => self.cut_off(&set, part, &cone, &mut without)?,
            }
        }
        None
    }

    /// Sets of credentials, without each of which a part is not met: a way beside one of them shows that it is not
    /// always met.
    fn breaking(&self, part: Part, without: &Without) -> Vec<BTreeSet<CredentialId>> {
        let network = &self.catalog.network;
        let below = |part: Part| {
            let fillers = network.leaves_below(part).into_iter().flat_map(|leaf| self.fillers(leaf));
            fillers.chain(without.all.iter().copied()).collect::<BTreeSet<CredentialId>>()
        };
        let mut sets = vec![below(part)];
        // What somebody qualifies for by a stack is lacking if one thing is that the stack cannot do without. Of what
        // any of several would do for, all is lacking already.
        let conferred = without.all.iter().filter_map(|&filler| network.top(Rule::stack(filler)));
        for top in conferred.filter(|&top| matches!(top, Part::Group(group) if network.group(group).threshold > 1)) {
            let mut open = vec![top];
            while let Some(part) = open.pop().filter(|_| sets.len() < MOST_BROKEN) {
                match part {
                    Part::Group(group) if network.needs_all(group) => open.extend(network.parts(group).iter().rev()),
                    part => sets.push(below(part)),
                }
            }
        }
        self.spend(sets.iter().map(BTreeSet::len).sum());
        sets
    }

    /// A set that meets the part all the same: equivalents meet it, or what the learner qualifies for. No set may have
    /// all that this rests on. `None` if that cannot be found.
    fn cut_off(&self, set: &[(CredentialId, u32)], part: Part, cone: &Cone, without: &mut Without) -> Option<()> {
        let has = |credential: CredentialId| set.binary_search_by_key(&credential, |&(member, _)| member).is_ok();
        let amount = |members: &[(CredentialId, i64)]| {
            members.iter().filter(|member| has(member.0)).map(|member| member.1).sum::<i64>()
        };
        let sums = self.lacking(part, has).weighed;
        let before = without.weighed.len();
        without.weighed.extend(sums.into_iter().filter(|(members, most)| amount(members) > *most));
        if without.weighed.len() == before {
            if set.iter().map(|&(_, times)| u64::from(times)).sum::<u64>() > MOST_AWARDS {
                return None;
            }
            without.together.push(counted(&self.enough(self.awards(set), part, cone)?));
        }
        Some(())
    }

    /// The cone of a part: all that it rests on, and the credential whose rule it belongs to, so that this is looked
    /// at.
    fn cone_of(&self, part: Part) -> Cone {
        let network = &self.catalog.network;
        let leaves = network.leaves_below(part);
        let mut cone = self.cone(leaves.iter().flat_map(|&leaf| self.fillers(leaf)));
        for leaf in leaves {
            cone.credentials[network.rule_of(leaf).credential()] = true;
        }
        cone
    }

    /// Necessary conditions on sets that do not meet a part. They lack every award that meets it by itself, and of a
    /// group's members so much that it is not met. Stacks that bring an award are looked at as well, as far as one rule
    /// alone stands for it. Of several awards that could fill a place in a sum or a count, one `preferred` stands for
    /// all.
    fn lacking(&self, part: Part, preferred: impl Fn(CredentialId) -> bool) -> Without {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let mut lacking = Without::default();
        let mut open = vec![part];
        let mut seen = BTreeSet::new();
        while let Some(part) = open.pop() {
            let group = match part {
                Part::Leaf(leaf) => {
                    let fillers = self.fillers(leaf);
                    let conditions = &network.conditions[network.leaf(leaf).conditions];
                    let qualifies = |&filler: &CredentialId| {
                        network.top(Rule::prerequisite(filler)).is_none() && self.can_qualify(filler, conditions)
                    };
                    let stacks = fillers.iter().copied().filter(qualifies).filter(|&filler| seen.insert(filler));
                    open.extend(stacks.filter_map(|filler| network.top(Rule::stack(filler))));
                    lacking.all.extend(fillers);
                    continue;
                }
                Part::Group(group) => group,
            };
            let described = network.group(group);
            if described.measure == Measure::Count && described.threshold == 1 {
                open.extend(network.parts(group));
                continue;
            }
            let mut units = BTreeSet::new();
            let mut weighed = Vec::new();
            for &part in network.parts(group) {
                let Part::Leaf(leaf) = part else { continue };
                let named = network.leaf(leaf);
                let mut fillers = self.fillers(leaf);
                // Of each unit, one member that fills no other place.
                fillers.retain(|&filler| !units.contains(&names.unit(filler)));
                let stands = fillers.iter().find(|&&filler| preferred(filler));
                if let Some(&filler) = stands.or_else(|| fillers.iter().find(|&&filler| filler == named.credential)) {
                    units.insert(names.unit(filler));
                    weighed.push((filler, i64::from(named.weight)));
                }
            }
            lacking.weighed.push((weighed, i64::from(described.threshold) - 1));
        }
        lacking.all.sort_unstable();
        lacking.all.dedup();
        self.spend(lacking.all.len() + lacking.weighed.iter().map(|(members, _)| members.len()).sum::<usize>());
        lacking
    }

    /// Whether what somebody only qualifies for meets conditions: it has no grade, was not held for any time, and its
    /// issuer is the one that the catalog gives it, if it gives one.
    fn can_qualify(&self, credential: CredentialId, conditions: &Conditions) -> bool {
        let qualification = Evidence::new(self.catalog, credential, self.day, Grade::None, Origin::Qualified);
        conditions.admit_qualification() && qualification.is_of_kind(conditions)
    }

    /// Whether a part that is met can be met no longer on a later day: an award for it can lapse or has to be recent,
    /// or what somebody only qualifies for rests on such awards.
    pub(crate) fn may_end(&self, part: Part) -> bool {
        let network = &self.catalog.network;
        let mut open = vec![part];
        let mut seen = BTreeSet::new();
        while let Some(part) = open.pop() {
            let leaf = match part {
                Part::Leaf(leaf) => leaf,
                Part::Group(group) if network.extras(group).span.is_some() => return true,
                Part::Group(group) => {
                    open.extend(network.parts(group));
                    continue;
                }
            };
            let conditions = &network.conditions[network.leaf(leaf).conditions];
            if conditions.can_cease() {
                return true;
            }
            for filler in self.fillers(leaf) {
                if !conditions.lapsed && matches!(self.catalog.at(filler).valid_for, Validity::For(_)) {
                    return true;
                }
                if seen.insert(filler) && network.has_stack(filler) {
                    let rules = Rule::all(filler);
                    open.extend(rules.into_iter().filter_map(|rule| network.top(rule)));
                }
            }
        }
        self.spend(seen.len());
        false
    }
}

/// The rules that some credentials and all that they rest on could help to meet.
pub(crate) struct Influence {
    /// Those credentials, and what they rest on.
    awards: Cone,
    /// Everything that rests on any of these.
    above: IdVec<CredentialId, bool>,
}

impl Influence {
    pub(crate) fn by(facts: &Facts<'_>, credentials: impl IntoIterator<Item = CredentialId>) -> Self {
        let awards = facts.cone(credentials);
        facts.spend(facts.catalog.len() / 4);
        let above = resting_on(facts.catalog, facts.numbers().filter(|&other| awards.credentials[other]));
        Self { awards, above }
    }

    /// Whether anything of the part could be filled: by an award, or by what it qualifies for.
    pub(crate) fn has(&self, facts: &Facts<'_>, part: Part) -> bool {
        let network = &facts.catalog.network;
        let fills =
            |filler: CredentialId| self.awards.credentials[filler] || self.above[filler] && network.has_stack(filler);
        let mut leaves = network.leaves_below(part).into_iter();
        leaves.any(|leaf| facts.fillers(leaf).into_iter().any(&fills))
    }
}

/// The number of awards of each credential.
fn counted(awards: &[Evidence]) -> Vec<(CredentialId, u32)> {
    let mut counts: BTreeMap<CredentialId, u32> = BTreeMap::new();
    for award in awards {
        *counts.entry(award.credential).or_default() += 1;
    }
    counts.into_iter().collect()
}
