//! Detects the browser ([`Browser`]), for the help with its camera permission only. Nothing else may depend on it:
//! detect features by asking the browser.

use akiba_protocol::search::contains;

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
    /// Chrome or another browser app on an iPhone or iPad: the system's settings decide.
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
    /// Any other browser.
    #[default]
    Other,
}

/// Marks that apps with a built-in browser add to the user agent. `; wv)` is Android's own mark of a WebView.
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
/// Browser apps other than Safari on iPhones and iPads.
const IOS_APPS: [&str; 7] = ["CriOS/", "FxiOS/", "EdgiOS/", "OPiOS/", "OPT/", "GSA/", "DuckDuckGo/"];
/// Browsers that also name Chrome but have other menus.
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

    /// Detects the browser by `navigator.userAgent` and `navigator.maxTouchPoints`. The latter distinguishes an iPad,
    /// which calls itself a Macintosh, from a Mac, which has no touch screen.
    #[must_use]
    pub fn of(user_agent: &str, touch_points: i32) -> Self {
        let has = |mark: &str| contains(user_agent, mark);
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
                // A WKWebView omits Safari's name.
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

    /// Whether it runs on a phone or tablet, where the camera app can take a photo for a page.
    #[must_use]
    pub fn has_camera_app(self) -> bool {
        matches!(
            self,
            Self::ChromeAndroid | Self::SamsungInternet | Self::FirefoxAndroid | Self::SafariIos | Self::ChromeIos
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Browser::{self, *};

    /// Real user agents, their touch points, and the expected browser.
    const TABLE: [(&str, i32, Browser); 25] = [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
            5,
            ChromeAndroid,
        ),
        (
            "Mozilla/5.0 (Linux; Android 8.1.0; TECNO KA7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.5414.118 Mobile Safari/537.36",
            2,
            ChromeAndroid,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
            5,
            SamsungInternet,
        ),
        ("Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0", 5, FirefoxAndroid),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
            5,
            SafariIos,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
            5,
            SafariIos,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1",
            5,
            ChromeIos,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 14_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15",
            5,
            ChromeIos,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/130.0.2849.80 Mobile/15E148 Safari/605.1.15",
            5,
            ChromeIos,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131 Version/11.1.1 Safari/605.1.15",
            5,
            ChromeIos,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
            0,
            SafariMac,
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            0,
            ChromeDesktop,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            10,
            ChromeDesktop,
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.70",
            0,
            EdgeDesktop,
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", 0, FirefoxDesktop),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.7; rv:133.0) Gecko/20100101 Firefox/133.0", 0, FirefoxDesktop),
        (
            "Mozilla/5.0 (Linux; Android 13; SM-A135F Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/490.0.0.63.82;]",
            5,
            InApp,
        ),
        (
            "Mozilla/5.0 (Linux; Android 11; Infinix X657B Build/RP1A.200720.011; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.6099.230 Mobile Safari/537.36",
            5,
            InApp,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5)",
            5,
            InApp,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/430.0.0.36.110;]",
            5,
            InApp,
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
            5,
            InApp,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36 OPR/84.0.0.0",
            5,
            Other,
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; HUAWEI Y9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.5735.196 HuaweiBrowser/15.0.4.312 Mobile Safari/537.36",
            5,
            Other,
        ),
        ("Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16", 0, Other),
        ("", 0, Other),
    ];

    #[test]
    fn user_agents_are_distinguished() {
        for (user_agent, touch_points, browser) in TABLE {
            assert_eq!(Browser::of(user_agent, touch_points), browser, "{user_agent}");
        }
    }

    #[test]
    fn every_browser_is_in_the_table() {
        for browser in Browser::ALL {
            assert!(TABLE.iter().any(|(.., found)| *found == browser), "{browser:?}");
        }
    }

    #[test]
    fn only_phones_and_tablets_have_a_camera_app() {
        for browser in [ChromeDesktop, EdgeDesktop, FirefoxDesktop, SafariMac, InApp, Other] {
            assert!(!browser.has_camera_app(), "{browser:?}");
        }
        for browser in [ChromeAndroid, SamsungInternet, FirefoxAndroid, SafariIos, ChromeIos] {
            assert!(browser.has_camera_app(), "{browser:?}");
        }
    }
}
