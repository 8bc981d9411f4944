//! A search for a record that meets some requirements and not others.
//!
//! Both are monotone: whoever has more meets more. So everything that could be there may be taken to begin with. Of it,
//! some awards suffice for the first requirements; if these meet the others as well, one of those that suffice for that
//! has to go, each in turn, until the others are not met, or the first ones are not any more either.

use crate::evaluate::outcome::Met;

/// How often awards of each kind are there.
pub(crate) type AwardCounts = Vec<u32>;

/// A kind of award, as far as the search needs to know it.
pub(crate) struct KindOfAward {
    /// As many awards of the kind may be there.
    pub(crate) most: u32,
    /// The kinds that serve wherever this one does, and beside which it is of no use.
    pub(crate) above: Vec<usize>,
    /// Whether awards like it may meet less than it does, because of their days.
    pub(crate) depends_on_days: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundRecord {
    /// These awards meet the first requirements, and not the others.
    Awards(AwardCounts),
    /// There are none; and whether that is so because all awards together do not meet the first ones, but for those
    /// shut out, or whether the days of awards may matter to it.
    Never {
        at_once: bool,
        by_days: bool,
    },
    Open,
}

/// Whether awards meet the first requirements, or the others. `None` if there is no work left to say.
pub(crate) type RecordJudge<'j> = dyn FnMut(AskedSide, &[u32]) -> Option<Met> + 'j;

/// Which of the requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AskedSide {
    /// Those that are to be met.
    Goals,
    /// Those that are not.
    Other,
}

/// Between these the counts lie: what is there in any case, and what may be there.
struct CountRange {
    least: AwardCounts,
    most: AwardCounts,
}

pub(crate) struct RecordSearch<'s> {
    pub(crate) kinds: &'s [KindOfAward],
    /// The kinds in the order in which awards are taken that suffice: those first that are likely to be of use for the
    /// first requirements and not for the others.
    pub(crate) order: &'s [usize],
}

impl RecordSearch<'_> {
    /// Searches. Kinds that are shut out are never there.
    pub(crate) fn search(&self, shut_out: &[bool], judge: &mut RecordJudge<'_>) -> FoundRecord {
        let most = self.kinds.iter().zip(shut_out).map(|(kind, out)| if *out { 0 } else { kind.most }).collect();
        let mut ranges = vec![CountRange { least: vec![0; self.kinds.len()], most }];
        let (mut open, mut at_once, mut by_days) = (false, true, false);
        while let Some(range) = ranges.pop() {
            match self.look(&range, judge) {
                None => return FoundRecord::Open,
                Some(Look::Found(way)) => return FoundRecord::Awards(way),
                Some(Look::Closed) => {}
                Some(Look::Undecided) => open = true,
                Some(Look::Enough(enough)) => {
                    at_once = false;
                    by_days |= self.kinds.iter().zip(&enough).any(|(kind, often)| kind.depends_on_days && *often > 0);
                    ranges.extend(self.without(&range, &enough).into_iter().rev());
                }
            }
        }
        if open { FoundRecord::Open } else { FoundRecord::Never { at_once, by_days } }
    }

    fn look(&self, range: &CountRange, judge: &mut RecordJudge<'_>) -> Option<Look> {
        match judge(AskedSide::Goals, &range.most)? {
            Met::No => return Some(Look::Closed),
            Met::Undecided => return Some(Look::Undecided),
            Met::Yes => {}
        }
        match judge(AskedSide::Other, &range.least)? {
            Met::No => {}
            Met::Undecided => return Some(Look::Undecided),
            Met::Yes => return Some(Look::Closed),
        }
        let Enough::Of(way) = self.enough(AskedSide::Goals, range, judge)? else { return Some(Look::Undecided) };
        match judge(AskedSide::Other, &way)? {
            Met::No => return Some(Look::Found(way)),
            Met::Undecided => return Some(Look::Undecided),
            Met::Yes => {}
        }
        let within = CountRange { least: range.least.clone(), most: way };
        Some(match self.enough(AskedSide::Other, &within, judge)? {
            Enough::Of(awards) => Look::Enough(awards),
            Enough::Undecided => Look::Undecided,
        })
    }

    /// Of the awards that may be there, some that suffice for a side beside those that are there in any case, none of
    /// which can be left out.
    fn enough(&self, side: AskedSide, range: &CountRange, judge: &mut RecordJudge<'_>) -> Option<Enough> {
        let each =
            |&kind: &usize| std::iter::repeat_n(kind, range.most[kind].saturating_sub(range.least[kind]) as usize);
        let mut left: Vec<usize> = self.order.iter().flat_map(each).collect();
        let mut kept = range.least.clone();
        loop {
            // The first that suffices with those before it cannot be left out, and those after it can.
            let (mut too_few, mut enough) = (0, left.len());
            while too_few < enough {
                let middle = too_few + (enough - too_few) / 2;
                let mut with = kept.clone();
                left[..middle].iter().for_each(|&kind| with[kind] += 1);
                match judge(side, &with)? {
                    Met::Yes => enough = middle,
                    Met::No => too_few = middle + 1,
                    Met::Undecided => return Some(Enough::Undecided),
                }
            }
            if enough == 0 {
                return Some(Enough::Of(kept));
            }
            kept[left[enough - 1]] += 1;
            left.truncate(enough - 1);
        }
    }

    /// What lacks something of what suffices: each kind in turn, with those before it there.
    fn without(&self, range: &CountRange, enough: &[u32]) -> Vec<CountRange> {
        let mut least = range.least.clone();
        let mut ranges = Vec::new();
        for &kind in self.order.iter().filter(|&&kind| range.least[kind] < enough[kind]) {
            let mut most = range.most.clone();
            most[kind] = enough[kind] - 1;
            for &above in &self.kinds[kind].above {
                most[above] = 0;
            }
            if least.iter().zip(&most).all(|(least, most)| least <= most) {
                ranges.push(CountRange { least: least.clone(), most });
            }
            least[kind] = enough[kind];
        }
        ranges
    }
}

enum Look {
    /// These meet the first requirements, and not the others.
    Found(AwardCounts),
    /// Nothing in it does.
    Closed,
    Undecided,
    /// These suffice for the others.
    Enough(AwardCounts),
}

/// Awards that suffice, if that is decided.
enum Enough {
    Of(AwardCounts),
    Undecided,
}
