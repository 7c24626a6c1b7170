//! The screen after every event in every state.

use akiba_protocol::UploadFailure;
use akiba_selfie::flow::{ErrorCode, Event, FileId, Generation, GrabFailure, LinkId, RelayFailure, Timer};

use crate::faces::good;
use crate::play::{CAMERA, Place, Play, STALE, judgement, lit, photo};

/// One column for each [`Place`], one row for each event. A dot keeps the screen. The events answer the requests in
/// flight.
const TABLE: &str = "
                 idle    consent  starting framing  countdown grabbing review   linking  uploading verifying done    rejected failedup failedcam handoff
Start            consent .        .        .        .         .        .        .        .         .         consent consent  .        .         .
Consented        .       starting .        .        .         .        .        .        .         .         .       .        .        .         .
Shutter          .       .        .        grabbing grabbing  .        .        .        .         .         .       .        .        .         .
Retake           .       .        .        .        .         .        starting .        .         .         .       starting .        .         .
Accept           .       .        .        .        .         .        submitting .      .         .         .       .        submitting .       .
Retry            .       .        .        .        .         .        .        .        .         .         .       .        submitting starting consent
SwitchCamera     .       .        .        starting starting  .        .        .        .         .         .       .        .        .         .
Choosing         .       .        .        .        framing   .        .        .        .         .         .       .        .        .         .
ChoseNone        .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
FilePicked       .       .        grabbing grabbing grabbing  .        .        .        .         .         .       .        .        grabbing  .
SkipChallenge    .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
OtherWay         .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
UsePhone         .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
ByHand           .       .        .        .        framing   .        .        .        .         .         .       .        .        .         .
Cancel           .       idle     idle     idle     idle      idle     idle     idle     idle      idle      .       .        idle     idle      idle
Close            .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Reset            .       idle     idle     idle     idle      idle     idle     idle     idle      idle      idle    idle     idle     idle      idle
CameraOpened     .       .        framing  .        .         .        .        .        .         .         .       .        .        .         .
CamerasListed    .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
CameraFailed     .       .        failed   .        .         .        .        .        .         .         .       .        .        .         .
CameraEnded      .       .        .        failed   failed    .        .        .        .         .         .       .        .        .         .
CameraFroze      .       .        .        starting starting  .        .        .        .         .         .       .        .        .         .
CameraThawed     .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
FrameDrawn       .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Away             .       .        .        starting .         .        .        .        .         .         .       .        .        .         .
PageLeft         .       .        idle     idle     idle      idle     idle     idle     idle      idle      .       .        idle     .         .
Frame            .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Seen             .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
VisionUnavailable            .       .        .        .        .         .        .        .        .         .         .       .        .        .       .
Drawn            .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
CameraSlow       .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
AutoCapture      .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
ShutterTimer     .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
ChallengeTimer   .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
OtherWayTimer    .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
CountdownTick    .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
LinkLife         .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Stall            .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
RetryTick        .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
PhotoReady       .       .        .        .        .         review   .        .        .         .         .       .        .        .         .
GrabFailed       .       .        .        .        .         failed   .        .        .         .         .       .        .        .         .
LinkReady        .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
LinkFailed       .       .        .        failed   failed    failed   failed   failed   .         .         .       .        .        .         .
UploadProgress   .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Uploaded         .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
UploadFailed     .       .        .        .        .         .        .        .        failed    .         .       .        .        .         .
VerifyDone       .       .        .        .        .         .        .        .        .         done      .       .        .        .         done
VerifyFailed     .       .        .        .        .         .        .        .        .         failed    .       .        .        .         .
Online           .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Offline          .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
Hidden           .       .        .        starting starting  .        .        .        .         .         .       .        .        .         .
Visible          .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
SameCustomer     .       .        .        .        .         .        .        .        .         .         .       .        .        .         .
OtherCustomer    .       idle     idle     idle     idle      idle     idle     idle     idle      idle      idle    idle     idle     idle      idle
ConfigRefused    failed  failed   failed   failed   failed    failed   failed   failed   failed    failed    failed  failed   .        .         failed
Disconnected     .       idle     idle     idle     idle      idle     idle     idle     idle      idle      idle    idle     idle     idle      idle
";

fn seen(generation: Generation) -> Event {
    Event::FrameAnalysed { generation, report: Box::new(good()), at: 0.0 }
}

/// The event of a row, as an answer to the requests that `play` has in flight.
fn event(name: &str, play: &Play) -> Event {
    let camera = play.camera_generation();
    let grab = play.state.grab.unwrap_or(STALE);
    let link = play.link_generation();
    let upload = play.state.upload().unwrap_or(STALE);
    let verify = play.state.verify().unwrap_or(STALE);
    let tick = |timer| Event::Tick { timer, generation: play.timer(timer).unwrap_or(STALE) };
    match name {
        "Start" => Event::Start,
        "Consented" => Event::Consented,
        "Shutter" => Event::Shutter,
        "Retake" => Event::Retake,
        "Accept" => Event::Accept,
        "Retry" => Event::Retry,
        "SwitchCamera" => Event::SwitchCamera,
        "Choosing" => Event::Choosing,
        "ChoseNone" => Event::ChoseNone,
        "FilePicked" => Event::FilePicked(FileId(1)),
        "OtherWay" => Event::OtherWay,
        "UsePhone" => Event::UsePhone,
        "Cancel" => Event::Cancel,
        "Close" => Event::Close,
        "Reset" => Event::Reset,
        "CameraOpened" => Event::CameraOpened { generation: camera, info: CAMERA },
        "CamerasListed" => Event::CamerasListed { generation: camera, cameras: 2 },
        "CameraFailed" => Event::CameraFailed { generation: camera, error: ErrorCode::CameraInUse },
        "CameraEnded" => Event::CameraEnded { generation: camera },
        "CameraFroze" => Event::CameraFroze { generation: camera },
        "CameraThawed" => Event::CameraThawed { generation: camera },
        "FrameDrawn" => Event::FrameDrawn { generation: grab },
        "Away" => tick(Timer::Away),
        "PageLeft" => Event::PageLeft,
        "Frame" => Event::FrameMeasured { generation: camera, luminance: lit() },
        "Seen" => seen(camera),
        "VisionUnavailable" => Event::VisionUnavailable { generation: camera, cause: "late".into() },
        "Drawn" => Event::SeedDrawn { generation: STALE, seed: 1 },
        "SkipChallenge" => Event::SkipChallenge,
        "ByHand" => Event::ByHand,
        "ShutterTimer" => tick(Timer::Shutter),
        "ChallengeTimer" => tick(Timer::Challenge),
        "CameraSlow" => tick(Timer::CameraSlow),
        "AutoCapture" => tick(Timer::AutoCapture),
        "OtherWayTimer" => tick(Timer::OtherWay),
        "CountdownTick" => tick(Timer::Countdown),
        "LinkLife" => tick(Timer::LinkLife),
        "Stall" => tick(Timer::Stall),
        "RetryTick" => tick(Timer::Retry),
        "PhotoReady" => Event::PhotoReady { generation: grab, photo: photo(2), report: None },
        "GrabFailed" => Event::GrabFailed { generation: grab, failure: GrabFailure::Frame },
        "LinkReady" => Event::LinkReady { generation: link, link: LinkId(2), life: None },
        "LinkFailed" => Event::LinkFailed { generation: link, failure: RelayFailure::Refused },
        "UploadProgress" => Event::UploadProgress { generation: upload, sent: 1, total: 2 },
        "Uploaded" => Event::Uploaded { generation: upload },
        "UploadFailed" => Event::UploadFailed { generation: upload, failure: UploadFailure::Refused },
        "VerifyDone" => Event::VerifyDone { generation: verify, judgement: judgement("success"), flaw: None },
        "VerifyFailed" => Event::VerifyFailed { generation: verify, failure: RelayFailure::Refused },
        "Online" => Event::Online,
        "Offline" => Event::Offline,
        "Hidden" => Event::Hidden,
        "Visible" => Event::Visible,
        "SameCustomer" => Event::ConfigChanged { customer: false, camera: false },
        "OtherCustomer" => Event::ConfigChanged { customer: true, camera: false },
        "ConfigRefused" => Event::ConfigRefused,
        "Disconnected" => Event::Disconnected,
        other => panic!("no event {other}"),
    }
}

#[test]
fn every_event_in_every_state() {
    let rows: Vec<Vec<&str>> =
        TABLE.lines().map(|line| line.split_whitespace().collect()).filter(|row: &Vec<&str>| row.len() > 1).collect();
    let mut cells = 0;
    for row in &rows[1..] {
        assert_eq!(row.len(), Place::ALL.len() + 1, "row {}", row[0]);
        for (place, wanted) in Place::ALL.into_iter().zip(&row[1..]) {
            let mut play = Play::at(place);
            let before = play.name().as_str();
            let event = event(row[0], &play);
            play.send(event);
            let wanted = if *wanted == "." { before } else { wanted };
            assert_eq!(play.name().as_str(), wanted, "{} in {place:?}", row[0]);
            cells += 1;
        }
    }
    assert_eq!(cells, 56 * 15);
}

#[test]
fn a_stale_answer_changes_nothing_in_any_state() {
    let answers = [
        Event::CameraOpened { generation: STALE, info: CAMERA },
        Event::CameraFailed { generation: STALE, error: ErrorCode::CameraInUse },
        Event::CameraEnded { generation: STALE },
        Event::FrameMeasured { generation: STALE, luminance: lit() },
        seen(STALE),
        Event::VisionUnavailable { generation: STALE, cause: "late".into() },
        Event::SeedDrawn { generation: STALE, seed: 1 },
        Event::PhotoReady { generation: STALE, photo: photo(2), report: None },
        Event::GrabFailed { generation: STALE, failure: GrabFailure::Frame },
        Event::LinkReady { generation: STALE, link: LinkId(2), life: None },
        Event::LinkFailed { generation: STALE, failure: RelayFailure::Refused },
        Event::UploadProgress { generation: STALE, sent: 1, total: 2 },
        Event::Uploaded { generation: STALE },
        Event::UploadFailed { generation: STALE, failure: UploadFailure::Refused },
        Event::VerifyDone { generation: STALE, judgement: judgement("success"), flaw: None },
        Event::VerifyFailed { generation: STALE, failure: RelayFailure::Refused },
    ];
    let ticks = Timer::ALL.map(|timer| Event::Tick { timer, generation: STALE });
    for place in Place::ALL {
        for event in answers.iter().chain(&ticks) {
            let mut play = Play::at(place);
            let before = play.state.clone();
            play.send(event.clone());
            assert_eq!(play.state, before, "{event:?} in {place:?}");
            assert!(play.effects.is_empty(), "{event:?} in {place:?}");
        }
    }
}
