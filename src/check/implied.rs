//! Whether a part of a rule is implied by others: whether every record that meets these meets it
//! ([semantics 8.1](crate::semantics#8.1)).

use std::collections::BTreeSet;

use crate::catalog::network::{Part, Rule, RuleKind};
use crate::value::ids::{CredentialId, GroupId, IdVec};

use crate::check::facts::{Facts, resting_on};
use crate::check::records::asked::AskedParts;
use crate::check::records::days::{MOST_DAYS, looked_at};
use crate::check::records::following::{Following, Looks};
use crate::check::records::plain::PlainLook;
use crate::check::records::question::{AnyRecord, RecordQuestion};
use crate::check::records::values::KnownAs;

impl Facts<'_> {
    /// Whether every record that meets the goals meets the part as well, on the day of the check if it has one, else on
    /// whatever day; `None` if that is left open, `false` also if it can neither be shown nor refuted. Records hold any
    /// awards, also of what the learner could not have begun; nothing is waived or substituted in them.
    pub(crate) fn always(&self, goals: &[Part], part: Part) -> Option<bool> {
        self.go_on()?;
        let catalog = self.catalog;
        let looks = Looks::default();
        let following = Following { catalogs: [catalog; 2], across: &Some, confers: &|_| true, looks };
        let follows = following.all_imply(goals, part);
        self.spend(following.looks.number());
        if follows {
            return Some(true);
        }
        let sides = [goals.to_vec(), vec![part]].map(|parts| AskedParts::new(catalog, parts));
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
pub(crate) struct Influence {
    awards: BTreeSet<CredentialId>,
    /// Everything that rests on any of these.
    above: IdVec<CredentialId, bool>,
}

impl Influence {
    pub(crate) fn by(facts: &Facts<'_>, credentials: impl IntoIterator<Item = CredentialId>) -> Self {
        let awards: BTreeSet<CredentialId> = credentials.into_iter().collect();
        let above = resting_on(facts.catalog, awards.iter().copied());
        facts.spend(facts.catalog.len() / 32 + above.iter().filter(|above| **above).count());
        Self { awards, above }
    }

    /// Whether anything of the part could be filled: by an award, or by what it qualifies for.
    pub(crate) fn has(&self, facts: &Facts<'_>, part: Part) -> bool {
        let network = &facts.catalog.network;
        let fills =
            |filler: CredentialId| self.awards.contains(&filler) || self.above[filler] && network.has_stack(filler);
        let mut leaves = network.leaves_below(part).into_iter();
        leaves.any(|leaf| facts.fillers(leaf).into_iter().any(&fills))
    }
}
