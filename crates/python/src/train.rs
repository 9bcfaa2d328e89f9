//! The training loop of the crate `training`, for Python.

use crate::arrays::{Arrays, NewArrays, Numbers, Samples, arrays_of, check_labels, net_of, value_error, with_causes};
use dataset::Sampling;
use net::{GradientMethod, Parameters, Real, TwoLayerNet};
use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyArithmeticError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::num::NonZeroU64;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};
use training::{Config, Data, Evaluate, Observer, Run, RunError};

/// The settings of a run, without its network and data.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options {
    iterations: u64,
    batch_size: usize,
    learning_rate: f64,
    gradient: String,
    h: f64,
    sampling: String,
    seed: u64,
    dtype: String,
    /// The number of iterations between evaluations; 0 for once per epoch, None for never.
    evaluate: Option<u64>,
    threads: Option<usize>,
}

/// Iteration, accuracy on the training samples and on the test samples, seconds.
type Evaluations = Vec<(u64, f64, f64, f64)>;

/// The final network, the losses with their stride, the evaluations, the number of iterations done, and the error that
/// stopped the run early.
type Trained<'py> = (NewArrays<'py>, Vec<f64>, u64, Evaluations, u64, Option<PyErr>);

/// Trains. An error, including Ctrl-C, is returned together with the network of that iteration.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "called by one Python function, which names them")]
pub(crate) fn train<'py>(
    py: Python<'py>,
    params: Arrays<'py>,
    activation: &str,
    x_train: &Bound<'py, PyAny>,
    t_train: PyReadonlyArray1<'py, u8>,
    x_test: &Bound<'py, PyAny>,
    t_test: PyReadonlyArray1<'py, u8>,
    options: Options,
    on_progress: Py<PyAny>,
    on_evaluation: Py<PyAny>,
) -> PyResult<Trained<'py>> {
    let net = net_of(&params, activation)?;
    let (train_samples, test_samples) = (Samples::of(x_train)?, Samples::of(x_test)?);
    let (x_train, x_test) = (train_samples.inputs_of(&net)?, test_samples.inputs_of(&net)?);
    let (t_train, t_test) = (t_train.as_array().to_vec(), t_test.as_array().to_vec());
    let classes = net.sizes().classes;
    check_labels(&x_train, &t_train, classes)?;
    x_train.check_finite("x_train")?;
    if !t_test.is_empty() {
        check_labels(&x_test, &t_test, classes)?;
    }

    let config = options.config()?;
    let observer = PythonObserver { on_progress, on_evaluation, told: Instant::now() };
    let job = Job { net, x_train, t_train, x_test, t_test, config, observer };
    let outcome = py.detach(|| {
        let pool = options.threads.map(|n| ThreadPoolBuilder::new().num_threads(n).build()).transpose();
        let pool = pool.map_err(|error| value_error(format!("cannot start threads: {error}")))?;
        match options.dtype.as_str() {
            "float32" => job.run::<f32>(pool.as_ref()),
            _ => job.run::<f64>(pool.as_ref()),
        }
    })?;
    let Outcome { params, history, iteration, error } = outcome;
    let evaluations =
        history.evaluations.iter().map(|e| (e.iteration, e.train_accuracy, e.test_accuracy, e.seconds)).collect();
    Ok((arrays_of(py, &params)?, history.losses, history.stride, evaluations, iteration, error))
}

impl Options {
    fn config(&self) -> PyResult<Config> {
        let gradient = match self.gradient.as_str() {
            "numerical" => GradientMethod::CentralDifferences { h: self.h },
            _ => GradientMethod::Backpropagation,
        };
        let sampling = match self.sampling.as_str() {
            "shuffle" => Sampling::Shuffle,
            "sequential" => Sampling::Sequential,
            _ => Sampling::Replacement,
        };
        let evaluate = match self.evaluate {
            None => Evaluate::Never,
            Some(every) => NonZeroU64::new(every).map_or(Evaluate::EachEpoch, Evaluate::Every),
        };
        let config = Config {
            gradient,
            iterations: self.iterations,
            batch_size: self.batch_size,
            learning_rate: self.learning_rate,
            sampling,
            seed: self.seed,
            evaluate,
            ..Config::default()
        };
        config.check().map_err(|error| value_error(with_causes(&error)))?;
        Ok(config)
    }
}

struct Job<'a> {
    net: TwoLayerNet<f64>,
    x_train: Numbers<'a>,
    t_train: Vec<u8>,
    x_test: Numbers<'a>,
    t_test: Vec<u8>,
    config: Config,
    observer: PythonObserver,
}

struct Outcome {
    params: Parameters<f64>,
    history: training::History,
    iteration: u64,
    error: Option<PyErr>,
}

impl Job<'_> {
    fn run<T: Real>(self, pool: Option<&ThreadPool>) -> PyResult<Outcome> {
        let Self { net, x_train, t_train, x_test, t_test, config, mut observer } = self;
        let classes = net.sizes().classes;
        let data = Data::<T> {
            train: training::Samples { x: x_train.rows(), t: t_train },
            test: training::Samples { x: x_test.rows(), t: t_test },
            classes,
        };
        let net = TwoLayerNet { params: net.params.map(|v| T::of(v)), activation: net.activation };
        let run = Run::from_net(config, &net, Arc::new(data));
        let mut run = run.map_err(|error| value_error(with_causes(&error)))?;
        let ran = match pool {
            Some(pool) => run_in_pool(&mut run, &mut observer, pool),
            None => run.run(&mut observer).map(drop),
        };
        let error = match ran {
            Ok(()) => None,
            Err(RunError::Observer(error)) => Some(error),
            Err(error) => Some(PyArithmeticError::new_err(with_causes(&error))),
        };
        let params = run.net().params.map(|v| v.to_f64());
        Ok(Outcome { params, history: run.history().clone(), iteration: run.iteration(), error })
    }
}

/// [`Run::run`] with the iterations on the threads of a pool. The observer stays on this thread, because Python reports
/// Ctrl-C only to its main thread.
fn run_in_pool<T: Real>(
    run: &mut Run<T>,
    observer: &mut PythonObserver,
    pool: &ThreadPool,
) -> Result<(), RunError<PyErr>> {
    while run.iteration() < run.config().iterations {
        let step = pool.install(|| run.step())?;
        let mut stop = observer.after_iteration(run, step.loss).map_err(RunError::Observer)?.is_break();
        if step.evaluation.is_some() {
            stop |= observer.after_evaluation(run).map_err(RunError::Observer)?.is_break();
        }
        if stop {
            return Ok(());
        }
    }
    // no iteration is left, only the evaluation at the end
    let before = run.history().evaluations.len();
    pool.install(|| run.run_to_end())?;
    if run.history().evaluations.len() > before {
        let _ = observer.after_evaluation(run).map_err(RunError::Observer)?; // nothing is left to stop
    }
    Ok(())
}

/// Reports the progress to Python, and checks for Ctrl-C.
struct PythonObserver {
    /// Called with the number of iterations done and the loss, at most every [`PROGRESS`].
    on_progress: Py<PyAny>,
    /// Called with an evaluation, the last loss and the arrays; returning True stops the run.
    on_evaluation: Py<PyAny>,
    told: Instant,
}

const PROGRESS: Duration = Duration::from_millis(100);

impl<T: Real> Observer<T> for PythonObserver {
    type Error = PyErr;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> PyResult<ControlFlow<()>> {
        let tell = self.told.elapsed() >= PROGRESS;
        Python::attach(|py| {
            py.check_signals()?;
            if tell && !self.on_progress.is_none(py) {
                self.on_progress.call1(py, (run.iteration(), loss))?;
                self.told = Instant::now();
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    fn after_evaluation(&mut self, run: &Run<T>) -> PyResult<ControlFlow<()>> {
        Python::attach(|py| {
            py.check_signals()?;
            let Some(last) = run.history().evaluations.last() else { return Ok(ControlFlow::Continue(())) };
            if self.on_evaluation.is_none(py) {
                return Ok(ControlFlow::Continue(()));
            }
            let loss = run.history().losses.last().copied();
            let params = arrays_of(py, &run.net().params.map(|v| v.to_f64()))?;
            let (train, test) = (last.train_accuracy, last.test_accuracy);
            let stop = self.on_evaluation.call1(py, (last.iteration, loss, train, test, last.seconds, params))?;
            Ok(if stop.is_truthy(py)? { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })
    }
}
