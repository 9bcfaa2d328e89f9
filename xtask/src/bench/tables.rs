//! The measurements of criterion, as tables.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// Runs all benches; returns one table per group, in the order in which they ran.
pub(super) fn measure(root: &Path) -> Result<String> {
    let start = SystemTime::now();
    // criterion's output goes to stderr: stdout is for the tables
    let mut bench = crate::cargo(root);
    bench.args(["bench", "--workspace", "--locked", "--bench", "*"]).stdout(std::io::stderr());
    super::succeed(&mut bench)?;
    let mut benches = Vec::new();
    collect(&super::target(root).join("criterion"), start, &mut benches)?;
    ensure!(!benches.is_empty(), "cargo bench has left no results");
    benches.sort_by_key(|bench| bench.measured);
    tables(&benches)
}

struct Bench {
    measured: SystemTime,
    id: Id,
    /// The time that criterion prints.
    seconds: f64,
}

/// The part of benchmark.json that is read.
#[derive(Deserialize)]
struct Id {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    mean: Estimate,
    /// Set if samples have different numbers of iterations.
    slope: Option<Estimate>,
}

#[derive(Deserialize)]
struct Estimate {
    /// In nanoseconds.
    point_estimate: f64,
}

/// All results below `folder` since `start`; each bench has its results in a folder `new`.
fn collect(folder: &Path, start: SystemTime, benches: &mut Vec<Bench>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, start, benches)?;
        } else if path.ends_with("new/estimates.json") {
            let measured = fs::metadata(&path)?.modified()?;
            if measured >= start {
                let Estimates { mean, slope } = read(&path)?;
                let id = read(&path.with_file_name("benchmark.json"))?;
                benches.push(Bench { measured, id, seconds: slope.unwrap_or(mean).point_estimate * 1e-9 });
            }
        }
    }
    Ok(())
}

fn read<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not as criterion writes it", path.display()))
}

fn tables(benches: &[Bench]) -> Result<String> {
    let mut text = String::new();
    for group in benches.chunk_by(|a, b| a.id.group_id == b.id.group_id) {
        let gap = if text.is_empty() { "" } else { "\n" };
        write!(text, "{gap}| {} | time |\n| --- | --- |\n", group[0].id.group_id)?;
        for Bench { id, seconds, .. } in group {
            let names = [&id.function_id, &id.value_str].into_iter().flatten().map(String::as_str);
            writeln!(text, "| {} | {} |", names.collect::<Vec<_>>().join(" "), super::shown(*seconds))?;
        }
    }
    Ok(text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_become_tables_and_older_ones_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, group: &str, value: &str, nanoseconds: f64| {
            let new = folder.path().join(name).join("new");
            fs::create_dir_all(&new).unwrap();
            let id = format!(r#"{{"group_id":"{group}","function_id":"f","value_str":{value},"throughput":null}}"#);
            fs::write(new.join("benchmark.json"), id).unwrap();
            let slope =
                if value == "null" { "null".to_owned() } else { format!(r#"{{"point_estimate":{nanoseconds}}}"#) };
            let estimates = format!(r#"{{"mean":{{"point_estimate":1500.0}},"slope":{slope}}}"#);
            fs::write(new.join("estimates.json"), estimates).unwrap();
            fs::metadata(new.join("estimates.json")).unwrap().modified().unwrap()
        };
        put("z/1", "old", "null", 1.0);
        std::thread::sleep(Duration::from_millis(20));
        let start = put("b/1", "first", "null", 1500.0);
        std::thread::sleep(Duration::from_millis(20));
        put("a/10", "second", "\"10\"", 2e6);
        std::thread::sleep(Duration::from_millis(20));
        put("a/9", "second", "\"9\"", 3e9);

        let mut benches = Vec::new();
        collect(folder.path(), start, &mut benches).unwrap();
        benches.sort_by_key(|bench| bench.measured);
        assert_eq!(
            tables(&benches).unwrap(),
            "| first | time |\n| --- | --- |\n| f | 1.50 us |\n\n\
             | second | time |\n| --- | --- |\n| f 10 | 2.00 ms |\n| f 9 | 3.00 s |"
        );
    }
}
