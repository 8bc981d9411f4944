//! Waivers and substitutions of a record, as far as they change how its evidence counts.

use crate::value::ids::{CredentialId, Id, RegionId};
use std::sync::Arc;

use crate::catalog::names::Names;
use crate::catalog::network::{Above, Measure, Part};
use crate::evaluate::exceptions::Bearer;

use crate::evaluate::evidence::Admitted;
use crate::evaluate::progress::progress::Progress;

impl Progress<'_> {
    /// Lets evidence count under the names that substitutions give it.
    #[cold]
    pub(crate) fn admit_substituted(&mut self, admitted: &Admitted) {
        if !admitted.evidence.by().is_empty() {
            return;
        }
        let names = &self.catalog.names;
        let bearer = Bearer::Class(names.class(admitted.evidence.credential));
        for route in self.exceptions.routes(names, bearer) {
            let evidence = admitted.evidence.by_way_of(route);
            self.admit_as_named(Admitted { evidence, ..*admitted });
        }
    }

    /// Sums and `at_least` groups to whose members a substitution adds a name are judged as a whole, where it counts at
    /// all: what filled one place may now fill two.
    pub(crate) fn join_substituted(&mut self) {
        let catalog = self.catalog;
        let (network, names) = (&catalog.network, &catalog.names);
        let exceptions = Arc::clone(&self.exceptions);
        for substitution in &exceptions.substitutions {
            for class in Names::closure(names.class(substitution.to), |class| names.up(class)) {
                for used in network.particular_uses.list(class) {
                    self.join(used.above.get(), substitution.within);
                }
                for (_, above) in network.plain_uses.list(class) {
                    self.join(above.get(), substitution.within);
                }
            }
        }
    }

    /// Makes the sum or `at_least` that a leaf stands in a joint region, if it stands in one that is none yet, and in a
    /// rule of the one credential, if one is named.
    pub(crate) fn join(&mut self, above: Above, within: Option<CredentialId>) {
        let network = &self.catalog.network;
        let mut above = above;
        while let Above::Group(group) = above {
            let described = network.group(group);
            if within.is_some_and(|within| within != described.rule.credential()) {
                return;
            }
            match described.measure {
                Measure::UpTo(_) => above = described.above,
                Measure::Count if !network.counts_units(group) => return,
                Measure::Count | Measure::Sum(_)
                    if described.region == RegionId::PLAIN && !self.joined.contains_key(&group) =>
                {
                    let region = RegionId::at(self.usable.len());
                    self.usable.push(Vec::new());
                    self.joined_tops.push(group);
                    let groups = network.groups_below(Part::Group(group)).into_iter();
                    self.joined.extend(groups.map(|group| (group, region)));
                    return;
                }
                _ => return,
            }
        }
    }

    /// A part is satisfied without evidence.
    pub(crate) fn waive(&mut self, part: Part) {
        let network = &self.catalog.network;
        match part {
            Part::Leaf(leaf) => self.fill(leaf, network.above(leaf)),
            Part::Group(group) => {
                let described = network.group(group);
                if self.cone.is_some_and(|cone| !cone.credentials[described.rule.credential()]) {
                    return;
                }
                if described.region == RegionId::PLAIN || self.top(described.region) == group {
                    self.satisfied(group);
                } else {
                    self.work.judge.insert(described.region);
                }
            }
        }
    }
}
