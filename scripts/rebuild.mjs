import { prepare } from './prepare.mjs';

prepare();
await import('../dist/rebuild.js');
