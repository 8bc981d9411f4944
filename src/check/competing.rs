//! Where being met by itself is not enough for a part: what fills it may be wanted elsewhere, have too low a grade or a
//! day too far off, or be there on the ground of what it is a part of.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::catalog::network::{Part, Rule};
use crate::evaluate::cone::Cone;
use crate::value::ids::{CredentialId, LeafId, UnitId};

use crate::check::facts::Facts;
use crate::check::records::asked::suppliers;

impl Facts<'_> {
    /// The units of awards that could fill a leaf, whatever records say of them.
    pub(crate) fn units_for(&self, leaf: LeafId) -> BTreeSet<UnitId> {
        let Self { catalog, .. } = self;
        let supplying = suppliers(catalog, catalog.network.leaf(leaf).credential);
        let mut walked = 0;
        let counted = supplying.inspect(|_| walked += 1);
        let units = counted.map(|credential| catalog.names.unit(credential)).collect();
        self.spend(walked / 4 + 1);
        units
    }

    /// Whether an option can be met and count for nothing all the same: a group around it asks for an average or a
    /// span, or for different awards in another part that the same ones fill.
    pub(crate) fn may_not_count(&self, option: Part) -> bool {
        let network = &self.catalog.network;
        let Part::Leaf(leaf) = option else { return false };
        let own = OnceCell::new();
        let mut inner = option;
        while let Some(around) = network.group_above(inner) {
            let extras = network.extras(around);
            if extras.average.is_some() || extras.span.is_some() {
                return true;
            }
            let by_units = inner == option && network.counts_units(around);
            if by_units || extras.distinct && network.group(around).threshold > 1 {
                let own = own.get_or_init(|| self.units_for(leaf));
                let others = network.parts(around).iter().filter(|&&part| part != inner);
                let mut leaves = others.flat_map(|&part| network.leaves_below(part));
                if leaves.any(|leaf| !self.units_for(leaf).is_disjoint(own)) {
                    return true;
                }
            }
            inner = Part::Group(around);
        }
        false
    }

    /// Whether what fills a leaf may be qualified for only since the credential is, whose rule it stands in: then it is
    /// no reason to leave out anything of that rule.
    pub(crate) fn may_rest_on(&self, credential: CredentialId, leaf: LeafId) -> bool {
        let Self { catalog, .. } = self;
        if !catalog.network.has_stack(credential) {
            return false;
        }
        let supplying = suppliers(catalog, catalog.network.leaf(leaf).credential);
        let confers = |rule: Rule| catalog.network.has_stack(rule.credential());
        let cone = Cone::following(catalog, &self.exceptions, supplying, confers);
        self.spend(catalog.len() / 32 + cone.credentials.iter().filter(|inside| **inside).count());
        cone.credentials[credential]
    }
}
