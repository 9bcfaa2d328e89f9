//! Images of MNIST for the page: four IDX files, compressed with gzip, in base64.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dataset::Mnist;
use fetch::DataSet;

use super::gzip;

/// The attribution of the fetch in Korean, for the Korean page.
const KOREAN_ATTRIBUTION: &str = "MNIST를 만든 사람: Yann LeCun, Corinna Cortes, Christopher J.C. Burges. \
     라이선스: CC BY-SA 3.0, https://creativecommons.org/licenses/by-sa/3.0/";

/// The first `count` training images of data/mnist in the checkout, and the first `count` / 5 test images (at
/// least 1).
pub(super) fn blocks(root: &Path, count: usize) -> Result<String> {
    ensure!(count > 0, "--with-mnist 0 would be a page without MNIST: leave it out, or ask for 1 image or more");
    let folder = root.join("data/mnist");
    ensure!(Mnist::is_present(&folder), "no MNIST in {}; `cargo xtask fetch-mnist` fetches it", folder.display());
    let mnist = Mnist::open(&folder).context("cannot read MNIST; `cargo xtask fetch-mnist` fetches it again")?;
    if count > mnist.train.len() {
        eprintln!("note: MNIST has {} training images, so the page gets all of them", mnist.train.len());
    }
    write(mnist, count)
}

fn write(Mnist { mut train, mut test }: Mnist, count: usize) -> Result<String> {
    train.truncate(count);
    test.truncate((count / 5).max(1));
    let files = [
        gzip(|file| train.write_images(file))?,
        gzip(|file| train.write_labels(file))?,
        gzip(|file| test.write_images(file))?,
        gzip(|file| test.write_labels(file))?,
    ];
    // The attribution of the fetch in one line. It contains nothing that an attribute must escape; a test checks this.
    let attribution = DataSet::Mnist.attribution().replace('\n', " ");
    let mut blocks = String::new();
    for (name, file) in Mnist::FILES.iter().zip(files) {
        blocks += &format!(
            "<script type=\"text/plain\" class=\"mnist\" data-name=\"{name}.gz\" data-attribution=\"{attribution}\" \
             data-attribution-ko=\"{KOREAN_ATTRIBUTION}\">"
        );
        STANDARD.encode_string(file, &mut blocks);
        blocks += "</script>\n";
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dataset::{Digits, ImageSet};

    /// What the page reads from the blocks.
    fn read_back(blocks: &str) -> Mnist {
        let files: Vec<Vec<u8>> = Mnist::FILES
            .iter()
            .map(|name| {
                let (_, after) = blocks.split_once(&format!("data-name=\"{name}.gz\"")).unwrap();
                let (_, text) = after.split_once('>').unwrap();
                STANDARD.decode(text.split_once("</script>").unwrap().0).unwrap()
            })
            .collect();
        let files: [Vec<u8>; 4] = files.try_into().unwrap();
        Mnist::read(files.each_ref().map(|bytes| &bytes[..])).unwrap()
    }

    #[test]
    fn the_blocks_hold_the_first_images_as_idx_files_that_can_be_read() {
        let digits = Digits::with_sizes(0, 30, 10);
        for (count, train, test) in [(1, 1, 1), (9, 9, 1), (25, 25, 5), (31, 30, 6), (1000, 30, 10)] {
            let set = Mnist { train: digits.train.clone(), test: digits.test.clone() };
            let read = read_back(&write(set, count).unwrap());
            let first = |set: &ImageSet, n| set.subset(&(0..n).collect::<Vec<_>>());
            assert_eq!(read.train, first(&digits.train, train), "{count}");
            assert_eq!(read.test, first(&digits.test, test), "{count}");
        }
    }

    #[test]
    fn each_block_says_whose_the_images_are() {
        let digits = Digits::with_sizes(0, 5, 1);
        let blocks = write(Mnist { train: digits.train, test: digits.test }, 5).unwrap();
        let expected =
            "data-attribution=\"MNIST is by Yann LeCun, Corinna Cortes and Christopher J.C. Burges, under CC BY-SA 3.0";
        assert_eq!(blocks.matches(expected).count(), 4, "{blocks}");
        let korean = "data-attribution-ko=\"MNIST를 만든 사람: Yann LeCun, Corinna Cortes, Christopher J.C. Burges.";
        assert_eq!(blocks.matches(korean).count(), 4, "{blocks}");
        for text in [DataSet::Mnist.attribution(), KOREAN_ATTRIBUTION] {
            assert!(!text.contains(['"', '&', '<']));
            assert!(text.contains("https://creativecommons.org/licenses/by-sa/3.0/"));
        }
        assert_eq!(blocks.lines().count(), 4);
    }

    #[test]
    fn no_images_and_no_mnist_are_errors_that_say_what_to_do() {
        let root = tempfile::tempdir().unwrap();
        let error = blocks(root.path(), 0).unwrap_err().to_string();
        assert!(error.contains("leave it out"), "{error}");
        let error = blocks(root.path(), 1).unwrap_err().to_string();
        assert!(error.contains("cargo xtask fetch-mnist"), "{error}");
    }

    #[test]
    fn the_set_is_read_from_the_data_folder_of_the_checkout() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data/mnist");
        std::fs::create_dir_all(&folder).unwrap();
        let digits = Digits::with_sizes(1, 12, 4);
        let [train_images, train_labels, test_images, test_labels] = Mnist::FILES.map(|name| folder.join(name));
        digits.train.save(train_images, train_labels).unwrap();
        digits.test.save(&test_images, test_labels).unwrap();
        let read = read_back(&blocks(root.path(), 100).unwrap());
        assert_eq!((read.train, read.test), (digits.train, digits.test));

        std::fs::write(test_images, "nothing of the kind").unwrap();
        let error = format!("{:#}", blocks(root.path(), 100).unwrap_err());
        assert!(error.contains("t10k-images") && error.contains("fetches it again"), "{error}");
    }
}
