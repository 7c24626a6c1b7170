//! What the consent screen says about the host.

use akiba_selfie::flow::Screen;
use akiba_selfie::text::Text;
use akiba_selfie::ui::View;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::mounted::{Mounted, view};

/// Returns English texts with what a page says about the host.
pub(crate) fn with_facts(state: &str, facts: [&str; 6]) -> Text {
    const KEYS: &str = include_str!("../../www/keys.js");
    let version = KEYS.split("VERSION = '").nth(1).unwrap().split('\'').next().unwrap();
    let [name, purpose, retention, controller, privacy, terms] = facts;
    let lines = [version, "zu", "ltr", state, "bank-7", "0a", name, purpose, retention, controller, privacy, terms];
    Text::of(&lines.join("\n"))
}

#[wasm_bindgen_test]
async fn the_consent_names_the_host_and_links_to_its_notices() {
    let facts = ["Example Bank", "To open your account.", "30 days", "", "https://bank.example/privacy", ""];
    let mut mounted = Mounted::new(view(Screen::Consent)).await;
    let terms = |mounted: &Mounted| mounted.all("dt").iter().map(text).collect::<Vec<_>>();
    assert_eq!(terms(&mounted), ["What we take", "Why", "Where it goes"]);
    assert!(mounted.all("a").is_empty());
    mounted.show(View { text: with_facts("reviewed", facts), ..view(Screen::Consent) }).await;
    assert_eq!(terms(&mounted), ["Who asks", "What we take", "Why", "Where it goes", "How long it is kept"]);
    for fact in &facts[..3] {
        assert!(mounted.text().contains(fact), "{fact}");
    }
    assert!(!mounted.text().contains("To compare your face"), "the page's purpose replaces the package's");
    let [link] = mounted.all("a").try_into().unwrap();
    assert_eq!((text(&link).as_str(), link.get_attribute("href").as_deref()), ("Privacy notice", Some(facts[4])));
    // Beside a translation, both say the same about the host.
    mounted.show(View { text: with_facts("", facts), ..view(Screen::Consent) }).await;
    assert_eq!(mounted.text().matches("Example Bank").count(), 2);
}

fn text(element: &Element) -> String {
    element.text_content().unwrap_or_default()
}
