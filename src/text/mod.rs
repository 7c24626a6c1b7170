//! What the person reads.
