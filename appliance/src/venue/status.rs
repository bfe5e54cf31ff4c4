//! What the venue tells of itself: to operators who ask, and in figures for whoever reads them.

use std::collections::BTreeMap;
use std::process;

use matcher::command::Switchable;
use matcher::phase::Overlay;
use protocol_spec::words::{PortId, Time};
use recovery::requests::Dropped;

use super::Venue;
use super::connection::Connections;
use super::feed::LineCounts;
use super::gauges::{EVERY, Held, Work};
use super::stage::Stage;
use crate::admin::{self, Status};
use crate::config::{self, Durability, Feed};
use crate::counters::Counters;
use crate::folds::capitals;
use crate::meters::{Figures, LineFigures};
use crate::service::Load;
use crate::start::beside;
use crate::world::{Clock, World};

impl<W: World> Venue<W> {
    /// Publishes figures every so often.
    pub(super) fn publish(&mut self) {
        if self.gauges.published.is_some_and(|last| self.now - last < EVERY) {
            return;
        }
        self.gauges.published = Some(self.now);
        self.count();
        let Counters { commands, replies, messages, .. } = self.counters;
        self.gauges.close_seconds(self.now, Work { commands, replies, messages });
        if self.gauges.is_held_old {
            self.look_around();
        }
        let figures = self.figures();
        self.gauges.meters.publish(&figures);
    }

    /// Counts anew what only operator's commands change: there may be many thousands of them.
    fn look_around(&mut self) {
        let engine = &self.day.machine.engine;
        let mut held = Held { ports: engine.ports().count() as u64, ..Held::default() };
        for (_, overlay, _) in engine.states() {
            held.instruments += 1;
            match overlay {
                Overlay::None => {}
                Overlay::Halted => held.halted += 1,
                Overlay::Paused => held.paused += 1,
                Overlay::QuoteOnly => held.quote_only += 1,
            }
        }
        let stopped = engine.stopped().filter(|whom| matches!(whom, Switchable::Port(_)));
        held.stopped = stopped.count() as u64;
        self.gauges.held = held;
        self.gauges.is_held_old = false;
    }

    fn figures(&self) -> Figures {
        let counters = &self.counters;
        let engine = &self.day.machine.engine;
        let Load { jobs, answers, room } = self.errands.load();
        let (inquiries, inquiries_room) = self.operator.waiting();
        let publications = self.publications.load();
        let Held { instruments, halted, paused, quote_only, ports, stopped } = self.gauges.held;
        let (order_entry, checkpoints) = (&self.config.order_entry, self.lead.checkpoints());
        let mut figures = Figures {
            session: self.day.session(),
            phase: engine.phase().unwrap_or_default(),
            stage: self.stage_word(),
            process_started: self.gauges.started.0,
            published: self.clock.time().0,
            commands: counters.commands,
            journal_batches: counters.batches,
            replies: counters.replies,
            feed_messages: counters.messages,
            day_commands: engine.last_command().0,
            journal_free: self.gauges.free.unwrap_or_default(),
            journal_stop: self.config.journal.low_disk_stop,
            reply_file: self.day.machine.folds.replies.outbox.file_bytes(),
            checkpoint_command: checkpoints.command().map_or(0, |command| command.0),
            checkpoint_written: checkpoints.written().map_or(0, |at| at.0),
            checkpoint_failures: checkpoints.failures(),
            next_change: self.next_change().map_or(0, |(at, _)| at.0),
            connections: counters.connections,
            logins: counters.logins,
            rejected_logins: counters.rejected_logins,
            turned_away: counters.turned_away,
            broken_protocol: counters.broken_protocol,
            floods: counters.floods,
            stalled: counters.stalled,
            logged_in: counters.holding as u64,
            most_logged_in: order_entry.max_connections as u64,
            pending: self.connections.strangers as u64,
            most_pending: order_entry.max_pending as u64,
            ports,
            ports_up: self.day.machine.folds.seats.count() as u64,
            ports_stopped: stopped,
            instruments,
            halted,
            paused,
            quote_only,
            jobs_waiting: jobs as u64,
            answers_waiting: answers as u64,
            inquiries_waiting: inquiries as u64,
            jobs_room: room as u64,
            answers_room: 2 * room as u64,
            inquiries_room: inquiries_room as u64,
            publications_waiting: publications.waiting as u64,
            publications_room: publications.room as u64,
            ..Figures::default()
        };
        figures.line_count = self.feed.counts().len();
        for (shown, line) in figures.lines.iter_mut().zip(self.feed.counts()) {
            let LineCounts { packets, messages, dropped } = *line;
            *shown = LineFigures { packets, messages, dropped };
        }
        self.count_rerequests(&mut figures);
        if let Some(journal) = self.day.kept() {
            figures.journal_bytes = counters.journal_bytes;
            figures.journal_segment = journal.segment().into();
            figures.journal_segment_size = journal.place().segment_bytes;
            figures.journal_segment_used = journal.used();
        }
        figures
    }

    /// What the rewinder counted.
    fn count_rerequests(&self, figures: &mut Figures) {
        let tally = self.publications.counters();
        figures.rewind_file = tally.file_bytes();
        figures.rewind_written = tally.written();
        figures.rewind_failures = tally.failures() + tally.damaged();
        figures.rerequests = tally.came();
        figures.rerequests_answered = tally.answered();
        figures.rerequest_answers = tally.answer_bytes();
        for why in Dropped::ALL {
            *match why {
                Dropped::NotAllowed => &mut figures.dropped_not_allowed,
                Dropped::Malformed => &mut figures.dropped_malformed,
                Dropped::WrongSession => &mut figures.dropped_wrong_session,
                Dropped::BadNumber => &mut figures.dropped_bad_number,
                Dropped::BadCount => &mut figures.dropped_bad_count,
                Dropped::Beyond => &mut figures.dropped_beyond,
                Dropped::Overtaken => &mut figures.dropped_overtaken,
                Dropped::Crowded => &mut figures.dropped_crowded,
                Dropped::Unreadable => &mut figures.dropped_unreadable,
                Dropped::Unsent => &mut figures.dropped_unsent,
            } = tally.dropped(why);
        }
    }

    fn stage_word(&self) -> admin::Stage {
        match self.stage {
            Stage::Open => admin::Stage::Open,
            Stage::Ending { .. } => admin::Stage::Ending,
            Stage::Waiting { .. } => admin::Stage::Waiting,
            Stage::Finishing | Stage::Stopping { .. } => admin::Stage::Stopping,
        }
    }

    /// When the calendar does something next, and what.
    fn next_change(&self) -> Option<(Time, &'static str)> {
        match &self.stage {
            Stage::Waiting { next } => Some((next.as_ref()?.opens, "open-day")),
            Stage::Open => {
                let (plan, phase) = (self.day.plan()?, self.day.machine.engine.phase()?);
                let phase = plan.next_phase(phase).filter(|(at, _)| *at < plan.end);
                let phase = phase.map(|(at, phase)| (at, admin::phase_word(phase)));
                Some(phase.unwrap_or((plan.end, "end-day")))
            }
            _ => None,
        }
    }

    /// How the venue is.
    pub(super) fn status(&mut self) -> Status {
        self.count();
        let ports = self.ports();
        let zone = &self.config.venue.timezone;
        let clock = |time| Status::clock(time, zone);
        let plan = self.day.plan();
        let next = self.next_change();
        let engine = &self.day.machine.engine;
        Status {
            venue: self.config.venue.name.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            process: process::id(),
            started: clock(self.gauges.started),
            session: self.day.session().map_or_else(String::new, |each| each.name().to_owned()),
            date: plan.map_or_else(String::new, |plan| date(plan.date)),
            stage: self.stage_word(),
            phase: admin::phase_word(engine.phase().unwrap_or_default()).to_owned(),
            time: clock(self.clock.time()),
            next: next.map(|(at, what)| admin::Next { at: clock(at), what: what.to_owned() }),
            journal: self.journal_status(),
            checkpoint: self.checkpoint_status(),
            replies: admin::Replies {
                count: self.counters.replies,
                file: self.replies_file(),
                bytes: self.day.machine.folds.replies.outbox.file_bytes(),
            },
            feed: self.feed_status(),
            rates: admin::Rates {
                commands_per_second: self.gauges.rate(|each| each.commands),
                replies_per_second: self.gauges.rate(|each| each.replies),
                messages_per_second: self.gauges.rate(|each| each.messages),
            },
            connections: self.connections_status(),
            queues: self.queues(),
            times: Vec::new(),
            ports,
            instruments: admin::Instruments {
                listed: engine.instruments().count() as u64,
                states: self.states(),
            },
        }
    }

    fn journal_status(&self) -> admin::Journal {
        let journal = self.day.kept();
        let place = journal.map(crate::journal::Journal::place);
        admin::Journal {
            folder: place.map_or_else(String::new, |place| place.folder.display().to_string()),
            durability: match self.config.journal.durability {
                Durability::Disk => "disk".to_owned(),
                Durability::Os => "os".to_owned(),
            },
            segment: journal.map_or(0, crate::journal::Journal::segment),
            segment_bytes: place.map_or(0, |place| place.segment_bytes),
            used_bytes: journal.map_or(0, crate::journal::Journal::used),
            batches: self.counters.batches,
            commands: self.day.machine.engine.last_command().0,
            free_bytes: self.gauges.free,
        }
    }

    fn checkpoint_status(&self) -> Option<admin::Checkpoint> {
        let checkpoints = self.lead.checkpoints();
        let (command, failures) = (checkpoints.command(), checkpoints.failures());
        let written =
            checkpoints.written().map(|at| Status::clock(at, &self.config.venue.timezone));
        let command = command.map_or(0, |command| command.0);
        (command > 0 || failures > 0).then_some(admin::Checkpoint { command, written, failures })
    }

    fn replies_file(&self) -> String {
        let beside = self.day.session().map(|session| beside(&self.folders, session));
        beside.map_or_else(String::new, |beside| beside.replies.display().to_string())
    }

    fn feed_status(&self) -> admin::Feed {
        let lines = self.config.feed.lines.iter().zip(self.feed.counts()).enumerate();
        let line = |(at, (line, counts)): (usize, (&config::Line, &LineCounts))| admin::FeedLine {
            name: Feed::name(at).to_string(),
            to: line.to_string(),
            packets: counts.packets,
            messages: counts.messages,
            dropped: counts.dropped,
        };
        let tally = self.publications.counters();
        let dropped = Dropped::ALL.into_iter().map(|why| (why, tally.dropped(why)));
        let file = self.day.session().map(|session| beside(&self.folders, session).feed.feed);
        admin::Feed {
            next: self.day.machine.folds.published.rewind.next_number().0,
            lines: lines.map(line).collect(),
            file: file.map_or_else(String::new, |file| file.display().to_string()),
            bytes: tally.file_bytes(),
            written_bytes: tally.written(),
            failures: tally.failures() + tally.damaged(),
            rerequest: self.config.recovery.rerequest.map(|address| address.to_string()),
            requests: admin::Rerequests {
                came: tally.came(),
                answered: tally.answered(),
                messages: tally.messages(),
                dropped: dropped
                    .filter(|(_, count)| *count > 0)
                    .map(|(why, count)| (why.name().to_owned(), count))
                    .collect(),
            },
        }
    }

    fn connections_status(&self) -> admin::Connections {
        let (counters, order_entry) = (&self.counters, &self.config.order_entry);
        admin::Connections {
            logged_in: counters.holding as u64,
            pending: self.connections.strangers as u64,
            most_logged_in: order_entry.max_connections as u64,
            most_pending: order_entry.max_pending as u64,
            total: counters.connections,
            logins: counters.logins,
            rejected_logins: counters.rejected_logins,
            turned_away: counters.turned_away,
            broken_protocol: counters.broken_protocol,
            floods: counters.floods,
            stalled: counters.stalled,
        }
    }

    fn queues(&self) -> Vec<admin::Queue> {
        let Load { jobs, answers, room } = self.errands.load();
        let (inquiries, inquiries_room) = self.operator.waiting();
        let publications = self.publications.load();
        let queue = |name: &str, waiting: usize, room: usize| admin::Queue {
            name: name.to_owned(),
            waiting: waiting as u64,
            room: room as u64,
        };
        vec![
            queue("jobs", jobs, room),
            queue("answers", answers, 2 * room),
            queue("inquiries", inquiries, inquiries_room),
            queue("publications", publications.waiting, publications.room),
        ]
    }

    /// The ports of the day, by number.
    fn ports(&mut self) -> Vec<admin::Port> {
        let Venue { day, connections, ports: known, .. } = self;
        let folds = &day.machine.folds;
        let users: BTreeMap<_, _> = folds.roster.iter().map(|(user, port)| (port, user)).collect();
        let entries = known.iter().map(|entry| (capitals(entry.username), entry));
        let entries: BTreeMap<_, _> = entries.collect();
        let stopped = day.machine.engine.stopped();
        let stopped: Vec<_> = stopped.filter(|whom| !matches!(whom, Switchable::Port(_))).collect();
        let mut ports = Vec::new();
        for port in day.machine.engine.ports() {
            let number = port.number;
            let user = users.get(&number);
            let entry = user.and_then(|user| entries.get(user));
            let name = entry.map(|entry| entry.username.to_string());
            let name = name.or_else(|| user.map(ToString::to_string)).unwrap_or_default();
            let highest = folds.replies.outbox.highest(number).0;
            let (peer, next) = holder(connections, number);
            let stopped_firms = stopped.iter().filter_map(|whom| match whom {
                Switchable::Firm(firm) if port.firms.contains(firm) => Some(firm),
                Switchable::FirmOnPort(on, firm) if *on == number => Some(firm),
                _ => None,
            });
            ports.push(admin::Port {
                username: name.trim().to_owned(),
                number: number.0,
                firms: port.firms.iter().map(|firm| firm.to_string().trim().to_owned()).collect(),
                up: folds.seats.holder(number).is_some(),
                behind: next.map_or(0, |next| (highest + 1).saturating_sub(next)),
                peer,
                replies: highest,
                stopped: day.machine.engine.is_stopped(Switchable::Port(number)),
                stopped_firms: stopped_firms
                    .map(|firm| firm.to_string().trim().to_owned())
                    .collect(),
                configured: entry.is_some(),
            });
        }
        ports
    }

    /// What is put over securities.
    fn states(&self) -> Vec<admin::State> {
        let states = self.day.machine.engine.states();
        let held = states.filter(|(_, overlay, _)| *overlay != Overlay::None);
        held.map(|(symbol, overlay, reason)| admin::State {
            symbol: symbol.to_string().trim().to_owned(),
            state: admin::state_word(overlay).to_owned(),
            reason: String::from_utf8_lossy(&reason).trim().to_owned(),
        })
        .collect()
    }
}

/// The address of whoever has a port, and the number of the reply that it gets next.
fn holder(connections: &mut Connections, port: PortId) -> (Option<String>, Option<u64>) {
    let id = connections.holder(port);
    let Some(connection) = id.and_then(|id| connections.get(id)) else { return (None, None) };
    let next = connection.next_number().map(|next| next.0);
    (Some(connection.peer.to_string()), next)
}

/// A date of eight digits, for people.
fn date(date: u32) -> String {
    format!("{:04}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100)
}
