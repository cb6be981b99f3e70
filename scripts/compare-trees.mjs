import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from './prepare.mjs';

/**
 * Runs a bench in this checkout and in another one, turn by turn, and compares every figure of the printed tables: so a change
 * of the code is held against the code before it on a machine whose speed moves.
 */
const HELP = `npm run bench:compare -- <folder of another checkout> [--rounds 10] -- <bench and its options>
  e.g. npm run bench:compare -- ../before --rounds 10 -- drain --events 100000 --rounds 1
Both checkouts run the bench in turn, the other one first in every second round. Printed are, for each row and column, the median
of this checkout's figure ÷ the other's in the same round, and the spread of these quotients.`;

const separator = process.argv.indexOf('--', 2);
const own = separator < 0 ? process.argv.slice(2) : process.argv.slice(2, separator);
const bench = separator < 0 ? [] : process.argv.slice(separator + 1);
const { values, positionals } = parseArgs({
  args: own,
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '10' }, help: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (values.help || folder === undefined || bench.length === 0) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const other = resolve(folder);
if (!existsSync(join(other, 'scripts/bench.mjs'))) fail(`${other} is no checkout with scripts/bench.mjs`);
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) fail('--rounds must be a whole number from 1');

/** Figures by "table · row · column", a list with one of each round. */
const figures = { this: new Map(), other: new Map() };
for (let round = 0; round < rounds; round += 1) {
  const turns = [
    ['this', ROOT],
    ['other', other],
  ];
  for (const [name, tree] of round % 2 ? turns.reverse() : turns) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${name} checkout\n`);
    collect(figures[name], runBench(tree), round);
  }
}
print();

function runBench(tree) {
  const { status, stdout } = spawnSync(process.execPath, [join(tree, 'scripts/bench.mjs'), ...bench], {
    cwd: tree,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) fail(`the bench failed in ${tree} (exit code ${status})`);
  return stdout;
}

/** Reads the tables of a bench: a cell may hold several figures (`1.2 / 3.4`), of a spread in brackets only the median counts. */
function collect(into, text, round) {
  let columns = null;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) {
      columns = null;
      continue;
    }
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (columns === null) columns = cells;
    else if (!/^-+$/.test(cells[1] ?? '')) {
      cells.slice(1).forEach((cell, index) => {
        const column = columns[index + 1].replace(/\s*\[.*/, '');
        cell
          .replace(/\[.*\]/, '')
          .split(' / ')
          .forEach((figure, part) => {
            const number = Number(figure.replaceAll(',', '').trim());
            const name = `${cells[0]} · ${column.split(' / ')[part] ?? column}`;
            if (figure.trim() === '' || !Number.isFinite(number)) return;
            if (!into.has(name)) into.set(name, []);
            into.get(name)[round] = number;
          });
      });
    }
  }
}

function print() {
  console.log(`\nThis checkout ÷ ${folder}, ${rounds} interleaved rounds of: ${bench.join(' ')}\n`);
  console.log('| figure | this, median | other, median | median of the quotients | spread |');
  console.log('| --- | --- | --- | --- | --- |');
  for (const [name, mine] of figures.this) {
    const theirs = figures.other.get(name);
    if (!theirs) {
      console.log(`| ${name} | ${median(mine)} | | | |`);
      continue;
    }
    const quotients = mine.map((value, round) => value / theirs[round]).filter(Number.isFinite);
    if (quotients.length === 0) continue;
    const spread = `${Math.min(...quotients).toFixed(2)}–${Math.max(...quotients).toFixed(2)}`;
    console.log(`| ${name} | ${median(mine)} | ${median(theirs)} | ${median(quotients).toFixed(3)} | ${spread} |`);
  }
  for (const [name, theirs] of figures.other)
    if (!figures.this.has(name)) console.log(`| ${name} | | ${median(theirs)} | | |`);
}

function median(values) {
  const sorted = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
