//! The errors of each call, as one type a call with its codes. The routes name the type in their `responses(…)`.

use std::collections::BTreeMap;

use akiba_protocol::problem::MEDIA_TYPE;
use akiba_protocol::{Problem, ProblemCode};
use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::header::Header;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, ToSchema};

use ProblemCode as P;

/// Codes of every call.
const ALWAYS: &[P] = &[P::Forbidden, P::Internal];

/// Codes of a call with a body.
const BODY: &[P] = &[P::BadRequest, P::RequestTimeout, P::BodyTooLarge, P::UnsupportedMediaType];

/// Codes of a call of the host's back end.
const HOST: &[P] = &[P::Unauthorized, P::TooManyRequests, P::Overloaded, P::StorageUnavailable];

/// Codes of a call of a page with a session.
const PAGE: &[P] = &[
    P::Unauthorized,
    P::SessionExpired,
    P::SessionMismatch,
    P::HandoffRequired,
    P::UnknownSession,
    P::SessionState,
    P::HandoffState,
    P::SessionLimit,
    P::PersonLimit,
    P::VerdictPending,
    P::VerdictUnknown,
    P::StorageUnavailable,
];

/// Codes of a desktop's call in a hand-off.
const DESKTOP: &[P] =
    &[P::Unauthorized, P::SessionExpired, P::UnknownSession, P::TooManyRequests, P::Overloaded, P::StorageUnavailable];

/// Codes of a phone's call in a hand-off.
const PHONE: &[P] = &[P::UnknownHandoff, P::UnknownSession, P::TooManyRequests, P::StorageUnavailable];

/// Why a session can't be handed over.
const NO_HANDOFF: &[P] =
    &[P::HandoffState, P::SessionExpired, P::SessionLimit, P::SessionState, P::VerdictPending, P::VerdictUnknown];

/// Codes of a call that calls the vendor.
const VENDOR: &[P] = &[
    P::UnknownCustomer,
    P::Refused,
    P::TooManyRequests,
    P::VendorDenied,
    P::VendorUnavailable,
    P::VendorReply,
    P::Overloaded,
    P::VendorTimeout,
];

macro_rules! problems {
    ($($(#[doc = $doc:literal])+ $name:ident = [$($codes:expr),+];)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug)]
        pub struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                responses(&[$($codes),+].concat())
            }
        }
    )+};
}

problems! {
    /// Errors of a call that needs no authentication and has no body.
    CommonProblems = [ALWAYS];
    /// Errors of reading the public keys of proofs.
    ProofKeysProblems = [ALWAYS, &[P::TooManyRequests, P::NotFound]];
    /// Errors of reading the document.
    DocumentProblems = [ALWAYS, &[P::TooManyRequests]];
    /// Errors of creating a session.
    CreateProblems = [ALWAYS, BODY, HOST, &[P::IdempotencyMismatch, P::PersonLimit, P::SessionState]];
    /// Errors of listing sessions.
    ListProblems = [ALWAYS, HOST, &[P::BadRequest]];
    /// Errors of searching sessions.
    SearchProblems = [ALWAYS, BODY, HOST];
    /// Errors of reading a session.
    ReadProblems = [ALWAYS, HOST, &[P::UnknownSession]];
    /// Errors of deleting a session.
    DeleteProblems = [ALWAYS, HOST, &[P::UnknownSession, P::VerdictPending]];
    /// Errors of resolving a lost verdict.
    ReconcileProblems = [ALWAYS, BODY, HOST, VENDOR, &[P::UnknownSession, P::SessionState, P::VerdictPending]];
    /// Errors of making a link for the person's phone.
    SendHandoffProblems = [ALWAYS, BODY, HOST, NO_HANDOFF, &[P::UnknownSession]];
    /// Errors of requesting a link, with a session.
    PageLinkProblems = [ALWAYS, BODY, PAGE, VENDOR];
    /// Errors of requesting a verdict, with a session.
    PageVerifyProblems = [ALWAYS, BODY, PAGE, VENDOR, &[P::IdempotencyMismatch]];
    /// Errors of reading a verdict again, with a session.
    PageVerdictProblems = [ALWAYS, HOST, &[P::SessionExpired, P::UnknownSession, P::SessionState, P::VerdictPending, P::VerdictUnknown]];
    /// Errors of beginning a hand-off.
    BeginHandoffProblems = [ALWAYS, DESKTOP, NO_HANDOFF];
    /// Errors of renewing a hand-off.
    RenewHandoffProblems = [ALWAYS, DESKTOP, NO_HANDOFF, &[P::UnknownHandoff]];
    /// Errors of following a hand-off.
    FollowHandoffProblems = [ALWAYS, DESKTOP, &[P::BadRequest, P::UnknownHandoff]];
    /// Errors of finding the hand-off that has the session.
    HeldHandoffProblems = [ALWAYS, DESKTOP, &[P::UnknownHandoff]];
    /// Errors of ending a hand-off.
    EndHandoffProblems = [ALWAYS, DESKTOP, &[P::UnknownHandoff]];
    /// Errors of opening a hand-off on a phone.
    RedeemProblems = [ALWAYS, BODY, PHONE, NO_HANDOFF];
    /// Errors of choosing a number.
    ConfirmProblems = [ALWAYS, BODY, PHONE, NO_HANDOFF, &[P::WrongNumber]];
    /// Errors of disowning a session.
    DisownProblems = [ALWAYS, BODY, PHONE, NO_HANDOFF];
    /// Errors of the widget's two calls without sessions.
    PlainCallProblems = [ALWAYS, BODY, VENDOR];
}

fn responses(codes: &[P]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<P>> = BTreeMap::new();
    // Filters the list of all codes, as `codes` may hold a code twice.
    for &code in P::ALL.iter().filter(|code| codes.contains(code)) {
        by_status.entry(code.status()).or_default().push(code);
    }
    by_status.into_iter().map(|(status, codes)| (status.to_string(), RefOr::T(response(status, &codes)))).collect()
}

fn response(status: u16, codes: &[P]) -> Response {
    let words = codes.iter().map(|code| code.as_str());
    let members = ObjectBuilder::new()
        .property("code", ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)))
        .property(
            "status",
            ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).enum_values(Some([status])),
        );
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(Problem::name())).item(members);
    let mut content = Content::new(Some(Schema::from(schema)));
    for &code in codes {
        let shared = Ref::new(format!("#/components/examples/{}", code.as_str()));
        content.examples.insert(code.as_str().to_owned(), RefOr::Ref(shared));
    }
    let titles: Vec<_> = codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.title())).collect();
    let mut response = ResponseBuilder::new().description(titles.join(" ")).content(MEDIA_TYPE, content);
    if status == 401 {
        let scheme = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["Bearer"]));
        response = response.header("www-authenticate", header("The authentication scheme to use.", scheme));
    }
    if codes.iter().any(|&code| can_have_retry_after(code)) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(3_600));
        response = response.header("retry-after", header("Wait this many whole seconds before a retry.", seconds));
    }
    response.build()
}

/// Returns whether an error of this code can have `Retry-After`.
fn can_have_retry_after(code: P) -> bool {
    let of_the_relay =
        matches!(code, P::SessionState | P::HandoffState | P::VerdictPending | P::Overloaded | P::StorageUnavailable);
    of_the_relay || matches!(code, P::TooManyRequests | P::VendorUnavailable)
}

fn header(description: &str, schema: ObjectBuilder) -> Header {
    let mut header = Header::new(schema);
    header.description = Some(description.to_owned());
    header
}

/// Returns an example body for every code.
pub(crate) fn examples() -> BTreeMap<String, RefOr<Example>> {
    let id = Some("0b9a2f6e-3c1d-4a57-9e55-2f1d6c8b7a10".to_owned());
    let example = |code: &P| {
        let value = json!(Problem { request_id: id.clone(), ..Problem::new(*code) });
        let example = Example::builder().summary(code.title()).value(Some(value)).build();
        (code.as_str().to_owned(), RefOr::T(example))
    };
    P::ALL.iter().map(example).collect()
}
