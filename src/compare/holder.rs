//! A learner who holds what they like, as the evaluator of one version sees them.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::evidence::{AwardId, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::plan::question::learner::Awards;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// Evaluations begin here: nothing is held, and what is qualified for counts.
pub(crate) struct BlankLearner<'c> {
    pub(crate) progress: Progress<'c>,
}

impl<'c> BlankLearner<'c> {
    pub(crate) fn new(catalog: &'c Catalog, date: Date) -> Self {
        // A rule that asks when something was awarded is met by those who have it from then.
        let scope = Scope { suiting: Some(Date::FIRST), ..Scope::certain(date, &EvaluateOptions::default()) };
        Self { progress: Progress::run(catalog, &Standing::default(), scope) }
    }

    /// With these awards, with a sufficient grade, made when rules ask for them to be.
    pub(crate) fn with(&self, awards: &[(CredentialId, u32)]) -> Progress<'c> {
        let mut progress = self.progress.clone();
        let mut number = AwardId::NONE;
        for &(credential, times) in awards {
            for _ in 0..times {
                number = number.before();
                progress.receive(progress.new_award(credential, Origin::Issued(number)));
            }
        }
        progress.settle();
        progress
    }

    /// A part of the awards that meets the requirements of a credential, as they all do, and of which nothing can be
    /// left out.
    pub(crate) fn reduced(&self, awards: &[(CredentialId, u32)], credential: CredentialId) -> Awards {
        let mut kept: Awards = awards.to_vec();
        for place in (0..kept.len()).rev() {
            let all = kept[place].1;
            // The least number of times that does.
            let (mut too_few, mut enough) = (None, all);
            while too_few.map_or(0, |few: u32| few + 1) < enough {
                let middle = too_few.map_or(0, |few| few + (enough - few) / 2);
                kept[place].1 = middle;
                if meets(&self.with(&kept), credential) == Met::Yes { enough = middle } else { too_few = Some(middle) }
            }
            kept[place].1 = enough;
        }
        kept.retain(|&(_, times)| times > 0);
        kept
    }
}

/// Whether awards do not meet the requirements in question.
pub(crate) type Refuses<'q> = dyn Fn(&[(CredentialId, u32)]) -> bool + 'q;

/// Awards to which others are added for as long as they are refused.
pub(crate) struct Growing {
    pub(crate) held: Awards,
    pub(crate) evaluations: u64,
    /// The number of evaluations that there may be.
    pub(crate) most: u64,
}

impl Growing {
    /// Adds each of the credentials with which the awards are still refused, many at once where that is possible.
    pub(crate) fn grow(&mut self, credentials: Vec<CredentialId>, refused: &Refuses<'_>) {
        let mut open = vec![credentials];
        while let Some(some) = open.pop() {
            let fresh: Vec<CredentialId> =
                some.into_iter().filter(|&credential| self.held.iter().all(|held| held.0 != credential)).collect();
            if fresh.is_empty() || self.evaluations >= self.most {
                continue;
            }
            let mut with = self.held.clone();
            with.extend(fresh.iter().map(|&credential| (credential, 1)));
            self.evaluations += 1;
            if refused(&with) {
                self.held = with;
            } else if fresh.len() > 1 {
                let (first, second) = fresh.split_at(fresh.len() / 2);
                open.extend([second.to_vec(), first.to_vec()]);
            }
        }
        self.held.sort_unstable();
    }
}

/// Whether all rules of the credential are met; those of one without rules are.
pub(crate) fn meets(progress: &Progress<'_>, credential: CredentialId) -> Met {
    let unmet = |rule| progress.catalog.network.top(rule).is_some() && !progress.rule_is_met(rule);
    if !Rule::all(credential).any(unmet) {
        Met::Yes
    } else if progress.undecided.is_empty() {
        Met::No
    } else {
        Met::Undecided
    }
}

/// A record as the evaluator sees it on a date, in the earned view.
pub(crate) fn evaluated<'c>(catalog: &'c Catalog, record: &LearnerRecord, as_of: Date) -> Progress<'c> {
    let options = EvaluateOptions::default();
    let standing = Standing::new(catalog, record, as_of, options.accepted());
    Progress::run(catalog, &standing, Scope::certain(as_of, &options))
}
