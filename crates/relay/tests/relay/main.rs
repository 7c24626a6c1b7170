//! The relay as its callers see it: a real listener, real connections, and vendors that behave or don't.

mod calls;
mod hostile_vendor;
mod limits;
mod origins;
mod requests;
mod support;
