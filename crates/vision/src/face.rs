//! Where a face is ([`Face`]).

/// A place in the frame, in pixels from its left and top edge. It may lie outside.
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

/// What the detector points at, in the order of its output. Left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keypoint {
    /// The centre of the right eye: the one on the left of an unmirrored picture.
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

/// A face that was found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Face {
    /// How sure the detector is, 0 to 1.
    pub score: f32,
    /// The detector's box: from the eyebrows to the chin, and from ear to ear.
    pub bounds: Rect,
    /// The points, by [`Keypoint`].
    pub keypoints: [Point; 6],
}

impl Face {
    /// One of its points.
    #[must_use]
    pub fn at(&self, keypoint: Keypoint) -> Point {
        self.keypoints[keypoint as usize]
    }
}
