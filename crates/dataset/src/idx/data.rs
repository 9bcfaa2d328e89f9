//! The values of an IDX file: six types, and conversions.

use std::fmt;
use std::io::{self, Write};

use super::CHUNK;
use crate::idx_error::IdxTypeError;

/// The values of an IDX file. The third byte of the file names their type, one of these six.
///
/// You can get the values without a `match` of six arms: borrow them with [`as_u8`](Self::as_u8) and its siblings, take
/// them with `Vec::<u8>::try_from(data)`, or convert them with [`to_f32`](Self::to_f32) and [`to_f64`](Self::to_f64).
/// `From` creates them from a `Vec`. `Debug` prints up to 16 values, and only their number if there are more.
///
/// ```
/// use dataset::IdxData;
///
/// let data = IdxData::from(vec![1_i16, -2]);
/// assert_eq!(data.as_i16(), Some(&[1, -2][..]));
/// assert_eq!(data.as_u8(), None);
/// assert_eq!(data.to_f32(), [1.0, -2.0]);
/// assert_eq!(Vec::<i16>::try_from(data)?, [1, -2]);
/// # Ok::<(), dataset::IdxTypeError>(())
/// ```
#[derive(Clone, PartialEq)]
pub enum IdxData {
    /// Type 0x08.
    U8(Vec<u8>),
    /// Type 0x09.
    I8(Vec<i8>),
    /// Type 0x0B.
    I16(Vec<i16>),
    /// Type 0x0C.
    I32(Vec<i32>),
    /// Type 0x0D.
    F32(Vec<f32>),
    /// Type 0x0E.
    F64(Vec<f64>),
}

/// Evaluates one expression for values of any of the six types.
macro_rules! each {
    ($data:expr, $values:ident => $result:expr) => {
        match $data {
            IdxData::U8($values) => $result,
            IdxData::I8($values) => $result,
            IdxData::I16($values) => $result,
            IdxData::I32($values) => $result,
            IdxData::F32($values) => $result,
            IdxData::F64($values) => $result,
        }
    };
}

impl IdxData {
    /// The number of values.
    pub fn len(&self) -> usize {
        each!(self, values => values.len())
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The name of the values' Rust type: `u8`, `i8`, `i16`, `i32`, `f32` or `f64`.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::U8(_) => "u8",
            Self::I8(_) => "i8",
            Self::I16(_) => "i16",
            Self::I32(_) => "i32",
            Self::F32(_) => "f32",
            Self::F64(_) => "f64",
        }
    }

    /// Converts the values to `f32`, without scaling. Exact for `u8`, `i8`, `i16` and `f32`. An `i32` beyond 2^24 and an
    /// `f64` become the nearest `f32`; an `f64` that is too large becomes infinite.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "f64 to f32 rounds, as documented")]
    #[expect(clippy::unnecessary_cast, reason = "one expression for six types, of which f32 is one")]
    pub fn to_f32(&self) -> Vec<f32> {
        each!(self, values => values.iter().map(|value| *value as f32).collect())
    }

    /// Converts the values to `f64`, without scaling. Exact for all six types.
    #[must_use]
    #[expect(clippy::useless_conversion, reason = "one expression for six types, of which f64 is one")]
    pub fn to_f64(&self) -> Vec<f64> {
        each!(self, values => values.iter().map(|value| f64::from(*value)).collect())
    }

    /// The number of bytes per value.
    pub(super) fn value_size(&self) -> u64 {
        fn size<T>(_: &[T]) -> u64 {
            size_of::<T>() as u64
        }
        each!(self, values => size(values))
    }

    /// The code of the type: the third byte of the file.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::U8(_) => 0x08,
            Self::I8(_) => 0x09,
            Self::I16(_) => 0x0B,
            Self::I32(_) => 0x0C,
            Self::F32(_) => 0x0D,
            Self::F64(_) => 0x0E,
        }
    }

    /// The values from a file whose third byte is `code`, one of the six.
    pub(super) fn decode(code: u8, bytes: Vec<u8>) -> Self {
        match code {
            0x08 => Self::U8(bytes),
            0x09 => Self::I8(bytes.into_iter().map(u8::cast_signed).collect()),
            0x0B => Self::I16(bytes.as_chunks().0.iter().map(|b| i16::from_be_bytes(*b)).collect()),
            0x0C => Self::I32(bytes.as_chunks().0.iter().map(|b| i32::from_be_bytes(*b)).collect()),
            0x0D => Self::F32(bytes.as_chunks().0.iter().map(|b| f32::from_be_bytes(*b)).collect()),
            // 0x0E: the caller has refused every other code.
            _ => Self::F64(bytes.as_chunks().0.iter().map(|b| f64::from_be_bytes(*b)).collect()),
        }
    }

    /// Writes the values in big-endian order.
    pub(super) fn encode(&self, writer: &mut impl Write) -> io::Result<()> {
        if let Self::U8(bytes) = self {
            return writer.write_all(bytes);
        }
        each!(self, values => {
            for some in values.chunks(CHUNK / 8) {
                writer.write_all(&some.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<u8>>())?;
            }
        });
        Ok(())
    }
}

/// The conversions of one type.
macro_rules! conversions {
    ($($variant:ident $type:ident $view:ident,)*) => {$(
        impl IdxData {
            #[doc = concat!("The values when they are `", stringify!($type), "`, otherwise `None`.")]
            pub fn $view(&self) -> Option<&[$type]> {
                if let Self::$variant(values) = self { Some(values) } else { None }
            }
        }

        impl From<Vec<$type>> for IdxData {
            fn from(values: Vec<$type>) -> Self {
                Self::$variant(values)
            }
        }

        /// Takes the values, without a copy.
        impl TryFrom<IdxData> for Vec<$type> {
            type Error = IdxTypeError;

            fn try_from(data: IdxData) -> Result<Self, IdxTypeError> {
                match data {
                    IdxData::$variant(values) => Ok(values),
                    other => Err(IdxTypeError { found: other.type_name(), expected: stringify!($type) }),
                }
            }
        }
    )*};
}

conversions! {
    U8 u8 as_u8,
    I8 i8 as_i8,
    I16 i16 as_i16,
    I32 i32 as_i32,
    F32 f32 as_f32,
    F64 f64 as_f64,
}

/// Short: the values of MNIST's test images would fill 26 MB.
impl fmt::Debug for IdxData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, n) = (self.type_name(), self.len());
        if n > 16 {
            return write!(f, "{n} values of {name}");
        }
        write!(f, "{name} ")?;
        each!(self, values => f.debug_list().entries(values).finish())
    }
}
