//! The relay as a child process ([`child`]), its program ([`program`]) and the secrets of one run ([`keys`]).

pub mod child;
pub mod keys;
pub mod program;
