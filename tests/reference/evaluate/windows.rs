//! When a credential is offered (semantics 1, 4.2).

use super::super::model::*;

/// 4.2, Eligible; 1: `offered` is inclusive.
pub fn offered(c: &Credential, day: Date) -> bool {
    let inside = |(from, until): (Option<Date>, Option<Date>)| {
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    };
    match &c.windows {
        None => inside((c.offered_from, c.offered_until)),
        Some(Windows::Several(windows)) => windows.iter().any(|window| inside(*window)),
        Some(Windows::Yearly(from, until)) => {
            let today = (day.month, day.day);
            if from <= until { *from <= today && today <= *until } else { *from <= today || today <= *until }
        }
    }
}

/// 4.2, Unattainable; 2.6: an empty window is over on every date. A yearly one never is.
pub fn offering_over(c: &Credential, day: Date) -> bool {
    let over = |(from, until): (Option<Date>, Option<Date>)| {
        let empty = matches!((from, until), (Some(from), Some(until)) if from > until);
        empty || until.is_some_and(|until| until < day)
    };
    match &c.windows {
        None => over((c.offered_from, c.offered_until)),
        Some(Windows::Several(windows)) => windows.iter().all(|window| over(*window)),
        Some(Windows::Yearly(..)) => false,
    }
}
