/** The keys to this service. */
export abstract class OwnKeys {
  /** Compared so that time tells nothing. */
  abstract has(value: string): boolean;
}
