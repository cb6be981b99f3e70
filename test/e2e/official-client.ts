import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithPulsar } from '../support/pulsar.js';
import type { OwnIntake } from './own-intake.js';

/** Installed once per clone, for tests alone. */
const PACKAGES = join(process.cwd(), '.data/python-pulsar');
const PRODUCER = join(process.cwd(), 'test/e2e/produce.py');
const PYTHON = 'python3';

const environment = { ...process.env, PYTHONPATH: PACKAGES };

/**
 * Pulsar's official Python client, installed when it is not there yet.
 * @returns why it cannot be had here; null when it can. @throws Error instead when CI=true
 */
function officialClientMissing(): string | null {
  const imports = () => spawnSync(PYTHON, ['-c', 'import pulsar'], { env: environment }).status === 0;
  if (imports()) return null;
  const install = ['-m', 'pip', 'install', '--quiet', '--target', PACKAGES, 'pulsar-client'];
  const { error, stderr } = spawnSync(PYTHON, install, { encoding: 'utf8' });
  if (imports()) return null;
  const reason = error?.message ?? (stderr.trim().split('\n').at(-1) || 'pulsar-client does not import');
  if (process.env.CI === 'true') throw new Error(`the official Python client is missing: ${reason}`);
  return reason;
}

/** `describe` for tests that need the client (and the broker). Without it they show as skipped, with the reason. */
export function describeWithOfficialClient(name: string, tests: () => void): void {
  const missing = officialClientMissing();
  if (missing === null) describeWithPulsar(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}

/** Runs the producer script once; resolves when the broker has confirmed every message. */
export async function produceOfficially(intake: OwnIntake, firstAt: number): Promise<void> {
  const { click, conversion, sale } = intake.topics;
  const args = [PRODUCER, intake.pulsar.serviceUrl, click, conversion, sale, String(firstAt)];
  await promisify(execFile)(PYTHON, args, { env: environment });
}

/** The options of `send` of the official client beside the usual. */
export interface OfficialSend {
  readonly eventTimestamp?: bigint;
  /** Encrypts with a key of its own, which nobody else has. */
  readonly encrypted?: boolean;
  /** All messages in one batch. */
  readonly batched?: boolean;
  readonly chunked?: boolean;
  readonly compression?: 'LZ4' | 'ZLib' | 'ZSTD' | 'SNAPPY';
}

/** Publishes one message after the other, and resolves when all are confirmed. */
export async function sendAllOfficially(
  intake: OwnIntake,
  topic: string,
  payloads: readonly Buffer[],
  { eventTimestamp, encrypted = false, batched = false, chunked = false, compression }: OfficialSend = {},
): Promise<void> {
  const script = `import base64, os, subprocess, sys, tempfile, pulsar
url, topic, event_time, encrypted, batched, chunked, compression = sys.argv[1:]
client = pulsar.Client(url, logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))
options = {'batching_enabled': batched == '1', 'batching_max_publish_delay_ms': 500, 'chunking_enabled': chunked == '1'}
if compression:
    options['compression_type'] = getattr(pulsar.CompressionType, compression)
if encrypted == '1':
    folder = tempfile.mkdtemp()
    private, public = folder + '/private.pem', folder + '/public.pem'
    subprocess.run(['openssl', 'genrsa', '-out', private, '2048'], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(['openssl', 'rsa', '-in', private, '-pubout', '-out', public], check=True, stderr=subprocess.DEVNULL)
    options |= {'encryption_key': 'key', 'crypto_key_reader': pulsar.CryptoKeyReader(public, private)}
producer = client.create_producer(topic, **options)
results = []
for line in sys.stdin.buffer:
    producer.send_async(base64.b64decode(line), lambda result, _id: results.append(result),
                        event_timestamp=int(event_time) if event_time else None)
producer.flush()
client.close()
assert all(result == pulsar.Result.Ok for result in results), results`;
  const flags = [encrypted, batched, chunked].map((flag) => (flag ? '1' : '0'));
  const args = [
    '-c',
    script,
    intake.pulsar.serviceUrl,
    topic,
    eventTimestamp?.toString() ?? '',
    ...flags,
    compression ?? '',
  ];
  const running = promisify(execFile)(PYTHON, args, { env: environment });
  for (const payload of payloads) running.child.stdin!.write(`${payload.toString('base64')}\n`);
  running.child.stdin!.end();
  await running;
}

/** Publishes the bytes as one message; a `property`, if any, may hold bytes that are no text. */
export async function sendOfficially(
  intake: OwnIntake,
  topic: string,
  payload: Buffer,
  property: Buffer = Buffer.alloc(0),
): Promise<void> {
  const script = `import sys, pulsar
client = pulsar.Client(sys.argv[1], logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error))
properties = {'raw': bytes.fromhex(sys.argv[3])} if sys.argv[3] else None
client.create_producer(sys.argv[2]).send(sys.stdin.buffer.read(), properties=properties)
client.close()`;
  const args = ['-c', script, intake.pulsar.serviceUrl, topic, property.toString('hex')];
  const running = promisify(execFile)(PYTHON, args, { env: environment });
  running.child.stdin!.end(payload);
  await running;
}
