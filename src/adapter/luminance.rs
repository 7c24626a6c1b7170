//! Measures how bright a frame is and how much it varies ([`Sampler`]).

use gloo_timers::future::TimeoutFuture;
use web_sys::{HtmlMediaElement, HtmlVideoElement};

use super::canvas::{Canvas, Picture, Purpose};
use super::task::Task;
use crate::flow::Luminance;

/// Milliseconds between two measurements: often enough to notice a hand before the lens, rarely enough for a cheap phone.
const PERIOD_MS: u32 = 250;
/// Frames are scaled to this size: enough for their brightness, and small enough to read in well under a millisecond.
const WIDTH: u32 = 64;
const HEIGHT: u32 = 48;

/// Measures a video's frames four times a second until it is dropped.
#[derive(Debug)]
#[must_use = "measuring stops when the sampler is dropped"]
pub struct Sampler {
    _task: Task,
}

impl Sampler {
    /// Starts to measure. Returns `None` if the browser gives no canvas. A video without a frame is skipped.
    pub fn start(video: HtmlVideoElement, on_frame: impl Fn(Luminance) + 'static) -> Option<Self> {
        let canvas = Canvas::new(WIDTH, HEIGHT, Purpose::Read)?;
        let task = Task::spawn(async move {
            loop {
                TimeoutFuture::new(PERIOD_MS).await;
                if video.ready_state() < HtmlMediaElement::HAVE_CURRENT_DATA {
                    continue;
                }
                if let Some(rgba) = canvas.sample(&video).await {
                    on_frame(luminance(&rgba));
                }
            }
        });
        Some(Self { _task: task })
    }
}

/// Measures one picture.
pub(super) fn picture(picture: Picture<'_>) -> Option<Luminance> {
    on_canvas(&Canvas::new(WIDTH, HEIGHT, Purpose::Read)?, picture)
}

fn on_canvas(canvas: &Canvas, picture: Picture<'_>) -> Option<Luminance> {
    if !canvas.draw(picture) {
        return None;
    }
    canvas.pixels().map(|rgba| luminance(&rgba))
}

/// Returns mean and variance of the Rec. 709 luma (ITU-R BT.709-6, item 3.2) of sRGB pixels; 0 for no pixels.
fn luminance(rgba: &[u8]) -> Luminance {
    let (mut count, mut sum, mut squares) = (0.0_f32, 0.0_f32, 0.0_f32);
    for pixel in rgba.chunks_exact(4) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(|value| f32::from(value) / 255.0);
        let luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        count += 1.0;
        sum += luma;
        squares += luma * luma;
    }
    if count == 0.0 {
        return Luminance::default();
    }
    let mean = sum / count;
    Luminance { mean, variance: (squares / count - mean * mean).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(luminance: Luminance, mean: f32, variance: f32) -> bool {
        (luminance.mean - mean).abs() < 1e-3 && (luminance.variance - variance).abs() < 1e-3
    }

    #[test]
    fn luminance_of_known_pixels() {
        let (black, white) = ([0, 0, 0, 255], [255, 255, 255, 255]);
        for (pixels, mean, variance) in [
            (vec![], 0.0, 0.0),
            (vec![black; 3072], 0.0, 0.0),
            (vec![white; 3072], 1.0, 0.0),
            ([vec![black; 1536], vec![white; 1536]].concat(), 0.5, 0.25),
            (vec![[255, 0, 0, 255]; 8], 0.2126, 0.0),
            (vec![[0, 255, 0, 255]; 8], 0.7152, 0.0),
            (vec![[0, 0, 255, 255]; 8], 0.0722, 0.0),
        ] {
            let luminance = luminance(&pixels.concat());
            assert!(close(luminance, mean, variance), "{luminance:?} is not {mean}, {variance}");
        }
    }
}
