//! The folder of the npm package (`Package`): the files that its `package.json` lists, and nothing else.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::coding::{Coding, Encoded};
use crate::http::etag;

/// The name of the package.
const NAME: &str = "akiba-selfie";

/// Largest file, in bytes. The package's largest, inline/akiba-selfie.js, has less than a million.
const MAX_BYTES: u64 = 16 << 20;

/// Why a folder can't be served.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A file can't be read.
    #[error(
        "--serve-widget: can't read {0}; it must be the folder of the npm package akiba-selfie, as node_modules has it"
    )]
    Unreadable(PathBuf, #[source] io::Error),
    /// `package.json` is not the package's.
    #[error("--serve-widget: {0} is not the package.json of the npm package akiba-selfie")]
    Other(PathBuf),
    /// An entry of `files` that is not the path of a file inside the package, or not of a known type.
    #[error("--serve-widget: package.json lists {0:?}, which is not a file that can be served")]
    Name(String),
    /// `files` lacks a file that pages import.
    #[error("--serve-widget: package.json does not list {0}")]
    NotListed(&'static str),
    /// A symbolic link that leads out of the folder.
    #[error("--serve-widget: {0} leads out of the package's folder")]
    Outside(PathBuf),
    /// A file that is too large.
    #[error("--serve-widget: {0} is larger than {MAX_BYTES} bytes")]
    TooLarge(PathBuf),
    /// A compressed file beside a file has another content.
    #[error("--serve-widget: {0} is not the file beside it, compressed: compress it again, or remove it")]
    Stale(PathBuf),
}

/// The package.
#[derive(Debug)]
pub(super) struct Package {
    version: String,
    pub(super) files: Vec<PackageFile>,
}

/// A file of the package.
#[derive(Debug)]
pub(super) struct PackageFile {
    /// Its path inside the package, with `/`.
    pub(super) name: String,
    pub(super) content: Encoded,
}

#[derive(Deserialize)]
struct Manifest {
    name: String,
    version: String,
    files: Vec<String>,
}

impl Package {
    /// Reads the package.
    pub(super) fn read(folder: &Path) -> Result<Self, PackageError> {
        // pnpm makes the folder itself a symbolic link. Those inside must not lead out of it.
        let root = folder.canonicalize().map_err(|error| PackageError::Unreadable(folder.to_owned(), error))?;
        let path = root.join("package.json");
        let text = read_inside(&root, &path)?;
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| PackageError::Other(path.clone()))?;
        let is_version = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte));
        if manifest.name != NAME || manifest.version.is_empty() || !is_version(&manifest.version) {
            return Err(PackageError::Other(path));
        }
        let mut names = manifest.files;
        names.push("package.json".to_owned());
        names.sort();
        names.dedup();
        let files = names.into_iter().map(|name| PackageFile::read(&root, name)).collect::<Result<_, _>>()?;
        Ok(Self { version: manifest.version, files })
    }

    /// Returns the package's version and a hash of all its files: two builds of one version differ in it.
    pub(super) fn id(&self) -> String {
        let parts = self.files.iter().map(|file| format!("{}:{}\n", file.name, etag::hash(file.content.plain())));
        let hash = etag::hash(parts.collect::<String>().as_bytes());
        format!("{}-{}", self.version, &hash[..12])
    }
}

impl PackageFile {
    fn read(root: &Path, name: String) -> Result<Self, PackageError> {
        if !is_plain(&name) {
            return Err(PackageError::Name(name));
        }
        let path = root.join(&name);
        let plain = read_inside(root, &path)?;
        let beside = |extension: &str| -> Result<Option<Vec<u8>>, PackageError> {
            match read_inside(root, &with_extension(&path, extension)) {
                Ok(bytes) => Ok(Some(bytes)),
                Err(PackageError::Unreadable(_, error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        };
        let content = Encoded::of(plain, beside("br")?, beside("gz")?).map_err(|coding| {
            PackageError::Stale(with_extension(&path, if coding == Coding::Gzip { "gz" } else { "br" }))
        })?;
        Ok(Self { name, content })
    }
}

fn with_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Returns whether a name is a path of plain names: not absolute, without `..`, patterns and dot files.
fn is_plain(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(known))
}

/// Reads a file that is inside the folder, also after following symbolic links.
fn read_inside(root: &Path, path: &Path) -> Result<Vec<u8>, PackageError> {
    let unreadable = |error| PackageError::Unreadable(path.to_owned(), error);
    let real = path.canonicalize().map_err(unreadable)?;
    if !real.starts_with(root) {
        return Err(PackageError::Outside(path.to_owned()));
    }
    let file = std::fs::File::open(&real).map_err(unreadable)?;
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(unreadable(io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(PackageError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn only_plain_names_inside_the_package_are_served() {
        for good in ["define.js", "pkg/akiba-selfie_bg.wasm", "index.d.ts", "LICENSE-MIT"] {
            assert!(is_plain(good), "{good}");
        }
        let wrong = [
            "",
            ".",
            "..",
            "/",
            "/etc/passwd",
            "../token",
            "pkg/../../token",
            ".npmrc",
            "pkg/.built",
            "pkg/",
            "pkg//a.js",
            "*.js",
            "pkg/**",
            "a b.js",
            "a\\b.js",
            "a%2f.js",
            "./define.js",
        ];
        for name in wrong {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
