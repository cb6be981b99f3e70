import { FINGERPRINT_VERSION } from '../../../events/domain/content/fingerprint.js';
import { EVENTS_VARIABLES } from '../../../events/events.variables.js';
import type { Config } from '../../../platform/config/config.js';
import { isDerived } from '../../domain/merged-fact.js';
import type { FactsPage } from './other-region.port.js';

/** The two regions cannot be merged as they are set up. */
export class MergeRefused extends Error {
  override readonly name = 'MergeRefused';

  constructor(
    readonly code: 'same_cluster' | 'newer_release',
    message: string,
  ) {
    super(message);
  }
}

/** @throws {MergeRefused} before anything of the page is recorded */
export function checkMergeable(page: FactsPage, config: Config): void {
  if (page.fingerprint_version > FINGERPRINT_VERSION) {
    throw new MergeRefused(
      'newer_release',
      'the other region runs a newer release, whose events this one cannot hold: update this region first',
    );
  }
  const { PULSAR_CLUSTER: cluster } = config.of(EVENTS_VARIABLES);
  if (page.cluster !== cluster) return;
  const derived = page.facts.find((fact) => isDerived(fact, page));
  if (derived === undefined) return;
  throw new MergeRefused(
    'same_cluster',
    `both regions have PULSAR_CLUSTER=${cluster}, and the other one holds events without an id, such as ${derived.eventKey}: ` +
      'their identities are derived from that name, so different messages may have got the same. Give each region its own name, ' +
      'and events an event_id',
  );
}
