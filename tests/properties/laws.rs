//! The laws of the rules, as properties of random catalogs, and the engine against the naive reference.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::edition::Feature;
use crate::reference::generate::{Case, ClaimsCase, case, cases, claims_case};
use crate::reference::model::{Members, Part};
use crate::reference::weave::strip;
use crate::reference::write::{write_catalog, write_record};
use credpath::{
    Audit, AuditedPart, Award, Catalog, Claim, Claims, CredentialId, Date, EvaluateOptions, Evaluation, FurtherWays,
    Gap, LearnerRecord, Missing, PartKind, State, Status, Validity, View,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn read(case: &Case, shuffle: Option<u64>) -> (Catalog, LearnerRecord, Date) {
    let catalog = Catalog::parse("catalog.toml", &write_catalog(&case.catalog, shuffle)).unwrap();
    let record = LearnerRecord::parse("record.toml", &write_record(&case.record, shuffle)).unwrap();
    (catalog, record, day(case.as_of))
}

fn day(date: crate::reference::model::Date) -> Date {
    Date::new(date.year as u16, date.month as u8, date.day as u8).unwrap()
}

/// With the option that a record of the reference asks for: verified awards alone, or not.
fn as_asked(record: &crate::reference::model::Record) -> EvaluateOptions {
    EvaluateOptions::default().verified_only(record.only_verified)
}

/// Every answer about every credential, as text.
fn everything(catalog: &Catalog, evaluation: &Evaluation) -> String {
    let audits: Vec<Audit> = catalog.credentials().map(|(id, _)| evaluation.audit(id)).collect();
    let told: String = audits.iter().map(|audit| format!("{audit:#?}\n{audit}")).collect();
    strip_lines(&format!("{}\n{told}", serde_json::to_string_pretty(evaluation).unwrap()))
}

/// The lines of the catalog on which rules stand are the only thing that may differ when tables are shuffled, and, as
/// lists of issuers and tags are shuffled too, its fingerprint.
fn strip_lines(text: &str) -> String {
    let differs = ["line:", "catalog: Fingerprint(", "\"catalog\": \""];
    text.lines()
        .filter(|line| !differs.iter().any(|start| line.trim_start().starts_with(start)))
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn parts(audit: &Audit) -> Vec<&AuditedPart> {
    let mut found: Vec<&AuditedPart> = audit.prerequisite.iter().chain(&audit.stack).collect();
    let mut next = 0;
    while let Some(part) = found.get(next).copied() {
        found.extend(&part.parts);
        next += 1;
    }
    found
}

/// One way of each choice of a gap, in as many ways as there are.
fn ways(gap: &Gap) -> Vec<Vec<Missing>> {
    let mut all = vec![Vec::new()];
    for choice in &gap.choices {
        let with = |one: &Vec<Missing>| choice.ways.iter().map(|way| [&one[..], &way[..]].concat()).collect::<Vec<_>>();
        all = all.iter().flat_map(with).collect();
    }
    all
}

/// What lacks something of each of some ways: how often each credential is there at most. Not all that there are.
fn lacking(ways: &[Vec<Missing>]) -> BTreeSet<BTreeMap<&str, u32>> {
    let mut lacking = BTreeSet::from([BTreeMap::new()]);
    for way in ways {
        let each = lacking.iter().flat_map(|less| {
            way.iter().map(|missing| {
                let mut less: BTreeMap<&str, u32> = less.clone();
                let most = less.entry(&missing.credential).or_insert(u32::MAX);
                *most = (*most).min(missing.times - 1);
                less
            })
        });
        lacking = each.take(24).collect();
    }
    lacking
}

/// The part and all parts below it.
fn below(part: &AuditedPart) -> Vec<&AuditedPart> {
    let mut found = vec![part];
    let mut next = 0;
    while let Some(part) = found.get(next).copied() {
        found.extend(&part.parts);
        next += 1;
    }
    found
}

/// Every credential named at or below the part, each once, in id order.
fn members(part: &AuditedPart) -> Vec<String> {
    let ids = below(part).into_iter().filter_map(|part| match &part.kind {
        PartKind::Credential { credential, .. } => Some(credential.clone()),
        _ => None,
    });
    ids.collect::<BTreeSet<String>>().into_iter().collect()
}

/// The state of the same part (by its place in the tree) for another record.
fn same_part(catalog: &Catalog, record: &LearnerRecord, as_of: Date, id: CredentialId, place: usize) -> AuditedPart {
    parts(&catalog.audit(record, as_of, id, &EvaluateOptions::default()))[place].clone()
}

/// A gap names the issuers of two awards of one credential in the order of their names, wherever the catalog mentions
/// them first.
#[test]
fn which_issuer_is_written_first_decides_nothing() {
    let either = r#"{ credential = "b", issuer = ["x", "y"] }"#;
    let one = r#"{ credential = "b", issuer = ["y"] }"#;
    let told = [[either, one], [one, either]].map(|[first, second]| {
        let text = format!(
            "[credential.b]\nrepeatable = true\n[credential.a]\nstack = {{ all_of = [{first}, {second}], distinct = \
             true }}\n"
        );
        let catalog = Catalog::parse("catalog.toml", &text).unwrap();
        let audit = catalog.audit(
            &LearnerRecord::default(),
            Date::new(2026, 3, 1).unwrap(),
            catalog.credential("a").unwrap(),
            &EvaluateOptions::default(),
        );
        audit.to_string()
    });
    for told in told {
        assert!(told.contains("still missing: b by x and b by y, or b 2 times by y"), "{told}");
    }
}

proptest! {
    #![proptest_config(cases(3000))]

    /// The engine says what the reference says, of every credential and in every view.
    #[test]
    fn agrees_with_the_reference(case in case(), view in views()) {
        let (catalog, record, as_of) = read(&case, None);
        let options = as_asked(&case.record).view(view);
        let evaluation = catalog.evaluate(&record, as_of, &options);
        let view = same_view(view);
        let expected = crate::reference::evaluate::evaluate(&case.catalog, &case.record, case.as_of, view);
        let mut listed: Vec<&str> = evaluation.qualified().map(|id| catalog.get(id).id.as_str()).collect();
        for (id, credential) in catalog.credentials() {
            let verdict = &expected.verdicts[credential.id.as_str()];
            prop_assert_eq!(format!("{:?}", evaluation.status(id)), verdict.status, "{}", credential.id);
            prop_assert_eq!(evaluation.meets_requirements(id), verdict.met, "{}", credential.id);
            let dates = (evaluation.qualified_since(id), evaluation.valid_until(id));
            prop_assert_eq!(
                dates,
                (verdict.qualified_since.map(day), verdict.valid_until.map(day)),
                "{}",
                credential.id
            );
            let audit = evaluation.audit(id);
            let met = |part: &Option<AuditedPart>| part.as_ref().map(|part| part.state == State::Met);
            prop_assert_eq!(met(&audit.prerequisite).unwrap_or(true), verdict.prerequisite_met, "{}", credential.id);
            prop_assert_eq!(met(&audit.stack).unwrap_or(false), verdict.stack_met, "{}", credential.id);
        }
        let order: Vec<&'static str> = listed
            .iter()
            .map(|id| *crate::reference::generate::IDS.iter().find(|known| *known == id).unwrap())
            .collect();
        prop_assert!(crate::reference::evaluate::can_be_conferred_in_order(
            &case.catalog,
            &case.record,
            case.as_of,
            view,
            &order
        ));
        listed.sort_unstable();
        prop_assert_eq!(listed, expected.qualified.iter().copied().collect::<Vec<_>>());
    }

    /// The first view of every credential is that of the reference.
    #[test]
    fn first_views_agree(case in case(), view in views()) {
        let (catalog, record, as_of) = read(&case, None);
        let evaluation = catalog.evaluate(&record, as_of, &as_asked(&case.record).view(view));
        let expected = crate::reference::evaluate::first_view(&case.catalog, &case.record, case.as_of);
        for (id, credential) in catalog.credentials() {
            prop_assert_eq!(
                evaluation.first_view(id).map(same_view),
                expected[credential.id.as_str()],
                "{}",
                credential.id
            );
        }
    }

    /// Claims hold as much as brute force finds, and their witnesses keep to the policies.
    #[test]
    fn claims_agree(case in claims_case(), seed in any::<u64>()) {
        let ClaimsCase { catalog: model, record, as_of, targets } = case;
        let expected = crate::reference::evaluate::claims(&model, &record, as_of, &targets);
        let options = as_asked(&record);
        let mut answers = BTreeSet::new();
        for shuffle in [None, Some(seed)] {
            let catalog = Catalog::parse("catalog.toml", &write_catalog(&model, shuffle)).unwrap();
            let record = LearnerRecord::parse("record.toml", &write_record(&record, shuffle)).unwrap();
            let wanted: Vec<CredentialId> = targets.iter().filter_map(|id| catalog.credential(id)).collect();
            let claims = catalog.evaluate(&record, day(as_of), &options).claims(&wanted);
            prop_assert!(claims.proven);
            let claimed: Vec<&str> = claims.claimed.iter().map(|claim| &*claim.credential).collect();
            prop_assert_eq!(claimed, expected.clone(), "{}", claims);
            check_policies(&catalog, &claims);
            answers.insert(strip_lines(&format!("{claims:#?}\n{claims}")));
        }
        prop_assert_eq!(answers.len(), 1, "{:#?}", answers);
    }

    /// Law L1: the order of tables, keys and awards changes no answer, and neither does asking twice.
    #[test]
    fn input_order_changes_nothing(case in case(), seed in any::<u64>()) {
        let (catalog, record, as_of) = read(&case, None);
        let (shuffled_catalog, shuffled_record, _) = read(&case, Some(seed));
        let answers = everything(&catalog, &catalog.evaluate(&record, as_of, &EvaluateOptions::default()));
        prop_assert_eq!(
            &answers,
            &everything(&catalog, &catalog.evaluate(&record, as_of, &EvaluateOptions::default()))
        );
        let shuffled = everything(
            &shuffled_catalog,
            &shuffled_catalog.evaluate(&shuffled_record, as_of, &EvaluateOptions::default()),
        );
        prop_assert_eq!(answers, shuffled);
    }

    /// The order in which the parts of a rule are written decides nothing but which of several equals is named.
    #[test]
    fn the_order_of_parts_decides_nothing(case in case()) {
        let (catalog, record, as_of) = read(&case, None);
        let mut turned = case.clone();
        turned.catalog.pools.values_mut().for_each(turn);
        let credentials = turned.catalog.credentials.values_mut();
        for rule in credentials.flat_map(|credential| credential.prerequisite.iter_mut().chain(&mut credential.stack)) {
            if let Part::Group { members, .. } = rule {
                turn(members);
            }
        }
        let (other, _, _) = read(&turned, None);
        let (before, after) = (
            catalog.evaluate(&record, as_of, &EvaluateOptions::default()),
            other.evaluate(&record, as_of, &EvaluateOptions::default()),
        );
        for (id, credential) in catalog.credentials() {
            prop_assert_eq!(before.status(id), after.status(id), "{}", credential.id);
            prop_assert_eq!(before.qualified_since(id), after.qualified_since(id), "{}", credential.id);
            prop_assert_eq!(before.valid_until(id), after.valid_until(id), "{}", credential.id);
            let have = |evaluation: &Evaluation| {
                evaluation.audit(id).rules().map(|rule| (rule.have, rule.state)).collect::<Vec<_>>()
            };
            prop_assert_eq!(have(&before), have(&after), "{}", credential.id);
        }
        prop_assert_eq!(before.qualified().collect::<Vec<_>>(), after.qualified().collect::<Vec<_>>());
    }

    /// Law L2: one more completed award satisfies more, never less.
    #[test]
    fn more_never_hurts(case in case(), which in any::<prop::sample::Index>(), dated in any::<bool>()) {
        let (catalog, record, as_of) = read(&case, None);
        let (_, earned) = catalog.credentials().nth(which.index(catalog.len())).unwrap();
        let mut more = record.clone();
        more.awards.push(if dated { Award::new(&*earned.id).on(as_of) } else { Award::new(&*earned.id) });
        for (id, credential) in catalog.credentials() {
            let (before, after) = (
                catalog.audit(&record, as_of, id, &EvaluateOptions::default()),
                catalog.audit(&more, as_of, id, &EvaluateOptions::default()),
            );
            for (before, after) in parts(&before).into_iter().zip(parts(&after)) {
                prop_assert!(before.have <= after.have, "{}: {:?} {:?}", credential.id, before, after);
                prop_assert!(before.state != State::Met || after.state == State::Met, "{}", credential.id);
            }
        }
    }

    /// The witness of every satisfied part, alone as a record, satisfies it (semantics 4.4).
    #[test]
    fn a_witness_stands_alone(case in case()) {
        let (catalog, record, as_of) = read(&case, None);
        for (id, credential) in catalog.credentials() {
            let audit = catalog.audit(&record, as_of, id, &EvaluateOptions::default());
            for (place, part) in parts(&audit)
                .into_iter()
                .enumerate()
                .filter(|(_, part)| part.state == State::Met && part.kind != PartKind::UpTo)
            {
                let alone = audit.evidence(part);
                prop_assert!(alone.awards.len() <= record.awards.len());
                let again = same_part(&catalog, &alone, as_of, id, place);
                prop_assert_eq!(again.state, State::Met, "{}, part {}: {:?}", credential.id, place, alone);
            }
        }
    }

    /// Granting what a gap names satisfies the part, and no proper part of it does (semantics 4.4). Where there is no
    /// gap, nothing that is granted satisfies it.
    #[test]
    fn a_gap_is_enough_and_not_too_much(case in case()) {
        let (catalog, record, as_of) = read(&case, None);
        for (id, credential) in catalog.credentials() {
            let audit = catalog.audit(&record, as_of, id, &EvaluateOptions::default());
            for (place, part) in parts(&audit)
                .into_iter()
                .enumerate()
                .filter(|(_, part)| part.state == State::Unmet && part.kind != PartKind::UpTo)
            {
                let granted = |awards: &[Award]| {
                    let awards = record.awards.iter().chain(awards).cloned().collect();
                    same_part(&catalog, &LearnerRecord { awards, ..record.clone() }, as_of, id, place).state
                        == State::Met
                };
                let Some(gap) = &part.gap else {
                    let all: Vec<Award> = catalog
                        .credentials()
                        .flat_map(|(_, credential)| every_award(&catalog, &credential.id, as_of))
                        .collect();
                    prop_assert!(!granted(&all), "{}, part {} has no gap", credential.id, place);
                    continue;
                };
                prop_assert!(gap.minimal);
                let awards = |missing: &[Missing]| -> Vec<Award> {
                    missing.iter().flat_map(|missing| vec![missing.award(as_of); missing.times as usize]).collect()
                };
                let told = ways(gap);
                prop_assert_eq!(&told[0], &gap.missing);
                for way in told.iter().map(|way| awards(way)) {
                    prop_assert!(granted(&way), "{}, part {}: {:?}", credential.id, place, gap);
                    for left_out in 0..way.len() {
                        let mut fewer = way.clone();
                        fewer.remove(left_out);
                        prop_assert!(
                            !granted(&fewer),
                            "{}, part {}: {:?} without \
                                                        {}",
                            credential.id,
                            place,
                            gap,
                            left_out
                        );
                    }
                }
                // What lasts while its components do can be there already, and asks for these alone.
                let lasts =
                    |id: &String| catalog.get(catalog.credential(id).unwrap()).valid_for == Validity::WhileComponents;
                let named = || below(part).into_iter().filter(|part| matches!(part.kind, PartKind::Credential { .. }));
                let wanted: Vec<&Missing> =
                    named().filter_map(|part| part.gap.as_ref()).flat_map(|gap| &gap.missing).collect();
                let all_told = gap.choices.iter().all(|choice| choice.further == FurtherWays::None);
                let granted_for =
                    wanted.iter().copied().chain(told.iter().flatten()).map(|missing| &missing.credential);
                if !all_told || granted_for.chain(&members(part)).any(lasts) {
                    continue;
                }
                // All are told: whatever lacks something of each of them is not enough. Each is there as often as a way
                // names it.
                let named_times = |id: &str| {
                    let of = told.iter().map(|way| way.iter().filter(|missing| missing.credential == id));
                    of.map(|of| of.map(|missing| missing.times).sum::<u32>()).max().unwrap_or(0).max(1)
                };
                for less in lacking(&told) {
                    let mut left = Vec::new();
                    for missing in &wanted {
                        let id = missing.credential.as_str();
                        let there = left.iter().filter(|award: &&Award| award.credential == id).count() as u32;
                        let most = less.get(id).copied().unwrap_or(u32::MAX).min(named_times(id));
                        left.extend(vec![missing.award(as_of); most.saturating_sub(there) as usize]);
                    }
                    prop_assert!(!granted(&left), "{}, part {}: {:?} without {:?}", credential.id, place, gap, less);
                }
            }
        }
    }

    /// Where parts need more awards than there are, the awards named are all that there are: without them no place is
    /// filled any more; and they are too few.
    #[test]
    fn a_shortage_is_one(case in case()) {
        let (catalog, record, as_of) = read(&case, None);
        // What nobody issued cannot be taken away.
        let issued_only = EvaluateOptions::default().qualification_counts(false);
        for (id, credential) in catalog.credentials() {
            let audit = catalog.evaluate(&record, as_of, &issued_only).audit(id);
            for (place, part) in parts(&audit).into_iter().enumerate() {
                let enough = part.parts.iter().filter(|part| part.state == State::Met).count()
                    >= part.need.hundredths() as usize / 100;
                let counts = matches!(part.kind, PartKind::AllOf | PartKind::AtLeast);
                let Some(conflict) = &part.conflict else {
                    // Enough parts are met, but not together: then there is a reason, unless it is one of time, or of
                    // points.
                    let another = part.conditions.span.is_some() || lacks_points(&case, part, (id, place));
                    prop_assert!(
                        !(part.distinct && counts && enough) || part.state == State::Met || another,
                        "{}",
                        audit
                    );
                    continue;
                };
                prop_assert!(part.distinct && part.state == State::Unmet);
                prop_assert!(
                    part.parts.iter().filter(|part| part.state == State::Met).count()
                        >= part.need.hundredths() as usize / 100
                );
                let Some(needs) = conflict.needs else { continue };
                prop_assert_eq!(
                    needs,
                    conflict.parts.iter().map(|part| u64::from(part.needs.unwrap_or(0))).sum::<u64>()
                );
                prop_assert!(
                    needs > (conflict.awards.len() + conflict.members.len()) as u64,
                    "{}: {}",
                    credential.id,
                    conflict
                );
                // Answers name credentials by their own ids.
                let own_id = |id: &String| catalog.credential(id).map_or(id, |known| &catalog.get(known).id).clone();
                let own = |award: &Award| Award { credential: own_id(&award.credential), ..award.clone() };
                let own: Vec<Award> = record.awards.iter().map(own).collect();
                prop_assert!(conflict.awards.iter().all(|award| own.contains(award)));
                if !conflict.members.is_empty() || !record.substitutions.is_empty() {
                    continue;
                }
                // Their units are gone with all their awards; of a repeatable credential only the award itself.
                let same = |a: &str, b: &str| {
                    a == b || case.catalog.equivalent.iter().any(|set| set.contains(&a) && set.contains(&b))
                };
                if case.catalog.equivalent.len() > 1
                    || catalog.credentials().any(|(_, credential)| credential.repeatable)
                {
                    continue;
                }
                let gone = |award: &Award| {
                    conflict.awards.iter().any(|named| same(&own_id(&named.credential), &own_id(&award.credential)))
                };
                let awards = record.awards.iter().filter(|award| !gone(award)).cloned().collect();
                let without = LearnerRecord { awards, ..record.clone() };
                let without = catalog.evaluate(&without, as_of, &issued_only).audit(id);
                let without = parts(&without)[place].clone();
                for contested in &conflict.parts {
                    let is_it = |part: &&AuditedPart| {
                        members(part) == contested.members && part.line == contested.line && part.name == contested.name
                    };
                    // Where others look the same but for their conditions, it cannot be told which ones are meant.
                    let alike = conflict.parts.iter().filter(|other| {
                        (&other.members, other.line, &other.name)
                            == (&contested.members, contested.line, &contested.name)
                    });
                    if below(part).into_iter().filter(is_it).count() != alike.count() {
                        continue;
                    }
                    let found = below(&without).into_iter().filter(is_it).all(|part| {
                        below(part).iter().all(|part| {
                            part.waiver.is_some()
                                || part.state == State::Unmet
                                || !matches!(part.kind, PartKind::Credential { .. })
                        })
                    });
                    prop_assert!(found, "{}: {}", credential.id, conflict);
                }
            }
        }
    }

    /// Law L3 and 4.3: what is qualified can be conferred in the order given, one after the other, and holds then.
    #[test]
    fn qualified_can_be_conferred_in_order(case in case()) {
        let (catalog, mut record, as_of) = read(&case, None);
        let order: Vec<CredentialId> =
            catalog.evaluate(&record, as_of, &EvaluateOptions::default()).qualified().collect();
        for id in order {
            prop_assert!(catalog.evaluate(&record, as_of, &EvaluateOptions::default()).meets_requirements(id));
            record.awards.push(Award::new(&*catalog.get(id).id).on(as_of));
        }
    }

    /// By issued awards only, nothing counts that nobody has issued: the same as without the rules of everything
    /// qualified.
    #[test]
    fn issued_only_is_less(case in case()) {
        let (catalog, record, as_of) = read(&case, None);
        let issued_only = EvaluateOptions::default().qualification_counts(false);
        let (strict, full) = (
            catalog.evaluate(&record, as_of, &issued_only),
            catalog.evaluate(&record, as_of, &EvaluateOptions::default()),
        );
        for (id, _) in catalog.credentials() {
            prop_assert!(!strict.meets_requirements(id) || full.meets_requirements(id));
            prop_assert_eq!(strict.status(id) == Status::Held && full.status(id) != Status::Held, false);
            for part in parts(&strict.audit(id)) {
                prop_assert!(part.witness.iter().all(|used| used.is_issued()));
            }
        }
    }
}

/// Whether a part that asks for an average would be met if no average were asked for, by what is issued.
fn lacks_points(case: &Case, part: &AuditedPart, (id, place): (CredentialId, usize)) -> bool {
    let Case { mut catalog, mut record, as_of } = case.clone();
    strip(&mut catalog, &mut record, Feature::Average);
    let (catalog, record, as_of) = read(&Case { catalog, record, as_of }, None);
    let issued_only = EvaluateOptions::default().qualification_counts(false);
    let audit = catalog.evaluate(&record, as_of, &issued_only).audit(id);
    part.conditions.average.is_some() && parts(&audit)[place].state == State::Met
}

/// Turns every list of parts round.
fn turn(members: &mut Members) {
    if let Members::List(parts) = members {
        parts.reverse();
        for part in parts {
            if let Part::Group { members, .. } = part {
                turn(members);
            }
        }
    }
}

fn views() -> impl Strategy<Value = View> {
    prop_oneof![4 => Just(View::Earned), 1 => Just(View::InProgress), 1 => Just(View::Planned)]
}

fn same_view(view: View) -> crate::reference::model::View {
    match view {
        View::Earned => crate::reference::model::View::Earned,
        View::InProgress => crate::reference::model::View::InProgress,
        View::Planned => crate::reference::model::View::Planned,
    }
}

/// No two claims name more of the same awards than every policy for their types allows. Awards of equivalents, of which
/// it does not matter which is named, of repeatable credentials, and awards by renewal, which are told with what was
/// renewed, are left to the reference.
fn check_policies(catalog: &Catalog, claims: &Claims) {
    let kind = |claim: &Claim| &catalog.get(catalog.credential(&claim.credential).unwrap()).kind;
    if catalog.credentials().any(|(_, credential)| credential.repeatable || !credential.renews.is_empty()) {
        return;
    }
    let used = |claim: &Claim| -> BTreeSet<String> {
        claim.witness.iter().map(|used| used.award().credential.clone()).collect()
    };
    let made = |claims: &Claims| claims.claimed.iter().chain(&claims.components).cloned().collect::<Vec<Claim>>();
    // What somebody issued today, or on an unknown day, and its components are judged as of today as well, and not
    // among themselves.
    let fixed_today = claims.held.iter().any(|held| held.judged_on == claims.as_of);
    let new = if fixed_today { claims.claimed.clone() } else { made(claims) };
    let today: Vec<Claim> = new.into_iter().filter(|claim| claim.judged_on == claims.as_of).collect();
    for claim in &today {
        for other in made(claims).iter().chain(&claims.held).filter(|other| other.credential != claim.credential) {
            for policy in catalog.sharing().iter().filter(|policy| policy.applies(kind(claim), kind(other))) {
                let limited = |id: &&String| policy.of.as_ref().is_none_or(|of| of.contains(id));
                let shared = used(claim).intersection(&used(other)).filter(limited).count();
                assert!(policy.max_awards.is_none_or(|most| shared <= most as usize), "{claims}");
            }
        }
    }
}

/// Awards of the credential that meet every condition an award made today can meet.
fn every_award(catalog: &Catalog, id: &str, as_of: Date) -> Vec<Award> {
    let best = catalog.header().grades.last().cloned().unwrap_or_else(|| "1000000".to_owned());
    let issuers = [None, Some("x".to_owned()), Some("y".to_owned())];
    let award = |issuer| Award { issuer, grade: Some(best.clone()), ..Award::new(id).on(as_of) };
    issuers.into_iter().flat_map(|issuer| vec![award(issuer); 15]).collect()
}

/// Some gaps offer a choice, in some of them every way is told, and of others how many more there are.
#[test]
fn ways_are_told_in_every_manner() {
    let mut runner = TestRunner::deterministic();
    let strategy = case();
    let mut seen = BTreeSet::new();
    for _ in 0..6000 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let (catalog, record, as_of) = read(&case, None);
        for (id, _) in catalog.credentials() {
            let audit = catalog.audit(&record, as_of, id, &EvaluateOptions::default());
            for gap in parts(&audit).iter().filter_map(|part| part.gap.as_ref()) {
                for choice in &gap.choices {
                    seen.insert(match (choice.ways.len(), choice.further) {
                        (1, FurtherWays::None) => "one",
                        (_, FurtherWays::None) => "some",
                        (_, FurtherWays::Number(_)) => "a number",
                        (_, FurtherWays::Unknown) => "unknown",
                    });
                }
                if gap.choices.len() > 1 && ways(gap).len() > 1 {
                    seen.insert("several choices");
                }
            }
        }
    }
    assert!(seen.is_superset(&BTreeSet::from(["one", "some", "several choices"])), "{:?}", seen);
}

/// With too few steps the engine says that it does not know; it never says anything false.
#[test]
fn a_work_limit_is_owned_up_to() {
    let mut runner = TestRunner::deterministic();
    let strategy = case();
    let mut undecided = 0;
    for _ in 0..4000 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let (catalog, record, as_of) = read(&case, None);
        let options = EvaluateOptions::default().search_steps(1);
        let (hurried, full) =
            (catalog.evaluate(&record, as_of, &options), catalog.evaluate(&record, as_of, &EvaluateOptions::default()));
        for (id, credential) in catalog.credentials() {
            let (said, right) = (hurried.status(id), full.status(id));
            if said == right && hurried.dates_are_complete(id) {
                let dates = |evaluation: &Evaluation| (evaluation.qualified_since(id), evaluation.valid_until(id));
                assert_eq!(dates(&hurried), dates(&full), "{} in {case:?}", credential.id);
            }
            if said == Status::Undecided {
                undecided += 1;
            } else {
                assert_eq!(said, right, "{} in {case:?}", credential.id);
            }
        }
    }
    assert!(undecided > 20, "{undecided}");
}
