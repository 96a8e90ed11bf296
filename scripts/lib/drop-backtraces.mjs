// Empties the functions that print backtraces: node drop-backtraces.mjs BINARYEN IN OUT   (IN still names its functions)
//
// cosmwasm-std 3 puts a backtrace into every error, on wasm a disabled one, and with it the standard library's printer of
// frames and demangler of names: 20 KB an artefact that nothing calls. They stand in the table of indirect calls, so no
// optimiser drops them by itself. Called after all, one of them traps.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, input, output] = process.argv.slice(2);
const { default: binaryen } = await import(pathToFileURL(`${folder}/index.js`));

// Mangled: what implements Display or Debug in std::backtrace, std::backtrace_rs and rustc_demangle, and its closures.
const PRINTERS = /^(?!.*13drop_in_place).*(3std9backtrace|3std12backtrace_rs|14rustc_demangle)\w*(7Display|5Debug)3fmt/;

const module = binaryen.readBinary(readFileSync(input));
let emptied = 0;
for (let index = 0; index < module.getNumFunctions(); index++) {
  const reference = module.getFunctionByIndex(index);
  if (!PRINTERS.test(binaryen.getFunctionInfo(reference).name)) continue;
  binaryen.Function.setBody(reference, module.unreachable());
  emptied++;
}
if (emptied === 0) throw new Error(`${input}: no printer of backtraces by its name; are names stripped?`);
writeFileSync(output, module.emitBinary());
