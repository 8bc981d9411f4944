//! Writes catalogs and records in the TOML format that the engine reads.
//!
//! With a seed, tables, keys, awards and lists whose order means nothing are shuffled: by law L1
//! that changes no answer. `grades` and the parts of rules and pools keep their order.

use super::model::*;

/// Shuffles, or leaves everything as it is; and puts each part on a line of its own, or not.
struct Order {
    seed: Option<u64>,
    lines: bool,
}

impl Order {
    fn below(&mut self, n: usize) -> usize {
        let state = self.seed.get_or_insert(0);
        *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((*state >> 33) % n as u64) as usize
    }

    fn arrange<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        if self.seed.is_some() {
            for i in (1..items.len()).rev() {
                items.swap(i, self.below(i + 1));
            }
        }
        items
    }
}

pub fn write_catalog(catalog: &Catalog, shuffle: Option<u64>) -> String {
    write_tables(catalog, &mut Order { seed: shuffle, lines: false })
}

/// Each part of a list begins a line of its own, and nothing is shuffled: the prerequisite stands before the stack. A
/// group begins with its kind, and its list ends on a line of its own; an empty list takes no line.
pub fn write_catalog_in_lines(catalog: &Catalog) -> String {
    write_tables(catalog, &mut Order { seed: None, lines: true })
}

fn write_tables(catalog: &Catalog, order: &mut Order) -> String {
    let mut head = vec![format!("title = {}", quoted("Generated")), format!("currency = {}", quoted("CAD"))];
    if let Some(grades) = &catalog.grades {
        head.push(format!("grades = {}", words(grades)));
    }
    if !catalog.grade_points.is_empty() {
        let points = catalog.grade_points.iter().map(|(word, points)| format!("{} = {}", key(word), number(*points)));
        let points = order.arrange(&points.collect::<Vec<String>>());
        head.push(format!("grade_points = {{ {} }}", points.join(", ")));
    }
    if !catalog.equivalent.is_empty() {
        let sets = order.arrange(&catalog.equivalent);
        let sets: Vec<String> = sets.iter().map(|set| words(&order.arrange(set))).collect();
        head.push(format!("equivalent = [{}]", sets.join(", ")));
    }
    let mut tables = vec![table("[catalog]".into(), head, order)];
    for c in catalog.credentials.values() {
        let lines = credential_lines(c, order);
        tables.push(table(format!("[credential.{}]", key(c.id)), lines, order));
    }
    for (name, members) in &catalog.pools {
        let line = format!("members = {}", self::members(members, order));
        tables.push(table(format!("[pool.{}]", key(name)), vec![line], order));
    }
    for policy in &catalog.sharing {
        let (one, other) = policy.between;
        let mut lines = vec![format!("between = {}", words(&order.arrange(&[one, other])))];
        lines.extend(policy.max_awards.map(|n| format!("max_awards = {n}")));
        lines.extend(policy.max_credits.map(|x| format!("max_credits = {}", number(x))));
        lines.extend(policy.of.as_ref().map(|of| format!("of = {}", filter(of, order))));
        tables.push(table("[[sharing]]".into(), lines, order));
    }
    order.arrange(&tables).join("\n")
}

pub fn write_record(record: &Record, shuffle: Option<u64>) -> String {
    let order = &mut Order { seed: shuffle, lines: false };
    let mut tables = Vec::new();
    tables.extend(record.awards.iter().map(|a| table("[[award]]".into(), award_lines(a), order)));
    tables.extend(record.waivers.iter().map(|w| table("[[waiver]]".into(), waiver_lines(w), order)));
    tables.extend(record.substitutions.iter().map(|s| table("[[substitution]]".into(), substitution_lines(s), order)));
    order.arrange(&tables).join("\n")
}

fn table(header: String, lines: Vec<String>, order: &mut Order) -> String {
    let mut text = header + "\n";
    for line in order.arrange(&lines) {
        text += &(line + "\n");
    }
    text
}

fn credential_lines(c: &Credential, order: &mut Order) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(c.kind.map(|k| format!("type = {}", quoted(k))));
    lines.extend(c.issuer.map(|i| format!("issuer = {}", quoted(i))));
    lines.extend(c.level.map(|l| format!("level = {l}")));
    // Not stated is zero for credits alone (1.1).
    let amounts = [
        ("credits", c.credits, c.credits == 0),
        ("hours", c.hours, c.not_stated.hours),
        ("cost", c.cost, c.not_stated.cost),
    ];
    for (name, amount, _) in amounts.into_iter().filter(|(_, _, left_out)| !left_out) {
        lines.push(format!("{name} = {}", number(amount)));
    }
    lines.extend(c.renewal.map(|r| {
        let amounts = [format!("cost = {}", number(r.cost)), format!("hours = {}", number(r.hours))];
        format!("renewal = {{ {} }}", order.arrange(&amounts).join(", "))
    }));
    match c.valid_for {
        ValidFor::Forever => {}
        ValidFor::Period(p) => lines.push(format!("valid_for = {}", period(p))),
        ValidFor::WhileComponents => lines.push("valid_for = \"while-components\"".into()),
    }
    lines.extend(offered(c, order).map(|offered| format!("offered = {offered}")));
    let lists = [
        ("ids", &c.ids),
        ("tags", &c.tags),
        ("counts_as", &c.counts_as),
        ("excludes", &c.excludes),
        ("renews", &c.renews),
    ];
    for (name, list) in lists {
        if !list.is_empty() {
            lines.push(format!("{name} = {}", words(&order.arrange(list))));
        }
    }
    if c.repeatable {
        lines.push("repeatable = true".into());
    }
    for (name, rule) in [("prerequisite", &c.prerequisite), ("corequisite", &c.corequisite), ("stack", &c.stack)] {
        lines.extend(rule.as_ref().map(|r| format!("{name} = {}", part(r, order))));
    }
    lines
}

fn offered(c: &Credential, order: &mut Order) -> Option<String> {
    let mut window = |(from, until): (Option<Date>, Option<Date>)| {
        let mut bounds = Vec::new();
        bounds.extend(from.map(|d| format!("from = {}", day(d))));
        bounds.extend(until.map(|d| format!("until = {}", day(d))));
        format!("{{ {} }}", order.arrange(&bounds).join(", "))
    };
    match &c.windows {
        None if (c.offered_from, c.offered_until) == (None, None) => None,
        None => Some(window((c.offered_from, c.offered_until))),
        Some(Windows::Several(windows)) => {
            let windows: Vec<String> = windows.iter().map(|w| window(*w)).collect();
            Some(format!("[{}]", order.arrange(&windows).join(", ")))
        }
        Some(Windows::Yearly(from, until)) => {
            Some(format!("{{ yearly = [{}, {}] }}", quoted(&of_year(*from)), quoted(&of_year(*until))))
        }
    }
}

fn award_lines(a: &Award) -> Vec<String> {
    let mut lines = vec![format!("credential = {}", quoted(a.credential))];
    lines.extend(a.id.map(|id| format!("id = {}", quoted(id))));
    lines.extend(a.awarded.map(|d| format!("awarded = {}", day(d))));
    lines.extend(a.valid_until.map(|d| format!("valid_until = {}", day(d))));
    lines.extend(a.credits.map(|x| format!("credits = {}", number(x))));
    lines.extend(a.hours.map(|x| format!("hours = {}", number(x))));
    lines.extend(a.grade.map(|g| format!("grade = {}", grade(g))));
    lines.extend(a.issuer.map(|i| format!("issuer = {}", quoted(i))));
    match a.status {
        AwardStatus::Completed => {}
        AwardStatus::InProgress => lines.push("status = \"in-progress\"".into()),
        AwardStatus::Planned => lines.push("status = \"planned\"".into()),
        AwardStatus::Revoked => lines.push("status = \"revoked\"".into()),
    }
    lines.extend(a.revoked_on.map(|d| format!("revoked_on = {}", day(d))));
    match a.verification {
        Verification::Unchecked => {}
        Verification::Verified => lines.push("verification = \"verified\"".into()),
        Verification::Failed => lines.push("verification = \"failed\"".into()),
    }
    lines
}

fn waiver_lines(w: &Waiver) -> Vec<String> {
    let mut lines = vec![format!("credential = {}", quoted(w.credential))];
    lines.push(match w.place {
        Waived::Requirement(name) => format!("requirement = {}", quoted(name)),
        Waived::Component(id) => format!("component = {}", quoted(id)),
        Waived::Prerequisite => "prerequisite = true".into(),
    });
    lines.extend(w.until.map(|d| format!("until = {}", day(d))));
    lines.extend(w.reason.map(|text| format!("reason = {}", quoted(text))));
    lines.extend(w.authority.map(|text| format!("authority = {}", quoted(text))));
    lines
}

fn substitution_lines(s: &Substitution) -> Vec<String> {
    let mut lines = vec![format!("use = {}", quoted(s.used)), format!("for = {}", quoted(s.stands_for))];
    lines.extend(s.within.map(|id| format!("within = {}", quoted(id))));
    lines.extend(s.reason.map(|text| format!("reason = {}", quoted(text))));
    lines.extend(s.authority.map(|text| format!("authority = {}", quoted(text))));
    lines
}

fn part(part: &Part, order: &mut Order) -> String {
    let mut keys = Vec::new();
    match part {
        Part::Credential { id, conditions } if *conditions == Conditions::default() => return quoted(id),
        Part::Credential { id, .. } => keys.push(format!("credential = {}", quoted(id))),
        Part::Group { kind: Kind::Each, members: Members::Pool(name), .. } => {
            return format!("{{ pool = {} }}", quoted(name));
        }
        Part::Group { kind: Kind::Each, members: m, .. } => return format!("{{ filter = {} }}", members(m, order)),
        Part::Group { kind, members: m, span, distinct, name, average, .. } => {
            let from = members(m, order);
            match kind {
                Kind::AllOf => keys.push(format!("all_of = {from}")),
                Kind::AnyOf => keys.push(format!("any_of = {from}")),
                Kind::AtLeast(n) => keys.extend([format!("at_least = {n}"), format!("from = {from}")]),
                Kind::Credits(x) => keys.extend([format!("credits = {}", number(*x)), format!("from = {from}")]),
                Kind::Hours(x) => keys.extend([format!("hours = {}", number(*x)), format!("from = {from}")]),
                Kind::UpTo(x) => keys.extend([format!("up_to = {}", number(*x)), format!("from = {from}")]),
                Kind::Each => panic!("a part of a list"),
            }
            keys.extend(span.map(|p| format!("span = {}", period(p))));
            keys.extend(name.map(|n| format!("name = {}", quoted(n))));
            keys.extend(average.map(|x| format!("average = {}", number(x))));
            if *distinct {
                keys.push("distinct = true".into());
            }
        }
    }
    let (Part::Credential { conditions: c, .. } | Part::Group { conditions: c, .. }) = part;
    keys.extend(c.within.map(|p| format!("within = {}", period(p))));
    keys.extend(c.since.map(|d| format!("since = {}", day(d))));
    keys.extend(c.until.map(|d| format!("until = {}", day(d))));
    keys.extend(c.held_for.map(|p| format!("held_for = {}", period(p))));
    keys.extend(c.grade.map(|g| format!("grade = {}", grade(g))));
    keys.extend(c.issuer.as_ref().map(|list| format!("issuer = {}", words(&order.arrange(list)))));
    if c.lapsed {
        keys.push("lapsed = true".into());
    }
    format!("{{ {} }}", order.arrange(&keys).join(", "))
}

fn members(members: &Members, order: &mut Order) -> String {
    match members {
        Members::List(parts) => {
            let parts: Vec<String> = parts.iter().map(|p| part(p, order)).collect();
            if order.lines && !parts.is_empty() {
                format!("[\n{}\n]", parts.join(",\n"))
            } else {
                format!("[{}]", parts.join(", "))
            }
        }
        Members::Pool(name) => quoted(name),
        Members::Filter(f) => filter(f, order),
    }
}

fn filter(f: &Filter, order: &mut Order) -> String {
    let mut keys = Vec::new();
    keys.extend(f.tags.as_ref().map(|list| format!("tags = {}", words(&order.arrange(list)))));
    keys.extend(f.kind.map(|k| format!("type = {}", quoted(k))));
    keys.extend(f.issuer.as_ref().map(|list| format!("issuer = {}", words(&order.arrange(list)))));
    keys.extend(f.level.map(|(min, max)| {
        let mut bounds = Vec::new();
        bounds.extend(min.map(|l| format!("min = {l}")));
        bounds.extend(max.map(|l| format!("max = {l}")));
        format!("level = {{ {} }}", bounds.join(", "))
    }));
    keys.extend(f.credits.map(|(min, max)| {
        let mut bounds = Vec::new();
        bounds.extend(min.map(|x| format!("min = {}", number(x))));
        bounds.extend(max.map(|x| format!("max = {}", number(x))));
        format!("credits = {{ {} }}", bounds.join(", "))
    }));
    keys.extend(f.without_tags.as_ref().map(|list| format!("without_tags = {}", words(&order.arrange(list)))));
    keys.extend(f.except.as_ref().map(|except| match except {
        Except::Ids(ids) => format!("except = {}", words(&order.arrange(ids))),
        Except::Filter(except) => format!("except = {}", filter(except, order)),
    }));
    format!("{{ {} }}", order.arrange(&keys).join(", "))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn words(list: &[&str]) -> String {
    let list: Vec<String> = list.iter().map(|w| quoted(w)).collect();
    format!("[{}]", list.join(", "))
}

fn key(id: &str) -> String {
    let bare = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { id.to_string() } else { quoted(id) }
}

fn number(x: Amount) -> String {
    match (x / 100, x % 100) {
        (whole, 0) => format!("{whole}"),
        (whole, cents) if cents % 10 == 0 => format!("{whole}.{}", cents / 10),
        (whole, cents) => format!("{whole}.{cents:02}"),
    }
}

fn grade(grade: Grade) -> String {
    match grade {
        Grade::Text(word) => quoted(word),
        Grade::Number(x) => number(x),
    }
}

fn day(d: Date) -> String {
    format!("{:04}-{:02}-{:02}", d.year, d.month, d.day)
}

/// A month and a day of it.
fn of_year((month, day): (u32, u32)) -> String {
    format!("{month:02}-{day:02}")
}

/// The format has one number and one unit.
fn period(p: Period) -> String {
    let fields = [(p.years, "year"), (p.months, "month"), (p.weeks, "week"), (p.days, "day")];
    let given: Vec<_> = fields.into_iter().filter(|(n, _)| *n > 0).collect();
    let text = match given.as_slice() {
        [(1, unit)] => format!("\"1 {unit}\""),
        [(n, unit)] => format!("\"{n} {unit}s\""),
        _ => panic!("a period is written with one unit: {p:?}"),
    };
    let to = match p.to {
        None => return text,
        Some(To::MonthEnd) => "month-end".into(),
        Some(To::QuarterEnd) => "quarter-end".into(),
        Some(To::YearEnd) => "year-end".into(),
        Some(To::Day(month, day)) => of_year((month, day)),
    };
    format!("{{ period = {text}, to = {} }}", quoted(&to))
}
