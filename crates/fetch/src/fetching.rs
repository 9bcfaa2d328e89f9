//! [`fetch`]: downloads or copies the four files of a data set into a folder.

use std::path::{Path, PathBuf};

use crate::client::Client;
use crate::data_set::DataSet;
use crate::error::FetchError;
use crate::event::{Event, Outcome};
use crate::folder::Folder;
use crate::local;
use crate::mirrors::{Mirror, Mirrors};
use crate::patience::Patience;
use crate::proxy::Proxies;
use crate::published::PublishedFile;
use crate::state::{Difference, State};

/// Where to get the files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The web, from [`DataSet::mirrors`].
    #[default]
    BuiltIn,
    /// The web, from these mirrors, which are tried in this order.
    Mirrors(Vec<Mirror>),
    /// A local folder with the four `.gz` files. They may also be in its subfolder with the name of the data set
    /// (`mnist`), or in torchvision's subfolder (`MNIST/raw`).
    Folder(PathBuf),
}

/// Makes sure that `folder` has the four files of `dataset`, and reports every event to `report`.
///
/// A file that is already complete is left alone. If all four are, nothing is created, locked or requested. Downloads use
/// the proxies that the environment names (`https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`). An interrupted download
/// is continued by the next mirror, or by the next call. If another process is fetching into the same folder, this one
/// waits for it.
///
/// # Errors
///
/// [`FetchError`]: all mirrors failed, the local folder lacks some of the files, or the system refused something. Files
/// that are complete stay, no incomplete one has its final name, and the next call continues.
///
/// ```no_run
/// use fetch::{DataSet, Event, Source};
///
/// fetch::fetch(DataSet::Mnist, "data/mnist", &Source::BuiltIn, |event| {
///     if let Event::Progress { file, bytes, total } = event {
///         eprintln!("{file}: {bytes} of {total} bytes");
///     }
/// })?;
/// # Ok::<(), fetch::FetchError>(())
/// ```
pub fn fetch(
    dataset: DataSet,
    folder: impl AsRef<Path>,
    source: &Source,
    mut report: impl FnMut(Event<'_>),
) -> Result<(), FetchError> {
    let web = |mirrors| -> Result<Supply, FetchError> {
        Ok(Supply::Web { mirrors, client: Client::new(Patience::default(), Proxies::from_env()?) })
    };
    let supply = || match source {
        Source::BuiltIn => web(Mirrors::new(dataset.mirrors())),
        Source::Mirrors(mirrors) => web(Mirrors::new(mirrors)),
        Source::Folder(folder) => Ok(Supply::Local(local::place(folder, dataset))),
    };
    fetch_files(dataset.files(), folder.as_ref(), supply, &mut report)
}

/// A source that is ready for requests.
pub(crate) enum Supply {
    Web { mirrors: Mirrors, client: Client },
    Local(PathBuf),
}

pub(crate) fn fetch_files(
    files: &[PublishedFile],
    folder: &Path,
    supply: impl FnOnce() -> Result<Supply, FetchError>,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<(), FetchError> {
    // Checked before anything is created or locked: if everything is complete, the folder may be read-only.
    let states: Vec<_> = files.iter().map(|file| file.state_in(folder)).collect();
    if states.iter().all(|state| *state == State::Whole) {
        files.iter().for_each(|file| report(Event::Done { file: file.name, outcome: &Outcome::AlreadyThere }));
        return Ok(());
    }
    let mut supply = supply()?;
    let target = Folder::open(folder, report)?;
    if let Supply::Local(from) = &supply {
        let needed = files.iter().zip(&states).filter(|(_, state)| **state != State::Whole);
        local::all_usable(from, needed.map(|(file, _)| file))?;
    }
    for file in files {
        // Checked again, because another fetch may have finished it while this one waited for the lock.
        let outcome = match file.state_in(folder) {
            State::Whole | State::Hidden { .. } => Outcome::AlreadyThere,
            State::Damaged(Difference::Kind { found }) => {
                return Err(FetchError::NotRegular { path: folder.join(file.name), found });
            }
            state => {
                let from = match &mut supply {
                    Supply::Local(from) => local::copy(from, file, &target, report)?,
                    Supply::Web { mirrors, client } => mirrors.fetch(client, file, &target, report)?,
                };
                let damaged = if let State::Damaged(difference) = state { Some(difference) } else { None };
                Outcome::Fetched { from, damaged }
            }
        };
        report(Event::Done { file: file.name, outcome: &outcome });
    }
    Ok(())
}
