//! Offerings and validities without a day, and components that are closed on the day of the check.

use std::collections::BTreeSet;

use crate::catalog::catalog::Validity;
use crate::catalog::network::Part;
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::offering::OfferingWindow;
use crate::value::term::CalendarTerm;

pub(crate) fn time<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    empty(shape, &mut findings);
    if let Some(day) = shape.facts.options.as_of {
        closed(shape, &mut findings, day);
    }
    findings
}

fn empty(shape: &ShapeFacts, findings: &mut Findings) {
    let catalog = shape.catalog();
    for (credential, described) in catalog.credentials() {
        let number = credential;
        if let Validity::For(term) = described.valid_for {
            validity(shape, findings, number, term);
        }
        let tell = |findings: &mut Findings, message: String, label: &str, help: &str| {
            let place = shape.facts.written(number).places.value("offered");
            let diagnostic = Diagnostic::new(Code::EmptyValidity, place, message).label(label).help(help);
            findings.tell(number, diagnostic.subject("offered"), Severity::Warning);
        };
        let id = shape.id(number);
        let windows = described.offered.windows();
        if windows.is_some_and(<[OfferingWindow]>::is_empty) {
            let message = format!("the offering of `{id}` has no window");
            tell(findings, message, "an empty list", "without `offered` it is always offered; list its windows");
        }
        for window in windows.unwrap_or_default() {
            if let &OfferingWindow::Once { from: Some(from), until: Some(until) } = window
                && window.is_empty()
            {
                let what = if windows.is_some_and(|all| all.len() > 1) { "a window" } else { "the offering" };
                let message = format!("{what} of `{id}` ends on {until}, before it begins on {from}");
                tell(findings, message, "no day lies between", "exchange the two dates, or correct one of them");
            }
        }
    }
}

fn validity(shape: &ShapeFacts, findings: &mut Findings, credential: CredentialId, term: CalendarTerm) {
    let id = shape.id(credential);
    let beyond = Date::new(2000, 1, 1).is_some_and(|first| term.last_day(first).is_none());
    let (message, label, help, severity) = if term.is_empty() {
        (
            format!("an award of `{id}` is never current, not even on its first day"),
            "a time without a day",
            "say how long it stays current; without `valid_for` it does forever",
            Severity::Error,
        )
    } else if beyond {
        (
            format!("an award of `{id}` stays current to a date that no calendar has"),
            "goes beyond the year 9999",
            "leave `valid_for` out if it stays current forever",
            Severity::Warning,
        )
    } else {
        return;
    };
    let place = shape.facts.written(credential).places.value("valid_for");
    let diagnostic = Diagnostic::new(Code::EmptyValidity, place, message).label(label).help(help).subject("valid_for");
    findings.tell(credential, diagnostic, severity);
}

/// Leaves that name what is not offered on the day, if nothing that is offered can fill them either.
fn closed(shape: &ShapeFacts, findings: &mut Findings, day: Date) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let offered = |credential: CredentialId| catalog.terms(credential).offered.contains(day);
    let mut told = BTreeSet::new();
    for leaf in network.leaves.ids() {
        let named = network.leaf(leaf).credential;
        let rule = network.rule_of(leaf);
        let key = (rule.credential(), rule.is_stack(), named);
        // What a filter selects is not named: it selects something else once that is defined.
        if offered(named) || !shape.is_written(leaf) || !told.insert(key) {
            continue;
        }
        let place = network.place(Part::Leaf(leaf));
        let Some(fitting) = shape.fitting(leaf) else {
            let message = format!("whether something offered on {day} counts as `{}`", shape.id(named));
            findings.leave_open(Code::ClosedComponent, rule.credential(), &place, message);
            continue;
        };
        let terms = &catalog.terms(named).offered;
        // An offering without a day has a finding of its own.
        if terms.is_empty() || fitting.into_iter().any(offered) {
            continue;
        }
        let later = terms.opens(day);
        let id = shape.id(named);
        let (message, severity, help) = match later {
            Some(from) => (
                format!("`{id}` is not offered before {from}"),
                Severity::Note,
                "new learners have to wait for it".to_owned(),
            ),
            None => (
                format!("`{id}` is not offered any more: its last day was {}", terms.last_before(day).unwrap_or(day)),
                Severity::Warning,
                "name what has taken its place, or let that count as it".to_owned(),
            ),
        };
        let diagnostic = Diagnostic::new(Code::ClosedComponent, place, message)
            .label(format!("closed on {day}"))
            .also(shape.facts.written(named).places.value("offered"), "its offering")
            .help(help)
            .subject(called(rule))
            .subject(catalog.id(named))
            .witness(Witness::Credentials { credentials: vec![catalog.id(named).to_owned()] });
        findings.tell(rule.credential(), diagnostic, severity);
    }
}
