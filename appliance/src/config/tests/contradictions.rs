//! Values that are right by themselves and not together.

use super::{right, wrong};

const PORT: &str = "[[port]]\nusername = \"a\"\npassword = \"x\"\nfirm = \"F\"\n";
const LISTED: &str = "[[instrument]]\nsymbol = \"A\"\nreference_price = \"10.00\"\n";

/// Checks that all that is said of `text` is these lines.
#[track_caller]
fn says(text: &str, lines: &[&str]) {
    assert_eq!(wrong(text), lines, "of\n{text}");
}

#[test]
fn the_disk_stops_the_venue_below_the_warning() {
    says(
        "[journal]\nlow_disk_warn = \"1GiB\"\nlow_disk_stop = \"1GiB\"\n",
        &["v.toml:3: journal.low_disk_stop = \"1GiB\": must be below low_disk_warn, which is \
           \"1GiB\""],
    );
    says(
        "[journal]\nlow_disk_warn = \"100MiB\"\n",
        &["v.toml:2: journal.low_disk_warn = \"100MiB\": must be above low_disk_stop, which is \
           \"512MiB\""],
    );
}

#[test]
fn nobody_listens_where_somebody_else_does() {
    let both = |orders: &str, metrics: &str| {
        format!("[order_entry]\nlisten = \"{orders}\"\n[metrics]\nlisten = \"{metrics}\"\n")
    };
    let taken = [
        ("127.0.0.1:9001", "127.0.0.1:9001"),
        ("0.0.0.0:9001", "127.0.0.1:9001"),
        ("127.0.0.1:9001", "0.0.0.0:9001"),
        ("[::]:9001", "127.0.0.1:9001"),
        ("[::1]:9001", "[::]:9001"),
    ];
    for (orders, metrics) in taken {
        let said = format!(
            "v.toml:4: metrics.listen = \"{metrics}\": is taken by order_entry.listen, \
             \"{orders}\": give another port"
        );
        says(&both(orders, metrics), &[&said]);
    }
    let apart = [
        ("127.0.0.1:9001", "127.0.0.1:9002"),
        ("127.0.0.1:9001", "127.0.0.2:9001"),
        ("0.0.0.0:9001", "[::1]:9001"),
        ("127.0.0.1:0", "127.0.0.1:0"),
    ];
    for (orders, metrics) in apart {
        let config = right(&both(orders, metrics));
        assert_eq!(config.metrics.listen.map(|at| at.to_string()).as_deref(), Some(metrics));
    }
    // An address that is wrong is none that is taken.
    assert_eq!(wrong(&both("here", "127.0.0.1:9001")).len(), 1);
}

#[test]
fn files_of_the_journal_are_whole_blocks() {
    says(
        "[journal]\nsegment_bytes = 1048577\n",
        &["v.toml:2: journal.segment_bytes = 1048577: must be a multiple of 4096 bytes"],
    );
}

#[test]
fn a_burst_needs_a_rate_and_a_rate_has_a_burst() {
    says(
        &format!("{PORT}burst = 5\n"),
        &["v.toml:5: port.burst = 5: is nothing without orders_per_second: give both, or leave \
           it out"],
    );
    says(
        &format!("{PORT}orders_per_second = 5\nburst = 0\n"),
        &["v.toml:6: port.burst = 0: would lift the limit of orders_per_second: give at least 1, \
           or leave both out"],
    );
    let config = right(&format!("{PORT}orders_per_second = 5\n"));
    assert_eq!((config.ports[0].settings.rate, config.ports[0].settings.burst), (5, 5));
}

#[test]
fn a_reference_price_lies_on_a_tick() {
    says(
        "[[instrument]]\nsymbol = \"A\"\nreference_price = \"10.001\"\n",
        &["v.toml:3: instrument.reference_price = \"10.001\": is between two ticks; near it are \
           \"10.0000\" and \"10.0100\""],
    );
    says(
        "[[instrument]]\nsymbol = \"A\"\ntick = \"5\"\nreference_price = \"1\"\n",
        &["v.toml:4: instrument.reference_price = \"1\": is between two ticks; near it are \
           \"5.0000\""],
    );
    says(
        "[instruments]\nA = \"10.001\"\n\"B C\" = \"1\"\nD = 1\nE = \"1\"\n",
        &[
            "v.toml:2: instruments.A = \"10.001\": is between two ticks; near it are \"10.0000\" \
             and \"10.0100\"",
            "v.toml:3: instruments.B C: the symbol must be 1 to 8 printable ASCII characters \
             without spaces, such as \"AAPL\"",
            "v.toml:4: instruments.D = 1: must be a price in quotes, from \"0.0001\" to \
             \"199999.99\" and of at most four decimals, such as \"231.40\"; more can be said in \
             a section [[instrument]]",
        ],
    );
}

#[test]
fn there_are_ticks_of_one_kind() {
    says(
        &format!("{LISTED}tick = \"1\"\nticks = [{{ from = \"0\", tick = \"1\" }}]\n"),
        &["v.toml:5: instrument.ticks = [{ from = \"0\", tick = \"1\" }]: leave one out: there \
           is a tick for all prices as well"],
    );
}

#[test]
fn names_are_given_once() {
    says(
        &format!("{PORT}{}", PORT.replace("\"a\"", "\"A\"")),
        &["v.toml:5: port.username: \"A\" is named at line 1 already"],
    );
    let counted = PORT.replace("\"a\"", "\"a1\"") + &format!("{PORT}count = 2\n");
    says(&counted, &["v.toml:5: port.username: \"a1\" is named at line 1 already"]);
    says(
        &format!("[instruments]\nB = \"1\"\nA = \"1\"\n{LISTED}"),
        &["v.toml:4: instrument.symbol: \"A\" is named at line 3 already"],
    );
}

#[test]
fn a_number_behind_a_username_makes_many() {
    let config = right(&format!("{PORT}count = 10000\n"));
    assert!(config.ports[0].username.is("a1") && config.ports[9_999].username.is("a10000"));
    assert_eq!(config.ports.len(), 10_000);
    let one = right(&format!("{PORT}count = 1\n"));
    assert!(one.ports[0].username.is("a1"));
    says(
        &format!("{}count = 100\n", PORT.replace("\"a\"", "\"demo\"")),
        &["v.toml:5: port.count = 100: \"demo100\" would be too long: usernames have at most 6 \
           characters with their number"],
    );
}

#[test]
fn there_are_no_more_than_the_limits_allow() {
    says(
        &format!(
            "[limits]\nports = 2\nsymbols = 1\n{PORT}count = 3\n{LISTED}[instruments]\nB = \"1\""
        ),
        &[
            "v.toml:4: port.username: from here on there are more than limits.ports = 2",
            "v.toml:13: instrument.symbol: from here on there are more than limits.symbols = 1",
        ],
    );
    let all = right(&format!("[limits]\nports = 3\nsymbols = 1\n{PORT}count = 3\n{LISTED}"));
    assert_eq!((all.ports.len(), all.instruments.len()), (3, 1));
}

#[test]
fn a_port_has_firms_of_one_kind() {
    says(
        &format!("{PORT}firms = [\"A\"]\n"),
        &["v.toml:5: port.firms = [\"A\"]: leave out firm or firms: one of them says all"],
    );
}

#[test]
fn what_must_be_there_is_missed() {
    says(
        "\n[[port]]\n[[instrument]]\n",
        &[
            "v.toml:2: port.username: is missing: it must be 1 to 6 letters, digits, - or _, in \
             quotes",
            "v.toml:2: port.password: is missing: it must be 1 to 10 printable ASCII characters \
             without a space at either end, or \"env:NAME\" for what the environment variable \
             NAME holds, or a hash as `outcry config hash` prints it",
            "v.toml:2: port.firm: is missing: it must be 1 to 4 printable ASCII characters \
             without spaces, in quotes; several are firms = [..]",
            "v.toml:3: instrument.symbol: is missing: it must be 1 to 8 printable ASCII \
             characters without spaces, such as \"AAPL\"",
            "v.toml:3: instrument.reference_price: is missing: it must be a price in quotes, \
             from \"0.0001\" to \"199999.99\" and of at most four decimals, such as \"231.40\"",
        ],
    );
}

#[test]
fn securities_are_in_the_order_of_the_file() {
    let config = right(&format!(
        "{LISTED}[instruments]\nZ = \"1\"\nB = \"1\"\n[[instrument]]\n\
                                 symbol = \"C\"\nreference_price = \"1\"\n"
    ));
    let symbols: Vec<String> =
        config.instruments.iter().map(|one| one.symbol.to_string()).collect();
    assert_eq!(symbols, ["A", "Z", "B", "C"]);
}
