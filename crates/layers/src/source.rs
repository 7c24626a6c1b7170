//! One source file ([`Source`]): its module, what it defines, what it re-exports, and which paths it names.

use std::collections::BTreeMap;
use std::path::Path;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A source that can't be read or parsed.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {cause}")]
pub struct Unreadable {
    file: String,
    cause: String,
}

/// A path that a file names, as written: `["super", "store", "Store"]`.
#[derive(Debug)]
pub(crate) struct Named {
    /// The inline modules around the path, from the file's own module.
    pub(crate) inside: Vec<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// A source file.
#[derive(Debug)]
pub(crate) struct Source {
    /// The file, relative to the folder of the sources.
    pub(crate) file: String,
    /// Its module, such as `session::page`; empty for `lib.rs`, `main` for `main.rs`.
    pub(crate) module: String,
    /// The library's name: what a binary imports it by.
    pub(crate) crate_name: String,
    /// The names of its items.
    pub(crate) items: Vec<String>,
    /// What it re-exports: the name, and the path that the name stands for. `*` is a glob.
    pub(crate) aliases: Vec<(String, Vec<String>)>,
    /// Its child modules that are compiled for tests only, such as `store::tests`.
    pub(crate) tests: Vec<String>,
    /// Every path that it names outside its tests.
    pub(crate) named: Vec<Named>,
}

impl Source {
    /// Whether this is the library's root, which holds declarations and re-exports.
    pub(crate) fn is_facade(&self) -> bool {
        self.module.is_empty()
    }
}

/// Returns the name of a child module.
pub(crate) fn child(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// Reads every Rust file below a folder, except the modules that are compiled for tests only.
pub(crate) fn read_all(src: &Path, crate_name: &str) -> Result<Vec<Source>, Unreadable> {
    let mut files = BTreeMap::new();
    list(src, "", &mut files)?;
    let sources: Vec<Source> =
        files.into_iter().map(|(file, text)| parse(file, &text, crate_name)).collect::<Result<_, _>>()?;
    let tests: Vec<String> = sources.iter().flat_map(|source| source.tests.clone()).collect();
    let is_test = |module: &str| {
        tests.iter().any(|test| {
            module.strip_prefix(test.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
    };
    Ok(sources.into_iter().filter(|source| !is_test(&source.module)).collect())
}

fn unreadable(file: &str, cause: impl ToString) -> Unreadable {
    Unreadable { file: file.to_owned(), cause: cause.to_string() }
}

fn list(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<(), Unreadable> {
    for entry in std::fs::read_dir(folder).map_err(|cause| unreadable(prefix, cause))? {
        let path = entry.map_err(|cause| unreadable(prefix, cause))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            list(&path, &format!("{prefix}{name}/"), files)?;
        } else if name.ends_with(".rs") {
            let file = format!("{prefix}{name}");
            let text = std::fs::read_to_string(&path).map_err(|cause| unreadable(&file, cause))?;
            files.insert(file, text);
        }
    }
    Ok(())
}

/// Returns the module of a file: `session/mod.rs` is `session`, `session/link.rs` is `session::link`.
fn module_of(file: &str) -> String {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    if stem == "lib" { String::new() } else { stem.replace('/', "::") }
}

fn parse(file: String, text: &str, crate_name: &str) -> Result<Source, Unreadable> {
    let tree = syn::parse_file(text).map_err(|cause| unreadable(&file, cause))?;
    let module = module_of(&file);
    let mut source = Source {
        module,
        file,
        crate_name: crate_name.to_owned(),
        items: vec![],
        aliases: vec![],
        tests: vec![],
        named: vec![],
    };
    Reader { source: &mut source, inside: vec![] }.visit_file(&tree);
    Ok(source)
}

fn line(span: Span) -> usize {
    span.start().line
}

/// Whether an item is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Meta>().is_ok_and(|meta| meta.path().is_ident("test"))
    })
}

struct Reader<'a> {
    source: &'a mut Source,
    inside: Vec<String>,
}

impl Reader<'_> {
    fn name(&mut self, segments: Vec<String>, line: usize) {
        self.source.named.push(Named { inside: self.inside.clone(), segments, line });
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = described(item);
        if is_test(attributes) {
            if let Item::Mod(module) = item {
                self.source.tests.push(child(&self.source.module, &module.ident.to_string()));
            }
            return;
        }
        if self.inside.is_empty() {
            self.source.items.extend(name);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.inside.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        let exported = !matches!(item.vis, Visibility::Inherited);
        for (name, path, at) in leaves {
            if exported && self.inside.is_empty() {
                self.source.aliases.push((name, path));
            } else {
                self.name(path, at);
            }
        }
    }

    /// `pub(in crate::shop)` says who may see an item. It imports nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let (true, Some(first)) = (segments.len() > 1, path.segments.first()) {
            self.name(segments, line(first.ident.span()));
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let mut found = Vec::new();
        tokens(call.tokens.clone(), &mut found);
        for (segments, at) in found {
            self.name(segments, at);
        }
        visit::visit_macro(self, call);
    }
}

/// Returns an item's attributes and, where it has one, its name.
fn described(item: &Item) -> (&[Attribute], Option<String>) {
    let (attributes, name) = match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Impl(item) => (&item.attrs, None),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Mod(item) => (&item.attrs, Some(&item.ident)),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Use(item) => (&item.attrs, None),
        _ => return (&[], None),
    };
    (attributes, name.map(ToString::to_string))
}

/// Lists the leaves of a `use` tree: the name that it brings, the whole path, and its line.
fn flatten(tree: &UseTree, before: &mut Vec<String>, leaves: &mut Vec<(String, Vec<String>, usize)>) {
    let whole = |last: &str| {
        let mut path = before.clone();
        if last != "self" || path.is_empty() {
            path.push(last.to_owned());
        }
        path
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) => {
            let path = whole(&name.ident.to_string());
            leaves.push((path.last().cloned().unwrap_or_default(), path, line(name.ident.span())));
        }
        UseTree::Rename(rename) => {
            leaves.push((rename.rename.to_string(), whole(&rename.ident.to_string()), line(rename.ident.span())));
        }
        UseTree::Glob(glob) => leaves.push(("*".to_owned(), whole("*"), line(glob.star_token.spans[0]))),
        UseTree::Group(group) => {
            for item in &group.items {
                flatten(item, before, leaves);
            }
        }
    }
}

/// Finds paths in the tokens of a macro call: identifiers joined by `::`.
fn tokens(stream: TokenStream, found: &mut Vec<(Vec<String>, usize)>) {
    let mut path: Vec<String> = Vec::new();
    let (mut colons, mut at) = (0, 0);
    let mut keep = |path: &mut Vec<String>, at: usize| {
        let segments = std::mem::take(path);
        if segments.len() > 1 {
            found.push((segments, at));
        }
    };
    let mut groups = Vec::new();
    for token in stream {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    keep(&mut path, at);
                    at = line(ident.span());
                }
                path.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
            other => {
                keep(&mut path, at);
                colons = 0;
                if let TokenTree::Group(group) = other {
                    groups.push(group.stream());
                }
            }
        }
    }
    keep(&mut path, at);
    for group in groups {
        tokens(group, found);
    }
}
