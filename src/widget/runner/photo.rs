//! Makes photos: from the camera's frame, from a file, or from a photo that is too large.

use wasm_bindgen_futures::spawn_local;

use crate::adapter::photo::{self, EncodedPhoto, Frame};
use crate::adapter::vision::Analyser;
use crate::flow::{Event, Generation, GrabFailure, PhotoSource};

use super::handles::{Context, Handles};

pub(super) fn grab(handles: &Handles, generation: Generation, source: PhotoSource, context: Context<'_>) {
    let handles = handles.clone();
    let is_new = !matches!(source, PhotoSource::Photo(_));
    // A photo that was good enough to send is not analysed again when it is made smaller.
    let analyser = (is_new && !photo::is_spoiled()).then(|| handles.resources().vision(context.vision).analyser());
    spawn_local(async move {
        // The page is asked in a separate task, while no borrow of the widget is held.
        let photo = if is_new && !handles.callbacks.may_capture.emit(()) {
            Err(GrabFailure::Prevented)
        } else {
            make_photo(&handles, generation, source, analyser.as_ref()).await
        };
        handles.send(match photo {
            Ok(photo) => {
                let report = match &analyser {
                    Some(analyser) => analyser.analyse(&photo.blob).await.map(Box::new),
                    None => None,
                };
                let photo = handles.resources().keep_photo(generation, photo);
                Event::PhotoReady { generation, photo, report }
            }
            Err(failure) => Event::GrabFailed { generation, failure },
        });
    });
}

async fn make_photo(
    handles: &Handles,
    generation: Generation,
    source: PhotoSource,
    analyser: Option<&Analyser>,
) -> Result<EncodedPhoto, GrabFailure> {
    match source {
        PhotoSource::Camera | PhotoSource::Burst => {
            let video = handles.video.as_ref().ok_or(GrabFailure::Frame)?;
            if photo::is_spoiled() {
                let photo = photo::from_still_camera(video).await;
                handles.send(Event::FrameDrawn { generation });
                return photo;
            }
            let frame = Frame::of(video, analyser.filter(|_| source == PhotoSource::Burst)).await?;
            handles.send(Event::FrameDrawn { generation });
            frame.photo().await
        }
        PhotoSource::File(file) => {
            let file = handles.resources().take_file(file).ok_or(GrabFailure::Unreadable)?;
            photo::from_file(&file).await
        }
        PhotoSource::Photo(photo) => {
            let photo = handles.resources().photo(photo).cloned().ok_or(GrabFailure::Frame)?;
            photo::smaller(&photo).await
        }
    }
}
