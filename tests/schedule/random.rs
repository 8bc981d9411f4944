//! Small random catalogs, in which awards last a few days.

use std::collections::BTreeSet;
use std::fmt::Write;

use credpath::{
    Catalog, ChainLink, CredentialId, LearnerRecord, Pace, Plan, PlanOptions, ScheduleOptimality, ScheduleOptions,
    ScheduleOutcome, ScheduledStep, StepKind, Validity, WaitsFor,
};

use crate::exhaustive::Exhaustive;
use crate::hours;
use crate::replay::{check, day, is_held, is_renewable, number, plus};

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A catalog of a few steps of a few days, in which awards last a few days; and a record.
fn random(random: &mut Random, features: u64) -> (String, String) {
    let (mut catalog, mut record) = (String::new(), String::from("award = [\n"));
    let many = 2 + random.below(4);
    let mut names: Vec<String> = Vec::new();
    for number in 0..many {
        let name = format!("{}", char::from(b'a' + u8::try_from(number).unwrap()));
        let mut fields = vec![format!("cost = {}", 1 + random.below(3))];
        if random.below(2) == 0 {
            fields.push(format!("duration = '{} days'", 1 + random.below(4)));
        }
        if random.below(2) == 0 {
            fields.push(format!("hours = {}", 1 + random.below(4)));
        }
        let lapses = if features & 128 > 0 { random.below(3) > 0 } else { features & 1 > 0 && random.below(2) == 0 };
        if lapses {
            fields.push(format!("valid_for = '{} days'", 2 + random.below(6)));
            if features & 128 > 0 {
                fields.push(format!("renewal = {}", renewal(random, &names)));
            } else if random.below(2) == 0 {
                fields.push("renewal = { cost = 0.5, hours = 1 }".into());
            }
        }
        if features & 2 > 0 && features & 32 == 0 && random.below(3) == 0 {
            let from = 4 + random.below(5);
            fields.push(format!(
                "offered = {{ from = 2027-01-{from:02}, until = 2027-01-{:02} }}",
                from + random.below(9)
            ));
        }
        if features & 32 > 0 && random.below(2) == 0 {
            fields.push(format!("offered = {}", windows(random)));
        }
        if features & 32 > 0 && random.below(4) == 0 {
            fields.push("study = false".into());
        }
        if !names.is_empty() && random.below(2) == 0 {
            fields.push(format!("prerequisite = {}", rule(random, &names, features)));
        }
        let conferred = !names.is_empty() && random.below(4) == 0;
        if conferred {
            fields.push(format!("stack = {}", rule(random, &names, features)));
        }
        if features & 64 > 0 && !conferred && random.below(3) > 0 {
            // Often of the next one.
            let next = char::from(b'a' + u8::try_from((number + 1) % many).unwrap());
            let own = names.is_empty() || random.below(3) > 0;
            let rule = if own { format!("'{next}'") } else { rule(random, &names, features) };
            fields.push(format!("corequisite = {rule}"));
        }
        writeln!(catalog, "credential.{name} = {{ {} }}", fields.join(", ")).unwrap();
        let often = if features & 128 > 0 { 2 } else { 3 };
        if features & 4 > 0 && random.below(often) == 0 {
            writeln!(
                record,
                "{{ credential = '{name}', awarded = 2027-01-0{}, valid_until = 2027-01-{:02} }},",
                1 + random.below(4),
                4 + random.below(9)
            )
            .unwrap();
        }
        names.push(name);
    }
    writeln!(catalog, "credential.goal = {{ stack = {} }}", rule(random, &names, features)).unwrap();
    (catalog, record + "]")
}

/// One or two windows of a few days at the beginning of the year, once or every year, some over the end of it.
fn windows(random: &mut Random) -> String {
    let window = |random: &mut Random| {
        let (from, length) = (4 + random.below(9), random.below(5));
        match random.below(5) {
            0 => format!("{{ from = 2027-01-{from:02}, until = 2027-01-{:02} }}", from + length),
            1 => format!("{{ until = 2027-01-{from:02} }}"),
            2 => format!("{{ yearly = ['12-30', '01-{from:02}'] }}"),
            _ => format!("{{ yearly = ['01-{from:02}', '01-{:02}'] }}", from + length),
        }
    };
    let (one, other) = (window(random), window(random));
    if random.below(3) == 0 { one } else { format!("[{one}, {other}]") }
}

/// The terms of a renewal: some with a window, some by what was taken since, some from the old last day on.
fn renewal(random: &mut Random, names: &[String]) -> String {
    let mut terms = vec!["cost = 0.5".to_owned(), format!("hours = {}", random.below(2))];
    if random.below(2) == 0 {
        terms.push(format!("window = '{} days'", random.below(3)));
    }
    if random.below(3) == 0 {
        terms.push("keeps_cycle = true".into());
    }
    if !names.is_empty() && random.below(2) == 0 {
        let place = usize::try_from(random.below(names.len() as u64)).unwrap();
        terms.push(format!("requires = '{}'", names[place]));
    }
    format!("{{ {} }}", terms.join(", "))
}

/// What may come beside a plan's steps, read off the text: what is held or planned and lapses, and all that is named
/// where that is described, and so on.
fn further(text: &str, catalog: &Catalog, record: &LearnerRecord, plan: &Plan) -> Vec<CredentialId> {
    let named = |of: &BTreeSet<String>| -> BTreeSet<String> {
        let mut all = of.clone();
        loop {
            let lines = text.lines().filter(|line| all.iter().any(|id| line.starts_with(&format!("credential.{id} "))));
            let quoted = lines.flat_map(|line| line.split('\'').skip(1).step_by(2).map(str::to_owned));
            let ids: BTreeSet<String> = quoted.filter(|id| catalog.credential(id).is_some()).collect();
            if ids.is_subset(&all) {
                return all;
            }
            all.extend(ids);
        }
    };
    let planned: BTreeSet<String> =
        plan.steps.iter().map(|step| step.credential.clone()).chain(["goal".to_owned()]).collect();
    let cone = named(&planned);
    let lines = text.lines().filter(|line| cone.iter().any(|id| line.starts_with(&format!("credential.{id} "))));
    // What is named where how old awards are matters.
    let rules = lines.flat_map(|line| line.split(" = { a").skip(1));
    let old = rules.filter(|rule| rule.contains("within =") || rule.contains("span ="));
    let old: BTreeSet<&str> = old.flat_map(|rule| rule.split('\'').skip(1).step_by(2)).collect();
    let recorded = record.awards.iter().map(|award| award.credential.clone());
    let ages = |id: &String| {
        let lapses = catalog.get(catalog.credential(id).unwrap()).valid_for != Validity::Forever;
        let ends = record.awards.iter().any(|award| award.credential == *id && award.valid_until.is_some());
        cone.contains(id) && (old.contains(&id[..]) || lapses || ends)
    };
    let ageing: BTreeSet<String> = planned.iter().cloned().chain(recorded).filter(ages).collect();
    named(&ageing).into_iter().map(|id| catalog.credential(&id).unwrap()).collect()
}

fn rule(random: &mut Random, names: &[String], features: u64) -> String {
    let mut parts: Vec<String> = Vec::new();
    for name in names {
        if random.below(3) > 0 {
            parts.push(format!("'{name}'"));
        }
    }
    if parts.is_empty() {
        parts.push(format!("'{}'", names[0]));
    }
    let group = if random.below(3) == 0 { "any_of" } else { "all_of" };
    let condition = match if features & 8 > 0 { random.below(5) } else { 9 } {
        0 => format!(", within = '{} days'", 1 + random.below(5)),
        1 => format!(", since = 2027-01-{:02}", 3 + random.below(6)),
        2 => format!(", span = '{} days'", 1 + random.below(4)),
        _ => String::new(),
    };
    let held = match if features & 16 > 0 { random.below(4) } else { 9 } {
        0 | 1 => format!(", held_for = '{} days'", 1 + random.below(4)),
        2 => format!(", until = 2027-01-{:02}", 2 + random.below(8)),
        _ => String::new(),
    };
    format!("{{ {group} = [{}]{condition}{held} }}", parts.join(", "))
}

/// What came out of some schedules.
#[derive(Debug, Default)]
struct Tried {
    /// Renewals of what is taken, and of what is conferred.
    renewed: usize,
    conferred_renewed: usize,
    /// Steps that wait for the window of a renewal.
    opening_renewal: usize,
    /// Added steps of what there was no award of before.
    further: usize,
    found: usize,
    added: usize,
    infeasible: usize,
    undecided: usize,
    longest: usize,
    /// Steps that begin later because something has to be held first.
    held: usize,
    /// Steps that begin on the first day of a window, and schedules that go on to a later year.
    opening: usize,
    next_year: usize,
    /// Steps that are no study and run beside others.
    beside: usize,
    /// Steps that wait for the beginning of another one, and plans with steps that are begun together.
    accompanied: usize,
    together: usize,
}

#[test]
fn no_other_days_are_better() {
    let tried = no_other_days_are_better_for(0..600, 0, "2027-01-04");
    assert!(tried.found > 450 && tried.added > 15 && tried.infeasible > 10 && tried.undecided < 20, "{tried:?}");
}

#[test]
fn no_other_days_are_better_where_awards_have_to_be_held() {
    // What has been held for long enough when the plan is made, has not when it is begun.
    let tried = no_other_days_are_better_for(1_000..1_600, 16 + 4, "2027-01-08");
    assert!(tried.found > 150 && tried.held > 10 && tried.undecided < 20, "{tried:?}");
}

#[test]
fn no_other_days_are_better_where_windows_open_again() {
    let tried = no_other_days_are_better_for(2_000..2_600, 32, "2027-01-04");
    assert!(tried.found > 450 && tried.infeasible > 3 && tried.undecided < 20, "{tried:?}");
    assert!(tried.opening > 100 && tried.next_year > 10 && tried.beside > 100, "{tried:?}");
}

#[test]
fn no_other_days_are_better_beside_others() {
    let tried = no_other_days_are_better_for(3_000..3_600, 64, "2027-01-04");
    // What may be begun together in many ways takes more of the little work that there is here.
    assert!(tried.found > 200 && tried.together > 15 && tried.undecided < 60, "{tried:?}");
    assert!(tried.accompanied > 1, "{tried:?}");
}

#[test]
fn no_other_days_are_better_where_renewals_have_terms() {
    let tried = no_other_days_are_better_for(4_000..4_200, 128 + 4 + 1, "2027-01-04");
    assert!(tried.found > 100 && tried.undecided < 20, "{tried:?}");
    assert!(tried.renewed > 3 && tried.conferred_renewed > 1 && tried.opening_renewal > 0, "{tried:?}");
}

/// Whatever the limit, no schedule that is found with enough work finishes before the bound.
fn bounds_are_never_too_late(catalog: &Catalog, record: &LearnerRecord, plan: &Plan, options: &ScheduleOptions) {
    let ScheduleOutcome::Schedule(best) = catalog.schedule(record, plan, options) else { return };
    for work in [0, 1, 10, 100, 1_000, 10_000] {
        let mut few = options.clone();
        few.work = work;
        match catalog.schedule(record, plan, &few) {
            ScheduleOutcome::Schedule(found) => {
                check(catalog, record, plan, &few, &found);
                let same = found.cost == best.cost && found.hours == best.hours;
                assert!(!same || found.lower_bound <= best.finish, "{work}: {found}{best}");
                assert!(found.finish > found.lower_bound || found.optimality == ScheduleOptimality::Proven);
            }
            ScheduleOutcome::Undecided(open) => assert!(open.lower_bound <= best.finish, "{work}: {open}{best}"),
            other => panic!("{other}"),
        }
    }
}

fn no_other_days_are_better_for(seeds: std::ops::Range<u64>, features: u64, plan_as_of: &str) -> Tried {
    let start = day("2027-01-04");
    let mut tried = Tried::default();
    for seed in seeds {
        let mut numbers = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
        let (text, awards) = random(&mut numbers, (seed % 16) | features);
        let catalog = Catalog::parse("catalog", &text).unwrap_or_else(|error| panic!("{error}"));
        let record = LearnerRecord::parse("record", &awards).unwrap();
        let goal = catalog.credential("goal").unwrap();
        let Some(plan) = catalog.plan(&record, day(plan_as_of), goal, &PlanOptions::default()).into_plan() else {
            continue;
        };
        let mut options = hours(["7", "10", "14"][usize::try_from(numbers.below(3)).unwrap()]);
        options.start = Some(start);
        options.work = 300_000;
        let Pace::HoursPerWeek(pace) = options.pace else { unreachable!() };
        options.at_once = [None, Some(1), Some(2)][usize::try_from(numbers.below(3)).unwrap()];
        let at_once = options.at_once.map_or(usize::MAX, |most| most as usize);
        let more = further(&text, &catalog, &record, &plan);
        let best = |days, most_added, bound| {
            let time = (pace.hundredths(), at_once, days);
            Exhaustive::new(&catalog, &record, &plan, start, time, &more).best(most_added, bound)
        };
        bounds_are_never_too_late(&catalog, &record, &plan, &options);
        match catalog.schedule(&record, &plan, &options) {
            ScheduleOutcome::Schedule(schedule) => {
                check(&catalog, &record, &plan, &options, &schedule);
                let finish = number(schedule.finish) - number(schedule.start);
                let conferred = |id: &str| catalog.is_conferred(catalog.credential(id).unwrap());
                let taken = schedule.entries.iter().filter(|entry| !conferred(&entry.credential)).count() as u64;
                let worth = (schedule.cost.hundredths(), schedule.hours.hundredths(), taken, finish);
                assert_eq!(schedule.optimality, ScheduleOptimality::Proven);
                let more = schedule.entries.iter().filter(|entry| entry.added.is_some()).count();
                if plan.steps.len() < 4 && finish < 12 && more < 2 {
                    assert_eq!(Some(worth), best(finish, more, None), "seed {seed}\n{plan}{schedule}");
                }
                let days = if plan.steps.len() < 5 { 14 } else { 10 };
                assert_eq!(None, best(days, more.min(2), Some(worth)), "seed {seed}\n{plan}{schedule}");
                tried.found += 1;
                let renewals = schedule.entries.iter().filter(|entry| entry.kind == StepKind::Renew);
                let (claimed, taken): (Vec<_>, Vec<_>) = renewals.partition(|entry| conferred(&entry.credential));
                tried.conferred_renewed += claimed.len();
                tried.renewed += taken.len();
                let shut_before = |entry: &&ScheduledStep| {
                    let before = number(entry.begin) - number(start) - 1;
                    before >= 0
                        && is_held(&catalog, &record, plus(start, before), &entry.credential)
                        && !is_renewable(&catalog, &record, plus(start, before), &entry.credential)
                };
                let renewals = schedule.entries.iter().filter(|entry| entry.kind == StepKind::Renew);
                tried.opening_renewal += renewals.filter(shut_before).count();
                let first = |entry: &&ScheduledStep| entry.added.as_ref().is_some_and(|added| added.first);
                tried.further += schedule.entries.iter().filter(first).count();
                tried.added += usize::from(more > 0);
                tried.longest = tried.longest.max(schedule.entries.len());
                let accompanied = |link: &&ChainLink| matches!(link.waits_for, WaitsFor::Beginning { .. });
                tried.accompanied += schedule.chain.iter().filter(accompanied).count();
                tried.together += usize::from(plan.steps.iter().any(|step| !step.begun_with.is_empty()));
                let held = |link: &&ChainLink| matches!(link.waits_for, WaitsFor::Held { .. });
                tried.held += schedule.chain.iter().filter(held).count();
                tried.opening += schedule.chain.iter().filter(|link| link.opens.is_some()).count();
                tried.next_year += usize::from(schedule.finish.year() > schedule.start.year());
                let described = |entry: &ScheduledStep| catalog.get(catalog.credential(&entry.credential).unwrap());
                let beside = schedule.entries.iter().filter(|entry| {
                    let meets = |other: &ScheduledStep| other.begin <= entry.finish && entry.begin <= other.finish;
                    let others = schedule.entries.iter().filter(|other| meets(other)).count();
                    !described(entry).study && others > 1
                });
                tried.beside += beside.count();
            }
            ScheduleOutcome::Infeasible(none) => {
                let days = [14, 14, 14, 12, 9, 7, 6][plan.steps.len().min(6)];
                assert_eq!(None, best(days, 1, None), "seed {seed}\n{text}{awards}\n{plan}{none}");
                tried.infeasible += 1;
            }
            ScheduleOutcome::Undecided(open) => {
                assert!(open.lower_bound >= open.start);
                tried.undecided += 1;
            }
            other => panic!("{other}"),
        }
    }
    println!("{tried:?}");
    tried
}
