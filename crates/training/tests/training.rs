//! The run, on built-in digits.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

use dataset::{Digits, Sampling};
use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::cell::RefCell;
use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use training::{
    Config, ConfigError, Data, Diverged, Evaluate, Evaluation, History, Observer, Outcome, Run, RunError, Samples,
    fresh_net,
};

fn data() -> Arc<Data<f64>> {
    let digits = Digits::with_sizes(0, 300, 50);
    Arc::new(Data::of_images(&digits.train, &digits.test))
}

/// Thirty iterations, ten epochs.
fn config(gradient: GradientMethod) -> Config {
    Config { gradient, iterations: 30, ..Config::default() }
}

const METHODS: [GradientMethod; 2] = [GradientMethod::Backpropagation, GradientMethod::CentralDifferences { h: 1e-4 }];

/// Everything of a run but the seconds.
fn outcome(run: &Run<f64>) -> (u64, Vec<f64>, Vec<Evaluation>, net::TwoLayerNet<f64>) {
    let untimed = |e: &Evaluation| Evaluation { seconds: 0.0, ..*e };
    let evaluations = run.history().evaluations.iter().map(untimed).collect();
    (run.iteration(), run.history().losses.clone(), evaluations, run.net())
}

fn uninterrupted(gradient: GradientMethod) -> Run<f64> {
    let mut run = Run::new(config(gradient), data()).unwrap();
    run.run_to_end().unwrap();
    run
}

/// Breaks after every so many iterations, and counts what it is told.
#[derive(Default)]
struct Breaks {
    every: u64,
    iterations: u64,
    evaluations: u64,
    ends: u64,
}

impl Observer<f64> for Breaks {
    type Error = String;

    fn after_iteration(&mut self, run: &Run<f64>, loss: f64) -> Result<ControlFlow<()>, String> {
        self.iterations += 1;
        assert_eq!(run.history().losses.last(), Some(&loss));
        let is_due = self.every > 0 && run.iteration().is_multiple_of(self.every);
        Ok(if is_due { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }

    fn after_evaluation(&mut self, _run: &Run<f64>) -> Result<ControlFlow<()>, String> {
        self.evaluations += 1;
        Ok(ControlFlow::Continue(()))
    }

    fn at_end(&mut self, _run: &Run<f64>) -> Result<(), String> {
        self.ends += 1;
        Ok(())
    }
}

#[test]
fn a_run_that_is_paused_again_and_again_equals_one_that_is_not() {
    for gradient in METHODS {
        let mut run = Run::new(config(gradient), data()).unwrap();
        let mut breaks = Breaks { every: 7, ..Breaks::default() };
        let mut stops = 0;
        while run.run(&mut breaks).unwrap() == Outcome::Stopped {
            stops += 1;
            assert_eq!(run.iteration(), stops * 7, "it stops before the next iteration");
        }
        assert_eq!((stops, breaks.iterations, breaks.evaluations, breaks.ends), (4, 30, 11, 5));
        assert_eq!(outcome(&run), outcome(&uninterrupted(gradient)));
    }
}

#[test]
fn single_steps_equal_a_run() {
    for gradient in METHODS {
        let mut run = Run::new(config(gradient), data()).unwrap();
        for done in 1..=30 {
            let step = run.step().unwrap();
            assert_eq!(run.history().losses.last(), Some(&step.loss));
            assert_eq!(step.evaluation.is_some(), (done - 1) % 3 == 0, "{done}");
        }
        run.run_to_end().unwrap(); // which evaluates at the end, and trains no more
        assert_eq!(outcome(&run), outcome(&uninterrupted(gradient)));
    }
}

#[test]
fn the_halves_of_a_step_equal_a_step() {
    for gradient in METHODS {
        let mut run = Run::new(config(gradient), data()).unwrap();
        for done in 1..=30 {
            run.iterate().unwrap();
            let due = (done - 1) % 3 == 0;
            assert_eq!((run.evaluation_is_due(), run.evaluate_if_due().is_some()), (due, due), "{done}");
            assert_eq!((run.evaluation_is_due(), run.evaluate_if_due()), (false, None), "{done}, a second time");
        }
        run.run_to_end().unwrap();
        assert_eq!(outcome(&run), outcome(&uninterrupted(gradient)));
    }
}

#[test]
fn a_resumed_run_equals_one_that_went_on() {
    for gradient in METHODS {
        for reached in [1, 10, 11, 12, 30] {
            let mut first = Run::new(Config { iterations: reached, ..config(gradient) }, data()).unwrap();
            first.run_to_end().unwrap();
            let history = first.history().clone();
            let mut second = Run::resumed(config(gradient), &first.net(), reached, history, data()).unwrap();
            second.run_to_end().unwrap();
            assert_eq!(outcome(&second), outcome(&uninterrupted(gradient)), "{gradient:?} {reached}");
        }
    }
}

#[test]
fn threads_change_no_bit() {
    for gradient in METHODS {
        let runs = [1, 2, 5].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            outcome(&pool.install(|| uninterrupted(gradient)))
        });
        assert!(runs.iter().all(|run| *run == runs[0]));
    }
}

#[test]
fn an_error_of_an_observer_comes_back_as_it_is() {
    struct Fails;
    impl Observer<f64> for Fails {
        type Error = String;
        fn after_iteration(&mut self, run: &Run<f64>, _loss: f64) -> Result<ControlFlow<()>, String> {
            if run.iteration() == 3 { Err("the disk is full".to_owned()) } else { Ok(ControlFlow::Continue(())) }
        }
    }
    let mut run = Run::new(config(METHODS[0]), data()).unwrap();
    assert_eq!(run.run(&mut Fails), Err(RunError::Observer("the disk is full".to_owned())));
    assert_eq!(run.iteration(), 3);
    run.run_to_end().unwrap();
    assert_eq!(outcome(&run), outcome(&uninterrupted(METHODS[0])), "it goes on where it was");
}

#[test]
fn of_several_observers_all_are_told_before_the_run_stops() {
    let mut run = Run::new(config(METHODS[0]), data()).unwrap();
    let mut observers = vec![Breaks { every: 2, ..Breaks::default() }, Breaks::default()];
    assert_eq!(run.run(&mut observers), Ok(Outcome::Stopped));
    assert_eq!(observers.iter().map(|o| (o.iterations, o.ends)).collect::<Vec<_>>(), [(2, 1), (2, 1)]);
}

/// Notes what it is told, and says stop after an evaluation.
struct Notes<'a>(&'a RefCell<Vec<(&'static str, u64)>>);

impl Observer<f64> for Notes<'_> {
    type Error = String;

    fn after_iteration(&mut self, run: &Run<f64>, _loss: f64) -> Result<ControlFlow<()>, String> {
        self.0.borrow_mut().push(("iteration", run.iteration()));
        Ok(ControlFlow::Continue(()))
    }

    fn after_evaluation(&mut self, run: &Run<f64>) -> Result<ControlFlow<()>, String> {
        self.0.borrow_mut().push(("evaluation", run.iteration()));
        Ok(ControlFlow::Break(()))
    }

    fn at_end(&mut self, run: &Run<f64>) -> Result<(), String> {
        self.0.borrow_mut().push(("end", run.iteration()));
        Ok(())
    }
}

#[test]
fn boxed_observers_in_a_row_stop_a_run_at_its_evaluations() {
    let told = RefCell::new(Vec::new());
    let mut observers: Vec<Box<dyn Observer<f64, Error = String>>> =
        vec![Box::new(Notes(&told)), Box::new(Breaks::default())];
    let mut run = Run::new(config(METHODS[0]), data()).unwrap();
    assert_eq!(run.run(&mut observers), Ok(Outcome::Stopped));
    assert_eq!(run.run(&mut observers), Ok(Outcome::Stopped));
    let second = [("iteration", 2), ("iteration", 3), ("iteration", 4), ("evaluation", 4), ("end", 4)];
    assert_eq!(*told.borrow(), [&[("iteration", 1), ("evaluation", 1), ("end", 1)][..], &second].concat());
}

#[test]
fn a_step_is_a_trainers_by_the_method_of_the_configuration() {
    let far = GradientMethod::CentralDifferences { h: 0.5 }; // far from a derivative
    for (method, other) in [(METHODS[0], far), (far, METHODS[0])] {
        let (data, mut run) = (data(), Run::new(config(method), data()).unwrap());
        let batch = run.next_batch().to_vec();
        let batch = Batch::new(&data.train.x, &data.train.t, &batch);
        let [mut expected, mut others] = [method, other].map(|method| Trainer::new(&run.net(), method));
        assert_eq!(run.next_gradient(method).unwrap(), expected.gradient(batch));
        assert_eq!(run.next_gradient(other).unwrap(), others.gradient(batch));
        assert_ne!(run.next_gradient(other).unwrap(), run.next_gradient(method).unwrap());
        expected.step(batch, 0.1);
        run.step().unwrap();
        assert_eq!(run.net(), expected.net());
    }
}

#[test]
fn a_seed_decides_weights_and_minibatches() {
    let start = |seed| Run::new(Config { seed, hidden: 7, ..config(METHODS[0]) }, data()).unwrap();
    let [one, again, two] = [1, 1, 2].map(start);
    assert_eq!((one.net(), one.next_batch()), (again.net(), again.next_batch()));
    assert_ne!(one.net(), two.net());
    assert_ne!(one.next_batch(), two.next_batch());

    // the generator that a seed means, so that a run can be repeated with later versions
    let mut key = *b"\x01\0\0\0\0\0\0\0weights                 ";
    key[16..].fill(0);
    let sizes = Sizes { inputs: 784, hidden: 7, classes: 10 };
    let drawn = TwoLayerNet::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::from_seed(key));
    assert_eq!(one.net(), drawn);
}

#[test]
fn seconds_go_on_where_they_were_and_leave_pauses_out() {
    let begin = Instant::now();
    let mut run =
        Run::new(Config { evaluate: Evaluate::Every(NonZeroU64::MIN), ..config(METHODS[0]) }, data()).unwrap();
    run.step().unwrap();
    let pause = Duration::from_millis(100);
    std::thread::sleep(pause);
    let seconds = run.step().unwrap().evaluation.unwrap().seconds;
    assert!(seconds > 0.0 && seconds <= (begin.elapsed() - pause).as_secs_f64(), "{seconds}");

    let earlier = Evaluation { iteration: 1, train_accuracy: 0.1, test_accuracy: 0.1, seconds: 1000.0 };
    let history = History { losses: vec![2.3], evaluations: vec![earlier], ..History::default() };
    let mut run = Run::resumed(config(METHODS[0]), &run.net(), 1, history, data()).unwrap();
    run.run_to_end().unwrap();
    let evaluations = &run.history().evaluations;
    assert_eq!(evaluations[0], earlier);
    assert!(evaluations[1].seconds > 1000.0, "{evaluations:?}");
}

#[test]
fn another_learning_rate_takes_effect_at_once() {
    let mut run = Run::new(config(METHODS[0]), data()).unwrap();
    let start = run.net();
    let gradient = run.next_gradient(METHODS[1]).unwrap();
    run.set_learning_rate(0.5).unwrap();
    assert_eq!(
        run.set_learning_rate(f64::NAN).unwrap_err().to_string().split(',').next(),
        Some("the learning rate is NaN")
    );
    run.step().unwrap();
    let moved = (&start.params.w1 - run.net().params.w1) / 0.5;
    assert!((moved - gradient.w1).amax() < 1e-9, "a step against the gradient of the batch that was shown");
}

#[test]
fn a_run_that_diverges_names_iteration_and_parameter() {
    let config = Config { learning_rate: 1e300, activation: Activation::Relu, ..config(METHODS[0]) };
    let mut run = Run::new(config, data()).unwrap();
    let diverged = run.run_to_end().unwrap_err();
    assert_eq!(diverged.iteration, run.iteration());
    let text = diverged.to_string();
    let expected = format!("stopped at iteration {}: ", diverged.iteration);
    assert!(text.starts_with(&expected) && text.ends_with("try a learning rate below 1e300"), "{text}");
    assert!(["W1", "b1", "W2", "b2"].contains(&diverged.name), "{text}");
}

#[test]
fn a_loss_that_overflows_names_the_largest_parameter_and_is_not_kept() {
    // the parameters stay finite, but W1 times W2 does not
    let config = Config { learning_rate: 1e165, activation: Activation::Relu, ..config(METHODS[0]) };
    let mut run = Run::new(config, data()).unwrap();
    let diverged = run.run_to_end().unwrap_err();
    let net = run.net();
    assert_eq!((net.params.first_not_finite(), diverged.loss.is_finite()), (None, false));
    assert!(net.params.named().all(|(_, values)| values.iter().all(|v| v.abs() <= diverged.value.abs())));
    let (_, array) = net.params.named().find(|(name, _)| *name == diverged.name).unwrap();
    assert!(array.contains(&diverged.value));
    assert_eq!((diverged.iteration, run.history()), (1, &History::default()));
}

#[test]
fn accuracies_are_of_the_samples_trained_on_and_of_the_test_samples() {
    let data = data();
    let digits = Digits::with_sizes(0, 300, 50);
    assert_eq!((&data.train.t[..], &data.test.t[..]), (digits.train.labels(), digits.test.labels()));
    assert_eq!((data.train.x.len(), data.test.x.len()), (300, 50));

    let config = Config { train_limit: Some(40), batch_size: 20, learning_rate: 0.5, ..config(METHODS[0]) };
    let mut run = Run::new(config, data.clone()).unwrap();
    run.run_to_end().unwrap();
    let (last, predictor) = (run.history().evaluations.last().unwrap(), run.predictor());
    let of = |samples: &Samples<f64>, n| predictor.accuracy(&samples.x, 0..n, &samples.t[..n]);
    let found = [last.train_accuracy, last.test_accuracy];
    assert_eq!(found, [of(&data.train, 40), of(&data.test, 50)]);
    // which no other share would be
    assert!(found[0] != found[1] && found[0] != of(&data.train, 300), "{found:?}");
}

#[test]
fn a_limit_trains_on_the_first_samples_alone() {
    let config = Config { train_limit: Some(40), batch_size: 20, sampling: Sampling::Shuffle, ..config(METHODS[0]) };
    let mut run = Run::new(config, data()).unwrap();
    assert_eq!(run.train_len(), 40);
    for _ in 0..10 {
        assert!(run.next_batch().iter().all(|&n| n < 40));
        run.step().unwrap();
    }
    // an epoch has two iterations
    assert_eq!(run.history().evaluations.iter().map(|e| e.iteration).collect::<Vec<_>>(), [1, 3, 5, 7, 9]);
}

#[test]
fn accuracies_are_taken_when_asked_for() {
    let evaluated = |evaluate| {
        let mut run = Run::new(Config { evaluate, ..config(METHODS[0]) }, data()).unwrap();
        run.run_to_end().unwrap();
        run.history().evaluations.iter().map(|e| e.iteration).collect::<Vec<_>>()
    };
    assert_eq!(evaluated(Evaluate::Every(NonZeroU64::new(12).unwrap())), [1, 13, 25, 30]);
    assert_eq!(evaluated(Evaluate::Never), [0_u64; 0]);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |config, data| Run::<f64>::new(config, data).unwrap_err();
    let too_large = Config { batch_size: 301, ..config(METHODS[0]) };
    assert!(matches!(refused(too_large, data()), ConfigError::Sampling(_)));
    let no_rate = Config { learning_rate: f64::NAN, ..config(METHODS[0]) };
    let net = Run::new(config(METHODS[0]), data()).unwrap().net();
    assert!(matches!(Run::from_net(no_rate, &net, data()).unwrap_err(), ConfigError::LearningRate(_)));
    let infinite = Config { weight_init_std: 1e308, ..config(METHODS[0]) };
    assert!(matches!(refused(infinite, data()), ConfigError::Start { name: "W1", .. }));

    let samples = || Samples { x: Rows::from_bytes(&[1; 8], 4), t: vec![0, 1] };
    let other = Arc::new(Data { train: samples(), test: samples(), classes: 2 });
    let net = fresh_net(0, Sizes { inputs: 5, hidden: 3, classes: 2 }, Activation::Sigmoid, 0.01);
    let config = Config { batch_size: 1, ..config(METHODS[0]) };
    let error = Run::<f64>::from_net(config, &net, other).unwrap_err();
    assert_eq!(error.to_string(), "the net takes 5 inputs to 2 classes, but the data have 4 inputs and 2 classes");
}

#[test]
fn weights_that_have_outgrown_the_step_end_a_run_by_central_differences_before_the_definition_does() {
    let config =
        Config { learning_rate: 1e300, iterations: 5, ..config(GradientMethod::CentralDifferences { h: 1e-4 }) };
    let mut run = Run::new(config, data()).unwrap();
    let diverged = run.run_to_end().unwrap_err();
    assert_eq!((diverged.iteration, diverged.step), (2, Some(1e-4)), "{diverged}");
    assert!(diverged.value.abs() > 1e290 && diverged.loss.is_finite(), "{diverged}");
    assert_eq!(run.iteration(), 1);
}

#[test]
fn a_run_that_has_diverged_stays_so_and_computes_no_gradient_by_the_definition() {
    // the definition would take minutes each time
    for (activation, weight_init_std, learning_rate) in
        [(Activation::Sigmoid, 0.01, 1e300), (Activation::Relu, 100.0, 1e3), (Activation::Relu, 3e5, 0.1)]
    {
        for gradient in METHODS {
            let config = Config { activation, weight_init_std, learning_rate, ..config(gradient) };
            let mut run = Run::new(config, data()).unwrap();
            let Err(diverged) = run.run_to_end() else {
                let error = run.next_gradient(METHODS[1]).unwrap_err();
                assert_eq!(error.step, Some(1e-4), "{error}");
                continue;
            };
            let done = run.iteration();
            let same = |error: Diverged| assert_eq!(error.to_string(), diverged.to_string());
            same(run.step().unwrap_err());
            same(run.run_to_end().unwrap_err());
            METHODS.iter().for_each(|&method| same(run.next_gradient(method).unwrap_err()));
            assert_eq!(run.iteration(), done);
        }
    }
}
