//! Secrets that commands print, with real programs: `openssl` stands for a key management service.

use std::fs;
use std::path::Path;
use std::process::Command;

use rustix::process::Signal;
use serde_json::json;

use super::reload::{after_load, loads};
use crate::support::database::Database;
use crate::support::program::{Program, command, output};
use crate::support::tls_vendor::flag;
use crate::support::{IDENTIFIER, TOKEN, Vendor, link_reply, link_request, success};

const ADMIN: &str = "--admin-listen=127.0.0.1:0";

/// Encrypts a secret into a file. Returns the flags of the file and of the command that decrypts it.
fn wrapped(folder: &Path, name: &str, secret: &str) -> [String; 2] {
    let (plain, file, key) = (folder.join("plain"), folder.join(name), folder.join("kms-key"));
    fs::write(&key, "the key of the key management service").unwrap();
    fs::write(&plain, secret).unwrap();
    let mut openssl = Command::new("openssl");
    openssl.args(["enc", "-aes-256-cbc", "-pbkdf2", "-pass", &format!("file:{}", key.display())]);
    assert!(openssl.arg("-in").arg(&plain).arg("-out").arg(&file).status().unwrap().success());
    fs::remove_file(&plain).unwrap();
    let command = format!("openssl enc -d -aes-256-cbc -pbkdf2 -pass 'file:{}'", key.display());
    [flag(&format!("{name}-file"), &file), format!("--{name}-command={command}")]
}

/// The program with these flags and no secret in its environment.
fn start(flags: &[String]) -> Program {
    let flags: Vec<_> = flags.iter().map(String::as_str).chain([ADMIN]).collect();
    let mut command = command(&flags);
    command.env_remove("AKIBA_TOKEN").env("PATH", std::env::var_os("PATH").unwrap());
    Program::run(command)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_secret_can_come_from_a_command() {
    let (database, vendor, folder) = (Database::sqlite(), Vendor::verifying().await, tempfile::tempdir().unwrap());
    let keys = &database.keys;
    let proof = akiba_relay::secrets::proof_keys::new_key().unwrap();
    let mut flags = vec![format!("--database={}", database.url), format!("--vendor-base={}", vendor.base)];
    flags.push("--webhook-url=https://bank.example/hooks".to_owned());
    let secrets = [
        ("token", TOKEN),
        ("api-keys", &keys.api_setting),
        ("session-keys", &keys.session),
        ("data-keys", &keys.data),
        ("webhook-secrets", &keys.webhook),
        ("proof-keys", &proof),
    ];
    for (name, secret) in secrets {
        flags.extend(wrapped(folder.path(), name, secret));
        assert!(!String::from_utf8_lossy(&fs::read(folder.path().join(name)).unwrap()).contains(secret));
    }
    let program = start(&flags);
    let body = json!({ "identifier": IDENTIFIER, "type": "1" });
    let created = program.post("/v1/sessions", &keys.api, &body).send().await.unwrap();
    assert_eq!(created.status(), 201);
    let created: serde_json::Value = serde_json::from_str(&created.text().await.unwrap()).unwrap();
    let token = created["session_token"].as_str().unwrap();
    success(program.post("/v1/customer", token, &json!({}))).await;
    let verdict = success(program.post("/v1/customer/verify", token, &json!({}))).await;
    assert!(verdict["proof"].is_string());
    assert!(vendor.seen().iter().all(|call| call.headers["token"] == TOKEN));
    program.signal(Signal::TERM);
    let (in_order, log) = program.ended().await;
    assert!(in_order, "{log}");
    for (name, secret) in secrets {
        let longest = secret.split([':', '=']).max_by_key(|part| part.len()).unwrap();
        assert!(!log.contains(longest), "{name}: {log}");
    }
    assert!(!log.contains("can be read by every user"), "the files are encrypted: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_again_after_a_signal_and_after_a_change_of_its_file() {
    let (vendor, folder) = (Vendor::saying(200, link_reply().to_string()).await, tempfile::tempdir().unwrap());
    let path = |name: &str| folder.path().join(name);
    fs::write(path("vault"), "tkn-one").unwrap();
    fs::write(path("version"), "1").unwrap();
    let script = format!("sh -c 'cat >/dev/null; date >>{}; cat {}'", path("runs").display(), path("vault").display());
    let program = start(&[
        "--sessions=off".to_owned(),
        format!("--vendor-base={}", vendor.base),
        flag("token-file", &path("version")),
        format!("--token-command={script}"),
    ]);
    let link = || program.post("/v1/customer", "", &link_request());
    success(link()).await;
    // The vault changes. Nothing says so, and each run can cost money.
    fs::write(path("vault"), "tkn-two").unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    success(link()).await;
    assert_eq!(fs::read_to_string(path("runs")).unwrap().lines().count(), 1);
    after_load(&program, "ok", || program.signal(Signal::HUP)).await;
    success(link()).await;
    fs::write(path("vault"), "tkn-three").unwrap();
    after_load(&program, "ok", || fs::write(path("version"), "2").unwrap()).await;
    success(link()).await;
    // The vault is sealed: the old token stays.
    fs::remove_file(path("vault")).unwrap();
    after_load(&program, "failed", || fs::write(path("version"), "3").unwrap()).await;
    tokio::time::sleep(std::time::Duration::from_secs(5)).await;
    assert_eq!(loads(&program, "failed").await, 1.0);
    let runs = fs::read_to_string(path("runs")).unwrap().lines().count();
    assert_eq!(runs, 4, "it is not asked again and again");
    success(link()).await;
    let tokens: Vec<_> = vendor.seen().iter().map(|call| call.headers["token"].clone()).collect();
    assert_eq!(tokens, ["tkn-one", "tkn-one", "tkn-two", "tkn-three", "tkn-three"]);
    program.signal(Signal::TERM);
    let (_, log) = program.ended().await;
    assert!(log.contains("the command failed with exit status: 1") && log.contains("--token-file"), "{log}");
    assert!(!log.contains("No such file"), "its standard error is in the log: {log}");
}

#[test]
fn a_command_that_fails_stops_the_start_and_is_never_shown() {
    let check = |flags: &[&str]| {
        let mut command = command(&[&["--check-config", "--sessions=off"], flags].concat());
        let output = output(command.env_remove("AKIBA_TOKEN").env("PATH", std::env::var_os("PATH").unwrap()));
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.contains("s3cret"), "{text}");
        (output.status.code(), text)
    };
    let (status, text) = check(&["--token-command=printf s3cret"]);
    assert!(status == Some(0) && text.contains("# token-command # not shown"), "{text}");
    for (command, expected) in [
        ("sh -c 'echo s3cret; echo s3cret >&2; exit 7'", "--token-command: the command failed with exit status: 7"),
        ("true", "--token-command: the command printed nothing"),
        ("/nowhere/at/all s3cret", "--token-command: the command can't be started"),
        ("vault 's3cret", "--token-command: it must be a program and its arguments"),
    ] {
        let (status, text) = check(&[&format!("--token-command={command}")]);
        assert!(status == Some(2) && text.contains(expected), "{command}: {text}");
    }
    // The relay's own variables hold secrets, and are not passed on.
    let mut command = command(&["--check-config", "--sessions=off"]);
    command.env_remove("AKIBA_TOKEN").env("AKIBA_DATA_KEYS", "s3cret").env("PATH", std::env::var_os("PATH").unwrap());
    command.arg("--token-command=sh -c 'test -z \"$AKIBA_DATA_KEYS\" && echo token'");
    let output = output(&mut command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
