//! Explains invalid settings: a readable message instead of the widget.

use yew::prelude::*;

use crate::config::ConfigError;
use crate::flow::ErrorCode;
use crate::text::Message;

use super::icon::{Icon, icon};
use super::scene::Scene;

pub(super) fn invalid_settings(scene: &Scene, error: ConfigError) -> Html {
    scene.section(
        "refused",
        html! {
            <>
                <span class="badge warn" part="badge">{ icon(Icon::Warning) }</span>
                { scene.title(scene.say(Message::ConfigTitle)) }
                { scene.body(scene.say(Message::ConfigBody)) }
                <pre class="developer" lang="en" dir="ltr" part="developer">{ error.to_string() }</pre>
                <p class="small code" part="error-code">
                    { scene.say(Message::CodeLabel) }{ " " }<code>{ ErrorCode::Config.as_str() }</code>
                </p>
            </>
        },
    )
}
