//! The digest of a file, by SHA-256 or MD5.

use std::fmt;
use std::io::{self, ErrorKind, Read};

use md5::Md5;
use sha2::digest::DynDigest;
use sha2::{Digest as _, Sha256};

/// The digest of a whole file: SHA-256 or MD5, as published.
///
/// It is displayed as its kind and its first 12 hexadecimal digits, enough to tell two files apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Digest {
    /// SHA-256.
    Sha256([u8; 32]),
    /// MD5. It detects damage, but does not protect against an attacker.
    Md5([u8; 16]),
}

impl Digest {
    /// Computes the digest of everything in `reader`, of the same kind as `self`.
    pub(crate) fn same_kind_of(&self, reader: &mut impl Read) -> io::Result<Self> {
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

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, bytes) = match self {
            Self::Sha256(bytes) => ("sha256", &bytes[..]),
            Self::Md5(bytes) => ("md5", &bytes[..]),
        };
        write!(f, "{kind} ")?;
        bytes.iter().take(6).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Parses 2N hexadecimal digits. It is used in statics, so a typing error does not compile.
pub(crate) const fn hex<const N: usize>(digits: &str) -> [u8; N] {
    const fn value(digit: u8) -> u8 {
        match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => panic!("not a hexadecimal digit"),
        }
    }
    let digits = digits.as_bytes();
    assert!(digits.len() == 2 * N, "expected two digits per byte");
    let mut bytes = [0; N];
    let mut i = 0;
    while i < N {
        bytes[i] = value(digits[2 * i]) << 4 | value(digits[2 * i + 1]);
        i += 1;
    }
    bytes
}
