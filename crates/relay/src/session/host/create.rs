//! Creates sessions ([`NewSession`], [`Sessions::create`]).

use std::time::Duration;

use akiba_protocol::{CustomerType, ProblemCode};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Number;
use utoipa::ToSchema;

use crate::audit::Action;
use crate::clock::{parse_rfc3339, rfc3339};
use crate::error::RelayError;
use crate::handoff::Policy;
use crate::id::new_id;
use crate::lifecycle::State;
use crate::session::Sessions;
use crate::session::audit::AuditedCall;
use crate::session::record::{Consent, Personal};
use crate::store::StoreError;
use crate::store::sessions::SessionRow;

/// Maximum length of a text field, in characters.
const LONGEST: usize = 128;

/// The body of `POST /v1/sessions`.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "identifier": "8001015009087",
    "type": "1",
    "reference": "order-4711",
    "consent": { "version": "2026-01", "at": "2026-02-03T02:04:05Z" },
    "purpose": "to open an account",
    "ttl": 900,
}))]
pub struct NewSession {
    /// National id of a person or registration number of a company.
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    pub identifier: String,
    /// What the identifier names: a person or a company.
    #[serde(rename = "type")]
    pub customer_type: CustomerType,
    /// The host's own reference for the case. The page gets it back with the verdict.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    pub reference: Option<String>,
    /// The text that the person agreed to.
    #[serde(default)]
    pub consent: Option<Consent>,
    /// What the session is for, in the person's language. A phone shows it before the person continues there.
    #[serde(default)]
    #[schema(
        min_length = 1,
        max_length = 128,
        pattern = "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\u0000-\\u0020\\u007f-\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000][^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    pub purpose: Option<String>,
    /// Whether the session may or must move to a phone: `allow` by default.
    #[serde(default)]
    pub handoff: Option<Policy>,
    /// The language in which the page for phones begins, as a BCP 47 tag.
    #[serde(default)]
    #[schema(max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    pub lang: Option<String>,
    /// Where the page for phones sends the person back to, if a link of the back end opened it. It must be on the operator's list,
    /// `--return-url`, and hold no personal data: browsers keep it.
    #[serde(default)]
    #[schema(format = "uri", max_length = 512)]
    pub return_url: Option<String>,
    /// Lifetime in seconds, up to `--session-ttl-max`.
    #[serde(default, deserialize_with = "whole_number")]
    #[schema(format = "int64", minimum = 1, maximum = 4294967295_i64)]
    pub ttl: Option<u32>,
}

/// The answer to `POST /v1/sessions`.
#[derive(Debug, Serialize, ToSchema)]
#[cfg_attr(test, derive(PartialEq, Deserialize), serde(deny_unknown_fields))]
#[schema(example = json!({
    "session_id": "ses_0197f3a1c2d34e5f8a9b0c1d2e3f4a5b",
    "session_token": "v4.local.c2VjcmV0.eyJraWQiOiJrNC5saWQuLi4ifQ",
    "expires_at": "2026-02-03T02:20:00Z",
}))]
pub struct CreatedSession {
    /// The id of the session.
    #[schema(pattern = "^ses_[0-9a-f]{32}$")]
    pub session_id: String,
    /// The token with which the page uses the session.
    #[schema(pattern = "^v4\\.local\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$")]
    pub session_token: String,
    /// When the session expires.
    #[schema(format = "date-time")]
    pub expires_at: String,
}

/// Parses whole seconds. JSON has only one kind of number, so `900.0` and `9e2` are whole seconds, too.
pub(super) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let whole = number.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(number));
    whole.map(|seconds| Some(seconds as u32)).ok_or_else(|| de::Error::custom("not a whole number of seconds"))
}

impl Sessions {
    /// Creates a session. If `idempotency` is the hash of a key that this back end has used in the last day, returns the
    /// session of that request again, with a new token for it.
    ///
    /// # Errors
    /// [`RelayError`] if a field is invalid, the key was used with another request or its session has expired, or the
    /// database fails.
    pub async fn create(
        &self,
        call: AuditedCall<'_>,
        new: NewSession,
        idempotency: Option<Vec<u8>>,
    ) -> Result<CreatedSession, RelayError> {
        let _permit = self.capacity.host.acquire()?;
        let api_key = call.key;
        let ttl = self.ttl(new.ttl)?;
        let id = new_id("ses");
        let personal = personal(&new)?;
        if new.handoff == Some(Policy::Demand) && self.page_for_phones().is_none() {
            let detail = "`handoff` is \"demand\", and this relay has no page for phones.";
            return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
        }
        if personal.return_url.is_some() && self.return_url(&personal).is_none() {
            let detail = "`return_url` must begin with an address of --return-url, written as browsers write it.";
            return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
        }
        let now = self.clock.now();
        if let Some(idempotency) = &idempotency
            && let Some(created) = self.created_before(api_key, idempotency, &new, &personal).await?
        {
            return Ok(created);
        }
        self.check_attempts(call.key, new.customer_type, &personal.identifier).await?;
        let expires_at = self.ends_at(now, ttl);
        let row = SessionRow {
            sealed: self.seal_personal(&id, &personal)?,
            id,
            api_key: api_key.to_owned(),
            customer_type: customer_type(new.customer_type).to_owned(),
            state: State::Created,
            version: 0,
            created_at: now,
            expires_at,
            updated_at: now,
            links: 0,
            verifies: 0,
            attempt: None,
            link_id: None,
            lease_until: None,
            closed_at: None,
            holder: None,
        };
        let tag = self.reference_tag(api_key, personal.reference.as_deref());
        let entry = call.entry(Action::Create, &row.id, now);
        let inserted = self.store.insert_session(&row, &tag, idempotency.as_deref(), &entry).await;
        match (inserted, &idempotency) {
            (Ok(()), _) => {
                tracing::info!(session = row.id, key = api_key, "session created");
                self.created(row)
            }
            // Another request with the same key was faster.
            (Err(StoreError::Conflict), Some(idempotency)) => {
                let created = self.created_before(api_key, idempotency, &new, &personal).await?;
                created.ok_or_else(|| RelayError::new(ProblemCode::StorageUnavailable).retry_after(1))
            }
            (Err(error), _) => Err(error.into()),
        }
    }

    /// Returns the session that an earlier request with this idempotency key created, if there is one. Fails if that
    /// request was another one.
    async fn created_before(
        &self,
        api_key: &str,
        idempotency: &[u8],
        new: &NewSession,
        personal: &Personal,
    ) -> Result<Option<CreatedSession>, RelayError> {
        let Some(id) = self.store.created_session(api_key, idempotency).await? else { return Ok(None) };
        // Deleted in the meantime, together with its key.
        let Some(row) = self.store.session(&id).await? else { return Ok(None) };
        let session = self.open_session(row)?;
        // The page has said since then what the person agreed to.
        let stored = Personal { agreed: None, ..session.personal };
        if stored != *personal || session.row.customer_type != customer_type(new.customer_type) {
            return Err(RelayError::new(ProblemCode::IdempotencyMismatch));
        }
        // Its token is dead. A second session under the same key would not be the answer to the same request.
        if self.has_expired(&session.row) {
            let detail = "The session of this idempotency key has expired. Use a new key for a new session.";
            return Err(RelayError::new(ProblemCode::SessionState).with_detail(detail));
        }
        self.created(session.row).map(Some)
    }

    fn created(&self, row: SessionRow) -> Result<CreatedSession, RelayError> {
        let session_token = self
            .tokens
            .seal(&row.id, row.created_at, row.expires_at)
            .map_err(|_| RelayError::new(ProblemCode::Internal).caused_by("the session token could not be made"))?;
        Ok(CreatedSession { session_id: row.id, session_token, expires_at: rfc3339(row.expires_at) })
    }

    fn ttl(&self, seconds: Option<u32>) -> Result<Duration, RelayError> {
        let Some(seconds) = seconds else { return Ok(self.limits.ttl) };
        let ttl = Duration::from_secs(seconds.into());
        if ttl.is_zero() || ttl > self.limits.ttl_max {
            let detail = format!("`ttl` must be from 1 to {} seconds.", self.limits.ttl_max.as_secs());
            return Err(RelayError::new(ProblemCode::BadRequest).with_detail(detail));
        }
        Ok(ttl)
    }
}

/// Returns the value of a customer type in the database.
fn customer_type(customer_type: CustomerType) -> &'static str {
    match customer_type {
        CustomerType::Individual => "1",
        CustomerType::Business => "2",
    }
}

fn personal(new: &NewSession) -> Result<Personal, RelayError> {
    let bad = |detail: &'static str| RelayError::new(ProblemCode::BadRequest).with_detail(detail);
    if !is_text(&new.identifier) {
        return Err(bad("`identifier` must be 1 to 128 characters, with no control characters."));
    }
    if new.reference.as_deref().is_some_and(|reference| !is_text(reference)) {
        return Err(bad("`reference` must be 1 to 128 characters, with no control characters."));
    }
    if new.purpose.as_deref().is_some_and(|purpose| !is_text(purpose)) {
        return Err(bad("`purpose` must be 1 to 128 characters, with no control characters."));
    }
    if new.lang.as_deref().is_some_and(|lang| !is_language(lang)) {
        return Err(bad("`lang` must be a language tag such as zu or pt-BR."));
    }
    if let Some(consent) = &new.consent
        && !(is_text(&consent.version) && parse_rfc3339(&consent.at).is_some())
    {
        return Err(bad("`consent` must have a `version` of 1 to 128 characters, and `at`, a time as in RFC 3339."));
    }
    Ok(Personal {
        identifier: new.identifier.clone(),
        reference: new.reference.clone(),
        consent: new.consent.clone(),
        agreed: None,
        purpose: new.purpose.clone(),
        handoff: new.handoff,
        lang: new.lang.clone(),
        return_url: new.return_url.clone(),
        ttl: new.ttl,
    })
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_first = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_other = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.len() <= 35 && parts.next().is_some_and(is_first) && parts.all(is_other)
}

pub(super) fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::{NewSession, is_language};

    #[test]
    fn a_language_is_a_tag() {
        for right in ["zu", "nso", "pt-BR", "zh-Hant-TW"] {
            assert!(is_language(right), "{right}");
        }
        for wrong in ["", "z", "zulu", "zu-", "-zu", "z1", "pt_BR", "zu-abcdefghi", "en\"><", &"en-abcdefgh".repeat(4)]
        {
            assert!(!is_language(wrong), "{wrong}");
        }
    }

    #[test]
    fn ttl_accepts_only_whole_seconds() {
        let rows = [
            ("1", Ok(Some(1))),
            ("900.0", Ok(Some(900))),
            ("9e2", Ok(Some(900))),
            ("4294967295", Ok(Some(u32::MAX))),
            ("null", Ok(None)),
            ("0", Ok(Some(0))),
            ("4294967296", Err(())),
            ("-1", Err(())),
            ("0.5", Err(())),
            ("1e300", Err(())),
            ("\"900\"", Err(())),
            ("true", Err(())),
        ];
        for (ttl, expected) in rows {
            let body = format!(r#"{{"identifier":"1","type":"1","ttl":{ttl}}}"#);
            let new: Result<NewSession, _> = serde_json::from_str(&body);
            assert_eq!(new.map(|new| new.ttl).map_err(drop), expected, "{ttl}");
        }
    }
}
