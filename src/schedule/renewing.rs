//! Whether an award can be renewed on a day of the calendar ([semantics 7.9](crate::semantics#7.9)): in its window,
//! with what that requires, by the awards made since.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::{Catalog, RenewalRules};
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Network, Part, Rule};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Admitted, AwardId, Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::value::date::{Date, Period};
use crate::value::ids::{CredentialId, LeafId};

/// What renewals require, and what of the record counts for it.
pub(crate) struct RequiredAwards<'j> {
    rules: &'j RenewalRules,
    standing: Standing,
    /// What each requirement can depend on.
    cones: RefCell<BTreeMap<CredentialId, Cone>>,
}

impl<'j> RequiredAwards<'j> {
    /// `standing` is that of the same record, in the terms of the rules.
    pub(crate) fn new(rules: &'j RenewalRules, standing: Standing) -> Self {
        Self { rules, standing, cones: RefCell::default() }
    }

    /// Something of what a renewal requires can depend on; none if it requires nothing.
    fn asked<T>(&self, renewed: CredentialId, of: impl FnOnce(&Cone) -> T) -> Option<T> {
        let &required = self.rules.of.get(&renewed)?;
        let mut cones = self.cones.borrow_mut();
        Some(of(cones.entry(required).or_insert_with(|| self.cone(required))))
    }

    fn cone(&self, required: CredentialId) -> Cone {
        Cone::of(&self.rules.catalog, &self.standing.exceptions, [required])
    }

    /// The conditions and spans in what a renewal requires.
    fn tops(&self, renewed: CredentialId) -> Option<(&Network, Part)> {
        let network = &self.rules.catalog.network;
        Some((network, network.top(Rule::stack(*self.rules.of.get(&renewed)?))?))
    }

    /// Whether what renewing it requires is met by awards made after a day, if there is one; and the work of finding
    /// that out.
    fn are_there(
        &self,
        renewed: CredentialId,
        since: Option<Date>,
        date: Date,
        made: &[MadeAward],
    ) -> (bool, bool, u64) {
        let Some(&required) = self.rules.of.get(&renewed) else { return (true, false, 0) };
        let mut standing = self.standing.clone();
        let is_later = |day: Date| since.is_none_or(|since| since < day);
        standing.issued.retain(|award| award.awarded.is_some_and(is_later));
        let cone = self.cones.borrow_mut().entry(required).or_insert_with(|| self.cone(required)).clone();
        let scope = Scope::certain(date, &EvaluateOptions::default());
        let mut progress = Progress::run_within(&self.rules.catalog, &standing, scope, Some(&cone));
        for award in made.iter().filter(|award| is_later(award.date)) {
            let origin = Origin::Issued(award.number);
            progress.receive(Evidence::new(
                &self.rules.catalog,
                award.credential,
                award.date,
                Grade::Sufficient,
                origin,
            ));
        }
        progress.settle();
        let work = 1 + progress.touched() + (self.rules.catalog.network.len() + self.rules.catalog.len()) as u64 / 32;
        (progress.rule_is_met(Rule::stack(required)), !progress.undecided.is_empty(), work)
    }
}

/// An award that a job brings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeAward {
    pub(crate) credential: CredentialId,
    pub(crate) number: AwardId,
    pub(crate) date: Date,
}

/// The award that a renewal would renew on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Renewable {
    pub(crate) awarded: Option<Date>,
    /// The first day of its window, if it has one.
    pub(crate) opens: Option<Date>,
    /// Whether another award was it besides, which is not of the record.
    pub(crate) by_another: bool,
}

/// Of the current awards of just the id, the one that lasts longest, of equals the latest.
pub(crate) fn renewable(progress: &Progress<'_>, credential: CredentialId) -> Option<Renewable> {
    let own = |admitted: &&Admitted| {
        let evidence = &admitted.evidence;
        admitted.current && evidence.is_issued() && !evidence.is_substituted() && evidence.is_award_of(credential)
    };
    let lasting = |award: &&Evidence| (award.until.is_none(), award.until, award.awarded);
    let own = progress.evidence.iter().filter(own).map(|admitted| &admitted.evidence);
    let award = own.max_by_key(lasting)?;
    let window = progress.catalog.at(credential).renewal.and_then(|renewal| renewal.window);
    Some(Renewable {
        awarded: award.awarded,
        opens: window.zip(award.until).map(|(window, last)| last.before(window)),
        by_another: award.renewal().is_some(),
    })
}

/// What the judge asks of renewals.
pub(crate) struct RenewalJudge<'j> {
    catalog: &'j Catalog,
    required: Option<RequiredAwards<'j>>,
}

/// Whether something can be renewed.
pub(crate) struct RenewalVerdict {
    pub(crate) is_possible: bool,
    pub(crate) is_undecided: bool,
    pub(crate) work: u64,
}

impl<'j> RenewalJudge<'j> {
    pub(crate) fn new(catalog: &'j Catalog, required: Option<RequiredAwards<'j>>) -> Self {
        Self { catalog, required }
    }

    /// The credentials that what a renewal requires can depend on.
    pub(crate) fn asked(&self, renewed: CredentialId) -> BTreeSet<CredentialId> {
        let known = self.catalog.len();
        let inside = |cone: &Cone| {
            let inside = cone.credentials.entries().take(known).filter(|&(_, &inside)| inside);
            inside.map(|(credential, _)| credential).collect()
        };
        self.required.as_ref().and_then(|required| required.asked(renewed, inside)).unwrap_or_default()
    }

    /// Whether what a renewal requires can depend on awards of a credential.
    pub(crate) fn asks(&self, renewed: CredentialId, credential: CredentialId) -> bool {
        let required = self.required.as_ref();
        required.and_then(|required| required.asked(renewed, |cone| cone.credentials[credential])).unwrap_or(false)
    }

    /// Whether renewing it requires anything.
    pub(crate) fn requires(&self, credential: CredentialId) -> bool {
        self.required.as_ref().is_some_and(|required| required.rules.of.contains_key(&credential))
    }

    /// The conditions on awards, and the spans, in what renewing it requires.
    pub(crate) fn conditions(&self, credential: CredentialId) -> (Vec<&Conditions>, Vec<Period>) {
        let tops = self.required.as_ref().and_then(|required| required.tops(credential));
        let Some((network, top)) = tops else { return (Vec::new(), Vec::new()) };
        let leaves = network.leaves_below(top).into_iter();
        let conditions = leaves.map(|leaf| &network.conditions[network.leaf(leaf).conditions]).collect();
        let groups = match top {
            Part::Group(_) => network.groups_below(top),
            Part::Leaf(_) => Vec::new(),
        };
        (conditions, groups.into_iter().filter_map(|group| network.extras(group).span).collect())
    }

    /// The credentials of which it asks how old awards are.
    pub(crate) fn aged(&self, credential: CredentialId) -> Vec<CredentialId> {
        let tops = self.required.as_ref().and_then(|required| required.tops(credential));
        tops.map(|(network, top)| aged(network, top)).unwrap_or_default()
    }

    /// Whether the credential can be renewed on the day of the evaluator, with these awards beside those of the record;
    /// if some of them are supposed, whether it could be if they were made when it suits.
    pub(crate) fn verdict(
        &self,
        progress: &Progress<'_>,
        credential: CredentialId,
        made: &[MadeAward],
        supposed: bool,
    ) -> RenewalVerdict {
        let date = progress.date();
        let is_open = |award: &Renewable| supposed || award.opens.is_none_or(|day| day <= date);
        let Some(award) = renewable(progress, credential).filter(is_open) else {
            return RenewalVerdict { is_possible: false, is_undecided: false, work: 1 };
        };
        let Some(required) = self.required.as_ref().filter(|_| self.requires(credential)) else {
            return RenewalVerdict { is_possible: true, is_undecided: false, work: 1 };
        };
        let since = award.awarded.filter(|_| !supposed);
        let (met, open, work) = required.are_there(credential, since, date, made);
        // What is renewed besides may be the one that lasts longest only because of the order of the steps.
        let is_undecided = !met && (open || award.by_another);
        RenewalVerdict { is_possible: met, is_undecided, work }
    }
}

/// The credentials that leaves below a part name where how old awards are matters: under a `within`, or in a span.
pub(crate) fn aged(network: &Network, top: Part) -> Vec<CredentialId> {
    let groups = match top {
        Part::Group(_) => network.groups_below(top),
        Part::Leaf(_) => Vec::new(),
    };
    let spans = groups.into_iter().filter(|&group| network.extras(group).span.is_some());
    let spanned: BTreeSet<LeafId> = spans.flat_map(|group| network.leaves_below(Part::Group(group))).collect();
    let ages =
        |&leaf: &LeafId| network.conditions[network.leaf(leaf).conditions].are_outgrown() || spanned.contains(&leaf);
    network.leaves_below(top).into_iter().filter(ages).map(|leaf| network.leaf(leaf).credential).collect()
}
