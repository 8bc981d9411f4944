//! Whether a part of a rule is implied by others: whether every record that meets these meets it
//! ([semantics 8.1](crate::semantics#8.1)).

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::network::{Part, Rule, RuleKind};
use crate::evaluate::cone::Cone;
use crate::evaluate::outcome::Met;
use crate::value::ids::{ClassId, CredentialId, GroupId};

use crate::check::facts::Facts;
use crate::check::learner::TrialLearner;
use crate::check::records::asked::{AskedParts, suppliers};
use crate::check::records::days::{MOST_DAYS, looked_at};
use crate::check::records::following::{Following, Looks};
use crate::check::records::plain::{PlainAwards, PlainLook, give};
use crate::check::records::question::{AnyRecord, RecordQuestion};
use crate::check::records::values::KnownAs;

/// Parts that are supposed to be met, of which several parts are asked whether they follow.
pub(crate) struct Premise<'l> {
    parts: Vec<Part>,
    /// What records can bring of the rules in which these stand.
    cone: &'l Cone,
    /// A plain award of everything that fills the parts themselves.
    awards: OnceCell<DirectAwards>,
    /// Somebody with all of these, if that meets them.
    holder: OnceCell<Option<TrialLearner<'l>>>,
    /// What awards could help to meet that fill the parts.
    influence: OnceCell<Influence>,
}

/// Plain awards of everything that fills some parts themselves.
struct DirectAwards {
    awards: Vec<PlainAwards>,
    /// What it takes to begin with a learner who is given them.
    step: u64,
}

impl<'l> Premise<'l> {
    /// The cone is that of [`Facts::cone_of_records`] of the credential whose rules these are parts of.
    pub(crate) fn new(parts: Vec<Part>, cone: &'l Cone) -> Self {
        Self { parts, cone, awards: OnceCell::new(), holder: OnceCell::new(), influence: OnceCell::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<'c> Facts<'c> {
    /// Whether the premise could imply the part for all that is easily seen: awards that it names help to meet it, and
    /// who has just been awarded what it names, and nothing that this rests on, does not meet the one without the
    /// other.
    pub(crate) fn could_imply<'l>(&self, premise: &Premise<'l>, part: Part) -> bool
    where
        'c: 'l,
    {
        let influence = premise.influence.get_or_init(|| {
            // An award of another issuer, or of another day, may meet what the ones that are given out today do not.
            let network = &self.catalog.network;
            let leaves = premise.parts.iter().flat_map(|&part| network.leaves_below(part));
            Influence::by(self, leaves.flat_map(|leaf| suppliers(self.catalog, network.leaf(leaf).credential)))
        });
        influence.has(self, premise.cone, part) && !self.is_refuted(premise, part)
    }

    /// Whether whoever has just been awarded what the premise names, or all of it that does not fill the part itself,
    /// meets the premise and not the part.
    fn is_refuted<'l>(&self, premise: &Premise<'l>, part: Part) -> bool
    where
        'c: 'l,
    {
        let lacks = |holder: &TrialLearner<'_>| holder.met(part) == Met::No;
        let none = BTreeSet::new();
        let holder = premise.holder.get_or_init(|| self.direct_holder(premise, &none));
        holder.as_ref().is_some_and(|holder| {
            let own = || self.catalog.network.leaves_below(part).into_iter().flat_map(|leaf| self.fillers(leaf));
            lacks(holder) || self.direct_holder(premise, &own().collect()).as_ref().is_some_and(lacks)
        })
    }

    /// Whoever has been awarded just what the premise names but for some credentials, if that meets it.
    fn direct_holder<'l>(&self, premise: &Premise<'l>, without: &BTreeSet<CredentialId>) -> Option<TrialLearner<'l>>
    where
        'c: 'l,
    {
        let direct = premise.awards.get_or_init(|| self.direct_awards(&premise.parts));
        let mut learner = self.record_holder(premise.cone);
        let before = learner.progress.touched();
        let kept = |plain: &&PlainAwards| plain.known_as[0].is_none_or(|own| !without.contains(&own));
        for plain in direct.awards.iter().filter(kept) {
            give(&mut learner, 0, plain);
        }
        learner.settle();
        let touched = (learner.progress.touched() - before) / 8;
        self.spend_steps(touched + direct.step + direct.awards.len() as u64);
        premise.parts.iter().all(|&part| learner.met(part) == Met::Yes).then_some(learner)
    }

    fn direct_awards(&self, parts: &[Part]) -> DirectAwards {
        let sides = [parts.to_vec(), Vec::new()].map(|parts| AskedParts::themselves(self.catalog, parts));
        self.spend(sides[0].size());
        let look = PlainLook { sides: &sides, day: self.day, search_steps: self.steps() };
        let awards = sides[0].fillers.keys().filter_map(|&own| look.plain([Some(own); 2]));
        DirectAwards { awards: awards.collect(), step: look.step() }
    }

    /// Whether every record that meets the premise meets the part as well, on the day of the check if it has one, else
    /// on whatever day; `None` if that is left open, `false` also if it can neither be shown nor refuted. Records hold
    /// any awards, also of what the learner could not have begun; nothing is waived or substituted in them.
    pub(crate) fn always<'l>(&self, premise: &Premise<'l>, part: Part) -> Option<bool>
    where
        'c: 'l,
    {
        self.go_on()?;
        let goals = &premise.parts[..];
        let catalog = self.catalog;
        let looks = Looks::default();
        let following = Following { catalogs: [catalog; 2], across: &Some, confers: &|_| true, looks };
        let follows = following.all_imply(goals, part);
        self.spend(following.looks.number());
        if follows {
            return Some(true);
        }
        let sides = self.asked(goals, part);
        self.spend(sides.iter().map(AskedParts::size).sum());
        let known: BTreeSet<CredentialId> = sides.iter().flat_map(|side| side.fillers.keys().copied()).collect();
        let credentials: Vec<KnownAs> = known.into_iter().map(|own| [Some(own); 2]).collect();
        let look = PlainLook { sides: &sides, day: self.day, search_steps: self.steps() };
        let first = look.look(&credentials);
        self.spend(usize::try_from(first.work).unwrap_or(usize::MAX));
        if first.shows {
            return Some(false);
        }
        let question = RecordQuestion { sides: &sides, credentials: &credentials, search_steps: self.steps() };
        let days = if self.options.as_of.is_some() { vec![self.day] } else { looked_at(&sides, self.day) };
        let (mut is_open, mut is_shown) = (false, days.len() < MOST_DAYS);
        for day in days {
            match self.for_a_question(|work| question.on(day, work)) {
                AnyRecord::Shows(_) => return Some(false),
                AnyRecord::Never => {}
                // It is told only if it is shown, and more work would not show it.
                AnyRecord::Unshown => is_shown = false,
                AnyRecord::Open => is_open = true,
            }
        }
        if is_shown && is_open { None } else { Some(is_shown) }
    }

    /// What is asked of records that meet some parts and not another one.
    fn asked(&self, goals: &[Part], part: Part) -> [AskedParts<'c>; 2] {
        let catalog = self.catalog;
        let themselves = AskedParts::themselves(catalog, goals.to_vec());
        if themselves.fillers.keys().all(|&own| self.stands_for_qualifying(own)) {
            // Then whoever meets the goals may as well have awards of what fills them, and no others.
            let some = |own: CredentialId| themselves.fillers.contains_key(&own);
            let other = AskedParts::met_by_awards_of(catalog, vec![part], some);
            return [themselves, other];
        }
        [goals.to_vec(), vec![part]].map(|parts| AskedParts::new(catalog, parts))
    }

    /// Whether an award of the credential, made on the day by whoever confers it, is to every rule what qualifying for
    /// it is; and whether any award of it is what it is whatever else there is.
    fn stands_for_qualifying(&self, credential: CredentialId) -> bool {
        let catalog = self.catalog;
        catalog.renewing.is_empty()
            && catalog.terms(credential).valid_for != Validity::WhileComponents
            && (!catalog.network.has_stack(credential)
                || self.lasts(credential) && !catalog.names.repeatable(credential))
    }

    /// All that has to be met beside a group: what stands beside it, or beside a group around it, where all is needed,
    /// and the other rules of the credential.
    pub(crate) fn beside(&self, group: GroupId) -> Vec<Part> {
        let network = &self.catalog.network;
        let own = network.group(group).rule;
        let mut inner = Part::Group(group);
        let mut found = Vec::new();
        while let Some(around) = network.group_above(inner) {
            if network.needs_all(around) {
                found.extend(network.parts(around).iter().copied().filter(|&part| part != inner));
            }
            inner = Part::Group(around);
        }
        // What may be begun together is there later than what is held before, and what is qualified for cannot be
        // begun: so nothing is said of a prerequisite by a corequisite, and of a corequisite only by a prerequisite.
        if own.kind() == RuleKind::Corequisite {
            found.clear();
        }
        let others = Rule::all(own.credential()).filter(|&rule| rule != own && rule.kind() != RuleKind::Corequisite);
        found.extend(others.filter_map(|rule| network.top(rule)));
        found
    }
}

/// The rules that awards of some credentials could help to meet, by themselves or by what they qualify for. What these
/// rest on is not there with them.
struct Influence {
    awards: BTreeSet<CredentialId>,
    /// Everything conferred that rests on any of these, once that is asked.
    above: OnceCell<BTreeSet<CredentialId>>,
}

impl Influence {
    fn by(facts: &Facts<'_>, credentials: impl IntoIterator<Item = CredentialId>) -> Self {
        let awards: BTreeSet<CredentialId> = credentials.into_iter().collect();
        facts.spend(awards.len() / 4 + 1);
        Self { awards, above: OnceCell::new() }
    }

    /// Whether the credential is conferred on the ground of any of these, within a cone that has all that it rests on.
    fn is_above(&self, facts: &Facts<'_>, cone: &Cone, credential: CredentialId) -> bool {
        let above = self.above.get_or_init(|| {
            let ConferredAbove { conferred, walked } =
                conferred_above(facts.catalog, cone, self.awards.iter().copied());
            facts.spend(walked + 1);
            conferred
        });
        above.contains(&credential)
    }

    /// Whether anything of the part could be filled: by an award, or by what it qualifies for.
    fn has(&self, facts: &Facts<'_>, cone: &Cone, part: Part) -> bool {
        let network = &facts.catalog.network;
        let fills = |filler: CredentialId| {
            self.awards.contains(&filler) || network.has_stack(filler) && self.is_above(facts, cone, filler)
        };
        let mut leaves = network.leaves_below(part).into_iter();
        leaves.any(|leaf| suppliers(facts.catalog, network.leaf(leaf).credential).any(&fills))
    }
}

/// What is conferred, within a cone, by rules that awards of some credentials could help to meet, by themselves or by
/// what they qualify for; and how much was gone through.
fn conferred_above(catalog: &Catalog, cone: &Cone, awards: impl IntoIterator<Item = CredentialId>) -> ConferredAbove {
    let Catalog { names, network, .. } = catalog;
    let mut above = ConferredAbove { conferred: BTreeSet::new(), walked: 0 };
    let mut seen: BTreeSet<ClassId> = BTreeSet::new();
    let mut open: Vec<ClassId> = awards.into_iter().map(|credential| names.class(credential)).collect();
    while let Some(class) = open.pop() {
        above.walked += 1;
        if !seen.insert(class) {
            continue;
        }
        open.extend(names.up(class));
        for leaf in network.uses(class) {
            above.walked += 1;
            let owner = network.rule_of(leaf).credential();
            if cone.credentials[owner] && network.has_stack(owner) && above.conferred.insert(owner) {
                open.push(names.class(owner));
            }
        }
    }
    above
}

/// What is conferred above some awards, and the classes and uses that were gone through to find it.
struct ConferredAbove {
    conferred: BTreeSet<CredentialId>,
    walked: usize,
}
