//! Which errors a call has: one type a call, with its codes, for `responses(…)` of its route.

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

/// Of every call.
const ALWAYS: &[P] = &[P::Forbidden, P::Internal];

/// Of calls with a body.
const BODY: &[P] = &[P::BadRequest, P::RequestTimeout, P::BodyTooLarge, P::UnsupportedMediaType];

/// Of calls of the host's back end.
const HOST: &[P] = &[P::Unauthorized, P::TooManyRequests, P::StorageUnavailable];

/// Of calls of a page with a session.
const PAGE: &[P] = &[
    P::Unauthorized,
    P::SessionExpired,
    P::SessionMismatch,
    P::UnknownSession,
    P::SessionState,
    P::SessionLimit,
    P::VerdictPending,
    P::VerdictUnknown,
    P::StorageUnavailable,
];

/// Of calls that ask the vendor.
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
    /// Of a call that asks for nothing.
    CommonProblems = [ALWAYS];
    /// Of a new session.
    CreateProblems = [ALWAYS, BODY, HOST];
    /// Of what is told of a session.
    ReadProblems = [ALWAYS, HOST, &[P::UnknownSession]];
    /// Of a session's end.
    DeleteProblems = [ALWAYS, HOST, &[P::UnknownSession, P::VerdictPending]];
    /// Of what is done about a lost verdict.
    ReconcileProblems = [ALWAYS, BODY, HOST, VENDOR, &[P::UnknownSession, P::SessionState, P::VerdictPending]];
    /// Of the widget's first call, with a session.
    PageLinkProblems = [ALWAYS, BODY, PAGE, VENDOR];
    /// Of its second.
    PageVerifyProblems = [ALWAYS, BODY, PAGE, VENDOR, &[P::IdempotencyMismatch]];
    /// Of both, without sessions.
    PlainCallProblems = [ALWAYS, BODY, VENDOR];
}

fn responses(codes: &[P]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<P>> = BTreeMap::new();
    // One call may have a code for two reasons.
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
        response = response.header("www-authenticate", header("What is wanted.", scheme));
    }
    if codes.iter().any(|&code| says_when(code)) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(3_600));
        response = response.header("retry-after", header("Whole seconds after which to ask again.", seconds));
    }
    response.build()
}

/// Whether a problem may come with `Retry-After`.
fn says_when(code: P) -> bool {
    matches!(code, P::SessionState | P::VerdictPending | P::TooManyRequests | P::Overloaded | P::StorageUnavailable)
}

fn header(description: &str, schema: ObjectBuilder) -> Header {
    let mut header = Header::new(schema);
    header.description = Some(description.to_owned());
    header
}

/// The whole body of every problem, by its code.
pub(crate) fn examples() -> BTreeMap<String, RefOr<Example>> {
    let id = Some("0b9a2f6e-3c1d-4a57-9e55-2f1d6c8b7a10".to_owned());
    let example = |code: &P| {
        let value = json!(Problem { request_id: id.clone(), ..Problem::new(*code) });
        let example = Example::builder().summary(code.title()).value(Some(value)).build();
        (code.as_str().to_owned(), RefOr::T(example))
    };
    P::ALL.iter().map(example).collect()
}
