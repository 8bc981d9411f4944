//! The forms of texts, as patterns, and the names of files.

#![allow(unreachable_pub, reason = "several test programs share it")]

pub const DATE: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";
pub const YEAR_DAY: &str = "^[0-9]{2}-[0-9]{2}$";
pub const DECIMAL: &str = "^[-+]?[0-9]+([.][0-9]+)?$";
pub const FINGERPRINT: &str = "^[0-9a-f]{32}$";

/// `CatalogDocument` is written in `catalog.json`, `CohortReport` in `cohort-report.json`.
pub fn file_of(name: &str) -> String {
    match name {
        "CatalogDocument" => return "catalog".to_owned(),
        "LearnerRecord" => return "record".to_owned(),
        _ => {}
    }
    let mut file = String::new();
    for (place, c) in name.char_indices() {
        if c.is_ascii_uppercase() && place > 0 {
            file.push('-');
        }
        file.push(c.to_ascii_lowercase());
    }
    file
}
