//! Pure policy: whether an image file is complete ([`Whole`]), read slice by slice, so that a large file is never in the
//! memory of the WebAssembly. Browsers decode an incomplete file and leave the missing part grey.

use super::image_header::Kind;
use super::strip_metadata::{EOI, SOS, scan_end};

/// What the next slice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Read the slice that begins here.
    Read(u64),
    /// The file is complete, or not.
    Done(bool),
}

/// A walk through the parts of a file to its end.
pub(super) struct Whole {
    kind: Kind,
    size: u64,
    at: u64,
    /// Within the compressed data of a JPEG, whose length is written nowhere.
    in_scan: bool,
}

impl Whole {
    /// Starts with a file of this many bytes.
    pub(super) fn new(kind: Kind, size: u64) -> Self {
        let at = match kind {
            Kind::Jpeg => 2,
            Kind::Png => 8,
            Kind::WebP | Kind::Old | Kind::Heif => 0,
        };
        Self { kind, size, at, in_scan: false }
    }

    /// Returns where to begin.
    pub(super) fn first(&self) -> Step {
        if matches!(self.kind, Kind::Old | Kind::Heif) { Step::Done(true) } else { Step::Read(self.at) }
    }

    /// Takes the slice that begins at the wanted place: to the end of the file, or of at least 16 bytes.
    pub(super) fn take(&mut self, slice: &[u8]) -> Step {
        let begun = self.at;
        let over = begun.saturating_add(slice.len() as u64) >= self.size;
        loop {
            let rest = usize::try_from(self.at - begun).ok().and_then(|at| slice.get(at..)).unwrap_or_default();
            let found = match self.kind {
                Kind::Jpeg => self.jpeg(rest),
                Kind::Png => self.png(rest),
                // The length in the RIFF header does not include its own 8 bytes (RFC 9649, 2.4).
                Kind::WebP => rest.get(4..8).map(|length| {
                    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
                    Some(self.size >= u64::from(length) + 8)
                }),
                Kind::Old | Kind::Heif => Some(Some(true)),
            };
            match found {
                Some(Some(whole)) => return Step::Done(whole),
                Some(None) => {}
                None if over || self.at >= self.size => return Step::Done(false),
                // An empty slice would never end.
                None if slice.is_empty() => return Step::Done(false),
                None => return Step::Read(self.at),
            }
        }
    }

    /// Reads one part of a JPEG (ITU-T T.81, annex B). Returns `None` if there are too few bytes, and the result at the
    /// end.
    fn jpeg(&mut self, rest: &[u8]) -> Option<Option<bool>> {
        if self.in_scan {
            // The last byte may be the first one of the marker.
            let end = scan_end(rest);
            self.at += end.unwrap_or(rest.len().saturating_sub(1)) as u64;
            self.in_scan = end.is_none();
            return end.map(|_| None);
        }
        match *rest {
            [0xFF, EOI, ..] => return Some(Some(true)),
            // Any number of fill bytes may precede a marker (B.1.1.2).
            [0xFF, 0xFF, ..] => self.at += 1,
            [0xFF, marker, high, low, ..] => {
                let length = u16::from_be_bytes([high, low]);
                if length < 2 {
                    return Some(Some(false));
                }
                self.at += 2 + u64::from(length);
                self.in_scan = marker == SOS;
            }
            [] | [0xFF] | [0xFF, _] | [0xFF, _, _] => return None,
            _ => return Some(Some(false)),
        }
        Some(None)
    }

    /// Reads one chunk of a PNG (PNG specification, 5.3), like [`jpeg`](Self::jpeg).
    fn png(&mut self, rest: &[u8]) -> Option<Option<bool>> {
        let [a, b, c, d, kind @ ..] = rest.get(..8)? else { return None };
        self.at += u64::from(u32::from_be_bytes([*a, *b, *c, *d])) + 12;
        Some((kind == b"IEND").then_some(self.at <= self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the result, and the bytes read.
    fn read(kind: Kind, file: &[u8], slice: usize) -> (bool, usize) {
        let mut walk = Whole::new(kind, file.len() as u64);
        let (mut next, mut bytes) = (walk.first(), 0);
        loop {
            match next {
                Step::Done(whole) => return (whole, bytes),
                Step::Read(at) => {
                    let at = usize::try_from(at).unwrap().min(file.len());
                    let part = &file[at..file.len().min(at + slice)];
                    bytes += part.len();
                    next = walk.take(part);
                }
            }
        }
    }

    #[test]
    fn incomplete_files_are_detected() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x03IDATabccrc_\0\0\0\0IEND\xAE\x42\x60\x82";
        let webp = b"RIFF\x0C\0\0\0WEBPVP8Lxxxx";
        let scan = b"\xFF\xD8\xFF\xFF\xE1\0\x0Cexif\xFF\xD9exif\xFF\xDA\0\x02sc\xFF\0an, \xFF\xD3long\xFF\xFE\0\x04ab";
        let jpeg = [&scan[..], b"\xFF\xDA\0\x02another scan\xFF\xD9"].concat();
        for (kind, file) in [(Kind::Png, &png[..]), (Kind::WebP, webp), (Kind::Jpeg, &jpeg)] {
            for slice in [16, 17, 23, 256] {
                let whole = |file: &[u8]| read(kind, file, slice).0;
                assert!(whole(file), "{kind:?}");
                assert!(whole(&[file, b"a film after the picture"].concat()), "{kind:?} with more after it");
                for end in 0..file.len() {
                    assert!(!whole(&file[..end]), "{kind:?}: the first {end} bytes in slices of {slice}");
                }
            }
        }
        for kind in [Kind::Old, Kind::Heif] {
            assert_eq!(read(kind, b"", 16), (true, 0));
        }
    }

    #[test]
    fn what_follows_a_picture_is_not_read() {
        let film = vec![0; 10_000];
        for (kind, file) in [
            (Kind::Jpeg, &b"\xFF\xD8\xFF\xE1\0\x02\xFF\xDA\0\x02scan\xFF\xD9"[..]),
            (Kind::WebP, b"RIFF\x0C\0\0\0WEBPVP8Lxxxx"),
        ] {
            assert_eq!(read(kind, &[file, &film].concat(), 64), (true, 64), "{kind:?}");
        }
        // Nor is a chunk that can be skipped.
        let png = [&b"\x89PNG\r\n\x1a\n\0\0\x27\x10IDAT"[..], &film, b"crc_\0\0\0\0IEND\xAE\x42\x60\x82"].concat();
        assert_eq!(read(Kind::Png, &png, 64), (true, 64 + 12));
    }

    proptest::proptest! {
        #[test]
        fn a_jpeg_is_whole_as_for_the_removal_of_metadata(bytes in proptest::collection::vec(
            proptest::sample::select(&[0xFF_u8, 0xD9, 0xDA, 0xE1, 0xD0, 0, 2, 3, 9][..]), 0..64,
        ), slice in 16_usize..40) {
            let file = [&[0xFF, 0xD8], &bytes[..]].concat();
            let whole = super::super::strip_metadata::strip_metadata(&file).is_some();
            proptest::prop_assert_eq!(read(Kind::Jpeg, &file, slice).0, whole);
        }
    }
}
