//! Records of any kind, with whatever grades, days, issuers and amounts, that two versions may judge differently
//! ([semantics 8.2](crate::semantics#8.2)).

use std::collections::BTreeSet;

use crate::catalog::catalog::Validity;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::check::records::asked::AskedParts;
use crate::check::records::days::{MOST_DAYS, looked_at};
use crate::check::records::question::{AnyRecord, RecordQuestion};
use crate::check::records::values::KnownAs;
use crate::evaluate::options::EvaluateOptions;
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::compare::versions::{CommonId, Versions};

/// The requirements of a credential on both sides, first those that are to be met.
pub(crate) struct RuleRecords<'q, 'c> {
    versions: &'q Versions<'c>,
    from: usize,
    sides: [AskedParts<'c>; 2],
}

/// The answer.
pub(crate) enum ShownByRecord {
    /// These awards show it on the day.
    By(Vec<Award>, Date),
    Never,
    /// Neither was found out.
    Open,
}

/// The parts that make up the requirements of a credential.
pub(crate) fn tops(versions: &Versions<'_>, side: usize, own: CredentialId) -> Vec<Part> {
    Rule::all(own).filter_map(|rule| versions.catalogs[side].network.top(rule)).collect()
}

impl<'q, 'c> RuleRecords<'q, 'c> {
    /// One of the parts that are asked for on the other side, beside whatever is on this one.
    pub(crate) fn new(versions: &'q Versions<'c>, from: usize, own: CredentialId, part: Part) -> Self {
        let sides = [
            AskedParts::new(versions.catalogs[from], tops(versions, from, own)),
            AskedParts::new(versions.catalogs[1 - from], vec![part]),
        ];
        Self { versions, from, sides }
    }

    /// Whether whoever shows it shows it by good awards of the same credentials: whether it matters of awards on the
    /// other side only that they are there and current, and no others are better on this side. Then each award is
    /// current in both versions or in neither.
    pub(crate) fn are_good_awards(&self) -> bool {
        let counts = |side: &AskedParts<'_>| {
            let network = &side.catalog.network;
            let plain = |measure: Measure| {
                matches!(measure, Measure::Count | Measure::Sum(Unit::Places) | Measure::UpTo(Unit::Places))
            };
            !side.has_averages() && side.groups.iter().all(|&group| plain(network.group(group).measure))
        };
        let lasts = |known: KnownAs| {
            let terms = [0, 1].map(|side: usize| known[side].map(|own| self.sides[side].catalog.terms(own).valid_for));
            let [Some(here), Some(there)] = terms else { return true };
            let term = |valid_for: Validity| if let Validity::For(term) = valid_for { Some(term) } else { None };
            term(here) == term(there)
        };
        let [here, there] = &self.sides;
        let conditions = |side: &AskedParts<'c>| -> Vec<&'c Conditions> {
            side.fillers.values().flatten().map(|&leaf| side.conditions(leaf)).collect()
        };
        self.sides.iter().all(counts)
            && !there.has_spans()
            && conditions(there).into_iter().all(|asked| *asked == Conditions::default())
            && conditions(here).into_iter().all(|asked| !asked.lapsed && asked.issuers.is_none())
            && self.credentials().into_iter().all(lasts)
    }

    /// All credentials of which an award may matter, as both sides number them.
    fn credentials(&self) -> Vec<KnownAs> {
        let from = [self.from, 1 - self.from];
        let numbers =
            |side: usize| self.sides[side].fillers.keys().map(move |&own| self.versions.common[from[side]][own]);
        let all: BTreeSet<CommonId> = numbers(0).chain(numbers(1)).collect();
        all.into_iter().map(|common| from.map(|side| self.versions.pairs[common][side])).collect()
    }

    /// Looks for a record that meets the requirements on the one side and not on the other: on the day, or beginning
    /// with it on all days on which the rules may see things differently. All days draw on the same work.
    pub(crate) fn ask(&self, day: Date, only_then: bool, work: &mut u64) -> ShownByRecord {
        let credentials = self.credentials();
        let search_steps = EvaluateOptions::default().search_steps.min(*work);
        let question = RecordQuestion { sides: &self.sides, credentials: &credentials, search_steps };
        let days = if only_then { vec![day] } else { looked_at(&self.sides, day) };
        let mut is_shown = days.len() < MOST_DAYS;
        for day in days {
            match question.on(day, work) {
                AnyRecord::Shows(awards) => return ShownByRecord::By(awards, day),
                AnyRecord::Never => {}
                AnyRecord::Unshown | AnyRecord::Open => is_shown = false,
            }
            if *work == 0 {
                return ShownByRecord::Open;
            }
        }
        if is_shown { ShownByRecord::Never } else { ShownByRecord::Open }
    }
}
