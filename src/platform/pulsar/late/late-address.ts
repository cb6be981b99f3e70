/** Where a broker answers: `pulsar://…` and `http://…`. */
export interface BrokerAddress {
  readonly serviceUrl: string;
  readonly webUrl: string;
}

/** An address that is not known yet: our own Pulsar, say, cannot start now and may in a minute. */
export class LateAddress {
  private tell!: (address: BrokerAddress) => void;
  /** Resolves when it is known; never rejects. */
  readonly known = new Promise<BrokerAddress>((resolve) => (this.tell = resolve));

  constructor(private why: string) {}

  /** Why it is not known, in words for an operator. */
  get reason(): string {
    return this.why;
  }

  explain(reason: string): void {
    this.why = reason;
  }

  arrive(address: BrokerAddress): void {
    this.tell(address);
  }
}
