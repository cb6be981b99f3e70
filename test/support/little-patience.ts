import { EVENTS_VARIABLES } from '../../src/events/events.variables.js';
import type { TestApplication } from './application.js';

const PATIENCE_MS = 1_500;

/**
 * Asks while nothing can be recorded, as a sender who hears of that soon. All others have the usual patience: a machine that
 * stands still for a moment must not send away whoever is to be recorded.
 */
export async function withLittlePatience<T>(
  { config }: Pick<TestApplication, 'config'>,
  ask: () => Promise<T>,
): Promise<T> {
  const settings = config.of(EVENTS_VARIABLES) as { RECORD_TIMEOUT_MS: number };
  const patience = jest.replaceProperty(settings, 'RECORD_TIMEOUT_MS', PATIENCE_MS);
  try {
    return await ask();
  } finally {
    patience.restore();
  }
}
