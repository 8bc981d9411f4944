//! Columns of awards, taken out of buffers of Python.

use credpath::{AwardColumns, AwardDictionary, Cohort};
use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The columns, in memory of their own: while learners are judged, Python may go on.
pub(crate) struct Columns {
    offsets: Vec<i32>,
    credential: Vec<i32>,
    awarded: Vec<i32>,
    valid_until: Vec<i32>,
    grade: Vec<i32>,
    issuer: Vec<i32>,
    status: Vec<u8>,
    learner: Vec<u64>,
    credentials: Vec<String>,
    grades: Vec<String>,
    issuers: Vec<String>,
}

/// A column of numbers; none, if it is not given.
fn numbers<T: Element>(columns: &Bound<'_, PyDict>, name: &str) -> PyResult<Vec<T>> {
    let Some(column) = columns.get_item(name)? else { return Ok(Vec::new()) };
    if column.len()? == 0 {
        // What is empty stands nowhere, and so not where a number could.
        return Ok(Vec::new());
    }
    PyBuffer::<T>::get(&column)?.to_vec(columns.py())
}

fn texts(columns: &Bound<'_, PyDict>, name: &str) -> PyResult<Vec<String>> {
    columns.get_item(name)?.map_or_else(|| Ok(Vec::new()), |texts| texts.extract())
}

impl Columns {
    pub(crate) fn read(columns: &Bound<'_, PyDict>) -> PyResult<Self> {
        let known = [
            "offsets",
            "credential",
            "awarded",
            "valid_until",
            "grade",
            "issuer",
            "status",
            "learner",
            "credentials",
            "grades",
            "issuers",
        ];
        for name in columns.keys() {
            let name: String = name.extract()?;
            if !known.contains(&name.as_str()) {
                return Err(PyKeyError::new_err(name));
            }
        }
        Ok(Self {
            offsets: numbers(columns, "offsets")?,
            credential: numbers(columns, "credential")?,
            awarded: numbers(columns, "awarded")?,
            valid_until: numbers(columns, "valid_until")?,
            grade: numbers(columns, "grade")?,
            issuer: numbers(columns, "issuer")?,
            status: numbers(columns, "status")?,
            learner: numbers(columns, "learner")?,
            credentials: texts(columns, "credentials")?,
            grades: texts(columns, "grades")?,
            issuers: texts(columns, "issuers")?,
        })
    }

    pub(crate) fn learners(&self) -> usize {
        self.columns().learners()
    }

    pub(crate) fn columns(&self) -> AwardColumns<'_> {
        AwardColumns {
            offsets: &self.offsets,
            credential: &self.credential,
            awarded: &self.awarded,
            valid_until: &self.valid_until,
            grade: &self.grade,
            issuer: &self.issuer,
            status: &self.status,
            learner: &self.learner,
            ..AwardColumns::default()
        }
    }

    pub(crate) fn dictionary<'d>(&'d self, cohort: &'d Cohort<'d>) -> AwardDictionary<'d> {
        cohort.dictionary(&self.credentials).with_grades(&self.grades).with_issuers(&self.issuers)
    }
}
