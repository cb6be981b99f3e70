import { endRun } from './run-folder.js';
import { told } from './test-run.js';

export default async function globalTeardown(): Promise<void> {
  const folder = told('runFolder');
  if (folder !== null) await endRun(folder);
}
