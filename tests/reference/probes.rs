//! What a case exercises of the second edition: each feature that decides something, and parts that carry its words
//! which are met, which are not, and which just are.

use super::edition::Feature;
use super::evaluate::*;
use super::generate::Case;
use super::model::*;
use std::collections::BTreeSet;

/// Every name that `probes` knows, with its feature.
pub const ALL_OF_SECOND: &[(Feature, &str)] = &[
    (Feature::UnitsInAtLeast, "units decide"),
    (Feature::UnitsInAtLeast, "units add"),
    (Feature::UnitsInAtLeast, "members contested"),
    (Feature::UnitsInAtLeast, "count met and tight"),
    (Feature::PartsOfLists, "parts of lists decide"),
    (Feature::PartsOfLists, "list with a pool met"),
    (Feature::PartsOfLists, "list with a pool unmet"),
    (Feature::FilterWords, "except decides"),
    (Feature::FilterWords, "credits of a filter decide"),
    (Feature::FilterWords, "without_tags decides"),
    (Feature::ShortMonths, "short months decide"),
    (Feature::Terms, "term decides"),
    (Feature::Terms, "term of a validity decides"),
    (Feature::Terms, "term met"),
    (Feature::Terms, "term unmet"),
    (Feature::Until, "until decides"),
    (Feature::Until, "until met"),
    (Feature::Until, "until tight"),
    (Feature::HeldFor, "held_for decides"),
    (Feature::HeldFor, "held_for met"),
    (Feature::HeldFor, "held_for tight"),
    (Feature::GradeOnGroups, "grade spares what is conferred"),
    (Feature::AnyIssuer, "any issuer makes attainable"),
    (Feature::Average, "average decides"),
    (Feature::Average, "average of a sum decides"),
    (Feature::Average, "average met"),
    (Feature::Average, "average tight"),
    (Feature::AwardIds, "an award twice decides"),
    (Feature::RevokedOn, "revoked_on decides"),
    (Feature::RevokedOn, "revoked later"),
    (Feature::RevokedOn, "revoked and lapsed"),
    (Feature::Verification, "verification decides"),
    (Feature::Verification, "verified alone decides"),
    (Feature::WaiverUntil, "end of a waiver decides"),
    (Feature::WaiverUntil, "ended waiver decides"),
    (Feature::ComponentsOfPrerequisites, "waived component of a prerequisite decides"),
    (Feature::PrerequisiteWaiver, "waived prerequisite decides"),
    (Feature::PrerequisiteWaiver, "group called prerequisite waived"),
    (Feature::OtherIds, "other ids decide"),
    (Feature::Corequisite, "corequisite decides"),
    (Feature::Corequisite, "Eligible together"),
    (Feature::Corequisite, "unattainable by a corequisite"),
    (Feature::Renews, "renewal decides"),
    (Feature::Renews, "held by renewal"),
    (Feature::Renews, "renewal in a chain"),
    (Feature::Windows, "windows decide"),
    (Feature::Windows, "between windows"),
    (Feature::Windows, "all windows over"),
];

/// What is asked about one case.
pub(super) struct Probe<'a> {
    pub case: &'a Case,
    pub outcome: Outcome,
    days: Vec<Date>,
    found: BTreeSet<&'static str>,
    known: &'static [(Feature, &'static str)],
}

pub fn probes(case: &Case) -> BTreeSet<&'static str> {
    let mut probe = Probe::new(case, ALL_OF_SECOND);
    probe.counting();
    probe.lists_and_filters();
    probe.terms();
    probe.conditions();
    probe.averages();
    probe.awards();
    probe.waivers();
    probe.corequisites();
    probe.renewals();
    probe.windows();
    probe.found
}

impl<'a> Probe<'a> {
    pub(super) fn new(case: &'a Case, known: &'static [(Feature, &'static str)]) -> Probe<'a> {
        let Case { catalog, record, as_of } = case;
        let all = days_of_change(catalog, record, *as_of, View::Earned);
        let mut days: Vec<Date> = all.iter().copied().step_by(all.len() / 8 + 1).collect();
        days.push(as_of.next());
        days.sort();
        let outcome = evaluate_on(&Rules::new(catalog, record), *as_of, View::Earned, &days);
        Probe { case, outcome, days, found: BTreeSet::new(), known }
    }

    pub(super) fn note(&mut self, name: &'static str, yes: bool) {
        assert!(self.known.iter().any(|(_, known)| *known == name), "{name} is not in the list");
        if yes {
            self.found.insert(name);
        }
    }

    pub(super) fn found(self) -> BTreeSet<&'static str> {
        self.found
    }

    /// The answers for another case, if it is another.
    pub(super) fn other(&self, change: &dyn Fn(&mut Case)) -> Option<Outcome> {
        let mut other = self.case.clone();
        change(&mut other);
        let rules = Rules::new(&other.catalog, &other.record);
        (other != *self.case).then(|| evaluate_on(&rules, other.as_of, View::Earned, &self.days))
    }

    pub(super) fn differs(&self, change: &dyn Fn(&mut Case)) -> bool {
        self.other(change).is_some_and(|other| other != self.outcome)
    }

    pub(super) fn without(&self, feature: Feature) -> Option<Outcome> {
        self.other(&|case| case.catalog.edition = case.catalog.edition.without(feature))
    }

    /// The answers with every part changed.
    fn differs_in_parts(&self, change: &dyn Fn(&mut Part)) -> bool {
        self.differs(&|case| super::weave::each_part(&mut case.catalog, &mut |part| change(part)))
    }

    fn differs_in_conditions(&self, change: &dyn Fn(&mut Conditions)) -> bool {
        self.differs_in_parts(&|part| {
            let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
            change(conditions);
        })
    }

    /// Whether some part that fits is met, and whether some is not; and all conditions that reach it.
    fn parts(&self, fits: &dyn Fn(&Requirement) -> bool) -> [bool; 2] {
        let rules = Rules::new(&self.case.catalog, &self.case.record);
        let world = rules.held_set(self.case.as_of);
        let mut found = [false; 2];
        for rule in rules.prerequisite.values().chain(rules.stack.values()) {
            each_requirement(rule, &[], &mut |part, above| {
                if fits(part) {
                    found[usize::from(rules.part_met(&world, part, above))] = true;
                }
            });
        }
        found
    }

    /// Whether some rule is met here and not there.
    fn gains(&self, other: &Option<Outcome>) -> bool {
        let other = other.as_ref();
        other.is_some_and(|other| self.outcome.verdicts.iter().any(|(id, v)| v.met && !other.verdicts[id].met))
    }

    fn counting(&mut self) {
        let without = self.without(Feature::UnitsInAtLeast);
        self.note("units decide", without.as_ref().is_some_and(|other| *other != self.outcome));
        self.note("units add", self.gains(&without));
        let Case { catalog, record, as_of } = self.case;
        let mut free = Rules::new(catalog, record);
        free.places_do_not_compete = true;
        self.note("members contested", evaluate_on(&free, *as_of, View::Earned, &self.days) != self.outcome);
        let one_more = self.other(&|case| {
            super::weave::each_part(&mut case.catalog, &mut |part| {
                if let Part::Group { kind: Kind::AtLeast(n @ 2..), .. } = part {
                    *n += 1;
                }
            });
        });
        self.note("count met and tight", self.gains(&one_more));
    }

    fn lists_and_filters(&mut self) {
        let is_each = |part: &Part| matches!(part, Part::Group { kind: Kind::Each, .. });
        let without = self.differs_in_parts(&|part| {
            if let Part::Group { members: Members::List(parts), .. } = part {
                parts.retain(|part| !is_each(part));
            }
        });
        self.note("parts of lists decide", without);
        let [unmet, met] = self.lists_with_pools();
        self.note("list with a pool met", met);
        self.note("list with a pool unmet", unmet);
        let filters = |change: &dyn Fn(&mut Filter)| {
            self.differs_in_parts(&|part| {
                if let Part::Group { members: Members::Filter(filter), .. } = part {
                    change(filter);
                }
            })
        };
        let [except, credits, tags] = [
            filters(&|filter| filter.except = None),
            filters(&|filter| filter.credits = None),
            filters(&|filter| filter.without_tags = None),
        ];
        self.note("except decides", except);
        self.note("credits of a filter decide", credits);
        self.note("without_tags decides", tags);
    }

    /// Whether a stack with a pool in a list is not met, or is.
    fn lists_with_pools(&self) -> [bool; 2] {
        let with = |c: &&Credential| format!("{:?}", c.stack).contains("kind: Each");
        let met = |c: &Credential| self.outcome.verdicts[c.id].stack_met;
        let all = || self.case.catalog.credentials.values().filter(with);
        [all().any(|c| !met(c)), all().any(met)]
    }

    fn terms(&mut self) {
        let short = self.without(Feature::ShortMonths);
        self.note("short months decide", short.is_some_and(|other| other != self.outcome));
        let plain = |period: &mut Period| period.to = None;
        let in_conditions = self.differs_in_conditions(&|c| {
            c.within.iter_mut().chain(&mut c.held_for).for_each(plain);
        });
        let in_validity = self.differs(&|case| {
            for c in case.catalog.credentials.values_mut() {
                if let ValidFor::Period(period) = &mut c.valid_for {
                    period.to = None;
                }
            }
        });
        self.note("term decides", in_conditions);
        self.note("term of a validity decides", in_validity);
        let is_term = |period: Option<Period>| period.is_some_and(|p| p.to.is_some());
        let [unmet, met] = self.parts(&|part| is_term(part.conditions.within) || is_term(part.conditions.held_for));
        self.note("term met", met);
        self.note("term unmet", unmet);
    }

    fn conditions(&mut self) {
        let [_, until] = self.parts(&|part| part.conditions.until.is_some());
        self.note("until met", until);
        self.note("until decides", self.differs_in_conditions(&|c| c.until = None));
        let day_before = |c: &mut Conditions| c.until = c.until.map(Date::previous);
        self.note("until tight", self.differs_in_conditions(&day_before));
        let [_, held_for] = self.parts(&|part| part.conditions.held_for.is_some());
        self.note("held_for met", held_for);
        self.note("held_for decides", self.differs_in_conditions(&|c| c.held_for = None));
        // A day later, and a day longer.
        let longer = |c: &mut Conditions| {
            c.held_for = c.held_for.map(|p| Period { days: p.days + 1, ..p });
        };
        self.note("held_for tight", self.differs_in_conditions(&longer));
        let reaching = self.without(Feature::GradeOnGroups);
        self.note("grade spares what is conferred", self.gains(&reaching));
        let known = self.without(Feature::AnyIssuer);
        let attainable = |other: &Outcome| {
            let mut verdicts = self.outcome.verdicts.iter();
            verdicts.any(|(id, v)| v.status != "Unattainable" && other.verdicts[id].status == "Unattainable")
        };
        self.note("any issuer makes attainable", known.as_ref().is_some_and(attainable));
    }

    fn averages(&mut self) {
        let none = |which: fn(&Kind) -> bool| {
            self.differs_in_parts(&|part| {
                if let Part::Group { kind, average, .. } = part
                    && which(kind)
                {
                    *average = None;
                }
            })
        };
        let [all, of_sums] = [none(|_| true), none(|kind| matches!(kind, Kind::Credits(_)))];
        self.note("average decides", all);
        self.note("average of a sum decides", of_sums);
        let [_, met] = self.parts(&|part| matches!(part.what, What::Group { average: Some(_), .. }));
        self.note("average met", met);
        let more = self.differs_in_parts(&|part| {
            if let Part::Group { average: Some(average), .. } = part {
                *average += 1;
            }
        });
        self.note("average tight", more);
    }

    fn awards(&mut self) {
        let each = |change: fn(&mut Award)| self.differs(&|case| case.record.awards.iter_mut().for_each(change));
        let (twice, revoked) = (each(|a| a.id = None), each(|a| a.revoked_on = None));
        let unchecked = each(|a| a.verification = Verification::Unchecked);
        self.note("an award twice decides", twice);
        self.note("revoked_on decides", revoked);
        self.note("verification decides", unchecked);
        self.note("verified alone decides", self.differs(&|case| case.record.only_verified = false));
        let later = |a: &Award| a.revoked_on.is_some_and(|day| day > self.case.as_of);
        self.note("revoked later", revoked && self.case.record.awards.iter().any(later));
        let lapsed = self.outcome.verdicts.values().any(|v| v.status == "Lapsed");
        let plain = self.other(&|case| case.record.awards.iter_mut().for_each(|a| a.revoked_on = None));
        let not_lapsed = plain.is_some_and(|o| o.verdicts.values().all(|v| v.status != "Lapsed"));
        self.note("revoked and lapsed", lapsed && not_lapsed);
        let own_ids = self.differs(&|case| case.catalog.credentials.values_mut().for_each(|c| c.ids.clear()));
        self.note("other ids decide", own_ids);
    }

    fn waivers(&mut self) {
        let until = self.differs(&|case| case.record.waivers.iter_mut().for_each(|w| w.until = None));
        self.note("end of a waiver decides", until);
        let ended = |w: &Waiver| w.until.is_some_and(|last| last < self.case.as_of);
        self.note("ended waiver decides", until && self.case.record.waivers.iter().any(ended));
        let in_stacks = self.without(Feature::ComponentsOfPrerequisites);
        let decides = in_stacks.is_some_and(|other| other != self.outcome);
        self.note("waived component of a prerequisite decides", decides);
        let without = |place: Waived| self.differs(&|case| case.record.waivers.retain(|w| w.place != place));
        let [whole, group] = [Waived::Prerequisite, Waived::Requirement(PREREQUISITE)].map(without);
        self.note("waived prerequisite decides", whole);
        self.note("group called prerequisite waived", group);
    }
}

/// The part and all below it, each with the conditions of the groups around it. `up_to` is nothing by itself, nor are
/// its parts.
fn each_requirement<'r>(
    part: &'r Requirement,
    above: &[&'r Conditions],
    visit: &mut dyn FnMut(&'r Requirement, &[&'r Conditions]),
) {
    if let What::Group { kind: Kind::UpTo(_), .. } = part.what {
        return;
    }
    visit(part, above);
    if let What::Group { parts, .. } = &part.what {
        let conditions = [above, &[&part.conditions]].concat();
        parts.iter().for_each(|p| each_requirement(p, &conditions, visit));
    }
}
