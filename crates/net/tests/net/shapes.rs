//! Shapes and labels that do not fit panic and name both sides.

use nalgebra::{DMatrix, RowDVector};
use net::{Activation, Sizes, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

fn net() -> TwoLayerNet<f64> {
    let sizes = Sizes { inputs: 5, hidden: 4, classes: 2 };
    TwoLayerNet::random(sizes, Activation::Sigmoid, 0.1, &mut ChaCha8Rng::seed_from_u64(0))
}

fn x() -> DMatrix<f64> {
    DMatrix::zeros(3, 5)
}

#[test]
#[should_panic(expected = "left: 6\n right: 5")]
fn a_wrong_width_of_x_names_both_widths() {
    let _ = net().predict(&DMatrix::zeros(3, 6));
}

#[test]
#[should_panic(expected = "left: 3\n right: 2")]
fn labels_too_few_for_the_gradient_name_both_counts() {
    let _ = net().gradient(&x(), &[0, 1]);
}

#[test]
#[should_panic(expected = "label 2 of sample 1 is not below the number of classes, 2")]
fn a_label_out_of_range_is_named_by_the_gradient() {
    let _ = net().gradient(&x(), &[0, 2, 1]);
}

#[test]
#[should_panic(expected = "label 2 of sample 1 is not below the number of classes, 2")]
fn a_label_out_of_range_is_named_by_the_loss() {
    let _ = net().loss(&x(), &[0, 2, 1]);
}

#[test]
#[should_panic(expected = "the batch is empty")]
fn an_empty_batch_has_no_gradient() {
    let _ = net().gradient(&DMatrix::zeros(0, 5), &[]);
}

#[test]
#[should_panic(expected = "the parameters do not make a net: b2 is 1x3, expected 1x2 to fit the other arrays")]
fn parameters_that_do_not_fit_together_are_named() {
    let mut net = net();
    net.params.b2 = RowDVector::zeros(3);
    let _ = net.predict(&x());
}

#[test]
fn an_empty_batch_is_predicted_as_nothing() {
    assert_eq!(net().predict(&DMatrix::zeros(0, 5)).shape(), (0, 2));
    assert_eq!(net().correct(&DMatrix::zeros(0, 5), &[]), 0);
}
