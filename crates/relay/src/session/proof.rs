//! Proves verdicts (`Sessions::statement`, `Sessions::proof`).

use akiba_protocol::{Outcome, Reason};

use super::Sessions;
use super::record::OpenSession;
use crate::proof::{Proofs, Statement};

impl Sessions {
    /// Returns what signs proofs; `None` if there are no keys.
    #[must_use]
    pub fn proofs(&self) -> Option<&Proofs> {
        self.outbox.proofs.as_ref()
    }

    /// Returns what a proof says about the verdict on a link.
    ///
    /// The id names the verdict, so a back end that accepts each id once acts once on a verdict, however often the page or
    /// the webhook brings a proof of it. A verdict that becomes final later gets another id.
    pub(super) fn statement(
        &self,
        session: &OpenSession,
        link_id: &str,
        outcome: Outcome,
        reason: Option<Reason>,
        is_final: bool,
    ) -> Statement {
        let verdict = link_id.replacen("lnk_", "ver_", 1);
        Statement {
            aud: session.row.api_key.clone(),
            sub: session.row.id.clone(),
            jti: if is_final { format!("{verdict}-final") } else { verdict },
            reference: session.personal.reference.clone(),
            outcome,
            reason,
            is_final,
        }
    }

    /// Signs a proof of the verdict on a link. Returns `None` if there are no keys.
    pub(super) fn proof(
        &self,
        session: &OpenSession,
        link_id: &str,
        outcome: Outcome,
        reason: Option<Reason>,
        is_final: bool,
    ) -> Option<String> {
        let proofs = self.proofs()?;
        let signed = proofs.sign(&self.statement(session, link_id, outcome, reason, is_final), self.clock.now());
        signed.inspect_err(|error| tracing::error!(%error, "the page gets its verdict without a proof")).ok()
    }
}
