//! The catalog: credentials and the rules that bind them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, OnceLock};

use serde::{Deserialize, Serialize, Serializer};

use crate::catalog::beside::Beside;
use crate::catalog::names::Names;
use crate::catalog::network;
use crate::catalog::network::Network;
use crate::catalog::renewing::Renewing;
use crate::catalog::sharing::{Policies, Sharing};
use crate::finding::source::Source;
use crate::value::amount::{Amount, decimal};
use crate::value::date::{Date, InvalidPeriod, Period};
use crate::value::ids::{CredentialId, Id, IdVec, IssuerId};
use crate::value::offering::Offering;
use crate::value::points::GradePoints;
use crate::value::stamp::Fingerprint;
use crate::value::term::CalendarTerm;
use crate::value::text_hash::TextMap;

/// The credentials of an institution and the rules that bind them, at one version: compiled once, then only read.
///
/// A catalog does no input or output, holds no lock and never changes, so it can be shared between threads.
///
/// ```
/// use credpath::Catalog;
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential.sql]
///     title = "SQL basics"
///     credits = 5
///
///     [credential.analyst]
///     type = "Certificate"
///     stack = { all_of = ["sql", "statistics"] }
///
///     [credential.statistics]
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// assert_eq!(catalog.get(analyst).kind, "Certificate");
/// assert!(catalog.is_conferred(analyst));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
pub struct Catalog {
    pub(crate) source: Source,
    pub(crate) header: Header,
    pub(crate) sharing: Policies,
    /// Shared with what was read, where that is kept to be compiled again.
    pub(crate) credentials: IdVec<CredentialId, Arc<Credential>>,
    /// The terms that every evaluation asks of a credential, close together.
    pub(crate) terms: IdVec<CredentialId, Terms>,
    pub(crate) identity: Identity,
    pub(crate) attainable: OnceLock<IdVec<CredentialId, bool>>,
    /// The credentials that a policy on sharing could touch, found when first needed.
    pub(crate) touched: OnceLock<IdVec<CredentialId, bool>>,
    pub(crate) index: TextMap<CredentialId>,
    /// In the order of their names.
    pub(crate) issuers: IdVec<IssuerId, Box<str>>,
    pub(crate) network: Network,
    pub(crate) names: Names,
    pub(crate) renewing: Renewing,
    /// What the credentials stand for that are put beside what is written.
    pub(crate) beside: BTreeMap<CredentialId, Beside>,
    /// What renewals require, if any of them requires something.
    pub(crate) renewal_rules: Option<Box<RenewalRules>>,
}

/// What tells the catalog from others; what is compiled of the same text besides has the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    /// Tells lists of ids apart: what numbers mean depends on nothing else.
    pub(crate) tag: u32,
    /// Found when first needed.
    pub(crate) fingerprint: Arc<OnceLock<Fingerprint>>,
    /// Whether the text is that of a document, as that writes itself.
    pub(crate) is_of_document: bool,
}

impl Identity {
    /// Of a catalog with these credentials: the 32-bit FNV-1a hash of their ids. A tag of 0 is none.
    pub(crate) fn of(credentials: &IdVec<CredentialId, Arc<Credential>>) -> Self {
        let bytes = credentials.iter().flat_map(|credential| credential.id.bytes().chain([0]));
        let tag = bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self { tag: tag.max(1), fingerprint: Arc::default(), is_of_document: false }
    }
}

/// What renewals require, as the stacks of further credentials of a catalog that is the same but for these.
pub(crate) struct RenewalRules {
    pub(crate) catalog: Catalog,
    /// The credential whose stack is what renewing a credential requires.
    pub(crate) of: BTreeMap<CredentialId, CredentialId>,
}

/// The terms on which a credential is awarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) valid_for: Validity,
    pub(crate) issuer: Option<IssuerId>,
    pub(crate) offered: Offering,
    /// Whether a renewal lets it last on from its old last day.
    pub(crate) keeps_cycle: bool,
    /// The last day of new awards, where that is not told by their own day: in what is made for one learner, by the
    /// awards that these have.
    pub(crate) new_lasts: Option<Date>,
    /// The day of new awards, where that is a later one than the date. What they renew besides then is not counted on.
    pub(crate) new_made: Option<Date>,
}

/// The head of a catalog: what it says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// The catalog's title, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The version of the rules, often a year: how a record names it ([`Pursuit`](crate::Pursuit)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The last day on which anything can be claimed under this version. It ends what every conferred credential is
    /// [`offered`](Credential::offered).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teach_out: Option<Date>,
    /// The currency of every cost, three letters (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The meaning of one credit, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_unit: Option<String>,
    /// The framework that levels are ranks of, such as EQF, NZQF or AQF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_framework: Option<String>,
    /// Grades from worst to best; if there are none, grades are numbers.
    pub grades: Vec<String>,
    /// What grades are worth in an average ([semantics 2.7](crate::semantics#2.7)); a grade that is not here has no
    /// points. Where grades are numbers, each is its own points.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub grade_points: BTreeMap<String, GradePoints>,
}

/// A credential as the catalog describes it ([semantics 1](crate::semantics#1)). Its rules are in the catalog's
/// network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Credential {
    /// Unique in the catalog: its TOML key.
    pub id: String,
    /// Further ids, such as a CTID or the address of a badge class, by which a record may name it. No two credentials
    /// share one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// The title, for people; the id if none is given.
    pub title: String,
    /// The type, spelled as Open Badges 3.0 `achievementType`: `MicroCredential` (the default), `Badge`, `Course`,
    /// `Certificate`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Id of the awarding body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Rank in the catalog's level framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    /// Credits, in the catalog's one unit.
    pub credits: Amount,
    /// Hours of study or work; none if nobody stated them, which is not zero
    /// ([semantics 1.1](crate::semantics#1.1)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The cost of taking it, or of claiming it if it is conferred, in the catalog's one currency; none if nobody
    /// stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The cost of renewing it while it is current, if that differs from taking it anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
    /// The time that it takes, on the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Period>,
    /// The time for which an award stays current.
    pub valid_for: Validity,
    /// Whether its hours are hours of study: if not, as with work experience, they take nothing of the pace of a
    /// schedule.
    pub study: bool,
    /// When it can be begun or claimed.
    pub offered: Offering,
    /// Free labels: subjects, skills.
    pub tags: Vec<String>,
    /// Whether it may be earned many times, every current award adding to sums.
    pub repeatable: bool,
    /// Ids of credentials that holding this one also counts as.
    pub counts_as: Vec<String>,
    /// Ids of credentials that an award of this one renews ([semantics 3.9](crate::semantics#3.9)): made on a day on
    /// which an award of one of them is current, it is an award of that as well.
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     a-plus = { valid_for = "3 years" }
    ///     network-plus = { valid_for = "3 years", renews = ["a-plus"] }
    /// "#)?;
    /// let record = LearnerRecord::parse("record.toml", r#"
    ///     award = [
    ///         { credential = "a-plus", awarded = 2022-03-01 },
    ///         { credential = "network-plus", awarded = 2025-02-28 },
    ///     ]
    /// "#)?;
    /// let a_plus = catalog.credential("a-plus").expect("defined above");
    /// let options = EvaluateOptions::default();
    /// assert_eq!(catalog.evaluate(&record, "2028-02-27".parse()?, &options).status(a_plus), Status::Held);
    /// assert_eq!(catalog.evaluate(&record, "2028-02-28".parse()?, &options).status(a_plus), Status::Lapsed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renews: Vec<String>,
    /// Ids of credentials that cannot be taken as well; concerns plans only.
    pub excludes: Vec<String>,
    /// Where the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// A remark, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a credential is renewed while it is still current: what it takes, and when ([semantics
/// 7.9](crate::semantics#7.9)). What it requires is told by [`Catalog::renewals`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Renewal {
    /// Money, in the catalog's currency.
    pub cost: Amount,
    /// Hours.
    pub hours: Amount,
    /// How long before its last day it can be renewed; none if at any time while it is current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Period>,
    /// Whether it lasts on from its old last day when it is renewed, and not from the day of renewal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_cycle: bool,
}

/// The time for which an award of a credential stays current.
///
/// ```
/// use credpath::Validity;
///
/// assert_eq!("while-components".parse(), Ok(Validity::WhileComponents));
/// let validity: Validity = "2 years, to the end of the month".parse()?;
/// assert_eq!(validity.to_string().parse(), Ok(validity));
/// # Ok::<(), credpath::InvalidPeriod>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Validity {
    /// Without end.
    #[default]
    Forever,
    /// For a term: awarded 2021-03-01 for three years, the last valid day is 2024-02-29, the day before the
    /// anniversary.
    For(CalendarTerm),
    /// While the credential's stack is met.
    WhileComponents,
}

/// A term in words, `while-components` or `forever`.
impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forever => f.write_str("forever"),
            Self::For(term) => term.fmt(f),
            Self::WhileComponents => f.write_str("while-components"),
        }
    }
}

/// From a term, in words or as a period, `while-components` or `forever`.
impl FromStr for Validity {
    type Err = InvalidPeriod;

    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        match text {
            "forever" => Ok(Self::Forever),
            "while-components" => Ok(Self::WhileComponents),
            term => term.parse().map(Self::For),
        }
    }
}

/// As the catalog writes it: a term, `while-components` or `forever`.
impl Serialize for Validity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::For(term) => term.serialize(serializer),
            Self::Forever | Self::WhileComponents => serializer.collect_str(self),
        }
    }
}

impl Catalog {
    /// The head of the catalog: what it says of itself.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The policies on sharing awards between credentials, as written.
    #[must_use]
    pub fn sharing(&self) -> &[Sharing] {
        &self.sharing.written
    }

    /// The credential with this id: its own, or a further one of its [`ids`](Credential::ids).
    #[must_use]
    pub fn credential(&self, id: &str) -> Option<CredentialId> {
        self.index.get(id).map(|id| id.tagged(self.identity.tag))
    }

    /// The catalog's entry for a credential; one without an id, and with nothing in it, if the catalog does not
    /// [know](Self::knows) it.
    #[must_use]
    pub fn get(&self, id: CredentialId) -> &Credential {
        static NONE: LazyLock<Credential> = LazyLock::new(worth_nothing);
        if self.knows(id) { &self.credentials[id] } else { &NONE }
    }

    /// Whether an id is of this catalog, or of one with the same ids.
    #[must_use]
    pub fn knows(&self, id: CredentialId) -> bool {
        id.is_tagged(self.identity.tag) && id.index() < self.credentials.len()
    }

    /// The number of those that are of another catalog.
    pub(crate) fn number_of_others<'i>(&self, ids: impl IntoIterator<Item = &'i CredentialId>) -> u64 {
        ids.into_iter().filter(|&&id| !self.knows(id)).count() as u64
    }

    /// Every credential, in the byte order of the ids.
    pub fn credentials(&self) -> impl ExactSizeIterator<Item = (CredentialId, &Credential)> {
        self.credentials.entries().map(|(id, credential)| (id.tagged(self.identity.tag), credential.as_ref()))
    }

    /// The number of credentials.
    #[must_use]
    pub fn len(&self) -> usize {
        self.credentials.len()
    }

    /// Whether there is no credential.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.credentials.is_empty()
    }

    /// Whether the credential is conferred, that is, earned by its components. Any other is taken.
    #[must_use]
    pub fn is_conferred(&self, id: CredentialId) -> bool {
        self.knows(id) && self.network.has_stack(id)
    }

    /// The id of a credential.
    pub(crate) fn id(&self, credential: CredentialId) -> &str {
        &self.credentials[credential].id
    }

    /// The credential with this number.
    pub(crate) fn at(&self, credential: CredentialId) -> &Credential {
        &self.credentials[credential]
    }

    /// The credentials that an award of the credential renews directly, in the order of their ids.
    pub(crate) fn renewed_by(&self, credential: CredentialId) -> &[CredentialId] {
        if self.terms(credential).new_made.is_some() { &[] } else { self.renewing.renews(self.names.unit(credential)) }
    }

    /// Whether a renewal lets the credential last on from its old last day.
    pub(crate) fn keeps_cycle(&self, credential: CredentialId) -> bool {
        self.terms[credential].keeps_cycle
    }

    /// Whether a renewal on stated terms asks for no prerequisite, corequisite or stack: these terms say all that it
    /// takes, unless what is renewed lasts as its components do ([semantics 7.9](crate::semantics#7.9)), or can be
    /// earned many times, and so comes beside what is there.
    pub(crate) fn renewal_spares_rules(&self, credential: CredentialId) -> bool {
        self.at(credential).renewal.is_some()
            && self.terms(credential).valid_for != Validity::WhileComponents
            && !self.names.repeatable(credential)
    }

    /// What a credential stands for that is put beside what is written.
    pub(crate) fn beside(&self, credential: CredentialId) -> Option<Beside> {
        self.beside.get(&credential).copied()
    }

    /// What stands beside a credential and has a rule of it, or part of one.
    pub(crate) fn having_rules_of(&self, credential: CredentialId) -> impl Iterator<Item = CredentialId> {
        let beside = self.beside.iter();
        beside.filter(move |(_, beside)| beside.rule_of() == Some(credential)).map(|(&number, _)| number)
    }

    /// Whether the credential only says that something else holds, and is neither taken nor claimed by anybody.
    pub(crate) fn is_notional(&self, credential: CredentialId) -> bool {
        self.beside(credential).is_some_and(Beside::is_notion)
    }

    pub(crate) fn terms(&self, credential: CredentialId) -> &Terms {
        &self.terms[credential]
    }

    /// For each credential, whether anybody can reach it on any date; computed when first needed.
    pub(crate) fn attainable_by_anybody(
        &self,
        compute: impl FnOnce() -> IdVec<CredentialId, bool>,
    ) -> &IdVec<CredentialId, bool> {
        self.attainable.get_or_init(compute)
    }

    /// The credentials that a policy on sharing could touch.
    pub(crate) fn touched_by_policies(
        &self,
        compute: impl FnOnce() -> IdVec<CredentialId, bool>,
    ) -> &IdVec<CredentialId, bool> {
        self.touched.get_or_init(compute)
    }

    /// The number of an issuer that the catalog mentions.
    pub(crate) fn issuer(&self, issuer: &str) -> Option<IssuerId> {
        number_of(&self.issuers, issuer)
    }

    /// The name of the text, and the text.
    pub(crate) fn text(&self) -> (&str, &str) {
        (&self.source.name, &self.source.text)
    }

    /// A day on which all that the rules say will be has come: the latest that a condition or the first window of an
    /// offering begins on; if there is none, the first day of 2000.
    pub(crate) fn latest_begin(&self) -> Date {
        let since = self.network.conditions.iter().filter_map(|conditions| conditions.since);
        let from = self.terms.iter().filter_map(|terms| terms.offered.begins());
        since.chain(from).max().or_else(|| Date::new(2000, 1, 1)).unwrap_or(Date::FIRST)
    }

    /// The line of a byte offset of the text, from 1.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        self.source.line(offset)
    }

    /// The line on which a part of a rule is written.
    pub(crate) fn line(&self, part: network::Part) -> usize {
        self.source.line(self.network.place(part).start)
    }

    /// The issuer with this number.
    pub(crate) fn issuer_name(&self, issuer: IssuerId) -> &str {
        &self.issuers[issuer]
    }

    /// The grade that a value stands for.
    pub(crate) fn grade_name(&self, value: i64) -> String {
        if self.header.grades.is_empty() {
            let (whole, part) = (value / 1_000_000, (value % 1_000_000).abs());
            let sign = if value < 0 && whole == 0 { "-" } else { "" };
            format!("{sign}{whole}.{part:06}").trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            usize::try_from(value).ok().and_then(|rank| self.header.grades.get(rank)).cloned().unwrap_or_default()
        }
    }

    /// A grade as a value that can be compared with other grades of this catalog, higher being better.
    pub(crate) fn grade(&self, grade: &str) -> Option<i64> {
        self.header.grade(grade)
    }
}

/// A credential without a name that costs nothing and is worth nothing.
pub(crate) fn worth_nothing() -> Credential {
    Credential {
        id: String::new(),
        ids: Vec::new(),
        title: String::new(),
        kind: String::new(),
        issuer: None,
        level: None,
        credits: Amount::ZERO,
        hours: Some(Amount::ZERO),
        cost: Some(Amount::ZERO),
        renewal: None,
        duration: None,
        valid_for: Validity::Forever,
        study: false,
        offered: Offering::default(),
        tags: Vec::new(),
        repeatable: false,
        counts_as: Vec::new(),
        renews: Vec::new(),
        excludes: Vec::new(),
        source: None,
        note: None,
    }
}

/// The number of an issuer, of those in the order of their names.
pub(crate) fn number_of(issuers: &IdVec<IssuerId, Box<str>>, issuer: &str) -> Option<IssuerId> {
    issuers.as_slice().binary_search_by(|known| (**known).cmp(issuer)).ok().map(IssuerId::at)
}

impl Header {
    /// A grade's rank in `grades`, or in a catalog without them, the number it is.
    pub(crate) fn grade(&self, grade: &str) -> Option<i64> {
        if self.grades.is_empty() {
            decimal(grade, 6).ok()
        } else {
            self.grades.iter().position(|known| known == grade).and_then(|rank| i64::try_from(rank).ok())
        }
    }

    /// The points of a grade with this value; none if it has no points.
    pub(crate) fn points(&self, grade: i64) -> Option<GradePoints> {
        if self.grades.is_empty() {
            return Some(GradePoints::from_millionths(grade));
        }
        let word = usize::try_from(grade).ok().and_then(|rank| self.grades.get(rank))?;
        self.grade_points.get(word).copied()
    }

    /// The points of the best grade; none where grades are numbers, which go on without end, or none has points.
    pub(crate) fn most_points(&self) -> Option<GradePoints> {
        self.grade_points.values().max().copied()
    }

    /// Whether any award can have points.
    pub(crate) fn knows_points(&self) -> bool {
        self.grades.is_empty() || !self.grade_points.is_empty()
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Catalog")
            .field("header", &self.header)
            .field("credentials", &self.credentials.len())
            .finish_non_exhaustive()
    }
}
