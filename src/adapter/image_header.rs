//! What kind of image a file is and how many pixels it claims, read from its first bytes, so that a file which is none,
//! or which would fill the memory, is never decoded ([`Header`]). Pure.

/// What the first bytes of an image say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Whether every browser reads this kind, so that one which is not read is damaged.
    pub(super) common: bool,
    /// Pixels across and down before turning, if they are told.
    pub(super) size: Option<(u32, u32)>,
}

/// Reads the header of a JPEG, PNG, WebP, GIF, BMP, HEIF or AVIF file; `None` if it is nothing of these.
pub(super) fn read(head: &[u8]) -> Option<Header> {
    let common = |size| Some(Header { common: true, size });
    match head {
        [0xFF, 0xD8, 0xFF, ..] => common(jpeg(head)),
        // IHDR is always first (PNG specification, 11.2.1).
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => common(be32(head, 16).zip(be32(head, 20))),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => common(webp(head)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => common(le16(head, 6).zip(le16(head, 8))),
        [b'B', b'M', ..]
            if le32(head, 14) == Some(40) || le32(head, 14) >= Some(108) && le32(head, 14) <= Some(124) =>
        {
            // A negative height means that the rows run down.
            let height = le32(head, 22).map(|height| height.cast_signed().unsigned_abs());
            common(le32(head, 18).zip(height))
        }
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
            let known = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"];
            known.iter().any(|name| brand.starts_with(*name)).then_some(Header { common: false, size: None })
        }
        _ => None,
    }
}

/// The size in a JPEG's frame header (ITU-T T.81, B.2.2).
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        let [0xFF, marker] = *head.get(at..at + 2)? else { return None };
        match marker {
            0xFF => at += 1,
            // SOF0 to SOF15, less DHT, JPG and DAC, which lie among them.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                return be16(head, at + 7).zip(be16(head, at + 5));
            }
            0xD9 | 0xDA => return None,
            _ => at += 2 + usize::try_from(be16(head, at + 2)?.max(2)).ok()?,
        }
    }
}

/// The size in a WebP's first chunk (RFC 9649, 2.5 to 2.7).
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

    fn common(size: Option<(u32, u32)>) -> Option<Header> {
        Some(Header { common: true, size })
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
            ("jpeg", &jpeg[..], common(Some((640, 480)))),
            ("jpeg that ends early", &jpeg[..20], common(None)),
            ("png", b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR\0\0\x02\x80\0\0\x01\xE0", common(Some((640, 480)))),
            ("png that ends early", b"\x89PNG\r\n\x1a\n\0\0", common(None)),
            ("lossy webp", b"RIFF____WEBPVP8 ____xxx\x9D\x01\x2A\x80\x02\xE0\x01", common(Some((640, 480)))),
            ("lossless webp", b"RIFF____WEBPVP8L____\x2F\x7F\xC2\x77\0", common(Some((640, 480)))),
            ("extended webp", b"RIFF____WEBPVP8X____\x08\0\0\0\x7F\x02\0\xDF\x01\0", common(Some((640, 480)))),
            ("gif", b"GIF89a\x80\x02\xE0\x01", common(Some((640, 480)))),
            ("bmp", &bmp(480), common(Some((640, 480)))),
            ("bmp from the top", &bmp(-480), common(Some((640, 480)))),
            ("heic", b"\0\0\0\x18ftypheic", Some(Header { common: false, size: None })),
            ("avif", b"\0\0\0\x1Cftypavif", Some(Header { common: false, size: None })),
            ("a film", b"\0\0\0\x18ftypisom", None),
            ("text", b"BMW and other words that begin like an image", None),
            ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            ("pdf", b"%PDF-1.7", None),
            ("nothing", b"", None),
        ] {
            assert_eq!(read(head), expected, "{what}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(start in 0_usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let starts: [&[u8]; 5] = [b"\xFF\xD8\xFF", b"RIFF____WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"BM", b""];
            let _ = read(&[starts[start], &bytes].concat());
        }
    }
}
