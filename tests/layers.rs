//! The rooms of the widget import one way only, as `src/layers.txt` lists them.

use std::path::Path;

#[test]
fn every_import_points_downwards() {
    layers::assert_layers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "akiba_selfie");
}
