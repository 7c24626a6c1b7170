//! From paths to arrows between files ([`Arrow`]): each path is followed to the file that defines what it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::{Source, child};

/// How many re-exports a name may go through; more is a circle of aliases.
const MOST_ALIASES: usize = 16;

/// An import: one file needs another one.
#[derive(Debug)]
pub(crate) struct Arrow {
    /// The place of the importing file in the list of sources.
    pub(crate) from: usize,
    /// The place of the imported file.
    pub(crate) to: usize,
    /// The line of the first import.
    pub(crate) line: usize,
    /// The path, from the crate's root.
    pub(crate) path: String,
}

/// Returns all arrows, one for each pair of files.
pub(crate) fn all(sources: &[Source]) -> Vec<Arrow> {
    let crate_ = Crate::new(sources);
    let mut arrows = Vec::new();
    for (from, source) in sources.iter().enumerate() {
        let mut seen = BTreeSet::new();
        for named in &source.named {
            let Some(path) = crate_.absolute(source, &named.inside, &named.segments) else { continue };
            let Some(to) = crate_.defining_file(&path, MOST_ALIASES) else { continue };
            if to != from && !sources[to].is_facade() && seen.insert(to) {
                arrows.push(Arrow { from, to, line: named.line, path: path.join("::") });
            }
        }
    }
    arrows
}

/// The modules of a crate by name.
struct Crate<'a> {
    sources: &'a [Source],
    modules: BTreeMap<&'a str, usize>,
}

impl<'a> Crate<'a> {
    fn new(sources: &'a [Source]) -> Self {
        let modules = sources.iter().enumerate().map(|(place, source)| (source.module.as_str(), place)).collect();
        Self { sources, modules }
    }

    /// Returns a path from the crate's root, or nothing for a path into another crate.
    fn absolute(&self, source: &Source, inside: &[String], segments: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = source.module.split("::").filter(|part| !part.is_empty()).map(Into::into).collect();
        here.extend(inside.iter().cloned());
        let mut rest = segments;
        match segments.first().map(String::as_str)? {
            "crate" => {
                here.clear();
                rest = &segments[1..];
            }
            "self" => rest = &segments[1..],
            "super" => {
                while let Some(("super", after)) = rest.split_first().map(|(first, after)| (first.as_str(), after)) {
                    here.pop();
                    rest = after;
                }
            }
            first if first == source.crate_name => {
                here.clear();
                rest = &segments[1..];
            }
            first => {
                self.modules.get(child(&here.join("::"), first).as_str())?;
            }
        }
        here.extend(rest.iter().cloned());
        Some(here)
    }

    /// Returns the file that defines what a path names: it goes down the modules and through the re-exports.
    fn defining_file(&self, path: &[String], aliases_left: usize) -> Option<usize> {
        let mut place = *self.modules.get("")?;
        let mut module = String::new();
        for (depth, segment) in path.iter().enumerate() {
            let deeper = child(&module, segment);
            if let Some(&next) = self.modules.get(deeper.as_str()) {
                (place, module) = (next, deeper);
                continue;
            }
            return self.alias(place, segment, &path[depth + 1..], aliases_left).or(Some(place));
        }
        Some(place)
    }

    fn alias(&self, place: usize, name: &str, rest: &[String], aliases_left: usize) -> Option<usize> {
        let source = &self.sources[place];
        let left = aliases_left.checked_sub(1)?;
        if source.items.iter().any(|item| item == name) {
            return None;
        }
        if let Some((_, target)) = source.aliases.iter().find(|(alias, _)| alias == name) {
            let mut path = self.absolute(source, &[], target)?;
            path.extend(rest.iter().cloned());
            return self.defining_file(&path, left);
        }
        let globs = source.aliases.iter().filter(|(alias, _)| alias == "*");
        globs.filter_map(|(_, target)| self.absolute(source, &[], &target[..target.len() - 1])).find_map(|path| {
            let module = self.defining_file(&path, left)?;
            let defines = self.sources[module].items.iter().any(|item| item == name);
            if defines { Some(module) } else { self.alias(module, name, rest, left) }
        })
    }
}
