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

/// The sums that make up a stack, beside what is carried by leaves that are always needed.
struct StackSums {
    fixed: u64,
    sums: Vec<CreditSum>,
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
    let totals = match ways(shape, top) {
        Ok(None) => return,
        Ok(Some(ways)) => ways.totals(sums_left),
        Err(TooMuch) => Err(TooMuch),
    };
    let place = shape.facts.written(credential).places.value("credits");
    let id = shape.id(credential);
    let Ok(totals) = totals else {
        let message =
            format!("whether a choice of parts of `{id}` carries exactly the {} declared credits", credits(declared));
        return findings.leave_open(Code::UnreachableTotal, credential, &place, message);
    };
    if totals.is_empty() || totals.contains(&declared) {
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

/// The stack as sums that have nothing to do with each other, if it is that: a sum, or all of some sums and leaves.
fn ways(shape: &ShapeFacts, top: Part) -> Result<Option<StackSums>, TooMuch> {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let Part::Group(group) = top else { return Ok(None) };
    let parts = match network.group(group).measure {
        Measure::Sum(Unit::Credits) => vec![top],
        Measure::Count if network.needs_all(group) => network.parts(group).to_vec(),
        _ => return Ok(None),
    };
    let mut ways = StackSums { fixed: 0, sums: Vec::new() };
    // The part that the awards of each unit fit, and the unit of the member that they fit there.
    let mut fits: BTreeMap<UnitId, UnitId> = BTreeMap::new();
    for &part in &parts {
        let mut members: BTreeMap<UnitId, (u64, bool)> = BTreeMap::new();
        let sum = match part {
            Part::Leaf(_) => None,
            Part::Group(sum) if network.group(sum).measure == Measure::Sum(Unit::Credits) => Some(sum),
            Part::Group(_) => return Ok(None),
        };
        if sum.is_some_and(|sum| has_binding_cap(shape, sum)) {
            return Ok(None);
        }
        for leaf in network.leaves_below(part) {
            let named = network.leaf(leaf).credential;
            let unit = catalog.names.unit(named);
            let carries = u64::from(catalog.at(named).credits.weight());
            let known = members.get(&unit).copied();
            let best = known.map_or(carries, |(before, _)| before.max(carries));
            if !shape.progress().is_met(Part::Leaf(leaf)) {
                continue;
            }
            members.insert(unit, (best, catalog.names.repeatable(named)));
            if known.is_some() {
                continue;
            }
            let fitting: BTreeSet<UnitId> =
                shape.fitting(leaf).ok_or(TooMuch)?.into_iter().map(|fit| catalog.names.unit(fit)).collect();
            let alone = fitting.len() == 1;
            if catalog.names.repeatable(named) && !alone
                || fitting.into_iter().any(|fit| fits.insert(fit, unit).is_some())
            {
                return Ok(None);
            }
        }
        match sum {
            None => ways.fixed += members.values().map(|(carries, _)| carries).sum::<u64>(),
            Some(sum) => ways.sums.push(CreditSum::new(u64::from(network.group(sum).threshold), members.into_values())),
        }
    }
    Ok((!ways.sums.is_empty()).then_some(ways))
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

impl StackSums {
    /// The totals of the ways to meet the stack without a part to spare.
    fn totals(&self, sums_left: &mut u64) -> Result<BTreeSet<u64>, TooMuch> {
        let mut totals = BTreeSet::from([self.fixed]);
        for sum in &self.sums {
            let of_sum = sum.totals(sums_left)?;
            let work = of_sum.len() as u64 * totals.len() as u64;
            if work > MOST_SUMS {
                return Err(TooMuch);
            }
            totals = totals.iter().flat_map(|&before| of_sum.iter().map(move |&more| before + more)).collect();
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
