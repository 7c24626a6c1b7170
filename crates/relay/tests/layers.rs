//! The modules of the relay import each other in one direction only, as `src/layers.txt` says.

use std::path::Path;

#[test]
fn the_modules_import_only_what_stands_below_them() {
    layers::assert_layers(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "akiba_relay");
}
