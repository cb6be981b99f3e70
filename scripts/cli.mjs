import { prepare } from './prepare.mjs';

/** `node scripts/cli.mjs <command> [options]`: a command of `dist/cli.js`, which reads the arguments itself. */
prepare();
await import('../dist/cli.js');
