//! Checks the settings before the service starts ([`check`]): reads every secret and certificate and reports all
//! problems at once ([`Problems`]). It uses neither the network nor the database.

use std::sync::Arc;

use clap::Args;

use crate::error::sentence;
use crate::http::hosted::{HostedPage, HostedPageError};
use crate::http::state::AppState;
use crate::http::widget::Widget;
use crate::secrets::{data_keys, is_open_to_all, proof_keys, session_keys, webhook_secrets};
use crate::server::tls::Tls;
use crate::session::SessionSecrets;
use crate::session::settings::{SessionMode, SessionSettings};
use crate::session::start::{keys_without_endpoint, problems};
use crate::settings::Settings;
use crate::settings::layers::{EffectiveSetting, FILE_ARGUMENT, Source};
use crate::store::file_system::FileSystem;
use crate::vendor_api::VendorClient;
use crate::vendor_api::access::Access;
use crate::webhook::settings as webhook_settings;

/// The parts of the service that the check has built.
#[derive(Debug)]
pub struct Prepared {
    /// What all requests share, still without sessions.
    pub state: AppState,
    /// The certificate and its key; `None` if the relay does not serve TLS itself.
    pub tls: Option<Tls>,
    /// The secrets of sessions; `None` if sessions are off.
    pub session: Option<SessionSecrets>,
}

/// Everything that is wrong, one sentence each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct Problems(pub Vec<String>);

impl Problems {
    fn lines(&self) -> String {
        let lines: Vec<_> = self.0.iter().map(|problem| format!("akiba-relay: {problem}")).collect();
        lines.join("\n")
    }
}

/// Checks the settings and reads all secrets. `variable` reads an environment variable.
///
/// # Errors
/// [`Problems`].
pub fn check(
    settings: &Settings,
    effective: &[EffectiveSetting],
    variable: impl Fn(&'static str) -> Option<String>,
) -> Result<Prepared, Problems> {
    let mut found = Vec::new();
    let access = Access::load(&settings.vendor, &variable);
    if settings.session.mode() == SessionMode::Off && access.as_ref().is_ok_and(Access::fraud_may_be_missing) {
        // Without sessions the widget judges the vendor's answer. It knows no profile, so it would reject everybody.
        found.push("fraud-may-be-missing in the vendor's profile needs sessions: set an --api-key".to_owned());
    }
    let state = match access {
        Ok(access) => VendorClient::new(&settings.vendor, &access)
            .map(|vendor| AppState::new(&settings.http, &settings.limits, vendor))
            .map_err(|error| found.push(sentence(&error)))
            .ok(),
        Err(error) => {
            found.push(sentence(&error));
            None
        }
    };
    let widget = settings.http.serve_widget.as_deref().map(Widget::load).transpose();
    let widget = widget.map_err(|error| found.push(sentence(&error))).ok().flatten().map(Arc::new);
    let hosted = settings.http.hosted_page.as_deref().map(|file| {
        let SessionSettings { handoff, link_host, .. } = &settings.session;
        match handoff.handoff_page {
            Some(_) => HostedPage::load(file, widget.as_deref(), handoff, link_host),
            None => Err(HostedPageError::NoAddress),
        }
    });
    let hosted = hosted.transpose().map_err(|error| found.push(sentence(&error))).ok().flatten().map(Arc::new);
    let mut session = None;
    let of_sessions = &settings.session;
    if !of_sessions.api_key.is_empty() && of_sessions.api_keys_source().is_given() {
        let flag = of_sessions.api_keys_source().flag();
        found.push(format!("--api-key and {flag} are both given: give one of them"));
    }
    if settings.session.mode() == SessionMode::Required {
        match SessionSecrets::load(&settings.session, &variable) {
            Ok(secrets) => {
                found.extend(problems(&settings.session, &secrets).iter().map(|error| sentence(error)));
                session = Some(secrets);
            }
            Err(errors) => found.extend(errors.iter().map(|error| sentence(error))),
        }
    } else if settings.session.sessions.is_none() {
        // A lost API key must not open the relay: without sessions, any caller gets a link for any identifier.
        let given = given_for_sessions(effective, &variable);
        if !given.is_empty() {
            let verb = if given.len() == 1 { "is" } else { "are" };
            found.push(format!(
                "{} {verb} set, but there is no API key: give --api-key, or turn sessions off with --sessions off",
                given.join(", ")
            ));
        }
    }
    if settings.vendor.vendor_client_cert.is_some() != settings.vendor.vendor_client_key.is_some() {
        found.push("--vendor-client-cert and --vendor-client-key need each other: give both or neither".to_owned());
    }
    let server = &settings.server;
    let tls = Tls::load(server.tls_cert.as_ref(), server.tls_key.as_ref());
    let tls = tls.map_err(|error| found.push(sentence(&error))).ok().flatten();
    if server.admin_listen.is_some_and(|address| !address.ip().is_loopback()) && !server.admin_remote {
        found.push("--admin-listen is not a loopback address: change it, or allow it with --admin-remote".to_owned());
    }
    if settings.telemetry.otel_endpoint.is_some() && !cfg!(feature = "otel") {
        found.push("--otel-endpoint needs a build with the Cargo feature otel".to_owned());
    }
    if settings.server.listen.port() != 0 && server.admin_listen == Some(settings.server.listen) {
        found.push("--admin-listen and --listen are the same address: give each its own".to_owned());
    }
    match state {
        Some(state) if found.is_empty() => Ok(Prepared { state: AppState { widget, hosted, ..state }, tls, session }),
        _ => Err(Problems(found)),
    }
}

/// Returns the warnings, one sentence each: settings that are allowed but probably not intended.
#[must_use]
pub fn warnings(
    settings: &Settings,
    effective: &[EffectiveSetting],
    session: Option<&SessionSecrets>,
    variable: impl Fn(&'static str) -> Option<String>,
) -> Vec<String> {
    let mut found = Vec::new();
    if settings.session.mode() == SessionMode::Off && settings.session.sessions.is_none() {
        found.push(
            "sessions are off because there is no API key: any caller gets a link for any identifier; give --api-key \
             and the keys, or confirm with --sessions off"
                .to_owned(),
        );
    }
    if settings.http.allow_origin.is_empty() {
        found.push("--allow-origin is not set: the relay rejects the calls of every page".to_owned());
    }
    if settings.server.listen.ip().to_canonical().is_loopback() && settings.limits.trusted_proxy.is_empty() {
        found.push(
            "--trusted-proxy is not set: if a proxy on this machine forwards the calls, all clients share one rate limit"
                .to_owned(),
        );
    }
    let server = &settings.server;
    // With a trusted proxy, the proxy terminates TLS.
    if !server.listen.ip().to_canonical().is_loopback()
        && server.tls_cert.is_none()
        && settings.limits.trusted_proxy.is_empty()
    {
        found.push(format!(
            "--listen {} is public and without TLS: tokens and identifiers travel in plaintext; give --tls-cert and \
             --tls-key, or name the proxy that terminates TLS with --trusted-proxy",
            server.listen
        ));
    }
    for network in settings.limits.trusted_proxy.iter().filter(|network| network.prefix_len() == 0) {
        found
            .push(format!("--trusted-proxy {network} trusts every address: a caller can claim any address as its own"));
    }
    found.extend(
        unknown_variables(effective).into_iter().map(|name| format!("unknown setting {name}: check its spelling")),
    );
    let issuer = effective.iter().find(|setting| setting.key == "proof-issuer");
    if issuer.is_some_and(|issuer| issuer.source != Source::Default)
        && !settings.session.proof.keys_source().is_given()
        && !is_given(&variable, proof_keys::KEYS_VARIABLE)
    {
        found.push("--proof-issuer has no effect: there are no proof keys".to_owned());
    }
    let webhook = &settings.session.webhook;
    if settings.session.mode() == SessionMode::Required
        && webhook.webhook_url.is_none()
        && (webhook.secrets_source().is_given() || is_given(&variable, webhook_secrets::SECRETS_VARIABLE))
    {
        found.push("the webhook secrets have no effect: --webhook-url is not set".to_owned());
    }
    if settings.session.mode() == SessionMode::Off {
        let unused = given_for_sessions(effective, &variable);
        found.extend(unused.iter().map(|name| format!("{name} has no effect: sessions are off")));
    }
    if settings.session.mode() == SessionMode::Required
        && let Some((FileSystem::Foreign(kind), path)) = settings.session.store.database.file_system()
    {
        found.push(format!(
            "the database {} is on {kind}: if a network is behind it, the database will be damaged",
            path.display()
        ));
    }
    if let Some(secrets) = session {
        let without = keys_without_endpoint(&settings.session, secrets);
        found.extend(without.iter().map(|key| format!("the API key {key} has no webhook endpoint: it gets no events")));
    }
    let is_set = |key: &str| effective.iter().any(|setting| setting.key == key && setting.source != Source::Default);
    // What a command decrypts may be read.
    let is_encrypted = |key: &str| key.strip_suffix("-file").is_some_and(|name| is_set(&format!("{name}-command")));
    for setting in effective.iter().filter(|setting| holds_secret(&setting.key) && !is_encrypted(&setting.key)) {
        for path in setting.values.iter().filter(|path| is_open_to_all(path.as_ref())) {
            found.push(format!("the file {path} of --{} can be read by every user of this machine", setting.key));
        }
    }
    found
}

/// Returns the names of the flags and variables that are set and have an effect only with sessions: all settings of
/// [`SessionSettings`] except `--sessions` itself, and the secrets in the environment.
fn given_for_sessions(
    effective: &[EffectiveSetting],
    variable: impl Fn(&'static str) -> Option<String>,
) -> Vec<String> {
    let of_sessions = SessionSettings::augment_args(clap::Command::new("sessions"));
    let is_of_sessions = |key: &str| of_sessions.get_arguments().any(|argument| argument.get_long() == Some(key));
    let settings = effective.iter().filter(|setting| {
        setting.source != Source::Default && setting.key != "sessions" && is_of_sessions(&setting.key)
    });
    let secrets = [
        session_keys::KEYS_VARIABLE,
        data_keys::KEYS_VARIABLE,
        webhook_secrets::SECRETS_VARIABLE,
        proof_keys::KEYS_VARIABLE,
        webhook_settings::ENDPOINTS_VARIABLE,
    ];
    let secrets = secrets.into_iter().filter(|name| is_given(&variable, name));
    settings.map(|setting| format!("--{}", setting.key)).chain(secrets.map(str::to_owned)).collect()
}

/// Returns whether an environment variable holds text. Compose files set an unused variable to the empty string.
fn is_given(variable: impl Fn(&'static str) -> Option<String>, name: &'static str) -> bool {
    variable(name).is_some_and(|text| !text.trim().is_empty())
}

/// Returns environment variables that look like settings but are not, such as a misspelled one. Ignores the variables
/// that Kubernetes sets for a service named `akiba-relay`.
fn unknown_variables(effective: &[EffectiveSetting]) -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let is_known = |rest: &str| {
        let key = rest.to_ascii_lowercase().replace('_', "-");
        key == FILE_ARGUMENT || effective.iter().any(|setting| setting.key == key)
    };
    let is_from_kubernetes = |rest: &str| rest.starts_with("SERVICE_") || rest == "PORT" || rest.starts_with("PORT_");
    let unknown = names.filter(|name| {
        name.strip_prefix("AKIBA_RELAY_").is_some_and(|rest| !is_known(rest) && !is_from_kubernetes(rest))
    });
    let mut found: Vec<_> = unknown.collect();
    found.sort();
    found
}

/// Returns whether a setting is the path of a file with a secret. Its name tells: `…-file`, or a private key.
fn holds_secret(key: &str) -> bool {
    key.ends_with("-file") || matches!(key, "tls-key" | "vendor-client-key")
}

/// Returns the settings in force as a settings file, each with its source as a comment.
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
