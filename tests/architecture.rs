//! ARCHITECTURE.md, tests/README.md, docs/decisions and the relay's documents are true: the tests that they name exist and
//! run, and the pure modules know no browser.

#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests may panic too")]

use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENT: &str = include_str!("../ARCHITECTURE.md");

/// Modules and crates without a browser. In the crates, the dependencies are checked too.
const PURE: [&str; 6] =
    ["src/flow", "src/guidance", "src/text", "src/config", "crates/protocol/src", "crates/vision/src"];
const PURE_CRATES: [&str; 2] = ["crates/protocol/Cargo.toml", "crates/vision/Cargo.toml"];

/// Crates that only exist for a browser.
const BROWSER: [&str; 5] = ["web_sys", "js_sys", "wasm_bindgen", "gloo_", "yew"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Every Rust file at or below a path.
fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return path.extension().is_some_and(|end| end == "rs").then(|| path.to_owned()).into_iter().collect();
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    entries.flat_map(|entry| sources(&entry.unwrap().path())).collect()
}

/// Whether a line of code uses a crate. Comments do not count.
fn uses(line: &str, name: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let starts = |at: usize| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
    let ends = |at: usize| code[at + name.len()..].starts_with("::") || name.ends_with('_');
    code.match_indices(name).any(|(at, _)| starts(at) && ends(at))
}

#[test]
fn the_pure_modules_know_no_browser() {
    assert!(uses("use web_sys::Blob;", "web_sys") && uses("    gloo_timers::callback::x()", "gloo_"));
    assert!(!uses("// web_sys::Blob", "web_sys") && !uses("let yew = 1;", "yew"));
    let mut read = 0;
    for path in PURE {
        for file in sources(&root().join(path)) {
            let text = fs::read_to_string(&file).unwrap();
            for (number, line) in text.lines().enumerate() {
                let found = BROWSER.iter().find(|name| uses(line, name));
                assert!(found.is_none(), "{}:{}: uses {}", file.display(), number + 1, found.unwrap());
            }
            read += 1;
        }
    }
    assert!(read > 50, "only {read} files were read");
    for path in PURE_CRATES {
        let text = fs::read_to_string(root().join(path)).unwrap().replace('-', "_");
        let section = text.split_once("\n[dependencies]\n").map_or("", |(_, section)| section);
        let names: Vec<&str> = section.lines().take_while(|line| !line.starts_with('[')).collect();
        let found = BROWSER.iter().find(|browser| names.iter().any(|name| name.starts_with(**browser)));
        assert!(found.is_none(), "{path} depends on {}", found.unwrap());
    }
}

/// Whether the test runner runs a function: it has the attribute of a test, is not ignored and does not depend on a
/// condition, or it is in the list of `on_both!`, which makes a test of it for each database.
fn is_run(text: &str, name: &str) -> bool {
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else { return false };
    // Without the line itself, which may begin with `async`.
    let lines = before.rsplit_once('\n').map_or("", |(lines, _)| lines).lines().rev().map(str::trim);
    let attributes: Vec<&str> = lines.take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
    let ignored = attributes.iter().any(|line| line.starts_with("#[ignore") || line.starts_with("#[cfg"));
    let is_test = attributes.iter().any(|line| line.starts_with("#[") && line.contains("test"));
    let lists = text.split("on_both!(").skip(1).filter_map(|rest| rest.split(')').next());
    let listed = lists.flat_map(|list| list.split(',')).any(|word| word.trim() == name);
    !ignored && (is_test || listed)
}

/// Whether Node's test runner runs a test: a line begins it, and neither skips it nor singles out another one.
fn is_run_by_node(text: &str, name: &str) -> bool {
    // A name that ends in a variable is named by what stands before it.
    let starts = [format!("test('{name}', "), format!("test(`{name} ${{")];
    let starts = |line: &str| starts.iter().any(|start| line.starts_with(start)) && !line.contains("skip");
    let singled_out = ["test.only(", "describe.only(", "describe.skip(", "only: true"];
    text.lines().any(|line| starts(line.trim_start())) && !singled_out.iter().any(|word| text.contains(word))
}

/// Whether a Rust file is compiled: its module is declared beside it or above, unless Cargo finds the file itself.
fn is_compiled(path: &Path) -> bool {
    let (Some(stem), Some(folder)) = (path.file_stem().and_then(|stem| stem.to_str()), path.parent()) else {
        return false;
    };
    if ["main", "lib"].contains(&stem) || folder.ends_with("tests") {
        return true;
    }
    let named = |at: &Path| {
        let manifest = fs::read_to_string(at.join("Cargo.toml")).ok()?;
        let file = path.strip_prefix(at).ok()?.to_str()?;
        Some(manifest.contains(&format!("path = \"{file}\"")))
    };
    if folder.ancestors().find_map(named) == Some(true) {
        return true;
    }
    let (stem, folder) = if stem == "mod" {
        (folder.file_name().unwrap().to_str().unwrap(), folder.parent().unwrap())
    } else {
        (stem, folder)
    };
    let declared =
        |text: String| text.lines().any(|line| line.trim().ends_with(&format!("mod {stem};")) && !line.contains("//"));
    let parents = [folder.join("main.rs"), folder.join("lib.rs"), folder.join("mod.rs"), folder.join("../main.rs")];
    parents.iter().filter_map(|parent| fs::read_to_string(parent).ok()).any(declared)
}

/// Whether a script runs a file of Node's tests: by its name, or with all tests of its folder.
fn is_in_a_script(file: &str) -> bool {
    let all = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/*.test.mjs"));
    let scripts = fs::read_dir(root().join("scripts")).unwrap().map(|entry| entry.unwrap().path());
    let scripts = scripts.filter(|path| path.extension().is_some_and(|end| end == "sh"));
    scripts.map(|path| fs::read_to_string(path).unwrap()).any(|text| text.contains(file) || text.contains(&all))
}

/// Checks the last cells of a table: pairs of a file and a text in it, such as the name of a test. The files are in one of
/// the folders. Returns how many pairs.
fn check_pairs(document: &str, table: &str, folders: &[&str]) -> usize {
    let mut pairs = 0;
    for row in table.lines().filter(|line| line.ends_with("` |")) {
        let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        let spans: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        assert_eq!(spans.len() % 2, 0, "{document}: {cell}");
        for pair in spans.chunks(2) {
            let (file, name) = (pair[0], pair[1]);
            let paths = folders.iter().map(|folder| root().join(folder).join(file));
            let found: Vec<_> = paths.filter_map(|path| Some((fs::read_to_string(&path).ok()?, path))).collect();
            assert!(!found.is_empty(), "{document}: {file} does not exist");
            let is_there = |(text, path): &(String, PathBuf)| match file {
                _ if name.ends_with('!') => text.contains(name),
                _ if file.ends_with(".rs") => is_run(text, name) && is_compiled(path),
                _ if file.ends_with(".test.mjs") => is_run_by_node(text, name) && is_in_a_script(file),
                _ => text.contains(name),
            };
            assert!(found.iter().any(is_there), "{document}: {file} has no test {name} that runs");
            pairs += 1;
        }
    }
    pairs
}

#[test]
fn a_test_that_does_not_run_is_noticed() {
    assert!(is_run("#[test]\nfn a() {}", "a") && is_run("#[tokio::test]\n// Why.\nasync fn a() {}", "a"));
    assert!(is_run("on_both!(b, a);\nasync fn a(database: &Database) {}", "a"));
    assert!(is_run("on_both!(\n    a,\n);\nasync fn a(database: &Database) {}", "a"));
    assert!(!is_run("fn a() {}", "a") && !is_run("#[test]\n#[ignore]\nfn a() {}", "a"));
    assert!(!is_run("on_both!(b);\nasync fn a(database: &Database) {}", "a"));
    assert!(!is_run("#[test]\nfn b() {}\n\nfn a() {}", "a"));
    assert!(!is_run("#[cfg(feature = \"x\")]\n#[test]\nfn a() {}", "a"));

    assert!(is_run_by_node("  test('a b', async () => {", "a b"));
    assert!(is_run_by_node("test(`a b ${c}`, async () => {", "a b") && !is_run_by_node("test(`a b c ${d}`", "a b"));
    for text in [
        "// test('a b', async () => {",
        "test.skip('a b', async () => {",
        "test.todo('a b');",
        "test('a b', { skip: true }, () => {",
        "test('a b c', () => {",
        "test('a b', () => {\ntest.only('c', () => {",
        "describe.skip('x', () => {\n  test('a b', () => {",
    ] {
        assert!(!is_run_by_node(text, "a b"), "{text}");
    }
    assert!(is_in_a_script("tests/e2e/proof.test.mjs") && is_in_a_script("tests/s3/widget.test.mjs"));
    assert!(!is_in_a_script("tests/elsewhere/proof.test.mjs"));

    let folder = root().join("crates/relay/tests/it");
    assert!(is_compiled(&folder.join("page/proof.rs")) && is_compiled(&folder.join("log.rs")));
    assert!(is_compiled(&root().join("crates/relay/src/session/page/mod.rs")));
    assert!(!is_compiled(&folder.join("page/nobody_declares_it.rs")));
}

/// Each promise of the relay's documents names a test of the relay, in the table of its section "Tests".
#[test]
fn the_tests_that_the_documents_name_exist() {
    const FOLDERS: [&str; 3] = ["crates/relay/tests/it", "crates/relay/src", "."];
    for (document, least) in [
        ("relay/concepts.md", 30),
        ("relay/handoff.md", 20),
        ("relay/reference.md", 25),
        ("running.md", 30),
        ("privacy.md", 8),
    ] {
        let text = fs::read_to_string(root().join("docs").join(document)).unwrap();
        let (_, section) = text.split_once("\n## Tests\n").expect("the section");
        let pairs = check_pairs(document, section.split("\n## ").next().unwrap(), &FOLDERS);
        assert!(pairs >= least, "{document}: only {pairs} tests were found");
    }
    let threats = fs::read_to_string(root().join("docs/securing.md")).unwrap();
    let pairs = check_pairs("securing.md", &threats, &FOLDERS);
    assert!(pairs > 40, "securing.md: only {pairs} tests were found");
}

#[test]
fn the_tests_that_the_document_names_exist() {
    let (_, section) = DOCUMENT.split_once("\n## Invariants\n").expect("the section");
    let pairs = check_pairs("ARCHITECTURE.md", section.split("\n## ").next().unwrap(), &["."]);
    assert!(pairs > 25, "only {pairs} tests were found");
}

#[test]
fn the_tests_in_the_list_of_features_exist() {
    const FEATURES: &str = include_str!("README.md");
    let pairs = check_pairs("tests/README.md", FEATURES.split("\n## Run one\n").next().unwrap(), &["."]);
    assert!(pairs > 80, "only {pairs} tests were found");
}

/// Whether a text in backquotes is the name of a test: at least four words in snake case.
fn is_test_name(span: &str) -> bool {
    span.split('_').count() >= 4
        && span.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}

#[test]
fn the_tests_that_the_decisions_name_exist() {
    assert!(is_test_name("a_full_disk_is_a_503_and_loses_nothing") && !is_test_name("rust_arkitect"));
    let files = ["src", "tests", "crates"].map(|folder| sources(&root().join(folder))).concat();
    let code: Vec<String> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let mut names = 0;
    for entry in fs::read_dir(root().join("docs/decisions")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for name in text.split('`').skip(1).step_by(2).filter(|span| is_test_name(span)) {
            let function = format!("fn {name}(");
            assert!(code.iter().any(|source| source.contains(&function)), "{}: no test {name}", path.display());
            names += 1;
        }
    }
    assert!(names > 5, "only {names} tests were found");
}
