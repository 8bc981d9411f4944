//! What is implied (semantics 8.1), judged by records: a part is implied only if every record that meets the rest
//! meets it. So a record that meets the rest and not the part shows that it is not; here such records are searched
//! for, among random ones and all that hold a few credentials well.
//!
//! # Choices
//!
//! 1. "Every record" holds any awards, also of credentials whose prerequisites are not held (3.5): [`Records::Any`].
//!    With [`Records::Earned`], in which awards come one after the other as the rules of the catalog ask for it, more
//!    is implied: what is a prerequisite of another part, for one.
//! 2. Records hold awards alone: with waivers and substitutions nothing would ever be implied.
//! 3. The rest, for a part of a choice or of an `all_of`, is all that has to be met beside it: in the groups around it
//!    of which all parts are needed, and in the other rules of the credential.

use super::check::{Shape, Which, Written, blank, list, the_day};
use super::drawing::Drawing;
use super::evaluate::{Rules, World};
use super::model::*;
use std::collections::BTreeSet;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    Any,
    Earned,
}

/// A record, and the day on which it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub record: Record,
    pub as_of: Date,
}

/// Which parts of a catalog, numbered as in [`super::check::Facts`], are met by which records.
pub struct Implied {
    pub shown: Vec<Shown>,
    met: Vec<Vec<bool>>,
    /// Owner, rule, line in the rule, group around it, direct parts, and whether all of those are needed.
    pub parts: Vec<Seen>,
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub owner: Id,
    pub which: Which,
    pub line: usize,
    pub parent: Option<usize>,
    pub parts: Vec<usize>,
    all_needed: bool,
    pub leaf: Option<Id>,
}

impl Implied {
    /// Whether the records of which everything is said by the credentials that there are awards of show all that any
    /// record does: few credentials, on which nothing is asked but that there is an award.
    pub fn says_all(catalog: &Catalog) -> bool {
        let mut plain = catalog.credentials.len() <= 7;
        super::weave::each_part(&mut catalog.clone(), &mut |part| {
            let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
            plain &= *conditions == Conditions::default();
            if let Part::Group { kind, span, average, .. } = part {
                plain &= matches!(kind, Kind::AllOf | Kind::AnyOf | Kind::AtLeast(_) | Kind::Each);
                plain &= span.is_none() && average.is_none();
            }
        });
        let lasts = |c: &Credential| !c.repeatable && !matches!(c.valid_for, ValidFor::Period(_));
        plain && catalog.credentials.values().all(lasts)
    }

    /// Tries so many random records beside the systematic ones.
    pub fn of(catalog: &Catalog, as_of: Option<Date>, kind: Records, numbers: &mut Drawing, tries: usize) -> Implied {
        let day = the_day(catalog, as_of);
        let mut shown: Vec<Shown> = systematic(catalog, day, kind);
        let values = Values::of(catalog, day);
        for _ in 0..tries {
            shown.push(random(catalog, &values, as_of, kind, numbers));
        }
        let none = Record::default();
        let rules = Rules::new(catalog, &none);
        let listed = listed(catalog, &rules);
        let mut met = vec![Vec::new(); listed.len()];
        for Shown { record, as_of } in &shown {
            let world = Rules::new(catalog, record).held_set(*as_of);
            for (part, written) in listed.iter().enumerate() {
                met[part].push(rules.part_met(&world, written.requirement, &written.above));
            }
        }
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        let seen = |w: &Written| Seen {
            owner: ids[w.facts.owner],
            which: w.facts.which,
            line: w.facts.line,
            parent: w.facts.parent,
            parts: w.facts.parts.clone(),
            all_needed: matches!(w.facts.shape, Shape::Counts { need, of, listed: true, .. } if need == of),
            leaf: match w.facts.shape {
                Shape::Leaf(i) => Some(ids[i]),
                _ => None,
            },
        };
        Implied { parts: listed.iter().map(seen).collect(), shown, met }
    }

    /// A record that meets all of these, and not the part.
    pub fn shows_not(&self, rest: &[usize], part: usize) -> Option<&Shown> {
        let is_one = |i: &usize| !self.met[part][*i] && rest.iter().all(|other| self.met[*other][*i]);
        (0..self.shown.len()).find(is_one).map(|i| &self.shown[i])
    }

    /// Whether no record that is shown meets all of these and not the part.
    pub fn follows(&self, part: usize, rest: &[usize]) -> bool {
        self.shows_not(rest, part).is_none()
    }

    /// Whether an option of a choice is met by whoever meets all that is asked beside it, if anything is.
    pub fn is_met_anyway(&self, option: usize) -> bool {
        let rest = self.rest(self.parts[option].parent.expect("an option of a choice"));
        !rest.is_empty() && self.follows(option, &rest)
    }

    /// All that has to be met beside a part.
    pub fn rest(&self, part: usize) -> Vec<usize> {
        let owner = self.parts[part].owner;
        let mut rest = Vec::new();
        let (mut inner, mut around) = (part, self.parts[part].parent);
        while let Some(group) = around {
            if self.parts[group].all_needed {
                rest.extend(self.parts[group].parts.iter().copied().filter(|other| *other != inner));
            }
            (inner, around) = (group, self.parts[group].parent);
        }
        let others = (0..self.parts.len()).filter(|p| self.parts[*p].owner == owner && self.parts[*p].parent.is_none());
        rest.extend(others.filter(|p| *p != inner));
        rest
    }

    /// That these parts, each in an `all_of` or a rule by itself, can all be left out: a record that shows they cannot.
    pub fn not_redundant(&self, parts: &BTreeSet<usize>) -> Option<&Shown> {
        parts.iter().find_map(|part| {
            let rest: Vec<usize> = self.rest(*part).into_iter().filter(|other| !parts.contains(other)).collect();
            self.shows_not(&rest, *part)
        })
    }

    /// That an option of a choice has to be met anyway: a record that shows it has not.
    pub fn no_false_choice(&self, option: usize) -> Option<&Shown> {
        let group = self.parts[option].parent.expect("an option of a choice");
        self.shows_not(&self.rest(group), option)
    }

    /// That whoever meets an option meets some other leaf of the same choice: records that show of each that it is not
    /// so.
    pub fn not_shadowed(&self, option: usize) -> Option<Vec<&Shown>> {
        let group = self.parts[option].parent.expect("an option of a choice");
        let siblings = self.parts[group].parts.iter().copied().filter(|other| *other != option);
        siblings.filter(|other| self.parts[*other].leaf.is_some()).map(|o| self.shows_not(&[option], o)).collect()
    }

    /// The part on a line, counted from that of its rule; a group rather than what it begins with.
    pub fn part_at(&self, owner: &str, which: Which, line: usize) -> Option<usize> {
        let is_it = |p: &Seen| p.owner == owner && p.which == which && p.line == line;
        self.parts.iter().position(is_it)
    }
}

fn listed<'r>(catalog: &Catalog, rules: &'r Rules) -> Vec<Written<'r>> {
    let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
    let index = |id: Id| ids.iter().position(|known| *known == id).unwrap();
    let mut listed = Vec::new();
    for (i, (id, c)) in catalog.credentials.iter().enumerate() {
        let written =
            [(Which::Prerequisite, &c.prerequisite, &rules.prerequisite), (Which::Stack, &c.stack, &rules.stack)];
        for (which, rule, requirements) in written {
            if let Some(rule) = rule {
                list(rule, &requirements[id], &[], blank(i, which, 0, None), &index, &mut listed);
            }
        }
    }
    listed
}

/// Days, words and amounts that may matter.
pub(super) struct Values {
    pub(super) days: Vec<Date>,
    pub(super) grades: Vec<Option<Grade>>,
    pub(super) issuers: Vec<Option<Id>>,
    pub(super) amounts: Vec<Option<Amount>>,
}

impl Values {
    pub(super) fn of(catalog: &Catalog, day: Date) -> Values {
        let mut days = BTreeSet::from([day, day.previous(), date(2000, 1, 1)]);
        let (mut grades, mut issuers) = (vec![None], vec![None, Some("elsewhere")]);
        let mut amounts = vec![None, None, Some(0), Some(1_000_000)];
        let mut note = |part: &mut Part| {
            if let Part::Group { kind: Kind::Credits(x) | Kind::Hours(x) | Kind::UpTo(x), .. } = part {
                amounts.extend([*x, (*x - 1).max(0), *x / 2].map(Some));
            }
            let (Part::Credential { conditions: c, .. } | Part::Group { conditions: c, .. }) = part;
            for d in c.since.iter().chain(&c.until) {
                days.extend([d.previous(), *d, d.next()]);
            }
            let span = match part {
                Part::Group { span, .. } => *span,
                Part::Credential { .. } => None,
            };
            let (Part::Credential { conditions: c, .. } | Part::Group { conditions: c, .. }) = part;
            for p in c.within.iter().chain(&c.held_for).chain(&span) {
                days.extend(
                    (0..900)
                        .map(|n| day.minus_days(n))
                        .find(|d| d.plus(*p) <= day)
                        .into_iter()
                        .flat_map(|d| [d.previous(), d, d.next()]),
                );
            }
            grades.extend(c.grade.map(Some));
            issuers.extend(c.issuer.iter().flatten().map(|i| Some(*i)));
        };
        super::weave::each_part(&mut catalog.clone(), &mut note);
        issuers.extend(catalog.credentials.values().map(|c| c.issuer));
        match &catalog.grades {
            Some(words) => grades.extend(words.iter().map(|word| Some(Grade::Text(word)))),
            None => grades.extend([0, 100, 100_000].map(|g| Some(Grade::Number(g)))),
        }
        Values { amounts, days: days.into_iter().collect(), grades, issuers }
    }
}

/// The awards of a learner who does everything well: on the day, with the best grade.
pub(super) fn well(catalog: &Catalog, id: Id, day: Date) -> Award {
    let grade = match &catalog.grades {
        Some(words) => words.last().map(|word| Grade::Text(word)),
        None => Some(Grade::Number(100_000_000)),
    };
    Award { grade, ..award(id, day) }
}

/// Every set of credentials, or of many credentials all small ones and all but few.
fn systematic(catalog: &Catalog, day: Date, kind: Records) -> Vec<Shown> {
    let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
    let size = |set: u32| set.count_ones() as usize;
    let wanted = |set: &u32| ids.len() <= 7 || size(*set) <= 2 || size(*set) + 1 >= ids.len();
    let sets = (0..1 << ids.len()).filter(wanted);
    let chosen = |set: u32| ids.iter().enumerate().filter(move |(i, _)| set & 1 << i != 0).map(|(_, id)| *id);
    sets.filter_map(|set| {
        let awards: Vec<Award> = chosen(set).map(|id| well(catalog, id, day)).collect();
        let record = Record { awards, ..Record::default() };
        (kind == Records::Any || is_earned(catalog, &record)).then_some(Shown { record, as_of: day })
    })
    .collect()
}

/// Whether the awards can come one after the other, in the order of their dates, each when its rules are met.
fn is_earned(catalog: &Catalog, record: &Record) -> bool {
    let mut left: Vec<&Award> = record.awards.iter().collect();
    let mut there = Record::default();
    while !left.is_empty() {
        let next = left.iter().position(|a| {
            let rules = Rules::new(catalog, &there);
            a.awarded.is_some_and(|day| {
                let world: World = rules.issued(day, View::Earned, &[]);
                let c = &catalog.credentials[a.credential];
                let earlier = left.iter().all(|other| other.awarded >= a.awarded);
                earlier && rules.prerequisite_met(&world, c.id) && (c.stack.is_none() || rules.stack_met(&world, c.id))
            })
        });
        match next {
            Some(i) => there.awards.push(left.remove(i).clone()),
            None => return false,
        }
    }
    true
}

fn random(catalog: &Catalog, values: &Values, as_of: Option<Date>, kind: Records, numbers: &mut Drawing) -> Shown {
    let some = numbers.pick(&[30, 50, 70]);
    let mut awards = Vec::new();
    for id in catalog.credentials.keys() {
        while numbers.chance(some) && awards.len() < 12 {
            let plain = numbers.chance(30);
            let day = numbers.pick(&values.days);
            let mut a = if plain { well(catalog, id, day) } else { award(id, day) };
            if !plain {
                a.grade = numbers.pick(&values.grades);
                a.issuer = numbers.pick(&values.issuers);
                a.credits = numbers.pick(&values.amounts);
                a.hours = numbers.pick(&values.amounts);
                let ends = kind == Records::Any && numbers.chance(20);
                a.valid_until = ends.then(|| numbers.pick(&values.days));
                a.awarded = a.awarded.filter(|_| kind == Records::Earned || !numbers.chance(10));
            }
            awards.push(a);
            if !numbers.chance(30) {
                break;
            }
        }
    }
    let as_of = as_of.unwrap_or_else(|| *values.days.last().unwrap());
    let mut record = Record { awards, ..Record::default() };
    if kind == Records::Earned {
        // As many as can be earned, in the order of their values.
        let mut earned = Record::default();
        record.awards.sort_by_key(|a| a.awarded);
        for a in record.awards {
            earned.awards.push(a);
            if !is_earned(catalog, &earned) {
                earned.awards.pop();
            }
        }
        record = earned;
    }
    Shown { record, as_of }
}
