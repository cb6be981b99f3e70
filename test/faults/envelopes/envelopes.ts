import { createHash } from 'node:crypto';
import { EVENT_TYPES, type EventType } from '../../../src/events/domain/incoming-event.js';
import { OwnRun } from '../own-run.js';
import type { Random } from '../random.js';
import type { FamilyCount } from '../report.js';
import type { Shown } from '../scenarios.js';
import { queryOn, type Stage } from '../stage.js';
import { BinaryProducer } from './binary-producer.js';
import type { Schema } from './envelope.js';
import { ENVELOPE_FAMILIES, type EnvelopeFamily, type Outcome, plain } from './envelope-families.js';

const NEIGHBOUR_SHARE = 0.1;
/** Instances published in one turn. */
const AT_ONCE = 200;
const EXAMPLES = 8;
/** One in so many instances, of families that are rare. */
const RARE = 10;
const SETTLED_MS = 60_000;
/** Over SETTLED_MS, for each message: two cores that do other things as well. */
const SETTLED_EACH_MS = 20;

const record = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'event', fields });
const optional = (name: string, type: string) => ({ name, type: ['null', type], default: null });
/** The schema of the producer of each topic. */
const SCHEMAS: Readonly<Record<EventType, Schema>> = {
  click: { type: 2, definition: record(optional('user_id', 'string'), optional('timestamp', 'long')) },
  conversion: { type: 4, definition: record({ name: 'user_id', type: 'string' }) },
  sale: { type: 1, definition: '' },
};

/**
 * Messages whose envelopes are odd, of every family the same number, among good ones. Each must be recorded, or be a dead
 * letter with its own bytes and the reason of its family; nothing may be left at the broker, and the service must be healthy.
 */
export async function oddEnvelopes(stage: Stage, random: Random, count: number): Promise<Shown> {
  const own = await OwnRun.open(stage, random, {
    name: 'envelopes',
    subscriptionType: 'Shared',
    env: { MAX_EVENT_AGE_DAYS: '400' },
  });
  const producers = new Map<EventType, BinaryProducer>();
  try {
    for (const type of EVENT_TYPES)
      producers.set(
        type,
        await BinaryProducer.open(stage.pulsar.addresses.serviceUrl, own.intake.topics[type], SCHEMAS[type]),
      );
    const sent = instances(count);
    const from = performance.now();
    const neighbours: Outcome[] = [];
    for (let at = 0; at < sent.length; at += AT_ONCE) {
      const turn = sent.slice(at, at + AT_ONCE);
      await Promise.all(
        EVENT_TYPES.map(async (type) => {
          const envelopes = turn.flatMap((one) => {
            if (one.family.type !== type) return [];
            if (random.next() >= NEIGHBOUR_SHARE) return one.envelopes;
            const user = `neighbour-${neighbours.length}`;
            const payload = Buffer.from(plain(user, 0));
            neighbours.push({ user, reason: null, payload });
            return [...one.envelopes, { payload }];
          });
          await producers.get(type)!.send(envelopes);
        }),
      );
    }
    const settled = await own.settled(SETTLED_MS + count * SETTLED_EACH_MS).then(
      () => null,
      (error: unknown) => error as Error,
    );
    const seconds = (performance.now() - from) / 1000;
    const outcomes = [...sent.flatMap(outcomesOf), ...neighbours];
    const wrong = await differences(own.databaseUrl, outcomes);
    if (settled !== null) wrong.unshift(settled.message);
    if (wrong.length > 0) throw new Error(`${wrong.length} differ: ${wrong.slice(0, EXAMPLES).join('; ')}`);
    await mustBeHealthy(own.service.url);
    const letters = outcomes.filter(({ reason }) => reason !== null).length;
    const shown = [outcomes.length, ENVELOPE_FAMILIES.length, outcomes.length - letters, letters];
    const [messages, families, recorded, dead] = shown.map((n) => n.toLocaleString('en'));
    return {
      detail: `${messages} messages in odd envelopes of ${families} families and good ones between them: ${recorded} recorded, ${dead} dead letters with their bytes and reason, nothing left at the broker, ${seconds.toFixed(1)} s`,
      families: counted(sent),
    };
  } finally {
    for (const producer of producers.values()) producer.close();
    await own.close();
  }
}

const outcomesOf = ({ family, outcomes }: Instance) => outcomes.map((outcome) => ({ ...outcome, of: family.name }));

type Instance = ReturnType<EnvelopeFamily['make']> & { readonly family: EnvelopeFamily };

/** As many messages, in whole instances: a batch or chunks with what is between them. */
function instances(count: number): Instance[] {
  const made: Instance[] = [];
  for (let n = 0, messages = 0; messages < count; n++) {
    const family = ENVELOPE_FAMILIES[n % ENVELOPE_FAMILIES.length]!;
    if (family.rare && Math.floor(n / ENVELOPE_FAMILIES.length) % RARE !== 0) continue;
    const instance = { family, ...family.make(`envelope-${n}`, n) };
    messages += instance.outcomes.length;
    made.push(instance);
  }
  return made;
}

/** Compares the stored rows with those that must be there, both ways. */
async function differences(databaseUrl: string, outcomes: readonly (Outcome & { of?: string })[]): Promise<string[]> {
  const rows = await queryOn<{ found: string }>(
    databaseUrl,
    `select concat(user_id, ' at ', (extract(epoch from occurred_at) * 1000)::bigint) as found from events
     union all select concat(reason, ' ', encode(sha256(payload), 'hex')) from dead_letters`,
  );
  const left = new Map<string, number>();
  for (const { found } of rows) {
    left.set(found, (left.get(found) ?? 0) + 1);
    const user = / at -?\d+$/.test(found) ? found.slice(0, found.lastIndexOf(' at ')) : null;
    if (user !== null) left.set(user, (left.get(user) ?? 0) + 1);
  }
  const missing: string[] = [];
  const take = (key: string, shown: string) => {
    const times = left.get(key) ?? 0;
    if (times === 0) missing.push(shown);
    else left.set(key, times - 1);
  };
  for (const { user, reason, payload, occurredAt, of } of outcomes) {
    const shown = `${user} (${of ?? 'a good one'}) must be ${reason ?? 'recorded'}`;
    if (reason !== null) take(`${reason} ${createHash('sha256').update(payload).digest('hex')}`, shown);
    else take(occurredAt === undefined ? user : `${user} at ${occurredAt}`, shown);
  }
  if (rows.length !== outcomes.length)
    missing.push(`${rows.length} rows and dead letters, ${outcomes.length} messages`);
  return missing;
}

async function mustBeHealthy(serviceUrl: string): Promise<void> {
  const text = await (await fetch(`${serviceUrl}/health`)).text();
  if ((JSON.parse(text) as { status: string }).status !== 'healthy')
    throw new Error(`the service is not healthy: ${text}`);
}

function counted(sent: readonly Instance[]): FamilyCount[] {
  const counts = new Map<EnvelopeFamily, { count: number; reason: string }>();
  for (const { family, outcomes } of sent) {
    const reasons = new Set(outcomes.map(({ reason }) => reason ?? 'recorded'));
    const count = (counts.get(family)?.count ?? 0) + outcomes.length;
    counts.set(family, { count, reason: [...reasons].join(', ') });
  }
  return [...counts].map(([{ name, type }, { count, reason }]) => ({ family: name, type, count, reason }));
}
