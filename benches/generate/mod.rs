//! Seeded catalogs and learner records in the shape of real ones, for benchmarks and tests.
//!
//! [`Catalog::generate`] builds a catalog as plain data and [`Catalog::to_toml`] writes it down; a benchmark that needs
//! an independent answer computes it from the data and never reads the text. Everything follows from the seed: equal
//! arguments give equal bytes on every machine.
//!
//! A catalog falls into local domains ("a faculty") of about 250 credentials in five layers. Rules mostly look down
//! inside their domain; a few elective pools are shared between neighbouring domains, and some courses are equivalent
//! to a course next door. The proportions imitate published catalogs: about 200 bytes of TOML, two rules and a
//! dozen rule edges for each credential.
#![allow(dead_code, unused_imports, reason = "every benchmark and test uses its own part of the generator")]

pub(crate) mod hard;
mod learner;
pub(crate) mod limits;
mod random;
mod text;

pub(crate) use learner::{AS_OF, Award, Day};
pub(crate) use random::Random;
pub(crate) use text::{cascade, chain, cycle, diamonds, record as record_text};

/// Credentials in one domain, roughly.
const DOMAIN: usize = 250;
/// How many neighbouring domains share one pool of breadth electives.
const NEIGHBOURS: usize = 8;
/// The TOML text of a catalog of `n` credentials.
pub(crate) fn catalog(seed: u64, n: usize) -> String {
    Catalog::generate(seed, n).to_toml()
}

/// The TOML text of a record with `awards` awards for the catalog of the same seed and size.
pub(crate) fn record(seed: u64, n: usize, awards: usize) -> String {
    let catalog = Catalog::generate(seed, n);
    text::record(&catalog, &catalog.awards(seed, awards))
}

/// A catalog as data: what the TOML text says, with indices for ids.
pub(crate) struct Catalog {
    pub(crate) credentials: Vec<Credential>,
    pub(crate) pools: Vec<Pool>,
    /// Sets of credentials that are one and the same; the sets are disjoint and stay within one layer.
    pub(crate) equivalent: Vec<Vec<usize>>,
    domains: Vec<Domain>,
}

/// One credential; `stack` is present exactly for the conferred layers.
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) layer: Layer,
    pub(crate) level: u32,
    /// Hundredths of a credit.
    pub(crate) credits: u32,
    pub(crate) hours: u32,
    pub(crate) cost: u32,
    pub(crate) valid_years: Option<u32>,
    pub(crate) tag: Option<String>,
    pub(crate) prerequisite: Option<Rule>,
    pub(crate) stack: Option<Rule>,
}

/// The layers, from what is simply taken to what is conferred on top of everything else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Layer {
    Foundation,
    Micro,
    Certificate,
    Diploma,
    Degree,
}

/// A requirement.
pub(crate) enum Rule {
    One(usize),
    All(Vec<Rule>),
    Any(Vec<Rule>),
    AtLeast(usize, Members),
    /// Hundredths of a credit; `within_years` limits the age of every award counted.
    Credits {
        need: u32,
        from: Members,
        within_years: Option<u32>,
    },
    /// At most this many hundredths; stands only inside `Credits`.
    UpTo(u32, Members),
}

impl Rule {
    fn one(&self) -> Option<usize> {
        if let Rule::One(at) = self { Some(*at) } else { None }
    }
}

/// What a counting rule counts.
pub(crate) enum Members {
    Listed(Vec<Rule>),
    /// An index into [`Catalog::pools`].
    Pool(usize),
}

/// A named pool; `filter` is the tag by which the text selects the members, if it does not list them.
pub(crate) struct Pool {
    pub(crate) name: String,
    pub(crate) members: Vec<usize>,
    pub(crate) filter: Option<String>,
}

/// The credentials of one domain by layer, and its two own pools.
#[derive(Default)]
struct Domain {
    code: String,
    layers: [Vec<usize>; 5],
    core: usize,
    elective: usize,
    breadth: usize,
}

impl Catalog {
    /// A catalog of `n` credentials (at least 50).
    pub(crate) fn generate(seed: u64, n: usize) -> Catalog {
        assert!(n >= 50, "a layered catalog needs at least 50 credentials");
        let mut random = Random::new(seed);
        let mut catalog =
            Catalog { credentials: Vec::new(), pools: Vec::new(), equivalent: Vec::new(), domains: Vec::new() };
        let domains = (n / DOMAIN).max(2);
        for number in 0..domains {
            // Spread the remainder, so that the sizes add up to n exactly.
            let size = n * (number + 1) / domains - n * number / domains;
            let domain = catalog.add_domain(&mut random, number, size);
            catalog.domains.push(domain);
        }
        catalog.match_neighbours(&mut random);
        catalog.share_pools(&mut random);
        for number in 0..domains {
            catalog.write_rules(&mut random, number);
        }
        catalog
    }

    /// `n` credentials, each but the last conferred by the one after it: holding the last earns them all, one by one
    /// against the order in which they are written.
    pub(crate) fn cascade(n: usize) -> Catalog {
        let credential = |at: usize| Credential {
            id: format!("c{at}"),
            layer: Layer::Micro,
            level: 4,
            credits: 100,
            hours: 0,
            cost: 0,
            valid_years: None,
            tag: None,
            prerequisite: None,
            stack: (at + 1 < n).then_some(Rule::One(at + 1)),
        };
        let credentials = (0..n).map(credential).collect();
        Catalog { credentials, pools: Vec::new(), equivalent: Vec::new(), domains: Vec::new() }
    }

    /// Adds the credentials of one domain, without rules.
    fn add_domain(&mut self, random: &mut Random, number: usize, size: usize) -> Domain {
        let mut domain = Domain { code: code(number), ..Domain::default() };
        let tag = format!("{}-elective", domain.code);
        for place in 0..size {
            let layer = match place * 100 / size {
                0..26 => Layer::Foundation,
                26..74 => Layer::Micro,
                74..90 => Layer::Certificate,
                90..96 => Layer::Diploma,
                _ => Layer::Degree,
            };
            // Credits in hundredths; some short micro-credentials carry quarters and halves.
            let credits = match layer {
                Layer::Foundation => random.between(1, 3) * 100,
                Layer::Micro if random.percent(10) => random.between(1, 10) * 50 + 25 * random.between(0, 1),
                Layer::Micro => random.between(3, 6) * 100,
                Layer::Certificate => random.between(10, 16) * 100,
                Layer::Diploma => random.between(5, 6) * 600,
                Layer::Degree => random.between(3, 4) * 3000,
            };
            let (level, valid, conferred) = match layer {
                Layer::Foundation => (4, 5, false),
                Layer::Micro => (random.between(4, 6), 20, false),
                Layer::Certificate => (5, 10, true),
                Layer::Diploma => (6, 0, true),
                Layer::Degree => (7, 0, true),
            };
            domain.layers[layer as usize].push(self.credentials.len());
            self.credentials.push(Credential {
                id: format!("{}{}", domain.code, 100 + place),
                layer,
                level,
                credits,
                // Claiming a conferred credential costs a fee and no study.
                hours: if conferred { 0 } else { (credits / 10).max(1) },
                cost: random.between(5, 40) * 10,
                valid_years: random.percent(valid).then(|| random.between(2, 5)),
                tag: (layer == Layer::Micro && random.percent(25)).then(|| tag.clone()),
                prerequisite: None,
                stack: None,
            });
        }
        domain
    }

    /// Declares some courses equivalent to a course of the next domain. Equivalents carry the same credits, so that a
    /// sum is the same whichever name it counts.
    fn match_neighbours(&mut self, random: &mut Random) {
        let mut taken = vec![false; self.credentials.len()];
        for number in 0..self.domains.len() {
            let next = (number + 1) % self.domains.len();
            for (layer, share) in [(Layer::Foundation, 10), (Layer::Micro, 2)] {
                let there = &self.domains[next].layers[layer as usize];
                for &here in &self.domains[number].layers[layer as usize] {
                    let other = *random.pick(there);
                    if random.percent(share) && !taken[here] && !taken[other] {
                        (taken[here], taken[other]) = (true, true);
                        self.credentials[other].credits = self.credentials[here].credits;
                        self.equivalent.push(vec![here, other]);
                    }
                }
            }
        }
    }

    /// Adds two pools for every domain, and one of breadth courses for every few neighbours.
    fn share_pools(&mut self, random: &mut Random) {
        for number in 0..self.domains.len() {
            if number.is_multiple_of(NEIGHBOURS) {
                let near: Vec<usize> = self.domains[number..]
                    .iter()
                    .take(NEIGHBOURS)
                    .flat_map(|domain| domain.layers[Layer::Foundation as usize].iter().copied())
                    .collect();
                let members = random.choose(&near, 24);
                let name = format!("breadth-{}", number / NEIGHBOURS + 1);
                self.pools.push(Pool { name, members, filter: None });
            }
            let breadth = self.pools.iter().rposition(|pool| pool.name.starts_with("breadth")).unwrap_or_default();
            let domain = &mut self.domains[number];
            let micro = &domain.layers[Layer::Micro as usize];
            let filter = format!("{}-elective", domain.code);
            let tagged = |&at: &usize| self.credentials[at].tag.is_some();
            let elective = Pool {
                name: filter.clone(),
                members: micro.iter().copied().filter(tagged).collect(),
                filter: Some(filter),
            };
            let core = Pool { name: format!("{}-core", domain.code), members: random.choose(micro, 22), filter: None };
            (domain.core, domain.elective, domain.breadth) = (self.pools.len(), self.pools.len() + 1, breadth);
            self.pools.extend([core, elective]);
        }
    }

    /// Writes the rules of one domain, layer by layer.
    fn write_rules(&mut self, random: &mut Random, number: usize) {
        let [foundations, micros, certificates, diplomas, degrees] = self.domains[number].layers.clone();
        let Domain { core, elective, breadth, .. } = self.domains[number];
        for &at in &micros {
            if random.percent(70) {
                // Below: the foundations, and the micro-credentials before this one, so that no cycle arises.
                let earlier: Vec<usize> =
                    foundations.iter().chain(&micros).copied().filter(|&other| other < at).collect();
                self.credentials[at].prerequisite = Some(easy(random, &earlier));
            }
        }
        for &at in &certificates {
            let mut parts = ones(random, &micros, 1, 2);
            parts.push(any_of(random, &micros, 2, 4));
            parts.push(at_least(random, &micros, 4, 7));
            let mut listed: Vec<Rule> = ones(random, &micros, 8, 16);
            if random.percent(30) {
                listed.push(Rule::UpTo(random.between(2, 5) * 100, Members::Pool(breadth)));
            }
            let from = if random.percent(25) { Members::Pool(elective) } else { Members::Listed(listed) };
            parts.push(self.credits(random, from, 30));
            if random.percent(35) {
                self.credentials[at].prerequisite = Some(easy(random, &foundations));
            }
            self.credentials[at].stack = Some(Rule::All(parts));
        }
        for &at in &diplomas {
            let mut parts = vec![at_least(random, &certificates, 3, 6), any_of(random, &micros, 2, 4)];
            parts.push(self.credits(random, Members::Pool(core), 35));
            parts.push(self.credits(random, Members::Pool(breadth), 25));
            let routes = [ones(random, &micros, 2, 2), ones(random, &micros, 3, 4)];
            parts.push(Rule::Any(routes.map(Rule::All).into()));
            self.credentials[at].stack = Some(Rule::All(parts));
        }
        for &at in &degrees {
            let mut parts = vec![at_least(random, &diplomas, 2, 5)];
            parts.extend(ones(random, &certificates, 1, 2));
            parts.push(any_of(random, &micros, 3, 6));
            for pool in [core, elective, breadth] {
                parts.push(self.credits(random, Members::Pool(pool), 40));
            }
            let list = Members::Listed(ones(random, &certificates, 8, 14));
            parts.push(self.credits(random, list, 30));
            if random.percent(30) {
                self.credentials[at].prerequisite = Some(any_of(random, &diplomas, 2, 4));
            }
            self.credentials[at].stack = Some(Rule::All(parts));
        }
    }

    /// A credit sum that asks for about `share` percent of everything on offer.
    fn credits(&self, random: &mut Random, from: Members, share: u32) -> Rule {
        let amount = |at: &usize| self.credentials[*at].credits;
        let offered: u32 = match &from {
            Members::Pool(pool) => self.pools[*pool].members.iter().map(amount).sum(),
            Members::Listed(parts) => parts.iter().filter_map(Rule::one).map(|at| amount(&at)).sum(),
        };
        let percent = random.between(share - 10, share + 15);
        let need = (offered / 100 * percent / 100 * 100).max(100);
        Rule::Credits { need, from, within_years: random.percent(8).then(|| random.between(4, 6)) }
    }
}

/// A simple rule of one to three credentials.
fn easy(random: &mut Random, from: &[usize]) -> Rule {
    match random.below(10) {
        0..4 => Rule::One(*random.pick(from)),
        4..8 => any_of(random, from, 2, 4),
        _ => {
            let mut parts = ones(random, from, 1, 2);
            parts.push(any_of(random, from, 2, 3));
            Rule::All(parts)
        }
    }
}

fn ones(random: &mut Random, from: &[usize], least: u32, most: u32) -> Vec<Rule> {
    let count = random.between(least, most);
    random.choose(from, count).into_iter().map(Rule::One).collect()
}

fn any_of(random: &mut Random, from: &[usize], least: u32, most: u32) -> Rule {
    Rule::Any(ones(random, from, least, most))
}

/// Some of a list, in which a part may itself be a choice.
fn at_least(random: &mut Random, from: &[usize], least: u32, most: u32) -> Rule {
    let mut parts = ones(random, from, least, most);
    for part in &mut parts {
        if random.percent(25) {
            *part = any_of(random, from, 2, 2);
        }
    }
    Rule::AtLeast(1 + random.below(parts.len().div_ceil(2)), Members::Listed(parts))
}

/// The code of a domain: three letters that can be spoken, each pair of numbers apart.
fn code(number: usize) -> String {
    const CONSONANTS: &[u8] = b"bcdfghjklmnprstvwz";
    const VOWELS: &[u8] = b"aeiou";
    let letters = [CONSONANTS[number % 18], VOWELS[number / 18 % 5], CONSONANTS[number / 90 % 18]];
    let spoken: String = letters.iter().map(|&letter| char::from(letter)).collect();
    // 1,620 codes; beyond that a number keeps them apart.
    if number < 1620 { spoken } else { format!("{spoken}{}-", number / 1620) }
}
