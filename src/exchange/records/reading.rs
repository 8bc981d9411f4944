//! Reading awards from JSON: what the formats of badges share.

use serde_json::Value;

use crate::exchange::json::{JsonNotes, member, one_or_many};
use crate::exchange::records::intake::{Intake, UnplacedFault};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::excerpt;
use crate::record::award::copies;
use crate::record::record::{Award, AwardStatus};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::moment::DayForm;

/// Awards that are being read from one text.
pub(crate) struct AwardReader<'v, 'i, 'o, 'c> {
    pub(crate) intake: &'i mut Intake<'o, 'c>,
    pub(crate) notes: JsonNotes<'v>,
    /// How many envelopes the text was in.
    pub(crate) depth: usize,
    /// The claims of the token that a credential was in, where they stand around it.
    pub(crate) claims: Option<&'v Value>,
    awards: Vec<SourcedAward<'v>>,
}

/// An award, and what it was read from.
struct SourcedAward<'v> {
    from: &'v Value,
    award: Award,
}

/// What a credential is called: by an id, a title, or both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CredentialNames<'v> {
    pub(crate) id: Option<&'v str>,
    pub(crate) title: Option<&'v str>,
}

impl<'v, 'i, 'o, 'c> AwardReader<'v, 'i, 'o, 'c> {
    pub(crate) fn new(intake: &'i mut Intake<'o, 'c>, depth: usize) -> Self {
        Self { intake, notes: JsonNotes::default(), depth, claims: None, awards: Vec::new() }
    }

    /// The award of a credential that is told of at a value, with nothing else stated yet. `None` if it is of nothing.
    pub(crate) fn award(&mut self, at: &'v Value, names: CredentialNames<'v>) -> Option<Award> {
        match self.intake.credential(names.id, names.title) {
            Ok(matched) => {
                if let Some(loss) = matched.loss {
                    self.notes.loss(at, loss);
                }
                Some(Award { verification: self.intake.options.verification, ..Award::new(matched.id) })
            }
            Err(fault) => {
                self.notes.push(at, fault.at(0..0));
                None
            }
        }
    }

    /// Takes up an award that is complete, and what it was read from.
    pub(crate) fn take(&mut self, from: &'v Value, award: Award) {
        self.awards.push(SourcedAward { from, award });
    }

    /// What was read, each award once: of copies with one id that one stays which would stand in a record anyhow.
    pub(crate) fn finish(self) -> (Vec<Award>, JsonNotes<'v>) {
        let Self { mut notes, awards, .. } = self;
        let (places, awards): (Vec<&Value>, Vec<Award>) =
            awards.into_iter().map(|read| (read.from, read.award)).unzip();
        let is_copy = copies(&awards);
        let mut kept = Vec::with_capacity(awards.len());
        for (place, award) in awards.into_iter().enumerate() {
            match is_copy.get(place) {
                Some(true) => {
                    let id = award.id.as_deref().map(excerpt).unwrap_or_default();
                    notes.loss(places[place], format!("the award `{id}` is there more than once: it is taken once"));
                }
                _ => kept.push(award),
            }
        }
        (kept, notes)
    }

    /// The text that a member of a table is, as a day.
    pub(crate) fn day(&mut self, table: &'v Value, key: &str) -> Option<Date> {
        let text = self.notes.text(table, key)?;
        let day = self.intake.day(text, key, DayForm::default());
        self.noted(&table[key], day)
    }

    /// The text that a member of a table is, as the last day of what lasts until then.
    pub(crate) fn last_day(&mut self, table: &'v Value, key: &str) -> Option<Date> {
        let text = self.notes.text(table, key)?;
        let day = self.intake.last_day(text, key, DayForm::default());
        self.noted(&table[key], day)
    }

    /// The number, or the text of one, that a member of a table is, as an amount.
    pub(crate) fn amount(&mut self, table: &'v Value, key: &str) -> Option<Amount> {
        let value = member(table, key)?;
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => {
                self.notes.wrong_type(value, key, "a number");
                return None;
            }
        };
        self.noted(value, Intake::amount(&text, key))
    }

    /// The id of the award itself that a member of a table is.
    pub(crate) fn award_id(&mut self, table: &'v Value, key: &str) -> Option<String> {
        let id = self.notes.text(table, key).filter(|id| !id.is_empty())?;
        self.noted(&table[key], Intake::award_id(id))
    }

    /// What came of something, or nothing and a note of why not.
    pub(crate) fn noted<T>(&mut self, at: &'v Value, result: Result<T, UnplacedFault>) -> Option<T> {
        result.map_err(|fault| self.notes.push(at, fault.at(0..0))).ok()
    }

    /// Looks up in the status lists that are given whether an award was revoked. What cannot be looked up is a loss.
    pub(crate) fn look_up_status(&mut self, credential: &'v Value, award: &mut Award) {
        for entry in one_or_many(credential.get("credentialStatus")) {
            let told = |key: &str| entry.get(key).and_then(Value::as_str);
            let Some((address, list)) = told("statusListCredential")
                .and_then(|address| Some((address, self.intake.options.status_lists.get(address)?)))
            else {
                self.notes
                    .loss(entry, "whether it was revoked or suspended since is told elsewhere, and not looked up");
                continue;
            };
            let index = match &entry["statusListIndex"] {
                Value::String(text) => text.parse().ok(),
                number => number.as_u64(),
            };
            let Some(is_set) = index.and_then(|index| list.get(index)) else {
                let message = format!("the status list `{}` has no such entry", excerpt(address));
                let fault = Diagnostic::new(Code::InvalidValue, 0..0, message);
                self.notes.push(entry, fault.help("get the list anew; `statusListIndex` is a whole number within it"));
                continue;
            };
            match told("statusPurpose") {
                Some("revocation") if is_set => award.status = AwardStatus::Revoked,
                Some("suspension") if is_set => {
                    self.notes.loss(entry, "it is suspended, which a record cannot say: it is taken as revoked");
                    award.status = AwardStatus::Revoked;
                }
                Some("revocation" | "suspension") => {}
                _ => self.notes.loss(entry, "the status list is not about revocation, and says nothing here"),
            }
        }
    }

    /// The issuer that a member of a table is: a text, or a table with an id and a name.
    pub(crate) fn issuer(&mut self, table: &'v Value, key: &str) -> Option<String> {
        let value = member(table, key)?;
        let (id, name) = match value {
            Value::String(id) => (Some(id.as_str()), None),
            Value::Object(_) => {
                self.notes.unread(value, &["@context", "id", "type", "name"]);
                (self.notes.text(value, "id"), self.notes.text(value, "name"))
            }
            _ => {
                self.notes.wrong_type(value, key, "an address or an object");
                return None;
            }
        };
        self.intake.issuer(&[id, name])
    }
}

/// Whether the types of a value, one or several, have one of these.
pub(crate) fn has_type(value: &Value, names: &[&str]) -> bool {
    let types = one_or_many(value.get("type").or_else(|| value.get("@type")));
    types.iter().filter_map(Value::as_str).any(|of| names.contains(&of))
}
