//! Effects for the camera and its frames.

use crate::adapter::camera::{Camera, Device, FreezeWatch};
use crate::adapter::luminance::Sampler;
use crate::adapter::photo;
use crate::adapter::task::Task;
use crate::adapter::vision::{FrameLoop, VisionUnavailable};
use crate::flow::{CameraChoice, ErrorCode, Event, Generation};

use super::handles::{Context, Handles};

pub(super) fn open(handles: &Handles, generation: Generation, choice: CameraChoice, context: Context<'_>) {
    let Some(video) = handles.video.clone() else {
        handles.send(Event::CameraFailed { generation, error: ErrorCode::CameraUnsupported });
        return;
    };
    if !photo::can_photograph() {
        handles.send(Event::CameraFailed { generation, error: ErrorCode::PhotoAltered });
        return;
    }
    let mut resources = handles.resources();
    // A device may be busy while another stream of this page uses it.
    resources.close_camera();
    // The worker loads while the browser asks the person.
    resources.load_vision(context.vision);
    let last_device = resources.last_device();
    let named = context.config.device.clone().filter(|_| matches!(choice, CameraChoice::Named(_)));
    let (told, opened, listed) = (handles.clone(), handles.clone(), handles.clone());
    // Dropping this task drops a camera that is about to open.
    let task = Task::spawn(async move {
        let tell = move |ended| {
            told.send(if ended { Event::CameraEnded { generation } } else { Event::CameraNeedsTap { generation } });
        };
        let on_listed = move |devices: Vec<Device>, tried| {
            let cameras = u8::try_from(devices.len()).unwrap_or(u8::MAX);
            listed.resources().keep_devices(devices, tried);
            listed.send(Event::CamerasListed { generation, cameras });
        };
        match Camera::open(choice, named.or(last_device), video, tell, on_listed).await {
            Ok(camera) => {
                let info = camera.info();
                opened.resources().keep_camera(generation, camera);
                opened.send(Event::CameraOpened { generation, info });
            }
            Err(error) => opened.send(Event::CameraFailed { generation, error }),
        }
    });
    resources.keep_opening(generation, task);
}

pub(super) fn measure(handles: &Handles, generation: Generation) {
    let Some(video) = handles.video.clone() else { return };
    let (send, shown) = (handles.callbacks.send.clone(), video.clone());
    // What is read from a spoiled frame says nothing about it.
    let sampler = if photo::is_spoiled() {
        None
    } else {
        Sampler::start(video, move |luminance| send.emit(Event::FrameMeasured { generation, luminance }))
    };
    let send = handles.callbacks.send.clone();
    let watch = FreezeWatch::start(&shown, move |frozen| {
        send.emit(if frozen { Event::CameraFroze { generation } } else { Event::CameraThawed { generation } });
    });
    let mut resources = handles.resources();
    if let Some(sampler) = sampler {
        resources.keep_sampler(generation, sampler);
    }
    resources.keep_freeze_watch(generation, watch);
}

pub(super) fn analyse(handles: &Handles, generation: Generation, context: Context<'_>) {
    let Some(video) = handles.video.clone() else { return };
    if photo::is_spoiled() {
        handles.send(Event::VisionUnavailable { generation, cause: "the browser changes pixels".into() });
        return;
    }
    let send = handles.callbacks.send.clone();
    let mut resources = handles.resources();
    let frame_loop = FrameLoop::start(resources.vision(context.vision), video, move |seen| {
        send.emit(match seen {
            Ok((report, at)) => Event::FrameAnalysed { generation, report: Box::new(report), at },
            Err(VisionUnavailable { cause }) => Event::VisionUnavailable { generation, cause },
        });
    });
    resources.keep_frame_loop(generation, frame_loop);
}
