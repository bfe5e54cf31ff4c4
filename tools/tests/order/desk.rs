//! The desk on a terminal: what is typed, what is shown, and what becomes of a connection.

use std::fs;
use std::sync::mpsc::channel;

use client::{Order, Request};
use protocol_spec::session::soup::End;
use protocol_spec::wire::ouch::{Inbound, Symbol};
use protocol_spec::wire::soup::LoginRejectReason;
use protocol_spec::words::{OrderPrice, Shares, UserRefNum};

use crate::kit::{NEXT, serve_on, taken};
use crate::messages::{accepted, canceled, executed, next_number, start_of_day};
use crate::terminal::{CTRL_C, CTRL_D, TAB, Terminal, UP, state};
use crate::venue::{SESSION, Seat, Venue};

/// Lets a client in on a day that has only begun.
fn fresh(venue: &Venue) -> Seat {
    let mut seat = venue.let_in(1);
    seat.reply(&start_of_day());
    seat
}

/// A new day, on which every request is taken.
fn easy_day(venue: &Venue) -> Vec<Vec<u8>> {
    serve_on(fresh(venue), taken)
}

/// A buy order as it was accepted.
fn bought(number: u32, shares: u32, symbol: &str) -> Vec<u8> {
    let order = Order::buy(Shares(shares), Symbol::new(symbol), OrderPrice(1_875_000));
    let mut bytes = [0; Request::MAX_LEN];
    let len = Request::from(order).encode(UserRefNum(number), &mut bytes);
    accepted(&bytes[..len])
}

#[test]
fn replies_come_above_the_line_that_is_being_written() {
    let (typed, is_typed) = channel();
    Venue::open().with(
        move |venue| {
            let mut seat = fresh(venue);
            let query = seat.request();
            seat.reply(&next_number(&query, NEXT));
            let request = seat.request();
            seat.reply(&accepted(&request));
            is_typed.recv().expect("it is typed in a moment");
            seat.reply(&executed(NEXT, 100));
            let cancel = seat.request();
            assert!(matches!(Inbound::decode(&cancel), Ok((Inbound::CancelOrder(_), _))));
            seat.reply(&canceled(NEXT, 50));
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut terminal = Terminal::run(address, &[], &state("replies"));
            terminal.see("demo1 at 127.0.0.1:");
            terminal.see("Leaving may cancel its orders.\nno open orders\ndemo1> ");
            terminal.say("buy 150 aapl @ 187.50");
            terminal.see("09:30:00.000000  #7 accepted: buy 150 AAPL @ 187.50\n");
            terminal.see("demo1> ");
            terminal.press("canc");
            terminal.see("canc");
            typed.send(()).expect("the venue waits");
            terminal.see("#7 executed 100 AAPL @ 187.50, 50 left (match 9)\n");
            terminal.see("demo1> canc");
            terminal.press(TAB);
            terminal.press(TAB);
            terminal.see("demo1> cancel 7 ");
            terminal.say("");
            terminal.see("#7 canceled 50 AAPL, nothing left\n");
            terminal.say("orders");
            terminal.see("no open orders\n");
            terminal.press(CTRL_D);
            let (shown, code) = terminal.end();
            assert_eq!(code, Some(0), "{shown}");
            assert!(shown.ends_with("logged out\n"), "{shown}");
        },
    );
}

#[test]
fn who_comes_back_finds_the_open_orders() {
    let day = [
        start_of_day(),
        bought(3, 150, "AAPL"),
        bought(4, 10, "MSFT"),
        executed(3, 100),
        canceled(4, 10),
    ];
    Venue::open().with(
        |venue| {
            let first = venue.let_in(5);
            let mut seat = venue.accept();
            assert_eq!(seat.login().number, Some(1));
            seat.let_in(1);
            assert_ne!(first.gone(), End::LoggedOut);
            day.iter().for_each(|reply| seat.reply(reply));
            assert_eq!(seat.gone(), End::LoggedOut);
        },
        |address| {
            let mut terminal = Terminal::run(address, &[], &state("back"));
            terminal.see("order  side  symbol  left   of   price  tif  shown  ref\n");
            terminal.see("    3  buy   AAPL      50  150  187.50  day  all      3\n");
            terminal.say("replies 2");
            terminal.see("#3 executed 100 AAPL @ 187.50, 50 left (match 9)\n");
            terminal.see("#4 canceled 10 MSFT, nothing left\n");
            terminal.say("replies 1 --long");
            terminal.see("#5           C Canceled");
            terminal.say("orders MSFT");
            terminal.see("no open orders in MSFT");
            terminal.say("quit");
            let (shown, _) = terminal.end();
            assert!(shown.contains("logged out; 1 order open, if the venue did not"), "{shown}");
        },
    );
}

#[test]
fn a_typo_costs_nothing_but_the_line() {
    let (requests, ()) = Venue::open().with(easy_day, |address| {
        let mut terminal = Terminal::run(address, &[], &state("typo"));
        terminal.say("canc 7");
        terminal.see("       ^^^^\ncanc is no request; did you mean cancel?\n");
        terminal.say("buy 100 AAPL @ 187.505555");
        terminal.see("                      ^^^^^^^^^^\n187.505555 has more than 4 decimals\n");
        terminal.say("help cancel");
        terminal.see("Usage: cancel [OPTIONS] <N> [SHARES]");
        terminal.say("BUY 100 AAPL @ 187.50");
        terminal.see("#7 accepted");
        terminal.press(CTRL_D);
        assert_eq!(terminal.end().1, Some(0));
    });
    assert_eq!(requests.len(), 1);
}

#[test]
fn keys_that_come_early_are_kept_for_the_next_line() {
    let (requests, ()) = Venue::open().with(easy_day, |address| {
        let mut terminal = Terminal::run(address, &[], &state("early"));
        terminal.see("demo1> ");
        terminal.press("buy 100 AAPL @ 187.50\rcancel 7\rord");
        terminal.see("#7 accepted");
        terminal.see("demo1> cancel 7\n");
        terminal.see("#7 canceled 10 AAPL, 90 left");
        terminal.see("demo1> ord");
        terminal.say("ers");
        terminal.see("90  90  187.50");
        // Several lines that are pasted at once are several lines all the same.
        terminal.press("\x1b[200~cancel 7\ncancel 7\x1b[201~\r");
        terminal.see("80 left");
        terminal.see("70 left");
        terminal.press(CTRL_D);
        assert_eq!(terminal.end().1, Some(0));
    });
    assert_eq!(requests.len(), 4);
}

#[test]
fn what_is_not_answered_is_told_by_its_words() {
    Venue::open().with(
        |venue| serve_on(fresh(venue), |_| Vec::new()),
        |address| {
            let mut terminal = Terminal::run(address, &["--timeout", "100ms"], &state("silence"));
            terminal.say("cancel 9");
            terminal.see("no reply to `cancel 9` within 100ms: there is no such live order");
            terminal.press(CTRL_D);
            assert_eq!(terminal.end().1, Some(0));
        },
    );
}

#[test]
fn a_lost_connection_leaves_the_desk_open_and_connect_goes_on() {
    let (logins, ()) = Venue::open().with(
        |venue| {
            let mut seat = fresh(venue);
            seat.reply(&bought(3, 150, "AAPL"));
            let query = seat.request();
            seat.reply(&next_number(&query, 7));
            seat.dismiss("another login of this user took the port");
            // The replies up to 3 are known: 4 came meanwhile.
            let mut seat = venue.accept();
            let login = seat.login();
            seat.let_in(4);
            seat.reply(&executed(3, 150));
            assert_eq!(seat.gone(), End::LoggedOut);
            (login.session, login.number)
        },
        |address| {
            let mut terminal = Terminal::run(address, &[], &state("lost"));
            terminal.see("#3 accepted");
            terminal.say("query");
            terminal.see("the next number is #7");
            terminal.see("the venue said: another login of this user took the port\n");
            terminal.see("`connect` logs in again");
            terminal.say("buy 1 AAPL @ 1");
            terminal.see("not logged in; `connect` logs in again");
            terminal.see("demo1 (off)> ");
            terminal.say("orders");
            terminal.see("buy   AAPL     150  150");
            terminal.say("connect");
            terminal.see("logged in again, from reply 4 on\n");
            terminal.see("#3 executed 150 AAPL @ 187.50, nothing left (match 9)\n");
            terminal.see("demo1> ");
            terminal.press(CTRL_D);
            assert_eq!(terminal.end().1, Some(0));
        },
    );
    assert_eq!(logins, (SESSION, Some(0)));
}

#[test]
fn the_end_of_the_day_is_told_and_connect_begins_the_next() {
    Venue::open().with(
        |venue| {
            let mut seat = fresh(venue);
            seat.reply(&bought(3, 150, "AAPL"));
            seat.finish();
            let mut seat = venue.accept();
            seat.login();
            seat.refuse(LoginRejectReason::SESSION_NOT_AVAILABLE);
            assert_eq!(fresh(venue).gone(), End::LoggedOut);
        },
        |address| {
            let mut terminal = Terminal::run(address, &[], &state("over"));
            terminal.see("the day is over; `connect` logs in to the next");
            terminal.say("connect");
            terminal.see("logged in to session 2026112001; no open orders");
            terminal.press(CTRL_D);
            assert_eq!(terminal.end().1, Some(0));
        },
    );
}

#[test]
fn lines_are_kept_for_later_days_but_no_passwords() {
    let state = state("history");
    let day = |play: &dyn Fn(&mut Terminal)| {
        Venue::open().with(easy_day, |address| {
            let mut terminal = Terminal::run(address, &[], &state);
            terminal.see("demo1> ");
            play(&mut terminal);
            terminal.press(CTRL_D);
            assert_eq!(terminal.end().1, Some(0));
        });
    };
    day(&|terminal| {
        terminal.say("buy 100 NVDA @ 187.50");
        terminal.see("#7 accepted");
        terminal.say("query --password secret");
        terminal.see("has no place here");
        terminal.see("demo1> ");
    });
    let kept = fs::read_to_string(state.join("outcry").join("history")).expect("it is kept");
    assert!(kept.contains("buy 100 NVDA @ 187.50") && !kept.contains("secret"), "{kept}");
    day(&|terminal| {
        terminal.press(UP);
        terminal.see("buy 100 NVDA @ 187.50");
        terminal.press(CTRL_C);
        terminal.see("demo1> ");
        // Symbols of earlier days can be completed.
        terminal.press("sell 5 n");
        terminal.press(TAB);
        terminal.see("NVDA ");
        terminal.press(CTRL_C);
        terminal.see("demo1> ");
    });
}

#[test]
fn that_lines_cannot_be_kept_is_said_once() {
    let state = state("no-directory");
    fs::write(&state, "not a directory").expect("the directory can be written");
    Venue::open().with(easy_day, |address| {
        let mut terminal = Terminal::run(address, &[], &state);
        terminal.say("orders");
        terminal.see("no open orders\n");
        terminal.say("orders");
        terminal.see("no open orders\n");
        terminal.press(CTRL_D);
        let (shown, code) = terminal.end();
        assert_eq!(code, Some(0), "{shown}");
        assert_eq!(shown.matches("what is said here is not kept").count(), 1, "{shown}");
    });
}

#[test]
fn ctrl_c_clears_the_line_and_leaves_from_an_empty_one() {
    Venue::open().with(easy_day, |address| {
        let mut terminal = Terminal::run(address, &[], &state("interrupt"));
        terminal.see("demo1> ");
        terminal.press("buy 1");
        terminal.see("buy 1");
        terminal.press(CTRL_C);
        terminal.see("demo1> ");
        terminal.press(CTRL_C);
        terminal.see("Ctrl-C once more, Ctrl-D or quit leaves\ndemo1> ");
        terminal.press(CTRL_C);
        let (shown, code) = terminal.end();
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.ends_with("logged out\n"), "{shown}");
    });
}

#[test]
fn a_request_on_a_terminal_has_short_lines_in_colour_unless_asked_otherwise() {
    let buy = ["buy", "100", "AAPL", "@", "187.50"];
    let shown = |args: &[&str], environment: &[(&str, &str)]| {
        let (_, raw) = Venue::open().with(
            |venue| {
                let answer = |request: &[u8]| [taken(request), vec![executed(NEXT, 60)]].concat();
                serve_on(fresh(venue), answer)
            },
            |address| {
                let args = [&buy[..], args].concat();
                let mut terminal = Terminal::run_with(address, &args, &state("once"), environment);
                terminal.see("\n");
                terminal.see("\n");
                let raw = String::from_utf8_lossy(&terminal.raw).into_owned();
                assert_eq!(terminal.end().1, Some(0));
                raw
            },
        );
        raw
    };
    let executed = "#7 executed 60 AAPL @ 187.50, 40 left (match 9)";
    assert!(shown(&[], &[]).contains(&format!("\x1b[32m{executed}\x1b[0m")));
    let plain = shown(&[], &[("NO_COLOR", "1")]);
    assert!(plain.contains(executed) && !plain.contains('\x1b'), "{plain}");
    assert!(shown(&["--long"], &[]).contains("E OrderExecuted"));
    assert!(shown(&["--json"], &[]).contains("\"name\":\"OrderExecuted\""));
}
