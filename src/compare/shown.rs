//! A learner who shows a difference: a record, put to the evaluators of both versions, that says no more than it
//! has to.

use std::cell::Cell;

use crate::catalog::catalog::Catalog;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::plan::question::learner::Awards;
use crate::record::record::{Award, LearnerRecord};
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::points::GradePoints;

use crate::compare::holder::{evaluated, meets};
use crate::compare::versions::{CommonId, Versions};

/// An award of a credential of either version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CommonAward {
    pub(crate) credential: CommonId,
    /// What is recorded of it; the name of the credential is that of whichever version reads it.
    pub(crate) award: Award,
}

/// A learner of whom both evaluators say what is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownLearner {
    /// In order; none of them can be left out, as far as there was work to see to it.
    pub(crate) awards: Vec<CommonAward>,
    pub(crate) as_of: Date,
    /// Whether it is proven that no learner who holds good awards alone has fewer.
    pub(crate) is_smallest: bool,
}

impl ShownLearner {
    /// The learner as the evaluator of one version sees them.
    pub(crate) fn progress<'c>(&self, versions: &Versions<'c>, side: usize) -> Progress<'c> {
        progress(versions, side, &self.awards, self.as_of)
    }

    /// The credentials of one version of which they hold awards, each with how many.
    pub(crate) fn held(&self, versions: &Versions<'_>, side: usize) -> Awards {
        let mut held = Awards::new();
        let own = self.awards.iter().filter_map(|award| versions.pairs[award.credential][side]);
        for own in own {
            match held.last_mut() {
                Some((last, times)) if *last == own => *times += 1,
                _ => held.push((own, 1)),
            }
        }
        held
    }
}

fn progress<'c>(versions: &Versions<'c>, side: usize, awards: &[CommonAward], as_of: Date) -> Progress<'c> {
    let named = |held: &CommonAward| {
        let mut award = held.award.clone();
        versions.name_for(side, held.credential).clone_into(&mut award.credential);
        award
    };
    let record = LearnerRecord { awards: awards.iter().map(named).collect(), ..LearnerRecord::default() };
    evaluated(versions.catalogs[side], &record, as_of)
}

/// The question whether a record shows that the requirements of a credential are met on side `from`, and not on the
/// other.
pub(crate) struct RecordTrial<'q, 'c> {
    pub(crate) versions: &'q Versions<'c>,
    pub(crate) from: usize,
    pub(crate) pair: [CredentialId; 2],
    pub(crate) as_of: Date,
    /// The number of evaluations that there may still be.
    pub(crate) left: Cell<u64>,
}

/// A change of an award by which it says less.
type Plainer = fn(&mut Award, Date);

/// What may be recorded of an award, each field with nothing in its place, or the day on which the learner is looked
/// at.
const FIELDS: [Plainer; 6] = [
    |award, _| award.credits = None,
    |award, _| award.hours = None,
    |award, _| award.valid_until = None,
    |award, _| award.issuer = None,
    |award, _| award.grade = None,
    |award, day| award.awarded = Some(day),
];

impl RecordTrial<'_, '_> {
    /// Whether it does; `false` as well if there is no work left to see.
    fn shows(&self, awards: &[CommonAward]) -> bool {
        let Some(left) = self.left.get().checked_sub(2) else { return false };
        self.left.set(left);
        let met = |side: usize| meets(&progress(self.versions, side, awards, self.as_of), self.pair[side]);
        met(self.from) == Met::Yes && met(1 - self.from) == Met::No
    }

    /// The learner, if these awards show it, with nothing recorded that is of no matter.
    pub(crate) fn shown(&self, awards: Vec<CommonAward>, is_smallest: bool) -> Option<ShownLearner> {
        let mut plain = awards.clone();
        for plainer in FIELDS {
            self.make_plainer(&mut plain, plainer);
        }
        let is_plain = self.shows(&plain);
        let mut awards = if is_plain { plain } else { awards };
        if !is_plain && !self.shows(&awards) {
            return None;
        }
        if !is_smallest {
            self.reduce(&mut awards);
        }
        for plainer in FIELDS.into_iter().filter(|_| !is_plain) {
            self.weaken(&mut awards, plainer);
        }
        self.align(&mut awards, |award, like| award.grade = award.grade.as_ref().and(like.grade.clone()));
        self.align(&mut awards, |award, like| award.awarded = like.awarded);
        awards.sort_unstable();
        Some(ShownLearner { awards, as_of: self.as_of, is_smallest })
    }

    /// The learner who has so many awards of these credentials, by the numbers of side `from`: good ones of the day.
    pub(crate) fn shown_by_good_awards(&self, held: &Awards, is_smallest: bool) -> Option<ShownLearner> {
        let graded = |side: usize| {
            let grade = best_grade(self.versions.catalogs[side]);
            let award = |&(own, times): &(CredentialId, u32)| {
                let credential = self.versions.common[self.from][own];
                let award = Award { grade: grade.clone(), ..Award::new("").on(self.as_of) };
                std::iter::repeat_n(CommonAward { credential, award }, times as usize)
            };
            held.iter().flat_map(award).collect::<Vec<CommonAward>>()
        };
        let own = graded(self.from);
        let other = graded(1 - self.from);
        let differ = own != other;
        self.shown(own, is_smallest).or_else(|| self.shown(other, is_smallest).filter(|_| differ))
    }

    fn make_plainer(&self, awards: &mut [CommonAward], plainer: Plainer) {
        for held in awards {
            plainer(&mut held.award, self.as_of);
        }
    }

    /// Changes all awards, if they still show it; else each that can do with less.
    fn weaken(&self, awards: &mut Vec<CommonAward>, plainer: Plainer) {
        let mut weaker = awards.clone();
        self.make_plainer(&mut weaker, plainer);
        if weaker == *awards || self.shows(&weaker) {
            *awards = weaker;
            return;
        }
        for place in 0..awards.len() {
            let before = awards[place].clone();
            plainer(&mut awards[place].award, self.as_of);
            if awards[place] != before && !self.shows(awards) {
                awards[place] = before;
            }
        }
    }

    /// Makes all awards like one of them, if they still show it.
    fn align(&self, awards: &mut Vec<CommonAward>, set: fn(&mut Award, &Award)) {
        for place in 0..awards.len() {
            let mut alike = awards.clone();
            for held in &mut alike {
                set(&mut held.award, &awards[place].award);
            }
            if alike == *awards {
                return;
            }
            if self.shows(&alike) {
                *awards = alike;
                return;
            }
        }
    }

    /// Leaves out each award that can be.
    fn reduce(&self, awards: &mut Vec<CommonAward>) {
        for place in (0..awards.len()).rev() {
            let left_out = awards.remove(place);
            if !self.shows(awards) {
                awards.insert(place, left_out);
            }
        }
    }
}

/// The best grade that a catalog knows.
pub(crate) fn best_grade(catalog: &Catalog) -> Option<String> {
    let highest = || {
        let grades = catalog.network.conditions.iter().filter_map(|conditions| conditions.grade);
        let averages = catalog.network.averages().map(|average: GradePoints| average.millionths());
        grades.chain(averages).max().map(|grade| catalog.grade_name(grade))
    };
    catalog.header().grades.last().cloned().or_else(highest)
}

/// Whether good awards of the day are as good as a search of them takes them to be: whether a record of them says all
/// that it supposes, whatever is asked of their day, and of who made them, and however grades are written.
pub(crate) fn are_as_supposed(catalogs: [&Catalog; 2], as_of: Date) -> bool {
    let is_so = |catalog: &Catalog| {
        let conditions = &catalog.network.conditions;
        let in_time = conditions.iter().all(|asked| asked.are_met_in_time(Some(as_of), as_of));
        let by_any = conditions.iter().all(|asked| asked.issuers.is_none());
        in_time && (by_any || catalog.credentials().all(|(_, described)| described.issuer.is_some()))
    };
    catalogs[0].header().grades == catalogs[1].header().grades && catalogs.into_iter().all(is_so)
}
