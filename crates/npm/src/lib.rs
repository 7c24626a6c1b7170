//! The widget for the npm package. All code is in [`akiba_selfie`]; the exports to JavaScript are in
//! [`akiba_selfie::element`].

pub use akiba_selfie::element;
