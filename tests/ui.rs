//! What a person is told about a faulty catalog or record, word for word.
//!
//! `tests/ui/NAME.toml` is a faulty catalog, `tests/ui/NAME.record.toml` a faulty learner record, and
//! `tests/ui/NAME.txt` the whole text that its error displays. NAME begins with the code that the file is about. A
//! first line such as `# limits: credentials = 1` sets limits. `UPDATE_GOLDEN=1 cargo test --test ui` rewrites the
//! texts.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use credpath::{Catalog, Code, Diagnostics, LearnerRecord, Limits};
use serde_json::Value;

struct Golden {
    name: String,
    path: PathBuf,
    text: String,
    report: Diagnostics,
}

fn goldens() -> Vec<Golden> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| golden(path))
        .collect()
}

fn golden(path: &Path) -> Golden {
    let text = fs::read_to_string(path).unwrap();
    let file = path.file_name().unwrap().to_str().unwrap();
    let limits = limits(text.lines().next().unwrap_or_default());
    let (name, report) = match file.strip_suffix(".record.toml") {
        Some(name) => (name, LearnerRecord::parse_with(file, &text, &limits).err().map(|error| error.report().clone())),
        None => (
            &file[..file.len() - 5],
            Catalog::parse_with(file, &text, &limits).err().map(|error| error.report().clone()),
        ),
    };
    let report = report.unwrap_or_else(|| panic!("{file} is not refused"));
    Golden { name: name.to_owned(), path: path.with_file_name(format!("{name}.txt")), report, text }
}

/// The default limits, with those that the line sets.
fn limits(line: &str) -> Limits {
    let mut limits = Limits::default();
    for setting in line.strip_prefix("# limits:").into_iter().flat_map(|settings| settings.split(',')) {
        let (limit, value) = setting.split_once('=').expect("a limit and its value");
        let limit = match limit.trim() {
            "catalog_bytes" => &mut limits.catalog_bytes,
            "record_bytes" => &mut limits.record_bytes,
            "memory_bytes" => &mut limits.memory_bytes,
            "nesting" => &mut limits.nesting,
            "credentials" => &mut limits.credentials,
            "windows" => &mut limits.windows,
            "renewals" => &mut limits.renewals,
            "requirement_nodes" => &mut limits.requirement_nodes,
            "id_bytes" => &mut limits.id_bytes,
            "errors" => &mut limits.errors,
            other => panic!("there is no limit {other}"),
        };
        *limit = value.trim().parse().expect("a number");
    }
    limits
}

/// The lines from the first that differs to the last, `-` what was due and `+` what came.
fn difference(due: &str, came: &str) -> String {
    let (due, came): (Vec<&str>, Vec<&str>) = (due.lines().collect(), came.lines().collect());
    let same_start = due.iter().zip(&came).take_while(|(a, b)| a == b).count();
    let (due, came) = (&due[same_start..], &came[same_start..]);
    let same_end = due.iter().rev().zip(came.iter().rev()).take_while(|(a, b)| a == b).count();
    let mut out = format!("  from line {}:\n", same_start + 1);
    for (sign, lines) in [('-', &due[..due.len() - same_end]), ('+', &came[..came.len() - same_end])] {
        for line in lines {
            _ = writeln!(out, "{sign} {line}");
        }
    }
    out
}

#[test]
fn every_golden_is_told_word_for_word() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut differences = String::new();
    for golden in goldens() {
        let came = golden.report.to_string();
        let due = fs::read_to_string(&golden.path).unwrap_or_default();
        if update && due != came {
            fs::write(&golden.path, came).unwrap();
        } else if due != came {
            _ = writeln!(differences, "{}\n{}", golden.path.display(), difference(&due, &came));
        }
    }
    assert!(differences.is_empty(), "\n{differences}UPDATE_GOLDEN=1 takes over what came (+)");
}

#[test]
fn every_text_belongs_to_a_golden() {
    let expected: BTreeSet<PathBuf> = goldens().into_iter().map(|golden| golden.path).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let texts: BTreeSet<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    assert_eq!(texts, expected);
}

#[test]
fn every_code_has_a_golden_named_after_it() {
    let mut shown = BTreeSet::new();
    for golden in goldens() {
        let (code, number) = golden.name.rsplit_once('-').expect("a code and a number");
        assert!(number.parse::<u8>().is_ok(), "{}", golden.name);
        let codes: Vec<Code> = golden.report.as_slice().iter().map(|diagnostic| diagnostic.code).collect();
        let own = codes.iter().find(|other| other.as_str() == code);
        shown.insert(*own.unwrap_or_else(|| panic!("{} shows only {codes:?}", golden.name)));
    }
    assert_eq!(shown, Code::FAULTS.iter().copied().collect());
}

#[test]
fn every_code_is_explained() {
    for code in Code::ALL {
        let explanation = code.explain();
        assert!(explanation.len() > 40 && explanation.ends_with('.'), "{code}");
        assert!(!explanation.contains("  ") && !explanation.contains('\n'), "{code}: {explanation}");
    }
}

#[test]
fn every_place_lies_in_the_text_and_underlines_something() {
    for Golden { name, text, report, .. } in goldens() {
        assert!(!report.as_slice().is_empty(), "{name}");
        assert!(text.starts_with(report.text()), "{name}");
        for diagnostic in report.as_slice() {
            let span = diagnostic.primary.span.clone();
            let underlined = text.get(span.clone()).unwrap_or_else(|| panic!("{name}: {span:?} is not in the text"));
            let whole_text = diagnostic.code == Code::LimitExceeded && span == (0..0);
            let line_end = text[span.start..].lines().next().is_none_or(|rest| rest.trim().is_empty());
            let nothing_there = diagnostic.code == Code::Syntax && line_end;
            assert!(whole_text || nothing_there || !underlined.trim().is_empty(), "{name}: {diagnostic:?}");
            for label in &diagnostic.secondary {
                assert!(text.get(label.span.clone()).is_some_and(|text| !text.trim().is_empty()), "{name}: {label:?}");
            }
        }
    }
}

#[test]
fn every_message_keeps_the_style() {
    for Golden { name, report, .. } in goldens() {
        for diagnostic in report.as_slice() {
            let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary).map(|label| &label.text);
            assert!(!diagnostic.message.is_empty(), "{name}");
            for text in labels.chain([&diagnostic.message]).chain(&diagnostic.help) {
                assert!(!text.starts_with(char::is_uppercase) && !text.ends_with('.'), "{name}: {text}");
                assert!(text.matches('`').count() % 2 == 0 && !text.contains("  "), "{name}: {text}");
                for word in ["Spanned", "DeTable", "DeValue", "i64", "u32", "usize", "Some(", "None", "Vec"] {
                    assert!(!text.contains(word), "{name}: {text}");
                }
            }
        }
    }
}

fn refused(text: &str) -> Diagnostics {
    Catalog::parse("catalog.toml", text).expect_err(text).report().clone()
}

/// The one fault of a text: its JSON, and the text it is about.
fn placed(text: &str) -> (Value, String) {
    let report = refused(text);
    let span = report.as_slice()[0].primary.span.clone();
    let mut json = serde_json::to_value(&report).unwrap();
    assert_eq!((&json["file"], &json["unlisted"]), (&"catalog.toml".into(), &0.into()));
    let list = json["diagnostics"].as_array_mut().unwrap();
    assert_eq!(list.len(), 1, "{report}");
    (list.remove(0), text[span].to_owned())
}

#[test]
fn json_tells_line_and_column_in_characters() {
    for (what, text, place) in [
        ("the first column", "[credential.a]\nx = 1\n", [2, 1, 2, 2]),
        ("CRLF", "[credential.a]\r\n\r\nx = 1\r\n", [3, 1, 3, 2]),
        ("a BOM, and a later line", "\u{feff}[credential.a]\nx = 1\n", [2, 1, 2, 2]),
        ("a BOM, and its own line", "\u{feff}x = 1\n", [1, 1, 1, 2]),
        ("a tab", "[credential.a]\n\tx = 1\n", [2, 2, 2, 3]),
        ("multi-byte characters", "credential.a = { title = \"Ünïcödé\", x = 1 }", [1, 37, 1, 38]),
        ("wide characters", "credential.a = { title = \"日本語\", x = 1 }", [1, 33, 1, 34]),
        ("wide characters and a tab", "credential.a = { title = \"日本語\",\tx = 1 }", [1, 33, 1, 34]),
        ("beyond the first plane", "credential.a = { title = \"🎓🎓\", x = 1 }", [1, 32, 1, 33]),
        ("a combining mark", "credential.a = { title = \"e\u{301}\", x = 1 }", [1, 32, 1, 33]),
        ("no line end", "[credential.a]\n\n\nx = 1", [4, 1, 4, 2]),
    ] {
        let (json, underlined) = placed(text);
        assert_eq!(underlined, "x", "{what}");
        let found = ["line", "column", "end_line", "end_column"].map(|key| json["place"][key].as_u64().unwrap());
        assert_eq!(found, place, "{what}");
    }
}

#[test]
fn json_tells_what_the_text_tells() {
    let (json, _) = placed("[credential.a]\n\n[credential.b]\nexclude = \"a\"\n");
    let due = serde_json::json!({
        "code": "unknown-key",
        "severity": "error",
        "credential": "b",
        "message": "a credential has no key `exclude`",
        "help": "did you mean `excludes`?",
        "place": { "line": 4, "column": 1, "end_line": 4, "end_column": 8 },
        "path": "credential.b.exclude",
        "key": "unknown-key \"b\" \"a credential has no key `exclude`\"",
    });
    assert_eq!(json, due);
    let (json, _) = placed("[credential.a]\nstack = { credits = 3,\n  name = \"x\" }\n");
    let place = &json["place"];
    assert_eq!((&place["line"], &place["end_line"], &place["end_column"]), (&2.into(), &3.into(), &15.into()));
}

#[test]
fn marks_stand_under_what_they_mark() {
    for (line, marks) in [
        ("credential.a = { title = \"日本語\", x = 1 }", "1 |                                    ^"),
        ("credential.a = { title = \"e\u{301}\", x = 1 }", "1 |                               ^"),
        ("credential.a = {\tx = 1 }", "1 |                     ^"),
        ("\u{feff}x = 1", "1 | ^"),
        ("日 = 1", "1 | ^^"),
    ] {
        let marks = marks.replacen('1', " ", 1);
        let rendered = Catalog::parse("catalog.toml", line).unwrap_err().to_string();
        assert!(rendered.lines().any(|line| line == marks), "{rendered}");
    }
    let crlf = refused("[credential.a]\r\nstack = {\r\n  credits = 3 }\r\n").to_string();
    assert!(crlf.contains("2 | stack = {\n  |         ^\n"), "{crlf}");
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_text() {
    let text = "\
        [credential.z]\ncredits = -1\nprerequisite = \"nothing\"\nlevel = 0.5\n\
        [pool.p]\nmembers = \"p\"\n\
        [credential.b]\nstack = { up_to = 1, from = [] }\noffered = { until = 5 }\n\
        [credential.a]\nvalid_for = \"long\"\ncost = true\n\
        [catalog]\ncurrency = \"x\"\n";
    let report = refused(text);
    let codes: Vec<&str> = report.as_slice().iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    let due = [
        "invalid-amount",
        "unknown-credential",
        "invalid-value",
        "cyclic-pool",
        "invalid-part",
        "invalid-date",
        "invalid-period",
        "wrong-type",
        "invalid-value",
    ];
    assert_eq!(codes, due, "{report}");
    let lines: Vec<usize> = report.as_slice().iter().map(|fault| report.position(fault.primary.span.start).0).collect();
    assert_eq!(lines, [2, 3, 4, 5, 8, 9, 11, 12, 14]);
}

#[test]
fn a_near_name_is_suggested_and_a_distant_one_never() {
    let rule =
        |id: &str| format!("[credential.statistics]\n[credential.sql]\n[credential.a]\nprerequisite = \"{id}\"\n");
    let pool = |name: &str| {
        format!("[pool.electives]\nmembers = []\n[credential.a]\nstack = {{ at_least = 1, from = \"{name}\" }}\n")
    };
    for (text, near) in [
        (rule("statistic"), Some("statistics")),
        (rule("Statistics"), Some("statistics")),
        (rule("sttaistics"), Some("statistics")),
        (rule("slq"), Some("sql")),
        (rule("statute"), None),
        (rule("python"), None),
        (rule("x"), None),
        (rule("sociology"), None),
        (pool("elective"), Some("electives")),
        (pool("core"), None),
        ("[credential.a]\ncredit = 1\n".to_owned(), Some("credits")),
        ("[credential.a]\nwheelbarrow = 1\n".to_owned(), None),
        ("[credential.a]\nx = 1\n".to_owned(), None),
        ("[credential.a]\nstack = { al_of = [] }\n".to_owned(), Some("all_of")),
        ("[credential.a]\nstack = { none_of = [] }\n".to_owned(), None),
    ] {
        let report = refused(&text);
        let [fault] = report.as_slice() else { panic!("{report}") };
        let help = fault.help.as_deref().unwrap_or_default();
        match near {
            Some(near) => assert_eq!(help, format!("did you mean `{near}`?"), "{report}"),
            None => assert!(!help.contains("did you mean"), "{report}"),
        }
    }
}

#[test]
fn syntax_errors_stand_alone() {
    let sound = "[credential.a]\ncredit = 5\nprerequisite = \"b\"\n";
    assert!(refused(sound).as_slice().iter().all(|fault| fault.code != Code::Syntax));
    for broken in
        [format!("{sound}title = \n"), format!("{sound}title = \n[credential.a]\n"), format!("title = \n{sound}")]
    {
        assert!(refused(&broken).as_slice().iter().all(|fault| fault.code == Code::Syntax), "{broken}");
    }
    let twice = refused(&format!("{sound}title = \"A\"\ntitle = \"B\"\n"));
    assert_eq!(twice.as_slice().len(), 3, "a repeated key hides nothing else: {twice}");
}

#[test]
fn what_could_command_a_terminal_is_escaped() {
    // In a message, in the line shown, in a key, in a name with escapes, and in the name of the file.
    for text in [
        "[credential.a]\nprerequisite = \"b\u{202e}c\u{2066}\"\n".to_owned(),
        "[credential.a]\nprerequisite = \"b\\u001b[31mc\\u0007\"\n".to_owned(),
        "[credential.a]\n\"b\\u001b]0;title\\u202e\" = 1\n".to_owned(),
        "[credential.a]\ncredit = 5 # \u{202e}\u{200b}\n".to_owned(),
        "[credential.a]\ntitle = \"\u{1b}[2J\"\n".to_owned(),
        "[credential.a]\nvalid_for = \"\u{2028}\u{85}\u{feff}\"\n".to_owned(),
    ] {
        let error = Catalog::parse("catalog\u{1b}[31m\u{202e}.toml", &text).unwrap_err();
        let rendered = error.to_string();
        for c in rendered.chars().filter(|&c| c != '\n') {
            let bidi =
                matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            assert!(!c.is_control() && !bidi, "{c:?} in {rendered:?}");
        }
        assert!(rendered.contains("catalog\\u{1b}[31m\\u{202e}.toml"), "{rendered}");
    }
    let rendered = refused("[credential.a]\nprerequisite = \"b\u{202e}c\"\n").to_string();
    assert!(rendered.contains("2 | prerequisite = \"b\\u{202e}c\"\n  |                ^^^^^^^^^^^^"), "{rendered}");
}
