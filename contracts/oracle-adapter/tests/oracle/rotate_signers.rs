//! `RotateSigners`: epochs with overlap.

use cosmwasm_std::Binary;
use protocol_api::oracle::report::Report;
use protocol_api::oracle::{
    ConfigResponse, ExecuteMsg, QueryMsg, SignerEpochResponse, SignerEpochsResponse,
};

use crate::world::{PRICE, World, key, public, sign};

fn rotate(
    world: &mut World,
    keys: std::ops::RangeInclusive<u8>,
    threshold: u8,
    overlap: u64,
) -> Result<(), String> {
    let signers: Vec<Binary> = keys.map(|seed| public(&key(seed))).collect();
    let owner = world.owner.clone();
    let msg = ExecuteMsg::RotateSigners {
        signers,
        threshold,
        overlap_seconds: overlap,
    };
    world.execute(&owner, &msg).map(|_| ())
}

fn publish_by(world: &mut World, seeds: [u8; 5], epoch: u32) -> Result<(), String> {
    let keys: Vec<_> = seeds.map(key).to_vec();
    let report = Report {
        epoch,
        ..world.report(PRICE)
    };
    let bytes = report.to_bytes().unwrap();
    let signatures = sign(&keys, &world.domain(), &bytes, &[0, 1, 2, 3, 4]);
    world.publish_raw(&bytes, signatures).map(|_| ())
}

#[test]
fn attack_risk_16_no_report_without_the_quorum_of_its_own_live_epoch() {
    let mut world = World::new();
    rotate(&mut world, 11..=17, 5, 600).unwrap();
    let (old, new) = ([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]);

    // Both epochs publish during the overlap, each under its own number only.
    world.advance(5);
    publish_by(&mut world, old, 1).unwrap();
    world.advance(5);
    publish_by(&mut world, new, 2).unwrap();
    world.advance(5);
    assert_eq!(
        publish_by(&mut world, old, 2).unwrap_err(),
        "E_SIGNATURES_INVALID"
    );
    assert_eq!(
        publish_by(&mut world, new, 1).unwrap_err(),
        "E_SIGNATURES_INVALID"
    );
    assert_eq!(
        publish_by(&mut world, [1, 2, 3, 14, 15], 1).unwrap_err(),
        "E_SIGNATURES_INVALID"
    );

    // The old one works to the last second of its overlap and not one longer.
    world.advance(584);
    publish_by(&mut world, old, 1).unwrap();
    world.advance(1);
    assert_eq!(publish_by(&mut world, old, 1).unwrap_err(), "E_EPOCH_ENDED");
    publish_by(&mut world, new, 2).unwrap();
}

#[test]
fn without_overlap_the_old_epoch_ends_at_once() {
    let mut world = World::new();
    rotate(&mut world, 11..=17, 5, 0).unwrap();
    assert_eq!(
        publish_by(&mut world, [1, 2, 3, 4, 5], 1).unwrap_err(),
        "E_EPOCH_ENDED"
    );
}

#[test]
fn a_rotation_never_prolongs_an_ended_epoch() {
    let mut world = World::new();
    rotate(&mut world, 11..=17, 5, 0).unwrap();
    rotate(&mut world, 21..=27, 5, 600).unwrap();
    assert_eq!(
        publish_by(&mut world, [1, 2, 3, 4, 5], 1).unwrap_err(),
        "E_EPOCH_ENDED"
    );
    publish_by(&mut world, [11, 12, 13, 14, 15], 2).unwrap();
}

#[test]
fn a_rotation_ends_every_older_epoch_with_its_own_overlap() {
    let mut world = World::new();
    rotate(&mut world, 11..=17, 5, 600).unwrap();
    rotate(&mut world, 21..=27, 5, 300).unwrap();
    rotate(&mut world, 31..=37, 5, 0).unwrap();
    for (seeds, epoch) in [
        ([21, 22, 23, 24, 25], 3),
        ([11, 12, 13, 14, 15], 2),
        ([1, 2, 3, 4, 5], 1),
    ] {
        assert_eq!(
            publish_by(&mut world, seeds, epoch).unwrap_err(),
            "E_EPOCH_ENDED"
        );
    }
    publish_by(&mut world, [31, 32, 33, 34, 35], 4).unwrap();
}

#[test]
fn attack_risk_45_a_set_needs_a_majority_and_two_spare_signers() {
    let mut world = World::new();
    let allowed = [(5, 3), (6, 4), (7, 4), (7, 5), (9, 5), (31, 29)];
    for (count, threshold) in allowed {
        rotate(&mut world, 11..=10 + count, threshold, 0).unwrap();
    }
    let refused = [
        (1, 1),
        (3, 2),
        (4, 2),
        (5, 4),
        (6, 3),
        (7, 6),
        (8, 4),
        (5, 0),
        (33, 30),
    ];
    for (count, threshold) in refused {
        let code = rotate(&mut world, 11..=10 + count, threshold, 0).unwrap_err();
        assert_eq!(code, "E_SIGNERS_SET", "{threshold} of {count}");
    }
}

#[test]
fn keys_must_be_compressed_and_distinct_and_overlaps_at_most_a_week() {
    let mut world = World::new();
    let owner = world.owner.clone();
    let good: Vec<Binary> = (11..=17).map(|seed| public(&key(seed))).collect();
    let mut rotate_to = |signers: Vec<Binary>, overlap| {
        let msg = ExecuteMsg::RotateSigners {
            signers,
            threshold: 5,
            overlap_seconds: overlap,
        };
        world.execute(&owner, &msg).map(|_| ())
    };
    let mut twice = good.clone();
    twice[6] = twice[0].clone();
    assert_eq!(rotate_to(twice, 0).unwrap_err(), "E_SIGNERS_DUPLICATE_KEY");
    for bad in [vec![], vec![2; 32], vec![4; 33], vec![2; 34]] {
        let mut keys = good.clone();
        keys[3] = Binary::from(bad);
        assert_eq!(rotate_to(keys, 0).unwrap_err(), "E_SIGNERS_KEY");
    }
    assert_eq!(
        rotate_to(good.clone(), 604_801).unwrap_err(),
        "E_SIGNERS_OVERLAP"
    );
    rotate_to(good, 604_800).unwrap();
}

#[test]
fn epochs_can_be_read() {
    let mut world = World::new();
    rotate(&mut world, 11..=15, 3, 100).unwrap();
    let config: ConfigResponse = world.query(&QueryMsg::Config {}).unwrap();
    assert_eq!(config.epoch, 2);
    let old: SignerEpochResponse = world
        .query(&QueryMsg::SignerEpoch { epoch: Some(1) })
        .unwrap();
    assert_eq!((old.threshold, old.signers.len()), (5, 7));
    assert_eq!(old.valid_until.unwrap(), world.now() + 100);
    let new: SignerEpochResponse = world.query(&QueryMsg::SignerEpoch { epoch: None }).unwrap();
    assert_eq!((new.epoch, new.threshold, new.valid_until), (2, 3, None));
    let page: SignerEpochsResponse = world
        .query(&QueryMsg::SignerEpochs {
            start_after: Some(1),
            limit: None,
        })
        .unwrap();
    assert_eq!(page.epochs, [new]);
    let unknown = world.query::<SignerEpochResponse>(&QueryMsg::SignerEpoch { epoch: Some(3) });
    assert_eq!(unknown.unwrap_err(), "E_EPOCH_UNKNOWN");
}
