//! Learners who are made up, from a seed: the same on every machine.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use credpath::{AwardStatus, Catalog, CredentialId, Date};
use datafusion::arrow::array::{
    ArrayRef, Date32Builder, Int32Builder, RecordBatch, UInt8Builder, UInt64Array, UInt64Builder,
};
use datafusion::common::DataFusionError;

use crate::question::Dictionary;
use crate::table::{PartWriter, TableError, award_fields, learner_fields, remove_parts};

/// Learners whose awards are written at a time.
const AT_ONCE: u64 = 8192;
/// The first key; keys are those of a student system, and do not begin at 0.
const FIRST_KEY: u64 = 20_000_001;
/// An id that no catalog knows, as one that was given up: some awards are of it.
const RETIRED: &str = "retired-course";

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// The number of learners.
    pub learners: u64,
    /// The number of their awards.
    pub awards: u64,
    /// The size of the files with awards.
    pub award_bytes: u64,
    /// The size of the files with keys of learners.
    pub learner_bytes: u64,
}

/// Writes tables of learners with about eight awards each, in so many files, in place of those that are there.
///
/// # Errors
/// What the file system or the writer say.
pub fn write(folder: &Path, catalog: &Catalog, learners: u64, files: usize) -> Result<Written, TableError> {
    let mut dictionary = Dictionary::of(catalog);
    dictionary.credentials.push(RETIRED.to_owned());
    if dictionary.grades.is_empty() {
        dictionary.grades = ["48", "61", "74", "88"].map(str::to_owned).to_vec();
    }
    let source = Source::new(catalog, &dictionary);
    let files = files.max(1) as u64;
    for table in ["awards", "learners"] {
        remove_parts(&folder.join(table))?;
    }
    let mut written = Written { learners, ..Written::default() };
    for file in 0..files {
        let number = usize::try_from(file).unwrap_or(usize::MAX);
        let mut awards = PartWriter::new(folder, "awards", number, award_fields(), &dictionary)?;
        let mut keys = PartWriter::new(folder, "learners", number, learner_fields(), &dictionary)?;
        let (mut from, end) = (learners * file / files, learners * (file + 1) / files);
        while from < end {
            let to = end.min(from + AT_ONCE);
            let mut rows = AwardRows::default();
            (from..to).for_each(|learner| source.learner(learner, &mut rows));
            let rows = rows.finish(&awards)?;
            written.awards += rows.num_rows() as u64;
            awards.write(&rows)?;
            let column: ArrayRef = Arc::new(UInt64Array::from_iter_values((from..to).map(|n| FIRST_KEY + n)));
            let rows = RecordBatch::try_new(Arc::clone(keys.schema()), vec![column]);
            keys.write(&rows.map_err(DataFusionError::from)?)?;
            from = to;
        }
        written.award_bytes += awards.finish()?;
        written.learner_bytes += keys.finish()?;
    }
    Ok(written)
}

/// What learners are made up from.
struct Source {
    /// For each credential, those that it asks for, and what these ask for, and so on: its own place is the last.
    ways: Vec<Vec<i32>>,
    /// The place of the issuer of each credential.
    issuers: Vec<Option<i32>>,
    grades: usize,
    /// The last day that something was awarded on.
    last_day: i32,
}

impl Source {
    fn new(catalog: &Catalog, dictionary: &Dictionary) -> Self {
        let ways = catalog.credentials().map(|(id, _)| way(catalog, id)).collect();
        let place = |issuer: &str| dictionary.issuers.iter().position(|known| known == issuer).map(number);
        let issuers = catalog.credentials().map(|(_, described)| place(described.issuer.as_deref()?)).collect();
        let last_day = Date::new(2026, 11, 30).map_or(0, Date::days_since_1970);
        Self { ways, issuers, grades: dictionary.grades.len(), last_day }
    }

    fn learner(&self, learner: u64, rows: &mut AwardRows) {
        let mut random = Random(learner);
        if random.one_in(40) {
            return;
        }
        let wanted = 4 + random.below(9);
        for _ in 0..4 {
            let way = &self.ways[random.place(self.ways.len())];
            for &credential in way {
                if rows.of_learner(FIRST_KEY + learner) < wanted && !random.one_in(6) {
                    self.award(credential, learner, &mut random, rows);
                }
            }
        }
        while rows.of_learner(FIRST_KEY + learner) < wanted {
            // One place more than the catalog has credentials: what it does not know.
            let credential = number(random.place(self.ways.len() + 1));
            self.award(credential, learner, &mut random, rows);
        }
    }

    fn award(&self, credential: i32, learner: u64, random: &mut Random, rows: &mut AwardRows) {
        let days_ago = number(random.place(3650));
        let is_under_way = random.one_in(20);
        rows.learner.append_value(FIRST_KEY + learner);
        rows.credential.append_value(credential);
        rows.awarded.append_option((!is_under_way && !random.one_in(50)).then_some(self.last_day - days_ago));
        rows.valid_until.append_option(random.one_in(30).then_some(self.last_day - days_ago + 1000));
        rows.status.append_option(is_under_way.then_some(AwardStatus::InProgress.code()));
        rows.grade.append_option(random.one_in(2).then(|| number(random.place(self.grades))));
        let issuer = usize::try_from(credential).ok().and_then(|place| *self.issuers.get(place)?);
        rows.issuer.append_option(issuer.filter(|_| !random.one_in(10)));
        rows.count += 1;
    }
}

/// What a credential asks for, from below.
fn way(catalog: &Catalog, target: CredentialId) -> Vec<i32> {
    let (mut seen, mut next, mut way) = (BTreeSet::from([target]), vec![target], Vec::new());
    while let Some(id) = next.pop() {
        way.push(number(id.index()));
        for edge in catalog.requires(id) {
            let named = catalog.credential(&edge.named);
            next.extend(named.filter(|&named| seen.insert(named)));
        }
    }
    way.reverse();
    way
}

/// Places are far below two thousand millions.
fn number(place: usize) -> i32 {
    i32::try_from(place).unwrap_or(i32::MAX)
}

/// Rows of the table of awards.
#[derive(Default)]
struct AwardRows {
    learner: UInt64Builder,
    credential: Int32Builder,
    awarded: Date32Builder,
    valid_until: Date32Builder,
    status: UInt8Builder,
    grade: Int32Builder,
    issuer: Int32Builder,
    /// The learner who was counted last, and how many rows there were before and are now.
    counted: Option<u64>,
    before: u64,
    count: u64,
}

impl AwardRows {
    /// The number of rows of a learner, who is the last that there are rows of.
    fn of_learner(&mut self, key: u64) -> u64 {
        if self.counted != Some(key) {
            (self.counted, self.before) = (Some(key), self.count);
        }
        self.count - self.before
    }

    fn finish(mut self, to: &PartWriter) -> Result<RecordBatch, TableError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.learner.finish()),
            Arc::new(self.credential.finish()),
            Arc::new(self.awarded.finish()),
            Arc::new(self.valid_until.finish()),
            Arc::new(self.status.finish()),
            Arc::new(self.grade.finish()),
            Arc::new(self.issuer.finish()),
        ];
        Ok(RecordBatch::try_new(Arc::clone(to.schema()), columns).map_err(DataFusionError::from)?)
    }
}

/// Numbers by `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    fn place(&mut self, places: usize) -> usize {
        usize::try_from(self.below(places as u64)).expect("it is below a number that is a `usize`")
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}
