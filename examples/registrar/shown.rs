//! What shows that a finding is right, as a small table.

use credpath::{Because, Catalog, Witness};

use crate::story::words::titled;
use crate::story::{Line, Table};

/// The table of a witness.
pub(crate) fn table(catalog: &Catalog, witness: &Witness) -> Table {
    let id = |id: &String| titled(catalog, id);
    let ids = |ids: &[String]| -> Vec<Vec<Line>> { ids.iter().map(|one| vec![id(one)]).collect() };
    let number = |number: &dyn ToString| Line::from(number.to_string());
    let amount = |known: &Option<credpath::Amount>| known.map_or_else(|| Line::from("none"), |known| number(&known));
    let (columns, rows) = match witness {
        Witness::Learner { awards } => (vec!["A learner with these awards shows it"], ids(awards)),
        Witness::Order { credentials } => (vec!["In this order"], ids(credentials)),
        Witness::Credentials { credentials } => (vec!["These credentials"], ids(credentials)),
        Witness::Counts { need, most } => {
            (vec!["Needed", "There can be at most"], vec![vec![number(need), number(most)]])
        }
        Witness::Amounts { need, below, above } => {
            let row = vec![number(need), amount(below), amount(above)];
            (vec!["Needed", "The next less that can be", "The next more that can be"], vec![row])
        }
        Witness::Levels { level, component, component_level } => {
            let row = vec![number(level), id(component), number(component_level)];
            (vec!["Its level", "Component", "Level of the component"], vec![row])
        }
        Witness::Circle { needs } => {
            let row = |one: &credpath::Needs| {
                vec![id(&one.credential), Line::joined(one.needs.iter().map(id), ", "), number(&one.line)]
            };
            (vec!["Credential", "Needs first", "Line"], needs.iter().map(row).collect())
        }
        Witness::Cause { because } => (vec!["Because"], because.iter().map(|one| vec![reason(catalog, one)]).collect()),
        Witness::Chain { steps } => {
            let row = |one: &credpath::Lasting| {
                let takes = one.takes.clone().unwrap_or_else(|| "not stated".to_owned());
                vec![id(&one.credential), takes.into(), one.valid_for.clone().into()]
            };
            (vec!["Credential", "Takes", "Is valid for"], steps.iter().map(row).collect())
        }
        Witness::Prices { with, without } => (vec!["With it", "Without it"], vec![vec![number(with), number(without)]]),
        Witness::Conflict { with, because } => {
            let because = because.iter().map(|one| vec![reason(catalog, one)]);
            let with = with.iter().map(|one| vec![Line::from("cannot be had with ").and(id(one))]);
            (vec!["Conflict"], with.chain(because).collect())
        }
        Witness::Crowd { lines, wanted, fitting } => {
            let lines = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let row = vec![lines.into(), number(wanted), Line::joined(fitting.iter().map(id), ", ")];
            (vec!["Places on lines", "Awards wanted", "Awards that fit"], vec![row])
        }
        _ => (vec!["Shown by"], Vec::new()),
    };
    Table { caption: "What shows it".to_owned(), columns: columns.into_iter().map(str::to_owned).collect(), rows }
}

fn reason(catalog: &Catalog, because: &Because) -> Line {
    let of =
        |what: &str, id: &str, line: usize| Line::from(what).and(titled(catalog, id)).and(format!(", line {line}"));
    match because {
        Because::Prerequisite { credential, line } => of("the prerequisite of ", credential, *line),
        Because::Corequisite { credential, line } => of("the corequisite of ", credential, *line),
        Because::Stack { credential, line } => of("the stack of ", credential, *line),
        Because::Exclusion { credential, excludes } => {
            titled(catalog, credential).and(" excludes ").and(titled(catalog, excludes))
        }
        Because::NotOffered { credential } => titled(catalog, credential).and(" is not offered"),
        other => format!("{other:?}").into(),
    }
}
