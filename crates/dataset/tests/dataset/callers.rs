//! A panic that the caller has caused names the caller's line.

use std::cell::RefCell;
use std::panic::{self, UnwindSafe};

use dataset::{Digits, one_hot_row_major};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The file in which `call` panics.
fn file_of(call: impl Fn() + UnwindSafe) -> String {
    panic::catch_unwind(call).unwrap_err();
    LAST.take()
}

#[test]
fn panics_name_the_line_of_the_caller() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // Tests in other threads panic as well, and print as before.
        LAST.set(info.location().map_or_else(String::new, |location| location.file().replace('\\', "/")));
        former(info);
    }));
    let set = Digits::with_sizes(0, 3, 0).train;
    let files = [
        file_of(|| _ = set.image(3)),
        file_of(|| _ = set.subset(&[3])),
        file_of(|| _ = set.clone().split_at(4)),
        file_of(|| _ = set.batch_row_major::<f32>(&[3])),
        file_of(|| _ = set.range_row_major::<f32>(2..4)),
        file_of(|| _ = one_hot_row_major::<f32>(&[4], 4)),
        #[cfg(feature = "nalgebra")]
        file_of(|| _ = set.batch::<f32>(&[3])),
        #[cfg(feature = "nalgebra")]
        file_of(|| _ = set.range::<f32>(2..4)),
        #[cfg(feature = "nalgebra")]
        file_of(|| _ = dataset::one_hot::<f32>(&[4], 4)),
    ];
    for (i, file) in files.iter().enumerate() {
        assert!(file.ends_with("tests/dataset/callers.rs"), "call {i} names {file}");
    }
}
