//! Random catalogs as data: the two readers of a text read the same document, which has the same meaning.

use credpath::{
    Catalog, CatalogCompiler, CatalogDocument, EvaluateOptions, LearnerRecord, Limits, RequirementDocument,
    RequirementKind,
};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::reference::generate::{case, cases};
use crate::reference::write::{write_catalog, write_record};

/// How many ids a requirement names in the text, the members of pools and filters aside.
fn named(requirement: &RequirementDocument, ids: &mut Vec<String>) {
    match &requirement.kind {
        RequirementKind::Credential(id) => ids.push(id.clone()),
        RequirementKind::AllOf(parts) | RequirementKind::AnyOf(parts) => {
            parts.iter().for_each(|part| named(part, ids));
        }
        RequirementKind::AtLeast { from, .. }
        | RequirementKind::Credits { from, .. }
        | RequirementKind::Hours { from, .. }
        | RequirementKind::UpTo { from, .. } => {
            if let credpath::MembersDocument::List(parts) = from {
                parts.iter().for_each(|part| named(part, ids));
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn a_document_is_its_text(case in case()) {
        let text = write_catalog(&case.catalog, None);
        let read = Catalog::parse("c", &text).unwrap();
        let document = CatalogDocument::parse("c", &text).unwrap();
        prop_assert_eq!(&read.document().unwrap(), &document);
        let written = document.to_toml();
        let again = CatalogDocument::parse("c", &written).unwrap();
        prop_assert_eq!(&again, &document);
        prop_assert_eq!(again.to_toml(), written);
        let json = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(&serde_json::from_str::<CatalogDocument>(&json).unwrap(), &document);

        let compiled = Catalog::compile(&document).unwrap();
        prop_assert_eq!(read.fingerprint(), compiled.fingerprint());
        let record = LearnerRecord::parse("r", &write_record(&case.record, None)).unwrap();
        let day = format!("{:04}-{:02}-{:02}", case.as_of.year, case.as_of.month, case.as_of.day).parse().unwrap();
        let (one, two) = (
            read.evaluate(&record, day, &EvaluateOptions::default()),
            compiled.evaluate(&record, day, &EvaluateOptions::default()),
        );
        for (id, credential) in read.credentials() {
            prop_assert_eq!(&credential.id, &compiled.get(id).id);
            prop_assert_eq!(one.status(id), two.status(id));
            prop_assert_eq!(one.valid_until(id), two.valid_until(id));
            let parts = |audit: credpath::Audit| {
                audit.rules().map(|part| (part.state, part.have.to_string(), part.need.to_string())).collect::<Vec<_>>()
            };
            prop_assert_eq!(parts(one.audit(id)), parts(two.audit(id)));
        }
        prop_assert_eq!(read.edges(), compiled.edges());
        for (id, credential) in &document.credentials {
            let edges = read.requires(read.credential(id).unwrap());
            let mut ids = Vec::new();
            for rule in [&credential.prerequisite, &credential.corequisite, &credential.stack] {
                rule.iter().for_each(|rule| named(rule, &mut ids));
            }
            for named in ids {
                prop_assert!(edges.iter().any(|edge| edge.named == named), "{} of {}", named, id);
                let number = read.credential(&named).unwrap();
                prop_assert!(read.required_by(number).iter().any(|edge| edge.of == *id));
            }
        }
    }
}

/// An edit of a document: of which credential, with what of which other one, and what of it.
#[derive(Debug, Clone)]
struct Edit {
    of: Index,
    with: Index,
    kind: EditKind,
    /// Whether it is taken back even if the document is still sound.
    is_undone: bool,
}

#[derive(Debug, Clone, Copy)]
enum EditKind {
    Everything,
    Stack,
    Prerequisite,
    NoRules,
    Cost,
    Issuer,
    FurtherId,
    Depth,
    Removed,
    Added,
    Pools,
    Sharing,
    Header,
}

impl EditKind {
    const ALL: [Self; 13] = [
        Self::Everything,
        Self::Stack,
        Self::Prerequisite,
        Self::NoRules,
        Self::Cost,
        Self::Issuer,
        Self::FurtherId,
        Self::Depth,
        Self::Removed,
        Self::Added,
        Self::Pools,
        Self::Sharing,
        Self::Header,
    ];
}

fn edit() -> impl Strategy<Value = Edit> {
    let kind = prop::sample::select(EditKind::ALL.to_vec());
    (any::<Index>(), any::<Index>(), kind, any::<bool>()).prop_map(|(of, with, kind, is_undone)| Edit {
        of,
        with,
        kind,
        is_undone,
    })
}

/// Edits a document with what another one has.
fn apply(edit: &Edit, document: &mut CatalogDocument, other: &CatalogDocument) {
    let ids: Vec<String> = document.credentials.keys().cloned().collect();
    let others: Vec<_> = other.credentials.values().collect();
    if ids.is_empty() || others.is_empty() {
        return;
    }
    let (id, with) = (edit.of.get(&ids), *edit.with.get(&others));
    let credential = document.credentials.get_mut(id).expect("its id was listed");
    match edit.kind {
        EditKind::Everything => *credential = with.clone(),
        EditKind::Stack => credential.stack.clone_from(&with.stack),
        EditKind::Prerequisite => credential.prerequisite.clone_from(&with.prerequisite),
        EditKind::NoRules => (credential.stack, credential.prerequisite, credential.corequisite) = (None, None, None),
        EditKind::Cost => credential.cost = if credential.cost.is_some() { None } else { Some(70.into()) },
        EditKind::Issuer => credential.issuer = Some(format!("issuer {}", edit.with.index(3))),
        EditKind::FurtherId => credential.ids.push(format!("further-{}", edit.with.index(4))),
        EditKind::Depth => {
            let within = credential.stack.take();
            let nested =
                within.map(|rule| (0..edit.with.index(70)).fold(rule, |rule, _| credpath::rules::all_of([rule])));
            credential.stack = nested;
        }
        EditKind::Removed => drop(document.credentials.remove(id)),
        EditKind::Added => drop(document.credentials.insert(format!("added-{}", edit.of.index(4)), with.clone())),
        EditKind::Pools => document.pools.clone_from(&other.pools),
        EditKind::Sharing => document.sharing.clone_from(&other.sharing),
        EditKind::Header => document.header.clone_from(&other.header),
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn what_is_edited_is_compiled_as_it_is_anew((one, other) in (case(), case()),
        edits in prop::collection::vec(edit(), 1..8),) {
        let mut document = CatalogDocument::parse("c", &write_catalog(&one.catalog, None)).unwrap();
        let other = CatalogDocument::parse("c", &write_catalog(&other.catalog, None)).unwrap();
        let record = LearnerRecord::parse("r", &write_record(&one.record, None)).unwrap();
        let day = format!("{:04}-{:02}-{:02}", one.as_of.year, one.as_of.month, one.as_of.day).parse().unwrap();
        let mut compiler = CatalogCompiler::new(&Limits::default());
        compiler.compile(&document).unwrap();
        for edit in edits {
            let before = document.clone();
            apply(&edit, &mut document, &other);
            let is_sound = match (compiler.compile(&document), Catalog::compile(&document)) {
                (Ok(edited), Ok(anew)) => {
                    prop_assert_eq!(edited.fingerprint(), anew.fingerprint());
                    prop_assert_eq!(edited.document().unwrap(), anew.document().unwrap());
                    prop_assert_eq!(edited.edges(), anew.edges());
                    let options = EvaluateOptions::default();
                    let (one, two) = (edited.evaluate(&record, day, &options), anew.evaluate(&record, day, &options));
                    for (id, credential) in edited.credentials() {
                        prop_assert_eq!(&credential.id, &anew.get(id).id);
                        prop_assert_eq!(one.audit(id).to_string(), two.audit(id).to_string());
                    }
                    true
                }
                (Err(edited), Err(anew)) => {
                    prop_assert_eq!(edited.to_string(), anew.to_string());
                    false
                }
                (edited, anew) => {
                    let told = format!("edited: {:?}, anew: {:?}", edited.err(), anew.err());
                    return Err(TestCaseError::fail(told));
                }
            };
            if edit.is_undone || !is_sound {
                document = before;
            }
        }
    }
}
