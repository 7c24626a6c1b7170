//! Explains invalid settings: a readable message instead of the widget.

use yew::Html;

use crate::config::ConfigError;
use crate::flow::ErrorCode;
use crate::text::Message;

use super::element::{element, text};
use super::icon::{Icon, icon};
use super::scene::Scene;

pub(super) fn invalid_settings(scene: &Scene, error: ConfigError) -> Html {
    let developer = &[("class", "developer"), ("lang", "en"), ("dir", "ltr"), ("part", "developer")];
    scene
        .section("refused")
        .child(element("span", &[("class", "badge warn"), ("part", "badge")]).child(icon(Icon::Warning)))
        .child(scene.title(scene.say(Message::ConfigTitle)))
        .child(scene.body(scene.say(Message::ConfigBody)))
        .child(element("pre", developer).child(text(error.to_string())))
        .child(scene.code(ErrorCode::Config))
        .into()
}
