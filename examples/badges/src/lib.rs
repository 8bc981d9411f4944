//! What comes of checking the signature of a badge that is a signed text (JWS), for the record that the badge becomes
//! an award of. The library checks none: that takes keys, and a decision whom to trust. What a good signature proves,
//! and what not, says the documentation of its module `records`.

use credpath::Verification;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};

/// Whether a badge was signed with one of the keys that are known to be the issuer's; unchecked, if its key is none of
/// these, or nothing is known of how it was signed.
#[must_use]
pub fn verdict(token: &str, keys_of_the_issuer: &JwkSet) -> Verification {
    // Only what you expect: whoever wrote the token chose what it says.
    let expected = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256];
    let header = jsonwebtoken::decode_header(token).ok().filter(|header| expected.contains(&header.alg));
    // The key of the issuer, from where you know it to be theirs, and not from the header.
    let key = header.as_ref().and_then(|header| keys_of_the_issuer.find(header.kid.as_deref()?));
    let key = key.and_then(|key| DecodingKey::from_jwk(key).ok());
    let (Some(header), Some(key)) = (header, key) else { return Verification::Unchecked };
    let mut rules = Validation::new(header.alg);
    rules.required_spec_claims.clear();
    rules.validate_exp = false; // the record says until when it is valid
    rules.validate_aud = false; // and nobody is let in by it
    match jsonwebtoken::decode::<serde::de::IgnoredAny>(token, &key, &rules) {
        Ok(_) => Verification::Verified,
        Err(_) => Verification::Failed,
    }
}
