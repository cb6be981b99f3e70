import { runHarness } from './harness.mjs';

/** `node scripts/clickstream.mjs`: a public clickstream through Pulsar, and every answer of analysts recounted. */
await runHarness('clickstream');
