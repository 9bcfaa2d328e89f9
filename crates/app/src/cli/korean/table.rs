//! The Korean words of the help. A test finds what is missing, and what is left of something that is gone.

/// Command, its line in lists, and what follows in its own `--help`.
pub(super) const COMMANDS: &[(&str, &str, &str)] = &[
    ("", "『밑바닥부터 시작하는 딥러닝』 4.5절의 2층 신경망을 학습하고 살펴봅니다", ""),
    ("train", "신경망을 학습합니다(기본값은 책의 설정)", ""),
    ("compare", "두 학습의 설정과 결과를 비교합니다", ""),
    ("evaluate", "정확도, 손실, 혼동 행렬, 가장 확신했지만 틀린 이미지를 보여 줍니다", ""),
    ("export", "매개변수를 파이썬에서 읽을 .npz나 .safetensors로 저장합니다", ""),
    ("gradcheck", "오차역전파법으로 구한 기울기를 수치 미분과 비교합니다", ""),
    ("inspect", "저장된 모델의 내용을 보여 줍니다", ""),
    ("lab", "이 장에서 생기는 질문에 작은 실험으로 답합니다", ""),
    ("lab init-std", "가중치 초깃값은 왜 0이나 1, 10이 아니라 0.01을 곱한 정규분포로 정하나요?", ""),
    (
        "lab step",
        "h는 얼마나 작아야 하나요? h가 1e-1부터 1e-12까지일 때 세 가지 식으로 구한 수치 미분의 오차를 \
         f32와 f64로 잽니다",
        "",
    ),
    ("lab batch-size", "왜 미니배치를 쓰고, 왜 갱신을 그렇게 여러 번 반복하나요?", ""),
    ("lab learning-rate", "학습률은 얼마가 적당한가요?", ""),
    ("lab loss-or-accuracy", "목표는 정확도인데 왜 손실을 줄이도록 학습하나요?", ""),
    (
        "lab epochs",
        "iter_per_epoch = max(train_size / batch_size, 1)은 무엇을 위한 것이고, 정확도는 왜 에폭마다 한 번 구하나요?",
        "",
    ),
    ("lab overfitting", "왜 학습에 쓰지 않은 이미지로 시험하나요? 이미지가 많으면 더 좋아지나요?", ""),
    ("lab help", "이 도움말이나 다른 명령의 도움말을 봅니다", ""),
    (
        "predict",
        "이미지 파일에 있는 손글씨 숫자를 분류합니다",
        "이미지 한 장에 숫자를 하나만 쓰세요. 크기와 위치는 상관없고, 밝은 바탕에 어두운 글씨든 그 반대든 됩니다. \
         프로그램이 숫자를 찾아 MNIST의 숫자와 같은 모양(28x28)으로 바꿉니다.\n\n\
         잡음이나 흐린 연필, 고르지 않은 조명은 괜찮습니다. 하지만 그림자, 공책의 줄, 종이 가장자리처럼 경계가 뚜렷한 것은 \
         글씨로 오인합니다. 한 장에 숫자가 여럿 있는 듯하거나 신경망이 확신하지 못하면 알려 줍니다. \
         자세한 설명은 docs/guide.ko.md에 있습니다.",
    ),
    ("report", "숫자를 직접 써 볼 수 있는 HTML 보고서를 만듭니다", ""),
    ("runs", "data/runs에 있는 학습을 설정, 정확도, 걸린 시간과 함께 나열합니다", ""),
    ("show", "데이터셋의 이미지 한 장을 터미널에 그립니다", ""),
    ("help", "이 도움말이나 다른 명령의 도움말을 봅니다", ""),
];

/// What follows the help of the program.
pub(super) const AFTER_HELP: &str = "명령 없이 app만 실행하면 신경망을 학습합니다(app train).\n\n\
     종료 코드: 0 성공, 1 실패, 2 잘못된 사용법, 129/130/143/149 중단됨.";

/// Headings of the command line, in English and in Korean.
pub(super) const HEADINGS: &[(&str, &str)] =
    &[("Data", "데이터"), ("Training", "학습"), ("Network", "신경망"), ("Run", "실행")];

/// Command (`*` for all that have no entry of their own), argument, text.
pub(super) const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("*", "lang", "도움말과 메시지의 언어 [기본값: 시스템 언어, 그 밖에는 en]"),
    ("*", "help", "도움말을 봅니다"),
    ("*", "version", "버전을 봅니다"),
    ("*", "dataset", "데이터셋 [기본값: 학습할 때 쓴 데이터셋, 없으면 auto]"),
    (
        "*",
        "data_dir",
        "데이터 파일이 있는 폴더나 그 위 폴더(mnist/, MNIST/raw/, fashion/ 등이 든 폴더) \
         [기본값: 학습할 때 쓴 폴더, 없으면 저장소의 data/]",
    ),
    ("*", "place", "학습 번호나 폴더, 체크포인트, .npz, .safetensors [기본값: 가장 최근의 학습]"),
    ("*", "flag", "MODEL과 같습니다"),
    ("*", "activation", "활성화 함수. 모델 파일에 적혀 있지 않을 때(.npz) 씁니다 [기본값: sigmoid]"),
    ("*", "json", "JSON으로 출력합니다"),
    ("*", "ascii", "ASCII 문자로만 그립니다"),
    ("*", "seed", "가중치와 미니배치를 정하는 난수의 시드"),
    ("*", "svg", "그래프를 이 SVG 파일에 그립니다"),
    ("train", "train_limit", "훈련 이미지를 처음 N장만 씁니다"),
    ("train", "test_limit", "시험 이미지를 처음 N장만 씁니다"),
    ("train", "gradient", "기울기를 구하는 방법"),
    ("train", "step", "수치 미분 (L(p + h) - L(p - h)) / 2h의 h"),
    (
        "train",
        "iterations",
        "반복 횟수. 0이면 학습하지 않은 신경망을 저장합니다 [기본값: 10000, --resume이면 그 학습의 반복 횟수]",
    ),
    ("train", "batch_size", "미니배치 하나의 이미지 수"),
    ("train", "learning_rate", "학습률"),
    ("train", "sampling", "미니배치의 이미지를 고르는 방법"),
    ("train", "evaluate_every", "N번 반복할 때마다 정확도를 구합니다 [기본값: 에폭마다 한 번]"),
    ("train", "hidden", "은닉층의 뉴런 수 [기본값: 50]"),
    ("train", "activation", "은닉층의 활성화 함수 [기본값: sigmoid]"),
    ("train", "weight_init_std", "가중치 초깃값의 표준편차(편향은 0에서 시작합니다)"),
    ("train", "init_from", "이 모델의 매개변수에서 시작합니다: 학습 번호나 폴더, 체크포인트, .npz, .safetensors"),
    ("train", "precision", "부동소수점 형식 [기본값: 수치 미분이면 f64, 아니면 f32]"),
    ("train", "out", "결과를 저장할 새 폴더나 빈 폴더 [기본값: data/runs/0001, 0002, ... 가운데 다음 번호]"),
    ("train", "checkpoint_every", "N번 반복할 때마다 저장합니다 [기본값: 정확도를 구할 때마다, 다만 10초에 한 번까지]"),
    (
        "train",
        "resume",
        "학습을 그 설정 그대로 이어서 합니다. 번호나 폴더를 쓰지 않으면 가장 최근의 학습을 이어 갑니다",
    ),
    ("train", "threads", "스레드 수(1024개까지). 결과는 달라지지 않습니다 [기본값: 코어 수]"),
    ("train", "no_report", "report.html을 만들지 않습니다"),
    ("train", "quiet", "오류만 출력합니다"),
    ("export", "file", "저장할 파일: NumPy용 .npz나 .safetensors"),
    ("export", "force", "FILE이 이미 있으면 덮어씁니다"),
    (
        "predict",
        "images",
        "PNG, JPEG, BMP, GIF, WebP, PGM, PPM, IDX 파일. IDX 파일은 .gz여도 되고 그 안의 이미지를 모두 분류합니다. \
         -는 표준 입력입니다",
    ),
    ("predict", "path", "학습 번호나 폴더, 체크포인트, .npz, .safetensors [기본값: 가장 최근의 학습]"),
    ("predict", "raw", "픽셀을 그대로 씁니다(28x28, 255가 글씨). 전처리를 하지 않습니다"),
    ("predict", "json", "JSON으로 출력합니다: 파일, 번호, 숫자, 확률, 신경망에 들어간 픽셀"),
    ("inspect", "json", "모든 손실을 포함해 JSON으로 출력합니다"),
    (
        "gradcheck",
        "place",
        "학습 번호나 폴더, 체크포인트, .npz, .safetensors [기본값: 은닉층의 뉴런이 50개이고 학습하지 않은 sigmoid 신경망]",
    ),
    ("gradcheck", "step", "중심 차분의 h"),
    ("gradcheck", "samples", "W1, b1, W2, b2에서 각각 확인할 원소 수(더 적으면 모두)"),
    ("gradcheck", "batch_size", "확인에 쓸 훈련 이미지 수. 첫 이미지부터 씁니다(더 적으면 모두)"),
    ("gradcheck", "seed", "확인할 원소와 학습하지 않은 신경망을 정하는 난수의 시드"),
    ("report", "output", "저장할 HTML 파일 [기본값: 체크포인트 옆의 report.html]"),
    ("report", "figures", "그림을 SVG 파일로 이 폴더에도 저장합니다"),
    ("show", "split", "훈련 이미지(train)나 시험 이미지(test)"),
    ("show", "index", "이미지 번호, 0부터"),
    ("compare", "one", "학습 번호나 폴더, 체크포인트"),
    ("compare", "other", "비교할 다른 학습"),
    ("compare", "json", "모든 손실을 포함해 JSON으로 출력합니다"),
];

/// Argument, value, text.
pub(super) const VALUES: &[(&str, &str, &str)] = &[
    ("lang", "en", "English"),
    ("lang", "ko", "한국어"),
    ("dataset", "auto", "내려받은 MNIST가 있으면 MNIST, 없으면 내장 숫자"),
    ("dataset", "mnist", "손글씨 숫자"),
    ("dataset", "fashion", "Fashion-MNIST: 옷과 신발"),
    ("dataset", "kmnist", "Kuzushiji-MNIST: 일본 옛 글자"),
    ("dataset", "digits", "프로그램이 그린 내장 숫자. 파일이 없어도 됩니다"),
    ("gradient", "numerical", "중심 차분: 매개변수 하나에 손실을 두 번 구합니다"),
    ("gradient", "backprop", "오차역전파법"),
    ("sampling", "replacement", "책처럼 매번 전체 이미지에서 무작위로 뽑습니다"),
    ("sampling", "shuffle", "전체를 섞어 한 번씩 쓰고, 다 쓰면 다시 섞습니다"),
    ("sampling", "sequential", "이미지 0~99, 100~199, ... 순서로 쓰고 처음으로 돌아갑니다"),
];
