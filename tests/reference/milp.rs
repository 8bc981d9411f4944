//! A second way to the best plan: the rules written down as a mixed-integer model, which microlp solves.
//!
//! It works from the text of a catalog and shares no code with the engine. The model is the plainest that is right: a
//! variable of 0 or 1 for each credential on the way to the target, one for each group inside a group, and rows that
//! say that what is chosen has enough of what it needs. Awards of the record are there from the start; no credential is
//! held because its rules are met.
//!
//! Covered: credentials by name, `all_of`, `any_of`, `at_least`, `credits` and `hours` in each other, `up_to`, pools,
//! filters on `tags`, `equivalent`, `valid_for` and `within` in whole years, undated awards and those in progress.
//! So is `all_of` of sums that is `distinct`. Everything else is refused: other conditions, `distinct` elsewhere,
//! `span`, `counts_as`, `repeatable`, `excludes`, `offered`, a sum in which one credential stands in two places, awards
//! with amounts of their own, waivers, substitutions. So are rules that lead round in a circle, because rows alone
//! cannot tell what supports only itself.
#![allow(dead_code, reason = "the tests and the benchmark each use a part of it")]

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolutionStatus, SolveOutcome, Variable};
use toml::{Table, Value};

/// Year, month and day.
type Day = (i64, i64, i64);

/// Why a catalog, a record or a rule is not modelled.
pub(crate) type Refused = String;

type Outcome<T> = Result<T, Refused>;

/// What is to be least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    Cost,
    Hours,
    /// The number of credentials that are taken; claims are free.
    Credentials,
}

/// What the solver says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The optimum in hundredths; a credential is 100 of them.
    Optimal(u64),
    Infeasible,
    /// The time was over first.
    Unfinished,
    /// The solver gave up, and says why.
    Failed(String),
}

/// A catalog, read so that models of several targets and records can be made from it.
#[derive(Debug)]
pub(crate) struct Rules {
    ids: Vec<String>,
    places: HashMap<String, usize>,
    credentials: Vec<Table>,
    /// Equivalent credentials are one unit; it has the place of one of them.
    units: Vec<usize>,
    members: HashMap<usize, Vec<usize>>,
    pools: Table,
    tagged: HashMap<String, Vec<usize>>,
}

impl Rules {
    pub(crate) fn parse(text: &str) -> Outcome<Rules> {
        let document: Table = text.parse().map_err(|error| format!("{error}"))?;
        only(&document, &["catalog", "pool", "credential"], "the catalog")?;
        let table = |key: &str| document.get(key).and_then(Value::as_table).cloned().unwrap_or_default();
        let about = table("catalog");
        only(&about, &["title", "currency", "credit_unit", "equivalent"], "[catalog]")?;
        let (mut ids, mut credentials) = (Vec::new(), Vec::new());
        for (id, credential) in table("credential") {
            let Value::Table(credential) = credential else { return Err(format!("{id} is no table")) };
            only(&credential, &KEYS, &id)?;
            ids.push(id);
            credentials.push(credential);
        }
        let places: HashMap<String, usize> = ids.iter().cloned().zip(0..).collect();
        let units = (0..ids.len()).collect();
        let (members, tagged) = (HashMap::new(), HashMap::new());
        let mut rules = Rules { ids, places, credentials, units, members, pools: table("pool"), tagged };
        rules.merge(about.get("equivalent").map(list).transpose()?.unwrap_or_default())?;
        for (at, credential) in rules.credentials.iter().enumerate() {
            rules.members.entry(rules.units[at]).or_default().push(at);
            let tags = credential.get("tags").map(list).transpose()?.unwrap_or_default();
            // A filter selects what is taken, never what is conferred.
            for tag in tags.iter().filter(|_| !credential.contains_key("stack")) {
                rules.tagged.entry(text_of(tag)?.to_owned()).or_default().push(at);
            }
        }
        Ok(rules)
    }

    fn merge(&mut self, equivalent: &[Value]) -> Outcome<()> {
        let mut merged = vec![false; self.ids.len()];
        for set in equivalent {
            let set: Vec<usize> = list(set)?.iter().map(|id| self.place(text_of(id)?)).collect::<Outcome<_>>()?;
            for &member in &set {
                if std::mem::replace(&mut merged[member], true) {
                    return Err(format!("{} stands in two sets of equivalents", self.ids[member]));
                }
                self.units[member] = set[0];
            }
        }
        Ok(())
    }

    /// The model of the plans that lead to `target` on that day.
    pub(crate) fn model(&self, record: &str, as_of: &str, target: &str) -> Outcome<Model> {
        let mut maker = Maker {
            rules: self,
            as_of: day(&Value::Datetime(as_of.parse().map_err(|error| format!("{error}"))?))?,
            awards: HashMap::new(),
            model: Model::default(),
            steps: HashMap::new(),
            sets: HashMap::new(),
            waiting: Vec::new(),
            needs: BTreeMap::new(),
        };
        maker.read_record(record)?;
        if let Part::If(variable) = maker.credential(self.place(target)?, None)? {
            maker.model.rows.push(Row { terms: vec![(variable, 1)], need: 1 });
        }
        while let Some(home) = maker.waiting.pop() {
            let head = maker.steps[&home];
            for key in ["prerequisite", "stack"] {
                if let Some(rule) = self.credentials[home].get(key) {
                    maker.require(rule, head, Place { home, within: None })?;
                }
            }
        }
        maker.refuse_circles()?;
        Ok(maker.model)
    }

    fn place(&self, id: &str) -> Outcome<usize> {
        self.places.get(id).copied().ok_or_else(|| format!("there is no credential {id}"))
    }
}

const KEYS: [&str; 12] = [
    "title",
    "type",
    "level",
    "credits",
    "hours",
    "cost",
    "tags",
    "valid_for",
    "prerequisite",
    "stack",
    "source",
    "note",
];

/// The terms add up to `need` or more.
#[derive(Debug)]
struct Row {
    terms: Terms,
    need: i64,
}

/// Variables, and what each counts for.
type Terms = Vec<(usize, i64)>;

#[derive(Debug)]
enum Kind {
    /// A credential that is taken or claimed: its cost, its hours, and 100 if it is taken.
    Step([u64; 3]),
    /// A group, or a set of equivalents.
    Group,
    /// How much `up_to` passes on of these terms, counted in `unit`s, which divide them all.
    Passed { most: i64, unit: i64, terms: Terms },
}

/// Variables, and rows in whole numbers.
#[derive(Debug, Default)]
pub(crate) struct Model {
    kinds: Vec<Kind>,
    rows: Vec<Row>,
}

impl Model {
    /// How many variables and rows there are.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.kinds.len(), self.rows.len())
    }

    /// What each variable adds to the value, in hundredths, and the most that it can be; all are whole numbers.
    pub(crate) fn columns(&self, goal: Goal) -> impl Iterator<Item = (u64, i64)> + '_ {
        self.kinds.iter().map(move |kind| match kind {
            Kind::Step(worth) => (worth[goal as usize], 1),
            Kind::Group => (0, 1),
            Kind::Passed { most, .. } => (0, *most),
        })
    }

    /// Terms that add up to so much, or more, divided by what divides them all.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Vec<(usize, i64)>, i64)> + '_ {
        self.rows.iter().map(|Row { terms, need }| {
            let unit = terms.iter().fold(*need, |unit, &(_, amount)| divisor(unit, amount)).max(1);
            (terms.iter().map(|&(at, amount)| (at, amount / unit)).collect(), need / unit)
        })
    }

    /// The least value with which every row is satisfied, if the solver finds it in time.
    pub(crate) fn solve(&self, goal: Goal, limit: Duration) -> Answer {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let add = |kind: &Kind| match kind {
            Kind::Step(worth) => problem.add_binary_var(float(worth[goal as usize].cast_signed()) / 100.0),
            Kind::Group => problem.add_binary_var(0.0),
            Kind::Passed { most, .. } => problem.add_var(0.0, (0.0, float(*most))),
        };
        let variables: Vec<Variable> = self.kinds.iter().map(add).collect();
        for Row { terms, need } in &self.rows {
            let unit = terms.iter().fold(*need, |unit, &(_, amount)| divisor(unit, amount)).max(1);
            let terms: Vec<(Variable, f64)> =
                terms.iter().map(|&(at, amount)| (variables[at], float(amount / unit))).collect();
            problem.add_constraint(terms, ComparisonOp::Ge, float(need / unit));
        }
        problem.set_time_limit(limit);
        let solution = match problem.solve().map(SolveOutcome::into_solution) {
            Ok(Ok(solution)) if solution.status() == SolutionStatus::Optimal => solution,
            Ok(_) => return Answer::Unfinished,
            Err(Error::Infeasible) => return Answer::Infeasible,
            Err(error) => return Answer::Failed(error.to_string()),
        };
        self.check(goal, |at| solution.var_value(variables[at]) > 0.5)
    }

    /// The solver computes in floating point: what it has chosen is judged once more in whole numbers.
    fn check(&self, goal: Goal, chosen: impl Fn(usize) -> bool) -> Answer {
        let mut values: Vec<i64> = Vec::with_capacity(self.kinds.len());
        let sum = |values: &[i64], terms: &Terms| terms.iter().map(|&(at, amount)| amount * values[at]).sum::<i64>();
        let mut total = 0;
        for (at, kind) in self.kinds.iter().enumerate() {
            // The terms of what is passed on come before it.
            values.push(match kind {
                Kind::Passed { most, unit, terms } => (sum(&values, terms) / unit).min(*most),
                Kind::Step(_) | Kind::Group => i64::from(chosen(at)),
            });
            if let Kind::Step(worth) = kind
                && chosen(at)
            {
                total += worth[goal as usize];
            }
        }
        match self.rows.iter().position(|row| sum(&values, &row.terms) < row.need) {
            None => Answer::Optimal(total),
            Some(row) => Answer::Failed(format!("in whole numbers the solution breaks row {row}")),
        }
    }
}

/// What a requirement comes down to.
#[derive(Clone, Copy)]
enum Part {
    /// It is met by the record.
    Met,
    /// It is met if this variable is 1.
    If(usize),
}

/// Where a rule stands: in the rules of which credential, and within how many years what it counts was awarded.
#[derive(Clone, Copy)]
struct Place {
    home: usize,
    within: Option<i64>,
}

struct Maker<'r> {
    rules: &'r Rules,
    as_of: Day,
    /// The current awards of each unit, each as the day it was awarded; None if that is unknown.
    awards: HashMap<usize, Vec<Option<Day>>>,
    model: Model,
    /// The variable of each credential that can be a step.
    steps: HashMap<usize, usize>,
    /// The variable of each set of equivalents.
    sets: HashMap<usize, usize>,
    /// Credentials whose rules are not written yet.
    waiting: Vec<usize>,
    /// Which units the rules of a unit name, as far as the record does not meet them.
    needs: BTreeMap<usize, Vec<usize>>,
}

impl Maker<'_> {
    fn read_record(&mut self, text: &str) -> Outcome<()> {
        let record: Table = text.parse().map_err(|error| format!("{error}"))?;
        only(&record, &["award"], "the record")?;
        for award in record.get("award").map(list).transpose()?.unwrap_or_default() {
            let award = award.as_table().ok_or("an award is no table")?;
            only(award, &["credential", "awarded", "status"], "an award")?;
            let id = award.get("credential").ok_or("an award names no credential").map(text_of)??;
            match award.get("status").map(text_of).transpose()? {
                None | Some("completed") => {}
                Some("in-progress") => continue,
                Some(other) => return Err(format!("awards that are {other} are not modelled")),
            }
            let Some(&at) = self.rules.places.get(id) else { continue };
            let awarded = award.get("awarded").map(day).transpose()?;
            let valid = self.rules.credentials[at].get("valid_for").map(years).transpose()?;
            let current = awarded
                .is_none_or(|day| day <= self.as_of && valid.is_none_or(|years| self.as_of < anniversary(day, years)));
            if current {
                self.awards.entry(self.rules.units[at]).or_default().push(awarded);
            }
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind) -> usize {
        self.model.kinds.push(kind);
        self.model.kinds.len() - 1
    }

    fn row(&mut self, mut terms: Terms, head: usize, need: i64) {
        terms.push((head, -need));
        self.model.rows.push(Row { terms, need: 0 });
    }

    /// A credential named in a rule: a current award of it or an equivalent of it, or a step.
    fn credential(&mut self, at: usize, within: Option<i64>) -> Outcome<Part> {
        let unit = self.rules.units[at];
        let recent = |awarded: &Option<Day>| match (within, awarded) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(years), Some(day)) => anniversary(*day, years) >= self.as_of,
        };
        if self.awards.get(&unit).is_some_and(|awards| awards.iter().any(recent)) {
            return Ok(Part::Met);
        }
        let members = &self.rules.members[&unit];
        let mut terms = Terms::new();
        for &member in members {
            terms.push((self.step(member)?, 1));
        }
        if let [(only, _)] = terms[..] {
            return Ok(Part::If(only));
        }
        if let Some(&set) = self.sets.get(&unit) {
            return Ok(Part::If(set));
        }
        let set = self.add(Kind::Group);
        self.sets.insert(unit, set);
        self.row(terms, set, 1);
        Ok(Part::If(set))
    }

    fn step(&mut self, at: usize) -> Outcome<usize> {
        if let Some(&step) = self.steps.get(&at) {
            return Ok(step);
        }
        let credential = &self.rules.credentials[at];
        let amount = |key: &str| credential.get(key).map_or(Ok(0), hundredths).map(i64::cast_unsigned);
        let taken = if credential.contains_key("stack") { 0 } else { 100 };
        let worth = [amount("cost")?, amount("hours")?, taken];
        let step = self.add(Kind::Step(worth));
        self.steps.insert(at, step);
        self.waiting.push(at);
        Ok(step)
    }

    /// The credential that a rule names, whose place in the order of the rules is noted.
    fn named(&mut self, id: &str, place: Place) -> Outcome<(usize, Part)> {
        let at = self.rules.place(id)?;
        self.member(at, place)
    }

    fn member(&mut self, at: usize, place: Place) -> Outcome<(usize, Part)> {
        let part = self.credential(at, place.within)?;
        if let Part::If(_) = part {
            let units = &self.rules.units;
            self.needs.entry(units[place.home]).or_default().push(units[at]);
        }
        Ok((at, part))
    }

    /// Rows by which the rule is met if the head is 1.
    fn require(&mut self, rule: &Value, head: usize, place: Place) -> Outcome<()> {
        let group = match rule {
            Value::String(id) => {
                if let (_, Part::If(variable)) = self.named(id, place)? {
                    self.row(vec![(variable, 1)], head, 1);
                }
                return Ok(());
            }
            Value::Table(group) => group,
            _ => return Err(format!("{rule} is no requirement")),
        };
        let place = place.inside(group)?;
        let kind = ["credential", "all_of", "any_of", "at_least", "credits", "hours"];
        let kind = kind.into_iter().find(|&kind| group.contains_key(kind)).ok_or_else(|| format!("what is {rule}?"))?;
        only(group, &[kind, "from", "within", "name", "distinct"], "a requirement")?;
        let is_distinct = group.get("distinct").and_then(Value::as_bool).unwrap_or_default();
        match kind {
            "all_of" if is_distinct => self.divided(list(&group[kind])?, head, place),
            _ if is_distinct => Err(format!("`distinct` with `{kind}` is not modelled")),
            "credential" => self.require(&group[kind], head, place),
            "all_of" => {
                // A row for each part rules out more halves and thirds than one row for all.
                for part in list(&group[kind])? {
                    if let Part::If(variable) = self.part(part, place)? {
                        self.row(vec![(variable, 1)], head, 1);
                    }
                }
                Ok(())
            }
            "any_of" => self.count(&group[kind], head, 1, place),
            "at_least" => {
                let count = group[kind].as_integer().ok_or_else(|| format!("{rule} has no number"))?;
                self.count(group.get("from").ok_or("a count of nothing")?, head, count, place)
            }
            _ => {
                let need = hundredths(&group[kind])?;
                let mut places = HashMap::new();
                let (there, terms) = self.sum(group, kind, place, &mut 0, &mut places)?;
                if there < need {
                    self.row(terms, head, need - there);
                }
                Ok(())
            }
        }
    }

    /// Sums, no two of which may count the same credential.
    fn divided(&mut self, parts: &[Value], head: usize, place: Place) -> Outcome<()> {
        let mut shares: BTreeMap<usize, (Part, Vec<usize>)> = BTreeMap::new();
        for part in parts {
            let sum = part.as_table().ok_or("a part of a `distinct` group that is no sum")?;
            let kind = ["credits", "hours"].into_iter().find(|&kind| sum.contains_key(kind));
            let kind = kind.ok_or("a part of a `distinct` group that is no sum")?;
            only(sum, &[kind, "from", "within", "name"], "a part of a distinct group")?;
            let place = place.inside(sum)?;
            let mut terms = BTreeMap::new();
            for at in self.members(sum.get("from").ok_or("a sum of nothing")?, place.home)? {
                let unit = self.rules.units[at];
                let amount = self.rules.credentials[at].get(kind).map_or(Ok(0), hundredths)?;
                let there = self.member(at, place)?.1;
                if amount > 0 && !terms.contains_key(&unit) {
                    let share = self.add(Kind::Group);
                    terms.insert(unit, (share, amount));
                    shares.entry(unit).or_insert_with(|| (there, Vec::new())).1.push(share);
                }
            }
            self.row(terms.into_values().collect(), head, hundredths(&sum[kind])?);
        }
        for (there, shares) in shares.into_values() {
            let mut terms: Terms = shares.into_iter().map(|share| (share, -1)).collect();
            let need = match there {
                Part::Met => -1,
                Part::If(variable) => {
                    terms.push((variable, 1));
                    0
                }
            };
            self.model.rows.push(Row { terms, need });
        }
        Ok(())
    }

    /// `count` of the members: what is listed twice, or under two names, is one of them.
    fn count(&mut self, members: &Value, head: usize, mut count: i64, place: Place) -> Outcome<()> {
        let mut terms = BTreeMap::new();
        let parts: Vec<Part> = if let Value::Array(parts) = members {
            self.once_each(parts, place)?
        } else {
            let members = self.members(members, place.home)?;
            let mut units = BTreeMap::new();
            for at in members {
                units.insert(self.rules.units[at], self.member(at, place)?.1);
            }
            units.into_values().collect()
        };
        for part in parts {
            match part {
                Part::Met => count -= 1,
                Part::If(variable) => *terms.entry(variable).or_insert(0) += 1,
            }
        }
        if count > 0 {
            self.row(terms.into_iter().collect(), head, count);
        }
        Ok(())
    }

    /// The parts of a list; credentials each once.
    fn once_each(&mut self, parts: &[Value], place: Place) -> Outcome<Vec<Part>> {
        let (mut units, mut found) = (BTreeMap::new(), Vec::new());
        for rule in parts {
            match rule {
                Value::String(id) => {
                    let (at, part) = self.named(id, place)?;
                    units.insert(self.rules.units[at], part);
                }
                _ => found.push(self.part(rule, place)?),
            }
        }
        found.extend(units.into_values());
        Ok(found)
    }

    fn part(&mut self, rule: &Value, place: Place) -> Outcome<Part> {
        if let Value::String(id) = rule {
            return Ok(self.named(id, place)?.1);
        }
        let group = self.add(Kind::Group);
        self.require(rule, group, place)?;
        Ok(Part::If(group))
    }

    /// What a sum or an `up_to` counts: what is there already, and what each variable adds. `part` numbers the places
    /// of the sum in which a unit can stand.
    fn sum(
        &mut self,
        group: &Table,
        kind: &str,
        place: Place,
        part: &mut usize,
        places: &mut HashMap<usize, (usize, i64)>,
    ) -> Outcome<(i64, Terms)> {
        let (mut there, mut terms, here) = (0, Terms::new(), *part);
        let from = group.get("from").ok_or("a sum of nothing")?;
        let mut members = Vec::new();
        if let Value::Array(parts) = from {
            for rule in parts {
                match rule {
                    Value::String(id) => members.push((self.rules.place(id)?, place)),
                    Value::Table(one) if one.contains_key("credential") => {
                        only(one, &["credential", "within"], "a member of a sum")?;
                        members.push((self.rules.place(text_of(&one["credential"])?)?, place.inside(one)?));
                    }
                    Value::Table(capped) if capped.contains_key("up_to") => {
                        only(capped, &["up_to", "from", "within", "name"], "a part of a sum")?;
                        *part += 1;
                        let most = hundredths(&capped["up_to"])?;
                        let (inside, counted) = self.sum(capped, kind, place.inside(capped)?, part, places)?;
                        there += inside.min(most);
                        terms.extend(self.pass_on(most - inside, counted));
                    }
                    _ => return Err(format!("{rule} is no member of a sum")),
                }
            }
        } else {
            members.extend(self.members(from, place.home)?.into_iter().map(|at| (at, place)));
        }
        for (at, place) in members {
            let amount = self.rules.credentials[at].get(kind).map_or(Ok(0), hundredths)?;
            match places.insert(self.rules.units[at], (here, amount)) {
                None => {}
                // Equivalents side by side are one member.
                Some(before) if before == (here, amount) => continue,
                Some(_) => return Err(format!("{} stands in two places of one sum", self.rules.ids[at])),
            }
            match self.member(at, place)?.1 {
                Part::Met => there += amount,
                Part::If(variable) => terms.push((variable, amount)),
            }
        }
        terms.retain(|&(_, amount)| amount > 0);
        Ok((there, terms))
    }

    /// A variable for what these terms add, at most `most`.
    fn pass_on(&mut self, most: i64, terms: Terms) -> Option<(usize, i64)> {
        if most <= 0 || terms.is_empty() {
            return None;
        }
        let unit = terms.iter().fold(most, |unit, &(_, amount)| divisor(unit, amount));
        let passed = self.add(Kind::Passed { most: most / unit, unit, terms: terms.clone() });
        self.row(terms, passed, unit);
        Some((passed, unit))
    }

    /// What a pool or a filter selects.
    fn members(&self, members: &Value, home: usize) -> Outcome<Vec<usize>> {
        match members {
            Value::Array(ids) => ids.iter().map(|id| self.rules.place(text_of(id)?)).collect(),
            Value::String(pool) => {
                let pool = self.rules.pools.get(pool).and_then(|pool| pool.get("members"));
                self.members(pool.ok_or_else(|| format!("there is no pool {members}"))?, home)
            }
            Value::Table(filter) => {
                only(filter, &["tags"], "a filter")?;
                let mut selected: Vec<usize> = Vec::new();
                for tag in filter.get("tags").map(list).transpose()?.unwrap_or_default() {
                    selected
                        .extend(self.rules.tagged.get(text_of(tag)?).into_iter().flatten().filter(|&&at| at != home));
                }
                selected.sort_unstable();
                selected.dedup();
                Ok(selected)
            }
            _ => Err(format!("{members} selects nothing")),
        }
    }

    /// Takes away, again and again, the units that need nothing which is left.
    fn refuse_circles(&self) -> Outcome<()> {
        let mut open: HashMap<usize, usize> = HashMap::new();
        let mut needed_by: HashMap<usize, Vec<usize>> = HashMap::new();
        for (&unit, needs) in &self.needs {
            open.insert(unit, needs.len());
            for &need in needs {
                needed_by.entry(need).or_default().push(unit);
            }
        }
        let mut ready: Vec<usize> = needed_by.keys().copied().filter(|need| !open.contains_key(need)).collect();
        while let Some(unit) = ready.pop() {
            for &above in needed_by.get(&unit).into_iter().flatten() {
                let left = open.get_mut(&above).ok_or("a unit without needs")?;
                *left -= 1;
                if *left == 0 {
                    open.remove(&above);
                    ready.push(above);
                }
            }
        }
        match open.keys().map(|&unit| &self.rules.ids[unit]).min() {
            None => Ok(()),
            Some(id) => Err(format!("the rules of {id} lead round in a circle")),
        }
    }
}

impl Place {
    /// Conditions of a group hold for everything in it; the shorter period is the stricter one.
    fn inside(self, group: &Table) -> Outcome<Place> {
        let own = group.get("within").map(years).transpose()?;
        Ok(Place { within: self.within.into_iter().chain(own).min(), ..self })
    }
}

fn only(table: &Table, keys: &[&str], what: &str) -> Outcome<()> {
    match table.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("`{key}` in {what} is not modelled")),
    }
}

fn list(value: &Value) -> Outcome<&[Value]> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("{value} is no list"))
}

fn text_of(value: &Value) -> Outcome<&str> {
    value.as_str().ok_or_else(|| format!("{value} is no text"))
}

fn years(value: &Value) -> Outcome<i64> {
    let number = text_of(value)?.strip_suffix(" years").or(text_of(value)?.strip_suffix(" year"));
    number.and_then(|number| number.parse().ok()).ok_or_else(|| format!("{value}: only whole years are modelled"))
}

fn day(value: &Value) -> Outcome<Day> {
    let date = value.as_datetime().and_then(|datetime| datetime.date).ok_or_else(|| format!("{value} is no date"))?;
    Ok((date.year.into(), date.month.into(), date.day.into()))
}

/// The same day some years later, or the last of February.
fn anniversary((year, month, day): Day, years: i64) -> Day {
    let year = year + years;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    (year, month, if (month, day) == (2, 29) && !leap { 28 } else { day })
}

fn hundredths(value: &Value) -> Outcome<i64> {
    let text = value.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let amount = if part.len() <= 2 { format!("{whole}{part:0<2}").parse::<u32>().ok() } else { None };
    amount.map(i64::from).ok_or_else(|| format!("{value} is no amount"))
}

fn divisor(one: i64, other: i64) -> i64 {
    if other == 0 { one.abs() } else { divisor(other, one % other) }
}

#[expect(clippy::cast_precision_loss, reason = "amounts of a catalog are far below 2 to the power of 52")]
fn float(amount: i64) -> f64 {
    amount as f64
}
