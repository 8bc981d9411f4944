//! Learner records of others, in and out.
//!
//! [`import()`] reads what learners bring along and what student systems write; [`to_clr()`] and [`to_csv()`] write a
//! record for others, and [`to_toml()`] as the text that the library itself reads. [`recognise`] says which of the
//! formats something has, by its content.
//!
//! | format | what it holds | carried as |
//! |---|---|---|
//! | Open Badges 2.0 | an assertion, or a list of them | JSON, JWS, baked into PNG or SVG |
//! | Open Badges 3.0 | an achievement credential, or a list of them | the same |
//! | Comprehensive Learner Record 2.0 | credentials, those in envelopes too, and nothing else | the same |
//! | European Learning Model 3 | each claim of a learning achievement, and its parts | JSON, JWS |
//! | a table | one award to a row, in columns that [`RecordColumns`](crate::RecordColumns) state | CSV |
//!
//! Nothing is guessed and nothing is dropped in silence ([semantics 10.2](crate::semantics#10.2)). What of the source
//! has no place in a record is a [`Loss`](crate::Loss) with its place, except what serves only to check or to show it
//! (`proof`, `credentialSchema`, `displayParameter`). Where something can be meant in two ways the import is refused,
//! unless the [options](crate::RecordOptions) say which is meant.
//!
//! - **Days.** A moment is another day elsewhere: `2022-12-31T23:00:00Z` is the first of January in Brussels. The
//!   caller names the offset. A day without a time is that day everywhere. What ends as a day begins was valid for the
//!   last time on the day before.
//! - **Which day.** Badges of version 3 say when they were awarded, when the learning ended, and when they were issued,
//!   which moves when they are issued anew; the first of these that is there is taken.
//! - **Credentials** are matched by an [alias](crate::RecordOptions::alias), or by `id` or `ids` of the
//!   [catalog](crate::RecordOptions::catalog). What matches nothing is kept under its own id, and told.
//! - **Awards** with one id are one award. The id is that of the badge, and every audit names it. Ids that hold only
//!   within a file, as those of the European model do, are told apart by the id of the file.
//! - **Results.** A grade by letters is the grade, and what is not completed is in progress. What was failed or given
//!   up is no award, which is told; which grades of a table fail is [stated](crate::RecordColumns::failing_grade).
//!
//! # Whether a badge is genuine
//!
//! No signature is checked here: that takes keys, a network and a decision whom to trust. The record only carries what
//! came of it ([`RecordOptions::verification`](crate::RecordOptions::verification)). For a badge that is a signed text,
//! with the crate `jsonwebtoken`, as in the package `examples/badges`, whose tests try it on badges that are signed by
//! their issuer, by somebody else, and by nobody:
//!
//! ```text
//! pub fn verdict(token: &str, keys_of_the_issuer: &JwkSet) -> Verification {
//!     // Only what you expect: whoever wrote the token chose what it says.
//!     let expected = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256];
//!     let header = jsonwebtoken::decode_header(token).ok().filter(|header| expected.contains(&header.alg));
//!     // The key of the issuer, from where you know it to be theirs, and not from the header.
//!     let key = header.as_ref().and_then(|header| keys_of_the_issuer.find(header.kid.as_deref()?));
//!     let key = key.and_then(|key| DecodingKey::from_jwk(key).ok());
//!     let (Some(header), Some(key)) = (header, key) else { return Verification::Unchecked };
//!     let mut rules = Validation::new(header.alg);
//!     rules.required_spec_claims.clear();
//!     rules.validate_exp = false; // the record says until when it is valid
//!     rules.validate_aud = false; // and nobody is let in by it
//!     match jsonwebtoken::decode::<serde::de::IgnoredAny>(token, &key, &rules) {
//!         Ok(_) => Verification::Verified,
//!         Err(_) => Verification::Failed,
//!     }
//! }
//! ```
//!
//! - A signature that fits a key **in the token itself** (`jwk`, `x5c`, or a `did:key` as the issuer) proves that
//!   nobody changed the text since somebody signed it, and nothing about who that was: anybody can make a key. It
//!   proves the issuer only if the key comes from a place that the issuer alone can write to, such as `did:web` or the
//!   addresses of keys under a domain that you know to be theirs, and if the badge names that issuer.
//! - An Open Badge 2.0 that is **hosted** is genuine if its `id`, under the domain of its issuer, gives the same badge
//!   today; one that was taken back gives `410 Gone`, or says `revoked`.
//! - A badge with a **`proof`** beside its text needs the text in a canonical form: leave it to a service or a library
//!   that does that, and take its verdict.
//! - **Whether it was revoked since** stands in a status list. Get it from its address, check its signature as above,
//!   decode it (the letter `u` taken off, base64url, gzip), and give the bytes as a
//!   [`StatusList`](crate::StatusList): the import looks the entry up. Without it, the question is told as a loss.
//! - **Whose badge it is** is not looked at. A recipient is often a salted hash: compare the SHA-256 of the learner's
//!   address followed by the salt.
//! - None of this says that the learner knows anything, or that the issuer may award it: that is what
//!   [`issuers`](crate::Award::issuer) in the rules of a catalog are for.

#[cfg(feature = "json")]
mod badge2;
#[cfg(feature = "json")]
mod badge3;
#[cfg(feature = "json")]
mod carried;
#[cfg(feature = "json")]
mod clr;
#[cfg(feature = "csv")]
pub(crate) mod columns;
#[cfg(feature = "json")]
mod credentials;
#[cfg(feature = "json")]
mod europass;
mod import;
mod intake;
#[cfg(feature = "csv")]
mod known_tables;
mod leaving;
pub(crate) mod options;
#[cfg(feature = "json")]
mod png;
#[cfg(feature = "json")]
mod reading;
#[cfg(feature = "csv")]
mod rows;
pub(crate) mod status_list;
#[cfg(feature = "json")]
mod svg;
#[cfg(feature = "json")]
mod to_clr;
#[cfg(feature = "csv")]
mod to_csv;
mod to_toml;
#[cfg(feature = "json")]
mod token;

pub use import::{import, recognise};
#[cfg(feature = "json")]
pub use to_clr::to_clr;
#[cfg(feature = "csv")]
pub use to_csv::to_csv;
pub use to_toml::to_toml;
