//! The code in a hand-off's link and the phone's claim ([`new_code`], [`is_claim`], [`hash`]), and the numbers that the
//! person compares ([`Numbers`]).

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{Context, SHA256};
use ring::rand::{SecureRandom, SystemRandom};

use super::Kind;

/// The bytes of a desktop's code: 128 bits, which nobody guesses in two minutes. A longer one would make the QR code finer.
const CODE: usize = 16;

/// The bytes of the code in a back end's link, which lives for hours and is in no QR code. The length also tells the page for
/// phones what it has, before it calls.
const LINK_CODE: usize = 24;

/// The bytes of a claim.
const CLAIM: usize = 32;

/// What a hash is of. The same text has another hash for another use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The code in the link.
    Code,
    /// What a phone chose when it opened the link: it proves that a later call is from the same phone.
    Claim,
}

/// Returns a new code. Returns `None` if the system's random generator fails.
#[must_use]
pub fn new_code(kind: Kind) -> Option<String> {
    let mut bytes = [0; LINK_CODE];
    let bytes = match kind {
        Kind::Desktop => &mut bytes[..CODE],
        Kind::Link => &mut bytes[..],
    };
    SystemRandom::new().fill(bytes).ok()?;
    Some(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Returns whether a text has the form of a code.
#[must_use]
pub fn is_code(text: &str) -> bool {
    decodes_to(text, CODE) || decodes_to(text, LINK_CODE)
}

/// Returns whether a text has the form of a claim: 256 bits that the phone chose.
#[must_use]
pub fn is_claim(text: &str) -> bool {
    decodes_to(text, CLAIM)
}

fn decodes_to(text: &str, length: usize) -> bool {
    // A longer text is not decoded.
    text.len() == (length * 4).div_ceil(3)
        && BASE64_URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == length)
}

/// Returns the hash to store in place of a code or claim. They are random, so a plain hash hides them.
#[must_use]
pub fn hash(secret: Secret, text: &str) -> Vec<u8> {
    let mut hash = Context::new(&SHA256);
    hash.update(match secret {
        Secret::Code => b"akiba-relay handoff code 1\n".as_slice(),
        Secret::Claim => b"akiba-relay handoff claim 1\n".as_slice(),
    });
    hash.update(text.as_bytes());
    hash.finish().as_ref().to_vec()
}

/// Three numbers of two digits in the order of the phone's screen. One of them stands on the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers([u8; 3]);

/// The text is not one of [`Numbers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the numbers of a hand-off")]
pub struct NotNumbers;

impl Numbers {
    /// Makes the numbers from random bytes. No two share a first or a last digit, so that nobody mistakes one for another.
    /// Returns them and the desktop's.
    #[must_use]
    pub fn of(random: [u8; 7]) -> (Self, u8) {
        let [a, b, c, d, e, f, which] = random;
        let tens = distinct([1, 2, 3, 4, 5, 6, 7, 8, 9], [a, b, c]);
        let units = distinct([1, 2, 3, 4, 5, 6, 7, 8, 9], [d, e, f]);
        let [first, second, third] = [0, 1, 2].map(|index: usize| tens[index] * 10 + units[index]);
        let number = [first, second, third][usize::from(which % 3)];
        (Self([first, second, third]), number)
    }

    /// Makes new numbers. Returns them and the desktop's, or `None` if the system's random generator fails.
    #[must_use]
    pub fn new() -> Option<(Self, u8)> {
        let mut bytes = [0; 7];
        SystemRandom::new().fill(&mut bytes).ok()?;
        Some(Self::of(bytes))
    }

    /// Returns the numbers.
    #[must_use]
    pub fn list(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// Draws three of nine digits. Each byte chooses one that is left.
fn distinct(mut digits: [u8; 9], random: [u8; 3]) -> [u8; 3] {
    for (place, byte) in random.into_iter().enumerate() {
        let left = digits.len() - place;
        digits.swap(place, place + usize::from(byte) % left);
    }
    [digits[0], digits[1], digits[2]]
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third] = self.0;
        write!(f, "{first},{second},{third}")
    }
}

impl FromStr for Numbers {
    type Err = NotNumbers;

    fn from_str(text: &str) -> Result<Self, NotNumbers> {
        let numbers: Result<Vec<u8>, _> = text.split(',').map(str::parse).collect();
        let numbers: [u8; 3] = numbers.map_err(|_| NotNumbers)?.try_into().map_err(|_| NotNumbers)?;
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Kind, Numbers, Secret, hash, is_claim, is_code, new_code};

    #[test]
    fn a_code_has_128_random_bits() {
        for (kind, length) in [(Kind::Desktop, 22), (Kind::Link, 32)] {
            let codes: BTreeSet<_> = (0..50).map(|_| new_code(kind).unwrap()).collect();
            assert_eq!(codes.len(), 50);
            assert!(codes.iter().all(|code| code.len() == length && is_code(code) && !is_claim(code)));
        }
        for wrong in
            ["", "AAAA", &"A".repeat(21), &"A".repeat(23), &"A".repeat(33), &"+".repeat(22), &"\u{e4}".repeat(11)]
        {
            assert!(!is_code(wrong), "{wrong}");
        }
        assert!(is_claim(&"A".repeat(43)) && !is_claim(&"A".repeat(44)) && !is_claim(&"A".repeat(42)));
    }

    #[test]
    fn a_hash_is_of_one_use() {
        let hashes = [hash(Secret::Code, "a"), hash(Secret::Claim, "a"), hash(Secret::Code, "b")];
        assert_eq!(hashes.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(hash(Secret::Code, "a"), hashes[0]);
    }

    #[test]
    fn three_numbers_share_no_digit_in_a_place_and_one_is_the_desktops() {
        let mut places = BTreeSet::new();
        for seed in 0..=u8::MAX {
            let random = [1, 7, 13, 29, 53, 101, 197].map(|factor: u8| seed.wrapping_mul(factor).wrapping_add(factor));
            let (numbers, number) = Numbers::of(random);
            let list = numbers.list();
            places.insert(list.iter().position(|one| *one == number).unwrap());
            assert!(list.iter().all(|one| (11..=99).contains(one)), "{numbers}");
            for digit in [|one: &u8| one / 10, |one: &u8| one % 10] {
                assert_eq!(list.iter().map(digit).collect::<BTreeSet<_>>().len(), 3, "{numbers}");
            }
            assert_eq!(numbers.to_string().parse(), Ok(numbers));
        }
        assert_eq!(places.len(), 3, "the desktop's number can stand in each place");
        for wrong in ["", "1,2", "1,2,3,4", "1,2,x", "1,2,300"] {
            assert!(wrong.parse::<Numbers>().is_err(), "{wrong}");
        }
    }
}
