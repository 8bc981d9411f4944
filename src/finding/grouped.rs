//! Findings of one cause together: a degree that lists all its courses has a note for each that others imply.

use std::collections::BTreeMap;
use std::fmt;

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::finding::render::{Trailer, render_one};

/// Findings that say the same of one credential, or a finding by itself.
///
/// ```
/// use credpath::{Catalog, CheckOptions};
///
/// let catalog = Catalog::parse("catalog.toml", "[credential]
/// algebra = {}
/// calculus = { stack = 'algebra' }
/// physics = { stack = 'calculus' }
/// degree = { stack = { all_of = ['algebra', 'calculus', 'physics'] } }
/// ")?;
/// let findings = catalog.check(&CheckOptions::default());
/// let group = &findings.groups()[0];
/// assert_eq!((group.code.as_str(), group.findings.len()), ("redundant-requirement", 2));
/// assert!(findings.grouped().to_string().contains("= note: the same is true of `physics`"));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindingGroup<'d> {
    /// Their code.
    pub code: Code,
    /// Their gravity.
    pub severity: Severity,
    /// Id of the credential that they are about, if there is one.
    pub credential: Option<&'d str>,
    /// The findings, in the order of the text: one at least.
    pub findings: Vec<&'d Diagnostic>,
}

impl Diagnostics {
    /// The findings, those of one cause together: notes of one code about one credential are a group; whatever is
    /// graver is one by itself, since each has to be mended. Groups are in the order of their first findings.
    #[must_use]
    pub fn groups(&self) -> Vec<FindingGroup<'_>> {
        let mut groups: Vec<FindingGroup<'_>> = Vec::new();
        let mut group_of: BTreeMap<(Code, &str), usize> = BTreeMap::new();
        for finding in self.as_slice() {
            let credential = finding.credential.as_deref();
            let cause = credential.filter(|_| finding.severity == Severity::Note).map(|id| (finding.code, id));
            if let Some(&group) = cause.and_then(|cause| group_of.get(&cause)) {
                groups[group].findings.push(finding);
                continue;
            }
            if let Some(cause) = cause {
                group_of.insert(cause, groups.len());
            }
            groups.push(FindingGroup {
                code: finding.code,
                severity: finding.severity,
                credential,
                findings: vec![finding],
            });
        }
        groups
    }

    /// Shows them as `Display` does, but of each [group](Self::groups) only the first, with what it is as true of.
    #[must_use]
    pub fn grouped(&self) -> impl fmt::Display {
        Grouped(self)
    }
}

struct Grouped<'d>(&'d Diagnostics);

impl fmt::Display for Grouped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(diagnostics) = self;
        for (number, group) in diagnostics.groups().into_iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            let Some((first, others)) = group.findings.split_first() else { continue };
            render_one(diagnostics, first, remark(diagnostics, others).as_deref(), f)?;
        }
        Trailer(diagnostics).fmt(f)
    }
}

/// Findings that are named beside the one that is shown.
const MOST_NAMED: usize = 12;

/// What the first of a group is as true of.
fn remark(diagnostics: &Diagnostics, others: &[&Diagnostic]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let named = others.iter().take(MOST_NAMED).map(|finding| match &finding.subjects[..] {
        [] => format!("line {}", diagnostics.position(finding.primary.span.start).0),
        subjects => subjects.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" with "),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    Some(match others.len().checked_sub(MOST_NAMED) {
        None | Some(0) => format!("the same is true of {named}"),
        Some(more) => format!("the same is true of {named} and {more} more"),
    })
}
