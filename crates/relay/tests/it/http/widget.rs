//! The files of the widget, which the relay serves with `--serve-widget`.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::program::{Program, run};

/// Long enough that compression makes it shorter.
const SCRIPT: &str = "export const a = 'a long text, a long text, a long text, a long text, a long text';\n";
const WASM: &[u8] = b"\0asm\x01\0\0\0";

const FILES: [&str; 5] = ["define.js", "akiba-selfie.js", "pkg/akiba-selfie_bg.wasm", "index.d.ts", "LICENSE-MIT"];

/// A folder as npm lays the package out, and beside it a file that no package lists.
fn package() -> TempDir {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("akiba-selfie");
    std::fs::create_dir_all(folder.join("pkg")).unwrap();
    for name in FILES {
        std::fs::write(folder.join(name), if name.ends_with("wasm") { WASM } else { SCRIPT.as_bytes() }).unwrap();
    }
    for name in [".npmrc", "pkg/.built", "notes.js", "README.md", "../token"] {
        std::fs::write(folder.join(name), "not-for-callers").unwrap();
    }
    list(&folder, &FILES);
    parent
}

/// Writes the package's list of files.
fn list(folder: &Path, files: &[&str]) {
    let manifest = serde_json::json!({ "name": "akiba-selfie", "version": "1.2.3", "files": files });
    std::fs::write(folder.join("package.json"), manifest.to_string()).unwrap();
}

/// A relay that serves the package in this folder.
fn relay(parent: &TempDir, flags: &[&str]) -> Program {
    let folder = format!("--serve-widget={}", parent.path().join("akiba-selfie").display());
    Program::start(&[&[folder.as_str(), "--allow-origin=https://bank.example"], flags].concat())
}

/// Returns the path of a file with its version, as the entry names it.
async fn versioned(relay: &Program, name: &str) -> String {
    let entry = relay.get("/widget/define.js").send().await.unwrap().text().await.unwrap();
    let version = entry.split('/').nth(1).expect("the entry imports the version");
    // Both files at once.
    let both = format!("import './{version}/akiba-selfie.js';\nexport * from './{version}/define.js';\n");
    assert_eq!(entry, both);
    format!("/widget/{version}/{name}")
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_widget_is_served_with_types_caching_and_cross_origin_headers() {
    let (package, immutable) = (package(), "public, max-age=31536000, immutable");
    let relay = relay(&package, &[]);
    let wasm = versioned(&relay, "pkg/akiba-selfie_bg.wasm").await;
    assert!(wasm.starts_with("/widget/1.2.3-"), "{wasm}");
    let script = "text/javascript; charset=utf-8";
    let rows = [
        ("/widget/define.js".to_owned(), script, "no-cache", None),
        ("/widget/akiba-selfie.js".to_owned(), script, "no-cache", None),
        (versioned(&relay, "define.js").await, script, immutable, Some(SCRIPT.as_bytes())),
        (wasm, "application/wasm", immutable, Some(WASM)),
        (versioned(&relay, "index.d.ts").await, "text/plain; charset=utf-8", immutable, Some(SCRIPT.as_bytes())),
        (versioned(&relay, "LICENSE-MIT").await, "text/plain; charset=utf-8", immutable, Some(SCRIPT.as_bytes())),
        (versioned(&relay, "package.json").await, "application/json", immutable, None),
    ];
    for (path, media_type, cache, content) in rows {
        // A page of any origin may load it, whatever the list of origins says.
        let response = relay.get(&path).header("origin", "https://other.example").send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let headers = response.headers().clone();
        for (name, value) in [
            ("content-type", media_type),
            ("cache-control", cache),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-encoding"),
            ("content-encoding", ""),
        ] {
            assert_eq!(header(&headers, name), value, "{name} of {path}");
        }
        let bytes = response.bytes().await.unwrap();
        assert!(content.is_none_or(|content| *bytes == *content), "{path}");

        let head = relay.request(Method::HEAD, &format!("{}{path}", relay.base)).send().await.unwrap();
        let length = bytes.len().to_string();
        assert_eq!(
            (head.status().as_u16(), header(head.headers(), "content-length")),
            (200, length.as_str()),
            "{path}"
        );
        let etag = header(&headers, "etag");
        assert_eq!(header(head.headers(), "etag"), etag);
        let again = relay.get(&path).header("if-none-match", format!("\"x\", W/{etag}")).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
        for name in ["etag", "cache-control", "vary", "access-control-allow-origin"] {
            assert_eq!(header(again.headers(), name), header(&headers, name), "{name} of {path}");
        }
        assert!(again.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_widget_is_compressed_as_the_caller_accepts() {
    let package = package();
    let folder = package.path().join("akiba-selfie");
    // Made beforehand, and recognizable: without compression it is longer than what the relay would make.
    let mut stored = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut stored, SCRIPT.as_bytes()).unwrap();
    let stored = stored.finish().unwrap();
    std::fs::write(folder.join("define.js.gz"), &stored).unwrap();
    let relay = relay(&package, &[]);
    let (define, other) = (versioned(&relay, "define.js").await, versioned(&relay, "akiba-selfie.js").await);
    let get = async |path: &str, accepted: &str| -> Response {
        relay.get(path).header("accept-encoding", accepted).send().await.unwrap()
    };
    let mut tags = Vec::new();
    for (accepted, coding) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", "")] {
        let response = get(&other, accepted).await;
        assert_eq!(header(response.headers(), "content-encoding"), coding);
        let etag = header(response.headers(), "etag").to_owned();
        assert!(!tags.contains(&etag), "two codings have one ETag");
        let known = relay.get(&other).header("accept-encoding", accepted).header("if-none-match", &etag);
        assert_eq!(known.send().await.unwrap().status(), 304);
        tags.push(etag);
        let bytes = response.bytes().await.unwrap();
        let mut text = String::new();
        match coding {
            "br" => brotli::Decompressor::new(&*bytes, 4_096).read_to_string(&mut text),
            "gzip" => GzDecoder::new(&*bytes).read_to_string(&mut text),
            _ => Read::read_to_string(&mut &*bytes, &mut text),
        }
        .unwrap();
        assert_eq!(text, SCRIPT);
        assert!(coding.is_empty() || bytes.len() < SCRIPT.len(), "{coding} is not shorter");
    }
    assert_eq!(get(&define, "gzip").await.bytes().await.unwrap(), stored, "the file beside it is not used");
}

#[tokio::test]
async fn nothing_but_the_listed_files_is_served() {
    let package = package();
    let folder = package.path().join("akiba-selfie");
    std::os::unix::fs::symlink("../token", folder.join("link.js")).unwrap();
    let relay = relay(&package, &[]);
    let version = versioned(&relay, "").await;
    let (version, folder) = (version.trim_end_matches('/'), folder.display());
    let mut paths: Vec<_> =
        ["", "/", "/.", "/..", "/pkg", "/pkg/", "/.npmrc", "/pkg/.built", "/notes.js", "/README.md"]
            .into_iter()
            .chain([
                "/link.js",
                "/define.js/",
                "/define.js%00",
                "/define.js.gz",
                "/DEFINE.JS",
                "/../../token",
                "//define.js",
            ])
            .chain([
                "/..%2f..%2ftoken",
                "/%2e%2e/%2e%2e/token",
                "/..\\..\\token",
                "/pkg/../define.js",
                "/%2e/define.js",
            ])
            .map(|rest| format!("{version}{rest}"))
            .collect();
    paths.extend([format!("/widget/{folder}/define.js"), format!("/widget//{folder}/../token")]);
    paths.extend(
        ["/widget", "/widget/", "/widget/../token", "/widget/load.js", "/widget/1.2.3/define.js"].map(String::from),
    );
    for path in paths {
        // A client of HTTP would tidy the path.
        let mut stream = TcpStream::connect(relay.address()).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: relay\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 ") || answer.starts_with("HTTP/1.1 400 "), "{path}: {answer}");
        assert!(!answer.contains("not-for-callers"), "{path}");
    }
    let entry = format!("{}/widget/define.js", relay.base);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        assert_eq!(relay.request(method, &entry).send().await.unwrap().status(), 405);
    }
    // The calls keep their list of origins.
    let call = relay.post("/v1/customer", "", &serde_json::json!({})).header("origin", "https://other.example");
    assert_eq!(call.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn files_and_calls_have_separate_limits() {
    let package = package();
    let flags = ["--rate-widget=5/h", "--rate-address=5/h", "--admin-listen=127.0.0.1:0"];
    let relay = relay(&package, &flags);
    let load = async || relay.get("/widget/define.js").send().await.unwrap();
    let mut passed = 0;
    for _ in 0..40 {
        let response = load().await;
        if response.status() == 429 {
            assert!(response.headers().contains_key("retry-after"));
            assert_eq!(response.headers()["access-control-allow-origin"], "*");
            assert_eq!(response.headers()["cache-control"], "no-store");
        } else {
            passed += 1;
        }
    }
    assert_eq!(passed, 5);
    assert_eq!(relay.get("/openapi.json").send().await.unwrap().status(), 200, "the files used up the rate of calls");
    assert_eq!(relay.metric("akiba_relay_limited_total{limit=\"widget\"}").await, Some(35.0));
    let counted = "akiba_relay_http_requests_total{route=\"/widget/{*path}\",code=\"ok\"}";
    assert_eq!(relay.metric(counted).await, Some(5.0));
}

#[tokio::test]
async fn a_relay_without_the_setting_serves_no_files() {
    let relay = Program::start(&[]);
    assert_eq!(relay.get("/widget/define.js").send().await.unwrap().status(), 404);
}

#[test]
fn a_package_that_is_not_whole_is_found_before_the_start() {
    type Change = fn(&Path);
    let rows: [(&str, Change, &str); 9] = [
        ("no folder", |folder| std::fs::remove_dir_all(folder).unwrap(), "can't read"),
        ("a missing file", |folder| std::fs::remove_file(folder.join(FILES[2])).unwrap(), "akiba-selfie_bg.wasm"),
        ("no list", |folder| std::fs::remove_file(folder.join("package.json")).unwrap(), "package.json"),
        (
            "another package",
            |folder| std::fs::write(folder.join("package.json"), "{\"name\":\"x\"}").unwrap(),
            "is not the",
        ),
        ("no entry", |folder| list(folder, &FILES[1..]), "does not list define.js"),
        ("a file outside", |folder| list(folder, &[&FILES[..], &["../token"]].concat()), "../token"),
        ("a dot file", |folder| list(folder, &[&FILES[..], &[".npmrc"]].concat()), ".npmrc"),
        ("an old compressed file", |folder| std::fs::write(folder.join("define.js.br"), "x").unwrap(), "define.js.br"),
        (
            "a link that leads out",
            |folder| {
                std::fs::remove_file(folder.join("define.js")).unwrap();
                std::os::unix::fs::symlink("../token", folder.join("define.js")).unwrap();
            },
            "leads out",
        ),
    ];
    for (what, change, said) in rows {
        let package = package();
        let folder = package.path().join("akiba-selfie");
        let flag = format!("--serve-widget={}", folder.display());
        let check = || run(&["--check-config", "--sessions=off", &flag], &[("AKIBA_TOKEN", "x")]);
        assert!(check().0, "{what}: the whole package");
        change(&folder);
        let (succeeded, text) = check();
        assert!(!succeeded && text.contains("--serve-widget") && text.contains(said), "{what}: {text}");
        assert!(!text.contains("not-for-callers"));
    }
}
