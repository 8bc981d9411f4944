//! Tables of awards: columns that are not there, rows that were split, and headings without end.

use std::time::{Duration, Instant};

use credpath::{AwardStatus, Limits, RecordColumns, RecordOptions};

use super::{lines, read};

/// The faults of a table that is refused, as text.
fn refused(table: &str, columns: RecordColumns) -> String {
    read(table.as_bytes(), "Z", &RecordOptions::default().columns(columns)).unwrap_err().to_string()
}

/// Else the awards of everybody in the table would be those of one learner.
#[test]
fn without_the_column_of_learners_no_learner_is_picked() {
    let table = "Badge Template ID,Status\nt-1,accepted\nt-2,accepted\n";
    let told = refused(table, RecordColumns::credly().only("ana@example.org"));
    assert_eq!(
        told,
        "\
error[missing-key]: the table has no column `Issued to Email`
 --> record:1:1
  |
1 | Badge Template ID,Status
  | ^^^^^^^^^^^^^^^^^^^^^^^^ nothing else tells whose rows are asked for
  |
  = help: the first row names the columns; if they are not apart, state the separator
"
    );
    let told = refused("course sis,student si,enrollment state\n", RecordColumns::canvas_grades().only("s1"));
    assert!(told.contains("is it the column `student si`?"), "{told}");
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
error[missing-key]: the table has no column `Status`
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

#[test]
fn a_row_with_more_cells_than_there_are_columns_is_refused() {
    let columns = RecordColumns::new("credential").title("title").grade("grade");
    assert_eq!(
        refused("credential,title,grade\npy,Intro, Part 2,B\nr,R,A,,\n", columns.clone()),
        "\
error[syntax]: this row has 4 cells, and there are 3 columns
 --> record:2:18
  |
2 | py,Intro, Part 2,B
  |                  ^ belongs to no column
  |
  = help: put a cell that has the separator in it into quotes
"
    );
    let options = RecordOptions::default().columns(columns);
    let quoted = read(b"credential,title,grade\npy,\"Intro, Part 2\",B,,\nr\n", "Z", &options).unwrap();
    assert_eq!(lines(&quoted), ["py, grade B", "r"]);
    // A row of somebody else that was split may be one of the learner who is asked for.
    let columns = RecordColumns::new("course").title("title").learner("who").only("7");
    let told = refused("course,title,who\na,A,7\nb,B,part 2,7\n", columns);
    assert!(told.contains("this row has 4 cells"), "{told}");
}

#[test]
fn headings_without_end_take_as_long_as_the_table_is() {
    let start = Instant::now();
    let headings = format!("credential{}", ",".repeat(1 << 20));
    let table = format!("{headings}\n{}", "a\n".repeat(20_000));
    let limits = Limits::default().record_bytes(4 << 20);
    let options = RecordOptions::default().columns(RecordColumns::new("credential")).limits(limits);
    assert_eq!(read(table.as_bytes(), "Z", &options).unwrap().value.awards.len(), 20_000);
    let split = format!("{headings}\na,{}b\n", ",".repeat(1 << 20));
    let refused = read(split.as_bytes(), "Z", &options).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "this row has 1048578 cells, and there are 1048577 columns");
    assert!(start.elapsed() < Duration::from_secs(180), "{:?}", start.elapsed());
}

#[test]
fn a_time_has_one_half_of_the_day() {
    let awarded = |time: &str| {
        let table = format!("credential,awarded\na,2024-01-01 {time}\n");
        let options = RecordOptions::default().columns(RecordColumns::new("credential").awarded("awarded"));
        read(table.as_bytes(), "Z", &options.local_times(true)).ok().map(|imported| lines(&imported).concat())
    };
    assert_eq!(awarded("12:00 PM").as_deref(), Some("a, awarded 2024-01-01"));
    for time in ["12:00 AMPM", "1:00 PM am", "1:00 AMAM"] {
        assert_eq!(awarded(time), None, "{time}");
    }
}
