//! The check on small crates: what it lets pass, and each fault it names.

#![allow(clippy::unwrap_used)]

use std::fs;

use layers::check;

/// Checks a crate of the given files; returns the faults as lines.
fn faults(table: &str, files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("layers.txt"), table).unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let faults = check(folder.path(), "shop").err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

const TABLE: &str = "main\nhttp\nstore   # SQL\nclock\n";
const LIB: (&str, &str) = ("lib.rs", "pub mod http; pub mod store; pub mod clock; pub use store::Store;");

#[test]
fn arrows_that_point_downwards_pass() {
    let files = [
        LIB,
        ("main.rs", "use shop::http::serve; fn main() { serve() }"),
        ("http/mod.rs", "pub mod routes; pub use routes::serve;"),
        ("http/routes.rs", "use crate::{Store, clock::now}; pub fn serve() { let _ = (Store, now()); }"),
        ("store.rs", "pub struct Store; fn at() { crate::clock::now() }"),
        ("clock.rs", "pub fn now() {}"),
    ];
    assert_eq!(faults(TABLE, &files), [""; 0]);
}

#[test]
fn an_import_of_a_higher_layer_is_named_with_its_file_and_line() {
    let files = [
        LIB,
        ("http.rs", "pub struct App;"),
        ("store.rs", "pub struct Store;"),
        ("clock.rs", "\nuse crate::http::App;"),
    ];
    let found = faults("http\nstore\nclock", &files);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("clock.rs:2: imports http.rs (http::App)"), "{found:?}");
}

#[test]
fn every_way_to_name_a_higher_layer_is_found() {
    for text in [
        "use super::http::App;",
        "fn f(_: crate::http::App) {}",
        "fn f() { crate::http::go() }",
        "fn f() { println!(\"{:?}\", crate::http::go()) }",
        "fn f() { let _ = vec![(super::http::go())]; }",
        "use crate::http::*;",
        "use crate::{clock, http::{self as h}};",
        "use crate::App;",
    ] {
        let lib = ("lib.rs", "pub mod http; pub mod store; pub mod clock; pub use http::App;");
        let files = [lib, ("http.rs", "pub struct App; pub fn go() {}"), ("store.rs", ""), ("clock.rs", text)];
        let found = faults("http\nstore\nclock", &files);
        assert!(found.len() == 1 && found[0].contains("http.rs"), "{text}: {found:?}");
    }
}

#[test]
fn modules_of_one_layer_may_not_import_each_other() {
    let files = [
        ("lib.rs", "mod shop;"),
        ("shop/mod.rs", "mod till; mod shelf;"),
        ("shop/till.rs", "use super::shelf::Shelf;"),
        ("shop/shelf.rs", "pub struct Shelf;"),
    ];
    let found = faults("shop::till shop::shelf\nshop", &files);
    assert!(found.iter().any(|fault| fault.starts_with("shop/till.rs:1")), "{found:?}");
    assert_eq!(faults("shop::till\nshop::shelf\nshop", &[files[0], ("shop/mod.rs", ""), files[2], files[3]]), [""; 0]);
}

#[test]
fn a_circle_inside_a_module_is_named() {
    let files = [
        ("lib.rs", "mod shop;"),
        ("shop/mod.rs", "mod a; mod b; mod c;"),
        ("shop/a.rs", "use super::b::B; pub struct A;"),
        ("shop/b.rs", "use super::c::C; pub struct B;"),
        ("shop/c.rs", "use super::a::A; pub struct C;"),
    ];
    assert_eq!(faults("shop", &files), ["import circle: shop/a.rs -> shop/b.rs -> shop/c.rs -> shop/a.rs"]);
}

#[test]
fn a_module_that_uses_its_child_which_uses_it_is_a_circle() {
    let files = [
        ("lib.rs", "mod shop;"),
        ("shop/mod.rs", "mod a; pub struct Shop; fn f() { a::go() }"),
        ("shop/a.rs", "use super::Shop; pub fn go() {}"),
    ];
    assert_eq!(faults("shop", &files).len(), 1);
}

#[test]
fn a_visibility_is_not_an_import() {
    let files = [
        ("lib.rs", "mod shop;"),
        ("shop/mod.rs", "mod a; fn f() { a::go() }"),
        ("shop/a.rs", "pub(in crate::shop) fn go() {} pub(in crate::shop) struct A { pub(in crate::shop) a: u8 }"),
    ];
    assert_eq!(faults("shop", &files), [""; 0]);
}

#[test]
fn a_re_export_is_followed_and_is_not_an_import() {
    let files = [
        ("lib.rs", "mod shop;"),
        ("shop/mod.rs", "mod a; mod b; pub use a::A; pub use b::*; pub struct Shop;"),
        ("shop/a.rs", "use super::{B, Shop}; pub struct A;"),
        ("shop/b.rs", "use super::Shop; pub struct B;"),
    ];
    assert_eq!(faults("shop", &files), [""; 0]);
}

#[test]
fn unit_tests_may_build_on_higher_layers() {
    let files = [
        LIB,
        ("http.rs", "pub struct App;"),
        ("store.rs", "pub struct Store;"),
        ("clock.rs", "#[cfg(test)] mod tests { use crate::http::App; }"),
    ];
    assert_eq!(faults("http\nstore\nclock", &files), [""; 0]);
}

#[test]
fn a_path_in_an_inline_module_starts_there() {
    let files = [
        LIB,
        ("http.rs", "pub struct App;"),
        ("store.rs", "pub struct Store;"),
        ("clock.rs", "pub fn now() {} mod inner { use super::now; fn f(_: super::super::http::App) {} }"),
    ];
    let found = faults("http\nstore\nclock", &files);
    assert!(found.len() == 1 && found[0].contains("http.rs"), "{found:?}");
}

#[test]
fn a_file_of_unit_tests_does_not_count() {
    let files = [
        LIB,
        ("http.rs", "pub struct App;"),
        ("store/mod.rs", "pub struct Store; #[cfg(test)] mod tests;"),
        ("store/tests.rs", "use crate::http::App;"),
        ("clock.rs", ""),
    ];
    assert_eq!(faults("http\nstore\nclock", &files), [""; 0]);
}

#[test]
fn an_unlisted_file_and_a_listed_module_without_a_file_are_named() {
    let files = [("lib.rs", "mod clock;"), ("clock.rs", "")];
    let found = faults("gone", &files);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("clock.rs: no line"), "{found:?}");
    assert!(found[1].contains("`gone` names no module"), "{found:?}");
}
