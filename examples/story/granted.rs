//! What the answer takes for granted.

use credpath::{Note, Objective};

use crate::story::answers::Answers;
use crate::story::sections::{section, sentence};
use crate::story::words::title;
use crate::story::{Block, Item, Line, Section};

impl Answers<'_> {
    pub(crate) fn granted(&self) -> Section {
        let mut items: Vec<Item> = Vec::new();
        // Of a plan without steps there is nothing to suppose.
        let is_done = self.plan().is_some_and(|plan| plan.steps.is_empty());
        if !is_done {
            let said = if self.load_is_said { "as was said" } else { "supposed, as nothing was said" };
            items.push(Item::of(format!("The pace is {}, {said}.", self.load)));
            items.push(Item::of("What is taken is completed on its day, with a sufficient grade."));
        }
        if let Some((next, plan)) = self.steps().zip(self.plan()).filter(|_| !is_done) {
            let proven = next.plan.optimality == credpath::Optimality::Proven;
            let count = self.alternatives.plans.len();
            let objective = next.plan.objective;
            let objective = match objective {
                Objective::Credentials | Objective::Weighted { cost: 0, hours: 0, .. } => objective.to_string(),
                Objective::Cost | Objective::Weighted { hours: 0, .. } => {
                    format!("{objective}, as far as costs are stated")
                }
                Objective::Hours | Objective::Weighted { cost: 0, .. } => {
                    format!("{objective}, as far as hours are stated")
                }
                _ => format!("{objective}, as far as cost and hours are stated"),
            };
            items.push(Item::of(if self.instead.is_some() {
                format!("Of the {count} best plans by {objective}, this is the best on the calendar.")
            } else if proven {
                format!("No plan is better by {objective}: that is proven.")
            } else {
                format!("The plan is the best by {objective} that was found within the limit of work.")
            }));
            let stated = self.calendar().map_or(&plan.not_stated, |schedule| &schedule.not_stated);
            items.extend(self.not_stated(&stated.cost, &stated.hours));
            if !stated.hours.is_empty() && self.calendar().is_some() {
                items.push(Item::of("On the calendar, what has neither hours nor a duration takes one day."));
            }
            items.extend(plan.claims.iter().map(|claim| Item::of(sentence(&claim.to_string()))));
        }
        items.extend(self.notes());
        items.push(Item::of("Meeting the stated requirements is no entitlement: the awarding body decides."));
        section("granted", "What this takes for granted", vec![Block::Items(items)])
    }

    /// What nobody stated.
    fn not_stated(&self, cost: &[String], hours: &[String]) -> Vec<Item> {
        let lists = if cost == hours { vec![("cost and hours", cost)] } else { vec![("cost", cost), ("hours", hours)] };
        let stated = lists.into_iter().filter(|(_, ids)| !ids.is_empty()).map(|(what, ids)| {
            let titles = Line::joined(ids.iter().map(|id| title(self.catalog(), id)), "; ");
            Item::of(format!("Nobody stated {what} of these, which come on top: ")).with(titles).with(".")
        });
        stated.collect()
    }

    /// The remarks of the audit; awards without a date are told together.
    pub(crate) fn notes(&self) -> Vec<Item> {
        let mut undated = Vec::new();
        let mut items = Vec::new();
        for note in &self.audit.notes {
            match note {
                Note::Undated { credential } => undated.push(title(self.catalog(), credential)),
                Note::NotIssued { credential } => {
                    let counts = " counts as its requirements are met; nobody has issued it.";
                    items.push(Item::of(self.titled(credential)).with(counts));
                }
                other => items.push(Item::of(sentence(&other.to_string()))),
            }
        }
        if !undated.is_empty() {
            let titles = Line::joined(undated, ", ");
            items.push(
                Item::of("No date is known of ").with(titles).with("; where a rule asks for one, it is not met."),
            );
        }
        items
    }
}
