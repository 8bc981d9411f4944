//! Where the spots of each layer stand: as near as possible to what they are joined to, in their order, with space
//! between them.
//!
//! Given where its neighbours stand, each spot of a layer has a place that it wants. The places in their order that
//! are nearest to these, in least squares, are found by pooling those that would come too close (isotonic regression).

/// A spot as it is to be placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Where its upper edge would best be.
    pub(crate) at: f64,
    /// How much it weighs.
    pub(crate) weight: f64,
    /// How far the upper edge of the next one has to be below this one's.
    pub(crate) room: f64,
}

/// Neighbours that stand as close as they may.
struct PushedSpots {
    sum: f64,
    weight: f64,
    spots: usize,
}

impl PushedSpots {
    fn mean(&self) -> f64 {
        self.sum / self.weight
    }
}

/// The places nearest to what is wished, in the order that is given.
pub(crate) fn placed(wishes: &[Wish]) -> Vec<f64> {
    let mut offset = 0.0;
    let mut pools: Vec<PushedSpots> = Vec::new();
    for wish in wishes {
        let mut pool = PushedSpots { sum: (wish.at - offset) * wish.weight, weight: wish.weight, spots: 1 };
        while let Some(above) = pools.pop_if(|above| above.mean() > pool.mean()) {
            pool = PushedSpots {
                sum: above.sum + pool.sum,
                weight: above.weight + pool.weight,
                spots: above.spots + pool.spots,
            };
        }
        pools.push(pool);
        offset += wish.room;
    }
    let means = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.mean(), pool.spots));
    let mut offset = 0.0;
    let mut places = Vec::with_capacity(wishes.len());
    for (mean, wish) in means.zip(wishes) {
        places.push(mean + offset);
        offset += wish.room;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(wishes: &[[f64; 2]]) -> Vec<f64> {
        placed(&wishes.iter().map(|&[at, room]| Wish { at, weight: 1.0, room }).collect::<Vec<_>>())
    }

    #[test]
    fn what_has_room_stands_where_it_wants_to() {
        assert_eq!(places(&[[0.0, 10.0], [30.0, 10.0]]), [0.0, 30.0]);
    }

    #[test]
    fn what_comes_too_close_gives_way_on_both_sides() {
        assert_eq!(places(&[[0.0, 10.0], [0.0, 10.0]]), [-5.0, 5.0]);
        assert_eq!(places(&[[0.0, 10.0], [20.0, 10.0], [10.0, 10.0]]), [0.0, 10.0, 20.0]);
    }
}
