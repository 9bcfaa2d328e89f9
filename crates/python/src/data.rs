//! Data sets: reading from a folder, drawing, and fetching.

use crate::arrays::{value_error, with_causes};
use dataset::{Digits, ImageSet, Mnist, MnistFolder, MnistKind};
use fetch::{DataSet, Event, Mirror, Source};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Training images and labels, test images and labels, and the height and width of an image; each image is one row of
/// bytes.
type Images<'py> = (
    Bound<'py, PyArray2<u8>>,
    Bound<'py, PyArray1<u8>>,
    Bound<'py, PyArray2<u8>>,
    Bound<'py, PyArray1<u8>>,
    (usize, usize),
);

fn images(py: Python<'_>, train: ImageSet, test: ImageSet) -> PyResult<Images<'_>> {
    let shape = (train.rows(), train.cols());
    let arrays = |set: ImageSet| {
        let (count, size) = (set.len(), set.pixels_per_image());
        let (pixels, labels) = set.into_parts();
        Ok::<_, PyErr>((pixels.into_pyarray(py).reshape([count, size])?, labels.into_pyarray(py)))
    };
    let ((train_x, train_t), (test_x, test_t)) = (arrays(train)?, arrays(test)?);
    Ok((train_x, train_t, test_x, test_t, shape))
}

/// Parses Python's name of a data set: `mnist`, `fashion` or `kmnist`.
fn kind(dataset: &str) -> PyResult<MnistKind> {
    let kind = MnistKind::ALL.into_iter().find(|kind| kind.folder() == dataset);
    kind.ok_or_else(|| value_error(format!("no data set is called {dataset:?}")))
}

/// Whether a folder has a data set, in any of the places and formats that [`read_images`] reads.
#[pyfunction]
pub(crate) fn has_images(folder: PathBuf, dataset: &str) -> PyResult<bool> {
    Ok(MnistFolder::look(folder, kind(dataset)?).is_present())
}

/// Reads a data set from a folder. If there are several, also returns a sentence that says which one was read.
#[pyfunction]
pub(crate) fn read_images<'py>(
    py: Python<'py>,
    folder: PathBuf,
    dataset: &str,
) -> PyResult<(Images<'py>, Option<String>)> {
    let folder = MnistFolder::look(folder, kind(dataset)?);
    let read = py.detach(|| folder.open());
    let Mnist { train, test } = read.map_err(|error| value_error(with_causes(&error)))?;
    Ok((images(py, train, test)?, folder.note()))
}

/// Draws the built-in digits.
#[pyfunction]
pub(crate) fn digits(py: Python<'_>) -> PyResult<Images<'_>> {
    let Digits { train, test } = py.detach(|| Digits::new(0));
    images(py, train, test)
}

/// The messages of the thread that fetches.
enum News {
    Bytes { file: &'static str, bytes: u64, total: u64 },
    Done(Result<(), String>),
}

/// Makes sure that `folder` has the four files of a data set, from the built-in mirrors unless you name others. `report`
/// is called with file, bytes and total. Ctrl-C stops the fetch; the next one continues.
#[pyfunction]
pub(crate) fn fetch_images(
    py: Python<'_>,
    dataset: &str,
    folder: PathBuf,
    mirrors: Vec<String>,
    report: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let dataset: DataSet = dataset.parse().map_err(value_error)?;
    let source = if mirrors.is_empty() {
        Source::BuiltIn
    } else {
        Source::Mirrors(mirrors.iter().map(|url| url.parse::<Mirror>()).collect::<Result<_, _>>().map_err(value_error)?)
    };
    // In its own thread, so that Ctrl-C works even if a server keeps silent.
    let (sender, mut news) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    thread::spawn(move || fetch_and_tell(dataset, folder, &source, &sender, &stopped));
    loop {
        let received;
        (received, news) = py.detach(move || (news.recv_timeout(Duration::from_millis(50)), news));
        match received {
            Ok(News::Bytes { file, bytes, total }) => {
                report.call1((file, bytes, total)).inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
            }
            Ok(News::Done(Ok(()))) => return Ok(()),
            Ok(News::Done(Err(text))) => return Err(PyOSError::new_err(text)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(PyOSError::new_err("the fetch ended without a result")),
        }
        py.check_signals().inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
    }
}

fn fetch_and_tell(dataset: DataSet, folder: PathBuf, source: &Source, news: &Sender<News>, stop: &AtomicBool) {
    let fetched = fetch::fetch(dataset, folder, source, |event| {
        if stop.load(Ordering::Relaxed) {
            resume_unwind(Box::new("stopped")); // ends the fetch like an interruption: the bytes received are kept
        }
        if let Event::Progress { file, bytes, total } = event {
            let _ = news.send(News::Bytes { file, bytes, total }); // the receiver is gone only after a stop
        }
    });
    let _ = news.send(News::Done(fetched.map_err(|error| with_causes(&error))));
}
