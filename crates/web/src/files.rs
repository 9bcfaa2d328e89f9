//! MNIST from files that are dropped on the page, together or one by one.

use crate::error::{ArrayType, WebError};
use dataset::{Idx, ImageSet, Mnist};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most bytes that one file may unpack to: a quarter more than MNIST's largest.
const MOST_BYTES: u64 = 60 << 20;

/// The most entries of an archive: the four files, and some that people or systems add.
const MOST_ENTRIES: usize = 100;

/// The files received, in the order of [`Mnist::FILES`].
#[derive(Default)]
pub(crate) struct Files {
    parts: [Option<Idx>; 4],
}

/// The images of a run, before they are converted to rows.
pub(crate) struct Images {
    pub(crate) train: ImageSet,
    pub(crate) test: ImageSet,
    /// Digits or MNIST.
    pub(crate) name: &'static str,
}

impl Files {
    /// Adds files: some of the four, or an archive with some of them or with Keras's arrays. Returns `Some` when the set
    /// is complete; the next file then begins another set. Files that do not belong to the set are ignored.
    ///
    /// # Errors
    ///
    /// If none of the files belongs to the set, if one of them is damaged, or if the four do not fit together. Earlier
    /// files are kept, unless they are the reason.
    pub(crate) fn add(&mut self, files: &[(&str, &[u8])]) -> Result<Option<Images>, WebError> {
        let mut read = [const { None }; 4];
        for (name, bytes) in files {
            if bytes.starts_with(b"PK") {
                if let Some(images) = read_archive(bytes, &mut read)? {
                    return Ok(Some(images));
                }
            } else if let Some(place) = place_of(name) {
                read[place] = Some(read_idx(bytes, Mnist::FILES[place])?);
            }
        }
        if read.iter().all(Option::is_none) {
            let (name, _) = files.first().ok_or(WebError::Message)?;
            return Err(WebError::UnknownFile { name: (*name).to_owned() });
        }
        for (part, new) in self.parts.iter_mut().zip(read) {
            *part = new.or_else(|| part.take());
        }
        self.whole()
    }

    /// The names of the missing files.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let named = Mnist::FILES.iter().zip(&self.parts);
        named.filter_map(|(name, part)| part.is_none().then_some(*name)).collect()
    }

    fn whole(&mut self) -> Result<Option<Images>, WebError> {
        if self.parts.iter().any(Option::is_none) {
            return Ok(None);
        }
        let parts = std::mem::take(&mut self.parts);
        let mut sets = Vec::new();
        for (k, pair) in parts.chunks(2).enumerate() {
            if let [Some(images), Some(labels)] = pair {
                sets.push(set_of(images, labels, [Mnist::FILES[2 * k], Mnist::FILES[2 * k + 1]])?);
            }
        }
        match <[ImageSet; 2]>::try_from(sets) {
            Ok([train, test]) => of_right_size(train, test).map(Some),
            Err(_) => Ok(None), // not reached: all four are there
        }
    }
}

/// Unpacks those files of an archive that belong to the set; Keras's arrays are a complete set.
fn read_archive(bytes: &[u8], read: &mut [Option<Idx>; 4]) -> Result<Option<Images>, WebError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let names: Vec<String> = archive.file_names().flatten().map(Into::into).collect();
    if names.iter().any(|name| name == "x_train.npy") {
        let Mnist { train, test } = Mnist::read_npz(Cursor::new(bytes))?;
        return of_right_size(train, test).map(Some);
    }
    for (entry, name) in names.iter().enumerate().take(MOST_ENTRIES) {
        let Some(place) = name.rsplit('/').next().and_then(place_of) else { continue };
        let name = Mnist::FILES[place];
        let mut content = Vec::new();
        archive
            .by_index(entry)?
            .take(MOST_BYTES + 1)
            .read_to_end(&mut content)
            .map_err(|source| WebError::Unpack { name, source })?;
        if content.len() as u64 > MOST_BYTES {
            return Err(WebError::TooLarge { name, most: MOST_BYTES });
        }
        read[place] = Some(read_idx(&content, name)?);
    }
    Ok(None)
}

fn read_idx(bytes: &[u8], name: &'static str) -> Result<Idx, WebError> {
    Idx::read_with_limit(bytes, MOST_BYTES).map_err(|source| WebError::Idx { name, source })
}

/// Which of the four files has this name: `t10k-images-idx3-ubyte`, `t10k-images.idx3-ubyte.gz`, ...
fn place_of(name: &str) -> Option<usize> {
    let name = name.strip_suffix(".gz").unwrap_or(name).replace(".idx", "-idx");
    Mnist::FILES.iter().position(|file| *file == name)
}

fn set_of(images: &Idx, labels: &Idx, [images_name, labels_name]: [&'static str; 2]) -> Result<ImageSet, WebError> {
    let found = |idx: &Idx| ArrayType { of: idx.data.type_name(), shape: idx.shape.clone() };
    let (&[_, rows, cols], Some(pixels)) = (&images.shape[..], images.data.as_u8()) else {
        return Err(WebError::Content { name: images_name, found: found(images), expected: "[N, 28, 28]" });
    };
    let (&[_], Some(labels)) = (&labels.shape[..], labels.data.as_u8()) else {
        return Err(WebError::Content { name: labels_name, found: found(labels), expected: "[N]" });
    };
    ImageSet::new(rows, cols, Mnist::CLASSES, pixels.to_vec(), labels.to_vec())
        .map_err(|source| WebError::Set { name: images_name, source })
}

fn of_right_size(train: ImageSet, test: ImageSet) -> Result<Images, WebError> {
    for set in [&train, &test] {
        if (set.rows(), set.cols()) != (28, 28) {
            return Err(WebError::ImageSize { rows: set.rows(), cols: set.cols() });
        }
        if set.is_empty() {
            return Err(WebError::EmptySet);
        }
    }
    Ok(Images { train, test, name: "mnist" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dataset::Digits;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// The four files of 30 training and 10 test images.
    fn files() -> [Vec<u8>; 4] {
        let digits = Digits::with_sizes(0, 30, 10);
        let mut files = [const { Vec::new() }; 4];
        digits.train.write_images(&mut files[0]).unwrap();
        digits.train.write_labels(&mut files[1]).unwrap();
        digits.test.write_images(&mut files[2]).unwrap();
        digits.test.write_labels(&mut files[3]).unwrap();
        files
    }

    fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn error(result: Result<Option<Images>, WebError>) -> String {
        result.err().expect("an error").to_json()
    }

    #[test]
    fn four_files_in_any_order_and_an_archive_of_them_make_the_set() {
        let files = files();
        let names =
            ["train-images.idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels.idx1-ubyte"];
        let mut some = Files::default();
        for k in [3, 0, 2] {
            assert!(some.add(&[(names[k], &files[k][..])]).unwrap().is_none());
        }
        assert_eq!(some.missing(), [Mnist::FILES[1]]);
        let images = some.add(&[(names[1], &files[1][..])]).unwrap().unwrap();
        let digits = Digits::with_sizes(0, 30, 10);
        assert_eq!((images.train, images.test), (digits.train.clone(), digits.test.clone()));
        assert_eq!(some.missing().len(), 4, "the next file begins another set");

        let entries: Vec<_> = names.iter().map(|name| format!("mnist/{name}")).collect();
        let entries: Vec<_> = entries.iter().map(String::as_str).zip(files.iter().map(|bytes| &bytes[..])).collect();
        let images = Files::default().add(&[("mnist.zip", &archive(&entries)[..])]).unwrap().unwrap();
        assert_eq!((images.train, images.test), (digits.train, digits.test));
    }

    #[test]
    fn other_and_damaged_files_are_refused_by_name_and_the_others_are_kept() {
        let files = files();
        let mut some = Files::default();
        some.add(&[(Mnist::FILES[0], &files[0][..])]).unwrap();
        assert!(error(some.add(&[("holiday.jpg", &b"\xff\xd8"[..])])).contains("holiday.jpg is not a file of MNIST"));
        let cut = error(some.add(&[("train-labels-idx1-ubyte", &files[1][..20][..])]));
        assert!(cut.contains("train-labels-idx1-ubyte") && cut.contains("12 bytes of values"), "{cut}");
        assert!(error(some.add(&[("x.zip", &b"PK\x03\x04 and nothing"[..])])).contains("the archive cannot be read"));
        assert!(
            error(some.add(&[("x.zip", &archive(&[("readme.txt", b"")])[..])]))
                .contains("x.zip is not a file of MNIST")
        );
        assert_eq!(some.missing(), Mnist::FILES[1..]);
        // from one drop, all files are used or none; a file that does not belong to MNIST does no harm
        let labels = ("t10k-labels-idx1-ubyte", &files[3][..]);
        assert!(error(some.add(&[labels, ("train-labels-idx1-ubyte", b"nothing")])).contains("train-labels"));
        assert_eq!(some.missing(), Mnist::FILES[1..]);
        some.add(&[("README.md", b"words"), labels]).unwrap();
        assert_eq!(some.missing(), Mnist::FILES[1..3]);
    }

    #[test]
    fn files_that_do_not_fit_together_are_refused() {
        let mut files = files();
        files.swap(1, 3);
        let mut some = Files::default();
        for k in [0, 1, 2] {
            some.add(&[(Mnist::FILES[k], &files[k][..])]).unwrap();
        }
        let error = error(some.add(&[(Mnist::FILES[3], &files[3][..])]));
        assert!(error.contains("23520 pixels for 10 labels"), "{error}");
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_while_it_unpacks() {
        let zeros = vec![0; usize::try_from(MOST_BYTES + 2).unwrap()];
        let bomb = archive(&[("train-images-idx3-ubyte", &zeros)]);
        assert!(bomb.len() < 1 << 20);
        assert!(
            error(Files::default().add(&[("bomb.zip", &bomb[..])])).contains("unpacks to more than 62914560 bytes")
        );
    }

    #[test]
    fn images_of_another_size_are_refused() {
        let mut some = Files::default();
        let images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4];
        let labels = [0, 0, 8, 1, 0, 0, 0, 1, 7];
        for k in [0, 2] {
            some.add(&[(Mnist::FILES[k], &images[..])]).unwrap();
        }
        some.add(&[(Mnist::FILES[1], &labels[..])]).unwrap();
        let error = error(some.add(&[(Mnist::FILES[3], &labels[..])]));
        assert!(error.contains("the images are 2 x 2 pixels, expected 28 x 28"), "{error}");
    }
}
