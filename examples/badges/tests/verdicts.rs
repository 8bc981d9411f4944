//! Badges that are signed by their issuer, by somebody else, by nobody; and the awards that they become.

use credpath::{RecordOptions, UtcOffset, Verification, records};
use credpath_badges::verdict;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// A key that was made up: what stands before the number of a private key on the curve P-256, and the number.
fn key(number: u8) -> EncodingKey {
    let mut der =
        vec![0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48];
    der.extend([0xce, 0x3d, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20]);
    der.extend([number; 32]);
    EncodingKey::from_ec_der(&der)
}

/// What the issuer publishes.
fn published(key: &EncodingKey, name: &str) -> JwkSet {
    let mut public = Jwk::from_encoding_key(key, Algorithm::ES256).expect("a key of this curve");
    public.common.key_id = Some(name.to_owned());
    JwkSet { keys: vec![public] }
}

fn badge() -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "id": "urn:badge:1",
        "issuer": { "id": "https://forge.example", "type": ["Profile"] },
        "validFrom": "2026-04-01T00:00:00Z",
        "aud": "somebody",
        "exp": 1,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": { "id": "welding", "type": ["Achievement"] },
        },
    })
}

fn signed(key: &EncodingKey, name: Option<&str>) -> String {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = name.map(str::to_owned);
    jsonwebtoken::encode(&header, &badge(), key).expect("signed")
}

#[test]
fn a_signature_is_judged_by_the_keys_of_the_issuer_alone() {
    let (ours, theirs) = (key(7), key(9));
    let keys = published(&ours, "k1");
    let token = signed(&ours, Some("k1"));
    assert_eq!(verdict(&token, &keys), Verification::Verified);
    // Somebody else signed it under the name of the key.
    assert_eq!(verdict(&signed(&theirs, Some("k1")), &keys), Verification::Failed);
    // A key that is not the issuer's, though it may stand in the token, proves nothing.
    assert_eq!(verdict(&signed(&theirs, Some("k2")), &keys), Verification::Unchecked);
    assert_eq!(verdict(&signed(&ours, None), &keys), Verification::Unchecked);
    // Something was changed since.
    let (text, signature) = token.rsplit_once('.').expect("a signature");
    let other = signed(&theirs, Some("k1"));
    let (_, foreign) = other.rsplit_once('.').expect("a signature");
    assert_eq!(verdict(&format!("{text}.{foreign}"), &keys), Verification::Failed);
    assert_eq!(verdict(&format!("{text}x.{signature}"), &keys), Verification::Failed);
}

#[test]
fn the_token_does_not_choose_how_it_is_checked() {
    let keys = published(&key(7), "k1");
    // The public key taken for the secret of a sum that anybody could make.
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k1".to_owned());
    let secret = serde_json::to_vec(&keys.keys[0]).expect("a key");
    let secret = EncodingKey::from_secret(&secret).expect("a secret");
    let token = jsonwebtoken::encode(&header, &badge(), &secret).expect("signed");
    assert_eq!(verdict(&token, &keys), Verification::Unchecked);
    for text in ["", ".", "..", "eyJhbGciOiJub25lIn0.e30.", "no token", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsxIn0.."] {
        assert_ne!(verdict(text, &keys), Verification::Verified, "{text}");
    }
}

#[test]
fn the_award_carries_the_verdict() {
    let ours = key(7);
    let token = signed(&ours, Some("k1"));
    let options = RecordOptions::default().verification(verdict(&token, &published(&ours, "k1")));
    let imported = records::import("badge.jws", token.as_bytes(), UtcOffset::UTC, &options).expect("a badge");
    let award = &imported.value.awards[0];
    assert_eq!((award.credential.as_str(), award.verification), ("welding", Verification::Verified));
    // Until when it is valid is a matter of the record, and not of the signature.
    assert_eq!(award.id.as_deref(), Some("urn:badge:1"));
}
