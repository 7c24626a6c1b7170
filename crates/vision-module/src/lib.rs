//! [`akiba_vision`] as a WebAssembly module without imports, for the widget's worker. The worker writes a frame where
//! [`frame`] says, calls [`analyse`] or [`analyse_still`], and reads [`report_length`] numbers where that says.

use std::cell::RefCell;

use akiba_vision::{Analyser, Frame, REPORT_LENGTH, Report};

#[derive(Default)]
struct Desk {
    rgba: Vec<u8>,
    analyser: Analyser,
    report: Vec<f32>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// Room for the frame's bytes, 4 a pixel. The place may change with each call.
#[unsafe(no_mangle)]
pub extern "C" fn frame(width: usize, height: usize) -> *mut u8 {
    DESK.with_borrow_mut(|desk| {
        desk.rgba.resize(width * height * 4, 0);
        desk.rgba.as_mut_ptr()
    })
}

/// Looks at the frame that was written, taken at this time in milliseconds. The numbers are those of
/// `Report::to_numbers`; null where the frame has no pixels.
#[unsafe(no_mangle)]
pub extern "C" fn analyse(width: usize, height: usize, at: f64) -> *const f32 {
    look(width, height, |analyser, frame| analyser.analyse(frame, at))
}

/// The same for a photo that was not scaled.
#[unsafe(no_mangle)]
pub extern "C" fn analyse_still(width: usize, height: usize) -> *const f32 {
    look(width, height, |analyser, frame| analyser.analyse_still(frame.unscaled()))
}

fn look(width: usize, height: usize, how: impl FnOnce(&mut Analyser, Frame<'_>) -> Report) -> *const f32 {
    DESK.with_borrow_mut(|Desk { rgba, analyser, report }| match Frame::new(rgba, width, height) {
        Some(frame) => {
            *report = how(analyser, frame).to_numbers().to_vec();
            report.as_ptr()
        }
        None => std::ptr::null(),
    })
}

/// How many numbers a report is.
#[unsafe(no_mangle)]
pub extern "C" fn report_length() -> usize {
    REPORT_LENGTH
}
