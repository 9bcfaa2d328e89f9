//! Is a file the one that is wanted? Size first, then digest.

use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

use md5::Md5;
use sha2::digest::DynDigest;
use sha2::{Digest as _, Sha256};

use super::manifest::Wanted;

/// A digest of a whole file, by whichever law its publisher chose.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Digest {
    Sha256([u8; 32]),
    Md5([u8; 16]),
}

/// What stands under a file's name.
#[derive(Debug, PartialEq)]
pub(super) enum State {
    Whole,
    Missing,
    /// What was found there, and what was expected.
    Damaged(String),
}

impl Wanted {
    /// The state of this file in `folder`, under its final name.
    pub(super) fn state_in(&self, folder: &Path) -> State {
        self.state_at(&folder.join(self.name))
    }

    /// The state of this file under another name.
    pub(super) fn state_at(&self, path: &Path) -> State {
        match self.difference(path) {
            Ok(None) => State::Whole,
            Ok(Some(difference)) => State::Damaged(difference),
            Err(error) if error.kind() == ErrorKind::NotFound => State::Missing,
            Err(error) => State::Damaged(format!("cannot be read: {error}")),
        }
    }

    fn difference(&self, path: &Path) -> io::Result<Option<String>> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Ok(Some("found something that is not a file".to_owned()));
        }
        if metadata.len() != self.size {
            return Ok(Some(format!("found {} bytes, expected {}", metadata.len(), self.size)));
        }
        let found = self.digest.same_of(&mut file)?;
        Ok((found != self.digest).then(|| format!("found {found}, expected {}", self.digest)))
    }
}

impl Digest {
    /// The digest of what `reader` holds, by the same law as `self`.
    fn same_of(&self, reader: &mut impl Read) -> io::Result<Self> {
        fn feed<H: DynDigest + Default>(reader: &mut impl Read) -> io::Result<H> {
            let mut hasher = H::default();
            let mut buffer = vec![0; 1 << 16];
            loop {
                match reader.read(&mut buffer) {
                    Ok(0) => return Ok(hasher),
                    Ok(n) => hasher.update(&buffer[..n]),
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(match self {
            Self::Sha256(_) => Self::Sha256(feed::<Sha256>(reader)?.finalize().into()),
            Self::Md5(_) => Self::Md5(feed::<Md5>(reader)?.finalize().into()),
        })
    }
}

/// The first 12 hexadecimal digits, enough to tell files apart and short enough for two on a line.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (law, bytes) = match self {
            Self::Sha256(bytes) => ("sha256", &bytes[..]),
            Self::Md5(bytes) => ("md5", &bytes[..]),
        };
        write!(f, "{law} ")?;
        bytes.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads 2N hexadecimal digits. Used in statics, so a slip of the pen does not compile.
pub(super) const fn hex<const N: usize>(digits: &str) -> [u8; N] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }
    let digits = digits.as_bytes();
    assert!(digits.len() == 2 * N, "not two digits a byte");
    let mut bytes = [0; N];
    let mut i = 0;
    while i < N {
        bytes[i] = value(digits[2 * i]) << 4 | value(digits[2 * i + 1]);
        i += 1;
    }
    bytes
}
