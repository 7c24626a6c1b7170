//! Checks whether a relay on this machine is ready ([`ready`]), for a container's health check: the image has no other
//! HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use reqwest::StatusCode;

use crate::http_client;
use crate::http_client::route::Route;
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
    let client = http_client::build("the health check", &Route::default(), |client| client.timeout(TIMEOUT))
        .map_err(|error| error.to_string())?;
    let mut answer = Err(None);
    for address in reachable_addresses(address) {
        answer = client.get(format!("http://{address}/readyz")).send().await.map_err(Some);
        if answer.is_ok() {
            break;
        }
    }
    match answer.map(|answer| answer.status()) {
        Ok(StatusCode::OK) => Ok(()),
        Ok(status) => Err(format!("the relay is not ready: it answered {}", status.as_u16())),
        Err(error) => {
            let reason = error.map(|error| format!(": {}", error.without_url())).unwrap_or_default();
            Err(format!("the relay does not answer at {address}{reason}"))
        }
    }
}

/// Returns the addresses at which this machine may reach a listener: loopback if it listens on all addresses. `[::]`
/// also takes IPv4, and a container without IPv6 has no `::1`.
fn reachable_addresses(address: SocketAddr) -> Vec<SocketAddr> {
    let ips: &[IpAddr] = match address.ip() {
        ip if !ip.is_unspecified() => &[ip],
        IpAddr::V4(_) => &[IpAddr::V4(Ipv4Addr::LOCALHOST)],
        IpAddr::V6(_) => &[IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)],
    };
    ips.iter().map(|&ip| SocketAddr::new(ip, address.port())).collect()
}

#[cfg(test)]
mod tests {
    use super::reachable_addresses;

    #[test]
    fn a_listener_on_all_addresses_is_reached_on_loopback() {
        for (listens, reached) in [
            ("0.0.0.0:1", &["127.0.0.1:1"][..]),
            ("[::]:1", &["[::1]:1", "127.0.0.1:1"]),
            ("10.0.0.1:1", &["10.0.0.1:1"]),
            ("[::1]:1", &["[::1]:1"]),
        ] {
            let addresses = reachable_addresses(listens.parse().unwrap());
            assert_eq!(addresses.iter().map(ToString::to_string).collect::<Vec<_>>(), reached);
        }
    }
}
