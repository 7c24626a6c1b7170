//! Checks whether a relay on this machine is ready ([`ready`]), for a container's health check: the image has no other
//! HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::StatusCode;

use crate::http_client;
use crate::settings::Settings;

/// Longest wait for the answer.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Calls `/readyz` of the relay with these settings: at `--admin-listen`, or else at `--listen`.
///
/// # Errors
/// A sentence when the relay is not ready or does not answer.
pub async fn ready(settings: &Settings) -> Result<(), String> {
    let address = match settings.server.admin_listen {
        Some(address) => address,
        // The relay's certificate is not for this address, so the TLS client would reject it.
        None if settings.server.tls_cert.is_some() => {
            return Err("a relay with --tls-cert can be checked only at --admin-listen: set it".to_owned());
        }
        None => settings.server.listen,
    };
    let client =
        http_client::build("the health check", |client| client.timeout(TIMEOUT)).map_err(|error| error.to_string())?;
    let answer = client.get(format!("http://{}/readyz", reachable_address(address))).send().await;
    match answer.map(|answer| answer.status()) {
        Ok(StatusCode::OK) => Ok(()),
        Ok(status) => Err(format!("the relay is not ready: it answered {}", status.as_u16())),
        Err(error) => Err(format!("the relay does not answer at {address}: {}", error.without_url())),
    }
}

/// Returns the address at which this machine reaches a listener: loopback if it listens on all addresses.
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
    fn a_listener_on_all_addresses_is_reached_on_loopback() {
        for (listens, reached) in
            [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), ("10.0.0.1:1", "10.0.0.1:1"), ("[::1]:1", "[::1]:1")]
        {
            assert_eq!(reachable_address(listens.parse().unwrap()).to_string(), reached);
        }
    }
}
