//! A network of the test's own, and the command run on it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use chain_client::{Client, Fees, Settings};

/// Half of what a local network takes for a block unless told: most of a demo is waiting for blocks. Several validators
/// on one machine need the time.
const fn block_time(validators: usize) -> &'static str {
    if validators > 1 { "500ms" } else { "250ms" }
}

/// Stops the nodes when dropped.
pub struct Localnet {
    folder: PathBuf,
    port: u16,
    validators: usize,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

impl Localnet {
    /// A fresh network on the ports from `port`.
    pub fn up(name: &str, port: u16, validators: usize) -> Self {
        let net = Self::make(name, port, validators);
        net.start();
        net
    }

    /// The files of a fresh network that has not started.
    pub fn make(name: &str, port: u16, validators: usize) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let net = Self {
            folder,
            port,
            validators,
        };
        net.script(&["make", "--validators", &validators.to_string()]);
        net
    }

    /// Starts every node that is down.
    pub fn start(&self) {
        self.script(&["up"]);
    }

    fn script(&self, arguments: &[&str]) {
        let output = Command::new(root().join("scripts/localnet"))
            .args(arguments)
            .env("OPTIO_LOCALNET", &self.folder)
            .env("OPTIO_LOCALNET_PORT", self.port.to_string())
            .env("OPTIO_LOCALNET_BLOCK_TIME", block_time(self.validators))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "localnet {arguments:?}: {text}");
    }

    /// A node's process, by signal: `-9` kills, `-15` stops.
    pub fn signal(&self, node: usize, signal: &str) {
        let file = self.folder.join(format!("node{node}.pid"));
        let pid = std::fs::read_to_string(file).unwrap();
        let status = Command::new("kill").args([signal, pid.trim()]).status();
        assert!(status.unwrap().success());
    }

    pub fn port(&self, node: u16) -> u16 {
        self.port + 10 * node
    }

    pub fn url(&self, node: u16) -> String {
        format!("http://127.0.0.1:{}", self.port(node))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn client(&self, node: u16) -> Client {
        Client::connect(Settings {
            url: self.url(node),
            prefix: "wasm".to_owned(),
            fees: Fees {
                denom: "stake".to_owned(),
                per_million: 25_000,
                ceiling: 1_000_000,
            },
            patience: Duration::from_secs(30),
            notice: |text| println!("{text}"),
        })
        .unwrap()
    }

    /// `optio`, with the faucet's key.
    pub fn optio(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_optio"));
        command
            .args(arguments)
            .arg("--key-file")
            .arg(self.file("keys/faucet"))
            .env("WASM_ARTIFACTS", artifacts())
            .current_dir(&self.folder);
        command
    }

    pub fn deploy_command(&self, more: &[&str]) -> Command {
        let url = self.url(0);
        let config = root().join("tests/chain/local.json");
        let mut command = self.optio(&["deploy", "--node", &url]);
        command.arg("--config").arg(config).args(more);
        command
    }

    /// The demo through some address, with more arguments than that; its steps can be waited for.
    pub fn demo(&self, url: &str, more: &[&str]) -> Demo {
        let mut child = self
            .optio(&["demo", "--node", url, "--patience", "120"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Demo {
            child,
            lines,
            said: String::new(),
        }
    }
}

fn artifacts() -> PathBuf {
    std::env::var_os("WASM_ARTIFACTS").map_or_else(|| root().join("artifacts"), PathBuf::from)
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.script(&["down"]);
    }
}

/// A demo in progress.
pub struct Demo {
    child: Child,
    lines: BufReader<ChildStdout>,
    said: String,
}

impl Demo {
    /// Reads on until a line holds this.
    pub fn wait_for(&mut self, what: &str) {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).unwrap();
            self.said.push_str(&line);
            if line.contains(what) {
                return;
            }
            if read == 0 {
                let mut stderr = String::new();
                let mut errors = self.child.stderr.take().unwrap();
                std::io::Read::read_to_string(&mut errors, &mut stderr).unwrap();
                panic!("ended before {what:?}:\n{}\n{stderr}", self.said);
            }
        }
    }

    /// Lets it end; it must have gone well, with the ledger conserved and the replay equal.
    pub fn succeed(mut self) -> String {
        std::io::Read::read_to_string(&mut self.lines, &mut self.said).unwrap();
        let Output { status, stderr, .. } = self.child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&stderr);
        assert!(status.success(), "{}\n{stderr}", self.said);
        assert!(
            self.said.contains("Conserved: every invariant held"),
            "{}",
            self.said
        );
        assert!(
            self.said.contains("Replayed in this process: "),
            "{}",
            self.said
        );
        self.said
    }
}
