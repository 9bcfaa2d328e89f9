//! One file from whichever mirror has it: any failure leads on to the next.

use std::fmt::Write;
use std::fs;

use anyhow::{Result, anyhow};

use super::download::{self, Client};
use super::folder::{Failure, Folder};
use super::manifest::Wanted;

/// Web folders that hold the same files, in the order in which they are tried.
pub(super) struct Mirrors(Vec<String>);

/// All mirrors are asked again as long as the file grew meanwhile, so that connections that break now and then are
/// survived even with one mirror; this bounds it.
const ROUNDS: u32 = 20;

/// A mirror that failed, how often, and why the last time.
struct Tried {
    url: String,
    times: u32,
    reason: String,
}

impl Mirrors {
    pub(super) fn new(urls: &[impl AsRef<str>]) -> Self {
        Self(urls.iter().map(|url| url.as_ref().to_owned()).collect())
    }

    /// Puts `file` into `folder`, and returns the mirror that had it. That one is asked first for the next file, so
    /// what is wrong with those before it costs its time-out only once.
    pub(super) fn fetch(&mut self, client: &Client, file: &Wanted, folder: &Folder, again: &str) -> Result<String> {
        let mut tried: Vec<Tried> = Vec::new();
        let mut longest = folder.part(file)?.len();
        for _ in 0..ROUNDS {
            for (i, mirror) in self.0.iter().enumerate() {
                let url = format!("{mirror}{}", file.name);
                match download::download(client, &url, file, folder) {
                    Ok(()) => {
                        let mirror = self.0.remove(i);
                        self.0.insert(0, mirror.clone());
                        return Ok(mirror);
                    }
                    Err(Failure::Here(error)) => return Err(error),
                    Err(Failure::Source(reason)) => {
                        if let Some(next) = self.0.get(i + 1) {
                            eprintln!("{url}: {reason}\ntrying {next}");
                        }
                        match tried.iter_mut().find(|tried| tried.url == url) {
                            Some(known) => *known = Tried { url, times: known.times + 1, reason },
                            None => tried.push(Tried { url, times: 1, reason }),
                        }
                    }
                }
            }
            let reached = folder.part(file)?.len();
            if reached <= longest {
                break;
            }
            longest = reached;
            eprintln!("{}: {reached} of {} bytes so far, asking again", file.name, file.size);
        }
        Err(gave_up(&tried, file, folder, again))
    }
}

/// What was tried, and what else there is to try.
fn gave_up(tried: &[Tried], file: &Wanted, folder: &Folder, again: &str) -> anyhow::Error {
    let mut text = format!("cannot fetch {}; tried", file.name);
    for Tried { url, times, reason } in tried {
        let times = if *times > 1 { format!(" ({times} times)") } else { String::new() };
        let _ = write!(text, "\n  {url}{times}\n    {reason}");
    }
    let part = folder.part_path(file);
    match fs::metadata(&part).map(|metadata| metadata.len()) {
        Ok(0) => {
            let _ = fs::remove_file(&part);
        }
        Ok(reached) => {
            let _ = write!(text, "\n{reached} of {} bytes are kept; the next run continues there", file.size);
        }
        Err(_) => {}
    }
    let _ = write!(
        text,
        "\nwhat else to try:\n  \
         {again} --mirror URL   another server\n  \
         {again} --from DIR     a folder that has the four files\n  \
         or put the four files into {} yourself",
        folder.path().display()
    );
    anyhow!(text)
}

/// Reads the address of a mirror from the command line.
pub(super) fn parse(url: &str) -> Result<String, String> {
    let parsed: ureq::http::Uri = url.parse().map_err(|error| format!("{error}"))?;
    match parsed.scheme_str() {
        Some("http" | "https") => {}
        _ => return Err("expected http://HOST/FOLDER/ or https://HOST/FOLDER/".to_owned()),
    }
    if url.contains(['?', '#']) {
        return Err("expected a folder that file names can be appended to".to_owned());
    }
    Ok(format!("{}/", url.trim_end_matches('/')))
}
