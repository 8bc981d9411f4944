//! Which credentials a policy on sharing could touch: those of its types, and whatever rests on them ([semantics
//! 5.5](crate::semantics#5.5)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evaluation::Evaluation;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec};

impl Catalog {
    /// Whether a policy on sharing could change what is said of a credential, which is judged by itself: it is
    /// conferred, and of a type under a policy, or rests on one that is, through its stack and those of its
    /// components. What can be claimed together, [`Catalog::claims`] says; plans obey the
    /// policies.
    ///
    /// ```
    /// use credpath::Catalog;
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     sharing = [{ between = ["Certificate", "Certificate"], max_awards = 0 }]
    ///     [credential]
    ///     a = {}
    ///     one = { type = "Certificate", stack = { all_of = ["a"] } }
    ///     two = { type = "Certificate", stack = { all_of = ["a"] } }
    ///     whole = { type = "Degree", stack = { all_of = ["one"] } }
    /// "#)?;
    /// let limited = |id: &str| catalog.credential(id).is_some_and(|id| catalog.sharing_is_limited(id));
    /// assert!(limited("one") && limited("whole") && !limited("a"));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn sharing_is_limited(&self, id: CredentialId) -> bool {
        !self.sharing().is_empty() && self.knows(id) && self.touched_by_policies(|| touched(self))[id]
    }
}

impl Evaluation<'_> {
    /// The same of this learner, through substitutions too: see [`Catalog::sharing_is_limited`].
    #[must_use]
    pub fn sharing_is_limited(&self, id: CredentialId) -> bool {
        let catalog = self.catalog;
        let exceptions = &self.standing.exceptions;
        if catalog.sharing_is_limited(id) {
            return true;
        }
        if catalog.sharing().is_empty() || exceptions.substitutions.is_empty() || !catalog.is_conferred(id) {
            return false;
        }
        let cone = Cone::following(catalog, exceptions, [id], Rule::is_stack);
        cone.credentials.entries().any(|(credential, &within)| within && catalog.sharing_is_limited(credential))
    }
}

fn touched(catalog: &Catalog) -> IdVec<CredentialId, bool> {
    let (network, names) = (&catalog.network, &catalog.names);
    // Who names a class in a stack.
    let mut named_by: BTreeMap<ClassId, BTreeSet<CredentialId>> = BTreeMap::new();
    for (number, leaf) in network.leaves.entries() {
        let rule = network.rule_of(number);
        if rule.is_stack() {
            named_by.entry(names.class(leaf.credential)).or_default().insert(rule.credential());
        }
    }
    let mut touched = IdVec::filled(false, catalog.len());
    let is_bound = |&id: &CredentialId| network.has_stack(id) && catalog.has_policy_on(id);
    let mut open: Vec<CredentialId> = CredentialId::first(catalog.len()).filter(is_bound).collect();
    while let Some(credential) = open.pop() {
        if std::mem::replace(&mut touched[credential], true) {
            continue;
        }
        for class in Names::closure(names.class(credential), |class| names.up(class)) {
            // What names it once needs no telling twice.
            open.extend(named_by.remove(&class).into_iter().flatten());
        }
    }
    touched
}
