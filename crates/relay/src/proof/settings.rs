//! The settings of proofs ([`ProofSettings`]). The keys themselves are not settings: they come from a file, a
//! command or the environment.

use std::path::PathBuf;

use clap::Args;

use crate::secrets::SecretSource;
use crate::secrets::command::SecretCommand;
use crate::secrets::proof_keys::KEYS_VARIABLE;

/// Settings of proofs.
#[derive(Clone, Debug, Args)]
pub struct ProofSettings {
    /// File with the keys that sign proofs of verdicts; without it, AKIBA_PROOF_KEYS holds them. Without keys there are no
    /// proofs
    #[arg(long, env = "AKIBA_RELAY_PROOF_KEYS_FILE", value_name = "FILE")]
    pub proof_keys_file: Option<PathBuf>,

    /// Command that prints the keys of proofs; see --token-command
    #[arg(long, env = "AKIBA_RELAY_PROOF_KEYS_COMMAND", value_name = "COMMAND", hide_env_values = true)]
    pub proof_keys_command: Option<SecretCommand>,

    /// Issuer that proofs name (iss), such as the relay's public URL
    #[arg(
        long,
        env = "AKIBA_RELAY_PROOF_ISSUER",
        value_name = "NAME",
        default_value = "akiba-relay",
        value_parser = issuer
    )]
    pub proof_issuer: String,
}

impl ProofSettings {
    /// Returns where the keys come from.
    #[must_use]
    pub fn keys_source(&self) -> SecretSource {
        let (file, command) = (&self.proof_keys_file, &self.proof_keys_command);
        SecretSource::new("proof-keys", KEYS_VARIABLE, file.as_ref(), command.as_ref())
    }
}

fn issuer(text: &str) -> Result<String, &'static str> {
    let is_name = !text.is_empty() && text.len() <= 256 && text.chars().all(|char| char.is_ascii_graphic());
    if is_name { Ok(text.to_owned()) } else { Err("it must be 1 to 256 visible ASCII characters, such as a URL") }
}

#[cfg(test)]
mod tests {
    use super::issuer;

    #[test]
    fn an_issuer_is_a_name_without_white_space() {
        assert_eq!(issuer("https://relay.bank.example").as_deref(), Ok("https://relay.bank.example"));
        for wrong in ["", "a b", "\u{e4}", &"x".repeat(257)] {
            assert!(issuer(wrong).is_err(), "{wrong}");
        }
    }
}
