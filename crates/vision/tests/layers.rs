//! The files of this crate import each other in one direction only, as `src/layers.txt` has it.

use std::path::Path;

#[test]
fn every_import_points_downwards() {
    layers::assert_layers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "akiba_vision");
}
