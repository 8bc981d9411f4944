//! Catalog years: several versions of one catalog, and what a learner has under each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::compare::answer::{Comparison, Verdict};
use crate::compare::compare::CompareOptions;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::options::EvaluateOptions;
use crate::plan::answers::plan::{Plan, PlanOutcome};
use crate::plan::question::options::PlanOptions;
use crate::read::near::clearly_meant;
use crate::record::pursuit::Pursuit;
use crate::record::record::LearnerRecord;
use crate::schedule::options::ScheduleOptions;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::value::setters::setters;
use crate::years::answer::{AmountChange, Moved, Moving, PursuedReport, PursuedTarget, UnknownPursuit};

/// Several versions of a catalog, each with a [`version`](crate::Header::version) of its own, the newest last.
///
/// ```
/// use credpath::{Catalog, CatalogYears, LearnerRecord, Verdict, YearsOptions};
///
/// let older = Catalog::parse("2025.toml", r#"
///     catalog = { version = "2025", teach_out = 2027-08-31 }
///     credential.python = { cost = 100 }
///     credential.sql = { cost = 80 }
///     credential.analyst = { stack = "python", cost = 0 }
/// "#)?;
/// let newer = Catalog::parse("2026.toml", r#"
///     catalog = { version = "2026" }
///     credential.python = { cost = 100 }
///     credential.sql = { cost = 80 }
///     credential.analyst = { stack = { all_of = ["python", "sql"] }, cost = 0 }
/// "#)?;
/// let years = CatalogYears::new([&older, &newer])?;
/// let record = LearnerRecord::parse("record.toml", r#"
///     pursued = [{ credential = "analyst", under = "2025" }]
/// "#)?;
/// let report = years.pursued(&record, "2026-11-29".parse()?, &YearsOptions::default());
/// assert_eq!(report.targets[0].last_claim, Some("2027-08-31".parse()?));
/// assert_eq!(report.to_string(), "\
/// analyst under 2025: locked
///   it can be claimed until 2027-08-31
///   2 steps to it: python, analyst
///   moving to 2026, which asks for more: 80 more in cost; sql besides
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CatalogYears<'c> {
    versions: Vec<&'c Catalog>,
}

/// Why catalogs cannot be taken as versions of one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnusableYears {
    /// There is none.
    NoVersions,
    /// One does not say which version it is.
    Unnamed {
        /// The name of its text.
        catalog: String,
    },
    /// Two say that they are the same version.
    SameVersion {
        /// The version.
        version: String,
    },
}

impl fmt::Display for UnusableYears {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoVersions => f.write_str("there is no version of the catalog"),
            Self::Unnamed { catalog } => {
                write!(f, "{catalog} does not say which version it is: write `version = \"2026\"` in `[catalog]`")
            }
            Self::SameVersion { version } => write!(f, "two catalogs say that they are version {version}"),
        }
    }
}

impl std::error::Error for UnusableYears {}

/// The question to several versions of a catalog.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct YearsOptions {
    /// Ids of the credentials that are asked for besides what the record says is pursued. Each is judged by the version
    /// under which the record says that it is pursued, else by the newest one.
    pub targets: Vec<String>,
    /// The options of the plans, those to move included. The work is for all of them together. Credentials in them are
    /// those of the newest version, so leave lists of them empty.
    pub plan: PlanOptions,
    /// If given, the plans under the versions that hold are put on the calendar. The work is for all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleOptions>,
    /// The options of the comparisons with the newest version. The work is for all of them together.
    pub compare: CompareOptions,
}

setters! { YearsOptions {
    /// Ids of the credentials that are asked for besides what the record says is pursued.
    targets: list => String,
    /// The options of the plans.
    plan: value => PlanOptions,
    /// Plans are put on the calendar, as these options say.
    schedule: some => ScheduleOptions,
    /// The options of the comparisons with the newest version.
    compare: value => CompareOptions,
} }

/// One credential under one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct YearTarget {
    version: usize,
    credential: CredentialId,
    declared: bool,
}

impl<'c> CatalogYears<'c> {
    /// Versions of a catalog, the oldest first.
    ///
    /// # Errors
    /// [`UnusableYears`] if there is none, one has no version, or two have the same one.
    pub fn new(versions: impl IntoIterator<Item = &'c Catalog>) -> Result<Self, UnusableYears> {
        let versions: Vec<&Catalog> = versions.into_iter().collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for catalog in &versions {
            let Some(version) = catalog.header().version.as_deref() else {
                return Err(UnusableYears::Unnamed { catalog: catalog.text().0.to_owned() });
            };
            if !seen.insert(version) {
                return Err(UnusableYears::SameVersion { version: version.to_owned() });
            }
        }
        if versions.is_empty() { Err(UnusableYears::NoVersions) } else { Ok(Self { versions }) }
    }

    /// The version of that name.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&'c Catalog> {
        self.versions.iter().copied().find(|catalog| version_of(catalog) == name)
    }

    /// The newest version.
    #[must_use]
    pub fn newest(&self) -> &'c Catalog {
        self.versions[self.newest_place()]
    }

    fn newest_place(&self) -> usize {
        // There is one at least.
        self.versions.len() - 1
    }

    /// Judges each credential that the record says is pursued, and each that is asked for, by the version that holds
    /// for it: its status, its last day ([teach-out](crate::Header::teach_out)), the best plan, on request on the
    /// calendar; and what moving to the newest version would change. Total and pure: it depends on nothing but its
    /// arguments, and ends within the work limits of the options.
    #[must_use]
    pub fn pursued(&self, record: &LearnerRecord, as_of: Date, options: &YearsOptions) -> PursuedReport {
        let (targets, unknown) = self.targets(record, options);
        let newest = self.newest();
        let plans: usize = targets.iter().map(|target| 1 + usize::from(target.version < self.newest_place())).sum();
        let older: BTreeSet<usize> =
            targets.iter().map(|target| target.version).filter(|&version| version < self.newest_place()).collect();
        let share = |work: u64, of: usize| work / of.max(1) as u64;
        let mut look = YearsLook {
            record,
            as_of,
            plan: PlanOptions { work: share(options.plan.work, plans), ..options.plan.clone() },
            schedule: options.schedule.clone(),
            comparisons: BTreeMap::new(),
            evaluations: BTreeMap::new(),
        };
        if let Some(schedule) = &mut look.schedule {
            schedule.work = share(schedule.work, targets.len());
        }
        let compare = CompareOptions { work: share(options.compare.work, older.len()), ..options.compare.clone() };
        let evaluate = EvaluateOptions {
            view: options.plan.view,
            verified_only: options.plan.verified_only,
            ..EvaluateOptions::default()
        };
        for &version in older.iter().chain([&self.newest_place()]) {
            look.evaluations.insert(version, self.versions[version].evaluate(record, as_of, &evaluate));
        }
        for version in older {
            look.comparisons.insert(version, self.versions[version].compare(newest, &compare));
        }
        PursuedReport {
            stamp: newest.stamp(),
            as_of,
            newest: version_of(newest).to_owned(),
            targets: targets.into_iter().map(|target| self.judged(&look, target)).collect(),
            unknown,
        }
    }

    /// What is to be judged, and what is pursued but not known.
    fn targets(&self, record: &LearnerRecord, options: &YearsOptions) -> (Vec<YearTarget>, Vec<UnknownPursuit>) {
        let (mut targets, mut unknown) = (BTreeSet::new(), BTreeSet::new());
        for pursued in &record.pursued {
            match self.target(pursued) {
                Ok(target) => _ = targets.insert(target),
                Err(other) => _ = unknown.insert(other),
            }
        }
        let newest = self.newest_place();
        for id in &options.targets {
            let is_it = |target: &YearTarget| self.versions[target.version].credential(id) == Some(target.credential);
            if targets.iter().any(is_it) {
                continue;
            }
            if let Some(credential) = self.versions[newest].credential(id) {
                targets.insert(YearTarget { version: newest, credential, declared: false });
            } else {
                let under = version_of(self.versions[newest]).to_owned();
                let pursued = Pursuit { credential: id.clone(), under };
                let meant = self.meant_in(newest, id);
                unknown.insert(UnknownPursuit { pursued, version: false, meant });
            }
        }
        let mut targets: Vec<YearTarget> = targets.into_iter().collect();
        targets.sort_by_key(|target| (self.versions[target.version].id(target.credential), target.version));
        (targets, unknown.into_iter().collect())
    }

    fn target(&self, pursued: &Pursuit) -> Result<YearTarget, UnknownPursuit> {
        let place = self.versions.iter().position(|catalog| version_of(catalog) == pursued.under);
        let Some(version) = place else {
            let known = self.versions.iter().map(|catalog| version_of(catalog));
            let meant = clearly_meant(&pursued.under, known).map(str::to_owned);
            return Err(UnknownPursuit { pursued: pursued.clone(), version: true, meant });
        };
        let credential = self.versions[version].credential(&pursued.credential);
        let unknown = || UnknownPursuit {
            pursued: pursued.clone(),
            version: false,
            meant: self.meant_in(version, &pursued.credential),
        };
        Ok(YearTarget { version, credential: credential.ok_or_else(unknown)?, declared: true })
    }

    fn meant_in(&self, version: usize, id: &str) -> Option<String> {
        let catalog = self.versions[version];
        clearly_meant(id, catalog.credentials().map(|(_, credential)| &*credential.id)).map(str::to_owned)
    }

    fn judged(&self, look: &YearsLook<'_>, target: YearTarget) -> PursuedTarget {
        let YearTarget { version, credential, declared } = target;
        let catalog = self.versions[version];
        let described = catalog.get(credential);
        let evaluation = &look.evaluations[&version];
        let plan = catalog.plan(look.record, look.as_of, credential, &look.plan);
        let schedule = look.schedule.as_ref().zip(plan.plan());
        let schedule = schedule.map(|(options, plan)| catalog.schedule(look.record, plan, options));
        let comparison = look.comparisons.get(&version);
        PursuedTarget {
            credential: described.id.clone(),
            title: described.title.clone(),
            under: version_of(catalog).to_owned(),
            declared,
            status: evaluation.status(credential),
            meets_requirements: evaluation.meets_requirements(credential),
            last_claim: described.offered.ends(),
            moving: comparison
                .map(|comparison| self.moving(look, comparison, &described.id, Stays { catalog, plan: &plan })),
            plan,
            schedule,
        }
    }

    /// What it would change to go on with a credential under the newest version.
    fn moving(&self, look: &YearsLook<'_>, comparison: &Comparison, id: &str, stays: Stays<'_>) -> Moving {
        let newest = self.newest();
        let Some(credential) = newest.credential(id) else { return Moving::Gone };
        let plan = newest.plan(look.record, look.as_of, credential, &look.plan);
        let both = stays.plan.plan().zip(plan.plan());
        let same_currency = stays.catalog.header().currency == newest.header().currency;
        let change = |stays: &Plan, moves: &Plan, of: &dyn Fn(&Plan) -> AmountStated| {
            let [stays, moves] = [stays, moves].map(of);
            AmountChange { stays: stays.amount, moves: moves.amount, at_least: stays.at_least || moves.at_least }
        };
        let without = |one: &Plan, other: &Plan| {
            let has = |id: &str| other.steps.iter().any(|step| step.credential == id);
            one.steps.iter().filter(|step| !has(&step.credential)).map(|step| step.credential.clone()).collect()
        };
        Moving::To(Box::new(Moved {
            credential: newest.id(credential).to_owned(),
            verdict: comparison.get(id).map_or(Verdict::Unchanged, |compared| compared.verdict),
            status: look.evaluations[&self.newest_place()].status(credential),
            cost: both.filter(|_| same_currency).map(|(one, other)| change(one, other, &AmountStated::cost)),
            hours: both.map(|(one, other)| change(one, other, &AmountStated::hours)),
            more: both.map(|(one, other)| without(other, one)).unwrap_or_default(),
            fewer: both.map(|(one, other)| without(one, other)).unwrap_or_default(),
            plan,
        }))
    }
}

/// The version that a catalog says it is: all that are kept say so.
fn version_of(catalog: &Catalog) -> &str {
    catalog.header().version.as_deref().unwrap_or_default()
}

/// What all targets are looked at with.
struct YearsLook<'r> {
    record: &'r LearnerRecord,
    as_of: Date,
    plan: PlanOptions,
    schedule: Option<ScheduleOptions>,
    /// Each older version that is asked about, compared with the newest.
    comparisons: BTreeMap<usize, Comparison>,
    /// What the record means under each version that is asked about, and under the newest; the awards that count for
    /// plans count here.
    evaluations: BTreeMap<usize, Evaluation<'r>>,
}

/// The version under which a credential is pursued, and the best plan there.
#[derive(Clone, Copy)]
struct Stays<'s> {
    catalog: &'s Catalog,
    plan: &'s PlanOutcome,
}

/// What a plan takes, and whether that is so much at least.
#[derive(Clone, Copy)]
struct AmountStated {
    amount: Amount,
    at_least: bool,
}

impl AmountStated {
    fn cost(plan: &Plan) -> Self {
        Self { amount: plan.cost, at_least: !plan.not_stated.cost.is_empty() }
    }

    fn hours(plan: &Plan) -> Self {
        Self { amount: plan.hours, at_least: !plan.not_stated.hours.is_empty() }
    }
}
