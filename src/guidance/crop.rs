//! The part of the camera's frame that counts ([`crop`]): it is shown, checked and sent. A person beside it is in none
//! of the three.
//!
//! The frame covers the picture on the screen, so the part has the picture's shape. A page can give the picture any shape,
//! and the margins of ISO/IEC 39794-5 around the head must stay. By its requirements for a portrait, the head takes 50 to
//! 75 % of the width and 60 to 90 % of the height, and the eyes are 30 to 50 % below the top. A head that fills the oval
//! (see `oval`) meets all of them in a part of 3 to 4, has 55 % of the width in a square, and 60 % of the height in a part
//! of 3 to 5.

/// The smallest and the largest width by height.
pub const ASPECTS: (f32, f32) = (0.6, 1.0);

/// Returns width and height of the part of a frame, which is in the frame's middle. `shown` is the aspect ratio (width by
/// height) of the picture on the screen.
#[must_use]
pub fn crop(frame: (u32, u32), shown: f32) -> (u32, u32) {
    let (width, height) = (frame.0 as f32, frame.1 as f32);
    let own = width / height.max(1.0);
    let aspect = if shown.is_finite() && shown > 0.0 { shown } else { own }.clamp(ASPECTS.0, ASPECTS.1);
    if own > aspect { (part(frame.0, height * aspect), frame.1) } else { (frame.0, part(frame.1, width / aspect)) }
}

/// Cuts whole pixels off both sides, the same number, so that no pixel is interpolated.
fn part(whole: u32, wanted: f32) -> u32 {
    let cut = ((whole as f32 - wanted) / 2.0).max(0.0) as u32;
    whole - 2 * cut.min(whole / 2)
}
