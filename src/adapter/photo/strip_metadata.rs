//! Pure policy: removes everything from a JPEG that is not picture ([`strip_metadata`]), so that the photo reveals
//! nothing about place, time or device. Markers are from ITU-T T.81,
//! annex B; JFIF is from ITU-T T.871.

const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
const APP0: u8 = 0xE0;
const APP15: u8 = 0xEF;
const COM: u8 = 0xFE;
/// The length of a JFIF segment without a thumbnail.
const JFIF_LENGTH: usize = 16;

/// Returns the same picture without comments, without application segments (EXIF, XMP, ICC, IPTC, thumbnails; the bare
/// JFIF header stays) and without the bytes after its end. Use it for the sRGB of a canvas only: it removes the colour
/// profile.
///
/// Returns `None` if the bytes are not a complete JPEG.
pub(super) fn strip_metadata(jpeg: &[u8]) -> Option<Vec<u8>> {
    let mut clean = Vec::with_capacity(jpeg.len());
    walk(jpeg, |part| clean.extend_from_slice(part))?;
    Some(clean)
}

/// The same for a file of which nothing is drawn: keeps its rotation, which the picture needs, as the only metadata.
pub(super) fn strip_file(jpeg: &[u8]) -> Option<Vec<u8>> {
    let clean = strip_metadata(jpeg)?;
    if let Some(rotation) = rotation(jpeg) {
        // Exif 2.3, 4.5.4 and 4.6: one segment with one directory that has one entry.
        let head = *b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";
        let (begin, rest) = clean.split_at_checked(2)?;
        return Some([begin, &head, &[rotation, 0, 0, 0, 0, 0, 0], rest].concat());
    }
    Some(clean)
}

/// Reads the rotation from a JPEG's Exif segment, if it has one other than upright: 2 to 8.
fn rotation(jpeg: &[u8]) -> Option<u8> {
    let name = b"Exif\0\0";
    let begin = jpeg.windows(name.len()).position(|bytes| bytes == name)?;
    let tiff = jpeg.get(begin + name.len()..)?;
    let little = tiff.starts_with(b"II");
    let number = |at: usize| -> Option<u16> {
        let bytes = [*tiff.get(at)?, *tiff.get(at.checked_add(1)?)?];
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    // The upper half of the offset is 0, because a segment has less than 64 kB.
    let directory = usize::from(number(if little { 4 } else { 6 })?);
    let entry = |index: u16| directory + 2 + 12 * usize::from(index);
    let found = (0..number(directory)?).find(|index| number(entry(*index)) == Some(0x0112))?;
    u8::try_from(number(entry(found) + 8)?).ok().filter(|rotation| (2..=8).contains(rotation))
}

/// Walks through a JPEG to its end and passes on the parts that belong to the picture. Returns `None` if there is no
/// end.
fn walk<'a>(jpeg: &'a [u8], mut keep: impl FnMut(&'a [u8])) -> Option<()> {
    let (start, mut rest) = jpeg.split_at_checked(2).filter(|(start, _)| *start == [0xFF, SOI])?;
    keep(start);
    loop {
        let marker = match *rest {
            // Any number of fill bytes may precede a marker (B.1.1.2).
            [0xFF, 0xFF, ..] => {
                rest = rest.get(1..)?;
                continue;
            }
            [0xFF, marker, ..] => marker,
            _ => return None,
        };
        if marker == EOI {
            keep(rest.get(..2)?);
            return Some(());
        }
        let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
        if length < 2 {
            return None;
        }
        let (segment, after) = rest.split_at_checked(2 + length)?;
        let kept = match marker {
            APP0 => length == JFIF_LENGTH && segment.get(4..9) == Some(b"JFIF\0"),
            APP0..=APP15 | COM => false,
            _ => true,
        };
        if kept {
            keep(segment);
        }
        rest = after;
        if marker == SOS {
            let (scan, after) = rest.split_at_checked(scan_end(rest)?)?;
            keep(scan);
            rest = after;
        }
    }
}

/// Returns where the entropy-coded data ends: it ends at the first marker that is neither a stuffed zero nor a
/// restart (B.1.1.5).
pub(super) fn scan_end(data: &[u8]) -> Option<usize> {
    data.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xD0..=0xD7 | 0xFF))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], body].concat()
    }

    /// Returns the parts of a JPEG, each with whether it is kept.
    fn parts() -> Vec<(Vec<u8>, bool)> {
        vec![
            (vec![0xFF, SOI], true),
            (segment(APP0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), true),
            (segment(APP0, b"JFXX\0\x10thumbnail"), false),
            (segment(0xE1, b"Exif\0\0MM\0*GPS"), false),
            (segment(0xE2, b"ICC_PROFILE\0"), false),
            (segment(0xED, b"Photoshop 3.0\0"), false),
            (segment(APP15, b""), false),
            (segment(COM, b"taken at home"), false),
            (segment(0xDB, &[0; 65]), true),
            (segment(0xC2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]), true),
            (segment(SOS, &[1, 1, 0, 0, 0x3F, 0]), true),
            (vec![1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4], true),
            (segment(COM, b"between two scans"), false),
            (segment(SOS, &[1, 1, 0, 0, 0x3F, 0]), true),
            (vec![5, 0xFF, 0x00], true),
            (vec![0xFF, EOI], true),
            (b"a film after the picture\xFF\xD9".to_vec(), false),
        ]
    }

    fn join(parts: &[(Vec<u8>, bool)], kept_only: bool) -> Vec<u8> {
        parts.iter().filter(|(_, kept)| *kept || !kept_only).flat_map(|(bytes, _)| bytes.clone()).collect()
    }

    #[test]
    fn only_the_picture_is_kept() {
        let clean = strip_metadata(&join(&parts(), false)).unwrap();
        assert_eq!(clean, join(&parts(), true));
        assert_eq!(strip_metadata(&clean).unwrap(), clean);
    }

    #[test]
    fn a_jfif_header_with_a_thumbnail_is_removed() {
        let jpeg =
            [vec![0xFF, SOI], segment(APP0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01rgb"), vec![0xFF, EOI]].concat();
        assert_eq!(strip_metadata(&jpeg).unwrap(), [0xFF, SOI, 0xFF, EOI]);
    }

    #[test]
    fn a_file_keeps_its_rotation_and_nothing_else() {
        let little = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\x04\0\0\0Own\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let big = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let upright = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x01\0\0\0\0\0\0";
        let cut = &big[..20];
        let file =
            |exif: &[u8]| [vec![0xFF, SOI], segment(0xE1, exif), segment(COM, b"at home"), vec![0xFF, EOI]].concat();
        let bare = [0xFF, SOI, 0xFF, EOI].to_vec();
        let turned = [vec![0xFF, SOI], segment(0xE1, big), vec![0xFF, EOI]].concat();
        for (exif, wanted) in [(&little[..], &turned), (big, &turned), (upright, &bare), (cut, &bare), (b"", &bare)] {
            assert_eq!(strip_file(&file(exif)).as_ref(), Some(wanted), "{exif:?}");
        }
        assert_eq!(strip_file(&turned), Some(turned));
    }

    #[test]
    fn fill_bytes_are_not_markers() {
        assert_eq!(strip_metadata(&[0xFF, SOI, 0xFF, 0xFF, 0xFF, EOI]).unwrap(), [0xFF, SOI, 0xFF, EOI]);
    }

    #[test]
    fn an_incomplete_jpeg_is_rejected() {
        let whole = join(&parts()[..16], false);
        for end in 0..whole.len() {
            assert_eq!(strip_metadata(&whole[..end]), None, "the first {end} bytes");
        }
        assert_eq!(strip_metadata(b"\x89PNG\r\n\x1a\n"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_handled(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let jpeg = [&[0xFF, SOI], &bytes[..]].concat();
            if let Some(clean) = strip_metadata(&jpeg) {
                prop_assert!(clean.len() <= jpeg.len());
                prop_assert_eq!(strip_metadata(&clean), Some(clean.clone()));
                prop_assert!(strip_file(&jpeg).is_some());
            }
        }
    }
}
