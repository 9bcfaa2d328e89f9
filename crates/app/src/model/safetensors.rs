//! .safetensors, by the crate of that name: arrays by row behind a JSON header, which also holds the activation.

use super::arrays::{self, Array, Type};
use super::some;
use crate::checkpoint::AnyParameters;
use crate::config::Activation;
use anyhow::{Result, bail};
use clap::ValueEnum;
use net::Parameters;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// The key of the activation among the metadata.
const ACTIVATION: &str = "activation";

/// The arrays W1 b1 W2 b2 and the activation, where the file names it; other arrays are left alone.
pub(crate) fn read(bytes: &[u8]) -> Result<(AnyParameters, Option<Activation>)> {
    let (_, metadata) = SafeTensors::read_metadata(bytes)?;
    let activation = metadata.metadata().as_ref().and_then(|entries| entries.get(ACTIVATION));
    let activation = activation.map(|name| match <Activation as ValueEnum>::from_str(name, false) {
        Ok(activation) => Ok(activation),
        Err(_) => bail!("its activation is {name:?}, expected sigmoid, tanh or relu"),
    });
    let tensors = SafeTensors::deserialize(bytes)?;
    let array = |name: &str| -> Result<Array> {
        let Ok(tensor) = tensors.tensor(name) else { bail!("it holds no {name}, but {}", some(tensors.names())) };
        let of = match tensor.dtype() {
            Dtype::F32 => Type::F32,
            Dtype::F64 => Type::F64,
            other => bail!("{name} holds numbers of type {other}, expected F32 or F64"),
        };
        Ok(Array::from_le_bytes(tensor.shape().to_vec(), of, tensor.data()))
    };
    let [w1, b1, w2, b2] = Parameters::<f64>::NAMES;
    let parameters = arrays::parameters(&[array(w1)?, array(b1)?, array(w2)?, array(b2)?])?;
    Ok((parameters, activation.transpose()?))
}

/// A file of the four arrays and the activation.
pub(crate) fn write(parameters: &AnyParameters, activation: Activation) -> Result<Vec<u8>> {
    let arrays = arrays::of(parameters)?;
    let bytes = arrays.each_ref().map(Array::to_le_bytes);
    let mut tensors = Vec::new();
    for ((name, array), bytes) in Parameters::<f64>::NAMES.iter().zip(&arrays).zip(&bytes) {
        let of = match array.element_type() {
            Type::F32 => Dtype::F32,
            Type::F64 => Dtype::F64,
        };
        tensors.push((*name, TensorView::new(of, array.shape.clone(), bytes)?));
    }
    let metadata = HashMap::from([(ACTIVATION.to_owned(), activation.to_string())]);
    Ok(safetensors::serialize(tensors, Some(metadata))?)
}
