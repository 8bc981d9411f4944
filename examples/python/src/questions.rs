//! A catalog, and what can be asked of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use credpath::{
    CatalogDocument, CheckOptions, CohortOptions, CredentialId, Date, EvaluateOptions, LearnerRecord, PlanOptions,
    PlanOutcome, Status, Watcher,
};
use pyo3::exceptions::{PyKeyError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::columns::Columns;

pyo3::create_exception!(
    _credpath,
    CatalogError,
    PyValueError,
    "A catalog cannot be used: a message, and what is wrong."
);

/// A catalog: what its rules mean. It never changes, and threads may share it.
#[pyclass(frozen)]
pub(crate) struct Catalog(credpath::Catalog);

/// A fault of what was given, as Python tells it.
fn invalid(error: impl ToString) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn invalid_catalog(error: &credpath::InvalidCatalog) -> PyErr {
    let diagnostics = serde_json::to_string(error.report()).unwrap_or_default();
    CatalogError::new_err((error.to_string(), diagnostics))
}

fn read<T: DeserializeOwned>(json: &str) -> PyResult<T> {
    serde_json::from_str(json).map_err(invalid)
}

fn written<T: Serialize>(answer: &T) -> PyResult<String> {
    serde_json::to_string(answer).map_err(invalid)
}

fn day(text: &str) -> PyResult<Date> {
    text.parse().map_err(invalid)
}

/// Whom an evaluation is about, as of when, and how.
struct Asked {
    record: LearnerRecord,
    as_of: Date,
    options: EvaluateOptions,
}

impl Asked {
    fn read(record: &str, as_of: &str, options: &str) -> PyResult<Self> {
        Ok(Self { record: read(record)?, as_of: day(as_of)?, options: read(options)? })
    }
}

/// What stopped a search from outside: Python tells of a signal once, so it is kept until the search has returned.
#[derive(Clone, Default)]
struct Interrupt(Arc<Mutex<Option<PyErr>>>);

impl Interrupt {
    /// Stops a search when its time is over, or somebody has pressed Ctrl-C.
    fn watcher(&self, seconds: Option<f64>) -> PyResult<Watcher> {
        let time = seconds.map(Duration::try_from_secs_f64).transpose().map_err(invalid)?;
        let until = time.and_then(|time| Instant::now().checked_add(time));
        let interrupt = self.clone();
        Ok(Watcher::new(move |_| {
            until.is_none_or(|until| Instant::now() < until)
                && Python::attach(|py| py.check_signals().map_err(|error| interrupt.keep(error)).is_ok())
        }))
    }

    fn keep(&self, error: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Raises what has stopped the search, if anything has.
    fn raise(&self, py: Python<'_>) -> PyResult<()> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.map_or_else(|| py.check_signals(), Err)
    }
}

impl Catalog {
    fn id(&self, credential: &str) -> PyResult<CredentialId> {
        self.0.credential(credential).ok_or_else(|| PyKeyError::new_err(credential.to_owned()))
    }

    /// Options of plans, in which credentials are named and not numbered.
    fn plan_options(&self, json: &str, watcher: Watcher) -> PyResult<PlanOptions> {
        let mut options: Value = read(json)?;
        for key in ["must_include", "avoid"] {
            for named in options.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(name) = named.as_str() {
                    *named = serde_json::to_value(self.id(name)?).map_err(invalid)?;
                }
            }
        }
        let mut options: PlanOptions = serde_json::from_value(options).map_err(invalid)?;
        options.watcher = Some(watcher);
        Ok(options)
    }

    fn cohort_options(&self, json: &str, credentials: Option<Vec<String>>) -> PyResult<CohortOptions> {
        let mut options = CohortOptions::default();
        options.evaluate = read(json)?;
        let ids = credentials.map(|ids| ids.iter().map(|id| self.id(id)).collect::<PyResult<_>>());
        options.credentials = ids.transpose()?;
        Ok(options)
    }
}

#[pymethods]
impl Catalog {
    /// From TOML.
    #[staticmethod]
    fn parse(name: &str, text: &str) -> PyResult<Self> {
        credpath::Catalog::parse(name, text).map(Self).map_err(|error| invalid_catalog(&error))
    }

    /// From a document in JSON.
    #[staticmethod]
    fn compile(document: &str) -> PyResult<Self> {
        let document: CatalogDocument = read(document)?;
        credpath::Catalog::compile(&document).map(Self).map_err(|error| invalid_catalog(&error))
    }

    fn document(&self) -> PyResult<String> {
        written(&self.0.document().map_err(|error| invalid_catalog(&error))?)
    }

    fn fingerprint(&self) -> String {
        self.0.fingerprint().to_string()
    }

    fn ids(&self) -> Vec<&str> {
        self.0.credentials().map(|(_, known)| known.id.as_str()).collect()
    }

    /// The ids of the credentials that are named by any of their ids, each once, in the order of the columns of
    /// statuses.
    fn ids_of(&self, credentials: Vec<String>) -> PyResult<Vec<&str>> {
        let named: BTreeSet<CredentialId> = credentials.iter().map(|id| self.id(id)).collect::<PyResult<_>>()?;
        Ok(named.into_iter().map(|id| self.0.get(id).id.as_str()).collect())
    }

    fn evaluate(&self, py: Python<'_>, record: &str, as_of: &str, options: &str) -> PyResult<String> {
        let asked = Asked::read(record, as_of, options)?;
        py.detach(|| written(&self.0.evaluate(&asked.record, asked.as_of, &asked.options)))
    }

    /// The audit, and the same as text.
    fn audit(
        &self,
        py: Python<'_>,
        record: &str,
        as_of: &str,
        credential: &str,
        options: &str,
    ) -> PyResult<(String, String)> {
        let asked = Asked::read(record, as_of, options)?;
        let id = self.id(credential)?;
        py.detach(|| {
            let audit = self.0.evaluate(&asked.record, asked.as_of, &asked.options).audit(id);
            Ok((written(&audit)?, audit.to_string()))
        })
    }

    fn plan(
        &self,
        py: Python<'_>,
        record: &str,
        as_of: &str,
        target: &str,
        options: &str,
        seconds: Option<f64>,
    ) -> PyResult<String> {
        let (record, as_of): (LearnerRecord, _) = (read(record)?, day(as_of)?);
        let interrupt = Interrupt::default();
        let (target, options) = (self.id(target)?, self.plan_options(options, interrupt.watcher(seconds)?)?);
        let told = py.detach(|| written(&self.0.plan(&record, as_of, target, &options)))?;
        interrupt.raise(py).map(|()| told)
    }

    /// What is wrong with a plan that was kept; nothing if it holds.
    fn flaw(&self, py: Python<'_>, outcome: &str, record: &str) -> PyResult<Option<String>> {
        let (outcome, record): (PlanOutcome, LearnerRecord) = (read(outcome)?, read(record)?);
        let plan = outcome.into_plan().ok_or_else(|| invalid("there is no plan to be verified"))?;
        Ok(py.detach(|| plan.verify(&self.0, &record).err().map(|flaw| flaw.to_string())))
    }

    fn check(&self, py: Python<'_>, as_of: Option<&str>, seconds: Option<f64>) -> PyResult<String> {
        let mut options = CheckOptions::default();
        options.as_of = as_of.map(day).transpose()?;
        let interrupt = Interrupt::default();
        options.watcher = Some(interrupt.watcher(seconds)?);
        let told = py.detach(|| written(&self.0.check(&options)))?;
        interrupt.raise(py).map(|()| told)
    }

    /// The codes of statuses: of each learner, one for each credential that is asked about.
    fn fill<'py>(
        &self,
        py: Python<'py>,
        as_of: &str,
        columns: &Bound<'py, PyDict>,
        credentials: Option<Vec<String>>,
        options: &str,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (as_of, columns) = (day(as_of)?, Columns::read(columns)?);
        let options = self.cohort_options(options, credentials)?;
        let codes = py.detach(|| {
            let cohort = self.0.cohort(as_of, &options);
            let mut codes = vec![0; columns.learners() * cohort.credentials().len()];
            let filled = cohort.fill_columns(&columns.dictionary(&cohort), &columns.columns(), &mut codes);
            filled.map(|_| codes).map_err(|error| invalid(error.to_string()))
        })?;
        Ok(PyBytes::new(py, &codes))
    }

    /// The report on all learners.
    fn report(
        &self,
        py: Python<'_>,
        as_of: &str,
        columns: &Bound<'_, PyDict>,
        credentials: Option<Vec<String>>,
        options: &str,
    ) -> PyResult<String> {
        let (as_of, columns) = (day(as_of)?, Columns::read(columns)?);
        let options = self.cohort_options(options, credentials)?;
        py.detach(|| {
            let cohort = self.0.cohort(as_of, &options);
            let report = cohort.report_columns(&columns.dictionary(&cohort), &columns.columns());
            written(&report.map_err(|error| invalid(error.to_string()))?)
        })
    }

    /// The name of each code of a status.
    #[staticmethod]
    fn status_names() -> Vec<String> {
        (0..=u8::MAX).map_while(Status::from_code).map(|status| status.to_string()).collect()
    }
}
