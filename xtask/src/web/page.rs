//! Assembles the page from its template and parts, with the security policy that allows only these to run.

use anyhow::{Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The contents for the placeholders of the template.
pub(super) struct Parts {
    pub(super) style: String,
    /// The script above the body, and the one below it.
    pub(super) start: String,
    pub(super) script: String,
    pub(super) worker: String,
    /// Compressed with gzip.
    pub(super) wasm: Vec<u8>,
    /// The blocks of [`mnist::blocks`](super::mnist::blocks), or nothing.
    pub(super) mnist: String,
}

/// Puts the parts into the template in one pass: `{{...}}` within a part is not a placeholder.
pub(super) fn assemble(template: &str, parts: &Parts) -> Result<String> {
    let (policy, wasm) = (policy(&parts.style, &[&parts.start, &parts.script]), STANDARD.encode(&parts.wasm));
    let mut values = vec![
        ("policy", policy.as_str()),
        ("style", parts.style.as_str()),
        ("start", parts.start.as_str()),
        ("script", parts.script.as_str()),
        ("worker", parts.worker.as_str()),
        ("wasm", wasm.as_str()),
        ("mnist", parts.mnist.as_str()),
    ];
    let mut page = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else {
            bail!("a placeholder opens with {{{{ and does not close");
        };
        let Some(place) = values.iter().position(|(known, _)| *known == name) else {
            bail!("{{{{{name}}}}} is not a placeholder, or occurs twice; unused: {}", names(&values));
        };
        page += before;
        page += values.remove(place).1;
        rest = after;
    }
    ensure!(values.is_empty(), "no placeholder for: {}", names(&values));
    page += rest;
    Ok(page)
}

fn names(values: &[(&str, &str)]) -> String {
    values.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

/// Only this style and these scripts run, a worker comes from the page itself, and nothing is loaded from elsewhere.
fn policy(style: &str, scripts: &[&str]) -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let scripts: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    format!(
        "default-src 'none'; style-src {}; script-src {} 'wasm-unsafe-eval'; worker-src blob:; \
         img-src data: blob:; base-uri 'none'; form-action 'none'",
        hash(style),
        scripts.join(" ")
    )
}

/// Refuses text that would end its `<script>` or `<style>` block, or make it end in another place.
pub(super) fn check_block(text: &str) -> Result<()> {
    let lower = text.to_ascii_lowercase();
    for end in ["</script", "</style", "<!--"] {
        if let Some(at) = lower.find(end) {
            let line = text[..at].matches('\n').count() + 1;
            bail!(
                "line {line} has {end}, which HTML reads as its own; write it in two pieces, such as \"<\" + \"{}\"",
                &end[1..]
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<meta content=\"{{policy}}\"><style>{{style}}</style>{{mnist}}\
        <script type=\"text/plain\" id=\"worker\">{{worker}}</script>\
        <script type=\"text/plain\" id=\"wasm\">{{wasm}}</script>\
        <head><script>{{start}}</script><body><script>{{script}}</script>\n";

    fn parts() -> Parts {
        Parts {
            style: "\nbody { margin: 0 }\n".to_owned(),
            start: "\"use strict\";\nfirst();\n".to_owned(),
            script: "\"use strict\";\nlet text = \"{{style}} & <b>\";\n".to_owned(),
            worker: "onmessage = () => {};".to_owned(),
            wasm: b"\0asm\x01\0\0\0".to_vec(),
            mnist: String::new(),
        }
    }

    /// The text between the two, which occur once.
    #[track_caller]
    fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
        assert_eq!(page.matches(start).count(), 1, "{start} in {page}");
        page.split_once(start).unwrap().1.split_once(end).unwrap().0
    }

    #[test]
    fn every_part_stands_in_the_page_byte_for_byte() {
        let parts = parts();
        let page = assemble(TEMPLATE, &parts).unwrap();
        assert_eq!(between(&page, "<style>", "</style>"), parts.style);
        assert_eq!(between(&page, "<head><script>", "</script>"), parts.start);
        assert_eq!(between(&page, "<body><script>", "</script>"), parts.script);
        assert_eq!(between(&page, "id=\"worker\">", "</script>"), parts.worker);
        assert_eq!(STANDARD.decode(between(&page, "id=\"wasm\">", "</script>")).unwrap(), parts.wasm);
        assert!(page.contains("</style><script") && page.ends_with("</script>\n"), "{page}");
    }

    #[test]
    fn the_policy_has_the_hashes_of_what_stands_in_the_page() {
        let page = assemble(TEMPLATE, &parts()).unwrap();
        let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
        let [style, start, script] =
            [("<style>", "</style>"), ("<head><script>", "</script>"), ("<body><script>", "</script>")]
                .map(|(start, end)| hash(between(&page, start, end)));
        assert_eq!(
            between(&page, "content=\"", "\""),
            format!(
                "default-src 'none'; style-src {style}; script-src {start} {script} 'wasm-unsafe-eval'; worker-src blob:; \
                 img-src data: blob:; base-uri 'none'; form-action 'none'"
            )
        );
    }

    #[test]
    fn a_template_with_other_placeholders_is_refused() {
        for (template, expected) in [
            (TEMPLATE.replace("{{wasm}}", ""), "no placeholder for: wasm"),
            (TEMPLATE.replace("{{wasm}}", "{{wsam}}"), "{{wsam}} is not a placeholder"),
            (TEMPLATE.replace("{{wasm}}", "{{style}}"), "{{style}} is not a placeholder, or occurs twice"),
            (format!("{TEMPLATE}{{{{script"), "does not close"),
        ] {
            let error = assemble(&template, &parts()).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn text_that_would_end_its_block_is_refused_with_its_line() {
        check_block("a < b; \"<b>\"; \"<\" + \"/script>\"; /* --> */").unwrap();
        for text in ["\n\n</script>", "\n\nlet a = '</ScRiPt';", "\n\n<!--", "\n\n</style "] {
            let error = check_block(text).unwrap_err().to_string();
            assert!(error.contains("line 3 has"), "{error}");
        }
    }
}
