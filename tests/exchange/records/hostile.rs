//! Hostile input is an error, or takes a while in proportion to its length: it never panics and never hangs.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use credpath::{Code, Limits, RecordColumns, RecordFormat, RecordOptions, records};

use super::{base64url, fixture, itxt, png, read, signed, svg};

/// Far more than any of it takes, in a slow build on a busy machine.
const LONG: Duration = Duration::from_secs(180);

fn refused(what: &str, bytes: &[u8]) -> Code {
    let start = Instant::now();
    let options = RecordOptions::default().limits(Limits::default().record_bytes(64 << 20));
    let code = read(bytes, "Z", &options).expect_err(what).diagnostics()[0].code;
    assert_eq!(records::recognise(bytes), None, "{what}");
    assert!(start.elapsed() < LONG, "{what} took {:?}", start.elapsed());
    code
}

#[test]
fn nesting_without_end() {
    for open in ["[", "{\"a\":", "{\"type\":[\"ClrCredential\"],\"credentialSubject\":{\"verifiableCredential\":["] {
        let deep = open.repeat((10 << 20) / open.len());
        assert_eq!(refused("nesting", deep.as_bytes()), Code::LimitExceeded);
        assert_eq!(refused("nesting, signed", signed(&deep).as_bytes()), Code::LimitExceeded);
    }
    let deep = "<g>".repeat(3 << 20);
    assert_eq!(refused("elements", deep.as_bytes()), Code::Syntax);
}

#[test]
fn envelopes_within_envelopes() {
    let mut inner = "{\"type\":[\"OpenBadgeCredential\"]}".to_owned();
    for _ in 0..8 {
        inner = format!(
            "{{\"type\":\"ClrCredential\",\"credentialSubject\":{{\"verifiableCredential\":{{\
             \"type\":\"EnvelopedVerifiableCredential\",\"id\":\"data:application/vc+jwt,{}\"}}}}}}",
            signed(&inner)
        );
    }
    let error = read(inner.as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    assert_eq!(error.diagnostics()[0].code, Code::LimitExceeded);
    let mut token = "{}".to_owned();
    for _ in 0..8 {
        token = signed(&token);
    }
    assert_eq!(refused("tokens in tokens", token.as_bytes()), Code::InvalidValue);
}

#[test]
fn entities_are_not_unfolded() {
    let mut bomb = "<!DOCTYPE svg [<!ENTITY a0 \"lol\">".to_owned();
    for level in 1..30 {
        let inner = format!("&a{};", level - 1).repeat(10);
        _ = write!(bomb, "<!ENTITY a{level} \"{inner}\">");
    }
    bomb += "]><svg><openbadges:assertion>&a29;</openbadges:assertion></svg>";
    assert_eq!(refused("an entity", bomb.as_bytes()), Code::Syntax);
    let verify = bomb.replace("<openbadges:assertion>&a29;", "<openbadges:assertion verify='&a29;'>");
    assert_eq!(refused("an entity in an attribute", verify.as_bytes()), Code::Syntax);
    assert_eq!(
        refused("no character", &svg("", "<openbadges:assertion>&#xD800;</openbadges:assertion>")),
        Code::Syntax
    );
}

#[test]
fn images_of_vectors_that_are_cut_off() {
    let whole = svg(
        "",
        "<openbadges:assertion a='>'><![CDATA[{\"type\":\"Assertion\",\"badge\":\"x\"}]]></openbadges:assertion>",
    );
    assert!(read(&whole, "Z", &RecordOptions::default()).is_ok());
    for end in 0..whole.len() {
        drop(read(&whole[..end], "Z", &RecordOptions::default()));
    }
    for text in [
        "<",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!DOCTYPE [",
        "<a b='",
        "<openbadges:assertion>",
        "<openbadges:credential verify=",
        "<openbadges:assertion/>",
        "<openbadges:assertion verify=''/>",
        "<é:credential/>",
        "<openbadges:credential é=\"é\"é>",
    ] {
        refused(text, text.as_bytes());
        refused(text, text.repeat(100_000).as_bytes());
    }
}

#[test]
fn images_of_points_that_are_cut_off_or_lie() {
    let badge = "{\"type\":\"Assertion\",\"badge\":\"x\"}";
    let whole = png(&[(b"IHDR", vec![0; 13]), (b"iTXt", itxt("openbadges", badge)), (b"IEND", Vec::new())]);
    assert!(read(&whole, "Z", &RecordOptions::default()).is_ok());
    for end in 0..whole.len() {
        assert!(read(&whole[..end], "Z", &RecordOptions::default()).is_err(), "{end}");
    }
    let mut lying = b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXtopenbadges\0".to_vec();
    assert_eq!(refused("a huge chunk", &lying), Code::Syntax);
    lying.extend([0xff; 100]);
    assert_eq!(refused("a huge chunk", &lying), Code::Syntax);
    let compressed = png(&[(b"iTXt", b"openbadges\0\x01\0\0\0x".to_vec()), (b"IEND", Vec::new())]);
    assert_eq!(refused("a compressed badge", &compressed), Code::Syntax);
    for body in [&b"openbadges"[..], b"openbadges\0", b"openbadges\0\0", b"openbadges\0\0\0en", b"openbadges\0\0\0\0"] {
        refused("a chunk without a text", &png(&[(b"iTXt", body.to_vec()), (b"IEND", Vec::new())]));
    }
    let none = vec![(b"IDAT", Vec::new()); 500_000];
    assert_eq!(
        refused("chunks without a badge", &[png(&none), png(&[(b"IEND", Vec::new())])[8..].to_vec()].concat()),
        Code::Syntax
    );
    let two = png(&[(b"iTXt", itxt("openbadges", badge)), (b"iTXt", itxt("openbadges", "{}")), (b"IEND", Vec::new())]);
    assert_eq!(refused("two badges", &two), Code::Syntax);
}

#[test]
fn signed_texts_of_a_wrong_shape() {
    for token in
        ["eyJ.", "eyJ..", "eyJ.!.x", "eyJ.eyJ", "eyJhbGciOiJub25lIn0.a.b", "ey.a.b.c.d", "ey...", "eyJ.bnVsbA.x"]
    {
        refused(token, token.as_bytes());
    }
    let long = format!("ey{}", ".".repeat(10 << 20));
    assert_eq!(refused("dots", long.as_bytes()), Code::Syntax);
    for json in [
        "{\"payload\":\"!\",\"signatures\":[]}",
        "{\"payload\":\"\",\"signature\":\"x\"}",
        "{\"payload\":7,\"signature\":\"x\"}",
        "{\"payload\":\"bnVsbA\",\"signatures\":7}",
    ] {
        refused(json, json.as_bytes());
    }
    let mut turns = "{}".to_owned();
    for _ in 0..10 {
        turns = format!("{{\"payload\":\"{}\",\"signature\":\"x\"}}", base64url(turns.as_bytes()));
    }
    refused("signed texts in one another", turns.as_bytes());
}

/// An archive is none of the formats, whether there is anything in it or nothing.
#[test]
fn archives_are_no_records() {
    let nothing = [&b"PK\x05\x06"[..], &[0; 18]].concat();
    let something = [&b"PK\x03\x04\x14\0\0\0\x08\0"[..], &[0xff; 60], &nothing].concat();
    for bytes in [&nothing, &something, &b"PK".to_vec(), &b"\x1f\x8b\x08\0".to_vec()] {
        assert_eq!(records::recognise(bytes), None);
        for &format in RecordFormat::ALL {
            let options = RecordOptions::default().format(format).columns(RecordColumns::own());
            assert!(read(bytes, "Z", &options).is_err(), "{format}");
        }
    }
}

#[test]
fn wrong_encodings_and_nul() {
    for bytes in [&b"\xff\xfe{\0}\0"[..], b"{\"a\":\"\xfc\"}", b"{\0}", b"\0", b"\xef\xbb\xbf", b"<svg>\xfc</svg>"] {
        refused("an encoding", bytes);
    }
    let text = String::from_utf8(fixture("clr.json")).unwrap();
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused("UTF-16 without a mark", &utf_16);
    let options = RecordOptions::default().columns(RecordColumns::own());
    for bytes in [&b"credential\na\0b\n"[..], b"credential\n\xff\n", b"\0", b"credential\n\"a\n"] {
        assert_eq!(read(bytes, "Z", &options).unwrap_err().diagnostics()[0].code, Code::Syntax);
    }
}

#[test]
fn every_prefix_of_every_fixture_and_bytes_that_are_turned() {
    let options = RecordOptions::default().columns(RecordColumns::credly()).titles_as_ids(true).local_times(true);
    for name in ["ob2-embedded.json", "ob3-results.json", "clr.json", "europass.json", "credly.csv"] {
        let bytes = fixture(name);
        for end in (0..bytes.len()).step_by(7) {
            drop(read(&bytes[..end], "Z", &options));
            let mut turned = bytes.clone();
            turned[end] ^= 0x15;
            drop(read(&turned, "Z", &options));
        }
    }
}

#[test]
fn values_of_every_type_in_every_place() {
    for name in
        ["ob2-embedded.json", "ob2-links.json", "ob3-dates.json", "ob3-results.json", "clr.json", "europass.json"]
    {
        let whole: serde_json::Value = serde_json::from_slice(&fixture(name)).unwrap();
        let count = places(&whole);
        for place in 0..count {
            for put in [
                serde_json::json!(null),
                7.into(),
                (-1.5).into(),
                "".into(),
                "x\u{0}".into(),
                true.into(),
                serde_json::json!([]),
                serde_json::json!([[]]),
                serde_json::json!({}),
                serde_json::json!(["x", {}]),
            ] {
                let mut changed = whole.clone();
                let mut left = place;
                replace(&mut changed, &mut left, &put);
                drop(read(changed.to_string().as_bytes(), "Z", &RecordOptions::default()));
            }
        }
    }
}

fn places(value: &serde_json::Value) -> usize {
    let inner = value.as_array().map(|list| list.iter().map(places).sum());
    1 + inner.or_else(|| value.as_object().map(|table| table.values().map(places).sum())).unwrap_or(0)
}

/// Puts a value in the place with this number, counted from the outside.
fn replace(value: &mut serde_json::Value, left: &mut usize, put: &serde_json::Value) {
    if *left == 0 {
        *value = put.clone();
        *left = usize::MAX;
        return;
    }
    *left -= 1;
    let inner: Vec<&mut serde_json::Value> = match value {
        serde_json::Value::Array(list) => list.iter_mut().collect(),
        serde_json::Value::Object(table) => table.values_mut().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        if *left == usize::MAX {
            return;
        }
        replace(value, left, put);
    }
}

#[test]
fn a_hundred_thousand_awards() {
    let start = Instant::now();
    let badges: Vec<String> = (0..100_000)
        .map(|number| {
            format!(
                "{{\"type\":\"Assertion\",\"id\":\"urn:{number}\",\"badge\":\"b{}\",\"issuedOn\":\"2024-05-06\"}}",
                number % 977
            )
        })
        .collect();
    let text = format!("[{}]", badges.join(","));
    let catalog = credpath::Catalog::parse("catalog.toml", "credential.b1 = {}\ncredential.b22 = {}").unwrap();
    let options = RecordOptions::default().catalog(&catalog);
    let small = read(text.as_bytes(), "Z", &options).unwrap_err();
    assert_eq!(small.diagnostics()[0].code, Code::LimitExceeded);
    let options = options.limits(Limits::large());
    let imported = read(text.as_bytes(), "Z", &options).unwrap();
    assert_eq!(imported.value.awards.len(), 100_000);
    // 977 classes, of which the catalog has two.
    assert_eq!(imported.losses.len(), 100_000 - 2 * 103);
    let rows: Vec<String> = (0..100_000).map(|number| format!("b{},urn:{}", number % 977, number % 50_000)).collect();
    let options = RecordOptions::default().limits(Limits::large()).columns(RecordColumns::new("credential").id("id"));
    let imported = read(format!("credential,id\n{}\n", rows.join("\n")).as_bytes(), "Z", &options).unwrap();
    assert_eq!((imported.value.awards.len(), imported.losses.len()), (50_000, 50_000));
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[test]
fn faults_without_number_are_counted_and_not_listed() {
    let badges = vec!["{\"type\":\"Assertion\",\"issuedOn\":\"x\"}"; 20_000].join(",");
    let options = RecordOptions::default().limits(Limits::large());
    let error = read(format!("[{badges}]").as_bytes(), "Z", &options).unwrap_err();
    assert_eq!(error.diagnostics().len(), Limits::default().errors);
    assert!(error.report().unlisted() > 1_000);
}

/// The parser reads a place out of the end of its messages.
#[test]
fn a_key_that_looks_like_a_place_is_a_key() {
    let key = "a at line 2 column 18446744073709551615";
    let twice = format!("{{\n  \"{key}\": 1, \"{key}\": 1 }}");
    let error = read(twice.as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    let fault = &error.diagnostics()[0];
    assert_eq!((fault.code, fault.message.as_str()), (Code::DuplicateKey, &*format!("`{key}` is given twice")));
    assert_eq!(fault.primary.span, twice.rfind(&format!("\"{key}")).unwrap()..twice.len() - 5);
}

#[test]
fn losses_without_number_are_counted_and_their_places_cut() {
    let deep = "k".repeat(200);
    let (open, close) = (format!("{{\"{deep}\":").repeat(60), "}".repeat(60));
    let entries = "{\"x\":1},".repeat(110_000);
    let badge = format!(
        "{{\"type\":\"OpenBadgeCredential\",\"awardedDate\":\"2024-05-06\",\"credentialSubject\":\
         {{\"achievement\":{{\"id\":\"x\"}},\"result\":[{entries}{{}}]}},\"more\":{open}1{close}}}"
    );
    let limits = Limits::default().record_bytes(2 << 20);
    let imported = read(badge.as_bytes(), "Z", &RecordOptions::default().limits(limits)).unwrap();
    assert_eq!(imported.losses.len(), 100_001);
    let last = imported.losses.last().unwrap().to_string();
    assert_eq!(last, "the whole: 10001 more losses are not listed");
    let mut inner = "{\"type\":\"Assertion\",\"badge\":\"x\",\"issuedOn\":\"2024-05-06\",\"more\":7}".to_owned();
    for _ in 0..20 {
        let subject = format!("{{\"verifiableCredential\":{inner}}}");
        inner = format!("{{\"type\":\"ClrCredential\",\"credentialSubject\":{subject}}}");
    }
    let imported = read(inner.as_bytes(), "Z", &RecordOptions::default()).unwrap();
    let place = &imported.losses[0].place;
    assert_eq!(place.chars().count(), 401);
    assert!(place.starts_with("credentialSubject.verifiableCredential.") && place.ends_with("more"), "{place}");
}

#[test]
fn a_result_of_an_endless_kind_is_told_in_short() {
    let results = vec!["{\"resultDescription\":\"d\",\"value\":\"v\"}"; 1_000].join(",");
    let kind = "k".repeat(100_000);
    let badge = format!(
        "{{\"type\":\"OpenBadgeCredential\",\"awardedDate\":\"2024-05-06\",\"credentialSubject\":{{\"result\":[{results}],\
         \"achievement\":{{\"id\":\"x\",\"resultDescription\":[{{\"id\":\"d\",\"resultType\":\"{kind}\"}}]}}}}}}"
    );
    let imported = read(badge.as_bytes(), "Z", &RecordOptions::default()).unwrap();
    assert_eq!(imported.losses.len(), 1_000);
    assert!(imported.losses.iter().all(|loss| loss.what.len() < 300));
}

/// Whoever asks what some bytes are has not said how much they may cost.
#[test]
fn recognition_keeps_to_the_limits_that_an_import_has() {
    let badge = "{\"type\":\"Assertion\",\"badge\":\"x\"}";
    assert!(records::recognise(badge.as_bytes()).is_some());
    let padded = format!("{badge}{}", " ".repeat(Limits::default().record_bytes));
    assert_eq!(records::recognise(padded.as_bytes()), None);
}

#[test]
fn a_second_badge_in_an_image_of_vectors_is_refused_or_told() {
    let baked = |local: &str, badge: &str| format!("<openbadges:{local}><![CDATA[{badge}]]></openbadges:{local}>");
    let [one, other] = ["x", "y"].map(|of| format!("{{\"type\":\"Assertion\",\"badge\":\"{of}\"}}"));
    let twice = svg("", &[baked("assertion", &one), baked("assertion", &one)].concat());
    assert_eq!(read(&twice, "Z", &RecordOptions::default()).unwrap().value.awards.len(), 1);
    let two = svg("", &[baked("assertion", &one), baked("assertion", &other)].concat());
    let error = read(&two, "Z", &RecordOptions::default()).unwrap_err();
    assert_eq!(error.diagnostics()[0].message, "two different badges are baked into the image");
    let versions = svg("", &[baked("assertion", &one), baked("credential", &other)].concat());
    let imported = read(&versions, "Z", &RecordOptions::default()).unwrap();
    assert_eq!(imported.value.awards[0].credential, "y");
    assert_eq!(
        imported.losses[0].to_string(),
        "the image: the image holds the badge in an older version too, which is not read"
    );
    let many = "<openbadges:assertion verify='e'/>".repeat(100_000);
    refused("badges without end", &svg("", &many));
}
