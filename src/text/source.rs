//! Reads the English catalogue, `lang/en.json`, while the crate compiles ([`ENGLISH`], [`VERSION`]).
//!
//! Only its texts become part of the WebAssembly, one a line: a line break takes a byte, and a table of texts eight.

const SOURCE: &[u8] = include_bytes!("../../lang/en.json");

/// The English texts, one a line, in the order of the catalogue.
pub(super) const ENGLISH: &str = text(&VALUES);
const _: () = assert!(!ENGLISH.is_empty());
static VALUES: [u8; LENGTH] = lines(true).0;
/// The same once more, because only its result says how long it is.
const LENGTH: usize = lines::<{ SOURCE.len() }>(true).1;

/// The version of the keys: FNV-1a over them, one a line. A catalogue with another one has other texts in the same places.
pub(super) const VERSION: u32 = fnv(lines::<{ SOURCE.len() }>(false));

/// The keys, one a line.
#[cfg(test)]
pub(super) fn keys() -> String {
    let (keys, length) = lines::<{ SOURCE.len() }>(false);
    String::from_utf8_lossy(&keys[..length]).into_owned()
}

/// Returns the values of `texts`, or its keys, one a line, and how long that is. Each stands on a line of its own, as
/// `"key": "value",`. An escape fails the build, as no text needs one.
const fn lines<const N: usize>(values: bool) -> ([u8; N], usize) {
    let (mut found, mut length) = ([0; N], 0);
    let (mut at, mut string) = (texts(), 0);
    while SOURCE[at] != b'}' {
        if SOURCE[at] == b'"' {
            at += 1;
            if string % 2 == 0 && begins(at, LATE) {
                break;
            }
            let wanted = (string % 2 == 1) == values;
            if wanted && length > 0 {
                found[length] = b'\n';
                length += 1;
            }
            while SOURCE[at] != b'"' {
                assert!(SOURCE[at] != b'\\');
                if wanted {
                    found[length] = SOURCE[at];
                    length += 1;
                }
                at += 1;
            }
            string += 1;
        }
        at += 1;
    }
    (found, length)
}

/// The texts from here on are not the widget's: `www/handoff.js` has them.
const LATE: &[u8] = b"Handoff.";

const fn begins(at: usize, with: &[u8]) -> bool {
    let mut same = 0;
    while same < with.len() && SOURCE[at + same] == with[same] {
        same += 1;
    }
    same == with.len()
}

/// Returns the place after `"texts": {`.
const fn texts() -> usize {
    const BEGIN: &[u8] = b"\"texts\": {";
    let (mut at, mut same) = (0, 0);
    while same < BEGIN.len() {
        same = if SOURCE[at] == BEGIN[same] { same + 1 } else { 0 };
        at += 1;
    }
    at
}

const fn text(bytes: &'static [u8]) -> &'static str {
    match core::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => "",
    }
}

const fn fnv<const N: usize>((bytes, length): ([u8; N], usize)) -> u32 {
    let (mut hash, mut at) = (0x811C_9DC5_u32, 0);
    while at < length {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}
