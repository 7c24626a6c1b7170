//! Compressed content ([`Encoded`]), and the codings that a caller accepts ([`Accepted`]).

use std::io::{self, Read, Write};

use axum::body::Bytes;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// The coding of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// None.
    Plain,
    /// RFC 7932, about a tenth smaller than gzip.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// Returns its name in `Content-Encoding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "identity",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Compresses bytes as far as possible. It is done once, and each page that loads the file gains from it. A debug build
    /// does less, because without optimisation it would take half a minute.
    fn compress(self, plain: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain => Ok(plain.to_vec()),
            Self::Brotli => {
                let mut out = Vec::new();
                let quality = if cfg!(debug_assertions) { 5 } else { 11 };
                let params = BrotliEncoderParams { quality, size_hint: plain.len(), ..Default::default() };
                brotli::BrotliCompress(&mut &*plain, &mut out, &params).map(|_| out)
            }
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(plain)?;
                encoder.finish()
            }
        }
    }

    /// Returns whether `compressed` is `plain` in this coding. It reads no more than that.
    fn holds(self, compressed: &[u8], plain: &[u8]) -> bool {
        let limit = plain.len() as u64 + 1;
        let mut found = Vec::new();
        let read = match self {
            Self::Plain => compressed.take(limit).read_to_end(&mut found),
            Self::Brotli => brotli::Decompressor::new(compressed, 4_096).take(limit).read_to_end(&mut found),
            Self::Gzip => GzDecoder::new(compressed).take(limit).read_to_end(&mut found),
        };
        read.is_ok() && found == plain
    }
}

/// Content with and without compression.
#[derive(Debug)]
pub struct Encoded {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Encoded {
    /// Compresses content.
    #[must_use]
    pub fn compress(plain: Vec<u8>) -> Self {
        let smaller = |coding: Coding| {
            let compressed = coding.compress(&plain).ok()?;
            (compressed.len() < plain.len()).then(|| compressed.into())
        };
        Self { brotli: smaller(Coding::Brotli), gzip: smaller(Coding::Gzip), plain: plain.into() }
    }

    /// Takes content and what has been made of it beforehand. Compresses it where that is `None`.
    ///
    /// # Errors
    /// The coding in which the given bytes are not this content.
    pub fn of(plain: Vec<u8>, brotli: Option<Vec<u8>>, gzip: Option<Vec<u8>>) -> Result<Self, Coding> {
        let check = |coding: Coding, given: Option<Vec<u8>>| match given {
            Some(bytes) if !coding.holds(&bytes, &plain) => Err(coding),
            given => Ok(given.map(Bytes::from)),
        };
        let (brotli, gzip) = (check(Coding::Brotli, brotli)?, check(Coding::Gzip, gzip)?);
        let both = brotli.is_some() && gzip.is_some();
        let made = if both { Self { plain: plain.into(), brotli: None, gzip: None } } else { Self::compress(plain) };
        Ok(Self { brotli: brotli.or(made.brotli), gzip: gzip.or(made.gzip), plain: made.plain })
    }

    /// Returns the content without compression.
    #[must_use]
    pub fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// Returns the content in the best coding that the caller accepts.
    #[must_use]
    pub fn best(&self, accepted: Accepted) -> (Coding, Bytes) {
        match (&self.brotli, &self.gzip) {
            (Some(bytes), _) if accepted.brotli => (Coding::Brotli, bytes.clone()),
            (_, Some(bytes)) if accepted.gzip => (Coding::Gzip, bytes.clone()),
            _ => (Coding::Plain, self.plain.clone()),
        }
    }
}

/// The codings that a caller accepts. The content without compression is always sent if nothing else is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    brotli: bool,
    gzip: bool,
}

impl Accepted {
    /// Reads `Accept-Encoding` (RFC 9110, section 12.5.3). A weight counts only if it is zero. `*` accepts nothing: nobody
    /// sends it who wants compression.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let mut accepted = Self::default();
        let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        for item in values.flat_map(|value| value.split(',')) {
            let (name, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            let wanted = weight.parse::<f32>().is_ok_and(|weight| weight > 0.0);
            match name.trim().to_ascii_lowercase().as_str() {
                "br" => accepted.brotli = wanted,
                "gzip" | "x-gzip" => accepted.gzip = wanted,
                _ => {}
            }
        }
        accepted
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use http::header::ACCEPT_ENCODING;

    use super::{Accepted, Coding, Encoded};

    fn accepted(text: &'static str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, text.parse().unwrap());
        Accepted::of(&headers)
    }

    #[test]
    fn the_caller_gets_the_best_coding_that_it_accepts() {
        let content = Encoded::compress(b"a long text, ".repeat(100));
        let rows = [
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip;q=1.0, BR;q=0.5", Coding::Brotli),
            ("gzip, br;q=0", Coding::Gzip),
            ("br;q=0.0, gzip;q=0", Coding::Plain),
            ("gzip; q=0.1", Coding::Gzip),
            ("gzip;q=x", Coding::Plain),
            ("identity", Coding::Plain),
            ("*", Coding::Plain),
            ("", Coding::Plain),
        ];
        for (header, coding) in rows {
            let (got, bytes) = content.best(accepted(header));
            assert_eq!(got, coding, "{header}");
            assert!(coding.holds(&bytes, content.plain()), "{header}");
        }
        assert_eq!(content.best(Accepted::of(&HeaderMap::new())).0, Coding::Plain);
    }

    #[test]
    fn content_that_compression_makes_longer_stays_as_it_is() {
        let content = Encoded::compress(b"x".to_vec());
        assert_eq!(content.best(accepted("br, gzip")).0, Coding::Plain);
    }

    #[test]
    fn content_that_was_compressed_beforehand_must_be_the_same() {
        let plain = b"a long text, ".repeat(100);
        for coding in [Coding::Brotli, Coding::Gzip] {
            let give = |bytes: Vec<u8>| match coding {
                Coding::Gzip => Encoded::of(plain.clone(), None, Some(bytes)),
                _ => Encoded::of(plain.clone(), Some(bytes), None),
            };
            assert!(give(coding.compress(&plain).unwrap()).is_ok());
            let other = coding.compress(b"an older text").unwrap();
            let longer = coding.compress(&[&plain[..], b"x"].concat()).unwrap();
            for wrong in [other, longer, plain.clone(), Vec::new()] {
                assert_eq!(give(wrong).unwrap_err(), coding);
            }
        }
    }
}
