import { failpoint as eventsFailpoint, isArmed as eventsIsArmed } from '../../src/events/events.failpoints.js';
import { InjectedFault, armFailpoint, parseFailpoint as parserOf, pointsOf } from '../../src/platform/failpoint.js';
import { InvalidConfiguration, loadConfig } from '../../src/platform/config/config.js';
import { classify } from '../../src/platform/postgres/sql-state.js';
import { gather } from '../../src/platform/slice.js';
import * as catalogue from '../../src/slices.js';

const slices = Object.values(catalogue);
const { failpoints } = gather(slices);
const parseFailpoint = parserOf(failpoints);
const { failpoint, isArmed } = pointsOf(failpoints);

describe('a failpoint', () => {
  afterEach(() => armFailpoint(null));

  it.each(Object.keys(failpoints))('%s is inert unless it is configured', (name) => {
    expect(failpoint(name)).toBeNull();
    armFailpoint(parseFailpoint(`${name === 'in_drain' ? 'after_receive' : 'in_drain'}:stall`));
    expect(failpoint(name)).toBeNull();
    expect(isArmed(name)).toBe(false);
  });

  it('is declared by the platform or by a slice', () => {
    expect(Object.keys(failpoints).sort()).toEqual([
      'after_alert_sent',
      'after_commit',
      'after_erasure_noted',
      'after_erasure_portion',
      'after_facts',
      'after_identities',
      'after_parse',
      'after_receive',
      'before_acknowledge',
      'before_alert_commit',
      'before_begin',
      'before_commit',
      'before_dead_letters',
      'before_erasure_done',
      'before_http_answer',
      'in_acknowledge_burst',
      'in_alert_turn',
      'in_dead_letter_write',
      'in_drain',
      'in_erasure_portion',
      'in_partition_making',
    ]);
  });

  it("takes a slice's own names alone", () => {
    // @ts-expect-error a name with a typing error
    expect(eventsFailpoint('before_comit')).toBeNull();
    // @ts-expect-error a name of the platform's
    expect(eventsIsArmed('in_acknowledge_burst')).toBe(false);
  });

  it('acts once, at the n-th time', async () => {
    armFailpoint(parseFailpoint('before_commit:error:3'));
    expect([failpoint('before_commit'), failpoint('before_commit')]).toEqual([null, null]);
    await expect(failpoint('before_commit')).rejects.toThrow(InjectedFault);
    expect(failpoint('before_commit')).toBeNull();
  });

  it('fails as something that is tried again', () => {
    expect(classify(new InjectedFault('x'))).toEqual({ fault: 'transient', known: true });
  });

  it('kills its own process with SIGKILL', () => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    armFailpoint(parseFailpoint('after_commit:exit'));
    void failpoint('after_commit');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']]);
    kill.mockRestore();
  });

  it.each([
    ['after_commit:exit', { name: 'after_commit', action: 'exit', nth: 1 }],
    ['after_receive:stall:12', { name: 'after_receive', action: 'stall', nth: 12 }],
  ])('%s is understood', (text, expected) => {
    expect(parseFailpoint(text)).toEqual(expected);
    expect(loadConfig(slices, { FAILPOINT: text }).settings.FAILPOINT).toEqual(expected);
  });

  it.each([
    'after_commit',
    'nowhere:exit',
    'toString:exit',
    'after_commit:explode',
    'after_commit:exit:0',
    'after_receive:error',
  ])('%s is refused', (text) => expect(() => parseFailpoint(text)).toThrow());

  it('names all that there are when it is refused', () => {
    const said = () => parseFailpoint('nowhere:exit');
    for (const name of Object.keys(failpoints)) expect(said).toThrow(name);
    expect(() => parseFailpoint('after_receive:error')).toThrow('exit or stall at after_receive');
  });

  it('is refused in production', () => {
    expect(() => loadConfig(slices, { FAILPOINT: 'after_commit:exit', APP_ENV: 'production' })).toThrow(
      InvalidConfiguration,
    );
    expect(loadConfig(slices, { APP_ENV: 'production' }).settings.FAILPOINT).toBeNull();
  });
});
