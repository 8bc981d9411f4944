//! Reading TOML by hand, so that every value keeps its place in the text and every fault is found in one pass.
//!
//! A [`Reader`] collects diagnostics; its methods return `None` for a value they have complained about, and reading
//! goes on.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::near::nearest;
use crate::read::slips;
use crate::value::amount::{Amount, InvalidAmount};
use crate::value::date::{Date, DateFault, InvalidDate, Period};
use crate::value::points::GradePoints;
use crate::value::term::{CalendarTerm, TermEnd};
use crate::value::text::is_hostile;

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;
pub(crate) type Table<'t> = DeTable<'t>;
pub(crate) type TableKey<'t> = Spanned<Cow<'t, str>>;

pub(crate) struct Reader {
    diagnostics: Vec<Diagnostic>,
    id_bytes: usize,
    /// How many windows an offering may have.
    pub(crate) windows: usize,
    /// How deep values may nest.
    pub(crate) nesting: usize,
    /// Known names that may still be looked at for a near one.
    names_left: Cell<usize>,
}

/// Faults that are kept before the first of them in the text are listed; and known names that are looked at in all for
/// one near to a misspelt one.
const MOST_KEPT: usize = 10_000;
const MOST_NAMES: usize = 200_000;

pub(crate) const FLATTEN: &str = "nest less deeply";
pub(crate) const RAISE: &str = "if the source is trusted, raise the limit";

impl Reader {
    /// A reader that knows of some faults already.
    pub(crate) fn new(diagnostics: Vec<Diagnostic>, limits: &Limits) -> Self {
        let &Limits { id_bytes, nesting, windows, .. } = limits;
        Self { diagnostics, id_bytes, windows, nesting, names_left: Cell::new(MOST_NAMES) }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_KEPT {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_content(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The nearest known name, of those that there is time to look at.
    pub(crate) fn nearest<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        nearest(
            name,
            known.into_iter().take_while(|_| {
                self.names_left.set(self.names_left.get().saturating_sub(1));
                self.names_left.get() > 0
            }),
        )
    }

    /// Complains about a value of the wrong type.
    pub(crate) fn wrong_type(&mut self, value: &Value, key: &str, due: &str) {
        self.push(wrong_type(value, &format!("`{}`", excerpt(key)), due));
    }

    /// Complains about a member of the list `key` that has the wrong type.
    pub(crate) fn wrong_member(&mut self, value: &Value, key: &str, due: &str) {
        self.push(wrong_type(value, &format!("each member of `{}`", excerpt(key)), due));
    }

    pub(crate) fn table<'v, 't>(&mut self, value: &'v Value<'t>, key: &str) -> Option<&'v Table<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, key, "a table");
        }
        table
    }

    /// Complains about every key of the table that is not known. `what` says what the table is, with its article.
    pub(crate) fn known_keys(&mut self, table: &Table, known: &[&str], what: &str) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let message = format!("{what} has no key `{}`", excerpt(name));
            let diagnostic = Diagnostic::new(Code::UnknownKey, key.span(), message);
            self.push(match self.nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if known.len() == 1 => diagnostic.help(format!("its only key is {}", listed(known))),
                None => diagnostic.help(format!("its keys are {}", listed(known))),
            });
        }
    }

    pub(crate) fn text<'v>(&mut self, value: &'v Value, key: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, key, "a string");
        }
        text
    }

    /// A text, or a list of texts.
    pub(crate) fn texts(&mut self, value: &Value, key: &str) -> Vec<(String, Range<usize>)> {
        if let Some(text) = value.get_ref().as_str() {
            return vec![(text.to_owned(), value.span())];
        }
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a string or a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::with_capacity(list.len());
        for item in list {
            match item.get_ref().as_str() {
                Some(text) => texts.push((text.to_owned(), item.span())),
                None => self.wrong_member(item, key, "a string"),
            }
        }
        texts
    }

    pub(crate) fn flag(&mut self, value: &Value, key: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        flag
    }

    /// Complains that a key is missing, unless the table has a misspelt one: that has been told.
    pub(crate) fn missing_key(&mut self, table: &Table, known: &[&str], key: &str, diagnostic: Diagnostic) {
        let misspelt = |name: &str| !known.contains(&name) && nearest(name, known.iter().copied()) == Some(key);
        if !table.keys().any(|name| misspelt(name.get_ref())) {
            self.push(diagnostic);
        }
    }

    /// A number as it is written, without the underscores in it. One that is not decimal parses as none.
    fn number<'v>(&mut self, value: &'v Value, key: &str, due: &str) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::Integer(integer) => Some(if integer.radix() == 10 { integer.as_str() } else { "" }),
            DeValue::Float(float) => Some(float.as_str()),
            _ => {
                self.wrong_type(value, key, due);
                None
            }
        }
    }

    pub(crate) fn amount(&mut self, value: &Value, key: &str) -> Option<Amount> {
        let text = self.number(value, key, "a number")?;
        let error = match text.parse::<Amount>() {
            Ok(amount) => return Some(amount),
            Err(error) => error,
        };
        let fault = |message: String| Diagnostic::new(Code::InvalidAmount, value.span(), message);
        self.push(match error {
            InvalidAmount::Negative => fault(format!("`{key}` cannot be negative")),
            InvalidAmount::TooManyPlaces => fault(format!("`{key}` has more than two decimal places")),
            InvalidAmount::TooLarge => fault(format!("`{key}` is above the largest amount, {}", Amount::MAX)),
            InvalidAmount::NotADecimal => {
                fault(format!("`{key}` must be a plain decimal number")).help("write it as 30 or 22.5")
            }
        });
        None
    }

    /// Grade points that a catalog states, or an average of them.
    pub(crate) fn points(&mut self, value: &Value, key: &str) -> Option<GradePoints> {
        let text = self.number(value, key, "a number")?;
        let fault = match text.parse::<GradePoints>() {
            Ok(points) if points < GradePoints::default() => Err(InvalidAmount::Negative),
            Ok(points) if points > GradePoints::MAX => Err(InvalidAmount::TooLarge),
            read => read,
        };
        let fault = match fault {
            Ok(points) => return Some(points),
            Err(InvalidAmount::Negative) => "cannot be negative".to_owned(),
            Err(InvalidAmount::TooManyPlaces) => "has more than six decimal places".to_owned(),
            Err(InvalidAmount::TooLarge) => format!("is above the most that can be said, {}", GradePoints::MAX),
            Err(InvalidAmount::NotADecimal) => "must be a plain decimal number".to_owned(),
        };
        let diagnostic = Diagnostic::new(Code::InvalidAmount, value.span(), format!("`{key}` {fault}"));
        self.push(diagnostic.help("write points as 4 or 3.7"));
        None
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&mut self, value: &Value, key: &str, least: i64, most: i64) -> Option<i64> {
        let text = self.number(value, key, "a whole number")?;
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("`{key}` must be a whole number from {least} to {most}");
            let diagnostic = Diagnostic::new(Code::InvalidValue, value.span(), message);
            self.push(if text.is_empty() { diagnostic.help("write it in decimal digits") } else { diagnostic });
        }
        number
    }

    /// A text, or a number as its decimal text: a grade.
    pub(crate) fn grade(&mut self, value: &Value) -> Option<String> {
        if let Some(text) = value.get_ref().as_str() {
            return Some(text.to_owned());
        }
        let text = self.number(value, "grade", "a string or a number")?;
        if text.is_empty() {
            let message = "`grade` must be a plain decimal number";
            self.push(Diagnostic::new(Code::InvalidGrade, value.span(), message).help("write it as 70 or 3.5"));
            return None;
        }
        Some(text.to_owned())
    }

    pub(crate) fn date(&mut self, value: &Value, key: &str) -> Option<Date> {
        let fault = |message: String| Diagnostic::new(Code::InvalidDate, value.span(), message);
        let no_such_day = |invalid: InvalidDate| fault(format!("`{key}` {}", invalid.fault));
        let no_date = || fault(format!("`{key}` must be a date")).help("write it as 2026-11-22, without quotes");
        self.push(match value.get_ref() {
            DeValue::Datetime(datetime) => {
                let date = datetime.date.map(|date| date.to_string().parse::<Date>());
                match (date, datetime.time) {
                    (Some(Ok(date)), None) => return Some(date),
                    (Some(Err(invalid)), None) => no_such_day(invalid),
                    // The parser has complained about it.
                    (None, None) => return None,
                    (date, Some(_)) => {
                        let fault = fault(format!("`{key}` must be a date without time or time zone"));
                        let date = date.and_then(Result::ok);
                        fault.help(date.map_or("write it as 2026-11-22".to_owned(), |date| format!("write {date}")))
                    }
                }
            }
            DeValue::String(text) => match text.parse::<Date>() {
                Ok(date) => {
                    fault(format!("`{key}` must be a date, and dates have no quotes")).help(format!("write {date}"))
                }
                Err(InvalidDate { fault: DateFault::Form, .. }) => slips::date(text)
                    .map_or_else(no_date, |help| fault(format!("`{key}` must be a date in one form")).help(help)),
                Err(invalid) => no_such_day(invalid),
            },
            _ => no_date(),
        });
        None
    }

    pub(crate) fn period(&mut self, value: &Value, key: &str) -> Option<Period> {
        const EXAMPLES: &str =
            "write a whole number and a unit, such as \"3 years\", \"18 months\", \"12 weeks\" or \"10 days\"";
        let Some(text) = value.get_ref().as_str() else {
            let what = format!("`{key}`");
            self.push(wrong_type(value, &what, "a length of time in quotes").help(EXAMPLES));
            return None;
        };
        let too_long = |text: &str| {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            words.chunks(2).all(|pair| match pair {
                [count, unit] => {
                    count.bytes().all(|byte| byte.is_ascii_digit()) && format!("1 {unit}").parse::<Period>().is_ok()
                }
                _ => false,
            })
        };
        let period = text.parse().ok();
        if period.is_none() {
            let message = match text.trim() {
                "" => format!("`{key}` is empty"),
                _ => format!("`{}` is no length of time", excerpt(text)),
            };
            let help = match text {
                text if text.trim().is_empty() => EXAMPLES,
                "forever" if key == "valid_for" => "without `valid_for`, an award stays current for ever",
                _ if key == "valid_for" && nearest(text, ["while-components"]).is_some() => {
                    "did you mean `while-components`?"
                }
                _ if too_long(text) => "it is longer than any that can be reckoned with",
                _ => EXAMPLES,
            };
            self.push(Diagnostic::new(Code::InvalidPeriod, value.span(), message).help(help));
        }
        period
    }

    /// A period, or a table that says where on the calendar it ends.
    pub(crate) fn term(&mut self, value: &Value, key: &str) -> Option<CalendarTerm> {
        let Some(table) = value.get_ref().as_table() else { return self.period(value, key).map(CalendarTerm::new) };
        self.known_keys(table, &["period", "to"], &format!("`{key}`"));
        let Some(written) = table.get("period") else {
            let message = format!("`{key}` needs a `period`");
            let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
            let help = "write it as `{ period = \"2 years\", to = \"month-end\" }`";
            self.missing_key(table, &["period", "to"], "period", diagnostic.help(help));
            return None;
        };
        let (period, to) = (self.period(written, "period"), table.get("to"));
        let end = match to {
            Some(to) => Some(self.term_end(to)?),
            None => None,
        };
        let term = CalendarTerm::new(period?);
        let Some(end) = end else { return Some(term) };
        if term.is_empty() {
            let message = format!("a `{key}` of no days has no last day to go on from");
            let help = "write \"1 day\" for what ends with the month, quarter or year itself";
            self.push(Diagnostic::new(Code::InvalidPeriod, written.span(), message).help(help));
            return None;
        }
        Some(term.to(end))
    }

    /// Where on the calendar a term ends.
    fn term_end(&mut self, value: &Value) -> Option<TermEnd> {
        const NAMED: [&str; 3] = ["month-end", "quarter-end", "year-end"];
        const EXAMPLES: &str =
            "write \"month-end\", \"quarter-end\", \"year-end\", or a day of the year such as \"06-30\"";
        let text = value.get_ref().as_str();
        let end = text.and_then(|text| text.parse().ok());
        if end.is_none() {
            let diagnostic = match text {
                Some(text) => {
                    let message = format!("`{}` is no day that a term could end on", excerpt(text));
                    let help =
                        nearest(text, NAMED).map_or(EXAMPLES.to_owned(), |near| format!("did you mean `{near}`?"));
                    Diagnostic::new(Code::InvalidPeriod, value.span(), message).help(help)
                }
                None => wrong_type(value, "`to`", "the name of a day in quotes").help(EXAMPLES),
            };
            self.push(diagnostic);
        }
        end
    }

    /// Complains about an id that could not be told from another one by eye, or that would flood a message.
    pub(crate) fn id(&mut self, id: &str, span: Range<usize>) {
        self.name(id, span, "an id");
    }

    /// Complains about a name that would be no id either. `what` says what it names, with its article.
    pub(crate) fn name(&mut self, name: &str, span: Range<usize>, what: &str) {
        if let Some(fault) = faulty_name(name, span, what, self.id_bytes) {
            self.push(fault);
        }
    }
}

/// What is wrong with a name that could not be told from another one by eye, or that would flood a message. `what` says
/// what it names, with its article.
pub(crate) fn faulty_name(name: &str, span: Range<usize>, what: &str, most_bytes: usize) -> Option<Diagnostic> {
    let fault = if name.is_empty() {
        format!("{what} cannot be empty")
    } else if name.len() > most_bytes {
        format!("{what} has at most {most_bytes} bytes, and this one {}", name.len())
    } else if name.trim() != name {
        format!("{what} cannot begin or end with white space")
    } else {
        let c = name.chars().find(|&c| is_hostile(c))?;
        let message = format!("{what} cannot contain the character U+{:04X}", u32::from(c));
        let help = "it cannot be seen, or changes how the text around it is shown";
        return Some(Diagnostic::new(Code::InvalidId, span, message).help(help));
    };
    Some(Diagnostic::new(Code::InvalidId, span, fault))
}

/// The texts of a value that is a text or a list of texts, without a complaint about what is neither.
pub(crate) fn texts_of<'v>(value: &'v Value) -> impl Iterator<Item = &'v str> {
    let list = value.get_ref().as_array().into_iter().flat_map(|list| list.iter());
    value.get_ref().as_str().into_iter().chain(list.filter_map(|item| item.get_ref().as_str()))
}

fn wrong_type(value: &Value, what: &str, due: &str) -> Diagnostic {
    let found = match value.get_ref() {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    let diagnostic = Diagnostic::new(Code::WrongType, value.span(), format!("{what} must be {due}, not {found}"));
    let help = match value.get_ref() {
        DeValue::String(text) if due == "a number" => slips::number_in_quotes(text),
        _ => None,
    };
    help.into_iter().fold(diagnostic, Diagnostic::help)
}

/// The start of a text that may be long or strange, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// "`a`, `b` and `c`".
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The first names of a list that may be long.
pub(crate) fn some_listed(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let short: Vec<String> = names.iter().take(SHOWN).map(|name| excerpt(name)).collect();
    if names.len() <= SHOWN {
        return listed(&short.iter().map(String::as_str).collect::<Vec<_>>());
    }
    format!("`{}` and {} more", short.join("`, `"), names.len() - SHOWN)
}
