import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '../src/platform/config/config.js';
import { JOURNAL_BUFFER_KB } from '../src/platform/pulsar/embedded/embedded-pulsar-configuration.js';
import * as catalogue from '../src/slices.js';
import { temporaryFolder } from './support/run-folder.js';

/**
 * Docker may be absent where tests run: so docker-compose.yml is held to Compose's own schema (PyPI's check-jsonschema
 * carries it), to what clients know of ports and names, and to our configuration. That the containers start is not shown.
 */
const COMPOSE = 'docker-compose.yml';
const VENV = '.data/check-jsonschema';
const PYTHON = join(VENV, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

interface Service {
  readonly image?: string;
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly depends_on?: Record<string, { condition: string }>;
  readonly healthcheck?: object;
  readonly volumes?: string[];
  readonly mem_limit?: string;
}

/** Null when the checker is ready; else why not. */
function installChecker(): string | null {
  if (existsSync(join(VENV, 'complete'))) return null;
  try {
    execFileSync('python3', ['-m', 'venv', '--clear', VENV], { stdio: 'pipe' });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    execFileSync(PYTHON, [...pip, 'check-jsonschema==0.39.0'], { stdio: 'pipe' });
    writeFileSync(join(VENV, 'complete'), '');
    return null;
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    return (error as Error).message.split('\n')[0] ?? 'unknown';
  }
}

const missing = installChecker();
const describeWithChecker = missing === null ? describe : describe.skip;

function schemaProblems(file: string): string {
  try {
    execFileSync(PYTHON, ['-m', 'check_jsonschema', '--builtin-schema', 'vendor.compose-spec', file], {
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return String((error as { stdout: Buffer }).stdout);
  }
}

function readCompose(): Record<string, Service> {
  const script =
    'import json, ruamel.yaml as y; print(json.dumps(y.YAML(typ="safe").load(open("docker-compose.yml"))))';
  const text = execFileSync(PYTHON, ['-c', script], { encoding: 'utf8' });
  return (JSON.parse(text) as { services: Record<string, Service> }).services;
}

describeWithChecker(`docker-compose.yml${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  test('follows the Compose schema', () => {
    expect(schemaProblems(COMPOSE)).toBe('');
  });

  test('the schema check catches a mistake', async () => {
    const broken = join(await temporaryFolder('compose'), COMPOSE);
    await writeFile(broken, readFileSync(COMPOSE, 'utf8').replaceAll('mem_limit:', 'memory_limit:'));
    expect(schemaProblems(broken)).toContain('memory_limit');
  });

  test("gives the broker's journal the same buffer as our own broker has", () => {
    expect(readCompose().pulsar!.environment).toMatchObject({
      PULSAR_PREFIX_journalWriteBufferSizeKB: String(JOURNAL_BUFFER_KB),
    });
  });

  test('publishes the agreed ports, all on loopback', () => {
    const ports = Object.fromEntries(Object.entries(readCompose()).map(([name, service]) => [name, service.ports]));
    expect(ports).toEqual({
      pulsar: ['127.0.0.1:6650:6650', '127.0.0.1:8080:8080'],
      postgres: ['127.0.0.1:5433:5432'],
      monitoreo: ['127.0.0.1:8082:8082'],
    });
  });

  test('the service waits for healthy parts; every part has a memory cap; what keeps data has a volume', () => {
    const { pulsar, postgres, monitoreo } = readCompose();
    expect(monitoreo?.depends_on).toEqual({
      pulsar: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
    });
    for (const service of [pulsar, postgres]) {
      expect(service?.healthcheck).toBeDefined();
      expect(service?.volumes).toHaveLength(1);
    }
    for (const service of [pulsar, postgres, monitoreo]) expect(service?.mem_limit).toMatch(/^\d+[mg]$/);
    expect(pulsar?.image).toMatch(/^apachepulsar\/pulsar:4\.0\./);
    expect(postgres?.image).toBe('postgres:18');
    expect(readFileSync('monitoreo.Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m);
  });

  test('the configuration accepts its environment, and finds the other two containers in it', () => {
    const { postgres, monitoreo } = readCompose();
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres?.environment ?? {};
    const environment = Object.entries(monitoreo?.environment ?? {}).map(
      ([name, value]) => [name, value.replace(/\$\{\w+:-(.*?)\}/, '$1')] as const, // what Compose fills in when it is unset
    );
    const { settings } = loadConfig(Object.values(catalogue), Object.fromEntries(environment));
    expect(settings).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 8082,
      ALLOW_ANONYMOUS: true,
      DATABASE_URL: `postgresql://${POSTGRES_USER}:${POSTGRES_PASSWORD}@postgres:5432/${POSTGRES_DB}`,
      PULSAR_SERVICE_URL: 'pulsar://pulsar:6651',
    });
    expect(POSTGRES_USER).toBe('monitoreo');
  });
});
