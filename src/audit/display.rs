//! An audit as a tree that can be read to a learner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

use crate::audit::audit::{Audit, AuditedAward, AuditedPart, Conflict, Contested, Note, PartKind, State};
use crate::audit::gap_words::enumerated;
use crate::audit::used::Use;
use crate::evaluate::options::View;
use crate::evaluate::uncounted::write_uncounted;
use crate::record::exception::{Substitution, Waiver};
use crate::record::record::AwardStatus;
use crate::value::amount::Amount;
use crate::value::points::GradePoints;
use crate::value::text::counted;
use crate::value::text::printable;

/// Members of a choice that are listed one by one although nothing fills them; more are counted.
const MOST_UNFILLED: usize = 6;

impl Display for Audit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let title = printable(&self.title);
        let id = printable(&self.credential);
        if title == id {
            writeln!(f, "{title}")?;
        } else {
            writeln!(f, "{title} ({id})")?;
        }
        match self.attainable_from {
            Some(from) => write!(f, "  not attainable before {from}, as of {}", self.as_of)?,
            None => write!(f, "  {} as of {}", self.status.words(self.stack.is_some()), self.as_of)?,
        }
        match self.view {
            View::Earned => {}
            View::InProgress => write!(f, ", if all in progress is completed")?,
            View::Planned => write!(f, ", if all in progress or planned is completed")?,
        }
        writeln!(f)?;
        match self.first_view {
            Some(View::InProgress) if self.view == View::Earned => {
                writeln!(f, "  would be met or held with what is in progress")?;
            }
            Some(View::Planned) if self.view < View::Planned => {
                writeln!(f, "  would be met or held with what is in progress and planned")?;
            }
            _ => {}
        }
        if self.meets_requirements {
            self.write_times(f)?;
        }
        if let Some(from) = self.met_from {
            writeln!(f, "  will meet its stated requirements on {from}, if nothing is awarded until then")?;
        }
        if !self.begun_with.is_empty() {
            let ids: Vec<String> = self.begun_with.iter().map(|id| printable(id)).collect();
            writeln!(f, "  can be begun together with {}", enumerated(&ids))?;
        }
        for award in &self.awards {
            writeln!(f, "  {award}")?;
        }
        self.write_rules(f)?;
        if !self.uncounted.is_empty() {
            writeln!(f)?;
        }
        write_uncounted(f, &self.uncounted, "  ")?;
        let mut notes = self.told_notes();
        notes.extend(self.rests_on());
        for (i, note) in notes.iter().enumerate() {
            let start = if i == 0 { "\n" } else { "" };
            writeln!(f, "{start}  note: {note}")?;
        }
        Ok(())
    }
}

/// What a rule still lacks.
fn write_gap(f: &mut Formatter<'_>, part: &AuditedPart) -> fmt::Result {
    let Some(gap) = &part.gap else {
        return match part.state {
            State::Unmet => writeln!(f, "    no award made today could complete this"),
            State::Met | State::Undecided => Ok(()),
        };
    };
    writeln!(f, "    still missing: {gap}")
}

impl Audit {
    fn write_rules(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rules = [
            ("before beginning", &self.prerequisite),
            ("before beginning, or begun together with it", &self.corequisite),
            ("components", &self.stack),
        ];
        for (heading, part) in rules {
            if let Some(part) = part {
                writeln!(f, "\n  {heading}:")?;
                write_part(f, part, self.credit_unit.as_deref(), 2, true)?;
                write_gap(f, part)?;
            }
        }
        Ok(())
    }

    /// The notes, by title where a part of a rule gives one; awards without a date are told together.
    fn told_notes(&self) -> Vec<String> {
        let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
        let mut open: Vec<&AuditedPart> = self.rules().collect();
        while let Some(part) = open.pop() {
            if let PartKind::Credential { credential, title, .. } = &part.kind {
                titles.insert(credential, title);
            }
            open.extend(&part.parts);
        }
        let title = |id: &String| titles.get(id.as_str()).map_or_else(|| id.clone(), |&title| title.to_owned());
        let (mut told, mut undated) = (Vec::new(), Vec::new());
        for note in &self.notes {
            match note {
                Note::Undated { credential } => undated.push(title(credential)),
                Note::NotIssued { credential } => {
                    told.push(Note::NotIssued { credential: title(credential) }.to_string());
                }
                Note::Assumed { credential, status } => {
                    told.push(Note::Assumed { credential: title(credential), status: *status }.to_string());
                }
                other => told.push(other.to_string()),
            }
        }
        let several: Vec<String> = undated.iter().map(|title| printable(title)).collect();
        told.extend(match undated.pop() {
            Some(credential) if undated.is_empty() => Some(Note::Undated { credential }.to_string()),
            Some(_) => {
                Some(format!("the awards of {} have no date; they meet no condition on time", enumerated(&several)))
            }
            None => None,
        });
        told
    }

    /// Since when and until when the requirements are met.
    fn write_times(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "  meets its stated requirements")?;
        if let Some(since) = self.qualified_since {
            write!(f, " since {since}")?;
        }
        match self.valid_until {
            Some(until) => write!(f, ", to {until}")?,
            None => write!(f, ", without end")?,
        }
        let ends: Vec<String> = self.ends_with.iter().map(|award| printable(&award.title)).collect();
        if !ends.is_empty() {
            let count = if ends.len() == 1 { "counts" } else { "count" };
            write!(f, " (then {} no longer {count})", ends.join(" and "))?;
        }
        for waiver in &self.ends_with_waivers {
            write!(f, " (then the {waiver} ends)")?;
        }
        writeln!(f)
    }

    /// The exceptions that the components rest on and that no line of the requirements shows.
    fn rests_on(&self) -> Vec<String> {
        let shown_waivers: BTreeSet<&Waiver> = self.rules().flat_map(|rule| &rule.waived).collect();
        let uses = self.rules().flat_map(|rule| &rule.witness);
        let shown_substitutions: BTreeSet<&Substitution> = uses.flat_map(Use::substitutions).collect();
        let waivers = self.waived.iter().filter(|waiver| !shown_waivers.contains(waiver));
        let substitutions = self.substituted.iter().filter(|substitution| !shown_substitutions.contains(substitution));
        let mut told: Vec<String> = waivers.map(|waiver| format!("a component rests on a {waiver}")).collect();
        told.extend(substitutions.map(|substitution| format!("a component rests on {substitution}")));
        told
    }
}

/// Several awards that add to a sum in one place, each on a line of its own.
fn write_adding(f: &mut Formatter<'_>, adding: &[Use], indent: usize) -> fmt::Result {
    if adding.len() < 2 {
        return Ok(());
    }
    for used in adding.iter().take(MOST_ADDING) {
        writeln!(f, "{:indent$}{used}", "")?;
    }
    let rest = adding.get(MOST_ADDING..).unwrap_or_default();
    if rest.is_empty() {
        return Ok(());
    }
    let adds = rest.iter().filter_map(Use::adds).map(Amount::hundredths).fold(0, u64::saturating_add);
    writeln!(f, "{:indent$}{} more, which add {}", "", rest.len(), Amount::from_hundredths(adds))
}

/// Awards that add to a sum in one place and are listed one by one; of more, the sum is told.
const MOST_ADDING: usize = 24;

/// A part with all below it, each on a line of its own.
pub(crate) fn write_part(
    f: &mut Formatter<'_>,
    part: &AuditedPart,
    credit_unit: Option<&str>,
    depth: usize,
    needed: bool,
) -> fmt::Result {
    let mark = match (part.state, needed) {
        _ if part.kind == PartKind::UpTo => "+",
        (State::Met, _) if part.idle => "○",
        (State::Met, _) => "✓",
        (State::Undecided, _) => "?",
        (State::Unmet, true) => "✗",
        (State::Unmet, false) => "○",
    };
    write!(f, "{:indent$}{mark} {}", "", part.wording(credit_unit), indent = 2 * depth)?;
    match (&part.kind, &part.adding[..], &part.witness[..]) {
        _ if part.idle => {}
        (PartKind::Credential { .. }, [used], _) | (PartKind::Credential { .. }, [], [used]) => write!(f, ": {used}")?,
        _ => {}
    }
    if let Some(waiver) = &part.waiver {
        write!(f, ": met by {waiver}")?;
    }
    if let Some(from) = part.held_from {
        write!(f, ": will have been held for that long on {from}")?;
    }
    writeln!(f)?;
    write_adding(f, &part.adding, 2 * depth + 2)?;
    for uncounted in &part.uncounted {
        let own =
            matches!(&part.kind, PartKind::Credential { credential, .. } if *credential == uncounted.award.credential);
        let told = if own { uncounted.briefly() } else { uncounted.to_string() };
        writeln!(f, "{:indent$}not counted: {told}", "", indent = 2 * depth + 2)?;
    }
    if let Some(conflict) = &part.conflict {
        writeln!(f, "{:indent$}! {conflict}", "", indent = 2 * depth + 2)?;
    }
    // Where there is a choice, an open option is no fault, and many of them are told by their number.
    let choice = part.kind != PartKind::AllOf;
    let open = |part: &&AuditedPart| {
        let nothing = part.state == State::Unmet && part.uncounted.is_empty();
        choice && nothing && matches!(part.kind, PartKind::Credential { .. })
    };
    let unfilled = part.parts.iter().filter(open).count();
    for inner in &part.parts {
        if unfilled <= MOST_UNFILLED || !open(&inner) {
            write_part(f, inner, credit_unit, depth + 1, needed && !choice && part.state != State::Met)?;
        }
    }
    if unfilled > MOST_UNFILLED {
        writeln!(f, "{:indent$}○ {unfilled} others", "", indent = 2 * depth + 2)?;
    }
    // Also where a part below is met by itself, but counts here only since it is waived.
    let is_told = |waiver: &&Waiver| part.waiver.as_ref() == Some(waiver) || part.rests_below_on(waiver);
    for waiver in part.waived.iter().filter(|waiver| !is_told(waiver)) {
        writeln!(f, "{:indent$}it rests on a {waiver}", "", indent = 2 * depth + 2)?;
    }
    Ok(())
}

impl AuditedPart {
    /// Whether a part below rests on the waiver.
    fn rests_below_on(&self, waiver: &Waiver) -> bool {
        self.parts.iter().any(|inner| inner.waived.contains(waiver) || inner.rests_below_on(waiver))
    }

    /// The words for what it asks for, and how much is there.
    fn wording(&self, credit_unit: Option<&str>) -> String {
        let have = self.have;
        let asked = match &self.kind {
            PartKind::Credential { title, .. } => printable(title),
            PartKind::AllOf => format!("all of these: {have} of {}", self.need),
            PartKind::AnyOf => format!("any one of these {}: {have}", self.parts.len()),
            PartKind::AtLeast => format!("at least {} of these {}: {have}", self.need, self.parts.len()),
            PartKind::Credits => match credit_unit {
                Some(unit) => format!("{} {} from these: {have}", self.need, printable(unit)),
                None => format!("{} from these: {have}", counted(self.need, "credit")),
            },
            PartKind::Hours => format!("{} from these: {have}", counted(self.need, "hour")),
            PartKind::UpTo => format!("up to {} from these: {have}", self.need),
        };
        let mean = self.mean.zip(self.conditions.average);
        let mean = mean.map(|(mean, asked)| format!(", at best {} on average", mean.rounded_down_beside(asked)));
        let asked = asked + &mean.unwrap_or_default();
        let name = self.name.as_deref().map(|name| format!("{}: ", printable(name))).unwrap_or_default();
        let distinct = if self.distinct { ", no award twice" } else { "" };
        let conditions = if self.conditions.is_empty() { String::new() } else { format!(" ({})", self.conditions) };
        format!("{name}{asked}{distinct}{conditions}")
    }
}

impl Display for Conflict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.parts.iter().map(ToString::to_string).collect();
        // Places that go by the same name are told by their number alone.
        let mut told = BTreeSet::new();
        parts.retain(|part| told.insert(part.clone()));
        let parts = enumerated(&parts);
        let Some(needs) = self.needs else { return write!(f, "{parts} cannot all be met by different awards") };
        let mut there: Vec<String> = self.awards.iter().map(|award| printable(&award.credential)).collect();
        there.extend(self.members.iter().map(|member| format!("one for {}", printable(member))));
        write!(f, "{needs} different awards are needed for {parts}, and ")?;
        match there.len() {
            0 => f.write_str("there is none"),
            1 => write!(f, "there is only {}", there[0]),
            2..=6 => write!(f, "there are only {}", enumerated(&there)),
            many => write!(f, "there are only {many}"),
        }
    }
}

impl Display for Contested {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(&printable(name));
        }
        let (several, few) = (self.needs.filter(|&needs| needs > 1), self.members.len() <= 4);
        match (several, &self.members[..]) {
            (None, [one]) => f.write_str(&printable(one)),
            (None, members) if few => write!(f, "({})", printable(&members.join(" or "))),
            (None, members) => write!(f, "one of {} members", members.len()),
            (Some(needs), members) if few => write!(f, "{needs} of ({})", printable(&members.join(", "))),
            (Some(needs), members) => write!(f, "{needs} of {} members", members.len()),
        }
    }
}

impl Display for Use {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let award = self.award();
        if award.credential != self.slot() {
            write!(f, "by {}, ", printable(&award.credential))?;
        }
        if self.renewal().is_some() {
            write!(f, "which renews it, ")?;
        }
        if let [.., substitution] = self.substitutions() {
            write!(f, "substituted{}, ", substitution.grounds())?;
        }
        // What only the view takes as completed is not told as awarded.
        match (self.is_issued(), award.status, award.awarded) {
            (false, ..) => write!(f, "requirements met, not issued"),
            (true, AwardStatus::InProgress, _) => write!(f, "in progress, taken as completed"),
            (true, AwardStatus::Planned, _) => write!(f, "planned, taken as completed"),
            (true, _, Some(awarded)) => write!(f, "awarded {awarded}"),
            (true, _, None) => write!(f, "awarded, without a date"),
        }?;
        write_id(f, award.own_id().filter(|_| self.is_issued()))?;
        if let Some(grade) = &award.grade {
            write!(f, ", grade {}", printable(grade))?;
        }
        match self.adds() {
            Some(adds) if adds > Amount::ZERO => write!(f, ", adds {adds}")?,
            _ => {}
        }
        self.points().map_or(Ok(()), |points| write!(f, ", {}", in_points(points)))
    }
}

/// The id of the award itself, by which the badge can be found.
fn write_id(f: &mut Formatter<'_>, id: Option<&str>) -> fmt::Result {
    id.map_or(Ok(()), |id| write!(f, " ({})", printable(id)))
}

/// `1 point`, `3.7 points`.
fn in_points(points: GradePoints) -> String {
    counted(points, "point")
}

impl Display for AuditedAward {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", printable(&self.title))?;
        match self.status {
            AwardStatus::Completed => {}
            AwardStatus::InProgress => write!(f, ", in progress")?,
            AwardStatus::Planned => write!(f, ", planned")?,
            AwardStatus::Revoked => match self.revoked_on {
                Some(day) => write!(f, ", revoked on {day}")?,
                None => write!(f, ", revoked")?,
            },
        }
        match self.awarded {
            Some(awarded) => write!(f, ", dated {awarded}")?,
            None => write!(f, ", without a date")?,
        }
        if let Some(by) = &self.renewed_by {
            write!(f, ", renewed by {}", printable(by))?;
        }
        if let Some(last) = self.last_day {
            write!(f, ", last valid day {last}")?;
        }
        write_id(f, self.id.as_deref())
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuedAgainstRules => write!(f, "it was awarded although its own requirements are not met"),
            Self::NotIssued { credential } => {
                write!(f, "{} counts because its requirements are met; nobody has issued it", printable(credential))
            }
            Self::Assumed { credential, status } => {
                let stands = if *status == AwardStatus::Planned { "planned" } else { "in progress" };
                write!(f, "{} counts as if completed; it is {stands}", printable(credential))
            }
            Self::Misplaced { misplaced } => misplaced.fmt(f),
            Self::Undated { credential } => {
                write!(f, "the award of {} has no date; it meets no condition on time", printable(credential))
            }
            Self::JudgedAlone => {
                write!(
                    f,
                    "judged by itself; the catalog limits what it may share with other credentials claimed as well, \
                     which could change the answer"
                )
            }
            Self::Closed { after: Some(last) } => {
                write!(f, "closed after {last}: it can no longer be begun or claimed")
            }
            Self::Closed { after: None } => write!(f, "never offered: it cannot be begun or claimed"),
            Self::NotYetOffered { from, until: None } => write!(f, "it can be begun or claimed from {from} on"),
            Self::NotYetOffered { from, until: Some(until) } => {
                write!(f, "it can be begun or claimed next from {from} to {until}")
            }
            Self::DatesIncomplete => write!(f, "the work limit was met before every date was found"),
        }
    }
}
