import { spawn } from 'node:child_process';
import { utimesSync, watch } from 'node:fs';
import { copySql, packageScript, prepare } from './prepare.mjs';

/** Compiles on every change, restarts on every compilation. PostgreSQL and Pulsar stay up in between: they belong to this process. */
prepare();
const { environment, stop } = await startServers();
const node = process.execPath;
const children = [
  spawn(
    node,
    [packageScript('typescript', 'bin/tsc'), '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
    {
      stdio: 'inherit',
    },
  ),
  spawn(node, ['--watch', 'dist/main.js'], { stdio: 'inherit', env: { ...process.env, ...environment } }),
];
// The compiler takes no notice of migrations; a new time on the program makes Node start it again.
const migrations = watch('src', { recursive: true }, (_, file) => {
  if (!file?.endsWith('.sql')) return;
  copySql('dist');
  utimesSync('dist/main.js', new Date(), new Date());
});
let ending = null;
// One Ctrl-C comes twice: from the terminal, and passed on by npm.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void (ending ??= end()));

async function end() {
  migrations.close();
  for (const child of children) child.kill('SIGTERM');
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))));
  await stop();
}

/** The service then finds both addresses in its environment, and starts and stops nothing: but a Pulsar that cannot start yet. */
async function startServers() {
  const { loadConfig } = await import('../dist/platform/config/config.js');
  const { OwnServers } = await import('../dist/own-servers.js');
  const slices = await import('../dist/slices.js');
  const servers = new OwnServers(loadConfig(Object.values(slices)), console.log);
  try {
    await servers.claimDataFolder();
  } catch (error) {
    if (error.name !== 'ServiceRunsAlready') throw error;
    console.error(error.message);
    process.exit(1);
  }
  const { DATABASE_URL, PULSAR_SERVICE_URL, PULSAR_WEB_URL } = (await servers.start()).settings;
  if (PULSAR_SERVICE_URL === null) await servers.handOver();
  const addresses = Object.entries({ DATABASE_URL, PULSAR_SERVICE_URL, PULSAR_WEB_URL }).filter(
    ([, url]) => url !== null,
  );
  return { environment: Object.fromEntries(addresses), stop: () => servers.stop() };
}
