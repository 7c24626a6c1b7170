//! Shows a failure: what happened, what it means, and a button for each next step.

use yew::Html;

use crate::flow::{ErrorCode, Event, NextStep, Photo};
use crate::text::{Browser, Message};

use super::element::{element, when};
use super::file::{FileLook, file_button};
use super::icon::{Icon, icon};
use super::scene::{Scene, Weight};

pub(super) fn failed(scene: &Scene, error: ErrorCode, photo: Option<Photo>) -> Html {
    let text = scene.text.error(error);
    let retryable = error.retryable(scene.takes_files());
    let kept = photo.filter(|_| error.offers(NextStep::Resubmit));
    let warning = icon(Icon::Warning);
    let picture = match kept {
        Some(photo) => element("div", &[("class", "thumb warn")]).child(scene.photo(photo, "face")).child(warning),
        None => element("span", &[("class", "badge warn"), ("part", "badge")]).child(warning),
    };
    let mut actions = element("div", &[("class", "actions")]);
    for button in buttons(scene, error) {
        actions = actions.child(button);
    }
    let actions = actions
        .child(scene.button(Weight::Secondary, Message::UsePhone, Event::UsePhone))
        .child(scene.other_way(Weight::Secondary))
        .child(way_out(scene, error))
        .child(scene.code(error));
    scene
        .section("failed")
        .child(picture)
        .child(scene.title(text.title))
        .child(scene.body(body(scene, error)))
        .child(element("slot", &[("name", "failed")]))
        .child(element("slot", &[("name", "help")]).child(help(scene, error)))
        .child(when(kept.is_some(), || scene.note(Icon::Tick, scene.say(Message::PhotoKept))))
        .child(when(error.offers(NextStep::AskSite) || !retryable, || {
            scene.paragraph(if retryable { Message::AskSiteAgain } else { Message::AskSite })
        }))
        .child(actions)
        .into()
}

/// Returns what the failure means. A page may not take files.
fn body(scene: &Scene, error: ErrorCode) -> String {
    use ErrorCode::{
        CameraBlocked, CameraInsecurePage, CameraNotFound, CameraUnsupported, PhotoAltered, PhotoUnusable,
    };
    let body = scene.text.error(error).body;
    let file = [CameraBlocked, CameraInsecurePage, CameraNotFound, CameraUnsupported, PhotoAltered, PhotoUnusable];
    if scene.takes_files() && file.contains(&error) {
        [body, " ", scene.say(Message::AlsoChoosePhoto)].concat()
    } else {
        body.to_owned()
    }
}

/// Returns the help for this browser.
fn help(scene: &Scene, error: ErrorCode) -> Html {
    let browser = scene.view.browser;
    let help = match error {
        ErrorCode::CameraDenied => scene.text.allow_camera(browser),
        ErrorCode::CameraBlocked | ErrorCode::CameraUnsupported | ErrorCode::CameraFailed
            if browser == Browser::InApp =>
        {
            scene.say(Message::OpenInBrowser)
        }
        _ => return Html::default(),
    };
    element("div", &[]).set("id", scene.id("-help")).child(scene.note(Icon::Help, help)).into()
}

/// Returns the last button. A failure that only the page's owner can mend has no way to the start, which would lead to
/// the same failure.
fn way_out(scene: &Scene, error: ErrorCode) -> Html {
    if error == ErrorCode::Config {
        Html::default()
    } else if error.retryable(scene.takes_files()) {
        scene.button(Weight::Quiet, Message::Cancel, Event::Cancel)
    } else if scene.view.state.closed {
        element("p", &[("class", "small")]).say(scene.say(Message::Closed)).into()
    } else {
        scene.button(Weight::Secondary, Message::Close, Event::Close)
    }
}

/// Returns a button for each next step; the first one has the most weight.
fn buttons(scene: &Scene, error: ErrorCode) -> Vec<Html> {
    let file = matches!(error, ErrorCode::FileNotImage | ErrorCode::FileTooLarge | ErrorCode::FileUnreadable);
    let camera_app = scene.view.browser.has_camera_app() && !file && error != ErrorCode::CameraNotFound;
    let mut buttons = Vec::new();
    for step in error.next_steps() {
        let weight = if buttons.is_empty() { Weight::Primary } else { Weight::Secondary };
        match step {
            NextStep::RetryCamera => {
                let label = if file { Message::UseCamera } else { Message::RetryCamera };
                buttons.push(scene.button(weight, label, Event::Retry));
                buttons.push(scene.button(Weight::Secondary, Message::SwitchCamera, Event::SwitchCamera));
            }
            NextStep::PickFile if !scene.takes_files() => {}
            NextStep::PickFile => {
                if camera_app {
                    buttons.push(file_button(scene, FileLook::CameraApp(weight), Message::CameraApp));
                }
                let weight = if buttons.is_empty() { Weight::Primary } else { Weight::Secondary };
                let label = if file { Message::ChooseAnother } else { Message::ChoosePhoto };
                buttons.push(file_button(scene, FileLook::Button(weight), label));
            }
            NextStep::Retake => buttons.push(scene.button(weight, Message::TakeAnother, Event::Retake)),
            NextStep::Resubmit => buttons.push(scene.button(weight, Message::SendAgain, Event::Retry)),
            NextStep::AskSite => {}
        }
    }
    buttons
}
