//! Processes: signals that stop this one ([`stop`]), and children that do not outlive it ([`tether`]).

pub mod stop;
pub mod tether;
