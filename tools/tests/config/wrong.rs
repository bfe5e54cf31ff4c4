//! Mistakes as people make them: all are found, each with its line and the cure.

use super::check;

/// The configurations, each with its mistakes marked.
const WRONG: &str = include_str!("wrong.txt");
/// What stands between a line with a mistake and what is said of it.
const MARK: &str = "#=";

/// A configuration and what is said of it: lines with the words of the answer.
struct Case<'t> {
    title: &'t str,
    text: &'t str,
    said: Vec<(usize, Vec<&'t str>)>,
}

fn cases() -> Vec<Case<'static>> {
    let parts = WRONG.split("\n== ").skip(1);
    let case = |part: &'static str| {
        let (title, text) = part.split_once('\n').expect("a title is a line");
        let marked = (1..).zip(text.lines()).filter_map(|(number, line)| {
            let (_, words) = line.split_once(MARK)?;
            Some((number, words.split('|').map(str::trim).collect()))
        });
        Case { title, text, said: marked.collect() }
    };
    parts.map(case).collect()
}

/// The lines of a file without what is said of them, in as many lines.
fn unmarked(text: &str) -> String {
    let plain = |line: &str| line.split(MARK).next().unwrap_or_default().trim_end().to_owned();
    text.lines().map(|line| plain(line) + "\n").collect()
}

#[test]
fn every_mistake_is_told_with_its_line_and_the_cure() {
    let mut wrong = Vec::new();
    for case in cases() {
        let run = check("mistakes.toml", unmarked(case.text).as_bytes());
        assert_eq!((run.code, run.out.as_str()), (Some(1), ""), "{}", case.title);
        // A line with two answers is told twice: each has its own words.
        let answers: Vec<&str> = run.err.lines().collect();
        let is_told = |line: &usize, word: &str| {
            let begin = format!("FILE:{line}: ");
            answers.iter().any(|answer| answer.starts_with(&begin) && answer.contains(word))
        };
        let is_meant = |answer: &&str| {
            let lines = case.said.iter().map(|(line, _)| format!("FILE:{line}: "));
            lines.into_iter().any(|begin| answer.starts_with(&begin))
        };
        let all =
            case.said.iter().all(|(line, words)| words.iter().all(|word| is_told(line, word)));
        if !all || !answers.iter().all(is_meant) || case.said.is_empty() {
            wrong.push(format!("{}:\n{}", case.title, run.err));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_mistakes_and_no_two_are_alike() {
    let mut texts: Vec<String> = cases().iter().map(|case| unmarked(case.text)).collect();
    assert!(texts.len() >= 100, "{}", texts.len());
    let count = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), count);
}

#[test]
fn answers_are_told_in_the_order_of_the_file() {
    for case in cases() {
        let run = check("order.toml", unmarked(case.text).as_bytes());
        let line = |answer: &str| answer.split(':').nth(1).and_then(|line| line.parse().ok());
        let lines: Vec<Option<usize>> = run.err.lines().map(line).collect();
        assert!(lines.is_sorted() && lines.iter().all(Option::is_some), "{}", run.err);
    }
}
