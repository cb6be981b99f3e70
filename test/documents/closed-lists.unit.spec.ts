import { EVENT_SCHEMA } from '../../src/events/domain/parsing/event-schema.js';
import { REASON_CODES } from '../../src/events/domain/rejection.js';
import { MISSING_REASONS } from '../../src/metrics/domain/freshness.js';
import { ROLES } from '../../src/access/domain/role.js';
import { namesIn, rowsBelow, textOf } from '../support/documents.js';

/** The closed lists that the documents show are those of the code. */
describe('the documents name', () => {
  it('every reason why an event is rejected, in the order of the checks, with a meaning and a fix', () => {
    const rows = rowsBelow(textOf('docs/events.md'), 'Reasons');
    expect(rows.map(([reason]) => namesIn(reason!)[0])).toEqual(REASON_CODES);
    expect(rows.filter(([, meaning, fix]) => !meaning || !fix)).toEqual([]);
  });

  it('every field of an event', () => {
    const rows = rowsBelow(textOf('docs/events.md'), 'Fields');
    const documented = rows.flatMap(([field]) => namesIn(field!));
    const fields = Object.keys(EVENT_SCHEMA.properties).filter((field) => field !== 'event_type');
    expect(documented.sort()).toEqual(fields.sort());
  });

  it('every reason why figures are incomplete', () => {
    const rows = rowsBelow(textOf('docs/api.md'), 'Freshness');
    expect(rows.map(([reason]) => namesIn(reason!)[0])).toEqual(MISSING_REASONS);
  });

  it('every role', () => {
    const rows = rowsBelow(textOf('docs/access.md'), 'Keys');
    expect(rows.map(([role]) => namesIn(role!)[0])).toEqual(ROLES);
  });
});
