//! The notes of an audit: what stands beside the verdict and could be overlooked.

use std::collections::BTreeSet;

use crate::audit::audit::Note;
use crate::audit::explain::Auditor;
use crate::evaluate::evaluation::Status;
use crate::evaluate::outcome::Filled;
use crate::evaluate::usable::Usable;
use crate::evaluate::witness::Rested;
use crate::record::exception::Exception;
use crate::record::record::{Award, AwardStatus};
use crate::value::ids::CredentialId;

impl Auditor<'_, '_> {
    /// Remarks that a reader of the audit should know besides.
    pub(crate) fn notes(&self, id: CredentialId, rested: &[&Filled], support: &[Rested], usable: &Usable) -> Vec<Note> {
        let network = &self.catalog.network;
        let credential = self.catalog.get(id);
        let mut notes = BTreeSet::new();
        let as_of = self.evaluation.as_of;
        let issued = self.evaluation.standing.issued.iter().any(|evidence| evidence.is_award_of(id));
        let against = network.has_stack(id) && issued && !self.evaluation.meets_requirements(id);
        if against && self.evaluation.status(id) == Status::Held {
            notes.insert(Note::IssuedAgainstRules);
        }
        for rested in support.iter().filter(|rested| rested.by_qualification) {
            notes.insert(Note::NotIssued { credential: self.catalog.id(rested.credential).to_owned() });
        }
        for filled in rested {
            let evidence = &usable.progress.evidence[filled.evidence].evidence;
            let Award { credential, status, .. } = self.award_of(evidence);
            if status != AwardStatus::Completed {
                notes.insert(Note::Assumed { credential, status });
            } else if evidence.awarded.is_none() {
                notes.insert(Note::Undated { credential });
            }
        }
        for misplaced in &self.evaluation.standing.exceptions.misplaced {
            let target = match &misplaced.exception {
                Exception::Waiver(waiver) => Some(&waiver.credential),
                Exception::Substitution(substitution) => substitution.within.as_ref(),
            };
            if target.and_then(|target| self.catalog.credential(target)) == Some(id) {
                notes.insert(Note::Misplaced { misplaced: misplaced.clone() });
            }
        }
        if self.evaluation.sharing_is_limited(id) {
            notes.insert(Note::JudgedAlone);
        }
        let offered = &credential.offered;
        if !offered.contains(as_of) {
            notes.insert(match offered.opens(as_of) {
                Some(from) => Note::NotYetOffered { from, until: offered.closes(from) },
                None => Note::Closed { after: offered.last_before(as_of) },
            });
        }
        notes.into_iter().collect()
    }
}
