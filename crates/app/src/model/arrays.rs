//! W1 b1 W2 b2 as files of other programs hold them, on the way to [`AnyParameters`] and back.

use crate::checkpoint::AnyParameters;
use anyhow::{Result, bail, ensure};
use core_math::Real;
use net::{Parameters, Sizes};

/// One array, the last dimension running fastest.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub(super) shape: Vec<usize>,
    pub(super) values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Values {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// How the numbers of a file are laid down: four or eight bytes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    F32,
    F64,
}

impl Type {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// How many bytes an array of this shape takes; `None` where that exceeds `usize`.
    pub(super) fn bytes_of(self, shape: &[usize]) -> Option<usize> {
        shape.iter().try_fold(self.bytes(), |bytes, n| bytes.checked_mul(*n))
    }
}

impl Array {
    /// From little-endian bytes; of more or fewer than the shape asks for the rest is ignored or absent.
    pub(super) fn from_le_bytes(shape: Vec<usize>, of: Type, bytes: &[u8]) -> Self {
        let values = match of {
            Type::F32 => Values::F32(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect()),
            Type::F64 => Values::F64(bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect()),
        };
        Self { shape, values }
    }

    pub(super) fn element_type(&self) -> Type {
        match self.values {
            Values::F32(_) => Type::F32,
            Values::F64(_) => Type::F64,
        }
    }

    /// How many bytes the values take.
    pub(super) fn bytes(&self) -> usize {
        match &self.values {
            Values::F32(values) => size_of_val(&values[..]),
            Values::F64(values) => size_of_val(&values[..]),
        }
    }

    pub(super) fn to_le_bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::F32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::F64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    /// By row, of an array whose values were read by column (Fortran order). Only that of a matrix makes a difference.
    pub(super) fn by_row(self) -> Self {
        fn turned<T: Copy>(values: &[T], rows: usize, cols: usize) -> Vec<T> {
            (0..rows * cols).map(|k| values[k % cols * rows + k / cols]).collect()
        }
        let [rows, cols] = self.shape[..] else { return self };
        let values = match &self.values {
            Values::F32(values) => Values::F32(turned(values, rows, cols)),
            Values::F64(values) => Values::F64(turned(values, rows, cols)),
        };
        Self { values, ..self }
    }
}

/// The four arrays of a net, by row.
pub(super) fn of(parameters: &AnyParameters) -> Result<[Array; 4]> {
    let [a, b, c, d] = parameters.sizes()?.shapes();
    let shapes = |values: [Values; 4]| {
        let [e, f, g, h] = values;
        [(a, e), (b, f), (c, g), (d, h)].map(|(shape, values)| Array { shape, values })
    };
    Ok(shapes(match parameters {
        AnyParameters::F32(parameters) => parameters.to_row_major().map(Values::F32),
        AnyParameters::F64(parameters) => parameters.to_row_major().map(Values::F64),
    }))
}

/// The net that W1 b1 W2 b2 make, in f64 as soon as one of them is; an error where their shapes do not fit together or a
/// value is not finite.
pub(super) fn parameters(arrays: &[Array; 4]) -> Result<AnyParameters> {
    let [w1, _, w2, _] = arrays;
    let (&[inputs, hidden], &[_, classes]) = (&w1.shape[..], &w2.shape[..]) else {
        bail!("W1 is {:?} and W2 {:?}, expected matrices of D x H and H x K", w1.shape, w2.shape);
    };
    let sizes = Sizes { inputs, hidden, classes };
    for ((name, expected), array) in Parameters::<f64>::NAMES.iter().zip(sizes.shapes()).zip(arrays) {
        ensure!(
            array.shape == expected,
            "{name} is {:?}, expected {expected:?} beside a W1 of {:?} (one row an input, one column a unit; other \
             programs keep the transpose)",
            array.shape,
            w1.shape
        );
    }
    ensure!(inputs > 0 && hidden > 0 && classes > 0, "{inputs} inputs, {hidden} hidden units, {classes} classes");
    ensure!(classes <= 256, "{classes} classes, expected at most 256");
    let singles: Vec<&[f32]> = arrays.iter().filter_map(Array::as_f32).collect();
    if let [w1, b1, w2, b2] = singles[..] {
        return Ok(AnyParameters::F32(finite(Parameters::from_row_major(sizes, [w1, b1, w2, b2])?)?));
    }
    let doubles = arrays.each_ref().map(Array::to_f64);
    let [w1, b1, w2, b2] = doubles.each_ref().map(Vec::as_slice);
    Ok(AnyParameters::F64(finite(Parameters::from_row_major(sizes, [w1, b1, w2, b2])?)?))
}

fn finite<T: Real>(parameters: Parameters<T>) -> Result<Parameters<T>> {
    if let Some((name, value)) = parameters.first_not_finite() {
        bail!("{name} holds {value}");
    }
    Ok(parameters)
}

impl Array {
    fn as_f32(&self) -> Option<&[f32]> {
        match &self.values {
            Values::F32(values) => Some(values),
            Values::F64(_) => None,
        }
    }

    fn to_f64(&self) -> Vec<f64> {
        match &self.values {
            Values::F32(values) => values.iter().map(|v| f64::from(*v)).collect(),
            Values::F64(values) => values.clone(),
        }
    }
}
