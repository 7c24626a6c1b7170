//! The page that phones open, for `--hosted-page` ([`HostedPage`]): a frame of HTML around the package's `phone/phone.js`, with the bank's
//! name, logo, theme and language. It loads nothing from others, and its policy forbids inline scripts and styles.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use axum::body::Bytes;
use http::HeaderValue;
use serde::Deserialize;

use super::widget::Widget;
use crate::session::link_host::LinkHost;

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
#[serde(deny_unknown_fields)]
struct Settings {
    lang: Option<String>,
    logo: Option<PathBuf>,
    theme: Option<PathBuf>,
}

/// The page and its files.
pub struct HostedPage {
    /// The HTML.
    pub html: Bytes,
    /// Its content security policy.
    pub policy: HeaderValue,
    /// The logo and its media type.
    pub logo: Option<(&'static str, Bytes)>,
    /// The theme: a style sheet.
    pub theme: Option<Bytes>,
}

impl fmt::Debug for HostedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedPage").finish_non_exhaustive()
    }
}

impl HostedPage {
    /// Reads the settings file and what it names. `name` is who asks, and `link_hosts` are where photos go.
    ///
    /// # Errors
    /// [`HostedPageError`].
    pub fn load(
        file: &Path,
        widget: Option<&Widget>,
        name: Option<&str>,
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
        let beside = |path: &Path| file.parent().unwrap_or(Path::new("")).join(path);
        let lang = settings.lang.unwrap_or_else(|| "en".to_owned());
        if lang.is_empty() || !lang.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(HostedPageError::Lang);
        }
        let logo = settings.logo.as_deref().map(|path| {
            let kind = media_type(path).ok_or(HostedPageError::Logo)?;
            Ok::<_, HostedPageError>((kind, Bytes::from(read(&beside(path))?)))
        });
        let theme = settings.theme.as_deref().map(|path| read(&beside(path)).map(Bytes::from)).transpose()?;
        let logo = logo.transpose()?;
        let html = html(version, &lang, name.unwrap_or_default(), logo.is_some(), theme.is_some());
        let policy = HeaderValue::try_from(policy(link_hosts)).map_err(|_| HostedPageError::Lang)?;
        Ok(Self { html: html.into(), policy, logo, theme })
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

fn html(version: &str, lang: &str, name: &str, logo: bool, theme: bool) -> String {
    let name = escaped(name);
    let title = if name.is_empty() { "Selfie" } else { name.as_str() };
    // Otherwise browsers ask for /favicon.ico.
    let icon = if logo { "/s/logo" } else { "data:," };
    let logo = if logo { "<img src=\"/s/logo\" alt=\"\">" } else { "" };
    let theme = if theme { "<link rel=\"stylesheet\" href=\"/s/theme.css\">\n" } else { "" };
    let header = match (logo.is_empty(), name.is_empty()) {
        (true, true) => String::new(),
        _ => format!("<header>{logo}<span>{name}</span></header>\n"),
    };
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n\
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
    use super::{escaped, html, policy};

    #[test]
    fn a_name_is_text_and_never_html() {
        assert_eq!(escaped("A & B <b>\""), "A &amp; B &lt;b&gt;&quot;");
        let page = html("0.1.0-abc", "zu", "</title><script>x</script>", true, true);
        assert!(!page.contains("<script>x") && page.contains("<html lang=\"zu\">"), "{page}");
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
