//! Makes photos: of the camera's frame, of a file, or of a photo that is too large.

use wasm_bindgen_futures::spawn_local;

use crate::adapter::photo::{self, Still};
use crate::adapter::vision::Looker;
use crate::flow::{Event, Generation, GrabFailure, Source};

use super::handles::{Context, Handles};

pub(super) fn grab(handles: &Handles, generation: Generation, source: Source, context: Context<'_>) {
    let handles = handles.clone();
    let is_new = !matches!(source, Source::Photo(_));
    // What was good enough to be sent is not looked at again when it is made smaller.
    let looker = is_new.then(|| handles.vault().vision(context.vision).looker());
    spawn_local(async move {
        // The page is asked in a task of its own, when no borrow of the widget is held.
        let made = if is_new && !handles.wires.may_capture.emit(()) {
            Err(GrabFailure::Prevented)
        } else {
            still(&handles, source, looker.as_ref()).await
        };
        handles.send(match made {
            Ok(still) => {
                let report = match &looker {
                    Some(looker) => looker.look_at(&still.blob).await.map(Box::new),
                    None => None,
                };
                let photo = handles.vault().keep_photo(generation, still);
                Event::PhotoReady { generation, photo, report }
            }
            Err(failure) => Event::GrabFailed { generation, failure },
        });
    });
}

async fn still(handles: &Handles, source: Source, looker: Option<&Looker>) -> Result<Still, GrabFailure> {
    match source {
        Source::Camera | Source::Burst => {
            let video = handles.video.as_ref().ok_or(GrabFailure::Frame)?;
            match looker.filter(|_| source == Source::Burst) {
                Some(looker) => photo::burst(video, looker).await,
                None => photo::from_video(video).await,
            }
        }
        Source::File(file) => {
            let file = handles.vault().take_file(file).ok_or(GrabFailure::Unreadable)?;
            photo::from_file(&file).await
        }
        Source::Photo(photo) => {
            let photo = handles.vault().photo(photo).cloned().ok_or(GrabFailure::Frame)?;
            photo::smaller(&photo).await
        }
    }
}
