//! A hash of texts for look-ups by the million: short ids, hashed eight bytes at a time. The order of a table shows
//! nowhere, and where texts come together in it turns on numbers drawn at random, as with the hash of the standard
//! library, so that no catalog or record can be made to slow look-ups down.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

/// Texts and what each of them stands for.
pub(crate) type TextMap<T> = HashMap<Box<str>, T, TextHash>;

/// The numbers that were drawn.
#[derive(Debug, Clone)]
pub(crate) struct TextHash {
    start: u64,
    factor: u64,
}

impl Default for TextHash {
    fn default() -> Self {
        let drawn = RandomState::new();
        // A factor with few bits set would leave bits of the text where they are.
        Self { start: drawn.hash_one(0_u8), factor: drawn.hash_one(1_u8) | 0x8000_4000_2000_1001 }
    }
}

impl BuildHasher for TextHash {
    type Hasher = TextHasher;

    fn build_hasher(&self) -> TextHasher {
        TextHasher { hash: self.start, factor: self.factor }
    }
}

/// The hash of what was written so far.
#[derive(Debug)]
pub(crate) struct TextHasher {
    hash: u64,
    factor: u64,
}

impl TextHasher {
    /// Takes in eight bytes: both halves of the product depend on all of them.
    fn fold(&mut self, bytes: u64) {
        let product = u128::from(self.hash ^ bytes).wrapping_mul(u128::from(self.factor));
        let bytes = product.to_le_bytes();
        let (low, high) = bytes.split_at(8);
        self.hash = eight(low) ^ eight(high);
    }
}

/// At most eight bytes as a number.
fn eight(bytes: &[u8]) -> u64 {
    let mut padded = [0; 8];
    padded[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(padded)
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            // A short chunk has room for its length: without it a text that ends with zeros is one without them.
            let length = if chunk.len() < 8 { chunk.len() as u64 } else { 0 };
            self.fold(eight(chunk) ^ length << 56);
        }
    }

    /// What ends a text.
    fn write_u8(&mut self, byte: u8) {
        self.fold(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_alike_are_told_apart() {
        let hash = TextHash::default();
        let mut seen: Vec<u64> = (0..10_000).map(|number| hash.hash_one(format!("course-{number}"))).collect();
        seen.extend(["", "\0", "\0\0", "a", "a\0", "course-", "course-1\0"].map(|text| hash.hash_one(text)));
        let (all, bits) = (seen.len(), seen.iter().fold([u64::MAX, 0], |[and, or], hash| [and & hash, or | hash]));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((seen.len(), bits), (all, [0, u64::MAX]));
    }
}
