//! The widget for the npm package. All code is in [`akiba_selfie`]; the exports to JavaScript are in
//! [`akiba_selfie::element`].

use rlsf::{GlobalTlsf, GlobalTlsfOptions};

pub use akiba_selfie::element;

/// Half the code of the standard library's allocator, and as fast: each call takes a constant time.
#[global_allocator]
static ALLOCATOR: GlobalTlsf<Small> = GlobalTlsf::new();

struct Small;

impl GlobalTlsfOptions for Small {
    const ENABLE_REALLOCATION: bool = false;
    // Else memory that is given back after a large file would not be used for a larger one.
    const COALESCE_POOLS: bool = true;
}
