//! Requirements as they are written ([semantics 2](crate::semantics#2)).

use std::ops::Range;
use std::sync::LazyLock;

use crate::catalog::conditions::Conditions;
use crate::catalog::filter::Filter;
use crate::catalog::lookup::Lookup;
use crate::catalog::network::Unit;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Table, Value, excerpt, listed, some_listed};
use crate::value::amount::Amount;
use crate::value::date::Period;
use crate::value::ids::{CredentialId, IssuerId, PoolId};
use crate::value::points::GradePoints;

/// One written requirement.
#[derive(Clone)]
pub(crate) struct Requirement {
    pub(crate) place: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) name: Option<Box<str>>,
    /// The conditions written here; those of the groups around it come in when the network is made.
    pub(crate) conditions: BoxedConditions,
    pub(crate) span: Option<Period>,
    /// Whether no award may count for two of the direct parts, if that is said.
    pub(crate) distinct: Option<bool>,
    /// The least mean of the points of what is counted.
    pub(crate) average: Option<GradePoints>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    Credential(CredentialId),
    AllOf(Members),
    AtLeast(u32, Members),
    Sum(Unit, Amount, Members),
    UpTo(Amount, Members),
}

/// Conditions as they are written: most requirements have none, and there are many requirements.
#[derive(Clone, Default)]
pub(crate) struct BoxedConditions(Option<Box<Conditions>>);

impl BoxedConditions {
    pub(crate) fn get(&self) -> &Conditions {
        static NONE: LazyLock<Conditions> = LazyLock::new(Conditions::default);
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl From<Conditions> for BoxedConditions {
    fn from(conditions: Conditions) -> Self {
        Self((conditions != Conditions::default()).then(|| Box::new(conditions)))
    }
}

impl Requirement {
    /// The members that a group is made from; `None` for a credential.
    pub(crate) fn members(&self) -> Option<&Members> {
        match &self.kind {
            Kind::Credential(_) => None,
            Kind::AllOf(members) | Kind::AtLeast(_, members) | Kind::Sum(_, _, members) | Kind::UpTo(_, members) => {
                Some(members)
            }
        }
    }
}

/// The members of a group, as they are given.
#[derive(Clone)]
pub(crate) enum Members {
    List(Vec<Listed>),
    Pool(PoolId),
    Filter(Box<Filter>, Range<usize>),
}

/// What stands in a list.
#[derive(Clone)]
pub(crate) enum Listed {
    Requirement(Requirement),
    /// All members of a pool or a filter, as if they were written here.
    Members(Members, Range<usize>),
}

impl Listed {
    /// The requirement, if it is written here.
    pub(crate) fn requirement(&self) -> Option<&Requirement> {
        match self {
            Self::Requirement(requirement) => Some(requirement),
            Self::Members(..) => None,
        }
    }

    /// Where it is written.
    pub(crate) fn place(&self) -> &Range<usize> {
        match self {
            Self::Requirement(Requirement { place, .. }) | Self::Members(_, place) => place,
        }
    }

    /// The members that it brings: those of the group, or of the pool or filter, that stands here.
    pub(crate) fn members(&self) -> Option<&Members> {
        match self {
            Self::Requirement(requirement) => requirement.members(),
            Self::Members(members, _) => Some(members),
        }
    }
}

impl Members {
    /// What is listed, if it is a list.
    pub(crate) fn listed(&self) -> &[Listed] {
        match self {
            Self::List(list) => list,
            Self::Pool(_) | Self::Filter(..) => &[],
        }
    }
}

impl Default for Members {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// The names of groups that a credential's rules have used, each with its place.
pub(crate) type GroupNames = Vec<(Box<str>, Range<usize>)>;

const REQUIREMENT: &str = "the id of a credential or a requirement such as `{ all_of = [\"id\", …] }`";
const OPERATORS: &[&str] = &["credential", "all_of", "any_of", "at_least", "credits", "hours", "up_to"];
const CONDITIONS: &[&str] = &["within", "since", "until", "held_for", "grade", "issuer", "lapsed"];
/// What brings the members of a pool or a filter into a list.
const UNFOLDED: &[&str] = &["pool", "filter"];

impl Requirement {
    /// Reads what `key` requires. `None` if it has no meaning; the reader then knows why.
    pub(crate) fn read(
        reader: &mut Reader,
        value: &Value,
        key: &str,
        lookup: &mut Lookup,
        names: &mut GroupNames,
    ) -> Option<Self> {
        let place = value.span();
        if let Some(id) = value.get_ref().as_str() {
            let kind = Kind::Credential(lookup.credential(reader, id, place.clone())?);
            let conditions = BoxedConditions::default();
            return Some(Self { place, kind, name: None, conditions, span: None, distinct: None, average: None });
        }
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong_type(value, key, REQUIREMENT);
            return None;
        };
        let operator = operator(reader, table, &place)?;
        let keys = own_keys(operator);
        let average = average(reader, table, operator, lookup);
        // What is wrong with an average has been told.
        let is_known = |name: &str| keys.contains(&name) || CONDITIONS.contains(&name) || name == "average";
        if !table.keys().all(|key| is_known(key.get_ref())) {
            let told: &[&str] = if table.contains_key("average") { &["average"] } else { &[] };
            let known = [keys, CONDITIONS, told].concat();
            reader.known_keys(table, &known, &format!("a requirement with `{operator}`"));
        }
        let conditions = conditions(reader, table, lookup).into();
        let span = table.get("span").filter(|_| keys.contains(&"span")).and_then(|value| reader.period(value, "span"));
        let distinct = table.get("distinct").filter(|_| keys.contains(&"distinct"));
        let distinct = distinct.and_then(|value| reader.flag(value, "distinct"));
        let name = table.get("name").filter(|_| keys.contains(&"name")).and_then(|value| {
            let name = Box::<str>::from(reader.text(value, "name")?);
            reader.name(&name, value.span(), "a name");
            names.push((name.clone(), value.span()));
            Some(name)
        });
        let kind = kind(reader, table, &WrittenOperator { operator, place: &place }, lookup, names)?;
        Some(Self { place, kind, name, conditions, span, distinct, average })
    }
}

/// The average that is asked for, or a complaint where none can be.
fn average(reader: &mut Reader, table: &Table, operator: &str, lookup: &Lookup) -> Option<GradePoints> {
    let (key, value) = table.get_key_value("average")?;
    let help = match operator {
        "at_least" | "credits" if lookup.header.knows_points() => return reader.points(value, "average"),
        "at_least" | "credits" => {
            let message = "the catalog does not say what its grades are worth in an average";
            let help = "give points to its grades in `[catalog]`: `grade_points = { C = 2, B = 3, A = 4 }`";
            reader.push(Diagnostic::new(Code::InvalidGrade, value.span(), message).help(help));
            return None;
        }
        "hours" => "an average is weighted by credits: write `{ credits = …, from = […], average = … }`",
        "up_to" => "ask it of the sum around this",
        "credential" => "ask for a `grade`",
        _ => "write `{ at_least = n, from = […], average = … }`, `n` being the number of parts that are needed",
    };
    let message = "`average` has a meaning only beside `at_least` and `credits`";
    reader.push(Diagnostic::new(Code::UnknownKey, key.span(), message).help(help));
    None
}

/// The keys of a requirement with this operator, beside those of conditions.
fn own_keys(operator: &str) -> &'static [&'static str] {
    match operator {
        "credential" => &["credential"],
        "all_of" => &["all_of", "name", "span", "distinct"],
        "any_of" => &["any_of", "name", "span", "distinct"],
        "at_least" => &["at_least", "from", "name", "span", "distinct", "average"],
        "credits" => &["credits", "from", "name", "span", "distinct", "average"],
        "hours" => &["hours", "from", "name", "span", "distinct"],
        _ => &["up_to", "from", "name", "span", "distinct"],
    }
}

/// A requirement's operator as it is written.
struct WrittenOperator<'w> {
    operator: &'static str,
    place: &'w Range<usize>,
}

/// Reads the operand, and with it the kind of the requirement.
fn kind(
    reader: &mut Reader,
    table: &Table,
    written: &WrittenOperator<'_>,
    lookup: &mut Lookup,
    names: &mut GroupNames,
) -> Option<Kind> {
    let &WrittenOperator { operator, place } = written;
    let operand = table.get(operator)?;
    let mut list = |reader: &mut Reader| {
        if operand.get_ref().is_array() {
            return Members::read(reader, operand, operator, lookup, names);
        }
        reader.wrong_type(operand, operator, "a list of requirements");
        None
    };
    Some(match operator {
        "credential" => {
            let id = reader.text(operand, operator)?;
            Kind::Credential(lookup.credential(reader, id, operand.span())?)
        }
        "all_of" => Kind::AllOf(list(reader)?),
        "any_of" => Kind::AtLeast(1, list(reader)?),
        _ => {
            let from = table.get("from").and_then(|from| Members::read(reader, from, "from", lookup, names));
            if !table.contains_key("from") {
                let diagnostic = Diagnostic::new(Code::MissingKey, place.clone(), format!("`{operator}` needs `from`"));
                let help = "write `from = [\"id\", …]`, `from = \"pool\"` or a filter such as `from = { tags = \
                    [\"elective\"] }`";
                let keys = [own_keys(operator), CONDITIONS].concat();
                reader.missing_key(table, &keys, "from", diagnostic.help(help));
            }
            match operator {
                "at_least" => {
                    let needed = reader.whole(operand, operator, 0, i64::from(u32::MAX))?;
                    Kind::AtLeast(u32::try_from(needed).unwrap_or(u32::MAX), from?)
                }
                "up_to" => Kind::UpTo(reader.amount(operand, operator)?, from?),
                _ => {
                    let unit = if operator == "hours" { Unit::Hours } else { Unit::Credits };
                    Kind::Sum(unit, reader.amount(operand, operator)?, from?)
                }
            }
        }
    })
}

/// The one operator of a requirement, or a complaint.
fn operator(reader: &mut Reader, table: &Table, place: &Range<usize>) -> Option<&'static str> {
    let found = OPERATORS.iter().filter_map(|&operator| Some((operator, table.get_key_value(operator)?.0.span())));
    let mut found: Vec<(&'static str, Range<usize>)> = found.collect();
    found.sort_by_key(|(_, span)| span.start);
    let complaint = match &found[..] {
        [(operator, _)] => return Some(operator),
        [(one, first), (two, second), ..] => {
            let (first, second) = (first.clone(), second.clone());
            let message = format!("a requirement says one thing, not both `{one}` and `{two}`");
            let diagnostic = Diagnostic::new(Code::AmbiguousRequirement, second, message).also(first, "");
            diagnostic.help("keep one of them; where both are required, make each a requirement in an `all_of`")
        }
        [] => {
            if let Some((key, _)) = UNFOLDED.iter().find_map(|&key| table.get_key_value(key)) {
                let message = format!("`{}` brings members into a list, and this is not in one", key.get_ref());
                let help = format!("write a group around it, such as `{{ all_of = [{{ {} = … }}] }}`", key.get_ref());
                reader.push(Diagnostic::new(Code::AmbiguousRequirement, key.span(), message).help(help));
                return None;
            }
            // A misspelt operator is the likeliest reason that there is none.
            let near = table
                .keys()
                .find_map(|key| Some((key.span(), reader.nearest(key.get_ref(), OPERATORS.iter().copied())?)));
            let (span, help) = match near {
                Some((span, near)) => (span, format!("did you mean `{near}`?")),
                None => (place.clone(), format!("say one of {}", listed(OPERATORS))),
            };
            Diagnostic::new(Code::AmbiguousRequirement, span, "this does not say what is required").help(help)
        }
    };
    reader.push(complaint);
    None
}

fn conditions(reader: &mut Reader, table: &Table, lookup: &mut Lookup) -> Conditions {
    let mut conditions = Conditions {
        within: table.get("within").and_then(|value| reader.term(value, "within")).into_iter().collect(),
        since: table.get("since").and_then(|value| reader.date(value, "since")),
        until: table.get("until").and_then(|value| reader.date(value, "until")),
        held_for: table.get("held_for").and_then(|value| reader.term(value, "held_for")).into_iter().collect(),
        lapsed: table.get("lapsed").and_then(|value| reader.flag(value, "lapsed")).unwrap_or(false),
        ..Conditions::default()
    };
    if let Some(value) = table.get("grade")
        && let Some(grade) = reader.grade(value)
    {
        conditions.grade = lookup.header.grade(&grade);
        if conditions.grade.is_none() {
            let grades: Vec<&str> = lookup.header.grades.iter().map(String::as_str).collect();
            let near = reader.nearest(&grade, grades.iter().copied());
            let message = format!("the catalog has no grade `{}`", excerpt(&grade));
            let diagnostic = Diagnostic::new(Code::InvalidGrade, value.span(), message);
            reader.push(diagnostic.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None if grades.is_empty() => "without `grades` in `[catalog]`, a grade is a number".to_owned(),
                None => format!("its grades, from worst to best, are {}", some_listed(&grades)),
            }));
        }
    }
    if let Some(value) = table.get("issuer") {
        let mut issuers: Vec<IssuerId> =
            reader.texts(value, "issuer").into_iter().map(|(issuer, _)| lookup.issuer(&issuer)).collect();
        issuers.sort_unstable();
        issuers.dedup();
        conditions.issuers = Some(issuers.into());
    }
    conditions
}

impl Members {
    pub(crate) fn read(
        reader: &mut Reader,
        value: &Value,
        key: &str,
        lookup: &mut Lookup,
        names: &mut GroupNames,
    ) -> Option<Self> {
        if let Some(list) = value.get_ref().as_array() {
            let parts = list.iter().filter_map(|part| Listed::read(reader, part, key, lookup, names));
            return Some(Self::List(parts.collect()));
        }
        if let Some(name) = value.get_ref().as_str() {
            return Self::pool(reader, value, name, key, lookup);
        }
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong_type(value, key, "a list, the name of a pool, or a filter");
            return None;
        };
        if let Some((unfolded, _)) = UNFOLDED.iter().find_map(|&key| table.get_key_value(key)) {
            let message = format!("`{}` brings members into a list, and `{key}` is none here", unfolded.get_ref());
            let help = match unfolded.get_ref().as_ref() {
                "pool" => format!("write the name of the pool alone: `{key} = \"…\"`"),
                _ => format!("write the filter itself: `{key} = {{ tags = […] }}`"),
            };
            reader.push(Diagnostic::new(Code::UnknownKey, unfolded.span(), message).help(help));
            return None;
        }
        Some(Self::Filter(Box::new(Filter::read(reader, value, lookup)?), value.span()))
    }

    /// The members of the pool with this name, or a complaint.
    fn pool(reader: &mut Reader, value: &Value, name: &str, key: &str, lookup: &Lookup) -> Option<Self> {
        let pool = lookup.pools.get(name).copied().map(Self::Pool);
        if pool.is_none() {
            let message = format!("the catalog has no pool `{}`", excerpt(name));
            let diagnostic = Diagnostic::new(Code::UnknownPool, value.span(), message);
            reader.push(if lookup.credentials.contains_key(name) {
                let name = excerpt(name);
                diagnostic.help(match key {
                    "pool" => format!("`{name}` is a credential: write `\"{name}\"`"),
                    _ => format!("`{name}` is a credential: write `{key} = [\"{name}\"]`"),
                })
            } else {
                match reader.nearest(name, lookup.pools.keys().map(AsRef::as_ref)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                }
            });
        }
        pool
    }
}

impl Listed {
    fn read(
        reader: &mut Reader,
        value: &Value,
        key: &str,
        lookup: &mut Lookup,
        names: &mut GroupNames,
    ) -> Option<Self> {
        let place = value.span();
        if let Some(table) = value.get_ref().as_table() {
            if let Some(value) = table.get("pool") {
                only_key(reader, table, "pool");
                let name = reader.text(value, "pool")?;
                let members = Members::pool(reader, value, name, "pool", lookup)?;
                return Some(Self::Members(members, place));
            }
            if let Some(value) = table.get("filter") {
                only_key(reader, table, "filter");
                reader.table(value, "filter")?;
                let filter = Box::new(Filter::read(reader, value, lookup)?);
                let members = Members::Filter(filter, value.span());
                return Some(Self::Members(members, place));
            }
        } else if !value.get_ref().is_str() {
            reader.wrong_member(value, key, REQUIREMENT);
            return None;
        }
        Requirement::read(reader, value, key, lookup, names).map(Self::Requirement)
    }
}

/// Complains about every other key beside that which brings members into a list.
fn only_key(reader: &mut Reader, table: &Table, only: &str) {
    for key in table.keys().filter(|key| key.get_ref().as_ref() != only) {
        let name: &str = key.get_ref();
        let message = format!("a part that is a `{only}` has no key `{}`", excerpt(name));
        let help = if CONDITIONS.contains(&name) {
            "say it on the group around it, which may be one of its own in the list".to_owned()
        } else {
            format!("its only key is `{only}`; make anything else a part of its own")
        };
        reader.push(Diagnostic::new(Code::UnknownKey, key.span(), message).help(help));
    }
}
