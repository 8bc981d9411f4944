//! A joint renewal in words, as an adviser would hand it to a learner.

use std::fmt::{self, Display, Formatter};

use crate::plan::answers::display::{open_days, titled, together};
use crate::plan::answers::not_stated::Totals;
use crate::plan::answers::plan::{Optimality, PlanLimit, StepKind};
use crate::renewals::joint::{CannotKeep, JointOutcome, JointPlan, JointRenewal, JointStep, WhyNotKept};
use crate::value::amount::Amount;
use crate::value::text::{counted, money, printable};

impl Display for JointRenewal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { as_of, until, .. } = self;
        match &self.outcome {
            JointOutcome::Plan(plan) if plan.kept.is_empty() => {
                writeln!(f, "Nothing to do to stay current through {until}, as of {as_of}.")?;
            }
            JointOutcome::Plan(plan) => self.write_plan(f, plan)?,
            JointOutcome::NotTogether { causes } => {
                writeln!(f, "Not all can be kept together through {until}, as of {as_of}. What stands in the way:")?;
                causes.iter().try_for_each(|cause| writeln!(f, "  {cause}"))?;
            }
            JointOutcome::Undecided { limit, lower_bound } => {
                writeln!(
                    f,
                    "How to stay current through {until} was not found out, as of {as_of}: {}",
                    limited(*limit)
                )?;
                writeln!(f, "  if there is a way, it is not below {}", self.amount(*lower_bound))?;
            }
        }
        if !self.lasting.is_empty() {
            let ids: Vec<String> = self.lasting.iter().map(|id| printable(id)).collect();
            writeln!(f, "  current through {until} as it is: {}", ids.join(", "))?;
        }
        self.cannot.iter().try_for_each(|cannot| write_cannot(f, cannot))
    }
}

impl JointRenewal {
    fn write_plan(&self, f: &mut Formatter<'_>, plan: &JointPlan) -> fmt::Result {
        let kept: Vec<String> = plan.kept.iter().map(|kept| titled(&kept.title, &kept.credential)).collect();
        writeln!(f, "{}: current through {}, as of {}", kept.join(", "), self.until, self.as_of)?;
        let currency = self.currency.as_deref();
        let steps = plan.steps.iter().map(JointStep::stated).collect();
        let totals = Totals { cost: plan.cost, hours: plan.hours, currency, steps };
        writeln!(f, "  {}, {}", totals.cost(), totals.hours())?;
        if let Some(left_out) = totals.left_out() {
            writeln!(f, "  {left_out}")?;
        }
        writeln!(f, "  {}\n", self.verdict(plan))?;
        for (number, step) in plan.steps.iter().enumerate() {
            self.write_joint_step(f, number + 1, step, plan)?;
        }
        for kept in plan.kept.iter().filter(|kept| kept.by_components) {
            writeln!(f, "  {} lasts while its components do", titled(&kept.title, &kept.credential))?;
        }
        Ok(())
    }

    fn verdict(&self, plan: &JointPlan) -> String {
        let less = self.objective.less(&plan.not_stated);
        match plan.optimality {
            Optimality::Proven => format!("nothing {less}: proven"),
            Optimality::Within { lower_bound } => {
                let bound = self.amount(lower_bound);
                format!("the best that was found within the limits of the search; nothing is below {bound}")
            }
        }
    }

    fn amount(&self, amount: Amount) -> String {
        self.objective.worth(amount, self.currency.as_deref())
    }

    fn write_joint_step(
        &self,
        f: &mut Formatter<'_>,
        number: usize,
        step: &JointStep,
        plan: &JointPlan,
    ) -> fmt::Result {
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
        let stated = |amount: Option<Amount>| amount.filter(|&amount| amount > Amount::ZERO);
        let cost = stated(step.cost).map(|cost| money(cost, self.currency.as_deref()));
        let takes: Vec<String> =
            cost.into_iter().chain(stated(step.hours).map(|hours| counted(hours, "hour"))).collect();
        writeln!(f, "{}{}", if takes.is_empty() { "" } else { ": " }, takes.join(", "))?;
        if let Some(from) = step.from {
            writeln!(f, "        from {from} on")?;
        }
        if let Some(together) = together(&step.begun_with) {
            writeln!(f, "        {together}")?;
        }
        if let Some(days) = open_days(step.closes, step.opens) {
            writeln!(f, "        {days}")?;
        }
        let mut purposes: Vec<String> = step.purposes.iter().map(ToString::to_string).collect();
        purposes.dedup();
        if !purposes.is_empty() {
            writeln!(f, "        for {}", purposes.join("; "))?;
        }
        for kept in plan.kept.iter().filter(|kept| step.keeps.contains(&kept.credential)) {
            let name =
                if kept.credential == step.credential { String::new() } else { format!("{} ", printable(&kept.title)) };
            let lasts =
                kept.lasts_until.map_or("lasts without end then".to_owned(), |last| format!("lasts to {last} then"));
            let before = kept.last_day.map(|last| format!(", not to {last}")).unwrap_or_default();
            writeln!(f, "        {name}{lasts}{before}")?;
        }
        Ok(())
    }
}

fn limited(limit: PlanLimit) -> &'static str {
    match limit {
        PlanLimit::Work => "the work limit was met",
        PlanLimit::Evaluation => "whether steps meet the rules takes more than may be spent on one evaluation",
        PlanLimit::Repetition => "something could be wanted more than 10,000 times, which is not planned for",
    }
}

fn write_cannot(f: &mut Formatter<'_>, cannot: &CannotKeep) -> fmt::Result {
    let CannotKeep { credential, title, last_day, why } = cannot;
    write!(f, "  cannot be kept: {}", titled(title, credential))?;
    if let Some(last) = last_day {
        write!(f, ", last valid day {last}")?;
    }
    match why {
        WhyNotKept::NotHeld { lapsed: Some(last) } => writeln!(f, ": lapsed on {last}"),
        WhyNotKept::NotHeld { lapsed: None } => writeln!(f, ": not held"),
        WhyNotKept::TooShort { lasts_until } => writeln!(f, ": whatever is done now, it lasts to {lasts_until} only"),
        WhyNotKept::Blocked { causes } => {
            writeln!(f)?;
            causes.iter().try_for_each(|cause| writeln!(f, "    {cause}"))
        }
    }
}
