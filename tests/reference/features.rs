//! What a case exercises, by name. "x decides" means that the answers differ if x is taken away.

use super::evaluate::*;
use super::generate::{Case, UNKNOWN};
use super::model::*;
use std::collections::BTreeSet;

pub type Features = BTreeSet<&'static str>;

/// Every name that `interesting` knows.
pub const ALL: &[&str] = &[
    "Held",
    "Qualified",
    "InProgress",
    "Lapsed",
    "Unattainable",
    "Eligible",
    "Started",
    "Locked",
    "held by another name",
    "qualified by another name",
    "taken, qualified by another name",
    "lapsed by another name",
    "in progress by another name",
    "unattainable and conferred",
    "unattainable, window open",
    "attainable by repetition",
    "attainable by claiming",
    "qualified in a chain",
    "two orders possible, one not",
    "met and held",
    "qualified_since finite",
    "valid_until finite",
    "both finite",
    "met since ever",
    "ends on the as-of date",
    "begins on the as-of date",
    "lapsed award",
    "award never current",
    "last valid day is as-of",
    "awarded on as-of",
    "awarded later",
    "undated",
    "unknown id",
    "month-end clamp",
    "while-components current",
    "while-components not current",
    "prerequisite holds a stack back",
    "self reference",
    "cycle",
    "counts_as cycle",
    "overlapping equivalents",
    "mixed repeatable equivalents",
    "vacuous group",
    "impossible group",
    "nested up_to",
    "window over",
    "window not yet",
    "window empty",
    "window ends on as-of",
    "window begins on as-of",
    "sum contested",
    "sum tight",
    "up_to decides",
    "span decides",
    "span of a sum decides",
    "nested span decides",
    "within decides",
    "since decides",
    "grade decides",
    "issuer decides",
    "lapsed decides",
    "equivalent decides",
    "counts_as decides",
    "repeatable decides",
    "own amount decides",
    "own valid_until decides",
    "undated decides",
    "filter decides",
    "pool decides",
    "revoked decides",
    "prerequisite decides",
];

pub fn interesting(case: &Case) -> Features {
    let Case { catalog, record, as_of } = case;
    let as_of = *as_of;
    let outcome = evaluate(catalog, record, as_of);
    let mut found = Features::new();
    let mut note = |name: &'static str, yes: bool| {
        assert!(ALL.contains(&name), "{name} is not in the list");
        if yes {
            found.insert(name);
        }
    };

    // The answers.
    let rules = Rules::new(catalog);
    for (id, v) in &outcome.verdicts {
        let c = &catalog.credentials[id];
        note(v.status, true);
        let by_another = record.awards.iter().all(|a| a.credential != *id)
            && record.awards.iter().any(|a| rules.counts_as(a.credential, id));
        note("held by another name", v.status == "Held" && by_another);
        note("lapsed by another name", v.status == "Lapsed" && by_another);
        note("in progress by another name", v.status == "InProgress" && by_another);
        note("qualified by another name", v.status == "Qualified" && !v.met);
        note("taken, qualified by another name", v.status == "Qualified" && c.stack.is_none());
        note("unattainable and conferred", v.status == "Unattainable" && c.stack.is_some());
        note("unattainable, window open", v.status == "Unattainable" && offered(c, as_of));
        note("met and held", v.met && v.status == "Held");
        note("qualified_since finite", v.qualified_since.is_some());
        note("valid_until finite", v.valid_until.is_some());
        note("both finite", v.qualified_since.is_some() && v.valid_until.is_some());
        note("met since ever", v.met && v.qualified_since.is_none());
        note("ends on the as-of date", v.valid_until == Some(as_of));
        note("begins on the as-of date", v.qualified_since == Some(as_of));
        note("prerequisite holds a stack back", v.stack_met && !v.prerequisite_met);
        let issued = |a: &Award| {
            a.credential == *id && a.status == AwardStatus::Completed && a.awarded.is_none_or(|d| d <= as_of)
        };
        if c.valid_for == ValidFor::WhileComponents
            && record.awards.iter().any(|a| issued(a) && a.valid_until.is_none())
        {
            note("while-components current", v.stack_met);
            note("while-components not current", !v.stack_met);
        }
        note("window over", offering_over(c, as_of));
        note("window not yet", !offering_over(c, as_of) && !offered(c, as_of));
        note("window empty", matches!((c.offered_from, c.offered_until), (Some(a), Some(b)) if a > b));
        note("window ends on as-of", c.offered_until == Some(as_of));
        note("window begins on as-of", c.offered_from == Some(as_of));
    }
    let alone = |id: &Id| can_be_conferred_in_order(catalog, record, as_of, &[id]);
    note("qualified in a chain", outcome.qualified.iter().any(|id| !alone(id)));
    note(
        "two orders possible, one not",
        outcome.qualified.len() > 2
            && outcome.qualified.iter().filter(|id| alone(id)).count() > 1
            && outcome.qualified.iter().any(|id| !alone(id)),
    );

    // The record.
    for a in &record.awards {
        note("awarded on as-of", a.awarded == Some(as_of));
        note("awarded later", a.awarded.is_some_and(|d| d > as_of));
        note("undated", a.awarded.is_none());
        note("unknown id", a.credential == UNKNOWN);
        note("award never current", matches!((a.awarded, a.valid_until), (Some(from), Some(until)) if until < from));
        let Some(c) = catalog.credentials.get(a.credential) else { continue };
        let last = match (a.valid_until, c.valid_for, a.awarded) {
            (Some(last), _, _) => Some(last),
            (None, ValidFor::Period(p), Some(d)) => {
                let end = d.plus_months(12 * p.years + p.months);
                note("month-end clamp", end.day != d.day);
                Some(d.plus(p).previous())
            }
            _ => None,
        };
        note("lapsed award", last.is_some_and(|last| last < as_of));
        note("last valid day is as-of", last == Some(as_of));
    }

    // The catalog.
    let refers: Vec<(Id, BTreeSet<Id>)> = catalog
        .credentials
        .values()
        .map(|c| {
            let mut ids = BTreeSet::new();
            c.prerequisite.iter().chain(&c.stack).for_each(|r| {
                walk(r, &mut |p| {
                    if let Part::Credential { id, .. } = p {
                        ids.insert(*id);
                    }
                })
            });
            (c.id, ids)
        })
        .collect();
    note("self reference", refers.iter().any(|(id, ids)| ids.contains(id)));
    note(
        "cycle",
        refers.iter().any(|(id, _)| {
            reaches(id, id, &|n| {
                refers
                    .iter()
                    .find(|(m, _)| *m == n)
                    .map(|(_, ids)| ids.iter().copied().filter(|x| *x != n).collect())
                    .unwrap_or_default()
            })
        }),
    );
    note(
        "counts_as cycle",
        catalog.credentials.keys().any(|id| reaches(id, id, &|n| catalog.credentials[n].counts_as.clone())),
    );
    if let [one, two] = catalog.equivalent.as_slice() {
        note("overlapping equivalents", one != two && one.iter().any(|id| two.contains(id)));
    }
    note(
        "mixed repeatable equivalents",
        catalog.equivalent.iter().any(|set| {
            let repeatable = set.iter().filter(|id| catalog.credentials[*id].repeatable).count();
            repeatable > 0 && repeatable < set.len()
        }),
    );
    for rule in catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack)) {
        walk(rule, &mut |p| {
            if let Part::Group { kind, members: Members::List(parts), .. } = p {
                note("vacuous group", matches!(kind, Kind::AtLeast(0)) || (*kind == Kind::AllOf && parts.is_empty()));
                note(
                    "impossible group",
                    matches!(kind, Kind::AtLeast(n) if *n as usize > parts.len())
                        || (*kind == Kind::AnyOf && parts.is_empty()),
                );
                let up_to = |p: &Part| matches!(p, Part::Group { kind: Kind::UpTo(_), .. });
                note("nested up_to", up_to(p) && parts.iter().any(up_to));
            }
        });
    }

    // What decides: the answers without it.
    let compact = |o: &Outcome| -> Vec<_> { o.verdicts.values().cloned().collect() };
    let differs = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        (&c, &r) != (catalog, record) && compact(&evaluate(&c, &r, as_of)) != compact(&outcome)
    };
    let differs_in_rules = |change: &dyn Fn(&mut Part)| differs(&|c, _| every_part(c, change));
    let in_conditions = |change: &dyn Fn(&mut Conditions)| {
        differs_in_rules(&|p| {
            let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = p;
            change(conditions);
        })
    };
    let mut rules = Rules::new(catalog);
    rules.places_do_not_compete = true;
    let free = evaluate_on(&rules, record, as_of, &days_of_change(catalog, record));
    note("sum contested", compact(&free) != compact(&outcome));
    note(
        "sum tight",
        differs_in_rules(&|p| {
            if let Part::Group { kind: Kind::Credits(x) | Kind::Hours(x), .. } = p {
                *x += 1;
            }
        }),
    );
    note(
        "up_to decides",
        differs_in_rules(&|p| {
            if let Part::Group { kind: Kind::UpTo(x), .. } = p {
                *x = 1_000_000;
            }
        }),
    );
    let without_span = |which: &'static dyn Fn(&Kind, &Members) -> bool| {
        differs_in_rules(&|p| {
            if let Part::Group { kind, members, span, .. } = p
                && which(kind, members)
            {
                *span = None;
            }
        })
    };
    note("span decides", without_span(&|_, _| true));
    note("span of a sum decides", without_span(&|k, _| matches!(k, Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_))));
    note(
        "nested span decides",
        without_span(
            &|_, m| matches!(m, Members::List(parts) if parts.iter().any(|p| matches!(p, Part::Group { .. }))),
        ),
    );
    note("within decides", in_conditions(&|c| c.within = None));
    note("since decides", in_conditions(&|c| c.since = None));
    note("grade decides", in_conditions(&|c| c.grade = None));
    note("issuer decides", in_conditions(&|c| c.issuer = None));
    note("lapsed decides", in_conditions(&|c| c.lapsed = false));
    note("equivalent decides", differs(&|c, _| c.equivalent.clear()));
    note("counts_as decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.counts_as.clear())));
    note("repeatable decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.repeatable = false)));
    note("prerequisite decides", differs(&|c, _| c.credentials.values_mut().for_each(|c| c.prerequisite = None)));
    let empty = Members::List(Vec::new());
    let without_members = |which: &dyn Fn(&Members) -> bool| {
        differs_in_rules(&|p| {
            if let Part::Group { members, .. } = p
                && which(members)
            {
                *members = empty.clone();
            }
        })
    };
    note("filter decides", without_members(&|m| matches!(m, Members::Filter(_))));
    note("pool decides", without_members(&|m| matches!(m, Members::Pool(_))));
    let in_awards = |change: &dyn Fn(&mut Award)| differs(&|_, r| r.awards.iter_mut().for_each(change));
    note(
        "own amount decides",
        in_awards(&|a| {
            a.credits = None;
            a.hours = None;
        }),
    );
    note("own valid_until decides", in_awards(&|a| a.valid_until = None));
    note("undated decides", in_awards(&|a| a.awarded = a.awarded.or(Some(date(2020, 1, 1)))));
    note(
        "revoked decides",
        in_awards(&|a| {
            if a.status == AwardStatus::Revoked {
                a.status = AwardStatus::Completed;
            }
        }),
    );
    let unattainable = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        let other = evaluate(&c, &r, as_of);
        (&c, &r) != (catalog, record)
            && outcome.verdicts.iter().any(|(id, v)| {
                other.verdicts[id].status == "Unattainable"
                    && !["Unattainable", "Held", "Qualified"].contains(&v.status)
            })
    };
    note(
        "attainable by repetition",
        unattainable(&|c, _| c.credentials.values_mut().for_each(|c| c.repeatable = false)),
    );
    note(
        "attainable by claiming",
        unattainable(&|c, _| {
            c.credentials
                .values_mut()
                .filter(|c| c.stack.is_some())
                .for_each(|c| c.offered_until = Some(date(2000, 1, 1)));
        }),
    );
    found
}

fn walk(part: &Part, visit: &mut dyn FnMut(&Part)) {
    visit(part);
    if let Part::Group { members: Members::List(parts), .. } = part {
        parts.iter().for_each(|p| walk(p, visit));
    }
}

fn every_part(catalog: &mut Catalog, change: &dyn Fn(&mut Part)) {
    fn below(part: &mut Part, change: &dyn Fn(&mut Part)) {
        change(part);
        if let Part::Group { members: Members::List(parts), .. } = part {
            parts.iter_mut().for_each(|p| below(p, change));
        }
    }
    catalog
        .credentials
        .values_mut()
        .flat_map(|c| c.prerequisite.iter_mut().chain(&mut c.stack))
        .for_each(|r| below(r, change));
    for members in catalog.pools.values_mut() {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| below(p, change));
        }
    }
}

/// Whether `to` is reached from `from` in one step or more.
fn reaches(from: Id, to: Id, next: &dyn Fn(Id) -> Vec<Id>) -> bool {
    let mut seen: Vec<Id> = next(from);
    let mut i = 0;
    while i < seen.len() {
        if seen[i] == to {
            return true;
        }
        for n in next(seen[i]) {
            if !seen.contains(&n) {
                seen.push(n);
            }
        }
        i += 1;
    }
    false
}
