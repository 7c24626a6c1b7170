//! Reads a signed link without a request ([`SignedLink`]).
//!
//! Sources: "Authenticating Requests: Using Query Parameters" (AWS Signature Version 4) and "Signing and
//! authenticating REST requests" (Version 2) in the Amazon S3 reference.

use std::fmt;
use std::time::Duration;

use crate::web_url::WebUrl;

/// The checksums of an empty body in S3's algorithms, which some SDKs sign into PUT links by mistake (AWS SDK for
/// JavaScript since 3.729): CRC-32 and CRC-32C, CRC-64/NVME, SHA-1, SHA-256, MD5, and SHA-256 in hexadecimal.
const EMPTY: [&str; 6] = [
    "AAAAAA==",
    "AAAAAAAAAAA=",
    "2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "1B2M2Y8AsgTpgAmY7PhCfg==",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

/// The value of `x-amz-content-sha256` for a body that was not there when the link was signed.
pub const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";

/// Why a signed link can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedLinkError {
    /// It is not an absolute `http` or `https` URL, or a browser would have to repair it ([`WebUrl`]).
    #[error("the signed link is not a URL")]
    NotAUrl,
    /// It is not `https`, and its host is not this machine.
    #[error("the signed link is not https")]
    Insecure,
    /// Its signature covers the checksum of an empty body, so no photo can match.
    #[error("the signed link contains the checksum of an empty body")]
    EmptyChecksum,
    /// Its signature covers the checksum of another body. The photo did not exist when the link was signed.
    #[error("the signed link contains the checksum of another body than the photo")]
    OtherChecksum,
}

/// The signature scheme of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// AWS Signature Version 4: `X-Amz-Date` and `X-Amz-Expires`.
    V4,
    /// The older Signature Version 2: `Expires` and `Signature`.
    V2,
    /// Neither of them.
    Unknown,
}

/// A usable link and its parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedLink {
    url: String,
    scheme: Scheme,
    signed_at: Option<i64>,
    lasts: Option<i64>,
    ends_at: Option<i64>,
    signed_headers: Vec<String>,
}

impl SignedLink {
    /// Parses a link.
    ///
    /// # Errors
    /// [`SignedLinkError`] if it can't be used.
    pub fn parse(url: &str) -> Result<Self, SignedLinkError> {
        let address = WebUrl::parse(url).ok_or(SignedLinkError::NotAUrl)?;
        if !address.is_private() {
            return Err(SignedLinkError::Insecure);
        }
        let mut link = Self {
            url: url.to_owned(),
            scheme: Scheme::Unknown,
            signed_at: None,
            lasts: None,
            ends_at: None,
            signed_headers: Vec::new(),
        };
        let mut v2 = (None, false);
        for (name, value) in form_urlencoded::parse(address.query().as_bytes()) {
            match name.to_ascii_lowercase().as_str() {
                "x-amz-signature" => link.scheme = Scheme::V4,
                "x-amz-date" => link.signed_at = parse_amz_date(&value),
                "x-amz-expires" => link.lasts = value.parse().ok().filter(|&seconds| seconds >= 0),
                "x-amz-signedheaders" => {
                    link.signed_headers = value.split(';').map(str::to_ascii_lowercase).collect();
                }
                "expires" => v2.0 = value.parse().ok(),
                "signature" => v2.1 = true,
                name => check_checksum(name, &value)?,
            }
        }
        if let (Scheme::Unknown, (Some(ends_at), true)) = (link.scheme, v2) {
            link.scheme = Scheme::V2;
            link.ends_at = Some(ends_at);
        }
        Ok(link)
    }

    /// Returns the link. It is a secret until it expires.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the signature scheme.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Whether the signature covers the header of this name (lower case). `Content-Type` may be sent unsigned, `x-amz-*`
    /// headers may not.
    #[must_use]
    pub fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == header)
    }

    /// Returns the names of the signed headers in lower case. S3 rejects a V4 link unless each is sent as it was signed.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.iter().map(String::as_str)
    }

    /// Returns how long a link is valid that was received just now, or `None` if that is unknown.
    ///
    /// `now` is this machine's clock in seconds since 1970. A V4 link states when it was signed and how long it is
    /// valid. If `now` is outside this span, the clock is wrong, because the link was received just now; then the stated
    /// duration counts alone. A V2 link states only when it expires, so its result depends on the clock. If that moment
    /// is in the past, the clock is wrong too, and the result is `None`.
    #[must_use]
    pub fn life(&self, now: i64) -> Option<Duration> {
        let seconds = match self.scheme {
            Scheme::V4 => {
                let lasts = self.lasts?;
                let by_clock = self.signed_at.map(|at| at.saturating_add(lasts).saturating_sub(now));
                by_clock.filter(|left| (0..=lasts).contains(left)).unwrap_or(lasts)
            }
            Scheme::V2 => Some(self.ends_at?.saturating_sub(now)).filter(|left| *left > 0)?,
            Scheme::Unknown => return None,
        };
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }
}

impl fmt::Debug for SignedLink {
    /// Omits the link, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedLink").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// Fails if a signed header or parameter is the checksum of a body, because no photo can match it. `name` is in lower
/// case.
///
/// # Errors
/// [`SignedLinkError::EmptyChecksum`] and [`SignedLinkError::OtherChecksum`].
pub fn check_checksum(name: &str, value: &str) -> Result<(), SignedLinkError> {
    let is_checksum = match name {
        "content-md5" => true,
        "x-amz-content-sha256" => value != UNSIGNED_PAYLOAD,
        // These two name an algorithm and a way to combine the checksums of parts.
        "x-amz-checksum-algorithm" | "x-amz-checksum-type" => false,
        name => name.starts_with("x-amz-checksum-"),
    };
    match is_checksum {
        false => Ok(()),
        true if EMPTY.contains(&value) => Err(SignedLinkError::EmptyChecksum),
        true => Err(SignedLinkError::OtherChecksum),
    }
}

/// Parses a date such as `20261123T080000Z`; returns seconds since 1970.
fn parse_amz_date(text: &str) -> Option<i64> {
    let digits = |from: usize, to: usize| -> Option<i64> {
        let part = text.get(from..to)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    if text.len() != 16 || text.get(8..9) != Some("T") || text.get(15..) != Some("Z") {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(4, 6)?, digits(6, 8)?);
    let (hour, minute, second) = (digits(9, 11)?, digits(11, 13)?, digits(13, 15)?);
    let valid = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    valid.then(|| days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Returns the days since 1970-01-01 in the Gregorian calendar. Source: Howard Hinnant, "chrono-Compatible Low-Level
/// Date Algorithms".
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}
