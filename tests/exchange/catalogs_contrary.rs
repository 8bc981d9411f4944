//! Texts that say a thing twice, or otherwise than themselves: nothing is settled in silence, and nothing grows.

use credpath::catalogs::{
    from_badgr, from_ctdl, from_curriculum, from_table, to_badgr, to_ctdl, to_curriculum, to_table,
};
use credpath::rules::{all_of, any_of, at_least, pool};
use credpath::{
    CatalogDocument, CourseTableOptions, CredentialDocument, CurriculumOptions, InvalidImport, PathwayOptions,
    PoolDocument, RequirementDocument, Separator, Verdict,
};

use crate::{compared, value};

fn first(refused: Result<credpath::Imported<CatalogDocument>, InvalidImport>) -> String {
    refused.unwrap_err().diagnostics()[0].message.clone()
}

fn ctdl(text: &str) -> Result<credpath::Imported<CatalogDocument>, InvalidImport> {
    from_ctdl("p", text.as_bytes(), &PathwayOptions::default())
}

fn badgr(text: &str) -> Result<credpath::Imported<CatalogDocument>, InvalidImport> {
    from_badgr("p", text.as_bytes(), &PathwayOptions::default())
}

#[test]
fn conditions_that_are_named_twice_at_every_level_are_bounded() {
    let mut nodes = vec![
        r#"{ "@id": "x:a", "@type": "ceterms:CourseComponent" }"#.to_owned(),
        r#"{ "@id": "x:end", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": "_:c0" }"#.to_owned(),
    ];
    for level in 0..33 {
        let next = level + 1;
        nodes.push(format!(
            r#"{{ "@id": "_:c{level}", "@type": "ceterms:ComponentCondition", "ceterms:requiredNumber": 1,
            "ceterms:hasCondition": ["_:c{next}", "_:c{next}"] }}"#
        ));
    }
    nodes.push(r#"{ "@id": "_:c33", "ceterms:requiredNumber": 1, "ceterms:targetComponent": "x:a" }"#.to_owned());
    let refused = ctdl(&format!("[{}]", nodes.join(",\n"))).unwrap_err();
    let fault = &refused.diagnostics()[0];
    assert_eq!(fault.code.as_str(), "limit-exceeded");
    assert_eq!(fault.message, "conditions have more than 500000 nodes, each counted wherever it is named");
    assert!(fault.path.as_deref().is_some_and(|path| path.contains("hasCondition")), "{:?}", fault.path);
    assert_eq!(refused.diagnostics().len(), 1);
}

#[test]
fn pools_that_stand_in_many_rules_are_written_within_one_bound() {
    let outs = |document: &CatalogDocument| {
        [to_table(document, Separator::Comma), to_curriculum(document, None), to_ctdl(document, ""), to_badgr(document)]
    };
    // Twice the same pool at every level, and in the end nobody.
    let mut doubling = CatalogDocument::default();
    for number in 0..60 {
        let next = pool(format!("p{}", number + 1));
        doubling.pools.insert(format!("p{number}"), PoolDocument::of([next.clone(), next]));
    }
    let mut target = CredentialDocument::default();
    target.stack = Some(at_least(1).from(pool("p0")));
    doubling.credentials.insert("t".to_owned(), target);
    let mut empty = doubling.clone();
    empty.pools.insert("p60".to_owned(), PoolDocument::of(Vec::<RequirementDocument>::new()));
    for exported in [outs(&doubling), outs(&empty)].into_iter().flatten() {
        assert!(exported.losses.iter().any(|loss| loss.place == "credential.t.stack"), "{:?}", exported.losses);
    }
    // Each rule is small enough, and all of them are not.
    let mut wide = CatalogDocument::default();
    let members: Vec<RequirementDocument> = (0..2_000).map(|n| format!("c{n}").as_str().into()).collect();
    wide.pools.insert("all".to_owned(), PoolDocument::of(members));
    for number in 0..2_000 {
        let mut credential = CredentialDocument::default();
        credential.stack = Some(at_least(1).from(pool("all")));
        wide.credentials.insert(format!("c{number}"), credential);
    }
    let exported = to_table(&wide, Separator::Comma);
    assert_eq!(exported.losses.len(), 2_000 - 500_000 / 2_000);
    assert!(exported.text.len() < 8 << 20);
}

#[test]
fn two_addresses_with_one_end_are_not_one_credential() {
    let two = r#"{ "elements": [{ "elementId": "e", "countRule": "all",
        "badgeRequirements": ["https://a.example/b/1", "https://b.example/b/1"] }] }"#;
    assert_eq!(
        first(badgr(two)),
        "`1` is the end of two addresses, `https://a.example/b/1` and `https://b.example/b/1`"
    );
    let whole = PathwayOptions::default().keeps_addresses(true);
    let (document, _) = value(from_badgr("p", two.as_bytes(), &whole));
    assert_eq!(document.credentials.len(), 3);
    assert!(badgr(&two.replace("b.example", "a.example")).is_ok());

    let other = r#"[{ "@id": "https://b.example/y/sql", "@type": "ceterms:CourseComponent" },
        { "@id": "https://b.example/y/end", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition":
        { "ceterms:requiredNumber": 1, "ceterms:targetComponent": "https://a.example/x/sql" } }]"#;
    assert!(first(ctdl(other)).starts_with("`sql` is the end of two addresses"));

    let text = "[credential]\n7 = { type = 'Badge' }\n\
        analyst = { type = 'Badge', ids = ['https://x.example/b/7'], stack = '7' }";
    let document = CatalogDocument::parse("c", text).unwrap();
    let exported = to_badgr(&document);
    let lost: Vec<&str> = exported.losses.iter().map(|loss| loss.place.as_str()).collect();
    assert_eq!(lost, ["credential.analyst.ids", "credential.analyst.type"]);
    let (back, _) = value(badgr(&exported.text));
    assert_eq!(back.credentials["analyst"].stack, Some("7".into()));
}

#[test]
fn a_number_that_is_stated_counts() {
    let text = r#"{ "elements": [
        { "elementId": "t", "countRule": "atLeast2", "badgeRequirements": ["a", "b"] },
        { "elementId": "u", "countRule": "all", "badgeRequirements": ["a", "b"] }] }"#;
    let (document, _) = value(badgr(text));
    assert_eq!(document.credentials["t"].stack, Some(at_least(2).from(["a", "b"].map(RequirementDocument::from))));
    assert_eq!(document.credentials["u"].stack, Some(all_of(["a".into(), "b".into()])));
    // Of an award that counts as both, one alone is filled.
    let document = CatalogDocument::parse(
        "c",
        "credential = { a = {}, b = {}, x = { counts_as = ['a', 'b'] }, \
        t = { stack = { at_least = 2, from = ['a', 'b'] } } }",
    )
    .unwrap();
    let (back, _) = value(ctdl(&to_ctdl(&document, "").text));
    assert_eq!(back.credentials["t"].stack, document.credentials["t"].stack);
    assert_eq!(compared(&document, &document).verdict("t"), Verdict::Unchanged);
}

#[test]
fn wide_tables_take_no_longer_than_long_ones() {
    let list = |unit: &str, times: usize| unit.repeat(times);
    let named = format!(
        "Curriculum,X\nCourse ID,Course Name,Prerequisites,Corequisites,Strict-Corequisites,Credit Hours\n\
         1,A,{},,{},3\n",
        list("1;", 400_000),
        list("1;", 20_000)
    );
    let (document, _) = value(from_curriculum("c", named.as_bytes(), &CurriculumOptions::default()));
    assert_eq!(document.credentials["1"].corequisite, Some("1".into()));
    let unknown = named.replace(&list("1;", 400_000), &list("9;", 20_000));
    let refused = from_curriculum("c", unknown.as_bytes(), &CurriculumOptions::default()).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "the table has no row for `9`");
    let many = named.replace(&list("1;", 400_000), &list("1;", 500_001));
    assert_eq!(
        first(from_curriculum("c", many.as_bytes(), &CurriculumOptions::default())),
        "rules name more than 500000 courses"
    );
    let wide = format!("id{}\n{}", ",".repeat(100_000), "a\n".repeat(5_000));
    assert!(from_table("c", wide.as_bytes(), &CourseTableOptions::default()).is_err());
    let headers = format!("Course ID,Course Name,Credit Hours{}\n", ",x".repeat(20)).repeat(9_000);
    _ = from_curriculum("c", headers.as_bytes(), &CurriculumOptions::default());
}

#[test]
fn names_that_repeat_are_numbered_soon() {
    let condition =
        r#"{ "ceterms:name": "N", "ceterms:requiredNumber": 2, "ceterms:targetComponent": ["x:a", "x:a"] }"#;
    let conditions = vec![condition; 6_000].join(",");
    let text = format!(
        r#"[{{ "@id": "x:a", "@type": "ceterms:CourseComponent" }},
        {{ "@id": "x:end", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": [{conditions}] }}]"#
    );
    let (document, _) = value(ctdl(&text));
    let stack = document.credentials["end"].stack.clone().unwrap();
    let shown = format!("{stack:?}");
    assert!(shown.contains("\"N (2)\"") && shown.contains("\"N (6000)\"") && !shown.contains("\"N (6001)\""));
}

#[test]
fn what_is_said_from_the_other_end_is_read() {
    let text = r#"[{ "@id": "x:p", "@type": "ceterms:Pathway" },
        { "@id": "x:analyst", "@type": "ceterms:CredentialComponent" },
        { "@id": "x:sql", "@type": "ceterms:CourseComponent", "ceterms:isChildOf": "x:analyst" }]"#;
    assert!(first(ctdl(text)).starts_with("the component has children, and no condition says"));
    let (document, _) = value(from_ctdl("p", text.as_bytes(), &PathwayOptions::default().unstated_is_all(true)));
    assert_eq!(document.credentials["analyst"].stack, Some("sql".into()));
    let end = text.replace("\"ceterms:isChildOf\": \"x:analyst\"", "\"ceterms:isDestinationComponentOf\": \"x:p\"");
    assert_eq!(first(ctdl(&end)), "no condition says what leads to this destination");
    for key in ["hasDestinationComponent", "hasPart"] {
        let part = text.replace("Pathway\"", &format!("Pathway\", \"ceterms:{key}\": [\"x:nobody\"]"));
        let refused = from_ctdl("p", part.as_bytes(), &PathwayOptions::default().unstated_is_all(true));
        assert_eq!(first(refused), "there is no component `nobody`");
    }
}

#[test]
fn one_term_under_two_keys_is_a_fault_where_they_differ() {
    let with = |members: &str| {
        ctdl(&format!(
            r#"[{{ "@id": "x:a", "@type": "ceterms:CourseComponent" }}, {{ "@id": "x:b", "@type": "ceterms:CourseComponent" }},
            {{ "@id": "x:end", "@type": "ceterms:CredentialComponent", {members} }}]"#
        ))
    };
    let of = |target: &str| format!(r#"{{ "ceterms:requiredNumber": 1, "ceterms:targetComponent": "{target}" }}"#);
    let two = |one: &str, other: &str| {
        with(&format!(r#""ceterms:hasCondition": {one}, "https://purl.org/ctdl/terms/hasCondition": {other}"#))
    };
    assert_eq!(
        first(two(&of("x:a"), &of("x:b"))),
        "`https://purl.org/ctdl/terms/hasCondition` says otherwise than another key of the same term"
    );
    for read in [two(&of("x:a"), &of("x:a")), two("null", &of("x:a"))] {
        assert_eq!(value(read).0.credentials["end"].stack, Some("a".into()));
    }
    for (key, values) in [("requiredNumber", "[1, 2]"), ("logicalOperator", r#"["logicOp:Or", "logicOp:And"]"#)] {
        let condition = format!(
            r#""ceterms:hasCondition": {{ "ceterms:{key}": {values}, "ceterms:targetComponent": ["x:a", "x:b"] }}"#
        );
        assert_eq!(first(with(&condition)), format!("the condition has another `{key}` already"));
    }
    let title = |name: &str| with(&format!(r#""ceterms:name": {name}"#));
    for name in [r#"{ "@language": "en", "@value": ["Analyst"] }"#, r#"{ "@id": "x:y" }"#, "7", r#"{ "en": 7 }"#] {
        assert!(first(title(name)).starts_with("`name` must be a text, or texts by their languages"), "{name}");
    }
    for name in [r#"{ "en": ["A"] }"#, r#"{ "@none": "A" }"#, r#"[{ "@value": "A" }]"#] {
        assert_eq!(value(title(name)).0.credentials["end"].title.as_deref(), Some("A"), "{name}");
    }
    let (_, losses) = value(with(r#""ceterms:proxyFor": [{ "ceterms:name": "A" }]"#));
    assert_eq!(losses, ["[2].ceterms:proxyFor[0]: what has no address is no further id"]);
}

#[test]
fn a_stack_that_is_lost_leads_nowhere() {
    let text = "credential = { a = { credits = 3 }, t = { stack = { credits = 3, from = ['a'] } } }";
    let exported = to_ctdl(&CatalogDocument::parse("c", text).unwrap(), "");
    assert!(exported.losses.iter().any(|loss| loss.place == "credential.t.stack"));
    let (back, _) = value(ctdl(&exported.text));
    assert_eq!(back.credentials["t"].stack, None);
    let mut document = CatalogDocument::parse("c", "credential = { a = { type = 'Course' }, t = {} }").unwrap();
    document.credentials.get_mut("t").unwrap().stack = Some(all_of(Vec::<RequirementDocument>::new()));
    let exported = to_curriculum(&document, None);
    assert!(exported.losses.iter().any(|loss| loss.place == "credential.t.stack"), "{:?}", exported.losses);
    value(from_curriculum("c", exported.text.as_bytes(), &CurriculumOptions::default()));
}

#[test]
fn what_has_no_place_in_a_curriculum_is_told() {
    let text = "Institution,North Lake College,East Lake College\nDegree Type,BS\nCIP,14.1201\n\
        Course ID,Course Name,Credit Hours\n1,A,3\n";
    let (_, losses) = value(from_curriculum("c", text.as_bytes(), &CurriculumOptions::default()));
    let nameless = "the curriculum has no name, so there is no degree of which this could be said";
    assert_eq!(
        losses,
        [
            "line 1, column Institution: only the first value behind a heading is read".to_owned(),
            format!("line 1, column Institution: {nameless}"),
            format!("line 2, column Degree Type: {nameless}"),
            format!("line 3, column CIP: {nameless}"),
        ]
    );
}

#[test]
fn numbers_that_contradict_a_rule_of_counting_are_faults() {
    let with = |rule: &str| {
        badgr(&format!(r#"{{ "elements": [{{ "elementId": "e", "badgeRequirements": ["a", "b", "c"], {rule} }}] }}"#))
    };
    for rule in [
        r#""countRule": "all", "requiredCount": 2"#,
        r#""countRule": "atLeast2", "requiredCount": 3"#,
        r#""countRule": { "atLeastN": 2 }, "count": 3"#,
        r#""countRule": "atLeastN", "count": 3, "n": 2"#,
    ] {
        assert_eq!(first(with(rule)), "the number of the element says otherwise than its rule of counting", "{rule}");
    }
    assert_eq!(first(with(r#""requiredCount": 2"#)), "the element has a number, and no rule that counts");
    let any = any_of(["a".into(), "b".into(), "c".into()]);
    let (document, _) = value(with(r#""countRule": "atLeast1", "requiredCount": 1"#));
    assert_eq!(document.credentials["e"].stack, Some(any));
    assert!(with(r#""countRule": "all", "requiredCount": 3"#).is_ok());
}
