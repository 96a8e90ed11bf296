//! `Nominate`, `Deleverage`: who stands, when the account is closed, what remains.

use cosmwasm_std::from_json;
use protocol_api::engine::{AuctionStart, DeleverageData, Standing};
use protocol_api::liquidation::{ExecuteMsg, NomineeTable, NomineesResponse, QueryMsg};

use crate::world::{SELLER, World, attribute, deep};

const CLOSE: ExecuteMsg = ExecuteMsg::Deleverage { account: SELLER };

fn nominate(candidates: &[u64]) -> ExecuteMsg {
    ExecuteMsg::Nominate {
        account: SELLER,
        candidates: candidates.to_vec(),
    }
}

fn table(world: &World) -> Option<NomineeTable> {
    let found: NomineesResponse = world.query(&QueryMsg::Nominees { account: SELLER });
    found.table
}

fn nominees(world: &World) -> NomineeTable {
    table(world).expect("a table is open")
}

/// An auction that runs since now, and an engine that ranks these accounts so.
fn ranked(ranks: &[u64]) -> World {
    let mut world = World::new();
    world.script(deep(world.now()));
    world.step();
    world.change(|state| state.ranks = ranks.to_vec());
    world
}

#[test]
fn attack_options_35_the_best_ranked_stand_whoever_named_them_and_when() {
    let mut world = ranked(&[9, 8, 7, 6, 5, 4, 3, 2, 20, 21]);
    let [mallory, victim] = ["mallory", "victim"].map(|name| world.address(name));
    // Somebody names those he wants to see closed; whoever stands before his turn names those ranked before him.
    let named = nominate(&[21, 2, 3, 20, 4, 5, 6, 7]);
    let sent = world.send(&mallory, &named).unwrap();
    let at = world.now() + 600;
    let said = attribute(&sent, "nominated", "executable_at");
    assert_eq!(said, Some(at.to_string()));
    assert_eq!(nominees(&world).nominees, [7, 6, 5, 4, 3, 2, 20, 21]);
    world.advance(599);
    world.send(&victim, &nominate(&[8, 9, 9, 77])).unwrap();
    assert_eq!(nominees(&world).nominees, [9, 8, 7, 6, 5, 4, 3, 2]);
    // Naming worse ones again changes nothing, and the time does not start anew.
    world.send(&mallory, &nominate(&[20, 21])).unwrap();
    let found = nominees(&world);
    assert_eq!(found.nominees, [9, 8, 7, 6, 5, 4, 3, 2]);
    // A tail later, but the auction would end before: nobody has touched it for 599 seconds less.
    assert_eq!(
        (found.executable_at, found.lapses_at),
        (at, world.now() + 3_600)
    );
}

#[test]
fn an_account_is_closed_once_its_table_is_ripe() {
    let mut world = ranked(&[5, 3]);
    let start = world.now();
    let anyone = world.address("anyone");
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_NOMINEE");
    world.advance(10);
    world.send(&anyone, &nominate(&[3, 5])).unwrap();
    world.advance(599);
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_UNRIPE");
    world.advance(1);
    let shown: DeleverageData = world.query(&QueryMsg::PreviewDeleverage { account: SELLER });
    let sent = world.send(&anyone, &CLOSE).unwrap();
    let done: DeleverageData = from_json(sent.data.as_ref().unwrap()).unwrap();
    assert_eq!(done, shown);
    let order = world.state().closed.unwrap();
    assert_eq!((order.account, order.counterparties), (SELLER, vec![5, 3]));
    // Nobody stepped while it ripened: five of the ten minutes count.
    let auction = AuctionStart {
        at: start + 300,
        price_time: start - 1,
    };
    assert_eq!((order.auction, order.end_after), (auction, 3_600));
    // Healthy: the auction is over, and so is the table.
    assert_eq!(done.after, Standing::Healthy);
    assert!(attribute(&sent, "auction_ended", "account").is_some());
    assert_eq!(world.auction(), None);
    assert_eq!(table(&world), None);
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_AUCTION");
}

#[test]
fn one_that_stays_below_maintenance_gets_a_new_table() {
    let mut world = ranked(&[5, 3]);
    world.change(|state| state.stays = true);
    let anyone = world.address("anyone");
    world.send(&anyone, &nominate(&[3])).unwrap();
    world.advance(600);
    world.send(&anyone, &CLOSE).unwrap();
    assert_eq!(world.auction().unwrap().touched, world.now());
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_NOMINEE");
    world.send(&anyone, &nominate(&[5])).unwrap();
    assert_eq!(nominees(&world).executable_at, world.now() + 600);
}

/// The one who stands hands his legs on to another account of his, has the account closed, and takes them back: his table
/// stays ripe, so whoever names the other account closes against it at once.
#[test]
fn attack_a_closing_that_closes_nobody_ends_no_table() {
    let mut world = ranked(&[5, 3]);
    world.change(|state| state.stays = true);
    let [mallory, anyone] = ["mallory", "anyone"].map(|name| world.address(name));
    world.send(&anyone, &nominate(&[3])).unwrap();
    world.advance(600);
    world.change(|state| state.ranks = vec![5]);
    world.send(&mallory, &CLOSE).unwrap();
    let found = nominees(&world);
    assert_eq!(
        (found.nominees, found.executable_at),
        (vec![3], world.now())
    );
    world.send(&anyone, &nominate(&[5])).unwrap();
    world.send(&anyone, &CLOSE).unwrap();
    assert_eq!(table(&world), None, "used");
}

#[test]
fn a_table_lapses_with_its_time_and_with_its_auction() {
    let mut world = ranked(&[5, 3]);
    let anyone = world.address("anyone");
    world.send(&anyone, &nominate(&[3])).unwrap();
    // A step in between touches the auction; the table stands a tail longer than it took to ripen, and no more.
    world.advance(3_400);
    let start = world.auction().unwrap().start.at;
    world.script(deep(start));
    world.step();
    world.advance(799);
    assert_eq!(nominees(&world).nominees, [3]);
    world.advance(1);
    assert_eq!(table(&world), None);
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_NOMINEE");
    world.send(&anyone, &nominate(&[5])).unwrap();
    assert_eq!(nominees(&world).nominees, [5], "a new one");
    // Prices had a gap: the engine began the auction anew.
    world.advance(700);
    world.script(deep(world.now()));
    world.step();
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_NOMINEE");
    // Nobody touched the auction for a tail.
    world.send(&anyone, &nominate(&[5])).unwrap();
    world.advance(3_600);
    world.refused(&anyone, &CLOSE, "E_LIQUIDATION_NO_AUCTION");
    world.refused(&anyone, &nominate(&[5]), "E_LIQUIDATION_NO_AUCTION");
}

#[test]
fn a_nomination_names_one_to_eight_of_whom_one_may_be_closed() {
    let mut world = ranked(&[5, 3]);
    let anyone = world.address("anyone");
    world.refused(&anyone, &nominate(&[]), "E_LIQUIDATION_NOMINEES");
    world.refused(&anyone, &nominate(&[3; 9]), "E_LIQUIDATION_NOMINEES");
    world.refused(&anyone, &nominate(&[4, 6]), "E_LIQUIDATION_NO_NOMINEE");
    assert_eq!(table(&world), None);
}
