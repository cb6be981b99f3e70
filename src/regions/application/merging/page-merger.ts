import { RecordEventCommand } from '../../../events/application/record-event.command.js';
import { comparedContent, type RecordedFact } from '../../../events/domain/content/recorded-fact.js';
import { RejectedEvent } from '../../../events/domain/rejection.js';
import { type RecordingRules, TrackedEvent } from '../../../events/domain/tracked-event.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import { type MergeOutcome, outcomeOf } from '../../domain/merge-tally.js';
import { incomingFact, type MergedFact } from '../../domain/merged-fact.js';
import type { ConflictingContent, Identity } from './conflict-store.port.js';
import type { MergerParts } from './merger-parts.js';
import type { FactsPage } from './other-region.port.js';

/** These outcomes mean that the identity was recorded here before. */
const HELD: ReadonlySet<MergeOutcome> = new Set(['known', 'restamped', 'conflicts']);

/** Records the facts of a page through the command of every intake, and notes contents that contradict what is here. */
export class PageMerger {
  private readonly rules: RecordingRules;

  constructor(
    private readonly parts: Pick<MergerParts, 'record' | 'conflicts' | 'foreseen' | 'erasures' | 'config' | 'logger'>,
  ) {
    const { MAX_EVENT_AGE_DAYS: maxEventAgeDays, EVENT_SYNONYMS: synonyms } = parts.config.of(EVENTS_VARIABLES);
    this.rules = { maxEventAgeDays, synonyms };
  }

  /** @returns an outcome per fact, in their order. @throws OutcomeUnknown when the service stops */
  async merge({ facts, conflicts }: FactsPage, dryRun: boolean): Promise<readonly MergeOutcome[]> {
    if (dryRun) return this.foresee(facts);
    const { record, conflicts: store, erasures, logger } = this.parts;
    const verdicts = await record(new RecordEventCommand(incoming(facts)));
    const outcomes = verdicts.map(outcomeOf);
    const contradicting = facts.filter((_, index) => outcomes[index] === 'conflicts');
    if (contradicting.length > 0) await store.add(await this.contentsOf(contradicting));
    if (conflicts.length > 0) await store.add(conflicts.map(theirs));
    const erased = facts.filter((fact, index) => HELD.has(outcomes[index]!) && this.isErased(fact));
    if (erased.length > 0) await erasures.twins(erased.map(identityOf));
    for (const [index, verdict] of verdicts.entries()) {
      if (verdict.status !== 'rejected' || outcomes[index] !== 'rejected') continue;
      const { eventKey, eventType } = facts[index]!;
      const { reason, detail } = verdict;
      logger.warn({ eventKey, eventType, reason, detail }, 'a fact of another region was rejected');
    }
    return outcomes;
  }

  /** The person of the fact is erased: in the other region, or by the log that both regions have now. */
  private isErased(fact: MergedFact): boolean {
    const { erasures } = this.parts;
    if (fact.fingerprint === null) return true;
    if (!erasures.anySince(fact.receivedAt)) return false;
    const { userId, receivedAt } = TrackedEvent.record(incomingFact(fact), this.rules);
    return userId !== null && erasures.isErased(userId, receivedAt);
  }

  private async foresee(facts: readonly MergedFact[]): Promise<readonly MergeOutcome[]> {
    const outcomes: MergeOutcome[] = facts.map(() => 'rejected');
    const tracked: TrackedEvent[] = [];
    const places: number[] = [];
    for (const [place, fact] of facts.entries()) {
      try {
        tracked.push(TrackedEvent.record(incomingFact(fact), this.rules));
        places.push(place);
      } catch (error) {
        if (!(error instanceof RejectedEvent)) throw error;
      }
    }
    const foreseen = await this.parts.foreseen.outcomes(tracked);
    for (const [index, outcome] of foreseen.entries()) outcomes[places[index]!] = outcome;
    return outcomes;
  }

  /** The contents of both regions. */
  private async contentsOf(facts: readonly MergedFact[]): Promise<readonly ConflictingContent[]> {
    const events = facts.map((fact) => TrackedEvent.record(incomingFact(fact), this.rules));
    const ours = await this.parts.conflicts.recorded(events);
    return [...events, ...ours].map(contentOf);
  }
}

function* incoming(facts: readonly MergedFact[]) {
  for (const fact of facts) yield incomingFact(fact);
}

function contentOf(fact: RecordedFact & Identity): ConflictingContent {
  const { fingerprint, text: content } = comparedContent(fact);
  return { eventKey: fact.eventKey, eventType: fact.eventType, eventId: fact.eventId, fingerprint, content };
}

const identityOf = ({ eventKey, eventType }: MergedFact): Identity => ({ eventKey, eventType });

const theirs = (conflict: FactsPage['conflicts'][number]): ConflictingContent => ({
  eventKey: conflict.event_key,
  eventType: conflict.event_type,
  eventId: conflict.event_id,
  fingerprint: BigInt(conflict.fingerprint),
  content: conflict.content,
});
