//! `predict`: drawings in image files, read by a net.

use crate::support::{Place, idx, printed, write_mnist};
use dataset::{Digits, ImageSet};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, RgbImage, RgbaImage};
use serde_json::Value;
use std::fs;

/// A built-in digit without its specks, `scale` times as large, on a larger paper, from grey to grey.
fn drawing(set: &ImageSet, index: usize, scale: u32, [paper, ink]: [u8; 2]) -> GrayImage {
    let side = 28 * scale;
    GrayImage::from_fn(side + 60, side + 20, |x, y| {
        let (x, y) = (x.wrapping_sub(45), y.wrapping_sub(5)); // not in the middle
        let is_inside = x < side && y < side;
        let pixel = if is_inside { set.image(index)[(y / scale * 28 + x / scale) as usize] } else { 0 };
        let ink_share = if pixel < 120 { 0.0 } else { f64::from(pixel) / 255.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
        let grey = (f64::from(paper) + ink_share * (f64::from(ink) - f64::from(paper))).round() as u8;
        // grain of the paper, 2 levels
        Luma([grey.saturating_add(u8::try_from((x ^ y) % 3).unwrap())])
    })
}

fn json(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

/// 40 drawings in four formats, on four kinds of paper: 38 are read right, by a net that reads 98.2 % of the 2,000 test
/// images, of which these are the first. (By backpropagation on MNIST with the chapter's other flags, it reads 9,475 of
/// its test images by the rule, and 9,471 with `--raw`.)
#[test]
fn drawings_of_every_format_and_paper_are_read_right() {
    let place = Place::new();
    place.run("train --quiet --dataset digits --gradient backprop --learning-rate 1 --iterations 3000 --out run");
    let set = Digits::with_sizes(0, 0, 40).test; // which the net has not seen
    let papers = [[255, 0], [10, 240], [200, 60], [90, 190]];
    let formats =
        [("png", ImageFormat::Png), ("jpg", ImageFormat::Jpeg), ("pgm", ImageFormat::Pnm), ("ppm", ImageFormat::Pnm)];
    let mut files = Vec::new();
    for index in 0..set.len() {
        let (extension, format) = formats[index % 4];
        let drawing =
            DynamicImage::from(drawing(&set, index, 2 + u32::try_from(index % 5).unwrap(), papers[index / 4 % 4]));
        let file = format!("{index}.{extension}");
        let drawing = if ["png", "ppm"].contains(&extension) { drawing.into_rgb8().into() } else { drawing };
        drawing.save_with_format(place.path(&file), format).unwrap();
        files.push(file);
    }
    let answers = json(&place.run(&format!("predict {} --model run --json", files.join(" "))));
    assert_eq!(answers.len(), files.len());
    let mut right = 0;
    for ((answer, file), label) in answers.iter().zip(&files).zip(set.labels()) {
        assert_eq!((&answer["file"], &answer["index"]), (&Value::from(file.as_str()), &Value::from(0)));
        let pixels: Vec<u8> = serde_json::from_value(answer["pixels"].clone()).unwrap();
        let border = (0..784).filter(|i| [i / 28, i % 28].iter().any(|place| [0, 27].contains(place)));
        assert_eq!(pixels.len(), 784);
        assert!(border.map(|i| pixels[i]).all(|pixel| pixel == 0), "{file}: the paper is not 0");
        right += usize::from(answer["digit"] == *label);
    }
    assert!(right >= 35, "{right} of {}", files.len());
}

/// A sheet of paper as a camera sees it.
#[derive(Clone, Copy)]
struct Photo {
    size: [u32; 2],
    paper: f64,
    ink: f64,
    /// Standard deviation of the noise of a pixel.
    noise: f64,
    /// By how much the light falls from the left upper to the right lower corner.
    fall: f64,
    /// How much darker it is in the middle of a soft shadow beside the digit.
    shadow: f64,
}

impl Photo {
    /// Of a built-in digit without its specks, half as high as the sheet and off its middle, or of nothing.
    fn take(self, digit: Option<&[u8]>, seed: u64) -> GrayImage {
        let [width, height] = self.size.map(f64::from);
        let mut state = seed;
        GrayImage::from_fn(self.size[0], self.size[1], |x, y| {
            let (across, down) = (f64::from(x) / width, f64::from(y) / height);
            let place = |at: f64, start: f64| ((at - start) / (height / 2.0) * 28.0).floor();
            let (col, row) = (place(f64::from(x), width * 0.4), place(f64::from(y), height * 0.3));
            let is_inside = (0.0..28.0).contains(&col) && (0.0..28.0).contains(&row);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 783")]
            let pixel = digit.filter(|_| is_inside).map_or(0, |digit| digit[(row * 28.0 + col) as usize]);
            let share = if pixel < 120 { 0.0 } else { f64::from(pixel) / 255.0 };
            let distance = ((across - 0.2).powi(2) + (down - 0.6).powi(2)) / 0.01;
            let light = self.fall * (0.5 - (across + down) / 2.0) - self.shadow * (-distance).exp();
            let grey = self.paper + share * (self.ink - self.paper) + light + self.noise * normal(&mut state);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float saturates")]
            Luma([grey.round() as u8])
        })
    }
}

/// Nearly normal, of mean 0 and deviation 1: the sum of the eight bytes that SplitMix64 gives.
fn normal(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let bytes = (z ^ (z >> 31)).to_le_bytes();
    (bytes.iter().map(|byte| f64::from(*byte)).sum::<f64>() - 1020.0) / 209.0
}

/// Of each kind of photo 9 or all 10 are read right, by the net of the drawings above.
#[test]
fn photos_with_noise_on_paper_that_the_light_falls_across_are_read_right() {
    let place = Place::new();
    place.run("train --quiet --dataset digits --gradient backprop --learning-rate 1 --iterations 3000 --out run");
    let pen = Photo { size: [1201, 901], paper: 200.0, ink: 70.0, noise: 7.0, fall: 40.0, shadow: 0.0 };
    let kinds = [
        ("pen", pen),
        ("chalk", Photo { paper: 60.0, ink: 200.0, ..pen }),
        ("pencil", Photo { ink: 170.0, noise: 3.0, fall: 20.0, ..pen }),
        ("lamp", Photo { paper: 160.0, ink: 50.0, fall: 120.0, ..pen }),
        ("shadow", Photo { noise: 2.0, fall: 0.0, shadow: 17.0, ..pen }),
        ("small", Photo { size: [380, 285], noise: 12.0, fall: 20.0, ..pen }),
        ("small-pencil", Photo { size: [380, 285], ink: 170.0, noise: 3.0, fall: 0.0, ..pen }),
    ];
    let set = Digits::with_sizes(0, 0, 10).test;
    let mut files = Vec::new();
    for (name, photo) in kinds {
        for index in 0..set.len() {
            let file = format!("{name}-{index}.jpg");
            photo.take(Some(set.image(index)), index as u64).save(place.path(&file)).unwrap();
            files.push(file);
        }
    }
    let answers = json(&place.run(&format!("predict {} --model run --json", files.join(" "))));
    assert_eq!(answers.len(), files.len());
    let right: Vec<_> = kinds
        .iter()
        .zip(answers.chunks(10))
        .map(|((name, _), answers)| {
            (name, answers.iter().zip(set.labels()).filter(|(answer, label)| answer["digit"] == **label).count())
        })
        .collect();
    assert!(right.iter().all(|(_, right)| *right >= 8), "{right:?}");

    for (name, photo) in kinds {
        let file = format!("{name}-blank.png");
        photo.take(None, 1).save(place.path(&file)).unwrap();
        let error = place.fails(1, &format!("predict {file} --model run"));
        assert!(error.contains("nothing stands out from the paper"), "{error}");
    }
}

#[test]
fn text_and_json_say_the_same_within_80_columns() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 60"));
    let set = Digits::with_sizes(0, 0, 2).test;
    for index in 0..2 {
        drawing(&set, index, 3, [255, 0]).save(place.path(&format!("{index}.png"))).unwrap();
    }
    let answers = json(&place.run("predict 0.png 1.png --model run --json"));
    for flag in ["", "--ascii"] {
        let text = place.run(&format!("predict 0.png 1.png --model run {flag}"));
        assert_eq!(text.is_ascii(), flag == "--ascii");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        // after the net; that such a net is not sure is another test's
        let lines: Vec<&str> = text.lines().skip(3).filter(|line| !line.starts_with("note: ")).collect();
        assert_eq!(lines.len(), 15 + 1 + 15, "twice a caption and 14 lines of two rows: {text}");
        for (part, answer) in lines.chunks(16).zip(&answers) {
            let probability = |k: usize| format!("{:.1} %", answer["probabilities"][k].as_f64().unwrap() * 100.0);
            let digit = usize::try_from(answer["digit"].as_u64().unwrap()).unwrap();
            let file = answer["file"].as_str().unwrap();
            assert_eq!(part[0], format!("{file}: {digit} ({})", probability(digit)));
            for k in 0..10 {
                let bars: String = part[1 + k].chars().skip(28).collect();
                assert!(bars.trim_start().starts_with(&k.to_string()) && bars.ends_with(&probability(k)), "{bars}");
            }
        }
    }
    let sum: f64 = answers[0]["probabilities"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
}

#[test]
fn text_says_first_and_once_which_net_answers_and_what_it_was_trained_on() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 1200"));
    place.run("export net.npz --model run");
    drawing(&Digits::with_sizes(0, 0, 1).test, 0, 2, [255, 0]).save(place.path("a.png")).unwrap();
    let text = place.run("predict a.png a.png --model run");
    let data = "data    digits, 200 train images of 28x28\n\na.png: ";
    assert!(text.starts_with(&format!("model   run/model.ckpt, after 1,200 iterations\n{data}")), "{text}");
    assert_eq!(text.matches("model   ").count(), 1, "{text}");
    assert!(place.run("evaluate run").starts_with(text.lines().next().unwrap()));
    let text = place.run("predict a.png --model net.npz");
    assert!(text.starts_with("model   net.npz, sigmoid\n\na.png: "), "{text}");

    let deep = format!("{}/run", "folder/".repeat(20));
    fs::create_dir_all(place.path(&deep)).unwrap();
    fs::copy(place.path("run/model.ckpt"), place.path(&deep).join("model.ckpt")).unwrap();
    let text = place.run(&format!("predict a.png --model {deep}"));
    assert!(text.starts_with("model   ...") && text.contains("/run/model.ckpt, after 1,200 iterations\n"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn colour_and_transparency_are_read_as_they_show_on_white() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 5"));
    let grey = drawing(&Digits::with_sizes(0, 0, 1).test, 0, 2, [253, 0]);
    let inks = grey.pixels().map(|pixel| 255 - pixel.0[0]).collect::<Vec<u8>>();
    let (width, height) = grey.dimensions();
    grey.save(place.path("grey.png")).unwrap();
    // black ink on nothing, and on a red paper with the luma of a grey
    let clear = RgbaImage::from_raw(width, height, inks.iter().flat_map(|ink| [0, 0, 0, *ink]).collect()).unwrap();
    clear.save(place.path("clear.png")).unwrap();
    let red = |grey: &Luma<u8>| [255, grey.0[0] / 2, grey.0[0] / 2];
    RgbImage::from_raw(width, height, grey.pixels().flat_map(red).collect())
        .unwrap()
        .save(place.path("red.png"))
        .unwrap();
    let answers = json(&place.run("predict grey.png clear.png red.png --model run --json"));
    let pixels = |k: usize| -> Vec<u8> { serde_json::from_value(answers[k]["pixels"].clone()).unwrap() };
    let differences = |k: usize| pixels(k).iter().zip(pixels(0)).map(|(a, b)| a.abs_diff(b)).max().unwrap();
    assert!(differences(1) <= 1 && differences(2) <= 6, "{} {}", differences(1), differences(2));
}

#[test]
fn every_image_of_an_idx_file_is_answered() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 5"));
    let set = Digits::with_sizes(0, 0, 3).test;
    fs::write(place.path("three.idx"), idx(&[3, 28, 28], set.pixels())).unwrap();
    fs::write(place.path("one.idx"), idx(&[28, 28], set.image(2))).unwrap();
    let mut middle_is_blank = set.pixels().to_vec();
    middle_is_blank[784..2 * 784].fill(7);
    fs::write(place.path("hole.idx"), idx(&[3, 28, 28], &middle_is_blank)).unwrap();

    let answers = json(&place.run("predict three.idx one.idx --model run --json"));
    let found: Vec<_> =
        answers.iter().map(|answer| (answer["file"].as_str().unwrap(), answer["index"].as_u64().unwrap())).collect();
    assert_eq!(found, [("three.idx", 0), ("three.idx", 1), ("three.idx", 2), ("one.idx", 0)]);
    assert_eq!(answers[2]["pixels"], answers[3]["pixels"]);

    let output = place.app("predict hole.idx --model run --ascii").assert().code(1).get_output().clone();
    let (text, error) = (printed(&output.stdout), printed(&output.stderr));
    assert!(text.contains("hole.idx, image 0: ") && text.contains("hole.idx, image 2: "), "{text}");
    assert_eq!(
        error,
        "error: hole.idx, image 1: nothing stands out from the paper: expected a digit that is clearly darker or lighter\n"
    );
}

#[test]
fn raw_images_reach_the_net_as_they_are() {
    let place = Place::new();
    write_mnist(&place.path("small/mnist"), &[1, 2, 3, 4], &[5]); // 4 x 3 pixels
    place.run("train --quiet --data-dir small --gradient backprop --batch-size 2 --iterations 4 --out run");
    let pixels: Vec<u8> = (0..12).map(|i| i * 20).collect();
    GrayImage::from_raw(3, 4, pixels.clone()).unwrap().save(place.path("a.png")).unwrap();
    fs::write(place.path("a.idx"), idx(&[2, 4, 3], &[pixels.clone(), vec![0; 12]].concat())).unwrap();
    let answers = json(&place.run("predict a.png a.idx --raw --model run --json"));
    let seen: Vec<Vec<u8>> =
        answers.iter().map(|answer| serde_json::from_value(answer["pixels"].clone()).unwrap()).collect();
    assert_eq!(seen, [pixels.clone(), pixels, vec![0; 12]]);

    let mut many = vec![0; 1001 * 12];
    many[1000 * 12] = 9;
    fs::write(place.path("many.idx"), idx(&[1001, 4, 3], &many)).unwrap();
    let answers = json(&place.run("predict many.idx --raw --model run --json"));
    assert_eq!((answers.len(), &answers[1000]["index"], &answers[1000]["pixels"][0]), (1001, &1000.into(), &9.into()));

    let error = place.fails(1, "predict a.png --model run");
    assert!(error.contains("run/model.ckpt has 12 inputs") && error.contains("--raw"), "{error}");
    GrayImage::new(5, 5).save(place.path("b.png")).unwrap();
    let error = place.fails(1, "predict b.png --raw --model run");
    assert!(error.contains("cannot read b.png") && error.contains("12 pixels") && error.contains("5x5"), "{error}");
}

#[test]
fn one_bad_file_of_several_is_named_and_the_others_are_answered() {
    let place = Place::new();
    place.run(&Place::small("run", "--iterations 5"));
    drawing(&Digits::with_sizes(0, 0, 1).test, 0, 2, [255, 0]).save(place.path("good.png")).unwrap();
    fs::write(place.path("text.png"), "no image at all").unwrap();
    fs::write(place.path("empty.png"), "").unwrap();
    fs::write(place.path("photo.heic"), b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHBMiHEheic").unwrap();
    fs::write(place.path("huge.pgm"), "P5 60000 60000 255\n").unwrap();
    fs::create_dir(place.path("folder.png")).unwrap();
    GrayImage::from_pixel(50, 40, Luma([200])).save(place.path("paper.png")).unwrap();
    let whole = fs::read(place.path("good.png")).unwrap();
    fs::write(place.path("cut.png"), &whole[..whole.len() / 2]).unwrap();

    for (file, word) in [
        (
            "text.png",
            "it is not an image: it begins with the text \"no i\", expected PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX",
        ),
        (
            "photo.heic",
            "it is a HEIC or AVIF image, which cannot be read: expected PNG, JPEG, BMP, GIF, WebP, PGM, PPM or IDX; save it as PNG or JPEG",
        ),
        ("empty.png", "it is empty"),
        ("huge.pgm", "60000 x 60000 pixels, at most 100,000,000 are read"),
        ("folder.png", "it is a folder"),
        ("nowhere.png", "os error 2"),
        ("paper.png", "nothing stands out from the paper"),
        ("cut.png", "begins like a PNG file, but is damaged or cut short"),
    ] {
        let output = place.app(&format!("predict good.png {file} good.png --model run --json")).assert().code(1);
        let output = output.get_output().clone();
        assert_eq!(json(&printed(&output.stdout)).len(), 2);
        let error = printed(&output.stderr);
        assert!(error.starts_with("error: ") && error.contains(file) && error.contains(word), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
        assert_eq!(
            json(
                &String::from_utf8(
                    place
                        .app(&format!("predict {file} --model run --json"))
                        .assert()
                        .code(1)
                        .get_output()
                        .stdout
                        .clone()
                )
                .unwrap()
            ),
            Vec::<Value>::new()
        );
    }
}

#[test]
fn predict_asks_for_images_and_a_model() {
    let place = Place::new();
    assert!(place.fails(2, "predict").contains("<IMAGE>..."));
    assert!(place.fails(1, "predict a.png").contains("app train"));
    assert!(place.fails(2, "predict a.png --activation relu").contains("--model"));
}
