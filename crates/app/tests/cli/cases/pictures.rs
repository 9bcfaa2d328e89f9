//! Pictures of digits, drawn and photographed: with every pen, on every paper, cut and saved as people do.

use crate::support::Place;
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgba, RgbaImage};
use serde_json::Value;

/// Ten digits as strokes, points [x, y] on a paper of 280 x 280.
fn strokes() -> Vec<Vec<Vec<[f64; 2]>>> {
    serde_json::from_str(include_str!("../../strokes.json")).unwrap()
}

/// A pen on a square of paper.
#[derive(Clone, Copy)]
struct Drawing {
    /// Height and width of the paper.
    side: u32,
    /// The width of the pen, in pixels of the picture.
    pen: f64,
    paper: u8,
    ink: u8,
    /// The largest noise of a pixel, to both sides.
    noise: u8,
    /// How many specks of 1 to 3 pixels, each as dark as the ink, lie around.
    specks: u32,
}

const FELT_PEN: Drawing = Drawing { side: 280, pen: 20.0, paper: 255, ink: 0, noise: 0, specks: 0 };

impl Drawing {
    /// 0 paper to 1 ink, `x` and `y` in pixels of the picture.
    fn coverage(self, digit: &[Vec<[f64; 2]>], x: f64, y: f64) -> f64 {
        let scale = f64::from(self.side) / 280.0;
        let place = |[x, y]: [f64; 2]| [x * scale, y * scale];
        let segments = digit.iter().flat_map(|stroke| stroke.windows(2));
        let distances = segments.map(|ends| distance([x, y], place(ends[0]), place(ends[1])));
        let distance = distances.fold(f64::MAX, f64::min);
        (self.pen / 2.0 + 0.5 - distance).clamp(0.0, 1.0)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    fn grey(self, digit: &[Vec<[f64; 2]>], seed: u32) -> GrayImage {
        let mut random = seed;
        let mut below = |most: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) % most
        };
        let mut picture = GrayImage::from_fn(self.side, self.side, |x, y| {
            let share = self.coverage(digit, f64::from(x) + 0.5, f64::from(y) + 0.5);
            let grey = f64::from(self.paper) + share * (f64::from(self.ink) - f64::from(self.paper));
            let noise = f64::from(below(2 * u32::from(self.noise) + 1)) - f64::from(self.noise);
            Luma([(grey + noise).round() as u8])
        });
        for _ in 0..self.specks {
            let (x, y, size) = (below(self.side - 3), below(self.side - 3), 1 + below(3));
            (0..size * size).for_each(|k| picture.put_pixel(x + k % size, y + k / size, Luma([self.ink])));
        }
        picture
    }
}

fn distance([x, y]: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((x - a[0]) * dx + (y - a[1]) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (x - a[0] - along * dx).hypot(y - a[1] - along * dy)
}

/// The part of the picture that differs from the paper at its corner, and nothing more.
fn cut_at_the_ink(picture: &GrayImage) -> GrayImage {
    let paper = picture.get_pixel(0, 0).0[0];
    let ink: Vec<(u32, u32)> =
        picture.enumerate_pixels().filter(|(.., p)| p.0[0].abs_diff(paper) > 40).map(|(x, y, _)| (x, y)).collect();
    let side = |of: fn(&(u32, u32)) -> u32| {
        let (first, last) = (ink.iter().map(of).min().unwrap(), ink.iter().map(of).max().unwrap());
        (first, last - first + 1)
    };
    let ((left, width), (top, height)) = (side(|p| p.0), side(|p| p.1));
    image::imageops::crop_imm(picture, left, top, width, height).to_image()
}

/// Ink of this grey on nothing.
fn on_nothing(picture: &GrayImage, grey: u8) -> RgbaImage {
    RgbaImage::from_fn(picture.width(), picture.height(), |x, y| {
        Rgba([grey, grey, grey, 255 - picture.get_pixel(x, y).0[0]])
    })
}

/// A net that reads the strokes drawn with a felt pen: all ten, or nearly.
fn trained(place: &Place) {
    place.run("train --quiet --dataset digits --gradient backprop --learning-rate 1 --iterations 3000 --out run");
}

fn answers(place: &Place, words: &str) -> Vec<Value> {
    serde_json::from_str(&place.run(&format!("predict --model run --json {words}"))).unwrap()
}

/// Saves the ten digits as `draw` makes them, and counts how many are read right.
fn right(
    place: &Place,
    name: &str,
    format: ImageFormat,
    draw: impl Fn(&[Vec<[f64; 2]>], u32) -> DynamicImage,
) -> usize {
    let files: Vec<String> = (0..10).map(|digit| format!("{name}-{digit}")).collect();
    for (seed, (digit, file)) in (1..).zip(strokes().iter().zip(&files)) {
        draw(digit, seed).save_with_format(place.path(file), format).unwrap();
    }
    answers(place, &files.join(" ")).iter().zip(0..).filter(|(answer, digit)| answer["digit"] == *digit).count()
}

#[test]
fn every_pen_and_paper_is_read_as_a_felt_pen_on_white_is() {
    let place = Place::new();
    trained(&place);
    let phone = Drawing { side: 600, paper: 200, ink: 60, noise: 6, ..FELT_PEN };
    let kinds = [
        ("felt pen", FELT_PEN),
        ("white on black", Drawing { paper: 0, ink: 255, ..FELT_PEN }),
        ("thin pen on a photo", Drawing { pen: 4.0, ..phone }),
        ("ball pen on a large photo", Drawing { side: 1200, pen: 5.0, ..phone }),
        ("pencil on paper with specks", Drawing { pen: 9.0, ink: 150, specks: 12, ..phone }),
        ("a line of one pixel", Drawing { side: 28, pen: 1.0, ..FELT_PEN }),
        ("a line of one pixel on a large picture", Drawing { side: 400, pen: 1.0, ..FELT_PEN }),
        ("faint", Drawing { ink: 238, ..FELT_PEN }),
        ("faint and thin", Drawing { side: 28, pen: 1.5, ink: 238, ..FELT_PEN }),
        ("broad pen", Drawing { pen: 34.0, ..FELT_PEN }),
    ];
    let found: Vec<_> = kinds
        .map(|(name, drawing)| {
            let draw = |digit: &[Vec<[f64; 2]>], seed| drawing.grey(digit, seed).into();
            (name, right(&place, &name.replace(' ', "-"), ImageFormat::Png, draw))
        })
        .into();
    assert!(found.iter().all(|(_, right)| *right >= 9), "{found:?}");
}

#[test]
fn a_picture_without_a_margin_is_read_as_one_with_a_margin_is() {
    let place = Place::new();
    trained(&place);
    let found: Vec<_> = [20.0, 40.0, 52.0]
        .into_iter()
        .flat_map(|pen| [(pen, 255, 0), (pen, 0, 255), (pen, 190, 70)])
        .map(|(pen, paper, ink)| {
            let drawing = Drawing { pen, paper, ink, ..FELT_PEN };
            let draw = |digit: &[Vec<[f64; 2]>], seed| drawing.grey(digit, seed).into();
            let whole = right(&place, "whole", ImageFormat::Png, draw);
            let draw = |digit: &[Vec<[f64; 2]>], seed| cut_at_the_ink(&drawing.grey(digit, seed)).into();
            (pen, paper, ink, whole, right(&place, "cut", ImageFormat::Png, draw))
        })
        .collect();
    assert!(found.iter().all(|(.., whole, cut)| cut + 1 >= *whole), "{found:?}");
    assert!(found[..3].iter().all(|(.., cut)| *cut >= 9), "{found:?}");
}

#[test]
fn ink_on_a_transparent_ground_is_read_whatever_its_colour() {
    let place = Place::new();
    trained(&place);
    for (name, grey) in [("black", 0), ("white", 255), ("grey", 128)] {
        let draw = |digit: &[Vec<[f64; 2]>], seed| on_nothing(&FELT_PEN.grey(digit, seed), grey).into();
        let right = right(&place, name, ImageFormat::Png, draw);
        assert!(right >= 9, "{name}: {right}");
    }
}

#[test]
fn every_format_that_a_drawing_program_offers_is_read() {
    let place = Place::new();
    trained(&place);
    let formats =
        [ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Pnm, ImageFormat::WebP];
    for format in formats {
        let draw = |digit: &[Vec<[f64; 2]>], seed| DynamicImage::from(FELT_PEN.grey(digit, seed)).into_rgb8().into();
        let right = right(&place, "drawn", format, draw);
        assert!(right >= 9, "{format:?}: {right}");
    }
}

#[test]
fn an_answer_that_means_little_says_so() {
    let place = Place::new();
    trained(&place);
    let (strokes, drawing) = (strokes(), Drawing { pen: 16.0, ..FELT_PEN });
    let two = |a: usize, b: usize| {
        let halves = [(a, 0.0), (b, 140.0)];
        let shifted = |(digit, by): (usize, f64)| {
            let stroke = move |stroke: &Vec<[f64; 2]>| stroke.iter().map(|[x, y]| [x / 2.2 + by, *y]).collect();
            strokes[digit].iter().map(stroke).collect::<Vec<Vec<_>>>()
        };
        drawing.grey(&halves.into_iter().flat_map(shifted).collect::<Vec<_>>(), 1)
    };
    two(1, 5).save(place.path("15.png")).unwrap();
    two(2, 0).save(place.path("20.png")).unwrap();
    drawing.grey(&strokes[4], 1).save(place.path("four.png")).unwrap();
    // a stroke that is no digit
    drawing.grey(&[vec![[60.0, 60.0], [220.0, 220.0]]], 1).save(place.path("stroke.png")).unwrap();
    image::imageops::resize(&drawing.grey(&strokes[4], 1), 28, 28, image::imageops::FilterType::Triangle)
        .save(place.path("small.png"))
        .unwrap();

    let notes = |words: &str| answers(&place, words)[0]["notes"].to_string();
    for file in ["15.png", "20.png"] {
        assert!(notes(file).contains("several digits side by side"), "{file}: {}", notes(file));
    }
    assert_eq!(notes("four.png"), "[]");
    assert!(notes("--raw small.png").contains("most of it is ink"), "{}", notes("--raw small.png"));

    let text = place.run("predict --model run --ascii four.png 15.png");
    let (four, fifteen) = text.split_once("15.png: ").unwrap();
    assert!(
        !four.contains("note:") && fifteen.contains("note: it seems to contain several digits side by side"),
        "{text}"
    );
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn a_blank_page_has_no_digit() {
    let place = Place::new();
    trained(&place);
    let phone = Drawing { side: 600, paper: 200, ink: 60, noise: 6, ..FELT_PEN };
    for (name, drawing) in [("white", FELT_PEN), ("photo", phone), ("grey", Drawing { paper: 128, ..FELT_PEN })] {
        drawing.grey(&[], 1).save(place.path("blank.png")).unwrap();
        let error = place.fails(1, "predict --model run blank.png");
        assert!(error.contains("nothing stands out from the paper"), "{name}: {error}");
    }
}
