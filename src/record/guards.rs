//! What a text may not say, a record that comes another way may not say either.

use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, InvalidRecord};
use crate::read::limits::Limits;
use crate::read::reader::{RAISE, Reader, excerpt};
use crate::record::award;
use crate::record::exception::{Substitution, Waived, Waiver};
use crate::record::record::{Award, AwardStatus, LearnerRecord};
use crate::value::amount::{Amount, InvalidAmount};

/// How a record is called in messages that did not come as a text.
const NAME: &str = "record";

/// What an award or an exception takes at the least, besides its texts, in bytes of a record's text.
const ENTRY: usize = 16;

impl LearnerRecord {
    /// Looks at a record that was made in code for what [`LearnerRecord::parse`] would refuse: ids, amounts, a day of
    /// revocation where nothing was revoked, its size. Serde does so with every record that it reads.
    ///
    /// # Errors
    /// [`InvalidRecord`] with everything that is wrong, each with the path of the value, and shown in a list of the
    /// values that are wrong.
    ///
    /// ```
    /// use credpath::{Award, LearnerRecord};
    ///
    /// let record = LearnerRecord { awards: vec![Award::new("sql"), Award::new("")], ..LearnerRecord::default() };
    /// let invalid = record.check().unwrap_err();
    /// assert_eq!(invalid.diagnostics()[0].path.as_deref(), Some("award[1].credential"));
    /// assert_eq!(invalid.to_string(), "\
    /// error[invalid-id]: an id cannot be empty
    ///  --> record:1:23
    ///   |
    /// 1 | award[1].credential = \"\"
    ///   |                       ^^
    /// ");
    /// ```
    pub fn check(&self) -> Result<(), InvalidRecord> {
        self.check_with(&Limits::default())
    }

    /// The same under limits of your own.
    ///
    /// # Errors
    /// As [`LearnerRecord::check`].
    pub fn check_with(&self, limits: &Limits) -> Result<(), InvalidRecord> {
        let mut guard = Guard { limits, text: String::new(), found: Vec::new() };
        if !guard.is_too_large(self) {
            for (place, award) in self.awards.iter().enumerate() {
                guard.award(award, &format!("award[{place}]"));
            }
            for (place, waiver) in self.waivers.iter().enumerate() {
                guard.waiver(waiver, &format!("waiver[{place}]"));
            }
            for (place, substitution) in self.substitutions.iter().enumerate() {
                guard.substitution(substitution, &format!("substitution[{place}]"));
            }
            for (place, pursued) in self.pursued.iter().enumerate() {
                guard.id(&pursued.credential, &format!("pursued[{place}].credential"));
                guard.id(&pursued.under, &format!("pursued[{place}].under"));
            }
        }
        let Guard { text, found, .. } = guard;
        if found.is_empty() { Ok(()) } else { Err(InvalidRecord(Diagnostics::new(NAME, &text, found, limits.errors))) }
    }
}

/// From a table alone, in a format that describes itself; and what [`LearnerRecord::check`] refuses is refused: under
/// the default limits, whatever those were under which the record was read before. One that is larger is read as a
/// text, by [`LearnerRecord::parse_with`].
impl<'de> Deserialize<'de> for LearnerRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tables;
        impl<'de> Visitor<'de> for Tables {
            type Value = LearnerRecord;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table with lists of `award`, `waiver`, `substitution` and `pursued`")
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<LearnerRecord, A::Error> {
                LearnerRecord::deserialize(MapAccessDeserializer::new(table))
            }
        }
        let record = deserializer.deserialize_any(Tables)?;
        match record.check() {
            Ok(()) => Ok(record),
            Err(invalid) => Err(D::Error::custom(in_a_line(&invalid))),
        }
    }
}

/// Faults, and a list of the values that are wrong, for them to point at.
struct Guard<'l> {
    limits: &'l Limits,
    text: String,
    found: Vec<Diagnostic>,
}

impl Guard<'_> {
    /// A record whose text would be larger than the limit, whatever it says, is looked at no further.
    fn is_too_large(&mut self, record: &LearnerRecord) -> bool {
        let texts = |texts: &[&Option<String>]| texts.iter().filter_map(|text| text.as_ref()).map(String::len).sum();
        let awards = record.awards.iter().map(|award| {
            let optional: usize = texts(&[&award.id, &award.grade, &award.issuer]);
            award.credential.len() + optional
        });
        let waivers = record.waivers.iter().map(|Waiver { credential, waived, reason, authority, .. }| {
            let optional: usize = texts(&[reason, authority]);
            credential.len() + optional + named(waived).map_or(0, str::len)
        });
        let substitutions = record.substitutions.iter().map(|substitution| {
            let Substitution { used, stands_for, within, reason, authority } = substitution;
            let optional: usize = texts(&[within, reason, authority]);
            used.len() + stands_for.len() + optional
        });
        let pursued = record.pursued.iter().map(|pursued| pursued.credential.len() + pursued.under.len());
        let bytes: usize = awards.chain(waivers).chain(substitutions).chain(pursued).map(|bytes| bytes + ENTRY).sum();
        let is_too_large = bytes > self.limits.record_bytes;
        if is_too_large {
            let message = format!("a record has at most {} bytes, and this one {bytes}", self.limits.record_bytes);
            self.found.push(Diagnostic::new(Code::LimitExceeded, 0..0, message).help(RAISE));
        }
        is_too_large
    }

    fn award(&mut self, award: &Award, path: &str) {
        self.id(&award.credential, &format!("{path}.credential"));
        if let Some(id) = &award.id {
            let fault = award::address_fault(id);
            let fault = fault.map(|fault| award::no_address(fault, 0..0));
            self.faults(fault, &format!("{path}.id"), id);
        }
        for (key, amount) in [("credits", award.credits), ("hours", award.hours)] {
            if let Some(amount) = amount.filter(|&amount| amount > Amount::MAX) {
                let found = Diagnostic::new(Code::InvalidAmount, 0..0, InvalidAmount::TooLarge.to_string());
                self.faults([found], &format!("{path}.{key}"), &amount.to_string());
            }
        }
        if let Some(day) = award.revoked_on.filter(|_| award.status != AwardStatus::Revoked) {
            self.faults([award::not_revoked(0..0)], &format!("{path}.revoked_on"), &day.to_string());
        }
    }

    fn waiver(&mut self, waiver: &Waiver, path: &str) {
        self.id(&waiver.credential, &format!("{path}.credential"));
        if let Some(name) = named(&waiver.waived) {
            let key = if matches!(waiver.waived, Waived::Component(_)) { "component" } else { "requirement" };
            self.id(name, &format!("{path}.{key}"));
        }
    }

    fn substitution(&mut self, substitution: &Substitution, path: &str) {
        self.id(&substitution.used, &format!("{path}.use"));
        self.id(&substitution.stands_for, &format!("{path}.for"));
        if let Some(within) = &substitution.within {
            self.id(within, &format!("{path}.within"));
        }
    }

    /// An id as the reader of texts sees it.
    fn id(&mut self, id: &str, path: &str) {
        let mut reader = Reader::new(Vec::new(), self.limits);
        reader.id(id, 0..0);
        self.faults(reader.into_diagnostics(), path, id);
    }

    fn faults(&mut self, faults: impl IntoIterator<Item = Diagnostic>, path: &str, value: &str) {
        for mut fault in faults {
            fault.primary.span = self.listed(path, value);
            fault.path = Some(path.to_owned());
            self.found.push(fault);
        }
    }

    /// Where the list of wrong values has this one.
    fn listed(&mut self, path: &str, value: &str) -> Range<usize> {
        self.text += path;
        self.text += " = ";
        let start = self.text.len();
        // Writing to a text cannot fail.
        _ = write!(self.text, "{:?}", excerpt(value));
        let end = self.text.len();
        self.text.push('\n');
        start..end
    }
}

/// What a waiver names, if it names something.
fn named(waived: &Waived) -> Option<&str> {
    match waived {
        Waived::Prerequisite => None,
        Waived::Requirement(name) | Waived::Component(name) => Some(name),
    }
}

/// The faults of a record in one line, for serde.
fn in_a_line(invalid: &InvalidRecord) -> String {
    let told = |fault: &Diagnostic| {
        let path = fault.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
        format!("{}[{}]: {path}{}", fault.severity, fault.code, fault.message)
    };
    let mut all: Vec<String> = invalid.diagnostics().iter().map(told).collect();
    if invalid.report().unlisted() > 0 {
        all.push(format!("and {} more", invalid.report().unlisted()));
    }
    if invalid.diagnostics().iter().any(|fault| fault.code == Code::LimitExceeded) {
        all.push(
            "serde reads under the default limits; `LearnerRecord::parse_with` reads a text under larger ones".into(),
        );
    }
    all.join("; ")
}
