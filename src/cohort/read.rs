//! Records into columns: which bits an award sets, and which records one bit for an award cannot tell.

use crate::evaluate::evidence::{AwardId, Evidence, evidence};
use crate::evaluate::standing::AwardCounting;
use crate::record::record::{Award, LearnerRecord};
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, IdVec};

use crate::cohort::batch::{Ends, Slices};
use crate::cohort::machine::{Cell, ZEROS};
use crate::cohort::question::Question;
use crate::cohort::rules::Rules;

/// An award of a record that is being read.
#[derive(Debug, Clone, Copy)]
struct Read<'r> {
    award: &'r Award,
    credential: CredentialId,
    class: ClassId,
    counting: AwardCounting,
    lane: usize,
}

/// When an award was made, and what of it lasts.
struct Made {
    awarded: Option<Date>,
    current: bool,
    /// Whether it was current once.
    was_current: bool,
    /// All there is to it, if that had to be worked out.
    evidence: Option<Evidence>,
}

impl Made {
    /// `None` if that depends on components.
    fn of(question: &Question, read: &Read) -> Option<Self> {
        let Read { award, credential, counting, .. } = *read;
        let (catalog, as_of, awarded) = (question.catalog, question.as_of, award.awarded);
        if counting == AwardCounting::InProgress {
            return Some(Self { awarded, current: false, was_current: false, evidence: None });
        }
        if counting == AwardCounting::AsMade
            && award.valid_until.is_none()
            && let Some(from) = question.current_from[credential]
        {
            let current = awarded.is_none_or(|awarded| from <= awarded);
            return Some(Self { awarded, current, was_current: true, evidence: None });
        }
        let mut evidence = evidence(catalog, award, AwardId::default(), credential);
        if evidence.depends(catalog) {
            return None;
        }
        if counting == AwardCounting::AsIfCompleted {
            evidence = evidence.completed(catalog, as_of);
        }
        Some(Self {
            awarded: evidence.awarded,
            current: evidence.lasts(as_of),
            was_current: evidence.awarded.is_none_or(|awarded| evidence.lasts(awarded)),
            evidence: Some(evidence),
        })
    }
}

/// What is kept while one record is read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The award that a class was last visited for, so that each is visited once.
    visited: IdVec<ClassId, u64>,
    visits: u64,
    open: Vec<ClassId>,
    /// Classes in which every award is added, one for each award.
    added: Vec<ClassId>,
    /// The last days of current awards, by class.
    ends: Vec<(ClassId, Option<Date>)>,
}

impl Reading {
    pub(crate) fn new(classes: usize) -> Self {
        Self { visited: IdVec::filled(0, classes), ..Self::default() }
    }
}

impl<const L: usize, const C: usize> Slices<L, C> {
    /// Takes in one record. Whether the machines can judge it.
    pub(crate) fn read_record(
        &mut self,
        question: &Question,
        rules: &Rules,
        record: &LearnerRecord,
        lane: usize,
    ) -> bool {
        if !record.waivers.is_empty() || !record.substitutions.is_empty() {
            return false;
        }
        self.reading.added.clear();
        self.reading.ends.clear();
        let mut has_unknown = false;
        for award in &record.awards {
            let Some(id) = question.catalog.credential(&award.credential) else {
                has_unknown = true;
                continue;
            };
            let class = question.catalog.names.class(id);
            if !question.relevant[class] {
                continue;
            }
            let Some(counting) = AwardCounting::of(award, question.as_of, question.evaluate.view) else { continue };
            if !self.read_award(question, rules, Read { award, credential: id, class, counting, lane }) {
                return false;
            }
        }
        // The second award is added as the first; the machine has one bit for both. One that may be made to see what it brings
        // would be the second.
        let added = &mut self.reading.added;
        added.sort_unstable();
        if !added.is_empty() && (question.one_award_away || added.windows(2).any(|pair| pair[0] == pair[1])) {
            return false;
        }
        if has_unknown {
            self.with_unknown.push(lane);
        }
        if let Some(asked) = &question.lapses {
            self.reading.ends.sort_unstable_by_key(|&(class, until)| (class, until.is_none(), until));
            for ends in self.reading.ends.chunk_by(|a, b| a.0 == b.0) {
                let Some(&(class, Some(until))) = ends.last() else { continue };
                if asked.contains(&until) {
                    let places = question.asked_of.list(class).iter();
                    self.lapses_read.extend(places.map(|&place| Ends { lane, place, until: Some(until) }));
                }
            }
        }
        true
    }

    /// Sets the bits of an award under all names that it bears. Whether the machines can count it.
    fn read_award(&mut self, question: &Question, rules: &Rules, read: Read) -> bool {
        let Read { award, credential, class, counting, lane } = read;
        let catalog = question.catalog;
        let Some(made) = Made::of(question, &read) else { return false };
        let names = &catalog.names;
        let own_amount = award.credits.is_some() || award.hours.is_some();
        let evidence =
            || made.evidence.clone().unwrap_or_else(|| evidence(catalog, award, AwardId::default(), credential));
        let reading = &mut self.reading;
        reading.visits += 1;
        reading.open.clear();
        reading.open.push(class);
        while let Some(class) = reading.open.pop() {
            if names.are_linked() {
                let seen = std::mem::replace(&mut reading.visited[class], reading.visits) == reading.visits;
                if seen || !question.relevant[class] {
                    continue;
                }
                reading.open.extend(names.up(class));
            }
            let mut set = |cell: Cell| {
                if cell != ZEROS {
                    self.state.cells[cell].set(lane);
                }
            };
            if counting == AwardCounting::InProgress {
                set(rules.in_progress[class]);
            } else {
                // Whoever holds it is not asked whether they held it once.
                if made.current {
                    set(rules.held[class]);
                    if question.lapses.is_some() && rules.lapsed[class] != ZEROS {
                        reading.ends.push((class, evidence().until));
                    }
                } else if made.was_current {
                    set(rules.lapsed[class]);
                }
                for atom in rules.atoms.list(class) {
                    if atom.when.includes(made.awarded) && (made.current || atom.lapsed) {
                        let conditions = &catalog.network.conditions[atom.conditions];
                        if !atom.of_kind || evidence().is_of_kind(conditions) {
                            set(atom.cell);
                        }
                    }
                }
                if rules.repeats[class] {
                    reading.added.push(class);
                }
            }
            let attain = question.attain.as_ref();
            if own_amount {
                let evidence = evidence();
                let lists = attain.map(|rules| rules.adds.list(class)).into_iter().chain([rules.adds.list(class)]);
                if lists.flatten().any(|adds| evidence.adds(adds.unit, adds.weight) != adds.weight) {
                    return false;
                }
            }
            if let Some(rules) = attain
                && rules.held[class] != ZEROS
            {
                self.attain.cells[rules.held[class]].set(lane);
            }
        }
        true
    }
}
