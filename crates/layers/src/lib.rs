//! Checks in a test that the modules of a crate import each other in one direction only ([`check`]).
//!
//! A crate keeps its layers as a table beside its code, `src/layers.txt`: one layer a line, from the top down. A line
//! lists one or more modules, separated by spaces. A listed module stands for all its files: `session`, or `session::page`
//! for a part with rules of its own. `#` begins a comment.
//!
//! ```text
//! main
//! http
//! session::page session::host   # neither may import the other
//! session
//! store
//! ```
//!
//! A file may import modules on lower lines and the other files of its own listed module. It may not import a module on a
//! higher line or another module on its own line. Inside a listed module the files must be free of import circles.
//!
//! What counts as an import: every path that starts at `crate`, `super`, `self`, the crate's name or a child module, in
//! `use` items, in code, and in the tokens of a macro call. A `pub use` is an alias: it is followed to the file that
//! defines the name and is not an import by itself. A visibility such as `pub(in crate::shop)` imports nothing. Code under
//! `#[cfg(test)]` does not count, because a unit test may build on the layers above.

mod arrows;
mod circle;
mod source;
mod table;

use std::path::Path;

pub use source::Unreadable;
pub use table::TableError;

/// A fault in the layers of a crate.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The table itself has a fault.
    #[error("layers.txt: {0}")]
    Table(#[from] TableError),
    /// A source can't be read or parsed.
    #[error(transparent)]
    Source(#[from] Unreadable),
    /// The table lists neither the module of a file nor a parent of it.
    #[error("{file}: no line of layers.txt lists its module `{module}`")]
    Unlisted {
        /// The file.
        file: String,
        /// Its module.
        module: String,
    },
    /// A file imports a layer above it, or another module of its own layer.
    #[error(
        "{file}:{line}: imports {imported} ({path}), but `{from}` may not import `{to}`: it is not in a lower layer"
    )]
    Upwards {
        /// The file that imports.
        file: String,
        /// The line of the import.
        line: usize,
        /// The file that is imported.
        imported: String,
        /// The path as it is resolved.
        path: String,
        /// The listed module of the file.
        from: String,
        /// The listed module of the imported file.
        to: String,
    },
    /// Files import each other in a circle.
    #[error("import circle: {}", .0.join(" -> "))]
    Circle(
        /// The files of the circle in order; the first one closes it.
        Vec<String>,
    ),
}

/// Checks the sources below `src` against the table in `src/layers.txt`. `crate_name` is the name by which the crate's
/// own binaries import its library, such as `akiba_relay`.
///
/// # Errors
/// Every fault that is found, in the order of the files.
pub fn check(src: &Path, crate_name: &str) -> Result<(), Vec<Fault>> {
    let table = table::read(&src.join("layers.txt")).map_err(|fault| vec![fault.into()])?;
    let sources = source::read_all(src, crate_name).map_err(|fault| vec![fault.into()])?;
    let arrows = arrows::all(&sources);
    let mut faults = table.faults(&sources, &arrows);
    faults.extend(circle::find(&sources, &arrows).into_iter().map(Fault::Circle));
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Fails the calling test with one line a fault.
///
/// # Panics
/// When [`check`] finds a fault.
#[expect(clippy::panic, reason = "the failure of a test is a panic")]
pub fn assert_layers(src: &Path, crate_name: &str) {
    if let Err(faults) = check(src, crate_name) {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{} fault(s) in the layers of {crate_name}:\n{}", lines.len(), lines.join("\n"));
    }
}
