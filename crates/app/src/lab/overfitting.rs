//! `app lab overfitting`: why is the accuracy taken on images that the net was not trained on?

use super::run::{BATCH, Lab, RATE, Score, paragraph, percent};
use crate::cli::LabArgs;
use crate::text::thousands;
use anyhow::Result;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// And all images.
const SIZES: [usize; 3] = [300, 1000, 10_000];
const ITERATIONS: usize = 10_000;
/// Iterations from one look at the test images to the next.
const STRIDE: usize = 100;

pub(crate) fn run(arguments: &LabArgs) -> Result<ExitCode> {
    let lab = Lab::load(arguments)?;
    let all = lab.data.train.len();
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|&size| size < all).collect();
    sizes.push(all);
    let rows = sizes.iter().map(|&images| row(&lab, images)).collect::<Result<Vec<Row>>>()?;

    let what = format!("{} iterations, batches of {}, rate {RATE}", thousands(ITERATIONS), lab.batch_size());
    let text = lab.head(&what) + &table(&rows)? + &conclusion(&rows);
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

struct Row {
    images: usize,
    train: Score,
    test: Score,
    /// The lowest loss of the test images on the way, and after how many iterations it was.
    lowest: (f64, usize),
}

impl Row {
    fn gap(&self) -> f64 {
        self.train.accuracy - self.test.accuracy
    }
}

fn row(lab: &Lab, images: usize) -> Result<Row> {
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, BATCH.min(images), RATE)?;
    let mut test = lab.test_score(&run.net());
    let mut lowest = (test.loss, 0);
    for done in (STRIDE..=ITERATIONS).step_by(STRIDE) {
        run.steps(STRIDE);
        test = lab.test_score(&run.net());
        if test.loss < lowest.0 {
            lowest = (test.loss, done);
        }
    }
    Ok(Row { images, train: lab.train_score(&run.net(), images), test, lowest })
}

fn table(rows: &[Row]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "{:10}{:>27}{:>36}", "", "accuracy", "loss of the test images")?;
    writeln!(
        text,
        "{:10}{:>9}{:>9}{:>9}{:>14}{:>12}{:>10}",
        "images", "train", "test", "gap", "at the end", "lowest", "after"
    )?;
    for row in rows {
        let Row { images, train, test, lowest: (loss, done) } = row;
        write!(text, "{:10}{:>9.4}{:>9.4}{:>9.4}", thousands(*images), train.accuracy, test.accuracy, row.gap())?;
        writeln!(text, "{:>14.4}{loss:>12.4}{:>10}", test.loss, thousands(*done))?;
    }
    text += "\nimages: those that the net is trained on, train: accuracy on these\n\
             after: the iteration at which the loss of the test images was lowest\n";
    Ok(text)
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let (few, all) = (&rows[0], &rows[rows.len() - 1]);
    let (lowest, done) = few.lowest;
    let course = if done < ITERATIONS {
        format!(
            "With {} the loss of the test images is lowest after {} iterations, {lowest:.3}; at the end it is {:.3}. \
             What was learnt in between was of the second kind. Whoever watches such a loss, on images kept apart for \
             that, can stop at its lowest.",
            thousands(few.images),
            thousands(done),
            few.test.loss
        )
    } else {
        format!("With {} the loss of the test images still falls at the end of this run.", thousands(few.images))
    };
    paragraph(&format!(
        "What is overfitting? A net may learn what is common to all images of a class, or what is particular to the \
         images it is shown; both bring the training loss down, and only the first helps with other images. After \
         equally many updates the net that saw {} images gets {} of these right and {} of the test images, a gap of \
         {:.1} points; the net that saw {} has a gap of {:.1} points. Accuracy on the training images therefore says \
         little, and the book prints both. {course} The best remedy is more images: with {} the net gets {} of the \
         test images right.",
        thousands(few.images),
        percent(few.train.accuracy),
        percent(few.test.accuracy),
        few.gap() * 100.0,
        thousands(all.images),
        all.gap() * 100.0,
        thousands(all.images),
        percent(all.test.accuracy),
    ))
}
