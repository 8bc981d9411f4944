//! Tables: plain ones, and curricula.

use credpath::catalogs::{from_curriculum, from_table, to_table};
use credpath::rules::{all_of, any_of, at_least, credential, credits};
use credpath::{Catalog, Charset, CourseTableOptions, CurriculumOptions, Separator, TableFormat};

use crate::{compiled, fixture, found, value};

#[test]
fn a_plain_table_is_a_catalog() {
    let read = from_table("courses.csv", &fixture("courses.csv"), &CourseTableOptions::default().currency("CAD"));
    let (document, losses) = value(read);
    assert_eq!(losses, ["line 1, column department: a catalog has no place for this column"]);
    assert_eq!(document.header.currency.as_deref(), Some("CAD"));
    let statistics = &document.credentials["STAT 200"];
    let due = all_of(["MATH 101".into(), any_of(["MATH 102".into(), "PHYS 101".into()])]);
    assert_eq!(statistics.prerequisite, Some(due));
    assert_eq!((statistics.hours, statistics.cost), (None, Some(400.into())));
    let courses = ["MATH 101", "MATH 102", "STAT 200"].map(credential);
    let due = all_of([
        "PHYS 101".into(),
        at_least(2).from(courses),
        credits(6).from(["MATH 102", "STAT 200", "lab-1"].map(credential)),
    ]);
    assert_eq!(document.credentials["minor"].stack, Some(due));
    assert_eq!(document.credentials["MATH 101"].title.as_deref(), Some("Calculus, first part"));
    // Members of both groups may count twice, which is not said.
    assert_eq!(found(&document), ["unstated-distinct minor"]);
}

fn refused(text: &str) -> String {
    from_table("t.csv", text.as_bytes(), &CourseTableOptions::default()).unwrap_err().to_string()
}

/// Word for word, since that is what a person gets to mend a table with.
#[test]
fn what_is_wrong_with_a_table_is_shown_in_its_place() {
    assert_eq!(
        refused("id,title,credits,prerequisite\na,A,3 credits,\nb,B,,\"a and \"\"b c\"\" or a\"\na,B,4,bb\n"),
        "\
error[invalid-amount]: `3 credits`: an amount is a plain decimal number, such as 30 or 22.5
 --> t.csv:2:5
  |
2 | a,A,3 credits,
  |     ^^^^^^^^^
  |
  = help: write a number such as 3 or 7.5, without a unit

error[syntax]: `and` and `or` stand side by side, and which belongs together is not said
 --> t.csv:3:21
  |
3 | b,B,,\"a and \"\"b c\"\" or a\"
  |         --- the other one
  |                     ^^
  |
  = help: put parentheses around what belongs together, as in `a and (b or c)`

error[duplicate-key]: `a` is defined twice
 --> t.csv:4:1
  |
2 | a,A,3 credits,
  | - first here
....
4 | a,B,4,bb
  | ^ again here
  |
  = help: keep one of the rows, or give the other one an id of its own
"
    );
    assert_eq!(
        refused("id,prerequisite\nmath-101,\nphys-1,math-011 and maths-101\n"),
        "\
error[unknown-credential]: the table has no row for `math-011`
 --> t.csv:3:8
  |
3 | phys-1,math-011 and maths-101
  |        ^^^^^^^^
  |
  = help: add a row for it, or ask for what is not listed to be added

error[unknown-credential]: the table has no row for `maths-101`
 --> t.csv:3:21
  |
3 | phys-1,math-011 and maths-101
  |                     ^^^^^^^^^
  |
  = help: did you mean `math-101`?
"
    );
    assert_eq!(
        refused("id;title\na;A\n"),
        "\
error[missing-key]: the table has no column `id`
 --> t.csv:1:1
  |
1 | id;title
  | ^^^^^^^^
  |
  = help: the first row names the columns; if they are not apart, state the separator
"
    );
    assert!(refused("id,title\na,one, two\n").contains("this row has 3 cells, and there are 2 columns"));
    assert!(refused("id,title\n,A\n").contains("an id cannot be empty"));
    assert!(refused("").contains("the table is empty"));
}

#[test]
fn places_in_quoted_cells_are_of_whole_characters() {
    let text = "id,stack\né,\nb,\nt,\"1 of (é, b)\"\n";
    let (document, _) = value(from_table("t.csv", text.as_bytes(), &CourseTableOptions::default()));
    assert_eq!(document.credentials["t"].stack, Some(at_least(1).from(["é", "b"].map(credential))));
    let written = to_table(&document, Separator::Comma);
    assert_eq!(written.losses, []);
    let again = value(from_table("t.csv", written.text.as_bytes(), &CourseTableOptions::default())).0;
    assert_eq!(again.credentials, document.credentials);
    for separator in [Separator::Comma, Separator::Semicolon, Separator::Tab, Separator::Bar] {
        let options = CourseTableOptions::default().format(TableFormat::default().separator(separator));
        let written = to_table(&document, separator).text;
        assert_eq!(value(from_table("t.csv", written.as_bytes(), &options)).0.credentials, document.credentials);
    }
    let told = refused("id,stack\nt,\"\"\"É 1\"\" or é\"\n");
    assert!(told.contains("`É 1`\n --> t.csv:2:4\n") && told.contains("`é`\n --> t.csv:2:15\n"), "{told}");
    // With a space before it, a quote is one of the rule's.
    let told = refused("id,stack\nt, \"é\"\n");
    assert!(told.contains("`é`\n --> t.csv:2:4\n"), "{told}");
    let curriculum = "Course ID,Course Name,Prerequisites,Credit Hours\n1,A,\"é;b\",3\n";
    let told = from_curriculum("c.csv", curriculum.as_bytes(), &CurriculumOptions::default()).unwrap_err();
    let places: Vec<&str> = told.diagnostics().iter().map(|fault| &curriculum[fault.primary.span.clone()]).collect();
    assert_eq!(places, ["é", "b"]);
}

#[test]
fn what_is_not_listed_is_added_if_that_is_asked_for() {
    let text = "id,prerequisite\nb,a or x\nc,x\n";
    let (document, losses) =
        value(from_table("t.csv", text.as_bytes(), &CourseTableOptions::default().adds_unlisted(true)));
    assert_eq!(document.credentials.len(), 4);
    assert_eq!(
        losses,
        [
            "line 2, column prerequisite: the table has no row for `a`, so nothing more is known of it",
            "line 2, column prerequisite: the table has no row for `x`, so nothing more is known of it",
        ]
    );
}

#[test]
fn separators_and_encodings_are_stated() {
    let text = "id\ttitle\nz\tZo\u{eb}\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let format = TableFormat::default().separator(Separator::Tab);
    let options = CourseTableOptions::default().format(format.charset(Charset::Latin1));
    assert_eq!(value(from_table("t", &latin, &options)).0.credentials["z"].title.as_deref(), Some("Zoë"));
    let unstated = from_table("t.tsv", &latin, &CourseTableOptions::default().format(format)).unwrap_err();
    assert!(unstated.to_string().contains("the byte EB is not UTF-8 here\n --> t.tsv:2:5"), "{unstated}");
    let wide: Vec<u8> = "\u{feff}id\ttitle\nz\tZoë\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let read = from_table("t", &wide, &CourseTableOptions::default().format(format));
    assert_eq!(value(read).0.credentials["z"].title.as_deref(), Some("Zoë"));
}

#[test]
fn a_curriculum_is_a_degree_and_its_courses() {
    let (document, losses) =
        value(from_curriculum("physics.csv", &fixture("curriculum.csv"), &CurriculumOptions::default()));
    assert_eq!(
        losses,
        [
            "line 7, column Term: the term of a course is an advised order and no rule",
            "line 14, column Number: another course is called `PHYS 400` too, so it is no further id",
            "line 15, column Number: another course is called `PHYS 400` too, so it is no further id",
            "line 17, column Term: the term of a course is an advised order and no rule",
            "line 19, column Course Learning Outcomes: a catalog has no place for this section",
        ]
    );
    let degree = &document.credentials["BS in Applied Physics"];
    assert_eq!(degree.kind.as_deref(), Some("BachelorDegree"));
    assert_eq!(degree.tags, ["BS", "CIP 14.1201"]);
    assert_eq!(degree.stack, Some(all_of(["1", "2", "3", "4", "5", "6", "7", "8"].map(credential))));
    assert_eq!(document.header.credit_unit.as_deref(), Some("semester credit hour"));
    let waves = &document.credentials["5"];
    assert_eq!(waves.title.as_deref(), Some("Waves; light, and sound"));
    assert_eq!(waves.issuer.as_deref(), Some("West Lake College"));
    assert_eq!(waves.prerequisite, Some(all_of(["2".into(), "3".into()])));
    // What is taken at the same time cannot be begun without each other.
    assert_eq!(document.credentials["3"].corequisite, Some(all_of(["2".into(), "4".into()])));
    assert_eq!(document.credentials["4"].corequisite, Some("3".into()));
    assert_eq!(document.credentials["6"].ids, [] as [&str; 0]);
    let catalog = compiled(&document);
    assert_eq!(catalog.credential("PHYS 101L"), catalog.credential("4"));
    assert_eq!(found(&document), [] as [&str; 0]);
}

/// Public files are in Latin-1 and name courses that they do not list.
#[test]
fn curricula_as_they_are_found() {
    let text = "Curriculum,G\u{e9}nie civil\nCourses\nCourse ID,Course \
                Name,Prefix,Number,Prerequisites,Corequisites,Strict-Corequisites,Credit \
                Hours\n1,Math\u{e9}matiques,MAT,100,99;,,,3\n2,Calcul,MAT,101,1,,98,3.5\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    assert!(from_curriculum("c.csv", &latin, &CurriculumOptions::default()).is_err());
    let options = CurriculumOptions::default().format(TableFormat::default().charset(Charset::Latin1)).id("gc");
    let refused = from_curriculum("c.csv", &latin, &options).unwrap_err();
    let faults: Vec<&str> = refused.diagnostics().iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(faults, ["the table has no row for `99`", "the table has no row for `98`"]);
    let (document, losses) = value(from_curriculum("c.csv", &latin, &options.adds_unlisted(true)));
    assert_eq!(losses.len(), 2);
    assert_eq!(document.credentials["gc"].title.as_deref(), Some("Génie civil"));
    assert_eq!(document.credentials["98"].corequisite, Some("2".into()));
    assert_eq!(document.credentials["gc"].stack, Some(all_of(["1".into(), "2".into()])));
    Catalog::compile(&document).unwrap();
}

#[test]
fn what_is_wrong_with_a_curriculum_is_told() {
    let told =
        |text: &str| from_curriculum("c.csv", text.as_bytes(), &CurriculumOptions::default()).unwrap_err().to_string();
    let header = "Course ID,Course Name,Prerequisites,Credit Hours\n";
    assert!(told("Curriculum,X\n1,A,,3\n").contains("no row begins with `Course ID`"));
    assert!(
        told(&format!("Curriculum,1\n{header}1,A,,3\n"))
            .contains("a course has the id `1`, which is that of the degree")
    );
    assert!(told(&format!("Curriculum,X\n{header}")).contains("the curriculum has no courses"));
    assert!(told(&format!("{header}1,A,,\n")).contains("the course has no credit hours"));
    assert!(told(&format!("{header}1,A,,3-4\n")).contains("`3-4`: an amount is a plain decimal number"));
    assert!(told("Course ID,Course Name,Credit Huors\n1,A,3\n").contains("is it the column `Credit Huors`?"));
    assert!(told(&format!("{header}1,A, part 2,,3\n")).contains("this row has 5 cells, and there are 4 columns"));
    assert!(told(&format!("Curriculum,X\nCurriculum,Y\n{header}1,A,,3\n")).contains("`Curriculum` is given twice"));
}

/// With strict corequisites there are curricula that nobody can finish; a check finds them.
#[test]
fn corequisites_can_make_a_curriculum_impossible() {
    let text =
        "Curriculum,X\nCourse ID,Course Name,Prerequisites,Strict-Corequisites,Credit Hours\n1,A,,2,3\n2,B,1,,3\n";
    let (document, _) = value(from_curriculum("c.csv", text.as_bytes(), &CurriculumOptions::default()));
    assert!(!found(&document).is_empty());
    let without = text.replace("1,A,,2,3", "1,A,,,3");
    let (document, _) = value(from_curriculum("c.csv", without.as_bytes(), &CurriculumOptions::default()));
    assert_eq!(found(&document), [] as [&str; 0]);
}

#[test]
fn formats_are_told_by_their_content() {
    use credpath::CatalogFormat::{Badgr, Ctdl, Curriculum, Table};
    use credpath::{CatalogFormat, catalogs::recognise};
    let fixtures = [
        ("courses.csv", Table),
        ("curriculum.csv", Curriculum),
        ("pathway.ctdl.json", Ctdl),
        ("pathway.expanded.ctdl.json", Ctdl),
        ("traps.ctdl.json", Ctdl),
        ("pathway.badgr.json", Badgr),
    ];
    for (name, format) in fixtures {
        assert_eq!(recognise(&fixture(name)), Some(format), "{name}");
    }
    for text in [
        "credential.sql = {}",
        "# rules\n[credential]\nsql = {}",
        "catalog = { title = 'X' }",
        "[[sharing]]",
        "[ pool.x ]",
    ] {
        assert_eq!(recognise(text.as_bytes()), Some(CatalogFormat::Toml), "{text}");
    }
    for text in ["", "{}", "[]", "name,points\nx,1\n", "\"id", "\0\0"] {
        assert_ne!(recognise(text.as_bytes()), Some(CatalogFormat::Toml), "{text}");
    }
    let wide: Vec<u8> = "\u{feff}id\ttitle\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(recognise(&wide), Some(Table));
    for format in CatalogFormat::ALL {
        assert_eq!(format.to_string().parse(), Ok(*format));
    }
}
