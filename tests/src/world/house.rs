//! The venue, its service, its world and its brokers, turned by hand.

use std::sync::Arc;
use std::time::Duration;

use appliance::admin::{self, Answer, Inquiry, Request, Wanted};
use appliance::config::Config;
use appliance::follower::{Follower, Lead, follower};
use appliance::meters::Meters;
use appliance::rewinder::{Rewinder, rewinder};
use appliance::service::{Service, service};
use appliance::start::{Folders, StartError};
use appliance::transfers::Plain;
use appliance::venue::{Outcome, Parts, Turn, Venue};
use appliance::world::Clock;
use crossbeam_channel::Sender;
use matcher::event::Events;
use protocol_spec::wire::text::Alpha;
use protocol_spec::words::{Moment, PortId, Time};
use tokio::sync::oneshot::{self, error::TryRecvError};

use super::Sim;
use super::broker::Broker;
use super::clock::SimClock;
use super::crash::{Dead, alive};
use super::datagrams::Post;
use super::disk::{SimDisk, SimFile};
use super::lines::Air;
use super::listener::{self, Heard};
use super::platter::Trouble;
use super::record::{Record, place, record};
use super::setting;
use super::streams::{Manners, Net};
use crate::flow::prng::Prng;

/// How much the service does between two rounds of the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Everything there is.
    Prompt,
    /// A job once in so many rounds.
    OnceIn(u64),
    /// Nothing.
    Never,
}

/// All of it.
#[derive(Debug)]
pub struct House {
    /// The clock.
    pub clock: SimClock,
    /// The network.
    pub net: Net,
    /// The disk.
    pub disk: SimDisk,
    /// What goes on the lines of the feed.
    pub air: Air,
    /// The configuration of the next start.
    pub config: Config,
    /// Where the files are.
    pub folders: Folders,
    /// The brokers.
    pub brokers: Vec<Broker>,
    /// Numbers for everything that is left to chance.
    pub prng: Prng,
    /// How fast the service is.
    pub pace: Pace,
    /// The venue, while its process is there.
    pub venue: Option<Venue<Sim>>,
    /// Its service.
    pub service: Option<Service<SimDisk>>,
    /// The way of operators' inquiries to it.
    pub operator: Option<Sender<Inquiry>>,
    /// Its rewinder.
    pub rewinder: Option<Rewinder<SimDisk, Plain<SimFile>, Post>>,
    /// The rewinder's socket.
    pub post: Post,
    /// What writes its checkpoints, if there are to be any.
    pub follower: Option<Follower<SimDisk>>,
    /// Where it tells its figures.
    pub meters: Arc<Meters>,
    /// How long each round takes, as if the machine were slow.
    pub slow: Duration,
    /// Rounds so far.
    pub rounds: u64,
    looked: Moment,
}

/// How a process ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It came to its own end.
    Itself(Outcome),
    /// It died.
    Died(Trouble),
}

impl House {
    /// A house in which nothing has happened yet.
    #[must_use]
    pub fn new(config: Config, time: Time, seed: u64) -> Self {
        let mut prng = Prng::new(seed);
        let clock = SimClock::new(time, prng.number());
        let net = Net::new(prng.number(), Manners::GOOD);
        let users: Vec<_> = config.ports.iter().map(|port| port.username.to_string()).collect();
        let brokers = users.iter().map(|user| Broker::new(&net, user.trim())).collect();
        House {
            clock,
            net,
            disk: SimDisk::new(prng.number()),
            air: Air::default(),
            config,
            folders: setting::folders(),
            brokers,
            prng,
            pace: Pace::Prompt,
            venue: None,
            service: None,
            operator: None,
            rewinder: None,
            post: Post::default(),
            follower: None,
            meters: Arc::default(),
            slow: Duration::ZERO,
            rounds: 0,
            looked: Moment(0),
        }
    }

    /// The time of the process.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Starts the process.
    ///
    /// # Errors
    /// If it dies, or says that it cannot open.
    ///
    /// # Panics
    /// If there is a process already.
    pub fn start(&mut self) -> Result<Result<(), StartError>, Dead> {
        assert!(self.venue.is_none(), "there is one process");
        self.net.hang_up();
        let (errands, mut service) = service(self.disk.clone(), self.folders.journal.clone());
        let now = self.clock.now();
        let transfers = (self.disk.clone(), Plain::new());
        let terms = (setting::rules(&self.config), self.config.feed.payload_max);
        let post = Some(self.post.clone());
        let (publications, mut rewinder) = rewinder(now, transfers, post, terms);
        let (inquiries, operator) = admin::inquiries();
        self.operator = Some(inquiries);
        let (lead, follower) = match self.config.journal.checkpoint_every {
            0 => (Lead::alone(), None),
            every => {
                let (lead, follower) = follower(self.disk.clone(), every);
                (lead, Some(follower))
            }
        };
        let parts = Parts {
            clock: self.clock.clone(),
            streams: self.net.streams(&self.clock),
            lines: self.air.lines(&self.clock, self.config.feed.lines.len()),
            disk: self.disk.clone(),
            folders: self.folders.clone(),
            errands,
            publications,
            operator,
            meters: Arc::clone(&self.meters),
            lead,
            spin: Duration::ZERO,
        };
        let config = self.config.clone();
        let wait = &mut || {
            while service.step() {}
            while rewinder.step(now) {}
        };
        let opened = alive(|| Venue::open(config, parts, wait))?;
        Ok(opened.map(|venue| {
            (self.venue, self.service) = (Some(venue), Some(service));
            (self.rewinder, self.follower) = (Some(rewinder), follower);
        }))
    }

    /// Starts the process, which has to open.
    ///
    /// # Panics
    /// If it does not.
    pub fn open(&mut self) {
        let opened = self.start().expect("nothing kills it");
        opened.unwrap_or_else(|error| panic!("it does not open: {error}"));
    }

    /// Every port has its broker in from now on.
    pub fn connect_all(&mut self) {
        let now = self.now();
        for broker in &mut self.brokers {
            if !broker.is_connected() {
                broker.connect(now);
            }
        }
    }

    /// One round of everything; how the process ended, if it did.
    pub fn turn(&mut self) -> Option<Ended> {
        self.turn_until(self.now() + Duration::from_millis(100))
    }

    /// One round that waits no longer than this.
    fn turn_until(&mut self, until: Moment) -> Option<Ended> {
        self.clock.pass(self.slow);
        let now = self.now();
        self.rounds += 1;
        for broker in &mut self.brokers {
            broker.pump(now);
        }
        // The clients have clocks of their own, which nobody asks: they are looked at often enough.
        self.net.set_horizon(until.min(now + Duration::from_millis(100)));
        let worked = alive(|| self.work());
        let now = self.now();
        for broker in &mut self.brokers {
            broker.pump(now);
        }
        match worked {
            Ok(Turn::Next) => None,
            Ok(Turn::Last(outcome)) => {
                self.leave();
                self.net.hang_up();
                Some(Ended::Itself(outcome))
            }
            Err(Dead(trouble)) => {
                self.die(trouble);
                Some(Ended::Died(trouble))
            }
        }
    }

    fn work(&mut self) -> Turn {
        let turn = self.venue.as_mut().expect("the process is there").step();
        let service = self.service.as_mut().expect("the process is there");
        match self.pace {
            Pace::Prompt => while service.step() {},
            Pace::OnceIn(rounds) if self.prng.once_in(rounds) => {
                service.step();
            }
            Pace::OnceIn(_) | Pace::Never => {}
        }
        let now = self.clock.now();
        if let Some(rewinder) = &mut self.rewinder {
            match self.pace {
                Pace::Prompt => while rewinder.step(now) {},
                Pace::OnceIn(rounds) if self.prng.once_in(rounds) => {
                    rewinder.step(now);
                }
                Pace::OnceIn(_) | Pace::Never => {}
            }
        }
        if let Some(follower) = &mut self.follower {
            let time = self.clock.time();
            match self.pace {
                Pace::Prompt => while follower.step(time) {},
                Pace::OnceIn(rounds) if self.prng.once_in(rounds) => {
                    follower.step(time);
                }
                Pace::OnceIn(_) | Pace::Never => {}
            }
        }
        if self.pace != Pace::Never && now - self.looked >= Duration::from_secs(1) {
            self.looked = now;
            service.look();
        }
        turn
    }

    /// Nothing of the process is left.
    pub fn leave(&mut self) {
        (self.venue, self.service, self.rewinder, self.follower) = (None, None, None, None);
    }

    /// The process is dead, and the machine too if it lost its power.
    pub fn die(&mut self, trouble: Trouble) {
        self.leave();
        self.net.hang_up();
        if trouble == Trouble::PowerLoss {
            self.disk.restart_machine();
        }
    }

    /// Goes on for so long.
    ///
    /// # Panics
    /// If the process ends.
    pub fn run(&mut self, wait: Duration) {
        let until = self.now() + wait;
        while self.now() < until {
            let ended = self.turn_until(until);
            assert_eq!(ended, None, "the process goes on");
        }
    }

    /// Goes on for so long, or until the process dies.
    ///
    /// # Panics
    /// If it ends by itself.
    pub fn run_or_die(&mut self, wait: Duration) {
        let until = self.now() + wait;
        while self.now() < until {
            match self.turn_until(until) {
                None => {}
                Some(Ended::Died(_)) => return,
                Some(ended) => panic!("the process goes on: {ended:?}"),
            }
        }
    }

    /// Goes on until `done`, at most for so long; whether it came.
    ///
    /// # Panics
    /// If the process ends.
    pub fn run_until(&mut self, most: Duration, done: impl Fn(&House) -> bool) -> bool {
        let until = self.now() + most;
        while !done(self) {
            if self.now() >= until {
                return false;
            }
            let ended = self.turn_until(until);
            assert_eq!(ended, None, "the process goes on");
        }
        true
    }

    /// What an operator wants is under way to the venue; where the answer comes.
    ///
    /// # Panics
    /// If the process is not there, or more wait than there is room for.
    pub fn inquire(&mut self, wanted: Wanted) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        let inquiry = Inquiry { by: "alice (uid 0)".to_owned(), wanted, answer };
        let way = self.operator.as_ref().expect("the process is there");
        way.try_send(inquiry).expect("few inquiries wait");
        answered
    }

    /// What the venue answers an operator.
    ///
    /// # Panics
    /// If the process ends, or does not answer for ten seconds.
    pub fn operate(&mut self, request: Request) -> Answer {
        let mut answered = self.inquire(Wanted::Request(request));
        let until = self.now() + Duration::from_secs(10);
        loop {
            assert_eq!(self.turn_until(until), None, "the process goes on");
            match answered.try_recv() {
                Ok(answer) => return answer,
                Err(error) => assert_eq!(error, TryRecvError::Empty, "it is answered"),
            }
            assert!(self.now() < until, "it is answered in time");
        }
    }

    /// Goes on until the process has ended; how.
    ///
    /// # Panics
    /// If it takes more than this.
    pub fn run_to_end(&mut self, most: Duration) -> Ended {
        let until = self.now() + most;
        loop {
            assert!(self.now() < until, "it should have ended");
            if let Some(ended) = self.turn_until(until) {
                // What was sent last is still on its way.
                for _ in 0..100 {
                    self.clock.pass(Duration::from_millis(1));
                }
                return ended;
            }
        }
    }

    /// Stops the process in good order.
    ///
    /// # Panics
    /// If it does not stop so.
    pub fn stop(&mut self) {
        self.venue.as_mut().expect("the process is there").stop();
        let ended = self.run_to_end(Duration::from_secs(30));
        assert_eq!(ended, Ended::Itself(Outcome::Stopped));
    }

    /// The session of the venue.
    ///
    /// # Panics
    /// If the process is not there.
    #[must_use]
    pub fn session(&self) -> String {
        let session = self.venue.as_ref().expect("the process is there").session();
        let session = session.expect("a day was opened");
        session.name().to_owned()
    }

    /// What the journal of a session on the disk comes to.
    #[must_use]
    pub fn record(&self, session: &str) -> Record {
        record(&self.disk, &place(&self.config, &self.folders, session), Events::new())
    }

    /// The number of a broker's port.
    ///
    /// # Panics
    /// If the day does not know it.
    #[must_use]
    pub fn port(&self, record: &Record, user: &str) -> PortId {
        let roster = &record.machine.folds.0.roster;
        roster.port(Alpha::new(user)).expect("the port is known")
    }

    /// What the journal on the disk comes to is what the venue has, everything that brokers and the
    /// public ever got in this session is in it with the same number and bytes, and the public was
    /// told all of it.
    ///
    /// # Panics
    /// If not.
    pub fn check(&self) {
        let session = self.session();
        let record = self.record(&session);
        self.check_seen(&session, &record);
        let told = &record.machine.folds.1;
        let all = told.published.len() as u64;
        for (line, heard) in self.heard(&session, &record).iter().enumerate() {
            assert_eq!(heard.last, all, "messages on line {line}");
        }
        let clean = &record.machine;
        let venue = self.venue.as_ref().expect("the process is there").machine();
        assert_eq!(venue.engine.last_command(), clean.engine.last_command(), "commands");
        assert_eq!(venue.engine.digest(), clean.engine.digest(), "state of the engine");
        let (ours, theirs) = (&venue.folds, &clean.folds.0);
        assert_eq!(ours.replies.outbox.digest(), theirs.replies.outbox.digest(), "replies");
        assert_eq!(ours.replies.count(), theirs.replies.count(), "count of replies");
        assert_eq!(ours.seats, theirs.seats, "seats");
        assert_eq!(ours.roster, theirs.roster, "names of ports");
        assert_eq!(ours.configured, theirs.configured, "what the configuration set");
        let (ours, theirs) = (&ours.published.rewind, &theirs.published.rewind);
        assert_eq!(ours.told(), theirs.told(), "messages of the feed");
        assert_eq!(ours.next_number(), theirs.next_number(), "count of messages");
        assert!(!ours.is_fresh(), "what is executed is told");
    }

    /// How far the lines of the feed got with a session. Everything on them is in its journal.
    ///
    /// # Panics
    /// If not.
    #[must_use]
    pub fn heard(&self, session: &str, record: &Record) -> Vec<Heard> {
        listener::check(&self.air.sent(), session, &self.config.feed, &record.machine.folds.1)
    }

    /// Everything that brokers and the public ever got in a session is in its journal.
    ///
    /// # Panics
    /// If not.
    pub fn check_seen(&self, session: &str, record: &Record) {
        let heard = self.heard(session, record);
        assert!(heard.iter().all(|line| *line == heard[0]), "lines differ: {heard:?}");
        for broker in &self.brokers {
            let Some(seen) = broker.seen.get(session) else { continue };
            if seen.is_empty() {
                continue;
            }
            let told = record.machine.folds.1.replies(self.port(record, &broker.user));
            assert!(seen.len() <= told.len(), "{}: {} replies are lost", broker.user, {
                seen.len() - told.len()
            });
            assert_eq!(seen[..], told[..seen.len()], "{}: replies have changed", broker.user);
        }
    }

    /// Whether every broker is in, has every reply, and has had everything answered.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let outbox = match &self.venue {
            Some(venue) => &venue.machine().folds,
            None => return false,
        };
        self.brokers.iter().all(|broker| {
            let port = outbox.roster.port(Alpha::new(&broker.user));
            let highest = port.map_or(0, |port| outbox.replies.outbox.highest(port).0);
            let has_all = broker.replies().len() as u64 == highest;
            broker.is_live() && has_all && broker.unanswered.is_empty()
        })
    }
}
