//! Faults of real published catalogs, and what several findings have to say to each other.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use credpath::{Code, EvaluateOptions, Severity, Witness};

use crate::{check, check_with, codes};
use credpath::{Catalog, CheckOptions};

/// Calendar pages list 36 of the 40 credits that the certificate states.
#[test]
fn the_mechanical_certificate_of_vcc() {
    let text = include_str!("../../examples/catalogs/vcc-drafting.toml");
    let findings = check(text);
    let [finding] = findings.as_slice() else { panic!("{findings}") };
    assert_eq!((finding.code, finding.severity), (Code::ImpossibleAmount, Severity::Error));
    assert_eq!(finding.credential.as_deref(), Some("mechanical-engineering-technician"));
    let amount = |text: &str| text.parse().unwrap();
    let due = Witness::Amounts { need: amount("40"), below: Some(amount("36")), above: None };
    assert_eq!(finding.witness, Some(due));
}

/// The other four are consistent: shares of a total and a certificate that opens two doors say `distinct = false`.
#[test]
fn the_other_built_in_catalogs_have_no_faults() {
    for text in [
        include_str!("../../examples/catalogs/compliance.toml"),
        include_str!("../../examples/catalogs/comptia.toml"),
        include_str!("../../examples/catalogs/hku-space.toml"),
        include_str!("../../examples/catalogs/nursing.toml"),
        include_str!("../../examples/catalogs/vcc-health.toml"),
    ] {
        let findings = check(text);
        assert_eq!((findings.count(Severity::Error), findings.undecided()), (0, &[][..]), "{findings}");
        // What several of their rules ask for is implied by others, and one choice is decided by that. Not all amounts
        // are published.
        let known = [Code::RedundantRequirement, Code::FalseChoice, Code::MissingAmount];
        assert!(codes(&findings).iter().all(|code| known.contains(code)), "{findings}");
    }
}

/// Before it was said that a share is meant, each award of the category might have been meant to count once.
#[test]
fn a_share_of_a_total_has_to_say_so() {
    let text = include_str!("../../examples/catalogs/hku-space.toml").replace(", distinct = false", "");
    let shares = codes(&check(&text)).into_iter().filter(|&code| code == Code::UnstatedDistinct);
    assert_eq!(shares.count(), 6);
}

/// "2 of 9" is 2 of 8: a course is listed twice among the nine.
#[test]
fn the_choice_of_heriot_watt() {
    let findings = check(include_str!("../checks/repeated-member-1.toml"));
    let [finding] = findings.as_slice() else { panic!("{findings}") };
    assert_eq!(finding.message, "`d20pa` is listed twice");
}

/// A milestone without requirements awards itself to whoever looks at it; so says the engine, and so says the check.
#[test]
fn the_empty_milestone_of_canvas() {
    let text = "[credential.milestone]\nstack = { all_of = [] }\n";
    let catalog = Catalog::parse("c", text).unwrap();
    let milestone = catalog.credential("milestone").unwrap();
    let nobody = credpath::LearnerRecord::default();
    let as_of = "2026-11-22".parse().unwrap();
    assert_eq!(
        catalog.evaluate(&nobody, as_of, &EvaluateOptions::default()).status(milestone),
        credpath::Status::Qualified
    );
    let findings = catalog.check(&CheckOptions::default());
    let [finding] = findings.as_slice() else { panic!("{findings}") };
    assert!(finding.message.ends_with("so it awards itself to everybody"), "{findings}");
    assert_eq!(finding.witness, Some(Witness::Learner { awards: Vec::new() }));
}

/// "At most 12 credits of electives" was typed as a minimum.
#[test]
fn an_upper_bound_typed_as_a_minimum() {
    let findings = check(include_str!("../checks/impossible-amount-3.toml"));
    assert_eq!(codes(&findings), [Code::ImpossibleAmount]);
    let right = include_str!("../checks/impossible-amount-3.toml").replace(
        "{ all_of = [\"accounting\", { credits = 12, from = [\"history\", \"ethics\"] }] }",
        "{ credits = 30, from = [\"accounting\", { up_to = 12, from = [\"history\", \"ethics\"] }] }",
    );
    assert_eq!(codes(&check(&right)), []);
}

/// A course both required and elective.
#[test]
fn a_course_both_required_and_elective() {
    let findings = check(include_str!("../checks/unstated-distinct-1.toml"));
    assert_eq!(codes(&findings), [Code::UnstatedDistinct, Code::RedundantRequirement, Code::FalseChoice]);
    assert_eq!(findings.as_slice()[0].witness, Some(Witness::Credentials { credentials: vec!["ethics".to_owned()] }));
}

const TWO: &str = "[credential.a]\ncredits = 3\nissuer = \"x\"\n[credential.b]\ncredits = 3\n";

/// What stands beside another option is a warning; what everything depends on is an error.
#[test]
fn a_fault_in_a_choice_is_a_warning() {
    for (fault, code) in [
        ("{ at_least = 3, from = [\"a\", \"b\"] }", Code::ImpossibleCount),
        ("{ credits = 7, from = [\"a\", \"b\"] }", Code::ImpossibleAmount),
        ("{ credential = \"a\", issuer = \"y\" }", Code::ImpossibleCondition),
    ] {
        for (rule, severity) in
            [(fault.to_owned(), Severity::Error), (format!("{{ any_of = [\"b\", {fault}] }}"), Severity::Warning)]
        {
            let findings = check(&format!("{TWO}[credential.c]\nstack = {rule}\n"));
            let found = findings.as_slice().iter().find(|finding| finding.code == code);
            assert_eq!(found.map(|finding| finding.severity), Some(severity), "{findings}");
        }
    }
    let itself = check(&format!("{TWO}[credential.c]\nprerequisite = {{ any_of = [\"a\", \"c\"] }}\n"));
    let due = vec![Code::SelfReference];
    assert_eq!((codes(&itself), itself.count(Severity::Warning)), (due, 1), "{itself}");
}

/// An award that is current only while its own stack is met, which it is part of.
#[test]
fn what_waits_for_itself() {
    for rule in ["\"c\"", "{ all_of = [\"c\", \"d\"] }"] {
        let d = "[credential.d]\nvalid_for = \"while-components\"\nstack = { any_of = [\"c\", \"a\"] }\n";
        let findings = check(&format!("{TWO}{d}[credential.c]\nvalid_for = \"while-components\"\nstack = {rule}\n"));
        let grave = findings.as_slice().iter().find(|finding| finding.severity == Severity::Error);
        assert_eq!(grave.map(|finding| finding.code), Some(Code::SelfReference), "{findings}");
        assert_eq!((findings.count(Severity::Error), findings.count(Severity::Warning)), (1, 0), "{findings}");
    }
}

/// A group is not to blame for what one of its parts is to blame for.
#[test]
fn only_the_innermost_part_is_to_blame() {
    let inner = "{ at_least = 3, from = [\"a\", \"b\"] }";
    for rule in [
        format!("{{ all_of = [{{ all_of = [\"a\", {inner}], distinct = false }}, \"b\"], distinct = false }}"),
        format!("{{ any_of = [{{ all_of = [{inner}] }}] }}"),
    ] {
        let findings = check(&format!("{TWO}[credential.c]\nstack = {rule}\n"));
        assert_eq!(codes(&findings), [Code::ImpossibleCount], "{findings}");
        assert_eq!(findings.position(findings.as_slice()[0].primary.span.start).0, 7);
    }
    // Members that no award fits are taken for sound: the sum has a fault of its own only if they would not do either.
    for (need, due) in
        [(6, vec![Code::ImpossibleCondition]), (7, vec![Code::ImpossibleAmount, Code::ImpossibleCondition])]
    {
        let sum = format!("{{ credits = {need}, from = [{{ credential = \"a\", issuer = \"y\" }}, \"b\"] }}");
        let findings = check(&format!("{TWO}[credential.c]\nstack = {sum}\n"));
        assert_eq!(codes(&findings), due, "{findings}");
    }
    // Both are empty, but the outer one only because the inner one is.
    let findings = check("[credential.c]\nstack = { all_of = [{ all_of = [] }] }\n");
    assert_eq!(codes(&findings), [Code::VacuousRequirement], "{findings}");
}

/// What stands in a pool is told once, however often it is used.
#[test]
fn a_fault_in_a_pool_is_told_once() {
    let pool = "[pool.p]\nmembers = [\"a\", { at_least = 3, from = [\"a\", \"b\"] }, { credential = \"a\", issuer = \
                \"z\" }, \"a\"]\n";
    let user = |at: usize| format!("[credential.user{at}]\nstack = {{ at_least = 1, from = \"p\" }}\n");
    let users = (0..50).map(user).collect::<Vec<_>>().concat();
    let findings = check(&format!("{TWO}{pool}{users}"));
    let mut told = codes(&findings);
    told.retain(|&code| code != Code::ShadowedOption && code != Code::FalseChoice);
    let due = [Code::ImpossibleCount, Code::ImpossibleCondition, Code::RepeatedMember, Code::CopiedStack];
    assert_eq!(told, due, "{findings}");
    // The gravest of its consequences is told.
    let findings = check(&format!(
        "{TWO}{pool}{users}[credential.zzz]\nstack = {{ at_least = 2, from = \"p\", distinct = false }}\n"
    ));
    let grave = findings.as_slice().iter().filter(|finding| finding.severity == Severity::Error);
    assert_eq!(grave.filter(|finding| finding.code != Code::Unearnable).count(), 2, "{findings}");
}

/// A condition that only the day of the check makes impossible.
#[test]
fn a_condition_that_lies_in_the_future() {
    let text = "[credential.a]\n[credential.c]\nstack = { credential = \"a\", since = 2027-01-01 }\n";
    assert_eq!(codes(&check(text)), []);
    let options = CheckOptions::default().as_of("2026-11-22".parse().unwrap());
    let findings = check_with(text, &options);
    assert_eq!(codes(&findings), [Code::ImpossibleCondition]);
    assert!(findings.to_string().contains("nothing awarded by 2026-11-22 can count"), "{findings}");
}

/// What follows from a validity without a day, or from components that are out of reach, is not told again.
#[test]
fn consequences_are_not_told_as_causes() {
    let findings = check(
        "[credential.a]\nvalid_for = \"0 days\"\n[credential.c]\nstack = { all_of = [{ credential = \"a\", grade = 5 \
         }] }\n",
    );
    assert_eq!(codes(&findings), [Code::EmptyValidity, Code::FollowingFault], "{findings}");
}

/// More than are listed are counted, and the work limit leaves questions open instead of passing them over.
#[test]
fn what_is_not_listed_is_counted_and_what_is_not_settled_is_told() {
    let empty = |at: usize| format!("[credential.c{at}]\nstack = {{ all_of = [] }}\n");
    let text = (0..9).map(empty).collect::<Vec<_>>().concat();
    let mut options = CheckOptions::default().findings(4);
    let findings = check_with(&text, &options);
    assert_eq!((findings.as_slice().len(), findings.unlisted(), findings.count(Severity::Warning)), (4, 5, 9));
    assert!(findings.to_string().ends_with("\n... and 5 more\n\ncatalog.toml: 9 warnings\n"), "{findings}");

    let text = include_str!("../checks/unreachable-total-1.toml");
    options.work = 5;
    let findings = check_with(text, &options);
    assert_eq!((codes(&findings), findings.undecided().len()), (vec![], 1), "{findings}");
    assert!(findings.to_string().contains("undecided[unreachable-total]: whether"), "{findings}");
    assert!(findings.to_string().ends_with("catalog.toml: 1 question undecided\n"), "{findings}");
}

/// Work that ends between two questions leaves each credential open once, and blames none for what another one is to
/// blame for.
#[test]
fn with_whatever_work_a_consequence_is_no_cause() {
    let text = "[credential.advanced-diploma]\nstack = \"diploma\"\n[credential.algebra]\nexcludes = [\"geometry\"]\n\
        [credential.diploma]\nstack = { all_of = [\"algebra\", \"geometry\"] }\n[credential.geometry]\n";
    let mut options = CheckOptions::default();
    let mut seen = [0; 2];
    for work in 0..400 {
        options.work = work;
        let findings = check_with(text, &options);
        for finding in findings.as_slice().iter().filter(|finding| finding.code == Code::ContradictoryExclusion) {
            assert_eq!(finding.credential.as_deref(), Some("diploma"), "{findings}");
            seen[0] += 1;
        }
        let open: Vec<&str> = findings.undecided().iter().map(|open| &*open.credential).collect();
        let whose: BTreeSet<&str> = open.iter().copied().collect();
        assert_eq!(open.len(), whose.len(), "{findings}");
        seen[1] += open.len();
    }
    assert!(seen.into_iter().all(|times| times > 100), "{seen:?}");
}

/// Credentials, and two sums of half of everything each, over amounts like noise, that are to be met apart.
fn hard_to_divide(count: usize) -> (String, String) {
    let mut noise = 12_345_u64;
    let mut text = String::new();
    let (mut members, mut all) = (Vec::new(), 0);
    for at in 0..count {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let amount = 100_000 + (noise >> 33) % 900_000;
        all += amount;
        members.push(format!("\"m{at}\""));
        _ = writeln!(text, "[credential.m{at}]\ncredits = {}.{:02}", amount / 100, amount % 100);
    }
    let sum = format!("{{ credits = {}.{:02}, from = [{}] }}", all / 2 / 100, all / 2 % 100, members.join(", "));
    (text, format!("{{ all_of = [{sum}, {sum}], distinct = true }}"))
}

/// That nobody found a division does not say that there is none.
#[test]
fn what_could_not_be_divided_may_be_earned() {
    let (mut text, divided) = hard_to_divide(24);
    _ = writeln!(text, "[credential.target]\nstack = {divided}");
    text.push_str("[credential.above]\nprerequisite = \"target\"\n");
    let options = CheckOptions::default().work(0);
    let findings = check_with(&text, &options);
    assert_eq!(codes(&findings), [], "{findings}");
    let open: Vec<_> = findings.undecided().iter().map(|open| (open.code, &*open.credential)).collect();
    let due = [(Code::Unearnable, "target"), (Code::ImpossibleDistinct, "target"), (Code::Unearnable, "above")];
    assert_eq!(open, due, "{findings}");
}

/// Nor does an exclusion beside it rule out what could be divided.
#[test]
fn what_could_not_be_divided_is_not_excluded() {
    let (mut text, divided) = hard_to_divide(60);
    text.push_str(
        "[credential.algebra]\nexcludes = \
                   [\"geometry\"]\n[credential.geometry]\n[credential.course]\nprerequisite = \"algebra\"\n",
    );
    _ = writeln!(text, "[credential.target]\nstack = {{ any_of = [\"course\", {divided}] }}");
    _ = writeln!(text, "[credential.choice]\nprerequisite = \"geometry\"\nstack = \"target\"");
    let mut options = CheckOptions::default();
    for work in [0, 1_000, 30_000, 300_000] {
        options.work = work;
        let findings = check_with(&text, &options);
        assert_eq!(findings.count(Severity::Error), 0, "{findings}");
    }
}

/// Nor is it certain then that a rule with such a part cannot be met, or a rule that rests on it.
#[test]
fn what_rests_on_what_could_not_be_divided_is_not_ruled_out() {
    let (mut text, divided) = hard_to_divide(24);
    text.push_str("[credential.closed]\noffered = { until = 2020-12-31 }\n");
    text.push_str("[credential.algebra]\nexcludes = [\"geometry\"]\n[credential.geometry]\n");
    _ = writeln!(text, "[credential.target]\nstack = {{ all_of = [\"closed\", \"algebra\", {divided}] }}");
    _ = writeln!(text, "[credential.choice]\nstack = {{ any_of = [{{ all_of = [\"algebra\", {divided}] }}, \"m0\"] }}");
    let mut options = CheckOptions::default();
    options.as_of = credpath::Date::new(2026, 11, 22);
    options.work = 30_000;
    let findings = check_with(&text, &options);
    assert_eq!(findings.count(Severity::Error), 0, "{findings}");
    assert_eq!(codes(&findings), [Code::Unearnable, Code::ClosedComponent], "{findings}");
    let open: BTreeSet<&str> = findings.undecided().iter().map(|open| &*open.credential).collect();
    assert_eq!(open, BTreeSet::from(["choice", "target"]), "{findings}");
}

/// What rests on a division that was not found could need another one that was not found.
#[test]
fn one_division_after_another_is_left_open() {
    let (mut text, divided) = hard_to_divide(24);
    _ = writeln!(text, "[credential.first]\nstack = {divided}");
    let (members, divided) = hard_to_divide(24);
    let after =
        members.replace("[credential.m", "[credential.n").replace("\ncredits", "\nprerequisite = \"first\"\ncredits");
    _ = writeln!(text, "{after}[credential.second]\nstack = {}", divided.replace("\"m", "\"n"));
    let options = CheckOptions::default().work(0);
    let findings = check_with(&text, &options);
    assert_eq!(findings.count(Severity::Error), 0, "{findings}");
    assert!(findings.undecided().iter().any(|open| open.credential == "second" && open.code == Code::Unearnable));
}

/// A set of credentials that do not exclude each other is hidden among others; as long as it is not found, nothing is
/// said.
#[test]
fn what_is_hard_to_earn_is_not_ruled_out() {
    let mut text = String::new();
    let (count, hidden) = (36_u32, 9);
    let mut noise = 99_u64;
    for at in 0..count {
        let mut excluded = Vec::new();
        for other in at + 1..count {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Every fourth is one of the hidden set.
            if (at % 4 != 0 || other % 4 != 0) && (noise >> 33).is_multiple_of(2) {
                excluded.push(format!("\"m{other}\""));
            }
        }
        _ = writeln!(text, "[credential.m{at}]\nexcludes = [{}]", excluded.join(", "));
    }
    let members: Vec<String> = (0..count).map(|at| format!("\"m{at}\"")).collect();
    _ = writeln!(text, "[credential.target]\nstack = {{ at_least = {hidden}, from = [{}] }}", members.join(", "));
    let mut options = CheckOptions::default();
    let (mut work, mut open) = (100, 0);
    while work < 2_000_000 {
        options.work = work;
        let findings = check_with(&text, &options);
        assert_eq!(findings.count(Severity::Error), 0, "{findings}");
        open += usize::from(findings.undecided().iter().any(|open| open.code == Code::ContradictoryExclusion));
        work += work / 4;
    }
    assert!(open > 5, "{open}");
}

/// Without work it is neither told that a component lasts long enough nor that it does not.
#[test]
fn what_lapses_takes_work_to_find() {
    let text = include_str!("../checks/lapses-too-soon-1.toml");
    assert!(codes(&check(text)).contains(&Code::LapsesTooSoon));
    let options = CheckOptions::default().work(0);
    let findings = check_with(text, &options);
    assert!(!codes(&findings).contains(&Code::LapsesTooSoon), "{findings}");
    assert!(findings.undecided().iter().any(|open| open.code == Code::LapsesTooSoon), "{findings}");
}

/// Wherever the work ends, what lapses is told or left open; and what is renewed in time is never told.
#[test]
fn what_lapses_is_told_or_left_open() {
    let lapsing = include_str!("../checks/lapses-too-soon-8.toml");
    let renewed = include_str!("../checks/lapses-too-soon-near-14.toml");
    let mut options = CheckOptions::default();
    let mut seen = [0; 2];
    for work in (0..20_000).step_by(77) {
        options.work = work;
        let findings = check_with(lapsing, &options);
        let told = codes(&findings).contains(&Code::LapsesTooSoon);
        let open = findings.undecided().iter().any(|open| open.code == Code::LapsesTooSoon);
        assert_ne!(told, open, "{work}: {findings}");
        seen[usize::from(told)] += 1;
        let findings = check_with(renewed, &options);
        assert!(!codes(&findings).contains(&Code::LapsesTooSoon), "{work}: {findings}");
    }
    assert!(seen.iter().all(|&seen| seen > 0), "{seen:?}");
}

/// Whether so much of some amounts is always so much of others.
#[test]
fn a_hard_sum_is_implied_by_no_award() {
    let mut text = String::new();
    let (mut members, mut all) = (Vec::new(), 0);
    let mut noise = 5_u64;
    for at in 0..40 {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let amount = 100_000 + (noise >> 33) % 900_000;
        all += amount;
        members.push(format!("\"m{at}\""));
        _ = writeln!(
            text,
            "[credential.m{at}]\ncredits = {}.{:02}\nhours = {}",
            amount / 100,
            amount % 100,
            amount / 97
        );
    }
    let (members, credits, hours) = (members.join(", "), all / 2, all / 2 / 97);
    _ = writeln!(
        text,
        "[credential.one]\nstack = {{ credits = {}.{:02}, from = [{members}] }}",
        credits / 100,
        credits % 100
    );
    _ = writeln!(text, "[credential.other]\nstack = {{ hours = {}, from = [{members}] }}", hours - 20);
    text.push_str("[credential.target]\nstack = { any_of = [\"one\", \"other\"] }\n");
    let findings = check(&text);
    assert_eq!(
        (codes(&findings).contains(&Code::ShadowedOption), findings.undecided()),
        (false, &[][..]),
        "{findings}"
    );
}

/// A price is told once it is certain that there is none below it, with however little work.
#[test]
fn what_costs_least_is_certain() {
    let mut seen = [0; 2];
    for round in 1..=6_u32 {
        let mut text = String::new();
        // What is worth most for its price is not what is cheapest together.
        for at in 0..14_u32 {
            let credits = 3 + (at * 7 + round * 5) % 11;
            let cost = credits * 10 + (at * 13 + round * 17) % 7;
            _ = writeln!(text, "[credential.m{at}]\ncost = {cost}\ncredits = {credits}");
        }
        let members: Vec<String> = (0..14).map(|at| format!("\"m{at}\"")).collect();
        let sum = format!("{{ credits = 46, from = [{}] }}", members.join(", "));
        _ = writeln!(
            text,
            "[credential.dear]\ncost = 35\nprerequisite = {sum}\n[credential.cheap]\ncost = 20\nprerequisite = {sum}"
        );
        text.push_str("[credential.target]\nstack = { any_of = [\"dear\", \"cheap\"] }\n");
        let mut options = CheckOptions::default().prices(true);
        let all = check_with(&text, &options);
        assert_eq!(codes(&all), [Code::DearerOption], "{all}");
        let mut work = 100;
        while work < 1_000_000 {
            options.work = work;
            let findings = check_with(&text, &options);
            match findings.as_slice() {
                [] => assert!(!findings.undecided().is_empty(), "{findings}"),
                told => assert_eq!(told, all.as_slice(), "{findings}"),
            }
            seen[findings.as_slice().len()] += 1;
            work += work / 8;
        }
    }
    assert!(seen.into_iter().all(|times| times > 10), "{seen:?}");
}

/// More awards than can be counted one by one: the option is not dead for that.
#[test]
fn what_takes_awards_without_end_is_left_open() {
    let findings = check(
        "[credential.unit]\ncredits = 0.01\nrepeatable = true\n[credential.other]\n[credential.cheap]\nexcludes = \
         [\"other\"]\n\
        [credential.target]\nstack = { any_of = [\"cheap\", { credits = 9000000, from = [\"unit\"] }] }\n",
    );
    let open: Vec<Code> = findings.undecided().iter().map(|open| open.code).collect();
    assert_eq!((codes(&findings), open), (vec![], vec![Code::DeadOption]), "{findings}");
}

/// Options are not gone through one after the other to see that whoever has one of them has one of them.
#[test]
fn a_choice_of_many_is_implied_by_itself() {
    let ids: Vec<String> = (0..70).map(|at| format!("\"m{at}\"")).collect();
    let choice = format!("{{ any_of = [{}] }}", ids.join(", "));
    let members = (0..70).map(|at| format!("[credential.m{at}]\n")).collect::<Vec<_>>().concat();
    let findings = check(&format!(
        "{members}[credential.target]\nstack = {{ all_of = [{choice}, {choice}], distinct = false }}\n"
    ));
    assert_eq!((codes(&findings), findings.undecided()), (vec![Code::RedundantRequirement], &[][..]), "{findings}");
}

/// What is begun together rests on each other: `a` needs `b` beside it, which excludes it.
#[test]
fn what_is_begun_together_may_exclude_each_other() {
    let text = "[credential]\na = { corequisite = \"b\" }\nb = { excludes = [\"a\"] }\ngoal = { stack = \"a\" }";
    let findings = check(text);
    assert!(codes(&findings).contains(&Code::ContradictoryExclusion), "{findings}");
    let beside = check(&text.replace(", excludes", "").replace("excludes = [\"a\"]", ""));
    assert!(!codes(&beside).contains(&Code::ContradictoryExclusion), "{beside}");
}
