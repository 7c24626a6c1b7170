//! Random names from the operating system's generator: object keys, file names, tokens.

use std::io;

/// Draws `length` characters from `alphabet`, each as likely as the other where the alphabet's length divides 256 and
/// very nearly so elsewhere.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub(crate) fn text(alphabet: &[u8], length: usize) -> io::Result<String> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    let letters = bytes.iter().filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len().max(1)));
    Ok(letters.map(|letter| char::from(*letter)).collect())
}

/// Draws `length` lower-case hexadecimal digits.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub(crate) fn hex(length: usize) -> io::Result<String> {
    text(b"0123456789abcdef", length)
}

/// Draws `length` upper-case letters and digits.
///
/// # Errors
/// Where the operating system has no randomness to give.
pub(crate) fn upper(length: usize) -> io::Result<String> {
    text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
}
