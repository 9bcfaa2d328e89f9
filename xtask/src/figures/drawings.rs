//! The drawings of the guide: the network with its shapes, and the four steps of training, in both languages.

use super::canvas::{Canvas, Kind, Letters};

/// A language of the guide.
#[derive(Clone, Copy)]
enum Language {
    English,
    Korean,
}

impl Language {
    fn code(self) -> &'static str {
        self.pick("en", "ko")
    }

    fn pick<T>(self, english: T, korean: T) -> T {
        match self {
            Self::English => english,
            Self::Korean => korean,
        }
    }
}

/// Every drawing, with the name of its file in docs/figures.
pub(super) fn all() -> [(&'static str, String); 4] {
    [
        ("net.svg", net(Language::English)),
        ("net.ko.svg", net(Language::Korean)),
        ("steps.svg", steps(Language::English)),
        ("steps.ko.svg", steps(Language::Korean)),
    ]
}

/// x to L, a row per layer, with the book's names (section 4.5.1).
fn net(language: Language) -> String {
    let title = language.pick("The two-layer network and its shapes", "2층 신경망과 배열의 형상");
    let description = language.pick(
        "The images x, N x 784, are multiplied by W1, 784 x 50, and b1 is added: a1, N x 50. The sigmoid makes z1 of it. \
         z1 is multiplied by W2, 50 x 10, and b2 is added: a2, N x 10. Softmax makes the probabilities y of it, N x 10. \
         y and the labels t give the loss L, one number.",
        "이미지 x(N x 784)에 W1(784 x 50)을 곱하고 b1을 더하면 a1(N x 50)이고, 여기에 시그모이드를 적용하면 z1입니다. z1에 W2(50 x \
         10)를 곱하고 b2를 더하면 a2(N x 10)이고, 소프트맥스를 적용하면 확률 y(N x 10)입니다. y와 레이블 t로 손실 L을 구합니다. L은 수 \
         하나입니다.",
    );
    let mut canvas = Canvas::new((800, 400), language.code(), title, description);
    let (first, second) = (48, 252); // upper edges of the boxes of both rows
    canvas.text(Letters::Words, (400, 30), language.pick("hidden layer", "은닉층"));
    array(&mut canvas, (24, first), "x", "N x 784", language.pick("images", "이미지"));
    parameters(&mut canvas, (184, first), ["W1 (784 x 50)", "b1 (50)"], language);
    array(&mut canvas, (384, first), "a1", "N x 50", "x W1 + b1");
    function(&mut canvas, (536, first), "sigmoid");
    array(&mut canvas, (664, first), "z1", "N x 50", language.pick("neurons", "뉴런"));
    for (from, to) in [(136, 184), (336, 384), (496, 536), (628, 664)] {
        canvas.arrow(&[(from, first + 50), (to, first + 50)]);
    }

    // z1 goes into the next row
    canvas.arrow(&[(720, first + 100), (720, 184), (100, 184), (100, second)]);
    canvas.text(Letters::Words, (400, second - 18), language.pick("output layer", "출력층"));
    parameters(&mut canvas, (24, second), ["W2 (50 x 10)", "b2 (10)"], language);
    array(&mut canvas, (212, second), "a2", "N x 10", "z1 W2 + b2");
    function(&mut canvas, (360, second), "softmax");
    array(&mut canvas, (488, second), "y", "N x 10", language.pick("probabilities", "확률"));
    array(&mut canvas, (664, second), "L", language.pick("1 number", "수 하나"), language.pick("loss", "손실"));
    for (from, to) in [(176, 212), (324, 360), (452, 488), (600, 664)] {
        canvas.arrow(&[(from, second + 50), (to, second + 50)]);
    }
    canvas.text(
        Letters::Words,
        (400, 382),
        language.pick("The labels t (N) go into the loss.", "손실을 구할 때 레이블 t(N개)를 씁니다."),
    );
    canvas.finish()
}

/// A matrix: its name, its shape and what it holds.
fn array(canvas: &mut Canvas, (x, y): (u32, u32), name: &str, shape: &str, meaning: &str) {
    canvas.rectangle(Kind::Data, (x, y), (112, 100));
    canvas.text(Letters::Name, (x + 56, y + 32), name);
    canvas.text(Letters::Code, (x + 56, y + 58), shape);
    canvas.text(Letters::Words, (x + 56, y + 84), meaning);
}

/// The weights and biases of a layer.
fn parameters(canvas: &mut Canvas, (x, y): (u32, u32), lines: [&str; 2], language: Language) {
    canvas.rectangle(Kind::Parameter, (x, y), (152, 100));
    canvas.text(Letters::Code, (x + 76, y + 32), lines[0]);
    canvas.text(Letters::Code, (x + 76, y + 58), lines[1]);
    canvas.text(Letters::Words, (x + 76, y + 84), language.pick("parameters", "매개변수"));
}

fn function(canvas: &mut Canvas, (x, y): (u32, u32), name: &str) {
    canvas.rectangle(Kind::Function, (x, y + 26), (92, 48));
    canvas.text(Letters::Words, (x + 46, y + 56), name);
}

/// The four steps of section 4.5 as a cycle.
fn steps(language: Language) -> String {
    let title = language.pick("The four steps of training", "학습의 네 단계");
    let description = language.pick(
        "A cycle. Step 1, minibatch: draw 100 of the 60,000 images at random. Step 2, gradient: how does the loss change \
         with each of the 39,760 parameters? Step 3, update: move each parameter a little in the direction in which the \
         loss falls. Step 4, repeat: go back to step 1, 10,000 times.",
        "순환하는 그림입니다. 1단계 미니배치: 60,000장 가운데 100장을 무작위로 뽑습니다. 2단계 기울기 산출: 매개변수 39,760개가 저마다 \
         손실을 얼마나 바꾸는지 구합니다. 3단계 매개변수 갱신: 매개변수를 손실이 줄어드는 쪽으로 조금씩 옮깁니다. 4단계 반복: 1단계로 \
         돌아가 10,000번 되풀이합니다.",
    );
    let mut canvas = Canvas::new((800, 400), language.code(), title, description);
    let corners = [(30, 28), (450, 28), (450, 242), (30, 242)];
    let boxes = [
        (
            "x_batch, t_batch",
            language.pick(
                ["1. minibatch", "Draw 100 of the 60,000", "images at random."],
                ["1단계 미니배치", "이미지 60,000장에서", "100장을 무작위로 뽑습니다."],
            ),
        ),
        (
            "dL/dW1, dL/db1, dL/dW2, dL/db2",
            language.pick(
                ["2. gradient", "How does the loss change with", "each of the 39,760 parameters?"],
                ["2단계 기울기 산출", "매개변수 39,760개가 저마다", "손실을 얼마나 바꾸나요?"],
            ),
        ),
        (
            "W1 -= 0.1 * dL/dW1, ...",
            language.pick(
                ["3. update", "Take a small step in the direction", "in which the loss falls."],
                ["3단계 매개변수 갱신", "손실이 줄어드는 쪽으로", "조금씩 옮깁니다."],
            ),
        ),
        (
            "i = 0, 1, ..., 9999",
            language.pick(
                ["4. repeat", "Go back to step 1. 600 iterations", "of 100 images are one epoch."],
                ["4단계 반복", "1단계로 돌아갑니다.", "100장씩 600번이 1에폭입니다."],
            ),
        ),
    ];
    for ((x, y), (code, [name, first, second])) in corners.into_iter().zip(boxes) {
        canvas.rectangle(Kind::Data, (x, y), (320, 130));
        canvas.text(Letters::Name, (x + 160, y + 33), name);
        canvas.text(Letters::Code, (x + 160, y + 62), code);
        canvas.text(Letters::Words, (x + 160, y + 90), first);
        canvas.text(Letters::Words, (x + 160, y + 112), second);
    }
    canvas.arrow(&[(350, 93), (450, 93)]);
    canvas.arrow(&[(610, 158), (610, 242)]);
    canvas.arrow(&[(450, 307), (350, 307)]);
    canvas.arrow(&[(190, 242), (190, 158)]);
    canvas.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawings_in_the_docs_are_the_ones_that_figures_makes() {
        for (name, drawing) in all() {
            let file = crate::checkout().join("docs/figures").join(name);
            let found = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
            assert!(found == drawing, "{} is out of date: run `cargo xtask figures --drawings`", file.display());
        }
    }

    #[test]
    fn a_drawing_has_words_for_those_who_do_not_see_it() {
        for (name, drawing) in all() {
            assert_eq!(drawing.matches("<title id=\"title\">").count(), 1, "{name}");
            assert_eq!(drawing.matches("<desc id=\"description\">").count(), 1, "{name}");
            let korean = drawing.chars().any(|c| ('가'..='힣').contains(&c));
            assert_eq!(korean, name.ends_with(".ko.svg"), "{name}");
        }
    }
}
