//! The search for learners whom two versions judge differently, credential by credential.

use std::cell::Cell;
use std::collections::BTreeSet;

use crate::catalog::network::{Part, Rule};
use crate::check::records::following::{Following, Looks};
use crate::evaluate::cone::Cone;
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::outcome::Met;
use crate::plan::question::learner::{Awards, OtherVerdict, Smallest, smallest};
use crate::plan::question::unmet_rows::OtherCatalog;
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec};
use crate::value::meter::Meter;

use crate::compare::holder::{BlankLearner, Growing, meets};
use crate::compare::records::{RuleRecords, ShownByRecord, tops};
use crate::compare::renewals::{RenewedPair, lost_renewals, renewed_before};
use crate::compare::shown::{CommonAward, RecordTrial, ShownLearner};
use crate::compare::versions::{CommonId, Versions, waits};

/// The work that one question may take in any case, as far as there is that much.
const LEAST_WORK: u64 = 100_000;
/// Into so many shares the work is divided at the least.
const FEWEST_SHARES: u64 = 16;
/// The question of records of any kind gets one such part of the work that is left, for all days together.
const RECORDS_SHARES: u64 = 30_000;
/// As many of them may be looked at in any case, as far as there is work.
const LEAST_RECORDS: u64 = 1_500;
/// Evaluations by which what is found is confirmed and made plain, whatever work is left.
const LEAST_EVALUATIONS: u64 = 64;

/// Whether everybody who meets the requirements of a credential on one side meets those on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Follows {
    Yes,
    /// Not this learner.
    No(ShownLearner),
    Undecided,
}

/// The search for a counterexample in one direction: a learner who meets the requirements on side `from` and not on the
/// other.
pub(crate) struct Comparing<'q, 'c> {
    pub(crate) versions: &'q Versions<'c>,
    /// For each credential, which conferred ones it depends on directly; both by common numbers.
    pub(crate) needs: &'q IdVec<CommonId, BTreeSet<CommonId>>,
    pub(crate) blank: &'q [BlankLearner<'c>; 2],
    pub(crate) from: usize,
    /// The only day on which the versions are compared, if there is one; else all are.
    pub(crate) only_on: Option<Date>,
    /// Whether good awards of the day are as good as the search takes them to be.
    pub(crate) as_supposed: bool,
    /// By the common numbers of credentials.
    pub(crate) follows: IdVec<CommonId, Follows>,
    /// For each, whether that is because the rules are the same and rest on what follows, so that each rule follows by
    /// itself.
    pub(crate) by_rule: IdVec<CommonId, bool>,
    pub(crate) meter: &'q mut Meter,
    /// The number of questions that there may still be.
    pub(crate) questions: &'q mut u64,
}

impl Comparing<'_, '_> {
    /// Settles the question for all credentials, those that others depend on first.
    pub(crate) fn settle(&mut self, order: &[Vec<CommonId>], affected: &IdVec<CommonId, bool>) {
        self.follows = IdVec::filled(Follows::Yes, self.versions.pairs.len());
        // Rules that are the same all round and rest on what follows: so does what they give.
        self.by_rule = affected.iter().map(|affected| !affected).collect();
        for &common in order.iter().flatten().filter(|&&common| affected[common]) {
            self.follows[common] = Follows::Undecided;
        }
        for &common in order.iter().flatten().filter(|&&common| affected[common]) {
            *self.questions -= 1;
            let [Some(old), Some(new)] = self.versions.pairs[common] else { continue };
            let needs = &self.needs[common];
            if self.versions.same_rules([old, new]) && needs.iter().all(|&need| self.is_carried(need)) {
                self.follows[common] = Follows::Yes;
                self.by_rule[common] = true;
            } else {
                self.follows[common] = self.ask([old, new]);
            }
        }
    }

    /// Whether the rules of the other side give the credential to everybody to whom those of this side do.
    fn is_carried(&self, common: CommonId) -> bool {
        let pair = self.versions.pairs[common];
        let Some(own) = pair[self.from] else { return true };
        let (catalog, other) = (self.versions.catalogs[self.from], self.versions.catalogs[1 - self.from]);
        if !catalog.network.has_stack(own) {
            return true;
        }
        // An award that waits for its components does not wait for the prerequisite.
        let as_one = !waits(catalog, own) || catalog.network.top(Rule::prerequisite(own)).is_none();
        pair[1 - self.from].is_some_and(|there| other.network.has_stack(there))
            && self.follows[common] == Follows::Yes
            && (as_one || self.by_rule[common])
    }

    /// What is cheap and decides is asked first: what both say of whoever has nothing, how the rules are written, what
    /// learners show who hold good awards; and records of every kind only where more can be asked of an award than that
    /// it is there.
    fn ask(&mut self, pair: [CredentialId; 2]) -> Follows {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.blank[self.from], &self.blank[1 - self.from]);
        // Whatever is asked, as much is looked at as there are credentials.
        self.spend(1 + self.versions.pairs.len() as u64 / 64);
        match (meets(&here.progress, own), meets(&other.progress, there)) {
            (_, Met::Yes) if self.is_for_every_day() => return Follows::Yes,
            (_, Met::Yes) => {}
            (Met::Undecided, _) | (_, Met::Undecided) => return Follows::Undecided,
            (Met::Yes, Met::No) => return self.no_awards(pair),
            (Met::No, Met::No) if self.meter.left == 0 => return Follows::Undecided,
            (Met::No, Met::No) => {}
        }
        let open = self.not_written_so(pair);
        if open.is_empty() {
            return Follows::Yes;
        }
        let lost = lost_renewals(self.versions, self.from, own);
        if let Some(shown) = self.by_renewal(pair, &lost) {
            return Follows::No(shown);
        }
        match self.search(pair, open) {
            // What awards come to that others renew on some day is not searched for.
            Follows::Yes if !lost.is_empty() => Follows::Undecided,
            found => found,
        }
    }

    /// Searches for a learner who misses one of the parts that are open.
    fn search(&mut self, pair: [CredentialId; 2], open: Vec<Part>) -> Follows {
        let own = pair[self.from];
        let found = self.smallest(pair);
        let learner = match &found {
            Smallest::Learner(awards, is_smallest) => Some((awards.clone(), *is_smallest && self.as_supposed)),
            Smallest::Undecided => self.guess(pair).map(|awards| (awards, false)),
            Smallest::Never => None,
        };
        let shown = learner.and_then(|(awards, is_smallest)| {
            self.on_trial(pair, |trial| trial.shown_by_good_awards(&awards, is_smallest))
        });
        if let Some(shown) = shown {
            return Follows::No(shown);
        }
        let mut records = Vec::new();
        for part in open {
            self.spend(self.evaluation(4));
            let asked = RuleRecords::new(self.versions, self.from, own, part);
            if found != Smallest::Never || !asked.are_good_awards() {
                records.push(asked);
            }
        }
        if records.is_empty() { Follows::Yes } else { self.ask_records(pair, &records) }
    }

    /// Whether the other side gives nobody on one day what it does not give them on another.
    fn is_for_every_day(&self) -> bool {
        let conditions = &self.versions.catalogs[1 - self.from].network.conditions;
        self.only_on.is_some() || conditions.iter().all(|asked| asked.since.is_none() && asked.until.is_none())
    }

    /// A learner of whom one award was renewed by another, where the other side knows nothing of that.
    fn by_renewal(&mut self, pair: [CredentialId; 2], lost: &[RenewedPair]) -> Option<ShownLearner> {
        let day = self.blank[self.from].progress.date();
        lost.iter().find_map(|&lost| {
            let awards = renewed_before(self.versions, self.from, pair[self.from], lost, day)?;
            awards.into_iter().find_map(|awards| self.on_trial(pair, |trial| trial.shown(awards, false)))
        })
    }

    /// Whoever has nothing shows it, as the evaluators are to confirm.
    fn no_awards(&mut self, pair: [CredentialId; 2]) -> Follows {
        self.on_trial(pair, |trial| trial.shown(Vec::new(), true)).map_or(Follows::Undecided, Follows::No)
    }

    /// The parts of the rules on the other side that do not follow by how the rules are written.
    fn not_written_so(&mut self, pair: [CredentialId; 2]) -> Vec<Part> {
        let (versions, from) = (self.versions, self.from);
        let [goals, others] = [from, 1 - from].map(|side| tops(versions, side, pair[side]));
        let following = Following {
            catalogs: [from, 1 - from].map(|side| versions.catalogs[side]),
            across: &|credential| versions.across(from, credential),
            confers: &|credential| self.is_carried(versions.common[from][credential]),
            looks: Looks::default(),
        };
        let open = following.not_implied(&goals, &others);
        let looks = following.looks.number() as u64;
        self.spend(looks);
        open
    }

    /// Asks for a record of any kind: to begin with, of those who show that something is lost on which the rules rest.
    fn ask_records(&mut self, pair: [CredentialId; 2], records: &[RuleRecords<'_, '_>]) -> Follows {
        let lost = self.needs[self.versions.common[self.from][pair[self.from]]].iter();
        let lost: Vec<ShownLearner> = lost
            .filter_map(|&need| if let Follows::No(shown) = &self.follows[need] { Some(shown.clone()) } else { None })
            .collect();
        for ShownLearner { awards, as_of, .. } in lost {
            let shown = self.on_trial_on(as_of, pair, |trial| trial.shown(awards, false));
            if let Some(shown) = shown {
                return Follows::No(shown);
            }
        }
        let mut work = (self.meter.left / RECORDS_SHARES).max(self.evaluation(LEAST_RECORDS)).min(self.share());
        let before = work;
        let day = self.blank[self.from].progress.date();
        let only_then = self.only_on.is_some();
        let (mut found, mut is_never) = (None, true);
        for asked in records {
            match asked.ask(self.only_on.unwrap_or(day), only_then, &mut work) {
                ShownByRecord::By(awards, day) => {
                    found = Some((awards, day));
                    break;
                }
                ShownByRecord::Never => {}
                ShownByRecord::Open => is_never = false,
            }
        }
        self.spend(before - work);
        let Some((awards, day)) = found else {
            return if is_never { Follows::Yes } else { Follows::Undecided };
        };
        let awards = awards.into_iter().filter_map(|award| self.common_award(award)).collect();
        let shown = self.on_trial_on(day, pair, |trial| trial.shown(awards, false));
        shown.map_or(Follows::Undecided, Follows::No)
    }

    /// The award, of a credential that is named by the id of this side, or else of the other one.
    fn common_award(&self, award: Award) -> Option<CommonAward> {
        let credential = [self.from, 1 - self.from].into_iter().find_map(|side| {
            let own = self.versions.catalogs[side].credential(&award.credential)?;
            Some(self.versions.common[side][own])
        })?;
        Some(CommonAward { credential, award: Award { credential: String::new(), ..award } })
    }

    fn on_trial(
        &mut self,
        pair: [CredentialId; 2],
        ask: impl FnOnce(&RecordTrial<'_, '_>) -> Option<ShownLearner>,
    ) -> Option<ShownLearner> {
        self.on_trial_on(self.blank[self.from].progress.date(), pair, ask)
    }

    /// Asks both evaluators about records.
    fn on_trial_on(
        &mut self,
        as_of: Date,
        pair: [CredentialId; 2],
        ask: impl FnOnce(&RecordTrial<'_, '_>) -> Option<ShownLearner>,
    ) -> Option<ShownLearner> {
        let most = (self.share() / self.evaluation(1)).max(LEAST_EVALUATIONS);
        let trial = RecordTrial { versions: self.versions, from: self.from, pair, as_of, left: Cell::new(most) };
        let shown = ask(&trial);
        let taken = most - trial.left.get();
        self.spend(self.evaluation(taken));
        shown
    }

    /// A learner who shows a difference, if one is easily found where the search found none: as much as the other side
    /// still refuses, to begin with somebody who loses what the rules draw on.
    fn guess(&mut self, pair: [CredentialId; 2]) -> Option<Awards> {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.blank[self.from], &self.blank[1 - self.from]);
        let (versions, from) = (self.versions, self.from);
        let mut lost: Vec<(Option<CredentialId>, Awards)> = vec![(None, Awards::new())];
        for &need in &self.needs[versions.common[from][own]] {
            if let Follows::No(shown) = &self.follows[need] {
                lost.push((versions.pairs[need][from], shown.held(versions, from)));
            }
        }
        let cone = Cone::of(here.progress.catalog, &Exceptions::default(), [own]);
        let useful = cone.credentials.entries().filter(|(_, inside)| **inside).map(|(credential, _)| credential);
        let useful: Vec<CredentialId> = useful.filter(|&credential| credential != own).collect();
        let refuses =
            |held: &[(CredentialId, u32)]| meets(&other.with(&across(versions, from, held)), there) == Met::No;
        let mut most = self.share() / self.evaluation(1);
        for (lost, awards) in lost {
            let mut growing = Growing { held: awards, evaluations: 1, most };
            let mut known = None;
            if refuses(&growing.held) {
                // What is lost is of no use if it is held.
                let others = useful.iter().copied().filter(|&credential| Some(credential) != lost);
                growing.grow(others.collect(), &refuses);
                if meets(&here.with(&growing.held), own) == Met::Yes {
                    growing.evaluations += growing.held.len() as u64;
                    known = Some(here.reduced(&growing.held, own));
                }
            }
            self.spend(self.evaluation(growing.evaluations));
            most = most.saturating_sub(growing.evaluations);
            if known.is_some() || most == 0 {
                return known;
            }
        }
        None
    }

    /// Every question has its share of what is left; none takes all of it, nor is a little divided into nothing.
    fn share(&self) -> u64 {
        (self.meter.left / (*self.questions).max(FEWEST_SHARES)).max(LEAST_WORK).min(self.meter.left)
    }

    /// The price of some evaluations.
    fn evaluation(&self, times: u64) -> u64 {
        let network = self.versions.catalogs.iter().map(|catalog| catalog.network.len() as u64).max();
        times * (1 + network.unwrap_or(0) / 64)
    }

    fn spend(&mut self, work: u64) {
        self.meter.spend_at_most(work);
    }

    /// The smallest learner who shows it of those who hold good awards.
    fn smallest(&mut self, pair: [CredentialId; 2]) -> Smallest {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.blank[self.from], &self.blank[1 - self.from]);
        let (versions, from) = (self.versions, self.from);
        let carried = |own: CredentialId| self.is_carried(versions.common[from][own]);
        let implied = |here: Part, there: Part| {
            let parts = if from == 0 { [here, there] } else { [there, here] };
            versions.carries(from, parts, carried)
        };
        let question = OtherCatalog {
            start: &other.progress,
            target: there,
            same: &|credential| versions.across(1 - from, credential),
            follows: &carried,
            implied: &implied,
        };
        let mut work = self.share();
        let before = work;
        let mut evaluations = 0;
        let mut says = |awards: &[(CredentialId, u32)]| {
            let across = across(versions, from, awards);
            evaluations += 1;
            match meets(&other.with(&across), there) {
                Met::No => OtherVerdict::Unmet,
                Met::Undecided => OtherVerdict::Undecided,
                Met::Yes => {
                    evaluations += across.len() as u64;
                    let part = other.reduced(&across, there);
                    OtherVerdict::Met(
                        part.into_iter()
                            .filter_map(|(own, times)| Some((versions.across(1 - from, own)?, times)))
                            .collect(),
                    )
                }
            }
        };
        let found = smallest(&here.progress, own, &question, &mut says, &mut work);
        self.spend((before - work).saturating_add(self.evaluation(evaluations)));
        match found {
            // The evaluator has the last word.
            Smallest::Learner(awards, _) if meets(&here.with(&awards), own) != Met::Yes => Smallest::Undecided,
            found => found,
        }
    }
}

/// Awards by the numbers of the other side; those that it does not know count for nothing there.
fn across(versions: &Versions<'_>, from: usize, awards: &[(CredentialId, u32)]) -> Awards {
    awards.iter().filter_map(|&(own, times)| Some((versions.across(from, own)?, times))).collect()
}
