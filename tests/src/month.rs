//! A BTC market over four expiries of one month, on the VM, as the gas of messages is measured in.

use cosmwasm_std::Coin;
use sandbox::report::{SurfaceExpiry, build, four};
use sandbox::setup::{BTC, USDC, WINDOW};
use sandbox::{Sandbox, Trader};
use wasm_chain::{GasReport, Mode};

/// 1 January 2026, 00:00 UTC.
pub const START: u64 = 1_767_225_600;
/// Days ahead and names of the expiries.
pub const EXPIRIES: [(u64, &str); 4] = [
    (1, "2JAN26"),
    (8, "9JAN26"),
    (15, "16JAN26"),
    (29, "30JAN26"),
];

/// The protocol with its first report, BTC at 90,000.
///
/// # Panics
/// An artefact is missing.
pub fn deploy() -> Sandbox {
    let mut world = Sandbox::deploy(Mode::Wasm, START, WINDOW).expect("deployed");
    publish(&mut world, 90_000.0);
    world
}

/// When the expiry of so many days ahead is, unix minutes.
///
/// # Panics
/// Never, for days of a life.
pub fn minutes(days: u64) -> u32 {
    u32::try_from((START + days * 86_400 + 8 * 3_600) / 60).expect("minutes")
}

/// A report of all sources, around 50 % vol, four lognormals a date: as many as a slice may have.
///
/// # Panics
/// The adapter refuses it.
pub fn publish(world: &mut Sandbox, spot: f64) {
    let now = world.chain.now();
    let expiry = |(days, _): &(u64, &str)| {
        let expiry = minutes(*days);
        let left = u64::from(expiry) * 60 - now;
        let total_vol = 0.5 * (left as f64 / 31_536_000.0).sqrt();
        SurfaceExpiry {
            slice: four(total_vol),
            ..SurfaceExpiry::flat(expiry, spot, total_vol)
        }
    };
    let surface: Vec<SurfaceExpiry> = EXPIRIES.iter().map(expiry).collect();
    let report = build(BTC, now, spot, &surface).expect("calendar");
    world.publish(&report).expect("published");
}

/// An account with so many dollars.
///
/// # Panics
/// The engine refuses it.
pub fn trader(world: &mut Sandbox, name: &str, dollars: u128) -> Trader {
    let coins = [Coin::new(dollars * 1_000_000, USDC)];
    world.open_account(name, &coins).expect("account")
}

/// Prints where gas went, call by call.
pub fn show(what: &str, gas: &GasReport) {
    println!("{what}: {} SDK gas", gas.total);
    for call in &gas.calls {
        println!(
            "  {}{} {}: {} (vm {}, load {}, lookup {}, read {}, write {}, query {}, events {})",
            "  ".repeat(call.depth as usize),
            call.code,
            call.message,
            call.total(),
            call.vm,
            call.load,
            call.lookup,
            call.read,
            call.write,
            call.query,
            call.events
        );
    }
}
