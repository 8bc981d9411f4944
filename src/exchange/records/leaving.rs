//! What of a record no format of others can say, and what could not be read again.

use crate::exchange::imported::Loss;
use crate::read::limits::Limits;
use crate::read::reader::{excerpt, faulty_name};
use crate::record::award::address_fault;
use crate::record::record::{Award, LearnerRecord, Verification};
use crate::value::amount::Amount;

/// An award that is to be written, and what was lost of it so far.
pub(crate) struct LeavingAward<'r> {
    pub(crate) award: &'r Award,
    /// Its path in the record.
    pub(crate) place: String,
}

impl LeavingAward<'_> {
    /// What is lost of this award.
    pub(crate) fn loss(&self, key: &str, what: impl Into<String>) -> Loss {
        let place = if key.is_empty() { self.place.clone() } else { format!("{}.{key}", self.place) };
        Loss { place, what: what.into() }
    }

    /// Its id, if it has one that could be read again.
    pub(crate) fn own_id(&self, losses: &mut Vec<Loss>) -> Option<&str> {
        let id = self.award.id.as_deref()?;
        if let Some(fault) = address_fault(id) {
            losses.push(self.loss("id", format!("it is left out: {fault}")));
            return None;
        }
        Some(id)
    }

    /// An amount, if it is one that could be read again.
    pub(crate) fn amount(&self, key: &str, amount: Option<Amount>, losses: &mut Vec<Loss>) -> Option<Amount> {
        let large = amount.filter(|&amount| amount > Amount::MAX);
        losses.extend(large.map(|_| self.loss(key, format!("it is above the largest amount, {}", Amount::MAX))));
        amount.filter(|&amount| amount <= Amount::MAX)
    }
}

/// Writes each award that can be read again, by what is given; what cannot be written is added to the losses, in the
/// order of the record.
pub(crate) fn each_leaving(
    record: &LearnerRecord,
    losses: &mut Vec<Loss>,
    mut write: impl FnMut(&LeavingAward<'_>, &mut Vec<Loss>),
) {
    // Nobody may add a field without deciding what becomes of it.
    let LearnerRecord { awards, waivers, substitutions, pursued } = record;
    let most = Limits::default().id_bytes;
    for (number, award) in awards.iter().enumerate() {
        let leaving = LeavingAward { award, place: format!("award[{number}]") };
        if let Some(fault) = faulty_name(&award.credential, 0..0, "the id of a credential", most) {
            let what = format!("the award of `{}` is left out: {}", excerpt(&award.credential), fault.message);
            losses.push(leaving.loss("credential", what));
            continue;
        }
        write(&leaving, losses);
        if award.verification != Verification::Unchecked {
            let what = "what came of checking it is not written: whoever reads it has to check it anew";
            losses.push(leaving.loss("verification", what));
        }
    }
    for (key, count) in [("waiver", waivers.len()), ("substitution", substitutions.len()), ("pursued", pursued.len())] {
        for number in 0..count {
            let what = "what was decided for a learner is no award, and not written".to_owned();
            losses.push(Loss { place: format!("{key}[{number}]"), what });
        }
    }
}
