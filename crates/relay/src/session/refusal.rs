//! Why a session does not allow a call (`refusal`).

use akiba_protocol::ProblemCode;

use crate::error::RelayError;
use crate::lifecycle::State;

/// Returns the error for a call that a session in this state does not allow.
pub(super) fn refusal(state: State) -> RelayError {
    let (code, detail) = match state {
        State::Verifying => (ProblemCode::VerdictPending, "The vendor has not answered yet."),
        State::Unknown => (ProblemCode::VerdictUnknown, "The host's back end decides what to do next."),
        State::Expired => (ProblemCode::SessionExpired, "The host's back end can create a new session."),
        State::Disowned => (ProblemCode::SessionState, "The person said that they did not start this session."),
        State::Verified => (ProblemCode::SessionState, "The session already has its verdict."),
        State::Rejected => (ProblemCode::SessionState, "The session has a verdict. Another one needs a new link."),
        State::Created => (ProblemCode::SessionState, "The session has not issued a link yet."),
        State::LinkIssued => (ProblemCode::SessionState, "Another call changed the session."),
    };
    let error = RelayError::new(code).with_detail(detail);
    if code == ProblemCode::VerdictPending { error.retry_after(1) } else { error }
}
