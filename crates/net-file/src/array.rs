//! One array of a file.

use crate::{NpyError, Precision};
use npy::{ElementType, Npy, NpyData};

/// The types of parameters, for error messages.
const FLOATS: &str = "float32 or float64 (<f4, <f8)";

/// Numbers with their shape; the last index varies fastest (C order).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

impl Array {
    /// Converts an array of a .npz, if its numbers have a type that parameters can have.
    pub(crate) fn from_npy(Npy { shape, data }: Npy) -> Result<Self, NpyError> {
        let values = match data {
            NpyData::F32(values) => Values::F32(values),
            NpyData::F64(values) => Values::F64(values),
            other => {
                let found = other.type_name().to_owned();
                return Err(NpyError::ElementType { found, expected: FLOATS });
            }
        };
        Ok(Self { shape, values })
    }

    /// Adjusts the list of types in an error: fewer types can be read here.
    pub(crate) fn expecting_floats(error: NpyError) -> NpyError {
        match error {
            NpyError::ElementType { found, .. } => NpyError::ElementType { found, expected: FLOATS },
            other => other,
        }
    }

    /// Writes the array in NumPy's format, in C order.
    pub(crate) fn to_npy(&self) -> Vec<u8> {
        let element_type = match self.values {
            Values::F32(_) => ElementType::F32,
            Values::F64(_) => ElementType::F64,
        };
        let mut bytes = npy::header(element_type, &self.shape);
        bytes.extend(self.to_le_bytes());
        bytes
    }

    /// An array from little-endian bytes, as many as the shape needs.
    pub(crate) fn from_le_bytes(shape: Vec<usize>, precision: Precision, bytes: &[u8]) -> Self {
        let values = match precision {
            Precision::F32 => Values::F32(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
            Precision::F64 => Values::F64(bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        };
        Self { shape, values }
    }

    pub(crate) fn to_le_bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::F32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::F64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    pub(crate) fn precision(&self) -> Precision {
        match self.values {
            Values::F32(_) => Precision::F32,
            Values::F64(_) => Precision::F64,
        }
    }

    /// The number of bytes of the values.
    pub(crate) fn bytes(&self) -> usize {
        match &self.values {
            Values::F32(values) => size_of_val(&values[..]),
            Values::F64(values) => size_of_val(&values[..]),
        }
    }

    /// Transposes a matrix; anything else stays as it is.
    pub(crate) fn transposed(self) -> Self {
        fn turned<T: Copy>(values: &[T], rows: usize, cols: usize) -> Vec<T> {
            (0..rows * cols).map(|k| values[k % rows * cols + k / rows]).collect()
        }
        let [rows, cols] = self.shape[..] else { return self };
        let values = match &self.values {
            Values::F32(values) => Values::F32(turned(values, rows, cols)),
            Values::F64(values) => Values::F64(turned(values, rows, cols)),
        };
        Self { shape: vec![cols, rows], values }
    }

    pub(crate) fn as_f32(&self) -> Option<&[f32]> {
        match &self.values {
            Values::F32(values) => Some(values),
            Values::F64(_) => None,
        }
    }

    pub(crate) fn to_f64(&self) -> Vec<f64> {
        match &self.values {
            Values::F32(values) => values.iter().map(|v| f64::from(*v)).collect(),
            Values::F64(values) => values.clone(),
        }
    }
}
