//! Each key with a value that is right, and with values that are not.

use std::path::Path;
use std::time::Duration;

use matcher::order::Strategy;
use matcher::phase::Overlay;
use matcher::settings::{Limits, PostOnlyRule, Short};
use matcher::tick::Band;
use protocol_spec::wire::text::Mpid;
use protocol_spec::words::{Price, Shares};

use super::super::feed::LINES;
use super::super::timetable::HALF_DAYS;
use super::super::{Durability, Feed, Line, LogFormat, LogLevel, known_keys};
use super::{right, wrong};

/// Keys, each with values that it does not take, and the beginning of what it does.
const WRONG: &[(&str, &str, &[&str], &str)] = &[
    ("venue", "name", &["\"\"", "\" \"", "7", "\"a\\tb\""], "1 to 64 characters"),
    ("venue", "timezone", &["\"Mars/Base\"", "\"\"", "0"], "the name of a time zone, such as"),
    ("venue", "calendar", &["\"never\"", "true"], "\"always\""),
    (
        "venue.calendar",
        "open_day",
        &["\"24:01\"", "0"],
        "a time of the day in quotes, from \"00:00\"",
    ),
    ("venue.calendar", "early", &["\"9:30\"", "09:30:00"], "a time of the day in quotes"),
    ("venue.calendar", "pre_open", &["\"0930\"", "930"], "a time of the day in quotes"),
    ("venue.calendar", "open", &["\"09:60\"", "\"\""], "a time of the day in quotes"),
    ("venue.calendar", "late", &["\"4 pm\"", "[\"16:00\"]"], "a time of the day in quotes"),
    ("venue.calendar", "ended", &["\"20:00:60\"", "true"], "a time of the day in quotes"),
    ("venue.calendar", "end_day", &["\"25:00\"", "24"], "a time of the day in quotes"),
    ("venue.calendar", "days", &["\"mon\"", "5"], "a list of days of the week, such as [\"mon\","),
    ("venue.calendar", "holidays", &["\"2026-12-25\"", "true"], "a list of dates in quotes, such"),
    ("venue.calendar", "half_days", &["\"2026-12-24\"", "{}"], "a list of dates with the times"),
    ("venue", "unit", &["1", "-1", "\"0\""], "0: there is one unit so far"),
    ("limits", "symbols", &["0", "65536", "\"1\""], "a whole number from 1 to 65535"),
    ("limits", "ports", &["0", "16385", "1.5"], "a whole number from 1 to 16384"),
    ("limits", "live_orders", &["0", "1073741825"], "a whole number from 1 to 1073741824"),
    ("limits", "levels", &["0", "-5"], "a whole number from 1 to 1073741824"),
    ("limits", "min_qty_orders", &["0", "9999999999999999999999"], "a whole number from 1 to"),
    ("limits", "broken_trades", &["0", "[1]"], "a whole number from 1 to 1073741824"),
    ("order_entry", "listen", &["\"localhost\"", "9001", "\"1.2.3.4\""], "an IP address with a"),
    ("order_entry", "max_connections", &["0", "65536"], "a whole number from 1 to 65535"),
    ("order_entry", "max_pending", &["0", "65536"], "a whole number from 1 to 65535"),
    ("order_entry", "login_timeout", &["\"0s\"", "\"61m\"", "30"], "a duration from \"1s\" to"),
    ("order_entry", "idle_timeout", &["\"2999ms\"", "\"15\"", "\"2h\""], "a duration from \"3s\""),
    ("order_entry", "max_behind", &["999", "\"2000\"", "1000000001"], "a whole number"),
    ("order_entry", "stall_timeout", &["\"1ms\"", "\"soon\""], "a duration from \"1s\" to \"1h\""),
    ("feed", "lines", &["5", "\"239.192.26.1:26401\"", "{}"], "a list of lines, such as [{ group"),
    ("feed", "ttl", &["-1", "256", "\"1\""], "a whole number from 0 to 255"),
    ("feed", "payload_max", &["99", "65508", "\"1KiB\""], "a whole number from 100 to 65507"),
    ("recovery", "rerequest", &["\"here\"", "26410", "\"1.2.3.4\""], "an IP address with a port"),
    ("recovery", "allow", &["\"10.0.0.0/8\"", "5"], "a list of networks and addresses, such as"),
    (
        "recovery",
        "rerequests_per_second",
        &["0", "10000001", "\"1\""],
        "a whole number from 1 to 10000000",
    ),
    ("recovery", "memory", &["0", "\"1KiB\"", "\"65GiB\""], "a number of bytes or a size from"),
    ("journal", "dir", &["\"\"", "1", "\"a\\u0000\""], "a directory's path"),
    ("journal", "durability", &["\"disc\"", "\"Disk\""], "one of \"disk\", \"os\""),
    ("journal", "segment_bytes", &["0", "\"17GiB\"", "-1"], "a number of bytes or a size from"),
    ("journal", "checkpoint_every", &["-1", "\"1000\""], "a whole number from 0 to 1000000000"),
    ("journal", "keep_days", &["-1", "3651", "\"7d\""], "a whole number from 0 to 3650"),
    ("journal", "low_disk_warn", &["-1", "\"2\""], "a number of bytes or a size from \"0\""),
    ("journal", "low_disk_stop", &["-1", "\"2 GiB\""], "a number of bytes or a size from \"0\""),
    ("admin", "socket", &["\"a\\u0000\"", "9000", "\"run/\"", "\"..\""], "the path of a file in"),
    ("metrics", "listen", &["\"\"", "9264", "\"localhost:9264\""], "an IP address with a port"),
    ("threads", "spin", &["\"2s\"", "50", "\"any\""], "\"auto\" or a duration from \"0s\""),
    ("threads", "core", &["-1", "1024", "\"auto\""], "\"any\" or the number of a processor"),
    ("threads", "service", &["1.0", "\"1\""], "\"any\" or the number of a processor"),
    ("log", "format", &["\"xml\""], "one of \"human\", \"json\""),
    ("log", "level", &["\"trace\"", "3"], "one of \"error\", \"warn\", \"info\", \"debug\""),
    ("log", "counters_every", &["\"0s\"", "\"25h\"", "60"], "a duration from \"1s\" to \"24h\""),
    ("port", "username", &["\"\"", "\"toolong\"", "\"a b\"", "\"é\"", "1"], "1 to 6 letters"),
    ("port", "count", &["0", "16385", "\"2\""], "a whole number from 1 to 16384"),
    ("port", "firm", &["\"\"", "\"FIRMS\"", "\"A B\"", "[\"A\"]"], "1 to 4 printable ASCII"),
    ("port", "firms", &["[]", "[\"A\", \"A\"]", "\"A\"", "[\"\"]"], "a list of 1 to 64 firms"),
    ("port", "test", &["\"yes\"", "1"], "true or false"),
    ("port", "short", &["\"S\"", "true", "\"ALL\""], "one of \"all\", \"T\", \"E\", \"none\""),
    ("port", "locate_required", &["0"], "true or false"),
    ("port", "market", &["\"Y\""], "true or false"),
    ("port", "post_only", &["\"rest\""], "one of \"cancel\", \"slide\""),
    ("port", "aiq", &["\"n\"", "\"X\""], "one of \"N\", \"Y\", \"D\", \"O\", \"W\""),
    ("port", "aiq_group", &["\"\"", "\"ABC\"", "\"é\"", "12"], "two printable ASCII characters"),
    ("port", "fat_finger_bps", &["10001", "-1"], "a whole number from 0 to 10000"),
    ("port", "max_quantity", &["1000000"], "a whole number from 0 to 999999"),
    ("port", "max_notional", &["1000", "\"-1\"", "\"0.00001\""], "an amount in quotes"),
    ("port", "orders_per_second", &["-1", "4294967296"], "a whole number from 0 to 4294967295"),
    ("port", "burst", &["-1", "\"5\""], "a whole number from 0 to 4294967295"),
    ("port", "cancel_on_disconnect", &["\"5s\""], "true or false"),
    ("port", "cod_grace", &["5", "\"73h\""], "a duration from \"0s\" to \"72h\", such as \"0s\""),
    ("port", "crash_grace", &["\"1d\""], "a duration from \"0s\" to \"72h\", such as \"30s\""),
    ("port", "max_live", &["0"], "a whole number from 1 to 1073741824"),
    ("instrument", "symbol", &["\"\"", "\"TOOLONGER\"", "\" A\"", "\"A B\""], "1 to 8 printable"),
    ("instrument", "tick", &["\"0\"", "0.01", "\"0.00001\"", "\"-1\""], "a step between prices"),
    ("instrument", "lot", &["0", "1000000"], "a whole number from 1 to 999999"),
    ("instrument", "round_lots_only", &["\"N\""], "true or false"),
    ("instrument", "reference_price", &["\"0\"", "\"200000\"", "10.5"], "a price in quotes, from"),
    ("instrument", "collar_bps", &["10001"], "a whole number from 0 to 10000"),
    ("instrument", "fat_finger_bps", &["10001"], "a whole number from 0 to 10000"),
    ("instrument", "max_quantity", &["-1"], "a whole number from 0 to 999999"),
    ("instrument", "max_notional", &["\"1e6\"", "\"\""], "an amount in quotes of at most four"),
    ("instrument", "test", &["\"T\""], "true or false"),
    ("instrument", "state", &["\"open\""], "one of \"none\", \"halted\""),
];

/// What a section needs in any case, one key a line.
fn needed(section: &str) -> &'static [(&'static str, &'static str)] {
    match section {
        "port" => &[("username", "\"a\""), ("password", "\"x\""), ("firm", "\"F\"")],
        "venue.calendar" => &[("open", "\"09:30\""), ("ended", "\"16:00\"")],
        "instrument" => &[("symbol", "\"A\""), ("reference_price", "\"10.00\"")],
        _ => &[],
    }
}

/// A file with one section, and the line of `key` in it.
fn file(section: &str, key: &str, value: &str) -> (String, usize) {
    let is_listed = ["port", "instrument"].contains(&section);
    let brackets = if is_listed { ("[[", "]]") } else { ("[", "]") };
    let mut text = format!("# A venue.\n\n{}{section}{}\n", brackets.0, brackets.1);
    for (other, value) in needed(section) {
        let replaced = *other == key || (*other == "firm" && key == "firms");
        if !replaced {
            text.push_str(&format!("{other} = {value}\n"));
        }
    }
    let line = text.lines().count() + 1;
    text.push_str(&format!("{key} = {value}\n"));
    (text, line)
}

#[test]
fn a_wrong_value_is_answered_with_line_key_value_and_what_is_allowed() {
    for (section, key, values, allowed) in WRONG {
        for value in *values {
            let (text, line) = file(section, key, value);
            let said = wrong(&text);
            let begin = format!("v.toml:{line}: {section}.{key} = {value}: must be {allowed}");
            assert!(said.len() == 1 && said[0].starts_with(&begin), "{said:#?}\n{begin}");
        }
    }
}

#[test]
fn every_key_is_in_the_table_of_wrong_values() {
    for (section, keys) in known_keys() {
        for key in keys {
            let told = WRONG.iter().any(|row| (row.0, row.1) == (section, key));
            // These have tests of their own.
            let apart = [("port", "password"), ("instrument", "ticks")].contains(&(section, key))
                || [HALF_DAYS, LINES].contains(&section);
            assert!(told || apart, "{section}.{key}");
        }
    }
}

#[test]
fn settings_of_the_venue_are_what_was_written() {
    let config = right(
        "[venue]\nname = \"Börse\"\ntimezone = \"Europe/Berlin\"\ncalendar = \"always\"\nunit = 0\n\
         [limits]\nsymbols = 65535\nports = 16384\nlive_orders = 1\nlevels = 1073741824\n\
         min_qty_orders = 2\nbroken_trades = 3\n\
         [order_entry]\nlisten = \"[::1]:0\"\nmax_connections = 5\nmax_pending = 6\n\
         login_timeout = \"1s\"\nidle_timeout = \"3s\"\nmax_behind = 65536\n\
         stall_timeout = \"1m\"\n\
         [feed]\nlines = [{ receivers = [\"feed.example:1\", \"[::1]:2\"] }]\nttl = 32\n\
         payload_max = 9000\n\
         [recovery]\nrerequest = \"0.0.0.0:7\"\nallow = [\"10.0.0.0/8\", \"::1\"]\n\
         rerequests_per_second = 5\nmemory = \"1GiB\"\n\
         [journal]\ndir = \"/j\"\ndurability = \"os\"\nsegment_bytes = \"1MiB\"\n\
         low_disk_warn = 1\nlow_disk_stop = 0\ncheckpoint_every = 0\nkeep_days = 3650\n\
         [admin]\nsocket = \"/run/outcry\"\n[metrics]\nlisten = \"0.0.0.0:9264\"\n\
         [threads]\nspin = \"50us\"\ncore = 1\nservice = 0\n\
         [log]\nformat = \"json\"\nlevel = \"debug\"\ncounters_every = \"1s\"\n",
    );
    assert_eq!(config.venue.name, "Börse");
    assert_eq!(config.venue.timezone_name, "Europe/Berlin");
    let limits = Limits {
        symbols: 65_535,
        ports: 16_384,
        live_orders: 1,
        levels: 1 << 30,
        min_qty_orders: 2,
        broken_trades: 3,
    };
    assert_eq!(config.limits, limits);
    let entry = config.order_entry;
    assert_eq!(entry.listen.to_string(), "[::1]:0");
    assert_eq!((entry.max_connections, entry.max_pending), (5, 6));
    let seconds = [entry.login_timeout, entry.idle_timeout, entry.stall_timeout];
    assert_eq!(seconds, [1, 3, 60].map(Duration::from_secs));
    assert_eq!(entry.max_behind, 65_536);
    let receivers = ["feed.example:1", "[::1]:2"].map(str::to_owned).into();
    let feed = Feed { lines: vec![Line::Receivers(receivers)], ttl: 32, payload_max: 9_000 };
    assert_eq!(config.feed, feed);
    let recovery = config.recovery;
    assert_eq!(recovery.rerequest.map(|at| at.to_string()).as_deref(), Some("0.0.0.0:7"));
    let networks = recovery.allow.map(|all| all.iter().map(ToString::to_string).collect());
    assert_eq!(networks, Some(vec!["10.0.0.0/8".to_owned(), "::1/128".to_owned()]));
    assert_eq!((recovery.rerequests_per_second, recovery.memory), (5, 1 << 30));
    let journal = config.journal;
    assert_eq!(journal.dir.as_deref().and_then(Path::to_str), Some("/j"));
    assert_eq!((journal.durability, journal.segment_bytes), (Durability::Os, 1 << 20));
    assert_eq!((journal.low_disk_warn, journal.low_disk_stop), (1, 0));
    assert_eq!((journal.checkpoint_every, journal.keep_days), (0, 3_650));
    assert_eq!(config.admin.socket.as_deref().and_then(Path::to_str), Some("/run/outcry"));
    assert_eq!(config.metrics.listen.map(|at| at.to_string()).as_deref(), Some("0.0.0.0:9264"));
    let threads = config.threads;
    assert_eq!(threads.spin, Some(Duration::from_micros(50)));
    assert_eq!((threads.core, threads.service), (Some(1), Some(0)));
    assert_eq!((config.log.format, config.log.level), (LogFormat::Json, LogLevel::Debug));
    assert_eq!(config.log.counters_every, Duration::from_secs(1));
}

#[test]
fn settings_of_a_port_are_what_was_written() {
    let config = right(
        "[[port]]\nusername = \"b-_9\"\npassword = \"x\"\nfirms = [\"A\", \"BCDE\"]\n\
         test = true\nshort = \"E\"\nlocate_required = true\nmarket = false\n\
         post_only = \"slide\"\naiq = \"W\"\naiq_group = \"07\"\n\
         fat_finger_bps = 10000\nmax_quantity = 999999\n\
         max_notional = \"1000000.5\"\norders_per_second = 100\nburst = 7\n\
         cancel_on_disconnect = true\ncod_grace = \"500ms\"\ncrash_grace = \"72h\"\nmax_live = 1\n",
    );
    let entry = &config.ports[0];
    assert!(entry.username.is("B-_9"));
    let port = &entry.settings;
    assert_eq!(port.firms, [Mpid::new("A"), Mpid::new("BCDE")]);
    assert!(port.test && port.locate_required && !port.market && port.cancel_on_disconnect);
    assert_eq!(port.short, Short { short: false, exempt: true });
    assert_eq!((port.post_only, port.aiq), (PostOnlyRule::Slide, Strategy::CancelNewest));
    assert_eq!((port.aiq_group, port.fat_finger_bps), (*b"07", 10_000));
    assert_eq!((port.max_quantity, port.max_notional), (Some(Shares(999_999)), 10_000_005_000));
    assert_eq!((port.rate, port.burst, port.max_live), (100, 7, 1));
    assert_eq!((port.cod_grace, port.crash_grace), (500_000_000, 72 * 3_600_000_000_000));
}

#[test]
fn settings_of_a_security_are_what_was_written() {
    let config = right(
        "[[instrument]]\nsymbol = \"BRK.B\"\nreference_price = \"0.0003\"\nlot = 1\n\
         ticks = [{ from = \"0\", tick = \"0.0001\" }, { from = \"1\", tick = \"0.01\" }]\n\
         round_lots_only = true\ncollar_bps = 0\nfat_finger_bps = 500\nmax_quantity = 5\n\
         max_notional = \"0.0001\"\ntest = true\nstate = \"quote-only\"\n",
    );
    let [one] = config.instruments.as_slice() else { panic!("one security") };
    assert_eq!((one.symbol.to_string().as_str(), one.reference_price), ("BRK.B", Price(3)));
    let bands = [Band { from: 0, tick: 1 }, Band { from: 10_000, tick: 100 }];
    assert_eq!(one.ticks.bands(), bands);
    assert!(one.round_lots_only && one.test && one.lot == Shares(1));
    assert_eq!((one.collar_bps, one.fat_finger_bps), (0, 500));
    assert_eq!((one.max_quantity, one.max_notional), (Some(Shares(5)), 1));
    assert_eq!(one.initial_state, Overlay::QuoteOnly);
}

#[test]
fn bands_that_are_no_tick_table_are_refused_with_the_band() {
    let rows = [
        ("[]", "the first band does not begin at price 0"),
        ("[{ from = \"1\", tick = \"0.01\" }]", "the first band does not begin at price 0"),
        ("[{ from = \"0\", tick = \"0\" }]", "\"0\" is no tick"),
        ("[{ from = \"x\", tick = \"1\" }]", "\"x\" is no price"),
        ("[{ from = \"0\" }]", "missing field `tick`"),
        ("[{ from = \"0\", tack = \"1\" }]", "unknown field `tack`"),
        ("\"0.01\"", "invalid type: string \"0.01\""),
        (
            "[{ from = \"0\", tick = \"0.01\" }, { from = \"0\", tick = \"0.01\" }]",
            "the band from \"0\" does not begin above the one before",
        ),
        (
            "[{ from = \"0\", tick = \"0.0003\" }, { from = \"1\", tick = \"0.01\" }]",
            "the band from \"1\" begins at no multiple of its tick and the one before",
        ),
    ];
    for (value, problem) in rows {
        let (text, line) = file("instrument", "ticks", value);
        let said = wrong(&text);
        let place = format!("v.toml:{line}: instrument.ticks = [{{");
        let place = if value.starts_with("[{") { place } else { format!("v.toml:{line}: ") };
        let fits = said.len() == 1 && said[0].starts_with(&place) && said[0].contains(problem);
        assert!(fits && said[0].contains("; must be bands of prices, such as"), "{said:#?}");
    }
}
