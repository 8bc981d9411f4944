//! Bitstring status lists: a look-up.

/// A list of bits, one for each credential that an issuer lists in it, which tell that it was revoked or suspended: a
/// [Bitstring Status List](https://www.w3.org/TR/vc-bitstring-status-list/) after its `encodedList` was decoded (the
/// letter `u` taken off, then base64url, then gzip) and its signature was checked.
///
/// ```
/// use credpath::StatusList;
///
/// let list = StatusList::from_bytes([0b0100_0000, 0]);
/// assert_eq!(list.get(0), Some(false));
/// assert_eq!(list.get(1), Some(true));
/// assert_eq!(list.get(16), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatusList(Vec<u8>);

impl StatusList {
    /// The list that these bytes are. Bits are counted from the highest of the first byte.
    #[must_use]
    pub fn from_bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The number of bits.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.0.len() as u64 * 8
    }

    /// Whether there is no bit.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bit with this number, from 0; `None` if the list is shorter.
    #[must_use]
    pub fn get(&self, index: u64) -> Option<bool> {
        let byte = self.0.get(usize::try_from(index / 8).ok()?)?;
        Some(byte & (0x80 >> (index % 8)) != 0)
    }
}
