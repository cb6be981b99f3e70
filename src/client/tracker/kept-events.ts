const PREFIX = 'monitoreo.unsent.';

/** Events that outlive their page (`data-offline="storage"`); what other pages left is sent again, under the same ids. */
export class KeptEvents {
  private adopted: readonly string[] = [];

  constructor(private readonly name: string) {}

  /** JSON texts that pages before this one left behind. They stay until `keep` says what became of them. */
  left(): readonly string[] {
    return attempt(() => {
      this.adopted = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
      return this.adopted.flatMap((name) => JSON.parse(localStorage.getItem(name) ?? '[]') as string[]);
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
function attempt(use: () => readonly string[]): readonly string[] {
  try {
    return use();
  } catch {
    return [];
  }
}
