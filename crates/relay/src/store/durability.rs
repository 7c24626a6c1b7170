//! Finds settings of PostgreSQL with which a crash loses data that was committed ([`warnings`]). The relay warns of them
//! at its start: the owner of the server may know better, for example because a replica commits in the same transaction.

use sqlx::PgConnection;

/// The settings, the value that loses data, and what is lost.
const LOSING: [(&str, &str); 3] = [
    ("fsync", "a power cut can damage the database"),
    ("full_page_writes", "a power cut can damage the database"),
    ("synchronous_commit", "a crash loses the last verdicts, and the vendor would have to be asked again"),
];

/// Returns a warning for each setting of this connection that is `off`. `synchronous_commit` can differ from one role
/// or database to the next.
pub(super) async fn warnings(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let settings: Vec<(String, String)> = sqlx::query_as("SELECT name, setting FROM pg_settings WHERE name = ANY ($1)")
        .bind(LOSING.map(|(name, _)| name))
        .fetch_all(connection)
        .await?;
    Ok(of(&settings))
}

fn of(settings: &[(String, String)]) -> Vec<String> {
    let off = |name: &str| settings.iter().any(|(setting, value)| setting == name && value == "off");
    let losing = LOSING.iter().filter(|(name, _)| off(name));
    losing.map(|(name, loss)| format!("PostgreSQL runs with {name} = off: {loss}")).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn each_setting_that_loses_data_is_a_warning() {
        let settings = |value: &str| super::LOSING.map(|(name, _)| (name.to_owned(), value.to_owned()));
        assert_eq!(of(&settings("on")), <Vec<String>>::new());
        assert_eq!(of(&settings("remote_apply")), <Vec<String>>::new());
        assert_eq!(of(&settings("off")).len(), 3);
        assert_eq!(
            of(&settings("off")[..1]),
            ["PostgreSQL runs with fsync = off: a power cut can damage the database"]
        );
    }
}
