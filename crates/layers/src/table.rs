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
    /// A room stands in two lines.
    #[error("`{0}` stands in the table twice")]
    Twice(String),
    /// A room has no file.
    #[error("`{0}` names no module of the crate")]
    Stale(String),
}

/// The rooms of a crate, each with the number of its layer, counted from the top.
#[derive(Debug)]
pub(crate) struct Table(Vec<(String, usize)>);

/// Reads a table.
pub(crate) fn read(file: &Path) -> Result<Table, TableError> {
    parse(&std::fs::read_to_string(file)?)
}

fn parse(text: &str) -> Result<Table, TableError> {
    let mut rooms: Vec<(String, usize)> = Vec::new();
    for (layer, line) in text.lines().enumerate() {
        let names = line.split_once('#').map_or(line, |(names, _)| names);
        for room in names.split_whitespace() {
            if rooms.iter().any(|(known, _)| known == room) {
                return Err(TableError::Twice(room.to_owned()));
            }
            rooms.push((room.to_owned(), layer));
        }
    }
    Ok(Table(rooms))
}

impl Table {
    /// Returns the room of a module: the longest name that is the module or one of its parents.
    fn room(&self, module: &str) -> Option<&(String, usize)> {
        let covers =
            |room: &str| module == room || module.strip_prefix(room).is_some_and(|rest| rest.starts_with("::"));
        self.0.iter().filter(|(room, _)| covers(room)).max_by_key(|(room, _)| room.len())
    }

    /// Returns the files without a room, the rooms without a file, and the arrows that do not point downwards.
    pub(crate) fn faults(&self, sources: &[Source], arrows: &[Arrow]) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut used = BTreeSet::new();
        for source in sources.iter().filter(|source| !source.is_facade()) {
            match self.room(&source.module) {
                Some((room, _)) => {
                    used.insert(room.as_str());
                }
                None => {
                    faults.push(Fault::NoRoom { file: source.file.clone(), module: source.module.clone() });
                }
            }
        }
        let stale = self.0.iter().filter(|(room, _)| !used.contains(room.as_str()));
        faults.extend(stale.map(|(room, _)| TableError::Stale(room.clone()).into()));
        faults.extend(arrows.iter().filter_map(|arrow| self.upwards(sources, arrow)));
        faults
    }

    fn upwards(&self, sources: &[Source], arrow: &Arrow) -> Option<Fault> {
        let (from, to) = (&sources[arrow.from], &sources[arrow.to]);
        let ((from_room, from_layer), (to_room, to_layer)) = (self.room(&from.module)?, self.room(&to.module)?);
        if from_room == to_room || from_layer < to_layer {
            return None;
        }
        Some(Fault::Upwards {
            file: from.file.clone(),
            line: arrow.line,
            imported: to.file.clone(),
            path: arrow.path.clone(),
            from: from_room.clone(),
            to: to_room.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_belongs_to_its_longest_room() {
        let table = parse("http\nsession::page session::host # peers\n\nsession").unwrap();
        let room = |module| table.room(module).map(|(room, layer)| (room.as_str(), *layer));
        assert_eq!(room("session::page::link"), Some(("session::page", 1)));
        assert_eq!(room("session"), Some(("session", 3)));
        assert_eq!(room("session::pager"), Some(("session", 3)));
        assert_eq!(room("store"), None);
    }

    #[test]
    fn a_room_in_two_lines_is_refused() {
        assert!(matches!(parse("http\nhttp"), Err(TableError::Twice(room)) if room == "http"));
    }
}
