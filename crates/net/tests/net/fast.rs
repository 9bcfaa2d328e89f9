//! The fast path against the readable one.

use crate::support::{Problem, problem};

use core_math::Real as _;
use nalgebra::DMatrix;
use net::{Activation, Batch, GradientMethod, Parameters, Predictor, Real, Rows, Sizes, Trainer, TwoLayerNet};
use proptest::prelude::*;

const BACKPROPAGATION: GradientMethod = GradientMethod::Backpropagation;
const ACTIVATIONS: [Activation; 3] = [Activation::Sigmoid, Activation::Tanh, Activation::Relu];

/// Of which inputs are not 0: few, four fifths of them as in MNIST, or all.
#[derive(Clone, Copy, Debug)]
enum Density {
    Few,
    AsMnist,
    All,
}

/// The problem with inputs set to 0.
fn thinned(mut problem: Problem, density: Density) -> Problem {
    let keep = |at: usize| match density {
        Density::Few => at % 41 == 7,
        Density::AsMnist => (at * at % 11).is_multiple_of(5),
        Density::All => true,
    };
    problem.x.iter_mut().enumerate().filter(|(at, _)| !keep(*at)).for_each(|(_, x)| *x = 0.0);
    problem
}

/// Sizes that differ, from one unit in one panel to three panels, from one sample to more than a word has bits.
fn any_problem() -> impl Strategy<Value = Problem> {
    let sizes = (1..150_usize, 1..140_usize, 1..130_usize, 1..12_usize);
    let density = prop::sample::select(vec![Density::Few, Density::AsMnist, Density::All]);
    (prop::sample::select(ACTIVATIONS.to_vec()), sizes, any::<u64>(), density)
        .prop_map(|(activation, sizes, seed, density)| thinned(problem(activation, sizes, seed), density))
}

/// Every third of the samples, and the first twice.
fn some_of(samples: usize) -> Vec<usize> {
    (0..samples).step_by(3).chain([0]).collect()
}

fn chosen<T: Real>(x: &DMatrix<T>, t: &[u8], batch: &[usize]) -> (DMatrix<T>, Vec<u8>) {
    (x.select_rows(batch), batch.iter().map(|&n| t[n]).collect())
}

#[track_caller]
fn assert_near<T: Real>(found: &Parameters<T>, expected: &Parameters<T>, tolerance: f64) {
    for ((name, found), (_, expected)) in found.named().zip(expected.named()) {
        for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
            let (found, expected) = (found.to_f64(), expected.to_f64());
            let near = (found - expected).abs() <= tolerance * expected.abs().max(1.0);
            assert!(near, "{name}[{at}]: {found} instead of {expected}");
        }
    }
}

/// The net in `f32`, and its inputs.
fn single(problem: &Problem) -> (TwoLayerNet<f32>, DMatrix<f32>) {
    let params = problem.net.params.map(f32::of);
    (TwoLayerNet { params, activation: problem.net.activation }, problem.x.map(f32::of))
}

fn check_step<T: Real>(mut net: TwoLayerNet<T>, x: &DMatrix<T>, t: &[u8], tolerance: f64) {
    let (rows, batch) = (Rows::from_matrix(x), some_of(t.len()));
    let mut trainer = Trainer::new(&net, BACKPROPAGATION);
    let (x_batch, t_batch) = chosen(x, t, &batch);
    for round in 0..3 {
        let loss = trainer.step_and_loss(Batch::new(&rows, t, &batch), T::of(0.1));
        net.update(&net.gradient(&x_batch, &t_batch), T::of(0.1));
        assert_near(&trainer.net().params, &net.params, tolerance);
        let expected = net.loss(&x_batch, &t_batch).to_f64();
        assert!(
            (loss.to_f64() - expected).abs() <= tolerance * expected.max(1.0),
            "round {round}: loss {loss}, {expected}"
        );
    }
    assert_eq!(trainer.first_not_finite(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_step_is_the_readable_gradient_and_update(problem in any_problem()) {
        let (single_net, single_x) = single(&problem);
        let Problem { net, x, t } = problem;
        check_step(net, &x, &t, 1e-11);
        // a relu unit within rounding of its kink may fall on either side
        if single_net.activation != Activation::Relu {
            check_step(single_net, &single_x, &t, 2e-4);
        }
    }

    #[test]
    fn logits_are_those_of_the_readable_net(problem in any_problem()) {
        let (single_net, single_x) = single(&problem);
        let Problem { net, x, t } = problem;
        let rows = Rows::from_matrix(&x);
        let predictor = Predictor::new(&net);
        let middle = t.len() / 3..t.len() / 3 * 2;
        let logits = predictor.logits(&rows, middle.clone());
        let expected = net.logits(&x.rows_range(middle.clone()).into_owned());
        prop_assert_eq!(logits.shape(), expected.shape());
        prop_assert!((logits - expected).iter().all(|d| d.abs() < 1e-11));
        prop_assert_eq!(predictor.correct(&rows, middle.clone(), &t[middle.clone()]),
            net.correct(&x.rows_range(middle.clone()).into_owned(), &t[middle]));

        let logits = Predictor::new(&single_net).logits(&Rows::from_matrix(&single_x), 0..t.len());
        prop_assert!((logits - single_net.logits(&single_x)).iter().all(|d| d.abs() < 1e-3));
    }
}

/// Bytes for samples of 784 inputs, a fifth of them not 0, with labels.
fn images(samples: usize) -> (Vec<u8>, Vec<u8>) {
    let pixel = |at: usize| if (at * at % 1009).is_multiple_of(5) { (at % 255 + 1).to_le_bytes()[0] } else { 0 };
    ((0..samples * 784).map(pixel).collect(), (0..samples).map(|n| (n * 7 % 10).to_le_bytes()[0]).collect())
}

fn chapters_net<T: Real>() -> TwoLayerNet<T> {
    let params = problem(Activation::Sigmoid, (1, 784, 50, 10), 3).net.params.map(T::of);
    TwoLayerNet { params, activation: Activation::Sigmoid }
}

#[test]
fn bytes_are_the_numbers_that_they_mean() {
    let (pixels, t) = images(30);
    let numbers: Vec<f32> = pixels.iter().map(|&v| f32::from(v) / 255.0).collect();
    let (bytes, numbers) = (Rows::from_bytes(&pixels, 784), Rows::from_row_major(&numbers, 784));
    let net = chapters_net::<f32>();
    assert_eq!(Predictor::new(&net).logits(&bytes, 3..20), Predictor::new(&net).logits(&numbers, 3..20));
    let mut of_bytes = Trainer::new(&net, BACKPROPAGATION);
    let mut of_numbers = of_bytes.clone();
    let batch = [0, 5, 9];
    let loss = of_bytes.step_and_loss(Batch::new(&bytes, &t, &batch), 0.1);
    assert_eq!(of_numbers.step_and_loss(Batch::new(&numbers, &t, &batch), 0.1), loss);
    assert_eq!(of_bytes.net(), of_numbers.net());
    // the same trainer takes the one after the other
    let loss = of_bytes.step_and_loss(Batch::new(&numbers, &t, &batch), 0.1);
    assert_eq!(of_numbers.step_and_loss(Batch::new(&bytes, &t, &batch), 0.1), loss);
}

/// The losses of the steps and the net that they end with; `announced` says of a step which batch it names as the next.
fn train<T: Real>(
    (method, steps): (GradientMethod, usize),
    threads: usize,
    announced: impl Fn(usize) -> Option<usize> + Sync,
) -> (Vec<T>, TwoLayerNet<T>) {
    let (pixels, t) = images(400);
    // of unequal sizes, one of which fits no block
    let batches: Vec<Vec<usize>> =
        (0..13).map(|i| (0..60 + i % 3 * 45).map(|n| (n * 7 + i * 31) % 400).collect()).collect();
    let x = Rows::from_bytes(&pixels, 784);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| {
        let mut trainer = Trainer::new(&chapters_net(), method);
        let mut losses = Vec::new();
        for i in 0..steps {
            let mut batch = Batch::new(&x, &t, &batches[i]);
            if let Some(next) = announced(i) {
                batch = batch.then(Batch::new(&x, &t, &batches[next]));
            }
            losses.push(trainer.step_and_loss(batch, T::of(0.1)));
        }
        (losses, trainer.net())
    })
}

fn check_bits<T: Real>(method: GradientMethod, steps: usize) {
    let method = (method, steps);
    let alone = train::<T>(method, 1, |_| None);
    assert!(alone.0[steps - 1] < alone.0[0], "it learns: {:?}", alone.0);
    for threads in [1, 2, 7] {
        assert!(train(method, threads, |_| None) == alone, "{threads} threads");
        assert!(train(method, threads, |i| Some(i + 1)) == alone, "{threads} threads, announced");
        assert!(
            train(method, threads, |i| Some(if i % 3 == 0 { 12 } else { i + 1 })) == alone,
            "{threads}, often wrongly"
        );
        assert!(train(method, threads, |i| (i % 2 == 0).then_some(i + 1)) == alone, "{threads}, every other");
    }
}

#[test]
fn neither_threads_nor_announcements_change_a_bit() {
    check_bits::<f32>(BACKPROPAGATION, 12);
    check_bits::<f64>(BACKPROPAGATION, 12);
    // two points, three, and every difference evaluated, which takes fifty times as long
    for (h, steps) in [(1e-4, 12), (5e-4, 12), (0.5, 2)] {
        check_bits::<f64>(GradientMethod::CentralDifferences { h }, steps);
    }
}

#[test]
fn a_step_without_its_loss_is_the_same_step() {
    let (pixels, t) = images(50);
    let x = Rows::from_bytes(&pixels, 784);
    for method in [BACKPROPAGATION, GradientMethod::CentralDifferences { h: 1e-4 }] {
        let mut with = Trainer::new(&chapters_net(), method);
        let mut without = with.clone();
        for start in 0..5 {
            let batch = [start, start + 9, 30];
            with.step_and_loss(Batch::new(&x, &t, &batch), 0.2_f64);
            without.step(Batch::new(&x, &t, &batch), 0.2);
        }
        assert_eq!(with.net(), without.net());
    }
}

#[test]
fn what_is_not_finite_is_named() {
    let Problem { mut net, x, t } = problem(Activation::Relu, (6, 5, 20, 3), 1);
    let rows = Rows::from_matrix(&x);
    let mut trainer = Trainer::new(&net, BACKPROPAGATION);
    trainer.step(Batch::all(&rows, &t), 1e200);
    trainer.step(Batch::all(&rows, &t), 1e200);
    assert_eq!(
        trainer.first_not_finite().map(|(name, _)| name),
        trainer.net().params.first_not_finite().map(|(name, _)| name)
    );
    assert!(trainer.first_not_finite().is_some());

    net.params.w2[(19, 2)] = f64::NAN;
    let start = Trainer::new(&net, BACKPROPAGATION).first_not_finite();
    assert!(start.is_some_and(|(name, value)| name == "W2" && value.is_nan()));
}

#[test]
fn an_overflow_in_w1_alone_is_named() {
    let Problem { mut net, x, .. } = problem(Activation::Relu, (6, 5, 20, 3), 1);
    // inputs so large and weights so small that a unit's input is about 1: dL/dW1 is 1e10 times as large as the others
    net.params.w1 *= 1e-10;
    net.params.b1.fill(0.5);
    let rows = Rows::from_matrix(&DMatrix::from_fn(6, 5, |n, i| if i == n % 3 { x[(n, i)] * 1e10 } else { 0.0 }));
    let mut trainer = Trainer::new(&net, BACKPROPAGATION);
    trainer.step(Batch::all(&rows, &[0, 1, 2, 0, 1, 2]), 1e300);
    let params = trainer.net().params;
    assert!(params.arrays()[1..].iter().all(|array| array.iter().all(|p| p.is_finite())), "the others are finite");
    assert_eq!(trainer.first_not_finite().map(|(name, _)| name), Some("W1"));
}

#[test]
fn nan_in_a_sample_reaches_its_logits_alone() {
    let Problem { net, mut x, .. } = problem(Activation::Sigmoid, (3, 4, 9, 3), 1);
    x[(1, 2)] = f64::NAN;
    let logits = Predictor::new(&net).logits(&Rows::from_matrix(&x), 0..3);
    assert!(logits.row(1).iter().all(|a| a.is_nan()));
    assert!(logits.row(0).iter().chain(logits.row(2).iter()).all(|a| a.is_finite()));
}

#[test]
fn saturated_units_and_logits_stay_finite() {
    let Problem { mut net, x, t } = problem(Activation::Sigmoid, (8, 6, 11, 4), 2);
    net.params.w1 *= 1e4;
    net.params.w2 *= 1e4;
    let rows = Rows::from_matrix(&x);
    let mut trainer = Trainer::new(&net, BACKPROPAGATION);
    let loss = trainer.step_and_loss(Batch::all(&rows, &t), 0.1);
    net.update(&net.gradient(&x, &t), 0.1);
    assert!((loss - net.loss(&x, &t)).abs() <= 1e-9 * loss, "{loss}");
}

fn small() -> (TwoLayerNet<f64>, Rows<f64>) {
    let Problem { net, x, .. } = problem(Activation::Sigmoid, (4, 3, 5, 2), 1);
    (net, Rows::from_matrix(&x))
}

#[test]
#[should_panic = "label 2 of sample 3 is not below the number of classes, 2"]
fn a_label_too_large_is_refused() {
    let (net, x) = small();
    Trainer::new(&net, BACKPROPAGATION).step(Batch::all(&x, &[0, 1, 1, 2]), 0.1);
}

#[test]
#[should_panic = "samples (left) and labels (right) must be equally many"]
fn a_missing_label_is_refused() {
    let (_, x) = small();
    let _ = Batch::all(&x, &[0, 1, 1]);
}

#[test]
#[should_panic = "the width of x (left) must be the number of inputs of the net (right)"]
fn rows_of_another_width_are_refused() {
    let (net, _) = small();
    let _ = Predictor::new(&net).logits(&Rows::from_bytes(&[0; 8], 4), 0..2);
}

#[test]
#[should_panic = "sample 4 of 4"]
fn a_sample_that_is_not_there_is_refused() {
    let (_, x) = small();
    let _ = Batch::new(&x, &[0; 4], &[0, 4]);
}

#[test]
#[should_panic = "the batch is empty"]
fn an_empty_batch_is_refused() {
    let (_, x) = small();
    let _ = Batch::new(&x, &[0; 4], &[]);
}

#[test]
fn a_net_without_hidden_units_learns_its_biases() {
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    let sizes = Sizes { inputs: 3, hidden: 0, classes: 2 };
    let net = TwoLayerNet::random(sizes, Activation::Sigmoid, 0.1, &mut ChaCha8Rng::seed_from_u64(0));
    let (_, x) = small();
    let mut trainer = Trainer::new(&net, BACKPROPAGATION);
    for _ in 0..2 {
        let batch = Batch::new(&x, &[1; 4], &[2, 3]);
        trainer.step(batch.then(batch), 0.5_f64);
    }
    let expected = {
        let (mut net, x) = (net, DMatrix::zeros(2, 3));
        (0..2).for_each(|_| net.update(&net.gradient(&x, &[1, 1]), 0.5));
        net.params
    };
    assert_near(&trainer.net().params, &expected, 1e-15);
}

#[test]
fn no_samples_have_no_logits() {
    let (net, x) = small();
    assert_eq!(Predictor::new(&net).logits(&x, 2..2).shape(), (0, 2));
}
