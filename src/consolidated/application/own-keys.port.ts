/** The keys to this service. */
export abstract class OwnKeys {
  /** The comparison takes the same time whatever the text is. */
  abstract has(value: string): boolean;
}
