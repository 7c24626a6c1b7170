//! A picture to analyse ([`Frame`]).

/// A picture in memory, in the layout of a canvas: rows from the top, 4 bytes a pixel (red, green, blue, alpha, sRGB), not
/// mirrored. Alpha is ignored.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    rgba: &'a [u8],
    width: usize,
    height: usize,
    unscaled: bool,
}

impl<'a> Frame<'a> {
    /// Creates a frame. Returns `None` unless there are exactly `width * height * 4` bytes and at least one pixel.
    #[must_use]
    pub fn new(rgba: &'a [u8], width: usize, height: usize) -> Option<Self> {
        let bytes = width.checked_mul(height)?.checked_mul(4)?;
        (bytes > 0 && rgba.len() == bytes).then_some(Self { rgba, width, height, unscaled: false })
    }

    /// Marks the picture as not scaled since it was compressed: a photo as it was decoded. Compression artefacts can be
    /// measured only in an unscaled frame.
    #[must_use]
    pub fn unscaled(self) -> Self {
        Self { unscaled: true, ..self }
    }

    /// Whether the picture was not scaled since it was compressed.
    #[must_use]
    pub fn is_unscaled(&self) -> bool {
        self.unscaled
    }

    /// Returns the bytes.
    #[must_use]
    pub fn rgba(&self) -> &'a [u8] {
        self.rgba
    }

    /// Returns the width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Returns the height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }
}
