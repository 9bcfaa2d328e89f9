//! `app lab overfitting`: why is the accuracy measured on images that the network was not trained on?

use super::layout::{line, paragraph, percent};
use super::run::{BATCH, Lab, RATE, Score, steps};
use crate::cli::LabArgs;
use crate::lang::said;
use crate::text::thousands;
use anyhow::Result;

/// And all images.
const SIZES: [usize; 3] = [300, 1000, 10_000];
const ITERATIONS: usize = 10_000;
/// Iterations from one look at the test images to the next.
const STRIDE: usize = 100;

pub(super) fn answer(arguments: &LabArgs) -> Result<String> {
    let lab = Lab::load(arguments)?;
    let all = lab.data.train.len();
    let mut sizes: Vec<usize> = SIZES.into_iter().filter(|&size| size < all).collect();
    sizes.push(all);
    let rows = sizes.iter().map(|&images| row(&lab, images)).collect::<Result<Vec<Row>>>()?;

    let (iterations, batch) = (thousands(ITERATIONS), lab.batch_size());
    let what = said!(
        "{iterations} iterations, batches of {batch}, rate {RATE}",
        "{iterations}번 반복, 배치 크기 {batch}, 학습률 {RATE}"
    );
    Ok(lab.head(&what) + &table(&rows) + &conclusion(&rows))
}

struct Row {
    images: usize,
    train: Score,
    test: Score,
    /// On the test images where their loss was lowest, and after how many iterations that was.
    lowest: (Score, usize),
}

impl Row {
    /// In ten-thousandths; adding 0 makes -0 a 0.
    fn gap(&self) -> f64 {
        ((self.train.accuracy - self.test.accuracy) * 1e4).round() / 1e4 + 0.0
    }
}

fn row(lab: &Lab, images: usize) -> Result<Row> {
    let mut run = lab.run_with(&lab.fresh_net(0.01), images, BATCH.min(images), RATE)?;
    let mut test = lab.test_score(&run.net());
    let mut lowest = (test, 0);
    for done in (STRIDE..=ITERATIONS).step_by(STRIDE) {
        steps(&mut run, STRIDE)?;
        test = lab.test_score(&run.net());
        if test.loss < lowest.0.loss {
            lowest = (test, done);
        }
    }
    Ok(Row { images, train: lab.train_score(&run.net(), 0..images), test, lowest })
}

fn table(rows: &[Row]) -> String {
    const WIDTHS: [isize; 7] = [-10, 9, 9, 9, 14, 12, 10];
    let mut text = line(
        [-10, 27, 36],
        [String::new(), said!("accuracy", "정확도"), said!("loss of the test images", "시험 이미지의 손실")],
    );
    text += &line(
        WIDTHS,
        [
            said!("images", "이미지"),
            said!("train", "훈련"),
            said!("test", "시험"),
            said!("gap", "차이"),
            said!("at the end", "마지막"),
            said!("lowest", "최저"),
            said!("after", "최저 시점"),
        ],
    );
    for row in rows {
        let Row { images, train, test, lowest: (lowest, done) } = row;
        let [train, accuracy, gap, end, lowest] =
            [train.accuracy, test.accuracy, row.gap(), test.loss, lowest.loss].map(|figure| format!("{figure:.4}"));
        text += &line(WIDTHS, [thousands(*images), train, accuracy, gap, end, lowest, thousands(*done)]);
    }
    text + &said!(
        "\n\
         images: number of images that the net is trained on\n\
         train: accuracy on these images; gap: train - test\n\
         after: the iteration at which the loss of the test images was lowest\n",
        "\n\
         이미지: 학습에 쓴 이미지의 수\n\
         훈련: 그 이미지에서 구한 정확도. 차이: 훈련 - 시험\n\
         최저 시점: 시험 이미지의 손실이 가장 낮았던 반복\n"
    )
}

/// One paragraph, from the figures of the table.
fn conclusion(rows: &[Row]) -> String {
    let [few, .., all] = rows else {
        return paragraph(&said!(
            "There are too few training images for a comparison: it needs more than 300.",
            "비교하기에는 훈련 이미지가 너무 적습니다. 300장보다 많아야 합니다."
        ));
    };
    let (lowest, done) = few.lowest;
    let images = thousands(few.images);
    let course = if done < ITERATIONS {
        let (done, then, end) = (thousands(done), lowest.loss, few.test.loss);
        let [accuracy_then, accuracy_end] = [lowest.accuracy, few.test.accuracy].map(percent);
        // no fewer are right, and yet the mean loss is higher
        let why = if few.test.accuracy >= lowest.accuracy {
            said!(
                ", as happens when a net becomes more confident in its wrong answers",
                ". 틀린 답을 더 확신하게 되면 이렇게 됩니다"
            )
        } else {
            String::new()
        };
        said!(
            "With {images} the loss of the test images is lowest after {done} iterations, {then:.3}; at the end it is \
             {end:.3}, while the accuracy went from {accuracy_then} to {accuracy_end}{why}. You can stop where such a \
             loss is lowest, if you measure it on validation images, which are neither training nor test images.",
            "{images}장일 때 시험 이미지의 손실은 {done}번 반복했을 때 가장 낮은 {then:.3}이고 마지막에는 {end:.3}입니다. 그동안 정확도는 {accuracy_then}에서 {accuracy_end}가 되었습니다{why}. 훈련 이미지도 시험 이미지도 아닌 검증 이미지로 \
             이런 손실을 구하면, 가장 낮은 곳에서 학습을 멈출 수 있습니다."
        )
    } else {
        said!(
            "With {images} the loss of the test images was lowest at the end of this run.",
            "{images}장일 때 시험 이미지의 손실은 학습이 끝날 때 가장 낮았습니다."
        )
    };
    let [few_train, few_test, all_test] = [few.train.accuracy, few.test.accuracy, all.test.accuracy].map(percent);
    let (few_gap, all_gap, all_images) = (few.gap() * 100.0, all.gap() * 100.0, thousands(all.images));
    paragraph(&said!(
        "What is overfitting? A net can learn what all images of a class have in common, or what is particular to the \
         images that it is trained on. Both reduce the training loss, but only the first helps with other images. After \
         the same number of updates, the net that was trained on {images} images classifies {few_train} of these \
         correctly and {few_test} of the test images, a gap of {few_gap:.1} percentage points. The net that was trained \
         on {all_images} has a gap of {all_gap:.1} points, and classifies {all_test} of the test images correctly. So \
         training accuracy alone says little, which is why the book prints both. {course}",
        "오버피팅이란 무엇일까요? 신경망은 한 클래스의 이미지에 공통된 것을 배울 수도 있고, 학습에 쓴 이미지에만 있는 것을 배울 \
         수도 있습니다. 둘 다 훈련 손실을 줄이지만, 다른 이미지에 도움이 되는 것은 앞의 것뿐입니다. 갱신 횟수가 같을 때 이미지 \
         {images}장으로 학습한 신경망은 그 이미지의 {few_train}, 시험 이미지의 {few_test}를 맞히므로 차이가 \
         {few_gap:.1}퍼센트포인트입니다. {all_images}장으로 학습한 신경망은 차이가 {all_gap:.1}퍼센트포인트이고 시험 이미지의 \
         {all_test}를 맞힙니다. 훈련 데이터의 정확도만으로는 알 수 있는 것이 적고, 그래서 책은 둘 다 출력합니다. {course}"
    ))
}
