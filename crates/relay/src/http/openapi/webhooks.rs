//! The webhooks in the OpenAPI document.

use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    AllOfBuilder, Content, HttpMethod, ObjectBuilder, PathItem, Paths, Ref, RefOr, Required, ResponseBuilder, Schema,
    Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::lifecycle::State;
use crate::webhook::event::{CLOSED, WebhookEvent, name};

/// Returns all webhooks, and adds the schemas that they use to `schemas`.
pub(crate) fn all(schemas: &mut Vec<(String, RefOr<Schema>)>) -> Paths {
    schemas.push((WebhookEvent::name().into_owned(), WebhookEvent::schema()));
    WebhookEvent::schemas(schemas);
    let mut paths = Paths::new();
    for state in State::ALL {
        if let Some(name) = name(state) {
            let operation = operation(name, summary(state), &[state]);
            paths.paths.insert(name.to_owned(), PathItem::new(HttpMethod::Post, operation));
        }
    }
    let summary = "The session has ended without a final verdict and without another event: its life is over or its limits \
                   are used up.";
    let operation = operation(CLOSED, summary, &[State::Created, State::LinkIssued, State::Rejected]);
    paths.paths.insert(CLOSED.to_owned(), PathItem::new(HttpMethod::Post, operation));
    paths
}

fn operation(name: &str, summary: &str, states: &[State]) -> Operation {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let states = text().enum_values(Some(states.iter().map(|state| state.as_str())));
    let data = ObjectBuilder::new().property("state", states);
    let members = ObjectBuilder::new().property("type", text().enum_values(Some([name]))).property("data", data);
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(WebhookEvent::name())).item(members);
    let body = Content::new(Some(Schema::from(schema)));
    let answer = ResponseBuilder::new()
        .description("The webhook has arrived. After any other status it is sent again, for one day.");
    let parameter = |name: &str, description: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        parameter.required(Required::True).description(Some(description)).schema(Some(text))
    };
    Operation::builder()
        .operation_id(Some(name))
        .summary(Some(summary))
        .description(Some("Sent as Standard Webhooks describes, at least once. Every retry has the same id."))
        .parameter(parameter("webhook-id", "The id of the webhook. Retries have the same id."))
        .parameter(parameter("webhook-timestamp", "When it was sent, in seconds since 1970."))
        .parameter(parameter(
            "webhook-signature",
            "One signature for each secret, separated by spaces: `v1,` and the HMAC-SHA-256 in base64.",
        ))
        .request_body(Some(
            RequestBodyBuilder::new().content("application/json", body).required(Some(Required::True)).build(),
        ))
        .response("2XX", answer)
        .build()
}

fn summary(state: State) -> &'static str {
    match state {
        State::Verified => "The selfie and the official record show the same person.",
        State::Rejected => "The vendor did not confirm that the selfie and the official record show the same person.",
        State::Unknown => "The relay sent the request to the vendor, but got no usable answer.",
        State::Expired => "The session expired without a verdict.",
        State::Disowned => {
            "The person at the phone said that they did not start this. Treat the case as an attempted fraud."
        }
        State::Created | State::LinkIssued | State::Verifying => "",
    }
}
