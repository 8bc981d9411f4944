//! What an award says to the machines by its credential alone, worked out once for each credential: the bits that it
//! sets, each with the days on which it does.

use crate::catalog::catalog::Catalog;
use crate::value::csr::Csr;
use crate::value::date::Date;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, Id, IdVec};

use crate::cohort::machine::{Cell, ZEROS};
use crate::cohort::rules::{Atom, Rules};

/// Marks of all credentials; awards of those that have none are judged one by one.
const MOST_MARKS: usize = 4_000_000;

/// With more classes than these, under whose names an award counts, it is looked at on its own each time.
pub(crate) const MOST_CLASSES: usize = 64;

/// The day of an award without one, where days are counted from 1970-01-01.
pub(crate) const UNDATED: i32 = i32::MIN;

/// Days in a row, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DaySpan {
    first: i32,
    /// The first day that is not one of them any more.
    after: i32,
    /// Whether an award without a date does as well.
    undated: bool,
}

impl DaySpan {
    pub(crate) fn includes(self, day: i32) -> bool {
        if day == UNDATED { self.undated } else { self.first <= day && day < self.after }
    }

    fn is_empty(self) -> bool {
        self.after <= self.first.max(Date::FIRST.days_since_1970()) && !self.undated
    }
}

/// A bit that a completed award sets.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AwardMark {
    pub(crate) cell: Cell,
    /// The days on which the award has to be made.
    pub(crate) made: DaySpan,
    /// What is asked of its grade and its issuer; [`ConditionsId::NONE`] if nothing is.
    pub(crate) of_kind: ConditionsId,
}

/// How awards of a credential are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadingRoute {
    /// Nothing depends on them.
    Irrelevant,
    /// By the marks of the credential, where nothing unusual is recorded.
    Marks,
    /// Each on its own.
    Alone,
}

/// The bits that awards of each credential set.
#[derive(Debug, Default)]
pub(crate) struct AwardMarks {
    pub(crate) routes: IdVec<CredentialId, ReadingRoute>,
    /// The bits of completed awards.
    pub(crate) completed: Csr<CredentialId, AwardMark>,
    /// The bits of awards in progress.
    pub(crate) begun: Csr<CredentialId, Cell>,
    /// The bits of either in the upper bound on what can be reached.
    pub(crate) reached: Csr<CredentialId, Cell>,
    /// The bits of completed awards in the upper bound on what was met on earlier days.
    pub(crate) past: Csr<CredentialId, Cell>,
    /// The classes in which every award is added.
    pub(crate) added: Csr<CredentialId, ClassId>,
    /// The classes in which it is asked how long an award lasts, and the days of awards that are current.
    pub(crate) ending: Csr<CredentialId, ClassId>,
    pub(crate) current: IdVec<CredentialId, DaySpan>,
}

/// What marks are made from.
pub(crate) struct MarksMaker<'q> {
    pub(crate) catalog: &'q Catalog,
    /// For each credential, the first day of the awards that are current, if that is so simple.
    pub(crate) current_from: &'q IdVec<CredentialId, Option<Date>>,
    pub(crate) rules: &'q Rules,
    pub(crate) attain: Option<&'q Rules>,
    pub(crate) past: Option<&'q Rules>,
    pub(crate) relevant: &'q IdVec<ClassId, bool>,
    /// Whether it is asked what lapses.
    pub(crate) asks_for_ends: bool,
}

impl MarksMaker<'_> {
    pub(crate) fn make(&self) -> AwardMarks {
        let (catalog, rules) = (self.catalog, self.rules);
        let credentials = catalog.len();
        let (mut completed, mut begun, mut reached) = (Vec::new(), Vec::new(), Vec::new());
        let (mut past, mut added, mut ending) = (Vec::new(), Vec::new(), Vec::new());
        let takes_lapsed = catalog.network.conditions.iter().any(|conditions| conditions.lapsed);
        let (mut routes, mut current) = (IdVec::new(), IdVec::new());
        let mut room = MOST_MARKS;
        for credential in CredentialId::first(credentials) {
            let classes = self.classes(credential).filter(|classes| self.take_room(classes, &mut room));
            let (unit, renewing) = (catalog.names.unit(credential), &catalog.renewing);
            let renews = !renewing.renews(unit).is_empty() || !renewing.renewed_by(unit).is_empty();
            let is_plain = !renews && !catalog.keeps_cycle(credential);
            let (route, from, classes) = match (self.current_from[credential], classes) {
                (_, Some(classes)) if classes.is_empty() && is_plain => {
                    (ReadingRoute::Irrelevant, Date::FIRST, Vec::new())
                }
                (Some(from), Some(classes)) if is_plain => (ReadingRoute::Marks, from, classes),
                // Whether it is current is told by the rules: no day is early enough for it to be so by itself.
                (None, Some(classes)) if is_plain && rules.by_stack[credential] => {
                    (ReadingRoute::Marks, Date::LAST, classes)
                }
                _ => (ReadingRoute::Alone, Date::FIRST, Vec::new()),
            };
            let by_stack = rules.by_stack[credential];
            let lasts = DaySpan { first: from.days_since_1970(), after: i32::MAX, undated: !by_stack };
            if by_stack && rules.kept[credential] != ZEROS {
                let made = DaySpan { first: UNDATED + 1, after: i32::MAX, undated: true };
                let mark = AwardMark { cell: rules.kept[credential], made, of_kind: ConditionsId::NONE };
                completed.push((credential, mark));
            }
            routes.push(route);
            current.push(lasts);
            for class in classes {
                let marks = if by_stack { self.marks_of_lapsed(class) } else { self.marks(class, lasts) };
                completed.extend(marks.into_iter().map(|mark| (credential, mark)));
                let cell = |cell: Cell| (cell != ZEROS).then_some((credential, cell));
                begun.extend(cell(rules.in_progress[class]));
                reached.extend(self.attain.and_then(|attain| cell(attain.held[class])));
                // What lasts as its components do was current on an earlier day only where these would have earned it.
                if !by_stack || takes_lapsed {
                    past.extend(self.past.and_then(|past| cell(past.held[class])));
                }
                added.extend(rules.repeats[class].then_some((credential, class)));
                let ends = self.asks_for_ends && rules.lapsed[class] != ZEROS;
                ending.extend(ends.then_some((credential, class)));
            }
        }
        AwardMarks {
            routes,
            completed: Csr::new(credentials, &completed),
            begun: Csr::new(credentials, &begun),
            reached: Csr::new(credentials, &reached),
            past: Csr::new(credentials, &past),
            added: Csr::new(credentials, &added),
            ending: Csr::new(credentials, &ending),
            current,
        }
    }

    /// The classes under whose names awards of a credential count, as far as anything depends on them; `None` if they
    /// are too many.
    fn classes(&self, credential: CredentialId) -> Option<Vec<ClassId>> {
        let names = &self.catalog.names;
        let mut found = names.above(names.class(credential), MOST_CLASSES)?;
        found.retain(|&class| self.relevant[class]);
        Some(found)
    }

    /// Takes room for the marks of a credential, if there is enough left: every condition that names any of many
    /// classes would be a mark of each of many credentials.
    fn take_room(&self, classes: &[ClassId], room: &mut usize) -> bool {
        let marks: usize = classes.iter().map(|&class| 2 + self.rules.atoms.list(class).len()).sum();
        let left = room.checked_sub(marks);
        *room = left.unwrap_or(*room);
        left.is_some()
    }

    /// The bits that a completed award sets under the names of a class, if it is current when it is made on such days.
    fn marks(&self, class: ClassId, current: DaySpan) -> Vec<AwardMark> {
        let (rules, none) = (self.rules, ConditionsId::NONE);
        // What is not current was so on the day on which it was made.
        let before = DaySpan { first: UNDATED + 1, after: current.first, undated: false };
        let mut marks = vec![
            AwardMark { cell: rules.held[class], made: current, of_kind: none },
            AwardMark { cell: rules.lapsed[class], made: before, of_kind: none },
        ];
        marks.extend(rules.atoms.list(class).iter().map(|atom| mark_of(atom, current)));
        marks.retain(|mark| mark.cell != ZEROS && !mark.made.is_empty());
        marks
    }

    /// The bits that an award sets which lasts as its components do, where those that have lapsed do as well.
    fn marks_of_lapsed(&self, class: ClassId) -> Vec<AwardMark> {
        let never = DaySpan { first: i32::MAX, after: i32::MAX, undated: false };
        let lapsed = self.rules.atoms.list(class).iter().filter(|atom| atom.lapsed);
        lapsed.map(|atom| mark_of(atom, never)).filter(|mark| mark.cell != ZEROS && !mark.made.is_empty()).collect()
    }
}

/// The mark of an award that meets conditions, if it is current when it is made on such days.
fn mark_of(atom: &Atom, current: DaySpan) -> AwardMark {
    let of_kind = if atom.of_kind { atom.conditions } else { ConditionsId::NONE };
    AwardMark { cell: atom.cell, made: days_of(atom, current), of_kind }
}

/// The days on which an award has to be made for it to meet conditions, its kind aside.
fn days_of(atom: &Atom, current: DaySpan) -> DaySpan {
    let first = atom.when.first.map_or(i32::MAX, Date::days_since_1970);
    let after = atom.when.after.map_or(i32::MAX, Date::days_since_1970);
    let first = if atom.lapsed { first } else { first.max(current.first) };
    DaySpan { first, after, undated: atom.when.undated && (atom.lapsed || current.undated) }
}
