//! What a report says of its origin: the version of its form, and the fingerprint of the catalog that it was made under
//! ([semantics 10.4](crate::semantics#10.4)).

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::names::parsed;

/// The version of the form in which reports and options are written ([semantics 10.4](crate::semantics#10.4)). It rises
/// when something that was written before can no longer be read as what it was.
pub const SCHEMA: u32 = 1;

/// What tells one catalog from another: 128 bits of all that it says. How its text is laid out, its comments and the
/// order of its tables and keys are no part of that, the order of lists is; nor is it whether it came as a text or as a
/// [`CatalogDocument`](crate::CatalogDocument). The same on every machine.
///
/// It is the 128-bit FNV-1a hash of the document as [`to_toml`](crate::CatalogDocument::to_toml) writes it: published,
/// a line long, so that another program can find it too, and wide enough that no two catalogs ever share one by
/// accident. On purpose one could be made: it is no measure of security.
///
/// ```
/// use credpath::{Catalog, Fingerprint};
///
/// let one = Catalog::parse("one.toml", "[credential.sql]\ncredits = 5 # so many")?;
/// let other = Catalog::parse("other.toml", "credential = { sql = { credits = 5.0 } }")?;
/// assert_eq!(one.fingerprint(), other.fingerprint());
///
/// let text = one.fingerprint().to_string();
/// assert_eq!(text.len(), 32);
/// assert_eq!(text.parse::<Fingerprint>()?, one.fingerprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The start and the factor of FNV-1a for 128 bits.
    const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    /// The fingerprint of a text.
    pub(crate) fn of(text: &str) -> Self {
        let next = |hash: u128, byte: u8| (hash ^ u128::from(byte)).wrapping_mul(Self::PRIME);
        Self(text.bytes().fold(Self::OFFSET_BASIS, next).to_be_bytes())
    }
}

/// 32 digits, in lower case.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

/// That a text is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 hexadecimal digits in lower case")]
pub struct InvalidFingerprint;

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = u128::from_str_radix(text, 16).ok().filter(|_| digits && text.len() == 32);
        number.map(|number| Self(number.to_be_bytes())).ok_or(InvalidFingerprint)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a fingerprint")
    }
}

/// What every report begins with: under which catalog it was made, and in which form it is written
/// ([semantics 10.4](crate::semantics#10.4)). What was written in another form is not read, with an error that says so.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions, PlanOutcome};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.sql = { cost = 350 }")?;
/// let sql = catalog.credential("sql").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.plan(&record, "2026-11-25".parse()?, sql, &PlanOptions::default());
///
/// // What is stored, and read again when the program runs the next time.
/// let stored = serde_json::to_string(&outcome)?;
/// let outcome: PlanOutcome = serde_json::from_str(&stored)?;
/// let plan = outcome.plan().expect("there is a way");
/// assert_eq!(plan.stamp, catalog.stamp());
/// plan.verify(&catalog, &record)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stamp {
    /// The version of the form: [`SCHEMA`].
    #[serde(deserialize_with = "known_schema")]
    pub schema: u32,
    /// The fingerprint of the catalog.
    pub catalog: Fingerprint,
}

impl Stamp {
    /// The stamp of what is made now under the catalog with this fingerprint.
    pub(crate) fn new(catalog: Fingerprint) -> Self {
        Self { schema: SCHEMA, catalog }
    }
}

fn known_schema<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        SCHEMA => Ok(SCHEMA),
        other => Err(D::Error::custom(format!("written in schema {other}; schema {SCHEMA} is what can be read"))),
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    /// The values that are published with the hash.
    #[test]
    fn the_hash_is_fnv_1a() {
        let of = |text: &str| Fingerprint::of(text).to_string();
        assert_eq!(of(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(of("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(of("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }

    #[test]
    fn only_what_is_written_is_read() {
        let of = Fingerprint::of("");
        assert_eq!(of.to_string().parse(), Ok(of));
        for wrong in
            ["", "6c62", "+c62272e07bb014262b821756295c58d", "6C62272E07BB014262B821756295C58D", &"0".repeat(33)]
        {
            assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
        }
    }
}
