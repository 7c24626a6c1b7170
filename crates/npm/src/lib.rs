//! The widget as the npm package ships it. All of it is [`akiba_selfie`]; its exports to JavaScript are in
//! [`akiba_selfie::element`].

pub use akiba_selfie::element;
