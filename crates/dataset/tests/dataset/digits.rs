//! The synthetic digits: the same ones each time, all ten of them, and white on black.

use std::collections::BTreeSet;

use dataset::{Digits, ImageSet};
use flate2::Crc;

fn checksum(set: &ImageSet) -> u32 {
    let mut crc = Crc::new();
    crc.update(set.labels());
    crc.update(set.pixels());
    crc.sum()
}

/// Pinned from the first run: results of old seeds must not change unnoticed, nor differ between systems.
#[test]
fn a_seed_always_draws_the_same_bytes() {
    let digits = Digits::with_sizes(0, 300, 100);
    assert_eq!(digits.train.labels()[..10], [5, 9, 4, 8, 2, 6, 2, 3, 7, 6]);
    assert_eq!((checksum(&digits.train), checksum(&digits.test)), (2_979_038_889, 462_241_426));
}

/// CRC-32 (`zlib.crc32` of Python) of all 10,000 training and 2,000 test images of seed 0, labels first. A machine on which
/// this fails draws other digits, and then results on them cannot be compared.
#[test]
fn all_built_in_digits_are_the_same_bytes_on_every_machine() {
    let digits = Digits::new(0);
    assert_eq!((checksum(&digits.train), checksum(&digits.test)), (234_934_601, 2_805_320_836));
}

/// The last bits of these differ between the mathematical libraries of systems; what is used instead (+, -, *, /, `sqrt`,
/// `floor`, `ceil`, `round`) is exact or rounded as IEEE 754 says. `mul_add` would be exact too, but other bits than * and
/// +; the order of the steps of `powi` is open.
#[test]
fn what_draws_the_digits_calls_no_function_whose_bits_differ_between_systems() {
    const NAMES: &str = "sin cos tan sin_cos asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp exp2 exp_m1 ln ln_1p \
                         log log2 log10 powf powi cbrt hypot gamma ln_gamma mul_add to_degrees to_radians";
    let sources = [
        ("canvas.rs", include_str!("../../src/canvas.rs")),
        ("digits.rs", include_str!("../../src/digits.rs")),
        ("mnist_rule.rs", include_str!("../../src/mnist_rule.rs")),
        ("random.rs", include_str!("../../src/random.rs")),
        ("strokes.rs", include_str!("../../src/strokes.rs")),
    ];
    for (file, source) in sources {
        let code = source.split("#[cfg(test)]").next().unwrap_or_default();
        for name in NAMES.split_whitespace() {
            assert!(!code.contains(&format!(".{name}(")), "{file} calls {name}");
            assert!(!code.contains(&format!("::{name}(")), "{file} calls {name}");
        }
    }
}

#[test]
fn the_default_is_10_000_and_2_000_images_of_28_x_28() {
    let Digits { train, test } = Digits::new(3);
    assert_eq!((train.len(), test.len()), (10_000, 2_000));
    assert_eq!((train.rows(), train.cols(), train.classes()), (28, 28, 10));
    assert_eq!((test.rows(), test.cols(), test.classes()), (28, 28, 10));
}

#[test]
fn a_smaller_set_is_the_start_of_a_larger_one() {
    let small = Digits::with_sizes(1, 7, 5);
    let mut large = Digits::with_sizes(1, 30, 50);
    large.train.truncate(7);
    large.test.truncate(5);
    assert_eq!(large, small);
    assert!(Digits::with_sizes(1, 0, 0).train.is_empty());
}

#[test]
fn no_image_occurs_twice() {
    let (a, b) = (Digits::with_sizes(1, 1000, 1000), Digits::with_sizes(2, 1000, 1000));
    let sets = [&a.train, &a.test, &b.train, &b.test];
    let images: BTreeSet<&[u8]> = sets.iter().flat_map(|set| (0..1000).map(|i| set.image(i))).collect();
    assert_eq!(images.len(), 4000);
}

#[test]
fn every_digit_comes_about_as_often_and_in_no_order() {
    let labels = Digits::with_sizes(4, 10_000, 0).train.labels().to_vec();
    for digit in 0..10 {
        let count = labels.iter().filter(|label| **label == digit).count();
        assert!((850..1150).contains(&count), "{count} of {digit}"); // 1,000 expected, standard deviation 30
    }
    let repeats = labels.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!((850..1150).contains(&repeats), "{repeats} labels like the one before");
}

#[test]
fn images_are_light_strokes_on_a_background_of_0() {
    let set = Digits::with_sizes(5, 1000, 0).train;
    for i in 0..set.len() {
        let image = set.image(i);
        let background = image.iter().filter(|pixel| **pixel == 0).count();
        assert!((784 / 2..784 - 20).contains(&background), "image {i}: {background} pixels of background");
        assert!(image.iter().any(|pixel| *pixel > 150), "image {i} is faint");
    }
    let black = set.pixels().iter().filter(|pixel| **pixel == 0).count() as f64 / set.pixels().len() as f64;
    assert!((0.75..0.9).contains(&black), "{black} of the pixels are 0, of MNIST's 0.81");
}

#[test]
fn digits_keep_off_the_border() {
    let set = Digits::with_sizes(6, 1000, 0).train;
    let on_border = |j: usize| [j / 28, j % 28].iter().any(|place| [0, 27].contains(place));
    let touching = (0..set.len())
        .filter(|i| set.image(*i).iter().enumerate().filter(|(j, pixel)| on_border(*j) && **pixel > 128).count() > 3);
    let touching = touching.count();
    assert!(touching < 50, "{touching} of 1,000 digits are cut by the border");
}
