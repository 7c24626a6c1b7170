//! One step of the flow ([`step`]): the dispatch from events to functions.

use crate::config::Config;

use super::camera::CameraState;
use super::effect::{Effect, Notice};
use super::error::ErrorCode;
use super::event::Event;
use super::photo::Generation;
use super::screen::Screen;
use super::state::State;
use super::timer::Timer;
use super::transition::Transition;

/// Returns the state after an event, and the effects to run.
// Inside its caller it is larger, because there every local variable has its own place.
#[inline(never)]
#[must_use]
pub fn step(state: State, event: Event, config: &Config) -> (State, Vec<Effect>) {
    let previous = state.screen.name();
    let control = state.screen.has_passing_control();
    let mut transition = Transition::new(state, config);
    transition.handle(event);
    transition.finish(previous, control)
}

impl Transition<'_> {
    fn handle(&mut self, event: Event) {
        if !self.state.allows(&event, self.config) {
            return;
        }
        match event {
            Event::Start => self.start(),
            Event::Consented => self.consented(),
            Event::Shutter => self.shutter(),
            Event::Retake => self.retake(),
            Event::Accept => self.accept(),
            Event::Retry => self.retry(),
            Event::SwitchCamera => self.switch_camera(),
            Event::Choosing => self.choosing(),
            Event::ChoseNone => self.chose_none(),
            Event::FilePicked(file) => self.file_picked(file),
            Event::OtherWay => self.leave_for_other_way(),
            Event::UsePhone => self.use_phone(),
            Event::Cancel => self.cancel(),
            Event::Close => self.close(),
            Event::Reset | Event::Disconnected => self.tear_down(),
            Event::CameraOpened { generation, info } => self.camera_opened(generation, info),
            Event::CamerasListed { generation, cameras } => self.cameras_listed(generation, cameras),
            Event::CameraNeedsTap { generation } => self.camera_needs_tap(generation),
            Event::CameraFailed { generation, error } => self.camera_failed(generation, error),
            Event::CameraEnded { generation } => self.camera_ended(generation),
            Event::CameraFroze { generation } => self.camera_froze(generation),
            Event::CameraThawed { generation } => self.camera_thawed(generation),
            Event::FrameMeasured { generation, luminance } => self.frame_measured(generation, luminance),
            Event::FrameAnalysed { generation, report, at } => self.frame_analysed(generation, &report, at),
            Event::VisionUnavailable { generation, cause } => self.vision_unavailable(generation, cause),
            Event::SeedDrawn { generation, seed } => self.seed_drawn(generation, seed),
            Event::SkipChallenge => self.skip_challenge(),
            Event::ByHand => self.by_hand(),
            Event::Tick { timer, generation } => self.tick(timer, generation),
            Event::FrameDrawn { generation } => self.frame_drawn(generation),
            Event::PhotoReady { generation, photo, report } => self.photo_ready(generation, photo, report),
            Event::GrabFailed { generation, failure } => self.grab_failed(generation, failure),
            Event::LinkReady { generation, link, life } => self.link_ready(generation, link, life),
            Event::LinkFailed { generation, failure } => self.link_failed(generation, failure),
            Event::UploadProgress { generation, sent, total } => self.upload_progress(generation, sent, total),
            Event::Uploaded { generation } => self.uploaded(generation),
            Event::UploadFailed { generation, failure } => self.upload_failed(generation, failure),
            Event::VerifyDone { generation, judgement, flaw } => self.verify_done(generation, judgement, flaw),
            Event::VerifyFailed { generation, failure } => self.verify_failed(generation, failure),
            Event::Online => self.online(),
            Event::Offline => self.offline(),
            Event::Hidden => self.hidden(),
            Event::Visible => self.visible(),
            Event::PageLeft => self.page_left(),
            Event::ConfigChanged { customer, camera } => self.config_changed(customer, camera),
            Event::ConfigRefused => self.config_refused(),
        }
    }

    fn tick(&mut self, timer: Timer, generation: Generation) {
        if !self.state.needs_timer(timer, generation) {
            return;
        }
        self.cancel_timer(timer);
        match timer {
            Timer::CameraSlow => self.camera_slow_tick(),
            Timer::AutoCapture => self.auto_capture_tick(),
            Timer::Shutter => self.shutter_tick(),
            Timer::OtherWay => self.offer_other_way(),
            Timer::Challenge => self.challenge_tick(),
            Timer::Away => self.away_tick(),
            Timer::Countdown => self.countdown_tick(),
            Timer::LinkLife => self.link_life_tick(),
            Timer::Stall => self.stall_tick(),
            Timer::Retry => self.retry_tick(),
            Timer::Verdict => self.verdict_tick(),
        }
    }

    fn cancel(&mut self) {
        self.tear_down();
        self.effect(Effect::Emit(Notice::Cancelled));
        self.effect(Effect::Focus);
    }

    /// Ends the attempt: the page goes on with the person.
    fn leave_for_other_way(&mut self) {
        let state = self.state.screen.name();
        self.tear_down();
        self.effect(Effect::Emit(Notice::OtherWay { state }));
        self.effect(Effect::Focus);
    }

    /// Ends the attempt where a new start would fail in the same way: the failure stays, without a way to the start.
    fn close(&mut self) {
        if let Screen::Failed { error, .. } = self.state.screen {
            self.tear_down();
            self.state.screen = Screen::Failed { error, photo: None };
            self.state.closed = true;
            self.effect(Effect::Emit(Notice::Cancelled));
            self.effect(Effect::Focus);
        }
    }

    /// On a shared device, the next person may go back to the page as it was: photo and camera are gone by then.
    fn page_left(&mut self) {
        let camera = self.state.camera != CameraState::Closed || self.state.grab.is_some();
        if camera || self.state.screen.photo().is_some() {
            self.tear_down();
        }
    }

    /// A photo taken for one customer is never sent for another one.
    fn config_changed(&mut self, customer: bool, camera: bool) {
        let refused = matches!(self.state.screen, Screen::Failed { error: ErrorCode::Config, .. });
        if customer || refused {
            self.tear_down();
        } else {
            self.capture_setting_changed();
            if camera {
                self.camera_setting_changed();
            }
        }
    }

    fn config_refused(&mut self) {
        self.tear_down();
        self.fail(ErrorCode::Config, None);
    }
}
