//! New words in catalogs.

use super::super::generate::{GRADES, LEAF_POOL, SUM_POOL};
use super::super::model::*;
use super::{Loom, is_leaf};

impl Loom {
    /// A stack for some other conferred credential, in place of what it was.
    pub(super) fn set_stack(&mut self, named: Id, rule: Rule) {
        let fits = |id: &Id| *id != named && self.catalog.credentials[id].stack.is_some();
        let conferred: Vec<Id> = self.ids().into_iter().filter(fits).collect();
        if !conferred.is_empty() {
            let owner = self.drawing.pick(&conferred);
            self.catalog.credentials.get_mut(owner).unwrap().stack = Some(rule);
        }
    }

    /// 2.2: a count over few credentials, that are equivalent, count as each other or are repeatable.
    pub(super) fn contest_members(&mut self) {
        let (one, other, third) = (self.an_id(), self.an_id(), self.an_id());
        let need = self.drawing.pick(&[2, 2, 3]);
        let mut parts = vec![leaf(one), leaf(other)];
        if self.drawing.chance(60) {
            parts.push(leaf(third));
        }
        let kept = self.drawing.chance(40);
        let fits = |part: &Part| matches!(part, Part::Group { kind: Kind::AllOf | Kind::AnyOf | Kind::AtLeast(_), .. });
        self.change_part(&fits, &mut |part| {
            if let Part::Group { kind, members, .. } = part {
                *kind = Kind::AtLeast(need);
                match members {
                    Members::List(old) if kept => old.extend(parts.clone()),
                    _ => *members = Members::List(parts.clone()),
                }
            }
        });
        let how = self.drawing.below(4);
        if one == other {
            return;
        }
        match how {
            0 => self.catalog.equivalent = vec![vec![one.min(other), one.max(other)]],
            1 => self.catalog.credentials.get_mut(one).unwrap().repeatable = true,
            2 => self.catalog.credentials.get_mut(one).unwrap().counts_as = vec![other],
            _ => {}
        }
    }

    /// 2: the members of a pool or filter in a list.
    pub(super) fn put_pool_in_list(&mut self) {
        let filter = self.a_filter();
        let of_sums = self.drawing.chance(50);
        let as_filter = self.catalog.pools.is_empty() || self.drawing.chance(50);
        let alone = self.drawing.chance(30);
        let mut put = |part: &mut Part| {
            if let Part::Group { kind, members: Members::List(parts), .. } = part {
                let sum = matches!(kind, Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_));
                let pool = if sum && of_sums { SUM_POOL } else { LEAF_POOL };
                if alone {
                    parts.clear();
                }
                let members = if as_filter { Members::Filter(filter.clone()) } else { Members::Pool(pool) };
                parts.push(each(members));
            }
        };
        // Not in pools: they would be cyclic.
        let pools = std::mem::take(&mut self.catalog.pools);
        let fits = |part: &Part| matches!(part, Part::Group { members: Members::List(_), .. });
        self.change_part(&fits, &mut put);
        self.catalog.pools = pools;
    }

    fn a_filter(&mut self) -> Filter {
        let none = Filter::default;
        match self.drawing.below(4) {
            0 | 1 => Filter { tags: Some(vec![self.drawing.pick(&["t", "u"])]), ..none() },
            2 => Filter { kind: Some(self.drawing.pick(&["Course", "MicroCredential", "Certificate"])), ..none() },
            _ => Filter { level: Some((Some(2), None)), ..none() },
        }
    }

    /// 2: `except`, `credits`, `without_tags`, of a new filter that is all of a stack, or of one that is there. Often
    /// what it leaves out has an award.
    pub(super) fn narrow_filter(&mut self) {
        let one = self.an_id();
        let c = self.catalog.credentials.get_mut(one).unwrap();
        let tag = c.tags.first().copied().unwrap_or("t");
        c.tags = vec![tag];
        let credits = c.credits;
        let mut filter = Filter { tags: Some(vec![tag]), ..Filter::default() };
        match self.drawing.below(6) {
            0 => filter.except = Some(Except::Ids(vec![one])),
            1 => filter.except = Some(Except::Filter(Box::new(self.a_filter()))),
            2 => filter.credits = Some((Some(credits + self.drawing.pick(&[0, 50])), None)),
            3 => filter.credits = Some((None, Some((credits - self.drawing.pick(&[50, 0])).max(0)))),
            _ => {
                let other = if tag == "t" { "u" } else { "t" };
                self.catalog.credentials.get_mut(one).unwrap().tags = vec!["t", "u"];
                filter.without_tags = Some(vec![other]);
            }
        }
        if self.drawing.chance(60) {
            let need = self.drawing.pick(&[1, 1, 2]);
            self.set_stack(one, group_from(Kind::AtLeast(need), Members::Filter(filter)));
            return;
        }
        let can = |kind: &Kind| matches!(kind, Kind::AtLeast(_) | Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_));
        self.change_part(&|part| matches!(part, Part::Group { kind, .. } if can(kind)), &mut |part| {
            if let Part::Group { members, .. } = part {
                *members = Members::Filter(filter.clone());
            }
        });
    }

    /// 8.1: beside a leaf, or in its place, the same under a condition that not every award meets.
    pub(super) fn repeat_with_condition(&mut self) {
        for _ in 0..2 {
            let grade = self.a_grade();
            let (which, place) = (self.drawing.below(5), self.drawing.below(3));
            let none = Conditions::default;
            let under_condition = |id: Id| match which {
                0 => leaf_if(id, Conditions { grade: Some(grade), ..none() }),
                1 => leaf_if(id, Conditions { issuer: Some(vec!["x"]), ..none() }),
                2 => leaf_if(id, Conditions { within: Some(years(1)), ..none() }),
                3 => leaf_if(id, Conditions { lapsed: true, ..none() }),
                _ => group(Kind::Credits(100), vec![leaf(id)]),
            };
            let fits = |part: &Part| match part {
                Part::Group { kind: Kind::AllOf | Kind::AnyOf, members: Members::List(parts), .. } => {
                    parts.iter().any(is_leaf)
                }
                _ => false,
            };
            self.change_part(&fits, &mut |part| {
                if let Part::Group { members: Members::List(parts), .. } = part {
                    let named: Vec<Id> = parts.iter().filter_map(leaf_id).collect();
                    let again = under_condition(named[place % named.len()]);
                    parts.insert(place.min(parts.len()), again);
                }
            });
        }
    }

    /// 1.2: an award from the end of a long month, valid for months; often looked at on the day that is in question.
    pub(super) fn begin_at_month_ends(&mut self) {
        let id = self.an_id();
        let (day, period) = self.drawing.pick(&[
            (date(2026, 1, 31), months(1)),
            (date(2025, 12, 31), months(2)),
            (date(2024, 2, 29), years(2)),
            (date(2026, 1, 30), months(1)),
        ]);
        let c = self.catalog.credentials.get_mut(id).unwrap();
        c.valid_for = ValidFor::Period(period);
        for a in self.record.awards.iter_mut().filter(|a| a.credential == id && a.awarded.is_some()) {
            (a.awarded, a.valid_until) = (Some(day), None);
        }
        if self.drawing.chance(60) {
            (self.as_of, self.day_matters) = (day.plus(period), true);
        }
    }

    fn an_end(&mut self) -> To {
        self.drawing.pick(&[To::MonthEnd, To::Day(3, 1), To::QuarterEnd, To::Day(2, 28), To::Day(3, 15), To::YearEnd])
    }

    /// 1.2: a validity, or a condition, that goes on to some end; often looked at on that day, or about then.
    pub(super) fn take_to_an_end(&mut self) {
        let period = self.drawing.pick(&[months(1), weeks(2), days(7), months(2), days(28), years(1)]);
        let term = to(self.an_end(), period);
        let there = self.an_award_of_a_leaf();
        let id = there.map_or("a", |(id, _)| id);
        if self.drawing.chance(50) {
            self.catalog.credentials.get_mut(id).unwrap().valid_for = ValidFor::Period(term);
            self.record.awards.iter_mut().filter(|a| a.credential == id).for_each(|a| a.valid_until = None);
        } else {
            if self.drawing.chance(40) {
                self.set_stack(id, leaf_if(id, Conditions { within: Some(term), ..Conditions::default() }));
            }
            self.change_conditions(there.map(|(id, _)| id), &mut |c| match &mut c.held_for {
                Some(period) => *period = Period { to: term.to, ..*period },
                None => c.within = Some(term),
            });
        }
        if let (Some((_, day)), true) = (there, self.drawing.chance(50)) {
            let end = day.end_of(term, true);
            let about = [end, end.next(), day.plus(period).next(), day.plus(period)];
            (self.as_of, self.day_matters) = (self.drawing.pick(&about), true);
        }
    }

    /// 2.5: often just the day of an award, or the day before.
    pub(super) fn ask_for_until(&mut self) {
        for _ in 0..2 {
            let there = self.an_award_of_a_leaf();
            let day = match there {
                Some((_, day)) if self.drawing.chance(50) => day,
                Some((_, day)) => day.previous(),
                None => self.a_day(),
            };
            self.change_conditions(there.map(|(id, _)| id), &mut |c| c.until = Some(day));
        }
    }

    /// 2.5: often just as long as since some award, or a day longer; written in weeks or months where that is as long.
    pub(super) fn ask_for_held_for(&mut self) {
        for _ in 0..2 {
            let there = self.an_award_of_a_leaf();
            let usual = self.drawing.pick(&[days(1), days(2), weeks(1), weeks(2), months(1), years(1)]);
            let mut period = usual;
            if let (Some((_, day)), true) = (there, self.drawing.chance(60)) {
                let longer = self.drawing.below(2) as u32;
                let since = (0..800).find(|n| day.plus_days(*n) >= self.as_of).unwrap_or(0) + longer;
                let all = [months(1), weeks(1), weeks(2), weeks(4), years(1), years(2), months(2)];
                let fits = |p: &Period| day.plus(*p) == self.as_of.plus_days(longer);
                period = all.into_iter().find(fits).unwrap_or(days(since.max(1)));
            }
            self.change_conditions(there.map(|(id, _)| id), &mut |c| c.held_for = Some(period));
        }
    }

    pub(super) fn a_grade(&mut self) -> Grade {
        let i = self.drawing.pick(&[2, 3, 1, 4]);
        match self.catalog.grades {
            Some(_) => Grade::Text(GRADES[i]),
            None => Grade::Number([0, 1000, 2050, 3000, 4000][i]),
        }
    }

    /// 2.5: a grade on a group, with a conferred credential below.
    pub(super) fn grade_a_group(&mut self) {
        let grade = self.a_grade();
        let ids = self.ids();
        let conferred: Vec<Id> =
            ids.iter().copied().filter(|id| self.catalog.credentials[id].stack.is_some()).collect();
        let id = if conferred.is_empty() { self.an_id() } else { self.drawing.pick(&conferred) };
        if !conferred.is_empty() && self.drawing.chance(50) {
            let day = self.a_day();
            self.record.awards.push(award(id, day));
        }
        if self.drawing.chance(40) {
            let rule = group(Kind::AnyOf, vec![leaf(id)]);
            self.set_stack(id, under(Conditions { grade: Some(grade), ..Conditions::default() }, rule));
        }
        let fits = |part: &Part| matches!(part, Part::Group { members: Members::List(_), .. });
        self.change_part(&fits, &mut |part| {
            if let Part::Group { members: Members::List(parts), conditions, .. } = part {
                conditions.grade = Some(grade);
                match parts.iter_mut().find(|part| is_leaf(part)) {
                    Some(Part::Credential { id: named, .. }) => *named = id,
                    _ => parts.push(leaf(id)),
                }
            }
        });
    }

    /// 2.5: an issuer is asked for where nobody is the issuer.
    pub(super) fn leave_issuer_open(&mut self) {
        let list = self.drawing.pick(&[["x", "x"], ["y", "y"], ["x", "y"]]);
        let mut list = list.to_vec();
        list.dedup();
        let mut named = None;
        self.change_part(&is_leaf, &mut |part| {
            if let Part::Credential { id, conditions } = part {
                conditions.issuer = Some(list.clone());
                named = Some(*id);
            }
        });
        if let Some(id) = named {
            self.catalog.credentials.get_mut(id).unwrap().issuer = None;
            // The awards that are there may be of no known issuer, too.
            if self.drawing.chance(50) {
                self.record.awards.iter_mut().filter(|a| a.credential == id).for_each(|a| a.issuer = None);
            }
        }
    }

    /// 2.7: of a count of leaves, or of a sum of credits; most awards have grades.
    pub(super) fn ask_for_average(&mut self) {
        let numeric = self.catalog.grades.is_none();
        if !numeric {
            let points = [("A", 400), ("B", 300), ("C", 200), ("D", 100)];
            self.catalog.grade_points = points.into_iter().collect();
        }
        let average = if numeric {
            self.drawing.pick(&[2500, 2050, 3000, 1525, 3500])
        } else {
            self.drawing.pick(&[250, 300, 200, 350, 333, 267, 150])
        };
        let exact = self.drawing.chance(40);
        let need = self.drawing.pick(&[200, 300, 100, 250]);
        let is_sum = |kind: &Kind| matches!(kind, Kind::Credits(_) | Kind::Hours(_));
        let fits = |part: &Part| match part {
            Part::Group { kind: Kind::AtLeast(_), members: Members::List(parts), .. } => parts.iter().all(is_leaf),
            Part::Group { kind, .. } => is_sum(kind),
            Part::Credential { .. } => false,
        };
        for i in 0..self.record.awards.len() {
            if self.record.awards[i].grade.is_none() && self.drawing.chance(80) {
                self.record.awards[i].grade = Some(self.a_grade());
            }
        }
        let means = self.means();
        let average = if exact && !means.is_empty() { self.drawing.pick(&means) } else { average };
        if self.drawing.chance(50) {
            let some = [self.an_id(), self.an_id(), self.an_id()];
            let kind = if self.drawing.chance(50) { Kind::AtLeast(2) } else { Kind::Credits(need) };
            let parts = some.iter().map(|id| leaf(id)).collect();
            self.set_stack(some[0], averaging(average, group(kind, parts)));
            return;
        }
        self.change_part(&fits, &mut |part| {
            if let Part::Group { kind, average: asked, .. } = part {
                *asked = Some(average);
                if is_sum(kind) {
                    *kind = Kind::Credits(need);
                }
            }
        });
    }

    /// The mean points of every two awards, and of each.
    fn means(&self) -> Vec<Amount> {
        let points = |a: &Award| match a.grade {
            Some(Grade::Number(points)) => Some(points),
            Some(Grade::Text(word)) => self.catalog.grade_points.get(word).copied(),
            None => None,
        };
        let all: Vec<Amount> = self.record.awards.iter().filter_map(points).filter(|p| *p < 10_000).collect();
        all.iter().flat_map(|one| all.iter().map(move |other| (one + other) / 2)).collect()
    }
}

fn leaf_id(part: &Part) -> Option<Id> {
    match part {
        Part::Credential { id, .. } => Some(id),
        Part::Group { .. } => None,
    }
}
