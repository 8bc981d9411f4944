//! A question to a cohort, made ready once: the rules that matter as machines, and what does not depend on any learner.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::catalog::catalog::{Catalog, Validity};
use crate::evaluate::evaluation::always_attainable;
use crate::evaluate::evidence::last_day;
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::{Scope as Run, Supposing};
use crate::evaluate::standing::Standing;
use crate::value::csr::Csr;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec, UnitId, id};

use crate::cohort::candidates::{CandidateAward, candidates};
use crate::cohort::compile::compile;
use crate::cohort::layout::first_day;
use crate::cohort::machine::ZEROS;
use crate::cohort::marks::{AwardMarks, MarksMaker};
use crate::cohort::options::CohortOptions;
use crate::cohort::rules::Rules;
use crate::cohort::selection::{MachineMode, RuleSelection};

/// Search steps with which no joint region is left undecided that adding up alone decides. With fewer, whoever has any
/// award that such a region looks at is judged alone.
const ENOUGH_STEPS: u64 = 100_000;

id! {
    /// A credential that is asked about, by its place among them in id order.
    AskedId
}

#[derive(Debug)]
pub(crate) struct CohortQuestion<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) as_of: Date,
    /// The date as a number: days since 1970-01-01.
    pub(crate) last_day: i32,
    pub(crate) evaluate: EvaluateOptions,
    pub(crate) one_award_away: bool,
    pub(crate) lapses: Option<RangeInclusive<Date>>,
    /// The number of credentials in the options that are of another catalog.
    pub(crate) of_other_catalogs: u64,
    /// For each place in `asked`, whether the holders are to be listed.
    pub(crate) list_holders: IdVec<AskedId, bool>,
    /// Each once, in byte order.
    pub(crate) tags: Vec<String>,
    /// Whether a report leaves out its lists of learners.
    pub(crate) counts_only: bool,
    /// The credentials that are asked about, in id order.
    pub(crate) asked: IdVec<AskedId, CredentialId>,
    /// The places in `asked` of the credentials of each class.
    pub(crate) asked_of: Csr<ClassId, AskedId>,
    /// The places in `asked` that turn on awards of a credential which last as their components do.
    pub(crate) asked_by_components: Csr<CredentialId, AskedId>,
    /// The rules; `None` if everybody has to be judged alone.
    pub(crate) rules: Option<Rules>,
    /// The rules of the upper bound on what can be reached, if there is anything that not everybody can reach.
    pub(crate) attain: Option<Rules>,
    /// The rules of the upper bound on what was met on earlier days, if awards turn on that.
    pub(crate) past: Option<Rules>,
    /// For each place in `asked`, whether not everybody can reach it.
    pub(crate) hard: IdVec<AskedId, bool>,
    /// Whether the work limit is so low that joint regions may be left undecided.
    pub(crate) hurried: bool,
    /// For each class, whether awards that count under its names matter.
    pub(crate) relevant: IdVec<ClassId, bool>,
    pub(crate) candidates: Vec<CandidateAward>,
    /// For each credential, the first day of the awards that are current on the date, where nothing but `valid_for`
    /// decides that; `None` where it is not so simple.
    pub(crate) current_from: IdVec<CredentialId, Option<Date>>,
    /// What awards say by their credentials alone.
    pub(crate) marks: AwardMarks,
}

impl<'c> CohortQuestion<'c> {
    pub(crate) fn new(catalog: &'c Catalog, as_of: Date, options: &CohortOptions) -> Self {
        let CohortOptions { evaluate, credentials, one_award_away, lapses, holders, mut tags, counts_only } =
            options.known_to(catalog);
        tags.sort_unstable();
        tags.dedup();
        let mut asked = credentials.unwrap_or_else(|| catalog.credentials().map(|(id, _)| id).collect());
        asked.sort_unstable();
        asked.dedup();
        let asked: IdVec<AskedId, CredentialId> = asked.into();
        let hurried = evaluate.search_steps < ENOUGH_STEPS;
        let hard = not_for_everybody(catalog, as_of, &asked, hurried);
        let (mut is_asked, mut is_hard) = (IdVec::filled(false, catalog.len()), IdVec::filled(false, catalog.len()));
        asked.iter().zip(&hard).for_each(|(&id, &hard)| (is_asked[id], is_hard[id]) = (true, hard));
        let mode = MachineMode::Evaluate { qualification_counts: evaluate.qualification_counts, hurried };
        let mut rules = compile(RuleSelection::new(catalog, as_of, mode, &is_asked, one_award_away));
        let mut attain = None;
        if hard.as_slice().contains(&true) {
            attain = compile(RuleSelection::new(catalog, as_of, MachineMode::Attain, &is_hard, true));
            // Without an upper bound there is nothing to go by.
            rules = rules.filter(|_| attain.is_some());
        }
        let of_class = |(place, &id): (AskedId, &CredentialId)| (catalog.names.class(id), place);
        let by_class: Vec<(ClassId, AskedId)> = asked.entries().map(of_class).collect();
        let mut found = Some(Vec::new());
        if let Some(rules) = rules.as_ref().filter(|_| one_award_away) {
            found = candidates(catalog, as_of, rules);
        }
        // Too many names to be looked at for everything that could be taken.
        rules = rules.filter(|_| found.is_some());
        let past = rules.as_ref().and_then(|rules| past(catalog, as_of, rules));
        let relevant = relevant(catalog, rules.iter().chain(&attain).chain(&past));
        let mut question = Self {
            marks: AwardMarks::default(),
            relevant,
            asked_of: Csr::new(catalog.len(), &by_class),
            asked_by_components: asked_by_components(catalog, rules.as_ref(), &asked),
            catalog,
            as_of,
            last_day: as_of.days_since_1970(),
            evaluate,
            one_award_away,
            lapses,
            of_other_catalogs: catalog.number_of_others(options.credentials.iter().flatten().chain(&options.holders)),
            list_holders: asked.iter().map(|id| holders.contains(id)).collect(),
            tags,
            counts_only,
            asked,
            rules,
            attain,
            past,
            hard,
            hurried,
            candidates: found.unwrap_or_default(),
            current_from: CredentialId::first(catalog.len()).map(|id| current_from(catalog, as_of, id)).collect(),
        };
        question.marks = question.marked();
        question
    }

    /// What awards say by their credentials alone.
    fn marked(&self) -> AwardMarks {
        let maker = self.rules.as_ref().map(|rules| MarksMaker {
            catalog: self.catalog,
            current_from: &self.current_from,
            rules,
            attain: self.attain.as_ref(),
            past: self.past.as_ref(),
            relevant: &self.relevant,
            asks_for_ends: self.lapses.is_some(),
        });
        maker.map(|maker| maker.make()).unwrap_or_default()
    }

    /// The options in one form, whatever the order in which they were given.
    pub(crate) fn options(&self) -> CohortOptions {
        let all = self.asked.len() == self.catalog.len();
        let holders = self.asked.entries().filter(|&(place, _)| self.list_holders[place]);
        CohortOptions {
            evaluate: self.evaluate.clone(),
            credentials: (!all).then(|| self.asked.as_slice().to_vec()),
            one_award_away: self.one_award_away,
            lapses: self.lapses.clone(),
            holders: holders.map(|(_, &id)| id).collect(),
            tags: self.tags.clone(),
            counts_only: self.counts_only,
        }
    }

    /// The unit class of an award, if it is one that renews or could be renewed (semantics 3.9).
    pub(crate) fn renewing_unit(&self, credential: CredentialId) -> Option<UnitId> {
        let Catalog { names, renewing, .. } = self.catalog;
        let unit = names.unit(credential);
        (!renewing.renews(unit).is_empty() || !renewing.renewed_by(unit).is_empty()).then_some(unit)
    }

    /// Whether awards of these unit classes may renew each other, or new ones may renew what adds up, which the
    /// machines do not tell.
    pub(crate) fn may_renew(&self, units: &BTreeSet<UnitId>) -> bool {
        let Catalog { names, renewing, .. } = self.catalog;
        units.iter().any(|&unit| {
            let by = renewing.renewed_by(unit);
            let adds_up = self.one_award_away || names.repeatable(unit.first_credential());
            !by.is_empty() && (adds_up || by.iter().any(|&by| units.contains(&names.unit(by))))
        })
    }

    /// The place of a credential among those asked about.
    pub(crate) fn place(&self, id: CredentialId) -> Option<AskedId> {
        let place = self.asked.as_slice().binary_search(&id).ok().filter(|_| self.catalog.knows(id));
        place.map(AskedId::at)
    }
}

/// For each of the credentials, whether there can be learners who cannot reach it on the date, or of whom that is left
/// undecided if the work limit is low. More awards never hurt, so whatever can be reached with none can be reached by
/// everybody.
fn not_for_everybody(
    catalog: &Catalog,
    as_of: Date,
    asked: &IdVec<AskedId, CredentialId>,
    hurried: bool,
) -> IdVec<AskedId, bool> {
    let always = always_attainable(catalog);
    let mut hard: IdVec<AskedId, bool> = asked.iter().map(|&id| !always[id]).collect();
    if !hurried && hard.as_slice().contains(&true) {
        let scope = Run { supposing: Supposing::WhatIsOffered, ..Run::certain(as_of, &EvaluateOptions::default()) };
        let progress = Progress::run(catalog, &Standing::default(), scope);
        for (hard, &id) in hard.iter_mut().zip(asked) {
            *hard &= progress.marks(id) == 0;
        }
    }
    hard
}

/// The places that turn on awards of each credential which last as their components do.
fn asked_by_components(
    catalog: &Catalog,
    rules: Option<&Rules>,
    asked: &IdVec<AskedId, CredentialId>,
) -> Csr<CredentialId, AskedId> {
    let mut by_keeper = Vec::new();
    for (place, &id) in asked.entries() {
        let keepers = rules.into_iter().flat_map(|rules| rules.keepers.list(catalog.names.class(id)));
        by_keeper.extend(keepers.map(|&keeper| (keeper, place)));
    }
    Csr::new(catalog.len(), &by_keeper)
}

/// The first day of the awards of a credential that are current on the date, if every award is current on the day it is
/// made.
fn current_from(catalog: &Catalog, as_of: Date, credential: CredentialId) -> Option<Date> {
    let valid_for = catalog.terms(credential).valid_for;
    match valid_for {
        Validity::Forever => Some(Date::FIRST),
        Validity::For(term) if !term.is_empty() => {
            first_day(as_of, |awarded| last_day(valid_for, awarded).is_none_or(|last| as_of <= last))
        }
        Validity::For(_) | Validity::WhileComponents => None,
    }
}

/// The rules of the upper bound on what was met on earlier days, for awards that last as their components do; `None` if
/// there are none, or too much to be looked at.
fn past(catalog: &Catalog, as_of: Date, rules: &Rules) -> Option<Rules> {
    let is_kept: IdVec<CredentialId, bool> = rules.kept.iter().map(|&cell| cell != ZEROS).collect();
    let is_needed = is_kept.as_slice().contains(&true);
    is_needed.then(|| compile(RuleSelection::new(catalog, as_of, MachineMode::Past, &is_kept, false))).flatten()
}

/// For each class, whether a machine has a use for awards that count under its names.
fn relevant<'r>(catalog: &Catalog, rules: impl Iterator<Item = &'r Rules>) -> IdVec<ClassId, bool> {
    let names = &catalog.names;
    let mut relevant = IdVec::filled(false, catalog.len());
    for rules in rules {
        for class in ClassId::first(catalog.len()) {
            relevant[class] |= rules.held[class] != ZEROS
                || rules.lapsed[class] != ZEROS
                || !rules.atoms.list(class).is_empty()
                || !rules.adds.list(class).is_empty();
        }
    }
    for &class in names.order() {
        relevant[class] |= names.up(class).iter().any(|&up| relevant[up]);
    }
    relevant
}
