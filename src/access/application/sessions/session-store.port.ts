import type { StoredSession } from '../live-access-reader.port.js';

export abstract class SessionStore {
  abstract open(session: StoredSession): Promise<void>;

  /** Also one that is not there. */
  abstract end(digest: Buffer): Promise<void>;
}
