//! What every format has in common: credentials matched, ids checked, moments turned into days.

use std::collections::HashMap;
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::exchange::records::options::RecordOptions;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::near::clearly_meant;
use crate::read::reader::{excerpt, faulty_name};
use crate::read::slips::written_date;
use crate::record::award::{address_fault, no_address};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::moment::{DayForm, Moment, MomentFault, UtcOffset};

/// Known names that are looked at in all for one near to an id that is not known.
const MOST_NAMES: usize = 500_000;

/// What an import is made with, whatever the format.
pub(crate) struct Intake<'o, 'c> {
    pub(crate) options: &'o RecordOptions<'c>,
    pub(crate) offset: UtcOffset,
    /// Names that were suggested in place of ids that are not known.
    meant: HashMap<String, Option<String>>,
    names_left: usize,
}

/// The credential of an award, and what is to be told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchedId {
    pub(crate) id: String,
    pub(crate) loss: Option<String>,
}

/// A fault of something whose place its reader knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnplacedFault {
    code: Code,
    message: String,
    help: Option<String>,
}

impl UnplacedFault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), help: None }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The fault at the place of what it is about.
    pub(crate) fn at(self, span: Range<usize>) -> Diagnostic {
        let Self { code, message, help } = self;
        Diagnostic { help, ..Diagnostic::new(code, span, message) }
    }

    /// A fault that was found by somebody who expected a place.
    fn of(Diagnostic { code, message, help, .. }: Diagnostic) -> Self {
        Self { code, message, help }
    }
}

impl<'o, 'c> Intake<'o, 'c> {
    pub(crate) fn new(options: &'o RecordOptions<'c>, offset: UtcOffset) -> Self {
        Self { options, offset, meant: HashMap::new(), names_left: MOST_NAMES }
    }

    /// Our id of the credential that others call so, by an id, a title, or both. Faults have no place yet.
    pub(crate) fn credential(&mut self, id: Option<&str>, title: Option<&str>) -> Result<MatchedId, UnplacedFault> {
        let options = self.options;
        let title = title.filter(|title| !title.trim().is_empty());
        let alias = [id, title].into_iter().flatten().find_map(|name| options.aliases.get(name));
        let own = id.or(title.filter(|_| options.titles_as_ids));
        let Some(name) = alias.map(String::as_str).or(own) else { return Err(nameless(title)) };
        if let Some(catalog) = options.catalog
            && let Some(found) = catalog.credential(name)
        {
            return Ok(MatchedId { id: catalog.id(found).to_owned(), loss: None });
        }
        let most = options.limits.id_bytes;
        if let Some(fault) = faulty_name(name, 0..0, "the id of a credential", most) {
            let fault = UnplacedFault::of(fault);
            return Err(if fault.help.is_some() {
                fault
            } else {
                fault.help("say by an alias which credential it is")
            });
        }
        let nothing_known = options.catalog.is_none() && options.known.is_empty();
        let loss = (!nothing_known && !options.known.contains(name)).then(|| self.unknown(name, title));
        Ok(MatchedId { id: name.to_owned(), loss })
    }

    /// Whether an id that others use is known here.
    #[cfg(feature = "json")]
    pub(crate) fn knows(&self, id: &str) -> bool {
        let options = self.options;
        let in_catalog = options.catalog.is_some_and(|catalog| catalog.credential(id).is_some());
        in_catalog || options.aliases.contains_key(id) || options.known.contains(id)
    }

    /// What is told of an id that is not known.
    fn unknown(&mut self, name: &str, title: Option<&str>) -> String {
        let there = if self.options.catalog.is_some() { "the catalog has" } else { "there is" };
        let called = title.filter(|title| *title != name).map(|title| format!(" ({})", excerpt(title)));
        let told = format!("{there} no credential `{}`{}", excerpt(name), called.unwrap_or_default());
        match self.meant(name, title) {
            Some(meant) => format!("{told}; did you mean `{meant}`? If so, say it by an alias"),
            None => format!("{told}: it is kept under that id"),
        }
    }

    /// The known id that was most likely meant: one like the id, like the last part of an address, or one whose title
    /// is that of the credential.
    fn meant(&mut self, name: &str, title: Option<&str>) -> Option<String> {
        if let Some(meant) = self.meant.get(name) {
            return meant.clone();
        }
        let (catalog, known) = (self.options.catalog, &self.options.known);
        let last = name.trim_end_matches('/').rsplit(['/', ':', '#']).next();
        let names = [Some(name), last.filter(|last| *last != name), title];
        let count = catalog.map_or(0, Catalog::len) + known.len();
        let mut meant = None;
        for name in names.into_iter().flatten() {
            if meant.is_some() || self.names_left < count {
                break;
            }
            self.names_left -= count;
            let of_catalog = catalog.into_iter().flat_map(Catalog::credentials).map(|(_, of)| of.id.as_str());
            meant = clearly_meant(name, of_catalog.chain(known.iter().map(String::as_str))).map(str::to_owned);
        }
        let same_title = |title: &str| {
            let mut all = catalog.into_iter().flat_map(Catalog::credentials).map(|(_, of)| of);
            all.find(|of| of.title.to_lowercase() == title.to_lowercase()).map(|of| of.id.clone())
        };
        let meant = meant.or_else(|| title.filter(|_| self.names_left >= count).and_then(same_title));
        self.meant.insert(name.to_owned(), meant.clone());
        meant
    }

    /// Our id of an issuer that others call so.
    pub(crate) fn issuer(&self, names: &[Option<&str>]) -> Option<String> {
        let mut given = names.iter().flatten();
        let alias = given.clone().find_map(|name| self.options.issuers.get(*name));
        alias.cloned().or_else(|| given.next().map(|name| (*name).to_owned()))
    }

    /// The id of an award itself, as a record may have it.
    pub(crate) fn award_id(id: &str) -> Result<String, UnplacedFault> {
        address_fault(id).map_or_else(|| Ok(id.to_owned()), |fault| Err(UnplacedFault::of(no_address(fault, 0..0))))
    }

    /// The day that a text says, in the offset that was asked for.
    pub(crate) fn day(&self, text: &str, key: &str, form: DayForm) -> Result<Date, UnplacedFault> {
        let day = |moment: Moment| moment.day(self.offset, self.options.local_times);
        Moment::read(text, form).and_then(day).map_err(|fault| fault_of_day(text, key, fault))
    }

    /// The day that so many seconds after the start of 1970 are in.
    #[cfg(feature = "json")]
    pub(crate) fn day_of_seconds(&self, seconds: Option<i64>, key: &str) -> Result<Date, UnplacedFault> {
        let moment = seconds.and_then(Moment::of_seconds);
        let day = moment.and_then(|moment| moment.day(self.offset, false).ok());
        day.ok_or_else(|| {
            let message = format!("`{key}` is no number of seconds since 1970 that has a day");
            UnplacedFault::new(Code::InvalidDate, message).help("write it as 2026-11-22T09:41:00Z")
        })
    }

    /// The last day of what lasts until what a text says.
    pub(crate) fn last_day(&self, text: &str, key: &str, form: DayForm) -> Result<Date, UnplacedFault> {
        let day = |moment: Moment| moment.last_day(self.offset, self.options.local_times);
        Moment::read(text, form).and_then(day).map_err(|fault| fault_of_day(text, key, fault))
    }

    /// The amount that a text says.
    pub(crate) fn amount(text: &str, key: &str) -> Result<Amount, UnplacedFault> {
        text.parse().map_err(|error| {
            let message = format!("`{}` is no amount for `{key}`: {error}", excerpt(text));
            UnplacedFault::new(Code::InvalidAmount, message)
        })
    }
}

fn nameless(title: Option<&str>) -> UnplacedFault {
    match title {
        Some(title) => {
            let message = format!("the credential `{}` has no id of its own", excerpt(title));
            let help = "say by an alias which credential that title is, or let titles be ids";
            UnplacedFault::new(Code::MissingKey, message).help(help)
        }
        None => UnplacedFault::new(Code::MissingKey, "the credential has neither an id nor a title"),
    }
}

fn fault_of_day(text: &str, key: &str, fault: MomentFault) -> UnplacedFault {
    let text = excerpt(text);
    let told = |message: String, help: &str| UnplacedFault::new(Code::InvalidDate, message).help(help);
    match fault {
        MomentFault::Form => {
            let usual =
                "a day is written as 2026-11-22 or 2026-11-22T09:41:00Z, in a table in the order that is stated";
            let meant =
                written_date(&text).map(|meant| format!("{meant}; or, in a table, state the order of its dates"));
            told(format!("`{key}` is no date: `{text}`"), meant.as_deref().unwrap_or(usual))
        }
        MomentFault::NoSuchDay => {
            let help = "in a table, state the order of day, month and year";
            told(format!("`{key}` is a day or time that does not exist: `{text}`"), help)
        }
        MomentFault::Century => {
            let help = "state from which year on two digits are counted";
            told(format!("the year of `{key}` has two digits: `{text}`"), help)
        }
        MomentFault::NoOffset => {
            let help = "say that times without an offset are local ones, if they are";
            told(format!("`{key}` has a time, and no offset from UTC: `{text}`"), help)
        }
    }
}
