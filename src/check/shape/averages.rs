//! Averages that no grade reaches, or that every grade reaches.

use crate::catalog::network::Part;
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::value::ids::GroupId;
use crate::value::points::GradePoints;

pub(crate) fn averages<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let network = &shape.catalog().network;
    for group in network.groups.ids() {
        let Some(average) = network.extras(group).average else { continue };
        // Where grades are numbers, there is no best one, and no worst.
        if let Some(best) = shape.catalog().header.most_points().filter(|&best| best < average) {
            if shape.is_unmet(Part::Group(group)) {
                impossible(shape, &mut findings, group, [average, best]);
            }
        } else if let Some(worst) = worst(shape, group).filter(|&worst| average <= worst) {
            vacuous(shape, &mut findings, group, [average, worst]);
        }
    }
    findings
}

fn impossible(shape: &ShapeFacts, findings: &mut Findings, group: GroupId, [average, best]: [GradePoints; 2]) {
    let message = format!("an average of {average} is asked for, and the best grade is worth {best}");
    let help = format!("ask for at most {best}, or correct the `grade_points` of the catalog");
    let severity = shape.severity_in(shape.catalog().network.group(group).rule);
    tell(
        shape,
        findings,
        group,
        Diagnostic::new(Code::ImpossibleAverage, place(shape, group), message).help(help),
        severity,
    );
}

fn vacuous(shape: &ShapeFacts, findings: &mut Findings, group: GroupId, [average, worst]: [GradePoints; 2]) {
    let message =
        format!("an average of {average} is asked for, and no grade that counts here is worth less than {worst}");
    let help = "leave the average out, or ask for more; where a grade is all that is wanted, ask for a `grade`";
    let diagnostic = Diagnostic::new(Code::VacuousAverage, place(shape, group), message).help(help);
    tell(shape, findings, group, diagnostic, Severity::Warning);
}

fn place(shape: &ShapeFacts, group: GroupId) -> std::ops::Range<usize> {
    shape.catalog().network.place(Part::Group(group))
}

fn tell(shape: &ShapeFacts, findings: &mut Findings, group: GroupId, diagnostic: Diagnostic, severity: Severity) {
    let network = &shape.catalog().network;
    let rule = network.group(group).rule;
    let name = network.extras(group).name.as_deref();
    findings.tell(rule.credential(), diagnostic.subject(called(rule)).subject(name), severity);
}

/// The fewest points that an award can have which counts for the group; none if no award counts.
fn worst(shape: &ShapeFacts, group: GroupId) -> Option<GradePoints> {
    let (network, header) = (&shape.catalog().network, &shape.catalog().header);
    let mut leaves = network.leaves_below(Part::Group(group));
    leaves.retain(|&leaf| network.averaged_around(leaf) == Some(group));
    let of_leaf = |leaf| {
        let least = network.conditions[network.leaf(leaf).conditions].grade.unwrap_or(0);
        (least..i64::try_from(header.grades.len()).unwrap_or(0)).filter_map(|grade| header.points(grade)).min()
    };
    if header.grades.is_empty() { None } else { leaves.into_iter().filter_map(of_leaf).min() }
}
