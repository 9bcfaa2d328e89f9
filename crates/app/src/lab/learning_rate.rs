//! `app lab learning-rate`: how large should a step of the descent be?

use super::run::{Lab, RATE, Score, paragraph, percent};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

const RATES: [f32; 8] = [0.0001, 0.001, 0.01, 0.1, 1.0, 3.0, 10.0, 100.0];
const ITERATIONS: usize = 3000;
/// How often the loss is looked at on the way.
const LOOKS: usize = 10;

pub(crate) fn run(arguments: &LabArgs) -> Result<ExitCode> {
    let lab = Lab::load(arguments)?;
    let start = lab.train_score(&lab.fresh_net(0.01), lab.data.train.len()).loss;
    let rows = RATES.iter().map(|&rate| row(&lab, rate)).collect::<Result<Vec<Row>>>()?;

    let what = format!("{} iterations, batches of {}", thousands(ITERATIONS), lab.batch_size());
    let text = lab.head(&what) + &table(&rows, start)? + &conclusion(&rows, start);
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

struct Row {
    rate: f32,
    /// On all training images, after each tenth of the run; fewer where it broke off.
    train: Vec<Score>,
    test: Score,
    /// After this iteration a parameter was infinite or not a number.
    broke_at: Option<usize>,
}

fn row(lab: &Lab, rate: f32) -> Result<Row> {
    let images = lab.data.train.len();
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, lab.batch_size(), rate)?;
    let (mut train, mut broke_at) = (Vec::new(), None);
    for done in 1..=ITERATIONS {
        run.step();
        if !run.is_finite() {
            broke_at = Some(done);
            break;
        }
        if done % (ITERATIONS / LOOKS) == 0 {
            train.push(lab.train_score(&run.net(), images));
        }
    }
    Ok(Row { rate, train, test: lab.test_score(&run.net()), broke_at })
}

impl Row {
    /// The loss and the accuracy on the training images at the end, where the run got there.
    fn end(&self) -> Option<Score> {
        if self.broke_at.is_some() { None } else { self.train.last().copied() }
    }

    /// A few words, by the rule that is printed below the table; `start` is the loss before the run.
    fn what_happened(&self, start: f64) -> String {
        let rose = self.train.windows(2).any(|pair| pair[1].loss > pair[0].loss);
        match (self.broke_at, self.end()) {
            (Some(iteration), _) => format!("NaN at iteration {iteration}"),
            (None, None) => "-".to_owned(),
            (None, Some(Score { loss, .. })) => match loss / start {
                // a loss that is not a number is in no range
                share if share <= 0.5 && rose => "learns, with jumps".to_owned(),
                share if share <= 0.5 => "learns".to_owned(),
                share if share <= 0.99 => "learns slowly".to_owned(),
                share if share <= 1.0 => "hardly moves".to_owned(),
                share if share <= 2.0 => "learns nothing".to_owned(),
                _ => "diverges".to_owned(),
            },
        }
    }
}

const RULE: &str = "
what happened, by the loss L on the training images, L0 before the run:
  learns          L <= 0.5 L0; with jumps, where L rose in a tenth of the run
  learns slowly   L <= 0.99 L0          hardly moves    L <= L0
  learns nothing  L <= 2 L0             diverges        L > 2 L0
";

fn table(rows: &[Row], start: f64) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "loss on the training images before the run: {start:.4}\n")?;
    writeln!(text, "{:8}{:>22}{:>22}", "", "training loss after", "accuracy at the end")?;
    let (first, last) = (thousands(ITERATIONS / LOOKS), thousands(ITERATIONS));
    writeln!(text, "{:8}{first:>11}{last:>11}{:>11}{:>11}   what happened", "rate", "train", "test")?;
    for row in rows {
        let number = |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.4}"));
        let (first, end) = (row.train.first().map(|score| score.loss), row.end());
        let (loss, accuracy) = (end.map(|score| score.loss), end.map(|score| score.accuracy));
        let test = end.map(|_| row.test.accuracy);
        let [first, loss, accuracy, test] = [first, loss, accuracy, test].map(number);
        let rate = row.rate.to_string();
        writeln!(text, "{rate:8}{first:>11}{loss:>11}{accuracy:>11}{test:>11}   {}", row.what_happened(start))?;
    }
    Ok(text + RULE)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row], start: f64) -> String {
    let finished = || rows.iter().filter(|row| row.end().is_some());
    let loss = |row: &Row| row.end().map_or(f64::NAN, |score| score.loss);
    let (smallest, largest) = (&rows[0], &rows[rows.len() - 1]);
    let book = rows.iter().find(|row| row.rate == RATE).unwrap_or(smallest);
    // the first of equals
    let best = finished().min_by(|a, b| b.test.accuracy.total_cmp(&a.test.accuracy)).unwrap_or(book);
    paragraph(&format!(
        "How large should a step be? The slope holds at the point where it was taken. A short step goes downhill, but \
         a short way: with {} the loss went from {start:.3} to {:.3} in all {} iterations. A long one may land where \
         the slope is another, on the other side of the valley, higher than before, and the next step starts from \
         there: with {} {}. The best test accuracy of these runs, {}, is that with {}; the book's {RATE} came to {}, \
         and to a loss of {:.3}. Even a run that diverges need not end in NaN here: the outputs of the sigmoid lie \
         between 0 and 1 and the slopes of the loss by the logits between -1 and 1, so that a step moves no weight of \
         W2 by more than the rate. A good rate is found by trying powers of ten, as here: the largest that learns \
         without jumps, or somewhat less.",
        smallest.rate,
        loss(smallest),
        thousands(ITERATIONS),
        largest.rate,
        match largest.broke_at {
            Some(iteration) => format!("it broke at iteration {iteration}"),
            None => format!("it ended at {:.3}", loss(largest)),
        },
        percent(best.test.accuracy),
        best.rate,
        percent(book.test.accuracy),
        loss(book),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(losses: &[f64], broke_at: Option<usize>) -> Row {
        let scores = losses.iter().map(|&loss| Score { accuracy: 0.5, loss });
        Row { rate: 1.0, train: scores.collect(), test: Score { accuracy: 0.5, loss: 1.0 }, broke_at }
    }

    #[test]
    fn what_happened_follows_the_rule_below_the_table() {
        let happened = |losses: &[f64]| row(losses, None).what_happened(2.0);
        assert_eq!(happened(&[1.5, 0.9]), "learns");
        assert_eq!(happened(&[1.5, 1.6, 0.9]), "learns, with jumps");
        assert_eq!(happened(&[1.95, 1.8]), "learns slowly");
        assert_eq!(happened(&[2.0, 1.99]), "hardly moves");
        assert_eq!(happened(&[2.5, 2.1]), "learns nothing");
        assert_eq!(happened(&[9.0, 4.1]), "diverges");
        assert_eq!(happened(&[f64::NAN]), "diverges");
        assert_eq!(happened(&[f64::INFINITY]), "diverges");
    }

    #[test]
    fn a_run_that_breaks_shows_its_iteration_and_no_figures() {
        let rows = [row(&[7.0], Some(412)), row(&[], Some(1))];
        let text = table(&rows, 2.3).unwrap() + &conclusion(&rows, 2.3);
        assert!(text.contains("7.0000          -          -          -   NaN at iteration 412"), "{text}");
        assert!(text.contains("-          -          -          -   NaN at iteration 1\n"), "{text}");
    }
}
