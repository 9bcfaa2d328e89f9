//! Names of folders and files, as people have them on their systems.

use crate::support::{Place, write_mnist};
use std::path::PathBuf;

#[test]
fn folders_may_have_spaces_korean_letters_and_long_names_and_paths_may_be_absolute() {
    let place = Place::new();
    let data = place.path("나의 자료 & more");
    write_mnist(&data.join("mnist"), &[3, 1, 4, 1, 5, 9], &[2, 6]);
    let long: PathBuf = ["이름이 긴 폴더 ".repeat(7).trim(); 4].iter().collect(); // more than 260 characters with what is above
    // on Windows with a drive, and as `canonicalize` has them there: \\?\C:\...
    let verbatim = place.path("").canonicalize().unwrap().join("run 4");
    for out in [PathBuf::from("첫 번째"), long.join("run"), place.path("run 3"), verbatim] {
        let app = |words: &str| {
            let mut app = place.app(words);
            app.arg(&out);
            app
        };
        let mut train = place.app("train --quiet --batch-size 2 --iterations 3 --data-dir");
        train.arg(&data).arg("--out").arg(&out).assert().success();
        app("train --quiet --iterations 5 --resume").assert().success();
        app("evaluate").assert().success();
        app("report").assert().success();
        let net = out.join("한 글.NPZ");
        place.app("export --model").arg(&out).arg(&net).assert().success();
        place.app("inspect").arg(&net).assert().success();
        assert!(place.path("").join(&out).join("report.html").is_file());
    }
}
