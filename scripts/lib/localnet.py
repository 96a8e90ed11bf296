"""Finishes what `wasmd testnet init-files` wrote: short votes, the ports, and no listener but on the loopback interface.

Usage: localnet.py FOLDER FIRST_PORT
"""

import json
import pathlib
import re
import shutil
import sys

VOTE = "6s"
EXPEDITED_VOTE = "3s"
DEPOSIT = "1000"
EXPEDITED_DEPOSIT = "2000"


def genesis(path):
    """A vote takes seconds and a small deposit: pinning a code is part of the tests."""
    document = json.loads(path.read_text())
    gov = document["app_state"]["gov"]["params"]
    gov["voting_period"] = VOTE
    gov["max_deposit_period"] = VOTE
    gov["expedited_voting_period"] = EXPEDITED_VOTE
    gov["min_deposit"][0]["amount"] = DEPOSIT
    gov["expedited_min_deposit"][0]["amount"] = EXPEDITED_DEPOSIT
    path.write_text(json.dumps(document))


def replace(text, section, key, value):
    """Sets `key` in a section of a TOML file ('' for the part before the first section)."""
    start = text.index(f"\n[{section}]\n") if section else 0
    head, tail = text[:start], text[start:]
    tail, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {json.dumps(value)}", tail, count=1)
    assert count == 1, f"{section}.{key} is not there"
    return head + tail


def configure(home, port, peers):
    """Listeners of one node: RPC, p2p, gRPC, REST on four ports in a row."""
    comet = home / "config" / "config.toml"
    text = comet.read_text()
    text = replace(text, "rpc", "laddr", f"tcp://127.0.0.1:{port}")
    text = replace(text, "rpc", "pprof_laddr", "")
    text = replace(text, "p2p", "laddr", f"tcp://127.0.0.1:{port + 1}")
    text = replace(text, "p2p", "persistent_peers", peers)
    comet.write_text(text)
    app = home / "config" / "app.toml"
    text = app.read_text()
    text = replace(text, "grpc", "address", f"127.0.0.1:{port + 2}")
    text = replace(text, "api", "address", f"tcp://127.0.0.1:{port + 3}")
    app.write_text(text)


def main():
    net, first_port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    homes = sorted(net.glob("node*/wasmd"), key=lambda home: int(home.parent.name[4:]))
    genesis(homes[0] / "config" / "genesis.json")
    old_port = re.compile(r"@127\.0\.0\.\d+:(\d+)")
    peers = set()
    for home in homes:
        text = (home / "config" / "config.toml").read_text()
        listed = re.search(r'(?m)^persistent_peers = "(.*)"$', text)[1]
        peers.update(filter(None, listed.split(",")))
    # init-files numbers its p2p ports upwards from one node to the next.
    ordered = sorted(peers, key=lambda peer: int(old_port.search(peer)[1]))
    named = [f"{peer.split('@')[0]}@127.0.0.1:{first_port + 10 * n + 1}" for n, peer in enumerate(ordered)]
    for number, home in enumerate(homes):
        others = ",".join(name for n, name in enumerate(named) if n != number)
        configure(home, first_port + 10 * number, others)
        if number:
            shutil.copy(homes[0] / "config" / "genesis.json", home / "config" / "genesis.json")


main()
