//! What is written is read back to the bit.

use crate::{bits, nets};
use core_math::Real;
use net::{Activation, Parameters, Sizes};
use net_file::{AnyParameters, Kind, Precision, npz, safetensors};
use proptest::prelude::*;

#[test]
fn arrays_come_back_to_the_bit_in_both_formats_and_precisions() {
    for (net, precision) in nets().into_iter().zip([Precision::F32, Precision::F64]) {
        assert_eq!(net.precision(), precision);
        for activation in Activation::ALL {
            let bytes = safetensors::write(&net, activation).unwrap();
            let read = safetensors::read(&bytes).unwrap();
            assert_eq!((&read.parameters, read.activation), (&net, Some(activation)));
            assert_eq!(npz::read(&npz::write(&net, activation).unwrap()).unwrap(), read);
        }
    }
}

#[test]
fn the_same_net_is_always_the_same_bytes() {
    for net in nets() {
        assert_eq!(npz::write(&net, Activation::Tanh).unwrap(), npz::write(&net, Activation::Tanh).unwrap());
        let write = || safetensors::write(&net, Activation::Tanh).unwrap();
        assert_eq!(write(), write());
    }
}

#[test]
fn an_archive_names_the_same_system_wherever_it_is_written() {
    let bytes = npz::write(&nets()[0], Activation::Tanh).unwrap();
    let heads = bytes.windows(6).filter(|head| head.starts_with(b"PK\x01\x02"));
    assert_eq!(heads.map(|head| head[5]).collect::<Vec<_>>(), [3; 5]); // 3 is Unix
}

#[test]
fn another_precision_rounds_only_from_f64_to_f32() {
    let [single, double] = nets();
    assert_eq!(AnyParameters::F32(AnyParameters::F64(single.to()).to()), single);
    assert_eq!(double.to::<f32>().w1[(0, 0)], f32::of(double.to::<f64>().w1[(0, 0)]));
}

/// Four arrays of any small net, with any finite values, in either precision.
fn any_net() -> impl Strategy<Value = AnyParameters> {
    (1_usize..7, 1_usize..5, 1_usize..4, any::<bool>()).prop_flat_map(|(inputs, hidden, classes, single)| {
        let sizes = Sizes { inputs, hidden, classes };
        let array = |shape: Vec<usize>| prop::collection::vec(finite(), shape.iter().product::<usize>());
        sizes.shapes().map(array).prop_map(move |arrays| {
            let [w1, b1, w2, b2] = arrays.each_ref().map(Vec::as_slice);
            let double = AnyParameters::F64(Parameters::from_row_major(sizes, [w1, b1, w2, b2]).unwrap());
            if single { AnyParameters::F32(double.to()) } else { double }
        })
    })
}

/// Of all sizes that both precisions have.
fn finite() -> impl Strategy<Value = f64> {
    (any::<f32>(), any::<f32>()).prop_filter_map("finite", |(large, small)| {
        let value = f64::from(large) + f64::from(small) * 1e-20;
        f32::of(value).is_finite().then_some(value)
    })
}

proptest! {
    #[test]
    fn any_net_comes_back_to_the_bit(net in any_net()) {
        for kind in [Kind::Npz, Kind::Safetensors] {
            let read = kind.read(&kind.write(&net, Activation::Sigmoid).unwrap()).unwrap();
            prop_assert_eq!(bits(&read.parameters), bits(&net));
        }
    }
}
