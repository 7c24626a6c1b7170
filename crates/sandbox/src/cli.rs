//! The command line ([`Cli`], [`Command`]).

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use http::HeaderValue;
use url::Url;

use crate::process::tether;
use crate::sandbox::Options;

/// Akiba's API and an S3 that checks signatures, on this machine
#[derive(Debug, Parser)]
#[command(name = "akiba-sandbox", version)]
pub struct Cli {
    /// The command to run
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the vendor's API and the S3
    Serve(ServeArgs),
    /// Run the vendor's API, the S3, the relay and the demo page
    Demo(DemoArgs),
    /// Become another program that ends with its parent; the demo starts the relay this way
    #[command(name = tether::SUBCOMMAND, hide = true)]
    RunTethered(TetherArgs),
}

/// The arguments of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Port of the vendor's API; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub vendor_port: u16,
    /// Port of the S3; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub s3_port: u16,
    /// The arguments shared with `demo`.
    #[command(flatten)]
    pub common: CommonArgs,
}

/// The arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Port of the page; 0 picks a free one
    #[arg(long, env = "PORT", value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// Folder with the page's files: index.html and everything it loads
    #[arg(long, value_name = "DIR", required_unless_present = "no_page")]
    pub site: Option<PathBuf>,
    /// Let another server, such as `trunk serve`, serve the page and forward /v1 to the relay
    #[arg(long)]
    pub no_page: bool,
    /// Path of akiba-relay [default: the one in the folder of this program]
    #[arg(long, value_name = "FILE")]
    pub relay: Option<PathBuf>,
    /// Port of the relay [default: a free one; 8081 with --no-page]
    #[arg(long, value_name = "PORT")]
    pub relay_port: Option<u16>,
    /// Whether the relay requires sessions; if so, the page's server is also the back end that creates them [default:
    /// required; off with --no-page]
    #[arg(long, value_enum, value_name = "WHICH", conflicts_with = "no_page")]
    pub sessions: Option<Sessions>,
    /// The arguments shared with `serve`.
    #[command(flatten)]
    pub common: CommonArgs,
    /// More arguments for the relay
    #[arg(last = true, value_name = "RELAY ARGUMENTS")]
    pub relay_arguments: Vec<OsString>,
}

/// Whether the relay requires sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Sessions {
    /// The page names the person, and nobody checks it.
    Off,
    /// The page's server names the person.
    Required,
}

impl DemoArgs {
    /// Whether a back end creates sessions.
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        !self.no_page && self.sessions != Some(Sessions::Off)
    }
}

/// The arguments that `serve` and `demo` share.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// Keep the uploaded objects in this folder [default: a temporary folder, removed at the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The vendor's token [default: a random one]
    #[arg(long, env = "AKIBA_SANDBOX_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Access key of the S3 [default: a random one]
    #[arg(long, env = "AKIBA_SANDBOX_S3_ACCESS_KEY", value_name = "KEY", requires = "s3_secret_key")]
    pub s3_access_key: Option<String>,
    /// Secret key of the S3 [default: a random one]
    #[arg(
        long,
        env = "AKIBA_SANDBOX_S3_SECRET_KEY",
        value_name = "KEY",
        requires = "s3_access_key",
        hide_env_values = true
    )]
    pub s3_secret_key: Option<String>,
    /// Origin of another page that may call and upload, such as http://127.0.0.1:3000; repeat it for more origins
    #[arg(long, value_name = "ORIGIN", value_parser = page_origin)]
    pub origin: Vec<HeaderValue>,
    /// Lifetime of a signed link, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=604_800))]
    pub link_life: u32,
    /// Delay of the slow test identity, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    pub slow_seconds: u32,
    /// Serve the test controls under /_sandbox on the vendor's port
    #[arg(long)]
    pub test_controls: bool,
    /// Exit when standard input ends, so that this process never outlives the program that started it
    #[arg(long)]
    pub end_with_stdin: bool,
    /// Write addresses and keys to this file, as JSON, once everything is ready
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
}

/// The arguments of the hidden subcommand.
#[derive(Debug, Args)]
pub struct TetherArgs {
    /// The parent's process id.
    pub parent: u32,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    pub program: Vec<OsString>,
}

impl CommonArgs {
    /// Returns the options that the arguments describe, with free ports.
    #[must_use]
    pub fn options(&self) -> Options {
        Options {
            data: self.data.clone(),
            token: self.token.clone(),
            s3_keys: self.s3_access_key.clone().zip(self.s3_secret_key.clone()),
            link_life: Duration::from_secs(self.link_life.into()),
            slow: Duration::from_secs(self.slow_seconds.into()),
            origins: self.origin.clone(),
            test_controls: self.test_controls,
            ..Options::default()
        }
    }
}

/// Parses the origin of one page. `*` is not accepted: every page could upload to the S3, and the relay rejects it too.
fn page_origin(text: &str) -> Result<HeaderValue, String> {
    let example = "an http or https origin such as http://127.0.0.1:3000";
    let origin = Url::parse(text).map_err(|_| format!("it must be {example}"))?.origin().ascii_serialization();
    if !origin.starts_with("http://") && !origin.starts_with("https://") {
        return Err(format!("it must be {example}"));
    }
    if origin != text {
        return Err(format!("browsers send this origin as {origin}"));
    }
    HeaderValue::try_from(origin).map_err(|_| format!("it must be {example}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Cli;

    #[test]
    fn an_origin_is_written_as_browsers_send_it() {
        let parse = |origin| Cli::try_parse_from(["akiba-sandbox", "serve", "--origin", origin]);
        for right in ["http://127.0.0.1:3000", "http://localhost:8080", "https://bank.example", "http://[::1]:8080"] {
            assert!(parse(right).is_ok(), "{right}");
        }
        for wrong in ["*", "null", "", "bank.example", "localhost:8080", "ftp://bank.example", "data:,x"] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(error.contains("it must be an http or https origin such as"), "{wrong}: {error}");
        }
        for wrong in ["https://bank.example/", "https://BANK.example", "https://bank.example:443"] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(error.contains("browsers send this origin as https://bank.example"), "{wrong}: {error}");
        }
    }

    #[test]
    fn the_command_is_well_formed() {
        Cli::command().debug_assert();
    }
}
