use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn parse(line: &str) -> Result<Arguments, clap::Error> {
    let words = std::iter::once("load").chain(line.split_whitespace());
    Line::try_parse_from(words).map(|line| line.arguments)
}

fn ports(line: &str) -> Result<Vec<String>, String> {
    let who = parse(line).expect("the line can be read").credentials()?;
    let name = |who: &Credentials| String::from_utf8_lossy(who.username.trimmed()).into_owned();
    Ok(who.iter().map(name).collect())
}

#[test]
fn each_connection_has_a_port_of_its_own() {
    let cases: [(&str, &[&str]); 8] = [
        ("", &["demo1", "demo2", "demo3", "demo4"]),
        ("--connections 2", &["demo1", "demo2"]),
        ("--port p --connections 3", &["p1", "p2", "p3"]),
        ("--port solo", &["solo"]),
        ("--port a,b --connections 2", &["a", "b"]),
        ("--greedy --connections 1", &["demo1", "demo2"]),
        ("--greedy --port a,b --connections 1", &["a", "b"]),
        ("--idle 3 --port J,I4 --connections 2", &["J", "I4"]),
    ];
    for (line, expected) in cases {
        let expected = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(ports(line), Ok(expected), "{line}");
    }
}

#[test]
fn ports_that_cannot_be_are_told() {
    let cases = [
        ("--port a,b --connections 3", "3 connections take 3 ports, a login each; 2 are named"),
        ("--port demo12 --connections 2", "\"demo121\" is no username"),
        ("--port a,A", "port \"A\" is named twice"),
        ("--port a,,b", "\"\" is no username"),
        ("--greedy --port a,b --connections 2", "3 connections take 3 ports, a login each; 2 are"),
        ("--greedy --port a", "a greedy connection and another take a port each"),
        ("--idle 3 --port i3", "port \"i3\" is to be idle as well; see --idle-port"),
    ];
    for (line, expected) in cases {
        let error = ports(line).expect_err("the ports cannot be");
        assert!(error.starts_with(expected), "{line}: {error}");
    }
}

#[test]
fn idle_ports_are_numbered_as_far_as_usernames_allow() {
    let idle = |line| parse(line).expect("the line can be read").idle_credentials();
    assert_eq!(idle("").map(|who| who.len()), Ok(0));
    let who = idle("--idle 16000").expect("they are names");
    assert_eq!((who.len(), who[15_999].username.is("I16000")), (16_000, true));
    let error = idle("--idle 1000 --idle-port abc").expect_err("the last is too long");
    assert!(error.starts_with("\"ABC1000\" is no username"), "{error}");
    let others = parse("--idle 2").expect("the line can be read").neighbours();
    assert_eq!(others, Some(Neighbours::Idle(2)));
}

#[test]
fn lines_that_contradict_themselves_are_misuse() {
    for line in [
        "--window 4 --rate 1000",
        "--orders 5 --duration 1s",
        "--address 127.0.0.1:1 --durability os",
        "--address nowhere",
        "--mix rest=50",
        "--price 0.001",
        "--symbols 0",
        "--duration 5",
        "--rate 0",
        "--window 0",
        "--password 12345678901",
        "--durability maybe",
        "--idle 0",
        "--idle 16001",
        "--idle 5 --greedy",
        "--idle-port X",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn what_is_not_said_has_a_usual_value() {
    let arguments = parse("").expect("nothing has to be said");
    assert_eq!((arguments.window, arguments.rate, arguments.rounds), (64, None, 3));
    assert_eq!(arguments.duration, Duration::from_secs(5));
    assert_eq!(arguments.mix, Mix::default());
    assert_eq!(arguments.flow().symbols.len(), 10);
    assert_eq!(arguments.durability.name(), "disk");
}
