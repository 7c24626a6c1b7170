//! The picture that is looked at ([`Frame`]).

/// A picture in memory, as a canvas gives it: rows from the top, 4 bytes a pixel (red, green, blue, alpha, sRGB), not
/// mirrored. Alpha is ignored.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    rgba: &'a [u8],
    width: usize,
    height: usize,
    unscaled: bool,
}

impl<'a> Frame<'a> {
    /// `None` unless there are just `width * height * 4` bytes, and at least one pixel.
    #[must_use]
    pub fn new(rgba: &'a [u8], width: usize, height: usize) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(4)?;
        (bytes > 0 && rgba.len() == bytes).then_some(Self { rgba, width, height, unscaled: false })
    }

    /// The same picture, of which it is known that nobody has scaled it since it was compressed: a photo as decoded.
    /// Traces of compression can be told in such a frame alone.
    #[must_use]
    pub fn unscaled(self) -> Self {
        Self { unscaled: true, ..self }
    }

    /// Whether nobody has scaled it since it was compressed.
    #[must_use]
    pub fn is_unscaled(&self) -> bool {
        self.unscaled
    }

    /// The bytes.
    #[must_use]
    pub fn rgba(&self) -> &'a [u8] {
        self.rgba
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }
}
