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

/// Leaves out whatever can be spared, from the first on. Halves that can go as a whole are not looked into: few that
/// are needed among many are soon found. What is left when it stops stays in.
pub(crate) fn deletion_filter<T: Clone>(things: Vec<T>, mut without: impl FnMut(&[T]) -> Trial) -> Vec<T> {
    let mut kept = Vec::new();
    let mut open = vec![things];
    while let Some(mut some) = open.pop() {
        match without(&some) {
            Trial::Spared => {}
            Trial::Needed if some.len() > 1 => {
                let second = some.split_off(some.len() / 2);
                open.push(second);
                open.push(some);
            }
            Trial::Needed => kept.append(&mut some),
            Trial::Stop => {
                kept.append(&mut some);
                kept.extend(open.into_iter().rev().flatten());
                return kept;
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
            let kept = deletion_filter((0..many).collect(), |some| {
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
            assert!(asked <= 2 * many + 1);
        }
    }

    #[test]
    fn what_was_not_looked_at_stays() {
        let mut left = 3;
        let kept = deletion_filter((0..8).collect(), |some| {
            left -= 1;
            match some {
                _ if left == 0 => Trial::Stop,
                [0, 1, 2, 3] => Trial::Spared,
                _ => Trial::Needed,
            }
        });
        assert_eq!(kept, [4, 5, 6, 7]);
    }
}
