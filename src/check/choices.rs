//! Whether the choices of a rule are choices, and its requirements requirements.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule, RuleKind};
use crate::evaluate::cone::Cone;
use crate::evaluate::outcome::Met;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{Reached, Wanted};

use crate::check::derivation::Preference;
use crate::check::examples::Examples;
use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::implied::Premise;
use crate::check::learner::TrialLearner;
use crate::check::pass::Pass;
use crate::check::redundant::required;
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, GroupId};

/// Learners whom nobody who earns anything can exceed, or fall short of.
struct ReferenceLearners<'l, 'c> {
    /// One who earned all that can be earned, exclusions aside.
    most: TrialLearner<'c>,
    /// One who holds everything there is.
    everything: &'l TrialLearner<'c>,
    /// One who has nothing.
    nobody: TrialLearner<'c>,
}

/// A credential whose choices are of at.
struct ChoosingCredential<'l, 'c> {
    credential: CredentialId,
    /// Sets that can be earned with it, and with others.
    examples: &'l Examples,
    /// A learner who earned it.
    example: TrialLearner<'l>,
    /// One who chose otherwise, if there is one at hand.
    other: Option<TrialLearner<'l>>,
    reference: &'l ReferenceLearners<'l, 'c>,
    /// Whether exclusions matter to it.
    contested: bool,
    cone: &'l Cone,
}

/// Places in the text of which something is told: what stands in a pool is told once.
struct ToldPlaces<'t> {
    before: &'t BTreeSet<usize>,
    now: BTreeSet<usize>,
}

impl ToldPlaces<'_> {
    /// Whether nothing is told of the place yet.
    fn insert(&mut self, place: usize) -> bool {
        !self.before.contains(&place) && self.now.insert(place)
    }
}

/// The options of a choice that can be used, and those of them that may be met and not count.
#[derive(Clone, Copy)]
struct LiveOptions<'o> {
    all: &'o [Part],
    withheld: &'o BTreeSet<Part>,
}

/// Looks at the choices and requirements of every credential that can be earned.
pub(crate) fn choices<'c>(facts: &Facts<'c>, examples: &Examples) -> Findings<'c> {
    let earned: Vec<CredentialId> = facts.numbers().filter(|&credential| facts.is_earned(credential)).collect();
    let reference = ReferenceLearners {
        most: facts.holder(earned.iter().copied()),
        everything: facts.everything(),
        nobody: facts.learner(),
    };
    let network = &facts.catalog.network;
    let groups = |credential: CredentialId| -> Vec<GroupId> {
        let tops = Rule::all(credential).filter_map(|rule| network.top(rule));
        tops.flat_map(|top| network.groups_below(top)).collect()
    };
    let mut open: Vec<(CredentialId, Vec<GroupId>)> =
        earned.into_iter().filter(|&credential| examples.has(credential)).map(|one| (one, groups(one))).collect();
    // What is cheap comes first.
    let leaves = |group: &GroupId| network.parts(*group).len();
    open.sort_by_cached_key(|(credential, groups)| (groups.iter().map(leaves).sum::<usize>(), *credential));
    let (mut found, mut told) = (Findings::new(facts.catalog), BTreeSet::new());
    // What is hard comes again when everything else is settled, with all that that has left.
    for is_last in [false, true] {
        let (questions, mut hard) = (open.len(), Vec::new());
        for (asked, (credential, groups)) in open.into_iter().enumerate() {
            let Some(&first) = groups.first() else { continue };
            let is_plain = !groups.iter().any(|&group| is_choice(facts.catalog, group));
            if is_plain && required(facts.catalog, credential).len() < 2 {
                continue;
            }
            let (findings, places) = facts.sharing(questions - asked, || {
                let mut pass = Pass::new(facts);
                let mut places = ToldPlaces { before: &told, now: BTreeSet::new() };
                if pass.choices_of(examples, &reference, credential, &groups, &mut places).is_none() {
                    let message = format!("whether the choices of {} are choices", facts.quoted(credential));
                    pass.open_part(Code::FalseChoice, credential, Part::Group(first), message);
                }
                (pass.findings, places.now)
            });
            if findings.undecided.is_empty() || is_last || facts.is_exhausted() {
                found = found.chain(findings);
                told.extend(places);
            } else {
                hard.push((credential, groups));
            }
        }
        open = hard;
    }
    found
}

impl<'c> Pass<'_, 'c> {
    /// `None` if there is not enough work left to look at all.
    fn choices_of(
        &mut self,
        examples: &Examples,
        reference: &ReferenceLearners<'_, 'c>,
        credential: CredentialId,
        groups: &[GroupId],
        told: &mut ToldPlaces<'_>,
    ) -> Option<()> {
        let facts = self.facts;
        facts.go_on()?;
        facts.spend(facts.catalog.len() / 16);
        let cone = &facts.cone_of_records(credential);
        let example = facts.holder_within(examples.with(facts, credential), cone);
        let other = facts.derivation([Goal::Credential(credential)], Preference::Last);
        let other = facts.is_compatible(&other).then(|| facts.holder_within(other, cone));
        let contested = facts.contested[credential];
        let choosing = ChoosingCredential { credential, examples, example, other, reference, contested, cone };
        for &group in groups.iter().filter(|&&group| is_choice(facts.catalog, group)) {
            self.choice(&choosing, group, told)?;
        }
        self.redundant(credential, cone, &reference.nobody)
    }

    fn choice(
        &mut self,
        choosing: &ChoosingCredential<'_, 'c>,
        group: GroupId,
        told: &mut ToldPlaces<'_>,
    ) -> Option<()> {
        let facts = self.facts;
        let options = self.facts.catalog.network.parts(group).to_vec();
        let mut alive = Vec::new();
        for &option in &options {
            facts.go_on()?;
            match Self::is_dead(facts, choosing, option) {
                Some(false) => alive.push(option),
                // What nobody could meet is told of the part itself, and what stands in a pool once.
                Some(true) if choosing.reference.everything.met(option) == Met::No => {}
                Some(true) if !told.insert(self.facts.catalog.network.place(option).start) => {}
                Some(true) => self.dead_option(choosing, option),
                None => {
                    let message =
                        format!("whether this option of {} can be used", self.facts.quoted(choosing.credential));
                    self.open_part(Code::DeadOption, choosing.credential, option, message);
                }
            }
        }
        let beside = Premise::new(facts.beside(group), choosing.cone);
        let may_not_count = |option: &Part| alive.len() > 1 && facts.may_not_count(*option);
        let withheld: BTreeSet<Part> = alive.iter().copied().filter(may_not_count).collect();
        let mut decided = Vec::new();
        if alive.len() > 1 {
            for &option in alive.iter().filter(|option| !withheld.contains(option)) {
                facts.go_on()?;
                facts.spend(options.len() / 8);
                if self.is_false_choice(choosing, group, &beside, option) {
                    decided.push(option);
                }
            }
        }
        let described = self.facts.catalog.network.group(group);
        // What has another option can be begun together with it, or not: that is a difference.
        if described.threshold == 1 && described.rule.kind() != RuleKind::Corequisite {
            let open: Vec<Part> = alive.iter().copied().filter(|option| !decided.contains(option)).collect();
            for &option in &open {
                self.shadowed(choosing, LiveOptions { all: &alive, withheld: &withheld }, option)?;
            }
        }
        if self.facts.options.prices {
            self.dearer(choosing.credential, &alive);
        }
        facts.go_on()
    }

    /// Whether nobody who earns the credential can use the option.
    fn is_dead(facts: &Facts<'_>, choosing: &ChoosingCredential<'_, '_>, option: Part) -> Option<bool> {
        match choosing.reference.most.met(option) {
            Met::No => return Some(true),
            Met::Undecided => return None,
            Met::Yes if !choosing.contested || choosing.example.met(option) == Met::Yes => return Some(false),
            Met::Yes => {}
        }
        match facts.ask(&[Goal::Credential(choosing.credential), Goal::Part(option)], Wanted::Any) {
            Reached::With(..) => Some(false),
            Reached::Never => Some(true),
            Reached::Undecided => None,
        }
    }

    fn dead_option(&mut self, choosing: &ChoosingCredential<'_, '_>, option: Part) {
        let credential = choosing.credential;
        let network = &self.facts.catalog.network;
        let place = network.place(option);
        let (what, told) = match option {
            Part::Leaf(leaf) => {
                let named = network.leaf(leaf).credential;
                (self.facts.quoted(named), !choosing.examples.has(named))
            }
            Part::Group(_) => ("this part".to_owned(), false),
        };
        let of = self.facts.quoted(credential);
        let message = if told {
            format!("{what} cannot be earned, so it is no option for {of}")
        } else {
            format!("nobody who earns {of} can use {what}")
        };
        let severity = if told { Severity::Note } else { Severity::Warning };
        let diagnostic = Diagnostic::new(Code::DeadOption, place, message)
            .help("take the option away, or mend what rules it out")
            .witness(Witness::Credentials { credentials: self.facts.ids_below(option) });
        self.findings.find(credential, diagnostic, severity);
    }

    /// Whether whoever meets all that is asked beside the choice meets the option: then it decides nothing.
    fn is_false_choice<'l>(
        &mut self,
        choosing: &ChoosingCredential<'l, 'c>,
        group: GroupId,
        beside: &Premise<'l>,
        option: Part,
    ) -> bool {
        let (Part::Leaf(leaf), credential) = (option, choosing.credential) else { return false };
        let options = self.facts.catalog.network.parts(group);
        let (network, names) = (&self.facts.catalog.network, &self.facts.catalog.names);
        let named = network.leaf(leaf).credential;
        if names.unit(named) == names.unit(credential) {
            // Its own rule names it, which is told already.
            return false;
        }
        let same = |&other: &Part| match other {
            Part::Leaf(other) => other != leaf && names.unit(network.leaf(other).credential) == names.unit(named),
            Part::Group(_) => false,
        };
        if beside.is_empty() {
            return false;
        }
        let lacks = |learner: &TrialLearner<'_>| learner.met(option) == Met::No;
        // What everybody meets without any award is told of its own rule.
        if choosing.reference.nobody.met(option) == Met::Yes {
            return false;
        }
        if options.iter().any(same) || lacks(&choosing.example) || choosing.other.as_ref().is_some_and(lacks) {
            return false;
        }
        if !self.facts.could_imply(beside, option) {
            return false;
        }
        match self.facts.always(beside, option) {
            Some(false) => false,
            Some(true) => {
                let (what, of) = (self.facts.quoted(named), self.facts.quoted(credential));
                let message =
                    format!("whoever meets all else that {of} asks for has {what} anyway, so this is no choice");
                let help = format!("require {what}, and offer the others beside it");
                let diagnostic = Diagnostic::new(Code::FalseChoice, network.place(option), message)
                    .help(help)
                    .witness(Witness::Credentials { credentials: self.facts.ids_below(option) });
                self.findings.find(credential, diagnostic, Severity::Warning);
                true
            }
            None => {
                let of = self.facts.quoted(credential);
                let message = format!("whether whoever meets all else that {of} asks for meets this option");
                self.open_part(Code::FalseChoice, credential, option, message);
                false
            }
        }
    }

    /// Tells of an option if whoever meets it meets another one.
    fn shadowed(
        &mut self,
        choosing: &ChoosingCredential<'_, '_>,
        options: LiveOptions<'_>,
        option: Part,
    ) -> Option<()> {
        let (facts, credential) = (self.facts, choosing.credential);
        let (network, names) = (&self.facts.catalog.network, &self.facts.catalog.names);
        let Part::Leaf(leaf) = option else { return Some(()) };
        let named = network.leaf(leaf).credential;
        if names.unit(named) == names.unit(credential) {
            return Some(());
        }
        let premise = Premise::new(vec![option], choosing.cone);
        let own = options.all.iter().position(|&known| known == option);
        let is_told = || !options.withheld.contains(&option) && !facts.may_rest_on(credential, leaf);
        let mut open = false;
        for (place, &other) in options.all.iter().enumerate() {
            let Part::Leaf(other_leaf) = other else { continue };
            let other_named = network.leaf(other_leaf).credential;
            facts.spend(1);
            facts.go_on()?;
            let differs = names.unit(other_named) != names.unit(named);
            if !differs || options.withheld.contains(&other) || !facts.could_imply(&premise, other) {
                continue;
            }
            if facts.may_rest_on(credential, other_leaf) {
                continue;
            }
            let implied = self.facts.always(&premise, other);
            // Of two that imply each other the later one is told, if it can be.
            let mutual = if implied == Some(true) && own.is_some_and(|own| own < place) && is_told() {
                self.facts.always(&Premise::new(vec![other], choosing.cone), option)
            } else {
                Some(false)
            };
            match (implied, mutual) {
                (Some(true), Some(false)) => {
                    self.shadowed_by(credential, option, other);
                    return Some(());
                }
                (None, _) | (_, None) => open = true,
                _ => {}
            }
        }
        if open {
            let message = format!("whether another option is met by whoever has {}", self.facts.quoted(named));
            self.open_part(Code::ShadowedOption, credential, option, message);
        }
        Some(())
    }

    fn shadowed_by(&mut self, credential: CredentialId, option: Part, other: Part) {
        let network = &self.facts.catalog.network;
        let [what, by] = [option, other].map(|part| self.named(part));
        let message = format!("whoever has {what} also has {by}, which is enough");
        let help = "leave the option out if it is not there for people to read";
        let diagnostic = Diagnostic::new(Code::ShadowedOption, network.place(option), message)
            .also(network.place(other), "this is enough")
            .help(help)
            .witness(Witness::Credentials { credentials: self.facts.ids_below(other) });
        self.findings.find(credential, diagnostic, Severity::Note);
    }

    /// The name of a part in a message.
    pub(crate) fn named(&self, part: Part) -> String {
        match part {
            Part::Leaf(leaf) => self.facts.quoted(self.facts.catalog.network.leaf(leaf).credential),
            Part::Group(_) => "this part".to_owned(),
        }
    }

    /// Tells of options with which even the cheapest way costs more.
    fn dearer(&mut self, credential: CredentialId, alive: &[Part]) {
        let facts = self.facts;
        let leaves = alive.iter().filter(|option| matches!(option, Part::Leaf(_)));
        let Reached::With(_, least) = facts.ask(&[Goal::Credential(credential)], Wanted::Cheapest) else {
            for &option in leaves {
                let message = format!("whether this option of {} is ever the cheapest", self.facts.quoted(credential));
                self.open_part(Code::DearerOption, credential, option, message);
            }
            return;
        };
        for &option in leaves {
            match facts.ask(&[Goal::Credential(credential), Goal::Part(option)], Wanted::Cheapest) {
                Reached::With(_, cost) if cost > least => {
                    let amount = |hundredths: i64| {
                        crate::value::amount::Amount::from_hundredths(u64::try_from(hundredths).unwrap_or(0))
                    };
                    let message = format!(
                        "no cheapest way to {} uses this option: with it, {} at least, without it {}",
                        self.facts.quoted(credential),
                        amount(cost),
                        amount(least)
                    );
                    let witness = Witness::Prices { with: amount(cost), without: amount(least) };
                    let place = self.facts.catalog.network.place(option);
                    let diagnostic = Diagnostic::new(Code::DearerOption, place, message)
                        .help("nothing has to be done: learners may have other reasons to choose it")
                        .witness(witness);
                    self.findings.find(credential, diagnostic, Severity::Note);
                }
                Reached::With(..) | Reached::Never => {}
                Reached::Undecided => {
                    let message =
                        format!("whether this option of {} is ever the cheapest", self.facts.quoted(credential));
                    self.open_part(Code::DearerOption, credential, option, message);
                }
            }
        }
    }
}

/// Whether the group is a choice among parts that are written out.
fn is_choice(catalog: &Catalog, group: GroupId) -> bool {
    let network = &catalog.network;
    let described = network.group(group);
    // A repeatable member can be taken again in place of any other.
    let repeats =
        |part: &Part| matches!(*part, Part::Leaf(leaf) if catalog.names.repeatable(network.leaf(leaf).credential));
    let again = network.counts_units(group) && network.parts(group).iter().any(repeats);
    described.measure.is_count()
        && !network.extras(group).selected
        && (again || (1..network.parts(group).len()).contains(&(described.threshold as usize)))
}
