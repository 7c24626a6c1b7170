//! Random names from the operating system: object keys, file names, tokens.

use std::io;

/// Returns `length` random characters of `alphabet`. They are equally likely if the alphabet's length divides 256, and
/// very nearly so otherwise.
///
/// # Errors
/// Fails if the operating system provides no randomness.
pub(crate) fn text(alphabet: &[u8], length: usize) -> io::Result<String> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let letters = bytes.iter().filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len().max(1)));
    Ok(letters.map(|letter| char::from(*letter)).collect())
}

/// Returns `length` random lower-case hexadecimal digits.
///
/// # Errors
/// Fails if the operating system provides no randomness.
pub(crate) fn hex(length: usize) -> io::Result<String> {
    text(b"0123456789abcdef", length)
}

/// Returns `length` random upper-case letters and digits.
///
/// # Errors
/// Fails if the operating system provides no randomness.
pub(crate) fn uppercase(length: usize) -> io::Result<String> {
    text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
}
