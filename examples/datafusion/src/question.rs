//! What is asked of everybody, as one value that travels.

use std::fmt;
use std::hash::{Hash, Hasher};

use credpath::{AwardDictionary, Catalog, CatalogDocument, Cohort, CohortOptions, Date, Fingerprint, InvalidCatalog};
use serde::{Deserialize, Serialize};

/// The texts that columns of awards refer to by their places, and the catalog that they were written for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dictionary {
    /// The fingerprint of the catalog. Another version may mean other things by the same ids, so awards that were
    /// written for one are not judged by another unasked.
    pub catalog: Fingerprint,
    /// Ids of credentials; also those that the catalog does not know.
    pub credentials: Vec<String>,
    /// Grades.
    pub grades: Vec<String>,
    /// Ids of issuers.
    pub issuers: Vec<String>,
}

impl Dictionary {
    /// The ids of a catalog in their order, with its grades and the issuers that it names.
    #[must_use]
    pub fn of(catalog: &Catalog) -> Self {
        let credentials: Vec<String> = catalog.credentials().map(|(_, described)| described.id.clone()).collect();
        let mut issuers: Vec<String> =
            catalog.credentials().filter_map(|(_, described)| described.issuer.clone()).collect();
        issuers.sort_unstable();
        issuers.dedup();
        Self { catalog: catalog.fingerprint(), credentials, grades: catalog.header().grades.clone(), issuers }
    }
}

/// Why something is no question.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionError {
    /// The dictionary was written for another catalog.
    #[error(
        "the awards have a dictionary for catalog {dictionary}, and are asked about under catalog {catalog}; ask under \
         the catalog that they were written for, or write them anew for this one"
    )]
    OtherCatalog {
        /// The fingerprint in the dictionary.
        dictionary: Fingerprint,
        /// That of the catalog.
        catalog: Fingerprint,
    },
    /// A catalog that came with a question cannot be read.
    #[error(transparent)]
    Catalog(#[from] InvalidCatalog),
    /// What was sent is no question.
    #[error("this is no question as it is written: {0}")]
    Form(#[from] serde_json::Error),
}

/// A question to a cohort: the catalog, the date, the options, and the dictionary of the awards.
///
/// Two questions are equal if they are written alike.
pub struct Question {
    catalog: Catalog,
    as_of: Date,
    options: CohortOptions,
    dictionary: Dictionary,
    written: Vec<u8>,
}

/// The question as it travels.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenQuestion {
    catalog: CatalogDocument,
    as_of: Date,
    options: CohortOptions,
    dictionary: Dictionary,
}

impl Question {
    /// A question to learners whose awards refer to this dictionary.
    ///
    /// # Errors
    /// [`QuestionError::OtherCatalog`], if the dictionary is not for this catalog.
    pub fn new(
        catalog: Catalog,
        as_of: Date,
        options: CohortOptions,
        dictionary: Dictionary,
    ) -> Result<Self, QuestionError> {
        let (own, other) = (catalog.fingerprint(), dictionary.catalog);
        if own != other {
            return Err(QuestionError::OtherCatalog { dictionary: other, catalog: own });
        }
        let document = catalog.document()?;
        let written = WrittenQuestion { catalog: document, as_of, options, dictionary };
        let bytes = serde_json::to_vec(&written)?;
        let WrittenQuestion { options, dictionary, .. } = written;
        Ok(Self { catalog, as_of, options, dictionary, written: bytes })
    }

    /// The question that [`written`](Self::written) gave.
    ///
    /// # Errors
    /// What is wrong with the text, or with the catalog in it.
    pub fn read(written: &[u8]) -> Result<Self, QuestionError> {
        let WrittenQuestion { catalog, as_of, options, dictionary } = serde_json::from_slice(written)?;
        Self::new(Catalog::compile(&catalog)?, as_of, options, dictionary)
    }

    /// The question as it travels, in JSON.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        &self.written
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The texts that awards refer to.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Asks: makes the cohort and the dictionary ready, which takes about as long as judging a few hundred learners.
    ///
    /// Both borrow the catalog, so they are made for each batch of learners and not kept beside it.
    pub fn ask<T>(&self, asked: impl FnOnce(&Cohort<'_>, &AwardDictionary<'_>) -> T) -> T {
        let cohort = self.catalog.cohort(self.as_of, &self.options);
        let Dictionary { credentials, grades, issuers, .. } = &self.dictionary;
        asked(&cohort, &cohort.dictionary(credentials).with_grades(grades).with_issuers(issuers))
    }
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.written.hash(state);
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("catalog", &self.catalog.fingerprint())
            .field("as_of", &self.as_of)
            .finish_non_exhaustive()
    }
}
