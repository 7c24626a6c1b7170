//! What is made of the reports on the camera's frames.

use akiba_vision::Report;

use super::state::Generation;
use super::transition::Transition;

impl Transition<'_> {
    pub(super) fn seen(&mut self, _generation: Generation, _report: &Report, _at: f64, _aspect: f32) {}

    pub(super) fn blind(&mut self, _generation: Generation) {}

    pub(super) fn drawn(&mut self, _generation: Generation, _seed: u32) {}

    pub(super) fn skip_challenge(&mut self) {}
}
