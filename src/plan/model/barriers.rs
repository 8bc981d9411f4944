//! Reasons that keep a credential out of plans whatever else is in them.

use crate::catalog::catalog::Catalog;
use crate::value::ids::CredentialId;

use crate::plan::model::exclusions::Exclusions;
use crate::plan::question::question::Question;

/// A reason why a credential cannot be awarded on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Barrier {
    /// Its offering is over, or it is not offered on the very date where that is asked.
    Closed,
    /// An award that is held excludes it.
    ExcludedBy(CredentialId),
    /// The caller avoids it, or its issuer or tags are not among those that are allowed.
    Avoided,
    Issuer,
    Tags,
}

/// The barriers of one credential.
pub(crate) fn barriers(
    catalog: &Catalog,
    credential: CredentialId,
    question: &Question<'_>,
    exclusions: &Exclusions,
) -> Vec<Barrier> {
    let Question { as_of, options, .. } = *question;
    let described = catalog.at(credential);
    let offered = &described.offered;
    let mut found = Vec::new();
    if catalog.is_notional(credential) {
        return found;
    }
    if offered.is_over(as_of) || options.offered_now && !offered.contains(as_of) {
        found.push(Barrier::Closed);
    }
    if let Some(&held) = exclusions.held.get(&credential) {
        found.push(Barrier::ExcludedBy(held));
    }
    if options.avoid.contains(&credential) {
        found.push(Barrier::Avoided);
    }
    let by_issuer = |issuers: &Vec<String>| described.issuer.as_ref().is_some_and(|issuer| issuers.contains(issuer));
    if !options.issuers.as_ref().is_none_or(by_issuer) {
        found.push(Barrier::Issuer);
    }
    let tagged = |tags: &[String]| described.tags.iter().any(|tag| tags.contains(tag));
    let claimed = catalog.network.has_stack(credential);
    if !claimed && options.tags.as_deref().is_some_and(|tags| !tagged(tags)) || tagged(&options.without_tags) {
        found.push(Barrier::Tags);
    }
    found
}
