//! Inference against the readable net.

use crate::support::{Problem, problem};
use core_math::Real as _;
use net::{Activation, Batch, GradientMethod, Predictor, Real, Rows, Trainer, TwoLayerNet};

/// 2,350 samples: three slices for the threads, the last one short, none a multiple of a vector.
fn samples() -> Problem {
    problem(Activation::Tanh, (2350, 6, 11, 5), 4)
}

fn check<T: Real>(net: &TwoLayerNet<T>, Problem { x, t, .. }: &Problem, tolerance: f64) {
    let x = x.map(T::of);
    let (predictor, rows) = (Predictor::new(net), Rows::from_matrix(&x));
    for range in [0..t.len(), 1004..2011, 17..18, 3..12] {
        let (x, t) = (x.rows_range(range.clone()).into_owned(), &t[range.clone()]);
        let y = predictor.probabilities(&rows, range.clone());
        let expected = net.predict(&x);
        assert_eq!(y.shape(), expected.shape());
        let gap = y.iter().zip(&expected).fold(0.0, |gap: f64, (y, e)| gap.max((y.to_f64() - e.to_f64()).abs()));
        assert!(gap < tolerance, "{range:?}: probabilities differ by {gap:e}");
        assert!(y.row_iter().all(|row| (row.sum().to_f64() - 1.0).abs() < tolerance));

        let loss = predictor.loss(&rows, range.clone(), t);
        assert!((loss - net.loss(&x, t).to_f64()).abs() < 10.0 * tolerance, "{range:?}: loss {loss}");
        assert_eq!(predictor.classes(&rows, range.clone()), net::argmax_rows(&net.logits(&x)));
        assert_eq!(predictor.correct(&rows, range.clone(), t), net.correct(&x, t));
        assert_eq!(predictor.accuracy(&rows, range, t), net.accuracy(&x, t));
    }
}

#[test]
fn every_answer_is_that_of_the_readable_net() {
    let samples = samples();
    check(&samples.net, &samples, 1e-14);
    let params = samples.net.params.map(f32::of);
    check(&TwoLayerNet { params, activation: samples.net.activation }, &samples, 1e-5);
}

#[test]
fn of_equal_logits_the_first_is_the_class() {
    let Problem { mut net, x, .. } = problem(Activation::Relu, (3, 4, 5, 4), 3);
    net.params.w2.fill(0.0);
    net.params.b2.copy_from_slice(&[0.5, 0.75, 0.75, 0.0]);
    let (predictor, x) = (Predictor::new(&net), Rows::from_matrix(&x));
    assert_eq!(predictor.classes(&x, 0..3), [1, 1, 1]);
    assert_eq!(predictor.correct(&x, 0..3, &[1, 2, 1]), 2);
}

#[test]
fn no_samples_have_no_classes_and_no_accuracy() {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (4, 3, 5, 2), 1);
    let (predictor, x) = (Predictor::new(&net), Rows::from_matrix(&x));
    for at in [0, 2, 4] {
        assert_eq!(predictor.logits(&x, at..at).shape(), (0, 2));
        assert_eq!(predictor.probabilities(&x, at..at).shape(), (0, 2));
        assert!(predictor.classes(&x, at..at).is_empty());
        assert_eq!(predictor.correct(&x, at..at, &[]), 0);
        assert!(predictor.accuracy(&x, at..at, &[]).is_nan());
    }
}

#[test]
#[should_panic = "the batch is empty"]
fn no_samples_have_no_loss() {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (4, 3, 5, 2), 1);
    let _ = Predictor::new(&net).loss(&Rows::from_matrix(&x), 1..1, &[]);
}

#[test]
#[should_panic = "rows 3..5 of 4"]
fn samples_beyond_the_last_are_refused() {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (4, 3, 5, 2), 1);
    let _ = Predictor::new(&net).classes(&Rows::from_matrix(&x), 3..5);
}

#[test]
#[should_panic = "label 5 of sample 1 is not below the number of classes, 2"]
fn a_label_without_a_class_has_no_loss() {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (4, 3, 5, 2), 1);
    let _ = Predictor::new(&net).loss(&Rows::from_matrix(&x), 1..4, &[0, 5, 1]);
}

#[test]
fn threads_change_no_bit_of_an_answer() {
    let Problem { net, x, t } = samples();
    let (predictor, x) = (Predictor::new(&net), Rows::from_matrix(&x));
    let [one, two, seven] = [1, 2, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| (predictor.loss(&x, 3..2350, &t[3..]).to_bits(), predictor.correct(&x, 3..2350, &t[3..])))
    });
    assert_eq!((&one, &one), (&two, &seven));
}

#[test]
fn a_trainers_predictor_is_that_of_its_net() {
    let Problem { net, x, t } = problem(Activation::Relu, (9, 6, 20, 3), 2);
    let x = Rows::from_matrix(&x);
    let mut trainer = Trainer::new(&net, GradientMethod::Backpropagation);
    trainer.step(Batch::all(&x, &t), 0.1);
    let logits = trainer.predictor().logits(&x, 0..9);
    assert_eq!(logits, Predictor::new(&trainer.net()).logits(&x, 0..9));
    assert_ne!(logits, Predictor::new(&net).logits(&x, 0..9));
}
