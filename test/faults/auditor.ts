import { audit, type Scope } from './audit.js';
import { LedgerFile } from './ledger.js';
import { LedgerIndex } from './ledger-index.js';

/**
 * The auditor, a process of its own: nothing that is killed or stopped here takes its memory along. It keeps the ledger
 * of what producers were told, on disk before it answers, and compares it with the database.
 * Arguments: path of the ledger (made), address of the database.
 */
export type AuditorRequest =
  | { readonly id: number; readonly op: 'tell'; readonly records: Buffer }
  | { readonly id: number; readonly op: 'audit'; readonly scope: Scope };

export type AuditorAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };

const [path, databaseUrl] = process.argv.slice(2) as [string, string];
const file = await LedgerFile.create(path);
const index = new LedgerIndex();

let turn = Promise.resolve();
process.on('message', (request: AuditorRequest) => {
  // One after the other: an audit must not see half of what was told before it.
  turn = turn.then(() => answer(request));
});
process.on('disconnect', () => process.exit(0));

async function answer(request: AuditorRequest): Promise<void> {
  let reply: AuditorAnswer;
  try {
    reply = { id: request.id, value: await perform(request) };
  } catch (error) {
    reply = { id: request.id, error: (error as Error).stack ?? String(error) };
  }
  process.send?.(reply);
}

async function perform(request: AuditorRequest): Promise<unknown> {
  if (request.op === 'audit') return audit(databaseUrl, index, request.scope);
  const records = Buffer.from(request.records);
  await file.append(records);
  index.add(records);
  return null;
}
