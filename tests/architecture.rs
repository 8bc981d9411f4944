//! The house rules that a reader relies on, read off the sources: which room may import from which, that `mod.rs` only
//! declares, that nothing is too long to be read at once, and that a name means one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::LineColumn;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Item, UseTree, Visibility};

/// The rooms from the top of the house to the ground. A file imports from its own room and from rooms further down.
const ROOMS: [&str; 21] = [
    "exchange",  // formats of others, in and out
    "map",       // the pathways as a picture
    "years",     // several versions of a catalog, each for who pursues it
    "document",  // a catalog as data
    "compare",   // two versions of a catalog
    "schedule",  // a plan on the calendar
    "cohort",    // one question to many learners
    "check",     // whether rules are consistent
    "renewals",  // what lapses, and what renewing it takes
    "plan",      // the exact planner
    "claims",    // what can be claimed together
    "audit",     // the explanation of one credential
    "evaluate",  // the one evaluator
    "catalog",   // the rules
    "record",    // the learner
    "read",      // text in, within limits
    "solve",     // exact optimisation that knows no credential
    "finding",   // faults and findings as data and text
    "value",     // amounts, dates, ids
    "semantics", // the contract: documentation only
    "guide",     // how to use it: documentation only
];

/// Files that may import each other in a circle, at the most.
const LARGEST_CIRCLE: usize = 3;
const LONGEST_FUNCTION: usize = 60;
const LONGEST_FILE: usize = 400;
const WIDEST_LINE: usize = 120;

/// A source file: its modules' names from the crate's root, its text, its items.
struct File {
    path: PathBuf,
    module: Vec<String>,
    text: String,
    items: Vec<Item>,
}

impl File {
    fn name(&self) -> String {
        self.path.strip_prefix(source()).unwrap_or(&self.path).display().to_string()
    }

    fn is_declaration(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == "mod.rs")
    }
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files() -> Vec<File> {
    let mut found = Vec::new();
    let mut open = vec![source()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let path = entry.expect("an entry of the folder").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(read(path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the sources are where they are looked for");
    found
}

fn read(path: PathBuf) -> File {
    let text = fs::read_to_string(&path).expect("a source file is text");
    let items = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())).items;
    let below = path.strip_prefix(source()).expect("below src").with_extension("");
    let mut module: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    File { path, module, text, items }
}

/// Every path of a file that begins with `crate` or `super`, in imports and in code; tests aside.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl Paths {
    fn tree(&mut self, before: &[String], tree: &UseTree) {
        let mut path = before.to_vec();
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                self.tree(&path, &step.tree);
            }
            UseTree::Name(name) => path.push(name.ident.to_string()),
            UseTree::Rename(name) => path.push(name.ident.to_string()),
            UseTree::Glob(_) => {}
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
        if !matches!(tree, UseTree::Path(_) | UseTree::Group(_)) {
            self.found.push(path);
        }
    }
}

impl<'a> Visit<'a> for Paths {
    fn visit_item_mod(&mut self, module: &'a syn::ItemMod) {
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, import: &'a syn::ItemUse) {
        self.tree(&[], &import.tree);
    }

    /// `pub(crate)` is no import.
    fn visit_visibility(&mut self, _: &'a Visibility) {}

    fn visit_path(&mut self, path: &'a syn::Path) {
        self.found.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }
}

/// Which file each file imports from, by their places in the list.
fn imports(files: &[File]) -> Vec<BTreeSet<usize>> {
    let by_module: BTreeMap<&[String], usize> =
        files.iter().enumerate().map(|(number, file)| (&file.module[..], number)).collect();
    let target = |file: &File, path: &[String]| {
        let (mut at, rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "super" => {
                let steps = path.iter().take_while(|step| *step == "super").count();
                (file.module[..file.module.len().checked_sub(steps)?].to_vec(), &path[steps..])
            }
            _ => return None,
        };
        for step in rest {
            at.push(step.clone());
            if !by_module.contains_key(&at[..]) {
                at.pop();
                break;
            }
        }
        by_module.get(&at[..]).copied()
    };
    let of = |(number, file): (usize, &File)| {
        let mut paths = Paths::default();
        file.items.iter().for_each(|item| paths.visit_item(item));
        paths.found.iter().filter_map(|path| target(file, path)).filter(|&other| other != number).collect()
    };
    files.iter().enumerate().map(of).collect()
}

fn room(file: &File) -> Option<usize> {
    let name = file.module.first()?;
    let place = ROOMS.iter().position(|room| room == name);
    Some(place.unwrap_or_else(|| panic!("the room `{name}` has no place in the table of rooms")))
}

/// Says what is wrong, if anything is.
fn nothing(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

#[test]
fn no_import_runs_upward() {
    let files = files();
    let mut wrong = Vec::new();
    for (file, targets) in files.iter().zip(imports(&files)) {
        let Some(own) = room(file) else { continue };
        for other in targets.into_iter().map(|target| &files[target]) {
            // The root itself only declares and exports.
            if room(other).is_none_or(|other| other < own) {
                wrong.push(format!("{} imports from {}", file.name(), other.name()));
            }
        }
    }
    nothing("imports that run upward", &wrong);
}

#[test]
fn circles_of_files_are_small() {
    let files = files();
    let edges = imports(&files);
    let reached = |from: usize| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(file) = open.pop() {
            open.extend(edges[file].iter().copied().filter(|&next| seen.insert(next)));
        }
        seen
    };
    let reach: Vec<BTreeSet<usize>> = (0..files.len()).map(reached).collect();
    let mut wrong = BTreeSet::new();
    for from in 0..files.len() {
        let circle: Vec<String> =
            reach[from].iter().filter(|&&to| reach[to].contains(&from)).map(|&to| files[to].name()).collect();
        if circle.len() > LARGEST_CIRCLE {
            wrong.insert(circle.join(", "));
        }
    }
    nothing("circles of imports", &wrong.into_iter().collect::<Vec<_>>());
}

#[test]
fn declarations_define_nothing() {
    let mut wrong = Vec::new();
    for file in files().iter().filter(|file| file.is_declaration()) {
        let defines = |item: &&Item| {
            !matches!(item, Item::Mod(module) if module.content.is_none()) && !matches!(item, Item::Use(_))
        };
        wrong.extend(file.items.iter().find(defines).map(|_| file.name()));
    }
    nothing("files `mod.rs` that define something", &wrong);
}

/// Lines that are neither empty nor comments, up to the tests.
fn code_lines(file: &File) -> usize {
    let code = file.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn files_and_lines_are_short() {
    let mut wrong = Vec::new();
    for file in files() {
        if code_lines(&file) > LONGEST_FILE {
            wrong.push(format!("{}: {} lines of code", file.name(), code_lines(&file)));
        }
        for (number, line) in (1..).zip(file.text.lines()) {
            if line.chars().count() > WIDEST_LINE {
                wrong.push(format!("{}:{number}: {} columns", file.name(), line.chars().count()));
            }
        }
    }
    nothing("too long", &wrong);
}

/// What is wrong with the functions of a file.
fn faults_of_functions(file: &File) -> Vec<String> {
    let mut functions = Functions::default();
    file.items.iter().for_each(|item| functions.visit_item(item));
    let long = functions.long.iter().map(|(name, lines)| format!("{}: `{name}` has {lines} lines", file.name()));
    long.chain(functions.tuples.iter().map(|name| format!("{}: `{name}` takes a tuple apart", file.name()))).collect()
}

#[derive(Default)]
struct Functions {
    long: Vec<(String, usize)>,
    tuples: Vec<String>,
}

impl Functions {
    fn look(&mut self, signature: &syn::Signature, (start, end): (LineColumn, LineColumn)) {
        let lines = end.line - start.line + 1;
        if lines > LONGEST_FUNCTION {
            self.long.push((signature.ident.to_string(), lines));
        }
        let is_tuple =
            |input: &syn::FnArg| matches!(input, syn::FnArg::Typed(typed) if matches!(*typed.pat, syn::Pat::Tuple(_)));
        if signature.inputs.iter().any(is_tuple) {
            self.tuples.push(signature.ident.to_string());
        }
    }
}

impl<'a> Visit<'a> for Functions {
    fn visit_item_fn(&mut self, function: &'a syn::ItemFn) {
        self.look(&function.sig, (function.sig.span().start(), function.block.span().end()));
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'a syn::ImplItemFn) {
        self.look(&function.sig, (function.sig.span().start(), function.block.span().end()));
        visit::visit_impl_item_fn(self, function);
    }
}

#[test]
fn functions_are_short_and_take_no_tuples_apart() {
    nothing("functions", &files().iter().flat_map(faults_of_functions).collect::<Vec<_>>());
}

/// Types by their names, with the files that define them; those that a function or a test keeps to itself aside.
fn types(files: &[File]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        for item in &file.items {
            let name = match item {
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::Type(item) => &item.ident,
                _ => continue,
            };
            found.entry(name.to_string()).or_default().push(file.name());
        }
    }
    found
}

#[test]
fn a_type_name_means_one_thing() {
    let several = types(&files()).into_iter().filter(|(_, places)| places.len() > 1);
    let wrong: Vec<String> = several.map(|(name, places)| format!("`{name}`: {}", places.join(", "))).collect();
    nothing("type names defined more than once", &wrong);
}

/// The public enums that callers match in full, by the rule of ARCHITECTURE.md; all others may grow.
const MATCHED_IN_FULL: &[&str] = &[
    "AwardStatus",
    "Effect",
    "FurtherWays",
    "HeldUntil",
    "MapEnd",
    "Optimality",
    "ScheduleOptimality",
    "Severity",
    "State",
    "Status",
    "StepRole",
    "Verdict",
    "Verification",
    "View",
];

#[test]
fn an_enum_that_may_grow_says_so() {
    let files = files();
    let enums = files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
        Item::Enum(item) if matches!(item.vis, Visibility::Public(_)) => Some(item),
        _ => None,
    });
    let may_grow =
        |item: &syn::ItemEnum| item.attrs.iter().any(|attribute| attribute.path().is_ident("non_exhaustive"));
    let full: BTreeSet<String> = enums.filter(|item| !may_grow(item)).map(|item| item.ident.to_string()).collect();
    let due: BTreeSet<String> = MATCHED_IN_FULL.iter().map(|&name| name.to_owned()).collect();
    let wrong: Vec<String> = full.symmetric_difference(&due).cloned().collect();
    nothing("enums that are matched in full, or are to be", &wrong);
}
