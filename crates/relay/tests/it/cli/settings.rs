//! Settings by flag, environment variable, file and default; `--check-config`; and secrets that no message repeats.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::support::program::output;

const TOKEN: &str = "tkn-5f1c9a";
const API_KEY: &str = "bank=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// A folder with a settings file.
struct Machine(TempDir);

/// The exit status and output of the program.
struct Checked {
    status: i32,
    out: String,
    err: String,
}

impl Checked {
    /// Returns the line of a setting.
    fn line(&self, key: &str) -> &str {
        self.out.lines().find(|line| line.trim_start_matches("# ").starts_with(&format!("{key} "))).expect("a line")
    }
}

impl Machine {
    fn with(settings: &str) -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        machine.file("relay.toml", settings);
        machine
    }

    /// Writes a file that only its owner can read.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        path
    }

    fn check(&self, flags: &[&str], variables: &[(&str, &str)]) -> Checked {
        let mut command = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
        command.env_clear().current_dir(self.0.path()).args(["--check-config", "--config", "relay.toml"]).args(flags);
        command.envs(variables.iter().copied()).stdin(Stdio::null());
        let Output { status, stdout, stderr } = output(&mut command);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Checked { status: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }
}

fn keygen(arguments: &[&str]) -> String {
    let output = output(Command::new(env!("CARGO_BIN_EXE_akiba-relay")).arg("keygen").args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

/// The flag and the variables that turn sessions on.
fn sessions() -> (String, [(&'static str, String); 2]) {
    let keys = [("AKIBA_SESSION_KEYS", keygen(&["session"])), ("AKIBA_DATA_KEYS", keygen(&["data", "2026"]))];
    (format!("--api-key={API_KEY}"), keys)
}

#[test]
fn flags_override_environment_file_and_defaults() {
    let machine = Machine::with(
        "max-links = 7\nmax-verifies = 7\nsession-ttl = \"7m\"\nallow-origin = [\"https://a.example\", \"https://b.example\"]\n\
         link-host = \"bucket.example\"\nlog-format = \"json\"\ntrusted-proxy = \"127.0.0.1\"",
    );
    let (api_key, [(session, session_keys), (data, data_keys)]) = sessions();
    let flags = ["--max-links=9", "--link-host=x.example", "--link-host=y.example", &api_key];
    let variables = [
        ("AKIBA_TOKEN", TOKEN),
        (session, &session_keys),
        (data, &data_keys),
        ("AKIBA_RELAY_MAX_LINKS", "8"),
        ("AKIBA_RELAY_MAX_VERIFIES", "8"),
    ];
    let checked = machine.check(&flags, &variables);
    assert_eq!((checked.status, checked.err.as_str()), (0, ""));
    for (key, line) in [
        ("max-links", "max-links = \"9\"  # flag"),
        ("max-verifies", "max-verifies = \"8\"  # AKIBA_RELAY_MAX_VERIFIES"),
        ("session-ttl", "session-ttl = \"7m\"  # relay.toml:3"),
        ("retention", "retention = \"30days\"  # default"),
        ("allow-origin", "allow-origin = [\"https://a.example\", \"https://b.example\"]  # relay.toml:4"),
        ("link-host", "link-host = [\"x.example\", \"y.example\"]  # flag"),
        ("log-format", "log-format = \"json\"  # relay.toml:6"),
    ] {
        assert_eq!(checked.line(key), line);
    }
    // The output is a settings file itself.
    let again = Machine::with(&checked.out).check(&[], &variables[..3]);
    assert_eq!(again.status, 0, "{}", again.err);
    assert!(again.line("max-links").starts_with("max-links = \"9\"  # relay.toml:"));
}

#[test]
fn all_errors_are_reported_at_once_without_values() {
    let machine = Machine::with(
        "listen = \"s3cret\"\nallow-origins = \"s3cret\"\nmax-links = 0\ndatabase = \"mysql://s3cret@x/y\"\n\
         log-format = \"s3cret\"\nretention = [\"1d\", \"2d\"]\nconfig = \"s3cret\"\ncheck-config = true",
    );
    let checked = machine.check(&[], &[]);
    assert_eq!(checked.status, 2);
    let lines: Vec<_> = checked.err.lines().collect();
    let expected = [
        "1: listen: invalid socket address syntax",
        "2: unknown setting \"allow-origins\"; did you mean allow-origin?",
        "3: max-links: number would be zero for non-zero type",
        "4: database: it must be sqlite:PATH or postgres://USER@HOST/NAME",
        "5: log-format: it must be one of: json, text",
        "6: retention: it must be one value, not a list or a boolean",
        "7: unknown setting \"config\"",
        "8: unknown setting \"check-config\"",
    ];
    assert_eq!(lines, expected.map(|line| format!("akiba-relay: relay.toml:{line}")));

    let variables = [("AKIBA_RELAY_LISTEN", "s3cret"), ("AKIBA_RELAY_DATABASE", "mysql://s3cret@x/y")];
    let checked = Machine::with("").check(&[], &variables);
    assert_eq!(checked.status, 2);
    assert!(
        checked.err.contains("AKIBA_RELAY_LISTEN: ") && checked.err.contains("AKIBA_RELAY_DATABASE: "),
        "{}",
        checked.err
    );
    assert!(!checked.err.contains("s3cret"), "{}", checked.err);

    let flags = ["--api-key", API_KEY, "--session-ttl=2h", "--page-reply=full", "--webhook-url=https://bank.example"];
    let checked = Machine::with("").check(&flags, &[("AKIBA_SESSION_KEYS", "s3cret")]);
    assert_eq!(checked.status, 2);
    for part in ["no token", "--session-ttl-max", "--keep full", "session key 1", "no data key", "no webhook secret"] {
        assert!(checked.err.contains(part), "{part}: {}", checked.err);
    }
    assert!(!checked.err.contains("s3cret") && checked.out.is_empty(), "{}", checked.err);
}

#[test]
fn a_database_password_needs_a_file_or_the_environment() {
    let url = "postgres://relay:s3cret@db.example/relay?sslmode=verify-full";
    let (_, [(session, session_keys), (data, data_keys)]) = sessions();
    let token =
        [("AKIBA_TOKEN", TOKEN), (session, &*session_keys), (data, &*data_keys), ("AKIBA_RELAY_API_KEY", API_KEY)];
    let machine = Machine::with(&format!("database = \"{url}\""));
    let checked = machine.check(&[], &token);
    assert!(checked.status == 2 && checked.err.contains("--database-url-file"), "{}", checked.err);
    let checked = Machine::with("").check(&["--database", url], &token);
    assert!(checked.status == 2 && !checked.err.contains("s3cret"), "{}", checked.err);

    let machine =
        Machine::with("database-url-file = \"url\"\nallow-origin = \"https://bank.example\"\ntrusted-proxy = \"::1\"");
    assert!(machine.check(&[], &token).err.contains("can't be read"));
    machine.file("url", "mysql://s3cret@x/y");
    let checked = machine.check(&[], &token);
    assert!(
        checked.status == 2 && checked.err.contains("sqlite:PATH") && !checked.err.contains("s3cret"),
        "{}",
        checked.err
    );
    machine.file("url", &format!("{url}\n"));
    let checked = machine.check(&[], &token);
    assert_eq!((checked.status, checked.err.as_str()), (0, ""));
    assert!(!checked.out.contains("s3cret"));
    assert!(machine.check(&["--database=sqlite:x"], &token).err.contains("both given"));
    // The environment may hold the password, and the output hides it.
    let checked = Machine::with("").check(&[], &[&token[..], &[("AKIBA_RELAY_DATABASE", url)]].concat());
    assert_eq!(checked.status, 0);
    assert_eq!(checked.line("database"), "# database # not shown  # AKIBA_RELAY_DATABASE");
}

#[test]
fn a_world_readable_secret_is_a_warning() {
    let machine = Machine::with("token-file = \"token\"");
    let path = machine.file("token", TOKEN);
    assert_eq!(
        machine.check(&["--sessions=off"], &[]).err,
        "akiba-relay: warning: --allow-origin is not set: the relay rejects the calls of every page\n\
         akiba-relay: warning: --trusted-proxy is not set: if a proxy on this machine forwards the calls, all clients \
         share one rate limit\n"
    );
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let checked = machine.check(&[], &[]);
    assert_eq!(checked.status, 0);
    assert!(checked.err.contains("the file token of --token-file can be read by every user"), "{}", checked.err);
}

#[test]
fn settings_without_effect_are_warnings() {
    let flags = [
        "--allow-origin=https://bank.example",
        "--trusted-proxy=0.0.0.0/0",
        "--trusted-proxy=10.0.0.1",
        "--sessions=off",
        "--api-key",
        API_KEY,
    ];
    let variables = [
        ("AKIBA_TOKEN", TOKEN),
        ("AKIBA_SESSION_KEYS", "s3cret"),
        ("AKIBA_DATA_KEYS", ""),
        ("AKIBA_RELAY_RATE_ADRESS", "s3cret"),
        ("AKIBA_RELAY_WEBHOOK_URL", "https://bank.example/s3cret"),
        // Kubernetes sets these beside a service of the name akiba-relay.
        ("AKIBA_RELAY_SERVICE_HOST", "10.0.0.1"),
        ("AKIBA_RELAY_PORT_8081_TCP", "tcp://10.0.0.1:8081"),
    ];
    let checked = Machine::with("data-keys-file = \"nowhere\"\nmax-links = 7").check(&flags, &variables);
    assert_eq!(checked.status, 0);
    let warnings: Vec<_> = checked.err.lines().collect();
    assert_eq!(
        warnings,
        [
            "--trusted-proxy 0.0.0.0/0 trusts every address: a caller can claim any address as its own",
            "unknown setting AKIBA_RELAY_RATE_ADRESS: check its spelling",
            "--api-key has no effect: sessions are off",
            "--data-keys-file has no effect: sessions are off",
            "--max-links has no effect: sessions are off",
            "--webhook-url has no effect: sessions are off",
            "AKIBA_SESSION_KEYS has no effect: sessions are off",
        ]
        .map(|warning| format!("akiba-relay: warning: {warning}"))
    );
}

#[test]
fn a_database_in_plaintext_is_refused_unless_allowed() {
    let (api_key, [(session, session_keys), (data, data_keys)]) = sessions();
    let url = "postgres://relay@db.example/relay";
    let variables = [("AKIBA_TOKEN", TOKEN), (session, &session_keys), (data, &data_keys)];
    let check = |flags: &[&str]| Machine::with("").check(&[&[&*api_key], flags].concat(), &variables);
    let checked = check(&["--database", url]);
    assert_eq!(checked.status, 2);
    assert!(checked.err.contains("could be in plaintext: add sslmode=verify-full"), "{}", checked.err);
    assert_eq!(check(&["--database", &format!("{url}?sslmode=verify-full")]).status, 0);
    assert_eq!(check(&["--database", "postgres://relay@127.0.0.1/relay"]).status, 0);
    assert_eq!(check(&["--database", url, "--database-plaintext"]).status, 0);
    // Every command that opens the database.
    for command in [
        &["--database", url, "webhooks", "list"][..],
        &["--database", url, "database", "reseal"],
        &["database", "copy", "--from", "sqlite:x", "--to", url],
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_akiba-relay"));
        let output = output(program.env_clear().args(command).stdin(Stdio::null()));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains("could be in plaintext"), "{command:?}: {error}");
    }
}

#[test]
fn a_public_listener_without_tls_is_a_warning() {
    let check = |flags: &[&str]| {
        let flags = [&["--sessions=off", "--allow-origin=https://bank.example"], flags].concat();
        Machine::with("").check(&flags, &[("AKIBA_TOKEN", TOKEN)]).err
    };
    for public in ["--listen=0.0.0.0:8081", "--listen=[::]:8081", "--listen=10.0.0.1:8081"] {
        assert!(check(&[public]).contains("is public and without TLS"), "{public}");
        assert_eq!(check(&[public, "--trusted-proxy=10.0.0.0/8"]), "");
    }
    for local in ["--listen=127.0.0.1:8081", "--listen=[::1]:8081", "--listen=[::ffff:127.0.0.1]:8081"] {
        assert!(!check(&[local]).contains("without TLS"), "{local}");
    }
}

#[test]
fn a_lost_api_key_does_not_turn_sessions_off() {
    let token = ("AKIBA_TOKEN", TOKEN);
    let lost = "but there is no API key: give --api-key, or turn sessions off with --sessions off";
    let flags = [
        "--session-keys-file=x",
        "--data-keys-file=x",
        "--database=sqlite:x",
        "--database-connections=2",
        "--session-ttl=5m",
        "--max-verifies=2",
        "--keep=full",
        "--retention=9days",
        "--webhook-url=https://bank.example/hook",
        "--webhook-secrets-file=x",
    ];
    for flag in flags {
        let checked = Machine::with("").check(&[flag], &[token]);
        let name = flag.split('=').next().unwrap();
        assert_eq!(checked.err, format!("akiba-relay: {name} is set, {lost}\n"));
        assert_eq!((checked.status, checked.out.as_str()), (2, ""));
        assert_eq!(Machine::with("").check(&[flag, "--sessions=off"], &[token]).status, 0, "{name}");
    }
    for name in ["AKIBA_SESSION_KEYS", "AKIBA_DATA_KEYS", "AKIBA_WEBHOOK_SECRETS", "AKIBA_RELAY_MAX_LINKS"] {
        let checked = Machine::with("").check(&[], &[token, (name, "7")]);
        assert!(checked.status == 2 && checked.err.contains(lost), "{name}: {}", checked.err);
    }
    let machine = Machine::with("session-ttl = \"5m\"\nwebhook-url = \"https://bank.example/s3cret\"");
    let checked = machine.check(&[], &[token, ("AKIBA_SESSION_KEYS", "s3cret")]);
    let given = "--session-ttl, --webhook-url, AKIBA_SESSION_KEYS are set";
    assert_eq!(checked.err, format!("akiba-relay: {given}, {lost}\n"));
}

#[test]
fn a_relay_without_sessions_warns_unless_they_are_off_explicitly() {
    let token = [("AKIBA_TOKEN", TOKEN)];
    let checked = Machine::with("").check(&[], &token);
    assert_eq!(checked.status, 0);
    assert!(checked.err.contains("warning: sessions are off because there is no API key"), "{}", checked.err);
    for explicit in [&["--sessions=off"][..], &["--sessions=off", "--api-key", API_KEY]] {
        let checked = Machine::with("").check(explicit, &token);
        assert!(checked.status == 0 && !checked.err.contains("because there is no API key"), "{}", checked.err);
    }
}

#[test]
fn a_profile_without_fraud_words_needs_sessions() {
    let machine = Machine::with("");
    let profile = "fraud-may-be-missing = true\nbase = \"https://vendor.example\"\n[auth]\nkind = \"token\"\n\
                   header = \"Token\"\n[link]\npath = \"/a\"\n[verify]\npath = \"/b\"\n";
    let token = [("AKIBA_TOKEN", "x")];
    let flag = |profile: &str| format!("--vendor-profile={}", machine.file("profile.toml", profile).display());
    let checked = machine.check(&[&flag(profile)], &token);
    assert!(checked.status == 2 && checked.err.contains("needs sessions"), "{}", checked.err);
    assert_eq!(machine.check(&[&flag(&profile.replace("true", "false"))], &token).status, 0);
}

#[test]
fn two_listeners_need_two_addresses() {
    let machine = Machine::with("");
    let token = [("AKIBA_TOKEN", TOKEN)];
    let checked = machine.check(&["--listen=127.0.0.1:9", "--admin-listen=127.0.0.1:9"], &token);
    assert!(
        checked.status == 2 && checked.err.contains("--admin-listen and --listen are the same address"),
        "{}",
        checked.err
    );
    assert_eq!(machine.check(&["--listen=127.0.0.1:0", "--admin-listen=127.0.0.1:0"], &token).status, 0);
}

/// Where systemd puts the credentials of the unit.
const CREDENTIALS: &str = "/run/credentials/akiba-relay.service";

#[test]
fn the_example_file_is_valid() {
    let example = include_str!("../../../../../deploy/akiba-relay.toml");
    let machine = Machine::with("");
    machine.file("token", TOKEN);
    for (name, arguments) in
        [("session-keys", &["session"][..]), ("data-keys", &["data", "2026"]), ("webhook-secrets", &["webhook"])]
    {
        machine.file(name, &keygen(arguments));
    }
    let folder = machine.0.path().to_str().unwrap();
    machine.file("relay.toml", &example.replace(CREDENTIALS, folder));
    let checked = machine.check(&[], &[]);
    assert_eq!((checked.status, checked.err.as_str()), (0, ""));
    // The file uses every credential of the unit.
    let unit = include_str!("../../../../../deploy/akiba-relay.service");
    let credentials = unit.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix("LoadCredential="));
    let mut names: Vec<_> = credentials.map(|line| line.split_once(':').unwrap().0).collect();
    assert_eq!(names.remove(0), "akiba-relay.toml");
    let wanted = ["token", "session-keys", "data-keys", "webhook-secrets"];
    let optional = ["database-url", "proof-keys", "webhook-endpoints"];
    assert_eq!(names, [&wanted[..], &optional[..]].concat());
    assert!(names.iter().all(|name| example.contains(&format!("\"{CREDENTIALS}/{name}\""))));
    for key in ["token-file", "session-keys-file", "data-keys-file", "webhook-secrets-file", "api-key", "allow-origin"]
    {
        assert!(checked.line(key).contains("# relay.toml:"), "{key} is not in the example");
    }
}

#[test]
fn proof_keys_are_checked_before_the_start() {
    let machine = Machine::with("");
    let (api_key, [(session, session_keys), (data, data_keys)]) = sessions();
    let check = |flags: &[&str], proof: &str| {
        let flags: Vec<_> = flags.iter().copied().chain([api_key.as_str()]).collect();
        let keys = [("AKIBA_TOKEN", TOKEN), (session, &session_keys), (data, &data_keys), ("AKIBA_PROOF_KEYS", proof)];
        machine.check(&flags, &keys)
    };
    let key = keygen(&["proof"]);
    assert!(key.starts_with("akp_"), "{key}");
    for (proof, warned) in [("", true), (key.as_str(), false)] {
        let checked = check(&["--proof-issuer=https://relay.bank.example"], proof);
        assert_eq!(checked.status, 0, "{}", checked.err);
        assert_eq!(checked.err.contains("--proof-issuer has no effect"), warned, "{}", checked.err);
        assert!(!checked.out.contains(key.trim()));
    }
    let wrong = check(&[], &format!("{} {}x", key.trim(), key.trim()));
    assert_eq!(wrong.status, 2);
    assert!(
        wrong.err.contains("proof key 2 must be akp_BASE64URL") && !wrong.err.contains(key.trim()),
        "{}",
        wrong.err
    );
    let empty = machine.file("proof-keys", "# none yet\n");
    let checked = check(&[&format!("--proof-keys-file={}", empty.display())], "");
    assert!(checked.status == 2 && checked.err.contains("there is no proof key"), "{}", checked.err);
}

#[test]
fn webhook_endpoints_are_checked_and_never_shown() {
    let machine = Machine::with("");
    let (api_key, [(session, session_keys), (data, data_keys)]) = sessions();
    let other = api_key.replace("bank=", "other=");
    let variables = [("AKIBA_TOKEN", TOKEN), (session, session_keys.as_str()), (data, data_keys.as_str())];
    let secret = keygen(&["webhook"]).trim().to_owned();
    let endpoints = |key: &str| {
        machine.file(
            "endpoints.toml",
            &format!("[[endpoint]]\napi-key = {key:?}\nurl = \"https://bank.example/s3cret\"\nsecrets = {secret:?}\n"),
        )
    };
    endpoints("bank");
    let flags = [api_key.as_str(), &other, "--webhook-endpoints-file=endpoints.toml"];
    let checked = machine.check(&flags, &variables);
    assert_eq!(checked.status, 0, "{}", checked.err);
    assert!(checked.err.contains("the API key other has no webhook endpoint"), "{}", checked.err);
    let shown = [checked.out, checked.err].concat();
    // The URL got lost: nobody would get a webhook.
    let lost = machine.check(&[&api_key], &[&variables[..], &[("AKIBA_WEBHOOK_SECRETS", &secret)]].concat());
    assert!(lost.err.contains("the webhook secrets have no effect: --webhook-url is not set"), "{}", lost.err);
    endpoints("bonk");
    let checked = machine.check(&flags, &variables);
    assert_eq!(checked.status, 2);
    assert!(checked.err.contains("webhook endpoint 1: no --api-key has name 1 of its api-key"), "{}", checked.err);
    machine.file("endpoints.toml", &format!("[[endpoint]]\nsecrets = {secret}\n"));
    let invalid = machine.check(&flags, &variables);
    assert!(invalid.err.contains("line 2: invalid TOML"), "{}", invalid.err);
    let shown = [shown, checked.out, checked.err, invalid.out, invalid.err].concat();
    assert!(!shown.contains("s3cret") && !shown.contains(secret.trim_start_matches("whsec_")), "{shown}");
}
