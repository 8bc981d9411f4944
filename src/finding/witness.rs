//! Proofs of findings.

use serde::{Deserialize, Serialize};

use crate::value::amount::Amount;

/// The proof that a finding is true, as data: enough to check it without the engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Witness {
    /// A learner: awards that show it, each an id.
    Learner {
        /// Ids, in byte order.
        awards: Vec<String>,
    },
    /// Credentials in an order in which each can be earned after those before it.
    Order {
        /// Ids.
        credentials: Vec<String>,
    },
    /// Credentials that it is about.
    Credentials {
        /// Ids, in byte order.
        credentials: Vec<String>,
    },
    /// The number of parts that are needed, and of those that there can be.
    Counts {
        /// So many are needed.
        need: u64,
        /// No more than so many can be met.
        most: u64,
    },
    /// The amount that is needed, and the most that there can be.
    Amounts {
        /// So much is needed, or declared.
        need: Amount,
        /// The greatest amount not above it that can be reached, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        below: Option<Amount>,
        /// The least amount above it that can be reached, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        above: Option<Amount>,
    },
    /// Levels that do not fit.
    Levels {
        /// The level of the credential.
        level: i64,
        /// The id of the component.
        component: String,
        /// Its level.
        component_level: i64,
    },
    /// Credentials that each need others of them.
    Circle {
        /// Each of them, with those of them that it cannot be earned without.
        needs: Vec<Needs>,
    },
    /// A smallest cause: all of it together suffices, and nothing of it can be left out.
    Cause {
        /// Its parts.
        because: Vec<Because>,
    },
    /// Credentials that are earned one after the other.
    Chain {
        /// Each of them, the first first.
        steps: Vec<Lasting>,
    },
    /// The cost of the cheapest way, in the catalog's currency.
    Prices {
        /// With the option.
        with: Amount,
        /// Without it.
        without: Amount,
    },
    /// Others that can never be earned as well, and why the first of them cannot.
    Conflict {
        /// Ids, in byte order.
        with: Vec<String>,
        /// A smallest cause, for the first.
        because: Vec<Because>,
    },
    /// Parts that together want more different awards than there are to fit them.
    Crowd {
        /// The lines of the parts, from 1.
        lines: Vec<usize>,
        /// The number of awards that they want; 0 if it is no matter of number.
        wanted: u64,
        /// Ids of the credentials whose awards fit any of them.
        fitting: Vec<String>,
    },
}

impl Witness {
    /// Ids that tell a finding with this witness apart from others of its kind about the same credential.
    pub(crate) fn subjects(&self) -> Vec<String> {
        match self {
            Self::Learner { awards: ids }
            | Self::Order { credentials: ids }
            | Self::Credentials { credentials: ids }
            | Self::Conflict { with: ids, .. }
            | Self::Crowd { fitting: ids, .. } => ids.clone(),
            Self::Circle { needs } => needs.iter().map(|needs| needs.credential.clone()).collect(),
            Self::Chain { steps } => steps.iter().map(|step| step.credential.clone()).collect(),
            _ => Vec::new(),
        }
    }
}

/// A credential that needs others of a circle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Needs {
    /// Its id.
    pub credential: String,
    /// Ids of those of the circle of which its rules need some.
    pub needs: Vec<String>,
    /// The line of the rule, from 1.
    pub line: usize,
}

/// A credential of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lasting {
    /// Its id.
    pub credential: String,
    /// The time that it takes, if that is given, as the catalog writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes: Option<String>,
    /// The time for which it stays current, as the catalog writes it.
    pub valid_for: String,
}

/// A piece of a cause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Because {
    /// A credential has this prerequisite.
    Prerequisite {
        /// Its id.
        credential: String,
        /// The line of the rule, from 1.
        line: usize,
    },
    /// A credential has this corequisite.
    Corequisite {
        /// Its id.
        credential: String,
        /// The line of the rule, from 1.
        line: usize,
    },
    /// A credential has this stack.
    Stack {
        /// Its id.
        credential: String,
        /// The line of the rule, from 1.
        line: usize,
    },
    /// One credential excludes another.
    Exclusion {
        /// The id of the one that says so.
        credential: String,
        /// The id of the other.
        excludes: String,
    },
    /// A credential is not offered.
    NotOffered {
        /// Its id.
        credential: String,
    },
}
