//! What every public type can do, so that it fits into the types of others.

use net::{Activation, GradientMethod, Parameters, Predictor, Rows, ShapeError, Sizes, Trainer, TwoLayerNet};
use std::error::Error;
use std::fmt::Debug;

#[test]
fn types_can_be_sent_and_shared_and_the_error_boxed() {
    fn check<T: Debug + Send + Sync>() {}
    check::<(Activation, Sizes, Parameters<f32>, TwoLayerNet<f64>)>();
    fn copied<T: Clone>() {}
    check::<(Rows<f32>, Predictor<f64>, Trainer<f32>)>();
    copied::<(Rows<f32>, Predictor<f64>, Trainer<f64>)>();
    let _: Box<dyn Error + Send + Sync> = Box::new(ShapeError::Length { name: "b1", shape: vec![3], found: 2 });
}

#[test]
fn what_holds_many_numbers_shows_how_many() {
    let x = Rows::<f32>::from_bytes(&[0; 12], 3);
    assert_eq!(format!("{x:?}"), "Rows { len: 4, inputs: 3, .. }");
    let params = Parameters::<f64>::zeros(Sizes { inputs: 3, hidden: 2, classes: 2 });
    assert_eq!(format!("{params:?}"), "Parameters { w1: 3x2, b1: 2, w2: 2x2, b2: 2, .. }");
    let net = TwoLayerNet { params, activation: Activation::Relu };
    assert_eq!(
        format!("{net:?}"),
        "TwoLayerNet { params: Parameters { w1: 3x2, b1: 2, w2: 2x2, b2: 2, .. }, activation: Relu }"
    );
    let sizes = "Sizes { inputs: 3, hidden: 2, classes: 2 }";
    let predictor = Predictor::new(&net);
    assert_eq!(format!("{predictor:?}"), format!("Predictor {{ sizes: {sizes}, .. }}"));
    let trainer = Trainer::new(&net, GradientMethod::Backpropagation);
    assert_eq!(format!("{trainer:?}"), format!("Trainer {{ sizes: {sizes}, method: Backpropagation, .. }}"));
}
