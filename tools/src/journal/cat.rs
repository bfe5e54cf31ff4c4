//! Every command in words.

use appliance::hint::Hint;
use matcher::ahead::GROUP;
use matcher::command::Command;
use matcher::sequence::Sequenced;
use recovery::journal::{Body, Record};
use recovery::replay::Machine;

use super::day::{Day, End, Read};
use super::error::{Halt, JournalFailure};
use super::line::{Clock, Shown, write_told};
use super::names::Names;
use super::select::{Selection, Verdict};
use super::told::{Kept, Told};
use crate::decode::Output;

/// How commands are shown.
#[derive(Clone, Debug)]
pub struct View {
    /// Which.
    pub selection: Selection,
    /// Whether what they did is shown too.
    pub events: bool,
    /// As JSON objects.
    pub json: bool,
    /// How times are shown.
    pub clock: Clock,
    /// How many at most.
    pub limit: Option<u64>,
}

/// Shows the commands of a day.
///
/// # Errors
/// If the journal cannot be read, or a port that is asked for does not exist.
pub fn cat(day: &Day<'_>, view: &View, output: Output<'_>) -> Result<(), JournalFailure> {
    let mut shower = Shower { day, view, output, left: view.limit.unwrap_or(u64::MAX) };
    let end = if view.events || view.selection.follow().is_some() {
        shower.executed()?
    } else {
        shower.read()?
    };
    if let Err(Halt::Failed(failure)) = shower.output.flush().map_err(Halt::from) {
        return Err(failure);
    }
    day.remark(&end);
    Ok(())
}

struct Shower<'a, 'o> {
    day: &'a Day<'a>,
    view: &'a View,
    output: Output<'o>,
    left: u64,
}

impl Shower<'_, '_> {
    /// Shows commands that nothing has to be executed for.
    fn read(&mut self) -> Result<End, JournalFailure> {
        let mut names = Names::default();
        let end = self.day.visit(|read| {
            for record in read.batch.records() {
                let record = record.map_err(|fault| read.fault(fault))?;
                learn(&mut names, &record);
                match self.view.selection.admits(&record, &names) {
                    Verdict::Over => return Err(Halt::Enough),
                    Verdict::Unwanted => {}
                    Verdict::Wanted => self.show(&record, &names, None)?,
                }
            }
            Ok(())
        })?;
        self.check_ports(&names, &end)?;
        Ok(end)
    }

    /// Executes commands, and shows those that are wanted with what they did.
    fn executed(&mut self) -> Result<End, JournalFailure> {
        let kept = if self.view.events { Kept::ALL } else { Kept::NOTHING };
        let mut machine = Machine::new(Told::new(kept, self.view.selection.follow()));
        let mut names = Names::default();
        let end = self.day.visit(|read| {
            let mut records = read.batch.records();
            loop {
                let (records, commands) = self.group(read, &mut records)?;
                if records.is_empty() {
                    return Ok(());
                }
                machine.engine.fetch_ahead(&commands, &Hint);
                for (record, command) in records.iter().zip(&commands) {
                    learn(&mut names, record);
                    self.execute(record, command, &names, &mut machine)?;
                }
            }
        })?;
        self.check_ports(&names, &end)?;
        Ok(end)
    }

    /// The next records, and the commands that are executed for them.
    fn group<'r>(
        &self,
        read: &Read<'_>,
        records: &mut recovery::journal::Records<'r>,
    ) -> Result<(Vec<Record<'r>>, Vec<Sequenced<Command>>), Halt> {
        let (mut group, mut commands) = (Vec::with_capacity(GROUP), Vec::with_capacity(GROUP));
        for record in records.take(GROUP) {
            let record = record.map_err(|fault| read.fault(fault))?;
            commands.push(match self.day.skip(record.stamp.no) {
                Some(_) => Sequenced {
                    no: record.stamp.no,
                    time: record.stamp.time,
                    command: Command::Tick,
                },
                None => record.command().map_err(|fault| read.fault(fault))?,
            });
            group.push(record);
        }
        Ok((group, commands))
    }

    fn execute(
        &mut self,
        record: &Record<'_>,
        command: &Sequenced<Command>,
        names: &Names,
        machine: &mut Machine<Told>,
    ) -> Result<(), Halt> {
        let verdict = self.view.selection.admits(record, names);
        if verdict == Verdict::Over {
            return Err(Halt::Enough);
        }
        let wanted = verdict == Verdict::Wanted;
        machine.folds.kept = match self.view.events && wanted {
            true => Kept::ALL,
            false => Kept::NOTHING,
        };
        machine.folds.clear();
        machine.run(command, note_of(record));
        if wanted && machine.folds.is_about {
            self.show(record, names, Some(&machine.folds))?;
        }
        Ok(())
    }

    fn show(
        &mut self,
        record: &Record<'_>,
        names: &Names,
        told: Option<&Told>,
    ) -> Result<(), Halt> {
        let skip = self.day.skip(record.stamp.no);
        let security = told.and_then(|told| told.security);
        let shown = Shown { record, names, skip, security };
        let told = told.filter(|_| self.view.events);
        if self.view.json {
            shown.write_json(self.output.line(), told);
        } else {
            shown.write(self.output.line(), self.view.clock);
        }
        self.output.end_line()?;
        if let Some(told) = told.filter(|_| !self.view.json) {
            for item in told.items() {
                let line = self.output.line();
                line.extend_from_slice(b"    ");
                write_told(line, item, told.bytes(item), names);
                self.output.end_line()?;
            }
        }
        self.left -= 1;
        if self.left == 0 { Err(Halt::Enough) } else { Ok(()) }
    }

    /// Whether the users that are asked for are of the day, all of which was read.
    fn check_ports(&self, names: &Names, end: &End) -> Result<(), JournalFailure> {
        if matches!(end, End::Whole(_))
            && let Some(word) = self.view.selection.ports.iter().find(|word| !names.has(word))
        {
            let what = format!("no port of the day is called \"{}\"", word.0);
            return Err(JournalFailure::Misuse(what));
        }
        Ok(())
    }
}

pub(super) fn note_of<'a>(record: &Record<'a>) -> &'a str {
    match record.body {
        Body::Control { note, .. } => note,
        Body::Message { .. } => "",
    }
}

/// Learns what a record names.
pub(super) fn learn(names: &mut Names, record: &Record<'_>) {
    if let Body::Control { command, note } = &record.body {
        names.on(command, note);
    }
}
