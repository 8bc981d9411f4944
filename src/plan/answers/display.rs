//! Plans in words, as an adviser would hand them to a learner.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use crate::value::text::{counted, money};

use crate::evaluate::uncounted::{Uncounted, write_uncounted};
use crate::plan::answers::not_stated::Totals;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::text::printable;

use crate::plan::answers::alternatives::Plans;
use crate::plan::answers::explain::{Binding, Choice, Explanation};
use crate::plan::answers::nearest::Nearest;
use crate::plan::answers::next_steps::{NextStep, NextSteps, NextStepsOutcome, Regret, StepRole};
use crate::plan::answers::plan::{
    Blockage, Blocked, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
    Unattainable, Undecided,
};
use crate::plan::answers::unlocks::KeyStep;
use crate::plan::question::options::Objective;

impl Display for PlanOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => plan.fmt(f),
            Self::Unattainable(none) => none.fmt(f),
            Self::Undecided(open) => open.fmt(f),
        }
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, as of {}", titled(&self.target_title, &self.target), self.as_of)?;
        if self.steps.is_empty() {
            return writeln!(f, "  nothing to do: an award is current");
        }
        let currency = self.currency.as_deref();
        let totals = self.totals();
        writeln!(f, "  {}, {}, {}", totals.cost(), totals.hours(), to_take(self.credentials))?;
        if let Some(left_out) = totals.left_out() {
            writeln!(f, "  {left_out}")?;
        }
        writeln!(f, "  {}\n", self.verdict())?;
        for (number, step) in self.steps.iter().enumerate() {
            write_step(f, number + 1, step, currency)?;
        }
        if !self.essential.is_empty() {
            let all = self.essential.len() == self.steps.len();
            let list: Vec<String> = self.essential.iter().map(|id| printable(self.title(id))).collect();
            let every = if self.options.besides.is_empty() { "every plan" } else { "every other plan" };
            writeln!(f, "\n  in {every}: {}", if all { "all of these".to_owned() } else { list.join(", ") })?;
        }
        if !self.claims.is_empty() {
            writeln!(f)?;
            self.claims.iter().try_for_each(|claim| writeln!(f, "  {claim}"))?;
        }
        if !self.uncounted.is_empty() {
            writeln!(f)?;
        }
        write_uncounted(f, &self.uncounted, "  ")
    }
}

impl Plan {
    fn totals(&self) -> Totals<'_> {
        let steps = self.steps.iter().map(PlanStep::stated).collect();
        Totals { cost: self.cost, hours: self.hours, currency: self.currency.as_deref(), steps }
    }

    fn verdict(&self) -> String {
        // What is proven of an alternative says nothing of the plans that it is an alternative to.
        let none = if self.options.besides.is_empty() { "no plan" } else { "no other plan" };
        let less = self.objective.less(&self.not_stated);
        match self.optimality {
            Optimality::Proven => format!("{none} {less}: proven"),
            Optimality::Within { lower_bound } => {
                let bound = self.objective.worth(lower_bound, self.currency.as_deref());
                format!("the best that was found within the limits of the search; {none} is below {bound}")
            }
        }
    }
}

fn write_step(f: &mut Formatter<'_>, number: usize, step: &PlanStep, currency: Option<&str>) -> fmt::Result {
    let verb = match step.kind {
        StepKind::Take => "take",
        StepKind::Retake => "take again",
        StepKind::Renew => "renew",
        StepKind::Claim => "claim",
    };
    write!(f, "  {number:>2}. {verb} {}", titled(&step.title, &step.credential))?;
    if step.times > 1 {
        write!(f, ", {} times", step.times)?;
    }
    let mut takes = Vec::new();
    let stated = |amount: Option<Amount>| amount.filter(|&amount| amount > Amount::ZERO);
    takes.extend(stated(step.cost).map(|cost| money(cost, currency)));
    takes.extend(stated(step.hours).map(|hours| counted(hours, "hour")));
    if !takes.is_empty() {
        write!(f, ": {}", takes.join(", "))?;
    }
    writeln!(f)?;
    if let Some(together) = together(&step.begun_with) {
        writeln!(f, "        {together}")?;
    }
    if let Some(days) = open_days(step.closes, step.opens) {
        writeln!(f, "        {days}")?;
    }
    // What a step is for, each credential once; and what the award that is there may not meet.
    let again = matches!(step.kind, StepKind::Retake | StepKind::Renew);
    let told = |purpose: &Purpose| {
        let conditions = &purpose.conditions;
        if again && !conditions.is_empty() { format!("{purpose} ({conditions})") } else { purpose.to_string() }
    };
    let mut purposes: Vec<String> = step.purposes.iter().map(told).collect();
    purposes.dedup();
    if purposes.is_empty() { Ok(()) } else { writeln!(f, "        for {}", purposes.join("; ")) }
}

/// What something has to be begun with, if there is such.
pub(crate) fn together(begun_with: &[String]) -> Option<String> {
    let ids: Vec<String> = begun_with.iter().map(|id| printable(id)).collect();
    (!ids.is_empty()).then(|| format!("begun together with {}", ids.join(", ")))
}

/// On which days something can be begun or claimed, if there is a limit.
pub(crate) fn open_days(closes: Option<Date>, opens: Option<Date>) -> Option<String> {
    match (closes, opens) {
        (None, None) => None,
        (None, Some(opens)) => Some(format!("not before {opens}")),
        (Some(closes), None) => Some(format!("until {closes}")),
        (Some(closes), Some(opens)) => Some(format!("until {closes}, and again from {opens}")),
    }
}

impl Display for Purpose {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let id = printable(&self.credential);
        match (self.rule, &self.requirement) {
            (None, _) => f.write_str("the target"),
            (Some(_), Some(name)) => write!(f, "{} of {id}", printable(name)),
            (Some(PurposeRule::Prerequisite), None) => write!(f, "the prerequisite of {id}"),
            (Some(PurposeRule::Corequisite), None) => write!(f, "the corequisite of {id}"),
            (Some(PurposeRule::Stack), None) => f.write_str(&id),
            (Some(PurposeRule::Renewal), None) => write!(f, "the renewal of {id}"),
        }
    }
}

impl Display for Unattainable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "No plan leads to {}, as of {}.", titled(&self.target_title, &self.target), self.as_of)?;
        writeln!(f, "What stands in the way{}:", if self.minimal { "" } else { ", among it what may not matter" })?;
        self.causes.iter().try_for_each(|cause| writeln!(f, "  {cause}"))?;
        if let Some(from) = self.from {
            writeln!(f, "Time alone changes that: ask for a plan as of {from}.")?;
        }
        write_uncounted(f, &self.uncounted, "")
    }
}

impl Display for Undecided {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let target = titled(&self.target_title, &self.target);
        match self.limit {
            PlanLimit::Work => {
                writeln!(f, "The work limit was met before a plan to {target} was found, as of {}.", self.as_of)?;
            }
            PlanLimit::Evaluation => {
                writeln!(
                    f,
                    "No plan to {target} was found, as of {}, and there may be one: whether steps meet its rules",
                    self.as_of
                )?;
                writeln!(
                    f,
                    "takes more than may be spent on one evaluation. A higher work limit does not change that."
                )?;
            }
            PlanLimit::Repetition => {
                writeln!(
                    f,
                    "No plan to {target} was found, as of {}, and there may be one: it could want a repeatable",
                    self.as_of
                )?;
                writeln!(f, "credential more than 10,000 times, which is not planned for.")?;
            }
        }
        writeln!(f, "If there is one, it is not below {}.", self.lower_bound)?;
        write_uncounted(f, &self.uncounted, "")
    }
}

impl Display for Blocked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.credential {
            write!(f, "{}: ", printable(id))?;
        }
        self.why.fmt(f)
    }
}

impl Display for Blockage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCatalog => f.write_str("the question names a credential of another catalog"),
            Self::Rules { lines, waits_for, to_be_held } => {
                let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                let ids: Vec<String> = waits_for.iter().map(|id| printable(id)).collect();
                match (&lines[..], &ids[..]) {
                    ([], _) => f.write_str("nothing that could be taken counts as it"),
                    (_, []) => write!(f, "what {} asks for cannot be had", line_numbers(&lines)),
                    _ => write!(f, "what {} asks for cannot be had without {}", line_numbers(&lines), ids.join(", ")),
                }?;
                let held: Vec<String> = to_be_held.iter().map(|id| printable(id)).collect();
                match &held[..] {
                    [] => Ok(()),
                    [one] => write!(f, "; {one} has to be held for some time first"),
                    _ => write!(f, "; {} have to be held for some time first", held.join(", ")),
                }
            }
            Self::Closed { opens: Some(opens), .. } => write!(f, "not offered before {opens}"),
            Self::Closed { opens: None, after: Some(after) } => write!(f, "closed after {after}"),
            Self::Closed { opens: None, after: None } => f.write_str("never offered: no day lies in its offering"),
            Self::Held { excluded_by } => write!(f, "cannot be taken beside {}, which is held", printable(excluded_by)),
            Self::Excludes { other } => write!(f, "it and {} exclude each other", printable(other)),
            Self::Sharing { policy, over } if over.is_empty() => {
                write!(f, "every way would break the policy that {policy}")
            }
            Self::Sharing { over, .. } => {
                let over: Vec<String> = over.iter().map(ToString::to_string).collect();
                f.write_str(&over.join("; "))
            }
            Self::Avoided => f.write_str("is to be avoided"),
            Self::Issuer => f.write_str("its issuer is not among those allowed"),
            Self::Tags => f.write_str("its tags are not among those allowed"),
            Self::NoOther => f.write_str("there is no other plan than those given"),
            Self::Hours { needs } => write!(f, "too few hours are allowed; {needs} are needed at least"),
            Self::NotNeeded => f.write_str("has to be included, but no plan needs it"),
            Self::Budget { needs } => write!(f, "the budget is too small; {needs} is needed at least"),
        }
    }
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let amount = |amount: Amount| self.objective.worth(amount, self.currency.as_deref());
        if self.essential > Amount::ZERO {
            writeln!(f, "what every plan contains: {}", amount(self.essential))?;
        }
        for binding in &self.binding {
            writeln!(f, "{}", binding.told(amount))?;
        }
        for choice in &self.choices {
            writeln!(f, "{}", choice.told(amount))?;
        }
        Ok(())
    }
}

impl Display for Binding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(|amount| amount.to_string()))
    }
}

impl Binding {
    fn told(&self, amount: impl Fn(Amount) -> String) -> String {
        let what = match (&self.credential, &self.requirement) {
            (None, _) => "exclusions and limits".to_owned(),
            (Some(id), Some(name)) => format!("{} of {}", printable(name), printable(id)),
            (Some(id), None) => format!("what {} asks for (line {})", printable(id), self.line),
        };
        format!("{what}: {}", amount(self.share))
    }
}

impl Display for Choice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(|amount| amount.to_string()))
    }
}

impl Choice {
    fn told(&self, amount: impl Fn(Amount) -> String) -> String {
        let bound = if self.exact { "" } else { "at least " };
        let adds = match self.adds {
            None => "there is no plan".to_owned(),
            Some(Amount::ZERO) if self.exact => "as good".to_owned(),
            Some(adds) => format!("{bound}{} more", amount(adds)),
        };
        let instead: Vec<String> = self.instead.iter().map(|id| printable(id)).collect();
        let instead = if instead.is_empty() { String::new() } else { format!(", with {}", instead.join(", ")) };
        format!("without {}: {adds}{instead}", printable(&self.credential))
    }
}

impl Display for Plans {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, plan) in self.plans.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            plan.fmt(f)?;
        }
        match (self.proven, self.complete) {
            (false, _) => writeln!(f, "\nThe work limit was met; there may be others."),
            (true, true) => writeln!(f, "\nThere are no others."),
            (true, false) => Ok(()),
        }
    }
}

impl Display for Nearest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for plan in &self.plans {
            let steps = plan.steps.iter().map(|step| printable(&step.credential)).collect::<Vec<_>>().join(", ");
            let totals = plan.totals();
            let (cost, hours, takes) = (totals.cost(), totals.hours(), to_take(plan.credentials));
            writeln!(f, "{}: {cost}, {hours}, {takes}", titled(&plan.target_title, &plan.target))?;
            writeln!(f, "  by {steps}")?;
        }
        let uncounted: BTreeSet<&Uncounted> = self.plans.iter().flat_map(|plan| &plan.uncounted).collect();
        write_uncounted(f, &uncounted.into_iter().cloned().collect::<Vec<_>>(), "")?;
        if self.proven { Ok(()) } else { writeln!(f, "The work limit was met; others may be nearer.") }
    }
}

impl Display for NextStepsOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Steps(next) => next.fmt(f),
            Self::Unattainable(none) => none.fmt(f),
            Self::Undecided(open) => open.fmt(f),
        }
    }
}

impl Display for NextSteps {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.plan.steps.is_empty() {
            return writeln!(f, "nothing to do: an award is current");
        }
        // There may be a plan all of whose first steps are offered later only.
        if self.steps.is_empty() {
            writeln!(f, "nothing can be begun on {}", self.plan.as_of)?;
        }
        let Plan { objective, currency, uncounted, .. } = &self.plan;
        let all = self.steps.iter().chain(&self.later);
        all.into_iter().try_for_each(|step| write_next(f, step, *objective, currency.as_deref()))?;
        write_uncounted(f, uncounted, "")
    }
}

fn write_next(f: &mut Formatter<'_>, step: &NextStep, objective: Objective, currency: Option<&str>) -> fmt::Result {
    let verb = match step.kind {
        StepKind::Claim => "claim",
        StepKind::Renew => "renew",
        StepKind::Take => "begin",
        StepKind::Retake => "begin again",
    };
    write!(f, "{verb} {}: ", titled(&step.title, &step.credential))?;
    let Regret { least, most } = step.regret;
    let more = |amount: Amount| objective.worth(amount, currency);
    match (step.role, most) {
        (StepRole::Essential, _) => f.write_str("every plan needs it")?,
        (StepRole::Optimal, _) => f.write_str("on a best plan")?,
        (_, Some(most)) if most == least => write!(f, "{} more than the best plan", more(least))?,
        (_, Some(most)) => write!(f, "{} to {} more than the best plan", least, more(most))?,
        (_, None) => write!(f, "at least {} more than the best plan", more(least))?,
    }
    let cost = step.cost.map_or_else(|| "cost not stated".to_owned(), |cost| money(cost, currency));
    let hours = step.hours.map_or_else(|| "hours not stated".to_owned(), |hours| counted(hours, "hour"));
    writeln!(f, " ({cost}, {hours})")?;
    if let Some(together) = together(&step.begun_with) {
        writeln!(f, "  {together}")?;
    }
    if let Some(days) = open_days(step.closes, step.opens) {
        writeln!(f, "  {days}")?;
    }
    if !step.unlocks.is_empty() {
        let ids: Vec<String> = step.unlocks.iter().map(|id| printable(id)).collect();
        writeln!(f, "  opens {}", ids.join(", "))?;
    }
    step.lapses.map_or(Ok(()), |last| writeln!(f, "  current until {last}"))
}

impl Display for KeyStep {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let ids: Vec<String> = self.qualifies_for.iter().map(|id| printable(id)).collect();
        write!(f, "{} would newly qualify for {}", titled(&self.title, &self.credential), ids.join(", "))
    }
}

fn to_take(credentials: u64) -> String {
    if credentials == 0 {
        "nothing to take".to_owned()
    } else {
        format!("{} to take", counted(credentials, "credential"))
    }
}

fn line_numbers(lines: &[String]) -> String {
    match lines {
        [one] => format!("line {one}"),
        _ => format!("lines {}", lines.join(", ")),
    }
}

/// A title, with the id if that says more.
pub(crate) fn titled(title: &str, id: &str) -> String {
    if title == id { printable(id) } else { format!("{} ({})", printable(title), printable(id)) }
}
