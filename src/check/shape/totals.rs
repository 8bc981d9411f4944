//! Declared credits against what the parts carry.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::outcome::Met;

use crate::check::findings::Findings;
use crate::check::shape::facts::ShapeFacts;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::amount::Amount;
use crate::value::ids::{CredentialId, GroupId, Id, UnitId};

/// Sums that are looked at for one credential, and for all of them together.
const MOST_SUMS: u64 = 100_000;
const MOST_SUMS_OF_ALL: u64 = 100_000_000;

/// Looks at the conferred credentials that say how many credits they carry. (The hours of a conferred credential are
/// those of claiming it, so they are nothing that its parts would have to carry.)
pub(crate) fn totals<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let catalog = shape.catalog();
    let mut sums_left = shape.facts.options.work.min(MOST_SUMS_OF_ALL);
    for credential in CredentialId::first(catalog.len()) {
        let declared = u64::from(catalog.at(credential).credits.weight());
        let rule = Rule::stack(credential);
        let Some(top) = catalog.network.top(rule).filter(|_| declared > 0) else { continue };
        match shape.everything.met(top) {
            Met::No => {}
            Met::Yes if unequal(shape, &mut findings, credential, top, declared) => {}
            Met::Yes => unreachable(shape, &mut findings, credential, top, declared, &mut sums_left),
            Met::Undecided => {
                let message = format!("whether the parts of `{}` carry what it declares", shape.id(credential));
                let place = catalog.network.place(top);
                findings.leave_open(Code::UnequalTotal, credential, &place, message);
            }
        }
    }
    findings
}

fn credits(hundredths: u64) -> Amount {
    Amount::from_hundredths(hundredths)
}

/// Whether all parts together carry too little; or too much, if all are needed.
fn unequal(shape: &ShapeFacts, findings: &mut Findings, credential: CredentialId, top: Part, declared: u64) -> bool {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let mut carried: BTreeMap<UnitId, u64> = BTreeMap::new();
    let leaves = network.leaves_below(top);
    for &leaf in &leaves {
        let named = network.leaf(leaf).credential;
        let carries = u64::from(catalog.at(named).credits.weight());
        // In a sum, a repeatable credential carries as much as is wanted.
        let endless = network.adds_up(leaf).is_some() && catalog.names.repeatable(named) && carries > 0;
        let most = carried.entry(catalog.names.unit(named)).or_default();
        *most = (*most).max(if endless { u64::from(u32::MAX) } else { carries });
    }
    let all: u64 = carried.values().sum();
    let all_needed = shape.catalog().network.required(Rule::stack(credential)).len() == leaves.len();
    if all == 0 || !(all < declared || all_needed && all != declared) {
        return false;
    }
    let message = format!(
        "`{}` declares {} credits, and its parts carry {} together",
        shape.id(credential),
        credits(declared),
        credits(all)
    );
    let (below, above) = if all < declared { (Some(credits(all)), None) } else { (None, Some(credits(all))) };
    let places = &shape.facts.written(credential).places;
    let diagnostic = Diagnostic::new(Code::UnequalTotal, places.value("credits"), message)
        .label("declared here")
        .also(network.place(top), format!("{} credits in all", credits(all)))
        .help("correct the declared credits or those of the parts, or list what is missing")
        .witness(Witness::Amounts { need: credits(declared), below, above });
    findings.tell(credential, diagnostic, Severity::Warning);
    true
}

/// A subset-sum problem: the hundredths needed, of members that carry so much, each so often.
struct CreditSum {
    need: u64,
    members: BTreeMap<u64, u64>,
}

/// The question was left open, because it takes too much work.
struct TooMuch;

/// Whether no choice of parts without one to spare carries what is declared.
fn unreachable(
    shape: &ShapeFacts,
    findings: &mut Findings,
    credential: CredentialId,
    top: Part,
    declared: u64,
    sums_left: &mut u64,
) {
    let totals = match is_apart(shape, top) {
        Ok(true) => totals_of(shape, top, sums_left),
        Ok(false) => return,
        Err(TooMuch) => Err(TooMuch),
    };
    let place = shape.facts.written(credential).places.value("credits");
    let id = shape.id(credential);
    let Ok(totals) = totals else {
        let message =
            format!("whether a choice of parts of `{id}` carries exactly the {} declared credits", credits(declared));
        return findings.leave_open(Code::UnreachableTotal, credential, &place, message);
    };
    let Some(totals) = totals else { return };
    // Where nothing carries credits, those that are declared are its own.
    if totals.contains(&declared) || totals.iter().all(|&total| total == 0) {
        return;
    }
    let below = totals.range(..declared).next_back().copied().map(credits);
    let above = totals.range(declared..).next().copied().map(credits);
    let declared = credits(declared);
    let nearest = match (below, above) {
        (Some(below), Some(above)) => format!("the nearest are {below} and {above}"),
        (Some(below), None) => format!("{below} at the most"),
        (None, above) => format!("{} at the least", above.unwrap_or_default()),
    };
    let message =
        format!("`{id}` declares {declared} credits, and no choice of parts without one to spare carries exactly that");
    let diagnostic = Diagnostic::new(Code::UnreachableTotal, place, message)
        .label("declared here")
        .also(shape.catalog().network.place(top), nearest)
        .help("correct the declared credits, the amount that is needed, or what the parts carry")
        .witness(Witness::Amounts { need: declared, below, above });
    findings.tell(credential, diagnostic, Severity::Warning);
}

/// Whether every award fits one member of the stack alone, so that each part of it is met by itself. Members of one sum
/// that are equivalent are one member.
fn is_apart(shape: &ShapeFacts, top: Part) -> Result<bool, TooMuch> {
    let (network, names) = (&shape.catalog().network, &shape.catalog().names);
    // The group that the awards of each unit fit, and the unit of the member that they fit there.
    let mut fits: BTreeMap<UnitId, (Option<GroupId>, UnitId)> = BTreeMap::new();
    for leaf in network.leaves_below(top) {
        let part = Part::Leaf(leaf);
        let unit = names.unit(network.leaf(leaf).credential);
        let sum = network.group_above(part).filter(|_| network.adds_up(leaf) == Some(Unit::Credits));
        for fit in shape.fitting(leaf).ok_or(TooMuch)?.into_iter().map(|fit| names.unit(fit)) {
            let place = (sum, unit);
            if fits.insert(fit, place).is_some_and(|before| sum.is_none() || before != place) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The totals of the ways to meet a part without anything to spare; `None` if that is no matter of adding up. What
/// nobody can meet is no way.
fn totals_of(shape: &ShapeFacts, part: Part, left: &mut u64) -> Result<Option<BTreeSet<u64>>, TooMuch> {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let group = match part {
        Part::Leaf(leaf) => {
            let carried = u64::from(catalog.at(network.leaf(leaf).credential).credits.weight());
            return Ok(Some(BTreeSet::from([carried])));
        }
        Part::Group(group) => group,
    };
    let threshold = network.group(group).threshold as usize;
    let repeats =
        |part: &Part| matches!(*part, Part::Leaf(leaf) if catalog.names.repeatable(network.leaf(leaf).credential));
    match network.group(group).measure {
        Measure::Sum(Unit::Credits) => return totals_of_sum(shape, group, left),
        Measure::Count | Measure::Sum(Unit::Places) => {}
        Measure::Sum(Unit::Hours) | Measure::UpTo(_) => return Ok(None),
    }
    let parts: Vec<Part> = network.parts(group).iter().copied().filter(|&part| !shape.is_unmet(part)).collect();
    if network.counts_units(group) && parts.iter().any(repeats) || network.extras(group).span.is_some() {
        return Ok(None);
    }
    // For each number of parts, up to that which is needed, the totals of so many of those looked at.
    let mut totals: Vec<BTreeSet<u64>> = vec![BTreeSet::new(); threshold + 1];
    totals[0].insert(0);
    for part in parts {
        let Some(more) = totals_of(shape, part, left)? else { return Ok(None) };
        for number in (1..=threshold).rev() {
            let work = totals[number - 1].len() as u64 * more.len() as u64 + 1;
            *left = left.checked_sub(work).filter(|_| work <= MOST_SUMS).ok_or(TooMuch)?;
            let with: BTreeSet<u64> =
                totals[number - 1].iter().flat_map(|&before| more.iter().map(move |&more| before + more)).collect();
            totals[number].extend(with);
        }
    }
    Ok(totals.pop())
}

/// The same of a sum of credits, unless a cap can take something away, or several members are filled by one award.
fn totals_of_sum(shape: &ShapeFacts, sum: GroupId, left: &mut u64) -> Result<Option<BTreeSet<u64>>, TooMuch> {
    let catalog = shape.catalog();
    let network = &catalog.network;
    if has_binding_cap(shape, sum) {
        return Ok(None);
    }
    let mut members: BTreeMap<UnitId, (u64, bool)> = BTreeMap::new();
    for leaf in network.leaves_below(Part::Group(sum)) {
        let named = network.leaf(leaf).credential;
        if !shape.progress().is_met(Part::Leaf(leaf)) {
            continue;
        }
        let repeatable = catalog.names.repeatable(named);
        if repeatable && shape.fitting(leaf).ok_or(TooMuch)?.len() > 1 {
            return Ok(None);
        }
        let carries = u64::from(catalog.at(named).credits.weight());
        let member = members.entry(catalog.names.unit(named)).or_insert((carries, repeatable));
        member.0 = member.0.max(carries);
    }
    CreditSum::new(u64::from(network.group(sum).threshold), members.into_values()).totals(left).map(Some)
}

/// Whether an `up_to` in the sum can take something away.
fn has_binding_cap(shape: &ShapeFacts, sum: GroupId) -> bool {
    let catalog = shape.catalog();
    let network = &catalog.network;
    network.groups_below(Part::Group(sum)).into_iter().filter(|&group| group != sum).any(|group| {
        let leaves = network.leaves_below(Part::Group(group));
        let repeatable = leaves.iter().any(|&leaf| catalog.names.repeatable(network.leaf(leaf).credential));
        let carried: u64 = leaves.iter().map(|&leaf| u64::from(network.leaf(leaf).weight)).sum();
        repeatable || carried > u64::from(network.group(group).threshold)
    })
}

impl CreditSum {
    fn new(need: u64, members: impl Iterator<Item = (u64, bool)>) -> Self {
        let mut sum = Self { need, members: BTreeMap::new() };
        for (carries, repeatable) in members.filter(|&(carries, _)| carries > 0) {
            // More of them than reach the amount alone are never needed.
            let most = need.div_ceil(carries);
            let often = sum.members.entry(carries).or_default();
            *often = (*often + if repeatable { most } else { 1 }).min(most);
        }
        sum
    }

    /// The totals of the choices of members that reach the amount, and do not without any one of them: without the
    /// least of them, that is. So the greatest come first, and the one that reaches the amount comes last.
    fn totals(&self, sums_left: &mut u64) -> Result<BTreeSet<u64>, TooMuch> {
        let unit = self.members.keys().fold(0, |unit, &carries| gcd(unit, carries)).max(1);
        let need = self.need.div_ceil(unit);
        let members: u64 = self.members.values().sum();
        let work = need.saturating_mul(members);
        if need > MOST_SUMS || work > *sums_left {
            return Err(TooMuch);
        }
        *sums_left -= work;
        let mut totals = BTreeSet::new();
        if need == 0 {
            return Ok([0].into());
        }
        let mut reached = vec![false; usize::try_from(need).unwrap_or_default()];
        reached[0] = true;
        for (&carries, &often) in self.members.iter().rev() {
            let carries = usize::try_from(carries / unit).unwrap_or(usize::MAX);
            for _ in 0..often {
                for before in (0..reached.len()).rev().filter(|&before| reached[before]).collect::<Vec<_>>() {
                    let after = before.saturating_add(carries);
                    match reached.get_mut(after) {
                        Some(reached) => *reached = true,
                        None => _ = totals.insert(after as u64 * unit),
                    }
                }
            }
        }
        Ok(totals)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
