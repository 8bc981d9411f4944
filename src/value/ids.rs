//! Ids: small, dense numbers that name things, each kind of thing with a type of its own, and lists indexed by them.
//!
//! A number of one kind cannot be put where one of another is asked for, and only this module knows that ids are
//! numbers of 32 bits.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Counts of nodes and bytes are bounded by `Limits`, far below four billion; whatever is not saturates instead of
/// wrapping.
#[inline]
pub(crate) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A dense number that names one of many things of a kind.
pub(crate) trait Id: Copy + Ord + fmt::Debug {
    /// The id of the thing in this place.
    fn at(index: usize) -> Self;

    /// The place in a list of all things of the kind.
    fn index(self) -> usize;

    /// The ids of the first `len` things, in order.
    fn first(len: usize) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..len).map(Self::at)
    }
}

/// Defines ids of one kind of thing.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(serde::Serialize, serde::Deserialize)]
        pub(crate) struct $name(u32);

        impl $crate::value::ids::Id for $name {
            #[inline]
            fn at(index: usize) -> Self {
                Self($crate::value::ids::to_u32(index))
            }

            #[inline]
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}
pub(crate) use id;

/// A credential of a catalog: a small, dense number, and a tag of the catalog's ids. Credentials are numbered in the
/// byte order of their ids, so the number means the same credential in every catalog that has the same ids: the same
/// catalog read again, or one in which something else changed. The tag tells whether that is so.
///
/// In a catalog with other ids it is of no credential, whatever its number: nothing is held or met of it, what needs a
/// credential says that it is of another catalog, and lists leave it out. [`Catalog::knows`](crate::Catalog::knows)
/// asks. Serde writes both, so that this holds for options that are kept. The tag is a hash of 32 bits: it tells lists
/// apart that have changed, not those that somebody made to have the same one.
///
/// Ids are compared by their numbers alone: those of two catalogs are not for one table.
///
/// ```
/// use credpath::{Catalog, CredentialId, EvaluateOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", "credential = { sql = {}, statistics = {} }")?;
/// let sql = catalog.credential("sql").expect("defined above");
/// let kept: CredentialId = serde_json::from_str(&serde_json::to_string(&sql)?)?;
///
/// // The same ids: the same credential.
/// let dearer = Catalog::parse("catalog.toml", "credential = { sql = { cost = 5 }, statistics = {} }")?;
/// assert_eq!(dearer.get(kept).id, "sql");
///
/// // Others: another credential has its number now, and it is never taken for that.
/// let longer = Catalog::parse("catalog.toml", "credential = { ethics = {}, sql = {}, statistics = {} }")?;
/// assert!(!longer.knows(kept));
/// let record: LearnerRecord = ["ethics"].into_iter().collect();
/// let evaluation = longer.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
/// assert_eq!(evaluation.status(kept), Status::Unattainable);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct CredentialId {
    number: u32,
    /// 0 where it never left the engine.
    tag: u32,
}

/// Of no credential, in whatever catalog.
impl Default for CredentialId {
    fn default() -> Self {
        Self { number: u32::MAX, tag: 0 }
    }
}

impl CredentialId {
    /// The number, from 0 to below [`Catalog::len`](crate::Catalog::len): an index for a caller's own tables.
    #[must_use]
    #[inline]
    pub fn index(self) -> usize {
        self.number as usize
    }

    /// The same, as it is given to callers.
    pub(crate) fn tagged(self, tag: u32) -> Self {
        Self { tag, ..self }
    }

    /// Whether it is of a catalog with this tag, or never left the engine.
    pub(crate) fn is_tagged(self, tag: u32) -> bool {
        self.tag == tag || self.tag == 0
    }
}

impl Id for CredentialId {
    #[inline]
    fn at(index: usize) -> Self {
        Self { number: to_u32(index), tag: 0 }
    }

    #[inline]
    fn index(self) -> usize {
        self.number as usize
    }
}

impl PartialEq for CredentialId {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for CredentialId {}

impl PartialOrd for CredentialId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CredentialId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl Hash for CredentialId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// The number, then the tag.
impl Serialize for CredentialId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.number, self.tag).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CredentialId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <(u32, u32)>::deserialize(deserializer).map(|(number, tag)| Self { number, tag })
    }
}

id! {
    /// A class of credentials that count as each other ([semantics 3.4](crate::semantics#3.4)). It goes by the number
    /// of its first credential, so that a list by class is as long as one by credential.
    ClassId
}
id! {
    /// A unit class: a credential and its equivalents, whose awards together are one unit ([semantics
    /// 5.2](crate::semantics#5.2)). It goes by its first credential.
    UnitId
}
id! {
    /// A group of the network: one written `all_of`, `at_least`, sum or `up_to`.
    GroupId
}
id! {
    /// A leaf of the network: one place that a credential is named in.
    LeafId
}
id! {
    /// A joint region: groups that are judged as a whole.
    RegionId
}
id! {
    /// A set of conditions on awards; the first is the empty one.
    ConditionsId
}
id! {
    /// An issuer that the catalog mentions, in the order of their names.
    IssuerId
}
id! {
    /// A pool of the document.
    PoolId
}

impl RegionId {
    /// The region of a group whose parts count independently of each other: it is kept up to date by adding. Every
    /// other region is judged as a whole, because a `span` ties its awards together or an award could fill two places
    /// where it may fill only one.
    pub(crate) const PLAIN: Self = Self(u32::MAX);
}

impl LeafId {
    /// No leaf of the network: for what does not turn on which leaf is filled.
    pub(crate) const NOWHERE: Self = Self(u32::MAX);
}

impl GroupId {
    /// No group of the network: stands for what is around parts of several credentials that are looked at together.
    pub(crate) const OUTSIDE: Self = Self(u32::MAX);
}

impl ConditionsId {
    /// No conditions.
    pub(crate) const NONE: Self = Self(0);
}

/// A class is numbered by its first credential.
impl ClassId {
    /// The class that goes by this credential.
    pub(crate) fn by(first: CredentialId) -> Self {
        Self(first.number)
    }

    /// The first credential of the class.
    pub(crate) fn first_credential(self) -> CredentialId {
        CredentialId::at(self.0 as usize)
    }
}

impl UnitId {
    /// The unit class that goes by this credential.
    pub(crate) fn by(first: CredentialId) -> Self {
        Self(first.number)
    }

    /// The first credential of the unit class.
    pub(crate) fn first_credential(self) -> CredentialId {
        CredentialId::at(self.0 as usize)
    }
}

/// Two numbers in the room of one: what stands above a leaf, a group or a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Either(u32);

impl Either {
    /// Ids are bounded by `Limits` far below two billion.
    pub(crate) fn left(id: impl Id) -> Self {
        Self(to_u32(id.index()) << 1)
    }

    pub(crate) fn right(id: impl Id) -> Self {
        Self(to_u32(id.index()) << 1 | 1)
    }

    /// The id that was put in, and by which side.
    pub(crate) fn get<L: Id, R: Id>(self) -> Result<L, R> {
        let index = (self.0 >> 1) as usize;
        if self.0 & 1 == 0 { Ok(L::at(index)) } else { Err(R::at(index)) }
    }
}

/// A list of something for every thing of a kind, indexed by its id.
pub(crate) struct IdVec<I, T> {
    items: Vec<T>,
    kind: PhantomData<fn(I) -> I>,
}

impl<I: Id, T> IdVec<I, T> {
    pub(crate) const fn new() -> Self {
        Self { items: Vec::new(), kind: PhantomData }
    }

    pub(crate) fn with_capacity(len: usize) -> Self {
        Vec::with_capacity(len).into()
    }

    /// The same for every thing.
    pub(crate) fn filled(item: T, len: usize) -> Self
    where
        T: Clone,
    {
        vec![item; len].into()
    }

    /// Adds one more, and gives its id.
    #[inline]
    pub(crate) fn push(&mut self, item: T) -> I {
        let id = I::at(self.items.len());
        self.items.push(item);
        id
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    #[inline]
    pub(crate) fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }

    /// All ids, in order.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + Clone + use<I, T> {
        I::first(self.items.len())
    }

    /// Every thing with its id, in order.
    #[inline]
    pub(crate) fn entries(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator + Clone {
        self.items.iter().enumerate().map(|(index, item)| (I::at(index), item))
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn entries_mut(&mut self) -> impl DoubleEndedIterator<Item = (I, &mut T)> + ExactSizeIterator {
        self.items.iter_mut().enumerate().map(|(index, item)| (I::at(index), item))
    }

    #[inline]
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    #[inline]
    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.items.iter_mut()
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.items
    }

    #[inline]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.items
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.items.truncate(len);
    }

    pub(crate) fn clear(&mut self) {
        self.items.clear();
    }

    pub(crate) fn resize(&mut self, len: usize, item: T)
    where
        T: Clone,
    {
        self.items.resize(len, item);
    }

    pub(crate) fn shrink_to_fit(&mut self) {
        self.items.shrink_to_fit();
    }
}

impl<I: Id, T> Index<I> for IdVec<I, T> {
    type Output = T;

    #[inline]
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for IdVec<I, T> {
    #[inline]
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}

impl<I, T> From<Vec<T>> for IdVec<I, T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, kind: PhantomData }
    }
}

impl<I: Id, T> FromIterator<T> for IdVec<I, T> {
    fn from_iter<A: IntoIterator<Item = T>>(items: A) -> Self {
        items.into_iter().collect::<Vec<T>>().into()
    }
}

impl<I: Id, T> Extend<T> for IdVec<I, T> {
    fn extend<A: IntoIterator<Item = T>>(&mut self, items: A) {
        self.items.extend(items);
    }
}

impl<'v, I: Id, T> IntoIterator for &'v IdVec<I, T> {
    type Item = &'v T;
    type IntoIter = std::slice::Iter<'v, T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<I: Id, T> IntoIterator for IdVec<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<I, T> Default for IdVec<I, T> {
    fn default() -> Self {
        Vec::new().into()
    }
}

impl<I, T: Clone> Clone for IdVec<I, T> {
    fn clone(&self) -> Self {
        self.items.clone().into()
    }

    fn clone_from(&mut self, other: &Self) {
        self.items.clone_from(&other.items);
    }
}

impl<I, T: PartialEq> PartialEq for IdVec<I, T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<I, T: Eq> Eq for IdVec<I, T> {}

impl<I, T: fmt::Debug> fmt::Debug for IdVec<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.fmt(f)
    }
}

/// A set of things of a kind, one bit each.
#[derive(Debug)]
pub(crate) struct IdSet<I> {
    words: Vec<u64>,
    kind: PhantomData<fn(I) -> I>,
}

impl<I: Id> IdSet<I> {
    /// The empty set of some of so many things.
    pub(crate) fn of(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)], kind: PhantomData }
    }

    /// Adds one; whether it was new.
    #[inline]
    pub(crate) fn insert(&mut self, id: I) -> bool {
        let (word, bit) = (&mut self.words[id.index() / 64], 1 << (id.index() % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Takes one away, if it is there.
    pub(crate) fn remove(&mut self, id: I) {
        self.words[id.index() / 64] &= !(1 << (id.index() % 64));
    }

    #[inline]
    pub(crate) fn contains(&self, id: I) -> bool {
        self.words[id.index() / 64] >> (id.index() % 64) & 1 == 1
    }
}

impl<I> Clone for IdSet<I> {
    fn clone(&self) -> Self {
        Self { words: self.words.clone(), kind: PhantomData }
    }
}
