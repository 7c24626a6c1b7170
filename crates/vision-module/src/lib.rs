//! [`akiba_vision`] as a WebAssembly module without imports, for the widget's worker. The worker writes a frame to the
//! address that [`frame`] returns, calls [`analyse`] or [`analyse_still`], and reads [`report_length`] numbers from the
//! address that the call returns.

use std::cell::RefCell;

use akiba_vision::{Analyser, Frame, REPORT_LENGTH, Report};

#[derive(Default)]
struct Context {
    rgba: Vec<u8>,
    analyser: Analyser,
    report: Vec<f32>,
}

thread_local! {
    static CONTEXT: RefCell<Context> = RefCell::default();
}

/// Returns the address of a buffer for the frame, 4 bytes a pixel. Each call may move it.
#[unsafe(no_mangle)]
pub extern "C" fn frame(width: usize, height: usize) -> *mut u8 {
    CONTEXT.with_borrow_mut(|context| {
        context.rgba.resize(width * height * 4, 0);
        context.rgba.as_mut_ptr()
    })
}

/// Analyses the frame in the buffer, which was taken at `at` milliseconds. Returns the address of the numbers of
/// `Report::to_numbers`, or null if the frame has no pixels.
#[unsafe(no_mangle)]
pub extern "C" fn analyse(width: usize, height: usize, at: f64) -> *const f32 {
    look(width, height, |analyser, frame| analyser.analyse(frame, at))
}

/// Does the same for a photo that was not scaled.
#[unsafe(no_mangle)]
pub extern "C" fn analyse_still(width: usize, height: usize) -> *const f32 {
    look(width, height, |analyser, frame| analyser.analyse_still(frame.unscaled()))
}

fn look(width: usize, height: usize, how: impl FnOnce(&mut Analyser, Frame<'_>) -> Report) -> *const f32 {
    CONTEXT.with_borrow_mut(|Context { rgba, analyser, report }| match Frame::new(rgba, width, height) {
        Some(frame) => {
            *report = how(analyser, frame).to_numbers().to_vec();
            report.as_ptr()
        }
        None => std::ptr::null(),
    })
}

/// Returns the count of numbers in a report.
#[unsafe(no_mangle)]
pub extern "C" fn report_length() -> usize {
    REPORT_LENGTH
}
