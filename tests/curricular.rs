//! Metrics of curricula against values that were worked by hand from the published definitions, and those that the
//! toolbox of the definitions, CurricularAnalytics.jl, expects of its own test curricula.

#![allow(clippy::pedantic, reason = "tests read best as plain statements")]

use credpath::{Catalog, CurricularMetrics};
use proptest::prelude::*;

fn metrics(text: &str) -> CurricularMetrics {
    Catalog::parse("c", text).unwrap().curricular_metrics(None).unwrap()
}

/// Blocking, delay, centrality and complexity of each course, in the order of ids.
fn values(metrics: &CurricularMetrics) -> Vec<[u64; 4]> {
    let of = |course: &credpath::CourseMetrics| {
        [course.blocking, course.delay, course.centrality.unwrap(), course.complexity]
    };
    metrics.courses.iter().map(of).collect()
}

#[test]
fn small_curricula_have_the_values_worked_by_hand() {
    // One gateway: a before b and c, b before d.
    let gateway = metrics(
        "credential = { a = {}, b = { prerequisite = 'a' }, c = { prerequisite = 'a' }, d = { prerequisite = 'b' } }",
    );
    assert_eq!(values(&gateway), [[3, 3, 0, 6], [1, 3, 3, 4], [0, 2, 0, 2], [0, 3, 0, 3]]);
    assert_eq!((gateway.blocking, gateway.delay, gateway.centrality, gateway.complexity), (4, 11, Some(3), 15));
    assert_eq!(gateway.longest, ["a", "b", "d"]);
    // Two ways in: a and b before c, c before d.
    let two = metrics(
        "credential = { a = {}, b = {}, c = { prerequisite = { all_of = ['a', 'b'] } }, d = { prerequisite = 'c' } }",
    );
    assert_eq!(values(&two), [[2, 3, 0, 5], [2, 3, 0, 5], [1, 3, 6, 4], [0, 3, 0, 3]]);
    assert_eq!(two.complexity, 17);
    // A course that nothing has to do with: the length of its chain is one.
    assert_eq!(values(&metrics("credential.a = {}")), [[0, 1, 0, 1]]);
    // A diamond, with a corequisite for one of its arrows: two chains of three through neither of its sides.
    let diamond = metrics(
        "credential = { a = {}, b = { prerequisite = 'a' }, c = { corequisite = 'a' }, d = { prerequisite = { all_of = \
         ['b', 'c'] } }, \
         e = { prerequisite = 'd' } }",
    );
    assert_eq!(values(&diamond), [[4, 4, 0, 8], [2, 4, 4, 6], [2, 4, 4, 6], [1, 4, 8, 5], [0, 4, 0, 4]]);
    // An arrow that jumps over a course makes a further, shorter chain.
    let jump = metrics(
        "credential = { a = {}, b = { prerequisite = 'a' }, c = { prerequisite = { all_of = ['a', 'b'] } }, d = { \
         prerequisite = 'c' } }",
    );
    assert_eq!(values(&jump), [[3, 4, 0, 7], [2, 4, 4, 6], [1, 4, 7, 5], [0, 4, 0, 4]]);
}

/// Curricula of the shapes that the toolbox tests with, and the values that its tests expect, in their newest edition:
/// older ones had a delay of 4 where the longest chain through the course has five.
#[test]
fn the_published_test_curricula_have_the_published_values() {
    let eight = metrics(
        "credential = { a = {}, b = {}, c = { prerequisite = { all_of = ['a', 'b'] }, corequisite = 'd' }, d = {}, \
         e = { prerequisite = 'c' }, f = { prerequisite = 'd' }, g = {}, h = {} }",
    );
    let due = [
        [2, 3, 0, 5],
        [2, 3, 0, 5],
        [1, 3, 9, 4],
        [3, 3, 0, 6],
        [0, 3, 0, 3],
        [0, 2, 0, 2],
        [0, 1, 0, 1],
        [0, 1, 0, 1],
    ];
    assert_eq!(values(&eight), due);
    assert_eq!((eight.blocking, eight.delay, eight.centrality, eight.complexity), (8, 19, Some(9), 27));
    let seven = metrics(
        "credential = { a = {}, b = { corequisite = 'a' }, c = { prerequisite = 'a' }, \
         d = { prerequisite = 'b', corequisite = 'c' }, e = { prerequisite = 'c' }, \
         f = { prerequisite = { all_of = ['d', 'g'] } }, g = { corequisite = 'd' } }",
    );
    let due = [[6, 5, 0, 11], [3, 5, 9, 8], [4, 5, 12, 9], [2, 5, 18, 7], [0, 3, 0, 3], [0, 5, 0, 5], [1, 5, 10, 6]];
    assert_eq!(values(&seven), due);
    assert_eq!((seven.blocking, seven.delay, seven.centrality, seven.complexity), (16, 33, Some(49), 49));
    let diamond = metrics(
        "credential = { a = {}, b = { prerequisite = 'a' }, c = { prerequisite = 'a' }, \
         d = { prerequisite = { all_of = ['b', 'c'] } } }",
    );
    assert_eq!((diamond.delay, diamond.courses.iter().all(|course| course.delay == 3)), (12, true));
}

#[test]
fn what_is_begun_together_is_one_arrow() {
    let strict = metrics(
        "credential = { lab = { corequisite = 'lecture' }, lecture = { corequisite = 'lab' }, next = { prerequisite = \
         'lecture' } }",
    );
    assert_eq!(values(&strict), [[2, 3, 0, 5], [1, 3, 3, 4], [0, 3, 0, 3]]);
    assert_eq!(strict.longest, ["lab", "lecture", "next"]);
}

/// Whatever is conferred stands for what earns it, and only as a requisite.
#[test]
fn conferred_requisites_are_what_earns_them() {
    let text = "credential = { a = {}, b = {}, first = { stack = { all_of = ['a', 'b'] } }, c = { prerequisite = \
                'first' }, \
        d = { prerequisite = 'c' }, degree = { stack = { all_of = ['first', 'c'] } }, f = {} }";
    let catalog = Catalog::parse("c", text).unwrap();
    let all = catalog.curricular_metrics(None).unwrap();
    assert_eq!(values(&all), [[2, 3, 0, 5], [2, 3, 0, 5], [1, 3, 6, 4], [0, 3, 0, 3], [0, 1, 0, 1]]);
    assert_eq!(all.longest, ["a", "c", "d"]);
    let degree = catalog.curricular_metrics(catalog.credential("degree")).unwrap();
    assert_eq!(values(&degree), [[1, 2, 0, 3], [1, 2, 0, 3], [0, 2, 0, 2]]);
}

#[test]
fn circles_have_no_metrics() {
    for (text, ids) in [
        (
            "credential = { a = { prerequisite = 'c' }, b = { corequisite = 'a' }, c = { prerequisite = 'b' }, d = {} \
             }",
            &["a", "b", "c"][..],
        ),
        ("credential = { a = { prerequisite = 'a' } }", &["a"]),
        ("credential = { a = { prerequisite = 'd' }, d = { stack = { all_of = ['a', 'b'] } }, b = {} }", &["a", "d"]),
    ] {
        let circle = Catalog::parse("c", text).unwrap().curricular_metrics(None).unwrap_err();
        assert_eq!(circle.ids, ids);
    }
}

/// Chains that double at every step are too many to be counted; all else is.
#[test]
fn what_cannot_be_counted_is_none() {
    let mut text = "[credential]\na000 = {}\nb000 = {}\n".to_owned();
    for step in 1..200 {
        let before = step - 1;
        for side in ["a", "b"] {
            text +=
                &format!("{side}{step:03} = {{ prerequisite = {{ all_of = ['a{before:03}', 'b{before:03}'] }} }}\n");
        }
    }
    let metrics = metrics(&text);
    assert_eq!(metrics.centrality, None);
    assert_eq!((metrics.courses[0].blocking, metrics.courses[0].delay), (398, 200));
    assert_eq!(metrics.courses[0].centrality, Some(0));
    assert_eq!(metrics.courses[100].centrality, None);
    assert_eq!(metrics.blocking, 2 * (1..200).map(|step| 2 * step).sum::<u64>());
}

/// All chains of a graph, each from a course that requires nothing on.
fn chains(after: &[Vec<usize>], is_first: &[bool]) -> Vec<Vec<usize>> {
    let mut open: Vec<Vec<usize>> = (0..after.len()).filter(|&at| is_first[at]).map(|at| vec![at]).collect();
    let mut done = Vec::new();
    while let Some(chain) = open.pop() {
        let last = *chain.last().unwrap();
        if after[last].is_empty() {
            done.push(chain.clone());
        }
        open.extend(after[last].iter().map(|&next| [&chain[..], &[next]].concat()));
    }
    done
}

proptest! {
    /// Against the definitions, chain by chain.
    #[test]
    fn random_curricula_are_measured_as_defined(
        arrows in proptest::collection::btree_set((0_usize..9, 0_usize..9), 0..16),
    ) {
        let arrows: Vec<(usize, usize)> = arrows.into_iter().filter(|(from, to)| from < to).collect();
        let mut text = "[credential]\n".to_owned();
        let mut after = vec![Vec::new(); 9];
        let mut is_first = [true; 9];
        for course in 0..9 {
            let before: Vec<String> =
                arrows.iter().filter(|(_, to)| *to == course).map(|(from, _)| format!("'c{from}'")).collect();
            is_first[course] = before.is_empty();
            after[course] = arrows.iter().filter(|(from, _)| *from == course).map(|(_, to)| *to).collect();
            let rule = if before.is_empty() {
                String::new()
            } else {
                format!(
                    "prerequisite = {{ all_of = [{}] \
                }}",
                    before.join(", ")
                )
            };
            text += &format!("c{course} = {{ {rule} }}\n");
        }
        let chains = chains(&after, &is_first);
        let found = values(&metrics(&text));
        for course in 0..9 {
            let mut reached = std::collections::BTreeSet::new();
            let mut open = after[course].clone();
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(&after[next]);
                }
            }
            let through = || chains.iter().filter(|chain| chain.contains(&course)).map(Vec::len);
            let delay = through().max().unwrap() as u64;
            let is_end = is_first[course] || after[course].is_empty();
            let central = if is_end { 0 } else { through().sum::<usize>() as u64 };
            let blocking = reached.len() as u64;
            prop_assert_eq!(found[course], [blocking, delay, central, blocking + delay]);
        }
    }
}
