import 'reflect-metadata';
import { keepHeapSmall } from '../../src/platform/heap-growth.js';
import { startOrchestrator } from '../support/orchestrator.js';

/** The orchestrator in a process of its own, cache off. */
const [first, second, third, fourth] = JSON.parse(process.argv[2] ?? '[]') as [string, string, string, string];
const { url } = await startOrchestrator({
  MICROSERVICE1_URL: first,
  MICROSERVICE2_URL: second,
  MICROSERVICE3_URL: third,
  MICROSERVICE4_URL: fourth,
});
keepHeapSmall();
process.on('disconnect', () => process.exit(0));
process.send?.(url);
