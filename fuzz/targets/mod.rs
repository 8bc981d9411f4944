//! What is asked of each input. A target panics where the library is wrong, and nowhere else.

mod agree;
mod drawn;
mod read;

pub use agree::{agreement, comparison, plans};
pub use read::{catalog, document, imports, record};

/// A target by the name of its folder of inputs, for whoever goes through all.
pub type Target = fn(&[u8]);

/// Every target, with its name.
pub const ALL: [(&str, Target); 7] = [
    ("catalog", catalog),
    ("record", record),
    ("document", document),
    ("imports", imports),
    ("agreement", agreement),
    ("plans", plans),
    ("comparison", comparison),
];
