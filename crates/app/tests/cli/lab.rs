//! `app lab`: each question is answered, and its table shows what it is there to show.

use crate::support::{Place, printed, write_mnist};

/// Runs a question, whose answer must fit into 80 columns of ASCII.
#[track_caller]
fn ask(place: &Place, words: &str) -> String {
    let text = place.run(&format!("lab {words}"));
    assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 80), "{text}");
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
    text
}

/// The words of the line that starts with these.
#[track_caller]
fn row<'a>(text: &'a str, first: &str) -> Vec<&'a str> {
    let first: Vec<&str> = first.split(' ').collect();
    let mut rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.find(|words| words.starts_with(&first)).unwrap_or_else(|| panic!("no line {first:?} in\n{text}"))
}

#[track_caller]
fn number(word: &str) -> f64 {
    word.replace(',', "").parse().unwrap_or_else(|_| panic!("{word} is no number"))
}

#[test]
fn init_std_0_leaves_one_neuron_and_a_large_w1_does_harm_but_a_large_w2_does_not() {
    let place = Place::new();
    let text = ask(&place, "init-std --dataset digits --svg std.svg");
    // std of W1 and W2, mean |a|, saturated %, distance of W1, distinct of 50, test accuracy, loss
    let [zero, book, ten] = ["0 0", "0.01 0.01", "10 10"].map(|stds| row(&text, stds));
    let [large_w1, large_w2] = ["10 0.01", "0.01 10"].map(|stds| row(&text, stds));
    let (moved, accuracy) = (|row: &[&str]| number(row[5]), |row: &[&str]| number(row[9]));
    assert_eq!((zero[6], book[6], ten[6]), ("1", "50", "50"), "{text}");
    assert!(number(book[3]) == 0.0 && number(ten[3]) > 80.0, "{text}");
    assert!(accuracy(&book) > accuracy(&zero) + 0.3 && accuracy(&book) > accuracy(&ten) + 0.1, "{text}");
    // saturation slows W1 down where W2 is the same, and not where W2 is scaled too
    assert!(moved(&large_w1) < 0.5 * moved(&book) && moved(&ten) > 2.0 * moved(&book), "{text}");
    assert!(accuracy(&large_w1) < accuracy(&book) - 0.05 && accuracy(&large_w2) > accuracy(&book), "{text}");
    assert!(text.replace('\n', " ").contains("a large W1 does harm, and a large W2 alone doesn't"), "{text}");
    let svg = std::fs::read_to_string(place.path("std.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("std 0.0001"));
}

#[test]
fn batch_size_sees_63_percent_in_an_epoch_and_each_size_gets_a_rate_of_its_own() {
    let text = ask(&Place::new(), "batch-size --dataset digits");
    // batch, updates, seconds, noise, accuracies, seen %, seen %
    for batch in ["1", "10", "100", "1,000"] {
        let row = row(&text, batch);
        let (first, last) = (number(row[6]), number(row[8]));
        assert!((62.0..64.5).contains(&first), "{text}"); // 1 - 1/e = 63.2 %
        assert!((98.8..99.8).contains(&last), "{text}"); // 1 - 1/e^5 = 99.3 %
    }
    let [one, ten, hundred, all] = ["1", "10", "100", "all"].map(|batch| row(&text, batch));
    assert_eq!((all[1], all[6], all[8]), ("5", "100.0", "100.0"), "{text}");
    assert_eq!((one[1], hundred[1]), ("50,000", "500"), "{text}");
    assert!(number(ten[5]) > number(hundred[5]) && number(hundred[5]) > number(all[5]), "{text}");
    // a thousand times the images, 1/32 of the noise
    let ratio = number(one[3]) / number(row(&text, "1,000")[3]);
    assert!((30.0..35.0).contains(&ratio) && all[3] == "0.00", "{text}");
    // batch, validation accuracy at seven rates, the best of them, test accuracy with it
    let rates = text.split_once("validation accuracy").unwrap().1;
    assert_eq!(row(rates, "batch")[1..8], ["0.01", "0.03", "0.1", "0.3", "1", "3", "10"], "{text}");
    for batch in ["1", "10", "100", "1,000", "all"] {
        let row = row(rates, batch);
        let accuracies: Vec<f64> = row[1..8].iter().filter(|shown| **shown != "-").map(|shown| number(shown)).collect();
        let chosen = ["0.01", "0.03", "0.1", "0.3", "1", "3", "10"].iter().position(|rate| *rate == row[8]).unwrap();
        assert!(accuracies.iter().all(|accuracy| *accuracy <= accuracies[chosen]), "{text}");
    }
    let best = |batch: &str| number(row(rates, batch)[8]);
    assert!(best("1") < best("10") && best("10") < best("1,000"), "{text}");
    assert!(number(row(rates, "1,000")[9]) > number(row(&text, "1,000")[5]) + 0.2, "{text}");
}

#[test]
fn learning_rate_names_what_hardly_moves_what_learns_and_what_diverges() {
    let text = ask(&Place::new(), "learning-rate --dataset digits");
    for (rate, what) in [("0.0001", "hardly moves"), ("0.1", "learns"), ("100", "diverges")] {
        assert_eq!(row(&text, rate)[5..].join(" "), what, "{text}");
    }
    let loss = |rate: &str| number(row(&text, rate)[2]);
    assert!(loss("0.1") < 0.6 && loss("0.0001") > 2.2 && loss("100") > 5.0, "{text}");
    // the accuracy on the validation images is the last number, and chooses the rate
    let rates = ["0.0001", "0.001", "0.01", "0.1", "1", "3", "10", "100"];
    let best = rates.into_iter().reduce(|best, rate| {
        let accuracy = |rate: &str| number(row(&text, rate)[4]);
        if accuracy(rate) > accuracy(best) { rate } else { best }
    });
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("The best rate on the validation images is {}, ", best.unwrap())), "{text}");
}

#[test]
fn the_accuracy_has_derivative_0_everywhere_and_the_loss_nowhere() {
    let text = ask(&Place::new(), "loss-or-accuracy --dataset digits");
    // h, for the accuracy W1 b1 W2 b2 and all, for the loss all
    let (of, book, large) = (row(&text, "tested"), row(&text, "1e-4"), row(&text, "10"));
    assert_eq!(book[1..6], ["0"; 5], "{text}");
    assert_eq!(book[6], of[6], "{text}");
    assert!(number(large[5]) > 300.0, "{text}");
    let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(line("the loss ").ends_with("60 of 60") && line("the accuracy ").ends_with(" 0 of 60"), "{text}");
    let losses =
        |start: &str| -> Vec<f64> { line(start).split_whitespace().skip(2).step_by(2).take(2).map(number).collect() };
    assert!(losses("the loss ")[1] < losses("the loss ")[0], "{text}");
    assert_eq!(losses("the accuracy ")[1], losses("the accuracy ")[0], "{text}");
}

#[test]
fn the_book_reports_17_epochs_of_600_iterations_and_6_of_22_in_batches_of_128() {
    let text = ask(&Place::new(), "epochs --dataset digits");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let of = |train: &str, batch: &str| {
        lines.iter().find(|line| line.starts_with(&[train, batch])).unwrap_or_else(|| panic!("{text}"))
    };
    assert_eq!(of("60,000", "100")[2..], ["600", "0,", "600,", "...", "17", "17", "17", "17", "17"]);
    assert_eq!(of("60,000", "128")[2..], ["468.75", "0,", "1875,", "...", "6", "6", "22", "22", "22"]);
    assert_eq!(of("70", "100")[2..], ["0.7", "0,", "1,", "...", "10,000", "1", "10,000", "error", "10,000"]);
    assert_eq!(of("10,000", "100")[2], "100");
    assert!(text.contains("100 = 1 epoch"), "{text}");
}

#[test]
fn three_hundred_images_overfit_more_than_all_of_them() {
    let text = ask(&Place::new(), "overfitting --dataset digits");
    // images, train and test accuracy, gap, test loss at the end, lowest, after
    let (few, all) = (row(&text, "300"), row(&text, "10,000"));
    assert!(number(few[3]) > 0.05 && number(few[3]) > 2.0 * number(all[3]), "{text}");
    assert!(number(few[1]) > number(all[1]) && number(few[2]) < number(all[2]), "{text}");
    assert!(number(few[4]) > number(few[5]) && number(few[6]) < 10_000.0, "{text}");
}

const WITHOUT_SECONDS: [&str; 4] = ["init-std", "learning-rate", "loss-or-accuracy", "overfitting"];

#[test]
fn a_handful_of_images_of_another_size_is_enough_for_every_question() {
    let place = Place::new();
    write_mnist(&place.path("one/mnist"), &[7], &[7]);
    write_mnist(&place.path("few/mnist"), &[3, 1, 4, 1, 5], &[9, 2]);
    for question in ["batch-size", "epochs", "step"].iter().chain(&WITHOUT_SECONDS) {
        for data_dir in ["one", "few"] {
            let text = ask(&place, &format!("{question} --data-dir {data_dir}"));
            let said = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("need not end in NaN", "");
            for bad in ["NaN", "inf ", "-0.0000", "-0.0 "] {
                assert!(!said.contains(bad), "{bad} in\n{text}");
            }
        }
    }
}

#[test]
fn an_answer_follows_from_its_seed_whatever_the_threads() {
    let place = Place::new();
    // two slices for the threads, and minibatches that are drawn
    let labels: Vec<u8> = (0..110).flat_map(|_| [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]).collect();
    write_mnist(&place.path("data/mnist"), &labels, &labels);
    let same = |words: &str| {
        let ask = |seed: u32, threads: &str| {
            let mut app = place.app(&format!("lab {words} --seed {seed}"));
            let output = app.env("RAYON_NUM_THREADS", threads).assert().success().get_output().clone();
            let text = printed(&output.stdout);
            text.split_once("\n\n").unwrap().1.to_owned() // below the lines that name the seed
        };
        let one = ask(1, "1");
        assert!(one == ask(1, "3"), "{words}");
        assert!(one != ask(2, "1"), "{words}");
    };
    ["init-std", "loss-or-accuracy"].into_iter().for_each(same); // the others run and score by the same functions
}

#[test]
fn step_shows_that_1e_4_is_right_in_f64_and_wrong_in_f32() {
    let place = Place::new();
    let text = ask(&place, "step --dataset digits --svg step.svg");
    let errors: Vec<f64> = row(&text, "1e-4")[1..].iter().map(|error| number(error)).collect();
    let [forward, central, five_point, _, central_32, _] = errors[..] else { panic!("{text}") };
    assert!(central < 1e-6 && five_point < 1e-6 && forward > 100.0 * central, "{text}");
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("forward difference became 10 times smaller"), "{text}");
    assert!(said.contains("error of the central difference 100 times"), "{text}");
    assert!(central_32 > 1e-2, "{text}");
    let svg = std::fs::read_to_string(place.path("step.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains("f32 central"));
}
