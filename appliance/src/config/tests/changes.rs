//! Settings that the operator changes while the venue runs.

use std::collections::BTreeMap;

use matcher::phase::Overlay;
use matcher::settings::Instrument;
use matcher::tick::TickTable;
use protocol_spec::wire::text::{Mpid, Secret};
use protocol_spec::words::{PortId, Price, Shares};

use super::super::{Config, Password, PortEntry};
use super::right;

fn set(words: &[(&str, &str)]) -> BTreeMap<String, String> {
    words.iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect()
}

fn instrument(base: Option<&Instrument>, words: &[(&str, &str)]) -> Result<Instrument, String> {
    Config::instrument("A", base, &set(words))
}

fn port(base: Option<&PortEntry>, words: &[(&str, &str)]) -> Result<PortEntry, String> {
    Config::port("brk", base, &set(words))
}

/// A security with everything other than usual.
fn listed() -> Instrument {
    let config = right(
        "[[instrument]]\nsymbol = \"A\"\nreference_price = \"10.00\"\ntick = \"0.05\"\nlot = 7\n\
         round_lots_only = true\ncollar_bps = 1\nfat_finger_bps = 2\nmax_quantity = 3\n\
         max_notional = \"4\"\ntest = true\nstate = \"halted\"\n",
    );
    config.instruments[0].clone()
}

/// A port with everything other than usual.
fn known() -> PortEntry {
    let config = right(
        "[[port]]\nusername = \"brk\"\npassword = \"secret\"\nfirms = [\"A\", \"B\"]\ntest = true\n\
         short = \"none\"\nlocate_required = true\nmarket = false\npost_only = \"slide\"\n\
         aiq = \"O\"\naiq_group = \"07\"\nfat_finger_bps = 1\nmax_quantity = 2\n\
         max_notional = \"3\"\norders_per_second = 4\nburst = 5\ncancel_on_disconnect = true\n\
         cod_grace = \"6s\"\ncrash_grace = \"7s\"\nmax_live = 8\n",
    );
    let mut port = config.ports[0].clone();
    port.settings.number = PortId(9);
    port
}

#[test]
fn what_is_not_set_stays() {
    assert_eq!(instrument(Some(&listed()), &[]), Ok(listed()));
    let same = port(Some(&known()), &[]).expect("nothing is wrong with nothing");
    assert_eq!(same.settings, known().settings);
    assert!(same.username.is("BRK"));
    assert!(matches!(same.password, Password::Plain(is) if is == Secret::new("secret")));
}

#[test]
fn what_is_set_is_changed_and_nothing_else() {
    let words = [("lot", "10"), ("reference_price", "20.10"), ("test", "false")];
    let expected =
        Instrument { lot: Shares(10), reference_price: Price(201_000), test: false, ..listed() };
    assert_eq!(instrument(Some(&listed()), &words), Ok(expected));
    let bands = "[{ from = \"0\", tick = \"0.01\" }]";
    let expected = Instrument { ticks: TickTable::uniform(100), ..listed() };
    for words in [[("ticks", bands)], [("tick", "0.01")], [("tick", "\"0.01\"")]] {
        assert_eq!(instrument(Some(&listed()), &words).as_ref(), Ok(&expected));
    }
    let words = [("firm", "C"), ("cod_grace", "1s"), ("password", "\"x\""), ("market", "true")];
    let changed = port(Some(&known()), &words).expect("this can be set");
    let mut settings = known().settings;
    settings.firms = vec![Mpid::new("C")];
    (settings.cod_grace, settings.market) = (1_000_000_000, true);
    assert_eq!(changed.settings, settings);
    assert!(matches!(changed.password, Password::Plain(is) if is == Secret::new("\"x\"")));
    let several = port(Some(&known()), &[("firms", "[\"X\", \"Y\"]")]).expect("this can be set");
    assert_eq!(several.settings.firms, [Mpid::new("X"), Mpid::new("Y")]);
}

#[test]
fn a_rate_brings_its_burst_along() {
    let limits = |words: &[(&str, &str)]| {
        let settings = port(Some(&known()), words).expect("this can be set").settings;
        (settings.rate, settings.burst)
    };
    assert_eq!(limits(&[("orders_per_second", "100")]), (100, 100));
    assert_eq!(limits(&[("orders_per_second", "0")]), (0, 0));
    assert_eq!(limits(&[("burst", "50")]), (4, 50));
    assert_eq!(limits(&[("orders_per_second", "100"), ("burst", "1")]), (100, 1));
}

#[test]
fn what_is_new_needs_what_a_section_needs() {
    let new = instrument(None, &[("reference_price", "10.00"), ("state", "halted")]);
    let mut expected = right("[instruments]\nA = \"10.00\"\n").instruments[0].clone();
    expected.initial_state = Overlay::Halted;
    assert_eq!(new, Ok(expected));
    let new = port(None, &[("password", "x"), ("firm", "F")]).expect("this is a port");
    let text = "[[port]]\nusername = \"brk\"\npassword = \"x\"\nfirm = \"F\"\n";
    assert_eq!(new.settings, right(text).ports[0].settings);
    let said = instrument(None, &[]).expect_err("there is no price");
    assert_eq!(
        said,
        "instrument.reference_price: is missing: it must be a price, from \"0.0001\" to \
         \"199999.99\" and of at most four decimals, such as \"231.40\""
    );
    let said = port(None, &[]).expect_err("there is neither proof nor firm");
    let lines: Vec<&str> = said.lines().map(|line| &line[..line.len().min(24)]).collect();
    assert_eq!(lines, ["port.password: is missin", "port.firm: is missing: i"]);
}

#[test]
fn what_cannot_be_set_is_answered_a_line_each() {
    let rows: [(&[(&str, &str)], &str); 11] = [
        (&[("lot", "0")], "instrument.lot = 0: must be a whole number from 1 to 999999"),
        (&[("lot", "ten")], "instrument.lot = \"ten\": must be a whole number from 1 to 999999"),
        (&[("lit", "5")], "instrument.lit: no such key in [[instrument]]; did you mean lot?"),
        (&[("symbol", "B")], "instrument.symbol: it is named already: leave it out"),
        (
            &[("state", "none")],
            "instrument.state: it counts only for a new security: halt, pause or resume this one \
             instead",
        ),
        (
            &[("reference_price", "10.01")],
            "instrument.reference_price = \"10.01\": is between two ticks; near it are \
             \"10.0000\" and \"10.0500\"",
        ),
        (
            &[("tick", "3")],
            "instrument.reference_price: is between two ticks; near it are \"9.0000\" and \
             \"12.0000\"",
        ),
        (&[("test", "yes")], "instrument.test = \"yes\": must be true or false"),
        (
            &[("lot", "5\ntest = true")],
            "instrument.lot = \"5\\u000Atest = true\": must be a whole number from 1 to 999999",
        ),
        (
            &[("a b\n", "5")],
            "instrument.a b ...: no such key in [[instrument]]; there are collar_bps, ",
        ),
        (
            &[("lot", "0"), ("test", "1")],
            "instrument.lot = 0: must be a whole number from 1 to 999999\ninstrument.test = 1: \
             must be true or false",
        ),
    ];
    for (words, expected) in rows {
        let said = instrument(Some(&listed()), words).expect_err("this cannot be set");
        assert!(said.starts_with(expected), "{said}");
        assert!(said.lines().count() == expected.lines().count(), "{said}");
    }
    let said = Config::instrument("A B", None, &set(&[("reference_price", "1")]));
    let said = said.expect_err("this is no symbol");
    assert!(said.starts_with("instrument.symbol = \"A B\": must be 1 to 8 printable"), "{said}");
}

#[test]
fn a_password_that_cannot_be_set_is_not_shown() {
    for words in [[("password", "hunter2hunter2")], [("password", "hunter2\n")]] {
        let said = port(Some(&known()), &words).expect_err("this is no password");
        assert!(said.starts_with("port.password = ***: must be 1 to 10"), "{said}");
        assert_eq!(said.lines().count(), 1);
    }
    let words = [("count", "2"), ("username", "x"), ("pasword", "hunter2")];
    let said = port(Some(&known()), &words).expect_err("none of these can be set");
    assert_eq!(
        said,
        "port.count: one port is set at a time: leave it out\n\
         port.username: it is named already: leave it out\n\
         port.pasword: no such key in [[port]]; did you mean password?"
    );
    let long = Config::port("toolong", Some(&known()), &set(&[])).expect_err("it is too long");
    assert_eq!(long, "port.username = \"toolong\": must be 1 to 6 letters, digits, - or _");
}

#[test]
fn words_that_are_nested_without_end_are_refused() {
    for word in ["[", "{a=", "[[", "\"\"\""] {
        let word = word.repeat(60_000 / word.len());
        for key in ["lot", "ticks", "symbol"] {
            let set = BTreeMap::from([(key.to_owned(), word.clone())]);
            assert!(Config::instrument("X", None, &set).is_err());
        }
    }
}
