//! Worked examples: what a person would say of two versions.

use credpath::{
    Award, Catalog, CompareOptions, Compared, Comparison, Effect, EvaluateOptions, ImpactOptions, LearnerRecord,
    PurposeRule, Verdict, compare_findings,
};

fn compare(older: &str, newer: &str) -> Comparison {
    let [older, newer] = [older, newer].map(|text| Catalog::parse("catalog.toml", text).unwrap());
    older.compare(&newer, &CompareOptions::default())
}

/// A catalog of taken credentials `a` to `f`, and more.
fn with(more: &str) -> String {
    let taken = ["a", "b", "c", "d", "e", "f"].map(|id| format!("[credential.{id}]\ncredits = 5\n"));
    format!("{}{more}", taken.concat())
}

fn ids(compared: Option<&Compared>, lost: bool) -> Vec<String> {
    let compared = compared.expect("something differs");
    let difference = if lost { &compared.lost } else { &compared.gained };
    let difference = difference.as_ref().expect("a learner shows it");
    assert!(difference.smallest);
    difference.learner.awards.iter().map(|held| format!("{} {}", held.credential, held.times)).collect()
}

#[test]
fn a_dropped_option_makes_stricter() {
    let older = with("[credential.x]\nstack = { any_of = ['a', 'b', 'c'] }\n");
    let newer = with("[credential.x]\nstack = { any_of = ['a', 'c'] }\n");
    let comparison = compare(&older, &newer);
    assert_eq!(comparison.verdict("x"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("x"), true), ["b 1"]);
    assert_eq!((comparison.changed.len(), comparison.unchanged), (1, 6));
    assert_eq!(
        comparison.to_string(),
        "`x` asks for more: its stack asks for any of `a`, `c` (line 14, was line 14)\n  \
         a learner with b met the requirements of `x` and does not any more\n  \
         concerns: x\n\
         `x`: stack is any of `a`, `c` (line 14), was any of `b`, `a`, `c` (line 14)\n\
         6 unchanged, 1 stricter\n"
    );
}

#[test]
fn a_raised_threshold_makes_stricter() {
    let rule = |n: u32| {
        with(&format!("[credential.x]\nstack = {{ at_least = {n}, from = ['a', 'b', 'c', 'd', 'e', 'f'] }}\n"))
    };
    let comparison = compare(&rule(3), &rule(4));
    assert_eq!(comparison.verdict("x"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("x"), true), ["a 1", "b 1", "c 1"]);
    assert_eq!(compare(&rule(4), &rule(3)).verdict("x"), Verdict::Looser);
}

/// Each award of what is repeatable counts, and a learner who shows it has as many as are enough, and no more.
#[test]
fn a_learner_may_have_several_awards_of_one_credential() {
    let rule = |n: u32| {
        format!("[credential.a]\nrepeatable = true\n[credential.x]\nstack = {{ at_least = {n}, from = ['a'] }}\n")
    };
    let comparison = compare(&rule(3), &rule(4));
    assert_eq!(comparison.verdict("x"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("x"), true), ["a 3"]);
}

/// One award lies within any span, if it has a date: an undated one lies in none (semantics 3.1).
#[test]
fn a_span_over_one_award_asks_for_a_date() {
    let rule = |span: &str| with(&format!("[credential.x]\nstack = {{ any_of = ['a', 'b']{span} }}\n"));
    let comparison = compare(&rule(", span = '2 weeks'"), &rule(""));
    assert_eq!(comparison.verdict("x"), Verdict::Looser);
    let gained = comparison.get("x").and_then(|x| x.gained.as_ref()).unwrap();
    assert_eq!(gained.learner.awards.iter().map(|held| held.awarded).collect::<Vec<_>>(), [None]);
    assert_eq!(compare(&rule(""), &rule(", span = '2 weeks'")).verdict("x"), Verdict::Stricter);
}

/// Far too many sets of ten are there to try them all.
#[test]
fn a_threshold_over_a_large_pool_is_settled() {
    let rule = |n: u32| {
        let taken: String =
            (0..60).map(|i| format!("[credential.m{i:02}]\ntags = ['m']\ncredits = {}\n", 2 + i % 4)).collect();
        format!(
            "{taken}[credential.x]\nstack = {{ at_least = {n}, from = {{ tags = ['m'] }} }}\n\
            [credential.y]\nstack = {{ credits = {}, from = {{ tags = ['m'] }} }}\n[credential.z]\nstack = 'x'\n",
            6 * n
        )
    };
    let comparison = compare(&rule(10), &rule(11));
    for id in ["x", "y", "z"] {
        assert_eq!(comparison.verdict(id), Verdict::Stricter, "{id}");
    }
    assert_eq!(comparison.get("x").unwrap().lost.as_ref().unwrap().learner.size(), 10);
    // Twelve times five credits.
    assert_eq!(comparison.get("y").unwrap().lost.as_ref().unwrap().learner.size(), 12);
    // Whoever holds `x` has `z` under both.
    assert_eq!(ids(comparison.get("z"), true), ids(comparison.get("x"), true));
}

#[test]
fn changed_credits_matter_where_they_are_summed() {
    let older = with(
        "[credential.x]\nstack = { credits = 10, from = ['a', 'b', 'c'] }\n[credential.y]\nstack = { any_of = ['a', \
         'b'] }\n",
    );
    let newer = older.replacen("credits = 5", "credits = 3", 1);
    let comparison = compare(&older, &newer);
    assert_eq!(comparison.verdict("x"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("x"), true), ["a 1", "b 1"]);
    assert_eq!(comparison.verdict("y"), Verdict::Unchanged);
    let a = comparison.get("a").unwrap();
    assert_eq!(
        (a.verdict, a.fields[0].field.as_str(), a.fields[0].newer.as_str()),
        (Verdict::Unchanged, "credits", "3")
    );
    let causes = comparison.causes();
    assert_eq!(causes.len(), 1);
    let on = &causes[0].cause.rests_on[0];
    assert_eq!((on.credential.as_str(), on.field.as_str()), ("a", "credits"));
}

/// The same of hours; what is not summed is no reason for anything.
#[test]
fn changed_hours_matter_where_they_are_summed() {
    let of = |hours: u32, credits: u32| {
        let taken =
            format!("[credential.a]\nhours = {hours}\ncredits = {credits}\n[credential.b]\nhours = 10\ncredits = 5\n");
        taken
            + "[credential.x]\nstack = { hours = 20, from = ['a', 'b'] }\n[credential.y]\nstack = { credits = 10, from = ['a', 'b'] }\n"
    };
    let comparison = compare(&of(10, 5), &of(6, 4));
    for (id, field) in [("x", "hours"), ("y", "credits")] {
        let compared = comparison.get(id).unwrap();
        assert_eq!(
            (compared.verdict, ids(Some(compared), true)),
            (Verdict::Stricter, vec!["a 1".to_owned(), "b 1".to_owned()])
        );
        let rests_on = &compared.lost.as_ref().unwrap().cause.rests_on;
        let told: Vec<[&str; 2]> = rests_on.iter().map(|on| [on.credential.as_str(), on.field.as_str()]).collect();
        assert_eq!(told, [["a", field]]);
    }
}

#[test]
fn whatever_differs_is_a_difference() {
    let course = |id: &str| with(&format!("[credential.{id}]\ntitle = 'Course'\n"));
    let rule = |rule: &str| with(&format!("[credential.x]\nstack = {rule}\n"));
    assert!(compare(&course("x"), &course("x")).is_empty());
    let pairs = [
        (with(""), course("x")),
        (course("x"), with("")),
        (course("x"), course("y")),
        (rule("{ any_of = ['a', 'b'] }"), rule("'a'")),
    ];
    for (kind, (older, newer)) in pairs.iter().enumerate() {
        let comparison = compare(older, newer);
        assert!(!comparison.is_empty());
        let told =
            [comparison.added.len(), comparison.removed.len(), comparison.renamed.len(), comparison.changed.len()];
        assert_eq!(told.map(|number| number > 0), [0, 1, 2, 3].map(|own| own == kind), "{comparison}");
    }
}

/// Nobody meets or misses a requirement because of its window, and what has changed of it is told in words.
#[test]
fn changed_windows_are_told_by_what_they_say() {
    let told = |older: &str, newer: &str| -> Vec<[String; 3]> {
        let x = |more: &str| with(&format!("[credential.x]\nstack = 'a'\n{more}\n"));
        let comparison = compare(&x(older), &x(newer));
        assert_eq!(comparison.verdict("x"), Verdict::Unchanged);
        let fields = comparison.get("x").map(|compared| compared.fields.clone()).unwrap_or_default();
        fields.into_iter().map(|change| [change.field, change.older, change.newer]).collect()
    };
    let autumn = "offered = { yearly = ['09-01', '09-30'] }";
    let both = "offered = [{ yearly = ['09-01', '09-30'] }, { until = 2027-01-31 }]";
    let words = ["always", "every year from 09-01 to 09-30", "until 2027-01-31, every year from 09-01 to 09-30"];
    let field = |older: usize, newer: usize| vec![["offered", words[older], words[newer]].map(str::to_owned)];
    assert_eq!(told("", autumn), field(0, 1));
    assert_eq!(told(autumn, both), field(1, 2));
    // The order in which windows are listed says nothing.
    let turned = "offered = [{ until = 2027-01-31 }, { yearly = ['09-01', '09-30'] }, { until = 2027-01-31 }]";
    assert!(told(both, turned).is_empty());
    assert_eq!(told("study = false", ""), vec![["study", "false", "true"].map(str::to_owned)]);
}

#[test]
fn a_new_prerequisite_makes_stricter() {
    let older = with("[credential.x]\nstack = 'a'\n[credential.t]\n");
    let newer = with("[credential.x]\nstack = 'a'\nprerequisite = 'b'\n[credential.t]\nprerequisite = 'c'\n");
    let comparison = compare(&older, &newer);
    assert_eq!(ids(comparison.get("x"), true), ["a 1"]);
    let cause = &comparison.get("x").unwrap().lost.as_ref().unwrap().cause;
    assert_eq!((cause.rule, cause.asks.as_str()), (PurposeRule::Prerequisite, "`b`"));
    assert_eq!((cause.older_line, cause.newer_line), (None, Some(15)));
    // A taken credential without a prerequisite was open to everybody.
    assert_eq!(comparison.verdict("t"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("t"), true), [""; 0]);
}

#[test]
fn an_equivalent_takes_the_place_of_a_component() {
    let older = with("[credential.x]\nstack = { all_of = ['a', 'b'] }\n");
    let newer = |more: &str| format!("{more}{}", with("[credential.x]\nstack = { all_of = ['a', 'c'] }\n"));
    assert_eq!(compare(&older, &newer("")).verdict("x"), Verdict::Incomparable);
    // Whoever has `b` has `c` as well now, and whoever has `c` newly qualifies.
    let comparison = compare(&older, &newer("[catalog]\nequivalent = [['b', 'c']]\n"));
    assert_eq!(comparison.verdict("x"), Verdict::Looser);
    assert_eq!(ids(comparison.get("x"), false), ["a 1", "c 1"]);
    // If they were equivalent before, nothing changes but the words.
    let before = format!("[catalog]\nequivalent = [['b', 'c']]\n{older}");
    let comparison = compare(&before, &newer("[catalog]\nequivalent = [['b', 'c']]\n"));
    assert_eq!(comparison.verdict("x"), Verdict::Unchanged);
    assert_eq!(comparison.get("x").unwrap().fields[0].field, "stack");
}

#[test]
fn an_extended_pool_makes_looser() {
    let rule = |members: &str| {
        with(&format!("[pool.p]\nmembers = [{members}]\n[credential.x]\nstack = {{ at_least = 2, from = 'p' }}\n"))
    };
    let comparison = compare(&rule("'a', 'b'"), &rule("'a', 'b', 'c'"));
    assert_eq!(comparison.verdict("x"), Verdict::Looser);
    assert_eq!(ids(comparison.get("x"), false), ["a 1", "c 1"]);
    assert_eq!(comparison.causes()[0].effect, Effect::Gains);
}

#[test]
fn a_deep_change_points_to_its_root() {
    let chain = "[credential.y]\nstack = { all_of = ['x', 'c'] }\n[credential.z]\nstack = { any_of = ['y', 'd'] \
                 }\n[credential.other]\nstack = 'e'\n";
    let older = with(&format!("[credential.x]\nstack = 'a'\n{chain}"));
    let newer = with(&format!("[credential.x]\nstack = {{ all_of = ['a', 'b'] }}\n{chain}"));
    let comparison = compare(&older, &newer);
    for id in ["x", "y", "z"] {
        assert_eq!(comparison.verdict(id), Verdict::Stricter, "{id}");
    }
    assert_eq!(comparison.verdict("other"), Verdict::Unchanged);
    assert_eq!(ids(comparison.get("z"), true), ["a 1", "c 1"]);
    let causes = comparison.causes();
    assert_eq!(causes.len(), 1);
    assert_eq!((causes[0].cause.credential.as_str(), &causes[0].credentials[..]), ("x", &["x", "y", "z"][..]));
    assert_eq!(causes[0].cause.asks, "`b`");
}

#[test]
fn different_awards_make_stricter() {
    let rule = |distinct: &str| {
        with(&format!(
            "[credential.x]\nstack = {{ all_of = [{{ any_of = ['a', 'b'] }}, {{ any_of = ['a', 'c'] }}]{distinct} }}\n"
        ))
    };
    let comparison = compare(&rule(""), &rule(", distinct = true"));
    assert_eq!(comparison.verdict("x"), Verdict::Stricter);
    assert_eq!(ids(comparison.get("x"), true), ["a 1"]);
    assert_eq!(comparison.get("x").unwrap().lost.as_ref().unwrap().cause.asks.matches("different").count(), 1);
}

#[test]
fn who_is_taken_and_who_conferred() {
    let older = with("[credential.x]\nstack = 'a'\n[credential.y]\nstack = 'x'\n");
    let newer = with("[credential.x]\n[credential.y]\nstack = 'x'\n");
    let comparison = compare(&older, &newer);
    // Anybody can take it now, but nobody has it by its components.
    assert_eq!((comparison.verdict("x"), comparison.verdict("y")), (Verdict::Looser, Verdict::Stricter));
    let cause = &comparison.get("y").unwrap().lost.as_ref().unwrap().cause;
    assert_eq!((cause.credential.as_str(), cause.asks.as_str(), cause.newer_line), ("x", "", None));
    assert!(comparison.to_string().contains("`x` is not earned by its stack any more (was line 14)"), "{comparison}");
}

/// The same learners meet all requirements of `y`, but an award of it waits for its stack alone.
#[test]
fn an_award_that_waits_for_components_does_not_wait_for_the_prerequisite() {
    let rule = |stack: &str| {
        with(&format!(
            "[credential.y]\nvalid_for = 'while-components'\nprerequisite = 'a'\nstack = \
             {stack}\n[credential.z]\nstack = 'y'\n"
        ))
    };
    let comparison = compare(&rule("{ any_of = ['a', 'b'] }"), &rule("'a'"));
    assert_eq!((comparison.verdict("y"), comparison.verdict("z")), (Verdict::Unchanged, Verdict::Stricter));
    assert_eq!(ids(comparison.get("z"), true), ["b 1", "y 1"]);
    let cause = &comparison.get("z").unwrap().lost.as_ref().unwrap().cause;
    assert_eq!((cause.credential.as_str(), cause.rule, cause.asks.as_str()), ("y", PurposeRule::Stack, "`a`"));
}

/// A rule that only stands on another line, or rests on something else, is not told as changed; of others, the first
/// part that differs is.
#[test]
fn changed_rules_are_told_by_what_they_say() {
    let fields = |older: &str, newer: &str| -> Vec<[String; 3]> {
        let comparison = compare(&with(older), &with(newer));
        let fields = comparison.get("x").map(|compared| compared.fields.clone()).unwrap_or_default();
        fields.into_iter().map(|change| [change.field, change.older, change.newer]).collect()
    };
    let stack = |rule: &str| format!("[credential.x]\nstack = {rule}\n");
    let sum = stack("{ credits = 10, from = ['a', 'b', 'c'] }");
    assert!(fields(&sum, &format!("\n# Moved.\n{sum}")).is_empty());
    assert!(fields(&stack("{ all_of = ['a', 'b'] }"), &stack("{ at_least = 2, from = ['b', 'a'] }")).is_empty());
    let moved = compare(&with(&sum), &with(&sum).replacen("credits = 5", "credits = 3", 1));
    assert_eq!((moved.verdict("x"), moved.get("x").unwrap().fields.len()), (Verdict::Stricter, 0));
    let told = |older: &str, newer: &str| {
        let [[field, older, newer]] = &fields(&stack(older), &stack(newer))[..] else { panic!("one field differs") };
        assert_eq!(field, "stack");
        [older, newer].map(|text| text.replace(" (line 14)", ""))
    };
    assert_eq!(told("'a'", "{ credential = 'a', within = '1 year' }"), ["`a`", "`a` (awarded within 1 year)"]);
    assert_eq!(
        told("{ any_of = ['a', 'b'] }", "{ any_of = ['a', 'b'], within = '1 year' }"),
        ["any of `a`, `b`", "any of `a`, `b` (awarded within 1 year)"]
    );
    // What only one side has is told, however long the list.
    assert_eq!(
        told(
            "{ at_least = 2, from = ['a', 'b', 'c', 'd', 'e', 'f'] }",
            "{ at_least = 2, from = ['a', 'b', 'c', 'd', 'e', 'x'] }"
        ),
        ["2 of `f`, `a`, `b`, `c`, `d`, 1 more", "2 of `x`, `a`, `b`, `c`, `d`, 1 more"]
    );
    // What words leave out further up is told further down.
    let deep = |inner: &str| format!("{{ all_of = ['f', {{ any_of = ['d', {{ all_of = ['a', {inner}] }}] }}] }}");
    assert_eq!(
        told(&deep("{ any_of = ['b', 'c'] }"), &deep("{ any_of = ['b', 'e'] }")),
        ["all of 2 parts: any of `b`, `c`; `a`", "all of 2 parts: any of `b`, `e`; `a`"]
    );
    let comparison = compare(&with(""), &with("[credential.x]\nstack = 'a'\n"));
    assert_eq!(comparison.added, ["x"]);
    assert_eq!(fields("[credential.x]\n", &stack("'a'")), [["stack", "", "`a` (line 14)"]]);
}

/// Groups without a name are told by what they ask for, not by their lines.
/// What is gone has a line in the older version only, and what is new in the newer one.
#[test]
fn parts_that_one_version_has_are_new_or_gone() {
    let taken = "credential.a = {}\ncredential.b = {}\ncredential.c = {}\n[credential.x]\nstack = { all_of = [\n";
    let [larger, smaller] = [["    'a',\n", "    'b',\n"].concat(), "    'a',\n".to_owned()]
        .map(|parts| Catalog::parse("c", &format!("{taken}{parts}    'c',\n] }}\n")).unwrap());
    let told = |older: &Catalog, newer: &Catalog| {
        older.compare(newer, &CompareOptions::default()).to_string().lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(told(&larger, &smaller), "`x` asks for less: its stack asked for `b` (was line 7)");
    assert_eq!(told(&smaller, &larger), "`x` asks for more: its stack asks for `b` (line 7, new)");
    // A part that was all there was stands for the same one among several.
    let taken = taken.replace("credential.a = {}", "credential.a = { issuer = 'y' }");
    let alone = Catalog::parse("c", &taken.replace("{ all_of = [\n", "'a'\n")).unwrap();
    let several = format!("{taken}    {{ credential = 'a', issuer = ['x'] }},\n    {{ any_of = ['a', 'b'] }},\n] }}\n");
    let several = Catalog::parse("c", &several).unwrap();
    assert_eq!(told(&alone, &several), "`x` asks for more: its stack asks for `a` (awarded by x) (line 6, was line 5)");
}

#[test]
fn causes_tell_groups_in_words() {
    let rule = |distinct: &str| {
        with(&format!(
            "[credential.x]\nstack = {{ all_of = ['f',\n{{ credits = 5, from = ['a', 'b', 'c', 'd'] }},\n\
            {{ name = 'core', any_of = ['a', {{ all_of = ['b', 'c'] }}] }}]{distinct} }}\n"
        ))
    };
    let comparison = compare(&rule(""), &rule(", distinct = true"));
    let cause = &comparison.get("x").unwrap().lost.as_ref().unwrap().cause;
    assert_eq!(
        cause.asks,
        "all of 3 parts, by different awards: `f`; 5 credits of `a`, `b`, `c`, 1 more; core (any of 2 parts)"
    );
}

#[test]
fn circles_are_compared_as_a_whole() {
    let rule = |more: &str| {
        with(&format!(
            "[credential.x]\nstack = {{ any_of = ['y', 'a'{more}] }}\n[credential.y]\nstack = {{ any_of = ['x', 'b'] \
             }}\n"
        ))
    };
    let comparison = compare(&rule(", 'c'"), &rule(""));
    assert_eq!((comparison.verdict("x"), comparison.verdict("y")), (Verdict::Stricter, Verdict::Stricter));
    assert_eq!(ids(comparison.get("y"), true), ["c 1"]);
    assert_eq!(comparison.causes()[0].credentials, ["x", "y"]);
    assert!(compare(&rule(""), &rule("")).is_empty());
}

/// A chain needs no stack of the machine, and every link points to the one that was changed.
#[test]
fn a_long_chain_points_to_its_first_link() {
    let links: String = (1..300).map(|i| format!("[credential.x{i}]\nstack = 'x{}'\n", i - 1)).collect();
    let rule = |stack: &str| with(&format!("[credential.x0]\nstack = {stack}\n{links}"));
    let (older, newer) = (rule("'a'"), rule("{ all_of = ['a', 'b'] }"));
    let task = move || {
        let comparison = compare(&older, &newer);
        let causes = comparison.causes();
        assert_eq!((causes.len(), causes[0].cause.credential.as_str(), causes[0].credentials.len()), (1, "x0", 300));
        assert_eq!(ids(comparison.get("x299"), true), ["a 1"]);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(task).unwrap().join().unwrap();
}

#[test]
fn the_day_is_the_latest_that_is_mentioned() {
    let older = with("[credential.x]\nstack = { credential = 'a', since = 2027-03-01 }\n");
    let newer = with("[credential.x]\nstack = 'a'\n[credential.later]\noffered = { from = 2028-01-01 }\n");
    let comparison = compare(&older, &newer);
    assert_eq!(comparison.as_of, "2028-01-01".parse().unwrap());
    // Whoever has `a` from before the day newly meets it.
    assert_eq!((comparison.verdict("x"), &comparison.added[..]), (Verdict::Looser, &["later".to_owned()][..]));
    assert_eq!(
        comparison.get("x").unwrap().gained.as_ref().unwrap().learner.to_string(),
        "a learner with a (awarded 2027-02-28)"
    );
    assert_eq!(compare(&with(""), &with("")).as_of, "2000-01-01".parse().unwrap());
    // On an earlier day the condition bars everybody.
    let [older, newer] = [older, newer].map(|text| Catalog::parse("catalog.toml", &text).unwrap());
    let options = CompareOptions::default().as_of("2026-01-01".parse().unwrap());
    assert_eq!(older.compare(&newer, &options).verdict("x"), Verdict::Looser);
}

/// What each version says of records of whatever kind, and the learners who show it.
#[test]
fn learners_show_what_is_asked_of_awards() {
    let shown = |older: &str, newer: &str, about: &str| {
        let rule = |rule: &str| format!("{about}{}", with(&format!("[credential.x]\nstack = {rule}\n")));
        let (older, newer) = (rule(older), rule(newer));
        let (there, back) = (compare(&older, &newer), compare(&newer, &older));
        let lost = |comparison: &Comparison| {
            let lost = comparison.get("x").and_then(|compared| compared.lost.clone());
            lost.map(|lost| lost.learner.to_string().replace("a learner with ", ""))
        };
        assert!(there.undecided().count() + back.undecided().count() == 0, "{there}{back}");
        [lost(&there), lost(&back)]
    };
    let stricter = |older: &str, newer: &str, about: &str| {
        let [lost, gained] = shown(older, newer, about);
        assert_eq!(gained, None);
        lost.expect("somebody loses it")
    };
    let grades = "[catalog]\ngrades = ['D', 'C', 'B', 'A']\n";
    assert_eq!(stricter("{ credential = 'a', grade = 2 }", "{ credential = 'a', grade = 2.5 }", ""), "a (grade 2)");
    assert_eq!(stricter("'a'", "{ credential = 'a', grade = 'C' }", grades), "a");
    assert_eq!(
        stricter("{ all_of = ['a', 'b'], grade = 'C' }", "{ all_of = ['a', 'b'], grade = 'B' }", grades),
        "a (grade C), b (grade C)"
    );
    // Three years before 2000-01-01 is a day too old for what is awarded within two.
    let within = |years: u32| format!("{{ credential = 'a', within = '{years} years' }}");
    assert_eq!(stricter(&within(3), &within(2), ""), "a (awarded 1997-12-31)");
    let since = |day: &str| format!("{{ credential = 'a', since = {day} }}");
    assert_eq!(stricter(&since("2026-01-01"), &since("2026-09-01"), ""), "a (awarded 2026-08-31)");
    let until = |day: &str| format!("{{ credential = 'a', until = {day} }}");
    assert_eq!(stricter(&until("2026-09-01"), &until("2026-01-01"), ""), "a (awarded 2026-09-01)");
    let held_for = |months: u32| format!("{{ credential = 'a', held_for = '{months} months' }}");
    assert_eq!(stricter(&held_for(1), &held_for(2), ""), "a (awarded 1999-12-01)");
    assert_eq!(stricter("'a'", "{ credential = 'a', issuer = 'y' }", ""), "a");
    assert_eq!(
        stricter("{ credential = 'a', issuer = ['y', 'z'] }", "{ credential = 'a', issuer = 'y' }", ""),
        "a (by z)"
    );
    assert_eq!(stricter("{ credential = 'a', lapsed = true }", "'a'", ""), "a (valid until 1999-12-31)");
    // What counts by its credits counts by those that are recorded as well.
    assert_eq!(
        shown("{ credits = 10, from = ['a', 'b'] }", "{ all_of = ['a', 'b'] }", ""),
        [Some("b (10 credits)".to_owned()), Some("a, b (0 credits)".to_owned())]
    );
}

/// A shorter validity shuts out old awards; and what rests on a rule that awards of some kind do not meet any more does
/// so as well.
#[test]
fn learners_show_what_comes_of_validity_and_of_rules_further_down() {
    let text = |years: u32, grade: u32| {
        format!(
            "[credential.card]\nvalid_for = '{years} years'\n[credential.course]\n[credential.x]\nstack = 'card'\n\
             [credential.y]\nstack = {{ credential = 'course', grade = {grade} }}\n\
             [credential.z]\nstack = {{ all_of = ['y', 'x'] }}\n"
        )
    };
    let told = |comparison: &Comparison, id: &str| {
        comparison.get(id).unwrap().lost.as_ref().unwrap().learner.to_string().replace("a learner with ", "")
    };
    // On 2000-01-01, a card of 1998-01-01 has lapsed the day before if it is valid for two years.
    let comparison = compare(&text(3, 1), &text(2, 1));
    assert_eq!((comparison.verdict("x"), comparison.verdict("y")), (Verdict::Stricter, Verdict::Unchanged));
    assert_eq!(
        (comparison.verdict("z"), told(&comparison, "x")),
        (Verdict::Stricter, "card (awarded 1998-01-01)".into())
    );
    let comparison = compare(&text(2, 1), &text(2, 2));
    assert_eq!((comparison.verdict("x"), comparison.verdict("z")), (Verdict::Unchanged, Verdict::Stricter));
    assert_eq!(told(&comparison, "z"), "course (grade 1), x");
    assert_eq!(comparison.causes()[0].credentials, ["y", "z"]);
}

/// A credential is renamed if one version knows the id of the other, or if all else is said alike of one that is gone
/// and of one that is new.
/// Whoever has nothing qualifies for `a` from a day on, and in the newer version before it as well.
#[test]
fn who_has_nothing_may_show_it_on_another_day() {
    let text = |rule: &str| format!("[credential]\nc = {{ stack = {{ all_of = [] }} }}\na = {{ stack = {rule} }}\n");
    let texts = [text("{ credential = 'c', since = 2024-01-01 }"), text("{ all_of = [] }")];
    let comparison = compare(&texts[0], &texts[1]);
    assert_eq!(comparison.verdict("a"), Verdict::Looser, "{comparison}");
    let learner = &comparison.get("a").unwrap().gained.as_ref().unwrap().learner;
    assert!(learner.awards.is_empty() && learner.as_of < "2024-01-01".parse().unwrap(), "{learner}");
    assert_eq!(compare(&texts[1], &texts[0]).verdict("a"), Verdict::Stricter);
}

/// What was renewed by another award is current where that is stated, and has lapsed where it is not (semantics 3.9).
#[test]
fn a_renewal_by_another_makes_looser() {
    let text = |renews: &str, rule: &str| {
        with(&format!(
            "[credential.base]\nvalid_for = '1 year'\n[credential.high]\n{renews}\n[credential.x]\nstack = {rule}\n\
             [credential.y]\nstack = {{ all_of = ['x', 'b'] }}\n"
        ))
    };
    for rule in ["'base'", "{ all_of = ['a', 'base'] }"] {
        let texts = ["renews = ['base']", ""].map(|renews| text(renews, rule));
        let comparison = compare(&texts[0], &texts[1]);
        for id in ["x", "y"] {
            assert_eq!(comparison.verdict(id), Verdict::Stricter, "{id} by {rule}");
            let learner = &comparison.get(id).unwrap().lost.as_ref().unwrap().learner;
            let meets = texts.each_ref().map(|text| {
                let catalog = Catalog::parse("c", text).unwrap();
                let record = learner.record(&catalog);
                let evaluation = catalog.evaluate(&record, learner.as_of, &EvaluateOptions::default());
                evaluation.meets_requirements(catalog.credential(id).unwrap())
            });
            assert_eq!(meets, [true, false]);
        }
        assert_eq!(compare(&texts[1], &texts[0]).verdict("y"), Verdict::Looser, "{rule}");
        assert!(compare(&texts[0], &texts[0]).is_empty());
    }
    // Where it is one option of several, whoever has it alone shows it.
    let texts = ["renews = ['base']", ""].map(|renews| text(renews, "{ any_of = ['a', 'base'] }"));
    assert_eq!(compare(&texts[0], &texts[1]).verdict("x"), Verdict::Stricter);
}

#[test]
fn a_changed_id_is_a_renaming() {
    let text = |entry: &str, rule: &str| format!("[credential]\nb = {{}}\n{entry}\n[credential.x]\nstack = {rule}\n");
    let told = |older: &str, newer: &str| {
        let comparison = compare(older, newer);
        let renamed: Vec<String> = comparison.renamed.iter().map(|r| format!("{} {}", r.older, r.newer)).collect();
        (renamed.join(", "), comparison.removed.join(", "), comparison.added.join(", "), comparison.to_string())
    };
    let older = text("sql = { title = 'SQL', credits = 5 }", "{ all_of = ['b', 'sql'] }");
    // By its further ids, whatever else is said of it.
    let newer = text("db = { title = 'Databases', credits = 5, ids = ['sql'] }", "{ all_of = ['b', 'db'] }");
    let (renamed, removed, added, shown) = told(&older, &newer);
    assert_eq!((renamed.as_str(), removed.as_str(), added.as_str()), ("sql db", "", ""));
    assert_eq!(
        shown,
        "`db` is renamed: it was `sql`\n`db`: title is Databases, was SQL\n2 unchanged, 1 with other changes only\n"
    );
    // By what is said of it: its title, and what names it.
    let alike = text("db = { title = 'SQL', credits = 5 }", "{ all_of = ['b', 'db'] }");
    let (renamed, .., shown) = told(&older, &alike);
    assert_eq!(renamed, "sql db");
    assert_eq!(shown, "`db` is renamed: it was `sql`, and records that say so are not understood\n3 unchanged\n");
    // Not if anything else differs, nor if there are two of them.
    for other in [
        text("db = { title = 'SQL', credits = 6 }", "{ all_of = ['b', 'db'] }"),
        text("db = { title = 'SQL', credits = 5 }", "{ any_of = ['b'] }"),
        text("db = { title = 'SQL', credits = 5 }\nde = { title = 'SQL', credits = 5 }", "{ all_of = ['b', 'db'] }"),
        text("db = { ids = ['sql'] }\n[credential.sql]", "{ all_of = ['b', 'db'] }").replace("ids = ['sql']", ""),
    ] {
        assert_eq!(told(&older, &other).0, "", "{other}");
    }
    // By what names it alone, or by its title alone; not if it asks for something else.
    assert_eq!(
        told(&text("sql = {}", "{ all_of = ['b', 'sql'] }"), &text("db = {}", "{ all_of = ['b', 'db'] }")).0,
        "sql db"
    );
    assert_eq!(told("[credential]\na = { title = 'A' }\n", "[credential]\nz = { title = 'A' }\n").0, "a z");
    let asking = |id: &str, asks: &str| text(&format!("{id} = {{ title = 'SQL', {asks} = 'b' }}"), &format!("'{id}'"));
    assert_eq!(told(&asking("sql", "stack"), &asking("db", "stack")).0, "sql db");
    assert_eq!(told(&asking("sql", "stack"), &asking("db", "prerequisite")).0, "");
    // What is named by nothing and has no title could be anything.
    assert_eq!(told("[credential]\na = {}\n", "[credential]\nz = {}\n").0, "");
    // Two that become one are not renamed.
    let two = text("sql = {}\nql = {}", "'b'");
    assert_eq!(told(&two, &text("db = { ids = ['sql', 'ql'] }", "'b'")).0, "");
}

/// What a renamed credential asks for is compared under its new name, with learners whom both versions understand; and
/// who holds it under its old name loses nothing where that is known.
#[test]
fn renamed_credentials_are_compared() {
    let text = |id: &str, ids: &str, stack: &str| {
        with(&format!("[credential.{id}]\nids = [{ids}]\nstack = {stack}\n[credential.y]\nstack = '{id}'\n"))
    };
    let texts = [text("old", "", "{ any_of = ['a', 'b'] }"), text("new", "'old'", "'a'")];
    let comparison = compare(&texts[0], &texts[1]);
    assert_eq!(
        comparison.to_string(),
        "`new` asks for more: its stack asks for `a` (line 15, was line 15)\n  a learner with b met the requirements \
         of \
         `new` and does not any more\n  concerns: new, y\n`new` is renamed: it was `old`\n\
         `new`: stack is `a` (line 15), was any of `a`, `b` (line 15)\n6 unchanged, 2 stricter\n"
    );
    // `y` rests on it: somebody who holds it has `y` in both versions.
    let [older, newer] = texts.map(|text| Catalog::parse("c", &text).unwrap());
    let date = "2026-11-25".parse().unwrap();
    let records = [("ada", LearnerRecord::from_iter(["old"])), ("bob", LearnerRecord::from_iter(["b"]))];
    let impact = older.impact(&newer, records, date, &ImpactOptions::default());
    let affected: Vec<String> = impact
        .groups
        .iter()
        .flat_map(|group| group.affected.iter().map(|affected| format!("{} {}", affected.learner, affected.credential)))
        .collect();
    assert_eq!(affected, ["bob new", "bob y"]);
    // A learner who holds a renamed credential is a record of either version.
    let rule = |id: &str, ids: &str, more: &str| {
        with(&format!("[credential.{id}]\nids = [{ids}]\n[credential.z]\nstack = {{ all_of = ['{id}'{more}] }}\n"))
    };
    let texts = [rule("old", "", ""), rule("new", "'old'", ", 'a'")];
    let comparison = compare(&texts[0], &texts[1]);
    let learner = &comparison.get("z").unwrap().lost.as_ref().unwrap().learner;
    assert_eq!(
        (learner.to_string().as_str(), learner.awards[0].older_id.as_deref()),
        ("a learner with new", Some("old"))
    );
    // Its awards are named as each catalog does, and as the newer version does where neither name is known.
    let named = |text: &str| learner.record(&Catalog::parse("c", text).unwrap()).awards[0].credential.clone();
    assert_eq!([&texts[0], &texts[1], "[credential.a]"].map(named), ["old", "new", "new"]);
    let meets = texts.map(|text| {
        let catalog = Catalog::parse("c", &text).unwrap();
        let record = learner.record(&catalog);
        catalog
            .evaluate(&record, date, &EvaluateOptions::default())
            .meets_requirements(catalog.credential("z").unwrap())
    });
    assert_eq!(meets, [true, false]);
}

#[test]
fn without_work_nothing_is_claimed() {
    let rule = |n: u32| with(&format!("[credential.x]\nstack = {{ at_least = {n}, from = ['a', 'b', 'c', 'd'] }}\n"));
    let [older, newer] = [rule(2), rule(3)].map(|text| Catalog::parse("catalog.toml", &text).unwrap());
    let options = CompareOptions::default().work(0);
    let comparison = older.compare(&newer, &options);
    assert_eq!(comparison.verdict("x"), Verdict::Undecided);
    assert_eq!(comparison.undecided().count(), 1);
    // What is written the same is unchanged without a search.
    assert!(older.compare(&older, &options).is_empty());
}

#[test]
fn learners_who_lose_are_told_what_wins_it_back() {
    let base = "[credential]\na = { cost = 100 }\nb = { cost = 20 }\nc = { cost = 50 }\n";
    let older = Catalog::parse(
        "older.toml",
        &format!("{base}x = {{ stack = 'a' }}\ny = {{ stack = 'x' }}\nold = {{ stack = 'a' }}\n"),
    )
    .unwrap();
    let rule = "x = { stack = { all_of = ['a', { any_of = ['b', 'c'] }] } }\ny = { stack = 'x' }\n";
    let newer = Catalog::parse("newer.toml", &format!("{base}{rule}new = {{ stack = 'c' }}\n")).unwrap();
    let mut issued = LearnerRecord::from_iter(["a"]);
    issued.awards.push(Award::new("x"));
    let records = [
        ("ada", LearnerRecord::from_iter(["a"])),
        ("bob", LearnerRecord::from_iter(["a", "c"])),
        ("eve", issued),
        ("dan", LearnerRecord::from_iter(["b"])),
    ];
    let impact = older.impact(&newer, records, "2026-11-25".parse().unwrap(), &ImpactOptions::default());
    assert_eq!(
        impact.to_string(),
        "`old` is removed\n  3 of 4 learners lose by it\n    ada: old\n    bob: old\n    eve: old\n\
         `x` asks for more: its stack asks for any of `b`, `c` (line 5, new)\n  1 of 4 learners lose by it\n    \
         ada: x, won back by b, x (cost 20, 0 hours)\n    \
         ada: y, won back by b, x, y (cost 20, 0 hours)\n\
         `new` is added\n  1 of 4 learners gain by it\n    bob: new\n"
    );
}

#[test]
fn findings_are_told_apart_by_what_they_say_and_not_by_where() {
    let text = "credential.a = { stack = { all_of = [] } }";
    let [one, other] = [text.to_owned(), format!("# moved\n{text}")].map(|text| Catalog::parse("c", &text).unwrap());
    let [one, other] = [one, other].map(|catalog| catalog.check(&credpath::CheckOptions::default()));
    let changes = compare_findings(&one, &other);
    assert!(changes.new.is_empty() && changes.fixed.is_empty() && changes.complete);
    assert_eq!(changes.known, one.as_slice().len());
    // Faults of an input are told apart as well.
    let faults = |text: &str| Catalog::parse("c", text).unwrap_err().report().clone();
    let one = faults("credential.a = { stack = 'nobody' }\ncredential.b = { stack = 'nothing' }");
    let other = faults("# moved\ncredential.b = { stack = 'nothing' }\ncredential.c = { stack = 'nowhere' }");
    let changes = compare_findings(&one, &other);
    let keys = |list: &[&credpath::Diagnostic]| list.iter().map(|finding| finding.key()).collect::<Vec<_>>();
    assert_eq!(keys(&changes.new), ["unknown-credential \"c\" \"the catalog has no credential `nowhere`\""]);
    assert_eq!(keys(&changes.fixed), ["unknown-credential \"a\" \"the catalog has no credential `nobody`\""]);
    assert_eq!((changes.known, changes.complete), (1, true));
}
