//! Pure policy: the size limits of photos and chosen files, and the failure of an image that can't be decoded.

use std::ops::RangeInclusive;

use crate::flow::{GrabFailure, Luminance};

use super::image_header::Kind;

/// Pixels of a photo's longest side. A face that fills half of it has over 200 pixels between the eyes.
pub const LONGEST_SIDE: u32 = 1600;
/// Bytes of a photo: enough to compare a face, few enough for prepaid data.
pub const BYTES: RangeInclusive<u32> = 120_000..=400_000;
/// Bytes of the largest accepted file.
pub const FILE_BYTES: u32 = 20_000_000;
/// Pixels of the largest accepted file.
pub const FILE_PIXELS: u64 = 50_000_000;

/// Fails if a file has too many bytes. Browsers report the size as a floating-point number.
pub(super) fn check_bytes(bytes: f64) -> Result<(), GrabFailure> {
    if bytes > f64::from(FILE_BYTES) { Err(GrabFailure::TooLarge) } else { Ok(()) }
}

/// Fails if an image has too many pixels.
pub(super) fn check_pixels((width, height): (u32, u32)) -> Result<(), GrabFailure> {
    if u64::from(width) * u64::from(height) > FILE_PIXELS { Err(GrabFailure::TooLarge) } else { Ok(()) }
}

/// Whether nothing was drawn. A canvas begins white, and no picture of a person is white throughout.
pub(super) fn is_blank(luminance: Luminance) -> bool {
    luminance.mean > 0.999
}

/// Returns the failure of an image that the browser can't decode. Every browser reads the common kinds, so a file of a
/// common kind is damaged.
pub(super) fn undecodable(kind: Kind) -> GrabFailure {
    if kind.is_common() { GrabFailure::Unreadable } else { GrabFailure::NotAnImage }
}

/// Returns the range of bytes to aim for if a photo of this size is too large: about half.
pub(super) fn smaller_than(bytes: u32) -> RangeInclusive<u32> {
    bytes / 3..=bytes / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_up_to_20_mb_and_50_megapixels_are_opened() {
        for (bytes, fits) in [(0.0, true), (20_000_000.0, true), (20_000_001.0, false), (f64::INFINITY, false)] {
            assert_eq!(check_bytes(bytes).is_ok(), fits, "{bytes} bytes");
        }
        for (size, fits) in [
            ((0, 0), true),
            ((10_000, 5_000), true),
            ((10_000, 5_001), false),
            ((50_000_001, 1), false),
            ((u32::MAX, u32::MAX), false),
        ] {
            assert_eq!(check_pixels(size).is_ok(), fits, "{size:?}");
        }
    }

    #[test]
    fn only_a_white_picture_is_blank() {
        for (mean, variance, blank) in [(1.0, 0.0, true), (0.995, 0.001, false), (0.5, 0.25, false), (0.0, 0.0, false)]
        {
            assert_eq!(is_blank(Luminance { mean, variance }), blank, "{mean}, {variance}");
        }
    }

    #[test]
    fn only_a_heif_that_fails_may_be_an_unsupported_image() {
        for (kind, failure) in [
            (Kind::Jpeg, GrabFailure::Unreadable),
            (Kind::Png, GrabFailure::Unreadable),
            (Kind::WebP, GrabFailure::Unreadable),
            (Kind::Old, GrabFailure::Unreadable),
            (Kind::Heif, GrabFailure::NotAnImage),
        ] {
            assert_eq!(undecodable(kind), failure, "{kind:?}");
        }
    }

    #[test]
    fn a_smaller_photo_has_about_half_the_bytes() {
        assert_eq!(smaller_than(300_000), 100_000..=150_000);
        assert!(smaller_than(1).contains(&0));
    }
}
