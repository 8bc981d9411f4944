//! The grades of what a gap names where an average is asked for: the lowest that will do, and the mean that the rest
//! must reach ([semantics 2.7](crate::semantics#2.7)).

use std::cmp::Reverse;

use crate::audit::gap::{Gaps, Grant, Way};
use crate::catalog::catalog::Header;
use crate::catalog::network::Part;
use crate::evaluate::averages::Worth;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::Met;
use crate::evaluate::usable::Usable;
use crate::value::ids::Id;
use crate::value::points::GradePoints;

/// A hundredth of a point: where grades are numbers, they are told no finer than that.
const HUNDREDTH: i64 = 10_000;
/// Hundredths of a point above which no grade is tried.
const HIGHEST: i64 = 100_000_000_000;

impl Gaps<'_, '_> {
    /// The grants with the lowest grades that do, all being worth about the same, in place of the best ones.
    pub(crate) fn graded(&mut self, way: Way, part: Part) -> Way {
        if !way.grants.iter().any(|grant| grant.graded) {
            return way;
        }
        let header = &self.catalog.header;
        let mut points: Vec<i64> = header.grade_points.values().map(|points| points.millionths()).collect();
        points.sort_unstable();
        points.dedup();
        let with = |points: i64| -> Vec<Grant> {
            let list = way.grants.iter();
            list.map(|grant| graded(header, grant, GradePoints::from_millionths(points))).collect()
        };
        let worth = if points.is_empty() {
            let mut high = 100;
            while high < HIGHEST && !self.satisfies(&with(high * HUNDREDTH), part) {
                high *= 2;
            }
            HUNDREDTH * lowest(0, high, |points| self.satisfies(&with(points * HUNDREDTH), part))
        } else {
            let last = i64::try_from(points.len() - 1).unwrap_or(0);
            let at = |place: i64| usize::try_from(place).ok().and_then(|place| points.get(place).copied()).unwrap_or(0);
            at(lowest(0, last, |place| self.satisfies(&with(at(place)), part)))
        };
        Way { grants: with(worth), ..way }
    }

    /// The mean of points that what is granted has to reach, if the part asks for one.
    pub(crate) fn mean(&mut self, part: Part, grants: &[Grant]) -> Option<GradePoints> {
        let Part::Group(group) = part else { return None };
        let asked = self.catalog.network.extras(group).average?;
        let there = EvidenceId::at(self.progress().evidence.len());
        let progress = self.with(grants);
        let usable = Usable::new(&progress);
        // Without an end to points, that of the best grade that was named is high enough.
        let grades = grants.iter().filter_map(|grant| grant.grade);
        let named = grades.filter_map(|grade| self.catalog.header.points(grade)).max();
        let highest = named.max(self.catalog.header.most_points()).unwrap_or(asked).millionths();
        let enough = |points: i64| {
            usable.counting(part, EvidenceId::END, false, |counting| {
                counting.worth = Some(Worth { from: there, points: GradePoints::from_millionths(points) });
                counting.outcome(group).met == Met::Yes
            })
        };
        enough(highest).then(|| GradePoints::from_millionths(lowest(0, highest, enough)))
    }
}

/// The lowest number that is enough, given that the highest is.
fn lowest(mut low: i64, mut high: i64, mut enough: impl FnMut(i64) -> bool) -> i64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if enough(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// A grant whose grade is worth so many points, or else the most that there are: the lowest of the catalog's grades, or
/// the number itself, but no lower than is asked for anyway.
fn graded(header: &Header, grant: &Grant, least: GradePoints) -> Grant {
    if !grant.graded {
        return grant.clone();
    }
    let grade = if header.grades.is_empty() {
        Some(grant.grade.map_or(least.millionths(), |asked| asked.max(least.millionths())))
    } else {
        let worth = worth(header, grant.grade);
        let enough = worth.iter().copied().filter(|&(points, _)| points >= least).min();
        enough.map(|(_, grade)| grade).or_else(|| best_of(&worth)).or(grant.grade)
    };
    Grant { grade, graded: false, ..grant.clone() }
}

/// The grade with the most points that meets a condition.
pub(crate) fn best_grade(header: &Header, asked: Option<i64>) -> Grade {
    if header.grades.is_empty() {
        return Grade::Sufficient;
    }
    best_of(&worth(header, asked)).or(asked).map_or(Grade::None, Grade::Value)
}

/// The points of the grades that are as good as is asked for.
fn worth(header: &Header, asked: Option<i64>) -> Vec<(GradePoints, i64)> {
    let grades = (0_i64..).take(header.grades.len()).filter(|&grade| grade >= asked.unwrap_or(0));
    grades.filter_map(|grade| Some((header.points(grade)?, grade))).collect()
}

fn best_of(worth: &[(GradePoints, i64)]) -> Option<i64> {
    worth.iter().copied().max_by_key(|&(points, grade)| (points, Reverse(grade))).map(|(_, grade)| grade)
}
