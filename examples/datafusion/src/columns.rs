//! Lists of awards as the engine has them, read as the library's columns of numbers.

use std::sync::Arc;

use credpath::{AwardColumns, InvalidColumns};
use datafusion::arrow::array::types::{ArrowPrimitiveType, Date32Type, Int32Type, UInt8Type, UInt64Type};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, StructArray, UInt32Array};
use datafusion::arrow::buffer::{OffsetBuffer, ScalarBuffer};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err, plan_err};

/// What an award may say: the fields of [`AwardColumns`], and what each is in Arrow.
pub const FIELDS: [(&str, DataType); 11] = [
    ("credential", DataType::Int32),
    ("awarded", DataType::Date32),
    ("valid_until", DataType::Date32),
    ("status", DataType::UInt8),
    ("revoked_on", DataType::Date32),
    ("verification", DataType::UInt8),
    ("grade", DataType::Int32),
    ("issuer", DataType::Int32),
    ("credits", DataType::Int32),
    ("hours", DataType::Int32),
    ("award", DataType::Int32),
];

/// Looks at the type of an argument that is to hold lists of awards.
///
/// # Errors
/// What it is, and what it would have to be.
pub fn check_awards(function: &str, found: &DataType) -> Result<()> {
    let DataType::List(entry) = found else {
        return plan_err!("{function} takes a list of awards, as array_agg gathers them; what is given is {found}");
    };
    let DataType::Struct(fields) = entry.data_type() else {
        let entry = entry.data_type();
        return plan_err!("{function} takes a list of awards, each a struct with its columns; these are {entry}");
    };
    for field in fields {
        let (name, found) = (field.name(), field.data_type());
        match FIELDS.iter().find(|(known, _)| known == name) {
            Some((_, due)) if due == found => {}
            Some((_, due)) => return plan_err!("`{name}` of the awards of {function} is {found}; it has to be {due}"),
            None => {
                let known: Vec<&str> = FIELDS.iter().map(|&(known, _)| known).collect();
                return plan_err!("{function} knows no `{name}` of awards, but {}", known.join(", "));
            }
        }
    }
    if !fields.iter().any(|field| field.name() == "credential") {
        return plan_err!("the awards of {function} have no `credential`, the place of its id in the dictionary");
    }
    Ok(())
}

/// Learners with their awards, in the library's numbers. What has no gaps is shared with the engine, and not copied.
#[derive(Debug)]
pub struct LearnerLists {
    /// The keys; empty if there are none.
    keys: ScalarBuffer<u64>,
    offsets: OffsetBuffer<i32>,
    credential: ScalarBuffer<i32>,
    awarded: ScalarBuffer<i32>,
    valid_until: ScalarBuffer<i32>,
    status: ScalarBuffer<u8>,
    revoked_on: ScalarBuffer<i32>,
    verification: ScalarBuffer<u8>,
    grade: ScalarBuffer<i32>,
    issuer: ScalarBuffer<i32>,
    credits: ScalarBuffer<i32>,
    hours: ScalarBuffer<i32>,
    award: ScalarBuffer<i32>,
}

impl LearnerLists {
    /// Reads a column of lists of awards, and the keys of the learners beside it. A list that is null is a learner
    /// without awards, and so is an entry that says nothing at all, as an outer join leaves it.
    ///
    /// # Errors
    /// A learner without key, or an award that says something and no credential.
    pub fn read(keys: Option<&ArrayRef>, awards: &ArrayRef) -> Result<Self> {
        let keys = keys.map(AsArray::as_primitive::<UInt64Type>);
        if let Some(row) = keys.and_then(|keys| keys.nulls()?.iter().position(|is_there| !is_there)) {
            return exec_err!("the learner in row {row} has no key; every learner has a number of their own");
        }
        let keys = keys.map(|keys| keys.values().clone()).unwrap_or_default();
        let lists = own_entries(awards.as_list::<i32>())?;
        let entries = lists.values().as_struct();
        let (offsets, entries) = match Gaps::find(&lists, entries) {
            None => (lists.offsets().clone(), entries.clone()),
            Some(gaps) => gaps.closed(&keys)?,
        };
        let numbers = |name| column::<Int32Type>(&entries, name, AwardColumns::NONE);
        let days = |name| column::<Date32Type>(&entries, name, AwardColumns::NO_DAY);
        // 0 is the code of what is completed, and of what is unchecked.
        let codes = |name| column::<UInt8Type>(&entries, name, 0);
        Ok(Self {
            keys,
            offsets,
            credential: numbers("credential"),
            awarded: days("awarded"),
            valid_until: days("valid_until"),
            status: codes("status"),
            revoked_on: days("revoked_on"),
            verification: codes("verification"),
            grade: numbers("grade"),
            issuer: numbers("issuer"),
            credits: numbers("credits"),
            hours: numbers("hours"),
            award: numbers("award"),
        })
    }

    /// The library's view of them.
    #[must_use]
    pub fn columns(&self) -> AwardColumns<'_> {
        AwardColumns {
            offsets: &self.offsets,
            credential: &self.credential,
            awarded: &self.awarded,
            valid_until: &self.valid_until,
            status: &self.status,
            revoked_on: &self.revoked_on,
            verification: &self.verification,
            grade: &self.grade,
            issuer: &self.issuer,
            credits: &self.credits,
            hours: &self.hours,
            award: &self.award,
            learner: &self.keys,
        }
    }

    /// What is wrong, in words that name the learner: a place in a batch of the engine says nothing to anybody.
    #[must_use]
    pub fn told(&self, wrong: &InvalidColumns) -> String {
        let InvalidColumns::Value { column, place, value, due } = wrong else { return wrong.to_string() };
        let learner = self.offsets.partition_point(|&offset| usize::try_from(offset).is_ok_and(|from| from <= *place));
        let learner = learner.saturating_sub(1);
        let whose = match self.keys.get(learner) {
            Some(key) => format!("learner {key}"),
            None => format!("the learner in row {learner}"),
        };
        format!("an award of {whose} has {value} as `{column}`; it is {due}")
    }
}

/// The lists with no entries but their own: an engine hands out its groups batch by batch, all with the entries of all
/// groups behind them, and whoever looked at these for each batch would never come to an end.
fn own_entries(lists: &ListArray) -> Result<ListArray> {
    let DataType::List(field) = lists.data_type() else {
        return exec_err!("lists of awards are {}", lists.data_type());
    };
    // Offsets are never negative.
    let (first, length) = (lists.offsets()[0].unsigned_abs() as usize, lists.offsets().lengths().sum());
    let entries = lists.values().slice(first, length);
    let offsets = OffsetBuffer::from_lengths(lists.offsets().lengths());
    Ok(ListArray::try_new(Arc::clone(field), offsets, entries, lists.nulls().cloned())?)
}

/// A column of awards, with what stands where nothing is recorded; empty, if nothing ever is.
fn column<T: ArrowPrimitiveType>(entries: &StructArray, name: &str, none: T::Native) -> ScalarBuffer<T::Native> {
    let Some(column) = entries.column_by_name(name) else { return ScalarBuffer::default() };
    let column = column.as_primitive::<T>();
    match column.null_count() {
        0 => column.values().clone(),
        nulls if nulls == column.len() => ScalarBuffer::default(),
        _ => column.iter().map(|number| number.unwrap_or(none)).collect::<Vec<_>>().into(),
    }
}

/// Lists in which some entries are no awards, or are those of a list that is null.
struct Gaps<'a> {
    lists: &'a ListArray,
    entries: &'a StructArray,
}

impl<'a> Gaps<'a> {
    fn find(lists: &'a ListArray, entries: &'a StructArray) -> Option<Self> {
        let credentials = entries.column_by_name("credential").map_or(0, Array::null_count);
        let is_in_use = |learner: usize| lists.is_null(learner) && lists.value_length(learner) > 0;
        let in_use = lists.null_count() > 0 && (0..lists.len()).any(is_in_use);
        (credentials > 0 || entries.null_count() > 0 || in_use).then_some(Self { lists, entries })
    }

    /// The lists without these entries.
    fn closed(self, keys: &[u64]) -> Result<(OffsetBuffer<i32>, StructArray)> {
        let mut kept: Vec<u32> = Vec::with_capacity(self.entries.len());
        let mut lengths = Vec::with_capacity(self.lists.len());
        for (learner, ends) in self.lists.offsets().windows(2).enumerate() {
            let before = kept.len();
            if self.lists.is_valid(learner) {
                for entry in ends[0]..ends[1] {
                    // Offsets are never negative.
                    let entry = entry.unsigned_abs();
                    if self.is_award(entry as usize, learner, keys)? {
                        kept.push(entry);
                    }
                }
            }
            lengths.push(kept.len() - before);
        }
        let entries = take(self.entries, &UInt32Array::from(kept), None)?;
        Ok((OffsetBuffer::from_lengths(lengths), entries.as_struct().clone()))
    }

    fn is_award(&self, entry: usize, learner: usize, keys: &[u64]) -> Result<bool> {
        let is_there = |column: &ArrayRef| column.is_valid(entry);
        if self.entries.is_null(entry) || !self.entries.columns().iter().any(is_there) {
            return Ok(false);
        }
        if self.entries.column_by_name("credential").is_some_and(is_there) {
            return Ok(true);
        }
        let whose = keys.get(learner).map_or_else(|| format!("in row {learner}"), ToString::to_string);
        exec_err!(
            "an award of learner {whose} names no credential; where there is no award, nothing else is told of it"
        )
    }
}
