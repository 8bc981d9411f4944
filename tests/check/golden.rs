//! The files in `tests/checks`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use credpath::{Catalog, CheckOptions, Code, Diagnostic, Diagnostics, Fix};

pub(crate) struct Case {
    /// The code that the file is about, and whether it only comes near to it.
    code: Code,
    near: bool,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) options: CheckOptions,
    pub(crate) findings: Diagnostics,
}

pub(crate) fn cases() -> Vec<Case> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files.into_iter().map(case).collect()
}

fn case(path: PathBuf) -> Case {
    let file = path.file_name().unwrap().to_str().unwrap().to_owned();
    let text = fs::read_to_string(&path).unwrap();
    let (name, number) = file[..file.len() - 5].rsplit_once('-').expect("a code and a number");
    assert!(number.parse::<u8>().is_ok(), "{file}");
    let (name, near) = name.strip_suffix("-near").map_or((name, false), |name| (name, true));
    let code =
        *Code::FINDINGS.iter().find(|code| code.as_str() == name).unwrap_or_else(|| panic!("{file}: which code?"));
    let catalog = Catalog::parse(&file, &text).unwrap_or_else(|error| panic!("{error}"));
    let options = options(text.lines().next().unwrap_or_default(), &catalog);
    let findings = catalog.check(&options);
    Case { code, near, path, text, options, findings }
}

/// The default options, with those that the line sets.
fn options(line: &str, catalog: &Catalog) -> CheckOptions {
    let mut options = CheckOptions::default();
    for setting in line.strip_prefix("# check:").into_iter().flat_map(|settings| settings.split(',')) {
        let (option, value) = setting.split_once('=').expect("an option and its value");
        let value = value.trim();
        match option.trim() {
            "as_of" => options.as_of = Some(value.parse().expect("a date")),
            "targets" => {
                let ids = value.split(' ').map(|id| catalog.credential(id).expect("a credential of the catalog"));
                options.targets = ids.collect();
            }
            "prices" => options.prices = value.parse().expect("true or false"),
            "work" => options.work = value.parse().expect("a number"),
            "findings" => options.findings = value.parse().expect("a number"),
            other => panic!("there is no option {other}"),
        }
    }
    options
}

#[test]
fn every_finding_is_told_word_for_word() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut differences = String::new();
    for case in cases().into_iter().filter(|case| !case.near) {
        let golden = case.path.with_extension("txt");
        let (due, came) = (fs::read_to_string(&golden).unwrap_or_default(), case.findings.to_string());
        if update && due != came {
            fs::write(&golden, came).unwrap();
        } else if due != came {
            _ = writeln!(differences, "{}\n--- due\n{due}\n--- came\n{came}", golden.display());
        }
    }
    assert!(differences.is_empty(), "\n{differences}UPDATE_GOLDEN=1 takes over what came");
}

#[test]
fn every_text_belongs_to_a_catalog() {
    let mut due: Vec<PathBuf> =
        cases().into_iter().filter(|case| !case.near).map(|case| case.path.with_extension("txt")).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut texts: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    texts.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    texts.sort();
    due.sort();
    assert_eq!(texts, due);
}

#[test]
fn what_has_the_fault_is_found_and_what_comes_near_is_not() {
    for case in cases() {
        let found = case.findings.as_slice().iter().any(|finding| finding.code == case.code);
        assert_eq!(found, !case.near, "{}\n{}", case.path.display(), case.findings);
        assert_eq!(case.findings.undecided(), [], "{}", case.path.display());
    }
}

#[test]
fn every_code_has_two_of_each() {
    let mut files: BTreeMap<Code, [usize; 2]> = BTreeMap::new();
    for case in cases() {
        files.entry(case.code).or_default()[usize::from(case.near)] += 1;
    }
    for code in Code::FINDINGS {
        let counts = files.get(code).copied().unwrap_or_default();
        assert!(counts.into_iter().all(|count| count >= 2), "{code}: {counts:?}");
    }
}

fn mended(text: &str, fix: &Fix) -> String {
    format!("{}{}{}", &text[..fix.span.start], fix.replacement, &text[fix.span.end..])
}

#[test]
fn every_fix_mends_what_it_is_for_and_nothing_else_breaks() {
    let mut fixes = 0;
    for case in cases() {
        let keys = |findings: &[Diagnostic]| findings.iter().map(Diagnostic::key).collect::<Vec<_>>();
        let before = keys(case.findings.as_slice());
        for finding in case.findings.as_slice() {
            let Some(fix) = &finding.fix else { continue };
            let text = mended(&case.text, fix);
            let catalog = Catalog::parse("mended.toml", &text).unwrap_or_else(|error| panic!("{text}\n{error}"));
            let after = keys(catalog.check(&case.options).as_slice());
            let key = finding.key();
            let count = |keys: &[String]| keys.iter().filter(|other| **other == key).count();
            assert_eq!(count(&after) + 1, count(&before), "{key}\n{text}");
            assert!(after.iter().all(|key| before.contains(key)), "{after:?} was {before:?}\n{text}");
            fixes += 1;
        }
    }
    assert!(fixes >= 4, "{fixes}");
}

#[test]
fn every_finding_keeps_the_style() {
    for case in cases() {
        let name = case.path.display();
        for finding in case.findings.as_slice() {
            let labels = || std::iter::once(&finding.primary).chain(&finding.secondary);
            for label in labels() {
                let underlined = case.text.get(label.span.clone());
                assert!(underlined.is_some_and(|text| !text.trim().is_empty()), "{name}: {label:?}");
            }
            for text in labels().map(|label| &label.text).chain([&finding.message]).chain(&finding.help) {
                let shouts = text.starts_with(char::is_uppercase) || text.ends_with('.');
                assert!(!shouts && !text.contains("  ") && text.matches('`').count() % 2 == 0, "{name}: {text}");
            }
            assert!(finding.help.is_some(), "{name}: {}", finding.message);
            let json = serde_json::to_value(&case.findings).unwrap();
            assert_eq!(json["diagnostics"][0]["code"], case.findings.as_slice()[0].code.as_str(), "{name}");
        }
    }
}
