//! `app lab epochs`: what does iter_per_epoch guard, and why is the accuracy taken once an epoch?

use super::run::{BATCH, Lab, RATE, paragraph, percent, steps};
use crate::cli::LabArgs;
use crate::text::{duration, thousands};
use anyhow::Result;
use std::fmt::Write as _;
use std::time::Instant;

/// Of the book's loop.
const ITERATIONS: usize = 10_000;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let images = lab.data.train.len();
    let counts: Vec<Count> = cases(images).into_iter().map(|(train, batch)| Count::of(train, batch)).collect();
    let epoch = (images / BATCH).max(1);
    let costs = plan(epoch).into_iter().map(|(every, over)| cost(&lab, every, over)).collect::<Result<Vec<Cost>>>()?;

    let (batch, evaluated) = (lab.batch_size(), images + lab.data.test.len());
    let text = lab.head(&format!("batches of {batch}, rate {RATE}")) + &count_table(&counts)?;
    Ok(text + &cost_table(&costs, epoch, evaluated)? + &conclusion(&counts, epoch, batch, evaluated))
}

/// Training images and batch sizes: the book's, two that trap its loop, and the images of the data set.
fn cases(images: usize) -> Vec<(usize, usize)> {
    let mut cases = vec![(60_000, 100), (60_000, 128), (70, 100)];
    if !cases.contains(&(images, BATCH)) {
        cases.push((images, BATCH));
    }
    cases
}

/// How many epochs loops of 10,000 iterations report.
struct Count {
    train: usize,
    batch: usize,
    /// The first iterations at which the book's test is true.
    first: Vec<usize>,
    /// `i % max(train / batch, 1) == 0`, the book's, with the `/` of Python 3; and without max.
    book: usize,
    bare: usize,
    /// The same two with `//`; `None` where that divides by 0.
    whole: usize,
    bare_whole: Option<usize>,
    /// [`crate::config::Config::begins_epoch`].
    ours: usize,
}

impl Count {
    fn of(train: usize, batch: usize) -> Self {
        let quotient = train as f64 / batch as f64;
        let book = |i: &usize| *i as f64 % quotient.max(1.0) == 0.0;
        let count = |test: &dyn Fn(usize) -> bool| (0..ITERATIONS).filter(|&i| test(i)).count();
        let epoch = |i: usize| i * batch / train;
        Self {
            train,
            batch,
            first: (0..ITERATIONS).filter(book).take(2).collect(),
            book: count(&|i| book(&i)),
            bare: count(&|i| i as f64 % quotient == 0.0),
            whole: count(&|i| i % (train / batch).max(1) == 0),
            bare_whole: (train >= batch).then(|| count(&|i| i % (train / batch) == 0)),
            ours: count(&|i| i == 0 || epoch(i) > epoch(i - 1)),
        }
    }
}

/// After how many iterations the accuracies are taken, and over how many that is measured.
fn plan(epoch: usize) -> Vec<(usize, usize)> {
    let mut plan = vec![(1, 50), (10, 300), (100, 1500)];
    if plan.iter().all(|&(every, _)| every != epoch) {
        plan.push((epoch, 3 * epoch));
    }
    plan.sort_unstable();
    plan
}

struct Cost {
    every: usize,
    iterations: usize,
    training: f64,
    evaluating: f64,
}

impl Cost {
    fn share(&self) -> f64 {
        self.evaluating / (self.training + self.evaluating)
    }
}

fn cost(lab: &Lab, every: usize, iterations: usize) -> Result<Cost> {
    let mut run = lab.run_from(&lab.fresh_net(0.01))?;
    let (mut training, mut evaluating) = (0.0, 0.0);
    for _ in 0..iterations / every {
        let started = Instant::now();
        steps(&mut run, every)?;
        training += started.elapsed().as_secs_f64();
        let started = Instant::now();
        let net = run.net();
        lab.train_score(&net, lab.data.train.len());
        lab.test_score(&net);
        evaluating += started.elapsed().as_secs_f64();
    }
    Ok(Cost { every, iterations, training, evaluating })
}

fn count_table(counts: &[Count]) -> Result<String> {
    let mut text = format!("how many epochs a loop of {} iterations reports\n\n", thousands(ITERATIONS));
    writeln!(
        text,
        "{:>8}{:>6}{:>9}  {:14}{:>8}{:>8}{:>8}{:>8}{:>8}",
        "train", "batch", "quotient", "book's, at i =", "book", "/", "max //", "//", "ours"
    )?;
    for count in counts {
        let true_at = count.first.iter().map(|i| format!("{i}, ")).collect::<String>() + "...";
        let bare_whole = count.bare_whole.map_or_else(|| "error".to_owned(), thousands);
        let [train, book, bare, whole, ours] =
            [count.train, count.book, count.bare, count.whole, count.ours].map(thousands);
        let quotient = count.train as f64 / count.batch as f64;
        write!(text, "{train:>8}{:>6}{quotient:>9}  {true_at:14}", count.batch)?;
        writeln!(text, "{book:>8}{bare:>8}{whole:>8}{bare_whole:>8}{ours:>8}")?;
    }
    text += "\nbook: i % max(train / batch, 1) == 0, by the / of Python 3, which keeps the rest\n\
             max //: the same by //, which drops the rest; error: division by zero\n\
             /, //: without max\n\
             ours: whenever floor(i * batch / train) grows\n";
    Ok(text)
}

fn cost_table(costs: &[Cost], epoch: usize, images: usize) -> Result<String> {
    let mut text = format!("\nwhat it costs to take the accuracies, on {} images\n\n", thousands(images));
    writeln!(text, "{:14}{:>10}{:>20}{:>12}{:>10}{:>14}", "", "measured", "seconds", "seconds", "", "10,000")?;
    writeln!(
        text,
        "{:14}{:>10}{:>20}{:>12}{:>10}{:>14}",
        "every", "over", "training", "evaluating", "share", "would take"
    )?;
    for cost in costs {
        let Cost { every, iterations, training, evaluating } = cost;
        let name = thousands(*every) + if *every == epoch { ", an epoch" } else { "" };
        let whole = duration((training + evaluating) / *iterations as f64 * ITERATIONS as f64);
        let (iterations, share) = (thousands(*iterations), percent(cost.share()));
        writeln!(text, "{name:14}{iterations:>10}{training:>20.3}{evaluating:>12.3}{share:>10}{whole:>14}")?;
    }
    text += "\nevery, over, 10,000: iterations; share: of the time, spent on evaluating\n";
    Ok(text)
}

/// One paragraph, from the figures of the tables; without those of time, which are never the same twice.
fn conclusion(counts: &[Count], epoch: usize, batch: usize, images: usize) -> String {
    let (uneven, small) = (&counts[1], &counts[2]); // of `cases`
    paragraph(&format!(
        "What does max(train_size / batch_size, 1) guard? A batch that is larger than the set. With {} images and \
         batches of {} the quotient is {}; // makes that 0, and i % 0 is an error at the first iteration, while i % {} \
         is 0 in {} of {} iterations. With max every iteration is an epoch. What it does not guard is a quotient that \
         is no whole number. With {} images in batches of {} the test i % {} == 0 is true at every i that is a multiple \
         of {}, and so finds {} epochs of {}. Why once an epoch? To take the accuracies is to read {} images, while an \
         iteration reads {}; they change little from one iteration to the next, and what they cost is in the column \
         share. Once an epoch, every {} iterations, the images read to evaluate are {:.2} times those read to train.",
        small.train,
        small.batch,
        small.train as f64 / small.batch as f64,
        small.train as f64 / small.batch as f64,
        small.bare,
        thousands(ITERATIONS),
        thousands(uneven.train),
        uneven.batch,
        uneven.train as f64 / uneven.batch as f64,
        uneven.first.get(1).map_or_else(String::new, |&i| thousands(i)),
        uneven.book,
        uneven.ours,
        thousands(images),
        batch,
        thousands(epoch),
        images as f64 / (epoch * batch) as f64,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, tests::config};

    #[test]
    fn ours_is_what_training_does() {
        for (train, batch) in [(60_000, 100), (60_000, 128), (20, 7), (1000, 3), (5, 5)] {
            let config = Config { batch_size: batch, ..config() };
            let evaluated =
                (1..=config.iterations).filter(|&done| config.of_run().evaluates_after(done, train)).count();
            assert_eq!(Count::of(train, batch).ours, evaluated, "{train} {batch}");
        }
    }
}
