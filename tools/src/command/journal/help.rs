//! What `--help` says behind the options.

pub(super) const JOURNAL: &str = "\
FOLDER is a session's folder, a folder of sessions, or a data directory: then the last session is
meant, or the one that --session names. Nothing is written but by `quarantine`; a venue that is
running may go on, and what it writes meanwhile may be seen or not.

Examples:
  outcry journal cat outcry-data --port alfa --events
  outcry journal verify outcry-data
  outcry journal replay outcry-data --to 10:15 --book AAPL
  outcry journal diff yesterday/journal today/journal --told
  outcry journal trades outcry-data --csv > trades.csv

Exit status:
  1 if the journal cannot be read or is damaged, or two of them differ, 2 for misuse, 0 otherwise.";

pub(super) const CAT: &str = "\
Examples:
  outcry journal cat outcry-data | less
  outcry journal cat outcry-data/journal/2026112001 --port demo1 --from 09:30 --to 09:31
  outcry journal cat outcry-data --order demo1#17 --events
  outcry journal cat outcry-data --symbol AAPL --type EnterOrder,MassCancel --limit 20
  outcry journal cat outcry-data --type control --utc
  outcry journal cat outcry-data --events --json | jq 'select(.refused)'

A line is: number, time, port, type, security, fields.
  Ports are shown with their users: demo1(1). Brokers' messages are shown as `outcry decode` does,
  others by what differs from the usual, with who gave them. A security in parentheses is not
  named by the message itself. What is wrong, or skipped, stands behind `!!`. With --events there
  follow, indented, what brokers, the public and the operator were told, with numbers.

Times of day count from the midnight that began the day, as in every message of it.

--symbol and --order show whatever is about them, also when it does not name them: the counterpart
  of a trade, a mass cancel, a deadline. The day is executed for that, and only for that. Orders
  are followed through their replacements. With --events only what is about them is shown.

JSON has one object a line:
  number, time, utc, late_ns (how much later than the clock it is stamped), port, username, type,
  name, symbol, fields, meanings, tags, about, by, skipped, and with --events replies, feed and
  refused. Numbers above 2^53 are strings.";

pub(super) const VERIFY: &str = "\
Examples:
  outcry journal verify outcry-data
  outcry journal verify --json backup/2026112001
  outcry journal verify backup/2026112001 --replies backup/2026112001.replies

What is looked at.
  Every batch and every checksum, that each follows on the one before, that every record is a
  command, and what it comes to when it is executed. Where the file of replies lies beside the
  journal, as a venue has it, every complete block of it is compared with what the replay makes,
  and where the file of the feed does, every byte of every message. What a venue has not written
  yet is no damage.
  A torn write at the end is no damage: it was told to nobody.

Exit status:
  1 with the place and the reason if anything is not as it should be, 2 for misuse, 0 otherwise.";

pub(super) const REPLAY: &str = "\
Examples:
  outcry journal replay outcry-data/journal/2026112001
  outcry journal replay --json outcry-data/journal/2026112001
  outcry journal replay outcry-data --to 10:15:00 --book AAPL
  outcry journal replay outcry-data --to 4711 --replies demo1
  outcry journal replay outcry-data --feed | grep AddOrder
  outcry journal replay outcry-data --binary-file day.itch
  outcry journal replay --events 4 --visits 1 outcry-data/journal/2026112001

What it tells.
  Every command is executed again, and every reply made again. `engine` is a number over the whole
  state at the end, `told` one over every byte that brokers were told, with its port and place.
  Both follow from the journal alone: they are the same on every machine, for every build, and
  however many events a step of a command may have. Beside messages they go to standard error.

--to stops behind the command of this number, or before the first one at this time of day.

A book has its sells above its buys, level by level, with every order in the order in which it
  trades. A hidden order is marked so, and the part of a reserve order that is not shown.

  Nothing is written but what --binary-file names; a venue that is running may go on, and what it
  writes meanwhile may be seen or not.

Exit status:
  1 if the journal cannot be read or is damaged, 2 for misuse, 0 otherwise.";

pub(super) const DIFF: &str = "\
Examples:
  outcry journal diff runs/1 runs/2
  outcry journal diff runs/1 runs/2 --told --context 10
  outcry journal diff --build ./outcry-before outcry-data/journal/2026112001

What is compared.
  The commands: ports, bytes, notes. Two runs of one script differ in their times, and in session,
  midnight and seed of the opening, so these count only with --times. With --told it is what
  brokers and the public are told, port by port and number by number. With --build it is what
  another build of this program makes of the same journal, byte by byte.

  What is the same stands behind two spaces, what the first has behind `-`, the second behind `+`.

Exit status:
  0 if they are the same, 1 if they differ or cannot be read, 2 for misuse.";

pub(super) const TRADES: &str = "\
Examples:
  outcry journal trades outcry-data
  outcry journal trades outcry-data --symbol AAPL --port demo1
  outcry journal trades outcry-data --csv > trades.csv
  outcry journal trades outcry-data --json | jq 'select(.broken | not) | .shares'

A line is: time, number, security, price, shares, buyer, seller, kind.
  A side is its user and port, the broker's number of the order, its firm, and its liquidity flag:
  R took liquidity, A added it displayed, J hidden, O and H traded in a cross. CSV is that of
  RFC 4180 behind a line of names; prices are exact in it and in JSON.";

pub(super) const QUARANTINE: &str = "\
Examples:
  outcry journal quarantine 4711 outcry-data --why \"divides by zero, see the log of 10:15\"

A command that breaks an assertion ends the venue, and every start after it, which executes it
  again. The venue names it. Quarantine puts a file beside the journal that says to pass it over:
  it is executed as a `Tick` with its number and time, from now on and in every replay.

That is allowed only if nothing of it was ever told: it is in the last batch, everything before it
  can be executed, and it breaks at once and not after some steps. A process of its own tries it.
  No venue may be running on the journal. The file has a checksum over the record, so that it
  counts for this command of this journal alone.

Exit status:
  1 if it is not allowed, with the reason, 2 for misuse, 0 otherwise.";
