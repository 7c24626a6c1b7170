//! Why a session does not allow a call (`refusal`).

use akiba_protocol::ProblemCode;

use crate::error::RelayError;
use crate::lifecycle::State;

/// Why a session in this state does not allow the call.
pub(super) fn refusal(state: State) -> RelayError {
    let (code, detail) = match state {
        State::Verifying => (ProblemCode::VerdictPending, "The vendor has not answered yet."),
        State::Unknown => (ProblemCode::VerdictUnknown, "The host's back end decides what is next."),
        State::Expired => (ProblemCode::SessionExpired, "The host's back end can make a new one."),
        State::Verified => (ProblemCode::SessionState, "The session has its verdict."),
        State::Rejected => (ProblemCode::SessionState, "The session has a verdict; another one takes a new link."),
        State::Created => (ProblemCode::SessionState, "The session has issued no link yet."),
        State::LinkIssued => (ProblemCode::SessionState, "The session has been moved by another call."),
    };
    let error = RelayError::new(code).with_detail(detail);
    if code == ProblemCode::VerdictPending { error.retry_after(1) } else { error }
}
