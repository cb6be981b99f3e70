import fc from 'fast-check';
import {
  classify,
  configurationFault,
  type Fault,
  OUT_OF_MEMORY,
  sqlState,
  tookTooLong,
} from '../../../src/platform/postgres/sql-state.js';

const failure = (code: unknown, more: object = {}) => Object.assign(new Error('failed'), { code, ...more });

/** A code of each class with what its errors ask for. */
const CODES: Readonly<Record<string, readonly [Fault, string]>> = {
  '21000': ['data', 'a statement meets a row twice'],
  '22P02': ['data', 'a text that is no value of its type'],
  '22021': ['data', 'a character that the encoding does not have'],
  '23505': ['data', 'a key that is there already'],
  '54000': ['data', 'a value that is too large for an index'],
  '28P01': ['configuration', 'a wrong password'],
  '3D000': ['configuration', 'a database that is not there'],
  '42P01': ['configuration', 'a table that is not there'],
  '42501': ['configuration', 'a right that is not given'],
  '08006': ['transient', 'a lost connection'],
  '25P03': ['transient', 'a transaction that idled too long'],
  '40P01': ['transient', 'a deadlock'],
  '53200': ['transient', 'no memory'],
  '55P03': ['transient', 'a lock that was not free'],
  '57P01': ['transient', 'a server that stops'],
  '58030': ['transient', 'a disk that fails'],
  XX000: ['transient', 'an internal error'],
};

describe('an error of PostgreSQL', () => {
  it.each(Object.entries(CODES))('%s: %j', (code, [fault]) => {
    expect(classify(failure(code))).toEqual({ fault, known: true });
    expect(configurationFault(failure(code))).toBe(fault === 'configuration');
  });

  it('of a class that nobody foresaw is tried again, and is not known', () => {
    const foreseen = new Set(Object.keys(CODES).map((code) => code.slice(0, 2)));
    const code = fc.stringMatching(/^[0-9A-Z]{2}[0-9][0-9A-Z]{2}$/).filter((text) => !foreseen.has(text.slice(0, 2)));
    fc.assert(
      fc.property(code, (unforeseen) => {
        expect(classify(failure(unforeseen))).toEqual({ fault: 'transient', known: false });
      }),
    );
    expect(classify(failure('P0001'))).toEqual({ fault: 'transient', known: false });
  });

  it('means a missing partition where a check fails that has no name, and else the data', () => {
    expect(classify(failure('23514'))).toEqual({ fault: 'missing_partition', known: true });
    expect(classify(failure('23514', { constraint: '' }))).toEqual({ fault: 'missing_partition', known: true });
    expect(classify(failure('23514', { constraint: 'amount_check' }))).toEqual({ fault: 'data', known: true });
    expect(classify(failure('23505', { constraint: undefined }))).toEqual({ fault: 'data', known: true });
  });

  it('has a SQLSTATE: five digits and capitals, one digit at least', () => {
    for (const code of Object.keys(CODES)) expect(sqlState(failure(code))).toBe(code);
    expect(sqlState(failure(OUT_OF_MEMORY))).toBe('53200');
    expect(sqlState({ code: '0A000' })).toBe('0A000');
  });
});

describe('an error that PostgreSQL did not send', () => {
  it.each([
    ['of the system', failure('ECONNREFUSED')],
    ['of the system, with five letters', failure('EPIPE')],
    ['with a code in small letters', failure('22p02')],
    ['with a code that is too long', failure('22P021')],
    ['with a code that is too short', failure('2200')],
    ['with a code inside a text', failure('code 22P02')],
    ['with a number as code', failure(22_002)],
    ['with an array as code', failure(['22P02'])],
    ['without a code', new Error('Connection terminated unexpectedly')],
    ['that is a text', '22P02'],
    ['that is nothing', null],
    ['that is undefined', undefined],
  ])('%s has no SQLSTATE, and counts as a lost connection', (_, error) => {
    expect(sqlState(error)).toBeUndefined();
    expect(classify(error)).toEqual({ fault: 'transient', known: true });
    expect(configurationFault(error)).toBe(false);
  });
});

describe('a statement that took longer than it may', () => {
  it.each([
    ['was cancelled by PostgreSQL', failure('57014'), true],
    ['was given up by the client', new Error('Query read timeout'), true],
    ['was given up by the client, in another spelling', new Error('query read timeout'), true],
    ['did not: it failed', failure('57P01'), false],
    ['did not: its message only mentions that', new Error('no Query read timeout'), false],
    ['did not: its message begins so', new Error('Query read timeout is not a number'), false],
  ])('%s', (_, error, expected) => {
    expect(tookTooLong(error)).toBe(expected);
  });
});
