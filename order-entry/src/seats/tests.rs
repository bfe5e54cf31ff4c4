use matcher::command::DownCause;

use super::*;

fn up(port: u16, conn: u64) -> Command {
    Command::PortUp { port: PortId(port), conn }
}

fn down(port: u16, conn: u64) -> Command {
    Command::PortDown { port: PortId(port), conn, cause: DownCause::Disconnect }
}

#[test]
fn a_port_has_the_connection_that_took_it_last() {
    let mut seats = Seats::new();
    let mut after = |command| {
        seats.on(&command);
        (seats.up().map(|(port, conn)| (port.0, conn)).collect::<Vec<_>>(), seats.last_conn())
    };
    assert_eq!(after(Command::Tick), (vec![], 0));
    assert_eq!(after(up(7, 1)), (vec![(7, 1)], 1));
    assert_eq!(after(up(3, 2)), (vec![(3, 2), (7, 1)], 2));
    // A second login takes the port over; the end of the first connection says nothing any more.
    assert_eq!(after(up(7, 4)), (vec![(3, 2), (7, 4)], 4));
    assert_eq!(after(down(7, 1)), (vec![(3, 2), (7, 4)], 4));
    assert_eq!(after(down(3, 4)), (vec![(3, 2), (7, 4)], 4));
    assert_eq!(after(down(7, 4)), (vec![(3, 2)], 4));
    assert_eq!(after(down(7, 4)), (vec![(3, 2)], 4));
    // Whatever number was seen is not to be given again.
    assert_eq!(after(down(9, 8)), (vec![(3, 2)], 8));
    assert_eq!(after(up(9, 5)), (vec![(3, 2), (9, 5)], 8));
    // Nobody sits in a day that has ended.
    assert_eq!(after(Command::EndOfDay), (vec![], 8));
}
