//! The four arrays of a file as the parameters of a net, and back.

use crate::array::{Array, Values};
use crate::{AnyParameters, MOST_BYTES, NetFileError, Precision};
use core_math::Real;
use net::{Parameters, Sizes};

/// Labels are bytes, so they can name this many classes.
const MOST_CLASSES: usize = 256;

/// The parameters that W1, b1, W2 and b2 make: in `f32` when all four are, otherwise in `f64`.
pub(crate) fn parameters(arrays: &[Array; 4]) -> Result<AnyParameters, NetFileError> {
    let [w1, _, w2, _] = arrays;
    let (&[inputs, hidden], &[_, classes]) = (&w1.shape[..], &w2.shape[..]) else {
        return Err(NetFileError::NotMatrices { w1: w1.shape.clone(), w2: w2.shape.clone() });
    };
    let sizes = Sizes { inputs, hidden, classes };
    for ((name, expected), array) in Parameters::<f64>::NAMES.into_iter().zip(sizes.shapes()).zip(arrays) {
        if array.shape != expected {
            let (found, w1) = (array.shape.clone(), w1.shape.clone());
            return Err(NetFileError::Shape { name, found, expected, w1 });
        }
    }
    let singles: Vec<&[f32]> = arrays.iter().filter_map(Array::as_f32).collect();
    check_sizes(sizes, if singles.len() == 4 { Precision::F32 } else { Precision::F64 })?;
    if let [w1, b1, w2, b2] = singles[..] {
        let parameters = Parameters::from_row_major(sizes, [w1, b1, w2, b2])?;
        check_finite(&parameters)?;
        return Ok(parameters.into());
    }
    let doubles = arrays.each_ref().map(Array::to_f64);
    let [w1, b1, w2, b2] = doubles.each_ref().map(Vec::as_slice);
    let parameters = Parameters::from_row_major(sizes, [w1, b1, w2, b2])?;
    check_finite(&parameters)?;
    Ok(parameters.into())
}

/// The four arrays of a net, row by row. What could not be read again is refused.
pub(crate) fn arrays(parameters: &AnyParameters) -> Result<[Array; 4], NetFileError> {
    let sizes = parameters.sizes()?;
    check_sizes(sizes, parameters.precision())?;
    let values = match parameters {
        AnyParameters::F32(parameters) => {
            check_finite(parameters)?;
            parameters.to_row_major().map(Values::F32)
        }
        AnyParameters::F64(parameters) => {
            check_finite(parameters)?;
            parameters.to_row_major().map(Values::F64)
        }
    };
    let ([a, b, c, d], [e, f, g, h]) = (sizes.shapes(), values);
    Ok([(a, e), (b, f), (c, g), (d, h)].map(|(shape, values)| Array { shape, values }))
}

fn check_sizes(sizes: Sizes, precision: Precision) -> Result<(), NetFileError> {
    let Sizes { inputs, hidden, classes } = sizes;
    if inputs == 0 || hidden == 0 || classes == 0 {
        return Err(NetFileError::NoNeurons { sizes });
    }
    if classes > MOST_CLASSES {
        return Err(NetFileError::TooManyClasses { found: classes });
    }
    let bytes = sizes.parameters().and_then(|count| count.checked_mul(precision.bytes())).unwrap_or(usize::MAX);
    if bytes > MOST_BYTES {
        return Err(NetFileError::TooLarge { bytes });
    }
    Ok(())
}

fn check_finite<T: Real>(parameters: &Parameters<T>) -> Result<(), NetFileError> {
    match parameters.first_not_finite() {
        Some((name, value)) => Err(NetFileError::NotFinite { name, value: value.to_f64() }),
        None => Ok(()),
    }
}
