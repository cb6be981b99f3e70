import { readFileSync } from 'node:fs';

/**
 * Prints how many bytes of memory so many copies of an answer hold, each with its text beside it. It reads the answer as
 * JSON from standard input, and the number of copies as its argument. A process of its own has no garbage of others that
 * a collection may find in the middle: `node --expose-gc heap-of-copies.mjs 20 < answer.json`.
 */
const text = readFileSync(0, 'utf8');
const copies = Number(process.argv[2]);

function heldBytes() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Parsed anew, so that copies share no object. */
const copy = () => ({ answer: JSON.parse(text), written: Buffer.from(text) });

copy();
const kept = [];
const before = heldBytes();
for (let n = 0; n < copies; n += 1) kept.push(copy());
console.log(heldBytes() - before);
// Named after the last measurement, so that nothing of it was collected before.
if (kept.length !== copies) process.exitCode = 1;
