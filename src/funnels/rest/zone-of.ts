import { TimeZone } from '../../metrics/domain/time-zone.js';
import { invalidRequest } from '../../platform/http/validation.js';

/** The zone as IANA writes it. @throws {Problem} 400 */
export function zoneOf(name: string): string {
  const tz = TimeZone.nameOf(name);
  if (tz !== null) return tz;
  const message =
    'must be a name of the IANA time zone database, such as Europe/Madrid or UTC; no abbreviation, no offset';
  throw invalidRequest([{ field: 'tz', message }]);
}
