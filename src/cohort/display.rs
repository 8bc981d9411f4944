//! Reports as text.

use std::fmt;

use super::report::{CohortReport, CredentialReport};

/// One line for every credential: how many learners have each status, and how long the lists are.
impl fmt::Display for CohortReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} learners as of {}", self.learners, self.as_of)?;
        for credential in &self.credentials {
            writeln!(f, "  {credential}")?;
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
        for (learners, what) in [(&self.qualified, "earned and not awarded"), (&self.one_award_away, "one award away")]
        {
            if !learners.is_empty() {
                write!(f, "; {}: {what}", learners.len())?;
            }
        }
        Ok(())
    }
}
