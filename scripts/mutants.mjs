import { parseArgs } from 'node:util';
import { prepare, ROOT } from './prepare.mjs';

const LEAST_KILLED = 85;

/** Each area names what is mutated, and the specs that have to notice. */
const AREAS = {
  'sql-states': {
    files: ['src/platform/postgres/sql-state.ts'],
    specs: ['platform/postgres/sql-state'],
  },
  identity: {
    files: ['src/events/domain/event-identity.ts', 'src/events/domain/content/fingerprint.ts'],
    specs: ['events/domain/event-identity', 'events/domain/content/fingerprint'],
  },
  windows: {
    files: ['src/events/domain/counts/window-plan.ts', 'src/events/domain/counts/count-buckets.ts'],
    specs: ['events/domain/counts/window-plan'],
  },
  permits: {
    files: ['src/platform/pulsar/direct/consumer/permit-account.ts'],
    specs: ['platform/pulsar/direct/consumer/permit-account'],
  },
  acknowledgements: {
    files: [
      'src/platform/pulsar/direct/consumer/acknowledged-prefix.ts',
      'src/platform/pulsar/direct/consumer/entry-acknowledgements.ts',
      'src/events/infrastructure/pulsar/topic-pipeline.ts',
    ],
    specs: ['platform/pulsar/direct/consumer/entry-acknowledgements', 'events/topic-pipeline'],
  },
};

const HELP = `npm run mutants [-- ${Object.keys(AREAS).join(' | ')} …]
Changes the code of each area in many small ways, one at a time, and counts how many of them its unit specs notice (Stryker).
Fails below ${LEAST_KILLED} %. Why the survivors live: test/mutants/survivors.md. All take a quarter of an hour or more.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false } },
});
if (values.help || positionals.some((name) => !Object.hasOwn(AREAS, name))) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
prepare();
process.chdir(ROOT);
process.env.MONITOREO_TEST_TIER = 'unit'; // so that no server is started
// Not at the top: a fresh clone gets its packages from `prepare`.
const { Stryker } = await import('@stryker-mutator/core');

console.log('| area | mutants | noticed | not noticed | share |\n| --- | --- | --- | --- | --- |');
for (const name of positionals.length > 0 ? positionals : Object.keys(AREAS)) {
  const results = await mutants(AREAS[name]);
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  const [killed, timedOut, alive] = [count('Killed'), count('Timeout'), count('Survived', 'NoCoverage')];
  const share = (100 * (killed + timedOut)) / (killed + timedOut + alive);
  if (share < LEAST_KILLED) process.exitCode = 1;
  console.log(`| ${name} | ${killed + timedOut + alive} | ${killed + timedOut} | ${alive} | ${share.toFixed(1)} % |`);
  const survivors = results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  for (const survivor of survivors.map(described).sort()) console.log(survivor);
}

/** Runs the specs against every mutant of these files. */
async function mutants({ files, specs }) {
  const stryker = new Stryker({
    mutate: files,
    plugins: ['@stryker-mutator/jest-runner'],
    testRunner: 'jest',
    jest: {
      config: { testMatch: specs.map((spec) => `**/${spec}.unit.spec.ts`) },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    concurrency: 1,
    timeoutMS: 20_000, // a machine that is busy with other things is no mutant that never ends
    ignorePatterns: ['.data', 'dist', 'docs', 'deploy', 'coverage', 'test/faults/reports', 'test/limits/reports'],
    tempDirName: '.data/stryker',
    reporters: ['dots'],
    logLevel: 'warn',
    allowConsoleColors: false,
    fileLogLevel: 'off',
  });
  return stryker.runMutationTest();
}

/** `file:line:column Mutator: what stands there instead`. */
function described({ fileName, location, mutatorName, replacement, status }) {
  const path = fileName.slice(fileName.lastIndexOf('/src/') + 1);
  const { line, column } = location.start;
  const uncovered = status === 'NoCoverage' ? ' (no test comes there)' : '';
  return `${path}:${line}:${column} ${mutatorName}: ${replacement.replace(/\s+/g, ' ')}${uncovered}`;
}
