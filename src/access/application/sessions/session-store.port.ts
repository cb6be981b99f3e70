import type { StoredSession } from '../live-access-reader.port.js';

export abstract class SessionStore {
  abstract open(session: StoredSession): Promise<void>;

  /** Ends a session. One that is not there is no error. */
  abstract end(digest: Buffer): Promise<void>;
}
