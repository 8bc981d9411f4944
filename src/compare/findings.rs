//! Findings of a check that are new, and such that are mended: so that only new ones need to stop a change.

use std::collections::{BTreeMap, BTreeSet};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::finding::diagnostic::{Diagnostic, Diagnostics, Unsettled};

/// The changes that [`compare_findings`] finds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindingChanges<'d> {
    /// Findings that only the newer check has, in the order of its text.
    pub new: Vec<&'d Diagnostic>,
    /// Findings that only the older check has, in the order of its text.
    pub fixed: Vec<&'d Diagnostic>,
    /// The number of findings that both have.
    pub known: usize,
    /// Whether both checks list all that they found. If not, a finding may be called new or fixed only because the
    /// other list was cut short.
    pub complete: bool,
}

/// Compares the findings of two checks, of an older and a newer version of a catalog. Findings are the same if they
/// have the same [`key`](Diagnostic::key) and are equally grave, wherever they stand in the text. A finding about which
/// the newer check is undecided is not called fixed.
///
/// ```
/// use credpath::{Catalog, CheckOptions, compare_findings};
///
/// let older = Catalog::parse("2025.toml", "credential.a = {}")?;
/// let newer = Catalog::parse("2026.toml", "# Reviewed.\ncredential.a = { title = 'Basics' }")?;
/// let [older, newer] = [older, newer].map(|catalog| catalog.check(&CheckOptions::default()));
/// let changes = compare_findings(&older, &newer);
/// assert!(changes.new.is_empty() && changes.fixed.is_empty() && changes.complete);
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[must_use]
pub fn compare_findings<'d>(older: &'d Diagnostics, newer: &'d Diagnostics) -> FindingChanges<'d> {
    let open: BTreeSet<(&str, &str)> =
        newer.undecided().iter().map(|open| (open.code.as_str(), open.credential.as_str())).collect();
    let is_open = |finding: &Diagnostic| {
        finding.credential.as_deref().is_some_and(|credential| open.contains(&(finding.code.as_str(), credential)))
    };
    let new = beyond(newer, older);
    let known = newer.as_slice().len() - new.len();
    let mut fixed = beyond(older, newer);
    fixed.retain(|finding| !is_open(finding));
    FindingChanges { new, fixed, known, complete: older.unlisted() == 0 && newer.unlisted() == 0 }
}

impl Diagnostics {
    /// Of the findings of a check, those that are [new](FindingChanges::new) beside the check of an older version; and
    /// of what it could not settle, the questions that the older check did not leave open. Both in the order of the
    /// text; what is there more often than before is new where it comes last.
    ///
    /// ```
    /// use credpath::{Catalog, CheckOptions};
    ///
    /// let older = "[credential.a]\nstack = { all_of = [] }\n";
    /// let newer = [older, "[credential.b]\nstack = { all_of = [] }\n"].concat();
    /// let [older, newer] = [older, &newer].map(|text| Catalog::parse("catalog.toml", text));
    /// let [older, newer] = [older?, newer?].map(|catalog| catalog.check(&CheckOptions::default()));
    /// let new = newer.new_since(&older);
    /// assert_eq!((newer.as_slice().len(), new.as_slice().len()), (2, 1));
    /// assert!(new.github().to_string().starts_with("::warning file=catalog.toml,line=4,"));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn new_since(&self, older: &Self) -> Self {
        let question = |open: &Unsettled| (open.code, open.credential.clone(), open.message.clone());
        let undecided = further(self.undecided(), older.undecided(), question);
        self.with_only(beyond(self, older).into_iter().cloned().collect(), undecided.into_iter().cloned().collect())
    }
}

/// The findings that the other check does not have, or not as often.
fn beyond<'d>(of: &'d Diagnostics, other: &Diagnostics) -> Vec<&'d Diagnostic> {
    further(of.as_slice(), other.as_slice(), |finding| (finding.key(), finding.severity))
}

/// The items that the other list does not have, or not as often, by what tells them apart.
fn further<'d, T, K: Ord>(list: &'d [T], other: &[T], key: impl Fn(&T) -> K) -> Vec<&'d T> {
    let mut left: BTreeMap<K, usize> = BTreeMap::new();
    for item in other {
        *left.entry(key(item)).or_default() += 1;
    }
    let mut is_further = |item: &T| match left.get_mut(&key(item)) {
        Some(times) if *times > 0 => {
            *times -= 1;
            false
        }
        _ => true,
    };
    list.iter().filter(|item| is_further(item)).collect()
}

/// `{"new": [{"key", "code", "severity", "message"}], "fixed": […], "known", "complete"}`
impl<'d> Serialize for FindingChanges<'d> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct FindingLine<'l> {
            key: String,
            code: &'l str,
            severity: crate::finding::diagnostic::Severity,
            message: &'l str,
        }
        let lines = |list: &[&'d Diagnostic]| -> Vec<FindingLine<'d>> {
            let line = |finding: &&'d Diagnostic| FindingLine {
                key: finding.key(),
                code: finding.code.as_str(),
                severity: finding.severity,
                message: &finding.message,
            };
            list.iter().map(line).collect()
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("new", &lines(&self.new))?;
        map.serialize_entry("fixed", &lines(&self.fixed))?;
        map.serialize_entry("known", &self.known)?;
        map.serialize_entry("complete", &self.complete)?;
        map.end()
    }
}
