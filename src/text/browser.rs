//! Which browser this is ([`Browser`]), as far as its way to the camera's switch goes. Nothing else may depend on it:
//! what a browser can do is asked of the browser.

/// A browser with its own way to allow the camera.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Browser {
    /// Chrome on Android.
    ChromeAndroid,
    /// Samsung Internet.
    SamsungInternet,
    /// Firefox on Android.
    FirefoxAndroid,
    /// Safari on an iPhone or iPad.
    SafariIos,
    /// Chrome, or another browser app, on an iPhone or iPad: the system's settings decide.
    ChromeIos,
    /// Chrome or Chromium on a computer.
    ChromeDesktop,
    /// Edge on a computer.
    EdgeDesktop,
    /// Firefox on a computer.
    FirefoxDesktop,
    /// Safari on a Mac.
    SafariMac,
    /// The page is shown inside another app.
    InApp,
    /// Any other.
    #[default]
    Other,
}

/// What apps that show pages inside themselves add to the user agent. `; wv)` is Android's own mark of a WebView.
const APPS: [&str; 13] = [
    "; wv)",
    "FBAN/",
    "FBAV/",
    "FB_IAB/",
    "Instagram ",
    "WhatsApp/",
    " Line/",
    "Snapchat",
    "LinkedInApp",
    "MicroMessenger",
    "BytedanceWebview",
    "musical_ly",
    "Twitter for",
];
/// Browser apps of iPhones and iPads beside Safari.
const IOS_APPS: [&str; 7] = ["CriOS/", "FxiOS/", "EdgiOS/", "OPiOS/", "OPT/", "GSA/", "DuckDuckGo/"];
/// Browsers that name Chrome too, and have other menus.
const CHROME_LIKE: [&str; 9] =
    ["OPR/", "OPX/", "Opera Mini", "UCBrowser/", "EdgA/", "HuaweiBrowser/", "MiuiBrowser/", "PHX/", "YaBrowser/"];

impl Browser {
    /// Every browser.
    pub const ALL: [Self; 11] = [
        Self::ChromeAndroid,
        Self::SamsungInternet,
        Self::FirefoxAndroid,
        Self::SafariIos,
        Self::ChromeIos,
        Self::ChromeDesktop,
        Self::EdgeDesktop,
        Self::FirefoxDesktop,
        Self::SafariMac,
        Self::InApp,
        Self::Other,
    ];

    /// The browser by what `navigator.userAgent` and `navigator.maxTouchPoints` say. The latter tells an iPad, which
    /// calls itself a Macintosh, from a Mac, which has no touch screen.
    #[must_use]
    pub fn of(user_agent: &str, touch_points: i32) -> Self {
        let has = |mark: &str| user_agent.contains(mark);
        let any = |marks: &[&str]| marks.iter().any(|mark| has(mark));
        let ios = any(&["iPhone", "iPad", "iPod"]) || (has("Macintosh") && touch_points > 1);
        if any(&APPS) {
            Self::InApp
        } else if ios {
            if any(&IOS_APPS) {
                Self::ChromeIos
            } else if has("Safari/") {
                Self::SafariIos
            } else {
                // A WKWebView leaves out Safari's name.
                Self::InApp
            }
        } else if has("SamsungBrowser/") {
            Self::SamsungInternet
        } else if any(&CHROME_LIKE) {
            Self::Other
        } else if has("Firefox/") {
            if has("Android") { Self::FirefoxAndroid } else { Self::FirefoxDesktop }
        } else if has("Edg/") {
            Self::EdgeDesktop
        } else if has("Chrome/") {
            if has("Android") { Self::ChromeAndroid } else { Self::ChromeDesktop }
        } else if has("Macintosh") && has("Safari/") {
            Self::SafariMac
        } else {
            Self::Other
        }
    }

    /// Whether it runs on a phone or tablet, whose own camera app can take a photo for a page.
    #[must_use]
    pub fn has_camera_app(self) -> bool {
        matches!(
            self,
            Self::ChromeAndroid | Self::SamsungInternet | Self::FirefoxAndroid | Self::SafariIos | Self::ChromeIos
        )
    }
}
