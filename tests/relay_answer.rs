//! The meaning of each answer of the relay, row by row.

use std::time::Duration;

use akiba_protocol::ProblemCode;
use akiba_selfie::adapter::relay::answer::{Answer, Call, retry_after};
use akiba_selfie::flow::{ErrorCode, RelayFailure};

const BUSY: RelayFailure = RelayFailure::Busy { retry_after: None };

fn check(call: Call, status: u16, session: bool, code: Option<&str>) -> Result<(), RelayFailure> {
    Answer { status, retry_after: None, json: true }.check(call, session, code)
}

#[test]
fn every_problem_code_has_its_failure() {
    for code in ProblemCode::ALL {
        let wanted = match code {
            ProblemCode::Unauthorized | ProblemCode::SessionExpired | ProblemCode::UnknownSession => {
                RelayFailure::Session
            }
            ProblemCode::SessionState => RelayFailure::SessionDone,
            ProblemCode::HandoffState => RelayFailure::AtPhone,
            ProblemCode::HandoffRequired => RelayFailure::NeedsPhone,
            ProblemCode::SessionLimit | ProblemCode::PersonLimit => RelayFailure::SessionLimit,
            ProblemCode::VerdictUnknown => RelayFailure::VerdictUnknown,
            ProblemCode::Forbidden | ProblemCode::SessionMismatch | ProblemCode::WrongNumber => RelayFailure::Forbidden,
            ProblemCode::UnknownCustomer => RelayFailure::UnknownCustomer,
            ProblemCode::RequestTimeout | ProblemCode::VendorTimeout => RelayFailure::Timeout,
            ProblemCode::TooManyRequests
            | ProblemCode::Overloaded
            | ProblemCode::StorageUnavailable
            | ProblemCode::VerdictPending => BUSY,
            ProblemCode::Internal | ProblemCode::VendorUnavailable | ProblemCode::VendorReply => RelayFailure::Failed,
            ProblemCode::BadRequest
            | ProblemCode::NotFound
            | ProblemCode::IdempotencyMismatch
            | ProblemCode::MethodNotAllowed
            | ProblemCode::BodyTooLarge
            | ProblemCode::UnsupportedMediaType
            | ProblemCode::Refused
            | ProblemCode::UnknownHandoff
            | ProblemCode::VendorDenied => RelayFailure::Refused,
        };
        for call in [Call::Link, Call::Verify] {
            let wanted = match (call, code) {
                // Another link may be issued.
                (Call::Verify, ProblemCode::SessionMismatch | ProblemCode::SessionState) => RelayFailure::LinkVoid,
                _ => wanted,
            };
            for session in [true, false] {
                assert_eq!(check(call, code.status(), session, Some(code.as_str())), Err(wanted), "{code:?} {call:?}");
            }
        }
    }
}

/// The error code and next steps for each problem code. A new code does not compile until it has a row here.
#[test]
fn every_problem_code_has_its_error_code() {
    for code in ProblemCode::ALL {
        let (link, verify) = match code {
            ProblemCode::Unauthorized | ProblemCode::SessionExpired | ProblemCode::UnknownSession => {
                (ErrorCode::Session, ErrorCode::Session)
            }
            ProblemCode::SessionLimit | ProblemCode::PersonLimit => (ErrorCode::SessionLimit, ErrorCode::SessionLimit),
            ProblemCode::VerdictUnknown => (ErrorCode::VerdictUnknown, ErrorCode::VerdictUnknown),
            // Only if a new link does not help.
            ProblemCode::SessionState => (ErrorCode::SessionDone, ErrorCode::RelayForbidden),
            // Only if the page offers no phone.
            ProblemCode::HandoffState => (ErrorCode::SessionDone, ErrorCode::SessionDone),
            ProblemCode::SessionMismatch
            | ProblemCode::Forbidden
            | ProblemCode::HandoffRequired
            | ProblemCode::WrongNumber => (ErrorCode::RelayForbidden, ErrorCode::RelayForbidden),
            ProblemCode::UnknownCustomer => (ErrorCode::CustomerUnknown, ErrorCode::CustomerUnknown),
            ProblemCode::RequestTimeout | ProblemCode::VendorTimeout => {
                (ErrorCode::RelayTimeout, ErrorCode::RelayTimeout)
            }
            ProblemCode::TooManyRequests
            | ProblemCode::Overloaded
            | ProblemCode::StorageUnavailable
            | ProblemCode::VerdictPending => (ErrorCode::RelayBusy, ErrorCode::RelayBusy),
            ProblemCode::Internal | ProblemCode::VendorUnavailable | ProblemCode::VendorReply => {
                (ErrorCode::RelayFailed, ErrorCode::RelayFailed)
            }
            // Errors in the set-up of the check.
            ProblemCode::BadRequest
            | ProblemCode::NotFound
            | ProblemCode::MethodNotAllowed
            | ProblemCode::BodyTooLarge
            | ProblemCode::UnsupportedMediaType
            | ProblemCode::IdempotencyMismatch
            | ProblemCode::Refused
            | ProblemCode::UnknownHandoff
            | ProblemCode::VendorDenied => (ErrorCode::RelayRefused, ErrorCode::RelayRefused),
        };
        for (call, wanted) in [(Call::Link, link), (Call::Verify, verify)] {
            let failure = check(call, code.status(), true, Some(code.as_str())).unwrap_err();
            assert_eq!(failure.code(), wanted, "{code:?} {call:?}");
            // The person must not be asked to send or take a photo again if that changes nothing or may be billed.
            let hopeless =
                matches!(wanted, ErrorCode::SessionDone | ErrorCode::SessionLimit | ErrorCode::VerdictUnknown);
            assert!(!(hopeless && wanted.retryable(true)), "{code:?}");
        }
    }
}

/// The last cell of a problem's row names the widget's own code, or another row that does.
#[test]
fn the_documented_relay_errors_match_the_widget() {
    let doc = include_str!("../docs/relay/reference.md");
    let cell = |code: &str| {
        let row = doc.lines().find(|line| line.starts_with(&format!("| `{code}` | "))).expect("a row");
        row.trim_end_matches(" |").rsplit(" | ").next().expect("a cell").to_owned()
    };
    for code in ProblemCode::ALL {
        let mut told = cell(code.as_str());
        while let Some(other) = told.strip_prefix("as for `").and_then(|rest| rest.strip_suffix('`')) {
            told = cell(other);
        }
        if told == "does not make these calls" {
            continue;
        }
        let does = check(Call::Link, code.status(), true, Some(code.as_str())).unwrap_err().code().as_str();
        // A page can't read this answer.
        let does = if code == ProblemCode::Forbidden { "relay-unreachable" } else { does };
        assert!(told.contains(&format!("`{does}`")), "{code:?}: {does} is missing in: {told}");
    }
}

#[test]
fn a_plain_proxy_is_understood_by_its_status() {
    use Call::{Link, Verify};
    let rows = [
        (Link, 200, true, Ok(())),
        (Verify, 201, false, Ok(())),
        (Link, 401, true, Err(RelayFailure::Session)),
        (Link, 401, false, Err(RelayFailure::Refused)),
        (Verify, 403, true, Err(RelayFailure::Forbidden)),
        (Link, 404, true, Err(RelayFailure::Refused)),
        (Link, 408, true, Err(RelayFailure::Timeout)),
        (Link, 418, true, Err(RelayFailure::Refused)),
        (Verify, 429, true, Err(BUSY)),
        (Link, 500, true, Err(RelayFailure::Failed)),
        (Link, 502, true, Err(RelayFailure::Failed)),
        (Link, 503, true, Err(BUSY)),
        (Verify, 503, true, Err(RelayFailure::Failed)),
        (Verify, 504, true, Err(RelayFailure::Timeout)),
        (Link, 304, true, Err(RelayFailure::Reply)),
    ];
    for (call, status, session, wanted) in rows {
        for code in [None, Some("a-word-of-tomorrow"), Some("")] {
            assert_eq!(check(call, status, session, code), wanted, "{call:?} {status} {code:?}");
        }
    }
}

/// The pages of filters, sign-in pages and load balancers are HTML or empty.
#[test]
fn an_answer_that_is_not_json_is_not_the_relays_word() {
    use Call::{Link, Verify};
    let check = |call, status, session| Answer { status, retry_after: None, json: false }.check(call, session, None);
    for call in [Link, Verify] {
        for session in [true, false] {
            for status in [200, 204, 302, 400, 403, 404, 405, 407, 409, 413, 418, 451, 511] {
                if status == 511 && !session {
                    continue;
                }
                assert_eq!(check(call, status, session), Err(RelayFailure::Unreachable), "{call:?} {status} {session}");
            }
            assert_eq!(check(call, 408, session), Err(RelayFailure::Timeout));
            assert_eq!(check(call, 504, session), Err(RelayFailure::Timeout));
            assert_eq!(check(call, 429, session), Err(BUSY));
        }
        // With a session, only the relay's word says that the vendor failed.
        assert_eq!(check(call, 502, true), Err(RelayFailure::Unreachable));
        assert_eq!(check(call, 502, false), Err(RelayFailure::Failed));
        assert_eq!(check(call, 503, true), Err(BUSY));
        // The session may have expired: another one is harmless.
        assert_eq!(check(call, 401, true), Err(RelayFailure::Session));
        assert_eq!(check(call, 401, false), Err(RelayFailure::Refused));
    }
    assert_eq!(check(Verify, 503, false), Err(RelayFailure::Failed));
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let date = |text: &str| if text == "Mon, 23 Nov 2026 08:00:10 GMT" { 1_795_420_810_000.0 } else { f64::NAN };
    let at = |text, now| retry_after(text, now, date);
    assert_eq!(at("120", 0.0), Some(Duration::from_secs(120)));
    assert_eq!(at(" 0 ", 0.0), Some(Duration::ZERO));
    assert_eq!(at("Mon, 23 Nov 2026 08:00:10 GMT", 1_795_420_800_000.0), Some(Duration::from_secs(10)));
    assert_eq!(at("Mon, 23 Nov 2026 08:00:10 GMT", 1_795_420_900_000.0), Some(Duration::ZERO));
    for odd in ["", "soon", "-5", "1.5"] {
        assert_eq!(at(odd, 0.0), None, "{odd}");
    }
}
