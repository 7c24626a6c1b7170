//! The position of a face ([`Face`]).

/// A position in pixels from the left and top edge of the frame. It may lie outside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Pixels from the left edge.
    pub x: f32,
    /// Pixels from the top edge.
    pub y: f32,
}

/// An upright rectangle, in pixels of the frame. It may reach outside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Its left edge.
    pub left: f32,
    /// Its top edge.
    pub top: f32,
    /// Pixels across.
    pub width: f32,
    /// Pixels down.
    pub height: f32,
}

/// The keypoints of the detector, in the order of its output. Left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keypoint {
    /// The centre of the right eye, which is on the left of an unmirrored picture.
    RightEye,
    /// The centre of the left eye.
    LeftEye,
    /// The tip of the nose.
    NoseTip,
    /// The centre of the mouth.
    Mouth,
    /// The tragion of the right ear: the notch above its small flap.
    RightTragion,
    /// The tragion of the left ear.
    LeftTragion,
}

/// A detected face.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Face {
    /// The detector's confidence, 0 to 1.
    pub score: f32,
    /// The detector's box: from the eyebrows to the chin, and from ear to ear.
    pub bounds: Rect,
    /// The keypoints, indexed by [`Keypoint`].
    pub keypoints: [Point; 6],
}

impl Face {
    /// Returns one keypoint.
    #[must_use]
    pub fn at(&self, keypoint: Keypoint) -> Point {
        self.keypoints[keypoint as usize]
    }
}
