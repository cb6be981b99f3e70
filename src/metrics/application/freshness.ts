import { Injectable } from '@nestjs/common';
import { topicOf } from '../../events/application/topic-of.js';
import { EVENT_TYPES } from '../../events/domain/incoming-event.js';
import { Config } from '../../platform/config/config.js';
import { lagOf, type Missing } from '../domain/freshness.js';
import { AnswerCache } from './answer-cache.js';
import type { Freshness } from './answers/freshness.answer.js';
import { ConsumerSigns } from './consumer-signs.port.js';

@Injectable()
export class FreshnessOfTopics {
  private readonly topics: readonly string[];

  constructor(
    private readonly signs: ConsumerSigns,
    private readonly cache: AnswerCache,
    config: Config,
  ) {
    this.topics = EVENT_TYPES.map((eventType) => topicOf(eventType, config));
  }

  /** The freshness of a window that is kept whole. @param asOf epoch milliseconds */
  async at(asOf: number): Promise<Freshness> {
    const signs = await this.cache.get(['consumers'], () => this.signs.read());
    const { lagMs, delayed, missing } = lagOf(this.topics, signs);
    return { as_of: new Date(asOf).toISOString(), lag_ms: lagMs, delayed, complete: missing.length === 0, missing };
  }
}

/** @param exact whether all of the window is kept */
export const ofWindow = (freshness: Freshness, exact: boolean): Freshness =>
  exact ? freshness : { ...freshness, complete: false, missing: [...freshness.missing, BELOW_RETENTION] };

const BELOW_RETENTION: Missing = {
  topic: null,
  reason: 'retention',
  detail: 'The window reaches back to events that are no longer kept: window says what was counted.',
};
