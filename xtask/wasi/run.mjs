// Runs a program for wasm32-wasip1: node run.mjs PROGRAM [ARGUMENT]...
// It sees the current folder, under its own absolute path, and no environment.

import { readFile } from 'node:fs/promises';
import { argv, cwd, exit } from 'node:process';
import { WASI } from 'node:wasi';

const [program, ...rest] = argv.slice(2);
const folder = cwd();
const wasi = new WASI({ version: 'preview1', args: [program, ...rest], preopens: { [folder]: folder } });
const module = await WebAssembly.compile(await readFile(program));
exit(wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject())));
