import type { Overloaded } from '../../overloaded.js';
import { Problem } from './problem.js';

/** The requests that hold the room end within seconds. */
const RETRY_AFTER_SECONDS = 2;

export const overloadedProblem = ({ message, code }: Overloaded) =>
  new Problem(503, code, message, { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } });
