//! Observers: they are told about the progress of a run.

use crate::Run;
use net::Real;
use std::ops::ControlFlow;

/// Is told about the progress of a run: for logs, progress bars and checkpoints, or to stop the run.
///
/// If a method returns `ControlFlow::Break(())`, the run stops before its next iteration. It is only paused: [`Run::run`]
/// continues from there. An error stops the run, too.
///
/// To use several observers, pass a `Vec` of boxed ones; they are called in order.
///
/// ```
/// use std::ops::ControlFlow;
/// use training::{Observer, Run};
///
/// /// Stops a run once the loss is low.
/// struct LowEnough(f64);
///
/// impl<T: net::Real> Observer<T> for LowEnough {
///     type Error = std::convert::Infallible;
///
///     fn after_iteration(&mut self, _run: &Run<T>, loss: f64) -> Result<ControlFlow<()>, Self::Error> {
///         Ok(if loss < self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
///     }
/// }
/// ```
pub trait Observer<T: Real> {
    /// The observer's error type.
    type Error;

    /// Called after each iteration. `loss` is the loss of the batch just used, with the updated parameters.
    ///
    /// # Errors
    ///
    /// The observer's own error; it stops the run.
    fn after_iteration(&mut self, _run: &Run<T>, _loss: f64) -> Result<ControlFlow<()>, Self::Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// Called after each evaluation, the last one in `run.history().evaluations`.
    ///
    /// # Errors
    ///
    /// The observer's own error; it stops the run.
    fn after_evaluation(&mut self, _run: &Run<T>) -> Result<ControlFlow<()>, Self::Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// Called when the run is finished or paused, but not after an error.
    ///
    /// # Errors
    ///
    /// The observer's own error.
    fn at_end(&mut self, _run: &Run<T>) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// No observer.
impl<T: Real> Observer<T> for () {
    type Error = std::convert::Infallible;
}

impl<T: Real, O: Observer<T> + ?Sized> Observer<T> for Box<O> {
    type Error = O::Error;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> Result<ControlFlow<()>, O::Error> {
        (**self).after_iteration(run, loss)
    }

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>, O::Error> {
        (**self).after_evaluation(run)
    }

    fn at_end(&mut self, run: &Run<T>) -> Result<(), O::Error> {
        (**self).at_end(run)
    }
}

/// Calls all observers, in order. The run stops if one of them stops it, but all are called first.
impl<T: Real, O: Observer<T>> Observer<T> for Vec<O> {
    type Error = O::Error;

    fn after_iteration(&mut self, run: &Run<T>, loss: f64) -> Result<ControlFlow<()>, O::Error> {
        all(self, |observer| observer.after_iteration(run, loss))
    }

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>, O::Error> {
        all(self, |observer| observer.after_evaluation(run))
    }

    fn at_end(&mut self, run: &Run<T>) -> Result<(), O::Error> {
        self.iter_mut().try_for_each(|observer| observer.at_end(run))
    }
}

fn all<O, E>(
    observers: &mut [O],
    mut tell: impl FnMut(&mut O) -> Result<ControlFlow<()>, E>,
) -> Result<ControlFlow<()>, E> {
    let mut flow = ControlFlow::Continue(());
    for observer in observers {
        if tell(observer)?.is_break() {
            flow = ControlFlow::Break(());
        }
    }
    Ok(flow)
}
