//! What can be known before the service starts ([`Prepared`], [`Problems`]): every secret and certificate is read, and
//! everything that is wrong is told at once. Nothing is sent, and nothing listened to.

use crate::http::state::AppState;
use crate::secrets::is_open_to_all;
use crate::server::tls::Tls;
use crate::session::SessionSecrets;
use crate::session::settings::SessionMode;
use crate::session::start::problems;
use crate::settings::Settings;
use crate::settings::layers::{EffectiveSetting, FILE_ARGUMENT, Source};
use crate::vendor_api::VendorClient;
use crate::vendor_api::access::Access;

/// What the service is made of.
#[derive(Debug)]
pub struct Prepared {
    /// What all requests share, so far without sessions.
    pub state: AppState,
    /// What TLS is spoken with; `None` where a proxy ends it.
    pub tls: Option<Tls>,
    /// The secrets of sessions; `None` where they are off.
    pub session: Option<SessionSecrets>,
}

/// Everything that is wrong, a sentence each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct Problems(pub Vec<String>);

impl Problems {
    fn lines(&self) -> String {
        let lines: Vec<_> = self.0.iter().map(|problem| format!("akiba-relay: {problem}")).collect();
        lines.join("\n")
    }
}

/// A sentence on an error and what is below it.
#[must_use]
pub fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

/// Reads all secrets, by `variable` from the environment.
///
/// # Errors
/// [`Problems`].
pub fn check(settings: &Settings, variable: impl Fn(&'static str) -> Option<String>) -> Result<Prepared, Problems> {
    let mut found = Vec::new();
    let state = match Access::load(&settings.vendor, &variable) {
        Ok(access) => VendorClient::new(&settings.vendor, &access)
            .map(|vendor| AppState::new(&settings.http, &settings.limits, vendor))
            .map_err(|error| found.push(sentence(&error)))
            .ok(),
        Err(error) => {
            found.push(sentence(&error));
            None
        }
    };
    let mut session = None;
    if settings.session.mode() == SessionMode::Required {
        match SessionSecrets::load(&settings.session, &variable) {
            Ok(secrets) => {
                found.extend(problems(&settings.session, &secrets).iter().map(|error| sentence(error)));
                session = Some(secrets);
            }
            Err(errors) => found.extend(errors.iter().map(|error| sentence(error))),
        }
    }
    let server = &settings.server;
    let tls = Tls::load(server.tls_cert.as_ref(), server.tls_key.as_ref());
    let tls = tls.map_err(|error| found.push(sentence(&error))).ok().flatten();
    if server.admin_listen.is_some_and(|address| !address.ip().is_loopback()) && !server.admin_remote {
        found.push("--admin-listen is no loopback address: --admin-remote allows that".to_owned());
    }
    if settings.telemetry.otel_endpoint.is_some() && !cfg!(feature = "otel") {
        found.push("--otel-endpoint: this program was built without the feature otel".to_owned());
    }
    if settings.server.listen.port() != 0 && server.admin_listen == Some(settings.server.listen) {
        found.push("--admin-listen is the address of --listen".to_owned());
    }
    match state {
        Some(state) if found.is_empty() => Ok(Prepared { state, tls, session }),
        _ => Err(Problems(found)),
    }
}

/// What is allowed and perhaps not meant, a sentence each.
#[must_use]
pub fn warnings(settings: &Settings, effective: &[EffectiveSetting]) -> Vec<String> {
    let mut found = Vec::new();
    if settings.http.allow_origin.is_empty() {
        found.push("no --allow-origin: every page of a browser is refused".to_owned());
    }
    if settings.server.listen.ip().is_loopback() && settings.limits.trusted_proxy.is_empty() {
        found.push("no --trusted-proxy: all clients of a proxy on this machine share one rate".to_owned());
    }
    for everyone in settings.limits.trusted_proxy.iter().filter(|network| network.prefix_len() == 0) {
        found.push(format!("--trusted-proxy {everyone} believes everyone: who calls can take any address"));
    }
    found.extend(unknown_variables(effective).into_iter().map(|name| format!("{name} is no setting")));
    if settings.session.mode() == SessionMode::Off {
        let given = effective.iter().filter(|setting| setting.source != Source::Default);
        let idle = given.filter(|setting| SESSION_SETTINGS.contains(&setting.key.as_str()));
        found.extend(idle.map(|setting| format!("--{} does nothing: sessions are off", setting.key)));
    }
    for setting in effective.iter().filter(|setting| holds_secret(&setting.key)) {
        for path in setting.values.iter().filter(|path| is_open_to_all(path.as_ref())) {
            found.push(format!("the file {path} of --{} can be read by everyone on this machine", setting.key));
        }
    }
    found
}

/// Settings whose owner counts on sessions.
const SESSION_SETTINGS: [&str; 4] = ["session-keys-file", "data-keys-file", "webhook-url", "webhook-secrets-file"];

/// Variables of the environment that are called like settings and are none, such as one that is misspelt. What
/// Kubernetes sets beside a service of the relay's name is left out.
fn unknown_variables(effective: &[EffectiveSetting]) -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let is_known = |rest: &str| {
        let key = rest.to_ascii_lowercase().replace('_', "-");
        key == FILE_ARGUMENT || effective.iter().any(|setting| setting.key == key)
    };
    let of_kubernetes = |rest: &str| rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_");
    let ours = names
        .filter(|name| name.strip_prefix("AKIBA_RELAY_").is_some_and(|rest| !is_known(rest) && !of_kubernetes(rest)));
    let mut found: Vec<_> = ours.collect();
    found.sort();
    found
}

/// Whether a setting names the file of a secret: those that are called so.
fn holds_secret(key: &str) -> bool {
    key.ends_with("-file") || key == "tls-key"
}

/// The settings that are in force, as a file of settings, each with where it comes from.
#[must_use]
pub fn listing(effective: &[EffectiveSetting]) -> String {
    let mut text = String::new();
    for setting in effective {
        let quote = |value: &String| if setting.switch { value.clone() } else { format!("{value:?}") };
        let quoted: Vec<_> = setting.values.iter().map(quote).collect();
        let value = match (setting.hidden && setting.source != Source::Default, setting.list) {
            (true, _) => "# not shown".to_owned(),
            (false, true) => format!("= [{}]", quoted.join(", ")),
            (false, false) if quoted.is_empty() => "# none".to_owned(),
            (false, false) => format!("= {}", quoted.join(", ")),
        };
        let source = match &setting.source {
            Source::Flag => "flag".to_owned(),
            Source::Environment(name) => name.clone(),
            Source::File(path, line) => format!("{}:{line}", path.display()),
            Source::Default => "default".to_owned(),
        };
        let mark = if value.starts_with('#') { "# " } else { "" };
        text.push_str(&format!("{mark}{} {value}  # {source}\n", setting.key));
    }
    text
}
