//! Whether every record that meets some requirements meets others.

use std::collections::BTreeSet;

use crate::catalog::network::{Measure, Part};
use crate::evaluate::evidence::AwardId;
use crate::evaluate::evidence::evidence;
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::{Id, LeafId};

use crate::check::records::asked::AskedParts;
use crate::check::records::kinds::Kinds;
use crate::check::records::search::{AskedSide, FoundRecord, RecordSearch};
use crate::check::records::values::KnownAs;

/// A question about all records that could be there.
pub(crate) struct RecordQuestion<'q, 'c> {
    /// What is met, and what may not be.
    pub(crate) sides: &'q [AskedParts<'c>; 2],
    /// The credentials of which there may be awards.
    pub(crate) credentials: &'q [KnownAs],
    /// The search steps that judging one record may take.
    pub(crate) search_steps: u64,
}

/// The answer for one day.
pub(crate) enum AnyRecord {
    /// There is one, of these awards.
    Shows(Vec<Award>),
    Never,
    /// None was found, and that there is none is not shown: the amounts, days or points of many awards matter together
    /// in more ways than are tried.
    Unshown,
    /// The work limit was met first.
    Open,
}

impl RecordQuestion<'_, '_> {
    /// Whether there is a record that on the day meets the first requirements and not the others. What it takes is
    /// taken off the work.
    pub(crate) fn on(&self, day: Date, work: &mut u64) -> AnyRecord {
        // If none does even where each side sees what suits, none does.
        let Some(apart) = Kinds::of(self, day, false, work) else { return AnyRecord::Open };
        match self.among(&apart, day, work) {
            AnyRecord::Shows(_) | AnyRecord::Unshown | AnyRecord::Open if !apart.as_recorded => {}
            answer => return answer,
        }
        let Some(recorded) = Kinds::of(self, day, true, work) else { return AnyRecord::Open };
        self.among(&recorded, day, work)
    }

    fn among(&self, kinds: &Kinds, day: Date, work: &mut u64) -> AnyRecord {
        let rules = self.sides.iter().map(|side| side.catalog.network.len() + side.catalog.len()).sum::<usize>();
        *work = work.saturating_sub((kinds.all.len() + rules / 4 + 1) as u64);
        let price = kinds.price();
        let nobody = self.sides.each_ref().map(|side| side.nobody(day, self.search_steps));
        let mut learners = [const { None }; 2];
        let mut judge = |side: AskedSide, counts: &[u32]| {
            if *work == 0 {
                return None;
            }
            let place = usize::from(side == AskedSide::Other);
            let asked = &self.sides[place];
            let (met, spent) = asked.met_by(&nobody[place], &mut learners[place], kinds.evidence(place, asked, counts));
            *work = work.saturating_sub(spent + price);
            Some(met)
        };
        let search = RecordSearch { kinds: &kinds.searched, order: &kinds.order };
        match search.search(&self.shut_out(kinds), &mut judge) {
            FoundRecord::Awards(counts) => AnyRecord::Shows(kinds.awards(self.sides, &counts)),
            FoundRecord::Never { at_once: true, .. } if kinds.best_are_there => AnyRecord::Never,
            FoundRecord::Never { by_days: false, .. } if kinds.complete => AnyRecord::Never,
            FoundRecord::Never { .. } => AnyRecord::Unshown,
            FoundRecord::Open => AnyRecord::Open,
        }
    }

    /// The kinds of which one award is enough for the others.
    fn shut_out(&self, kinds: &Kinds) -> Vec<bool> {
        let asked = &self.sides[1];
        let enough = enough_alone(asked);
        let is_enough = |kind: usize| {
            let kind = &kinds.all[kind];
            let waits = kind.known_as[1]
                .is_some_and(|own| evidence(asked.catalog, kind.award.facts(), AwardId::at(0), own).depends());
            !waits && kind.fills[1].iter().any(|leaf| enough.contains(leaf))
        };
        (0..kinds.all.len()).map(is_enough).collect()
    }
}

/// The leaves that are enough to be filled.
fn enough_alone(asked: &AskedParts<'_>) -> BTreeSet<LeafId> {
    let network = &asked.catalog.network;
    let mut found = BTreeSet::new();
    let mut open = if asked.parts.len() == 1 { asked.parts.clone() } else { Vec::new() };
    while let Some(part) = open.pop() {
        match part {
            Part::Leaf(leaf) => _ = found.insert(leaf),
            Part::Group(group) => {
                let described = network.group(group);
                let any = described.measure == Measure::Count && described.threshold <= 1;
                // What has no date meets no span.
                let extras = network.extras(group);
                if any && extras.average.is_none() && extras.span.is_none() {
                    open.extend(network.parts(group));
                }
            }
        }
    }
    found
}
