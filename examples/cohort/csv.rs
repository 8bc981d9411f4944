//! A report on a cohort as a table of comma-separated values.

use std::fmt::Write as _;

use credpath::CohortReport;

use crate::input::lines::cell;

/// Totals, of a kind each that the first column says: one credential to a line, then one id to a line that the catalog
/// does not know, and last how many awards have further such ids, and how many learners have waivers or substitutions
/// without a place in the catalog.
pub(crate) fn csv(report: &CohortReport) -> String {
    let mut csv = "kind,id,title".to_owned();
    let statuses: Vec<String> = report
        .credentials
        .iter()
        .take(1)
        .flat_map(|of| of.statuses.iter())
        .map(|(status, _)| status.to_string())
        .collect();
    for status in &statuses {
        _ = write!(csv, ",{status}");
    }
    csv.push_str(
        ",earned and not awarded,one award away,undecided whether one award away,learners,sharing is limited\n",
    );
    for of in &report.credentials {
        _ = write!(csv, "credential,{},{}", cell(&of.credential), cell(&of.title));
        for (_, count) in of.statuses.iter() {
            _ = write!(csv, ",{count}");
        }
        let [qualified, nearly] = [&of.qualified, &of.one_award_away].map(Vec::len);
        let limited = of.sharing_is_limited;
        _ = writeln!(csv, ",{qualified},{nearly},{},{},{limited}", of.one_award_away_undecided, report.learners);
    }
    let nothing = ",".repeat(statuses.len() + 4);
    for id in &report.unknown_awards.ids {
        _ = writeln!(csv, "unknown id,{},{nothing}{},", cell(&id.id), id.learners);
    }
    if report.unknown_awards.unlisted > 0 {
        _ = writeln!(csv, "further unknown ids,,{nothing}{},", report.unknown_awards.unlisted);
    }
    for of in &report.uncounted {
        _ = writeln!(
            csv,
            "not counted,{},{}{nothing}{},",
            cell(&of.credential),
            cell(&of.to_string()),
            of.learners.len()
        );
    }
    if !report.misplaced.is_empty() {
        _ = writeln!(csv, "misplaced exceptions,,{nothing}{},", report.misplaced.len());
    }
    csv
}
