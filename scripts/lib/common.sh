# Shared by the scripts in this folder: messages, paths, the chosen wasm toolchain. Sourced, not run.
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="$ROOT/.cache"
TOOLCHAIN_ENV="$CACHE/toolchain.env"
BINARYEN_VERSION=132.0.0
TYPESCRIPT_VERSION=5.9.3
RUST_MINIMUM=95 # rustc 1.95: cosmwasm-vm 3.0.10 needs it

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The minor number of a rustc 1.x, or 0 when it is missing.
rust_minor() { "$1" --version 2>/dev/null | sed -nE 's/^rustc 1\.([0-9]+).*/\1/p' | grep . || echo 0; }

# Debian packages, installed only when one of them is missing.
apt_install() {
  local missing=()
  for package in "$@"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  command -v apt-get >/dev/null || die "please install: ${missing[*]}"
  local sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  note "installing Debian packages: ${missing[*]}"
  $sudo apt-get update -qq >/dev/null || return 1
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Builds one of our programs and puts its path into $program. Over the whole workspace, because a crate built alone takes
# other features of what it depends on, and the VM would be compiled once more.
build_program() {
  cargo build --locked --quiet --workspace --bin "$1" || return 1
  program="${CARGO_TARGET_DIR:-$ROOT/target}/debug/$1"
}
