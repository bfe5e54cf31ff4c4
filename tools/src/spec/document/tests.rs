use std::collections::BTreeSet;

use super::*;

/// The headings of a document as anchors.
fn anchors(page: &str) -> Vec<String> {
    let mut in_block = false;
    page.lines()
        .filter(|line| {
            in_block ^= line.starts_with("```");
            !in_block && line.starts_with('#')
        })
        .map(|line| slug(line.trim_start_matches('#').trim()))
        .collect()
}

#[test]
fn anchors_are_made_as_readers_of_markdown_make_them() {
    assert_eq!(slug("Add Order - No MPID Attribution"), "add-order---no-mpid-attribution");
    assert_eq!(slug("Trade (Non-Cross)"), "trade-non-cross");
    assert_eq!(slug("Codes: Buy Sell"), "codes-buy-sell");
}

#[test]
fn every_link_inside_a_document_leads_to_exactly_one_heading() {
    for protocol in PROTOCOLS {
        let page = page(protocol);
        let anchors = anchors(&page);
        let distinct: BTreeSet<_> = anchors.iter().collect();
        assert_eq!(anchors.len(), distinct.len(), "{}: two headings alike", protocol.file);
        for target in page.split("](#").skip(1) {
            let target = target.split(')').next().expect("a split has a first part");
            assert!(anchors.iter().any(|anchor| anchor == target), "{}: #{target}", protocol.file);
        }
    }
}

#[test]
fn documents_link_only_to_what_exists() {
    let pages = PROTOCOLS.iter().map(|protocol| page(protocol));
    for page in pages.chain([index()]) {
        for target in page.split("](").skip(1) {
            let target = target.split(')').next().expect("a split has a first part");
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if ["", "outcry.lua", "vectors.json"].contains(&file) {
                continue;
            }
            let known = PROTOCOLS.iter().find(|protocol| protocol.file == file);
            let known = known.unwrap_or_else(|| panic!("no file {target}"));
            let there =
                anchor.is_empty() || anchors(&super::page(known)).contains(&anchor.to_owned());
            assert!(there, "{target}");
        }
    }
}
