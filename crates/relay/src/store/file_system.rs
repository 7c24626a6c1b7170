//! The file system of a SQLite file ([`FileSystem`]). SQLite's write-ahead log needs memory that all processes of the
//! database share, and working file locks (<https://sqlite.org/wal.html>). A network disk has neither between two
//! machines: the database is damaged without an error.

use std::path::{Path, PathBuf};

/// A kind of file system, as far as it matters to SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileSystem {
    /// A local disk, or one that is not known.
    Local,
    /// A disk that other machines use too.
    Network(&'static str),
    /// A program or another system behind it, which may use the network: FUSE and 9P.
    Foreign(&'static str),
}

/// The SQLite file is on a network disk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database {} is on a network disk ({kind}), which would damage it: use a local disk, or PostgreSQL", .path.display()
)]
pub struct NetworkDisk {
    path: PathBuf,
    kind: &'static str,
}

impl FileSystem {
    /// Returns the kind of the file system that holds the file, or will hold it.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Self::mounted_at(path).or_else(|| Self::mounted_at(folder)).unwrap_or(Self::Local)
    }

    /// Fails on a network disk.
    ///
    /// # Errors
    /// [`NetworkDisk`].
    pub fn must_be_local(self, path: &Path) -> Result<(), NetworkDisk> {
        match self {
            Self::Network(kind) => Err(NetworkDisk { path: path.to_owned(), kind }),
            Self::Local | Self::Foreign(_) => Ok(()),
        }
    }

    #[cfg(target_os = "linux")]
    fn mounted_at(path: &Path) -> Option<Self> {
        // The kernel's type is wider on some machines; the numbers have 32 bits.
        rustix::fs::statfs(path).ok().map(|found| Self::of_number(found.f_type as u32))
    }

    #[cfg(not(target_os = "linux"))]
    fn mounted_at(_path: &Path) -> Option<Self> {
        None
    }

    /// Returns the kind for a number of `statfs(2)`, from the kernel's `linux/magic.h` and the file systems' sources.
    fn of_number(number: u32) -> Self {
        match number {
            0x0000_6969 => Self::Network("NFS"),
            0x0000_517b | 0xff53_4d42 | 0xfe53_4d42 => Self::Network("SMB"),
            0x00c3_6400 => Self::Network("Ceph"),
            0x5346_414f | 0x6b41_4653 => Self::Network("AFS"),
            0x7375_7245 => Self::Network("Coda"),
            0x0bd0_0bd0 => Self::Network("Lustre"),
            0x4750_4653 => Self::Network("GPFS"),
            0x6573_5546 => Self::Foreign("FUSE"),
            0x0102_1997 => Self::Foreign("9P"),
            _ => Self::Local,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::FileSystem;

    #[test]
    fn network_disks_are_refused() {
        // The numbers as `stat -f -c %t` prints them.
        for (number, kind) in
            [("6969", "NFS"), ("517b", "SMB"), ("ff534d42", "SMB"), ("fe534d42", "SMB"), ("c36400", "Ceph")]
        {
            let found = FileSystem::of_number(u32::from_str_radix(number, 16).unwrap());
            assert_eq!(found, FileSystem::Network(kind));
            let error = found.must_be_local(Path::new("relay.db")).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the database relay.db is on a network disk ({kind})")), "{error}");
        }
        for (number, kind) in [("65735546", "FUSE"), ("1021997", "9P")] {
            let found = FileSystem::of_number(u32::from_str_radix(number, 16).unwrap());
            assert_eq!(found, FileSystem::Foreign(kind));
            assert!(found.must_be_local(Path::new("relay.db")).is_ok());
        }
        // ext4, XFS, Btrfs, tmpfs, overlay, ZFS.
        for local in [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(FileSystem::of_number(local), FileSystem::Local);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_file_need_not_exist() {
        let of_proc = |path: &str| FileSystem::mounted_at(Path::new(path));
        assert_eq!(of_proc("/proc/version"), Some(FileSystem::Local));
        assert_eq!(of_proc("/proc/no-such-file"), None);
        assert_eq!(FileSystem::of(Path::new("/proc/no-such-file")), FileSystem::Local);
        assert_eq!(FileSystem::of(Path::new("no-such-file")), FileSystem::of(Path::new("./no-such-file")));
    }
}
