//! Asks a relay on this machine whether it is ready ([`ready`]), for a container's health check: an image of little more
//! than this program has nothing else to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::StatusCode;

use crate::http_client;
use crate::settings::Settings;

/// Longest wait for the answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Asks the relay that has these settings: at its operator's listener, or else where it serves.
///
/// # Errors
/// A sentence when it is not ready, or can't be asked.
pub async fn ready(settings: &Settings) -> Result<(), String> {
    let address = match settings.server.admin_listen {
        Some(address) => address,
        // Its certificate is not of this name.
        None if settings.server.tls_cert.is_some() => return Err("with --tls-cert it takes --admin-listen".to_owned()),
        None => settings.server.listen,
    };
    let client =
        http_client::build("this check", |client| client.timeout(TIMEOUT)).map_err(|error| error.to_string())?;
    let answer = client.get(format!("http://{}/readyz", reachable_address(address))).send().await;
    match answer.map(|answer| answer.status()) {
        Ok(StatusCode::OK) => Ok(()),
        Ok(status) => Err(format!("it is not ready: {}", status.as_u16())),
        Err(error) => Err(error.without_url().to_string()),
    }
}

/// Where on this machine a listener of this address is reached.
fn reachable_address(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

#[cfg(test)]
mod tests {
    use super::reachable_address;

    #[test]
    fn what_listens_everywhere_is_reached_on_loopback() {
        for (listens, reached) in
            [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), ("10.0.0.1:1", "10.0.0.1:1"), ("[::1]:1", "[::1]:1")]
        {
            assert_eq!(reachable_address(listens.parse().unwrap()).to_string(), reached);
        }
    }
}
