import type { NewEvent } from '../failover/stamped-event.js';

const PREFIX = 'monitoreo.unsent.';

/** Events that outlive their page (`data-offline="storage"`); what other pages left is sent again, under the same ids. */
export class KeptEvents {
  private adopted: readonly string[] = [];

  constructor(private readonly name: string) {}

  /** What pages before this one left behind. It stays until `keep` says what became of it. */
  left(): readonly NewEvent[] {
    return attempt(() => {
      this.adopted = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
      const texts = this.adopted.flatMap((name) => JSON.parse(localStorage.getItem(name) ?? '[]') as string[]);
      return texts.map((json) => JSON.parse(json) as NewEvent);
    });
  }

  /** @param events what is unconfirmed now, of this page and of those that it adopted */
  keep(events: readonly string[]): void {
    attempt(() => {
      const name = PREFIX + this.name;
      if (events.length > 0) localStorage.setItem(name, JSON.stringify(events));
      for (const old of [...this.adopted, name]) if (old !== name || events.length === 0) localStorage.removeItem(old);
      this.adopted = [];
      return [];
    });
  }
}

/** Storage may be full, or forbidden. */
function attempt(use: () => readonly NewEvent[]): readonly NewEvent[] {
  try {
    return use();
  } catch {
    return [];
  }
}
