//! The *deletion filter*: of many things that together are to blame for something, an irreducible part, of which none
//! can be left out.

/// The outcome of trying to do without some things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trial {
    /// They can go, and are gone from now on.
    Spared,
    /// Not all of them can go.
    Needed,
    /// It cannot be told, nor anything after it.
    Stop,
}

/// Leaves out whatever can be spared, from the first on. As long as things can go, twice as many are tried at once, and
/// half as many where not all can (*galloping*): few that are needed among many are soon found, and where all are
/// needed each is tried once. What is left when it stops stays in.
pub(crate) fn deletion_filter<T: Clone>(things: &[T], mut without: impl FnMut(&[T]) -> Trial) -> Vec<T> {
    let mut kept = Vec::new();
    let mut rest = things;
    let mut size = 1;
    while !rest.is_empty() {
        size = size.min(rest.len());
        match without(&rest[..size]) {
            Trial::Spared => {
                rest = &rest[size..];
                size *= 2;
            }
            Trial::Needed if size > 1 => size /= 2,
            Trial::Needed => {
                kept.push(rest[0].clone());
                rest = &rest[1..];
            }
            Trial::Stop => {
                kept.extend_from_slice(rest);
                break;
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::random::Random;

    #[test]
    fn what_is_kept_is_to_blame_and_irreducible() {
        let mut random = Random(0x5eed_0006);
        for _ in 0..1000 {
            let many = random.below(9);
            // Any of these sets is to blame if it is there as a whole.
            let causes: Vec<u32> = (0..=random.below(3)).map(|_| random.below(1 << many)).collect();
            let to_blame = |set: u32| causes.iter().any(|cause| cause & !set == 0);
            let mut set = (1_u32 << many) - 1;
            let mut asked = 0;
            let kept = deletion_filter(&(0..many).collect::<Vec<_>>(), |some| {
                asked += 1;
                let rest = some.iter().fold(set, |rest, place| rest & !(1 << place));
                if !to_blame(rest) {
                    return Trial::Needed;
                }
                set = rest;
                Trial::Spared
            });
            assert_eq!(kept.iter().fold(0, |set, place| set | 1 << place), set);
            assert!(to_blame(set) && (0..many).all(|place| set >> place & 1 == 0 || !to_blame(set & !(1 << place))));
            assert!(asked <= 2 * many);
        }
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let mut left = 4;
        let kept = deletion_filter(&(0..8).collect::<Vec<_>>(), |some| {
            left -= 1;
            match some {
                _ if left == 0 => Trial::Stop,
                [0] | [1, 2] => Trial::Spared,
                _ => Trial::Needed,
            }
        });
        assert_eq!(kept, [3, 4, 5, 6, 7]);
    }

    #[test]
    fn one_that_is_needed_among_many_is_soon_found() {
        for needed in 0..1000 {
            let mut asked = 0;
            let kept = deletion_filter(&(0..1000).collect::<Vec<_>>(), |some| {
                asked += 1;
                if some.contains(&needed) { Trial::Needed } else { Trial::Spared }
            });
            assert_eq!(kept, [needed]);
            assert!(asked <= 50, "{asked} for {needed}");
        }
    }
}
