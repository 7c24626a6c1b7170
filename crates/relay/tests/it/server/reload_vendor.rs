//! What the relay needs for the vendor is loaded again when its file changes: the OAuth2 client secret, the client
//! certificate and the certificate authorities.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use akiba_protocol::ProblemCode;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::reload::{after_load, loads, secret_file};
use crate::support::program::{Program, command};
use crate::support::tls_vendor::{Authority, TlsVendor, flag};
use crate::support::wait::until;
use crate::support::{Vendor, link_reply, link_request, problem, success};

const ADMIN: &str = "--admin-listen=127.0.0.1:0";

#[tokio::test(flavor = "multi_thread")]
async fn the_client_secret_is_loaded_again() {
    let secrets = Arc::<Mutex<Vec<String>>>::default();
    let list = Arc::clone(&secrets);
    let vendor = Vendor::answering(move |request| {
        let body = match request.path.as_str() {
            "/oauth2/token" => {
                let sent = request.headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
                let sent = String::from_utf8(BASE64_STANDARD.decode(sent).unwrap()).unwrap();
                list.lock().unwrap().push(sent.strip_prefix("relay:").unwrap().to_owned());
                // Each call requests a new token.
                json!({ "access_token": "token", "token_type": "Bearer", "expires_in": 0 })
            }
            _ => json!({ "upload": { "url": link_reply()["signed_link"], "key": "k" }, "customer_id": "c" }),
        };
        let response = Response::builder().header("content-type", "application/json");
        let response = response.body(body.to_string().into()).unwrap();
        async move { response }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let profile = include_str!("../../../src/vendor_api/profiles/newer.toml");
    let profile = profile.replace("consent = \"consent\"", "constants = { consent = true }");
    fs::write(folder.path().join("profile.toml"), profile).unwrap();
    let program = {
        let flags = [
            secret_file(folder.path(), "vendor-client-secret", "first\n"),
            flag("vendor-profile", &folder.path().join("profile.toml")),
            format!("--vendor-base={}", vendor.base),
        ];
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        let mut command = command(&[&["--sessions=off", "--vendor-client-id=relay", ADMIN], &flags[..]].concat());
        command.env_remove("AKIBA_TOKEN");
        Program::run(command)
    };
    let link = || program.post("/v1/customer", "", &link_request());
    success(link()).await;
    let write = |text: &str| fs::write(folder.path().join("vendor-client-secret"), text).unwrap();
    after_load(&program, "ok", || write("second")).await;
    until("the new secret is used", async || {
        success(link()).await;
        secrets.lock().unwrap().contains(&"second".to_owned())
    })
    .await;
    after_load(&program, "failed", || write(" \n")).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    success(link()).await;
    assert_eq!(secrets.lock().unwrap().last().unwrap(), "second");
}

fn put(from: &[std::path::PathBuf; 2], folder: &Path) {
    for (from, name) in from.iter().zip(["cert.pem", "key.pem"]) {
        fs::copy(from, folder.join(name)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_certificate_is_loaded_again() {
    let (clients, others) = (Authority::new(), Authority::new());
    let vendor = TlsVendor::named("127.0.0.1", Some(&clients), link_reply().to_string()).await;
    let folder = tempfile::tempdir().unwrap();
    put(&others.client(), folder.path());
    let flags = [
        flag("vendor-ca", &vendor.authority()),
        flag("vendor-client-cert", &folder.path().join("cert.pem")),
        flag("vendor-client-key", &folder.path().join("key.pem")),
        format!("--vendor-base={}", vendor.base),
    ];
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    let program = Program::start(&[&[ADMIN, "--breaker-failures=0"], &flags[..]].concat());
    let link = || program.post("/v1/customer", "", &link_request());
    problem(link(), ProblemCode::VendorUnavailable).await;
    // The certificate is renewed, and a moment later its key. In between they do not belong together.
    let [certificate, key] = clients.client();
    after_load(&program, "failed", || {
        fs::copy(&certificate, folder.path().join("cert.pem")).unwrap();
    })
    .await;
    after_load(&program, "ok", || {
        fs::copy(&key, folder.path().join("key.pem")).unwrap();
    })
    .await;
    success(link()).await;
    for wrong in ["", "-----BEGIN CERTIFICATE-----"] {
        after_load(&program, "failed", || fs::write(folder.path().join("cert.pem"), wrong).unwrap()).await;
        // A new connection: the old one is closed after four idle seconds.
        tokio::time::sleep(std::time::Duration::from_secs(5)).await;
        success(link()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authorities_of_the_vendor_are_loaded_again() {
    let vendor = TlsVendor::saying(link_reply().to_string()).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::copy(Authority::new().file(), file.path()).unwrap();
    let flags = [flag("vendor-ca", file.path()), format!("--vendor-base={}", vendor.base)];
    let program = Program::start(&["--breaker-failures=0", ADMIN, &flags[0], &flags[1]]);
    let link = || program.post("/v1/customer", "", &link_request());
    problem(link(), ProblemCode::VendorUnavailable).await;
    after_load(&program, "ok", || {
        fs::copy(vendor.authority(), file.path()).unwrap();
    })
    .await;
    success(link()).await;
}

/// Kubernetes puts new files into a new folder, and then renames a symbolic link to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_secrets_that_is_swapped_is_loaded() {
    let vendor = Vendor::saying(200, link_reply().to_string()).await;
    let folder = tempfile::tempdir().unwrap();
    let put = |version: &str, token: &str| {
        fs::create_dir(folder.path().join(version)).unwrap();
        fs::write(folder.path().join(version).join("token"), token).unwrap();
        std::os::unix::fs::symlink(version, folder.path().join("new")).unwrap();
        fs::rename(folder.path().join("new"), folder.path().join("..data")).unwrap();
    };
    put("..1", "tkn-one");
    std::os::unix::fs::symlink("..data/token", folder.path().join("token")).unwrap();
    let program = {
        let flags = [flag("token-file", &folder.path().join("token")), format!("--vendor-base={}", vendor.base)];
        let mut command = command(&["--sessions=off", ADMIN, &flags[0], &flags[1]]);
        command.env_remove("AKIBA_TOKEN");
        Program::run(command)
    };
    let link = || program.post("/v1/customer", "", &link_request());
    success(link()).await;
    after_load(&program, "ok", || {
        put("..2", "tkn-two");
        fs::remove_dir_all(folder.path().join("..1")).unwrap();
    })
    .await;
    success(link()).await;
    let tokens: Vec<_> = vendor.seen().iter().map(|call| call.headers["token"].clone()).collect();
    assert_eq!(tokens, ["tkn-one", "tkn-two"]);
    assert_eq!(loads(&program, "failed").await, 0.0);
}
