//! With the feature `serde`: nets as JSON, there and back, and what is refused on the way back.

use crate::support::problem;
use core_math::Real;
use nalgebra::{DMatrix, RowDVector};
use net::{Activation, Parameters, Sizes, TwoLayerNet};
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

/// 2 inputs, 3 hidden units, 1 class.
fn small() -> TwoLayerNet<f64> {
    let sizes = Sizes { inputs: 2, hidden: 3, classes: 1 };
    let w1 = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let params = Parameters::from_row_major(sizes, [&w1, &[0.5, -0.5, 0.25], &[7.0, 8.0, 9.0], &[-1.0]]).unwrap();
    TwoLayerNet { params, activation: Activation::Tanh }
}

const SMALL: &str = r#"{"params":{"sizes":{"inputs":2,"hidden":3,"classes":1},"W1":[1.0,2.0,3.0,4.0,5.0,6.0],"b1":[0.5,-0.5,0.25],"W2":[7.0,8.0,9.0],"b2":[-1.0]},"activation":"tanh"}"#;

/// The message for the parameters of [`SMALL`] with `value` in the place of `field`, or without the field.
#[track_caller]
fn refused(field: &str, value: Option<Value>) -> String {
    let mut params: Value = to_value(small().params).unwrap();
    let fields = params.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(field.to_owned(), value),
        None => fields.remove(field),
    };
    from_value::<Parameters<f64>>(params).unwrap_err().to_string()
}

#[test]
fn a_net_is_written_by_name_and_row_by_row() {
    assert_eq!(to_string(&small()).unwrap(), SMALL);
    assert_eq!(from_str::<TwoLayerNet<f64>>(SMALL).unwrap(), small());
    let names = [Activation::Sigmoid, Activation::Tanh, Activation::Relu].map(|a| to_string(&a).unwrap());
    assert_eq!(names, [r#""sigmoid""#, r#""tanh""#, r#""relu""#]);
}

#[test]
fn every_bit_comes_back_in_both_precisions() {
    let mut net = problem(Activation::Relu, (1, 31, 17, 5), 3).net;
    net.params.w1[(4, 2)] = f64::MIN_POSITIVE / 3.0;
    net.params.b2[1] = -0.0;
    let back: TwoLayerNet<f64> = from_str(&to_string(&net).unwrap()).unwrap();
    for (back, net) in back.params.arrays().concat().iter().zip(net.params.arrays().concat()) {
        assert_eq!(back.to_bits(), net.to_bits());
    }
    assert_eq!((back.sizes(), back.activation), (net.sizes(), net.activation));

    let single = net.params.map(f32::of);
    let back: Parameters<f32> = from_str(&to_string(&single).unwrap()).unwrap();
    for (back, single) in back.arrays().concat().iter().zip(single.arrays().concat()) {
        assert_eq!(back.to_bits(), single.to_bits());
    }
}

#[test]
fn an_array_too_short_or_too_long_is_refused_by_name() {
    let w1 = "W1 has 5 elements, but its shape is [2, 3]";
    assert_eq!(refused("W1", Some(json!([1.0, 2.0, 3.0, 4.0, 5.0]))), w1);
    assert_eq!(refused("b1", Some(json!([1.0, 2.0, 3.0, 4.0]))), "b1 has 4 elements, but its shape is [3]");
    assert_eq!(refused("W2", Some(json!([]))), "W2 has 0 elements, but its shape is [3, 1]");
    assert_eq!(refused("b2", Some(json!([1, 2]))), "b2 has 2 elements, but its shape is [1]");
}

#[test]
#[cfg(target_pointer_width = "64")]
fn sizes_that_no_array_has_are_refused() {
    let sizes = |inputs: u64, hidden: u64, classes: u64| {
        Some(json!({ "inputs": inputs, "hidden": hidden, "classes": classes }))
    };
    // 2 * 2^63 is 0 in 64 bits, were it not checked
    let wrapping = r#"{"sizes":{"inputs":9223372036854775808,"hidden":2,"classes":1},"W1":[],"b1":[0.0,0.0],"W2":[0.0,0.0],"b2":[0.0]}"#;
    let message = from_str::<Parameters<f64>>(wrapping).unwrap_err().to_string();
    assert!(message.starts_with("W1 has 0 elements, but its shape is [9223372036854775808, 2]"), "{message}");
    assert!(refused("sizes", sizes(2, 3, u64::MAX)).starts_with("W2 has 3 elements"));
    assert!(refused("sizes", sizes(u64::MAX, u64::MAX, u64::MAX)).starts_with("W1 has 6 elements"));
    assert!(refused("sizes", sizes(3, 2, 1)).starts_with("b1 has 3 elements"));
}

#[test]
#[cfg(target_pointer_width = "64")]
fn any_number_of_rows_without_elements_goes_there_and_back_at_once() {
    let json =
        r#"{"sizes":{"inputs":9223372036854775807,"hidden":0,"classes":2},"W1":[],"b1":[],"W2":[],"b2":[0.0,1.0]}"#;
    let params: Parameters<f64> = from_str(json).unwrap();
    assert_eq!(params.w1.shape(), (usize::MAX / 2, 0));
    assert_eq!(to_string(&params).unwrap(), json);
}

#[test]
fn unknown_missing_and_wrong_fields_are_refused() {
    assert!(refused("w1", Some(json!([]))).starts_with("unknown field `w1`"));
    assert!(refused("b2", None).starts_with("missing field `b2`"));
    assert!(refused("b2", Some(json!([null]))).starts_with("invalid type: null, expected f64"));
    assert!(refused("sizes", Some(json!({ "inputs": 2, "hidden": 3, "classes": 1, "depth": 2 }))).contains("`depth`"));
    assert!(refused("sizes", Some(json!({ "inputs": -2, "hidden": 3, "classes": 1 }))).starts_with("invalid value"));
    let unknown = SMALL.replace("tanh", "softplus");
    assert!(from_str::<TwoLayerNet<f64>>(&unknown).unwrap_err().to_string().contains("unknown variant `softplus`"));
    let unknown = SMALL.replace(r#""activation""#, r#""bias":1,"activation""#);
    assert!(from_str::<TwoLayerNet<f64>>(&unknown).unwrap_err().to_string().contains("unknown field `bias`"));
    assert!(from_str::<TwoLayerNet<f64>>(&SMALL[..SMALL.len() - 9]).is_err());
}

#[test]
fn arrays_that_do_not_fit_together_are_not_written() {
    let mut net = small();
    net.params.b1 = RowDVector::zeros(2);
    let message = to_string(&net).unwrap_err().to_string();
    assert_eq!(message, "b1 is 1x2, expected 1x3 to fit the other arrays");
    net.params.b1 = RowDVector::zeros(3);
    net.params.w2 = DMatrix::zeros(2, 1);
    assert_eq!(to_string(&net).unwrap_err().to_string(), "W2 is 2x1, expected 3x1 to fit the other arrays");
}
