//! Tables of awards: columns that are not there.

use credpath::{AwardStatus, RecordColumns, RecordOptions};

use super::{lines, read};

/// The faults of a table that is refused, as text.
fn refused(table: &str, columns: RecordColumns) -> String {
    read(table.as_bytes(), "Z", &RecordOptions::default().columns(columns)).unwrap_err().to_string()
}

/// Else the awards of everybody in the table would be those of one learner.
#[test]
fn without_the_column_of_learners_no_learner_is_picked() {
    let table = "Badge Template ID,State\nt-1,accepted\nt-2,accepted\n";
    let told = refused(table, RecordColumns::credly().only("ana@example.org"));
    assert_eq!(
        told,
        "\
error[missing-key]: the table has no column `Recipient Email`
 --> record:1:1
  |
1 | Badge Template ID,State
  | ^^^^^^^^^^^^^^^^^^^^^^^ nothing else tells whose rows are asked for
  |
  = help: the first row names the columns; if they are not apart, state the separator
"
    );
    let told = refused("course sis,Student-SI,enrollment state\n", RecordColumns::canvas_grades().only("s1"));
    assert!(told.contains("is it the column `Student-SI`?"), "{told}");
    let options = RecordOptions::default().columns(RecordColumns::credly());
    let unasked = read(table.as_bytes(), "Z", &options).unwrap();
    assert_eq!(lines(&unasked), ["t-1", "t-2"]);
}

/// Else what was rejected or revoked would be completed.
#[test]
fn without_the_column_whose_words_are_told_nothing_is_completed() {
    let told = refused("Badge Template ID\nt-1\n", RecordColumns::credly());
    assert_eq!(
        told,
        "\
error[missing-key]: the table has no column `State`
 --> record:1:1
  |
1 | Badge Template ID
  | ^^^^^^^^^^^^^^^^^ without it every award would be a completed one
  |
  = help: the first row names the columns; if they are not apart, state the separator
"
    );
    let columns = RecordColumns::new("course").status("state").columns_may_lack(true);
    let wordless = read(b"course\na\n", "Z", &RecordOptions::default().columns(columns.clone())).unwrap();
    assert_eq!(lines(&wordless), ["a"]);
    let told = refused("course\na\n", columns.status_word("done", AwardStatus::Completed));
    assert!(told.contains("no column `state`"), "{told}");
}
