//! Signed texts: what JWS hold. Signatures are not looked at.

use serde_json::Value;

use crate::exchange::imported::InvalidImport;
use crate::exchange::json::member;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;

/// Whether bytes look like a JWS in its compact form: three parts of base64url, of which the first begins as an object
/// of JSON does.
pub(crate) fn is_compact(bytes: &[u8]) -> bool {
    let bytes = bytes.trim_ascii();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.=".contains(byte);
    bytes.starts_with(b"ey") && bytes.contains(&b'.') && bytes.iter().all(is_plain)
}

/// Whether a value is a JWS in one of its JSON forms.
pub(crate) fn is_json_form(value: &Value) -> bool {
    let signed = member(value, "signatures").or_else(|| member(value, "signature"));
    signed.is_some() && value.get("payload").is_some_and(Value::is_string)
}

/// What a JWS in its compact form holds.
pub(crate) fn payload(name: &str, token: &[u8], limits: &Limits) -> Result<Vec<u8>, InvalidImport> {
    let token = token.trim_ascii();
    let parts: Vec<&[u8]> = token.split(|&byte| byte == b'.').collect();
    let [header, payload, _] = parts[..] else {
        let message = format!("a signed text has three parts, and this one {}", parts.len());
        return Err(refused(
            name,
            &message,
            "copy the whole of it: header, payload and signature, with dots between",
            limits,
        ));
    };
    if base64url(header).is_none_or(|header| !header.starts_with(b"{")) {
        let help = "it begins with an object of JSON in base64url, and so with `ey`";
        return Err(refused(name, "the header of the signed text is none", help, limits));
    }
    decoded(name, payload, limits)
}

/// What a part of a JWS holds: bytes in base64url.
pub(crate) fn decoded(name: &str, part: &[u8], limits: &Limits) -> Result<Vec<u8>, InvalidImport> {
    base64url(part).ok_or_else(|| {
        let message = "the payload of the signed text is not base64url";
        refused(name, message, "copy the whole of it, and nothing besides", limits)
    })
}

fn refused(name: &str, message: &str, help: &str, limits: &Limits) -> InvalidImport {
    let fault = Diagnostic::new(Code::Syntax, 0..0, message).help(help);
    InvalidImport(Diagnostics::new(name, "", vec![fault], limits.errors))
}

/// Bytes written six bits to a character; padding may stand at the end.
fn base64url(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    let (text, padding) = text.split_at(end);
    if padding.len() > 2 || text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut held, mut bits) = (0_u32, 0);
    for &byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    // Bits beyond the last byte say nothing; where they are set, something was cut off.
    (held == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_read_with_padding_and_without() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("Zg", b"f"),
            ("Zg==", b"f"),
            ("Zm8", b"fo"),
            ("Zm9v", b"foo"),
            ("_-8", b"\xff\xef"),
            ("Zm9vYmFyIQ", b"foobar!"),
        ] {
            assert_eq!(base64url(text.as_bytes()).as_deref(), Some(bytes), "{text}");
        }
        for text in ["Z", "Zh", "Zm9v!", "Zm+v", "Z===", "Zm 9v", "Zg=g"] {
            assert_eq!(base64url(text.as_bytes()), None, "{text}");
        }
    }
}
