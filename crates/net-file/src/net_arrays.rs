//! Converts the four arrays of a file into the parameters of a network, and back.

use crate::array::{Array, Values};
use crate::layout::Layout;
use crate::mend::{self, Mend};
use crate::{AnyParameters, MOST_BYTES, NetFileError, Precision, Renamed, StoredNet};
use core_math::Real;
use net::{Activation, Parameters, Sizes};

/// Labels are bytes, so they can name this many classes.
const MOST_CLASSES: usize = 256;

/// Reads the network of a file with this activation and these array names; `array` reads an array by name.
pub(crate) fn read(
    names: Vec<String>,
    activation: Option<Activation>,
    array: impl FnMut(&str) -> Result<Array, NetFileError>,
) -> Result<StoredNet, NetFileError> {
    let (parameters, renamed) = named(names, array).map_err(|error| error.keeping(activation))?;
    Ok(StoredNet { parameters, activation, renamed })
}

/// The parameters, and which arrays have other names in the file.
fn named(
    names: Vec<String>,
    mut array: impl FnMut(&str) -> Result<Array, NetFileError>,
) -> Result<(AnyParameters, Vec<Renamed>), NetFileError> {
    let [w1, b1, w2, b2] = match Layout::of(&names)? {
        Layout::Own => {
            let [w1, b1, w2, b2] = Parameters::<f64>::NAMES;
            return Ok((parameters([array(w1)?, array(b1)?, array(w2)?, array(b2)?])?, Vec::new()));
        }
        Layout::StateDict(names) => names,
        Layout::Unclear => {
            let mend = <[String; 4]>::try_from(names.clone()).ok().and_then(|names| {
                // if that cannot be read, there is no advice
                let [a, b, c, d] = names.map(|name| array(&name).ok().map(|array| (name, array.shape)));
                Mend::guess([a?, b?, c?, d?])
            });
            return Err(NetFileError::Missing { found: names, mend: mend.map(Box::new) });
        }
    };
    let arrays = [array(&w1)?, array(&b1)?, array(&w2)?, array(&b2)?];
    let names = [w1, b1, w2, b2];
    let shapes = arrays.each_ref().map(|array| &array.shape[..]);
    if !mend::fit(shapes, [true, true]) {
        let mend = Mend::transposing(names.clone(), shapes).map(Box::new);
        let arrays = names.into_iter().zip(shapes.map(<[usize]>::to_vec)).collect();
        return Err(NetFileError::StateDict { arrays, mend });
    }
    let renamed = Parameters::<f64>::NAMES.into_iter().zip(names).zip(&arrays).enumerate();
    let renamed = renamed.map(|(k, ((name, from), array))| {
        let transposed = if k % 2 == 0 { <[usize; 2]>::try_from(&array.shape[..]).ok() } else { None };
        Renamed { from, name, transposed }
    });
    let renamed = renamed.collect();
    let [w1, b1, w2, b2] = arrays;
    Ok((parameters([w1.transposed(), b1, w2.transposed(), b2])?, renamed))
}

/// Combines W1, b1, W2 and b2: in `f32` if all four are, otherwise in `f64`. A bias may be a row or a column.
fn parameters(mut arrays: [Array; 4]) -> Result<AnyParameters, NetFileError> {
    let shapes = arrays.each_ref().map(|array| &array.shape[..]);
    let sizes = sizes(shapes)?;
    for (array, shape) in arrays.iter_mut().zip(sizes.shapes()) {
        array.shape = shape;
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

/// The sizes of a network whose W1, b1, W2 and b2 have these shapes.
fn sizes(shapes: [&[usize]; 4]) -> Result<Sizes, NetFileError> {
    let [w1, b1, w2, b2] = shapes;
    let (&[inputs, hidden], &[rows, classes]) = (w1, w2) else {
        return Err(NetFileError::NotMatrices { w1: w1.to_vec(), w2: w2.to_vec() });
    };
    if mend::fit(shapes, [false, false]) {
        return Ok(Sizes { inputs, hidden, classes });
    }
    let names = Parameters::<f64>::NAMES.map(str::to_owned);
    if let Some(mend) = Mend::transposing(names, shapes) {
        return Err(NetFileError::Transposed { w1: [inputs, hidden], w2: [rows, classes], mend: mend.into() });
    }
    let wrong = |name, found: &[usize], expected: Vec<usize>| {
        Err(NetFileError::Shape { name, found: found.to_vec(), expected, w1: w1.to_vec(), w2: w2.to_vec() })
    };
    // if the matrices fit together, as they are or both transposed, they determine the length of each bias
    let (hidden, classes) = match (hidden == rows, inputs == classes) {
        (true, _) => (hidden, classes),
        (false, true) => (inputs, rows),
        (false, false) => return wrong("W2", w2, vec![hidden, classes]),
    };
    if mend::length(b1) == Some(hidden) { wrong("b2", b2, vec![classes]) } else { wrong("b1", b1, vec![hidden]) }
}

/// The four arrays of a network, row by row. It is an error if they could not be read again.
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
