//! Pure policy: reads the kind of an image file and its claimed size from its first bytes ([`Header`]), and recognises the
//! end of a complete one. A file that is not an image, or that would fill the memory, is never decoded.

/// The kinds of image that people have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    WebP,
    /// GIF or BMP.
    Old,
    /// HEIF or AVIF.
    Heif,
}

impl Kind {
    /// Whether every browser reads this kind. If so, a file that can't be read is damaged.
    pub(super) fn is_common(self) -> bool {
        self != Self::Heif
    }
}

/// The information in the first bytes of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The kind.
    pub(super) kind: Kind,
    /// Width and height in pixels before rotation, if the header has them.
    pub(super) size: Option<(u32, u32)>,
}

/// Reads the header of a JPEG, PNG, WebP, GIF, BMP, HEIF or AVIF file. Returns `None` for any other file.
pub(super) fn read(head: &[u8]) -> Option<Header> {
    let header = |kind, size| Some(Header { kind, size });
    match head {
        [0xFF, 0xD8, 0xFF, ..] => header(Kind::Jpeg, jpeg(head)),
        // IHDR is always the first chunk (PNG specification, 11.2.1).
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => header(Kind::Png, be32(head, 16).zip(be32(head, 20))),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => header(Kind::WebP, webp(head)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => header(Kind::Old, le16(head, 6).zip(le16(head, 8))),
        [b'B', b'M', ..]
            if le32(head, 14) == Some(40) || le32(head, 14) >= Some(108) && le32(head, 14) <= Some(124) =>
        {
            // A negative height means that the rows are stored from top to bottom.
            let height = le32(head, 22).map(|height| height.cast_signed().unsigned_abs());
            header(Kind::Old, le32(head, 18).zip(height))
        }
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
            let known = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"];
            if known.iter().any(|name| brand.starts_with(*name)) { header(Kind::Heif, None) } else { None }
        }
        _ => None,
    }
}

/// Whether these last bytes prove that the file is complete, so that it need not be read.
pub(super) fn ends_well(kind: Kind, end: &[u8]) -> bool {
    match kind {
        Kind::Jpeg => end.ends_with(&[0xFF, 0xD9]),
        Kind::Png => end.ends_with(b"IEND\xAE\x42\x60\x82"),
        Kind::WebP => false,
        Kind::Old | Kind::Heif => true,
    }
}

/// Reads the size from a JPEG's frame header (ITU-T T.81, B.2.2).
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [0xFF, marker] = *head.get(at..at + 2)? else { return None };
        match marker {
            0xFF => at += 1,
            // SOF0 to SOF15 without DHT, JPG and DAC, whose codes lie between them.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                return be16(head, at + 7).zip(be16(head, at + 5));
            }
            0xD9 | 0xDA => return None,
            _ => at += 2 + usize::try_from(be16(head, at + 2)?.max(2)).ok()?,
        }
    }
}

/// Reads the size from a WebP's first chunk (RFC 9649, 2.5 to 2.7).
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8 " => Some((le16(head, 26)? & 0x3FFF, le16(head, 28)? & 0x3FFF)),
        b"VP8L" => {
            let bits = le32(head, 21)?;
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8X" => Some(((le32(head, 24)? & 0xFF_FFFF) + 1, (le32(head, 26)? >> 8) + 1)),
        _ => None,
    }
}

fn bytes<const N: usize>(head: &[u8], at: usize) -> Option<[u8; N]> {
    head.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be16(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(|bytes| u32::from(u16::from_be_bytes(bytes)))
}

fn be32(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(u32::from_be_bytes)
}

fn le16(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(|bytes| u32::from(u16::from_le_bytes(bytes)))
}

fn le32(head: &[u8], at: usize) -> Option<u32> {
    bytes(head, at).map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn header(kind: Kind, size: Option<(u32, u32)>) -> Option<Header> {
        Some(Header { kind, size })
    }

    #[test]
    fn headers_of_every_kind() {
        let bmp = |height: i32| {
            let mut bmp = b"BM".to_vec();
            bmp.extend([0; 12]);
            bmp.extend(40_u32.to_le_bytes());
            bmp.extend(640_u32.to_le_bytes());
            bmp.extend(height.to_le_bytes());
            bmp
        };
        let jpeg = b"\xFF\xD8\xFF\xE1\0\x06Exif\xFF\xFF\xC4\0\x03h\xFF\xC2\0\x11\x08\x01\xE0\x02\x80\x03";
        for (what, head, expected) in [
            ("jpeg", &jpeg[..], header(Kind::Jpeg, Some((640, 480)))),
            ("jpeg that ends early", &jpeg[..20], header(Kind::Jpeg, None)),
            ("png", b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\x02\x80\0\0\x01\xE0", header(Kind::Png, Some((640, 480)))),
            ("png that ends early", b"\x89PNG\r\n\x1a\n\0\0", header(Kind::Png, None)),
            (
                "lossy webp",
                b"RIFF____WEBPVP8 ____xxx\x9D\x01\x2A\x80\x02\xE0\x01",
                header(Kind::WebP, Some((640, 480))),
            ),
            ("lossless webp", b"RIFF____WEBPVP8L____\x2F\x7F\xC2\x77\0", header(Kind::WebP, Some((640, 480)))),
            (
                "extended webp",
                b"RIFF____WEBPVP8X____\x08\0\0\0\x7F\x02\0\xDF\x01\0",
                header(Kind::WebP, Some((640, 480))),
            ),
            ("gif", b"GIF89a\x80\x02\xE0\x01", header(Kind::Old, Some((640, 480)))),
            ("bmp", &bmp(480), header(Kind::Old, Some((640, 480)))),
            ("bmp from the top", &bmp(-480), header(Kind::Old, Some((640, 480)))),
            ("heic", b"\0\0\0\x18ftypheic", header(Kind::Heif, None)),
            ("avif", b"\0\0\0\x1Cftypavif", header(Kind::Heif, None)),
            ("a film", b"\0\0\0\x18ftypisom", None),
            ("text", b"BMW and other words that begin like an image", None),
            ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            ("pdf", b"%PDF-1.7", None),
            ("nothing", b"", None),
        ] {
            assert_eq!(read(head), expected, "{what}");
        }
    }

    #[test]
    fn the_end_of_a_complete_file_is_recognised() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x03IDATabccrc_\0\0\0\0IEND\xAE\x42\x60\x82";
        let webp = b"RIFF\x0C\0\0\0WEBPVP8Lxxxx";
        let jpeg = b"\xFF\xD8\xFF\xDA\0\x02scan\xFF\xD9";
        for (kind, file) in [(Kind::Png, &png[..]), (Kind::WebP, webp), (Kind::Jpeg, jpeg)] {
            assert!(!ends_well(kind, &[file, b"more"].concat()), "{kind:?} with more after it");
            assert_eq!(ends_well(kind, file), kind != Kind::WebP);
            for end in 0..file.len() {
                assert!(!ends_well(kind, &file[..end]), "{kind:?}: the first {end} bytes");
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_handled(start in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let starts: [&[u8]; 5] = [b"\xFF\xD8\xFF", b"RIFF____WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"BM", b""];
            let file = [starts[start], &bytes].concat();
            let _ = read(&file);
        }
    }
}
