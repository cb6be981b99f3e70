import type { ErasuresPage } from '../../../people/application/answers/erasure.answer.js';
import type { Region } from '../../domain/region-list.js';
import type { MergedFact } from '../../domain/merged-fact.js';
import type { FactsAnswer } from '../answers/facts.answer.js';

/** Why another region gave no page. */
export class OtherRegionFailed extends Error {
  override readonly name = 'OtherRegionFailed';

  constructor(
    /**
     * `unreachable`: it gave no answer, or says that it cannot serve now. `refused`: it wants another key (MERGE_TOKEN).
     * `not_understood`: it answers something else, as an older release does.
     */
    readonly code: 'unreachable' | 'refused' | 'not_understood',
    /** In words for an operator. */
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface FactsAsked {
  readonly cursor: string | null;
  /** Epoch milliseconds. */
  readonly since: number | null;
}

/** A page of its answer. */
export interface FactsPage extends Omit<FactsAnswer, 'columns' | 'facts'> {
  readonly facts: readonly MergedFact[];
  /** The memory that it takes, about. */
  readonly bytes: number;
}

/** Another region, as it answers over HTTP. */
export abstract class OtherRegion {
  /** The next page. @throws {OtherRegionFailed} @throws the signal's reason */
  abstract facts(region: Region, asked: FactsAsked, signal: AbortSignal): Promise<FactsPage>;
  /**
   * The next page of its log of erasures. A release that has no such log gives an empty page.
   * @throws {OtherRegionFailed} @throws the signal's reason
   */
  abstract erasures(region: Region, cursor: string | null, signal: AbortSignal): Promise<ErasuresPage>;
  /** Resolves when it answers. @throws {OtherRegionFailed} */
  abstract reach(region: Region, signal: AbortSignal): Promise<void>;
}
