//! Pure policy: the error code for a browser's camera failure. Exceptions are distinguished by name, never by text.

use crate::flow::ErrorCode;

/// The camera's state in the browser's permissions API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// The browser will ask again: the person has not decided.
    Prompt,
    /// The browser allows the camera.
    Granted,
    /// The person or a policy forbids the camera.
    Denied,
    /// The browser does not report it.
    Unknown,
}

impl Permission {
    /// Reads the state that the browser reports, if it does.
    pub(super) fn of(state: Option<&str>) -> Self {
        match state {
            Some("prompt") => Self::Prompt,
            Some("granted") => Self::Granted,
            Some(_) => Self::Denied,
            None => Self::Unknown,
        }
    }
}

/// Returns the code for a missing camera API.
pub(super) fn absent(secure_page: bool) -> ErrorCode {
    if secure_page { ErrorCode::CameraUnsupported } else { ErrorCode::CameraInsecurePage }
}

/// Returns the code for a camera that gave no frame in time, from the word of `media.js` for its cause. A muted track is one
/// whose device sends nothing: another program uses it, or the system blocks it.
pub(super) fn without_frame(cause: &str) -> ErrorCode {
    match cause {
        "ended" => ErrorCode::CameraEnded,
        "muted" => ErrorCode::CameraInUse,
        _ => ErrorCode::CameraFailed,
    }
}

/// Whether a request with fewer constraints may succeed: the requested camera does not exist.
pub(super) fn may_be_relaxed(name: &str) -> bool {
    matches!(name, "OverconstrainedError" | "ConstraintNotSatisfiedError" | "NotFoundError" | "DevicesNotFoundError")
}

/// Whether the camera exists and can't be started now. Another program may release it in a moment.
pub(super) fn is_busy(name: &str) -> bool {
    matches!(name, "NotReadableError" | "TrackStartError" | "SourceUnavailableError" | "AbortError")
}

/// Whether another camera may work where this one failed: it is in use, broken, or sends no picture.
pub(super) fn may_work_with_another(error: ErrorCode) -> bool {
    matches!(error, ErrorCode::CameraInUse | ErrorCode::CameraFailed)
}

/// Returns the code for an exception. `withheld` says that the browser lists no camera at all, although it lists devices:
/// a page or frame that its policy forbids the camera sees none (W3C Media Capture and Streams, `enumerateDevices`), while a person's
/// refusal hides only their names. Firefox and Safari do not report the policy itself. The names come from the standard (W3C Media Capture and Streams, `getUserMedia`)
/// and from older Chromium WebViews.
pub(super) fn code(name: &str, permission: Permission, secure_page: bool, withheld: bool) -> ErrorCode {
    match name {
        // Chromium and Firefox reject with the same name when the person says no and when the person closes the
        // question. After closing it, the permission is still "prompt".
        "NotAllowedError" | "PermissionDeniedError" if permission == Permission::Prompt => ErrorCode::CameraDismissed,
        "PermissionDismissedError" => ErrorCode::CameraDismissed,
        // The browser allows the camera, so the operating system forbids it to the browser.
        "NotAllowedError" if permission == Permission::Granted => ErrorCode::CameraDeniedBySystem,
        "NotAllowedError" if withheld => ErrorCode::CameraBlocked,
        "NotAllowedError" | "PermissionDeniedError" => ErrorCode::CameraDenied,
        "NotFoundError" | "DevicesNotFoundError" | "OverconstrainedError" | "ConstraintNotSatisfiedError" => {
            ErrorCode::CameraNotFound
        }
        name if is_busy(name) => ErrorCode::CameraInUse,
        "SecurityError" => ErrorCode::CameraBlocked,
        "TypeError" if !secure_page => ErrorCode::CameraInsecurePage,
        _ => ErrorCode::CameraFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exception_has_its_code() {
        use ErrorCode::*;
        use Permission::*;
        for (name, permission, secure, expected) in [
            ("NotAllowedError", Denied, true, CameraDenied),
            ("NotAllowedError", Granted, true, CameraDeniedBySystem),
            ("NotAllowedError", Prompt, true, CameraDismissed),
            ("NotAllowedError", Unknown, true, CameraDenied),
            ("PermissionDeniedError", Unknown, true, CameraDenied),
            ("PermissionDismissedError", Unknown, true, CameraDismissed),
            ("NotFoundError", Prompt, true, CameraNotFound),
            ("DevicesNotFoundError", Unknown, true, CameraNotFound),
            ("OverconstrainedError", Granted, true, CameraNotFound),
            ("ConstraintNotSatisfiedError", Unknown, true, CameraNotFound),
            ("NotReadableError", Granted, true, CameraInUse),
            ("TrackStartError", Unknown, true, CameraInUse),
            ("SourceUnavailableError", Unknown, true, CameraInUse),
            ("AbortError", Granted, true, CameraInUse),
            ("SecurityError", Prompt, true, CameraBlocked),
            ("TypeError", Unknown, false, CameraInsecurePage),
            ("TypeError", Unknown, true, CameraFailed),
            ("InvalidStateError", Granted, true, CameraFailed),
            ("", Unknown, true, CameraFailed),
        ] {
            assert_eq!(code(name, permission, secure, false), expected, "{name} {permission:?} {secure}");
        }
        for (name, permission, expected) in [
            ("NotAllowedError", Denied, CameraBlocked),
            ("NotAllowedError", Unknown, CameraBlocked),
            ("NotAllowedError", Prompt, CameraDismissed),
            ("NotAllowedError", Granted, CameraDeniedBySystem),
            ("NotFoundError", Denied, CameraNotFound),
        ] {
            assert_eq!(code(name, permission, true, true), expected, "{name} {permission:?} without a listed camera");
        }
        assert_eq!(absent(true), CameraUnsupported);
        assert_eq!(absent(false), CameraInsecurePage);
        assert_eq!(without_frame("ended"), CameraEnded);
        assert_eq!(without_frame("muted"), CameraInUse);
        assert_eq!(without_frame("failed"), CameraFailed);
        for (state, permission) in
            [(Some("prompt"), Prompt), (Some("granted"), Granted), (Some("denied"), Denied), (None, Unknown)]
        {
            assert_eq!(Permission::of(state), permission, "{state:?}");
        }
    }

    #[test]
    fn only_unmet_constraints_are_relaxed() {
        assert!(may_be_relaxed("OverconstrainedError"));
        for name in ["NotAllowedError", "NotReadableError", "SecurityError", "AbortError", "TypeError"] {
            assert!(!may_be_relaxed(name), "{name}");
        }
    }
}
