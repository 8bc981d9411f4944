//! What a case exercises, under the names of [`ALL`].

use super::super::evaluate::*;
use super::super::generate::{Case, walk};
use super::super::model::*;
use super::*;
use std::collections::{BTreeMap, BTreeSet};

pub fn interesting(case: &Case) -> Features {
    let Case { catalog, record, as_of } = case;
    let as_of = *as_of;
    let outcome = evaluate(catalog, record, as_of, View::Earned);
    let mut found = Features::new();
    let mut note = |name: &'static str, yes: bool| {
        assert!(ALL.contains(&name), "{name} is not in the list");
        if yes {
            found.insert(name);
        }
    };

    // The answers.
    let rules = Rules::new(catalog, record);
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
    // Other views.
    let mut first: BTreeMap<Id, Option<View>> = outcome.verdicts.keys().map(|id| (*id, None)).collect();
    let good = |v: &Verdict| ["Held", "Qualified"].contains(&v.status);
    for view in [View::Planned, View::InProgress] {
        for (id, assumed) in evaluate(catalog, record, as_of, view).verdicts {
            let v = &outcome.verdicts[id];
            if good(&assumed) {
                first.insert(id, (!good(v)).then_some(view));
            }
            let better = |status: &[&str]| status.contains(&assumed.status) && !status.contains(&v.status);
            note("in progress no longer", v.status == "InProgress" && !good(&assumed));
            note("qualified in a view", better(&["Qualified"]) && assumed.met && !v.met);
            note("met in a view, not for ever", !v.met && assumed.valid_until.is_some());
            note("attainable in a view", v.status == "Unattainable" && assumed.status != "Unattainable");
            note("Eligible in a view", v.status == "Locked" && assumed.status == "Eligible");
        }
    }
    for (id, view) in first {
        note("first view in progress", view == Some(View::InProgress));
        note("first view planned", view == Some(View::Planned));
        note("first view none", view.is_none() && !good(&outcome.verdicts[id]));
    }
    let alone = |id: &Id| can_be_conferred_in_order(catalog, record, as_of, View::Earned, &[id]);
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
        note("unknown id", !catalog.credentials.contains_key(a.credential));
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

    // What decides: the answers without it. Here the answers are those that come of looking at a few days only.
    let days = days_of_change(catalog, record, as_of, View::Earned);
    let days: Vec<Date> = days.iter().copied().step_by(days.len() / 12 + 1).collect();
    let quick = |c: &Catalog, r: &Record| evaluate_on(&Rules::new(c, r), as_of, View::Earned, &days);
    let outcome = quick(catalog, record);
    let compact = |o: &Outcome| -> Vec<_> { o.verdicts.values().cloned().collect() };
    let differs = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        (&c, &r) != (catalog, record) && compact(&quick(&c, &r)) != compact(&outcome)
    };
    let differs_in_rules = |change: &dyn Fn(&mut Part)| differs(&|c, _| every_part(c, &|p, _| change(p)));
    let in_conditions = |change: &dyn Fn(&mut Conditions)| {
        differs_in_rules(&|p| {
            let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = p;
            change(conditions);
        })
    };
    let mut without_competition = Rules::new(catalog, record);
    without_competition.places_do_not_compete = true;
    let free = evaluate_on(&without_competition, as_of, View::Earned, &days);
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
    // Waivers and substitutions.
    let has = |p: &Part, which: &dyn Fn(&Part) -> bool| match p {
        Part::Group { members: Members::List(parts), .. } => parts.iter().any(which),
        _ => false,
    };
    let is_group = |p: &Part| matches!(p, Part::Group { .. });
    let is_sum = |p: &Part| matches!(p, Part::Group { kind: Kind::Credits(_) | Kind::Hours(_), .. });
    let without_waivers = |which: &dyn Fn(&Waiver) -> bool| differs(&|_, r| r.waivers.retain(|w| !which(w)));
    let without_substitutions =
        |which: &dyn Fn(&Substitution) -> bool| differs(&|_, r| r.substitutions.retain(|s| !which(s)));
    let in_rule = |w: &Waiver, rule: &dyn Fn(&Credential) -> Option<Rule>, which: &dyn Fn(&Part) -> bool| {
        let mut found = false;
        if let Some(rule) = catalog.credentials.get(w.credential).and_then(rule) {
            walk(&rule, &mut |p| found |= which(p));
        }
        found
    };
    let stack = |c: &Credential| c.stack.clone();
    let prerequisite = |c: &Credential| c.prerequisite.clone();
    let is_waived = |w: &Waiver, p: &Part| match (w.place, p) {
        (Waived::Requirement(n), Part::Group { name, .. }) => *name == Some(n),
        (Waived::Component(y), Part::Credential { id, .. }) => *id == y,
        _ => false,
    };
    let group_of = |w: &Waiver, which: &dyn Fn(&Part) -> bool| {
        in_rule(w, &stack, &|p| is_waived(w, p) && which(p))
            || in_rule(w, &prerequisite, &|p| is_group(p) && is_waived(w, p) && which(p))
    };
    note("waiver decides", without_waivers(&|_| true));
    note("waived group decides", without_waivers(&|w| group_of(w, &|p| is_group(p) && !is_sum(p))));
    note("waived sum decides", without_waivers(&|w| group_of(w, &is_sum)));
    note("waived component decides", without_waivers(&|w| matches!(w.place, Waived::Component(_))));
    let named_by_no_leaf = |w: &Waiver| matches!(w.place, Waived::Component(_)) && !group_of(w, &|_| true);
    note("waived equivalent component decides", without_waivers(&named_by_no_leaf));
    note("waived prerequisite decides", without_waivers(&|w| waives_prerequisite(w.place)));
    note(
        "waived group in a prerequisite decides",
        without_waivers(&|w| in_rule(w, &prerequisite, &|p| is_group(p) && is_waived(w, p))),
    );
    let under = |w: &Waiver, which: &dyn Fn(&Part) -> bool| {
        in_rule(w, &stack, &|p| which(p) && has(p, &|part| is_waived(w, part)))
    };
    note(
        "waiver in a distinct group decides",
        without_waivers(&|w| under(w, &|p| matches!(p, Part::Group { distinct: true, .. }))),
    );
    note(
        "waiver with a span decides",
        without_waivers(&|w| under(w, &|p| matches!(p, Part::Group { span: Some(_), .. }))),
    );
    note("waiver in a sum", record.waivers.iter().any(|w| under(w, &is_sum)));
    let is_up_to = |p: &Part| matches!(p, Part::Group { kind: Kind::UpTo(_), .. });
    note("waiver of an up_to", record.waivers.iter().any(|w| group_of(w, &is_up_to)));
    note(
        "waiver without a place",
        record.waivers.iter().any(|w| match w.place {
            place if waives_prerequisite(place) => {
                catalog.credentials.get(w.credential).is_none_or(|c| c.prerequisite.is_none())
            }
            _ => !group_of(w, &|_| true),
        }),
    );
    let others = |change: &dyn Fn(&mut Record)| {
        let mut other = record.clone();
        change(&mut other);
        (other != *record).then(|| quick(catalog, &other).verdicts)
    };
    if let Some(other) = others(&|r| r.waivers.clear()) {
        for (id, v) in &outcome.verdicts {
            note("started by a waived leaf", v.status == "Started" && other[id].status == "Locked");
            note("waiver makes attainable", v.status != "Unattainable" && other[id].status == "Unattainable");
        }
    }
    note("substitution decides", without_substitutions(&|_| true));
    note("substitution everywhere decides", without_substitutions(&|s| s.within.is_none()));
    note("substitution within decides", without_substitutions(&|s| s.within.is_some()));
    let is_unknown = |id: Id| !catalog.credentials.contains_key(id);
    note(
        "substitution of an unknown id within decides",
        without_substitutions(&|s| s.within.is_some() && is_unknown(s.used)),
    );
    note(
        "substitution without a place",
        record.substitutions.iter().any(|s| is_unknown(s.stands_for) || s.within.is_some_and(is_unknown)),
    );
    if let Some(other) = others(&|r| r.substitutions.clear()) {
        for (id, v) in &outcome.verdicts {
            let by_substitution = |status| v.status == status && other[id].status != status;
            note("held by substitution", by_substitution("Held"));
            note("in progress by substitution", by_substitution("InProgress"));
            note("lapsed by substitution", by_substitution("Lapsed"));
            note("qualified by substitution", by_substitution("Qualified") && !v.met);
        }
    }
    for (i, one) in record.substitutions.iter().enumerate() {
        for (j, other) in record.substitutions.iter().enumerate() {
            if i == j || !(one.stands_for == other.used || rules.counts_as(one.stands_for, other.used)) {
                continue;
            }
            let without = [i, j].map(|n| others(&|r| _ = r.substitutions.remove(n)).unwrap());
            let good = |v: &Verdict| v.stack_met || ["Held", "Qualified"].contains(&v.status);
            let needs_both = outcome
                .verdicts
                .iter()
                .any(|(id, v)| good(v) && without.iter().all(|other: &BTreeMap<Id, Verdict>| !good(&other[id])));
            note("substitutions chain", needs_both);
            note("substitutions chain, one within", needs_both && one.within.is_some() != other.within.is_some());
        }
    }
    note("unknown award counts", differs(&|_, r| r.awards.retain(|a| !is_unknown(a.credential))));
    note(
        "unknown award in progress counts",
        differs(&|_, r| r.awards.retain(|a| !is_unknown(a.credential) || a.status != AwardStatus::InProgress)),
    );
    let used_and_there = |a: &&Award| {
        a.status == AwardStatus::Completed
            && is_unknown(a.credential)
            && a.awarded.is_none_or(|d| d <= as_of)
            && record.substitutions.iter().any(|s| s.used == a.credential && !is_unknown(s.stands_for))
    };
    let used: Vec<Id> = record.awards.iter().filter(used_and_there).map(|a| a.credential).collect();
    note("several awards of an unknown id", used.iter().any(|id| used.iter().filter(|n| *n == id).count() > 1));
    note(
        "unknown award, amount of another credential",
        in_awards(&|a| {
            if is_unknown(a.credential) {
                a.credits = a.credits.or(Some(0));
                a.hours = a.hours.or(Some(0));
            }
        }),
    );
    let unattainable = |change: &dyn Fn(&mut Catalog, &mut Record)| {
        let (mut c, mut r) = (catalog.clone(), record.clone());
        change(&mut c, &mut r);
        let other = quick(&c, &r);
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
    let not_distinct = |part: &mut Part| {
        if let Part::Group { distinct, .. } = part {
            *distinct = false;
        }
    };
    let without_distinct = |which: &dyn Fn(&Part, usize) -> bool| {
        differs(&|c, _| {
            every_part(c, &|p, depth| {
                if which(p, depth) {
                    not_distinct(p);
                }
            });
        })
    };
    note("distinct decides", without_distinct(&|_, _| true));
    note("distinct decides in a nested group", without_distinct(&|_, depth| depth > 0));
    note("distinct over groups decides", without_distinct(&|p, _| has(p, &|p| is_group(p) && !is_sum(p))));
    note("distinct with a sum decides", without_distinct(&|p, _| has(p, &is_sum)));
    note("distinct with a span decides", without_distinct(&|p, _| matches!(p, Part::Group { span: Some(_), .. })));
    note(
        "distinct pool or filter decides",
        without_distinct(&|p, _| {
            matches!(p, Part::Group { members: Members::Pool(_) | Members::Filter(_), kind: Kind::AtLeast(_), .. })
        }),
    );
    let is_distinct = |c: &Catalog| format!("{c:?}").contains("distinct: true");
    if is_distinct(catalog) {
        let mut free = catalog.clone();
        every_part(&mut free, &|p, _| not_distinct(p));
        note("distinct decides attainability", {
            let other = quick(&free, record).verdicts;
            outcome.verdicts.iter().any(|(id, v)| v.status == "Unattainable" && other[id].status != "Unattainable")
        });
        // Met, and not without some award, though that award is not needed if one may fill several slots.
        note(
            "distinct met and tight",
            (0..record.awards.len()).any(|i| {
                let mut fewer = record.clone();
                fewer.awards.remove(i);
                let met = |c: &Catalog, r: &Record| quick(c, r).verdicts;
                let (now, free_now) = (met(catalog, &fewer), met(&free, &fewer));
                outcome.verdicts.iter().any(|(id, v)| v.stack_met && !now[id].stack_met && free_now[id].stack_met)
            }),
        );
        let mut rules = Rules::new(catalog, record);
        rules.awards_are_units = true;
        note(
            "distinct, several awards of a unit decide",
            compact(&evaluate_on(&rules, as_of, View::Earned, &days)) != compact(&outcome),
        );
        let once = |c: &Catalog| {
            let mut c = c.clone();
            c.credentials.values_mut().for_each(|c| c.repeatable = false);
            quick(&c, record).verdicts
        };
        let (once, once_free) = (once(catalog), once(&free));
        note(
            "distinct, met by repetition",
            outcome.verdicts.iter().any(|(id, v)| {
                let unattainable = |v: &Verdict| v.status == "Unattainable";
                !unattainable(v) && unattainable(&once[id]) && !unattainable(&once_free[id])
            }),
        );
    }
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

/// 3.7: in the first edition, the name of a group is taken for the whole prerequisite.
fn waives_prerequisite(place: Waived) -> bool {
    matches!(place, Waived::Prerequisite | Waived::Requirement(PREREQUISITE))
}
