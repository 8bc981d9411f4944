//! What can be wished for on the command line: the options of the library, in one place for all programs.

use std::collections::BTreeMap;

use credpath::{
    Amount, Catalog, CredentialId, Date, EvaluateOptions, Objective, Pace, PlanOptions, ScheduleOptions, Term,
};

use super::{forgiving, progress};

/// An option: its name, what it takes, and what that means. What takes nothing is a flag.
pub(crate) struct Wish {
    pub(crate) name: &'static str,
    pub(crate) takes: &'static str,
    pub(crate) says: &'static str,
}

pub(crate) const fn wish(name: &'static str, takes: &'static str, says: &'static str) -> Wish {
    Wish { name, takes, says }
}

impl Wish {
    /// The words that it takes, if it takes nothing else: `text|json`, and not `FILE`.
    pub(crate) fn words(&self) -> Vec<&'static str> {
        let is_choice = self.takes.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '|'));
        self.takes.split('|').filter(|_| is_choice && !self.takes.is_empty()).collect()
    }
}

/// The day, for every program.
pub(crate) const DAY: Wish = wish("as-of", "YYYY-MM-DD", "the day of the answer; else today, in UTC");

/// For every program that takes ids or titles of credentials.
pub(crate) const LIST: Wish = wish("list", "", "lists the credentials of the catalog, and does nothing else");

pub(crate) const VIEW: Wish =
    wish("view", "earned|in-progress|planned", "what is supposed to be completed; else what is earned");
pub(crate) const VERIFIED_ONLY: Wish = wish("verified-only", "", "only awards count that are verified");

/// For every program that counts awards.
pub(crate) const SEARCH_STEPS: Wish =
    wish("search-steps", "STEPS", "how many steps may be searched for which award counts where; else 10,000,000");
pub(crate) const WORK: Wish =
    wish("work", "STEPS", "how many steps a check and the comparison may take; else 50 million each");
pub(crate) const PRICES: Wish = wish("prices", "", "also looks for options that are never the cheapest");
pub(crate) const TO_KEEP_OPEN: Wish =
    wish("target", "CREDENTIAL", "what no choice should close for good; may come several times");

/// What every program takes that looks at one learner.
pub(crate) const ALWAYS: &[Wish] = &[
    DAY,
    VIEW,
    VERIFIED_ONLY,
    SEARCH_STEPS,
    wish("offset", "+HH:MM", "the offset from UTC at which moments in badges are days; else UTC"),
    wish("alias", "THEIRS=OURS", "what a badge or a table calls a credential, and its id here; may come several times"),
    wish("format", "text|json", "how the answer is written; else as text, or as what the program draws"),
    LIST,
];

/// What is wished of a plan.
pub(crate) const PLAN: &[Wish] = &[
    wish("objective", "cost|hours|credentials", "what is to be least; else the cost"),
    wish(
        "weights",
        "COST,HOURS,CREDENTIALS",
        "what a unit of cost, an hour and a credential weigh, in whole numbers; in place of one objective",
    ),
    wish("budget", "AMOUNT", "the most that the plan may cost"),
    wish("most-hours", "HOURS", "the most hours that it may take"),
    wish("avoid", "CREDENTIAL", "no step of the plan is this; may come several times"),
    wish("include", "CREDENTIAL", "the plan has a step for this; may come several times"),
    wish("tags", "TAG,…", "only credentials with one of these are taken"),
    wish("without-tags", "TAG,…", "none with one of these is awarded"),
    wish("issuers", "ISSUER,…", "only credentials of these are awarded"),
    wish("offered-now", "", "every step has to be offered on the day"),
    wish("work", "STEPS", "how many steps the search may take"),
];

/// What is wished of the proof.
pub(crate) const PROOF: &[Wish] =
    &[wish("certificate", "FOLDER", "writes the proof there for others, as plan.opb and plan.pbp for VeriPB 3.0")];

/// What is wished of the calendar: hours of study a week, or terms with their most credits.
pub(crate) const PACE: &[Wish] = &[
    wish("hours-per-week", "HOURS", "hours of study a week; what is no study runs beside them"),
    wish("terms", "FROM..UNTIL,…", "terms, with `--credits-per-term`, in place of hours"),
    wish("credits-per-term", "CREDITS", "the most credits that are begun in a term"),
    wish("start", "YYYY-MM-DD", "the first day of the calendar; else the day of the answer"),
    wish("at-once", "NUMBER", "the most steps that run on one day"),
    wish("hours-per-step", "HOURS", "the most hours a week for one step without a duration"),
];

/// Up to when it is looked at what lapses.
pub(crate) const HORIZON: &[Wish] =
    &[wish("until", "YYYY-MM-DD", "up to when lapses and renewals are looked for; else a year")];

/// What was wished for, such as given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given(BTreeMap<&'static str, Vec<String>>);

impl Given {
    /// Takes one more; of a flag the value is empty.
    pub(crate) fn take(&mut self, name: &'static str, value: String) {
        self.0.entry(name).or_default().push(value);
    }

    /// What was given last.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|values| values.last()).map(String::as_str)
    }

    /// All that was given.
    pub(crate) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The value of an option, if it is given and can be read.
    pub(crate) fn read<T>(&self, name: &str) -> Result<Option<T>, String>
    where
        T: std::str::FromStr<Err: std::fmt::Display>,
    {
        let read = |given: &str| given.trim().parse().map_err(|error| format!("--{name} {given}: {error}"));
        self.get(name).map(read).transpose()
    }

    /// A day, if one is given; of one in another form it is told how it is written.
    pub(crate) fn day(&self, name: &str) -> Result<Option<Date>, String> {
        let read = |given: &str| {
            given.trim().parse::<Date>().map_err(|invalid| match invalid.meant()[..] {
                [one] => format!("--{name} {given}: {invalid}; write {one}"),
                [one, other] => format!("--{name} {given}: {invalid}; write {one} or {other}, whichever is meant"),
                _ => format!("--{name} {given}: {invalid}"),
            })
        };
        self.get(name).map(read).transpose()
    }

    /// A whole number, if it is given and is one.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let wrong = |given| format!("--{name} {given}: it is a whole number, such as 100");
        self.get(name).map(|given| given.trim().parse().map_err(|_| wrong(given))).transpose()
    }

    /// Several values, with commas between them or given one by one.
    pub(crate) fn listed(&self, name: &str) -> Option<Vec<String>> {
        let split = |given: &String| given.split(',').map(|one| one.trim().to_owned()).collect::<Vec<_>>();
        let listed: Vec<String> = self.all(name).iter().flat_map(split).filter(|one| !one.is_empty()).collect();
        self.has(name).then_some(listed)
    }

    fn credentials(&self, name: &str, catalog: &Catalog) -> Result<Vec<CredentialId>, String> {
        self.all(name).iter().map(|given| forgiving::credential(catalog, given)).collect()
    }
}

/// The help on options, a line for each; of two by one name, the first, which a program has in place of the usual one.
pub(crate) fn help(groups: &[&[Wish]]) -> String {
    let mut wishes: Vec<&Wish> = Vec::new();
    for wish in groups.iter().copied().flatten() {
        if wishes.iter().all(|known| known.name != wish.name) {
            wishes.push(wish);
        }
    }
    let all = || wishes.iter().copied();
    let written = |wish: &Wish| format!("--{} {}", wish.name, wish.takes).trim_end().to_owned();
    let width = all().map(|wish| written(wish).chars().count()).filter(|&width| width <= 36).max().unwrap_or(0);
    let line = |wish: &Wish| {
        let written = written(wish);
        let gap = " ".repeat(width.saturating_sub(written.chars().count()));
        format!("  {written}{gap}  {}\n", wish.says)
    };
    all().map(line).collect()
}

/// The wishes for a plan.
pub(crate) fn plan(given: &Given, catalog: &Catalog, evaluate: &EvaluateOptions) -> Result<PlanOptions, String> {
    let mut options = PlanOptions::default().view(evaluate.view).verified_only(evaluate.verified_only);
    options.objective = match given.get("objective") {
        Some("hours") => Objective::Hours,
        Some("credentials") => Objective::Credentials,
        _ => Objective::Cost,
    };
    options.objective = weights(given)?.unwrap_or(options.objective);
    options.budget = given.read("budget")?;
    options.most_hours = given.read("most-hours")?;
    options.avoid = given.credentials("avoid", catalog)?;
    options.must_include = given.credentials("include", catalog)?;
    options.tags = given.listed("tags");
    options.without_tags = given.listed("without-tags").unwrap_or_default();
    options.issuers = given.listed("issuers");
    options.offered_now = given.has("offered-now");
    options.work = work(given)?.unwrap_or(options.work);
    options.watcher = progress::watcher();
    known_tags(catalog, "tags", options.tags.iter().flatten())?;
    known_tags(catalog, "without-tags", &options.without_tags)?;
    Ok(options)
}

/// Whether the catalog has all these tags.
pub(crate) fn known_tags<'t>(
    catalog: &Catalog,
    name: &str,
    tags: impl IntoIterator<Item = &'t String>,
) -> Result<(), String> {
    let is_known = |tag: &&String| catalog.credentials().any(|(_, one)| one.tags.contains(tag));
    match tags.into_iter().find(|tag| !is_known(tag)) {
        Some(unknown) => Err(format!("--{name}: no credential of the catalog has the tag `{unknown}`")),
        None => Ok(()),
    }
}

/// The objective that weighs all three, if it is given.
fn weights(given: &Given) -> Result<Option<Objective>, String> {
    let Some(told) = given.get("weights") else { return Ok(None) };
    if given.has("objective") {
        return Err("`--weights` stands in place of `--objective`: give one of them".to_owned());
    }
    let weights: Vec<Option<u16>> = told.split(',').map(|weight| weight.trim().parse().ok()).collect();
    match weights[..] {
        [Some(0), Some(0), Some(0)] => {
            Err(format!("--weights {told}: at least one of the three has to weigh something, such as 1,10,0"))
        }
        [Some(cost), Some(hours), Some(credentials)] => Ok(Some(Objective::Weighted { cost, hours, credentials })),
        _ => Err(format!("--weights {told}: three whole numbers up to 65,535, such as 1,10,0")),
    }
}

/// How awards are counted.
pub(crate) fn evaluate(given: &Given) -> Result<EvaluateOptions, String> {
    let options = EvaluateOptions::default().view(super::view(given)).verified_only(given.has("verified-only"));
    let steps = given.number("search-steps")?.unwrap_or(options.search_steps);
    Ok(options.search_steps(steps))
}

/// The work limit, if one is given.
pub(crate) fn work(given: &Given) -> Result<Option<u64>, String> {
    given.number("work")
}

/// What is wished of the calendar, and the pace in words; `None` if nothing is said of it.
pub(crate) fn schedule(given: &Given) -> Result<Option<(ScheduleOptions, String)>, String> {
    let Some((pace, words)) = pace(given)? else {
        let idle = ["start", "at-once", "hours-per-step"].into_iter().find(|name| given.get(name).is_some());
        return idle.map_or(Ok(None), |name| {
            Err(format!("`--{name}` is of a calendar: say the pace, with `--hours-per-week` or `--terms`"))
        });
    };
    let mut options = ScheduleOptions::new(pace);
    options.start = given.day("start")?;
    options.at_once = given.number("at-once")?;
    options.hours_per_step = given.read("hours-per-step")?;
    options.watcher = progress::watcher();
    Ok(Some((options, words)))
}

/// How much the learner can do, and that in words; `None` if nothing is said of it.
fn pace(given: &Given) -> Result<Option<(Pace, String)>, String> {
    let [hours, terms, credits] = ["hours-per-week", "terms", "credits-per-term"].map(|name| given.get(name));
    match (hours, terms, credits) {
        (None, None, None) => Ok(None),
        (Some(hours), None, None) => {
            let amount: Amount = hours.parse().map_err(|error| format!("`{hours}` hours: {error}"))?;
            some(amount, "hours-per-week")?;
            Ok(Some((Pace::HoursPerWeek(amount), format!("{hours} hours a week"))))
        }
        (None, Some(terms), Some(credits)) => {
            let terms = terms.split(',').map(term).collect::<Result<Vec<_>, _>>()?;
            let amount = credits.parse().map_err(|error| format!("`{credits}` credits: {error}"))?;
            some(amount, "credits-per-term")?;
            Ok(Some((Pace::CreditsPerTerm { terms, credits: amount }, format!("{credits} credits a term"))))
        }
        (None, _, _) => Err("terms need both `--terms` and `--credits-per-term`".to_owned()),
        (Some(_), _, _) => Err("it is `--hours-per-week`, or `--terms` with `--credits-per-term`".to_owned()),
    }
}

/// Whether it is more than nothing: at no pace nothing is ever finished.
fn some(amount: Amount, name: &str) -> Result<(), String> {
    if amount == Amount::ZERO { Err(format!("--{name} 0: at no pace nothing is ever finished")) } else { Ok(()) }
}

/// A term such as `2027-01-11..2027-05-14`.
fn term(text: &str) -> Result<Term, String> {
    let wrong = || format!("`{text}` is no term; write its first and last day as 2027-01-11..2027-05-14");
    let (from, until) = text.trim().split_once("..").ok_or_else(wrong)?;
    let [from, until] = [from, until].map(|day| day.parse::<Date>().map_err(|error| error.to_string()));
    let (from, until) = (from?, until?);
    if from > until {
        return Err(format!("the term `{text}` ends before it begins"));
    }
    Ok(Term { from, until })
}
