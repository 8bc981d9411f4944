//! Reports as text.

use std::fmt;

use crate::value::text::counted;

use crate::value::text::printable;

use crate::cohort::listed::ListCounts;
use crate::cohort::report::{CohortReport, CredentialReport};
use crate::cohort::unknown::{UnknownAwards, UnknownId};

/// One line for every credential: how many learners have each status, and how long the lists are.
impl fmt::Display for CohortReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} as of {}", counted(self.learners, "learner"), self.as_of)?;
        for credential in &self.credentials {
            writeln!(f, "  {credential}")?;
        }
        if self.of_other_catalogs > 0 {
            let what = counted(self.of_other_catalogs, "credential");
            writeln!(f, "  the question names {what} of another catalog; nothing is said of that")?;
        }
        if self.unknown_awards.awards > 0 {
            writeln!(f, "  {}", self.unknown_awards)?;
        }
        for uncounted in &self.uncounted {
            writeln!(f, "  not counted: {uncounted}")?;
        }
        if self.misplaced_count > 0 {
            let count = self.misplaced_count;
            writeln!(f, "  {count} with waivers or substitutions that have no place in the catalog")?;
        }
        let lapsing = self.credentials.iter().filter(|of| self.options.counts_only && of.counts.lapses > 0);
        for of in lapsing {
            writeln!(f, "  {} of {} lapses", of.credential, counted(of.counts.lapses, "learner"))?;
        }
        for lapse in &self.lapses {
            writeln!(f, "  {} of learner {} lapses after {}", lapse.credential, lapse.learner, lapse.until)?;
        }
        for tag in &self.coverage {
            let (held, qualified, nearly) = (tag.held, tag.qualified, tag.one_award_away);
            writeln!(f, "  {}: {held} hold, {qualified} more qualify, {nearly} are one award away", tag.tag)?;
        }
        Ok(())
    }
}

impl fmt::Display for CredentialReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}):", self.title, self.credential)?;
        for (place, (status, count)) in self.statuses.iter().filter(|&(_, count)| count > 0).enumerate() {
            write!(f, "{} {count} {status}", if place > 0 { "," } else { "" })?;
        }
        let ListCounts { qualified, one_award_away, lapses: _ } = self.counts;
        for (count, what) in [(qualified, "earned and not awarded"), (one_award_away, "one award away")] {
            if count > 0 {
                write!(f, "; {count}: {what}")?;
            }
        }
        if self.sharing_is_limited {
            f.write_str("; judged by itself: a policy on sharing could change that")?;
        }
        Ok(())
    }
}

/// The ids in one line, each with its number of learners.
impl fmt::Display for UnknownAwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let meant = |id: &UnknownId| match &id.nearest {
            Some(near) => format!("{}, did you mean {}?", printable(&id.id), printable(near)),
            None => printable(&id.id),
        };
        let listed = self.ids.iter().map(|id| (meant(id), id.learners));
        let further = (self.unlisted > 0).then(|| ("further ids".to_owned(), self.unlisted));
        let told: Vec<String> = listed.chain(further).map(|(what, awards)| format!("{what} ({awards})")).collect();
        write!(f, "unknown to the catalog: {}", told.join(", "))
    }
}
