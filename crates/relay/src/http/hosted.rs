//! The page that phones open, for `--hosted-page` ([`HostedPage`]): a frame of HTML around the package's `phone/phone.js`, with the bank's
//! name, logo, theme and language. It loads nothing from others, and its policy forbids inline scripts and styles.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use http::HeaderValue;
use serde::Deserialize;

use super::widget::Widget;
use crate::session::link_host::LinkHost;
use crate::session::settings::HandoffSettings;

/// The module of the package that runs the page.
const SCRIPT: &str = "phone/phone.js";

/// The module's style sheet.
const STYLE: &str = "phone/phone.css";

/// Largest logo and theme, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Why the relay can’t make the page.
#[derive(Debug, thiserror::Error)]
pub enum HostedPageError {
    /// The widget's files are not served.
    #[error("--hosted-page needs --serve-widget: the page loads the widget's files")]
    NoWidget,
    /// The package is older than the page.
    #[error("--hosted-page: the package of --serve-widget has no {0}: use the version that came with this relay")]
    OldPackage(&'static str),
    /// Hand-offs have no address.
    #[error("--hosted-page needs --handoff-page: the address of this relay's /s, as phones reach it")]
    NoAddress,
    /// A file can't be read.
    #[error("--hosted-page: can't read {0}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file is not the settings of the page.
    #[error("--hosted-page: {0}")]
    Malformed(String),
    /// A look is for a key without a name of its own.
    #[error("--hosted-page: [keys.{0}] needs a name of its own: --handoff-name {0}=NAME")]
    NoName(String),
    /// The language is not a tag.
    #[error("--hosted-page: lang must be a language tag such as en or zu")]
    Lang,
    /// The logo is not a picture that browsers show everywhere.
    #[error("--hosted-page: the logo must be an .svg, .png, .webp or .jpg file")]
    Logo,
    /// A file is too large.
    #[error("--hosted-page: {0} is larger than {MAX_BYTES} bytes")]
    TooLarge(PathBuf),
}

/// The settings file of the page. Its paths are relative to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// Whether words that no person has reviewed are used, beside the English ones.
    #[serde(default)]
    allow_unreviewed: bool,
    lang: Option<String>,
    logo: Option<PathBuf>,
    theme: Option<PathBuf>,
    /// The looks of API keys with a name of their own.
    #[serde(default)]
    keys: BTreeMap<String, LookSettings>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LookSettings {
    lang: Option<String>,
    logo: Option<PathBuf>,
    theme: Option<PathBuf>,
}

/// The page in one look, and its files.
pub struct Look {
    /// The HTML.
    pub html: Bytes,
    /// The logo and its media type.
    pub logo: Option<(&'static str, Bytes)>,
    /// The theme: a style sheet.
    pub theme: Option<Bytes>,
}

/// The page in all its looks.
pub struct HostedPage {
    /// Its content security policy.
    pub policy: HeaderValue,
    common: Look,
    /// The looks of API keys with a name of their own.
    keys: BTreeMap<String, Look>,
}

/// Opaque, as the page holds the files of all looks.
impl fmt::Debug for HostedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedPage").finish_non_exhaustive()
    }
}

impl HostedPage {
    /// Reads the settings file and what it names. `names` are those of who asks, and `link_hosts` are where photos go.
    ///
    /// # Errors
    /// [`HostedPageError`].
    pub fn load(
        file: &Path,
        widget: Option<&Widget>,
        names: &HandoffSettings,
        link_hosts: &[LinkHost],
    ) -> Result<Self, HostedPageError> {
        let widget = widget.ok_or(HostedPageError::NoWidget)?;
        let version = widget.version();
        for needed in [SCRIPT, STYLE] {
            if widget.file(&format!("{version}/{needed}")).is_none() {
                return Err(HostedPageError::OldPackage(needed));
            }
        }
        let text = read(file)?;
        let text = String::from_utf8(text).map_err(|error| HostedPageError::Malformed(error.to_string()))?;
        let settings: Settings =
            toml::from_str(&text).map_err(|error| HostedPageError::Malformed(error.message().to_owned()))?;
        let unnamed = settings.keys.keys().find(|key| names.own_name(key).is_none());
        if let Some(key) = unnamed {
            return Err(HostedPageError::NoName(key.clone()));
        }
        let Settings { allow_unreviewed, lang, logo, theme, mut keys } = settings;
        let frame = Frame { version, allow_unreviewed };
        let common = LookSettings { lang, logo, theme };
        let mut looks = BTreeMap::new();
        for name in &names.handoff_name {
            let Some(key) = &name.key else { continue };
            // A key with a name of its own must never show the logo of another bank.
            let own = keys.remove(key).unwrap_or_default();
            let own = LookSettings { lang: own.lang.or_else(|| common.lang.clone()), ..own };
            looks.insert(key.clone(), own.load(file, &frame, &name.name, Some(key))?);
        }
        let common = common.load(file, &frame, names.common_name().unwrap_or_default(), None)?;
        let policy = HeaderValue::try_from(policy(link_hosts)).map_err(|_| HostedPageError::Lang)?;
        Ok(Self { policy, common, keys: looks })
    }

    /// Returns the look of an API key. Without a look of its own, it has the common one.
    #[must_use]
    pub fn look(&self, key: Option<&str>) -> &Look {
        key.and_then(|key| self.keys.get(key)).unwrap_or(&self.common)
    }
}

/// What all looks of the page share.
struct Frame<'a> {
    version: &'a str,
    allow_unreviewed: bool,
}

impl LookSettings {
    fn load(&self, file: &Path, frame: &Frame<'_>, name: &str, key: Option<&str>) -> Result<Look, HostedPageError> {
        let beside = |path: &Path| file.parent().unwrap_or(Path::new("")).join(path);
        let is_tag =
            |lang: &str| !lang.is_empty() && lang.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !self.lang.as_deref().is_none_or(is_tag) {
            return Err(HostedPageError::Lang);
        }
        let logo = self.logo.as_deref().map(|path| {
            let kind = media_type(path).ok_or(HostedPageError::Logo)?;
            Ok::<_, HostedPageError>((kind, Bytes::from(read(&beside(path))?)))
        });
        let theme = self.theme.as_deref().map(|path| read(&beside(path)).map(Bytes::from)).transpose()?;
        let logo = logo.transpose()?;
        let html = html(frame, self.lang.as_deref(), name, key, logo.is_some(), theme.is_some());
        Ok(Look { html: html.into(), logo, theme })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, HostedPageError> {
    let unreadable = |error| HostedPageError::Unreadable(path.to_owned(), error);
    if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_BYTES {
        return Err(HostedPageError::TooLarge(path.to_owned()));
    }
    std::fs::read(path).map_err(unreadable)
}

fn media_type(path: &Path) -> Option<&'static str> {
    match path.extension()?.to_str()? {
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        _ => None,
    }
}

/// Returns the content security policy: scripts, styles and calls of this relay, and photos to the allowed hosts.
fn policy(link_hosts: &[LinkHost]) -> String {
    let photos: Vec<_> = link_hosts.iter().map(LinkHost::source).collect();
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; worker-src 'self'; connect-src 'self' {}; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        photos.join(" ")
    )
}

fn html(
    frame: &Frame<'_>,
    lang: Option<&str>,
    name: &str,
    key: Option<&str>,
    has_logo: bool,
    has_theme: bool,
) -> String {
    let Frame { version, allow_unreviewed } = frame;
    let name = escaped(name);
    let title = if name.is_empty() { "Selfie" } else { name.as_str() };
    let query = key.map(|key| format!("?for={}", escaped(key))).unwrap_or_default();
    // Otherwise browsers ask for /favicon.ico.
    let icon = if has_logo { format!("/s/logo{query}") } else { "data:,".to_owned() };
    let logo = if has_logo { format!("<img src=\"{icon}\" alt=\"\">") } else { String::new() };
    let theme =
        if has_theme { format!("<link rel=\"stylesheet\" href=\"/s/theme.css{query}\">\n") } else { String::new() };
    let header = match (has_logo, name.is_empty()) {
        (false, true) => String::new(),
        _ => format!("<header>{logo}<span>{name}</span></header>\n"),
    };
    // The script chooses the language: of the link, of the session, of the settings, or of the browser.
    let mut data = String::new();
    for (attribute, value) in [("lang", lang), ("for", key), ("unreviewed", allow_unreviewed.then_some(""))] {
        data.push_str(&value.map(|value| format!(" data-{attribute}=\"{}\"", escaped(value))).unwrap_or_default());
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"{data}>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"{icon}\">\n\
         <link rel=\"stylesheet\" href=\"/widget/{version}/{STYLE}\">\n{theme}\
         <script type=\"module\" src=\"/widget/{version}/{SCRIPT}\"></script>\n\
         <body>\n{header}<main></main>\n<noscript><p>This page needs JavaScript.</p></noscript>\n</html>\n"
    )
}

/// Returns a text that means itself in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{Frame, escaped, html, policy};

    #[test]
    fn a_name_is_text_and_never_html() {
        assert_eq!(escaped("A & B <b>\""), "A &amp; B &lt;b&gt;&quot;");
        let frame = Frame { version: "0.1.0-abc", allow_unreviewed: true };
        let page = html(&frame, Some("zu"), "</title><script>x</script>", Some("other"), true, true);
        assert!(!page.contains("<script>x"), "{page}");
        for part in [
            "<html lang=\"en\" data-lang=\"zu\" data-for=\"other\" data-unreviewed=\"\">",
            "href=\"/s/logo?for=other\"",
            "href=\"/s/theme.css?for=other\"",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn the_policy_names_the_hosts_of_photos_and_nobody_else() {
        let hosts = ["*.amazonaws.com", "photos.bank.example", "storage.example:8443", "127.0.0.1"];
        let hosts: Vec<_> = hosts.iter().map(|host| host.parse().unwrap()).collect();
        let policy = policy(&hosts);
        let connect = policy.split("; ").find_map(|part| part.strip_prefix("connect-src ")).unwrap();
        assert_eq!(
            connect,
            "'self' https://*.amazonaws.com https://photos.bank.example https://storage.example:8443 http://127.0.0.1:*"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("https: "), "{policy}");
    }
}
