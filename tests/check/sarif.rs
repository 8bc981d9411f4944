//! SARIF logs against what its schema asks.

use credpath::{Catalog, CheckOptions, Diagnostics};
use serde_json::Value;

/// Where a value does not do what is asked of it.
fn faults(schema: &Value, asked: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let asked = asked.as_str().map_or(asked, |name| &schema[name]);
    assert!(asked.is_object(), "{at}: nothing is known of it");
    let mut fault = |what: &str| found.push(format!("{at}: {what}: {value}"));
    if let Some(allowed) = asked["enum"].as_array()
        && !allowed.contains(value)
    {
        fault("none of those allowed");
    }
    let is_right = match asked["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        _ => true,
    };
    if !is_right {
        return fault("of another type");
    }
    if asked["minimum"].as_i64().is_some_and(|least| value.as_i64().is_none_or(|number| number < least)) {
        fault("too small");
    }
    if asked["format"] == "uri-reference" {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/%".contains(c);
        if !value.as_str().is_some_and(|uri| !uri.is_empty() && uri.chars().all(plain)) {
            fault("no plain reference");
        }
    }
    for required in asked["required"].as_array().into_iter().flatten() {
        if value.get(required.as_str().unwrap()).is_none() {
            fault(&format!("lacks {required}"));
        }
    }
    if let Some(items) = value.as_array() {
        if asked["least"].as_u64().is_some_and(|least| (items.len() as u64) < least) {
            fault("too few");
        }
        if asked["unique"] == true && (1..items.len()).any(|at| items[..at].contains(&items[at])) {
            fault("one of it twice");
        }
        for (number, item) in items.iter().enumerate() {
            faults(schema, &asked["items"], item, &format!("{at}[{number}]"), found);
        }
    }
    for (key, inner) in value.as_object().into_iter().flatten() {
        let of_key = if asked.get("values").is_some() { &asked["values"] } else { &asked["properties"][key] };
        // A bag of properties may hold anything.
        if asked.get("properties").is_some() || asked.get("values").is_some() {
            faults(schema, of_key, inner, &format!("{at}.{key}"), found);
        }
    }
}

fn schema() -> Value {
    serde_json::from_str(include_str!("sarif-2.1.0.json")).unwrap()
}

/// The log of findings, looked at.
pub(crate) fn log(findings: &Diagnostics) -> Value {
    let log = serde_json::to_value(findings.sarif()).unwrap();
    let mut found = Vec::new();
    let schema = schema();
    faults(&schema, &schema["log"], &log, "log", &mut found);
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        if rules.get(rule).is_none_or(|rule| rule["id"] != result["ruleId"]) {
            found.push(format!("another rule than {}", result["ruleId"]));
        }
        // What did not fail has no level (3.27.10).
        if (result["kind"] == "fail") == (result["level"] == "none") {
            found.push(format!("kind and level of {}", result["ruleId"]));
        }
        for location in result["locations"].as_array().unwrap() {
            let region = &location["physicalLocation"]["region"];
            let place = |line: &str, column: &str| (region[line].as_u64(), region[column].as_u64());
            if region["endLine"].is_u64() && place("startLine", "startColumn") > place("endLine", "endColumn") {
                found.push(format!("ends before it begins: {region}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    log
}

#[test]
fn logs_do_what_the_schema_asks() {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut results = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = format!("catalogs of 2026\\{}", path.file_name().unwrap().to_str().unwrap());
            let findings = Catalog::parse(&name, &text).unwrap().check(&CheckOptions::default());
            results += log(&findings)["runs"][0]["results"].as_array().unwrap().len();
        }
    }
    assert!(results > 30, "{results}");
    // Faults of an input can be written like that as well.
    let error = Catalog::parse("catalog.toml", "[credential.a]\ncredit = 5\n").unwrap_err();
    assert_eq!(log(error.report())["runs"][0]["results"][0]["ruleId"], "unknown-key");
}

type Change = fn(&mut Value);

/// The validator itself: logs that are wrong in one thing are told apart.
#[test]
fn wrong_logs_are_noticed() {
    let schema = schema();
    let right = log(&crate::check(include_str!("../checks/repeated-member-1.toml")));
    let wrong: [(&str, Change); 7] = [
        ("version", |log| log["version"] = "2.0.0".into()),
        ("runs", |log| _ = log.as_object_mut().unwrap().remove("runs")),
        ("level", |log| log["runs"][0]["results"][0]["level"] = "fatal".into()),
        ("column", |log| {
            log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startColumn"] = 0.into();
        }),
        ("message", |log| log["runs"][0]["results"][0]["message"] = "text".into()),
        ("uri", |log| {
            log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] = "a b".into();
        }),
        ("related", |log| {
            let twice = log["runs"][0]["results"][0]["relatedLocations"][0].clone();
            log["runs"][0]["results"][0]["relatedLocations"].as_array_mut().unwrap().push(twice);
        }),
    ];
    for (what, change) in wrong {
        let mut log = right.clone();
        change(&mut log);
        let mut found = Vec::new();
        faults(&schema, &schema["log"], &log, "log", &mut found);
        assert_eq!(found.len(), 1, "{what}: {found:?}");
    }
}

#[test]
fn a_log_says_what_the_text_says() {
    let findings = crate::check(include_str!("../checks/repeated-member-1.toml"));
    let log = log(&findings);
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "repeated-member");
    assert_eq!(result["level"], "warning");
    assert_eq!(
        result["message"]["text"],
        "`d20pa` is listed twice\nhelp: leave one of them out; the choice has one member less than it seems"
    );
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(*region, serde_json::json!({ "startLine": 15, "startColumn": 23, "endLine": 15, "endColumn": 30 }));
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "first here");
    assert_eq!(result["partialFingerprints"]["credpath/v1"], "repeated-member \"masters\" \"d20pa\"");
    assert_eq!(result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "");
    assert!(result["properties"]["witness"]["credentials"].is_object());
    // Fingerprints hold when the text around changes.
    let moved =
        format!("# A remark.\n\n{}", include_str!("../checks/repeated-member-1.toml").replace("d20pc", "other"));
    let moved = self::log(&crate::check(&moved));
    assert_eq!(moved["runs"][0]["results"][0]["partialFingerprints"], result["partialFingerprints"]);
    assert_ne!(moved["runs"][0]["results"][0]["locations"], result["locations"]);
}

#[test]
fn what_is_undecided_is_open() {
    let mut options = CheckOptions::default().work(5);
    let findings = crate::check_with(include_str!("../checks/unreachable-total-1.toml"), &options);
    let result = &log(&findings)["runs"][0]["results"][0];
    assert_eq!((&result["kind"], &result["level"]), (&"open".into(), &"none".into()));
    options.findings = 0;
    let nothing = crate::check_with(include_str!("../checks/repeated-member-1.toml"), &options);
    let told = &log(&nothing)["runs"][0]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(told, "further findings, not listed: 1");
}
