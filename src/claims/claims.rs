//! Credentials that can be claimed together, where the catalog limits what they may share, as data and in words
//! ([semantics 5.5](crate::semantics#5.5)).

use crate::evaluate::options::EvaluateOptions;
use crate::value::ids::CredentialId;
use crate::value::stamp::Stamp;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::audit::used::Use;
use crate::catalog::catalog::Catalog;
use crate::catalog::sharing::Sharing;
use crate::evaluate::uncounted::{Uncounted, write_uncounted};
use crate::record::exception::Waiver;
use crate::record::record::{Award, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::text::{counted, printable};

/// The credentials, of some, that a learner can claim together.
///
/// Every credential is judged by the awards that meet its stack; its prerequisite uses nothing up. Where the catalog
/// has a policy on sharing for the types of two credentials, the awards that both use must keep to it. A component that
/// nobody issued is claimed as well, and is bound by the same policies. What is held already is claimed already: it
/// keeps, of the awards that had been made when it was issued, those that leave most for the others. Chosen is the
/// largest set that holds together; of several, the one that carries most credits, then the first by its ids.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     a = {}
///     b = {}
///     first = { type = "Certificate", stack = { all_of = ["a", "b"] } }
///     second = { type = "Certificate", stack = { any_of = ["a", "b"] } }
///     [[sharing]]
///     between = ["Certificate", "Certificate"]
///     max_awards = 0
/// "#)?;
/// let both = [catalog.credential("first").expect("defined"), catalog.credential("second").expect("defined")];
/// let record = LearnerRecord::from_iter(["a", "b"]);
/// let claims = catalog.claims(&record, "2026-11-22".parse()?, &both, &EvaluateOptions::default());
/// assert_eq!(claims.claimed.len(), 1);
/// assert_eq!(
///     claims.left_out[0].to_string(),
///     "second: cannot be claimed together with first, as first and second would share 1 award (a), where Certificate \
///      and Certificate may share no award; it can be claimed instead of first",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that the claims are for.
    pub as_of: Date,
    /// The credentials that can be claimed together, in id order, each with awards that meet its stack.
    pub claimed: Vec<Claim>,
    /// Components that nobody issued and that these, or what is held, rest on: to be claimed with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Claim>,
    /// Credentials held already whose awards the policies keep from others, each with awards that it is taken to use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Claim>,
    /// Credentials that were asked for and cannot be claimed, in id order, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The awards that two of the credentials share under a policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Shared>,
    /// The awards of the record that do not count where the credentials asked for could have been expected to count
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// Whether it is proven that no better set exists. If not, the work limit was met first.
    pub proven: bool,
}

/// A credential that is claimed, with the awards that meet its stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claim {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The credits that it carries.
    pub credits: Amount,
    /// The day that it is judged on: of what is held, the day on which it was issued.
    pub judged_on: Date,
    /// The awards that fill the places of its stack.
    pub witness: Vec<Use>,
    /// The waivers that satisfy the rest of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waiver>,
}

/// A credential that cannot be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOut {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The reason.
    pub why: WhyLeftOut,
}

/// A reason why a credential cannot be claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyLeftOut {
    /// The target is a credential of another catalog ([`Catalog::knows`]).
    OtherCatalog,
    /// A current award of it is held.
    Held,
    /// It is taken, not conferred: there is nothing to claim.
    Taken,
    /// Its own requirements are not met.
    Unmet,
    /// The work limit was met before that was decided; or it is one of more than 400 that are held or asked for.
    Undecided,
    /// It does not hold together with these: as few of those claimed or held as stand in its way.
    Conflict {
        /// Their ids, in byte order; none if it does not even hold together with components of its own.
        with: Vec<String>,
        /// For each policy that stands in the way, the awards that two of them would have to share at the least, which
        /// is more than it allows. None if the work limit did not suffice to find them.
        over: Vec<OverShared>,
        /// The ids of what would have to be given up for it, of what is claimed: as few as can be, those of the fewest
        /// credits. `None` if that does not help, as it does not hold together with what is held, or if the work limit
        /// did not suffice to find it.
        #[serde(skip_serializing_if = "Option::is_none")]
        give_up: Option<Vec<String>>,
    },
}

/// The awards that two credentials would have to share although a policy does not allow so many.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OverShared {
    /// Ids of the two credentials.
    pub between: [String; 2],
    /// The awards that both would use and that the policy limits; of awards that are one and the same unit, one is
    /// named.
    pub awards: Vec<Award>,
    /// The credits that these carry.
    pub credits: Amount,
    /// The policy.
    pub policy: Sharing,
}

/// The awards that two credentials share where a policy limits it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Shared {
    /// Ids of the two credentials.
    pub between: [String; 2],
    /// The awards that both use and that the policy limits; of awards that are one and the same unit, one is named.
    pub awards: Vec<Award>,
    /// The policy.
    pub policy: Sharing,
}

impl LeftOut {
    /// What is said of a target that is of another catalog, so that nothing more is known of it.
    pub(crate) fn of_another_catalog() -> Self {
        Self { credential: String::new(), title: String::new(), why: WhyLeftOut::OtherCatalog }
    }
}

impl Catalog {
    /// The targets that can be claimed together: see [`Claims`], and [`Evaluation::claims`](crate::Evaluation::claims)
    /// where there is an evaluation already.
    #[must_use]
    pub fn claims(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        targets: &[CredentialId],
        options: &EvaluateOptions,
    ) -> Claims {
        self.evaluate(record, as_of, options).claims(targets)
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.why == WhyLeftOut::OtherCatalog {
            return f.write_str("a target is of another catalog");
        }
        write!(f, "{}: ", printable(&self.title))?;
        match &self.why {
            // Said above: it has no title here.
            WhyLeftOut::OtherCatalog => Ok(()),
            WhyLeftOut::Held => f.write_str("held already"),
            WhyLeftOut::Taken => f.write_str("is taken, so there is nothing to claim"),
            WhyLeftOut::Unmet => f.write_str("its requirements are not met"),
            WhyLeftOut::Undecided => f.write_str("not decided within the work limit"),
            WhyLeftOut::Conflict { with, over, give_up } => {
                match with.as_slice() {
                    [] => f.write_str("cannot be claimed with what it rests on")?,
                    with => write!(f, "cannot be claimed together with {}", listed(with, " and "))?,
                }
                for (place, over) in over.iter().enumerate() {
                    write!(f, ", {} {over}", if place == 0 { "as" } else { "and" })?;
                }
                match give_up.as_deref() {
                    Some([]) | None => Ok(()),
                    Some(some) => write!(f, "; it can be claimed instead of {}", listed(some, " and ")),
                }
            }
        }
    }
}

impl fmt::Display for OverShared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { between: [one, other], awards, credits, policy } = self;
        let named: Vec<String> = awards.iter().map(|award| award.credential.clone()).collect();
        write!(f, "{} and {} would share ", printable(one), printable(other))?;
        if policy.max_awards.is_some_and(|most| awards.len() > most as usize) || policy.max_credits.is_none() {
            f.write_str(&counted(awards.len(), "award"))?;
        } else {
            write!(f, "{credits} credits")?;
        }
        write!(f, " ({}), where {policy}", listed(&named, ", "))
    }
}

impl Claims {
    /// A record as it is once all that is claimed is issued. A plan from there to a credential that was left out is the
    /// cheapest way to have it as well: it says which further awards that takes, where giving something up is the other
    /// way out.
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord, PlanOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     a = {}
    ///     b = {}
    ///     c = { cost = 100, hours = 20 }
    ///     first = { type = "Certificate", stack = { all_of = ["a", "b"] } }
    ///     second = { type = "Certificate", stack = { any_of = ["a", "b", "c"] } }
    ///     [[sharing]]
    ///     between = ["Certificate", "Certificate"]
    ///     max_awards = 0
    /// "#)?;
    /// let [first, second] = ["first", "second"].map(|id| catalog.credential(id).expect("defined"));
    /// let record = LearnerRecord::from_iter(["a", "b"]);
    /// let claims = catalog.claims(&record, "2026-11-22".parse()?, &[first, second], &EvaluateOptions::default());
    ///
    /// let issued = claims.once_issued(&record);
    /// let outcome = catalog.plan(&issued, claims.as_of, second, &PlanOptions::default());
    /// let plan = outcome.plan().expect("c may be used");
    /// let steps: Vec<&str> = plan.steps.iter().map(|step| step.credential.as_str()).collect();
    /// assert_eq!((steps, plan.cost.to_string()), (vec!["c", "second"], "100".to_owned()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn once_issued(&self, record: &LearnerRecord) -> LearnerRecord {
        let claims = self.claimed.iter().chain(&self.components);
        let issued = claims.map(|claim| Award::new(&*claim.credential).on(claim.judged_on));
        LearnerRecord { awards: record.awards.iter().cloned().chain(issued).collect(), ..record.clone() }
    }
}

fn listed(ids: &[String], between: &str) -> String {
    ids.iter().map(|id| printable(id)).collect::<Vec<String>>().join(between)
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let claim = |f: &mut fmt::Formatter<'_>, claim: &Claim| {
            writeln!(f, "  {}", printable(&claim.title))?;
            // An award that serves several places of one stack is told once.
            let mut told = BTreeSet::new();
            for used in claim.witness.iter().filter(|used| told.insert((used.slot(), used.origin))) {
                writeln!(f, "    {}: {used}", printable(used.slot()))?;
            }
            claim.waived.iter().try_for_each(|waiver| writeln!(f, "    met by {waiver}"))
        };
        match self.claimed.len() {
            0 => writeln!(f, "nothing can be claimed as of {}", self.as_of)?,
            1 => writeln!(f, "can be claimed as of {}:", self.as_of)?,
            _ => writeln!(f, "can be claimed together as of {}:", self.as_of)?,
        }
        self.claimed.iter().try_for_each(|claimed| claim(f, claimed))?;
        if !self.components.is_empty() {
            writeln!(f, "with them, as nobody issued it:")?;
            self.components.iter().try_for_each(|component| claim(f, component))?;
        }
        if !self.held.is_empty() {
            writeln!(f, "held, and taken to use:")?;
            self.held.iter().try_for_each(|held| claim(f, held))?;
        }
        for Shared { between: [one, other], awards, .. } in &self.shared {
            let awards: Vec<String> = awards.iter().map(|award| printable(&award.credential)).collect();
            writeln!(f, "shared by {} and {}: {}", printable(one), printable(other), awards.join(", "))?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "left out:")?;
            self.left_out.iter().try_for_each(|left_out| writeln!(f, "  {left_out}"))?;
        }
        write_uncounted(f, &self.uncounted, "")?;
        if !self.proven {
            writeln!(f, "the work limit was met before it was proven that nothing better is possible")?;
        }
        Ok(())
    }
}
