//! Random catalogs as data: the two readers of a text read the same document, which has the same meaning.

use credpath::{Catalog, CatalogDocument, EvaluateOptions, LearnerRecord, RequirementDocument, RequirementKind};
use proptest::prelude::*;

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
        let (one, two) = (read.evaluate(&record, day, &EvaluateOptions::default()), compiled.evaluate(&record, day, &EvaluateOptions::default()));
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
