const EVERY_MS = 50;

/** Asks one address again and again; what it answered, in order, without repeats. */
export class StatusWatch {
  readonly statuses: string[] = [];
  private running = true;
  private readonly done: Promise<void>;

  constructor(private readonly url: string) {
    this.done = this.run();
  }

  async stop(): Promise<string[]> {
    this.running = false;
    await this.done;
    return this.statuses;
  }

  private async run(): Promise<void> {
    while (this.running) {
      const status = await this.ask();
      if (this.statuses.at(-1) !== status) this.statuses.push(status);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  private async ask(): Promise<string> {
    try {
      return String((await fetch(this.url)).status);
    } catch (error) {
      return (error as Error).message;
    }
  }
}
