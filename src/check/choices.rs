//! Whether the choices of a rule are choices, and its requirements requirements.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::outcome::Met;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::plan::question::reach::{Goal, Reached, Wanted};

use crate::check::check::Check;
use crate::check::derivation::Taken;
use crate::check::exclusions::Examples;
use crate::check::ground::{Ground, Learner};
use crate::check::implied::Helped;
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, GroupId};

/// A credential whose choices are looked at.
struct Looked<'l, 'c> {
    credential: CredentialId,
    /// What can be earned with it, and with others.
    examples: &'l Examples,
    /// A learner who earned it.
    example: &'l Learner<'c>,
    /// One who chose otherwise, if there is one at hand.
    other: Option<&'l Learner<'c>>,
    /// One who earned all that can be earned, exclusions aside, and one who holds everything there is.
    most: &'l Learner<'c>,
    everything: &'l Learner<'c>,
    /// One who has nothing.
    nobody: &'l Learner<'c>,
    /// Whether exclusions matter to it.
    contested: bool,
}

impl Check<'_> {
    /// Looks at the choices and requirements of every credential that can be earned.
    pub(crate) fn choices(&mut self, ground: &Ground<'_>, examples: &Examples) {
        let earned: Vec<CredentialId> = ground.numbers().filter(|&credential| ground.is_earned(credential)).collect();
        let most = ground.holder(earned.iter().copied());
        let everything = ground.holder(ground.numbers());
        let nobody = ground.learner();
        let all = [&most, &everything, &nobody];
        let mut told = BTreeSet::new();
        for credential in earned {
            if !examples.has(credential) {
                continue;
            }
            let network = &self.catalog.network;
            let tops = Rule::all(credential).map(|rule| network.top(rule));
            let groups: Vec<GroupId> = tops.into_iter().flatten().flat_map(|top| network.groups_below(top)).collect();
            if groups.is_empty() {
                continue;
            }
            if self.choices_of(ground, (examples, all), credential, &groups, &mut told).is_none() {
                let message = format!("whether the choices of {} are choices", self.quoted(credential));
                self.open_part(Code::FalseChoice, credential, Part::Group(groups[0]), message);
            }
        }
    }

    /// `None` if there is not enough work left to look at all.
    fn choices_of<'c>(
        &mut self,
        ground: &Ground<'c>,
        (examples, [most, everything, nobody]): (&Examples, [&Learner<'c>; 3]),
        credential: CredentialId,
        groups: &[GroupId],
        told: &mut BTreeSet<usize>,
    ) -> Option<()> {
        ground.go_on()?;
        ground.spend(self.catalog.len() / 16);
        let example = ground.holder(examples.with(ground, credential));
        let other = ground.derivation([Goal::Credential(credential)], Taken::Last);
        let other = ground.is_compatible(&other).then(|| ground.holder(other));
        ground.spend_on(&example);
        let contested = ground.contested[credential];
        let (example, other) = (&example, other.as_ref());
        let looked = Looked { credential, examples, example, other, most, everything, nobody, contested };
        for &group in groups.iter().filter(|&&group| is_choice(self.catalog, group)) {
            self.choice(ground, &looked, group, told)?;
        }
        self.redundant(ground, credential, nobody)
    }

    fn choice(
        &mut self,
        ground: &Ground<'_>,
        looked: &Looked<'_, '_>,
        group: GroupId,
        told: &mut BTreeSet<usize>,
    ) -> Option<()> {
        let options = self.catalog.network.parts(group).to_vec();
        let mut alive = Vec::new();
        for &option in &options {
            ground.go_on()?;
            match Self::is_dead(ground, looked, option) {
                Some(false) => alive.push(option),
                // What nobody could meet is told of the part itself, and what stands in a pool once.
                Some(true) if looked.everything.met(option) == Met::No => {}
                Some(true) if !told.insert(self.catalog.network.place(option).start) => {}
                Some(true) => self.dead_option(looked, option),
                None => {
                    let message = format!("whether this option of {} can be used", self.quoted(looked.credential));
                    self.open_part(Code::DeadOption, looked.credential, option, message);
                }
            }
        }
        let mut decided = Vec::new();
        if alive.len() > 1 {
            for &option in &alive {
                ground.go_on()?;
                ground.spend(options.len() / 8);
                if self.is_false_choice(ground, looked, &options, option) {
                    decided.push(option);
                }
            }
        }
        if self.catalog.network.group(group).threshold == 1 {
            let open: Vec<Part> = alive.iter().copied().filter(|option| !decided.contains(option)).collect();
            for &option in &open {
                self.shadowed(ground, looked.credential, &alive, option)?;
            }
        }
        if self.options.prices {
            self.dearer(ground, looked.credential, &alive);
        }
        ground.go_on()
    }

    /// Whether nobody who earns the credential can use the option.
    fn is_dead(ground: &Ground<'_>, looked: &Looked<'_, '_>, option: Part) -> Option<bool> {
        match looked.most.met(option) {
            Met::No => return Some(true),
            Met::Undecided => return None,
            Met::Yes if !looked.contested || looked.example.met(option) == Met::Yes => return Some(false),
            Met::Yes => {}
        }
        match ground.ask(&[Goal::Credential(looked.credential), Goal::Part(option)], Wanted::Any) {
            Reached::With(..) => Some(false),
            Reached::Never => Some(true),
            Reached::Undecided => None,
        }
    }

    fn dead_option(&mut self, looked: &Looked<'_, '_>, option: Part) {
        let credential = looked.credential;
        let network = &self.catalog.network;
        let place = network.place(option);
        let (what, told) = match option {
            Part::Leaf(leaf) => {
                let named = network.leaf(leaf).credential;
                (self.quoted(named), !looked.examples.has(named))
            }
            Part::Group(_) => ("this part".to_owned(), false),
        };
        let of = self.quoted(credential);
        let message = if told {
            format!("{what} cannot be earned, so it is no option for {of}")
        } else {
            format!("nobody who earns {of} can use {what}")
        };
        let severity = if told { Severity::Note } else { Severity::Warning };
        let diagnostic = Diagnostic::new(Code::DeadOption, place, message)
            .help("take the option away, or mend what rules it out")
            .witness(Witness::Credentials { credentials: self.ids_below(option) });
        self.find(credential, diagnostic, severity);
    }

    /// Whether everybody who earns the credential meets the option, so that it decides nothing; tells so.
    fn is_false_choice(
        &mut self,
        ground: &Ground<'_>,
        looked: &Looked<'_, '_>,
        options: &[Part],
        option: Part,
    ) -> bool {
        let (Part::Leaf(leaf), credential) = (option, looked.credential) else { return false };
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let named = network.leaf(leaf).credential;
        if names.unit(named) == names.unit(credential) {
            // Its own rule names it, which is told already.
            return false;
        }
        let same = |&other: &Part| match other {
            Part::Leaf(other) => other != leaf && names.unit(network.leaf(other).credential) == names.unit(named),
            Part::Group(_) => false,
        };
        let lacks = |learner: &Learner<'_>| learner.met(option) == Met::No;
        // What everybody meets without any award is told of its own rule.
        if looked.nobody.met(option) == Met::Yes {
            return false;
        }
        if options.iter().any(same) || lacks(looked.example) || looked.other.is_some_and(lacks) {
            return false;
        }
        match self.always(ground, &[Goal::Credential(credential)], option) {
            Some(false) => false,
            Some(true) => {
                let (what, of) = (self.quoted(named), self.quoted(credential));
                let instead = format!("require {what}, and offer the others beside it");
                let (severity, message, help) = if self.may_end(ground, option) {
                    let when = "at some time, so this is a choice only for those to whom it no longer counts";
                    let help = format!("{instead}, unless they are meant for those");
                    (Severity::Note, format!("everybody who earns {of} has had {what} {when}"), help)
                } else {
                    let message = format!("everybody who earns {of} has {what} anyway, so this is no choice");
                    (Severity::Warning, message, instead)
                };
                let diagnostic = Diagnostic::new(Code::FalseChoice, network.place(option), message)
                    .help(help)
                    .witness(Witness::Credentials { credentials: self.ids_below(option) });
                self.find(credential, diagnostic, severity);
                true
            }
            None => {
                let message = format!("whether everybody who earns {} meets this option", self.quoted(credential));
                self.open_part(Code::FalseChoice, credential, option, message);
                false
            }
        }
    }

    /// Tells of an option if whoever meets it meets another one.
    fn shadowed(&mut self, ground: &Ground<'_>, credential: CredentialId, alive: &[Part], option: Part) -> Option<()> {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let Part::Leaf(leaf) = option else { return Some(()) };
        let named = network.leaf(leaf).credential;
        if names.unit(named) == names.unit(credential) {
            return Some(());
        }
        let helped = Helped::by(ground, ground.fillers(leaf));
        let own = alive.iter().position(|&known| known == option);
        let mut open = false;
        for (place, &other) in alive.iter().enumerate() {
            let Part::Leaf(other_leaf) = other else { continue };
            let other_named = network.leaf(other_leaf).credential;
            ground.spend(1);
            if names.unit(other_named) == names.unit(named) || !helped.has(ground, other) {
                continue;
            }
            ground.go_on()?;
            let implied = self.always(ground, &[Goal::Part(option)], other);
            let mutual = if implied == Some(true) && own.is_some_and(|own| own < place) {
                self.always(ground, &[Goal::Part(other)], option)
            } else {
                Some(false)
            };
            match (implied, mutual) {
                (Some(true), Some(false)) => {
                    self.shadowed_by(ground, credential, option, other);
                    return Some(());
                }
                (None, _) | (_, None) => open = true,
                _ => {}
            }
        }
        if open {
            let message = format!("whether another option is met by whoever has {}", self.quoted(named));
            self.open_part(Code::ShadowedOption, credential, option, message);
        }
        Some(())
    }

    fn shadowed_by(&mut self, ground: &Ground<'_>, credential: CredentialId, option: Part, other: Part) {
        let network = &self.catalog.network;
        let [what, by] = [option, other].map(|part| self.named(part));
        let (message, help) = if self.may_end(ground, other) {
            (
                format!("whoever has {what} has had {by} at some time, which is enough as long as it counts"),
                format!("leave the option out unless it is meant for those to whom {by} no longer counts"),
            )
        } else {
            let help = "leave the option out if it is not there for people to read".to_owned();
            (format!("whoever has {what} also has {by}, which is enough"), help)
        };
        let diagnostic = Diagnostic::new(Code::ShadowedOption, network.place(option), message)
            .also(network.place(other), "this is enough")
            .help(help)
            .witness(Witness::Credentials { credentials: self.ids_below(other) });
        self.find(credential, diagnostic, Severity::Note);
    }

    /// Tells of required parts that the others imply.
    fn redundant(&mut self, ground: &Ground<'_>, credential: CredentialId, nobody: &Learner<'_>) -> Option<()> {
        let network = &self.catalog.network;
        let tops = Rule::all(credential).map(|rule| network.top(rule));
        // Every part that is required, and whether it is one of several.
        let mut required: Vec<(Part, bool)> = Vec::new();
        let mut open: Vec<(Part, bool)> = tops.into_iter().flatten().rev().map(|top| (top, false)).collect();
        while let Some((part, several)) = open.pop() {
            match part {
                Part::Group(group) if is_all_of(self.catalog, group) => {
                    let parts = network.parts(group);
                    open.extend(parts.iter().rev().map(|&part| (part, several || parts.len() > 1)));
                }
                _ => required.push((part, several)),
            }
        }
        if required.len() < 2 {
            return Some(());
        }
        let mut kept: Vec<Part> = required.iter().map(|&(part, _)| part).collect();
        for (part, _) in required.into_iter().rev().filter(|&(_, several)| several) {
            ground.go_on()?;
            ground.spend(kept.len() / 4);
            let others: Vec<Part> = kept.iter().copied().filter(|&other| other != part).collect();
            if others.is_empty()
                || self.is_repeated(&others, part)
                || nobody.met(part) == Met::Yes
                || !self.could_imply(ground, &others, part)
            {
                continue;
            }
            let goals: Vec<Goal> = others.iter().map(|&other| Goal::Part(other)).collect();
            match self.always(ground, &goals, part) {
                Some(false) => {}
                Some(true) => {
                    kept = others;
                    self.implied(ground, credential, part);
                }
                None => {
                    let message = format!("whether all else that {} asks for implies this", self.quoted(credential));
                    self.open_part(Code::RedundantRequirement, credential, part, message);
                }
            }
        }
        Some(())
    }

    fn implied(&mut self, ground: &Ground<'_>, credential: CredentialId, part: Part) {
        let (what, of) = (self.named(part), self.quoted(credential));
        let (message, help) = if self.may_end(ground, part) {
            let so = "at some time, so this asks only that it still counts";
            (
                format!("whoever meets all else that {of} asks for has met {what} {so}"),
                "leave it out if that is not meant",
            )
        } else {
            let help = "leave it out if it is not there for people to read";
            (format!("whoever meets all else that {of} asks for meets {what} too"), help)
        };
        let diagnostic = Diagnostic::new(Code::RedundantRequirement, self.catalog.network.place(part), message)
            .help(help)
            .witness(Witness::Credentials { credentials: self.ids_below(part) });
        self.find(credential, diagnostic, Severity::Note);
    }

    /// What a part is called in a message.
    fn named(&self, part: Part) -> String {
        match part {
            Part::Leaf(leaf) => self.quoted(self.catalog.network.leaf(leaf).credential),
            Part::Group(_) => "this part".to_owned(),
        }
    }

    /// Whether one of the others names the same credential, or an equivalent: that is told as a repetition, if it is one.
    fn is_repeated(&self, others: &[Part], part: Part) -> bool {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let named = |part: Part| match part {
            Part::Leaf(leaf) => Some((network.group_above(part), names.unit(network.leaf(leaf).credential))),
            Part::Group(_) => None,
        };
        named(part).is_some_and(|own| others.iter().any(|&other| named(other) == Some(own)))
    }

    /// Whether what the others rest on could bring anything of the part at all.
    fn could_imply(&self, ground: &Ground<'_>, others: &[Part], part: Part) -> bool {
        let network = &self.catalog.network;
        let leaves = others.iter().flat_map(|&other| network.leaves_below(other));
        Helped::by(ground, leaves.flat_map(|leaf| ground.fillers(leaf))).has(ground, part)
    }

    /// Tells of options with which even the cheapest way costs more.
    fn dearer(&mut self, ground: &Ground<'_>, credential: CredentialId, alive: &[Part]) {
        let leaves = alive.iter().filter(|option| matches!(option, Part::Leaf(_)));
        let Reached::With(_, least) = ground.ask(&[Goal::Credential(credential)], Wanted::Cheapest) else {
            for &option in leaves {
                let message = format!("whether this option of {} is ever the cheapest", self.quoted(credential));
                self.open_part(Code::DearerOption, credential, option, message);
            }
            return;
        };
        for &option in leaves {
            match ground.ask(&[Goal::Credential(credential), Goal::Part(option)], Wanted::Cheapest) {
                Reached::With(_, cost) if cost > least => {
                    let amount = |hundredths: i64| {
                        crate::value::amount::Amount::from_hundredths(u64::try_from(hundredths).unwrap_or(0))
                    };
                    let message = format!(
                        "no cheapest way to {} uses this option: with it, {} at least, without it {}",
                        self.quoted(credential),
                        amount(cost),
                        amount(least)
                    );
                    let witness = Witness::Prices { with: amount(cost), without: amount(least) };
                    let place = self.catalog.network.place(option);
                    let diagnostic = Diagnostic::new(Code::DearerOption, place, message)
                        .help("nothing has to be done: learners may have other reasons to choose it")
                        .witness(witness);
                    self.find(credential, diagnostic, Severity::Note);
                }
                Reached::With(..) | Reached::Never => {}
                Reached::Undecided => {
                    let message = format!("whether this option of {} is ever the cheapest", self.quoted(credential));
                    self.open_part(Code::DearerOption, credential, option, message);
                }
            }
        }
    }

    /// Every credential named at or below a part, in byte order.
    fn ids_below(&self, part: Part) -> Vec<String> {
        let network = &self.catalog.network;
        let named: BTreeSet<CredentialId> =
            network.leaves_below(part).into_iter().map(|leaf| network.leaf(leaf).credential).collect();
        named.into_iter().map(|credential| self.catalog.id(credential).to_owned()).collect()
    }

    fn open_part(&mut self, code: Code, credential: CredentialId, part: Part, message: String) {
        let place = self.catalog.network.place(part);
        self.leave_open(code, credential, &place, message);
    }
}

/// Whether the group is a choice among parts that are written out.
fn is_choice(catalog: &Catalog, group: GroupId) -> bool {
    let network = &catalog.network;
    let described = network.group(group);
    described.measure == Measure::Count
        && !network.extras(group).selected
        && (1..network.parts(group).len()).contains(&(described.threshold as usize))
}

/// Whether the group requires every one of its parts, written out, and nothing else.
fn is_all_of(catalog: &Catalog, group: GroupId) -> bool {
    let extras = catalog.network.extras(group);
    catalog.network.is_all_of(group) && !extras.distinct && extras.span.is_none()
}
