//! Names that were most likely meant: suggestions beside a name that is not known.

/// The known name that `name` was most likely meant to be: the nearest by edit distance, if it is near (a third of its
/// length, or the same but for letter case). Ties go to the first in byte order. Where the digits differ another thing
/// is meant: `cs-171` is no misspelt `cs-107`.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let most = length.max(3) / 3;
    let distance = |other: &str| {
        if other.len().abs_diff(name.len()) > 4 * most || name.len() > MOST_BYTES {
            None
        } else if other.to_lowercase() == name.to_lowercase() {
            Some(0)
        } else if digits(name).eq(digits(other)) {
            Some(strsim::osa_distance(name, other)).filter(|&distance| distance <= most && distance < length)
        } else {
            None
        }
    };
    known.into_iter().filter_map(|other| Some((distance(other)?, other))).min().map(|(_, other)| other)
}

/// Longer names are not compared.
const MOST_BYTES: usize = 256;

fn digits(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(char::is_ascii_digit)
}

/// The one known name that is clearly meant: the same but for letter case and for what stands between words, or else
/// one slip of the keyboard away in a name of five letters or more, two in one of ten. Nothing if two names are equally
/// near, or if digits differ. For ids that come from elsewhere, where most of what is not known is simply another
/// thing.
pub(crate) fn clearly_meant<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > MOST_BYTES {
        return None;
    }
    let plain = plain(name);
    let most = plain.chars().filter(|c| !c.is_ascii_digit()).count() / 5;
    let length = plain.chars().count();
    let (mut best, mut meant) = (most.min(2), None);
    for other in known {
        if other.len() > MOST_BYTES || other.len().abs_diff(name.len()) > 16 || !digits(name).eq(digits(other)) {
            continue;
        }
        // Names of other lengths are further away than that, and most are.
        if other.is_ascii() && other.bytes().filter(|byte| !b" -_.".contains(byte)).count().abs_diff(length) > best {
            continue;
        }
        let distance = strsim::osa_distance(&plain, &self::plain(other));
        if distance < best || (distance == best && meant.is_none()) {
            (best, meant) = (distance, Some(Some(other)));
        } else if distance == best && meant != Some(Some(other)) {
            meant = Some(None);
        }
    }
    meant.flatten()
}

/// A name without the differences that people do not see in one.
fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::{clearly_meant, nearest};

    #[test]
    fn suggests_near_names_and_never_distant_ones() {
        let known = ["credits", "all_of", "at_least", "python", "SQL"];
        assert_eq!(nearest("credit", known), Some("credits"));
        assert_eq!(nearest("at_leest", known), Some("at_least"));
        assert_eq!(nearest("al_lof", known), Some("all_of"));
        assert_eq!(nearest("sql", known), Some("SQL"));
        assert_eq!(nearest("haskell", known), None);
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn no_number_is_taken_for_another() {
        assert_eq!(nearest("eced-171", ["eced-107", "eced-105"]), None);
        assert_eq!(nearest("ecde-107", ["eced-107", "eced-105"]), Some("eced-107"));
    }

    #[test]
    fn an_id_from_elsewhere_is_clearly_meant_or_not() {
        let known = ["hardware", "cs-101", "cs-102", "eced-107", "networks", "network", "sql", "statistics"];
        assert_eq!(clearly_meant("Hardware", known), Some("hardware"));
        assert_eq!(clearly_meant("CS 101", known), Some("cs-101"));
        assert_eq!(clearly_meant("CS_102", known), Some("cs-102"));
        assert_eq!(clearly_meant("hardwrae", known), Some("hardware"));
        assert_eq!(clearly_meant("statisitcs", known), Some("statistics"));
        assert_eq!(clearly_meant("eced-171", known), None);
        assert_eq!(clearly_meant("cs-103", known), None);
        assert_eq!(clearly_meant("sqi", known), None);
        // As near to `networks` as to `network`.
        assert_eq!(clearly_meant("networkz", known), None);
        assert_eq!(clearly_meant("software", known), None);
        assert_eq!(clearly_meant("", known), None);
    }
}
