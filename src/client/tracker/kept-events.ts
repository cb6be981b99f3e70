import type { NewEvent } from '../failover/stamped-event.js';

const PREFIX = 'monitoreo.unsent.';

/** Events that outlive their page (`data-offline="storage"`); what other pages left is sent again, under the same ids. */
export class KeptEvents {
  /** Events of other pages, as they left them. */
  private readonly adopted = new Map<string, string>();

  constructor(private readonly name: string) {}

  /** The events that pages before this one left behind. They stay until `keep` says what became of them. */
  left(): readonly NewEvent[] {
    const names = attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)));
    return names.flatMap((name) =>
      attempt(() => {
        const text = localStorage.getItem(name)!;
        this.adopted.set(name, text);
        return (JSON.parse(text) as string[]).map((json) => JSON.parse(json) as NewEvent);
      }),
    );
  }

  /** @param events what is unconfirmed now, of this page and of those that it adopted */
  keep(events: readonly string[]): void {
    attempt(() => {
      const name = PREFIX + this.name;
      if (events.length > 0) localStorage.setItem(name, JSON.stringify(events));
      else localStorage.removeItem(name);
      // A page that is still open in another tab may have left more meanwhile.
      for (const [other, text] of this.adopted)
        if (localStorage.getItem(other) === text) localStorage.removeItem(other);
      this.adopted.clear();
      return [];
    });
  }
}

/** Storage may be full, or forbidden. */
function attempt<T>(use: () => readonly T[]): readonly T[] {
  try {
    return use();
  } catch {
    return [];
  }
}
