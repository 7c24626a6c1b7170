//! The camera, and what is made of its frames.

use crate::adapter::camera::{Camera, preview};
use crate::adapter::luminance::Sampler;
use crate::adapter::task::Task;
use crate::adapter::vision::{Blind, Pump};
use crate::flow::{CameraChoice, ErrorCode, Event, Generation};

use super::handles::{Context, Handles};

pub(super) fn open(handles: &Handles, generation: Generation, choice: CameraChoice, context: Context<'_>) {
    let Some(video) = handles.video.clone() else {
        handles.send(Event::CameraFailed { generation, error: ErrorCode::CameraUnsupported });
        return;
    };
    let mut vault = handles.vault();
    // A device may be busy for as long as another stream of this page uses it.
    vault.close_camera();
    // What looks at the frames is loaded while the browser asks the person.
    vault.vision(context.vision);
    let last_device = vault.last_device();
    let (ended, opened) = (handles.clone(), handles.clone());
    // Dropping this task drops a camera that is about to open.
    let task = Task::spawn(async move {
        let on_ended = move || ended.send(Event::CameraEnded { generation });
        match Camera::open(choice, last_device, video, on_ended).await {
            Ok(camera) => {
                let info = camera.info();
                opened.vault().keep_camera(generation, camera);
                opened.send(Event::CameraOpened { generation, info });
            }
            Err(error) => opened.send(Event::CameraFailed { generation, error }),
        }
    });
    vault.keep_opening(generation, task);
}

pub(super) fn measure(handles: &Handles, generation: Generation) {
    let Some(video) = handles.video.clone() else { return };
    let send = handles.wires.send.clone();
    let sampler = Sampler::start(video, move |quality| send.emit(Event::Frame { generation, quality }));
    if let Some(sampler) = sampler {
        handles.vault().keep_sampler(generation, sampler);
    }
}

pub(super) fn look(handles: &Handles, generation: Generation, context: Context<'_>) {
    let Some(video) = handles.video.clone() else { return };
    let (send, shown) = (handles.wires.send.clone(), video.clone());
    let mut vault = handles.vault();
    let pump = Pump::start(vault.vision(context.vision), video, move |seen| {
        send.emit(match seen {
            Ok((report, at)) => {
                Event::Seen { generation, report: Box::new(report), at, aspect: preview::aspect(&shown) }
            }
            Err(Blind) => Event::Blind { generation },
        });
    });
    vault.keep_pump(generation, pump);
}
