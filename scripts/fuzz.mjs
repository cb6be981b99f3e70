import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { prepare, ROOT, run } from './prepare.mjs';

const HELP = `npm run fuzz [-- --examples 50] [--url http://127.0.0.1:8082 --token …]
Runs schemathesis (all checks, every route of /docs-json) against a service of its own, or against the one at --url.
Needs Python 3; schemathesis is installed once into .data/schemathesis.`;

/**
 * Not everything is checked. The API is lenient on purpose (unknown query parameters are ignored, a field of a wrong
 * type that is free text elsewhere stays in `properties`), so data that the document forbids may be accepted; and the document
 * cannot say all that is refused (`from` later than `to`, a cursor that nobody gave out, too many buckets for a window).
 */
const LEFT_OUT = 'negative_data_rejection,positive_data_acceptance';
/**
 * Not asked: a vote is 503 without a broker, and the run has none; a stream has frames of more than one kind (`gap`), which the
 * document cannot tell apart.
 */
const NOT_ASKED = ['/live/click', '/live/stream'];
/** The service of the run has one, so that the checks of authentication mean something. */
const TOKEN = 'fuzz-token';
const SCHEMATHESIS = 'schemathesis==4.32.5';

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '50' },
    url: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

prepare();
const tool = installed();
const upstreams = values.url === undefined ? await startUpstreams() : null;
const service = upstreams && (await startService(upstreams.addresses));
try {
  process.exitCode = run(tool, [
    'run',
    `${service?.url ?? values.url}/docs-json`,
    '--checks=all',
    `--exclude-checks=${LEFT_OUT}`,
    `--max-examples=${values.examples}`,
    '--continue-on-failure',
    ...(service || values.token ? ['-H', `X-API-Token: ${service ? TOKEN : values.token}`] : []),
    ...NOT_ASKED.map((path) => `--exclude-path=${path}`),
    '--request-timeout=20',
  ]);
} finally {
  await service?.stop();
  await upstreams?.stop();
}

function installed() {
  const folder = join(ROOT, '.data/schemathesis');
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const program = join(bin, 'schemathesis');
  if (!existsSync(program)) {
    console.log('Installing schemathesis (once) …');
    const python = process.platform === 'win32' ? 'python' : 'python3';
    if (run(python, ['-m', 'venv', folder]) !== 0 || run(join(bin, 'pip'), ['install', '--quiet', SCHEMATHESIS]) !== 0)
      process.exit(1);
  }
  return program;
}

/** Stand-ins for the services that the orchestrator asks: without any it would answer 502. */
async function startUpstreams() {
  const child = spawn(process.execPath, [join(ROOT, 'dist/cli.js'), 'demo', 'upstreams', '--ports', '0,0,0,0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const addresses = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, number, url] = /^microservice(\d)\s+(\S+)/.exec(line) ?? [];
    if (number) addresses[`MICROSERVICE${number}_URL`] = url;
    if (Object.keys(addresses).length === 4) break;
  }
  return { addresses, stop: () => child.kill('SIGTERM') };
}

/** The built service on a free port, with its own PostgreSQL in .data/fuzz and no broker. */
async function startService(addresses) {
  const port = await freePort();
  const child = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
    env: {
      ...process.env,
      ...addresses,
      PORT: String(port),
      API_TOKEN: TOKEN,
      DATA_DIR: join(ROOT, '.data/fuzz'),
      PULSAR_SERVICE_URL: 'ws://127.0.0.1:9',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await ready(url)); tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error('the service does not start');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    url,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

async function ready(url) {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch (error) {
    if (error.cause?.code === 'ECONNREFUSED') return false;
    throw error;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
