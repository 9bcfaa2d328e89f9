//! How a run tells others how it goes.

use crate::Run;
use net::Real;
use std::ops::ControlFlow;

/// Is told how a run goes: a log, a progress bar, a checkpoint, whatever stops a run.
///
/// Each method may say `ControlFlow::Break(())`, and the run stops before its next iteration: it is paused, and
/// [`Run::run`] goes on where it was. An error stops it, too.
///
/// Several observers are one: a `Vec` of boxed observers is told in its order.
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
    /// What can go wrong here.
    type Error;

    /// An iteration is done; its loss, of the batch just used and after the update, is `loss`.
    ///
    /// # Errors
    ///
    /// The observer's own; the run stops.
    fn after_iteration(&mut self, _run: &Run<T>, _loss: f64) -> Result<ControlFlow<()>, Self::Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// The last of `run.history().evaluations` is new.
    ///
    /// # Errors
    ///
    /// The observer's own; the run stops.
    fn after_evaluation(&mut self, _run: &Run<T>) -> Result<ControlFlow<()>, Self::Error> {
        Ok(ControlFlow::Continue(()))
    }

    /// The run is over, or is paused; not called after an error.
    ///
    /// # Errors
    ///
    /// The observer's own.
    fn at_end(&mut self, _run: &Run<T>) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// Nobody.
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

/// All of them, in their order; the run stops when one says so, after all have been told.
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
