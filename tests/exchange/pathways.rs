//! Pathways: in CTDL, compact and expanded, and of Badgr.

use credpath::catalogs::{from_badgr, from_ctdl};
use credpath::rules::{all_of, any_of, at_least};
use credpath::{CatalogDocument, CredentialDocument, LearnerRecord, Objective, PathwayOptions, PlanOptions};

use crate::{compared, compiled, fixture, found, value};

fn ctdl(name: &str, options: &PathwayOptions) -> (CatalogDocument, Vec<String>) {
    value(from_ctdl(name, &fixture(name), options))
}

fn badgr(text: &str, options: &PathwayOptions) -> (CatalogDocument, Vec<String>) {
    value(from_badgr("pathway.json", text.as_bytes(), options))
}

#[test]
fn one_pathway_in_three_encodings_is_one_catalog() {
    let options = PathwayOptions::default();
    let (compact, none) = ctdl("pathway.ctdl.json", &options);
    assert_eq!(none, [] as [&str; 0]);
    let (expanded, none) = ctdl("pathway.expanded.ctdl.json", &options);
    assert_eq!(none, [] as [&str; 0]);
    assert_eq!(compact, expanded);
    let text = String::from_utf8(fixture("pathway.badgr.json")).unwrap();
    let (badgr, none) = badgr(&text, &options);
    assert_eq!(none, [] as [&str; 0]);
    // In one of them credentials have addresses as well; nothing else differs.
    let mut without = compact.clone();
    without.credentials.values_mut().for_each(|credential| credential.ids.clear());
    assert_eq!(without, badgr);
    let comparison = compared(&compact, &badgr);
    assert_eq!(comparison.added.len() + comparison.removed.len() + comparison.renamed.len(), 0);
    assert!(comparison.changed.iter().all(|changed| changed.verdict == credpath::Verdict::Unchanged), "{comparison}");
    assert_eq!(found(&badgr), [] as [&str; 0]);

    let costs = [("sql", 90), ("spreadsheets", 40), ("python", 120), ("statistics", 150), ("ethics", 60)];
    let cost = |document: &CatalogDocument, objective| {
        let mut document = document.clone();
        document.credentials.values_mut().for_each(|credential| credential.cost = Some(0.into()));
        for (id, cost) in costs {
            document.credentials.get_mut(id).unwrap().cost = Some(u16::into(cost));
        }
        let catalog = compiled(&document);
        let options = PlanOptions::default().objective(objective);
        let target = catalog.credential("analyst").unwrap();
        let outcome = catalog.plan(&LearnerRecord::default(), "2026-11-29".parse().unwrap(), target, &options);
        let plan = outcome.plan().unwrap().clone();
        plan.verify(&catalog, &LearnerRecord::default()).unwrap();
        (plan.cost, plan.credentials)
    };
    for objective in [Objective::Cost, Objective::Credentials] {
        let due = cost(&compact, objective);
        assert_eq!(due, cost(&badgr, objective));
        assert_eq!(due.0, 220.into());
    }
}

#[test]
fn the_traps_of_ctdl() {
    let (document, losses) = ctdl("traps.ctdl.json", &PathwayOptions::default().language("fr"));
    let degree = &document.credentials["degree"];
    assert_eq!(degree.title.as_deref(), Some("Diplôme"));
    assert_eq!(degree.kind.as_deref(), Some("BachelorDegree"));
    assert_eq!(degree.ids, ["https://registry.example/resources/ce-1"]);
    // Names of conditions repeat; names of groups are unique.
    let due = all_of([
        any_of(["a".into(), "b".into()]).name("Required"),
        at_least(2)
            .from(["a".into(), "c".into(), any_of(["b".into(), "d".into()]).name("Required (3)")])
            .name("Required (2)"),
    ]);
    assert_eq!(degree.stack, Some(due));
    assert_eq!(document.credentials["licence"].stack, Some("degree".into()));
    assert_eq!(document.credentials["b"].prerequisite, Some("a".into()));
    assert_eq!(document.credentials["a"].credits, Some("7.5".parse().unwrap()));
    assert_eq!(document.credentials["d"].kind.as_deref(), Some("WorkExperience"));
    assert_eq!(
        losses,
        [
            "@graph[0].ceterms:hasProgressionModel: a catalog has no place for `ceterms:hasProgressionModel`",
            "@graph[1].ceterms:name: `name` is there in 2 languages, and a catalog has one",
            "@graph[1].ceterms:hasChild[3]: no condition names this child, so it is not required",
            "@graph[1].ceterms:hasCondition[1].ceterms:hasConstraint: a constraint is not judged here: whoever meets \
             the rest meets this",
            "@graph[2].ceterms:logicalOperator: `only one` is read as any of them: to have more does not count \
             against anybody",
            "@graph[3].ceterms:hasCondition[1]: a condition that names no component is no rule",
            "@graph[3].ceterms:hasCondition[1].ceterms:description: a catalog has no place for `ceterms:description`",
            "@graph[4].ceterms:creditValue[0].ceterms:creditUnitType: a catalog has one unit of credits, which is \
             stated of the whole",
            "@graph[5].ceterms:precededBy: an advised order is no rule",
            "@graph[9]: a node that is no component of a pathway is not read",
        ]
    );
    assert_eq!(document.header.title.as_deref(), Some("Two ends"));
    assert!(found(&document).iter().all(|finding| !finding.starts_with("cannot")), "{:?}", found(&document));
}

/// A destination that only has children would, naively, be a programme of one step.
#[test]
fn a_destination_without_a_condition_is_a_fault_or_asked_for() {
    let text = r#"{ "@graph": [
  { "@id": "x:p", "@type": "ceterms:Pathway", "ceterms:hasDestinationComponent": "x:end" },
  { "@id": "x:end", "@type": "ceterms:CredentialComponent", "ceterms:hasChild": ["x:a", "x:b"] },
  { "@id": "x:a", "@type": "ceterms:CourseComponent" },
  { "@id": "x:b", "@type": "ceterms:CourseComponent" }
] }"#;
    let refused = from_ctdl("p.json", text.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "\
error[ambiguous-requirement]: the component has children, and no condition says how many of them are required
 --> p.json:3:3
  |
3 |   { \"@id\": \"x:end\", \"@type\": \"ceterms:CredentialComponent\", \"ceterms:hasChild\": [\"x:a\", \"x:b\"] },
  |   ^
  |
  = help: give it a condition that says how many of what, or ask for all where nothing is said
"
    );
    assert_eq!(refused.diagnostics()[0].path.as_deref(), Some("@graph[1]"));
    let (document, _) = value(from_ctdl("p", text.as_bytes(), &PathwayOptions::default().unstated_is_all(true)));
    assert_eq!(document.credentials["end"].stack, Some(all_of(["a".into(), "b".into()])));
    let childless = text.replace(r#", "ceterms:hasChild": ["x:a", "x:b"]"#, "");
    let refused = from_ctdl("p.json", childless.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "no condition says what leads to this destination");
}

#[test]
fn what_is_wrong_with_a_ctdl_pathway_is_told() {
    let with = |condition: &str| {
        let text = format!(
            r#"[{{ "@id": "x:end", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": [{condition}] }},
            {{ "@id": "x:a", "@type": "ceterms:CourseComponent" }}, {{ "@id": "x:b", "@type": "ceterms:CourseComponent" }}]"#
        );
        let faults = from_ctdl("p", text.as_bytes(), &PathwayOptions::default());
        faults.map(|imported| imported.losses.iter().map(ToString::to_string).collect::<Vec<_>>()).map_err(|invalid| {
            invalid.diagnostics().iter().map(|fault| format!("{}: {}", fault.code, fault.message)).collect::<Vec<_>>()
        })
    };
    let targets = r#""ceterms:targetComponent": ["x:a", "x:b"]"#;
    for (condition, due) in [
        (format!("{{ {targets} }}"), "ambiguous-requirement: the condition does not say how many are required"),
        (
            format!(r#"{{ "ceterms:requiredNumber": 1, "ceterms:logicalOperator": "logicOp:And", {targets} }}"#),
            "ambiguous-requirement: the condition requires 1 of 2, and its operator says otherwise",
        ),
        (
            format!(r#"{{ "ceterms:logicalOperator": "logicOp:Not", {targets} }}"#),
            "invalid-value: this operator has no meaning here",
        ),
        (
            format!(r#"{{ "ceterms:requiredNumber": "two", {targets} }}"#),
            "wrong-type: `requiredNumber` must be a whole number, not a string",
        ),
        (
            r#"{ "ceterms:requiredNumber": 1, "ceterms:targetComponent": ["x:aa"] }"#.to_owned(),
            "unknown-credential: there is no component `aa`",
        ),
        (
            r#"{ "ceterms:requiredNumber": 1, "ceterms:targetComponent": [{ "ceterms:name": "A" }] }"#.to_owned(),
            "missing-key: a component that is named needs `@id`",
        ),
        (r#""_:nowhere""#.to_owned(), "unknown-credential: there is no such condition"),
    ] {
        assert_eq!(with(&condition).unwrap_err()[0], due, "{condition}");
    }
    let none = with(&format!(r#"{{ "ceterms:requiredNumber": 0, {targets} }}"#)).unwrap();
    assert!(none[0].ends_with("a condition that requires none of its components is no rule"), "{none:?}");
    let twice = r#"[{ "@id": "https://a.example/x", "@type": "ceterms:CourseComponent" }, { "@id": "https://b.example/x", "@type": "ceterms:CourseComponent" }]"#;
    let refused = from_ctdl("p", twice.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "`x` is defined twice");
    let (document, _) = value(from_ctdl("p", twice.as_bytes(), &PathwayOptions::default().keeps_addresses(true)));
    assert!(document.credentials.contains_key("https://b.example/x"));
    let circle = r#"[{ "@id": "_:c", "@type": "ceterms:ComponentCondition", "ceterms:requiredNumber": 1, "ceterms:hasCondition": ["_:c"] },
        { "@id": "x:end", "@type": "ceterms:CredentialComponent", "ceterms:hasCondition": ["_:c"] }]"#;
    let refused = from_ctdl("p", circle.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert!(refused.diagnostics()[0].message.contains("in a circle"), "{refused}");
}

#[test]
fn the_traps_of_badgr() {
    let text = r#"{ "status": { "success": true }, "result": [{ "name": "P", "slug": "p", "elements": [
        { "elementId": "end", "countRule": { "atLeastN": 2 }, "badgeRequirements":
            ["https://b.example/badges/done-a", { "badgeId": "https://b.example/badges/c", "name": "C", "image": "c.png" }, "d"],
          "shortcutBadges": [{ "badge": { "@id": "https://b.example/badges/expert" } }, "c"] },
        { "elementId": "a", "name": " A ", "description": "First", "badgeRequirements": ["d"],
          "completionBadge": { "badgeId": "https://b.example/badges/done-a" } },
        { "elementId": "free" }
    ] }] }"#;
    let (document, losses) = badgr(text, &PathwayOptions::default());
    // Whoever requires the badge that completes an element requires the element.
    assert_eq!(
        document.credentials["end"].stack,
        Some(at_least(2).from(["a".into(), "c".into(), credpath::rules::credential("d")]))
    );
    let a = &document.credentials["a"];
    assert_eq!((a.title.as_deref(), a.note.as_deref()), (Some("A"), Some("First")));
    assert_eq!(a.ids, ["https://b.example/badges/done-a"]);
    assert_eq!(a.stack, Some("d".into()));
    assert_eq!(document.credentials["expert"].counts_as, ["end"]);
    assert_eq!(document.credentials["c"].counts_as, ["end"]);
    assert_eq!(document.credentials["free"], CredentialDocument::default());
    assert_eq!(losses, ["result[0].elements[0].badgeRequirements[1].image: `image` has no place here",]);
    compiled(&document);
    for (text, due) in [
        (
            r#"{ "elements": [{ "elementId": "a", "badgeRequirements": ["b", "c"] }] }"#,
            "the element does not say how many of its parts are required",
        ),
        (
            r#"{ "elements": [{ "elementId": "a", "countRule": "most", "badgeRequirements": ["b", "c"] }] }"#,
            "`most` is no rule of counting",
        ),
        (
            r#"{ "elements": [{ "elementId": "a", "countRule": "atLeastN", "badgeRequirements": ["b", "c"] }] }"#,
            "`atLeastN` is no rule of counting",
        ),
        (r#"{ "elements": [{ "name": "a" }] }"#, "an element needs `elementId`"),
        (r#"{ "elements": [{ "elementId": "a", "children": ["b"] }] }"#, "there is no component `b`"),
        (r#"{ "elements": [{ "elementId": "a" }, { "elementId": "a" }] }"#, "`a` is defined twice"),
        (
            r#"{ "elements": [{ "elementId": "a", "badgeRequirements": [{ "name": "B" }] }] }"#,
            "a badge needs `badgeId`",
        ),
        (r#"{ "elements": [] }"#, "no element is defined here"),
    ] {
        let refused = from_badgr("p", text.as_bytes(), &PathwayOptions::default()).unwrap_err();
        assert_eq!(refused.diagnostics()[0].message, due);
    }
}

/// Ids that two credentials would share are nobody's.
#[test]
fn shared_further_ids_are_lost_and_told() {
    let text = r#"[
        { "@id": "x:a", "@type": "ceterms:CourseComponent", "ceterms:proxyFor": "https://r.example/one" },
        { "@id": "x:b", "@type": "ceterms:CourseComponent", "ceterms:proxyFor": ["https://r.example/one", "https://r.example/b"] },
        { "@id": "x:c", "@type": "ceterms:CourseComponent", "ceterms:ctid": "ce-1", "ceterms:sourceData": "b" }
    ]"#;
    let (document, losses) = value(from_ctdl("p", text.as_bytes(), &PathwayOptions::default()));
    assert_eq!(
        losses,
        [
            "[0].ceterms:proxyFor: `https://r.example/one` is no further id of `a`: another has it",
            "[1].ceterms:proxyFor[0]: `https://r.example/one` is no further id of `b`: another has it",
            "[2].ceterms:sourceData: `b` is no further id of `c`: another has it",
        ]
    );
    assert_eq!(document.credentials["a"].ids, [] as [&str; 0]);
    assert_eq!(document.credentials["b"].ids, ["https://r.example/b"]);
    assert_eq!(document.credentials["c"].ids, ["ce-1"]);
    compiled(&document);
    let shared = r#"{ "elements": [
        { "elementId": "a", "badgeRequirements": ["x"], "completionBadge": "done" },
        { "elementId": "b", "badgeRequirements": ["done"], "completionBadge": "done" } ] }"#;
    let (document, losses) = badgr(shared, &PathwayOptions::default());
    assert_eq!(losses.len(), 2, "{losses:?}");
    // A badge that completes two elements stands for neither.
    assert_eq!(document.credentials["b"].stack, Some("done".into()));
    assert_eq!(document.credentials["done"].kind.as_deref(), Some("Badge"));
    compiled(&document);
}

/// The service's own answers: elements by their addresses, children named and not contained, junctions for rules.
const OF_THE_SERVICE: &str = r#"{
    "@id": "https://api.example/issuers/i/pathways/data", "@type": "IssuerPathway", "slug": "data", "name": "Data",
    "issuer": { "@id": "https://api.example/issuers/i", "slug": "i" }, "groups": [], "completionBadge": null,
    "elementCount": 3, "rootChildCount": 2,
    "rootElement": "https://api.example/issuers/i/pathways/data/elements/analyst",
    "elements": [
        { "@id": "https://api.example/issuers/i/pathways/data/elements/foundations", "slug": "foundations",
          "name": "Foundations", "description": null, "alignmentUrl": null, "ordering": 1, "completionBadge": null, "children": [],
          "badges": ["https://api.example/badges/sql", "https://api.example/badges/spreadsheets"],
          "requirements": { "@type": "BadgeJunction", "junctionConfig": { "@type": "Disjunction", "requiredNumber": 1 },
            "badges": ["https://api.example/badges/sql", "https://api.example/badges/spreadsheets"] } },
        { "@id": "https://api.example/issuers/i/pathways/data/elements/methods", "slug": "methods",
          "name": "Methods", "ordering": 2, "children": [], "badges": [],
          "requirements": { "@type": "BadgeJunction", "junctionConfig": { "@type": "Disjunction", "requiredNumber": "2" },
            "badges": ["https://api.example/badges/python", "https://api.example/badges/statistics",
              "http://api.example/badges/ethics"] } },
        { "@id": "https://api.example/issuers/i/pathways/data/elements/analyst", "slug": "analyst",
          "name": "Data Analyst", "ordering": 99,
          "completionBadge": { "@id": "http://api.example/badges/done", "slug": "done" },
          "children": ["https://api.example/issuers/i/pathways/data/elements/foundations",
            "https://api.example/issuers/i/pathways/data/elements/methods"], "badges": [],
          "requirements": { "@type": "ElementJunction", "junctionConfig": { "@type": "Conjunction", "requiredNumber": null },
            "elements": ["https://api.example/issuers/i/pathways/data/elements/foundations",
              "https://api.example/issuers/i/pathways/data/elements/methods"] } }
    ] }"#;

#[test]
fn answers_of_the_service_say_what_the_export_says() {
    let (document, losses) = badgr(OF_THE_SERVICE, &PathwayOptions::default());
    assert_eq!(losses, ["issuer: `issuer` has no place here"]);
    let credentials = &document.credentials;
    assert_eq!(credentials["analyst"].stack, Some(all_of(["foundations".into(), "methods".into()])));
    assert_eq!(credentials["foundations"].stack, Some(any_of(["sql".into(), "spreadsheets".into()])));
    assert_eq!(
        credentials["methods"].stack,
        Some(at_least(2).from(["python", "statistics", "ethics"].map(credpath::rules::credential)))
    );
    assert_eq!(
        credentials["analyst"].ids,
        ["http://api.example/badges/done", "https://api.example/issuers/i/pathways/data/elements/analyst"]
    );
    compiled(&document);
    assert_eq!(credpath::catalogs::recognise(OF_THE_SERVICE.as_bytes()), Some(credpath::CatalogFormat::Badgr));
    // The pathway may say again what completes it.
    let twice = OF_THE_SERVICE.replacen(
        r#""completionBadge": null,"#,
        r#""completionBadge": { "@id": "http://api.example/badges/done", "slug": "done" },"#,
        1,
    );
    assert_eq!(badgr(&twice, &PathwayOptions::default()).0, document);
    // What completes it may be said there alone, and whoever requires the badge then requires the first element.
    let once = twice.replacen(
        r#""ordering": 99,
          "completionBadge": { "@id": "http://api.example/badges/done", "slug": "done" },"#,
        r#""ordering": 99,"#,
        1,
    );
    assert_ne!(once, twice);
    assert_eq!(badgr(&once, &PathwayOptions::default()).0.credentials["analyst"].ids, credentials["analyst"].ids);
}

#[test]
fn the_traps_of_junctions() {
    let junction = |junction: &str| {
        let text = format!(
            r#"{{ "elements": [{{ "@id": "x/a", "children": ["x/b"], "requirements": {junction} }}, {{ "@id": "x/b" }}] }}"#
        );
        from_badgr("p", text.as_bytes(), &PathwayOptions::default())
            .map(|read| value(Ok(read)))
            .map_err(|refused| refused.diagnostics()[0].message.clone())
    };
    let (document, losses) = junction(
        r#"{ "@type": "BadgeJunction", "junctionConfig": { "@type": "Disjunction", "requiredNumber": 2 }, "badges": ["c"] }"#,
    )
    .unwrap();
    // Two of one badge are nobody's: that is what it says, and the check of the catalog says so.
    assert_eq!(document.credentials["a"].stack, Some(at_least(2).from([credpath::rules::credential("c")])));
    assert_eq!(losses, ["elements[0].children[0]: a child that the rule of its element does not name is not required"]);
    let (document, losses) = junction(
        r#"{ "@type": "ElementJunction", "junctionConfig": { "@type": "Disjunction", "requiredNumber": 1 }, "elements": [] }"#,
    )
    .unwrap();
    assert_eq!((&document.credentials["a"].stack, losses.len()), (&None, 2));
    for (text, due) in [
        (
            r#"{ "@type": "ElementJunction", "junctionConfig": { "@type": "Disjunction" }, "elements": ["x/b"] }"#,
            "it is not said how many are required",
        ),
        (
            r#"{ "@type": "TagJunction", "junctionConfig": { "@type": "Conjunction" }, "badges": ["c"] }"#,
            "this is no rule that is known",
        ),
        (r#"{ "@type": "BadgeJunction", "badges": ["c"] }"#, "this is no rule that is known"),
        (
            r#"{ "@type": "ElementJunction", "junctionConfig": { "@type": "Conjunction" }, "elements": ["x/q"] }"#,
            "there is no component `q`",
        ),
        (r#"["c"]"#, "`requirements` must be an object, not a list"),
    ] {
        assert_eq!(junction(text).unwrap_err(), due, "{text}");
    }
    let both = r#"{ "elements": [{ "@id": "a", "countRule": "all", "requirements": {
        "@type": "BadgeJunction", "junctionConfig": { "@type": "Conjunction" }, "badges": ["c"] } }] }"#;
    let refused = from_badgr("p", both.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert_eq!(
        refused.diagnostics()[0].message,
        "the element has `requirements`, and says what it requires here as well"
    );
}

/// Written as contexts of CTDL write it, without prefixes; and with the prefixes of its neighbour for structure.
#[test]
fn ctdl_as_it_is_published() {
    let plain = r#"{ "@context": "https://credreg.net/ctdl/schema/context/json", "@graph": [
        { "id": "x:p", "type": "Pathway", "hasDestinationComponent": "x:analyst" },
        { "id": "x:analyst", "type": "CredentialComponent", "name": { "en-US": "Analyst", "fr": null },
          "hasCondition": { "@id": "_:c", "type": "ComponentCondition", "requiredNumber": 1, "targetComponent": ["x:sql", "x:r"] } },
        { "id": "x:sql", "type": "CourseComponent" }, { "id": "x:r", "type": "CourseComponent" } ] }"#;
    assert_eq!(credpath::catalogs::recognise(plain.as_bytes()), Some(credpath::CatalogFormat::Ctdl));
    let (document, losses) = value(from_ctdl("p", plain.as_bytes(), &PathwayOptions::default()));
    assert_eq!(losses, [] as [&str; 0]);
    assert_eq!(document.credentials["analyst"].stack, Some(any_of(["sql".into(), "r".into()])));
    assert_eq!(document.credentials["analyst"].title.as_deref(), Some("Analyst"));
    let prefixed = r#"[
        { "@id": "x:p", "@type": "ceterms:Pathway", "ceterms:name": { "en": "P" }, "ceterms:description": { "en": null },
          "ceterms:hasDestinationComponent": "x:a" },
        { "@id": "x:a", "@type": "ceterms:CredentialComponent", "ceterms:isDestinationComponentFor": "x:p",
          "ceasn:hasChild": ["x:b", "x:c"], "ceterms:hasCondition": [{ "@type": "ceterms:ComponentCondition",
            "ceterms:logicalOperator": "logic:And", "ceterms:targetComponent": ["x:b", "x:c"] }] },
        { "@id": "x:b", "@type": "ceterms:CourseComponent", "ceasn:isChildOf": ["x:a"] },
        { "@id": "x:c", "@type": "ceterms:CourseComponent", "ceasn:isChildOf": ["x:a"] } ]"#;
    let (document, losses) = value(from_ctdl("p", prefixed.as_bytes(), &PathwayOptions::default()));
    assert_eq!(losses, [] as [&str; 0]);
    assert_eq!(document.credentials["a"].stack, Some(all_of(["b".into(), "c".into()])));
    // A number that is there in words alone is not guessed, and the fault shows the words.
    let words = prefixed.replace(
        r#""ceterms:logicalOperator": "logic:And""#,
        r#""ceterms:description": { "en": "Requires 2 of 2 items." }"#,
    );
    let refused = from_ctdl("p", words.as_bytes(), &PathwayOptions::default()).unwrap_err();
    assert_eq!(
        refused.diagnostics()[0].message,
        "the condition says how many are required in words alone: Requires 2 of 2 items."
    );
}
