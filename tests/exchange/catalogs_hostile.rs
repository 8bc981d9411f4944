//! Input that is made to break something: every import answers with an error or a document, soon.

use credpath::catalogs::{
    from_badgr, from_ctdl, from_curriculum, from_table, to_badgr, to_ctdl, to_curriculum, to_table,
};
use credpath::{
    CatalogDocument, CourseTableOptions, CredentialDocument, CurriculumOptions, Limits, PathwayOptions, Separator,
};

use crate::{compiled, fixture};

/// Whatever happens, nothing panics; the first fault of each import, if it is refused.
fn put_to_all(bytes: &[u8]) -> Vec<Option<String>> {
    let first = |refused: credpath::InvalidImport| {
        let shown = refused.to_string();
        assert!(shown.len() < 200_000);
        refused.diagnostics()[0].message.clone()
    };
    vec![
        from_table("x", bytes, &CourseTableOptions::default().adds_unlisted(true)).err().map(first),
        from_curriculum("x", bytes, &CurriculumOptions::default().adds_unlisted(true)).err().map(first),
        from_ctdl("x", bytes, &PathwayOptions::default().adds_unlisted(true)).err().map(first),
        from_badgr("x", bytes, &PathwayOptions::default().adds_unlisted(true)).err().map(first),
    ]
}

#[test]
fn nesting_is_bounded() {
    let nested = |open: &str| open.repeat(2 << 20);
    assert!(put_to_all(nested("[{\"a\":").as_bytes()).iter().all(Option::is_some));
    let table = format!("id,prerequisite\na,{}\n", nested("("));
    let [table, ..] = &put_to_all(table.as_bytes())[..] else { unreachable!() };
    assert_eq!(table.as_deref(), Some("more than 36 parentheses are open here"));
    let conditions = 30;
    let mut condition = r#"{ "ceterms:requiredNumber": 1, "ceterms:targetComponent": "x:a" }"#.to_owned();
    for _ in 0..conditions {
        condition = format!(r#"{{ "ceterms:requiredNumber": 1, "ceterms:hasCondition": [{condition}] }}"#);
    }
    let text = format!(
        r#"[{{ "@id": "x:a", "@type": "ceterms:CourseComponent" }},
        {{ "@id": "x:b", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": {condition} }}]"#
    );
    let read = from_ctdl("x", text.as_bytes(), &PathwayOptions::default()).unwrap();
    assert_eq!(read.value.credentials["b"].stack, Some(credpath::rules::all_of(["a".into()])));
}

#[test]
fn strange_bytes_are_refused() {
    for bytes in [&b"id,title\na,\0\n"[..], b"\xff\xfe\0", b"\0\0\0\0", b"\xef\xbb\xbf\xff", b"id,title\n\xff\xfe,a\n"]
    {
        assert!(put_to_all(bytes).iter().all(Option::is_some), "{bytes:?}");
    }
    // An archive of nothing, and the beginning of one with something in it.
    for bytes in [[&b"PK\x05\x06"[..], &[0; 18]].concat(), b"PK\x03\x04\x14\0\0\0\x08\0\xff\xff".to_vec()] {
        assert!(put_to_all(&bytes).iter().all(Option::is_some), "{bytes:?}");
    }
    let wide: Vec<u8> = "id,title\na,A\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(put_to_all(&wide).iter().all(Option::is_some));
    for text in ["", "\n\n\n", ",,,\n", "\"", "id", "id\n\"\"\"\n", "[]", "{}", "null", "0", "\"\"", "[null]", "[[[]]]"]
    {
        put_to_all(text.as_bytes());
    }
    let bidi = "id,title\na\u{202e}b,A\n";
    let refused = from_table("x", bidi.as_bytes(), &CourseTableOptions::default()).unwrap_err();
    assert!(refused.to_string().is_ascii() && refused.to_string().contains("U+202E"), "{refused}");
}

/// Every prefix of every fixture, and every fixture with a byte changed.
#[test]
fn damage_is_no_panic() {
    for name in ["courses.csv", "curriculum.csv", "pathway.ctdl.json", "traps.ctdl.json", "pathway.badgr.json"] {
        let whole = fixture(name);
        for at in (0..whole.len()).step_by(7) {
            put_to_all(&whole[..at]);
            let mut damaged = whole.clone();
            damaged[at] = [b'"', b'(', b';', b'0', 0xff, b'{', b']'][at / 7 % 7];
            put_to_all(&damaged);
        }
    }
}

#[test]
fn large_inputs_are_read_and_too_large_ones_refused() {
    let rows: String = (0..10_000)
        .map(|row| format!("c{row},Course {row},3,{}\n", if row > 0 { format!("c{}", row / 2) } else { String::new() }))
        .collect();
    let table = format!("id,title,credits,prerequisite\n{rows}");
    let read = from_table("x", table.as_bytes(), &CourseTableOptions::default()).unwrap();
    assert_eq!(read.value.credentials.len(), 10_000);
    compiled(&read.value);
    let few = Limits::default().credentials(9_999);
    let refused = from_table("x", table.as_bytes(), &CourseTableOptions::default().limits(few.clone())).unwrap_err();
    assert_eq!(refused.diagnostics()[0].code.as_str(), "limit-exceeded");
    let short = Limits::default().catalog_bytes(1000);
    assert!(from_table("x", table.as_bytes(), &CourseTableOptions::default().limits(short)).is_err());

    // Unknown ids and duplicates in great numbers take no longer than known ones.
    let unknown = table.replace(",c", ",d");
    assert_eq!(
        from_table("x", unknown.as_bytes(), &CourseTableOptions::default()).unwrap_err().diagnostics().len(),
        200
    );
    let twice = format!("id\n{}", "a\n".repeat(10_000));
    assert!(from_table("x", twice.as_bytes(), &CourseTableOptions::default()).is_err());

    let ctdl = to_ctdl(&read.value, "https://x.example/").text;
    let badgr = to_badgr(&read.value).text;
    let options = PathwayOptions::default();
    assert_eq!(from_ctdl("x", ctdl.as_bytes(), &options).unwrap().value.credentials.len(), 10_000);
    assert_eq!(from_badgr("x", badgr.as_bytes(), &options).unwrap().value.credentials.len(), 10_000);
    let refused = from_ctdl("x", ctdl.as_bytes(), &options.clone().limits(few.clone())).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "there are more than 9999 components");
    let curriculum = to_curriculum(&read.value, None).text;
    assert_eq!(
        from_curriculum("x", curriculum.as_bytes(), &CurriculumOptions::default()).unwrap().value.credentials.len(),
        10_000
    );
}

/// A document that was built in code may nest as deep as it likes; every export says that it did not write that.
#[test]
fn what_is_built_too_deep_is_lost_and_told() {
    let mut nested = credpath::rules::any_of(["a".into()]);
    for _ in 0..2_000 {
        nested = credpath::rules::any_of([nested]);
    }
    let mut document = CatalogDocument::default();
    document.credentials.insert("a".to_owned(), CredentialDocument::default());
    let mut deep = CredentialDocument::default();
    deep.stack = Some(nested);
    document.credentials.insert("deep".to_owned(), deep);
    for exported in [
        to_table(&document, Separator::Comma),
        to_curriculum(&document, None),
        to_ctdl(&document, ""),
        to_badgr(&document),
    ] {
        assert!(exported.losses.iter().any(|loss| loss.place == "credential.deep.stack"), "{:?}", exported.losses);
    }
}
