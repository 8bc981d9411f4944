//! What is written and read again is unchanged, or it was said what is lost.

use std::collections::BTreeSet;

use credpath::catalogs::{
    from_badgr, from_ctdl, from_curriculum, from_table, to_badgr, to_ctdl, to_curriculum, to_table,
};
use credpath::rules::{all_of, any_of, at_least};
use credpath::{
    CatalogDocument, Compared, CourseTableOptions, CredentialDocument, CurriculumOptions, Exported, Imported,
    InvalidImport, PathwayOptions, RequirementDocument, Separator, TableFormat, Verdict,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::reference::generate::{case, cases};
use crate::reference::write::write_catalog;
use crate::{compared, compiled, fixture, value};

/// A format, out and in again.
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) out: fn(&CatalogDocument) -> Exported,
    pub(crate) back: fn(&[u8]) -> Result<Imported<CatalogDocument>, InvalidImport>,
}

pub(crate) const WAYS: [Way; 4] = [
    Way {
        name: "table",
        out: |document| to_table(document, Separator::Semicolon),
        back: |bytes| {
            let format = TableFormat::default().separator(Separator::Semicolon);
            from_table("t.csv", bytes, &CourseTableOptions::default().format(format))
        },
    },
    Way {
        name: "curriculum",
        out: |document| to_curriculum(document, None),
        back: |bytes| from_curriculum("c.csv", bytes, &CurriculumOptions::default()),
    },
    Way {
        name: "ctdl",
        out: |document| to_ctdl(document, ""),
        back: |bytes| from_ctdl("p.json", bytes, &PathwayOptions::default().unstated_is_all(true)),
    },
    Way { name: "badgr", out: to_badgr, back: |bytes| from_badgr("p.json", bytes, &PathwayOptions::default()) },
];

/// The credentials that something was lost of, and all that rest on them; everything, if something was lost of the
/// whole that changes answers.
fn touched(document: &CatalogDocument, exported: &Exported) -> BTreeSet<String> {
    let catalog = compiled(document);
    let says_nothing = ["catalog.title", "catalog.version", "catalog.currency", "catalog.credit_unit"];
    let is_of_all = |place: &str| !place.starts_with("credential.") && !says_nothing.contains(&place);
    let of = |id: &str| {
        let key =
            |quoted: &str| exported.losses.iter().any(|loss| loss.place.starts_with(&format!("credential.{quoted}.")));
        key(id) || key(&format!("{id:?}")) || exported.losses.iter().any(|loss| is_of_all(&loss.place))
    };
    let mut touched: BTreeSet<String> = document.credentials.keys().filter(|id| of(id)).cloned().collect();
    loop {
        let before = touched.len();
        for edge in catalog.edges() {
            if touched.contains(&edge.named) {
                touched.insert(edge.of);
            }
        }
        let owners = |credential: &CredentialDocument| credential.counts_as.clone();
        for (id, credential) in &document.credentials {
            if touched.contains(id) {
                touched.extend(owners(credential));
            }
        }
        if touched.len() == before {
            return touched;
        }
    }
}

/// Whether learners, or readers, are told something else: groups of one part may be written as that, and courses of a
/// curriculum have numbers.
fn differs(changed: &Compared, way: &str) -> bool {
    let is_wording = |field: &str| {
        matches!(field, "prerequisite" | "corequisite" | "stack")
            || (way == "curriculum" && matches!(field, "ids" | "title" | "credits"))
    };
    changed.verdict != Verdict::Unchanged || changed.fields.iter().any(|change| !is_wording(&change.field))
}

/// That whatever differs after the way out and back was named.
fn comes_back(way: &Way, document: &CatalogDocument) -> Result<(), TestCaseError> {
    let exported = (way.out)(document);
    let touched = touched(document, &exported);
    let back = match (way.back)(exported.text.as_bytes()) {
        Ok(back) => back.value,
        // What was lost of a credential may leave a text that is refused.
        Err(error) => {
            prop_assert!(!touched.is_empty(), "{}: {}\n{}", way.name, error, exported.text);
            return Ok(());
        }
    };
    let Ok(_) = credpath::Catalog::compile(&back) else {
        prop_assert!(!touched.is_empty(), "{}\n{}", way.name, exported.text);
        return Ok(());
    };
    let comparison = compared(document, &back);
    for renamed in &comparison.renamed {
        let by_number = way.name == "curriculum" && renamed.accepted;
        prop_assert!(by_number || touched.contains(&renamed.older), "{}: {:?}", way.name, renamed);
    }
    prop_assert!(comparison.removed.iter().all(|id| touched.contains(id)), "{}: {}", way.name, comparison);
    prop_assert!(comparison.added.is_empty() || !touched.is_empty(), "{}: {}", way.name, comparison);
    let renamed = |id: &String| {
        let renamed = comparison.renamed.iter().find(|renamed| renamed.newer == *id);
        renamed.map_or(id.clone(), |renamed| renamed.older.clone())
    };
    for changed in &comparison.changed {
        prop_assert!(
            !differs(changed, way.name) || touched.contains(&renamed(&changed.credential)),
            "{}: {:?}\n{}\n{}\n{:?}",
            way.name,
            changed,
            document.to_toml(),
            exported.text,
            exported.losses
        );
    }
    Ok(())
}

/// Groups that every format but the curriculum has.
fn a_group(most: usize) -> impl Strategy<Value = RequirementDocument> {
    let leaf = move || (0..most).prop_map(|number| RequirementDocument::from(format!("t{number}").as_str()));
    let parts = move || vec(leaf(), 1..4);
    let flat = prop_oneof![
        leaf(),
        parts().prop_map(all_of),
        parts().prop_map(any_of),
        (parts(), 1_u32..4).prop_map(|(parts, needed)| at_least(needed.min(parts.len() as u32)).from(parts)),
    ];
    flat.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(all_of),
            vec(inner.clone(), 1..4).prop_map(any_of),
            (vec(inner, 1..4), 1_u32..4)
                .prop_map(|(parts, needed)| at_least(needed.min(parts.len() as u32)).from(parts)),
        ]
    })
}

/// A document that is all a pathway: taken credentials, and stacks of them.
fn a_pathway() -> impl Strategy<Value = CatalogDocument> {
    let stacks = btree_map("(s|s t|é)[0-9]", a_group(4), 1..4);
    (stacks, vec(proptest::option::of(0_u16..9), 4)).prop_map(|(stacks, credits)| {
        let mut document = CatalogDocument::default();
        for (number, credits) in credits.into_iter().enumerate() {
            let mut taken = CredentialDocument::default();
            taken.credits = credits.map(Into::into);
            taken.title = credits.map(|credits| format!("Course, \"{credits}\""));
            document.credentials.insert(format!("t{number}"), taken);
        }
        for (id, stack) in stacks {
            let mut stacked = CredentialDocument::default();
            stacked.stack = Some(stack);
            document.credentials.insert(id, stacked);
        }
        document
    })
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn whatever_does_not_come_back_was_named(case in case()) {
        let document = CatalogDocument::parse("c", &write_catalog(&case.catalog, None)).unwrap();
        for way in &WAYS {
            comes_back(way, &document)?;
        }
    }

    #[test]
    fn a_pathway_comes_back_from_a_table_and_from_ctdl(document in a_pathway()) {
        for way in &WAYS {
            comes_back(way, &document)?;
        }
        for way in [&WAYS[0], &WAYS[2]] {
            let exported = (way.out)(&document);
            prop_assert_eq!(&exported.losses, &[]);
            let back = (way.back)(exported.text.as_bytes()).unwrap();
            prop_assert_eq!(back.losses, []);
            let comparison = compared(&document, &back.value);
            prop_assert!(comparison.changed.iter().all(|changed| !differs(changed, way.name)), "{}", comparison);
            prop_assert!(comparison.added.is_empty() && comparison.removed.is_empty() && comparison.renamed.is_empty());
            // And once more, nothing changes.
            let again = (way.back)((way.out)(&back.value).text.as_bytes()).unwrap();
            let comparison = compared(&back.value, &again.value);
            prop_assert!(comparison.changed.iter().all(|changed| !differs(changed, way.name)), "{}", comparison);
        }
    }
}

#[test]
fn fixtures_come_back() {
    let (table, _) = value(from_table("c", &fixture("courses.csv"), &CourseTableOptions::default()));
    let exported = to_table(&table, Separator::Bar);
    assert_eq!(exported.losses, []);
    let format = TableFormat::default().separator(Separator::Bar);
    let back = from_table("c", exported.text.as_bytes(), &CourseTableOptions::default().format(format));
    assert_eq!(value(back).0, table);

    let (mut curriculum, _) = value(from_curriculum("c", &fixture("curriculum.csv"), &CurriculumOptions::default()));
    let exported = to_curriculum(&curriculum, None);
    assert_eq!(exported.losses, []);
    let back = value(from_curriculum("c", exported.text.as_bytes(), &CurriculumOptions::default())).0;
    assert_eq!(back, curriculum);
    curriculum.credentials.get_mut("6").unwrap().prerequisite = Some(any_of(["1".into(), "2".into()]));
    let losses = to_curriculum(&curriculum, Some("BS in Applied Physics")).losses;
    assert_eq!(losses.len(), 1);
    assert_eq!(losses[0].place, "credential.6.prerequisite");

    for name in ["pathway.ctdl.json", "traps.ctdl.json"] {
        let (pathway, _) = value(from_ctdl("p", &fixture(name), &PathwayOptions::default()));
        let exported = to_ctdl(&pathway, "");
        assert_eq!(exported.losses, [], "{name}");
        let back = value(from_ctdl("p", exported.text.as_bytes(), &PathwayOptions::default())).0;
        assert_eq!(back, pathway, "{name}");
    }
    let (pathway, _) = value(from_badgr("p", &fixture("pathway.badgr.json"), &PathwayOptions::default()));
    let exported = to_badgr(&pathway);
    assert_eq!(exported.losses, []);
    assert_eq!(value(from_badgr("p", exported.text.as_bytes(), &PathwayOptions::default())).0, pathway);
}

/// What pools list is written where they stand; what they make of themselves is not.
#[test]
fn pools_are_written_out() {
    let text = "[pool]\nx = { members = ['a', { pool = 'y' }] }\ny = { members = ['b', 'c'] }\n[credential]\na = {}\nb \
                = {}\nc = {}\n\
        t = { stack = { at_least = 2, from = 'x' } }\nu = { stack = { all_of = [{ pool = 'y' }, 'a'] } }\n\
        v = { stack = { at_least = 1, from = { tags = ['none'] } } }";
    let document = CatalogDocument::parse("c", text).unwrap();
    let exported = to_table(&document, Separator::Tab);
    let lines: Vec<&str> = exported.text.lines().collect();
    assert_eq!(lines[4], "t\t\t\t\t\t\t\t\t2 of (a, b, c)");
    assert_eq!(lines[5], "u\t\t\t\t\t\t\t\tb and c and a");
    assert_eq!(exported.losses.len(), 1);
    let mut circle = document.clone();
    circle.pools.insert("y".to_owned(), credpath::PoolDocument::of([credpath::rules::pool("x")]));
    assert_eq!(to_ctdl(&circle, "https://x.example/").losses.len(), 3);
    let mut doubling = CatalogDocument::default();
    for number in 0..60 {
        let next = credpath::rules::pool(format!("p{}", number + 1));
        doubling.pools.insert(format!("p{number}"), credpath::PoolDocument::of([next.clone(), next]));
    }
    doubling.pools.insert("p60".to_owned(), credpath::PoolDocument::of(["a"]));
    let mut target = CredentialDocument::default();
    target.stack = Some(at_least(1).from(credpath::rules::pool("p0")));
    doubling.credentials.insert("t".to_owned(), target);
    for way in &WAYS {
        let losses = (way.out)(&doubling).losses;
        assert!(losses.iter().any(|loss| loss.what.contains("too large")), "{}: {losses:?}", way.name);
    }
}

/// Two of a component and itself are more than there is, and all of them are not.
#[test]
fn parts_that_are_the_same_stay_what_they_are() {
    for (stack, back) in [
        (
            at_least(2).from(["a", "a"].map(RequirementDocument::from)),
            at_least(2).from(["a", "a"].map(RequirementDocument::from)),
        ),
        (all_of(["a".into(), "a".into()]), all_of(["a".into(), "a".into()])),
        (
            at_least(2).from(["a".into(), at_least(1).from(["a"].map(RequirementDocument::from))]),
            at_least(2).from(["a".into(), all_of(["a".into()])]),
        ),
        (
            at_least(2).from(["a", "b"].map(RequirementDocument::from)),
            at_least(2).from(["a", "b"].map(RequirementDocument::from)),
        ),
    ] {
        let mut document = CatalogDocument::parse("c", "credential = { a = {}, b = {}, t = {} }").unwrap();
        document.credentials.get_mut("t").unwrap().stack = Some(stack);
        let written = to_ctdl(&document, "").text;
        let read = value(from_ctdl("p", written.as_bytes(), &PathwayOptions::default())).0;
        assert_eq!(read.credentials["t"].stack, Some(back));
        for way in [&WAYS[0], &WAYS[2]] {
            let read = value((way.back)((way.out)(&document).text.as_bytes())).0;
            assert_eq!(compared(&document, &read).verdict("t"), Verdict::Unchanged, "{}", way.name);
        }
    }
}

/// What is left of a rule of which a part was lost can be read.
#[test]
fn what_is_left_of_a_rule_is_read() {
    let (table, _) = value(from_table("c", &fixture("courses.csv"), &CourseTableOptions::default()));
    let exported = to_ctdl(&table, "https://x.example/");
    assert!(exported.losses.iter().any(|loss| loss.place == "credential.minor.stack"), "{:?}", exported.losses);
    let (read, losses) = value(from_ctdl("p", exported.text.as_bytes(), &PathwayOptions::default()));
    assert_eq!(losses, [] as [&str; 0]);
    let courses = ["MATH 101", "MATH 102", "STAT 200"].map(RequirementDocument::from);
    assert_eq!(read.credentials["minor"].stack, Some(all_of(["PHYS 101".into(), at_least(2).from(courses)])));
    let mut sums = CatalogDocument::parse("c", "credential = { a = { credits = 3 }, t = {} }").unwrap();
    let sum = credpath::rules::credits(3).from(["a"].map(RequirementDocument::from));
    sums.credentials.get_mut("t").unwrap().stack = Some(all_of([sum]));
    let exported = to_ctdl(&sums, "");
    assert_eq!(exported.losses.len(), 1);
    assert!(!exported.text.contains("hasCondition"), "{}", exported.text);
}
