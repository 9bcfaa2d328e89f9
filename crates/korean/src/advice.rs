//! What to do with a file that holds no network: the sentences of `net-file`, around lines of Python that stay.

/// The advice of [`net_file::NetFileError::advice`] or [`net_file::FileType::advice`] in Korean.
#[must_use]
pub fn advice(english: &str) -> String {
    if let Some(name) = english.strip_prefix("rename it to ") {
        return format!("이름을 {name}(으)로 바꾸세요");
    }
    match english {
        "only a net of two layers (one hidden layer, one output layer) is read" => {
            return "은닉층 하나와 출력층 하나인 2층 신경망만 읽습니다".to_owned();
        }
        "`git lfs pull` downloads the file itself" => {
            return "`git lfs pull`을 실행하면 파일을 받을 수 있습니다".to_owned();
        }
        _ => (),
    }
    let starts = [
        (
            "if you trust it (a pickle can run any code), in Python: ",
            "피클은 어떤 코드든 실행할 수 있으니 믿을 수 있는 파일일 때만 파이썬에서: ",
        ),
        ("if the net does not need them, in Python: ", "신경망에 필요 없는 배열이라면 파이썬에서: "),
        ("in Python: ", "파이썬에서: "),
    ];
    let ends = [
        (", where it is a state dict", " (state dict일 때)"),
        (
            ", where it is the dictionary of W1, b1, W2 and b2 (and you trust it)",
            " (W1, b1, W2, b2의 딕셔너리이고 믿을 수 있는 파일일 때)",
        ),
    ];
    let mut text = english.to_owned();
    if let Some((start, rest)) = starts.iter().find_map(|(of, start)| Some((start, english.strip_prefix(of)?))) {
        text = format!("{start}{rest}");
    }
    if let Some((start, end)) = ends.iter().find_map(|(of, end)| Some((text.strip_suffix(of)?, end))) {
        text = format!("{start}{end}");
    }
    text
}
