import { prepare } from './prepare.mjs';

prepare();
// In this same process, so that Ctrl-C and SIGTERM reach the service itself.
await import('../dist/main.js');
