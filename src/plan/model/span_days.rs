//! Spans in rows: which awards that are there can lie in one window with new ones.
//!
//! What a span asks of days the rows do not say. But a group with a span that what is there does not satisfy needs a
//! new award, and whatever else is used lies no farther from it than the span is long: other awards are left out.

use std::collections::BTreeMap;

use crate::catalog::network::Part;
use crate::evaluate::outcome::Met;
use crate::plan::model::builder::Builder;
use crate::plan::model::sources::AwardSource;
use crate::value::date::{Date, Period};
use crate::value::ids::{GroupId, LeafId};

/// The new awards of a group with a span lie between these days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanDays {
    span: Period,
    first: Date,
    last: Date,
}

impl SpanDays {
    /// True if an award of this day can lie in one window with a new one.
    pub(crate) fn admit(self, awarded: Option<Date>) -> bool {
        awarded.is_some_and(|day| {
            let (from, until) = if day <= self.last { (day, self.first) } else { (self.last, day) };
            from.after(self.span).is_none_or(|end| end >= until)
        })
    }
}

impl Builder<'_, '_> {
    /// For each leaf of a joint region, the days that the spans around it leave to awards that are there, given the new
    /// awards of each leaf.
    pub(crate) fn span_days(
        &self,
        top: GroupId,
        sources: &BTreeMap<LeafId, Vec<AwardSource>>,
    ) -> BTreeMap<LeafId, Vec<SpanDays>> {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        let mut days: BTreeMap<LeafId, Vec<SpanDays>> = BTreeMap::new();
        for group in network.groups_below(Part::Group(top)) {
            let Some(span) = network.extras(group).span else { continue };
            let leaves = network.leaves_below(Part::Group(group));
            let new = leaves.iter().filter_map(|leaf| sources.get(leaf)).flatten();
            let awarded: Option<Vec<Date>> = new.map(|source| source.evidence.awarded).collect();
            let Some(awarded) = awarded.filter(|_| progress.met(Part::Group(group)) == Met::No) else { continue };
            let (Some(&first), Some(&last)) = (awarded.iter().min(), awarded.iter().max()) else { continue };
            for leaf in leaves {
                days.entry(leaf).or_default().push(SpanDays { span, first, last });
            }
        }
        days
    }
}
