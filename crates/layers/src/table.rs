//! The table of layers ([`Table`]) and which arrows it forbids.

use std::collections::BTreeSet;
use std::path::Path;

use crate::Fault;
use crate::arrows::Arrow;
use crate::source::Source;

/// A fault in the table itself.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file can't be read.
    #[error("can't be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// A module stands in two lines.
    #[error("`{0}` stands in the table twice")]
    Twice(String),
    /// A listed module has no file.
    #[error("`{0}` names no module of the crate")]
    Stale(String),
}

/// The listed modules of a crate, each with the number of its layer, counted from the top.
#[derive(Debug)]
pub(crate) struct Table(Vec<(String, usize)>);

/// Reads a table.
pub(crate) fn read(file: &Path) -> Result<Table, TableError> {
    parse(&std::fs::read_to_string(file)?)
}

fn parse(text: &str) -> Result<Table, TableError> {
    let mut modules: Vec<(String, usize)> = Vec::new();
    for (layer, line) in text.lines().enumerate() {
        let names = line.split_once('#').map_or(line, |(names, _)| names);
        for listed in names.split_whitespace() {
            if modules.iter().any(|(known, _)| known == listed) {
                return Err(TableError::Twice(listed.to_owned()));
            }
            modules.push((listed.to_owned(), layer));
        }
    }
    Ok(Table(modules))
}

impl Table {
    /// Returns the listed module that covers a module: the longest name that is the module or one of its parents.
    fn listed(&self, module: &str) -> Option<&(String, usize)> {
        let covers =
            |listed: &str| module == listed || module.strip_prefix(listed).is_some_and(|rest| rest.starts_with("::"));
        self.0.iter().filter(|(listed, _)| covers(listed)).max_by_key(|(listed, _)| listed.len())
    }

    /// Returns the files that no listed module covers, the listed modules without a file, and the arrows that do not point
    /// downwards.
    pub(crate) fn faults(&self, sources: &[Source], arrows: &[Arrow]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut used = BTreeSet::new();
        for source in sources.iter().filter(|source| !source.is_facade()) {
            match self.listed(&source.module) {
                Some((listed, _)) => {
                    used.insert(listed.as_str());
                }
                None => {
                    faults.push(Fault::Unlisted { file: source.file.clone(), module: source.module.clone() });
                }
            }
        }
        let stale = self.0.iter().filter(|(listed, _)| !used.contains(listed.as_str()));
        faults.extend(stale.map(|(listed, _)| TableError::Stale(listed.clone()).into()));
        faults.extend(arrows.iter().filter_map(|arrow| self.upwards(sources, arrow)));
        faults
    }

    fn upwards(&self, sources: &[Source], arrow: &Arrow) -> Option<Fault> {
        let (from, to) = (&sources[arrow.from], &sources[arrow.to]);
        let ((from_module, from_layer), (to_module, to_layer)) = (self.listed(&from.module)?, self.listed(&to.module)?);
        if from_module == to_module || from_layer < to_layer {
            return None;
        }
        Some(Fault::Upwards {
            file: from.file.clone(),
            line: arrow.line,
            imported: to.file.clone(),
            path: arrow.path.clone(),
            from: from_module.clone(),
            to: to_module.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_listed_name_covers_a_module() {
        let table = parse("http\nsession::page session::host # peers\n\nsession").unwrap();
        let listed = |module| table.listed(module).map(|(listed, layer)| (listed.as_str(), *layer));
        assert_eq!(listed("session::page::link"), Some(("session::page", 1)));
        assert_eq!(listed("session"), Some(("session", 3)));
        assert_eq!(listed("session::pager"), Some(("session", 3)));
        assert_eq!(listed("store"), None);
    }

    #[test]
    fn a_module_in_two_lines_is_refused() {
        assert!(matches!(parse("http\nhttp"), Err(TableError::Twice(listed)) if listed == "http"));
    }
}
