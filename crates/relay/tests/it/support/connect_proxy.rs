//! A proxy that speaks only CONNECT, and lets in only callers with its user name and password.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::TcpStream;

use super::{Task, listen};

/// A proxy of the tests. It resolves every name to this machine.
pub(crate) struct ConnectProxy {
    address: String,
    targets: Arc<Mutex<Vec<String>>>,
    _task: Task<()>,
}

pub(crate) const USER: &str = "relay-user";
/// With characters that a URL must escape.
pub(crate) const PASSWORD: &str = "prx/6b0e:71@c";

impl ConnectProxy {
    pub(crate) async fn start() -> Self {
        let (listener, base) = listen().await;
        let targets = Arc::<Mutex<Vec<String>>>::default();
        let list = Arc::clone(&targets);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(serve(stream, Arc::clone(&list)));
            }
        });
        Self { address: base.trim_start_matches("http://").to_owned(), targets, _task: Task::of(task) }
    }

    /// Its URL with user name and password.
    pub(crate) fn url(&self) -> String {
        let password = PASSWORD.replace('/', "%2F").replace(':', "%3A").replace('@', "%40");
        for secret in [PASSWORD, &password, &BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"))] {
            super::run_log::secret(secret);
        }
        format!("http://{USER}:{password}@{}", self.address)
    }

    /// Its URL without a password.
    pub(crate) fn bare_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The targets of all CONNECT requests so far, including rejected requests.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.targets.lock().unwrap().clone()
    }
}

async fn serve(stream: TcpStream, targets: Arc<Mutex<Vec<String>>>) {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push(line.trim().to_owned());
    }
    let target = head[0].strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
    // A plain request through a proxy would name the whole URL.
    targets.lock().unwrap().push(target.unwrap_or(&head[0]).to_owned());
    let expected = format!("basic {}", BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}")));
    let authorized = head.iter().any(|line| {
        let Some((name, value)) = line.split_once(':') else { return false };
        name.eq_ignore_ascii_case("proxy-authorization") && value.trim().eq_ignore_ascii_case(&expected)
    });
    let (Some(target), true) = (target, authorized) else {
        let refused =
            b"HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\ncontent-length: 0\r\n\r\n";
        let _ = stream.write_all(refused).await;
        return;
    };
    let port = target.rsplit(':').next().unwrap();
    let Ok(mut server) = TcpStream::connect(format!("127.0.0.1:{port}")).await else { return };
    if stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
        let _ = copy_bidirectional(&mut stream, &mut server).await;
    }
}
