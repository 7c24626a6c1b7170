//! A page in Yew that takes a selfie and goes on with the verdict.

use akiba_selfie::{AkibaSelfie, Options, PageEvent, VisionSource};
use yew::prelude::*;

/// The page.
#[component]
fn Onboarding() -> Html {
    let outcome = use_state(|| None);
    let on_event = {
        let outcome = outcome.clone();
        Callback::from(move |event: PageEvent| match event {
            PageEvent::Verified(..) => outcome.set(Some("verified")),
            PageEvent::Rejected(..) => outcome.set(Some("rejected")),
            _ => {}
        })
    };
    let options =
        Options { relay: Some("/".to_owned()), identifier: Some("0000000000001".to_owned()), ..Options::default() };
    let vision = VisionSource::Urls { worker: "/vision/worker.js".into(), wasm: "/vision/akiba-vision.wasm".into() };
    html! {
        <main>
            <AkibaSelfie {options} {vision} {on_event} />
            if let Some(outcome) = *outcome {
                <p id="outcome">{ outcome }</p>
            }
        </main>
    }
}

fn main() {
    yew::Renderer::<Onboarding>::new().render();
}
