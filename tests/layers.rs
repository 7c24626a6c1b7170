//! The modules of the widget import in one direction only, in the order of `src/layers.txt`.

use std::path::Path;

#[test]
fn every_import_points_downwards() {
    layers::assert_layers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "akiba_selfie");
}
