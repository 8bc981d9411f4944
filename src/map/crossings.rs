//! How many lines cross between two layers.

/// A line between two layers, by where its ends are: lines cross if one begins above the other and ends below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// The number of pairs of lines that cross. Lines that share an end do not.
///
/// Sorted by their beginnings, crossings are pairs whose ends are the other way round; they are counted as in a sort by
/// merging.
pub(crate) fn crossings(mut spans: Vec<Span>) -> u64 {
    spans.sort_unstable();
    spans.dedup();
    let mut ends: Vec<i64> = spans.iter().map(|span| span.to).collect();
    let mut merged = ends.clone();
    let (mut found, mut width) = (0, 1);
    while width < ends.len() {
        for start in (0..ends.len()).step_by(2 * width) {
            let middle = (start + width).min(ends.len());
            let end = (start + 2 * width).min(ends.len());
            let (mut left, mut right) = (start, middle);
            for place in &mut merged[start..end] {
                let take_left = left < middle && (right >= end || ends[left] <= ends[right]);
                let taken = if take_left { &mut left } else { &mut right };
                *place = ends[*taken];
                *taken += 1;
                if !take_left {
                    found += (middle - left) as u64;
                }
            }
        }
        std::mem::swap(&mut ends, &mut merged);
        width *= 2;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(spans: &[[i64; 2]]) -> u64 {
        crossings(spans.iter().map(|&[from, to]| Span { from, to }).collect())
    }

    #[test]
    fn lines_cross_where_their_ends_are_the_other_way_round() {
        assert_eq!(count(&[[0, 1], [1, 0]]), 1);
        assert_eq!(count(&[[0, 0], [1, 1]]), 0);
        assert_eq!(count(&[[0, 0], [0, 1], [1, 0]]), 1, "only the second and the third");
        assert_eq!(count(&[[0, 2], [1, 1], [2, 0]]), 3);
        assert_eq!(count(&[]), 0);
    }

    #[test]
    fn it_is_what_looking_at_every_pair_finds() {
        let mut random = crate::solve::random::Random(7);
        for _ in 0..200 {
            let number = random.between(0, 12);
            let spans: Vec<[i64; 2]> = (0..number).map(|_| [random.between(0, 5), random.between(0, 5)]).collect();
            let mut lines = spans.clone();
            lines.sort_unstable();
            lines.dedup();
            let mut pairs = 0;
            for (place, a) in lines.iter().enumerate() {
                pairs += lines[place..].iter().filter(|b| a[0] < b[0] && a[1] > b[1]).count() as u64;
            }
            assert_eq!(count(&spans), pairs, "{spans:?}");
        }
    }
}
