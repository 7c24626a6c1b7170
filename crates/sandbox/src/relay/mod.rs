//! The relay as a child process ([`child`]) and the secrets of one run ([`keys`]).

pub mod child;
pub mod keys;
