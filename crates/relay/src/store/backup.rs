//! Copies a SQLite database to a file while relays use it ([`backup`]).

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use super::{LOCK_TIMEOUT, StoreError};

/// Why there is no backup.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target exists.
    #[error("the file already exists: choose another name, or move it away")]
    Exists,
    /// The target can't be written.
    #[error("can't write the file: {0}")]
    File(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the database to a new file, as it was at one moment. Writers go on meanwhile: a copy by `VACUUM INTO` is one
/// read transaction. SQLite's `.backup` starts again after each write of another process.
///
/// The file appears only once it is complete and on the disk. Only its owner can read it.
///
/// # Errors
/// [`BackupError`].
pub async fn backup(database: &Path, file: &Path) -> Result<(), BackupError> {
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists);
    }
    let mut partial = file.to_owned().into_os_string();
    partial.push(".part");
    let partial = PathBuf::from(partial);
    // SQLite accepts an empty file as the target. It would give a new one more permissions.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    let done = match vacuum(database, &partial).await {
        Ok(()) => publish(&partial, file),
        Err(error) => Err(error.into()),
    };
    fs::remove_file(&partial)?;
    done
}

async fn vacuum(database: &Path, partial: &Path) -> Result<(), StoreError> {
    let options = SqliteConnectOptions::new().filename(database).create_if_missing(false).busy_timeout(LOCK_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let name = partial.to_str().ok_or_else(|| StoreError::Fault("the file's name is not UTF-8".to_owned()))?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await?;
    connection.close().await.map_err(StoreError::from)
}

/// Gives the finished copy its name, without replacing another file. SQLite does not flush a copy, so this does.
fn publish(partial: &Path, file: &Path) -> Result<(), BackupError> {
    File::open(partial)?.sync_all()?;
    fs::hard_link(partial, file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists,
        _ => BackupError::File(error),
    })?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(File::open(folder)?.sync_all()?)
}
